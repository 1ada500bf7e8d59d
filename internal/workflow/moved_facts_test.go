package workflow_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// asking puts a policy in force that asks PR of everything, and legal where a condition holds.
func asking(t *testing.T, h *workflowtest.House, when string) {
	t.Helper()
	legal := routing.Sign(advocacy.RoleLegal, 1)
	h.Govern(t, routing.Policy{
		Defaults: []advocacy.Requirement{routing.Sign(advocacy.RolePR, 1)}, OnError: []advocacy.Requirement{legal},
		Rules: []routing.Rule{
			{ID: "all", When: "true", Reason: "Everything.", Require: []advocacy.Requirement{routing.Sign(advocacy.RolePR, 1)}},
			{ID: "some", When: when, Reason: "Some.", Require: []advocacy.Requirement{legal}},
		},
	})
}

// becomes changes what the policy asks about the author.
var becomes = map[string]struct {
	when string
	how  func(t *testing.T, h *workflowtest.House)
}{
	"executive": {`"executives" in author.groups`, func(t *testing.T, h *workflowtest.House) {
		_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, h.Author, workflow.MemberChange{Groups: &[]string{"executives"}})
		ok(t, err)
	}},
	"titled": {`author.title == "CEO"`, func(t *testing.T, h *workflowtest.House) {
		_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, h.Author, workflow.MemberChange{Title: ptr("CEO")})
		ok(t, err)
	}},
	"curator": {`"curator" in author.roles`, func(t *testing.T, h *workflowtest.House) {
		regrant(t, h, h.Author, advocacy.RoleEmployee, advocacy.RoleCurator)
	}},
}

// TestAuthorBecomesAnother [I11]: what the rules in force ask of what an author has become is asked of
// what he or she has not sent yet, by the guard at once and of what waits when it is computed again.
func TestAuthorBecomesAnother(t *testing.T) {
	t.Parallel()
	for name, b := range becomes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			asking(t, h, b.when)
			h.Clock.Advance(48 * time.Hour) // the author joined long before
			signed, open := h.Submit(t, h.Draft(t, "Signed.", h.Ledger)), h.Submit(t, h.Draft(t, "In review.", h.Ledger))
			h.Sign(t, h.PR, signed, "pr")
			stand(t, h, signed, advocacy.Scheduled)
			h.Clock.Advance(time.Second)
			b.how(t, h)
			h.Work(t) // nothing has been computed again, and the gate asks all the same
			sent(t, l)
			stand(t, h, signed, advocacy.Cancelled)
			h.Sign(t, h.PR, open, "pr")
			state(t, h, open, advocacy.PostInReview)
			h.Reassess(t)
			waits(t, h, h.Legal2, "legal", "legal")
			h.Sign(t, h.Legal, open, "legal")
			h.Sign(t, h.Legal, signed, "legal")
			h.Work(t)
			if n := len(l.Sent()); n != 2 {
				t.Errorf("%d went out, want both once legal has signed", n)
			}
		})
	}
}

// TestItemMovesToAnotherTopic [I11]: a topic that asks for more asks it of what was shared before the
// item stood there.
func TestItemMovesToAnotherTopic(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	policy := routing.Builtin()
	policy.Rules = append(policy.Rules, routing.Rule{
		ID: "results", When: `"results" in post.topics`, Reason: "Figures.", Require: []advocacy.Requirement{routing.Sign(advocacy.RoleLegal, 2)},
	})
	h.Govern(t, policy)
	_, err := h.Flow.CreateTopic(t.Context(), h.As(h.Curator), h.W, workflow.TopicDraft{ID: "results", DisplayName: "Results"})
	ok(t, err)
	item := ledgerItem(t, h, "On the day.")
	v := shareAt(t, h, item, h.Clock.Now().Add(24*time.Hour))
	stand(t, h, v, advocacy.Scheduled)
	_, err = h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, item.Item.ID, workflow.ItemChange{Topic: ptr(advocacy.TopicID("results"))})
	ok(t, err)
	if n := jobsOf(t, h, workflow.JobReassess); n != 1 {
		t.Errorf("%d times what waits is to be computed again, want once", n)
	}
	h.Reassess(t)
	stand(t, h, v, advocacy.Cancelled)
	waits(t, h, h.Legal2, "legal")
	h.Clock.Advance(24 * time.Hour)
	h.Work(t)
	sent(t, l)
}
