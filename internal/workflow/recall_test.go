package workflow_test

import (
	"maps"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// recall orders a recall of an item and runs it once.
func recall(t *testing.T, h *workflowtest.House, item advocacy.ItemID, scopes ...advocacy.RecallScope) advocacy.RecallID {
	t.Helper()
	v, err := h.Flow.CreateRecall(t.Context(), h.As(h.PR), h.W, workflow.RecallDraft{Item: item, Scopes: scopes, Reason: "a wrong number"})
	ok(t, err)
	ok(t, h.Flow.RunRecall(t.Context(), h.W, v.Recall.ID))
	return v.Recall.ID
}

// wantRecall holds how many copies of a recall are in which state, and whether it has ended.
func wantRecall(t *testing.T, h *workflowtest.House, id advocacy.RecallID, ended bool, want map[advocacy.CopyState]int) *advocacy.Recall {
	t.Helper()
	v, err := h.Flow.Recall(t.Context(), h.As(h.PR), h.W, id)
	ok(t, err)
	if !maps.Equal(v.Copies, want) {
		t.Errorf("the copies are %v, want %v", v.Copies, want)
	}
	if v.Recall.EndTime.IsZero() == ended {
		t.Errorf("it ended at %v", v.Recall.EndTime)
	}
	return v.Recall
}

// sharedThrice is an item with a share that is out, one that waits, and one in own words that
// waits for signatures.
func sharedThrice(t *testing.T) (h *workflowtest.House, l *workflowtest.Ledger, item *workflow.ItemView, out, waits, own *workflow.PostView) {
	t.Helper()
	h, l = house(t)
	item = ledgerItem(t, h, "Forty percent!")
	out, err := ownShare(t, h, item, h.Ledger, time.Time{})
	ok(t, err)
	h.Work(t)
	waits, err = ownShare(t, h, item, h.Ledger, h.Clock.Now().Add(time.Hour))
	ok(t, err)
	edited, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Item: item.Item.ID, Accounts: []advocacy.AccountID{h.Ledger}, Content: advocacy.Content{Language: "en", Text: "More than forty percent!"},
	})
	ok(t, err)
	own = h.Submit(t, edited)
	return h, l, item, h.Post(t, out.Post.ID), waits, own
}

// TestRecallScopes: each scope takes back what it names, and leaves the rest.
func TestRecallScopes(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		scopes          []advocacy.RecallScope
		withdrawn       bool
		out, waits, own advocacy.PostState
		copies          map[advocacy.CopyState]int
		ends, takenBack bool
	}{
		"library": {
			scopes: []advocacy.RecallScope{advocacy.RecallLibrary}, withdrawn: true,
			out: advocacy.PostPublished, waits: advocacy.PostDraft, own: advocacy.PostDraft,
			copies: map[advocacy.CopyState]int{advocacy.CopyStopped: 1}, ends: true,
		},
		"queued": {
			scopes: []advocacy.RecallScope{advocacy.RecallQueued},
			out:    advocacy.PostPublished, waits: advocacy.PostDraft, own: advocacy.PostDraft,
			copies: map[advocacy.CopyState]int{advocacy.CopyStopped: 1}, ends: true,
		},
		"published": {
			scopes: []advocacy.RecallScope{advocacy.RecallPublished},
			out:    advocacy.PostPublished, waits: advocacy.PostScheduled, own: advocacy.PostInReview,
			copies: map[advocacy.CopyState]int{advocacy.CopyRemoving: 1}, takenBack: true,
		},
		"all": {
			scopes: advocacy.RecallScopes(), withdrawn: true,
			out: advocacy.PostPublished, waits: advocacy.PostDraft, own: advocacy.PostDraft,
			copies: map[advocacy.CopyState]int{advocacy.CopyStopped: 1, advocacy.CopyRemoving: 1}, takenBack: true,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, _, item, out, waits, own := sharedThrice(t)
			id := recall(t, h, item.Item.ID, c.scopes...)
			now, err := h.Store.Item(t.Context(), h.W, item.Item.ID)
			ok(t, err)
			if now.Withdrawn != c.withdrawn {
				t.Errorf("the item is withdrawn: %t", now.Withdrawn)
			}
			state(t, h, out, c.out)
			state(t, h, waits, c.waits)
			state(t, h, own, c.own)
			wantRecall(t, h, id, c.ends, c.copies)
			if now := h.Post(t, out.Post.ID).Review.State; now != advocacy.ReviewApproved {
				t.Errorf("the round of what is out is %s", now)
			}
			if x := publications(t, h, out)[0]; (x.Wait == advocacy.WaitRecalling) != c.takenBack {
				t.Errorf("what is out waits for %q", x.Wait)
			}
		})
	}
}

