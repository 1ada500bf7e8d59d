package workflow_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// item asserts where an item stands and which of its revisions is in force.
func item(t *testing.T, h *workflowtest.House, id advocacy.ItemID, want advocacy.ItemState, inForce int) *workflow.ItemView {
	t.Helper()
	v, err := h.Flow.Item(t.Context(), h.As(h.Curator), h.W, id)
	ok(t, err)
	if v.Item.State != want || v.Item.InForce != inForce {
		t.Fatalf("item is %s with revision %d in force, want %s and %d", v.Item.State, v.Item.InForce, want, inForce)
	}
	return v
}

// draftItem keeps an item nobody has signed.
func draftItem(t *testing.T, h *workflowtest.House, text string) *workflow.ItemView {
	t.Helper()
	v, err := h.Flow.CreateItem(t.Context(), h.As(h.Curator), h.W, workflow.ItemDraft{
		Title: text, Topic: "news", Networks: []advocacy.Network{wall.Name, workflowtest.LedgerName},
		Content: advocacy.Content{Language: "en", Text: text},
	})
	ok(t, err)
	return v
}

func submitItem(t *testing.T, h *workflowtest.House, v *workflow.ItemView) error {
	t.Helper()
	_, err := h.Flow.SubmitItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.Submit{Digest: v.Revision.Digest})
	return err
}

func decideItem(t *testing.T, h *workflowtest.House, who advocacy.PersonID, v *workflow.ItemView, requirement string, verdict advocacy.Verdict) error {
	t.Helper()
	now, err := h.Store.Item(t.Context(), h.W, v.Item.ID)
	ok(t, err)
	h.View(t, who, v.Item.Subject(), now.Round)
	_, _, err = h.Flow.Decide(t.Context(), h.As(who), v.Item.Subject(), now.Round, workflow.Verdict{
		Verdict: verdict, Requirement: requirement, Digest: v.Revision.Digest, Reason: "because",
	})
	return err
}

// ledgerItem is an item in force that may be shared on the ledger.
func ledgerItem(t *testing.T, h *workflowtest.House, text string) *workflow.ItemView {
	t.Helper()
	v := draftItem(t, h, text)
	ok(t, submitItem(t, h, v))
	signItem(t, h, v)
	return item(t, h, v.Item.ID, advocacy.ItemApproved, v.Item.Head)
}

func signItem(t *testing.T, h *workflowtest.House, v *workflow.ItemView) {
	t.Helper()
	ok(t, decideItem(t, h, h.Legal, v, "legal", advocacy.Approve))
	ok(t, decideItem(t, h, h.PR, v, "pr", advocacy.Approve))
}

func reviseItem(t *testing.T, h *workflowtest.House, v *workflow.ItemView, text string) *workflow.ItemView {
	t.Helper()
	content := v.Revision.Content
	content.Text = text
	out, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{Content: &content})
	ok(t, err)
	return out
}

// TestItemIsNothingBeforeItIsSigned: employees see nothing of a draft, and nobody shares it.
func TestItemIsNothingBeforeItIsSigned(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := draftItem(t, h, "Soon.")
	unseen := func() {
		t.Helper()
		refuses(t, h, advocacy.NotFound, "ITEM_NOT_FOUND", func() error { _, err := h.Flow.Item(t.Context(), h.As(h.Author), h.W, v.Item.ID); return err })
		refuses(t, h, advocacy.NotFound, "ITEM_NOT_FOUND", func() error { return tryShare(t, h, h.Author, v, v.Revision.Digest) })
		refuses(t, h, advocacy.Precondition, "ITEM_NOT_SHARABLE", func() error { return tryShare(t, h, h.Curator, v, v.Revision.Digest) })
		shelf, _, err := h.Flow.Items(t.Context(), h.As(h.Author), workflow.ItemQuery{Workspace: h.W, Page: workflow.Page{Size: 10}})
		if err != nil || len(shelf) != 0 {
			t.Fatalf("an employee lists %d items: %v", len(shelf), err)
		}
	}
	unseen()
	ok(t, submitItem(t, h, v))
	item(t, h, v.Item.ID, advocacy.ItemInReview, 0)
	ok(t, decideItem(t, h, h.Legal, v, "legal", advocacy.Approve))
	unseen()
	ok(t, decideItem(t, h, h.PR, v, "pr", advocacy.Approve))
	item(t, h, v.Item.ID, advocacy.ItemApproved, 1)
	shelf, _, err := h.Flow.Items(t.Context(), h.As(h.Author), workflow.ItemQuery{Workspace: h.W, Page: workflow.Page{Size: 10}})
	if err != nil || len(shelf) != 1 || !shelf[0].Sharable {
		t.Fatalf("an employee lists %d items: %v", len(shelf), err)
	}
}

