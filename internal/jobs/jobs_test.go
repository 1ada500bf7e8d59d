package jobs_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/jobs"
	"github.com/imprimatur-hq/imprimatur/internal/store/sqlite"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// patience is how long a test waits for something that must happen.
const patience = 30 * time.Second

// database is one of the two databases, migrated and empty.
type database struct {
	dialect jobs.Dialect
	db      *sql.DB
	options jobs.Options
}

// onBoth runs the test on both databases.
func onBoth(t *testing.T, test func(t *testing.T, d database)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, openSQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, openPostgres(t))
	})
}

func openSQLite(t *testing.T) database {
	t.Helper()
	writer, reader, err := sqlite.Open(filepath.Join(t.TempDir(), "jobs.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { writer.Close(); reader.Close() })
	migrate(t, riversqlite.New(writer))
	return database{jobs.SQLite, writer, jobs.Options{Writer: writer, Reader: reader}}
}

func migrate(t *testing.T, driver riverdriver.Driver[*sql.Tx]) {
	t.Helper()
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Migrate(t.Context(), rivermigrate.DirectionUp, nil); err != nil {
		t.Fatal(err)
	}
}

func newEngine(t *testing.T, d database) *jobs.Engine {
	t.Helper()
	e, err := jobs.New(d.options)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func start(t *testing.T, e *jobs.Engine) {
	t.Helper()
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := e.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
}

// enqueue inserts the jobs in a transaction and commits it.
func (d database) enqueue(t *testing.T, list ...advocacy.Job) {
	t.Helper()
	tx := d.insert(t, list...)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// insert inserts the jobs in a transaction and leaves it open.
func (d database) insert(t *testing.T, list ...advocacy.Job) *sql.Tx {
	t.Helper()
	inserter, err := jobs.NewInserter(d.dialect)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := d.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := inserter.InsertTx(t.Context(), tx, list...); err != nil {
		t.Fatal(err, tx.Rollback())
	}
	return tx
}

// count is the number of jobs of the kind in one of the states.
func (d database) count(t *testing.T, kind string, states ...string) int {
	t.Helper()
	n := 0
	for _, s := range states {
		var c int
		query := "select count(*) from river_job where kind = '" + kind + "' and state = '" + s + "'"
		if err := d.db.QueryRowContext(t.Context(), query).Scan(&c); err != nil {
			t.Fatal(err)
		}
		n += c
	}
	return n
}

// until waits for the condition, asking again and again; it is for what only the table
// can tell.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func receive[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatal("waited in vain for a job")
		panic("unreachable")
	}
}

// recorder is a handler that tells each run's arguments.
func recorder() (jobs.Handler, <-chan string) {
	runs := make(chan string, 100)
	return func(_ context.Context, args json.RawMessage) error {
		runs <- string(args)
		return nil
	}, runs
}

func job(kind, args string) advocacy.Job {
	return advocacy.Job{Kind: kind, Args: json.RawMessage(args)}
}

func TestCommitRunsAndRollbackLeavesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		e := newEngine(t, d)
		handler, runs := recorder()
		e.Handle("publish", 0, handler)
		start(t, e)

		if err := d.insert(t, job("publish", `{"n":1}`)).Rollback(); err != nil {
			t.Fatal(err)
		}
		d.enqueue(t, job("publish", `{"n":2}`), job("publish", ``))

		got := map[string]bool{compact(receive(t, runs)): true, compact(receive(t, runs)): true}
		if !got[`{"n":2}`] || !got[``] {
			t.Errorf("ran %v", got)
		}
		if n := d.count(t, "publish", "available", "scheduled"); n != 0 {
			t.Errorf("%d jobs left over", n)
		}
	})
}

// compact undoes PostgreSQL's formatting of JSON.
func compact(s string) string {
	var b bytes.Buffer
	if json.Compact(&b, []byte(s)) != nil {
		return s
	}
	return b.String()
}

func TestScheduledIsNotEarly(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		e := newEngine(t, d)
		ran := make(chan time.Time, 1)
		e.Handle("publish", 0, func(context.Context, json.RawMessage) error { ran <- time.Now(); return nil })
		start(t, e)

		soon := time.Now().Add(700 * time.Millisecond)
		far := job("publish", `{}`)
		far.RunTime = time.Now().Add(time.Hour)
		near := job("publish", `{}`)
		near.RunTime = soon
		d.enqueue(t, far, near)

		at := receive(t, ran)
		if at.Before(soon) {
			t.Errorf("ran %v early", soon.Sub(at))
		}
		if late := at.Sub(soon); late > 4*time.Second {
			t.Errorf("ran %v late: a job due soon must not wait for the scheduler", late)
		}
		if n := d.count(t, "publish", "scheduled"); n != 1 {
			t.Errorf("%d jobs scheduled, want the one in an hour", n)
		}
	})
}

