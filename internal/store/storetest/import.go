package storetest

import (
	"context"
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
		next.Import.EndTime = start
	},
}

// importsEndOnce holds that a row and an import end once, and that a name stands for one item.
func importsEndOnce(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	i := &workflow.Import{Workspace: h.ws, ID: advocacy.ImportID(id("import")), Person: h.author, Total: 2}
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
