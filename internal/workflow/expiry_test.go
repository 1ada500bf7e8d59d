package workflow_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

func expire(t *testing.T, h *workflowtest.House, want int) {
	t.Helper()
	n, err := h.Flow.ExpireReviews(t.Context())
	ok(t, err)
	if n != want {
		t.Fatalf("%d reviews expired, want %d", n, want)
	}
}

// TestReviewExpires (edge case 41) [I14]: time ends a round nobody finished, and never
// says yes.
func TestReviewExpires(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	open, asked, signed := inReview(t, h, l), changesRequested(t, h, l), scheduled(t, h, l)
	h.Clock.Advance(14*24*time.Hour - time.Second)
	expire(t, h, 0)
	h.Clock.Advance(time.Second)
	expire(t, h, 2)
	expire(t, h, 0)
	state(t, h, open, advocacy.PostReviewExpired)
	state(t, h, asked, advocacy.PostReviewExpired)
	state(t, h, signed, advocacy.PostScheduled)
	for _, v := range []*workflow.PostView{open, asked} {
		if n := happened(t, h, v.Post.Subject().Name(), "review.expired"); n != 1 {
			t.Fatalf("%d records of the end", n)
		}
	}
	h.Work(t)
	sent(t, l, "Signed.")
}

// TestNextRoundAfterExpiry: the same bytes may be asked again; the signatures of the old
// round do not count, its objections do.
func TestNextRoundAfterExpiry(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	h.Sign(t, h.Legal, v, "legal")
	ok(t, h.Decide(t, h.PR, v, "pr", advocacy.RequestChanges))
	h.Clock.Advance(15 * 24 * time.Hour)
	expire(t, h, 1)
	h.Submit(t, v)
	if r := review(t, h, v, advocacy.ReviewOpen); r.Round != 2 {
		t.Fatalf("round %d", r.Round)
	}
	h.Sign(t, h.Both, v, "pr")
	state(t, h, v, advocacy.PostInReview)
	h.Work(t)
	sent(t, l)
	h.Sign(t, h.Legal, v, "legal")
	h.Work(t)
	sent(t, l, "Read me.")
}

// TestSignaturesAge (edge case 40) [I16]: one that outlived its time is not enough, and
// the same person may renew it (T10).
func TestSignaturesAge(t *testing.T) {
	t.Parallel()
	brief := routing.Sign(advocacy.RoleLegal, 1)
	brief.TTL = time.Hour
	t.Run("before everybody signed", func(t *testing.T) {
		t.Parallel()
		h, l := house(t)
		enact(t, h, brief, routing.Sign(advocacy.RolePR, 1))
		v := inReview(t, h, l)
		h.Sign(t, h.Legal, v, "legal")
		h.Clock.Advance(time.Hour)
		h.Sign(t, h.PR, v, "pr")
		state(t, h, v, advocacy.PostInReview)
		h.Sign(t, h.Legal, v, "legal")
		h.Work(t)
		sent(t, l, "Read me.")
	})
	t.Run("before it went out", func(t *testing.T) {
		t.Parallel()
		h, l := house(t)
		enact(t, h, brief, routing.Sign(advocacy.RolePR, 1))
		v := scheduled(t, h, l)
		h.Clock.Advance(time.Hour)
		h.Work(t)
		sent(t, l)
		stand(t, h, v, advocacy.Cancelled)
		review(t, h, v, advocacy.ReviewOpen)
		h.Sign(t, h.Legal, v, "legal")
		h.Work(t)
		sent(t, l, "Signed.")
	})
}

// draftFor is a draft that is to go out some time from now.
func draftFor(t *testing.T, h *workflowtest.House, text string, in time.Duration) *workflow.PostView {
	t.Helper()
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: text}, Accounts: []advocacy.AccountID{h.Ledger},
		PublishTime: h.Clock.Now().Add(in), Zone: "Europe/Paris",
	})
	ok(t, err)
	return v
}

// tomorrow is a post that everybody signed and that goes out in a day.
func tomorrow(t *testing.T, h *workflowtest.House) *workflow.PostView {
	t.Helper()
	v := h.Submit(t, draftFor(t, h, "Tomorrow.", 24*time.Hour))
	h.Sign(t, h.Legal, v, "legal")
	h.Sign(t, h.PR, v, "pr")
	stand(t, h, v, advocacy.Scheduled)
	return v
}

