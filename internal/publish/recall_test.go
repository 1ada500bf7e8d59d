package publish_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// recalledMeanwhile is a post that is taken back while the request to the ledger is under way, which then
// answers. The wall may show it already.
func recalledMeanwhile(t *testing.T, can network.Capabilities, answer network.Class, onTheWall bool) (*workflowtest.House, *workflowtest.Ledger, *workflow.PostView) {
	t.Helper()
	h, l, _ := house(t)
	h.Work(t)
	l.Capable(can)
	a, err := h.Store.Account(t.Context(), h.W, h.Ledger)
	ok(t, err)
	keeps := can.Idempotency == network.ByKey
	_, err = h.Flow.UpdateAccount(t.Context(), h.As(h.Admin), h.W, h.Ledger, workflow.AccountChange{Version: a.Version, Deduplicates: &keeps})
	ok(t, err)
	places := []advocacy.AccountID{h.Ledger}
	if onTheWall {
		places = append(places, h.Wall)
	}
	v := h.Approved(t, "With a wrong figure.", places...)
	if onTheWall {
		ok(t, h.Worker.Deliver(t.Context(), h.W, through(t, h, v, h.Wall).ID))
	}
	l.Before(func(d network.Delivery) {
		l.Before(nil)
		if !d.Still(t.Context()) {
			t.Error("it does not stand before it is taken back")
		}
		for _, reason := range []string{"a wrong figure", "a wrong figure still"} { // the reason stays the first
			_, err := h.Flow.RecallPost(t.Context(), h.As(h.PR), h.W, v.Post.ID, reason)
			ok(t, err)
		}
		if d.Still(t.Context()) {
			t.Error("what was taken back while its files were sent is made")
		}
	})
	l.Answering(answer)
	x := through(t, h, v, h.Ledger)
	ok(t, h.Worker.Deliver(t.Context(), h.W, x.ID))
	l.AnsweringWith(nil)
	return h, l, v
}

// through is the publication of a post through one account.
func through(t *testing.T, h *workflowtest.House, v *workflow.PostView, a advocacy.AccountID) advocacy.Publication {
	t.Helper()
	all, err := h.Store.PublicationsOf(t.Context(), h.W, v.Post.ID)
	ok(t, err)
	for i := range all {
		if all[i].Account == a {
			return all[i]
		}
	}
	t.Fatal("it has no publication through the account")
	return advocacy.Publication{}
}

// both runs a test of a post that stands on the wall already, and of one that nothing shows yet.
func both(t *testing.T, name string, test func(t *testing.T, onTheWall bool)) {
	for _, onTheWall := range []bool{true, false} {
		t.Run(fmt.Sprintf("%s/on the wall %t", name, onTheWall), func(t *testing.T) {
			t.Parallel()
			test(t, onTheWall)
		})
	}
}

// TestRecallMeetsARequest: what is under way when its post is taken back is not sent again, whatever is
// answered; and it is taken back when it is known to be out.
func TestRecallMeetsARequest(t *testing.T) {
	t.Parallel()
	deletes := network.Capabilities{Delete: true, ReadBack: true}
	keyed := deletes
	keyed.Idempotency, keyed.KeyLife = network.ByKey, time.Hour
	for name, c := range map[string]struct {
		can    network.Capabilities
		answer network.Class
		state  advocacy.PublicationState
		wait   string
	}{
		"nothing was made":          {deletes, network.Retryable, advocacy.Cancelled, ""},
		"the network has enough":    {deletes, network.RateLimited, advocacy.Cancelled, ""},
		"it is out":                 {deletes, network.Accepted, advocacy.Published, advocacy.WaitRecalling},
		"nobody knows":              {deletes, network.UnknownOutcome, advocacy.Unknown, advocacy.BlockUnknownSend},
		"a repeat would do no harm": {keyed, network.UnknownOutcome, advocacy.Unknown, advocacy.BlockUnknownSend},
	} {
		both(t, name, func(t *testing.T, onTheWall bool) {
			h, l, v := recalledMeanwhile(t, c.can, c.answer, onTheWall)
			x := through(t, h, v, h.Ledger)
			if x.State != c.state || x.Wait != c.wait || x.RecallReason != "a wrong figure" {
				t.Fatalf("it is %s, waits for %q and is taken back for %q; want %s, %q", x.State, x.Wait, x.RecallReason, c.state, c.wait)
			}
			before := len(l.Sent())
			h.Clock.Advance(time.Hour)
			h.Work(t)
			sends(t, l, before)
			if c.state != advocacy.Unknown {
				return
			}
			l.SeeingWith(func(d network.Delivery) network.Sighting {
				return network.Sighting{Readable: true, Found: true, ExternalID: "1", URL: "https://ledger.test/1"}
			})
			ok(t, h.Worker.Look(t.Context(), job(h, x.ID)))
			if x := through(t, h, v, h.Ledger); x.State != advocacy.Published || x.Wait != advocacy.WaitRecalling {
				t.Errorf("found, it is %s and waits for %q", x.State, x.Wait)
			}
		})
	}
}

