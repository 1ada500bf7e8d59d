package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"modernc.org/sqlite"
)

// hooks are called by the SQL function test_hook, in the middle of a statement.
var hooks sync.Map

func init() {
	sqlite.MustRegisterScalarFunction("test_hook", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		if hook, ok := hooks.Load(args[0]); ok {
			hook.(func())()
		}
		return int64(0), nil
	})
}

// kept lists the statements the one connection of a pool keeps, most recent first.
func kept(t *testing.T, db *sql.DB) []string {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var texts []string
	err = conn.Raw(func(dc any) error {
		s := dc.(*connection).stmts
		for p := s.ends.next; p != &s.ends; p = p.next {
			texts = append(texts, p.text)
		}
		if len(texts) != len(s.byText) {
			return fmt.Errorf("%d in the ring, %d in the map", len(texts), len(s.byText))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// connection is conn, whose name a *sql.Conn takes in the helper above.
type connection = conn

func TestStatementsAreKept(t *testing.T) {
	t.Parallel()
	writer, _ := open(t)
	exec(t, writer, "create table t (n integer)")
	base := kept(t, writer)
	for n := range 3 {
		exec(t, writer, "insert into t values (?)", n)
	}
	for range 3 {
		if got := read[int](t, writer, " -- name: Count\nselect count(*) from t"); got != 3 {
			t.Errorf("%d rows, want 3", got)
		}
	}
	exec(t, writer, "PRAGMA user_version = 3")
	exec(t, writer, "insert into t values "+strings.Repeat("(1), ", longestKept)+"(1)")
	want := append([]string{" -- name: Count\nselect count(*) from t", "insert into t values (?)"}, base...)
	if diff := cmp.Diff(want, kept(t, writer)); diff != "" {
		t.Error(diff)
	}
}

func TestLeastRecentlyUsedStatementGivesWay(t *testing.T) {
	t.Parallel()
	writer, _ := open(t)
	text := func(n int) string { return fmt.Sprintf("select %d", n) }
	for n := range keptStatements {
		read[int](t, writer, text(n))
	}
	read[int](t, writer, text(0))
	read[int](t, writer, text(keptStatements))
	got := kept(t, writer)
	if diff := cmp.Diff([]string{text(keptStatements), text(0)}, got[:2]); diff != "" {
		t.Error(diff)
	}
	if last := got[len(got)-1]; len(got) != keptStatements || last != text(2) {
		t.Errorf("%d statements kept, the oldest is %q; want %d, %q", len(got), last, keptStatements, text(2))
	}
}

// TestSameTextWhileRowsAreOpen reads a tree with one statement at every level: a
// statement has only one cursor, so each level needs its own.
func TestSameTextWhileRowsAreOpen(t *testing.T) {
	t.Parallel()
	writer, _ := open(t)
	exec(t, writer, "create table t (n integer, parent integer)")
	exec(t, writer, "insert into t values (1, 0), (2, 1), (3, 1), (4, 2), (5, 0)")
	tx, err := writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	var got []int
	var walk func(parent int)
	walk = func(parent int) {
		rows, err := tx.QueryContext(t.Context(), "select n from t where parent = ? order by n", parent)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				t.Fatal(err)
			}
			got = append(got, n)
			walk(n)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		walk(0)
	}
	if diff := cmp.Diff([]int{1, 2, 4, 3, 5, 1, 2, 4, 3, 5}, got); diff != "" {
		t.Error(diff)
	}
}

func TestKeptStatementFollowsTheSchema(t *testing.T) {
	t.Parallel()
	writer, reader := open(t)
	exec(t, writer, "create table t (a integer)")
	exec(t, writer, "insert into t values (1)")
	for _, db := range []*sql.DB{writer, reader} {
		columns(t, db, "select * from t")
	}
	exec(t, writer, "alter table t add column b integer default 2")
	for _, db := range []*sql.DB{writer, reader} {
		if diff := cmp.Diff([]string{"a", "b"}, columns(t, db, "select * from t")); diff != "" {
			t.Error(diff)
		}
	}
	exec(t, writer, "drop table t")
	if _, err := writer.QueryContext(t.Context(), "select * from t"); err == nil {
		t.Error("a table that is gone was read")
	}
}

func columns(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// slowInsert writes 20,000 rows and calls the hook on the hundredth.
const slowInsert = `insert into t with recursive c(n) as (select 1 union all select n + 1 from c where n < 20000)
	select n + test_hook(case n when 100 then ? end) from c`

// TestCancelDoesNotInterruptAWrite is the trap this package exists for: the driver
// would interrupt the statement, and SQLite would roll back the whole transaction.
func TestCancelDoesNotInterruptAWrite(t *testing.T) {
	t.Parallel()
	run := map[string]func(context.Context, *sql.Tx) error{
		"exec": func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, slowInsert, "exec")
			return err
		},
		"query": func(ctx context.Context, tx *sql.Tx) error {
			rows, err := tx.QueryContext(ctx, slowInsert+" returning n", "query")
			if err != nil {
				return err
			}
			return rows.Close()
		},
		"prepared": func(ctx context.Context, tx *sql.Tx) error {
			stmt, err := tx.PrepareContext(ctx, slowInsert)
			if err != nil {
				return err
			}
			_, err = stmt.ExecContext(ctx, "prepared")
			return err
		},
		"prepared query": func(ctx context.Context, tx *sql.Tx) error {
			stmt, err := tx.PrepareContext(context.Background(), slowInsert+" returning n")
			if err != nil {
				return err
			}
			rows, err := stmt.QueryContext(ctx, "prepared query")
			if err != nil {
				return err
			}
			return rows.Close()
		},
	}
	for name, write := range run {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			writer, reader := open(t)
			exec(t, writer, "create table t (n integer)")
			tx, err := writer.BeginTx(context.Background(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.Exec("insert into t values (-1)"); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			hooks.Store(name, func() { cancel() })
			if err := write(ctx, tx); err != nil {
				t.Errorf("the running statement was stopped: %v", err)
			}
			if ctx.Err() == nil {
				t.Fatal("the hook was not called")
			}
			if err := write(ctx, tx); !errors.Is(err, context.Canceled) {
				t.Errorf("the next statement got %v, want context.Canceled", err)
			}
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
			if got := read[int](t, reader, "select count(*) from t"); got != 20001 {
				t.Errorf("%d rows survived, want 20001", got)
			}
		})
	}
}

// TestNothingRunsAfterTheTransactionIsLost has SQLite roll everything back on its own.
// Without the guard the third insert would be committed by itself.
func TestNothingRunsAfterTheTransactionIsLost(t *testing.T) {
	t.Parallel()
	writer, reader := open(t)
	exec(t, writer, "create table t (n integer primary key)")
	exec(t, writer, "insert into t values (1)")
	tx, err := writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("insert into t values (2)"); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("insert or rollback into t values (1)"); !errors.Is(err, ErrTransactionLost) {
		t.Errorf("got %v, want ErrTransactionLost", err)
	} else if code, _ := codeOf(err); code != codePrimaryKey {
		t.Errorf("the cause is lost: %v", err)
	}
	if _, err := tx.Exec("insert into t values (3)"); !errors.Is(err, ErrTransactionLost) {
		t.Errorf("the next statement got %v, want ErrTransactionLost", err)
	}
	if err := tx.Commit(); !errors.Is(err, ErrTransactionLost) {
		t.Errorf("Commit got %v, want ErrTransactionLost", err)
	}
	if got := read[int](t, reader, "select count(*) from t"); got != 1 {
		t.Errorf("%d rows, want 1", got)
	}
	exec(t, writer, "insert into t values (4)")
}

// TestBrokenConnectionIsReplaced ends a transaction beneath the one who holds it.
func TestBrokenConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	writer, _ := open(t)
	exec(t, writer, "create table t (n integer)")
	held, err := writer.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tx, err := held.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	err = held.Raw(func(dc any) error {
		_, err := dc.(*connection).driverConn.ExecContext(t.Context(), "ROLLBACK", nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err == nil {
		t.Error("a transaction that was gone was committed")
	}
	if err := held.Close(); err != nil && !errors.Is(err, driver.ErrBadConn) {
		t.Fatal(err)
	}
	if got := writer.Stats().OpenConnections; got != 0 {
		t.Errorf("%d connections are still in the pool", got)
	}
	exec(t, writer, "insert into t values (1)")
}

// TestOrdinaryErrorsKeepTheTransaction: unlike PostgreSQL, SQLite undoes one statement.
func TestOrdinaryErrorsKeepTheTransaction(t *testing.T) {
	t.Parallel()
	writer, reader := open(t)
	exec(t, writer, "create table t (n integer primary key)")
	tx, err := writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		query string
		fails bool
	}{
		{"insert into t values (1)", false},
		{"insert into t values (1)", true},
		{"insert into nowhere values (1)", true},
		{"this is not SQL", true},
		{"insert into t values (1)", true},
		{"insert into t values (2)", false},
	} {
		if _, err := tx.Exec(step.query); (err != nil) != step.fails {
			t.Errorf("%s: %v", step.query, err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := read[int](t, reader, "select count(*) from t"); got != 2 {
		t.Errorf("%d rows, want 2", got)
	}
}

func TestBoundariesAreRefusedInsideATransaction(t *testing.T) {
	t.Parallel()
	writer, _ := open(t)
	exec(t, writer, "BEGIN")
	exec(t, writer, "COMMIT")
	tx, err := writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"commit", "END TRANSACTION", "/* x */ ROLLBACK;", "begin immediate"} {
		if _, err := tx.Exec(query); !errors.Is(err, ErrBoundary) {
			t.Errorf("%s: %v, want ErrBoundary", query, err)
		}
		if _, err := tx.Prepare(query); !errors.Is(err, ErrBoundary) {
			t.Errorf("prepare %s: %v, want ErrBoundary", query, err)
		}
	}
	for _, query := range []string{"savepoint a", "rollback transaction to a", "release a"} {
		if _, err := tx.Exec(query); err != nil {
			t.Errorf("%s: %v", query, err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Error(err)
	}
}

func TestVerbOf(t *testing.T) {
	t.Parallel()
	tests := map[string]verb{
		"": other, ";;": other, "-- only": other, "/* open": other, "PRAGMA x": other, "create table t (a)": other,
		"select 1": plain, "\n\tSelect 1": plain, "-- a\n-- b\ninsert into t values (1)": plain, "/* a */ with x as (select 1) select 1": plain,
		"SELECT\n1": plain, "selection": other, "RELEASE a": plain, "savepoint a": plain,
		"rollback": boundary, "ROLLBACK;": boundary, "rollback transaction": boundary, "rollback to a": plain,
		"ROLLBACK TRANSACTION TO SAVEPOINT a": plain, "commit": boundary, "end": boundary, "begin": boundary, "éa": other,
	}
	for query, want := range tests {
		if got := verbOf(query); got != want {
			t.Errorf("verbOf(%q) = %v, want %v", query, got, want)
		}
	}
}
