package workflow_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// importRows are rows of an item each, with the text, on the topic news.
func importRows(texts ...string) []workflow.ImportRow {
	rows := make([]workflow.ImportRow, len(texts))
	for i, text := range texts {
		rows[i] = workflow.ImportRow{Number: i + 1, External: fmt.Sprintf("cms-%d", i), Change: &workflow.ItemChange{
			Title: ptr(fmt.Sprintf("Item %d", i)), Topic: ptr(advocacy.TopicID("news")), Networks: &[]advocacy.Network{wall.Name},
			Content: &advocacy.Content{Language: "en", Text: text},
		}}
	}
	return rows
}

// brought runs an import and returns it with the outcome of each row, and its code.
func brought(t *testing.T, h *workflowtest.House, rows []workflow.ImportRow, only bool) (*workflow.Import, []string) {
	t.Helper()
	i, err := h.Flow.ImportItems(t.Context(), h.As(h.Curator), h.W, workflow.ImportOrder{Rows: rows, ValidateOnly: only})
	ok(t, err)
	return ended(t, h, i.ID)
}

func ended(t *testing.T, h *workflowtest.House, id advocacy.ImportID) (*workflow.Import, []string) {
	t.Helper()
	for range 2 { // a job can run twice
		ok(t, h.Flow.RunImport(t.Context(), h.W, id))
	}
	i, err := h.Flow.Import(t.Context(), h.As(h.Curator), h.W, id)
	ok(t, err)
	report, _, err := h.Flow.ImportRows(t.Context(), h.As(h.Curator), workflow.ImportRowQuery{Workspace: h.W, Import: id, Page: workflow.Page{Size: 100, Oldest: true}})
	ok(t, err)
	var outcomes []string
	for _, r := range report {
		if r.Change != nil || (r.Outcome == workflow.ImportFailed) == (r.Code == "") {
			t.Errorf("a row ended as %+v", r)
		}
		outcomes = append(outcomes, string(r.Outcome)+r.Code)
	}
	if i.EndTime.IsZero() || i.Created+i.Updated+i.Unchanged+i.Failed != i.Total || i.Total != len(report) {
		t.Errorf("the import ended as %+v with %d rows", i, len(report))
	}
	return i, outcomes
}

func wantOutcomes(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("the rows ended as %q, want %q", got, want)
	}
}

func allItems(t *testing.T, h *workflowtest.House) []workflow.ItemView {
	t.Helper()
	items, _, err := h.Flow.Items(t.Context(), h.As(h.Curator), workflow.ItemQuery{Workspace: h.W, Page: workflow.Page{Size: 100, Oldest: true}})
	ok(t, err)
	return items
}

// TestImport: each row is a draft, and nothing that an employee sees; the same file again
// changes nothing, another text makes a new revision, and what is in force stays.
func TestImport(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		_, got := brought(t, h, importRows("One.", "Two."), false)
		wantOutcomes(t, got, "created", "created")
		items := allItems(t, h)
		if len(items) != 2 || items[0].Item.State != advocacy.ItemDraft || items[0].Revision.Content.Text != "One." || items[0].Item.Owner != h.Curator {
			t.Fatalf("%+v", items)
		}
		_, got = brought(t, h, importRows("One.", "Two."), false)
		wantOutcomes(t, got, "unchanged", "unchanged")
		v := &items[0]
		ok(t, submitItem(t, h, v))
		ok(t, decideItem(t, h, h.Legal, v, "legal", advocacy.Approve))
		ok(t, decideItem(t, h, h.PR, v, "pr", advocacy.Approve))
		_, got = brought(t, h, importRows("Another one.", "Two."), false)
		wantOutcomes(t, got, "updated", "unchanged")
		now, err := h.Store.Item(t.Context(), h.W, v.Item.ID)
		ok(t, err)
		if now.InForce != 1 || now.Head != 2 || now.State != advocacy.ItemDraft || len(allItems(t, h)) != 2 {
			t.Fatalf("%+v", now)
		}
		finds(t, h, h.Author, "another")
		finds(t, h, h.Curator, "another", "Item 0")
		// An item that was made here goes by its id.
		ours, own := draftItem(t, h, "Ours."), importRows("Ours, changed.")
		own[0].External = string(ours.Item.ID)
		_, got = brought(t, h, own, false)
		wantOutcomes(t, got, "updated")
	})
}