// TestRecallIsFollowed: until each copy was looked for and is gone, the time runs.
func TestRecallIsFollowed(t *testing.T) {
	t.Parallel()
	h, l, item, out, _, _ := sharedThrice(t)
	id := recall(t, h, item.Item.ID, advocacy.RecallScopes()...)
	x := publications(t, h, out)[0]
	taken := func() error {
		return h.Worker.TakeBack(t.Context(), workflow.PublicationJob{Workspace: x.Workspace, Publication: x.ID})
	}
	l.DeletingWith(func(network.Delivery) network.Answer {
		return network.Answer{Class: network.Retryable, Said: advocacy.Worded("busy")}
	})
	if advocacy.ReasonOf(taken()) != "RECALL_FAILED" {
		t.Error("a network that took nothing back is believed")
	}
	wantRecall(t, h, id, false, map[advocacy.CopyState]int{advocacy.CopyStopped: 1, advocacy.CopyFailed: 1})
	l.DeletingWith(nil)
	ok(t, taken())
	wantRecall(t, h, id, false, map[advocacy.CopyState]int{advocacy.CopyStopped: 1, advocacy.CopyRemoved: 1})
	remains(t, h, l, x)
	h.Clock.Advance(time.Minute)
	vanished(l)
	if now := readBack(t, h, x, 1); now != advocacy.ShownGone {
		t.Errorf("it is %q", now)
	}
	r := wantRecall(t, h, id, true, map[advocacy.CopyState]int{advocacy.CopyStopped: 1, advocacy.CopyConfirmed: 1})
	if !r.EndTime.Equal(h.Clock.Now()) {
		t.Errorf("it ended at %v, and the last copy was seen to be gone at %v", r.EndTime, h.Clock.Now())
	}
}

// remains looks at a recalled publication that the network still shows: at the last look a case
// opens.
func remains(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger, x advocacy.Publication) {
	t.Helper()
	displays(l, "")
	readBack(t, h, x, 0)
	wantCases(t, h, x)
	readBack(t, h, x, 2)
	if c := wantCases(t, h, x, "")[0]; c.Kind != advocacy.CaseRemains {
		t.Errorf("the case is %+v", c)
	}
}

// TestRecallWaitsForDoubt: what nobody knows the end of holds a recall open, and is taken back
// when it turns out to be there.
func TestRecallWaitsForDoubt(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	item := ledgerItem(t, h, "Forty percent!")
	l.Answering(network.UnknownOutcome)
	v, err := ownShare(t, h, item, h.Ledger, time.Time{})
	ok(t, err)
	h.Work(t)
	l.AnsweringWith(nil)
	id := recall(t, h, item.Item.ID, advocacy.RecallScopes()...)
	wantRecall(t, h, id, false, map[advocacy.CopyState]int{advocacy.CopyUnknown: 1})
	ok(t, resolve(t, h, h.As(h.Admin), h.Post(t, v.Post.ID), workflow.Resolve{Resolution: advocacy.ResolveFound, URL: "https://ledger.test/1", Reason: "I looked"}))
	wantRecall(t, h, id, false, map[advocacy.CopyState]int{advocacy.CopyRemoving: 1})
	x := publications(t, h, v)[0]
	ok(t, h.Worker.TakeBack(t.Context(), workflow.PublicationJob{Workspace: x.Workspace, Publication: x.ID}))
	// The network told no name of it, so there is nothing to look for by.
	wantRecall(t, h, id, true, map[advocacy.CopyState]int{advocacy.CopyConfirmed: 1})
}

