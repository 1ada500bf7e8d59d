package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// imported is an import with its rows, as one thing to keep.
type imported struct {
	Import workflow.Import
	Rows   []workflow.ImportRow
}

var importTrip = trip[imported]{
	fix: func(_ *rapid.T, h *house, i *imported) {
		i.Import.Workspace, i.Import.ID, i.Import.Person, i.Import.EndTime = h.ws, advocacy.ImportID(id("import")), h.author, time.Time{}
		i.Import.File, i.Import.Part = i.Import.ID, 1+i.Import.Part&0xff
		for n := range i.Rows {
			i.Rows[n].Number, i.Rows[n].Outcome = n+1, workflow.ImportPending
			if i.Rows[n].Change != nil {
				i.Rows[n].Change.Version = 0 // a row changes what it finds
			}
		}
	},
	add: func(ctx context.Context, tx workflow.Tx, i *imported) error {
		return tx.AddImport(ctx, &i.Import, i.Rows)
	},
	save: func(ctx context.Context, tx workflow.Tx, i *imported) error {
		if len(i.Rows) > 0 {
			i.Import.Runs, i.Import.ProgressTime = 0, tx.Now()
		}
		for n := range i.Rows {
			if err := tx.EndImportRow(ctx, &i.Import, &i.Rows[n]); err != nil {
				return err
			}
		}
		return tx.EndImport(ctx, &i.Import)
	},
	read: func(ctx context.Context, s *store.Store, i *imported) (*imported, error) {
		found, err := s.Import(ctx, i.Import.Workspace, i.Import.ID)
		if err != nil {
			return nil, err
		}
		rows, _, err := s.ImportRows(ctx, workflow.ImportRowQuery{
			Workspace: found.Workspace, Import: found.ID, Page: workflow.Page{Size: 100, Oldest: true},
		})
		return &imported{*found, rows}, err
	},
	change: func(was, next *imported) {
		*next = imported{Import: was.Import}
		outcomes := workflow.ImportOutcomes()[1:]
		for n, r := range was.Rows {
			r.Change, r.Outcome, r.Item, r.Code, r.Field, r.Message = nil, outcomes[n%len(outcomes)], "i", "CODE", "field", "message"
			next.Rows = append(next.Rows, r)
			*[]*int{&next.Import.Created, &next.Import.Updated, &next.Import.Unchanged, &next.Import.Failed}[n%len(outcomes)]++
		}
		next.Import.EndTime, next.Import.Code = start, "CODE"
	},
}

// wholeFile is an import of a file that is not cut, of which a row ended last at a time.
func (h *house) wholeFile(at time.Time) *workflow.Import {
	i := advocacy.ImportID(id("import"))
	return &workflow.Import{Workspace: h.ws, ID: i, File: i, Part: 1, FirstLine: 1, LastLine: 1, Person: h.author, ProgressTime: at}
}

// importPartsAreOneFile holds that the parts of a file are found by it, with the names of all their
// rows, and that a part has one after it.
func importPartsAreOneFile(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	first, second, rival, other := h.wholeFile(start), h.wholeFile(start), h.wholeFile(start), h.wholeFile(start)
	second.File, second.Part, rival.File, rival.Part = first.ID, 2, first.ID, 2
	row := func(name string) []workflow.ImportRow {
		return []workflow.ImportRow{{Number: 1, External: name, Outcome: workflow.ImportPending}}
	}
	parts := func(file *workflow.Import, want int) {
		t.Helper()
		if n, err := s.ImportParts(ctx(t), h.ws, file.ID); err != nil || n != want {
			t.Fatalf("%d parts, want %d: %v", n, want, err)
		}
	}
	parts(first, 0)
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		return errors.Join(tx.AddImport(ctx, first, row("a")), tx.AddImport(ctx, second, row("b")), tx.AddImport(ctx, other, row("c")))
	})
	h.refused(advocacy.Exists, "IMPORT_EXISTS", func(ctx context.Context, tx workflow.Tx) error { return tx.AddImport(ctx, rival, nil) })
	parts(first, 2)
	parts(other, 1)
	names := []string{"c", "b", "a", ""}
	for n := range 600 { // more than one statement asks for
		names = append(names, fmt.Sprint(n))
	}
	for file, want := range map[advocacy.ImportID]map[string]bool{first.ID: {"a": true, "b": true}, other.ID: {"c": true}, second.ID: {}} {
		found, err := s.ImportedNames(ctx(t), h.ws, file, names)
		if err != nil {
			t.Fatal(err)
		}
		same(t, want, found)
	}
	listed, _, err := s.Imports(ctx(t), workflow.ImportQuery{Workspace: h.ws, File: first.ID, Page: workflow.Page{Size: 5, Oldest: true}})
	if err != nil || len(listed) != 2 || listed[0].ID != first.ID || listed[1].ID != second.ID {
		t.Fatalf("%+v, %v", listed, err)
	}
}

