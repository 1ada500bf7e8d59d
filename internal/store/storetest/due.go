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

// due holds that the workers see what waits for them, in every workspace, and nothing
// else.
func due(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	now := start.Add(-time.Hour * 24 * 365)
	want := map[advocacy.PublicationID]bool{}
	states := map[advocacy.PublicationID]advocacy.PublicationState{}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		for _, state := range advocacy.PublicationStates() {
			for _, late := range []time.Duration{-time.Second, 0, time.Second} {
				x := h.publication()
				x.Revision, x.State = number(), state
				x.DueTime, x.LeaseTime = now.Add(time.Hour), now.Add(late)
				if state == advocacy.Scheduled {
					x.DueTime, x.LeaseTime = now.Add(late), time.Time{}
				}
				waits := state == advocacy.Scheduled || state == advocacy.Claimed || state == advocacy.Sending || state == advocacy.HandedOver
				want[x.ID] = waits && late <= 0
				states[x.ID] = state
				if err := tx.AddPublication(ctx, x); err != nil {
					return err
				}
			}
		}
		// It is due and rests.
		x := h.publication()
		x.Revision, x.DueTime, x.LeaseTime = number(), now, now.Add(time.Second)
		want[x.ID], states[x.ID] = false, "resting"
		return tx.AddPublication(ctx, x)
	})
	found, err := s.Due(ctx(t), workflow.DueQuery{Time: now, Most: 1000})
	if err != nil {
		t.Fatal(err)
	}
	got := map[advocacy.PublicationID]bool{}
	for _, x := range found {
		got[x.ID] = true
	}
	for x, wanted := range want {
		if got[x] != wanted {
			t.Errorf("%s %s is due: %t, want %t", x, states[x], got[x], wanted)
		}
	}
	for what, c := range map[string]struct {
		q   workflow.DueQuery
		due bool
	}{
		"another network and another workspace's account": {workflow.DueQuery{
			ButNetworks: []advocacy.Network{"mastodon", "x"}, ButAccounts: []workflow.AccountOf{{Workspace: "another", Account: h.account}, {Workspace: h.ws, Account: "another"}},
		}, true},
		"its network": {workflow.DueQuery{ButNetworks: []advocacy.Network{"mastodon", "wall"}}, false},
		"its account": {workflow.DueQuery{ButAccounts: []workflow.AccountOf{{Workspace: "another", Account: "another"}, {Workspace: h.ws, Account: h.account}}}, false},
	} {
		c.q.Time, c.q.Most = now, 1000
		found, err := s.Due(ctx(t), c.q)
		if err != nil {
			t.Fatal(err)
		}
		if due := slices.ContainsFunc(found, func(x advocacy.Publication) bool { return want[x.ID] }); due != c.due {
			t.Errorf("without %s, ours are due: %t", what, due)
		}
	}
	few, err := s.Due(ctx(t), workflow.DueQuery{Time: now, Most: 3})
	if err != nil || len(few) != 3 || few[0].State == advocacy.Scheduled {
		t.Errorf("of many, %d are due, first %+v, %v; want 3, those with a lease first", len(few), few, err)
	}
}
