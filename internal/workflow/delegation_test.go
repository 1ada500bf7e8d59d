package workflow_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// lends lets PR sign as legal for Legal during a day.
func lends(t *testing.T, h *workflowtest.House) *advocacy.Delegation {
	t.Helper()
	g, err := h.Flow.CreateDelegation(t.Context(), h.As(h.Legal), h.W, workflow.DelegationDraft{
		Delegate: h.PR, Role: advocacy.RoleLegal, End: h.Clock.Now().Add(24 * time.Hour), Zone: "Europe/Paris", Reason: "Holidays.",
	})
	ok(t, err)
	return g
}

// signFor approves legal of a post as PR in Legal's name.
func signFor(ctx context.Context, h *workflowtest.House, v *workflow.PostView, verdict advocacy.Verdict) (*workflow.ReviewView, error) {
	if _, err := h.Flow.ViewReview(ctx, h.As(h.PR), v.Post.Subject(), 1); err != nil {
		return nil, err
	}
	_, r, err := h.Flow.Decide(ctx, h.As(h.PR), v.Post.Subject(), 1, workflow.Verdict{
		Verdict: verdict, Requirement: "legal", Digest: v.Head.Digest, Reason: "because", OnBehalfOf: h.Legal,
	})
	return r, err
}

func revoke(ctx context.Context, h *workflowtest.House, g *advocacy.Delegation) error {
	_, err := h.Flow.RevokeDelegation(ctx, h.As(h.Legal), h.W, g.ID, "Back early.")
	return err
}

// TestDelegateSeesAndSigns (edge case 45): open and new items are the delegate's turn, the
// record says for whom, and the two fill one slot.
func TestDelegateSeesAndSigns(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	waits(t, h, h.PR, "pr")
	g := lends(t, h)
	waits(t, h, h.PR, "legal", "pr")
	waits(t, h, h.Legal, "legal") // who is away may sign all the same
	r, err := signFor(t.Context(), h, v, advocacy.Approve)
	ok(t, err)
	if d := r.Decisions[0]; d.Person != h.PR || d.OnBehalfOf != h.Legal || d.Delegation != g.ID {
		t.Fatalf("the decision is %+v", d)
	}
	waits(t, h, h.PR)
	waits(t, h, h.Legal)
	refuses(t, h, advocacy.Precondition, "DISTINCT_PERSON", func() error { return h.Decide(t, h.PR, v, "pr", advocacy.Approve) })
	h.Sign(t, h.Both, v, "pr")
	h.Work(t)
	state(t, h, v, advocacy.PostPublished)
	var said struct {
		For advocacy.PersonID `json:"on_behalf_of"`
	}
	for _, record := range records(t, h, v.Post.Subject().Name()) {
		if record.Action == "review.decided" && record.Actor.Person == h.PR {
			ok(t, json.Unmarshal(record.Detail, &said))
		}
	}
	if said.For != h.Legal {
		t.Errorf("the record says it was signed for %q", said.For)
	}
	for _, p := range []advocacy.PersonID{h.Legal, h.PR} {
		told, _, err := h.Flow.Reminders(t.Context(), h.As(p), h.W, workflow.Page{Size: 10})
		ok(t, err)
		if len(told) != 1 || told[0].Code != advocacy.RemindDelegated || told[0].Subject != g.Name() {
			t.Errorf("%s is told %+v", p, told)
		}
	}
}

// TestQueueOfAnAuthorsDelegate (edge case 46): what the delegator wrote is not offered to
// the delegate, nor what the delegate wrote.
func TestQueueOfAnAuthorsDelegate(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	lends(t, h)
	regrant(t, h, h.Legal, advocacy.RoleLegal, advocacy.RoleEmployee)
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Legal), h.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: "Mine."}, Accounts: []advocacy.AccountID{h.Ledger},
	})
	ok(t, err)
	h.Submit(t, v)
	waits(t, h, h.PR, "pr")
	waits(t, h, h.Legal2, "legal")
	refuses(t, h, advocacy.Denied, "SELF_REVIEW", func() error { _, err := signFor(t.Context(), h, v, advocacy.Approve); return err })
}

// TestDelegationEndsBetween (edge case 50): what was on the screen while it was in force is
// refused once it is over.
func TestDelegationEndsBetween(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	lends(t, h)
	waits(t, h, h.PR, "legal", "pr")
	h.Clock.Advance(24 * time.Hour)
	waits(t, h, h.PR, "pr")
	refuses(t, h, advocacy.Denied, "DELEGATION_ENDED", func() error { _, err := signFor(t.Context(), h, v, advocacy.Approve); return err })
}

