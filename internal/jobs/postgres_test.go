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
