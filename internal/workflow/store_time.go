package workflow

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TimeReader reads working hours, delegations, absences and reminders.
type TimeReader interface {
	CalendarReader
	DelegationReader
	AbsenceReader
	DeadlineReader
	// Reminders returns what a person is to be told.
	Reminders(ctx context.Context, w advocacy.WorkspaceID, person advocacy.PersonID, p Page) ([]advocacy.Reminder, string, error)
}

// TimeWriter writes working hours, delegations, absences and reminders.
type TimeWriter interface {
	CalendarWriter
	DelegationWriter
	AbsenceWriter
	// PutDeadlines inserts deadlines or updates them by (subject, round, requirement). Who was
	// asked stays asked.
	PutDeadlines(ctx context.Context, all ...advocacy.Deadline) error
	// AddReminders keeps reminders; one that says what another said is left out.
	AddReminders(ctx context.Context, reminders ...advocacy.Reminder) error
}

// CalendarReader reads working hours.
type CalendarReader interface {
	// Calendar returns a calendar with its hours now.
	Calendar(ctx context.Context, w advocacy.WorkspaceID, id advocacy.CalendarID) (*advocacy.Calendar, error)
	Calendars(ctx context.Context, w advocacy.WorkspaceID, p Page) ([]advocacy.Calendar, string, error)
	// CalendarHours returns one revision of a calendar, which may be deleted since.
	CalendarHours(ctx context.Context, w advocacy.WorkspaceID, id advocacy.CalendarID, revision int) (advocacy.Hours, error)
	// CalendarInUse tells whether a deadline that is not over was counted in the calendar, or
	// people share within its hours.
	CalendarInUse(ctx context.Context, w advocacy.WorkspaceID, id advocacy.CalendarID) (bool, error)
	// DefaultCalendar returns the calendar of whatever names none.
	DefaultCalendar(ctx context.Context, w advocacy.WorkspaceID) (*advocacy.Calendar, error)
}

// CalendarWriter writes working hours. Revisions are never changed, nor are they deleted
// with their calendar.
type CalendarWriter interface {
	// CalendarForUpdate locks the calendar until commit.
	CalendarForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.CalendarID) (*advocacy.Calendar, error)
	// AddCalendar inserts a calendar. Its first revision follows those of a deleted one of
	// the same name.
	AddCalendar(ctx context.Context, c *advocacy.Calendar) error
	// SaveCalendar writes everything that may change and raises Version; Conflict when it
	// moved. Other hours than before are a new Revision.
	SaveCalendar(ctx context.Context, c *advocacy.Calendar) error
	// DeleteCalendar removes the calendar, but not its revisions.
	DeleteCalendar(ctx context.Context, c *advocacy.Calendar) error
}

// DelegationQuery selects delegations.
type DelegationQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	// Delegator and Delegate restrict when not empty.
	Delegator advocacy.PersonID
	Delegate  advocacy.PersonID
}

// DelegationReader reads who stands in for whom.
type DelegationReader interface {
	Delegation(ctx context.Context, w advocacy.WorkspaceID, id advocacy.DelegationID) (*advocacy.Delegation, error)
	Delegations(ctx context.Context, q DelegationQuery) ([]advocacy.Delegation, string, error)
	// DelegationsByID returns those of the delegations that exist.
	DelegationsByID(ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.DelegationID) (map[advocacy.DelegationID]*advocacy.Delegation, error)
	// DelegationsInForce returns delegations of the roles that are in force at t, as many as most.
	DelegationsInForce(ctx context.Context, w advocacy.WorkspaceID, roles []advocacy.Role, t time.Time, most int) ([]advocacy.Delegation, error)
}

// DelegationWriter writes who stands in for whom.
type DelegationWriter interface {
	AddDelegation(ctx context.Context, d *advocacy.Delegation) error
	// DelegationForUpdate locks the delegation until commit.
	DelegationForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.DelegationID) (*advocacy.Delegation, error)
	// DelegationsForShare reads as DelegationsByID does and holds them against change until
	// commit.
	DelegationsForShare(ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.DelegationID) (map[advocacy.DelegationID]*advocacy.Delegation, error)
	// SaveDelegation writes the end of a delegation and raises Version; Conflict when it
	// moved.
	SaveDelegation(ctx context.Context, d *advocacy.Delegation) error
}

// AbsenceReader reads who is away.
type AbsenceReader interface {
	Absence(ctx context.Context, w advocacy.WorkspaceID, id advocacy.AbsenceID) (*advocacy.Absence, error)
	// Absences returns a person's absences, everybody's when person is empty.
	Absences(ctx context.Context, w advocacy.WorkspaceID, person advocacy.PersonID, p Page) ([]advocacy.Absence, string, error)
	// Away returns those of the persons who are away at t.
	Away(ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.PersonID, t time.Time) ([]advocacy.PersonID, error)
}

// AbsenceWriter writes who is away.
type AbsenceWriter interface {
	AddAbsence(ctx context.Context, a *advocacy.Absence) error
	// DeleteAbsence removes the absence; Conflict when it changed or is gone.
	DeleteAbsence(ctx context.Context, a *advocacy.Absence) error
}

// DeadlineReader reads by when signatures should be there.
type DeadlineReader interface {
	// Deadlines returns those of a round, by requirement.
	Deadlines(ctx context.Context, s advocacy.Subject, round int) ([]advocacy.Deadline, error)
	// DueDeadlines returns running deadlines of every workspace that are to be looked at by
	// t.
	DueDeadlines(ctx context.Context, t time.Time, limit int) ([]advocacy.Deadline, error)
	// OldZones returns running deadlines of every workspace that were counted with other
	// rules of the time zones.
	OldZones(ctx context.Context, zoneData string, limit int) ([]advocacy.Deadline, error)
	// AskedDeadlines returns running deadlines of turns that a person was asked for.
	AskedDeadlines(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PersonID, limit int) ([]advocacy.Deadline, error)
	// Loads returns for each of the persons the working time he or she was asked for and
	// that still waits.
	Loads(ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.PersonID) (map[advocacy.PersonID]time.Duration, error)
}
