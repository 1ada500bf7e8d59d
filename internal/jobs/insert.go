package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
)

// Dialect says which database a transaction belongs to.
type Dialect string

const (
	// SQLite is the embedded database.
	SQLite Dialect = "sqlite"
	// Postgres is PostgreSQL.
	Postgres Dialect = "postgres"
)

// schedulerAhead is how far ahead River's scheduler looks, and how often it does. A job
// due sooner would be late by up to that much, so it is handed to the workers at once:
// they wait for the instant themselves.
const schedulerAhead = 5 * time.Second

// slots is how many jobs of one key may run at the same time before another one is
// inserted without uniqueness. More than two is rare.
const slots = 4

// Inserter enqueues jobs in the caller's transaction. It opens nothing and is safe for
// concurrent use.
type Inserter struct {
	client *river.Client[*sql.Tx]
}

// NewInserter returns an inserter for transactions of the dialect.
func NewInserter(d Dialect) (*Inserter, error) {
	var driver riverdriver.Driver[*sql.Tx]
	switch d {
	case SQLite:
		driver = riversqlite.New(nil)
	case Postgres:
		driver = riverdatabasesql.New(nil)
	default:
		return nil, fmt.Errorf("jobs: unknown dialect %q", d)
	}
	client, err := river.NewClient(driver, &river.Config{
		Logger:      slog.New(slog.DiscardHandler),
		MaxAttempts: MaxAttempts,
		Hooks:       []rivertype.Hook{&hurry{}},
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return &Inserter{client: client}, nil
}

// InsertTx adds jobs that exist exactly if tx commits.
//
// A job with a Unique key is dropped if one of the same kind and key is waiting, whatever
// the instant that one waits for: put into the key what must not be merged. A job that is
// already running does not count as waiting, because it may have read the state before
// this transaction changed it; the new one then runs after it, or beside it.
func (i *Inserter) InsertTx(ctx context.Context, tx *sql.Tx, jobs ...advocacy.Job) error {
	rows := distinct(jobs)
	for slot := 1; len(rows) > 0; slot++ {
		params := make([]river.InsertManyParams, len(rows))
		for n, j := range rows {
			params[n] = paramsOf(j, slot)
		}
		results, err := i.client.InsertManyTx(ctx, tx, params)
		if err != nil {
			return fmt.Errorf("enqueue: %w", err)
		}
		rows = displaced(rows, results)
	}
	return nil
}

// distinct leaves out the second of two jobs with one key: a statement may not touch one
// row twice on PostgreSQL.
func distinct(jobs []advocacy.Job) []advocacy.Job {
	type key struct{ kind, unique string }
	seen := make(map[key]bool, len(jobs))
	rows := make([]advocacy.Job, 0, len(jobs))
	for _, j := range jobs {
		k := key{j.Kind, j.Unique}
		if j.Unique != "" && seen[k] {
			continue
		}
		seen[k] = true
		rows = append(rows, j)
	}
	return rows
}

// displaced returns the jobs whose place is taken by one that is running already.
func displaced(rows []advocacy.Job, results []*rivertype.JobInsertResult) []advocacy.Job {
	var again []advocacy.Job
	for n, r := range results {
		if r.UniqueSkippedAsDuplicate && r.Job.State == rivertype.JobStateRunning {
			again = append(again, rows[n])
		}
	}
	return again
}

func paramsOf(j advocacy.Job, slot int) river.InsertManyParams {
	p := river.InsertManyParams{
		Args:       args{kind: j.Kind, Args: json.RawMessage(j.Args)},
		InsertOpts: &river.InsertOpts{ScheduledAt: instant(j.RunTime), Queue: j.Queue},
	}
	if j.Unique == "" || slot > slots {
		return p
	}
	key := j.Unique
	if slot > 1 {
		key += "#" + strconv.Itoa(slot)
	}
	p.Args = args{kind: j.Kind, Key: key, Args: json.RawMessage(j.Args)}
	p.InsertOpts.UniqueOpts = unique()
	return p
}

// instant rounds up to what SQLite keeps, so that nothing runs a fraction early.
func instant(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(time.Millisecond - 1).Truncate(time.Millisecond)
}

// hurry hands jobs that are due soon directly to the workers.
type hurry struct{ river.HookDefaults }

// InsertBegin is called by River before it inserts a job.
func (*hurry) InsertBegin(_ context.Context, p *rivertype.JobInsertParams) error {
	if p.State == rivertype.JobStateScheduled && time.Until(*p.ScheduledAt) < schedulerAhead {
		p.State = rivertype.JobStateAvailable
	}
	return nil
}