// TestItemRefusesWhatCannotBe names what an item cannot hold or be submitted as.
func TestItemRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	now := h.Clock.Now()
	content := advocacy.Content{Language: "en", Text: "Words."}
	cases := map[string]workflow.ItemDraft{
		"TOPIC_NOT_FOUND":    {Topic: "weather", Content: content},
		"TIME_ZONE_REQUIRED": {Topic: "news", Content: content, Share: advocacy.Window{Start: now}},
		"TIME_ZONE_UNKNOWN":  {Topic: "news", Content: content, Share: advocacy.Window{End: now}, Zone: "Mars/Olympus"},
		"WINDOW_EMPTY":       {Topic: "news", Content: content, Share: advocacy.Window{Start: now, End: now}, Zone: "Europe/Paris"},
		"NETWORK_UNKNOWN":    {Topic: "news", Content: content, Networks: []advocacy.Network{"telegraph"}},
		"CONTROL_CHARACTER":  {Topic: "news", Content: content, Title: "\x07"},
	}
	for reason, d := range cases {
		refuses(t, h, advocacy.Invalid, reason, func() error { _, err := h.Flow.CreateItem(t.Context(), h.As(h.Curator), h.W, d); return err })
	}
	nowhere, err := h.Flow.CreateItem(t.Context(), h.As(h.Curator), h.W, workflow.ItemDraft{Title: "No", Topic: "news", Content: content})
	ok(t, err)
	refuses(t, h, advocacy.Precondition, "NO_TARGETS", func() error { return submitItem(t, h, nowhere) })
	empty, err := h.Flow.CreateItem(t.Context(), h.As(h.Curator), h.W, workflow.ItemDraft{
		Title: "No", Topic: "news", Networks: []advocacy.Network{wall.Name}, Content: advocacy.Content{Language: "en"},
	})
	ok(t, err)
	refuses(t, h, advocacy.Precondition, "FINDING_BLOCKS", func() error { return submitItem(t, h, empty) })
}

// TestItemSubmitIsOfTheHead: the same guards as for a post, in the item's words.
func TestItemSubmitIsOfTheHead(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := draftItem(t, h, "One.")
	next := reviseItem(t, h, v, "Two.")
	e := refuses(t, h, advocacy.Conflict, "REVISION_CHANGED", func() error { return submitItem(t, h, v) })
	if e.Meta["digest"] != string(next.Revision.Digest) || e.Meta["revision"] != next.Item.Subject().RevisionName(2) {
		t.Errorf("the error names %v", e.Meta)
	}
	refuses(t, h, advocacy.Conflict, "ETAG_STALE", func() error {
		_, err := h.Flow.SubmitItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.Submit{Digest: next.Revision.Digest, Version: 99})
		return err
	})
	ok(t, submitItem(t, h, next))
	refuses(t, h, advocacy.Precondition, "REVIEW_OPEN", func() error { return submitItem(t, h, next) })
	ok(t, decideItem(t, h, h.Legal, next, "legal", advocacy.Reject))
	item(t, h, v.Item.ID, advocacy.ItemRejected, 0)
	refuses(t, h, advocacy.Precondition, "SAME_AS_REJECTED", func() error { return submitItem(t, h, next) })
	back := reviseItem(t, h, reviseItem(t, h, next, "Three."), "Two.")
	refuses(t, h, advocacy.Precondition, "SAME_AS_REJECTED", func() error { return submitItem(t, h, back) })
}