// TestImportSaysWhatItNames: what a row does not name of an item that is there stays, and what
// it does is the item's, where nothing of it is signed yet as well.
func TestImportSaysWhatItNames(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	rows := importRows("One.")
	opens := h.Flow.Now().Add(24 * time.Hour)
	rows[0].Change.ShareStart, rows[0].Change.Zone = &opens, ptr("Europe/Paris")
	rows[0].Change.Audience, rows[0].Change.Announcement = &advocacy.Audience{Groups: []string{"sales"}}, ptr(true)
	rows[0].Change.Editing = &advocacy.Editing{Mode: advocacy.EditLocked}
	rows[0].Change.Pin, rows[0].Change.Labels, rows[0].Change.Campaign = ptr(3), &[]string{"spring", "art"}, ptr("open day")
	_, got := brought(t, h, rows, false)
	wantOutcomes(t, got, "created")
	only := []workflow.ImportRow{{Number: 2, External: "cms-0", Change: &workflow.ItemChange{Title: ptr("Another title")}}}
	_, got = brought(t, h, only, false)
	wantOutcomes(t, got, "updated")
	_, got = brought(t, h, only, false)
	wantOutcomes(t, got, "unchanged")
	v := allItems(t, h)[0]
	if i := v.Item; i.Title != "Another title" || i.Head != 1 || !i.Share.Start.Equal(opens) || i.Zone != "Europe/Paris" || i.Pin != 3 ||
		!slices.Equal(i.Labels, []string{"art", "spring"}) || i.Campaign != "open day" {
		t.Errorf("%+v", i)
	}
	if v.Revision.Content.Text != "One." || !v.Manifest.Announcement || v.Manifest.Editing.Mode != advocacy.EditLocked || !slices.Equal(v.Manifest.Audience.Groups, []string{"sales"}) {
		t.Errorf("%+v", v)
	}
	// Nobody can share it anywhere, so no bytes say its words; they are kept all the same.
	for _, text := range []string{"Nowhere.", "Nowhere yet."} {
		nowhere := importRows("", text)[1:]
		nowhere[0].Change.Networks = nil
		_, got = brought(t, h, nowhere, false)
		v = allItems(t, h)[1]
		if v.Revision.Content.Text != text || got[0] == "unchanged" {
			t.Errorf("%q is %s: %+v", text, got, v.Revision)
		}
		_, got = brought(t, h, nowhere, false)
		wantOutcomes(t, got, "unchanged")
	}
}

// TestImportRefusesRows: a row that is refused says why and stops no other.
func TestImportRefusesRows(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	rows := importRows("One.", "Two.", "Three.", "Four.", "Five.", "Six.", "Seven.", "Eight.")
	rows[6].Change.Title, rows[7].Change.Content = nil, nil
	*rows[0].Change.Topic = "weather"
	*rows[1].Change.Networks = []advocacy.Network{"telegraph"}
	rows[2].External = rows[3].External
	rows[4].Refuse(advocacy.InvalidField("text", "ROW_UNREADABLE", "no"))
	i, got := brought(t, h, rows, false)
	wantOutcomes(t, got, "failedTOPIC_NOT_FOUND", "failedNETWORK_UNKNOWN", "created", "failedEXTERNAL_ID_REPEATED", "failedROW_UNREADABLE", "created",
		"failedROW_INCOMPLETE", "failedROW_INCOMPLETE")
	if i.Created != 2 || i.Failed != 6 {
		t.Errorf("%+v", i)
	}
	for _, n := range []int{0, 10_001} {
		refuses(t, h, advocacy.Invalid, "IMPORT_SIZE", func() error {
			_, err := h.Flow.ImportItems(t.Context(), h.As(h.Curator), h.W, workflow.ImportOrder{Rows: make([]workflow.ImportRow, n)})
			return err
		})
	}
}

// TestImportOnlyTried: a dry run tells the same and leaves nothing but its report.
func TestImportOnlyTried(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		rows := importRows("One.", "Two.")
		*rows[1].Change.Topic = "weather"
		before := len(records(t, h, ""))
		_, got := brought(t, h, rows, true)
		wantOutcomes(t, got, "created", "failedTOPIC_NOT_FOUND")
		if items, more := allItems(t, h), len(records(t, h, ""))-before; len(items) != 0 || more != 2 {
			t.Fatalf("%d items and %d records were made", len(items), more)
		}
		_, got = brought(t, h, importRows("One.", "Two."), false)
		wantOutcomes(t, got, "created", "created")
		_, got = brought(t, h, importRows("Changed.", "Two."), true)
		wantOutcomes(t, got, "updated", "unchanged")
		if items := allItems(t, h); items[0].Item.Head != 1 || items[0].Revision.Content.Text != "One." {
			t.Fatalf("%+v", items[0])
		}
	})
}

