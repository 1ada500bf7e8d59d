package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// outgoing holds that what is looked at is what goes out through one account from an instant
// on, and not what the post has waiting that asks.
func outgoing(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	var all, others []time.Time
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		all, others = nil, nil
		for i, state := range advocacy.PublicationStates() {
			x := h.publication()
			x.State, x.Revision, x.DueTime = state, i+1, start.Add(time.Duration(4-i)*time.Minute)
			if err := tx.AddPublication(ctx, x); err != nil {
				return err
			}
			if !state.Live() || x.DueTime.Before(start) {
				continue
			}
			all = append(all, x.DueTime)
			if state != advocacy.Scheduled && state != advocacy.Claimed {
				others = append(others, x.DueTime)
			}
		}
		return nil
	})
	for but, want := range map[advocacy.PostID][]time.Time{"another": all, h.draft.ID: others} {
		slices.SortFunc(want, time.Time.Compare)
		got, err := s.Outgoing(ctx(t), h.ws, h.account, but, start)
		if err != nil {
			t.Fatal(err)
		}
		same(t, want, got)
	}
	none, err := s.Outgoing(ctx(t), h.ws, "another", "another", start)
	if err != nil || len(none) != 0 {
		t.Errorf("through another account go %v, %v", none, err)
	}
}

// sharingHours holds that how people share is read with the policy in force, and that the
// calendar they share in stays.
func sharingHours(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	c := h.calendar()
	want := advocacy.Sharing{DailyLimit: 3, Calendar: c.ID}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddCalendar(ctx, c); err != nil {
			return err
		}
		return tx.AddPolicyRevision(ctx, &workflow.PolicyRevision{Workspace: h.ws, Policy: "default", Revision: 9, Active: true})
	})
	share := func(k advocacy.Sharing) func(context.Context, workflow.Tx) error {
		return func(ctx context.Context, tx workflow.Tx) error {
			space, err := tx.WorkspaceForUpdate(ctx, h.ws)
			if err != nil {
				return err
			}
			space.Sharing = k
			return tx.SaveWorkspace(ctx, space)
		}
	}
	used := func(want bool) {
		t.Helper()
		if got, err := s.CalendarInUse(ctx(t), h.ws, c.ID); err != nil || got != want {
			t.Errorf("the calendar is used: %t (%v), want %t", got, err, want)
		}
	}
	used(false)
	h.update(share(want))
	used(true)
	space, err := s.Workspace(ctx(t), h.ws)
	if err != nil || space.Sharing != want {
		t.Errorf("the workspace has %+v (%v), want %+v", space, err, want)
	}
	policy, err := s.Policy(ctx(t), h.ws)
	if err != nil || policy.Sharing != want {
		t.Errorf("beside the policy is %+v (%v), want %+v", policy, err, want)
	}
	remove := func(ctx context.Context, tx workflow.Tx) error { return tx.DeleteCalendar(ctx, c) }
	fails(t, s, "a calendar people share in", remove)
	fails(t, s, "a calendar that is not there", share(advocacy.Sharing{Calendar: "none"}))
	h.update(share(advocacy.Sharing{DailyLimit: 3}))
	used(false)
	h.update(remove)
}

// fails asserts that a transaction does not come to its end.
func fails(t *testing.T, s *store.Store, what string, fn func(context.Context, workflow.Tx) error) {
	t.Helper()
	if err := s.Update(ctx(t), fn); err == nil {
		t.Errorf("%s: nothing stands in the way", what)
	}
}
