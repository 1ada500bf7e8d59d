package workflow_test

import (
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// TestSubmitNamesTheHead: the author's assent is to bytes, not to a post.
func TestSubmitNamesTheHead(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	seen := h.Draft(t, "One.", h.Ledger)
	head := edit(t, h, seen, "Two.")
	e := refuses(t, h, advocacy.Conflict, "REVISION_CHANGED", func() error { return submit(t.Context(), h, h.As(h.Author), seen) })
	if e.Meta["digest"] != string(head.Head.Digest) || e.Meta["revision"] != head.Post.Subject().RevisionName(2) {
		t.Fatalf("the error names %v, want the head", e.Meta)
	}
	state(t, h, seen, advocacy.PostDraft)
	v := h.Submit(t, head)
	want := advocacy.Assent{Person: h.Author, Digest: head.Head.Digest, Time: h.Clock.Now()}
	if v.Review.Assent != want {
		t.Fatalf("assent is %+v, want %+v", v.Review.Assent, want)
	}
}

// TestOnlyTheAuthorSubmits: who may read every post still assents to none of them.
func TestOnlyTheAuthorSubmits(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := h.Draft(t, "Mine.", h.Ledger)
	for _, p := range []advocacy.PersonID{h.Admin, h.Auditor, h.Legal} {
		refuses(t, h, advocacy.Denied, "NOT_THE_AUTHOR", func() error { return submit(t.Context(), h, h.As(p), v) })
	}
	for _, p := range []advocacy.PersonID{h.Reader, h.Curator} {
		refuses(t, h, advocacy.NotFound, "POST_NOT_FOUND", func() error { return submit(t.Context(), h, h.As(p), v) })
	}
	refuses(t, h, advocacy.Denied, "NOT_THE_AUTHOR", func() error { return submit(t.Context(), h, workflow.SystemCall(h.W), v) })
}

// TestSubmitRefusesWhatIsNotReady names everything that keeps a draft a draft.
func TestSubmitRefusesWhatIsNotReady(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	draft := func(d workflow.PostDraft) *workflow.PostView {
		v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, d)
		ok(t, err)
		return v
	}
	words := advocacy.Content{Language: "en", Text: "Soon."}
	nowhere := draft(workflow.PostDraft{Content: words})
	refuses(t, h, advocacy.Precondition, "NO_TARGETS", func() error { return submit(t.Context(), h, h.As(h.Author), nowhere) })

	long := draft(workflow.PostDraft{Content: advocacy.Content{Language: "en", Text: strings.Repeat("too long ", 2000)}, Accounts: []advocacy.AccountID{h.Wall}})
	e := refuses(t, h, advocacy.Precondition, "FINDING_BLOCKS", func() error { return submit(t.Context(), h, h.As(h.Author), long) })
	if e.Meta["finding"] != "TEXT_TOO_LONG" || e.Field == "" {
		t.Fatalf("the error names finding %q in field %q", e.Meta["finding"], e.Field)
	}

	late := draft(workflow.PostDraft{
		Content: words, Accounts: []advocacy.AccountID{h.Ledger}, PublishTime: h.Clock.Now().Add(time.Hour), Zone: "Europe/Paris",
	})
	h.Clock.Advance(2 * time.Hour)
	refuses(t, h, advocacy.Precondition, "PUBLISH_TIME_PAST", func() error { return submit(t.Context(), h, h.As(h.Author), late) })
	refuses(t, h, advocacy.Conflict, "ETAG_STALE", func() error {
		_, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, late.Post.ID, workflow.Submit{Digest: late.Head.Digest, Version: late.Post.Version + 1})
		return err
	})
}

// TestMachineSpeaksForNobody: a key may submit to a brand's account; only the person may
// submit what goes out in the person's own name [I31].
func TestMachineSpeaksForNobody(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	personal := h.Draft(t, "In my name.", h.AuthorWall)
	refuses(t, h, advocacy.Precondition, "ASSENT_REQUIRED", func() error { return submit(t.Context(), h, h.AsKey(h.Author), personal) })
	ok(t, submit(t.Context(), h, h.As(h.Author), personal))

	brand := h.Draft(t, "In the brand's name.", h.Ledger)
	key := h.AsKey(h.Author)
	ok(t, submit(t.Context(), h, key, brand))
	if a := review(t, h, brand, advocacy.ReviewOpen).Assent; a.Key != key.Actor.Key || a.Person != h.Author {
		t.Fatalf("assent is %+v", a)
	}
	h.Sign(t, h.Legal, brand, "legal")
	h.Sign(t, h.PR, brand, "pr")
	h.Work(t)
	sent(t, l, "In the brand's name.")
}