// TestImportGoesOn: runs at once, and one that is interrupted, carry each row out once.
func TestImportGoesOn(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		texts := make([]string, 12)
		for n := range texts {
			texts[n] = fmt.Sprintf("Text %d.", n)
		}
		order, err := h.Flow.ImportItems(t.Context(), h.As(h.Curator), h.W, workflow.ImportOrder{Rows: importRows(texts...)})
		ok(t, err)
		var runs sync.WaitGroup
		for range 3 {
			// A run that meets another gives up, and the job is tried again.
			runs.Go(func() { _ = h.Flow.RunImport(t.Context(), h.W, order.ID) })
		}
		runs.Wait()
		i, _ := ended(t, h, order.ID)
		if i.Created != len(texts) || len(allItems(t, h)) != len(texts) {
			t.Fatalf("%+v, %d items", i, len(allItems(t, h)))
		}
	})
}

// TestImportEndsWithTheRight: rows whose turn comes when whoever ordered them may not change
// items any more are refused, and a tool brings what its key allows.
func TestImportEndsWithTheRight(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	_, got := brought(t, h, importRows("One."), false)
	wantOutcomes(t, got, "created")
	key, _, err := h.Flow.CreateAPIKey(t.Context(), h.As(h.Curator), h.W, workflow.KeyDraft{DisplayName: "cms", Permissions: []advocacy.Permission{"items.update"}})
	ok(t, err)
	tool := h.AsKey(h.Curator)
	tool.Actor.Key = key.ID
	order, err := h.Flow.ImportItems(t.Context(), tool, h.W, workflow.ImportOrder{Rows: importRows("One, changed.", "Two.")})
	ok(t, err)
	_, got = ended(t, h, order.ID)
	wantOutcomes(t, got, "updated", "failedPERMISSION_DENIED")
	made, err := h.Store.Revision(t.Context(), allItems(t, h)[0].Item.Subject(), 2)
	ok(t, err)
	if made.Key != key.ID || made.Editor != h.Curator {
		t.Errorf("%+v", made)
	}
	i, err := h.Flow.ImportItems(t.Context(), h.As(h.Curator), h.W, workflow.ImportOrder{Rows: importRows("One.")})
	ok(t, err)
	_, err = h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Curator, "left")
	ok(t, err)
	_, got = ended(t, h, i.ID)
	wantOutcomes(t, got, "failedPERMISSION_DENIED")
}