// TestCuratorDoesNotSign: who wrote any revision of an item signs none of it.
func TestCuratorDoesNotSign(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	regrant(t, h, h.Curator, advocacy.RoleCurator, advocacy.RoleLegal)
	second := recruit(t, h, "Second", advocacy.RoleCurator, advocacy.RolePR)
	v := draftItem(t, h, "Written by two.")
	content := v.Revision.Content
	content.Text += " Really."
	v, err := h.Flow.UpdateItem(t.Context(), h.As(second), h.W, v.Item.ID, workflow.ItemChange{Content: &content})
	ok(t, err)
	ok(t, submitItem(t, h, v))
	refuses(t, h, advocacy.Denied, "SELF_REVIEW", func() error { return decideItem(t, h, h.Curator, v, "legal", advocacy.Approve) })
	refuses(t, h, advocacy.Denied, "SELF_REVIEW", func() error { return decideItem(t, h, second, v, "pr", advocacy.Approve) })
	signItem(t, h, v)
	item(t, h, v.Item.ID, advocacy.ItemApproved, 2)
}

// TestNextRevisionHasItsOwnReview (edge case 65): the approved one stays in force while
// the next is in review, whatever becomes of that.
func TestNextRevisionHasItsOwnReview(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := ledgerItem(t, h, "First.")
	next := reviseItem(t, h, v, "Second.")
	item(t, h, v.Item.ID, advocacy.ItemDraft, 1)
	ok(t, submitItem(t, h, next))
	item(t, h, v.Item.ID, advocacy.ItemInReview, 1)
	share(t, h, v, "First.")
	h.Work(t)
	sent(t, l, "First.")

	ok(t, decideItem(t, h, h.Legal2, next, "legal", advocacy.Reject))
	item(t, h, v.Item.ID, advocacy.ItemRejected, 1)
	share(t, h, v, "First.")
	h.Work(t)
	sent(t, l, "First.", "First.")

	h.Clock.Advance(time.Minute)
	third := reviseItem(t, h, next, "Third.")
	ok(t, submitItem(t, h, third))
	h.Clock.Advance(time.Minute)
	signItem(t, h, third)
	item(t, h, v.Item.ID, advocacy.ItemApproved, 3)
	share(t, h, third, "Third.")
	h.Work(t)
	sent(t, l, "First.", "First.", "Third.")
	first, err := h.Store.Review(t.Context(), v.Item.Subject(), 1)
	ok(t, err)
	if first.State != advocacy.ReviewSuperseded {
		t.Fatalf("the first round is %s", first.State)
	}
}

// TestItemLosesItsSignatures: an objection to an item in force takes it off the shelf.
func TestItemLosesItsSignatures(t *testing.T) {
	t.Parallel()
	for verdict, want := range map[advocacy.Verdict]advocacy.ItemState{
		advocacy.Reject: advocacy.ItemRejected, advocacy.RequestChanges: advocacy.ItemChangesRequested, advocacy.Retract: advocacy.ItemInReview,
	} {
		t.Run(string(verdict), func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			v := ledgerItem(t, h, "In force.")
			post := share(t, h, v, "In force.")
			ok(t, decideItem(t, h, h.Legal, v, "legal", verdict))
			item(t, h, v.Item.ID, want, 0)
			h.Work(t)
			sent(t, l)
			stand(t, h, post, advocacy.Cancelled)
			state(t, h, post, advocacy.PostDraft)
			refuses(t, h, advocacy.NotFound, "ITEM_NOT_FOUND", func() error { return tryShare(t, h, h.Author, v, v.Revision.Digest) })
		})
	}
}