// lentAndScheduled is a post for tomorrow, signed by PR for Legal and by Both.
func lentAndScheduled(t *testing.T, h *workflowtest.House) (*workflow.PostView, *advocacy.Delegation) {
	t.Helper()
	g := lends(t, h)
	v := draftFor(t, h, "Tomorrow.", 36*time.Hour)
	h.Submit(t, v)
	_, err := signFor(t.Context(), h, v, advocacy.Approve)
	ok(t, err)
	h.Sign(t, h.Both, v, "pr")
	state(t, h, v, advocacy.PostScheduled)
	return v, g
}

// TestWhatALentSignatureIsWorth: it outlives the natural end of its delegation, and is
// taken back with it.
func TestWhatALentSignatureIsWorth(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		before func(t *testing.T, h *workflowtest.House, g *advocacy.Delegation)
		want   advocacy.PostState
	}{
		"its delegation ended": {func(*testing.T, *workflowtest.House, *advocacy.Delegation) {}, advocacy.PostPublished},
		"it was taken back":    {func(t *testing.T, h *workflowtest.House, g *advocacy.Delegation) { ok(t, revoke(t.Context(), h, g)) }, advocacy.PostInReview},
		"it was taken back after its end": {func(t *testing.T, h *workflowtest.House, g *advocacy.Delegation) {
			h.Clock.Advance(30 * time.Hour)
			ok(t, revoke(t.Context(), h, g))
		}, advocacy.PostInReview},
		"who lent it lost the role": {func(t *testing.T, h *workflowtest.House, _ *advocacy.Delegation) {
			regrant(t, h, h.Legal, advocacy.RoleEmployee)
		}, advocacy.PostInReview},
		"who gave it signs nothing": {func(t *testing.T, h *workflowtest.House, _ *advocacy.Delegation) {
			regrant(t, h, h.PR, advocacy.RoleEmployee)
		}, advocacy.PostInReview},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			v, g := lentAndScheduled(t, h)
			tt.before(t, h, g)
			h.Clock.Advance(36 * time.Hour)
			h.Work(t)
			state(t, h, v, tt.want)
			if sent := len(l.Sent()); (sent == 1) != (tt.want == advocacy.PostPublished) {
				t.Errorf("%d were sent", sent)
			}
		})
	}
}

// TestRevocationOpensTheRound: a signature that still waits for others is gone at once.
func TestRevocationOpensTheRound(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v, g := inReview(t, h, l), lends(t, h)
	_, err := signFor(t.Context(), h, v, advocacy.Approve)
	ok(t, err)
	ok(t, revoke(t.Context(), h, g))
	h.Reassess(t)
	waits(t, h, h.Legal2, "legal")
	waits(t, h, h.PR, "pr")
	refuses(t, h, advocacy.Precondition, "DELEGATION_ENDED", func() error { return revoke(t.Context(), h, g) })
}

// TestDecideAgainstRevocation: of a lent signature and the end of its delegation that
// commit at the same time, the signature is refused or does not count. It is never both
// taken back and worth something.
func TestDecideAgainstRevocation(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		refusals := 0
		for i := range 40 {
			g := lends(t, h)
			v := h.Submit(t, h.Draft(t, fmt.Sprintf("Race %d.", i), h.Ledger))
			errs := together(
				func() error { _, err := signFor(t.Context(), h, v, advocacy.Approve); return err },
				func() error { return revoke(t.Context(), h, g) },
			)
			ok(t, errs[1])
			if errs[0] != nil {
				refusals++
				if advocacy.ReasonOf(errs[0]) != "DELEGATION_ENDED" {
					t.Fatalf("run %d: %v", i, errs[0])
				}
			}
			r, err := h.Flow.Review(t.Context(), h.As(h.Auditor), v.Post.Subject(), 1)
			ok(t, err)
			if row, _ := r.Tally.Requirement("legal"); row.Satisfied {
				t.Fatalf("run %d: it was taken back and counts", i)
			}
		}
		t.Logf("%d of 40 were refused", refusals)
	})
}

// TestWhoMakesAndEndsDelegations: whom it is about and admins, and no machine.
func TestWhoMakesAndEndsDelegations(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	draft := workflow.DelegationDraft{Delegator: h.Legal, Delegate: h.Both, Role: advocacy.RoleLegal, End: h.Clock.Now().Add(time.Hour), Zone: "UTC"}
	create := func(c workflow.Call) func() error {
		return func() error { _, err := h.Flow.CreateDelegation(t.Context(), c, h.W, draft); return err }
	}
	refuses(t, h, advocacy.Denied, "DELEGATION_NOT_YOURS", create(h.As(h.PR)))
	refuses(t, h, advocacy.Denied, "DELEGATION_NOT_YOURS", create(h.As(h.Both)))
	ok(t, create(h.As(h.Admin))())
	all, _, err := h.Flow.Delegations(t.Context(), h.As(h.Auditor), workflow.DelegationQuery{Workspace: h.W, Delegator: h.Legal, Page: workflow.Page{Size: 5}})
	ok(t, err)
	end := func(p advocacy.PersonID) func() error {
		return func() error { _, err := h.Flow.RevokeDelegation(t.Context(), h.As(p), h.W, all[0].ID, ""); return err }
	}
	refuses(t, h, advocacy.Denied, "DELEGATION_NOT_YOURS", end(h.Legal2))
	ok(t, end(h.Both)())
}

