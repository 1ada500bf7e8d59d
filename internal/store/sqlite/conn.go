package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"modernc.org/sqlite"
)

// ErrTransactionLost is what every further statement of a transaction gets after
// SQLite has rolled all of it back on its own, as it does when the disk is full.
var ErrTransactionLost = errors.New("sqlite: the whole transaction was rolled back")

// ErrBoundary is a statement that would begin or end a transaction behind the back of
// whoever opened it.
var ErrBoundary = errors.New("sqlite: a transaction is begun and ended by its methods, not by SQL")

// codeError is SQLITE_ERROR.
const codeError = 1

// connector makes the connections of one pool.
type connector struct {
	driver.Connector
	role role
	disk *disk
}

func newConnector(dsn string, r role) (connector, error) {
	base, err := sqlite.NewConnector(dsn)
	return connector{Connector: base, role: r, disk: newDisk()}, err
}

// Driver is the driver, and what is known of the disk.
func (c connector) Driver() driver.Driver { return watched{c.Connector.Driver(), c.disk} }

type watched struct {
	driver.Driver
	disk *disk
}

// Connect opens one connection.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	if err := c.disk.state(); err != nil {
		return nil, err
	}
	base, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{driverConn: base.(driverConn), role: c.role, disk: c.disk, stmts: newStmts()}, nil
}

// driverConn is what the driver's connections can do.
type driverConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	// NewBackup copies the database page by page; reached through sql.Conn.Raw.
	NewBackup(to string) (*sqlite.Backup, error)
}

// conn is a connection that keeps its statements prepared and, when it writes, guards
// its transactions:
//
//   - a cancelled context stops the next statement, never the running one. The driver
//     would call sqlite3_interrupt, and interrupting a write rolls back the whole
//     transaction, which may hold other callers' work;
//   - after SQLite has rolled a transaction back on its own, nothing more runs in it.
//     SQLite would go on in autocommit mode and make the rest of a half permanent;
//   - BEGIN, COMMIT and ROLLBACK as text are refused inside a transaction;
//   - after the disk did not confirm a commit nothing more runs at all.
type conn struct {
	driverConn
	role  role
	disk  *disk
	stmts *stmts
	// guarded is set while a transaction is open on a connection that writes.
	guarded bool
	// lost is why the open transaction is gone.
	lost error
	// broken is set when a transaction could not be ended properly: the next one must
	// not find itself inside it.
	broken bool
}

// ExecContext runs a statement that returns no rows.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	ctx, err := c.admit(ctx)
	if err != nil {
		return nil, err
	}
	p, err := c.statement(ctx, query)
	if err != nil {
		return nil, c.settle(err)
	}
	if p == nil {
		res, err := c.driverConn.ExecContext(ctx, query, args)
		return res, c.settle(err)
	}
	res, err := p.ExecContext(ctx, args)
	c.release(p, err)
	return res, c.settle(err)
}

// QueryContext runs a statement that returns rows.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	ctx, err := c.admit(ctx)
	if err != nil {
		return nil, err
	}
	p, err := c.statement(ctx, query)
	if err != nil {
		return nil, c.settle(err)
	}
	if p == nil {
		r, err := c.driverConn.QueryContext(ctx, query, args)
		return c.wrapRows(r, nil, err)
	}
	r, err := p.QueryContext(ctx, args)
	if err != nil {
		c.release(p, err)
	}
	return c.wrapRows(r, p, err)
}

// statement returns the prepared statement for a text, or nil when it must run
// unprepared.
func (c *conn) statement(ctx context.Context, query string) (*prepared, error) {
	if p := c.stmts.take(query); p != nil {
		return p, nil
	}
	switch verbOf(query) {
	case boundary:
		if c.guarded {
			return nil, ErrBoundary
		}
		return nil, nil
	case plain:
		if len(query) > longestKept || c.stmts.byText[query] != nil {
			return nil, nil
		}
		s, err := prepare(ctx, c.driverConn, query)
		if err != nil {
			return nil, err
		}
		return c.stmts.keep(query, s), nil
	default:
		return nil, nil
	}
}

// release gives a statement back after a run. One that failed for another reason than
// a constraint is not trusted with a second run.
func (c *conn) release(p *prepared, err error) {
	p.busy = false
	if err == nil {
		return
	}
	if code, ok := codeOf(err); !ok || code&0xff != codeConstraint {
		c.stmts.drop(p)
	}
}