// TestSignersOfAnItemMayLeave: what they signed was signed; a share stands on it still.
func TestSignersOfAnItemMayLeave(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := ledgerItem(t, h, "Signed long ago.")
	h.Clock.Advance(time.Hour)
	resign(t, h)
	_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Legal, "left")
	ok(t, err)
	share(t, h, v, "Signed long ago.")
	h.Work(t)
	sent(t, l, "Signed long ago.")
}

// TestWithdrawnItem (edge cases 61 and 85): nothing of it is shared or sent any more.
func TestWithdrawnItem(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := ledgerItem(t, h, "Withdrawn soon.")
	now, later := share(t, h, v, "Withdrawn soon."), shareAt(t, h, v, h.Clock.Now().Add(24*time.Hour))
	_, err := h.Flow.WithdrawItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, "wrong figure")
	ok(t, err)
	item(t, h, v.Item.ID, advocacy.ItemWithdrawn, 1)
	for _, queued := range []*workflow.PostView{now, later} {
		stand(t, h, queued, advocacy.Cancelled)
		state(t, h, queued, advocacy.PostDraft)
	}
	h.Clock.Advance(25 * time.Hour)
	h.Work(t)
	sent(t, l)
	refuses(t, h, advocacy.Precondition, "ITEM_NOT_SHARABLE", func() error { return tryShare(t, h, h.Curator, v, v.Revision.Digest) })
	refuses(t, h, advocacy.NotFound, "ITEM_NOT_FOUND", func() error { return tryShare(t, h, h.Author, v, v.Revision.Digest) })
	refuses(t, h, advocacy.Precondition, "ITEM_WITHDRAWN", func() error {
		_, err := h.Flow.WithdrawItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, "again")
		return err
	})
	refuses(t, h, advocacy.Precondition, "ITEM_WITHDRAWN", func() error {
		_, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{Title: ptr("New")})
		return err
	})
	refuses(t, h, advocacy.Precondition, "ITEM_WITHDRAWN", func() error { return submitItem(t, h, v) })
	// What is said of it now opens nothing again.
	_, err = h.Flow.OpenThread(t.Context(), h.As(h.Legal), v.Item.Subject(), workflow.ThreadDraft{Text: "Was this so?", Blocking: true})
	ok(t, err)
	item(t, h, v.Item.ID, advocacy.ItemWithdrawn, 1)
	review, err := h.Store.Review(t.Context(), v.Item.Subject(), 1)
	ok(t, err)
	if open, _, err := h.Store.Tasks(t.Context(), workflow.TaskQuery{Workspace: h.W, Subject: v.Item.Subject(), State: workflow.TaskOpen, Page: workflow.Page{Size: 10}}); err != nil || review.State != advocacy.ReviewWithdrawn || len(open) > 0 {
		t.Errorf("the round is %s with %d turns open (%v)", review.State, len(open), err)
	}
	// As own words it is a post like any other.
	h.Submit(t, now)
	state(t, h, now, advocacy.PostInReview)
}

// few is a store of which a transaction finds no more than some shares that nobody else holds.
type few struct {
	workflow.Store
	most  int
	asked *[]int
}

func (f few) Update(ctx context.Context, do func(context.Context, workflow.Tx) error) error {
	return f.Store.Update(ctx, func(ctx context.Context, tx workflow.Tx) error { return do(ctx, fewFree{tx, f}) })
}

type fewFree struct {
	workflow.Tx
	of few
}

func (f fewFree) FreeShares(ctx context.Context, w advocacy.WorkspaceID, item advocacy.ItemID, state advocacy.PostState, limit int) ([]advocacy.PostID, error) {
	*f.of.asked = append(*f.of.asked, limit)
	return f.Tx.FreeShares(ctx, w, item, state, min(limit, f.of.most))
}