// TestDelegateClaims: who stands in for somebody claims the turns he or she could sign for
// that person, while the delegation is in force, and no others.
func TestDelegateClaims(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	claim := func(v *workflow.PostView) func() error {
		return func() error {
			_, err := h.Flow.ClaimTask(t.Context(), h.As(h.PR), h.W, taskOf(t, h, v, "legal").ID, false)
			return err
		}
	}
	v := inReview(t, h, l)
	refuses(t, h, advocacy.Denied, "NOT_IN_ROLE", claim(v))
	g := lends(t, h)
	ok(t, claim(v)())
	h.View(t, h.Legal2, v.Post.Subject(), 1)
	refuses(t, h, advocacy.Precondition, "CLAIMED", func() error { return h.Decide(t, h.Legal2, v, "legal", advocacy.Approve) })
	_, err := signFor(t.Context(), h, v, advocacy.Approve)
	ok(t, err)
	if left := taskOf(t, h, v, "legal").Claim.Person; left != "" {
		t.Errorf("the claim is still %s's", left)
	}

	recused := inReview(t, h, l)
	ok(t, h.Decide(t, h.Legal, recused, "legal", advocacy.Recuse))
	refuses(t, h, advocacy.Denied, "NOT_ELIGIBLE", claim(recused))
	aside := inReview(t, h, l)
	ok(t, h.Decide(t, h.PR, aside, "pr", advocacy.Recuse))
	refuses(t, h, advocacy.Denied, "NOT_ELIGIBLE", claim(aside))
	signed := inReview(t, h, l)
	h.Sign(t, h.PR, signed, "pr")
	refuses(t, h, advocacy.Denied, "NOT_ELIGIBLE", claim(signed))
	over := inReview(t, h, l)
	ok(t, revoke(t.Context(), h, g))
	refuses(t, h, advocacy.Denied, "NOT_IN_ROLE", claim(over))
}

// TestTurnOfTheDelegator: what one person was asked for waits for whoever stands in for that
// person as well, whatever roles the two hold, and for nobody else. Nobody is shown what he
// or she could not sign.
func TestTurnOfTheDelegator(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	task := taskOf(t, h, v, "legal")
	_, err := h.Flow.ReassignTask(t.Context(), h.As(h.Admin), h.W, task.ID, h.Legal, "knows it")
	ok(t, err)
	mine := func(p advocacy.PersonID) (keys []string) {
		t.Helper()
		c := h.As(p)
		tasks, _, err := h.Flow.Tasks(t.Context(), c, workflow.TaskQuery{
			Workspace: h.W, Person: p, Roles: c.Actor.Roles, State: workflow.TaskOpen, Attention: true, Order: workflow.OrderUrgency, Page: workflow.Page{Size: 10},
		})
		ok(t, err)
		for i := range tasks {
			if k := &tasks[i]; k.Requirement != "legal" || k.Person == h.Legal && k.Why == advocacy.WhyAssigned {
				keys = append(keys, k.Requirement)
			}
		}
		slices.Sort(keys)
		return keys
	}
	sees := func(when string, p advocacy.PersonID, want ...string) {
		t.Helper()
		if got := mine(p); !slices.Equal(got, want) {
			t.Errorf("%s: attention shows %v, want %v", when, got, want)
		}
	}
	sees("of whom was asked", h.Legal, "legal")
	sees("before anything was lent", h.PR, "pr")
	sees("before anything was lent to a colleague", h.Legal2)
	g := lends(t, h)
	sees("of the delegate", h.PR, "legal", "pr")
	_, err = h.Flow.CreateDelegation(t.Context(), h.As(h.Legal), h.W, workflow.DelegationDraft{
		Delegate: h.Legal2, Role: advocacy.RoleLegal, End: h.Clock.Now().Add(24 * time.Hour), Zone: "Europe/Paris", Reason: "Holidays.",
	})
	ok(t, err)
	sees("of a delegate who holds the role too", h.Legal2, "legal")
	sees("of a stranger", h.Both, "pr")
	name(t, h, v, h.Legal2)
	sees("of a delegate who writes it now", h.Legal2)
	ok(t, revoke(t.Context(), h, g))
	sees("of a former delegate", h.PR, "pr")
}