// TestSubmitInEveryState: the head has at most one live round, and what was said about
// its bytes stands.
func TestSubmitInEveryState(t *testing.T) {
	t.Parallel()
	states := map[advocacy.PostState]struct {
		reach  func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) *workflow.PostView
		reason string
	}{
		advocacy.PostInReview:         {inReview, "REVIEW_OPEN"},
		advocacy.PostChangesRequested: {changesRequested, "REVIEW_OPEN"},
		advocacy.PostRejected:         {rejected, "SAME_AS_REJECTED"},
		advocacy.PostReviewExpired:    {expired, ""},
		advocacy.PostUnroutable:       {unroutable, "REVIEW_OPEN"},
		advocacy.PostApproved:         {approvedUnscheduled, "REVIEW_OPEN"},
		advocacy.PostScheduled:        {scheduled, "REVIEW_OPEN"},
		advocacy.PostPublishing:       {publishing, "POST_PUBLISHING"},
		advocacy.PostPublished:        {published, "POST_PUBLISHED"},
		advocacy.PostFailed:           {failed, "POST_PUBLISHED"},
		advocacy.PostRecalled:         {recalled, "POST_PUBLISHED"},
		advocacy.PostWithdrawn:        {withdrawn, "POST_WITHDRAWN"},
	}
	for want, s := range states {
		t.Run(string(want), func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			v := s.reach(t, h, l)
			state(t, h, v, want)
			if s.reason == "" {
				ok(t, submit(t.Context(), h, h.As(h.Author), v))
				return
			}
			refuses(t, h, advocacy.Precondition, s.reason, func() error { return submit(t.Context(), h, h.As(h.Author), v) })
			state(t, h, v, want)
		})
	}
}

// The ways into each state.

func inReview(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) *workflow.PostView {
	return h.Submit(t, h.Draft(t, "Read me.", h.Ledger))
}

func changesRequested(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) *workflow.PostView {
	v := inReview(t, h, l)
	ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.RequestChanges))
	return v
}

func rejected(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) *workflow.PostView {
	v := inReview(t, h, l)
	ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.Reject))
	return v
}

func expired(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) *workflow.PostView {
	v := inReview(t, h, l)
	h.Clock.Advance(15 * 24 * time.Hour)
	_, err := h.Flow.ExpireReviews(t.Context())
	ok(t, err)
	return v
}

func unroutable(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) *workflow.PostView {
	resign(t, h, h.PR)
	return inReview(t, h, l)
}

func approvedUnscheduled(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) *workflow.PostView {
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: "Too late."}, Accounts: []advocacy.AccountID{h.Ledger},
		PublishTime: h.Clock.Now().Add(time.Hour), Zone: "Europe/Paris",
	})
	ok(t, err)
	h.Submit(t, v)
	h.Clock.Advance(3 * time.Hour)
	h.Sign(t, h.Legal, v, "legal")
	h.Sign(t, h.PR, v, "pr")
	return v
}

func scheduled(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) *workflow.PostView {
	return h.Approved(t, "Signed.", h.Ledger)
}

func publishing(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) *workflow.PostView {
	l.Answering(network.UnknownOutcome)
	v := scheduled(t, h, l)
	h.Work(t)
	return v
}

func published(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) *workflow.PostView {
	v := scheduled(t, h, l)
	h.Work(t)
	return v
}

// handedOver is a post that waits for its author to publish it by hand.
func handedOver(t *testing.T, h *workflowtest.House) *workflow.PostView {
	v := h.Approved(t, "Signed by two.", h.ByHand(t))
	h.Work(t)
	return v
}

func failed(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) *workflow.PostView {
	l.Answering(network.Permanent)
	v := scheduled(t, h, l)
	h.Work(t)
	return v
}

func recalled(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) *workflow.PostView {
	v := published(t, h, l)
	_, err := h.Flow.RecallPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, "a mistake")
	ok(t, err)
	ok(t, h.Worker.Recall(t.Context(), publicationJob(h, publications(t, h, v)[0].ID)))
	return v
}

func withdrawn(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) *workflow.PostView {
	v := inReview(t, h, l)
	_, err := h.Flow.WithdrawPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, 0, "no more")
	ok(t, err)
	return v
}

// publicationJob is the input of a job about a publication.
func publicationJob(h *workflowtest.House, id advocacy.PublicationID) []byte {
	return []byte(`{"workspace":"` + string(h.W) + `","publication":"` + string(id) + `"}`)
}

