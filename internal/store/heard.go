package store

import (
	"context"
	"database/sql"

	"gorm.io/gorm"
)

// heard is a pool whose statements somebody listens to.
type heard struct {
	gorm.ConnPool
	told func(ctx context.Context, query string)
}

// listen lets Config.Heard hear the statements of a pool.
func (c Config) listen(pool gorm.ConnPool) gorm.ConnPool {
	if c.Heard == nil {
		return pool
	}
	return heard{ConnPool: pool, told: c.Heard}
}

// ExecContext runs a statement that returns no rows.
func (h heard) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	h.told(ctx, query)
	return h.ConnPool.ExecContext(ctx, query, args...)
}

// QueryContext runs a statement that returns rows.
func (h heard) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	h.told(ctx, query)
	return h.ConnPool.QueryContext(ctx, query, args...)
}

// QueryRowContext runs a statement that returns at most one row.
func (h heard) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	h.told(ctx, query)
	return h.ConnPool.QueryRowContext(ctx, query, args...)
}
