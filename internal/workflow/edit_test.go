package workflow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/publish"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

func change(t *testing.T, h *workflowtest.House, v *workflow.PostView, d workflow.PostChange) *workflow.PostView {
	t.Helper()
	out, err := h.Flow.UpdatePost(t.Context(), h.As(v.Post.Author), h.W, v.Post.ID, d)
	ok(t, err)
	return out
}

// TestWordsNobodySeesYetAreKept: what is written for no account yet, or for a network the post does
// not go to, is in no bytes and is a revision all the same; what no network shows is none.
func TestWordsNobodySeesYetAreKept(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{Content: advocacy.Content{Language: "en", Text: "A first th"}})
	ok(t, err)
	v = change(t, h, v, workflow.PostChange{Content: &advocacy.Content{Language: "en", Text: "A first thought."}})
	if kept := h.Post(t, v.Post.ID); kept.Head.Content.Text != "A first thought." || kept.Head.Number != 2 {
		t.Fatalf("kept is %+v", kept.Head)
	}
	v = change(t, h, v, workflow.PostChange{Accounts: &[]advocacy.AccountID{h.AuthorWall}})
	spaced := change(t, h, v, workflow.PostChange{Content: &advocacy.Content{Language: "en", Text: " A first thought.\n"}})
	if spaced.Head.Number != v.Head.Number {
		t.Errorf("a line feed at the end is revision %d", spaced.Head.Number)
	}
	content := v.Head.Content
	content.Variants = []advocacy.Variant{{Network: workflowtest.LedgerName, Text: "For the ledger."}}
	placed := change(t, h, v, workflow.PostChange{Content: &content})
	if kept := h.Post(t, v.Post.ID).Head; len(kept.Content.Variants) != 1 || kept.Digest != v.Head.Digest || placed.Head.Number == v.Head.Number {
		t.Errorf("kept is %+v", kept)
	}
}

// TestEditOfASignedPost (edge case 4): one comma makes a new revision, cancels what was
// scheduled, ends the round, and everybody is asked again [I4].
func TestEditOfASignedPost(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	next := edit(t, h, v, "Signed,")
	state(t, h, v, advocacy.PostDraft)
	stand(t, h, v, advocacy.Cancelled)
	if r := h.Post(t, v.Post.ID).Review; r.State != advocacy.ReviewSuperseded {
		t.Fatalf("the old round is %s", r.State)
	}
	h.Work(t)
	h.Submit(t, next)
	h.Sign(t, h.PR, next, "pr")
	h.Work(t)
	sent(t, l)
	h.Sign(t, h.Legal, next, "legal")
	h.Work(t)
	sent(t, l, "Signed,")
}

// TestEditAwayAndBack [I5]: the same bytes in another round inherit no signature.
func TestEditAwayAndBack(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	back := edit(t, h, edit(t, h, v, "Other."), "Signed.")
	if back.Head.Digest != v.Head.Digest || back.Head.Number != 3 {
		t.Fatalf("head is %d of digest %s", back.Head.Number, back.Head.Digest)
	}
	state(t, h, v, advocacy.PostDraft)
	h.Submit(t, back)
	state(t, h, v, advocacy.PostInReview)
	h.Sign(t, h.Legal, back, "legal")
	h.Work(t)
	sent(t, l)
}

// TestWhatIsNotPublishedIsNoRevision (edge case 5): a note, or the same words again,
// leaves the signatures alone.
func TestWhatIsNotPublishedIsNoRevision(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	out := change(t, h, v, workflow.PostChange{Note: ptr("please read before noon")})
	if out.Head.Number != 1 || out.Post.Note == "" {
		t.Fatalf("head is %d, note %q", out.Head.Number, out.Post.Note)
	}
	out = edit(t, h, v, "Signed.")
	if out.Head.Number != 1 {
		t.Fatalf("the same words made revision %d", out.Head.Number)
	}
	stand(t, h, v, advocacy.Scheduled)
	h.Work(t)
	sent(t, l, "Signed.")
}