// finding is the service where no more than that many shares can be stopped at once, and the
// numbers it asked for.
func finding(h *workflowtest.House, most int) (*workflow.Service, *[]int) {
	flow, asked := *h.Flow, new([]int)
	flow.Store = few{h.Store, most, asked}
	return &flow, asked
}

// TestManyQueuedShares: a withdrawal stops a number of shares that has a bound, the job the rest; of
// those the gate lets none out meanwhile.
func TestManyQueuedShares(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := ledgerItem(t, h, "Often shared.")
	at := h.Clock.Now().Add(time.Hour)
	queued := []*workflow.PostView{shareAt(t, h, v, at), shareAt(t, h, v, at), shareAt(t, h, v, at)}
	flow, asked := finding(h, 1)
	_, err := flow.WithdrawItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, "wrong figure")
	ok(t, err)
	if want := []int{200, 199, 199, 199}; !slices.Equal(*asked, want) || looked(t, h) != 1 {
		t.Errorf("it asked for %v shares, want %v, and %d jobs look at the rest", *asked, want, looked(t, h))
	}
	stand(t, h, queued[0], advocacy.Cancelled)
	stand(t, h, queued[1], advocacy.Scheduled)
	ok(t, h.Flow.CancelShares(t.Context(), h.W, v.Item.ID))
	for _, post := range queued {
		stand(t, h, post, advocacy.Cancelled)
		state(t, h, post, advocacy.PostDraft)
	}
	h.Clock.Advance(2 * time.Hour)
	h.Work(t)
	sent(t, l)
}

// TestClosedTopic: an item on a closed shelf is for its members.
func TestClosedTopic(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := ledgerItem(t, h, "For few.")
	_, err := h.Flow.CreateTopic(t.Context(), h.As(h.Curator), h.W, workflow.TopicDraft{
		ID: "secret", DisplayName: "Secret", Closed: true, Members: []advocacy.PersonID{h.Reader},
	})
	ok(t, err)
	_, err = h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{Topic: ptr(advocacy.TopicID("secret"))})
	ok(t, err)
	refuses(t, h, advocacy.NotFound, "ITEM_NOT_FOUND", func() error { return tryShare(t, h, h.Author, v, v.Revision.Digest) })
	refuses(t, h, advocacy.NotFound, "TOPIC_NOT_FOUND", func() error { _, err := h.Flow.Topic(t.Context(), h.As(h.Author), h.W, "secret"); return err })
	refuses(t, h, advocacy.NotFound, "ITEM_NOT_FOUND", func() error {
		_, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{Item: v.Item.ID, Content: advocacy.Content{Language: "en"}})
		return err
	})
	for _, p := range []advocacy.PersonID{h.Author, h.Reader} {
		shelf, _, err := h.Flow.Items(t.Context(), h.As(p), workflow.ItemQuery{Workspace: h.W, Page: workflow.Page{Size: 10}})
		if want := map[bool]int{true: 1}[p == h.Reader]; err != nil || len(shelf) != want {
			t.Fatalf("%d items on the shelf, want %d: %v", len(shelf), want, err)
		}
	}
	ok(t, tryShare(t, h, h.Reader, v, previewShare(t, h, h.Reader, v).Digest))
	h.Work(t)
	sent(t, l, "For few.")
	refuses(t, h, advocacy.Invalid, "MEMBER_NOT_FOUND", func() error {
		_, err := h.Flow.UpdateTopic(t.Context(), h.As(h.Curator), h.W, "secret", workflow.TopicChange{Members: &[]advocacy.PersonID{"nobody"}})
		return err
	})
	refuses(t, h, advocacy.Conflict, "ETAG_STALE", func() error {
		_, err := h.Flow.UpdateTopic(t.Context(), h.As(h.Curator), h.W, "secret", workflow.TopicChange{Version: 99})
		return err
	})
}
