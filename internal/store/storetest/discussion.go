package storetest

import (
	"context"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// holdingUp holds that exactly the open blocking threads of one subject are found, oldest
// first, and that lists say the same.
func holdingUp(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	var want []advocacy.ThreadID
	for _, blocking := range []bool{false, true, true, false, true} {
		for _, state := range advocacy.ThreadStates() {
			d := h.thread()
			d.Blocking, d.State = blocking, state
			h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddThread(ctx, d) })
			if blocking && state == advocacy.ThreadOpen {
				want = append(want, d.ID)
			}
		}
	}
	elsewhere, review := h.submitted()
	far := h.thread()
	far.Subject, far.Blocking = elsewhere.Subject(), true
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddThread(ctx, far) })
	open, err := s.OpenThreads(ctx(t), h.review.Subject)
	if err != nil {
		t.Fatal(err)
	}
	var got []advocacy.ThreadID
	for _, d := range open {
		got = append(got, d.ID)
	}
	same(t, want, got)
	listed, _, err := s.Threads(ctx(t), workflow.ThreadQuery{
		Subject: h.review.Subject, State: advocacy.ThreadOpen, Blocking: true, Page: workflow.Page{Size: 10, Oldest: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, open, listed)
	if open, err = s.OpenThreads(ctx(t), review.Subject); err != nil || len(open) != 1 {
		t.Fatalf("the other post has %d, %v", len(open), err)
	}
}