// TestLostWhileScheduled [T15]: a signature that is lost while the post waits for its time is asked
// for again then, and not when the time has come.
func TestLostWhileScheduled(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(t *testing.T, h *workflowtest.House){
		"role": func(t *testing.T, h *workflowtest.House) { regrant(t, h, h.Legal, advocacy.RoleEmployee) },
		"disabled": func(t *testing.T, h *workflowtest.House) {
			_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Legal, "left")
			ok(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			v := tomorrow(t, h)
			h.Clock.Advance(time.Hour)
			lose(t, h)
			h.Reassess(t)
			stand(t, h, v, advocacy.Cancelled)
			review(t, h, v, advocacy.ReviewOpen)
			waits(t, h, h.Legal2, "legal")
			h.Sign(t, h.Legal2, v, "legal")
			stand(t, h, v, advocacy.Cancelled, advocacy.Scheduled)
			h.Clock.Advance(24 * time.Hour)
			h.Work(t)
			sent(t, l, "Tomorrow.")
		})
	}
}

// TestAgesWhileScheduled: a signature that will have run out by the time of the post is asked for again
// when it runs out, by a job that was planned when the last one came.
func TestAgesWhileScheduled(t *testing.T) {
	t.Parallel()
	brief := routing.Sign(advocacy.RoleLegal, 1)
	brief.TTL = time.Hour
	h, l := house(t)
	enact(t, h, brief, routing.Sign(advocacy.RolePR, 1))
	v := tomorrow(t, h)
	var args []byte
	find := "SELECT args ->> 'args' FROM river_job WHERE kind = '" + workflow.JobReassessRound + "'"
	ok(t, h.Store.SQLWriter().QueryRowContext(t.Context(), find).Scan(&args))
	var job workflow.RoundJob
	ok(t, json.Unmarshal(args, &job))
	if want := h.Clock.Now().Add(time.Hour); job.Subject != v.Post.Subject() || job.Round != 1 || !job.Time.Equal(want) {
		t.Fatalf("planned is %+v, want round 1 at %s", job, want)
	}
	h.Clock.Advance(time.Hour - time.Second)
	ok(t, h.Flow.ReassessRound(t.Context(), job))
	stand(t, h, v, advocacy.Scheduled)
	if n := jobsOf(t, h, workflow.JobReassessRound); n != 2 {
		t.Fatalf("%d jobs, want another one for who came too early", n)
	}
	h.Clock.Advance(time.Second)
	ok(t, h.Flow.ReassessRound(t.Context(), job))
	stand(t, h, v, advocacy.Cancelled)
	waits(t, h, h.Legal2, "legal")
	h.Clock.Advance(23*time.Hour - time.Minute)
	h.Sign(t, h.Legal, v, "legal")
	h.Clock.Advance(time.Minute)
	h.Work(t)
	sent(t, l, "Tomorrow.")
}

// TestDecidedAtTheEnd: a round takes no decision from the instant its time is over, whether or not
// anybody has ended it, and becomes approved by nothing else either.
func TestDecidedAtTheEnd(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v, late := inReview(t, h, l), inReview(t, h, l)
	end := review(t, h, v, advocacy.ReviewOpen).ExpireTime
	h.Sign(t, h.PR, v, "pr")
	h.Sign(t, h.PR, late, "pr")
	h.View(t, h.Legal, late.Post.Subject(), 1)
	h.Clock.Advance(end.Sub(h.Clock.Now()) - time.Microsecond)
	h.Sign(t, h.Legal, v, "legal")
	state(t, h, v, advocacy.PostScheduled)
	h.Clock.Advance(time.Microsecond)
	for _, verdict := range []advocacy.Verdict{advocacy.Approve, advocacy.RequestChanges, advocacy.Reject, advocacy.Recuse} {
		refuses(t, h, advocacy.Precondition, "REVIEW_CLOSED", func() error { return h.Decide(t, h.Legal, late, "legal", verdict) })
	}
	refuses(t, h, advocacy.Precondition, "REVIEW_CLOSED", func() error { return h.Decide(t, h.PR, late, "pr", advocacy.Retract) })
	n, err := h.Flow.ExpireReviews(t.Context())
	ok(t, err)
	if n != 1 {
		t.Fatalf("%d rounds ended, want 1", n)
	}
	review(t, h, late, advocacy.ReviewExpired)
}

