package workflow_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

func merge(t *testing.T, h *workflowtest.House, id, into advocacy.PersonID) {
	t.Helper()
	m, err := h.Flow.MergeMember(t.Context(), h.As(h.Admin), h.W, id, into, "the same person")
	ok(t, err)
	if m.State != advocacy.MemberDisabled || m.MergedInto != into {
		t.Fatalf("the merged membership is %+v", m)
	}
}

// TestMergedMemberships [I7]: when two memberships turn out to be one person, what the
// one wrote the other cannot sign, and what the one signed is gone.
func TestMergedMemberships(t *testing.T) {
	t.Parallel()
	t.Run("the writer's second membership cannot sign", func(t *testing.T) {
		t.Parallel()
		h, l := house(t)
		v := inReview(t, h, l)
		merge(t, h, h.Author, h.Legal)
		refuses(t, h, advocacy.Denied, "SELF_REVIEW", func() error { return h.Decide(t, h.Legal, v, "legal", advocacy.Approve) })
	})
	t.Run("what the second membership signed does not count", func(t *testing.T) {
		t.Parallel()
		h, l := house(t)
		v := scheduled(t, h, l)
		merge(t, h, h.Legal, h.Both)
		h.Work(t)
		sent(t, l)
		h.Sign(t, h.Both, v, "legal")
		h.Work(t)
		sent(t, l, "Signed.")
	})
	t.Run("a chain leads to the last", func(t *testing.T) {
		t.Parallel()
		h, l := house(t)
		v := inReview(t, h, l)
		merge(t, h, h.Author, h.Reader)
		merge(t, h, h.Reader, h.Legal)
		refuses(t, h, advocacy.Denied, "SELF_REVIEW", func() error { return h.Decide(t, h.Legal, v, "legal", advocacy.Approve) })
	})
	t.Run("what was decided under either is compared with", func(t *testing.T) {
		t.Parallel()
		h, _ := house(t)
		v := inReview(t, h, nil)
		ok(t, h.Decide(t, h.Legal2, v, "legal", advocacy.RequestChanges))
		merge(t, h, h.Legal2, h.Reader)
		merge(t, h, h.Reader, h.Legal)
		d, err := h.Flow.DiffRevision(t.Context(), h.As(h.Legal), v.Post.Subject(), v.Post.Head, workflow.DiffBase{Alias: workflow.BaseMyLastDecision})
		if ok(t, err); d.Base.Number != v.Post.Head {
			t.Errorf("it is compared with revision %d", d.Base.Number)
		}
	})
	t.Run("for good", func(t *testing.T) {
		t.Parallel()
		h, _ := house(t)
		merge(t, h, h.Reader, h.Author)
		for _, again := range []func() error{
			func() error {
				_, err := h.Flow.EnableMember(t.Context(), h.As(h.Admin), h.W, h.Reader, "back")
				return err
			},
			func() error {
				_, err := h.Flow.MergeMember(t.Context(), h.As(h.Admin), h.W, h.Reader, h.Legal, "")
				return err
			},
			func() error {
				_, err := h.Flow.MergeMember(t.Context(), h.As(h.Admin), h.W, h.Legal, h.Reader, "")
				return err
			},
		} {
			refuses(t, h, advocacy.Precondition, "MEMBER_MERGED", again)
		}
	})
	t.Run("nobody ends his or her own", func(t *testing.T) {
		t.Parallel()
		h, _ := house(t)
		refuses(t, h, advocacy.Denied, "SELF_GRANT", func() error {
			_, err := h.Flow.MergeMember(t.Context(), h.As(h.Admin), h.W, h.Admin, h.Legal, "")
			return err
		})
		refuses(t, h, advocacy.Invalid, "MEMBER_MERGED", func() error {
			_, err := h.Flow.MergeMember(t.Context(), h.As(h.Admin), h.W, h.Legal, h.Legal, "")
			return err
		})
	})
}

