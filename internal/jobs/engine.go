package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// Options says where the jobs are and how to work them.
type Options struct {
	// Writer is the embedded database's writing pool, and Reader the one that keeps nobody from
	// writing. Set either both or DSN.
	Writer, Reader *sql.DB
	// DSN is PostgreSQL's. The engine opens its own small pool, since it listens.
	DSN string
	// Workers is how many jobs of a queue run at once; 0 means 16.
	Workers int
	Logger  *slog.Logger
}

const (
	defaultWorkers = 16
	// defaultTimeout is a handler's when it names none.
	defaultTimeout = time.Minute
	// pollEmbedded is how often the embedded database is asked: nobody tells us of a commit.
	pollEmbedded = 150 * time.Millisecond
	// pollListening is how often PostgreSQL is asked although it notifies, since River sends
	// one notification for a burst.
	pollListening = 500 * time.Millisecond
	// rescueMargin is how long beyond its timeout a job may be running before its worker
	// counts as dead.
	rescueMargin = 15 * time.Second
	// retention is how long a completed job is kept to be looked at.
	retention = time.Hour
	// abandonGrace is how long cancelled handlers have to return.
	abandonGrace = 5 * time.Second
	// poolConns is the size of the engine's own PostgreSQL pool; one listens.
	poolConns = 6
	// bounded has PostgreSQL end the transactions of a process that stands still, whose locks would
	// keep the other replicas' engines waiting.
	bounded = "SET idle_in_transaction_session_timeout = '10s'"
)

// Engine works jobs. Register with Handle and Periodic, then Start.
type Engine struct {
	opts     Options
	workers  *river.Workers
	periodic []*river.PeriodicJob
	queues   map[string]river.QueueConfig
	shortest time.Duration
	client   client
	pool     *pgxpool.Pool
	// abandoned is set when running handlers are cancelled to stop the process.
	abandoned atomic.Bool
}

// client is what the engine needs of River, whatever the transaction type.
type client interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
}

// Handler carries out one job. The context ends at the timeout of the kind and when the
// process may not wait any longer; args is what was enqueued.
type Handler func(ctx context.Context, args json.RawMessage) error

// New returns an engine that works nothing yet.
func New(o Options) (*Engine, error) {
	if (o.Writer == nil) == (o.DSN == "") || (o.Writer == nil) != (o.Reader == nil) {
		return nil, errors.New("jobs: either Writer and Reader or DSN must be set")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Workers == 0 {
		o.Workers = defaultWorkers
	}
	return &Engine{
		opts: o, workers: river.NewWorkers(),
		queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: o.Workers}},
	}, nil
}

// Queue gives the jobs of a queue workers of their own, of which as many run at once as of all
// that name none. It must not be called after Start. A job of a queue that nobody named waits.
func (e *Engine) Queue(name string) {
	e.queues[name] = river.QueueConfig{MaxWorkers: e.opts.Workers}
}

// Handle registers the handler of a kind. A timeout of 0 means a minute. It panics when
// the kind has one already, and must not be called after Start.
func (e *Engine) Handle(kind string, timeout time.Duration, fn Handler) {
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	if e.shortest == 0 || timeout < e.shortest {
		e.shortest = timeout
	}
	river.AddWorkerArgs(e.workers, args{kind: kind}, &worker{
		kind:      kind,
		timeout:   timeout,
		handle:    fn,
		logger:    e.opts.Logger,
		abandoned: &e.abandoned,
	})
}

// Periodic enqueues a job of the kind, without args, when the engine starts and then at
// the interval: once in the whole installation, not once a replica. A tick is left out
// while the job of the last one waits or runs, and a failing tick is not retried: the next
// one comes.
func (e *Engine) Periodic(kind string, every time.Duration) {
	tick := func() (river.JobArgs, *river.InsertOpts) {
		return args{kind: kind, Key: "periodic"}, &river.InsertOpts{MaxAttempts: 1, UniqueOpts: unique()}
	}
	e.periodic = append(e.periodic, river.NewPeriodicJob(
		river.PeriodicInterval(every), tick, &river.PeriodicJobOpts{ID: kind, RunOnStart: true}))
}