// importsEndOnce holds that a row and an import end once, and that a name stands for one item.
func importsEndOnce(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	i := h.wholeFile(start)
	i.Total = 2
	rows := []workflow.ImportRow{{Number: 1, External: "a", Outcome: workflow.ImportPending}, {Number: 2, External: "b", Outcome: workflow.ImportPending}}
	items := []advocacy.LibraryItem{
		{Workspace: h.ws, ID: advocacy.ItemID(id("item")), State: advocacy.ItemDraft}, {Workspace: h.ws, ID: advocacy.ItemID(id("item")), State: advocacy.ItemDraft},
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		for n := range items {
			if err := tx.AddItem(ctx, &items[n]); err != nil {
				return err
			}
		}
		if err := tx.AddImport(ctx, i, rows); err != nil {
			return err
		}
		return tx.AddOrigin(ctx, h.ws, "a", items[0].ID)
	})
	rows[0].Outcome = workflow.ImportCreated
	end := func(ctx context.Context, tx workflow.Tx) error { return tx.EndImportRow(ctx, i, &rows[0]) }
	h.update(end)
	h.refused(advocacy.Conflict, "IMPORT_ENDED", end)
	i.EndTime = start
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.EndImport(ctx, i) })
	h.refused(advocacy.Conflict, "IMPORT_ENDED", func(ctx context.Context, tx workflow.Tx) error { return tx.EndImport(ctx, i) })
	h.refused(advocacy.Exists, "ORIGIN_EXISTS", func(ctx context.Context, tx workflow.Tx) error { return tx.AddOrigin(ctx, h.ws, "a", items[1].ID) })
	h.refused(advocacy.Exists, "ORIGIN_EXISTS", func(ctx context.Context, tx workflow.Tx) error { return tx.AddOrigin(ctx, h.ws, "b", items[0].ID) })
	h.refused(advocacy.NotFound, "ITEM_NOT_FOUND", func(ctx context.Context, tx workflow.Tx) error { return tx.AddOrigin(ctx, h.ws, "c", "nobody") })
	left, _, err := s.ImportRows(ctx(t), workflow.ImportRowQuery{Workspace: h.ws, Import: i.ID, Outcome: workflow.ImportPending, Page: all})
	if err != nil || len(left) != 1 || left[0].Number != 2 {
		t.Fatalf("pending: %+v, %v", left, err)
	}
	names, err := s.Origins(ctx(t), h.ws, items[0].ID, items[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, map[advocacy.ItemID]string{items[0].ID: "a"}, names)
	for name, want := range map[string]advocacy.ItemID{"a": items[0].ID, "b": ""} {
		if found, err := s.FindOrigin(ctx(t), h.ws, name); err != nil || found != want {
			t.Fatalf("%s is %q, want %q: %v", name, found, want, err)
		}
	}
}

