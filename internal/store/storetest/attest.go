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

// attestedBetween holds that accounts somebody has to vouch for are found page by page, whichever
// were vouched for at once, and no personal one and none that is switched off.
func attestedBetween(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	// Long before anything else in the database was vouched for.
	began := time.Date(1999, 3, 1, 9, 0, 0, 0, time.UTC)
	add := func(at time.Time, personal bool, state advocacy.AccountState) advocacy.AccountID {
		t.Helper()
		a := &advocacy.SocialAccount{
			Workspace: h.ws, ID: advocacy.AccountID(id("account")), Network: "wall", Owner: h.author, Personal: personal, State: state, AttestTime: at,
		}
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddAccount(ctx, a, nil) })
		return a.ID
	}
	add(began, false, advocacy.AccountReady)
	var want []advocacy.AccountID
	for range 3 {
		want = append(want, add(began.Add(time.Hour), false, advocacy.AccountReady))
	}
	add(began.Add(time.Hour), true, advocacy.AccountReady)
	add(began.Add(time.Hour), false, advocacy.AccountDisabled)
	want = append(want, add(began.Add(2*time.Hour), false, advocacy.AccountReconnect))
	add(began.Add(2*time.Hour+time.Second), false, advocacy.AccountReady)
	var got []advocacy.AccountID
	var last *advocacy.SocialAccount
	for {
		page, err := s.AttestedBetween(ctx(t), began.Add(time.Second), began.Add(2*time.Hour), last, 2)
		if err != nil {
			t.Fatal(err)
		}
		for i := range page {
			got = append(got, page[i].ID)
			last = &page[i]
		}
		if len(page) < 2 {
			break
		}
	}
	slices.Sort(want[:3]) // at one time they come by id
	same(t, want, got)
}