// TestRejectedBytesNeverComeBack: neither at once, nor after an edit away and back, nor
// in a later round [I15].
func TestRejectedBytesNeverComeBack(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := rejected(t, h, l)
	refuses(t, h, advocacy.Precondition, "SAME_AS_REJECTED", func() error { return submit(t.Context(), h, h.As(h.Author), v) })
	other := edit(t, h, v, "Something else.")
	h.Submit(t, other)
	back := edit(t, h, other, "Read me.")
	if back.Head.Digest != v.Head.Digest {
		t.Fatal("the same words have another digest")
	}
	refuses(t, h, advocacy.Precondition, "SAME_AS_REJECTED", func() error { return submit(t.Context(), h, h.As(h.Author), back) })
	state(t, h, v, advocacy.PostDraft)
}

// TestDefaultRouting: no rule matches, so legal and PR are asked, in parallel (edge case
// 31), and the plan is frozen with the policy it came from [I12].
func TestDefaultRouting(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	r := review(t, h, v, advocacy.ReviewOpen)
	if r.Policy.Revision != 1 || len(r.Plan.Requirements) != 2 {
		t.Fatalf("plan of policy %+v is %+v", r.Policy, r.Plan)
	}
	for _, q := range r.Plan.Requirements {
		if q.Stage != r.Plan.Requirements[0].Stage || q.Quorum != 1 || !q.Veto || len(q.Rules) == 0 {
			t.Errorf("requirement %+v", q)
		}
	}
	h.Sign(t, h.PR, v, "pr")
	h.Sign(t, h.Legal, v, "legal")
	state(t, h, v, advocacy.PostScheduled)
}

// TestPreviewSaysWhatSubmitWillDo: the same bytes, the same signers, and nothing kept.
func TestPreviewSaysWhatSubmitWillDo(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	d := workflow.PostDraft{Content: advocacy.Content{Language: "en", Text: "Look first."}, Accounts: []advocacy.AccountID{h.Ledger}}
	before := len(records(t, h, ""))
	p, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, d)
	ok(t, err)
	posts, _, err := h.Flow.Posts(t.Context(), h.As(h.Author), workflow.PostQuery{Workspace: h.W, Page: workflow.Page{Size: 10}})
	ok(t, err)
	if len(posts) != 0 || len(records(t, h, "")) != before {
		t.Fatal("a preview was kept")
	}
	v := h.Submit(t, h.Draft(t, "Look first.", h.Ledger))
	if v.Head.Digest != p.Digest || p.Origin != advocacy.OriginOriginal {
		t.Fatalf("preview of %s showed %s, the post is %s", p.Origin, p.Digest, v.Head.Digest)
	}
	if len(p.Plan.Requirements) != len(v.Review.Plan.Requirements) {
		t.Fatalf("preview asks for %+v, the review for %+v", p.Plan, v.Review.Plan)
	}
}

// TestTwinsAreStrangers: two posts with the same words have reviews of their own (edge
// case 11) [I5].
func TestTwinsAreStrangers(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	one, two := inReview(t, h, l), inReview(t, h, l)
	if one.Head.Digest != two.Head.Digest {
		t.Fatal("the same words have different digests")
	}
	h.Sign(t, h.Legal, one, "legal")
	h.Sign(t, h.PR, two, "pr")
	state(t, h, one, advocacy.PostInReview)
	state(t, h, two, advocacy.PostInReview)
	h.Work(t)
	sent(t, l)
}

// TestNobodyHoldsTheRole: a review nobody can finish is unroutable, says so, goes nowhere,
// and opens again when somebody can [I26].
func TestNobodyHoldsTheRole(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := unroutable(t, h, l)
	review(t, h, v, advocacy.ReviewUnroutable)
	h.Sign(t, h.PR, v, "pr")
	h.Work(t)
	sent(t, l)
	regrant(t, h, h.Legal, advocacy.RoleLegal)
	h.Reassess(t)
	state(t, h, v, advocacy.PostInReview)
	regrant(t, h, h.Legal, advocacy.RoleEmployee)
	h.Reassess(t)
	state(t, h, v, advocacy.PostUnroutable)
	regrant(t, h, h.Legal2, advocacy.RoleLegal)
	h.Reassess(t)
	h.Sign(t, h.Legal2, v, "legal")
	h.Work(t)
	state(t, h, v, advocacy.PostPublished)
	sent(t, l, "Read me.")
}

// TestTheAuthorIsNoSigner: a role whose only holder wrote the post cannot be met.
func TestTheAuthorIsNoSigner(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	resign(t, h, h.PR)
	regrant(t, h, h.Author, advocacy.RoleEmployee, advocacy.RoleLegal)
	v := h.Submit(t, h.Draft(t, "I am the lawyer.", h.Ledger))
	state(t, h, v, advocacy.PostUnroutable)
}
