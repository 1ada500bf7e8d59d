package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// recomputations holds that they are kept as they are saved, by one run at a time, and listed newest first
// of one workspace alone.
func recomputations(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	one := func(h *house) workflow.Recomputation {
		r := workflow.Recomputation{Workspace: h.ws, ID: id("recomputation"), Recomputing: workflow.Recomputing{CreateTime: start}}
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddRecomputation(ctx, &r) })
		return r
	}
	first := one(h)
	one(other)
	still := func(at time.Time, want ...string) {
		t.Helper()
		found, err := s.StillRecomputations(ctx(t), at, 1000)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range found {
			if r.Workspace == h.ws {
				got = append(got, r.ID)
			}
		}
		same(t, want, got)
	}
	still(start.Add(-time.Second))
	still(start, first.ID)
	stale := first
	first.Cursor, first.Done, first.Failed, first.Total, first.EndTime = "3|x", 4, 2, 9, start.Add(time.Minute)
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.SaveRecomputation(ctx, &first) })
	h.refused(advocacy.Conflict, "RECOMPUTATION_CHANGED", func(ctx context.Context, tx workflow.Tx) error { return tx.SaveRecomputation(ctx, &stale) })
	still(start)
	got, err := s.Recomputation(ctx(t), h.ws, first.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, first, *got)
	if _, err := s.Recomputation(ctx(t), other.ws, first.ID); advocacy.KindOf(err) != advocacy.NotFound {
		t.Errorf("another workspace reads it: %v", err)
	}
	want := []workflow.Recomputation{one(h), one(h), first}
	want[0], want[1] = want[1], want[0]
	var listed []workflow.Recomputation
	for p := (workflow.Page{Size: 2}); ; {
		some, next, err := s.Recomputations(ctx(t), h.ws, p)
		if err != nil {
			t.Fatal(err)
		}
		listed = append(listed, some...)
		if p.After = next; next == "" {
			break
		}
	}
	same(t, want, listed)
	count := func(posts []advocacy.PostState, items []advocacy.ItemState) int64 {
		t.Helper()
		n, err := s.CountInStates(ctx(t), h.ws, posts, items)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	posts, items := []advocacy.PostState{advocacy.PostDraft, advocacy.PostInReview}, []advocacy.ItemState{advocacy.ItemInReview}
	before := count(posts, items)
	p := h.post()
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddPost(ctx, p) })
	same(t, before+1, count(posts, items))
	same(t, int64(0), count([]advocacy.PostState{advocacy.PostRecalled}, []advocacy.ItemState{advocacy.ItemWithdrawn}))
}