// TestTargetsAreSigned (edge case 10): another account is another digest.
func TestTargetsAreSigned(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	out := change(t, h, v, workflow.PostChange{Accounts: &[]advocacy.AccountID{h.Ledger, h.Wall}})
	if out.Head.Number != 2 || out.Head.Digest == v.Head.Digest {
		t.Fatalf("head is %d of digest %s", out.Head.Number, out.Head.Digest)
	}
	stand(t, h, v, advocacy.Cancelled)
	state(t, h, v, advocacy.PostDraft)
	h.Work(t)
	sent(t, l)
}

// TestContributorsOnlyGrow: nobody is forgotten, whatever is left of the words.
func TestContributorsOnlyGrow(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	item := h.Item(t, "From the library.")
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Item: item.Item.ID, Accounts: []advocacy.AccountID{h.Wall}, Content: advocacy.Content{Language: "en"},
	})
	ok(t, err)
	for _, text := range []string{"One.", "Two.", "Three."} {
		v = edit(t, h, v, text)
		if !slices.Equal(v.Head.Contributors, []advocacy.PersonID{h.Author, h.Curator}) {
			t.Fatalf("contributors of revision %d are %v", v.Head.Number, v.Head.Contributors)
		}
	}
}

// TestWhoMayEdit: who signs, administrates or audits writes nothing in another's name.
func TestWhoMayEdit(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	for _, p := range []advocacy.PersonID{h.Legal, h.PR, h.Admin, h.Auditor} {
		refuses(t, h, advocacy.Denied, "NOT_A_CONTRIBUTOR", func() error {
			_, err := tryEdit(t.Context(), h, p, v, "Let me help.")
			return err
		})
	}
	refuses(t, h, advocacy.Conflict, "ETAG_STALE", func() error {
		_, err := h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.PostChange{Version: 1, Note: ptr("late")})
		return err
	})
	state(t, h, v, advocacy.PostInReview)
}

// TestEditInEveryState: a draft can be changed as long as nothing has gone out.
func TestEditInEveryState(t *testing.T) {
	t.Parallel()
	states := map[advocacy.PostState]struct {
		reach  func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) *workflow.PostView
		reason string
		// again is what start_new_round makes of the refusal.
		again string
	}{
		advocacy.PostInReview:         {inReview, "", ""},
		advocacy.PostChangesRequested: {changesRequested, "", ""},
		advocacy.PostRejected:         {rejected, "", ""},
		advocacy.PostReviewExpired:    {expired, "", ""},
		advocacy.PostUnroutable:       {unroutable, "", ""},
		advocacy.PostApproved:         {approvedUnscheduled, "", ""},
		advocacy.PostScheduled:        {scheduled, "", ""},
		advocacy.PostPublishing:       {publishing, "POST_PUBLISHING", "POST_PUBLISHING"},
		advocacy.PostPublished:        {published, "POST_PUBLISHED", ""},
		advocacy.PostFailed:           {failed, "POST_PUBLISHED", ""},
		advocacy.PostRecalled:         {recalled, "POST_PUBLISHED", ""},
		advocacy.PostWithdrawn:        {withdrawn, "POST_WITHDRAWN", "POST_WITHDRAWN"},
	}
	for want, s := range states {
		t.Run(string(want), func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			v := s.reach(t, h, l)
			state(t, h, v, want)
			content := v.Head.Content
			content.Text = "Changed."
			try := func(newRound bool) error {
				_, err := h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.PostChange{Content: &content, StartNewRound: newRound})
				return err
			}
			if s.reason != "" {
				refuses(t, h, advocacy.Precondition, s.reason, func() error { return try(false) })
			}
			if s.again != "" {
				refuses(t, h, advocacy.Precondition, s.again, func() error { return try(true) })
				return
			}
			ok(t, try(s.reason != ""))
			state(t, h, v, advocacy.PostDraft)
			for _, x := range publications(t, h, v) {
				if x.State == advocacy.Scheduled || x.State == advocacy.Claimed {
					t.Fatalf("a publication of the old revision is %s", x.State)
				}
			}
		})
	}
}

