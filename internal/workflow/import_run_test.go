package workflow_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// breakItems makes the database fail at items of a title.
func breakItems(t *testing.T, h *workflowtest.House, title string) {
	t.Helper()
	_, err := h.Store.SQLWriter().ExecContext(t.Context(),
		"CREATE TRIGGER broken BEFORE INSERT ON library_items WHEN NEW.title LIKE '"+title+"' BEGIN SELECT RAISE(ABORT, 'broken'); END")
	ok(t, err)
}

// orderImport orders an import of rows.
func orderImport(t *testing.T, h *workflowtest.House, rows []workflow.ImportRow) advocacy.ImportID {
	t.Helper()
	i, err := h.Flow.ImportItems(t.Context(), h.As(h.Curator), h.W, workflow.ImportOrder{Rows: rows})
	ok(t, err)
	return i.ID
}

// runUntilGivenUp runs an import until it ends, and tells after how many runs that failed.
func runUntilGivenUp(t *testing.T, h *workflowtest.House, id advocacy.ImportID) (failures int) {
	t.Helper()
	for h.Flow.RunImport(t.Context(), h.W, id) != nil {
		if failures++; failures > 100 {
			t.Fatal("the import does not end")
		}
	}
	return failures
}

// TestImportIsGivenUp: a row at which the service fails holds up no other; when nothing else is
// left the import ends, says so, and keeps what it made. The same file takes up where it ended.
func TestImportIsGivenUp(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	breakItems(t, h, "Item 1")
	id := orderImport(t, h, importRows("One.", "Two.", "Three."))
	if n := runUntilGivenUp(t, h, id); n < 10 {
		t.Errorf("it was given up after %d runs", n)
	}
	i, got := ended(t, h, id)
	wantOutcomes(t, got, "created", "failedIMPORT_GIVEN_UP", "created")
	if i.Code != "IMPORT_GIVEN_UP" || i.Created != 2 || i.Failed != 1 {
		t.Errorf("%+v", i)
	}
	all := records(t, h, "")
	if last := all[len(all)-1]; last.Action != "library_import.given_up" || last.Subject != i.Name() {
		t.Errorf("the last record is %+v", last)
	}
	_, err := h.Store.SQLWriter().ExecContext(t.Context(), "DROP TRIGGER broken")
	ok(t, err)
	again, got := brought(t, h, importRows("One.", "Two.", "Three."), false)
	wantOutcomes(t, got, "unchanged", "created", "unchanged")
	if again.Code != "" {
		t.Errorf("%+v", again)
	}
}

// TestImportAmidTrouble: when the service fails at row after row a run ends soon, and one row
// that ends is enough for the import to go on.
func TestImportAmidTrouble(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	breakItems(t, h, "Item %")
	id := orderImport(t, h, importRows("1.", "2.", "3.", "4.", "5.", "6.", "7."))
	for range 11 {
		if err := h.Flow.RunImport(t.Context(), h.W, id); err == nil {
			t.Fatal("it ended")
		}
	}
	_, err := h.Store.SQLWriter().ExecContext(t.Context(), "DROP TRIGGER broken")
	ok(t, err)
	i, _ := ended(t, h, id)
	if i.Code != "" || i.Created != 7 || i.Runs != 0 {
		t.Errorf("%+v", i)
	}
}

// TestImportIsRevived: an import whose run was lost gets another one, and none that goes on or
// has ended does.
func TestImportIsRevived(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	_, _ = brought(t, h, importRows("One."), false)
	waits := func(when string, want int) {
		t.Helper()
		_, err := h.Store.SQLWriter().ExecContext(t.Context(), "DELETE FROM river_job")
		ok(t, err)
		for range 2 {
			_, err := h.Flow.ReviveImports(t.Context())
			ok(t, err)
		}
		var n int
		query := "SELECT count(*) FROM river_job WHERE kind = '" + workflow.JobImport + "'"
		ok(t, h.Store.SQLWriter().QueryRowContext(t.Context(), query).Scan(&n))
		if n != want {
			t.Errorf("%s %d runs wait, want %d", when, n, want)
		}
	}
	id := orderImport(t, h, importRows("One.", "Two."))
	waits("at once", 0)
	h.Clock.Advance(time.Hour)
	waits("later", 1)
	ok(t, h.Flow.RunImport(t.Context(), h.W, id))
	h.Clock.Advance(time.Hour)
	waits("after the end", 0)
}
