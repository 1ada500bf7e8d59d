package store_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// TestFileIsTaken (F29): while somebody else, such as a tool that makes a backup, holds the SQLite
// file, a change is refused in time and leaves nothing, reading goes on, and so does everything
// when the file is free again.
func TestFileIsTaken(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "store.db")
	s := open(t, path)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", "file:"+path+"?_txlock=exclusive")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	held, err := other.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	add := func() error {
		return s.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
			return tx.AddWorkspace(ctx, &advocacy.Workspace{ID: "w"})
		})
	}
	if err := add(); advocacy.KindOf(err) != advocacy.Unavailable || advocacy.ReasonOf(err) != "STORE_BUSY" {
		t.Errorf("a change is answered %v", err)
	}
	if all, _, err := s.Workspaces(t.Context(), workflow.Page{Size: 10}); err != nil || len(all) != 0 {
		t.Errorf("read are %d workspaces, %v", len(all), err)
	}
	if err := held.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := add(); err != nil {
		t.Error(err)
	}
}