// excluding asks legal for a signature of somebody who is not close to the author.
func excluding(e advocacy.Exclusion) routing.Policy {
	policy := routing.Builtin()
	legal := routing.Sign(advocacy.RoleLegal, 1)
	legal.Exclude = []advocacy.Exclusion{e}
	policy.Defaults = []advocacy.Requirement{legal, routing.Sign(advocacy.RolePR, 1)}
	return policy
}

func reports(t *testing.T, h *workflowtest.House, who, to advocacy.PersonID) {
	t.Helper()
	_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, who, workflow.MemberChange{Manager: &to})
	ok(t, err)
}

// TestReportingLineDoesNotSign: with such a rule neither the author's superiors nor those
// who report to the author can sign, and a signature is lost when the line changes.
func TestReportingLineDoesNotSign(t *testing.T) {
	t.Parallel()
	lines := map[string]struct {
		before, after func(t *testing.T, h *workflowtest.House)
	}{
		"the manager's manager": {func(t *testing.T, h *workflowtest.House) {
			reports(t, h, h.Author, h.Reader)
			reports(t, h, h.Reader, h.Legal)
		}, func(t *testing.T, h *workflowtest.House) {
			reports(t, h, h.Reader, h.Both)
			reports(t, h, h.Both, h.Legal)
		}},
		"who reports to the author": {
			func(t *testing.T, h *workflowtest.House) { reports(t, h, h.Legal, h.Author) },
			func(t *testing.T, h *workflowtest.House) { reports(t, h, h.Author, h.Both) },
		},
	}
	for name, line := range lines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			h.Govern(t, excluding(advocacy.ExcludeManagers))
			regrant(t, h, h.Legal2, advocacy.RoleEmployee)
			line.before(t, h)
			v := inReview(t, h, l)
			refuses(t, h, advocacy.Denied, "EXCLUDED", func() error { return h.Decide(t, h.Legal, v, "legal", advocacy.Approve) })
			h.Sign(t, h.Both, v, "legal")
			h.Sign(t, h.PR, v, "pr")
			line.after(t, h)
			h.Work(t)
			sent(t, l)
			state(t, h, v, advocacy.PostUnroutable)
		})
	}
}

// TestTeamDoesNotSign: with such a rule a colleague of the author's group cannot sign.
func TestTeamDoesNotSign(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	h.Govern(t, excluding(advocacy.ExcludeTeam))
	for _, p := range []advocacy.PersonID{h.Author, h.Legal} {
		_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, p, workflow.MemberChange{Groups: &[]string{"Lyon"}})
		ok(t, err)
	}
	v := inReview(t, h, l)
	refuses(t, h, advocacy.Denied, "EXCLUDED", func() error { return h.Decide(t, h.Legal, v, "legal", advocacy.Approve) })
	h.Sign(t, h.Both, v, "legal")
}