// shareOf is an unedited share of an item through the ledger, at once.
func shareOf(t *testing.T, h *workflowtest.House, item advocacy.ItemID) *workflow.PostView {
	t.Helper()
	preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Item: item, Accounts: []advocacy.AccountID{h.Ledger}, Content: advocacy.Content{Language: "en"}, Zone: "Europe/Paris",
	})
	ok(t, err)
	v, err := h.Flow.ShareItem(t.Context(), h.As(h.Author), h.W, item, workflow.Share{
		Accounts: []advocacy.AccountID{h.Ledger}, Language: "en", Digest: preview.Digest, Zone: "Europe/Paris",
	})
	ok(t, err)
	return v
}

// stop stops everything that is queued of an item.
func stop(t *testing.T, h *workflowtest.House, item advocacy.ItemID) {
	t.Helper()
	r, err := h.Flow.CreateRecall(t.Context(), h.As(h.PR), h.W, workflow.RecallDraft{
		Item: item, Scopes: []advocacy.RecallScope{advocacy.RecallQueued}, Reason: "a wrong figure",
	})
	ok(t, err)
	ok(t, h.Flow.RunRecall(t.Context(), h.W, r.Recall.ID))
}

// TestStopMeetsARequest: what is under way when everything queued of its item is stopped is not sent again
// when the network made nothing of it, and stays when it did.
func TestStopMeetsARequest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer network.Class
		state  advocacy.PublicationState
	}{
		"nothing was made":       {network.Retryable, advocacy.Cancelled},
		"the network has enough": {network.RateLimited, advocacy.Cancelled},
		"it is out":              {network.Accepted, advocacy.Published},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l, _ := house(t)
			h.Work(t)
			item := h.Item(t, "With a wrong figure.", workflowtest.LedgerName)
			v := shareOf(t, h, item.Item.ID)
			l.Before(func(d network.Delivery) {
				l.Before(nil)
				if !d.Still(t.Context()) {
					t.Error("it does not stand before all is stopped")
				}
				stop(t, h, item.Item.ID)
				if d.Still(t.Context()) {
					t.Error("what was stopped while its files were sent is made")
				}
			})
			l.Answering(c.answer)
			ok(t, h.Worker.Deliver(t.Context(), h.W, through(t, h, v, h.Ledger).ID))
			x := through(t, h, v, h.Ledger)
			if x.State != c.state || (c.state == advocacy.Cancelled) != (x.Answer.Code == advocacy.AnswerItemRecalled) {
				t.Fatalf("it is %s, %+v; want %s", x.State, x.Answer, c.state)
			}
			before := len(l.Sent())
			h.Clock.Advance(time.Hour)
			h.Work(t)
			sends(t, l, before)
		})
	}
}

// TestStopBeforeItsRun: from the moment that everything queued of an item is ordered to be stopped nothing
// of it leaves, though the order's run has not come to it; and it counts among what was stopped.
func TestStopBeforeItsRun(t *testing.T) {
	t.Parallel()
	h, l, _ := house(t)
	h.Work(t)
	item := h.Item(t, "With a wrong figure.", workflowtest.LedgerName)
	v := shareOf(t, h, item.Item.ID)
	r, err := h.Flow.CreateRecall(t.Context(), h.As(h.PR), h.W, workflow.RecallDraft{
		Item: item.Item.ID, Scopes: []advocacy.RecallScope{advocacy.RecallQueued}, Reason: "a wrong figure",
	})
	ok(t, err)
	x, before := through(t, h, v, h.Ledger), len(l.Sent())
	ok(t, h.Worker.Deliver(t.Context(), h.W, x.ID))
	sends(t, l, before)
	if x := through(t, h, v, h.Ledger); x.State != advocacy.Cancelled || x.Answer.Code != advocacy.AnswerItemRecalled {
		t.Errorf("it is %s, %+v", x.State, x.Answer)
	}
	ok(t, h.Flow.RunRecall(t.Context(), h.W, r.Recall.ID))
	h.Work(t)
	sends(t, l, before)
	now, err := h.Flow.Recall(t.Context(), h.As(h.PR), h.W, r.Recall.ID)
	ok(t, err)
	if now.Recall.EndTime.IsZero() || now.Copies[advocacy.CopyStopped] != 1 {
		t.Errorf("the order found %v and is %+v", now.Copies, now.Recall)
	}
}

