package workflow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// TestSignatureThatLeavesNobody [I26]: a signature of the only person who could give another one
// makes the round an admin's matter at once, and it opens again as soon as somebody takes its place.
func TestSignatureThatLeavesNobody(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.PR, "away for good")
	ok(t, err)
	h.Sign(t, h.Both, v, "legal")
	state(t, h, v, advocacy.PostUnroutable)
	refuses(t, h, advocacy.Precondition, "DISTINCT_PERSON", func() error { return h.Decide(t, h.Both, v, "pr", advocacy.Approve) })
	explained, err := h.Flow.ExplainReview(t.Context(), h.As(h.Admin), v.Post.Subject(), v.Review.Round)
	ok(t, err)
	want := advocacy.Blocker{Code: advocacy.BlockInfeasible, Requirement: "pr", Reason: string(advocacy.InfeasibleSigned)}
	if len(explained.Blockers) != 1 || explained.Blockers[0] != want {
		t.Errorf("in the way is %+v, want %+v", explained.Blockers, want)
	}
	of, err := h.Flow.ExplainPost(t.Context(), h.As(h.Author), h.W, v.Post.ID)
	ok(t, err)
	if all := of.Blockers(); len(all) == 0 || all[0].Code != advocacy.BlockInfeasible && all[len(all)-1].Code != advocacy.BlockInfeasible {
		t.Errorf("the author is told %+v", all)
	}

	h.Clock.Advance(time.Second)
	h.Sign(t, h.Legal, v, "legal")
	state(t, h, v, advocacy.PostInReview)
	h.Sign(t, h.Both, v, "pr")
	state(t, h, v, advocacy.PostScheduled)
}

// TestOnlyHolderMergedWithTheWriter [I7, I26]: the only holder of a role turns out to have written
// it, and nobody is left.
func TestOnlyHolderMergedWithTheWriter(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	// One signature: a role with as many holders as that is not looked at more closely.
	enact(t, h, routing.Sign(advocacy.RoleLegal, 1))
	v := inReview(t, h, l)
	for _, p := range []advocacy.PersonID{h.Both, h.Legal2} {
		_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, p, "away for good")
		ok(t, err)
	}
	h.Reassess(t)
	state(t, h, v, advocacy.PostInReview)
	_, err := h.Flow.MergeMember(t.Context(), h.As(h.Admin), h.W, h.Author, h.Legal, "the same person")
	ok(t, err)
	h.Reassess(t)
	state(t, h, v, advocacy.PostUnroutable)
	explained, err := h.Flow.ExplainReview(t.Context(), h.As(h.Admin), v.Post.Subject(), v.Review.Round)
	ok(t, err)
	for _, b := range explained.Blockers {
		if b.Requirement == "legal" && (b.Code != advocacy.BlockInfeasible || b.Reason != advocacy.BlockSelfReview) {
			t.Errorf("legal is held up by %+v", b)
		}
	}
}

// TestReopenedRoundIsCountedAgain [I25, I26]: the round of a post that was refused everywhere, which
// somebody opened again by taking a signature back, follows the roles like every other, though the
// state of the post does not tell that it waits. What was refused is not sent again by that.
func TestReopenedRoundIsCountedAgain(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := failed(t, h, l)
	ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.Retract))
	state(t, h, v, advocacy.PostFailed)
	all := []advocacy.PersonID{h.Legal, h.Legal2, h.Both}
	for _, p := range all {
		_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, p, "away for good")
		ok(t, err)
	}
	round := func(want advocacy.ReviewState, admins ...advocacy.Why) {
		t.Helper()
		h.Reassess(t)
		r, err := h.Store.Review(t.Context(), v.Post.Subject(), v.Review.Round)
		ok(t, err)
		var whys []advocacy.Why
		for _, k := range attention(t, h, h.Admin) {
			whys = append(whys, k.Why)
		}
		if r.State != want || !slices.Equal(whys, admins) {
			t.Errorf("the round is %s, and waits for an admin because of %v; want %s, %v", r.State, whys, want, admins)
		}
	}
	round(advocacy.ReviewUnroutable, advocacy.WhyUnroutable)
	for _, p := range all {
		_, err := h.Flow.EnableMember(t.Context(), h.As(h.Admin), h.W, p, "back")
		ok(t, err)
	}
	round(advocacy.ReviewOpen)
	h.Sign(t, h.Legal2, v, "legal")
	h.Work(t)
	sent(t, l)
	state(t, h, v, advocacy.PostFailed)
}