// TestImportInParts: the parts of a file are one file. Its rows are numbered through, a name stands for
// one row of all, and a part is followed once, by whom and as it was imported.
func TestImportInParts(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		rows := func(first int, names ...string) []workflow.ImportRow {
			made := importRows(names...)
			for n := range made {
				made[n].Number, made[n].External = first+n, names[n]
			}
			return made
		}
		bring := func(c workflow.Call, o workflow.ImportOrder) (*workflow.Import, error) {
			return h.Flow.ImportItems(t.Context(), c, h.W, o)
		}
		unread := rows(2, "a", "b", "c")
		unread[1].Refuse(advocacy.InvalidField("text", "ROW_UNREADABLE", "no"))
		first, err := bring(h.As(h.Curator), workflow.ImportOrder{Rows: unread, Lines: 4, Head: 1})
		ok(t, err)
		next := workflow.ImportOrder{Rows: rows(3, "d", "a", "e", "d", "b"), Lines: 7, Head: 2, Previous: first.ID}
		refuses(t, h, advocacy.Invalid, "IMPORT_PART_DIFFERS", func() error {
			_, err := bring(h.As(h.Admin), next)
			return err
		})
		next.ValidateOnly = true
		refuses(t, h, advocacy.Invalid, "IMPORT_PART_DIFFERS", func() error {
			_, err := bring(h.As(h.Curator), next)
			return err
		})
		next.ValidateOnly, next.Previous = false, "nothing"
		refuses(t, h, advocacy.NotFound, "IMPORT_NOT_FOUND", func() error {
			_, err := bring(h.As(h.Curator), next)
			return err
		})
		next.Previous, next.Lines = first.ID, 1_000_000_000
		refuses(t, h, advocacy.Invalid, "IMPORT_SIZE", func() error {
			_, err := bring(h.As(h.Curator), next)
			return err
		})
		next.Lines = 7
		second, err := bring(h.As(h.Curator), next)
		ok(t, err)
		refuses(t, h, advocacy.Precondition, "IMPORT_PART_TAKEN", func() error {
			_, err := bring(h.As(h.Curator), next)
			return err
		})
		third, err := bring(h.As(h.Curator), workflow.ImportOrder{Rows: rows(2, "f", "c", "e"), Lines: 4, Head: 1, Previous: second.ID})
		ok(t, err)
		if got := [][4]int{{first.Part, first.FirstLine, first.LastLine}, {second.Part, second.FirstLine, second.LastLine}, {third.Part, third.FirstLine, third.LastLine}}; !slices.Equal(got, [][4]int{{1, 1, 4}, {2, 5, 9}, {3, 10, 12}}) || third.File != first.ID {
			t.Errorf("the parts are %v of %s", got, third.File)
		}
		// A later part is carried out first, and what it says of names is the same.
		_, got := ended(t, h, third.ID)
		wantOutcomes(t, got, "created", "failedEXTERNAL_ID_REPEATED", "failedEXTERNAL_ID_REPEATED")
		_, got = ended(t, h, second.ID)
		wantOutcomes(t, got, "created", "failedEXTERNAL_ID_REPEATED", "created", "failedEXTERNAL_ID_REPEATED", "failedEXTERNAL_ID_REPEATED")
		_, got = ended(t, h, first.ID)
		wantOutcomes(t, got, "created", "failedROW_UNREADABLE", "created")
		report, _, err := h.Flow.ImportRows(t.Context(), h.As(h.Curator), workflow.ImportRowQuery{Workspace: h.W, Import: second.ID, Page: workflow.Page{Size: 100, Oldest: true}})
		ok(t, err)
		if report[0].Number != 5 || report[4].Number != 9 || report[1].External != "a" {
			t.Errorf("%+v", report)
		}
		parts, _, err := h.Flow.Imports(t.Context(), h.As(h.Curator), workflow.ImportQuery{Workspace: h.W, File: first.ID, Page: workflow.Page{Size: 10}})
		ok(t, err)
		if len(parts) != 3 || parts[0].ID != third.ID {
			t.Errorf("%+v", parts)
		}
		// The same file again is another file.
		again, err := bring(h.As(h.Curator), workflow.ImportOrder{Rows: rows(1, "a"), Lines: 1})
		ok(t, err)
		_, got = ended(t, h, again.ID)
		wantOutcomes(t, got, "unchanged")
	})
}

// TestExport: what is exported says what the heads say under the names items came with, and
// imports as nothing new.
func TestExport(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	_, got := brought(t, h, importRows("One.", "Two.", "Three."), false)
	wantOutcomes(t, got, "created", "created", "created")
	own, gone := draftItem(t, h, "Ours."), allItems(t, h)[1]
	_, err := h.Flow.WithdrawItem(t.Context(), h.As(h.Curator), h.W, gone.Item.ID, "Wrong.")
	ok(t, err)
	out, _, err := h.Flow.ExportItems(t.Context(), h.As(h.Curator), workflow.ItemQuery{Workspace: h.W, Page: workflow.Page{Size: 10, Oldest: true}})
	ok(t, err)
	var rows []workflow.ImportRow
	var names []string
	for n, e := range out {
		names = append(names, e.External)
		rows = append(rows, workflow.ImportRow{Number: n + 1, External: e.External, Change: &workflow.ItemChange{
			Title: &e.Item.Title, Topic: &e.Item.Topic, Content: &e.Revision.Content, Networks: &e.Revision.Networks,
			Audience: &e.Manifest.Audience, Announcement: &e.Manifest.Announcement, Editing: &e.Manifest.Editing,
			ShareStart: &e.Item.Share.Start, ShareEnd: &e.Item.Share.End, Zone: &e.Item.Zone, Note: &e.Item.Note,
			Pin: &e.Item.Pin, Labels: &e.Item.Labels, Campaign: &e.Item.Campaign, Spread: &e.Item.Spread,
		}})
	}
	if want := []string{"cms-0", "cms-2", string(own.Item.ID)}; !slices.Equal(names, want) {
		t.Fatalf("exported %q, want %q", names, want)
	}
	_, got = brought(t, h, rows, false)
	wantOutcomes(t, got, "unchanged", "unchanged", "unchanged")
	_, got = brought(t, h, importRows("One.", "Two again."), false)
	wantOutcomes(t, got, "unchanged", "failedITEM_WITHDRAWN")
}
