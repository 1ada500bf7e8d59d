package workflow

import (
	"context"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/memo"
	"github.com/imprimatur-hq/imprimatur/internal/worktime"
)

// putDeadlines lets the time of each turn run while it is open, and stand while it is not. The turns
// get the time by which they are due. known are the times there were when the turns were locked.
func (s *Service) putDeadlines(ctx context.Context, tx Tx, cs *advocacy.Case, tasks []Task, known []advocacy.Deadline) error {
	timed := timedRequirements(cs)
	if len(timed) == 0 {
		return nil
	}
	var changed []advocacy.Deadline
	read := make(calendars)
	for i := range tasks {
		r, isTimed := timed[tasks[i].Requirement]
		if !isTimed {
			continue
		}
		d := advocacy.Deadline{Subject: cs.Review.Subject, Round: cs.Review.Round, Requirement: r.Key, Business: r.SLA.Business}
		if at := slices.IndexFunc(known, func(o advocacy.Deadline) bool { return o.Requirement == r.Key }); at >= 0 {
			d = known[at]
		}
		moved, err := s.turnDeadline(ctx, tx, cs, &d, r, read, tasks[i].State == TaskOpen)
		if err != nil {
			return err
		}
		if moved {
			changed = append(changed, d)
		}
		if d.State == advocacy.DeadlineRunning {
			tasks[i].DueTime = earliest(tasks[i].DueTime, d.Due)
		}
	}
	return tx.PutDeadlines(ctx, changed...)
}

// timedRequirements are what must be signed within a time, by key.
func timedRequirements(cs *advocacy.Case) map[string]advocacy.Requirement {
	var timed map[string]advocacy.Requirement
	for _, r := range cs.Review.Plan.Join(cs.Floor).Requirements {
		if r.Kind != advocacy.RequireHumans || r.SLA.Business <= 0 {
			continue
		}
		if timed == nil {
			timed = make(map[string]advocacy.Requirement)
		}
		timed[r.Key] = r
	}
	return timed
}

// turnDeadline starts or stops a deadline as its turn opens or closes, and tells whether
// it did.
func (s *Service) turnDeadline(ctx context.Context, tx Tx, cs *advocacy.Case, d *advocacy.Deadline, r advocacy.Requirement, read calendars, open bool) (bool, error) {
	running := d.State == advocacy.DeadlineRunning
	switch {
	case open && !running:
		return true, s.startDeadline(ctx, tx, d, r, read)
	case !open && running:
		hours, err := s.hoursOf(ctx, tx, d)
		if err != nil {
			return false, err
		}
		to := advocacy.DeadlinePaused
		if row, _ := cs.Tally().Requirement(r.Key); row.Satisfied || !waits(cs.Review.State) {
			to = advocacy.DeadlineOver
		}
		d.Pause(to, hours.Between(d.Start, tx.Now()))
		return true, nil
	default:
		return false, nil
	}
}

// waits tells whether a round in this state can still be somebody's turn.
func waits(state advocacy.ReviewState) bool {
	return state == advocacy.ReviewOpen || state == advocacy.ReviewUnroutable || state == advocacy.ReviewChangesRequested
}

// startDeadline lets what is left of the time run from now on, in the calendar the rule
// names, or the workspace's own where there is none of that name any more.
func (s *Service) startDeadline(ctx context.Context, tx Tx, d *advocacy.Deadline, r advocacy.Requirement, read calendars) error {
	calendar, err := read.of(ctx, tx, d.Subject.Workspace, advocacy.CalendarID(r.SLA.Calendar))
	if err != nil {
		return err
	}
	hours, err := worktime.New(calendar.Hours)
	if err != nil {
		return err
	}
	d.State, d.Start, d.Calendar, d.Revision, d.ZoneData = advocacy.DeadlineRunning, tx.Now(), calendar.ID, calendar.Revision, s.ZoneData
	// The first look asks somebody.
	d.Next = tx.Now()
	d.Due, err = hours.Add(d.Start, d.Business-d.Spent)
	return err
}

// calendars are those that one transaction has read, by the name a rule gives them: several
// requirements are mostly counted in one.
type calendars map[advocacy.CalendarID]*advocacy.Calendar

// of is the calendar a rule names, or the workspace's own.
func (k calendars) of(ctx context.Context, tx Tx, w advocacy.WorkspaceID, named advocacy.CalendarID) (*advocacy.Calendar, error) {
	if found := k[named]; found != nil {
		return found, nil
	}
	own := k[""]
	if own == nil {
		var err error
		if own, err = tx.DefaultCalendar(ctx, w); err != nil {
			return nil, err
		}
		k[""], k[own.ID] = own, own
	}
	if k[named] != nil {
		return k[named], nil
	}
	found, err := tx.Calendar(ctx, w, named)
	if advocacy.KindOf(err) == advocacy.NotFound {
		found, err = own, nil
	}
	if err == nil {
		k[named] = found
	}
	return found, err
}

