package workflow_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

func forbidden(text string) advocacy.Term {
	return advocacy.Term{Text: text, Grade: advocacy.GradeForbidden, Reason: "Not " + text + "."}
}

func restricted(text string, role advocacy.Role) advocacy.Term {
	return advocacy.Term{Text: text, Grade: advocacy.GradeRestricted, Role: role, Reason: "Mind " + text + "."}
}

// watch publishes a lexicon of the terms.
func watch(t *testing.T, h *workflowtest.House, terms ...advocacy.Term) *advocacy.LexiconRevision {
	t.Helper()
	return h.Watch(t, workflow.LexiconDraft{Terms: terms})
}

// recheck carries out the run of a revision, as its job does.
func recheck(t testing.TB, h *workflowtest.House, r *advocacy.LexiconRevision) *advocacy.LexiconRecheck {
	t.Helper()
	ok(t, h.Flow.RecheckLexicon(t.Context(), h.W, r.Number))
	k, err := h.Store.FindLexiconRecheck(t.Context(), h.W, r.Lexicon, r.Number)
	ok(t, err)
	return k
}

// blockersOf are the codes of what is in the way of a post, with what they are about.
func blockersOf(t *testing.T, h *workflowtest.House, v *workflow.PostView) []string {
	t.Helper()
	e, err := h.Flow.ExplainPost(t.Context(), h.As(h.Auditor), h.W, v.Post.ID)
	ok(t, err)
	var out []string
	for _, b := range e.Blockers() {
		out = append(out, strings.TrimSpace(b.Code+" "+b.Subject))
	}
	return out
}

// TestForbiddenTerm: nobody submits one, however it is written and wherever it stands, and
// an administrator does not either.
func TestForbiddenTerm(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	watch(t, h, forbidden("miracle"))
	unready(t, h, "A m1racle.", "TERM_FORBIDDEN")
	h.Submit(t, h.Draft(t, "A marvel."))

	boss := h.As(h.Admin)
	v, err := h.Flow.CreatePost(t.Context(), boss, h.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: "A miracle."}, Accounts: []advocacy.AccountID{h.Wall},
	})
	ok(t, err)
	refuses(t, h, advocacy.Precondition, "TERM_FORBIDDEN", func() error {
		_, err := h.Flow.SubmitPost(t.Context(), boss, h.W, v.Post.ID, workflow.Submit{Digest: v.Head.Digest})
		return err
	})
	item, err := h.Flow.CreateItem(t.Context(), h.As(h.Curator), h.W, workflow.ItemDraft{
		Title: "Item", Topic: "news", Networks: []advocacy.Network{"wall"}, Content: advocacy.Content{Language: "en", Text: "MIRACLE"},
	})
	ok(t, err)
	refuses(t, h, advocacy.Precondition, "TERM_FORBIDDEN", func() error {
		_, err := h.Flow.SubmitItem(t.Context(), h.As(h.Curator), h.W, item.Item.ID, workflow.Submit{Digest: item.Revision.Digest})
		return err
	})
}

// TestForbiddenTermNeverGoesOut: what everybody signed stops at the gate as soon as a term
// in it is forbidden, though nobody looked at it meanwhile; it is the author's turn, and
// it goes on by itself when the term is allowed again.
func TestForbiddenTermNeverGoesOut(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	v := h.Approved(t, "A miracle.")
	watch(t, h, forbidden("miracle"))
	if got := blockersOf(t, h, v); !slices.Equal(got, []string{"TERM_FORBIDDEN miracle"}) {
		t.Fatalf("in the way: %v", got)
	}
	h.Work(t)
	if n := h.OnWall(t); n != 0 {
		t.Fatalf("a forbidden term is on the wall")
	}
	now := h.Post(t, v.Post.ID)
	if now.Post.State != advocacy.PostInReview || now.Publications[0].State != advocacy.Cancelled || now.Publications[0].Answer.Text != "TERM_FORBIDDEN" {
		t.Fatalf("the post is %s, its publication %+v", now.Post.State, now.Publications)
	}
	tasks, _, err := h.Store.Tasks(t.Context(), workflow.TaskQuery{Workspace: h.W, State: workflow.TaskOpen, Page: workflow.Page{Size: 9}})
	ok(t, err)
	if len(tasks) != 1 || tasks[0].Why != advocacy.WhyChangesRequested || tasks[0].Person != h.Author {
		t.Fatalf("the open turns: %+v", tasks)
	}
	watch(t, h)
	ok(t, h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		return h.Flow.Reopen(ctx, tx, now.Post, 1)
	}))
	h.Work(t)
	if n := h.OnWall(t); n != 1 {
		t.Fatalf("what is allowed again went out %d times", n)
	}
}

