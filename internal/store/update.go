package store

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"time"

	"gorm.io/gorm"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store/groupcommit"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// reader implements workflow.Reader on the readers' pool or inside a transaction.
type reader struct{ conn }

// tx implements workflow.Tx.
type tx struct {
	reader
	store *Store
	now   time.Time
	// sql is the transaction as database/sql knows it, for the job engine.
	sql *sql.Tx
	// facts are the audit records to be written when everything else is.
	facts []recordRow
	// held are the rows it read under a lock, so that only what changes of them is written.
	held heldRows
}

var _ workflow.Tx = (*tx)(nil)

// tries is how often a transaction that loses a race is run in all.
const tries = 6

// inUpdate marks the context of a transaction.
type inUpdate struct{}

// Update runs fn in one write transaction and returns when it is durable.
func (s *Store) Update(ctx context.Context, fn func(ctx context.Context, tx workflow.Tx) error) error {
	if ctx.Value(inUpdate{}) == s {
		return errors.New("store: Update inside Update")
	}
	ctx = context.WithValue(ctx, inUpdate{}, s)
	if s.queue != nil {
		return failed(s.updateSQLite(ctx, fn))
	}
	return failed(s.updatePostgres(ctx, fn))
}

func (s *Store) updateSQLite(ctx context.Context, fn func(context.Context, workflow.Tx) error) error {
	return s.queue.UpdateAs(ctx, s.manner(ctx), func(ctx context.Context, lent *groupcommit.Tx) error {
		t := s.begin(lent, lent.SQL(), exact(s.config.Now()))
		return t.run(ctx, fn)
	})
}

func (s *Store) updatePostgres(ctx context.Context, fn func(context.Context, workflow.Tx) error) error {
	for try := 1; ; try++ {
		err := s.tryPostgres(ctx, fn)
		if err == nil || !lostRace(err) || try == tries {
			return err
		}
		s.config.Logger.DebugContext(ctx, "a transaction lost a race and is run again", "try", try, "error", err)
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

// tryPostgres runs fn once. GORM rolls back when it fails or panics.
//
// The context bounds the wait for a connection and every statement, but not the
// transaction: database/sql would roll back a commit that is under way, and the caller
// would never know.
func (s *Store) tryPostgres(ctx context.Context, fn func(context.Context, workflow.Tx) error) error {
	session, err := s.session(ctx, s.writer)
	if err != nil {
		return err
	}
	defer session.Close()
	db := s.gorm(context.WithoutCancel(ctx))
	db.Statement.ConnPool = session
	return db.Transaction(func(db *gorm.DB) error {
		pool := db.Statement.ConnPool
		sqlTx, _ := pool.(*sql.Tx)
		t := s.begin(pool, sqlTx, time.Time{})
		if err := t.readTime(ctx); err != nil {
			return err
		}
		if err := t.run(ctx, fn); err != nil {
			return err
		}
		return ctx.Err()
	}, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
}

// readTime asks the database for the time of the transaction.
func (t *tx) readTime(ctx context.Context) error {
	if t.store.config.OwnTime {
		t.now = exact(t.store.config.Now())
		return nil
	}
	var now instant
	err := t.scan(ctx, []any{&now}, func() {}, "SELECT now()")
	t.now = now.time
	return err
}

func (s *Store) begin(pool gorm.ConnPool, sqlTx *sql.Tx, now time.Time) *tx {
	return &tx{
		reader: reader{conn{dialect: s.dialect, pool: s.config.listen(pool), orm: s.orm, broken: new(error), texts: s.texts}},
		store:  s,
		sql:    sqlTx,
		now:    now,
	}
}

func (t *tx) run(ctx context.Context, fn func(context.Context, workflow.Tx) error) error {
	if err := fn(ctx, t); err != nil {
		return err
	}
	if err := t.stopped(); err != nil {
		return err
	}
	return t.writeRecords(ctx)
}

// pause waits a random time that grows with the tries, so that those who met do not meet
// again.
func pause(ctx context.Context, try int) error {
	timer := time.NewTimer(rand.N(time.Millisecond << try))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Now is the database's time on PostgreSQL and the clock's on SQLite.
func (t *tx) Now() time.Time { return t.now }

// Enqueue adds jobs that exist exactly if the transaction commits.
func (t *tx) Enqueue(ctx context.Context, jobs ...advocacy.Job) error {
	if len(jobs) == 0 {
		return nil
	}
	if err := t.stopped(); err != nil {
		return err
	}
	if t.store.config.InsertJob == nil {
		return t.spoil(errors.New("store: there is no job engine to enqueue for"))
	}
	return t.spoil(t.store.config.InsertJob(ctx, t.sql, jobs...))
}

// spoil keeps the first error of a statement that writes: the transaction will not
// commit, whatever its closure makes of the error.
func (t *tx) spoil(err error) error {
	if *t.broken == nil {
		*t.broken = err
	}
	return err
}

// wrote ends a statement that writes: its error becomes the kind's.
func (t *tx) wrote(k kind, err error) error { return t.spoil(k.failed(err)) }

// insert adds rows by hand-written SQL.
func insert[R any](ctx context.Context, t *tx, k kind, into *table[R], rows ...R) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := t.exec(ctx, into.insert(len(rows)), into.values(rows...)...)
	return t.wrote(k, err)
}

// create adds a row by GORM.
func (t *tx) create(ctx context.Context, k kind, row any) error {
	if err := t.stopped(); err != nil {
		return err
	}
	return t.wrote(k, t.gorm(ctx).Create(row).Error)
}

// change runs an UPDATE that must meet exactly one row; when it meets none, the row has
// changed since it was read.
func (t *tx) change(ctx context.Context, k kind, query string, args ...any) error {
	n, err := t.exec(ctx, query, args...)
	return t.changed(k, n, err)
}

// save writes the named columns of a row by GORM where the conditions hold.
func (t *tx) save(ctx context.Context, k kind, row any, columns []string, where string, args ...any) error {
	if err := t.stopped(); err != nil {
		return err
	}
	done := t.gorm(ctx).Model(row).Where(where, args...).Select(columns).Updates(row)
	return t.changed(k, done.RowsAffected, done.Error)
}

func (t *tx) changed(k kind, rows int64, err error) error {
	if err != nil {
		return t.wrote(k, err)
	}
	if rows != 1 {
		return k.clash()
	}
	return nil
}
