package storetest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

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
