package store_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/store/storetest"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/store/testsqlite"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t testing.TB) *store.Store { return open(t, testsqlite.NewFrom(t, "store", migrate)) })
}

// migrate makes the tables of a database that others are copied from.
func migrate(dsn string) error {
	s, err := store.Open(context.Background(), store.Config{DSN: dsn, Now: clock})
	if err != nil {
		return err
	}
	return errors.Join(s.Migrate(context.Background()), s.Close())
}

func clock() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

func TestPostgres(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t testing.TB) *store.Store { return open(t, testpg.NewFrom(t, "store", migrate)) })
}

// TestMain asks for fewer random checks than rapid does on its own: each one is some
// commits, and there are forty properties on each database.
func TestMain(m *testing.M) {
	flag.Parse()
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "rapid.checks" })
	if !chosen {
		if err := flag.Set("rapid.checks", "20"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
