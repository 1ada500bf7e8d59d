package groupcommit_test

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imprimatur-hq/imprimatur/internal/store/groupcommit"
	"github.com/imprimatur-hq/imprimatur/internal/store/sqlite"
)

var errOwn = errors.New("a closure's own error")

// TestNeighboursSurvive runs a closure that goes wrong between two that do not, all in
// one transaction.
func TestNeighboursSurvive(t *testing.T) {
	t.Parallel()
	cancelled, cancel := context.WithCancel(t.Context())
	after, cancelAfter := context.WithCancel(t.Context())
	tests := []struct {
		name string
		call call
		want error
		// again says that the transaction was lost, so that each ran again alone.
		again bool
		// kept is what the closure in the middle leaves.
		kept []int
	}{
		{name: "error", call: call{fn: func(ctx context.Context, tx *groupcommit.Tx) error {
			return errors.Join(insert(2)(ctx, tx), errOwn)
		}}, want: errOwn},
		{name: "panic", call: call{fn: func(ctx context.Context, tx *groupcommit.Tx) error {
			_ = insert(2)(ctx, tx)
			panic(errOwn)
		}}, want: errPanicked{errOwn}},
		{name: "goexit", call: call{fn: func(ctx context.Context, tx *groupcommit.Tx) error {
			_ = insert(2)(ctx, tx)
			runtime.Goexit()
			return nil
		}}, want: errExited},
		{name: "cancelled between statements", call: call{cancelled, func(ctx context.Context, tx *groupcommit.Tx) error {
			err := insert(2)(ctx, tx)
			cancel()
			return errors.Join(err, insert(20)(ctx, tx))
		}}, want: context.Canceled},
		{name: "cancelled after the last statement", call: call{after, func(ctx context.Context, tx *groupcommit.Tx) error {
			err := insert(2)(ctx, tx)
			cancelAfter()
			return err
		}}, want: context.Canceled},
		{name: "constraint", call: call{fn: insert(2, 0)}, want: cmpopts.AnyError},
		{name: "constraint, survived", call: call{fn: func(ctx context.Context, tx *groupcommit.Tx) error {
			if insert(0)(ctx, tx) == nil {
				return errors.New("the second zero was accepted")
			}
			return insert(2)(ctx, tx)
		}}, kept: []int{2}},
		{name: "transaction lost", call: call{fn: func(ctx context.Context, tx *groupcommit.Tx) error {
			_ = insert(2)(ctx, tx)
			_, err := tx.ExecContext(ctx, "insert or rollback into t values (0)")
			return err
		}}, want: sqlite.ErrTransactionLost, again: true},
		{name: "transaction lost, error swallowed", call: call{fn: func(ctx context.Context, tx *groupcommit.Tx) error {
			_, _ = tx.ExecContext(ctx, "insert or rollback into t values (0)")
			_ = insert(2)(ctx, tx)
			return nil
		}}, want: sqlite.ErrTransactionLost, again: true},
		{name: "commit as text", call: call{fn: func(ctx context.Context, tx *groupcommit.Tx) error {
			_ = insert(2)(ctx, tx)
			_, err := tx.ExecContext(ctx, "commit")
			return err
		}}, want: sqlite.ErrBoundary},
		{name: "deferred constraint", call: call{fn: func(ctx context.Context, tx *groupcommit.Tx) error {
			_, err := tx.ExecContext(ctx, "insert into child values (77)")
			return errors.Join(err, insert(2)(ctx, tx))
		}}, want: cmpopts.AnyError, again: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			errs := h.together(t, call{fn: insert(1)}, tt.call, call{fn: insert(3)})
			if diff := cmp.Diff([]error{nil, nil, tt.want, nil}, errs, cmpopts.EquateErrors(), cmp.Comparer(samePanic)); diff != "" {
				t.Errorf("results: %s", diff)
			}
			want := append(tt.kept, 1, 3)
			slices.Sort(want)
			if diff := cmp.Diff(want, h.numbers(t)); diff != "" {
				t.Errorf("rows: %s", diff)
			}
			if batches := h.seen(t); len(batches) > 1 != tt.again {
				t.Errorf("ran again: %v, want %v: %+v", !tt.again, tt.again, batches)
			}
		})
	}
}

// TestCancelledBeforeItRunsAgain: a closure that succeeded in a transaction that was
// lost is not run again for a caller who has left meanwhile.
func TestCancelledBeforeItRunsAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx, cancel := context.WithCancel(t.Context())
	errs := h.together(t, call{ctx, insert(1)}, call{fn: func(ctx context.Context, tx *groupcommit.Tx) error {
		cancel()
		_, err := tx.ExecContext(ctx, "insert or rollback into t values (0)")
		return err
	}}, call{fn: insert(3)})
	want := []error{nil, context.Canceled, sqlite.ErrTransactionLost, nil}
	if diff := cmp.Diff(want, errs, cmpopts.EquateErrors()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{3}, h.numbers(t)); diff != "" {
		t.Error(diff)
	}
}

