package workflow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// TestRejectedInAnotherPost: legal rejected some words. Whoever submits exactly the same
// elsewhere needs legal, whatever the policy asks by then; the preview says so, the reason
// is named, and nothing else is touched.
func TestRejectedInAnotherPost(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := rejected(t, h, l)
	mild := routing.Sign(advocacy.RolePR, 1)
	mild.Veto = false
	enact(t, h, mild)
	enough := h.Submit(t, h.Draft(t, "Something else.", h.Ledger))
	if n := len(enough.Review.Plan.Requirements); n != 1 {
		t.Fatalf("other words ask for %d signatures", n)
	}

	preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Content: v.Head.Content, Accounts: v.Head.Targets,
	})
	ok(t, err)
	twin := h.Submit(t, h.Draft(t, v.Head.Content.Text, v.Head.Targets...))
	if twin.Head.Digest != v.Head.Digest {
		t.Fatal("the same words have another digest")
	}
	for _, plan := range []advocacy.Plan{preview.Plan, twin.Review.Plan} {
		r, asked := plan.Find("legal")
		named := slices.ContainsFunc(r.Rules, func(w advocacy.RuleReason) bool { return w.Rule == "rejected_elsewhere" && w.Reason != "" })
		if !asked || !r.Veto || r.Role != advocacy.RoleLegal || r.Quorum != 1 || !named {
			t.Errorf("the plan is %+v", plan)
		}
		if r, asked := plan.Find("pr"); !asked || r.Veto {
			t.Errorf("what nobody rejected for is %+v", r)
		}
	}
	h.Sign(t, h.PR, twin, "pr")
	state(t, h, twin, advocacy.PostInReview)
	h.Sign(t, h.Legal2, twin, "legal")
	state(t, h, twin, advocacy.PostScheduled)
}

// TestRejectedElsewhereByAnAskedRole: who is asked anyway is asked once, in the same stage,
// and may veto.
func TestRejectedElsewhereByAnAskedRole(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := rejected(t, h, l)
	later := advocacy.Requirement{Key: "law", Kind: advocacy.RequireHumans, Role: advocacy.RoleLegal, Quorum: 2, Stage: 2}
	enact(t, h, routing.Sign(advocacy.RolePR, 1), later)
	plan := h.Submit(t, h.Draft(t, v.Head.Content.Text, v.Head.Targets...)).Review.Plan
	r, _ := plan.Find("law")
	if len(plan.Requirements) != 2 || !r.Veto || r.Stage != 2 || r.Quorum != 2 || len(r.Rules) == 0 {
		t.Errorf("the plan is %+v", plan)
	}
	taken := routing.Sign(advocacy.RolePR, 1)
	taken.Key = "legal"
	enact(t, h, taken)
	twin := h.Submit(t, h.Draft(t, v.Head.Content.Text, v.Head.Targets...))
	h.Sign(t, h.PR, twin, "legal")
	h.Sign(t, h.Legal2, twin, "approver-legal")
	state(t, h, twin, advocacy.PostScheduled)
}

// TestObjectionUnderATakenKey: legal objected, and then the policy calls another role's
// signature what legal's was called. Both are asked, each by a name of its own, and the post
// can still be approved.
func TestObjectionUnderATakenKey(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := changesRequested(t, h, l)
	taken := routing.Sign(advocacy.RolePR, 1)
	taken.Key = "legal"
	enact(t, h, taken)
	h.Clock.Advance(time.Minute)
	next := h.Submit(t, edit(t, h, v, "Other words."))
	for key, role := range map[string]advocacy.Role{"legal": advocacy.RolePR, "approver-legal": advocacy.RoleLegal} {
		if r, asked := next.Review.Plan.Find(key); !asked || r.Role != role || r.Quorum != 1 {
			t.Errorf("the signature called %s is %+v", key, r)
		}
	}
	h.Sign(t, h.PR, next, "legal")
	state(t, h, next, advocacy.PostInReview)
	h.Sign(t, h.Legal2, next, "approver-legal")
	state(t, h, next, advocacy.PostScheduled)
}