// TestRecallEndsWithWhatIsNotOut: a person's word that the last copy is not out ends a recall.
func TestRecallEndsWithWhatIsNotOut(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	item := ledgerItem(t, h, "Forty percent!")
	l.Answering(network.UnknownOutcome)
	v, err := ownShare(t, h, item, h.Ledger, time.Time{})
	ok(t, err)
	h.Work(t)
	id := recall(t, h, item.Item.ID, advocacy.RecallScopes()...)
	wantRecall(t, h, id, false, map[advocacy.CopyState]int{advocacy.CopyUnknown: 1})
	ok(t, resolve(t, h, h.As(h.Admin), h.Post(t, v.Post.ID), workflow.Resolve{Resolution: advocacy.ResolveAbsent, Reason: "I looked"}))
	wantRecall(t, h, id, true, map[advocacy.CopyState]int{advocacy.CopyStopped: 1})
}

// TestRecallOfWhatIsSentAgain: what somebody sends again after a recall of what is out is taken back
// when it is out.
func TestRecallOfWhatIsSentAgain(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	item := ledgerItem(t, h, "Forty percent!")
	l.Answering(network.UnknownOutcome)
	v, err := ownShare(t, h, item, h.Ledger, time.Time{})
	ok(t, err)
	h.Work(t)
	l.AnsweringWith(nil)
	id := recall(t, h, item.Item.ID, advocacy.RecallPublished)
	ok(t, resolve(t, h, h.As(h.Admin), h.Post(t, v.Post.ID), workflow.Resolve{Resolution: advocacy.ResolveSendAgain, Reason: "it is not there"}))
	h.Work(t)
	x := publications(t, h, v)[0]
	if x.Wait != advocacy.WaitRecalling {
		t.Errorf("it is %s and waits for %q", x.State, x.Wait)
	}
	ok(t, h.Worker.TakeBack(t.Context(), workflow.PublicationJob{Workspace: x.Workspace, Publication: x.ID}))
	if !l.Deleted(string(x.ID)) {
		t.Error("the network was not asked to take it back")
	}
	wantRecall(t, h, id, false, map[advocacy.CopyState]int{advocacy.CopyRemoved: 1})
}

// TestRecallByHand: what no machine can take back, whose account it is takes back and says so.
func TestRecallByHand(t *testing.T) {
	t.Parallel()
	h, l, item, out, _, _ := sharedThrice(t)
	l.Capable(network.Capabilities{Idempotency: network.AtMostOnce, ReadBack: true})
	id := recall(t, h, item.Item.ID, advocacy.RecallPublished)
	wantRecall(t, h, id, false, map[advocacy.CopyState]int{advocacy.CopyAwaiting: 1})
	x := publications(t, h, out)[0]
	confirm := func(c workflow.Call) error {
		_, err := h.Flow.ConfirmRemoval(t.Context(), c, h.W, x.Post, x.ID, "deleted")
		return err
	}
	refuses(t, h, advocacy.Denied, "NOT_ACCOUNT_OWNER", func() error { return confirm(h.As(h.Author)) })
	refuses(t, h, advocacy.Denied, "MACHINE_CANNOT_DECIDE", func() error { return confirm(h.AsKey(h.Admin)) })
	ok(t, confirm(h.As(h.Admin)))
	refuses(t, h, advocacy.Precondition, "NOT_PUBLISHED", func() error { return confirm(h.As(h.Admin)) })
	wantRecall(t, h, id, false, map[advocacy.CopyState]int{advocacy.CopyRemoved: 1})
	vanished(l)
	readBack(t, h, x, 0)
	wantRecall(t, h, id, true, map[advocacy.CopyState]int{advocacy.CopyConfirmed: 1})
}

func TestRecallRefuses(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	item := h.Item(t, "Read this")
	for _, scopes := range [][]advocacy.RecallScope{nil, {advocacy.RecallQueued, advocacy.RecallQueued}, {"everything"}} {
		refuses(t, h, advocacy.Invalid, "RECALL_SCOPES", func() error {
			_, err := h.Flow.CreateRecall(t.Context(), h.As(h.PR), h.W, workflow.RecallDraft{Item: item.Item.ID, Scopes: scopes, Reason: "x"})
			return err
		})
	}
	refuses(t, h, advocacy.NotFound, "ITEM_NOT_FOUND", func() error {
		_, err := h.Flow.CreateRecall(t.Context(), h.As(h.PR), h.W, workflow.RecallDraft{Item: "none", Scopes: advocacy.RecallScopes(), Reason: "x"})
		return err
	})
}
