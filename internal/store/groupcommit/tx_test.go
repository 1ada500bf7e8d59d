package groupcommit_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/imprimatur-hq/imprimatur/internal/store/groupcommit"
	"github.com/imprimatur-hq/imprimatur/internal/store/sqlite"
)

var _ gorm.ConnPool = (*groupcommit.Tx)(nil)

// statements are the ways to run one on a Tx.
var statements = map[string]func(context.Context, *groupcommit.Tx) error{
	"exec": func(ctx context.Context, tx *groupcommit.Tx) error {
		_, err := tx.ExecContext(ctx, "insert into t values (1)")
		return err
	},
	"query": func(ctx context.Context, tx *groupcommit.Tx) error {
		rows, err := tx.QueryContext(ctx, "insert into t values (1) returning n")
		if err != nil {
			return err
		}
		return rows.Close()
	},
	"row": func(ctx context.Context, tx *groupcommit.Tx) error {
		var n int
		return tx.QueryRowContext(ctx, "insert into t values (1) returning n").Scan(&n)
	},
	"prepare": func(ctx context.Context, tx *groupcommit.Tx) error {
		stmt, err := tx.PrepareContext(ctx, "insert into t values (1)")
		if err != nil {
			return err
		}
		_, err = stmt.ExecContext(ctx)
		return err
	},
}