// TestNewRoundOfAPublishedPost (edge case 74): the live one is untouched, and nothing is
// queued again without new signatures.
func TestNewRoundOfAPublishedPost(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := published(t, h, l)
	content := v.Head.Content
	content.Text = "Signed, and better."
	next := change(t, h, v, workflow.PostChange{Content: &content, StartNewRound: true})
	state(t, h, v, advocacy.PostDraft)
	stand(t, h, v, advocacy.Published)
	h.Submit(t, next)
	h.Sign(t, h.Legal, next, "legal")
	h.Work(t)
	sent(t, l, "Signed.")
	h.Sign(t, h.PR, next, "pr")
	h.Work(t)
	stand(t, h, v, advocacy.Published, advocacy.Published)
	sent(t, l, "Signed.", "Signed, and better.")
}

// TestEditUnderTheWorker: the author edits while a worker is on its way to the gate; the
// old bytes stay at home.
func TestEditUnderTheWorker(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	edited := false
	h.Worker.Reached = func(step string) {
		if step == publish.StepClaimed && !edited {
			edited = true
			edit(t, h, v, "Changed on the way out.")
		}
	}
	h.Work(t)
	if !edited {
		t.Fatal("no worker came")
	}
	stand(t, h, v, advocacy.Cancelled)
	state(t, h, v, advocacy.PostDraft)
	sent(t, l)
}

// TestNewTimeOfAScheduledPost: the signatures stand, since the time is not among the
// bytes; what was scheduled moves.
func TestNewTimeOfAScheduledPost(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	later := h.Clock.Now().Add(24 * time.Hour)
	out := change(t, h, v, workflow.PostChange{PublishTime: &later, Zone: ptr("Europe/Paris")})
	if out.Head.Number != 1 {
		t.Fatalf("a new time made revision %d", out.Head.Number)
	}
	stand(t, h, v, advocacy.Cancelled, advocacy.Scheduled)
	h.Work(t)
	sent(t, l)
	h.Clock.Advance(24 * time.Hour)
	h.Work(t)
	sent(t, l, "Signed.")
}

// TestNewTimeOfWhatIsLeft: when one account shows the post already, a new time moves the
// others and never sends to that one again [I18].
func TestNewTimeOfWhatIsLeft(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v, wall := halfPublished(t, h, l)
	later := h.Clock.Now().Add(24 * time.Hour)
	change(t, h, v, workflow.PostChange{PublishTime: &later, Zone: ptr("Europe/Paris")})
	_, err := h.Flow.RecallPublication(t.Context(), h.As(h.PR), h.W, v.Post.ID, wall, "not there")
	ok(t, err)
	ok(t, h.Worker.Recall(t.Context(), publicationJob(h, wall)))
	later = later.Add(time.Hour)
	change(t, h, v, workflow.PostChange{PublishTime: &later})
	l.AnsweringWith(nil)
	h.Clock.Advance(48 * time.Hour)
	h.Work(t)
	sent(t, l, "To two places.")
	if n := h.OnWall(t); n != 0 {
		t.Fatal("what was recalled came back")
	}
}

// halfPublished is a post the wall shows and the ledger does not take yet.
func halfPublished(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) (*workflow.PostView, advocacy.PublicationID) {
	t.Helper()
	l.Answering(network.RateLimited)
	v := h.Approved(t, "To two places.", h.Wall, h.Ledger)
	h.Work(t)
	stand(t, h, v, advocacy.Published, advocacy.Scheduled)
	return v, publications(t, h, v)[0].ID
}

// TestLostSignatureOfWhatIsLeft: a signature is lost after one account showed the post;
// signed again, only the rest goes out [I10, I18].
func TestLostSignatureOfWhatIsLeft(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v, _ := halfPublished(t, h, l)
	regrant(t, h, h.Legal, advocacy.RoleEmployee)
	l.AnsweringWith(nil)
	h.Clock.Advance(time.Hour)
	h.Work(t)
	sent(t, l)
	state(t, h, v, advocacy.PostPartiallyPublished)
	review(t, h, v, advocacy.ReviewOpen)
	h.Sign(t, h.Legal2, v, "legal")
	h.Work(t)
	sent(t, l, "To two places.")
	if n := h.OnWall(t); n != 1 {
		t.Fatalf("%d entries on the wall, want 1", n)
	}
	state(t, h, v, advocacy.PostPublished)
}
