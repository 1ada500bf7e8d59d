package workflow_test

import (
	"slices"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// suggest proposes another text for the head of a post.
func suggest(t *testing.T, h *workflowtest.House, who advocacy.PersonID, v *workflow.PostView, text string) *advocacy.Suggestion {
	t.Helper()
	g, err := h.Flow.SuggestEdit(t.Context(), h.As(who), v.Post.Subject(), workflow.SuggestionDraft{Digest: v.Head.Digest, Text: text})
	ok(t, err)
	return g
}

func accept(t *testing.T, h *workflowtest.House, who advocacy.PersonID, v *workflow.PostView, g *advocacy.Suggestion) (*workflow.PostView, error) {
	t.Helper()
	_, err := h.Flow.AcceptSuggestion(t.Context(), h.As(who), v.Post.Subject(), g.ID, 0)
	return h.Post(t, v.Post.ID), err
}

// TestSuggestionIsTaken (edge case 16): word for word, as a revision of the author's, who
// still has to submit it; whoever suggested does not sign it, others do.
func TestSuggestionIsTaken(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	g := suggest(t, h, h.Legal, v, "Better words.")
	state(t, h, v, advocacy.PostScheduled)
	refuses(t, h, advocacy.Denied, "NOT_A_CONTRIBUTOR", func() error { _, err := accept(t, h, h.Legal, v, g); return err })
	next, err := accept(t, h, h.Author, v, g)
	ok(t, err)
	if next.Head.Content.Text != "Better words." || next.Head.Contributed(h.Legal) || len(next.Head.Suggesters) != 1 || next.Head.Editor != h.Author {
		t.Fatalf("the revision is %+v", next.Head)
	}
	state(t, h, v, advocacy.PostDraft)
	h.Work(t)
	sent(t, l)
	h.Submit(t, next)
	refuses(t, h, advocacy.Denied, "SELF_REVIEW", func() error { return h.Decide(t, h.Legal, next, "legal", advocacy.Approve) })
	h.Sign(t, h.Legal2, next, "legal")
	h.Sign(t, h.PR, next, "pr")
	h.Work(t)
	sent(t, l, "Better words.")
}

// TestSuggesterSignsWhereTheRuleSaysSo (edge case 16), and never once he or she wrote.
func TestSuggesterSignsWhereTheRuleSaysSo(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	legal, pr := routing.Sign(advocacy.RoleLegal, 1), routing.Sign(advocacy.RolePR, 1)
	legal.SuggesterSigns = true
	enact(t, h, legal, pr)
	v := h.Draft(t, "Words.", h.Ledger)
	next, err := accept(t, h, h.Author, v, suggest(t, h, h.Both, v, "Better words."))
	ok(t, err)
	h.Submit(t, next)
	refuses(t, h, advocacy.Denied, "SELF_REVIEW", func() error { return h.Decide(t, h.Both, next, "pr", advocacy.Approve) })
	h.Sign(t, h.Both, next, "legal")
	h.Sign(t, h.PR, next, "pr")
	h.Work(t)
	sent(t, l, "Better words.")
}

// TestSuggestionsAreForTheHead: one for older words is outdated, and an edit in between
// wins or loses as a whole.
func TestSuggestionsAreForTheHead(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	g := suggest(t, h, h.Legal, v, "Better words.")
	refuses(t, h, advocacy.Invalid, "NOTHING_CHANGED", func() error {
		_, err := h.Flow.SuggestEdit(t.Context(), h.As(h.PR), v.Post.Subject(), workflow.SuggestionDraft{Digest: v.Head.Digest, Text: v.Head.Content.Text})
		return err
	})
	edit(t, h, v, "Other words.")
	refuses(t, h, advocacy.Precondition, "SUGGESTION_OUTDATED", func() error { _, err := accept(t, h, h.Author, v, g); return err })
	e := refuses(t, h, advocacy.Conflict, "REVISION_CHANGED", func() error {
		_, err := h.Flow.SuggestEdit(t.Context(), h.As(h.PR), v.Post.Subject(), workflow.SuggestionDraft{Digest: v.Head.Digest, Text: "x"})
		return err
	})
	if e.Meta["revision"] != v.Post.Subject().RevisionName(2) {
		t.Errorf("the error names %v", e.Meta)
	}
	seen, head, err := h.Flow.Suggestion(t.Context(), h.As(h.Author), v.Post.Subject(), g.ID)
	ok(t, err)
	if seen.StateAt(head) != advocacy.SuggestionOutdated {
		t.Fatalf("it is %s", seen.StateAt(head))
	}
	_, err = h.Flow.DeclineSuggestion(t.Context(), h.As(h.Author), v.Post.Subject(), g.ID, "too late")
	ok(t, err)
	refuses(t, h, advocacy.NotFound, "POST_NOT_FOUND", func() error {
		_, _, err := h.Flow.Suggestion(t.Context(), h.As(h.Reader), v.Post.Subject(), g.ID)
		return err
	})
}

// TestAcceptAgainstEdit: of a suggestion that is taken and an edit at the same moment one
// follows the head, and nothing of the other is left.
func TestAcceptAgainstEdit(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		for range 10 {
			v := h.Draft(t, "Words.", h.Ledger)
			g := suggest(t, h, h.Legal, v, "Better words.")
			author := h.As(h.Author)
			errs := together(
				func() error {
					_, err := h.Flow.AcceptSuggestion(t.Context(), author, v.Post.Subject(), g.ID, 0)
					return err
				},
				func() error { _, err := tryEdit(t.Context(), h, h.Author, v, "Other words."); return err },
			)
			ok(t, errs[1])
			if reason := advocacy.ReasonOf(errs[0]); errs[0] != nil && reason != "SUGGESTION_OUTDATED" {
				t.Fatal(errs[0])
			}
			now := h.Post(t, v.Post.ID)
			if now.Head.Content.Text != "Other words." || (errs[0] == nil) != (len(now.Head.Suggesters) == 1) {
				t.Fatalf("%v, and the head is %q with %v", errs[0], now.Head.Content.Text, now.Head.Suggesters)
			}
		}
	})
}