func TestStatements(t *testing.T) {
	t.Parallel()
	for name, run := range statements {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			if err := h.Update(t.Context(), run); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]int{1}, h.numbers(t)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUseAfterTheClosureReturned(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var stale *groupcommit.Tx
	var staleStmt *sql.Stmt
	err := h.Update(t.Context(), func(ctx context.Context, tx *groupcommit.Tx) (err error) {
		stale = tx
		staleStmt, err = tx.PrepareContext(ctx, "insert into t values (1)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// Another closure's transaction is open meanwhile: it must not get the writes.
	err = h.Update(t.Context(), func(ctx context.Context, _ *groupcommit.Tx) error {
		for name, run := range statements {
			if err := run(ctx, stale); !errors.Is(err, groupcommit.ErrFinished) {
				t.Errorf("%s: %v, want ErrFinished", name, err)
			}
		}
		if _, err := staleStmt.ExecContext(ctx); err == nil {
			t.Error("a statement prepared by another closure ran")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if stale.SQL() != nil {
		t.Error("SQL still lends the transaction")
	}
	if got := h.numbers(t); len(got) != 0 {
		t.Errorf("wrote %v", got)
	}
}

func TestStatementsAskTheirContexts(t *testing.T) {
	t.Parallel()
	for name, run := range statements {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			dead, cancel := context.WithCancel(t.Context())
			cancel()
			caller, leave := context.WithCancel(t.Context())
			err := h.Update(caller, func(_ context.Context, tx *groupcommit.Tx) error {
				if err := run(dead, tx); !errors.Is(err, context.Canceled) {
					t.Errorf("with a dead context: %v, want context.Canceled", err)
				}
				leave()
				return run(context.Background(), tx)
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("after the caller left: %v, want context.Canceled", err)
			}
			if got := h.numbers(t); len(got) != 0 {
				t.Errorf("wrote %v", got)
			}
		})
	}
}

// TestWhatAClosureLeavesOpen has closures forget to close their rows, also those of a
// write, which SQLite would count as still running.
func TestWhatAClosureLeavesOpen(t *testing.T) {
	t.Parallel()
	var rows *sql.Rows
	tests := map[string]groupcommit.Closure{
		"select": func(ctx context.Context, tx *groupcommit.Tx) (err error) {
			rows, err = tx.QueryContext(ctx, "select n from t union all select 1 union all select 2")
			rows.Next()
			return errors.Join(err, insert(2)(ctx, tx))
		},
		"insert returning": func(ctx context.Context, tx *groupcommit.Tx) error {
			rows, err := tx.QueryContext(ctx, "insert into t values (2), (4) returning n")
			rows.Next()
			return err
		},
		"row never scanned": func(ctx context.Context, tx *groupcommit.Tx) error {
			return tx.QueryRowContext(ctx, "insert into t values (2), (4) returning n").Err()
		},
		"raw select": func(ctx context.Context, tx *groupcommit.Tx) error {
			rows, err := tx.SQL().QueryContext(ctx, "select 1 union all select 2")
			rows.Next()
			return errors.Join(err, insert(2)(ctx, tx))
		},
	}
	for name, fn := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			for i, err := range h.together(t, call{fn: insert(1)}, call{fn: fn}, call{fn: insert(3)}) {
				if err != nil {
					t.Errorf("call %d: %v", i, err)
				}
			}
			got := h.numbers(t)
			if len(got) < 3 || got[0] != 1 || got[1] != 2 || got[2] != 3 {
				t.Errorf("rows %v, want at least 1, 2 and 3", got)
			}
		})
	}
	if rows.Next() {
		t.Error("rows outlived their transaction")
	}
}

// TestRawWriteLeftOpen is the one thing that cannot be closed for the closure: it
// fails, and its neighbours do not.
func TestRawWriteLeftOpen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	errs := h.together(t, call{fn: insert(1)}, call{fn: func(ctx context.Context, tx *groupcommit.Tx) error {
		rows, err := tx.SQL().QueryContext(ctx, "insert into t values (2), (4) returning n")
		rows.Next()
		return err
	}}, call{fn: insert(3)})
	if errs[1] != nil || errs[2] == nil || errs[3] != nil {
		t.Errorf("got %v, want only the third to fail", errs)
	}
	if diff := cmp.Diff([]int{1, 3}, h.numbers(t)); diff != "" {
		t.Error(diff)
	}
}

// TestRawTransactionSharesTheSavepoint is what a job library does.
func TestRawTransactionSharesTheSavepoint(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	raw := func(n int, err error) groupcommit.Closure {
		return func(ctx context.Context, tx *groupcommit.Tx) error {
			_, execErr := tx.SQL().ExecContext(ctx, "insert into t values (?)", n)
			return errors.Join(execErr, err)
		}
	}
	h.together(t, call{fn: raw(1, nil)}, call{fn: raw(2, errOwn)}, call{fn: raw(3, nil)})
	if diff := cmp.Diff([]int{1, 3}, h.numbers(t)); diff != "" {
		t.Error(diff)
	}
}

func TestGORMRunsOnATx(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	db, err := gorm.Open(&sqlite.Dialector{Conn: h.reader}, &gorm.Config{SkipDefaultTransaction: true, TranslateError: true, Logger: logger.Discard})
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		N int `gorm:"column:n;primaryKey;autoIncrement:false"`
	}
	update := func(fn func(*gorm.DB) error) error {
		return h.Update(t.Context(), func(ctx context.Context, tx *groupcommit.Tx) error {
			session := db.Session(&gorm.Session{NewDB: true, Context: ctx})
			session.Statement.ConnPool = tx
			return fn(session)
		})
	}
	err = update(func(tx *gorm.DB) error {
		for n := range 3 {
			if err := tx.Table("t").Create(&row{n + 1}).Error; err != nil {
				return err
			}
		}
		return tx.Table("t").Where("n = ?", 2).Delete(&row{}).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	err = update(func(tx *gorm.DB) error { return tx.Table("t").Create(&row{3}).Error })
	if !errors.Is(err, gorm.ErrDuplicatedKey) {
		t.Errorf("got %v, want a duplicated key", err)
	}
	err = update(func(tx *gorm.DB) error { return tx.Transaction(func(*gorm.DB) error { return nil }) })
	if !errors.Is(err, gorm.ErrInvalidTransaction) {
		t.Errorf("a nested GORM transaction gave %v, want a refusal", err)
	}
	if diff := cmp.Diff([]int{1, 3}, h.numbers(t)); diff != "" {
		t.Error(diff)
	}
}
