package workflow_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// publishes tries nothing, and publishes a draft as somebody.
func publishes(t *testing.T, h *workflowtest.House, c workflow.Call, d workflow.LexiconDraft) func() error {
	return func() error {
		_, err := h.Flow.PublishLexicon(t.Context(), c, h.W, advocacy.DefaultLexicon, d)
		return err
	}
}

// TestPublishedLexiconWasTried: nobody publishes what he or she has not tried, to the end, as it is,
// against what is in force, and just now.
func TestPublishedLexiconWasTried(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	admin := h.As(h.Admin)
	draft := workflow.LexiconDraft{Terms: []advocacy.Term{forbidden("miracle")}}
	refuses(t, h, advocacy.Precondition, "LEXICON_NOT_TRIED", publishes(t, h, admin, draft))

	trial := h.Tried(t, admin, draft)
	stale := func(why string, c workflow.Call, change func(*workflow.LexiconDraft)) {
		t.Helper()
		t.Log(why)
		other := draft
		other.Trial = trial
		change(&other)
		refuses(t, h, advocacy.Precondition, "LEXICON_TRIAL_STALE", publishes(t, h, c, other))
	}
	same := func(*workflow.LexiconDraft) {}
	stale("another term", admin, func(d *workflow.LexiconDraft) { d.Terms = append(d.Terms, forbidden("marvel")) })
	stale("another name", admin, func(d *workflow.LexiconDraft) { d.Names = []string{"Acme"} })
	stale("another person", h.As(h.Legal), same)
	for _, forged := range []string{"x", "...", "x.0.0.", trial + "x", "x" + trial, trial[:len(trial)-1]} {
		stale("a forged word", admin, func(d *workflow.LexiconDraft) { d.Trial = forged })
	}
	h.Clock.Advance(time.Hour + time.Second)
	stale("an hour ago", admin, same)

	draft.Trial = h.Tried(t, admin, draft)
	ok(t, publishes(t, h, admin, draft)())
	trial = draft.Trial
	stale("against what is not in force any more", admin, same)
}

// TestDryRunLeavesNoPageOut: who tries gets each page for the one before, and the word to publish
// with for the last.
func TestDryRunLeavesNoPageOut(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	for range 2 {
		h.Submit(t, h.Draft(t, "A miracle."))
	}
	admin := h.As(h.Admin)
	draft := workflow.LexiconDraft{Terms: []advocacy.Term{forbidden("miracle")}}
	try := func(c workflow.Call, d workflow.LexiconDraft, after string) (*workflow.LexiconTrial, error) {
		return h.Flow.TryLexicon(t.Context(), c, h.W, advocacy.DefaultLexicon, d, workflow.Page{Size: 1, After: after})
	}
	first, err := try(admin, draft, "")
	ok(t, err)
	if first.Checked != 1 || first.Trial != "" || first.Next == "" {
		t.Fatalf("the first of two pages is %+v", first)
	}
	half := draft
	half.Trial = first.Next
	refuses(t, h, advocacy.Precondition, "LEXICON_TRIAL_STALE", publishes(t, h, admin, half))
	whole := h.Tried(t, admin, draft)
	for why, page := range map[string]func() error{
		"a place nobody gave": func() error { _, err := try(admin, draft, "shown|7|"); return err },
		"after the last page": func() error { _, err := try(admin, draft, whole); return err },
		"another lexicon":     func() error { _, err := try(admin, workflow.LexiconDraft{}, first.Next); return err },
		"another person":      func() error { _, err := try(h.As(h.Legal), draft, first.Next); return err },
	} {
		t.Log(why)
		refuses(t, h, advocacy.Invalid, "PAGE_TOKEN_INVALID", page)
	}
	for after := first.Next; after != ""; {
		p, err := try(admin, draft, after)
		ok(t, err)
		after, draft.Trial = p.Next, p.Trial
	}
	ok(t, publishes(t, h, admin, draft)())
}

// TestPublishedDisclosuresWereTried: the same holds for disclosure rules, and a dry run of them
// publishes no lexicon, nor the other way round.
func TestPublishedDisclosuresWereTried(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	h.Submit(t, disclosing(t, h, "Hello", "en"))
	h.Submit(t, disclosing(t, h, "Hello again, and again", "en"))
	admin := h.As(h.Admin)
	draft := workflow.DisclosureDraft{Rules: []advocacy.DisclosureRule{staff("staff", "I work for Acme.")}}
	publish := func(c workflow.Call, d workflow.DisclosureDraft) func() error {
		return func() error {
			_, err := h.Flow.PublishDisclosures(t.Context(), c, h.W, advocacy.DefaultDisclosures, d)
			return err
		}
	}
	refuses(t, h, advocacy.Precondition, "DISCLOSURES_NOT_TRIED", publish(admin, draft))
	half, err := h.Flow.TryDisclosures(t.Context(), admin, h.W, advocacy.DefaultDisclosures, draft, workflow.Page{Size: 1})
	ok(t, err)
	trial := h.TriedRules(t, admin, draft)
	stale := func(why string, c workflow.Call, change func(*workflow.DisclosureDraft)) {
		t.Helper()
		t.Log(why)
		other := draft
		other.Trial = trial
		change(&other)
		refuses(t, h, advocacy.Precondition, "DISCLOSURES_TRIAL_STALE", publish(c, other))
	}
	stale("half of it", admin, func(d *workflow.DisclosureDraft) { d.Trial = half.Next })
	stale("a dry run of a lexicon", admin, func(d *workflow.DisclosureDraft) { d.Trial = h.Tried(t, admin, workflow.LexiconDraft{}) })
	stale("another rule", admin, func(d *workflow.DisclosureDraft) { d.Rules = nil })
	stale("required as well", admin, func(d *workflow.DisclosureDraft) { d.Required = true })
	stale("another person", h.As(h.Legal), func(*workflow.DisclosureDraft) {})
	refuses(t, h, advocacy.Precondition, "LEXICON_TRIAL_STALE", publishes(t, h, admin, workflow.LexiconDraft{Trial: trial}))
	h.Clock.Advance(time.Hour + time.Second)
	stale("an hour ago", admin, func(*workflow.DisclosureDraft) {})

	draft.Trial = h.TriedRules(t, admin, draft)
	ok(t, publish(admin, draft)())
	trial = draft.Trial
	stale("against what is not in force any more", admin, func(*workflow.DisclosureDraft) {})
}