func samePanic(a, b errPanicked) bool { return a.value == b.value }

func TestPanicKeepsItsStack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	defer func() {
		if v := recover(); v != errOwn {
			t.Errorf("recovered %v, want the closure's own value", v)
		}
		if stack := string(debug.Stack()); !strings.Contains(stack, "failDeepInside") {
			t.Errorf("the stack does not lead to the closure:\n%s", stack)
		}
	}()
	_ = h.Update(t.Context(), func(context.Context, *groupcommit.Tx) error { return failDeepInside() })
}

//go:noinline
func failDeepInside() error { panic(errOwn) }

func TestAcknowledgedIsVisibleElsewhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for n := 1; n <= 100; n++ {
		if err := h.Update(t.Context(), insert(n)); err != nil {
			t.Fatal(err)
		}
		if got := h.numbers(t); len(got) != n {
			t.Fatalf("%d rows after %d acknowledgements", len(got), n)
		}
	}
}

func TestOneCommitForAll(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	calls := make([]call, 50)
	var order []int
	for i := range calls {
		calls[i].fn = func(ctx context.Context, tx *groupcommit.Tx) error {
			order = append(order, i)
			return insert(i+1)(ctx, tx)
		}
	}
	for i, err := range h.together(t, calls...) {
		if err != nil {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if !slices.IsSorted(order) || len(order) != len(calls) {
		t.Errorf("ran in the order %v", order)
	}
	want := []groupcommit.Batch{{Committed: 51}}
	if diff := cmp.Diff(want, h.seen(t), cmpopts.IgnoreFields(groupcommit.Batch{}, "Took")); diff != "" {
		t.Error(diff)
	}
}

func TestBatchesAreBounded(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		options []groupcommit.Option
		want    []int
	}{
		"closures": {[]groupcommit.Option{groupcommit.MaxClosures(4)}, []int{4, 4, 1}},
		"work":     {[]groupcommit.Option{groupcommit.MaxWork(0)}, []int{1, 1, 1, 1, 1, 1, 1, 1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, tt.options...)
			calls := make([]call, 8)
			for i := range calls {
				calls[i].fn = insert(i + 1)
			}
			h.together(t, calls...)
			var got []int
			for _, b := range h.seen(t) {
				got = append(got, b.Committed)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNoIncrementIsLost(t *testing.T) {
	t.Parallel()
	const clients, each = 16, 200
	h := newHouse(t)
	if _, err := h.writer.Exec("create table counter (n integer not null); insert into counter values (0)"); err != nil {
		t.Fatal(err)
	}
	increment := func(ctx context.Context, tx *groupcommit.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, "select n from counter").Scan(&n); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "update counter set n = ?", n+1)
		return err
	}
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for range each {
				if err := h.Update(t.Context(), increment); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	var got int
	if err := h.reader.QueryRow("select n from counter").Scan(&got); err != nil || got != clients*each {
		t.Errorf("counted to %d (%v), want %d", got, err, clients*each)
	}
}

func TestNestedUpdateIsRefused(t *testing.T) {
	t.Parallel()
	h, other := newHouse(t), newHouse(t)
	var inside context.Context
	err := h.Update(t.Context(), func(ctx context.Context, tx *groupcommit.Tx) error {
		inside = ctx
		if err := h.Update(context.WithoutCancel(ctx), insert(1)); !errors.Is(err, groupcommit.ErrNested) {
			t.Errorf("a nested Update gave %v, want ErrNested", err)
		}
		return other.Update(ctx, insert(2))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Update(inside, insert(3)); err != nil {
		t.Errorf("the closure's context is still refused after it returned: %v", err)
	}
	if diff := cmp.Diff([][]int{{3}, {2}}, [][]int{h.numbers(t), other.numbers(t)}); diff != "" {
		t.Error(diff)
	}
}

func TestCancelledWhileQueued(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx, cancel := context.WithCancel(t.Context())
	holder, leave := h.hold(t)
	queued := h.start(call{ctx, func(context.Context, *groupcommit.Tx) error {
		t.Error("a closure ran for a caller who had left")
		return nil
	}})
	for h.Waiting() != 1 {
		runtime.Gosched()
	}
	cancel()
	// The holder still has the transaction: the answer does not wait for it.
	if err := <-queued; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	leave()
	if err := <-holder; err != nil {
		t.Error(err)
	}
	if err := h.Update(ctx, insert(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("a dead context gave %v, want context.Canceled", err)
	}
	if err := h.Update(t.Context(), insert(2)); err != nil {
		t.Error(err)
	}
}

func TestCancelledWhileTheDatabaseIsTaken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	other, err := h.writer.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	result := h.start(call{ctx, insert(1)})
	for h.writer.Stats().WaitCount == 0 {
		runtime.Gosched()
	}
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
	if err := h.Update(t.Context(), insert(2)); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]int{2}, h.numbers(t)); diff != "" {
		t.Error(diff)
	}
}
