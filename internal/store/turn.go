package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"time"

	"gorm.io/gorm"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store/groupcommit"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

const (
	// patience is how long a call waits for its turn at the database.
	patience = 10 * time.Second
	// comeBack is when a call that waited in vain is advised to come again.
	comeBack = time.Second
	// stoppingPatience is how long what stops waits with the others before it takes what is kept back
	// for it, which thus is free when it is needed.
	stoppingPatience = 50 * time.Millisecond
	// reserveConns are the connections to PostgreSQL that are kept back. On SQLite one is, to read with.
	reserveConns = 2
)

// errExhausted is the error of a call for which there was no turn.
func errExhausted(cause error) error {
	return &advocacy.Error{
		Kind: advocacy.Exhausted, Reason: "STORE_EXHAUSTED", Message: "everything that serves the database is taken; try again in a second",
		Retry: comeBack, Err: cause,
	}
}

// manner is how a write on SQLite waits for the writer.
func (s *Store) manner(ctx context.Context) groupcommit.Manner {
	switch workflow.TurnOf(ctx) {
	case workflow.AtTheDoor:
		return groupcommit.Manner{Patience: s.config.Patience}
	case workflow.Stopping:
		return groupcommit.Manner{First: true}
	default:
		return groupcommit.Manner{}
	}
}

// session takes a connection of a pool, or of those kept back.
func (s *Store) session(ctx context.Context, from *sql.DB) (*sql.Conn, error) {
	var c *sql.Conn
	var err error
	switch workflow.TurnOf(ctx) {
	case workflow.AtTheDoor:
		c, err = within(ctx, from, s.config.Patience)
		if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) { // guard: a call does not wait for ever
			return nil, errExhausted(err)
		}
	case workflow.Stopping:
		if c, err = within(ctx, from, stoppingPatience); err != nil { // guard: what stops has connections of its own
			c, err = s.reserve.Conn(ctx)
		}
	default:
		c, err = from.Conn(ctx)
	}
	return c, err
}

// within takes a connection if one is free in time. It may be used for longer.
func within(ctx context.Context, from *sql.DB, d time.Duration) (*sql.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	return from.Conn(ctx)
}

// borrow returns what a statement outside a transaction runs on, and gives it back.
func (c conn) borrow(ctx context.Context) (gorm.ConnPool, func(), error) {
	if c.session == nil || workflow.TurnOf(ctx) == workflow.Background {
		return c.pool, func() {}, nil
	}
	lent, err := c.session(ctx)
	if err != nil {
		return nil, nil, err
	}
	return c.listen(lent), func() { _ = lent.Close() }, nil
}

// query begins a query, whose rows have to be closed before done is called. A connection that turns
// out to be broken before it was asked anything is replaced, as a pool does by itself.
func (c conn) query(ctx context.Context, query string, args ...any) (rows *sql.Rows, done func(), err error) {
	for range 3 {
		var pool gorm.ConnPool
		if pool, done, err = c.borrow(ctx); err != nil {
			return nil, nil, err
		}
		if rows, err = pool.QueryContext(ctx, query, args...); err == nil {
			return rows, done, nil
		}
		done()
		if !errors.Is(err, driver.ErrBadConn) {
			break
		}
	}
	return nil, nil, err
}
