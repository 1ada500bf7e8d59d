package workflow_test

import (
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

func tryWithdraw(t *testing.T, h *workflowtest.House, who advocacy.PersonID, v *workflow.PostView) error {
	t.Helper()
	_, err := h.Flow.WithdrawPost(t.Context(), h.As(who), h.W, v.Post.ID, 0, "no more")
	return err
}

func tryRecall(t *testing.T, h *workflowtest.House, who advocacy.PersonID, v *workflow.PostView) error {
	t.Helper()
	_, err := h.Flow.RecallPost(t.Context(), h.As(who), h.W, v.Post.ID, "a mistake")
	return err
}

// TestWithdrawAndRecallInEveryState: before the first request one stops, after it one
// takes back, and in between one waits (T25, T26).
func TestWithdrawAndRecallInEveryState(t *testing.T) {
	t.Parallel()
	states := map[advocacy.PostState]struct {
		reach            func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) *workflow.PostView
		withdraw, recall string
	}{
		advocacy.PostInReview:         {inReview, "", "NOTHING_TO_RECALL"},
		advocacy.PostChangesRequested: {changesRequested, "", "NOTHING_TO_RECALL"},
		advocacy.PostRejected:         {rejected, "", "NOTHING_TO_RECALL"},
		advocacy.PostReviewExpired:    {expired, "", "NOTHING_TO_RECALL"},
		advocacy.PostUnroutable:       {unroutable, "", "NOTHING_TO_RECALL"},
		advocacy.PostApproved:         {approvedUnscheduled, "", "NOTHING_TO_RECALL"},
		advocacy.PostScheduled:        {scheduled, "", "NOTHING_TO_RECALL"},
		advocacy.PostPublishing:       {publishing, "POST_PUBLISHING", ""},
		advocacy.PostPublished:        {published, "POST_PUBLISHED", ""},
		advocacy.PostFailed:           {failed, "", "NOTHING_TO_RECALL"},
		advocacy.PostRecalled:         {recalled, "POST_PUBLISHED", "NOTHING_TO_RECALL"},
		advocacy.PostWithdrawn:        {withdrawn, "POST_WITHDRAWN", "NOTHING_TO_RECALL"},
	}
	for want, s := range states {
		t.Run(string(want), func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			v := s.reach(t, h, l)
			state(t, h, v, want)
			if s.recall != "" {
				refuses(t, h, advocacy.Precondition, s.recall, func() error { return tryRecall(t, h, h.Author, v) })
			}
			if s.withdraw != "" {
				refuses(t, h, advocacy.Precondition, s.withdraw, func() error { return tryWithdraw(t, h, h.Author, v) })
				return
			}
			before := len(l.Sent())
			ok(t, tryWithdraw(t, h, h.Author, v))
			state(t, h, v, advocacy.PostWithdrawn)
			h.Work(t)
			if len(l.Sent()) != before {
				t.Fatal("a withdrawn post went out")
			}
			if r := h.Post(t, v.Post.ID).Review; r != nil && r.State != advocacy.ReviewWithdrawn && r.State != advocacy.ReviewSuperseded {
				t.Fatalf("the round of a withdrawn post is %s", r.State)
			}
		})
	}
}

// TestWhoStopsAndTakesBack: the author stops, an admin may too; the author takes back,
// and so may who holds publications.recall.
func TestWhoStopsAndTakesBack(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	for _, p := range []advocacy.PersonID{h.Legal, h.Auditor} {
		refuses(t, h, advocacy.Denied, "NOT_THE_AUTHOR", func() error { return tryWithdraw(t, h, p, v) })
	}
	refuses(t, h, advocacy.Conflict, "ETAG_STALE", func() error {
		_, err := h.Flow.WithdrawPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, 99, "no more")
		return err
	})
	ok(t, tryWithdraw(t, h, h.Admin, v))

	out := published(t, h, l)
	refuses(t, h, advocacy.Denied, "NOT_THE_AUTHOR", func() error { return tryRecall(t, h, h.Auditor, out) })
	ok(t, tryRecall(t, h, h.Legal, out))
	x := publications(t, h, out)[0]
	ok(t, h.Worker.Recall(t.Context(), publicationJob(h, x.ID)))
	state(t, h, out, advocacy.PostRecalled)
	if !l.Deleted(string(x.ID)) {
		t.Fatal("the network was not asked")
	}
	h.Work(t)
	sent(t, l, "Signed.")
}

// TestRecallOfWhatOlderRevisionsShow: a new round hides nothing; what the network shows
// can be taken back, and cannot be withdrawn as if it had never gone out.
func TestRecallOfWhatOlderRevisionsShow(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := published(t, h, l)
	content := v.Head.Content
	content.Text = "A second try."
	next := change(t, h, v, workflow.PostChange{Content: &content, StartNewRound: true})
	h.Submit(t, next)
	refuses(t, h, advocacy.Precondition, "POST_PUBLISHED", func() error { return tryWithdraw(t, h, h.Author, v) })
	ok(t, tryRecall(t, h, h.Author, v))
	ok(t, h.Worker.Recall(t.Context(), publicationJob(h, publications(t, h, v)[0].ID)))
	stand(t, h, v, advocacy.Recalled)
	state(t, h, v, advocacy.PostInReview)
	ok(t, tryWithdraw(t, h, h.Author, v))
}

// TestRecallCancelsTheRest: what one account shows is taken back, what another waits for
// is cancelled.
func TestRecallCancelsTheRest(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	l.Answering(network.Permanent)
	v := h.Approved(t, "To two places.", h.Wall, h.Ledger)
	h.Work(t)
	state(t, h, v, advocacy.PostPartiallyPublished)
	ok(t, tryRecall(t, h, h.Author, v))
	ok(t, h.Worker.Recall(t.Context(), publicationJob(h, publications(t, h, v)[0].ID)))
	stand(t, h, v, advocacy.Recalled, advocacy.Refused)
	state(t, h, v, advocacy.PostRecalled)
	if n := h.OnWall(t); n != 0 {
		t.Fatalf("%d entries on the wall", n)
	}
}
