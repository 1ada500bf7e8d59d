package workflow_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// unseen says a verdict on the newest round without being served it.
func unseen(t *testing.T, h *workflowtest.House, who advocacy.PersonID, v *workflow.PostView, verdict advocacy.Verdict) error {
	t.Helper()
	now := h.Post(t, v.Post.ID)
	_, _, err := h.Flow.Decide(t.Context(), h.As(who), v.Post.Subject(), now.Post.Round, workflow.Verdict{
		Verdict: verdict, Requirement: "legal", Digest: now.Head.Digest, Reason: "because",
	})
	return err
}

// TestNoVerdictUnseen [I3]: who judges bytes had been served exactly them; who steps back
// judges nothing.
func TestNoVerdictUnseen(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	required := func(what string) {
		t.Helper()
		for _, verdict := range []advocacy.Verdict{advocacy.Approve, advocacy.RequestChanges, advocacy.Reject} {
			t.Log(what, verdict)
			refuses(t, h, advocacy.Precondition, "VIEW_REQUIRED", func() error { return unseen(t, h, h.Legal, v, verdict) })
		}
	}
	required("seen by nobody")
	h.View(t, h.Legal2, v.Post.Subject(), 1)
	required("seen by a colleague")
	ok(t, unseen(t, h, h.Both, v, advocacy.Recuse))
	h.View(t, h.Legal, v.Post.Subject(), 1)
	next := edit(t, h, v, "Other words.")
	h.Submit(t, next)
	h.View(t, h.Legal, v.Post.Subject(), 1)
	required("seen in the round before")
	h.View(t, h.Legal, v.Post.Subject(), 2)
	ok(t, unseen(t, h, h.Legal, v, advocacy.Approve))
	h.Sign(t, h.PR, next, "pr")
	state(t, h, v, advocacy.PostScheduled)
}

// TestViewLeavesOneReceipt: the first look is kept and recorded, with its time; no machine
// looks for a person.
func TestViewLeavesOneReceipt(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	sub, first := v.Post.Subject(), h.Clock.Now()
	for _, c := range []workflow.Call{h.AsKey(h.Legal), workflow.SystemCall(h.W)} {
		refuses(t, h, advocacy.Denied, "MACHINE_CANNOT_VIEW", func() error {
			_, err := h.Flow.ViewReview(t.Context(), c, sub, 1)
			return err
		})
	}
	refuses(t, h, advocacy.NotFound, "POST_NOT_FOUND", func() error {
		_, err := h.Flow.ViewReview(t.Context(), h.As(h.Reader), sub, 1)
		return err
	})
	for range 3 {
		r, err := h.Flow.ViewReview(t.Context(), h.As(h.Legal), sub, 1)
		ok(t, err)
		if r.Review.Digest != v.Head.Digest || len(r.Manifest.Targets) != 1 {
			t.Fatalf("served %s with %d targets", r.Review.Digest, len(r.Manifest.Targets))
		}
		h.Clock.Advance(time.Hour)
	}
	if n := happened(t, h, sub.Name(), "review.viewed"); n != 1 {
		t.Fatalf("%d records of three looks", n)
	}
	h.Sign(t, h.Legal, v, "legal")
	if got := decisions(t, h, v)[0].ViewTime; !got.Equal(first) {
		t.Fatalf("the decision rests on a look at %v, the first was at %v", got, first)
	}
}

// TestLookAndSignAtOnce: whichever comes first, a signature that was taken counts.
func TestLookAndSignAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		v := h.Submit(t, h.Draft(t, "At once.", h.Ledger))
		h.Sign(t, h.PR, v, "pr")
		errs := together(
			func() error { return unseen(t, h, h.Legal, v, advocacy.Approve) },
			func() error {
				_, err := h.Flow.ViewReview(t.Context(), h.As(h.Legal), v.Post.Subject(), 1)
				return err
			},
		)
		ok(t, errs[1])
		switch {
		case errs[0] == nil:
			state(t, h, v, advocacy.PostScheduled)
		case advocacy.ReasonOf(errs[0]) == "VIEW_REQUIRED":
			state(t, h, v, advocacy.PostInReview)
			ok(t, unseen(t, h, h.Legal, v, advocacy.Approve))
			state(t, h, v, advocacy.PostScheduled)
		default:
			t.Fatal(errs[0])
		}
	})
}