// admit says whether a statement may run now, and under which context.
func (c *conn) admit(ctx context.Context) (context.Context, error) {
	if !c.guarded {
		return ctx, c.disk.state()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if ctx.Done() != nil {
		ctx = context.WithoutCancel(ctx)
	}
	return ctx, c.lost
}

// settle looks, after a failed statement, whether the transaction survived it. SQLite
// answers BEGIN with an error inside a transaction; if it succeeds, the transaction is
// gone, and the new one catches whatever would still be written.
func (c *conn) settle(err error) error {
	if err != nil && !c.guarded {
		return c.disk.committed(err) // a statement by itself is its own transaction
	}
	if err == nil || c.lost != nil || errors.Is(err, ErrBoundary) {
		return err
	}
	_, probe := c.driverConn.ExecContext(context.Background(), "BEGIN", nil)
	if code, ok := codeOf(probe); ok && code == codeError {
		return err
	}
	c.lost = fmt.Errorf("%w: %w", ErrTransactionLost, err)
	return c.lost
}

// PrepareContext compiles a statement for a caller who keeps it.
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	ctx, err := c.admit(ctx)
	if err != nil {
		return nil, err
	}
	if c.guarded && verbOf(query) == boundary {
		return nil, ErrBoundary
	}
	s, err := prepare(ctx, c.driverConn, query)
	if err != nil {
		return nil, c.settle(err)
	}
	return guardedStmt{stmt: s, c: c}, nil
}

// BeginTx begins a transaction; on the writer it takes the write lock.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if err := c.disk.state(); err != nil {
		return nil, err
	}
	base, err := c.driverConn.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	c.guarded, c.lost = c.role == writes, nil
	return tx{Tx: base, c: c}, nil
}

// IsValid says whether the pool may use the connection again.
func (c *conn) IsValid() bool { return !c.broken && c.driverConn.IsValid() }

// Close frees the kept statements and closes the connection. Once the disk failed it leaves
// everything as it is: the last connection would copy the log into the database and remove it.
func (c *conn) Close() error {
	if c.disk.state() != nil {
		return nil
	}
	c.stmts.close()
	return c.driverConn.Close()
}

// tx ends the guard together with the transaction.
type tx struct {
	driver.Tx
	c *conn
}

// Commit makes the transaction durable, or reports that it was lost.
func (t tx) Commit() error {
	lost := t.c.lost
	if lost != nil {
		return errors.Join(lost, t.Rollback())
	}
	t.c.guarded = false
	err := t.c.disk.committed(t.Tx.Commit())
	// A broken deferred constraint says nothing about the connection; a full disk does.
	if code, _ := codeOf(err); err != nil && code&0xff != codeConstraint {
		t.c.broken = true
	}
	return err
}

// Rollback undoes the transaction.
func (t tx) Rollback() error {
	t.c.guarded, t.c.lost = false, nil
	err := t.Tx.Rollback()
	t.c.broken = t.c.broken || err != nil
	return err
}

// guardedStmt is a statement the caller prepared; the guard holds for it as well.
type guardedStmt struct {
	stmt
	c *conn
}

// ExecContext runs the statement.
func (s guardedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	ctx, err := s.c.admit(ctx)
	if err != nil {
		return nil, err
	}
	res, err := s.stmt.ExecContext(ctx, args)
	return res, s.c.settle(err)
}

// QueryContext runs the statement.
func (s guardedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	ctx, err := s.c.admit(ctx)
	if err != nil {
		return nil, err
	}
	r, err := s.stmt.QueryContext(ctx, args)
	return s.c.wrapRows(r, nil, err)
}

// driverRows is what the driver's rows can do.
type driverRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// rows gives its statement back when it is closed.
type rows struct {
	driverRows
	c *conn
	p *prepared
}

func (c *conn) wrapRows(r driver.Rows, p *prepared, err error) (driver.Rows, error) {
	if err != nil {
		return nil, c.settle(err)
	}
	return &rows{driverRows: r.(driverRows), c: c, p: p}, nil
}

// Next reads one row; a statement may still fail here.
func (r *rows) Next(dest []driver.Value) error {
	err := r.driverRows.Next(dest)
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return r.c.settle(err)
}

// Close ends the query, and with it a transaction that consists of it.
func (r *rows) Close() error {
	err := r.driverRows.Close()
	if r.p != nil {
		r.c.release(r.p, err)
		r.p = nil
	}
	return r.c.settle(err)
}
