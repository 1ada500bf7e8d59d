package workflow_test

import (
	"slices"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/search"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// TestOffersInForce: employees find items by the languages and networks of what is in force, in
// lists, searches and the export alike, and a new revision tells them nothing until it is
// signed; who works on items finds them by their heads.
func TestOffersInForce(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := ledgerItem(t, h, "Budget goes up.")
	is := func(network advocacy.Network, language string, employee, curator bool) {
		t.Helper()
		q := workflow.ItemQuery{Workspace: h.W, Page: workflow.Page{Size: 10}, Network: network, Language: language}
		for who, want := range map[advocacy.PersonID]bool{h.Author: employee, h.Curator: curator} {
			listed, _, err := h.Flow.Items(t.Context(), h.As(who), q)
			ok(t, err)
			hits, _, err := h.Flow.SearchItems(t.Context(), h.As(who), workflow.ItemSearch{ItemQuery: q, For: search.Parse("budget")})
			ok(t, err)
			if (len(listed) == 1) != want || (len(hits) == 1) != want {
				t.Errorf("%s on %q: %s lists %d and finds %d", language, network, who, len(listed), len(hits))
			}
		}
		written, _, err := h.Flow.ExportItems(t.Context(), h.As(h.Curator), q)
		ok(t, err)
		if (len(written) == 1) != curator {
			t.Errorf("%s on %q: %d are exported", language, network, len(written))
		}
	}
	everywhere := func(employee, curator bool) {
		t.Helper()
		is(workflowtest.LedgerName, "en", true, true)
		is("", "fr", employee, curator)
		is(workflowtest.LedgerName, "fr-CA", employee, curator)
		is("wall", "fr", false, false)
	}
	is("", "en", true, true)
	everywhere(false, false)
	next := v.Revision.Content
	next.Variants = append(slices.Clone(next.Variants), advocacy.Variant{Network: workflowtest.LedgerName, Language: "fr-CA", Text: "Le budget monte."})
	v, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{Content: &next})
	ok(t, err)
	everywhere(false, true)
	ok(t, submitItem(t, h, v))
	ok(t, decideItem(t, h, h.Legal, v, "legal", advocacy.Approve))
	everywhere(false, true)
	ok(t, decideItem(t, h, h.PR, v, "pr", advocacy.Approve))
	everywhere(true, true)
	_, err = h.Store.SQLWriter().ExecContext(t.Context(), "DELETE FROM item_offers; UPDATE item_searches SET edition = 1")
	ok(t, err)
	is("", "fr", false, false)
	ok(t, h.Flow.IndexItems(t.Context()))
	everywhere(true, true)
	next.Variants = next.Variants[:len(next.Variants)-1]
	_, err = h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{Content: &next})
	ok(t, err)
	everywhere(true, false)
}