// TestMergedRelations [I7]: what one membership is to a person the other is as well, on either
// side, before the merge and after it.
func TestMergedRelations(t *testing.T) {
	t.Parallel()
	relations := map[string]struct {
		exclude advocacy.Exclusion
		relate  func(t *testing.T, h *workflowtest.House)
		old, of advocacy.PersonID
	}{
		"the author reports to the second membership": {advocacy.ExcludeManagers, func(t *testing.T, h *workflowtest.House) { reports(t, h, h.Author, h.Reader) }, "reader", "legal"},
		"the second membership reports to the author": {advocacy.ExcludeManagers, func(t *testing.T, h *workflowtest.House) { reports(t, h, h.Reader, h.Author) }, "reader", "legal"},
		"through somebody": {advocacy.ExcludeManagers, func(t *testing.T, h *workflowtest.House) {
			reports(t, h, h.Author, h.Reader)
			reports(t, h, h.Auditor, h.Legal)
		}, "reader", "auditor"},
		"the author's second membership reports to who signs": {advocacy.ExcludeManagers, func(t *testing.T, h *workflowtest.House) { reports(t, h, h.Reader, h.Legal) }, "reader", "author"},
		"the second membership is of the author's team":       {advocacy.ExcludeTeam, func(t *testing.T, h *workflowtest.House) { teams(t, h, h.Author, h.Reader) }, "reader", "legal"},
		"the author's second membership is of the team":       {advocacy.ExcludeTeam, func(t *testing.T, h *workflowtest.House) { teams(t, h, h.Legal, h.Reader) }, "reader", "author"},
	}
	for name, r := range relations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			persons := map[advocacy.PersonID]advocacy.PersonID{"reader": h.Reader, "legal": h.Legal, "auditor": h.Auditor, "author": h.Author}
			h.Govern(t, excluding(r.exclude))
			r.relate(t, h)
			v := inReview(t, h, l)
			h.Sign(t, h.Legal, v, "legal")
			h.Sign(t, h.PR, v, "pr")
			state(t, h, v, advocacy.PostScheduled)
			merge(t, h, persons[r.old], persons[r.of])
			h.Reassess(t)
			state(t, h, v, advocacy.PostInReview)
			refuses(t, h, advocacy.Denied, "EXCLUDED", func() error { return h.Decide(t, h.Legal, v, "legal", advocacy.Approve) })
			h.Sign(t, h.Both, v, "legal")
			h.Work(t)
			sent(t, l, "Read me.")
		})
	}
}

func teams(t *testing.T, h *workflowtest.House, persons ...advocacy.PersonID) {
	t.Helper()
	for _, p := range persons {
		_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, p, workflow.MemberChange{Groups: &[]string{"Lyon"}})
		ok(t, err)
	}
}

// TestManagersFormNoCircle also refuses a manager nobody knows.
func TestManagersFormNoCircle(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	reports(t, h, h.Author, h.Legal)
	reports(t, h, h.Legal, h.PR)
	for manager, reason := range map[advocacy.PersonID]string{h.Author: "MANAGER_CIRCLE", h.PR: "MANAGER_CIRCLE", "nobody": "MEMBER_NOT_FOUND"} {
		refuses(t, h, advocacy.Invalid, reason, func() error {
			_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, h.PR, workflow.MemberChange{Manager: &manager})
			return err
		})
	}
}

// provable asks legal for a signature with a fresh proof of who gives it, and PR for any.
func provable() routing.Policy {
	policy := routing.Builtin()
	legal := routing.Sign(advocacy.RoleLegal, 1)
	legal.StepUp = true
	policy.Defaults = []advocacy.Requirement{legal, routing.Sign(advocacy.RolePR, 1)}
	return policy
}

// TestStepUp (edge case 59): a requirement may ask for a fresh proof of who signs, and
// nothing but a fresh proof will do, one at a time, among others, or given again.
func TestStepUp(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	h.Flow.Factor = "passkey"
	h.Govern(t, provable())
	v := inReview(t, h, l)
	state(t, h, v, advocacy.PostInReview)
	call := h.As(h.Legal)
	for _, proved := range []time.Time{{}, h.Clock.Now().Add(-advocacy.StepUpLife)} {
		call.Actor.StepUpTime = proved
		refuses(t, h, advocacy.Denied, "STEP_UP_REQUIRED", func() error {
			return decide(t, h, call, v, workflow.Verdict{Verdict: advocacy.Approve, Requirement: "legal"})
		})
	}
	call.Actor.StepUpTime = h.Clock.Now()
	ok(t, decide(t, h, call, v, workflow.Verdict{Verdict: advocacy.Approve, Requirement: "legal"}))
	decisions, err := h.Store.Decisions(t.Context(), v.Post.Subject())
	ok(t, err)
	again := func(call workflow.Call) error {
		_, _, err := h.Flow.Reaffirm(t.Context(), call, v.Post.Subject(), v.Review.Round, decisions[0].ID, workflow.Verdict{Digest: v.Review.Digest})
		return err
	}
	refuses(t, h, advocacy.Denied, "STEP_UP_REQUIRED", func() error { return again(h.As(h.Legal)) })
	ok(t, again(call))
	h.Sign(t, h.PR, v, "pr")
	h.Work(t)
	sent(t, l, "Read me.")
}

