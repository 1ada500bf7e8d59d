package groupcommit_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/store/groupcommit"
)

// tooLong ends a wait that should have ended by itself.
const tooLong = 10 * time.Second

// as runs one Update in a manner and reports its end.
func (h *house) as(t *testing.T, m groupcommit.Manner, fn groupcommit.Closure) <-chan error {
	t.Helper()
	result := make(chan error, 1)
	go func() { result <- h.UpdateAs(t.Context(), m, fn) }()
	return result
}

func (h *house) waits(n int) {
	for h.Waiting() != n {
		runtime.Gosched()
	}
}

// TestPatienceEnds (F25): who does not wait for ever is told so while the writer is still taken, and
// leaves nothing.
func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	holder, leave := h.hold(t)
	ctx, cancel := context.WithTimeout(t.Context(), tooLong)
	defer cancel()
	if err := h.UpdateAs(ctx, groupcommit.Manner{Patience: time.Millisecond}, insert(1)); !errors.Is(err, groupcommit.ErrFull) {
		t.Errorf("who has little patience is answered %v", err)
	}
	leave()
	if err := errors.Join(<-holder, h.Update(t.Context(), insert(2))); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]int{2}, h.numbers(t)); diff != "" {
		t.Error(diff)
	}
}

// TestQueueIsBounded (F25): where too many wait, who has little patience is told at once; who has any,
// and who goes first, is let in.
func TestQueueIsBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t, groupcommit.MaxWaiting(2))
	holder, leave := h.hold(t)
	results := []<-chan error{holder}
	for n, m := range []groupcommit.Manner{{Patience: time.Hour}, {Patience: time.Hour}, {}, {First: true}} {
		results = append(results, h.as(t, m, insert(n+1)))
		h.waits(n + 1)
	}
	ctx, cancel := context.WithTimeout(t.Context(), tooLong)
	defer cancel()
	if err := h.UpdateAs(ctx, groupcommit.Manner{Patience: time.Hour}, insert(9)); !errors.Is(err, groupcommit.ErrFull) {
		t.Errorf("one too many is answered %v", err)
	}
	leave()
	for _, result := range results {
		if err := <-result; err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff([]int{1, 2, 3, 4}, h.numbers(t)); diff != "" {
		t.Error(diff)
	}
}

// TestFirstGoesFirst (F25): what goes first is done before everything that waited already, in the order
// in which it came.
func TestFirstGoesFirst(t *testing.T) {
	t.Parallel()
	h := newHouse(t, groupcommit.MaxClosures(1))
	holder, leave := h.hold(t)
	results := []<-chan error{holder}
	var order []int // the writer runs one at a time
	for n, m := range []groupcommit.Manner{{}, {Patience: time.Hour}, {First: true}, {First: true}} {
		results = append(results, h.as(t, m, func(ctx context.Context, tx *groupcommit.Tx) error {
			order = append(order, n)
			return insert(n+1)(ctx, tx)
		}))
		h.waits(n + 1)
	}
	leave()
	for _, result := range results {
		if err := <-result; err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff([]int{2, 3, 0, 1}, order); diff != "" {
		t.Error(diff)
	}
}
