package workflow

import (
	"context"
	"fmt"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/worktime"
)

// CalendarDraft is what a client says of a new calendar.
type CalendarDraft struct {
	ID          advocacy.CalendarID
	DisplayName string
	Hours       advocacy.Hours
	Default     bool
}

// CalendarChange is what a client wants changed; nil leaves a field as it is.
type CalendarChange struct {
	Version     int64
	DisplayName *string
	Zone        *string
	Week        *[]advocacy.Shift
	Days        *[]advocacy.SpecialDay
	Default     *bool
}

// CreateCalendar adds a calendar.
func (s *Service) CreateCalendar(ctx context.Context, c Call, w advocacy.WorkspaceID, d CalendarDraft) (*advocacy.Calendar, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Calendar, string, error) {
		k := &advocacy.Calendar{
			Workspace: w, ID: d.ID, DisplayName: d.DisplayName, Hours: d.Hours, CreateTime: tx.Now(), UpdateTime: tx.Now(),
		}
		if err := guardCalendar(k); err != nil {
			return nil, "", err
		}
		if d.Default {
			if err := s.makeDefault(ctx, tx, k); err != nil {
				return nil, "", err
			}
		}
		if err := tx.AddCalendar(ctx, k); err != nil {
			return nil, "", err
		}
		return k, string(k.ID), s.recordCalendar(ctx, tx, c, k, "calendar.created")
	}, calendarAgain(w))
}

// UpdateCalendar changes a calendar. Other hours are a new revision.
func (s *Service) UpdateCalendar(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.CalendarID, d CalendarChange) (*advocacy.Calendar, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Calendar, string, error) {
		k, err := tx.CalendarForUpdate(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := stale(d.Version, k.Version); err != nil {
			return nil, "", err
		}
		set(&k.DisplayName, d.DisplayName)
		set(&k.Hours.Zone, d.Zone)
		set(&k.Hours.Week, d.Week)
		set(&k.Hours.Days, d.Days)
		k.UpdateTime = tx.Now()
		if err := guardCalendar(k); err != nil {
			return nil, "", err
		}
		if d.Default != nil && *d.Default != k.Default {
			if k.Default {
				return nil, "", isDefault()
			}
			if err := s.makeDefault(ctx, tx, k); err != nil {
				return nil, "", err
			}
		}
		if err := tx.SaveCalendar(ctx, k); err != nil {
			return nil, "", err
		}
		return k, string(id), s.recordCalendar(ctx, tx, c, k, "calendar.updated")
	}, calendarAgain(w))
}

func calendarAgain(w advocacy.WorkspaceID) func(context.Context, Tx, string) (*advocacy.Calendar, error) {
	return func(ctx context.Context, tx Tx, id string) (*advocacy.Calendar, error) {
		return tx.Calendar(ctx, w, advocacy.CalendarID(id))
	}
}

func guardCalendar(k *advocacy.Calendar) error {
	if err := check.RefuseLine("calendar.display_name", k.DisplayName); err != nil {
		return err
	}
	for i, d := range k.Hours.Days {
		if err := check.RefuseLine(fmt.Sprintf("calendar.special_days[%d].display_name", i), d.DisplayName); err != nil {
			return err
		}
	}
	_, err := worktime.New(k.Hours)
	return err
}

// makeDefault makes k the default in place of the one that is. The workspace is locked, so
// that of two that become it at once one is.
func (s *Service) makeDefault(ctx context.Context, tx Tx, k *advocacy.Calendar) error {
	if _, err := tx.WorkspaceForUpdate(ctx, k.Workspace); err != nil {
		return err
	}
	was, err := tx.DefaultCalendar(ctx, k.Workspace)
	if err != nil {
		return err
	}
	was.Default, k.Default = false, true
	return tx.SaveCalendar(ctx, was)
}

func isDefault() error {
	return advocacy.Refuse("CALENDAR_DEFAULT", "this is the calendar of whatever names none; make another one the default first")
}

func (s *Service) recordCalendar(ctx context.Context, tx Tx, c Call, k *advocacy.Calendar, action string) error {
	name := k.Name()
	return s.record(ctx, tx, c, k.Workspace, fact{
		action: action, subject: name, parent: name,
		detail: map[string]any{"display_name": k.DisplayName, "default": k.Default, "revision": k.Revision, "hours": k.Hours},
	})
}

// DeleteCalendar removes a calendar nothing counts in.
func (s *Service) DeleteCalendar(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.CalendarID) error {
	_, err := act(ctx, s, c, w, func(ctx context.Context, tx Tx) (struct{}, string, error) {
		k, err := tx.CalendarForUpdate(ctx, w, id)
		if err != nil {
			return struct{}{}, "", err
		}
		if k.Default {
			return struct{}{}, "", isDefault()
		}
		policy, err := tx.Policy(ctx, w)
		if err != nil {
			return struct{}{}, "", err
		}
		compiled, err := s.Routing.Load(policy.Document)
		if err != nil {
			return struct{}{}, "", err
		}
		used, err := tx.CalendarInUse(ctx, w, id)
		if err != nil {
			return struct{}{}, "", err
		}
		if used || countsIn(compiled.Policy(), id) {
			return struct{}{}, "", advocacy.Refuse("CALENDAR_IN_USE", "the routing policy in force, a turn that waits, or the sharing hours of the workspace or of somebody in it count in this calendar")
		}
		if err := tx.DeleteCalendar(ctx, k); err != nil {
			return struct{}{}, "", err
		}
		return struct{}{}, string(id), s.recordCalendar(ctx, tx, c, k, "calendar.deleted")
	}, func(context.Context, Tx, string) (struct{}, error) { return struct{}{}, nil })
	return err
}

// countsIn tells whether a policy counts in a calendar anywhere.
func countsIn(p routing.Policy, id advocacy.CalendarID) bool {
	all := slices.Concat(p.Defaults, p.OnError, p.Expedited)
	for _, rule := range p.Rules {
		all = append(all, rule.Require...)
	}
	return slices.ContainsFunc(all, func(r advocacy.Requirement) bool { return r.SLA.Calendar == string(id) })
}

// Calendar returns a calendar.
func (s *Service) Calendar(ctx context.Context, _ Call, w advocacy.WorkspaceID, id advocacy.CalendarID) (*advocacy.Calendar, error) {
	return s.Store.Calendar(ctx, w, id)
}

// Calendars lists the calendars of the workspace.
func (s *Service) Calendars(ctx context.Context, _ Call, w advocacy.WorkspaceID, p Page) ([]advocacy.Calendar, string, error) {
	return s.Store.Calendars(ctx, w, p)
}