// TestSharedAfterAnOrder: an order to stop what is queued of an item is none of the business of who shares
// it afterwards, though not everything was found yet that it stops.
func TestSharedAfterAnOrder(t *testing.T) {
	t.Parallel()
	h, l, _ := house(t)
	h.Work(t)
	item := h.Item(t, "With a wrong figure.", workflowtest.LedgerName)
	_, err := h.Flow.CreateRecall(t.Context(), h.As(h.PR), h.W, workflow.RecallDraft{
		Item: item.Item.ID, Scopes: []advocacy.RecallScope{advocacy.RecallQueued}, Reason: "a wrong figure",
	})
	ok(t, err)
	h.Clock.Advance(time.Minute)
	v := shareOf(t, h, item.Item.ID)
	l.Answering(network.Retryable)
	ok(t, h.Worker.Deliver(t.Context(), h.W, through(t, h, v, h.Ledger).ID))
	if x := through(t, h, v, h.Ledger); x.State != advocacy.Scheduled {
		t.Errorf("it is %s, %+v", x.State, x.Answer)
	}
}

// TestSentAgainAfterAStop: what nobody knew the end of when everything queued of its item was stopped, and
// somebody sends again who knows that, goes out, however often the network asks to come back.
func TestSentAgainAfterAStop(t *testing.T) {
	t.Parallel()
	h, l, _ := house(t)
	h.Work(t)
	item := h.Item(t, "With a wrong figure.", workflowtest.LedgerName)
	v := shareOf(t, h, item.Item.ID)
	l.Answering(network.UnknownOutcome)
	x := through(t, h, v, h.Ledger)
	ok(t, h.Worker.Deliver(t.Context(), h.W, x.ID))
	stop(t, h, item.Item.ID)
	h.Clock.Advance(time.Minute)
	_, err := h.Flow.ResolvePublication(t.Context(), h.As(h.Admin), h.W, v.Post.ID, x.ID, workflow.Resolve{
		Resolution: advocacy.ResolveSendAgain, Reason: "It is not there.",
	})
	ok(t, err)
	l.Before(func(d network.Delivery) {
		l.Before(nil)
		if !d.Still(t.Context()) {
			t.Error("between two files it is stopped")
		}
	})
	l.Answering(network.Retryable)
	ok(t, h.Worker.Deliver(t.Context(), h.W, x.ID))
	l.AnsweringWith(nil)
	h.Clock.Advance(time.Hour)
	h.Work(t)
	if x := through(t, h, v, h.Ledger); x.State != advocacy.Published {
		t.Errorf("it is %s, %+v", x.State, x.Answer)
	}
}

// TestRecallEndsWithWhatIsStopped: what is sent again after the recall of its item, and then taken back
// while it is under way, is the last copy that the recall waits for, and ends it when it is stopped.
func TestRecallEndsWithWhatIsStopped(t *testing.T) {
	t.Parallel()
	h, l, _ := house(t)
	h.Work(t)
	item := h.Item(t, "With a wrong figure.", workflowtest.LedgerName)
	v := shareOf(t, h, item.Item.ID)
	l.Answering(network.UnknownOutcome)
	x := through(t, h, v, h.Ledger)
	ok(t, h.Worker.Deliver(t.Context(), h.W, x.ID))
	r, err := h.Flow.CreateRecall(t.Context(), h.As(h.PR), h.W, workflow.RecallDraft{
		Item: item.Item.ID, Scopes: []advocacy.RecallScope{advocacy.RecallPublished}, Reason: "a wrong figure",
	})
	ok(t, err)
	ok(t, h.Flow.RunRecall(t.Context(), h.W, r.Recall.ID))
	_, err = h.Flow.ResolvePublication(t.Context(), h.As(h.Admin), h.W, v.Post.ID, x.ID, workflow.Resolve{
		Resolution: advocacy.ResolveSendAgain, Reason: "It is not there.",
	})
	ok(t, err)
	l.Before(func(network.Delivery) {
		l.Before(nil)
		_, err := h.Flow.RecallPost(t.Context(), h.As(h.PR), h.W, v.Post.ID, "a wrong figure")
		ok(t, err)
	})
	l.Answering(network.Retryable)
	ok(t, h.Worker.Deliver(t.Context(), h.W, x.ID))
	if x := through(t, h, v, h.Ledger); x.State != advocacy.Cancelled {
		t.Errorf("it is %s, %+v", x.State, x.Answer)
	}
	if now, err := h.Store.Recall(t.Context(), h.W, r.Recall.ID); err != nil || now.EndTime.IsZero() {
		t.Errorf("the recall has not ended: %+v, %v", now, err)
	}
}
