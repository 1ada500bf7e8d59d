package storetest

import (
	"context"
	"errors"
	"testing"

	"golang.org/x/sync/errgroup"

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
			holdUndisputed(t, s, h, len(want) == 0)
		}
	}
	elsewhere, review := h.submitted()
	if of, err := s.ReviewWithRevision(ctx(t), review.Subject, 1); err != nil || !of.Undisputed {
		t.Fatalf("what nobody speaks about is undisputed: %v", err)
	}
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

// holdUndisputed holds whether a discussion that blocks is open, in each place where a round is read.
func holdUndisputed(t *testing.T, s *store.Store, h *house, want bool) {
	t.Helper()
	seen, err1 := s.ReviewWithRevision(ctx(t), h.review.Subject, 1)
	_, shown, err2 := s.PostWithHead(ctx(t), h.ws, advocacy.PostID(h.review.Subject.ID))
	var locked *workflow.Reading
	err3 := s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) (err error) {
		locked, err = tx.ReviewWithHeadForUpdate(ctx, h.review.Subject, 1, 1, "")
		return err
	})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if seen.Undisputed != want || shown.Undisputed != want || locked.Undisputed != want {
		t.Errorf("undisputed: %t as seen, %t as shown, %t as locked, want %t", seen.Undisputed, shown.Undisputed, locked.Undisputed, want)
	}
}

// spokenAboutMeanwhile holds that who waits for a post sees the discussion that whoever held it began:
// what is read of discussions is not older than the hold.
func spokenAboutMeanwhile(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	h.update(func(ctx context.Context, tx workflow.Tx) error { // who waits finds the newest round
		h.draft.Round = 1
		return tx.SavePost(ctx, h.draft)
	})
	for range 10 {
		d := h.thread()
		d.Blocking = true
		var group errgroup.Group
		var of *workflow.Reading
		h.update(func(ctx context.Context, tx workflow.Tx) error {
			if _, err := tx.PostForUpdate(ctx, h.ws, h.draft.ID); err != nil {
				return err
			}
			begun := make(chan struct{})
			group.Go(func() error {
				close(begun)
				return s.Update(context.Background(), func(ctx context.Context, tx workflow.Tx) (err error) {
					_, of, err = tx.PostInReviewForUpdate(ctx, h.ws, h.draft.ID, 0, "")
					return err
				})
			})
			<-begun
			for range 50 { // the other comes to wait, as a rule; it is right in any order
				if _, err := tx.OpenThreads(ctx, h.review.Subject); err != nil {
					return err
				}
			}
			return tx.AddThread(ctx, d)
		})
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		if of.Undisputed {
			t.Error("who waited for the post does not know of the discussion")
		}
		d.Version, d.State = 1, advocacy.ThreadResolved
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.SaveThread(ctx, d) })
	}
}
