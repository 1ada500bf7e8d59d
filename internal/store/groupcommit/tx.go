package groupcommit

import (
	"context"
	"database/sql"
	"sync"
)

// txKey finds the running transaction in the context of a closure.
type txKey struct{}

// Tx is the transaction lent to one closure. It has the methods of GORM's ConnPool.
//
// Before each statement it asks the context given to the statement and that of the
// Update whether anybody still waits for the answer. A statement that has begun is
// never interrupted: in SQLite that would undo the other closures' writes as well.
// What a query leaves open is closed when the closure returns.
type Tx struct {
	queue *Queue
	ctx   context.Context
	conn  *sql.Conn
	sqlTx *sql.Tx

	// mu keeps a goroutine the closure left behind from running a statement in its
	// neighbour's savepoint.
	mu       sync.Mutex
	finished bool
	rows     []*sql.Rows
	row      []*sql.Row
	stmts    []*sql.Stmt
}

// SQL is the transaction as database/sql knows it, for a library that inserts its own
// rows in it. It must not be committed or rolled back, and it is nil once the closure
// has returned. Rows read through it must be closed by whoever opened them: an open
// INSERT … RETURNING there fails the closure.
func (tx *Tx) SQL() *sql.Tx {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.finished {
		return nil
	}
	return tx.sqlTx
}

// ExecContext runs a statement that returns no rows.
func (tx *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if err := tx.admit(ctx); err != nil {
		return nil, err
	}
	return tx.conn.ExecContext(context.WithoutCancel(ctx), query, args...)
}

// QueryContext runs a statement that returns rows.
func (tx *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if err := tx.admit(ctx); err != nil {
		return nil, err
	}
	rows, err := tx.conn.QueryContext(context.WithoutCancel(ctx), query, args...)
	if err != nil {
		return nil, err
	}
	tx.rows = append(tx.rows, rows)
	return rows, nil
}

// QueryRowContext runs a statement that returns at most one row.
func (tx *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if err := tx.admit(ctx); err != nil {
		// Only database/sql can make a Row that holds an error; it takes it from a
		// context that is done.
		return tx.sqlTx.QueryRowContext(refused{Context: ctx, err: err}, query, args...)
	}
	row := tx.conn.QueryRowContext(context.WithoutCancel(ctx), query, args...)
	tx.row = append(tx.row, row)
	return row
}

// PrepareContext compiles a statement that lives until the closure returns. There is
// rarely a reason to: the connection keeps what it has compiled.
func (tx *Tx) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if err := tx.admit(ctx); err != nil {
		return nil, err
	}
	stmt, err := tx.sqlTx.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, err
	}
	tx.stmts = append(tx.stmts, stmt)
	return stmt, nil
}

// admit says whether a statement may run now.
func (tx *Tx) admit(ctx context.Context) error {
	if tx.finished {
		return ErrFinished
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return tx.ctx.Err()
}

func (tx *Tx) isFinished() bool {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	return tx.finished
}

// finish refuses further statements and closes what the closure left open: a pending
// INSERT … RETURNING would keep its savepoint from being released.
func (tx *Tx) finish() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.finished = true
	for _, rows := range tx.rows {
		_ = rows.Close()
	}
	for _, row := range tx.row {
		// A Row is closed by scanning it, once more if it was scanned already.
		_ = row.Scan()
	}
	for _, stmt := range tx.stmts {
		_ = stmt.Close()
	}
}

var closedChannel = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// refused is a context that is done for a reason of ours.
type refused struct {
	context.Context
	err error
}

// Done is closed.
func (refused) Done() <-chan struct{} { return closedChannel }

// Err is the reason.
func (r refused) Err() error { return r.err }
