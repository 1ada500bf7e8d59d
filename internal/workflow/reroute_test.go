package workflow_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// reroute has the newest round routed again by an admin.
func reroute(t *testing.T, h *workflowtest.House, c workflow.Call, v *workflow.PostView) error {
	t.Helper()
	_, err := h.Flow.RerouteReview(t.Context(), c, v.Post.Subject(), v.Review.Round, workflow.Reroute{
		Digest: v.Head.Digest, Reason: "The new policy asks for less.",
	})
	return err
}

// requirementKeys are what a plan asks for, in order.
func requirementKeys(p advocacy.Plan) []string {
	var keys []string
	for _, r := range p.Requirements {
		keys = append(keys, r.Key)
	}
	slices.Sort(keys)
	return keys
}

// TestRerouteTakesAway: a policy that asks for less has no say in an open round until an
// admin has it routed again. The signature that was given keeps counting, the turn nobody
// has to take any more is over, and record, explanation and history say what was before.
func TestRerouteTakesAway(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	slow := routing.Sign(advocacy.RoleLegal, 1)
	slow.SLA.Business = 8 * time.Hour
	enact(t, h, slow, routing.Sign(advocacy.RolePR, 1))
	v := h.Submit(t, h.Draft(t, "Asked of two.", h.Ledger))
	before := v.Review.Plan
	h.Sign(t, h.PR, v, "pr")
	enact(t, h, routing.Sign(advocacy.RolePR, 1))
	h.Reassess(t)
	state(t, h, v, advocacy.PostInReview)

	view, err := h.Flow.RerouteReview(t.Context(), h.As(h.Admin), v.Post.Subject(), 1, workflow.Reroute{Digest: v.Head.Digest, Reason: "Legal is not needed."})
	ok(t, err)
	if view.Review.State != advocacy.ReviewApproved || view.Review.Policy.Revision != 3 || !slices.Equal(requirementKeys(view.Review.Plan), []string{"pr"}) {
		t.Errorf("the round is %+v", view.Review)
	}
	state(t, h, v, advocacy.PostScheduled)

	tasks, _, err := h.Store.Tasks(t.Context(), workflow.TaskQuery{Workspace: h.W, State: workflow.TaskOpen, Page: workflow.Page{Size: 10}})
	ok(t, err)
	deadlines, err := h.Store.Deadlines(t.Context(), v.Post.Subject(), 1)
	ok(t, err)
	if len(tasks) != 0 || len(deadlines) != 1 || deadlines[0].State != advocacy.DeadlineOver {
		t.Errorf("somebody is still waited for: %+v, %+v", tasks, deadlines)
	}
	e, err := h.Flow.ExplainReview(t.Context(), h.As(h.Author), v.Post.Subject(), 1)
	ok(t, err)
	want := []advocacy.FormerPlan{{
		Subject: v.Post.Subject(), Round: 1, Number: 1, Plan: before, Policy: advocacy.PolicyRef{Policy: routing.BuiltinID, Revision: 2},
		Next: advocacy.PolicyRef{Policy: routing.BuiltinID, Revision: 3}, Cause: advocacy.PlanRerouted, Person: h.Admin,
		Reason: "Legal is not needed.", Time: h.Clock.Now(),
	}}
	if diff := cmp.Diff(want, e.Former); diff != "" {
		t.Errorf("the plans before are (-want +got):\n%s", diff)
	}
	checkRerouteRecord(t, h, v)
	h.Work(t)
	state(t, h, v, advocacy.PostPublished)
}

// checkRerouteRecord: the record names both policies and what was taken away.
func checkRerouteRecord(t *testing.T, h *workflowtest.House, v *workflow.PostView) {
	t.Helper()
	all := records(t, h, v.Post.Subject().Name())
	at := slices.IndexFunc(all, func(r advocacy.AuditRecord) bool { return r.Action == "review.rerouted" })
	if at < 0 || all[at].Actor.Person != h.Admin {
		t.Fatal("nothing says who had it routed again")
	}
	var detail struct {
		Before  advocacy.PolicyRef     `json:"policy_before"`
		Policy  advocacy.PolicyRef     `json:"policy"`
		Added   []advocacy.Requirement `json:"added"`
		Removed []advocacy.Requirement `json:"removed"`
	}
	ok(t, json.Unmarshal(all[at].Detail, &detail))
	if detail.Before.Revision != 2 || detail.Policy.Revision != 3 || len(detail.Added) != 0 || len(detail.Removed) != 1 || detail.Removed[0].Key != "legal" {
		t.Errorf("the record says %s", all[at].Detail)
	}
}