// TestSuggestionForAnItem: whoever may change items takes it, as a revision with a review of
// its own, while what is in force stays so; whoever suggested does not sign it.
func TestSuggestionForAnItem(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := h.Item(t, "Item.")
	sub := v.Item.Subject()
	suggests := func(text string) *advocacy.Suggestion {
		t.Helper()
		g, err := h.Flow.SuggestEdit(t.Context(), h.As(h.Legal), sub, workflow.SuggestionDraft{Digest: v.Revision.Digest, Text: text})
		ok(t, err)
		return g
	}
	g, other := suggests("Better item."), suggests("Worse item.")
	takes := func(who advocacy.PersonID, g *advocacy.Suggestion) error {
		_, err := h.Flow.AcceptSuggestion(t.Context(), h.As(who), sub, g.ID, 0)
		return err
	}
	refuses(t, h, advocacy.Denied, "NOT_A_CONTRIBUTOR", func() error { return takes(h.PR, g) })
	refuses(t, h, advocacy.NotFound, "ITEM_NOT_FOUND", func() error { return takes(h.Reader, g) })
	ok(t, takes(h.Curator, g))
	refuses(t, h, advocacy.Precondition, "SUGGESTION_OUTDATED", func() error { return takes(h.Curator, other) })
	seen, head, err := h.Flow.Suggestion(t.Context(), h.As(h.PR), sub, other.ID)
	ok(t, err)
	if seen.StateAt(head) != advocacy.SuggestionOutdated {
		t.Errorf("the other is %s", seen.StateAt(head))
	}
	refuses(t, h, advocacy.NotFound, "ITEM_NOT_FOUND", func() error {
		_, _, err := h.Flow.Suggestion(t.Context(), h.As(h.Reader), sub, g.ID)
		return err
	})
	_, err = h.Flow.DeclineSuggestion(t.Context(), h.As(h.Curator), sub, other.ID, "too late")
	ok(t, err)

	next, err := h.Flow.Item(t.Context(), h.As(h.Curator), h.W, v.Item.ID)
	ok(t, err)
	if r := next.Revision; next.Item.InForce != 1 || r.Number != 2 || r.Content.Text != "Better item." || r.Contributed(h.Legal) || !slices.Equal(r.Suggesters, []advocacy.PersonID{h.Legal}) {
		t.Fatalf("the item is %+v, its head %+v", next.Item, r)
	}
	ok(t, submitItem(t, h, next))
	refuses(t, h, advocacy.Denied, "SELF_REVIEW", func() error { return decideItem(t, h, h.Legal, next, "legal", advocacy.Approve) })
	ok(t, decideItem(t, h, h.Legal2, next, "legal", advocacy.Approve))
	ok(t, decideItem(t, h, h.PR, next, "pr", advocacy.Approve))
	if now, err := h.Store.Item(t.Context(), h.W, v.Item.ID); err != nil || now.InForce != 2 {
		t.Errorf("in force is %d: %v", now.InForce, err)
	}
}