// TestQueuesDoNotWaitForEachOther: while all workers of a queue are at it, the jobs of another
// run, and those of a queue nobody works wait.
func TestQueuesDoNotWaitForEachOther(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		d.options.Workers = 2
		e := newEngine(t, d)
		e.Queue("slow")
		begun, free := make(chan struct{}, 3), make(chan struct{})
		e.Handle("block", 0, func(context.Context, json.RawMessage) error { begun <- struct{}{}; <-free; return nil })
		handle, runs := recorder()
		e.Handle("publish", 0, handle)
		start(t, e)
		t.Cleanup(sync.OnceFunc(func() { close(free) }))
		in := func(queue string, j advocacy.Job) advocacy.Job { j.Queue = queue; return j }
		d.enqueue(t, in("slow", job("block", `{}`)), in("slow", job("block", `{}`)), in("slow", job("block", `{}`)), in("slow", job("publish", `{"n":1}`)))
		receive(t, begun)
		receive(t, begun)
		d.enqueue(t, in("nobody", job("publish", `{"n":2}`)), job("publish", `{"n":3}`))
		if got := receive(t, runs); got != `{"n": 3}` && got != `{"n":3}` {
			t.Errorf("%s ran", got)
		}
		if n := d.count(t, "block", "running"); n != 2 {
			t.Errorf("%d jobs of a queue of two workers run", n)
		}
		if n := d.count(t, "publish", "available"); n != 2 {
			t.Errorf("%d jobs wait, want 2", n)
		}
	})
}

func TestUniqueDropsTheSecondWhileTheFirstWaits(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		one := advocacy.Job{Kind: "publish", Unique: "a", Args: json.RawMessage(`{"n":1}`)}
		two := advocacy.Job{Kind: "publish", Unique: "a", Args: json.RawMessage(`{"n":2}`)}
		other := advocacy.Job{Kind: "publish", Unique: "b"}
		kind := advocacy.Job{Kind: "recall", Unique: "a"}
		d.enqueue(t, one, two, other, kind)
		d.enqueue(t, two)
		if n := d.count(t, "publish", "available"); n != 2 {
			t.Errorf("%d jobs of kind publish, want 2", n)
		}
		if n := d.count(t, "recall", "available"); n != 1 {
			t.Errorf("%d jobs of kind recall, want 1", n)
		}

		e := newEngine(t, d)
		handler, runs := recorder()
		e.Handle("publish", 0, handler)
		e.Handle("recall", 0, handler)
		start(t, e)
		for range 3 {
			if got := compact(receive(t, runs)); got == `{"n":2}` {
				t.Error("the second ran")
			}
		}
		until(t, "all complete", func() bool { return d.count(t, "publish", "completed") == 2 })
		d.enqueue(t, two)
		if got := compact(receive(t, runs)); got != `{"n":2}` {
			t.Errorf("after the first completed %q ran", got)
		}
	})
}

// A running job may have read what the transaction has changed since: the wake-up must
// not be lost.
func TestUniqueDoesNotCountTheRunning(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		e := newEngine(t, d)
		began, finish := make(chan string, 10), make(chan struct{})
		e.Handle("publish", 0, func(_ context.Context, args json.RawMessage) error {
			began <- compact(string(args))
			<-finish
			return nil
		})
		start(t, e)

		d.enqueue(t, advocacy.Job{Kind: "publish", Unique: "a", Args: json.RawMessage(`{"n":1}`)})
		receive(t, began)
		d.enqueue(t, advocacy.Job{Kind: "publish", Unique: "a", Args: json.RawMessage(`{"n":2}`)})
		if got := receive(t, began); got != `{"n":2}` {
			t.Errorf("ran %q", got)
		}
		for range 10 {
			d.enqueue(t, advocacy.Job{Kind: "publish", Unique: "a", RunTime: time.Now().Add(time.Hour)})
		}
		close(finish)
		if n := d.count(t, "publish", "scheduled"); n != 1 {
			t.Errorf("%d follow-ups wait, want 1", n)
		}
	})
}

