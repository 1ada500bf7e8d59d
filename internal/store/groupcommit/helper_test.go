package groupcommit_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/store/groupcommit"
	"github.com/imprimatur-hq/imprimatur/internal/store/sqlite"
)

// house is a queue over a new database with one table of numbers, and what it did.
type house struct {
	*groupcommit.Queue
	writer, reader *sql.DB

	batches []groupcommit.Batch
}

const schema = `
create table t (n integer primary key);
create table child (n integer references t (n) deferrable initially deferred);
insert into t values (0);
`

// newHouse is a house whose batches a slow machine does not cut short, unless opts say so.
func newHouse(t testing.TB, opts ...groupcommit.Option) *house {
	t.Helper()
	writer, reader, err := sqlite.Open(filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Exec(schema); err != nil {
		t.Fatal(err)
	}
	h := &house{writer: writer, reader: reader}
	opts = slices.Concat([]groupcommit.Option{groupcommit.MaxWork(time.Hour), groupcommit.Observe(h.observe)}, opts)
	h.Queue = groupcommit.New(writer, opts...)
	t.Cleanup(func() {
		if err := errors.Join(h.Close(), reader.Close(), writer.Close()); err != nil {
			t.Error(err)
		}
	})
	return h
}

func (h *house) observe(b groupcommit.Batch) { h.batches = append(h.batches, b) }

// seen closes the queue and returns what its observer was told.
func (h *house) seen(t testing.TB) []groupcommit.Batch {
	t.Helper()
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return h.batches
}

// numbers reads the table through another connection, without the zero it began with.
func (h *house) numbers(t testing.TB) []int {
	t.Helper()
	rows, err := h.reader.QueryContext(context.Background(), "select n from t where n <> 0 order by n")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	got := []int{}
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		got = append(got, n)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return got
}

// insert is the closure that writes some numbers.
func insert(numbers ...int) groupcommit.Closure {
	return func(ctx context.Context, tx *groupcommit.Tx) error {
		for _, n := range numbers {
			if _, err := tx.ExecContext(ctx, "insert into t values (?)", n); err != nil {
				return err
			}
		}
		return nil
	}
}

// call is one Update of a test; ctx is the test's when it is nil.
type call struct {
	ctx context.Context
	fn  groupcommit.Closure
}

// errPanicked and errExited stand for an Update that never returned.
var errExited = errors.New("the goroutine ended")

type errPanicked struct{ value any }

func (e errPanicked) Error() string { return fmt.Sprint("panicked with ", e.value) }

// together queues the calls in order while another closure holds the transaction open,
// so that all of them run in that one batch. It returns what each Update came to, the
// holder's first.
func (h *house) together(t *testing.T, calls ...call) []error {
	t.Helper()
	holder, leave := h.hold(t)
	results := []<-chan error{holder}
	for i, c := range calls {
		if c.ctx == nil {
			c.ctx = t.Context()
		}
		results = append(results, h.start(c))
		for h.Waiting() != i+1 {
			runtime.Gosched()
		}
	}
	leave()
	errs := make([]error, len(results))
	for i := range results {
		errs[i] = <-results[i]
	}
	return errs
}

// hold starts an Update that writes nothing and keeps its transaction until leave is
// called.
func (h *house) hold(t *testing.T) (result <-chan error, leave func()) {
	t.Helper()
	entered, left := make(chan struct{}), make(chan struct{})
	var once sync.Once // it may run again, alone
	result = h.start(call{t.Context(), func(context.Context, *groupcommit.Tx) error {
		once.Do(func() { close(entered) })
		<-left
		return nil
	}})
	<-entered
	return result, func() { close(left) }
}

// start runs one Update and reports its end, however it ends.
func (h *house) start(c call) <-chan error {
	result := make(chan error, 1)
	go func() {
		err := errExited
		defer func() {
			if v := recover(); v != nil {
				err = errPanicked{v}
			}
			result <- err
		}()
		err = h.Update(c.ctx, c.fn)
	}()
	return result
}
