package groupcommit_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/store/groupcommit"
)

// action is what a random closure does after it has inserted its numbers.
type action int

const (
	succeed action = iota
	fail
	panics
	exits
	cancels
	cancelsAtTheEnd
	duplicates
	survivesDuplicate
	losesTransaction
	breaksDeferred
	leavesRowsOpen
	actions
)

// commits says whether an action leaves the numbers in the table.
func (a action) commits() bool {
	return a == succeed || a == survivesDuplicate || a == leavesRowsOpen
}

// program is one Update: insert some numbers nobody else inserts, then act.
type program struct {
	Numbers []int
	Action  action
}

func (p program) run(q *groupcommit.Queue) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	return q.Update(ctx, func(ctx context.Context, tx *groupcommit.Tx) error {
		if err := insert(p.Numbers...)(ctx, tx); err != nil {
			return err
		}
		switch p.Action {
		case fail:
			return errOwn
		case panics:
			panic(errOwn)
		case exits:
			runtime.Goexit()
		case cancels:
			cancel()
			_, err := tx.ExecContext(ctx, "delete from t")
			return err
		case cancelsAtTheEnd:
			cancel()
		case duplicates:
			return insert(0)(ctx, tx)
		case survivesDuplicate:
			_ = insert(0)(ctx, tx)
		case losesTransaction:
			_, _ = tx.ExecContext(ctx, "insert or rollback into t values (0)")
		case breaksDeferred:
			_, err := tx.ExecContext(ctx, "insert into child values (-1)")
			return err
		case leavesRowsOpen:
			rows, err := tx.QueryContext(ctx, "update t set n = n where n = 0 returning n")
			if err == nil {
				rows.Next()
			}
			return err
		}
		return nil
	})
}

// attempt runs a program on a goroutine it may end, and says whether it succeeded.
func (p program) attempt(q *groupcommit.Queue) bool {
	done := make(chan bool, 1)
	go func() {
		ok := false
		defer func() {
			_ = recover()
			done <- ok
		}()
		ok = p.run(q) == nil
	}()
	return <-done
}

// TestModel runs random programs at once and compares the table with what they were
// told: exactly the acknowledged numbers are there, whoever shared their transaction.
func TestModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		h := newHouse(t, groupcommit.MaxClosures(rapid.IntRange(1, 9).Draw(rt, "max")))
		next := 0
		programs := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) program {
			p := program{Action: action(rapid.IntRange(0, int(actions)-1).Draw(rt, "action"))}
			for range rapid.IntRange(1, 3).Draw(rt, "rows") {
				next++
				p.Numbers = append(p.Numbers, next)
			}
			return p
		}), 1, 40).Draw(rt, "programs")
		clients := rapid.IntRange(1, 8).Draw(rt, "clients")

		queue := make(chan program)
		var wg sync.WaitGroup
		for range clients {
			wg.Go(func() {
				for p := range queue {
					if got := p.attempt(h.Queue); got != p.Action.commits() {
						t.Errorf("%+v was acknowledged: %v", p, got)
					}
				}
			})
		}
		want := []int{}
		for _, p := range programs {
			queue <- p
			if p.Action.commits() {
				want = append(want, p.Numbers...)
			}
		}
		close(queue)
		wg.Wait()
		slices.Sort(want)
		if diff := cmp.Diff(want, h.numbers(t)); diff != "" {
			rt.Fatal(diff)
		}
		if err := errors.Join(h.Close(), h.reader.Close(), h.writer.Close()); err != nil {
			rt.Fatal(err)
		}
	})
}