func TestSnoozeIsNotAFailure(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		e := newEngine(t, d)
		runs, n := make(chan int, 10), 0
		e.Handle("look", 0, func(context.Context, json.RawMessage) error {
			n++
			runs <- n
			if n < 3 {
				return jobs.Snooze(50 * time.Millisecond)
			}
			return nil
		})
		start(t, e)
		d.enqueue(t, job("look", `{}`))
		for range 3 {
			receive(t, runs)
		}
		until(t, "complete", func() bool { return d.count(t, "look", "completed") == 1 })
		var attempt int
		if err := d.db.QueryRowContext(t.Context(), "select attempt from river_job where kind = 'look'").Scan(&attempt); err != nil {
			t.Fatal(err)
		}
		if attempt != 1 {
			t.Errorf("%d attempts counted, want 1", attempt)
		}
	})
}

func TestDropIsForGood(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		var log syncBuffer
		d.options.Logger = slog.New(slog.NewTextHandler(&log, nil))
		e := newEngine(t, d)
		ran := make(chan struct{}, 10)
		e.Handle("recall", 0, func(context.Context, json.RawMessage) error {
			ran <- struct{}{}
			return jobs.Drop(errors.New("no such account"))
		})
		start(t, e)
		d.enqueue(t, job("recall", `{"canary":"s3cret"}`))
		receive(t, ran)
		until(t, "cancelled", func() bool { return d.count(t, "recall", "cancelled") == 1 })
		if s := log.String(); !strings.Contains(s, "no such account") || strings.Contains(s, "s3cret") {
			t.Errorf("log: %s", s)
		}
	})
}

func TestFailureIsRetriedWithPause(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		e := newEngine(t, d)
		at := make(chan time.Time, 10)
		e.Handle("mail", 0, func(context.Context, json.RawMessage) error {
			at <- time.Now()
			if len(at) == 0 {
				return nil
			}
			return errors.New("not today")
		})
		start(t, e)
		d.enqueue(t, job("mail", `{}`))
		until(t, "two runs", func() bool { return len(at) == 2 })
		first, second := receive(t, at), receive(t, at)
		if gap := second.Sub(first); gap < time.Second {
			t.Errorf("tried again after %v, want at least a second", gap)
		}
	})
}

func TestPanicIsAFailedAttempt(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		var log syncBuffer
		d.options.Logger = slog.New(slog.NewTextHandler(&log, nil))
		e := newEngine(t, d)
		runs := make(chan struct{}, 10)
		e.Handle("publish", 0, func(_ context.Context, args json.RawMessage) error {
			runs <- struct{}{}
			if len(runs) == 1 {
				panic("at the disco")
			}
			return nil
		})
		handler, others := recorder()
		e.Handle("look", 0, handler)
		start(t, e)
		d.enqueue(t, job("publish", `{"canary":"s3cret"}`), job("look", `{}`))
		receive(t, others)
		until(t, "the second attempt", func() bool { return d.count(t, "publish", "completed") == 1 })
		if s := log.String(); !strings.Contains(s, "at the disco") || strings.Contains(s, "s3cret") {
			t.Errorf("log: %s", s)
		}
	})
}

// TestPanicsEndTheJob (F41): what breaks whoever takes it up is given up after three, and others go on.
func TestPanicsEndTheJob(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		e := newEngine(t, d)
		runs := make(chan struct{}, 100)
		e.Handle("publish", 0, func(context.Context, json.RawMessage) error {
			runs <- struct{}{}
			if len(runs) == 2 {
				return errors.New("not today, and no panic")
			}
			panic("at the disco")
		})
		handler, others := recorder()
		e.Handle("look", 0, handler)
		start(t, e)
		d.enqueue(t, job("publish", `{}`))
		until(t, "given up", func() bool { return d.count(t, "publish", "cancelled") == 1 })
		if len(runs) != 4 {
			t.Errorf("given up after %d runs, of which one failed and the others panicked", len(runs))
		}
		d.enqueue(t, job("look", `{}`))
		receive(t, others)
	})
}

func TestTimeoutEndsTheContext(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		e := newEngine(t, d)
		ended := make(chan error, 10)
		e.Handle("publish", 100*time.Millisecond, func(ctx context.Context, _ json.RawMessage) error {
			<-ctx.Done()
			ended <- ctx.Err()
			return ctx.Err()
		})
		start(t, e)
		d.enqueue(t, job("publish", `{}`))
		if err := receive(t, ended); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("context ended with %v", err)
		}
	})
}

