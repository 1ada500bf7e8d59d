package workflow_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// enforce puts a whole policy document in force.
func enforce(t *testing.T, h *workflowtest.House, document string) {
	t.Helper()
	if _, err := h.Flow.Routing.Check([]byte(document)); err != nil {
		t.Fatal(err)
	}
	ok(t, h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		now, err := tx.Policy(ctx, h.W)
		if err != nil {
			return err
		}
		return tx.AddPolicyRevision(ctx, &workflow.PolicyRevision{
			Workspace: h.W, Policy: now.Policy, Revision: now.Revision + 1, Document: []byte(document),
			Digest: advocacy.DigestOf([]byte(document)), Active: true, CreateTime: tx.Now(),
		})
	}))
}

const disclosed = `
defaults: [{role: "approver:legal", veto: true}, {role: "approver:pr", veto: true}]
rules:
  - id: ad
    when: post.text.contains("good")
    preconditions: [{expr: post.sponsored, reason: DISCLOSURE_MISSING, words: Say that it is advertising.}]
`

// TestPreconditionAtSubmit: what has to hold first is asked before anybody is, and told
// in the policy's own words.
func TestPreconditionAtSubmit(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	enforce(t, h, disclosed)
	draft := h.Draft(t, "So good.")
	_, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, draft.Post.ID, workflow.Submit{Digest: draft.Head.Digest})
	e, known := err.(*advocacy.Error)
	if !known || e.Reason != "PRECONDITION_UNMET" || e.Message != "Say that it is advertising." || e.Meta["precondition"] != "DISCLOSURE_MISSING" {
		t.Fatalf("it says %v", err)
	}
	preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{Content: draft.Head.Content, Accounts: draft.Head.Targets})
	ok(t, err)
	if len(preview.Unmet) != 1 || preview.Unmet[0].Rule != "ad" {
		t.Errorf("the preview says %+v", preview.Unmet)
	}
	h.Submit(t, h.Draft(t, "So so."))
}

// TestPreconditionStopsWhatIsScheduled: a policy that comes into force later stops what
// does not meet it, whoever signed.
func TestPreconditionStopsWhatIsScheduled(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	view := h.Submit(t, h.Draft(t, "So good."))
	h.Sign(t, h.Legal, view, "legal")
	enforce(t, h, disclosed)
	h.Sign(t, h.PR, view, "pr")
	r := review(t, h, view, advocacy.ReviewOpen)
	shown, err := h.Flow.Review(t.Context(), h.As(h.PR), view.Post.Subject(), r.Round)
	ok(t, err)
	if shown.Tally.Satisfied || len(shown.Tally.Blockers) != 1 || shown.Tally.Blockers[0].Code != advocacy.BlockPrecondition {
		t.Errorf("the round says %+v", shown.Tally.Blockers)
	}
	if turn := taskOf(t, h, view, ""); turn.Why != advocacy.WhyPrecondition || turn.Person != h.Author {
		t.Errorf("it is the turn of %s %s, for %s", turn.Role, turn.Person, turn.Why)
	}
	h.Work(t)
	stand(t, h, view)
}

// TestQuietPeriod: a period is asked about again when its days have come, though nothing
// else changed.
func TestQuietPeriod(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	enforce(t, h, `
periods: {quiet: [{from: 2026-11-21, to: 2026-11-30}]}
defaults: [{role: "approver:legal", veto: true}]
rules:
  - id: quiet
    when: periods.quiet
    require: [{role: "approver:pr"}, {role: "approver:legal"}]
`)
	early, late := h.Submit(t, h.Draft(t, "Before.")), h.Submit(t, h.Draft(t, "During."))
	h.Sign(t, h.Legal, early, "legal")
	h.Work(t)
	stand(t, h, early, advocacy.Published)
	h.Clock.Advance(24 * time.Hour)
	h.Sign(t, h.Legal, late, "legal")
	review(t, h, late, advocacy.ReviewOpen)
	h.Sign(t, h.PR, late, "pr")
	h.Work(t)
	stand(t, h, late, advocacy.Published)
}