// TestRerouteApprovesNothing: without a signature the round stays open, whatever is asked
// for less; an objection keeps its role, and its turn.
func TestRerouteApprovesNothing(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	unsigned, objected, signedOver := inReview(t, h, l), changesRequested(t, h, l), changesRequested(t, h, l)
	h.Clock.Advance(time.Minute)
	h.Sign(t, h.Legal2, signedOver, "legal")
	short := routing.Sign(advocacy.RolePR, 1)
	short.TTL = time.Hour
	enact(t, h, short)
	for v, want := range map[*workflow.PostView]struct {
		state advocacy.PostState
		keys  []string
	}{
		unsigned:   {advocacy.PostInReview, []string{"pr"}},
		objected:   {advocacy.PostChangesRequested, []string{"legal", "pr"}},
		signedOver: {advocacy.PostInReview, []string{"legal", "pr"}},
	} {
		ok(t, reroute(t, h, h.As(h.Admin), v))
		state(t, h, v, want.state)
		review, err := h.Store.Review(t.Context(), v.Post.Subject(), 1)
		ok(t, err)
		if keys := requirementKeys(review.Plan); !slices.Equal(keys, want.keys) {
			t.Errorf("it asks for %v, not for %v", keys, want.keys)
		}
	}
	h.Sign(t, h.PR, unsigned, "pr")
	state(t, h, unsigned, advocacy.PostScheduled)
	h.Sign(t, h.PR, signedOver, "pr")
	state(t, h, signedOver, advocacy.PostScheduled)
	h.Sign(t, h.PR, objected, "pr")
	state(t, h, objected, advocacy.PostChangesRequested)
}

// TestRerouteRefuses: who may not, and what is not routed again.
func TestRerouteRefuses(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	by := func(c workflow.Call, d workflow.Reroute) func() error {
		return func() error {
			_, err := h.Flow.RerouteReview(t.Context(), c, v.Post.Subject(), 1, d)
			return err
		}
	}
	good := workflow.Reroute{Digest: v.Head.Digest, Reason: "because"}
	refuses(t, h, advocacy.Precondition, "PLAN_CURRENT", by(h.As(h.Admin), good))
	enact(t, h, routing.Sign(advocacy.RolePR, 1))
	refuses(t, h, advocacy.Denied, "MACHINE_CANNOT_REROUTE", by(h.AsKey(h.Admin), good))
	refuses(t, h, advocacy.Conflict, "REVISION_CHANGED", by(h.As(h.Admin), workflow.Reroute{Digest: advocacy.DigestOf(nil), Reason: "because"}))
	refuses(t, h, advocacy.Conflict, "ETAG_STALE", by(h.As(h.Admin), workflow.Reroute{Digest: v.Head.Digest, Version: 9, Reason: "because"}))
	refuses(t, h, advocacy.Invalid, "REASON_REQUIRED", by(h.As(h.Admin), workflow.Reroute{Digest: v.Head.Digest, Reason: " "}))

	regrant(t, h, h.Author, advocacy.RoleEmployee, advocacy.RoleAdmin)
	refuses(t, h, advocacy.Denied, "SELF_REVIEW", by(h.As(h.Author), good))
	h.Sign(t, h.PR, v, "pr")
	h.Sign(t, h.Legal, v, "legal")
	refuses(t, h, advocacy.Precondition, "REVIEW_CLOSED", by(h.As(h.Admin), good))
}

// TestRerouteWavesNothingThrough: what a policy wants to hold first is asked again, and a
// plan that grew under a stricter policy is known by its history.
func TestRerouteWavesNothingThrough(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	enforce(t, h, `
defaults: [{role: "approver:pr"}]
rules:
  - id: dated
    when: "true"
    preconditions: [{expr: "post.scheduled", reason: NOT_SCHEDULED, words: Choose a time.}]
`)
	e := refuses(t, h, advocacy.Precondition, "PRECONDITION_UNMET", func() error { return reroute(t, h, h.As(h.Admin), v) })
	if e.Meta["precondition"] != "NOT_SCHEDULED" {
		t.Errorf("it says %v", e.Meta)
	}
	enact(t, h, routing.Sign(advocacy.RoleLegal, 2))
	h.Reassess(t)
	ok(t, reroute(t, h, h.As(h.Admin), v))
	former, err := h.Store.FormerPlans(t.Context(), v.Post.Subject(), 1)
	ok(t, err)
	if len(former) != 2 || former[0].Cause != advocacy.PlanGrew || former[0].Person != "" || former[1].Cause != advocacy.PlanRerouted ||
		!slices.Equal(requirementKeys(former[1].Plan), []string{"legal", "pr"}) {
		t.Errorf("the plans before are %+v", former)
	}
	// The floor at the gate stays: what a stricter policy asks for is added again.
	enact(t, h, routing.Sign(advocacy.RoleLegal, 2), routing.Sign(advocacy.RolePR, 1))
	h.Sign(t, h.Legal, v, "legal")
	h.Sign(t, h.Legal2, v, "legal")
	state(t, h, v, advocacy.PostInReview)
	h.Sign(t, h.PR, v, "pr")
	state(t, h, v, advocacy.PostScheduled)
}

// TestRerouteOfAnItem: items are routed again as well.
func TestRerouteOfAnItem(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	item := draftItem(t, h, "An item.")
	ok(t, submitItem(t, h, item))
	enact(t, h, routing.Sign(advocacy.RolePR, 1))
	view, err := h.Flow.RerouteReview(t.Context(), h.As(h.Admin), item.Item.Subject(), 1, workflow.Reroute{Digest: item.Revision.Digest, Reason: "because"})
	ok(t, err)
	if keys := requirementKeys(view.Review.Plan); !slices.Equal(keys, []string{"pr"}) {
		t.Errorf("it asks for %v", keys)
	}
}
