package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"gorm.io/gorm"
)

// dialect is which database it is.
type dialect string

const (
	sqliteDialect   dialect = "sqlite"
	postgresDialect dialect = "postgres"
)

// within is the function that finds a text in another and returns 0 when it is not
// there.
func (d dialect) within() string {
	if d == postgresDialect {
		return "strpos"
	}
	return "instr"
}

// bind writes the placeholders the way the database wants them. Statements are written
// with question marks and hold no other ones.
func (d dialect) bind(query string) string {
	if d != postgresDialect {
		return query
	}
	var b strings.Builder
	b.Grow(len(query) + 32)
	for n := 1; ; n++ {
		before, after, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
		query = after
	}
}

// lock is the end of a statement that holds the rows it reads.
type lock string

const (
	// unlocked reads without holding.
	unlocked lock = ""
	// toChange holds rows that will be changed. Rows that only point to them may come.
	toChange lock = " FOR NO KEY UPDATE"
	// toChangeFree is toChange for those of the rows that nobody else holds.
	toChangeFree lock = toChange + " SKIP LOCKED"
	// toRemove holds rows that will be removed: none that points to them may come.
	toRemove lock = " FOR UPDATE"
	// toStand holds rows against change.
	toStand lock = " FOR SHARE"
)

// conn is what statements run on: the readers' pool or one transaction.
type conn struct {
	dialect dialect
	pool    gorm.ConnPool
	orm     *gorm.DB
	// session takes a connection for whoever does not wait as the pool's others do, and listen lets
	// it be heard; nil in a transaction, which has its own.
	session func(ctx context.Context) (*sql.Conn, error)
	listen  func(gorm.ConnPool) gorm.ConnPool
	// broken points to the first error of a statement that writes, nil outside a
	// transaction. PostgreSQL runs nothing more in such a transaction; SQLite would, and
	// must not differ.
	broken *error
	// texts are the documents of policies that need not be read again.
	texts *policyTexts
}

// stopped returns why nothing more may run, if that is so.
func (c conn) stopped() error {
	if c.broken == nil {
		return nil
	}
	return *c.broken
}

// gorm returns GORM's builder on the connection.
func (c conn) gorm(ctx context.Context) *gorm.DB {
	db := c.orm.Session(&gorm.Session{NewDB: true, Context: ctx})
	db.Statement.ConnPool = c.pool
	return db
}

// locking returns how the statement ends that takes the lock. SQLite has no row locks
// and needs none.
func (c conn) locking(l lock) string {
	if c.dialect != postgresDialect {
		return ""
	}
	return string(l)
}

// lockingOf is locking for one of the tables of a join.
func (c conn) lockingOf(alias string, l lock) string {
	if words := c.locking(l); words != "" {
		return words + " OF " + alias
	}
	return ""
}

// exec runs a statement and returns how many rows it changed.
func (c conn) exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := c.stopped(); err != nil {
		return 0, err
	}
	result, err := c.pool.ExecContext(ctx, c.dialect.bind(query), args...)
	if err != nil {
		return 0, c.translate(err)
	}
	return result.RowsAffected()
}

// scan runs a query and calls each after every row was read into dest.
func (c conn) scan(ctx context.Context, dest []any, each func(), query string, args ...any) (err error) {
	if err := c.stopped(); err != nil {
		return err
	}
	rows, done, err := c.query(ctx, c.dialect.bind(query), args...)
	if err != nil {
		return c.translate(err)
	}
	defer done()
	defer func() {
		if e := rows.Close(); err == nil {
			err = c.translate(e)
		}
	}()
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		each()
	}
	return c.translate(rows.Err())
}

// single reads the one row there is into dest, or sql.ErrNoRows.
func (c conn) single(ctx context.Context, dest []any, query string, args ...any) error {
	found := false
	err := c.scan(ctx, dest, func() { found = true }, query, args...)
	if err == nil && !found {
		err = sql.ErrNoRows
	}
	return err
}

// translate gives a broken constraint the name GORM has for it.
func (c conn) translate(err error) error {
	if err == nil {
		return nil
	}
	if t, ok := c.orm.Dialector.(gorm.ErrorTranslator); ok {
		return t.Translate(err)
	}
	return err
}

// one reads the single row the conditions select, or sql.ErrNoRows.
func one[R any](ctx context.Context, c conn, t *table[R], l lock, where string, args ...any) (*R, error) {
	row := new(R)
	query := "SELECT " + t.list + " FROM " + t.name + " WHERE " + where + c.locking(l)
	return row, c.single(ctx, t.into(row), query, args...)
}

// every reads all rows of a query whose columns are those of the table.
func every[R, T any](ctx context.Context, c conn, t *table[R], to func(*R) T, query string, args ...any) ([]T, error) {
	var row R
	var out []T
	err := c.scan(ctx, t.into(&row), func() { out = append(out, to(&row)) }, query, args...)
	return out, err
}
