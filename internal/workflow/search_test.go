package workflow_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/search"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// finds holds which items a person finds by a query, by title, and returns the hits.
func finds(t *testing.T, h *workflowtest.House, p advocacy.PersonID, query string, want ...string) []workflow.ItemHit {
	t.Helper()
	hits, _, err := h.Flow.SearchItems(t.Context(), h.As(p), workflow.ItemSearch{
		For: search.Parse(query), ItemQuery: workflow.ItemQuery{Workspace: h.W, Page: workflow.Page{Size: 10}},
	})
	ok(t, err)
	var titles []string
	for _, hit := range hits {
		titles = append(titles, hit.Item.Title)
	}
	if !slices.Equal(titles, want) {
		t.Fatalf("%s finds %q by %q, want %q", p, titles, query, want)
	}
	return hits
}

// TestSearchShowsWhatIsInForce: nobody finds or is quoted what he or she may not see, through
// the whole life of an item; who works on items finds its head and what is in force.
func TestSearchShowsWhatIsInForce(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := draftItem(t, h, "Budget goes up.")
	v, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{Title: ptr("Plans")})
	ok(t, err)
	both := func(query string, employee, curator bool) {
		t.Helper()
		for p, found := range map[advocacy.PersonID]bool{h.Author: employee, h.Curator: curator} {
			want := map[bool][]string{true: {v.Item.Title}}[found]
			for _, hit := range finds(t, h, p, query, want...) {
				if len(hit.Excerpt.Ranges) == 0 {
					t.Errorf("%q is not in %+v", query, hit.Excerpt)
				}
			}
		}
	}
	both("budget", false, true)
	ok(t, submitItem(t, h, v))
	ok(t, decideItem(t, h, h.Legal, v, "legal", advocacy.Approve))
	both("budget", false, true)
	ok(t, decideItem(t, h, h.PR, v, "pr", advocacy.Approve))
	both("budget", true, true)
	next := advocacy.Content{Language: "en", Text: "Nothing goes up.", Variants: []advocacy.Variant{{Language: "fr", Text: "Rien n'augmente."}}}
	_, err = h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{Content: &next})
	ok(t, err)
	both("budget", true, true)
	both("nothing", false, true)
	both("budget nothing", false, false)
	if hit := finds(t, h, h.Curator, "augmente", v.Item.Title)[0]; hit.Field != "content.variants[0].text" || hit.Number != 2 {
		t.Errorf("found in %s of revision %d", hit.Field, hit.Number)
	}
	if hit := finds(t, h, h.Curator, "budget", v.Item.Title)[0]; hit.Number != 1 || hit.Revision.Number != 2 {
		t.Errorf("found in revision %d, shown with revision %d", hit.Number, hit.Revision.Number)
	}
	if hit := finds(t, h, h.Author, "goes", v.Item.Title)[0]; strings.Contains(hit.Excerpt.Text, "Nothing") || hit.Number != 1 {
		t.Errorf("an employee is quoted %q of revision %d", hit.Excerpt.Text, hit.Number)
	}
	_, err = h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{Note: ptr("For résumés.")})
	ok(t, err)
	both("resume", true, true)
	_, err = h.Flow.WithdrawItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, "Wrong.")
	ok(t, err)
	both("budget", false, false)
	both("nothing", false, true)
}

// TestSearchOrder: what has it in its title comes first, then the newest, page by page; a
// closed topic is searched by its members alone, and filters narrow.
func TestSearchOrder(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	_, err := h.Flow.CreateTopic(t.Context(), h.As(h.Curator), h.W, workflow.TopicDraft{
		ID: "secret", DisplayName: "Secret", Closed: true, Members: []advocacy.PersonID{h.Reader},
	})
	ok(t, err)
	for _, d := range []struct {
		title, text string
		topic       advocacy.TopicID
	}{
		{"Annual report", "Numbers.", "news"}, {"One", "The annual report is out.", "news"}, {"Two", "Report: annual.", "secret"},
		{"Report, annual", "More numbers.", "news"},
	} {
		i := draftItem(t, h, d.text)
		i, err = h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, i.Item.ID, workflow.ItemChange{Title: &d.title, Topic: &d.topic})
		ok(t, err)
		ok(t, submitItem(t, h, i))
		ok(t, decideItem(t, h, h.Legal, i, "legal", advocacy.Approve))
		ok(t, decideItem(t, h, h.PR, i, "pr", advocacy.Approve))
	}
	finds(t, h, h.Curator, "annual rep", "Report, annual", "Annual report", "Two", "One")
	finds(t, h, h.Reader, "annual rep", "Report, annual", "Annual report", "Two", "One")
	finds(t, h, h.Author, "annual rep", "Report, annual", "Annual report", "One")
	finds(t, h, h.Author, `"annual report"`, "Annual report", "One")
	q := workflow.ItemSearch{For: search.Parse("annual"), Newest: true}
	q.Workspace, q.Size, q.Topic = h.W, 1, "news"
	var titles []string
	for more := true; more; more = q.After != "" {
		hits, next, err := h.Flow.SearchItems(t.Context(), h.As(h.Curator), q)
		ok(t, err)
		titles, q.After = append(titles, hits[0].Item.Title), next
	}
	if want := []string{"Report, annual", "One", "Annual report"}; !slices.Equal(titles, want) {
		t.Errorf("newest first: %q, want %q", titles, want)
	}
	q.For = search.Parse("… 🎉")
	refuses(t, h, advocacy.Invalid, "QUERY_EMPTY", func() error {
		_, _, err := h.Flow.SearchItems(t.Context(), h.As(h.Curator), q)
		return err
	})
}

// TestOldItemsAreIndexed: what was written before there was an index is found after an
// upgrade, as it is now.
func TestOldItemsAreIndexed(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := draftItem(t, h, "Budget goes up.")
	_, err := h.Store.SQLWriter().ExecContext(t.Context(), "DELETE FROM item_words; UPDATE item_searches SET edition = 0")
	ok(t, err)
	finds(t, h, h.Curator, "budget")
	for range 2 {
		ok(t, h.Flow.IndexItems(t.Context()))
		finds(t, h, h.Curator, "budget", v.Item.Title)
		finds(t, h, h.Author, "budget")
	}
}
