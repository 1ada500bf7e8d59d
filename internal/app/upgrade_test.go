package app_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/authz"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// TestOldWorkspaceGainsPermissions opens a database whose roles were written before the
// service counted what it gives: those nobody touched gain everything that is new, one
// that an admin changed is left alone, and the audit trail tells what it lacks.
func TestOldWorkspaceGainsPermissions(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		c := config.Default()
		c.DataDir = t.TempDir()
		oldWorkspace(t, c, "sqlite", c.SQLitePath())
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		c := config.Default()
		c.DataDir, c.Database = filepath.Join(t.TempDir(), "data"), config.Secret(testpg.New(t))
		oldWorkspace(t, c, "pgx", c.Database.Reveal())
	})
}

func oldWorkspace(t *testing.T, c config.Config, driver, dsn string) {
	t.Helper()
	s, err := app.Open(t.Context(), app.Options{Config: c})
	ok(t, err)
	_, err = s.Install(t.Context(), workflow.Installation{
		ID: "acme", Language: "en", Zone: "UTC", Admin: workflow.MemberDraft{Email: "ada@acme.test"},
	})
	ok(t, err)
	ok(t, s.Close())
	db, err := sql.Open(driver, dsn)
	ok(t, err)
	for _, statement := range []string{
		`UPDATE role_definitions SET given = '[]', permissions = '["posts.read","roles.update","members.update"]'`,
		`UPDATE role_definitions SET version = 2 WHERE role = 'auditor'`,
	} {
		_, err = db.ExecContext(t.Context(), statement)
		ok(t, err)
	}
	ok(t, db.Close())

	for range 2 {
		s, err = app.Open(t.Context(), app.Options{Config: c})
		ok(t, err)
		for _, want := range authz.DefaultRoles() {
			got, err := s.Store.Role(t.Context(), "acme", want.Role)
			ok(t, err)
			if lacks := got.Lacks(want.Permissions); (want.Role == advocacy.RoleAuditor) != (len(lacks) > 0) {
				t.Errorf("%s lacks %v", want.Role, lacks)
			}
		}
		records, _, err := s.Store.AuditRecords(t.Context(), workflow.RecordQuery{Workspace: "acme", Page: workflow.Page{Size: 100}})
		ok(t, err)
		upgraded := slices.DeleteFunc(records, func(r advocacy.AuditRecord) bool { return r.Action != "role.upgraded" })
		if len(upgraded) != len(authz.DefaultRoles()) {
			t.Errorf("%d roles were upgraded, want each once", len(upgraded))
		}
		ok(t, s.Close())
	}
}
