package app_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/authz"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// TestRestoredAtStart (F21, F22): a service that starts on a database that was put back to an earlier
// state notices it by what is kept beside the media, and says so in every trail, once; one whose
// database has only stood still does not.
func TestRestoredAtStart(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		c := config.Default()
		c.DataDir = filepath.Join(t.TempDir(), "data")
		restoredAtStart(t, c, func() config.Config {
			data, err := os.ReadFile(c.SQLitePath()) // nobody has it open
			if err != nil {
				t.Fatal(err)
			}
			back := c
			back.Database = config.Secret("sqlite:" + filepath.Join(c.DataDir, "backup.db"))
			if err := os.WriteFile(back.SQLitePath(), data, 0o600); err != nil {
				t.Fatal(err)
			}
			return back
		})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		c := config.Default()
		c.DataDir, c.Database = filepath.Join(t.TempDir(), "data"), config.Secret(testpg.New(t))
		restoredAtStart(t, c, func() config.Config {
			back := c
			back.Database = config.Secret(testpg.Backup(t, c.Database.Reveal()))
			return back
		})
	})
}

func restoredAtStart(t *testing.T, c config.Config, backup func() config.Config) {
	with := func(c config.Config, do func(s *app.Service)) {
		t.Helper()
		s, err := app.Open(t.Context(), app.Options{Config: c})
		if err != nil {
			t.Fatal(err)
		}
		do(s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	epoch := func(s *app.Service) advocacy.Epoch {
		t.Helper()
		e, err := s.Store.Epoch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return *e
	}
	install := func(w advocacy.WorkspaceID) func(s *app.Service) {
		return func(s *app.Service) {
			t.Helper()
			_, _, err := s.Flow.Install(t.Context(), workflow.Installation{
				ID: w, DisplayName: "Acme", Language: "en", Zone: "Europe/Paris", Roles: authz.DefaultRoles(),
				Admin: workflow.MemberDraft{DisplayName: "Ada", Email: "ada@acme.test"},
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Compare(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	with(c, install("acme"))
	back := backup()
	with(c, install("other"))
	var first advocacy.Epoch
	with(c, func(s *app.Service) {
		if first = epoch(s); first.Number != 1 || first.Deployment == "" || !first.BeginTime.IsZero() {
			t.Errorf("a database that stood still is in epoch %+v", first)
		}
	})
	for range 2 {
		with(back, func(s *app.Service) {
			e := epoch(s)
			if time.Since(e.BeginTime) > time.Hour {
				t.Errorf("it began at %v", e.BeginTime)
			}
			e.BeginTime, e.Sequence = time.Time{}, 0
			want := advocacy.Epoch{Number: 2, Deployment: first.Deployment, Cause: advocacy.EpochBehind}
			if diff := cmp.Diff(want, e); diff != "" {
				t.Errorf("epoch (-want +got):\n%s", diff)
			}
			told, _, err := s.Store.AuditRecords(t.Context(), workflow.RecordQuery{Workspace: "acme", Action: "workspace.restored", Page: workflow.Page{Size: 10}})
			if err != nil || len(told) != 1 || told[0].Actor.Kind != advocacy.System {
				t.Errorf("the trail says it %d times, %v", len(told), err)
			}
		})
	}
	with(back, func(s *app.Service) { // an operator knows of one that nothing shows
		if err := s.Restored(t.Context()); err != nil {
			t.Fatal(err)
		}
		if e := epoch(s); e.Number != 3 || e.Cause != advocacy.EpochTold {
			t.Errorf("told, it is in epoch %+v", e)
		}
		all, err := s.Reconcile(t.Context(), time.Time{})
		if err != nil || len(all.Waits)+len(all.Forgotten)+len(all.Later) != 0 {
			t.Errorf("to look at: %+v, %v", all, err)
		}
	})
}