// TestWhatRulesSee: who writes, the shelf behind a share, and how much of it was changed.
func TestWhatRulesSee(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	item := h.Item(t, "Our new lab is open.")
	enforce(t, h, `
defaults: [{role: "approver:legal"}]
rules:
  - {id: author, when: '"nantes" in author.groups && "employee" in author.roles', require: [{role: "approver:pr"}]}
  - {id: shelf, when: '"news" in post.topics', require: [{role: "approver:legal"}]}
  - {id: little, when: 'post.origin == "library_edited" && post.changed_chars == 1', require: [{role: "approver:pr"}]}
  - {id: much, when: 'post.origin == "library_edited" && post.changed_chars > 900', require: [{role: "approver:pr", quorum: 2}]}
`)
	groups := []string{"nantes"}
	_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, h.Author, workflow.MemberChange{Groups: &groups})
	ok(t, err)
	rules := func(d workflow.PostDraft) []string {
		t.Helper()
		p, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, d)
		ok(t, err)
		var ids []string
		for _, r := range p.Plan.Requirements {
			for _, why := range r.Rules {
				ids = append(ids, why.Rule)
			}
		}
		return ids
	}
	same := func(got []string, want ...string) {
		t.Helper()
		slices.Sort(got)
		if got = slices.Compact(got); !slices.Equal(got, want) {
			t.Errorf("it matches %v, want %v", got, want)
		}
	}
	wall := []advocacy.AccountID{h.Wall}
	same(rules(workflow.PostDraft{Content: advocacy.Content{Language: "en", Text: "Mine."}, Accounts: wall}), "author")
	same(rules(workflow.PostDraft{Item: item.Item.ID, Content: advocacy.Content{Language: "en"}, Accounts: wall}), "author", "shelf")
	mended := advocacy.Content{Language: "en", Text: "Our new lab is open!"}
	same(rules(workflow.PostDraft{Item: item.Item.ID, Content: mended, Accounts: wall}), "author", "little", "shelf")
	mended.Text, mended.Link = item.Revision.Content.Text, "https://elsewhere.example"
	same(rules(workflow.PostDraft{Item: item.Item.ID, Content: mended, Accounts: wall}), "author", "much", "shelf")
}

// quietWeek is a policy that asks PR besides for what goes out in one week.
const quietWeek = `
periods: {quiet: [{from: 2026-11-23, to: 2026-11-29}]}
defaults: [{role: "approver:legal", veto: true}]
rules:
  - id: quiet
    when: periods.quiet
    require: [{role: "approver:pr"}, {role: "approver:legal"}]
`

// planned submits a post for a day of November under a quiet week.
func planned(t *testing.T, h *workflowtest.House, day int) *workflow.PostView {
	t.Helper()
	enforce(t, h, quietWeek)
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: "On a day of its own."}, Accounts: []advocacy.AccountID{h.Wall},
		PublishTime: time.Date(2026, 11, day, 12, 0, 0, 0, time.UTC), Zone: "Europe/Paris",
	})
	ok(t, err)
	return h.Submit(t, v)
}

// moved gives a post another day, without a new revision.
func moved(t *testing.T, h *workflowtest.House, v *workflow.PostView, day int) *workflow.PostView {
	t.Helper()
	at := time.Date(2026, 11, day, 12, 0, 0, 0, time.UTC)
	out := change(t, h, v, workflow.PostChange{PublishTime: &at})
	if out.Head.Number != v.Head.Number {
		t.Fatalf("another day made revision %d", out.Head.Number)
	}
	return out
}

// TestRoutingInputAddsARole (edge case 6) [I11]: another day asks somebody besides, and
// what was signed stands.
func TestRoutingInputAddsARole(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	v := planned(t, h, 22)
	h.Sign(t, h.Legal, v, "legal")
	stand(t, h, v, advocacy.Scheduled)
	moved(t, h, v, 24)
	review(t, h, v, advocacy.ReviewOpen)
	waits(t, h, h.Legal)
	waits(t, h, h.PR, "pr")
	h.Sign(t, h.PR, v, "pr")
	review(t, h, v, advocacy.ReviewApproved)
	h.Clock.Advance(5 * 24 * time.Hour)
	h.Work(t)
	if n := h.OnWall(t); n != 1 {
		t.Errorf("%d posts are on the wall", n)
	}
}

// TestRoutingInputTakesNoRole (edge case 7): another day that would ask fewer people leaves
// the round as it is.
func TestRoutingInputTakesNoRole(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	v := planned(t, h, 24)
	moved(t, h, v, 22)
	h.Sign(t, h.Legal, v, "legal")
	review(t, h, v, advocacy.ReviewOpen)
	waits(t, h, h.PR, "pr")
	h.Sign(t, h.PR, v, "pr")
	review(t, h, v, advocacy.ReviewApproved)
}
