package store_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/store/storetest"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// onEach runs a test on an empty database of each kind.
func onEach(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, filepath.Join(t.TempDir(), "store.db"))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, testpg.New(t))
	})
}

func open(t testing.TB, dsn string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), store.Config{DSN: dsn, Now: clock, InsertJob: storetest.InsertJob})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestMigrateAtOnce holds that processes that start together do not meet: all of them
// find the schema they need.
func TestMigrateAtOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		var wg sync.WaitGroup
		for range 3 {
			s := open(t, dsn)
			wg.Go(func() {
				if err := s.Migrate(t.Context()); err != nil {
					t.Error(err)
				}
				if _, _, err := s.Workspaces(t.Context(), workflow.Page{Size: 1}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

// TestMigrationStatus holds what is said before and after, and that looking makes
// nothing.
func TestMigrationStatus(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		s := open(t, dsn)
		wantStatus(t, s, false)
		wantStatus(t, s, false)
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, s, true)
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantStatus(t, s, true)
	})
}

func wantStatus(t *testing.T, s *store.Store, applied bool) {
	t.Helper()
	all, newer, err := s.MigrationStatus(t.Context())
	if err != nil || newer {
		t.Fatalf("newer: %t, %v", newer, err)
	}
	sets := map[string]int{}
	for _, m := range all {
		sets[m.Set]++
		if m.Applied != applied || m.Time.IsZero() == applied || m.Name == "" {
			t.Errorf("%+v, want applied: %t", m, applied)
		}
	}
	if sets["imprimatur"] < 5 || sets["river"] < 6 {
		t.Errorf("known: %v", sets)
	}
}

// TestNewerDatabase holds that a program keeps its hands off what a newer one made.
func TestNewerDatabase(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"own":   "INSERT INTO goose_db_version (version_id, is_applied) SELECT 999, is_applied FROM goose_db_version WHERE version_id = 1",
		"river": "INSERT INTO river_migration (line, version) VALUES ('main', 999)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, dsn string) {
				s := open(t, dsn)
				if err := s.Migrate(t.Context()); err != nil {
					t.Fatal(err)
				}
				if _, err := s.SQLWriter().ExecContext(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
				if _, newer, err := s.MigrationStatus(t.Context()); err != nil || !newer {
					t.Errorf("newer: %t, %v", newer, err)
				}
				if err := s.Migrate(t.Context()); advocacy.ReasonOf(err) != store.ReasonNewer {
					t.Errorf("Migrate: %v", err)
				}
				_, err := store.Open(context.Background(), store.Config{DSN: dsn, Now: clock})
				if advocacy.ReasonOf(err) != store.ReasonNewer {
					t.Errorf("Open: %v", err)
				}
			})
		})
	}
}

// TestOpenRefuses holds that a configuration that cannot work is refused at once.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]store.Config{
		"no DSN":     {Now: clock},
		"no clock":   {DSN: filepath.Join(t.TempDir(), "store.db")},
		"no server":  {DSN: "host=" + t.TempDir() + " user=x dbname=x", Now: clock},
		"no file":    {DSN: "sqlite:" + t.TempDir(), Now: clock},
		"broken DSN": {DSN: "postgres://%zz", Now: clock},
	} {
		if s, err := store.Open(t.Context(), cfg); err == nil {
			t.Errorf("%s: opened", name)
			_ = s.Close()
		}
	}
}

// TestNoJobEngine holds that without a job engine nothing can be enqueued, rather than
// be forgotten.
func TestNoJobEngine(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "store.db"))
	err := s.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		_ = tx.Enqueue(ctx, advocacy.Job{Kind: "publish"})
		return nil
	})
	if err == nil {
		t.Fatal("a job was lost without a word")
	}
}

// TestClosed holds that a store that was closed says that the service is stopping.
func TestClosed(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), store.Config{DSN: filepath.Join(t.TempDir(), "store.db"), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(context.Context, workflow.Tx) error { return nil })
	if advocacy.KindOf(err) != advocacy.Unavailable {
		t.Fatalf("Update: %v", err)
	}
}
