package jobs_test

import (
	"database/sql"
	"testing"

	// The driver of database/sql for PostgreSQL.
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"

	"github.com/imprimatur-hq/imprimatur/internal/jobs"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
)

func openPostgres(t *testing.T) database {
	t.Helper()
	dsn := testpg.New(t)
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	migrate(t, riverdatabasesql.New(db))
	return database{jobs.Postgres, db, jobs.Options{DSN: dsn}}
}

// TestNobodyTellsOfTheJob (F33): a job whose notification got lost, and whoever would have heard it
// with its connection, is found by asking.
func TestNobodyTellsOfTheJob(t *testing.T) {
	t.Parallel()
	d := openPostgres(t)
	e := newEngine(t, d)
	handler, runs := recorder()
	e.Handle("publish", 0, handler)
	start(t, e)
	listening := "from pg_stat_activity where datname = current_database() and query ilike 'listen%'"
	until(t, "somebody listens", func() bool {
		var n int
		if err := d.db.QueryRowContext(t.Context(), "select count(*) "+listening).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n > 0
	})
	for _, statement := range []string{
		"select pg_terminate_backend(pid) " + listening,
		`insert into river_job (kind, args, max_attempts, queue, state) values ('publish', '{"args":{"n":1}}', 25, 'default', 'available')`,
	} {
		if _, err := d.db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if got := compact(receive(t, runs)); got != `{"n":1}` {
		t.Errorf("ran %s", got)
	}
}