func TestStopWaitsForTheRunning(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		e := newEngine(t, d)
		began, finish := make(chan struct{}), make(chan struct{})
		e.Handle("publish", 0, func(ctx context.Context, _ json.RawMessage) error {
			close(began)
			<-finish
			return ctx.Err()
		})
		start(t, e)
		d.enqueue(t, job("publish", `{}`))
		receive(t, began)
		stopped := make(chan error)
		go func() { stopped <- e.Stop(context.Background()) }()
		select {
		case err := <-stopped:
			t.Fatalf("stopped while a job ran: %v", err)
		case finish <- struct{}{}:
		}
		if err := receive(t, stopped); err != nil {
			t.Fatal(err)
		}
		if n := d.count(t, "publish", "completed"); n != 1 {
			t.Error("the job's end was not recorded")
		}
	})
}

func TestStopLeavesWhatDoesNotFinish(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		e := newEngine(t, d)
		began := make(chan struct{})
		e.Handle("publish", 0, func(ctx context.Context, _ json.RawMessage) error {
			close(began)
			<-ctx.Done()
			return ctx.Err()
		})
		start(t, e)
		d.enqueue(t, job("publish", `{}`))
		receive(t, began)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := e.Stop(ctx); err != nil {
			t.Fatal(err)
		}
		var attempt int
		var state string
		if err := d.db.QueryRowContext(t.Context(), "select state, attempt from river_job").Scan(&state, &attempt); err != nil {
			t.Fatal(err)
		}
		if state != "available" || attempt != 0 {
			t.Errorf("left %s after %d attempts, want available and none counted", state, attempt)
		}

		again := newEngine(t, d)
		handler, runs := recorder()
		again.Handle("publish", 0, handler)
		start(t, again)
		receive(t, runs)
	})
}

func TestCrashOnEmbeddedIsRepairedAtStart(t *testing.T) {
	t.Parallel()
	d := openSQLite(t)
	due := advocacy.Job{Kind: "look", Args: json.RawMessage(`{}`), RunTime: time.Now().Add(time.Hour)}
	d.enqueue(t, job("publish", `{"n":1}`), job("publish", `{"n":2}`), due)
	for _, q := range []string{
		// What a killed process leaves: a job it ran, one it had tried too often, and its seat.
		`update river_job set state = 'running', attempt = 1, attempted_at = datetime('now') where json(args) ->> '$.args.n' = 1`,
		`update river_job set state = 'running', attempt = 25, attempted_at = datetime('now') where json(args) ->> '$.args.n' = 2`,
		`update river_job set scheduled_at = datetime('now', '-1 minutes') where state = 'scheduled'`,
		`insert into river_leader (leader_id, elected_at, expires_at) values ('dead', datetime('now'), datetime('now', '+1 hours'))`,
	} {
		if _, err := d.db.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	e := newEngine(t, d)
	handler, runs := recorder()
	e.Handle("publish", 0, handler)
	looks, looked := recorder()
	e.Handle("look", 0, looks)
	start(t, e)
	if got := receive(t, runs); got != `{"n":1}` {
		t.Errorf("ran %s", got)
	}
	receive(t, looked)
	if n := d.count(t, "publish", "discarded"); n != 1 {
		t.Error("a job that killed the process 25 times must be given up")
	}
}

func TestPeriodicTicksOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, d database) {
		e := newEngine(t, d)
		ran := make(chan struct{}, 10)
		e.Handle("sweep", 0, func(context.Context, json.RawMessage) error {
			ran <- struct{}{}
			return errors.New("failed: the next tick comes anyway")
		})
		e.Periodic("sweep", time.Second)
		start(t, e)
		receive(t, ran)
		receive(t, ran)
		until(t, "given up", func() bool { return d.count(t, "sweep", "discarded") >= 2 })
	})
}

func TestOptionsNameOneDatabase(t *testing.T) {
	t.Parallel()
	if _, err := jobs.New(jobs.Options{}); err == nil {
		t.Error("no database was accepted")
	}
	if _, err := jobs.NewInserter("oracle"); err == nil {
		t.Error("an unknown dialect was accepted")
	}
}

// syncBuffer is a log that several goroutines write.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
