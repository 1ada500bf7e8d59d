package storetest

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

func (h *house) calendar() *advocacy.Calendar {
	return &advocacy.Calendar{
		Workspace: h.ws, ID: advocacy.CalendarID(id("calendar")), Hours: advocacy.OfficeHours("Europe/Paris"), CreateTime: start,
	}
}

func (h *house) delegation() *advocacy.Delegation {
	return &advocacy.Delegation{
		Workspace: h.ws, ID: advocacy.DelegationID(id("delegation")), Delegator: h.approver, Delegate: h.author,
		Role: advocacy.RoleLegal, Start: start, End: start.AddDate(0, 0, 7), Zone: "UTC", CreateTime: start,
	}
}

// timePages are the lists of working hours, delegations, absences and reminders.
var timePages = map[string]pages{
	"Calendars": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, _ int) (string, error) {
			c := h.calendar()
			return string(c.ID), tx.AddCalendar(ctx, c)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(c advocacy.Calendar) string { return string(c.ID) })(h.s.Calendars(ctx, h.ws, p))
		},
	},
	"Delegations": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, _ int) (string, error) {
			g := h.delegation()
			return string(g.ID), tx.AddDelegation(ctx, g)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(g advocacy.Delegation) string { return string(g.ID) })(
				h.s.Delegations(ctx, workflow.DelegationQuery{Page: p, Workspace: h.ws, Delegate: h.author}))
		},
	},
	"Absences": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			a := &advocacy.Absence{Workspace: h.ws, ID: advocacy.AbsenceID(id("absence")), Person: h.author, Start: sometime(n)}
			return string(a.ID), tx.AddAbsence(ctx, a)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(a advocacy.Absence) string { return string(a.ID) })(h.s.Absences(ctx, h.ws, h.author, p))
		},
	},
	"Reminders": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			m := advocacy.Reminder{Workspace: h.ws, ID: advocacy.ReminderID(id("reminder")), Person: h.author, Dedup: id("dedup"), DueTime: sometime(n)}
			return string(m.ID), tx.AddReminders(ctx, m)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(m advocacy.Reminder) string { return string(m.ID) })(h.s.Reminders(ctx, h.ws, h.author, p))
		},
	},
}

// calendarRevisions holds that revisions count the changes of the hours and nothing else,
// outlive their calendar, and never repeat; and that one calendar is the default.
func calendarRevisions(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	c := h.calendar()
	c.Default = true
	save := func(ctx context.Context, tx workflow.Tx) error { return tx.SaveCalendar(ctx, c) }
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddCalendar(ctx, c) })
	c.DisplayName = "Another name"
	h.update(save)
	if c.Revision != 1 || c.Version != 2 {
		t.Fatalf("another name is revision %d, version %d", c.Revision, c.Version)
	}
	c.Hours = advocacy.OfficeHours("Asia/Tokyo")
	h.update(save)
	found, err := s.DefaultCalendar(ctx(t), h.ws)
	if err != nil || found.Revision != 2 {
		t.Fatalf("other hours are revision %+v (%v)", found, err)
	}
	same(t, c, found)
	second := h.calendar()
	second.Default = true
	h.refused(advocacy.Exists, "CALENDAR_EXISTS", func(ctx context.Context, tx workflow.Tx) error { return tx.AddCalendar(ctx, second) })
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.DeleteCalendar(ctx, c) })
	h.refused(advocacy.NotFound, "CALENDAR_NOT_FOUND", save)
	again := h.calendar()
	again.ID = c.ID
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddCalendar(ctx, again) })
	if again.Revision != 3 || again.Version != 1 {
		t.Fatalf("the same name again is revision %d, version %d", again.Revision, again.Version)
	}
}

// delegationsUnderLock holds that a delegation that a signature counts on is not taken
// back before that signature is kept.
func delegationsUnderLock(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	g := h.delegation()
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddDelegation(ctx, g) })
	signing, leave := make(chan struct{}), make(chan struct{})
	var revoked atomic.Bool
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		err := s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error {
			held, err := tx.DelegationsForShare(ctx, h.ws, []advocacy.DelegationID{g.ID})
			if err != nil {
				return err
			}
			if held[g.ID] == nil || !held[g.ID].RevokeTime.IsZero() {
				t.Error("it was taken back already")
			}
			close(signing)
			<-leave
			if revoked.Load() {
				t.Error("it was taken back while a signature counted on it")
			}
			return tx.Record(ctx, h.record("review.decided"))
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-signing
	wg.Go(func() {
		err := s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error {
			found, err := tx.DelegationForUpdate(ctx, h.ws, g.ID)
			if err != nil {
				return err
			}
			found.RevokeTime = start
			return tx.SaveDelegation(ctx, found)
		})
		revoked.Store(true)
		if err != nil {
			t.Error(err)
		}
	})
	close(leave)
}

