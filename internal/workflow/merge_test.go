package workflow_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// TestMergedMemberships [I7]: when two memberships turn out to be one person, what the
// one wrote the other cannot sign, and what the one signed is gone.
func TestMergedMemberships(t *testing.T) {
	t.Parallel()
	merge := func(t *testing.T, h *workflowtest.House, id, into advocacy.PersonID) {
		t.Helper()
		m, err := h.Flow.MergeMember(t.Context(), h.As(h.Admin), h.W, id, into, "the same person")
		ok(t, err)
		if m.State != advocacy.MemberDisabled || m.MergedInto != into {
			t.Fatalf("the merged membership is %+v", m)
		}
	}
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

// TestStepUp (edge case 59): a requirement may ask for a fresh proof of who signs, and
// nothing but a fresh proof will do.
func TestStepUp(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	policy := routing.Builtin()
	legal := routing.Sign(advocacy.RoleLegal, 1)
	legal.StepUp = true
	policy.Defaults = []advocacy.Requirement{legal, routing.Sign(advocacy.RolePR, 1)}
	h.Govern(t, policy)
	v := inReview(t, h, l)
	call := h.As(h.Legal)
	for _, proved := range []time.Time{{}, h.Clock.Now().Add(-advocacy.StepUpLife)} {
		call.Actor.StepUpTime = proved
		refuses(t, h, advocacy.Denied, "STEP_UP_REQUIRED", func() error {
			return decide(t, h, call, v, workflow.Verdict{Verdict: advocacy.Approve, Requirement: "legal"})
		})
	}
	h.Sign(t, h.PR, v, "pr")
	call.Actor.StepUpTime = h.Clock.Now()
	ok(t, decide(t, h, call, v, workflow.Verdict{Verdict: advocacy.Approve, Requirement: "legal"}))
	h.Work(t)
	sent(t, l, "Read me.")
}

// TestStepUpAskedLater [I11]: a signature without the proof stops counting when the policy
// in force begins to ask for one.
func TestStepUpAskedLater(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	scheduled(t, h, l)
	policy := routing.Builtin()
	legal := routing.Sign(advocacy.RoleLegal, 1)
	legal.StepUp = true
	policy.Defaults = []advocacy.Requirement{legal, routing.Sign(advocacy.RolePR, 1)}
	h.Govern(t, policy)
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
