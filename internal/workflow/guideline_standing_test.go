package workflow_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// missing are those of the persons who are not up to date, as the list and each person's own
// view say; the two never disagree.
func missing(t *testing.T, h *workflowtest.House, among ...advocacy.PersonID) []advocacy.PersonID {
	t.Helper()
	late, up := false, true
	listed := make(map[advocacy.PersonID]bool)
	for _, upToDate := range []*bool{&late, &up} {
		found, _, err := h.Flow.Standings(t.Context(), h.As(h.Admin), h.W, advocacy.DefaultGuideline, upToDate, workflow.Page{Size: 100})
		ok(t, err)
		for _, s := range found {
			if _, twice := listed[s.Person]; twice || s.Acknowledged != *upToDate {
				t.Fatalf("%+v is listed for %t", s, *upToDate)
			}
			listed[s.Person] = s.Acknowledged
		}
	}
	var out []advocacy.PersonID
	for _, p := range among {
		view, err := h.Flow.Guideline(t.Context(), h.As(p), h.W, advocacy.DefaultGuideline)
		ok(t, err)
		if view.Acknowledged != listed[p] {
			t.Fatalf("the list says %t of %s, who sees %t", listed[p], p, view.Acknowledged)
		}
		if !view.Acknowledged {
			out = append(out, p)
		}
	}
	return out
}

// TestWhoIsMissing: nobody while a grace lasts who was up to date before, and then each who
// has not read the new one.
func TestWhoIsMissing(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	want := func(persons ...advocacy.PersonID) {
		t.Helper()
		got := missing(t, h, h.Author, h.Reader)
		if len(got) != len(persons) || len(got) > 0 && got[0] != persons[0] {
			t.Fatalf("%v are missing, want %v", got, persons)
		}
	}
	first := publishGuideline(t, h, time.Hour)
	want()
	h.Clock.Advance(time.Hour)
	want(h.Author, h.Reader)
	acknowledge(t, h, h.Author, first)
	want(h.Reader)
	second := publishGuideline(t, h, time.Hour)
	want(h.Reader)
	acknowledge(t, h, h.Reader, second)
	want()
	h.Clock.Advance(time.Hour)
	want(h.Author)
}