// importsThatStandStill holds that runs are counted until a row ends, that what stands still is
// found, and that an import that is given up refuses the rest of its rows.
func importsThatStandStill(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	older, newer := h.wholeFile(start), h.wholeFile(start.Add(time.Second))
	older.Total = 3
	var rows []workflow.ImportRow
	for n := range older.Total {
		rows = append(rows, workflow.ImportRow{Number: n + 1, External: id("row"), Outcome: workflow.ImportPending})
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		return errors.Join(tx.AddImport(ctx, older, rows), tx.AddImport(ctx, newer, nil))
	})
	still := func(at time.Time, want ...advocacy.ImportID) {
		t.Helper()
		found, err := s.StillImports(ctx(t), at, 1000)
		if err != nil {
			t.Fatal(err)
		}
		var got []advocacy.ImportID
		for _, i := range found {
			if i.Workspace == h.ws {
				got = append(got, i.ID)
			}
		}
		same(t, want, got)
	}
	still(start.Add(-time.Second))
	still(start, older.ID)
	still(start.Add(time.Second), older.ID, newer.ID)
	begin := func(ctx context.Context, tx workflow.Tx) error { return tx.BeginImport(ctx, older) }
	h.update(begin)
	h.update(begin)
	read := func() *workflow.Import {
		t.Helper()
		i, err := s.Import(ctx(t), h.ws, older.ID)
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	same(t, []int{2, 2}, []int{older.Runs, read().Runs})
	rows[0].Outcome = workflow.ImportCreated
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.EndImportRow(ctx, older, &rows[0]) })
	if i := read(); i.Runs != 0 || !i.ProgressTime.After(start) {
		t.Errorf("%+v", i)
	}
	rest := workflow.ImportRow{Outcome: workflow.ImportFailed, Code: "CODE", Message: "message"}
	older.EndTime, older.Code = start, "CODE"
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		return errors.Join(tx.EndImportRows(ctx, older, &rest), tx.EndImport(ctx, older))
	})
	if i := read(); i.Created != 1 || i.Failed != 2 || i.Code != "CODE" {
		t.Errorf("%+v", i)
	}
	report, _, err := s.ImportRows(ctx(t), workflow.ImportRowQuery{Workspace: h.ws, Import: older.ID, Outcome: workflow.ImportFailed, Page: all})
	if err != nil || len(report) != 2 || report[0].Code != "CODE" || report[0].External != rows[1].External {
		t.Fatalf("%+v, %v", report, err)
	}
	still(start.Add(time.Second), newer.ID)
	h.refused(advocacy.Conflict, "IMPORT_ENDED", begin)
	h.refused(advocacy.Conflict, "IMPORT_ENDED", func(ctx context.Context, tx workflow.Tx) error { return tx.EndImportRows(ctx, older, &rest) })
	listed, next, err := s.Imports(ctx(t), workflow.ImportQuery{Workspace: h.ws, Page: workflow.Page{Size: 1}})
	if err != nil || len(listed) != 1 || listed[0].ID != newer.ID {
		t.Fatalf("%+v, %v", listed, err)
	}
	if listed, next, err = s.Imports(ctx(t), workflow.ImportQuery{Workspace: h.ws, Page: workflow.Page{Size: 1, After: next}}); err != nil || next != "" || listed[0].ID != older.ID {
		t.Fatalf("%+v, %q, %v", listed, next, err)
	}
}

// importEndsBeforeItsRows holds that a row that is carried out while its import is given up
// leaves nothing.
func importEndsBeforeItsRows(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	i := h.wholeFile(start)
	i.Total = 1
	rows := []workflow.ImportRow{{Number: 1, External: "a", Outcome: workflow.ImportPending}}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddImport(ctx, i, rows) })
	i.EndTime, rows[0].Outcome = start, workflow.ImportUpdated
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.EndImport(ctx, i) })
	h.refused(advocacy.Conflict, "IMPORT_ENDED", func(ctx context.Context, tx workflow.Tx) error { return tx.EndImportRow(ctx, i, &rows[0]) })
}