// TestForbiddenTermIsNotRoutedAgain: an admin cannot route it past the term.
func TestForbiddenTermIsNotRoutedAgain(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	v := h.Submit(t, h.Draft(t, "A miracle."))
	watch(t, h, forbidden("miracle"))
	refuses(t, h, advocacy.Precondition, "TERM_FORBIDDEN", func() error {
		_, err := h.Flow.RerouteReview(t.Context(), h.As(h.Admin), v.Post.Subject(), 1, workflow.Reroute{Digest: v.Head.Digest, Reason: "again"})
		return err
	})
}

// TestRestrictedTerm: it asks its role besides whom the policy asks, in its own words; once
// when the policy asks the role already, and anew when the term comes later.
func TestRestrictedTerm(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	enforce(t, h, `defaults: [{role: "approver:pr", veto: true}]`)
	early := h.Submit(t, h.Draft(t, "Growth is guaranteed."))
	watch(t, h, restricted("guaranteed", advocacy.RoleLegal), restricted("growth", advocacy.RolePR))
	v := h.Submit(t, h.Draft(t, "Growth is guaranteed."))
	keys := func(p advocacy.Plan) (out []string) {
		for _, r := range p.Requirements {
			out = append(out, r.Key)
			for _, why := range r.Rules {
				if why == (advocacy.RuleReason{Rule: "term: growth", Reason: "Mind growth."}) && r.Key != "pr" {
					t.Errorf("%s is asked for the term of another role", r.Key)
				}
			}
		}
		return out
	}
	if got := keys(v.Review.Plan); !slices.Equal(got, []string{"pr", "legal"}) {
		t.Fatalf("it asks %v", got)
	}
	h.Sign(t, h.PR, early, "pr")
	if got := blockersOf(t, h, early); !slices.Equal(got, []string{"NEED_APPROVALS"}) {
		t.Fatalf("in the way of what was submitted before: %v", got)
	}
	ok(t, h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		return h.Flow.Reopen(ctx, tx, h.Post(t, early.Post.ID).Post, 1)
	}))
	if got := keys(h.Post(t, early.Post.ID).Review.Plan); !slices.Equal(got, []string{"pr", "legal"}) {
		t.Fatalf("after a look it asks %v", got)
	}
	h.Sign(t, h.Legal, early, "legal")
	h.Work(t)
	if n := h.OnWall(t); n != 1 {
		t.Fatalf("%d entries on the wall", n)
	}
}

// TestRestrictedTermOfAnItem: what a role signed in the library it does not sign again in an
// unedited share; a role that did not has to.
func TestRestrictedTermOfAnItem(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	item := ledgerItem(t, h, "Growth is guaranteed.")
	watch(t, h, restricted("guaranteed", advocacy.RoleLegal))
	shared := shareAt(t, h, item, time.Time{})
	state(t, h, shared, advocacy.PostScheduled)
	compliance := advocacy.Role("approver:compliance")
	_, err := h.Flow.CreateRole(t.Context(), h.As(h.Admin), h.W, advocacy.RoleDef{
		Role: compliance, DisplayName: "Compliance", Permissions: []advocacy.Permission{"reviews.read", "reviews.decide"},
	})
	ok(t, err)
	watch(t, h, restricted("guaranteed", compliance))
	if got := blockersOf(t, h, shared); !slices.Equal(got, []string{"NEED_APPROVALS"}) {
		t.Fatalf("in the way of the share: %v", got)
	}
}

// TestReplayKnowsTheLexicon: a simulation asks by the lexicon a round was opened under.
func TestReplayKnowsTheLexicon(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	h.Submit(t, h.Draft(t, "Growth."))
	watch(t, h, restricted("growth", advocacy.RoleLegal))
	h.Submit(t, h.Draft(t, "Growth."))
	h.Clock.Advance(time.Minute)
	p := draft(t, h, `
defaults: [{role: "approver:legal"}, {role: "approver:pr"}]
rules:
  - id: term
    when: '"growth" in post.restricted_terms'
    require: [{role: "approver:pr", quorum: 2}]`)
	m := simulate(t, h, p)
	if len(m.Report.Rules) != 1 || m.Report.Rules[0].Matched != 1 {
		t.Fatalf("the rule matched %+v", m.Report.Rules)
	}
}
