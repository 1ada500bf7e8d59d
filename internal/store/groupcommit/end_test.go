package groupcommit_test

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imprimatur-hq/imprimatur/internal/store/groupcommit"
)

func TestCloseFinishesWhatIsQueued(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	holder, leave := h.hold(t)
	results := []<-chan error{holder}
	for n := 1; n <= 20; n++ {
		results = append(results, h.start(call{t.Context(), insert(n)}))
	}
	for h.Waiting() != 20 {
		runtime.Gosched()
	}
	closed := make(chan error)
	go func() { closed <- h.Close() }()
	for !h.Closed() {
		runtime.Gosched()
	}
	if err := h.Update(t.Context(), insert(99)); !errors.Is(err, groupcommit.ErrClosed) {
		t.Errorf("while closing: %v, want ErrClosed", err)
	}
	leave()
	for i, result := range results {
		if err := <-result; err != nil {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if got := len(h.numbers(t)); got != 20 {
		t.Errorf("%d rows, want 20", got)
	}
	if err := h.Update(t.Context(), insert(99)); !errors.Is(err, groupcommit.ErrClosed) {
		t.Errorf("after Close: %v, want ErrClosed", err)
	}
	if err := h.Close(); err != nil {
		t.Errorf("Close again: %v", err)
	}
}

func TestFailedCommitFailsAll(t *testing.T) {
	t.Parallel()
	errDisk := errors.New("the disk is gone")
	fail := true
	h := newHouse(t, groupcommit.CommitWith(func(tx *sql.Tx) error {
		if fail {
			return errDisk
		}
		return tx.Commit()
	}))
	errs := h.together(t, call{fn: insert(1)}, call{fn: insert(2)})
	for i, err := range errs {
		if !errors.Is(err, errDisk) || err != errs[0] {
			t.Errorf("call %d got %v, the first %v", i, err, errs[0])
		}
	}
	if got := h.numbers(t); len(got) != 0 {
		t.Errorf("rows %v survived a failed commit", got)
	}
	fail = false
	if err := h.Update(t.Context(), insert(3)); err != nil {
		t.Error(err)
	}
}

func TestFailedBeginFailsAll(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if err := h.writer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := h.Update(t.Context(), insert(1)); err == nil {
		t.Error("a closed database took a write")
	}
}

func TestEndedFromWithin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	errs := h.together(t, call{fn: insert(1)}, call{fn: func(_ context.Context, tx *groupcommit.Tx) error {
		return tx.SQL().Commit()
	}})
	want := []error{groupcommit.ErrOutcomeUnknown, groupcommit.ErrOutcomeUnknown, cmpopts.AnyError}
	if diff := cmp.Diff(want, errs, cmpopts.EquateErrors()); diff != "" {
		t.Error(diff)
	}
	if err := h.Update(t.Context(), insert(2)); err != nil {
		t.Errorf("the queue did not recover: %v", err)
	}
}

// refuseIf is the closure that fails when it sees a row.
func refuseIf(query string) groupcommit.Closure {
	return func(ctx context.Context, tx *groupcommit.Tx) error {
		var there bool
		err := tx.QueryRowContext(ctx, "select exists ("+query+")").Scan(&there)
		if err == nil && there {
			return errOwn
		}
		return err
	}
}

// TestRefusalWaitsForWhatItSaw: nobody is refused because of what was never committed.
func TestRefusalWaitsForWhatItSaw(t *testing.T) {
	t.Parallel()
	t.Run("committed", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		errs := h.together(t, call{fn: insert(1)}, call{fn: refuseIf("select 1 from t where n = 1")}, call{fn: insert(2)})
		if diff := cmp.Diff([]error{nil, nil, errOwn, nil}, errs, cmpopts.EquateErrors()); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]groupcommit.Batch{{Committed: 3, Failed: 1}}, h.seen(t), cmpopts.IgnoreFields(groupcommit.Batch{}, "Took")); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("the commit failed", func(t *testing.T) {
		t.Parallel()
		errDisk := errors.New("the disk is gone")
		h := newHouse(t, groupcommit.CommitWith(func(*sql.Tx) error { return errDisk }))
		errs := h.together(t, call{fn: insert(1)}, call{fn: refuseIf("select 1 from t where n = 1")})
		if diff := cmp.Diff([]error{errDisk, errDisk, errDisk}, errs, cmpopts.EquateErrors()); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("undone by another's fault", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		breaks := func(ctx context.Context, tx *groupcommit.Tx) error {
			_, err := tx.ExecContext(ctx, "insert into child values (-1)")
			return err
		}
		errs := h.together(t, call{fn: breaks}, call{fn: refuseIf("select 1 from child")})
		if diff := cmp.Diff([]error{nil, cmpopts.AnyError, nil}, errs, cmpopts.EquateErrors()); diff != "" {
			t.Error(diff)
		}
	})
}