// Start begins to work jobs and returns. Cancelling ctx later stops nothing: Stop does.
//
// On the embedded database, which one process owns, jobs that a crash left running become
// available at once. On PostgreSQL another replica may be running them; a dead one's are
// rescued after their timeout.
func (e *Engine) Start(ctx context.Context) error {
	if err := e.open(ctx); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	if err := e.client.Start(context.WithoutCancel(ctx)); err != nil {
		e.close()
		return fmt.Errorf("start jobs: %w", err)
	}
	return nil
}

// Stop fetches no more jobs and waits for the running ones until ctx ends. Then it cancels
// their contexts; a handler that returns because of it will run again at the next start,
// uncounted. A handler that does not even return within five seconds is reported as an
// error, and its job is rescued as after a crash.
func (e *Engine) Stop(ctx context.Context) error {
	if e.client == nil {
		return nil
	}
	if err := e.client.Stop(ctx); err != nil {
		e.abandoned.Store(true)
		hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), abandonGrace)
		defer cancel()
		if err := e.client.StopAndCancel(hard); err != nil {
			// The pool stays open: closing it would wait for the same handler.
			return fmt.Errorf("stop jobs: a handler does not return: %w", err)
		}
	}
	e.close()
	return nil
}

func (e *Engine) close() {
	if e.pool != nil {
		e.pool.Close()
	}
}

func (e *Engine) open(ctx context.Context) (err error) {
	if e.opts.Writer != nil {
		if err := repair(ctx, e.opts.Writer); err != nil {
			return err
		}
		e.client, err = newClient(embedded{riversqlite.New(e.opts.Writer), e.opts.Reader}, e.config(pollEmbedded))
		return err
	}
	config, err := pgxpool.ParseConfig(e.opts.DSN)
	if err != nil {
		return err
	}
	config.MaxConns = poolConns
	config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, bounded)
		return err
	}
	if e.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return err
	}
	e.client, err = newClient(riverpgxv5.New(e.pool), e.config(pollListening))
	return err
}

// newClient hides the transaction type, and a nil *Client behind the interface.
func newClient[TTx any](driver riverdriver.Driver[TTx], config *river.Config) (client, error) {
	c, err := river.NewClient(driver, config)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (e *Engine) config(poll time.Duration) *river.Config {
	return &river.Config{
		CompletedJobRetentionPeriod: retention,
		FetchCooldown:               min(poll, 50*time.Millisecond),
		FetchPollInterval:           poll,
		JobTimeout:                  e.shortest + rescueMargin,
		Logger:                      e.opts.Logger,
		MaxAttempts:                 MaxAttempts,
		PeriodicJobs:                e.periodic,
		Queues:                      e.queues,
		// On the embedded database rebuilding an index would stop every writer.
		ReindexerSchedule: river.NeverSchedule(),
		// River leaves a kind alone until its own timeout is over, so that a slow kind does not
		// keep the jobs of a fast one waiting after a crash.
		RescueStuckJobsAfter: e.shortest + rescueMargin,
		RetryPolicy:          pauses{},
		Workers:              e.workers,
	}
}

// repair undoes what a killed process left behind in a database nobody else has open:
// jobs nobody runs, and a leader who would keep scheduled jobs waiting until its term ends.
// What fell due meanwhile need not wait for the scheduler's first round either.
func repair(ctx context.Context, writer *sql.DB) error {
	for _, statement := range []string{
		`update river_job set state = 'discarded', finalized_at = datetime('now', 'subsec')
			where state = 'running' and attempt >= max_attempts`,
		`update river_job set state = 'available' where state = 'running'`,
		`update river_job set state = 'available' where state in ('scheduled', 'retryable')
			and scheduled_at <= strftime('%Y-%m-%d %H:%M:%f', 'now', '+5 seconds')`,
		`delete from river_leader`,
	} {
		if _, err := writer.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("repair after a crash: %w", err)
		}
	}
	return nil
}