// TestLateSignature: the last signature comes after the chosen time. Shortly after, the
// post goes out; later it waits for its author to choose again.
func TestLateSignature(t *testing.T) {
	t.Parallel()
	for name, late := range map[string]struct {
		by   time.Duration
		want advocacy.PostState
	}{
		"within the minute": {time.Minute, advocacy.PostScheduled},
		"later":             {time.Minute + time.Microsecond, advocacy.PostApproved},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			v := draftFor(t, h, "At ten.", time.Hour)
			h.Submit(t, v)
			h.Clock.Advance(time.Hour + late.by)
			h.Sign(t, h.Legal, v, "legal")
			h.Sign(t, h.PR, v, "pr")
			state(t, h, v, late.want)
			h.Work(t)
			if late.want == advocacy.PostScheduled {
				sent(t, l, "At ten.")
				return
			}
			h.Clock.Advance(24 * time.Hour)
			h.Work(t)
			sent(t, l)
			if n := happened(t, h, v.Post.Subject().Name(), "post.time_missed"); n != 1 {
				t.Fatalf("%d records say that the time was missed", n)
			}
			heard, _, err := h.Flow.Reminders(t.Context(), h.As(h.Author), h.W, workflow.Page{Size: 10})
			ok(t, err)
			if len(heard) != 1 || heard[0].Code != advocacy.RemindTimeMissed || heard[0].Subject != v.Post.Subject().Name() {
				t.Fatalf("the author is told %+v", heard)
			}
			told, err := h.Flow.ExplainPost(t.Context(), h.As(h.Author), h.W, v.Post.ID)
			ok(t, err)
			if b := told.Blockers(); len(b) != 1 || b[0].Code != advocacy.BlockNotScheduled || b[0].Person != h.Author {
				t.Fatalf("in the way is %+v, want that no time stands", b)
			}
			again := h.Clock.Now().Add(time.Hour)
			change(t, h, v, workflow.PostChange{PublishTime: &again})
			state(t, h, v, advocacy.PostScheduled)
			h.Clock.Advance(time.Hour)
			h.Work(t)
			sent(t, l, "At ten.")
		})
	}
}

// TestStricterPolicy (edge case 27) [I11]: what was signed under the old policy is asked
// again before it goes out, and the plan grows.
func TestStricterPolicy(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	h.Stricter(t)
	h.Work(t)
	sent(t, l)
	stand(t, h, v, advocacy.Cancelled)
	if q, _ := review(t, h, v, advocacy.ReviewOpen).Plan.Find("legal"); q.Quorum != 2 {
		t.Fatalf("legal is asked for %d signatures, want 2", q.Quorum)
	}
	h.Sign(t, h.Legal2, v, "legal")
	h.Work(t)
	sent(t, l, "Signed.")
}

// TestLooserPolicy (edge case 28): an open round keeps its plan.
func TestLooserPolicy(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	enact(t, h, routing.Sign(advocacy.RolePR, 1))
	h.Sign(t, h.PR, v, "pr")
	state(t, h, v, advocacy.PostInReview)
	h.Work(t)
	sent(t, l)
	h.Sign(t, h.Legal, v, "legal")
	h.Work(t)
	sent(t, l, "Read me.")
}

// TestRoleLostBeforeSending (edge cases 21 and 24) [I10]: the round opens again, the
// publication is cancelled, the role is asked; the decision stays on record.
func TestRoleLostBeforeSending(t *testing.T) {
	t.Parallel()
	losses := map[string]func(t *testing.T, h *workflowtest.House){
		"role taken away": func(t *testing.T, h *workflowtest.House) { regrant(t, h, h.Legal, advocacy.RoleEmployee) },
		"taken and given back": func(t *testing.T, h *workflowtest.House) {
			regrant(t, h, h.Legal, advocacy.RoleEmployee)
			h.Clock.Advance(time.Second)
			regrant(t, h, h.Legal, advocacy.RoleLegal)
		},
		"disabled": func(t *testing.T, h *workflowtest.House) {
			_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Legal, "left")
			ok(t, err)
		},
		"disabled and enabled": func(t *testing.T, h *workflowtest.House) {
			_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Legal, "leave")
			ok(t, err)
			h.Clock.Advance(time.Second)
			_, err = h.Flow.EnableMember(t.Context(), h.As(h.Admin), h.W, h.Legal, "back")
			ok(t, err)
		},
	}
	for name, lose := range losses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			v := scheduled(t, h, l)
			h.Clock.Advance(time.Second)
			lose(t, h)
			h.Work(t)
			sent(t, l)
			stand(t, h, v, advocacy.Cancelled)
			state(t, h, v, advocacy.PostInReview)
			if n := len(decisions(t, h, v)); n != 2 {
				t.Fatalf("%d decisions on record, want 2", n)
			}
			view, err := h.Flow.Review(t.Context(), h.As(h.Auditor), v.Post.Subject(), 1)
			ok(t, err)
			explained := false
			for _, b := range view.Tally.Blockers {
				explained = explained || b.Code == advocacy.BlockNotInRole && b.Person == h.Legal
			}
			if !explained {
				t.Fatalf("the explanation names no lost signature: %+v", view.Tally.Blockers)
			}
			h.Sign(t, h.Legal2, v, "legal")
			h.Work(t)
			sent(t, l, "Signed.")
		})
	}
}