// hoursOf are the hours a deadline was counted in.
func (s *Service) hoursOf(ctx context.Context, r Reader, d *advocacy.Deadline) (*worktime.Calendar, error) {
	return s.Hours.load(d.Subject.Workspace, d.Calendar, d.Revision, func() (advocacy.Hours, error) {
		return r.CalendarHours(ctx, d.Subject.Workspace, d.Calendar, d.Revision)
	})
}

// keptHours bounds how many revisions of calendars are kept ready: some kilobytes each, more where
// many days have hours of their own.
const keptHours = 256

// Hours keeps revisions of calendars ready to count with, those that deadlines were counted in of
// late: they never change. The hours a calendar has now are not kept, which may be of a transaction
// that has not ended. It is safe for concurrent use.
type Hours struct {
	kept *memo.Memo[memo.State, *worktime.Calendar]
}

// NewHours returns one that keeps nothing yet.
func NewHours() *Hours { return &Hours{memo.New[memo.State, *worktime.Calendar](keptHours)} }

// load returns a revision of a calendar, whose hours are read when it is not kept.
func (k *Hours) load(w advocacy.WorkspaceID, id advocacy.CalendarID, revision int, read func() (advocacy.Hours, error)) (*worktime.Calendar, error) {
	of := memo.State{Workspace: w, Name: string(id), Number: int64(revision)} // guard: what is due was counted in these hours
	return k.kept.Load(of, func() (*worktime.Calendar, error) {
		hours, err := read()
		if err != nil {
			return nil, err
		}
		return worktime.New(hours)
	})
}

// rungTime is when a share of the deadline's time has passed.
func rungTime(hours *worktime.Calendar, d *advocacy.Deadline, percent int) (time.Time, error) {
	return hours.Add(d.Start, d.Business*time.Duration(percent)/100-d.Spent)
}

// RefreshDeadlines counts running deadlines again that were counted with other rules of the
// time zones: each once, and the record tells both.
func (s *Service) RefreshDeadlines(ctx context.Context) (int, error) {
	return eachDue(ctx, sweepBatch, func(most int) ([]advocacy.Deadline, error) { return s.Store.OldZones(ctx, s.ZoneData, most) }, deadlineName,
		func(d *advocacy.Deadline) error { return s.refreshDeadline(ctx, d) })
}

func (s *Service) refreshDeadline(ctx context.Context, found *advocacy.Deadline) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		d, err := s.lockDeadline(ctx, tx, found)
		if err != nil || d == nil || d.ZoneData == s.ZoneData {
			return err
		}
		hours, err := s.hoursOf(ctx, tx, d)
		if err != nil {
			return err
		}
		before, rules := d.Due, d.ZoneData
		if d.Due, err = hours.Add(d.Start, d.Business-d.Spent); err != nil {
			return err
		}
		d.ZoneData = s.ZoneData
		if err := tx.PutDeadlines(ctx, *d); err != nil {
			return err
		}
		return s.record(ctx, tx, SystemCall(d.Subject.Workspace), d.Subject.Workspace, fact{
			action: "deadline.recounted", subject: d.Subject.ReviewName(d.Round), parent: d.Subject.Name(),
			detail: map[string]any{
				"requirement": d.Requirement, "due_before": before, "due": d.Due, "zone_data_before": rules, "zone_data": d.ZoneData,
			},
		})
	})
}

// lockDeadline locks the round of a deadline and reads the deadline again; nil when it does
// not run any more.
func (s *Service) lockDeadline(ctx context.Context, tx Tx, found *advocacy.Deadline) (*advocacy.Deadline, error) {
	if _, err := tx.ReviewForUpdate(ctx, found.Subject, found.Round); err != nil {
		return nil, err
	}
	all, err := tx.Deadlines(ctx, found.Subject, found.Round)
	return running(all, found), err
}

// running is the deadline of all that was found, nil when it does not run any more.
func running(all []advocacy.Deadline, found *advocacy.Deadline) *advocacy.Deadline {
	at := slices.IndexFunc(all, func(d advocacy.Deadline) bool { return d.Requirement == found.Requirement })
	if at < 0 || all[at].State != advocacy.DeadlineRunning {
		return nil
	}
	return &all[at]
}