// deadlines holds what the timers find, in every workspace, and whom who asks may ask.
func deadlines(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	c := h.calendar()
	deadline := func(state advocacy.DeadlineState, next time.Time, asked ...advocacy.PersonID) advocacy.Deadline {
		return advocacy.Deadline{
			Subject: h.review.Subject, Round: h.review.Round, Requirement: id("requirement"), State: state, Business: time.Hour,
			Calendar: c.ID, Revision: 1, ZoneData: "m", Start: start, Due: start, Next: next, Asked: asked,
		}
	}
	long := start.AddDate(-90, 0, 0)
	due, later := deadline(advocacy.DeadlineRunning, long, h.author), deadline(advocacy.DeadlineRunning, long.Add(time.Second), h.author, h.approver)
	never, paused := deadline(advocacy.DeadlineRunning, time.Time{}), deadline(advocacy.DeadlinePaused, long, h.approver)
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddCalendar(ctx, c); err != nil {
			return err
		}
		return tx.PutDeadlines(ctx, due, later, never, paused)
	})
	mine := func(all []advocacy.Deadline, err error) ([]advocacy.Deadline, string, error) {
		all = slices.DeleteFunc(all, func(d advocacy.Deadline) bool { return d.Subject.Workspace != h.ws })
		return all, "", err
	}
	key := func(d advocacy.Deadline) string { return d.Requirement }
	wantKeys(t, "due", []string{due.Requirement}, key)(mine(s.DueDeadlines(ctx(t), long, 1000)))
	wantKeys(t, "due a second later", []string{due.Requirement, later.Requirement}, key)(mine(s.DueDeadlines(ctx(t), long.Add(time.Second), 1000)))
	wantKeys(t, "asked of the approver", []string{later.Requirement}, key)(mine(s.AskedDeadlines(ctx(t), h.ws, h.approver, 10)))
	wantKeys(t, "of these zones", nil, key)(mine(s.OldZones(ctx(t), "m", 1000)))
	loads, err := s.Loads(ctx(t), h.ws, []advocacy.PersonID{h.author, h.approver, "nobody"})
	if err != nil {
		t.Fatal(err)
	}
	same(t, map[advocacy.PersonID]time.Duration{h.author: 2 * time.Hour, h.approver: time.Hour}, loads)
	for _, id := range []advocacy.CalendarID{c.ID, "other"} {
		if used, err := s.CalendarInUse(ctx(t), h.ws, id); err != nil || used != (id == c.ID) {
			t.Errorf("%s is in use: %t, %v", id, used, err)
		}
	}
	if hours, err := s.CalendarHours(ctx(t), h.ws, c.ID, 1); err != nil || !hours.Equal(c.Hours) {
		t.Errorf("the hours are %+v, %v", hours, err)
	}
	_, err = s.CalendarHours(ctx(t), h.ws, c.ID, 2)
	wantError(t, err, advocacy.NotFound, "CALENDAR_NOT_FOUND")
	h.refused(advocacy.NotFound, "REVIEW_NOT_FOUND", func(ctx context.Context, tx workflow.Tx) error {
		d := deadline(advocacy.DeadlineRunning, long)
		d.Revision = 9
		return tx.PutDeadlines(ctx, d)
	})
	h.away(start, start.Add(time.Hour))
	for at, want := range map[time.Time]int{start.Add(-1000): 0, start: 1, start.Add(time.Hour): 0} {
		if found, err := s.Away(ctx(t), h.ws, []advocacy.PersonID{h.author, h.approver}, at); err != nil || len(found) != want {
			t.Errorf("away at %v: %v, %v", at, found, err)
		}
	}
}

// away notes that the author is away.
func (h *house) away(from, to time.Time) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddAbsence(ctx, &advocacy.Absence{
			Workspace: h.ws, ID: advocacy.AbsenceID(id("absence")), Person: h.author, Start: from, End: to, Zone: "UTC",
		})
	})
}

// delegationsInForce holds that those are found which cover an instant, of the roles that are asked for
// and of the workspace, as many as are asked for: what begins counts, what ends or was taken back does not.
func delegationsInForce(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	g, later, revoked, pr := h.delegation(), h.delegation(), h.delegation(), h.delegation()
	later.Start, later.End = g.End, g.End.AddDate(0, 0, 7)
	pr.Role = advocacy.RolePR
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		for _, d := range []*advocacy.Delegation{g, later, revoked, pr, other.delegation()} {
			if err := tx.AddDelegation(ctx, d); err != nil {
				return err
			}
		}
		revoked.RevokeTime, revoked.Revoker = g.Start, h.approver
		return tx.SaveDelegation(ctx, revoked)
	})
	legal, both := []advocacy.Role{advocacy.RoleLegal}, []advocacy.Role{advocacy.RoleLegal, advocacy.RolePR}
	for name, tt := range map[string]struct {
		roles []advocacy.Role
		at    time.Time
		want  []advocacy.DelegationID
	}{
		"before it begins": {legal, g.Start.Add(-time.Microsecond), nil},
		"as it begins":     {legal, g.Start, []advocacy.DelegationID{g.ID}},
		"as it ends":       {legal, g.End, []advocacy.DelegationID{later.ID}},
		"of both roles":    {both, g.Start, []advocacy.DelegationID{g.ID, pr.ID}},
		"of no role":       {nil, g.Start, nil},
	} {
		found, err := s.DelegationsInForce(t.Context(), h.ws, tt.roles, tt.at, 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []advocacy.DelegationID
		for _, d := range found {
			got = append(got, d.ID)
		}
		slices.Sort(got)
		slices.Sort(tt.want)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: found %v, want %v", name, got, tt.want)
		}
	}
	if found, err := s.DelegationsInForce(t.Context(), h.ws, both, g.Start, 1); err != nil || len(found) != 1 {
		t.Errorf("of two, one was asked for: %d, %v", len(found), err)
	}
}