// TestStepUpByNothing [I26]: while nobody can prove anything again, a requirement that asks for it is
// one that nobody can meet: an admin's matter and no open round, from the beginning and when the
// policy comes to ask for it.
func TestStepUpByNothing(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	before := inReview(t, h, l)
	h.Govern(t, provable())
	h.Reassess(t)
	state(t, h, before, advocacy.PostUnroutable)
	v := inReview(t, h, l)
	state(t, h, v, advocacy.PostUnroutable)
	explained, err := h.Flow.ExplainReview(t.Context(), h.As(h.Admin), v.Post.Subject(), v.Review.Round)
	ok(t, err)
	want := advocacy.Blocker{Code: advocacy.BlockInfeasible, Requirement: "legal", Reason: string(advocacy.InfeasibleNoFactor)}
	if !slices.Contains(explained.Blockers, want) {
		t.Errorf("in the way is %+v, and not %+v", explained.Blockers, want)
	}
	refuses(t, h, advocacy.Precondition, "STEP_UP_UNAVAILABLE", func() error { return h.Decide(t, h.Legal, v, "legal", advocacy.Approve) })
	h.Sign(t, h.PR, v, "pr")
	state(t, h, v, advocacy.PostUnroutable)
	h.Work(t)
	sent(t, l)

	h.Flow.Factor = "passkey"
	h.Reassess(t)
	state(t, h, v, advocacy.PostInReview)
}

// TestSimulatedStepUpByNothing: that nobody could finish what a draft asks for is told before it is in
// force.
func TestSimulatedStepUpByNothing(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	inReview(t, h, l)
	draft, err := h.Flow.CreatePolicyRevision(t.Context(), h.As(h.Admin), h.W, "default", workflow.PolicyDraft{Document: string(provable().Document())})
	ok(t, err)
	asked, err := h.Flow.SimulatePolicy(t.Context(), h.As(h.Admin), h.W, advocacy.PolicyRef{Policy: "default", Revision: draft.Revision}, 0)
	ok(t, err)
	ok(t, h.Flow.RunSimulation(t.Context(), h.W, asked.ID))
	ran, err := h.Store.Simulation(t.Context(), h.W, asked.ID)
	ok(t, err)
	if ran.Report.Unroutable != 1 || ran.Report.PastUnroutable != 1 {
		t.Errorf("the simulation finds %d open and %d past rounds nobody could finish", ran.Report.Unroutable, ran.Report.PastUnroutable)
	}
	want := [][]workflow.Shortfall{{{Requirement: "legal", Role: advocacy.RoleLegal, Missing: 1, Reason: advocacy.InfeasibleNoFactor}}}
	if !reflect.DeepEqual(ran.Report.Short, want) || !reflect.DeepEqual(ran.Report.PastShort, want) {
		t.Errorf("short is %+v, and of the past %+v", ran.Report.Short, ran.Report.PastShort)
	}
}

// TestStepUpAskedLater [I11]: a signature without the proof stops counting when the policy
// in force begins to ask for one.
func TestStepUpAskedLater(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	h.Flow.Factor = "passkey"
	scheduled(t, h, l)
	h.Govern(t, provable())
	h.Work(t)
	sent(t, l)
}

// TestRecusalTakesSignaturesAlong: who declares not to decide signs nothing of it, not
// even under another role.
func TestRecusalTakesSignaturesAlong(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	h.Sign(t, h.Both, v, "legal")
	ok(t, decide(t, h, h.As(h.Both), v, workflow.Verdict{Verdict: advocacy.Recuse, Requirement: "pr", Reason: "A friend of the author."}))
	h.Sign(t, h.PR, v, "pr")
	state(t, h, v, advocacy.PostInReview)
	h.Sign(t, h.Legal, v, "legal")
	h.Work(t)
	sent(t, l, "Read me.")
}
