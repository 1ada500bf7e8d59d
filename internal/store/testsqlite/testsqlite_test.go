package testsqlite_test

import (
	"database/sql"
	"sync"
	"sync/atomic"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/imprimatur-hq/imprimatur/internal/store/testsqlite"
)

func run(path string, statements ...string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			return err
		}
	}
	return db.Close()
}

func TestPreparedOnce(t *testing.T) {
	t.Parallel()
	var prepared atomic.Int32
	prepare := func(path string) error {
		prepared.Add(1)
		return run(path, "pragma journal_mode = wal", "create table t (n integer check (n > 0))", "insert into t values (1)")
	}
	key := t.TempDir() // another run in this process has a template of its own
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			path := testsqlite.NewFrom(t, key, prepare)
			// The sum is 3 in each copy: nobody sees what another added.
			if err := run(path, "insert into t values (2)", "insert into t select sum(n) = 3 from t"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := prepared.Load(); got != 1 {
		t.Errorf("prepared %d times, want once", got)
	}
}
