package workflow_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// pinned is a house with a web, and a post with links that was signed and goes out in an hour.
func pinned(t *testing.T) (*workflowtest.House, *workflowtest.Ledger, *web, *workflow.PostView) {
	t.Helper()
	h, l := house(t)
	w := &web{leads: map[string]string{linkA: "https://acme.test/read/a/?utm_source=us"}}
	h.Flow.Links = w
	v := h.Draft(t, linked, h.Ledger)
	at, zone := h.Clock.Now().Add(time.Hour), "Europe/Paris"
	_, err := h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.PostChange{PublishTime: &at, Zone: &zone})
	ok(t, err)
	v = h.Submit(t, h.Post(t, v.Post.ID))
	h.Sign(t, h.Legal, v, "legal")
	h.Sign(t, h.PR, v, "pr")
	state(t, h, v, advocacy.PostScheduled)
	h.Clock.Advance(time.Hour)
	return h, l, w, v
}

func wentOut(t *testing.T, l *workflowtest.Ledger, want int) {
	t.Helper()
	if got := len(l.Sent()); got != want {
		t.Fatalf("the network was sent %d posts, want %d", got, want)
	}
}

// TestLinkIsPinned: where the links of what is submitted lead is kept with its round. What leads
// there still when it goes out goes out, whatever the address is asked besides; and nobody looks
// for what has no link.
func TestLinkIsPinned(t *testing.T) {
	t.Parallel()
	h, l, w, v := pinned(t)
	review, err := h.Store.Review(t.Context(), v.Post.Subject(), 1)
	ok(t, err)
	want := []advocacy.LinkPin{{URL: linkA, Target: "acme.test/read/a"}, {URL: linkB, Target: "acme.test/b"}}
	if !slices.Equal(review.Pins, want) {
		t.Errorf("the pins are %+v", review.Pins)
	}
	w.leads[linkA] = "https://acme.test/read/a?utm_source=them&UTM_id=1"
	h.Work(t)
	wentOut(t, l, 1)
	if !slices.Equal(w.looks, []string{linkA, linkB, linkA, linkB}) { // as it was submitted, and before it was sent
		t.Errorf("somebody looked at %v", w.looks)
	}
	h.Approved(t, "No link here.", h.Ledger)
	h.Work(t)
	wentOut(t, l, 2)
	if len(w.looks) != 4 {
		t.Errorf("somebody looked at %v", w.looks[4:])
	}
}

// TestLinkChangesBeforeSending: what leads elsewhere than where it led when it was signed stays
// at home, in each way in which a link can change. The round opens for its approvers, who are
// told from where to where, and the author is; signed again, it goes out.
func TestLinkChangesBeforeSending(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*web)
		way    string
	}{
		"another host":  {func(w *web) { w.leads[linkA] = "https://evil.test/read/a" }, "acme.test/read/a → evil.test/read/a"},
		"another page":  {func(w *web) { w.leads[linkA] = "https://acme.test/" }, "acme.test/read/a → acme.test/"},
		"another query": {func(w *web) { w.leads[linkA] = "https://acme.test/read/a?v=2" }, "acme.test/read/a → acme.test/read/a?v=2"},
		"no page":       {func(w *web) { w.broken = []string{linkA} }, "acme.test/read/a → 404"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l, w, v := pinned(t)
			tt.change(w)
			h.Work(t)
			wentOut(t, l, 0)
			state(t, h, v, advocacy.PostInReview)
			if x := publications(t, h, v)[0]; x.State != advocacy.Cancelled || x.Answer.Text != "LINK_CHANGED" {
				t.Errorf("the publication is %s: %s", x.State, x.Answer.Text)
			}
			moved := advocacy.Blocker{Code: "LINK_CHANGED", Subject: linkA, Words: tt.way}
			for _, who := range []advocacy.PersonID{h.Author, h.Legal} {
				x, err := h.Flow.ExplainPost(t.Context(), h.As(who), h.W, v.Post.ID)
				ok(t, err)
				if !slices.Contains(x.Blockers(), moved) {
					t.Errorf("%s is told %+v", who, x.Blockers())
				}
			}
			if n := happened(t, h, v.Post.Subject().Name(), "review.links_changed"); n != 1 {
				t.Errorf("it is %d times on record", n)
			}
			tasks, _, err := h.Store.Tasks(t.Context(), workflow.TaskQuery{Workspace: h.W, State: workflow.TaskOpen, Page: workflow.Page{Size: 10}})
			ok(t, err)
			if len(tasks) != 2 || tasks[0].Why != advocacy.WhySignatureLost {
				t.Errorf("the turns are %+v", tasks)
			}
			h.Clock.Advance(time.Second)
			v = h.Post(t, v.Post.ID)
			h.Sign(t, h.Legal, v, "legal")
			state(t, h, v, advocacy.PostInReview) // one signature is not two
			h.Sign(t, h.PR, v, "pr")
			state(t, h, v, advocacy.PostScheduled)
			h.Work(t)
			wentOut(t, l, 1)
		})
	}
}

// TestLinkNobodyCanTell: what has a link of which nothing can be told is no changed one. It rests
// for a moment and is looked at again; a site that stays silent stops nothing, and is on record, and
// one that answers meanwhile is held to what was signed.
func TestLinkNobodyCanTell(t *testing.T) {
	t.Parallel()
	rests := func(t *testing.T) (*workflowtest.House, *workflowtest.Ledger, *web, *workflow.PostView) {
		t.Helper()
		h, l, w, v := pinned(t)
		w.silent = []string{linkA}
		h.Work(t)
		wentOut(t, l, 0)
		if x := publications(t, h, v)[0]; x.State != advocacy.Scheduled || x.Wait != "LINK_SILENT" {
			t.Fatalf("it is %s: %s", x.State, x.Wait)
		}
		return h, l, w, v
	}
	unseen := func(t *testing.T, h *workflowtest.House, v *workflow.PostView, want int) {
		t.Helper()
		if n := happened(t, h, v.Post.Subject().Name(), "publication.links_unseen"); n != want {
			t.Errorf("it is %d times on record, want %d", n, want)
		}
	}
	t.Run("silent", func(t *testing.T) {
		t.Parallel()
		h, l, _, v := rests(t)
		for range 3 {
			h.Clock.Advance(30 * time.Second)
			h.Work(t)
			wentOut(t, l, 0)
		}
		unseen(t, h, v, 0)
		h.Clock.Advance(30 * time.Second)
		h.Work(t)
		wentOut(t, l, 1)
		unseen(t, h, v, 1)
	})
	t.Run("answers", func(t *testing.T) {
		t.Parallel()
		h, l, w, v := rests(t)
		w.silent = nil
		h.Clock.Advance(30 * time.Second)
		h.Work(t)
		wentOut(t, l, 1)
		unseen(t, h, v, 0)
	})
	t.Run("answers from elsewhere", func(t *testing.T) {
		t.Parallel()
		h, l, w, v := rests(t)
		w.silent, w.leads[linkA] = nil, "https://evil.test/"
		h.Clock.Advance(30 * time.Second)
		h.Work(t)
		wentOut(t, l, 0)
		state(t, h, v, advocacy.PostInReview)
	})
}

// TestLinkChangesBetweenSigningAndSending: however soon it goes out, a look that was made to pin
// its links is none at what they lead to when it does; among what goes out in one minute one look
// counts for all.
func TestLinkChangesBetweenSigningAndSending(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	w := &web{leads: map[string]string{}}
	h.Flow.Links = w
	v := h.Submit(t, h.Draft(t, linked, h.Ledger))
	h.Clock.Advance(time.Second)
	h.Sign(t, h.Legal, v, "legal")
	w.leads[linkA] = "https://evil.test/a"
	h.Sign(t, h.PR, v, "pr")
	h.Clock.Advance(time.Second)
	h.Work(t)
	wentOut(t, l, 0)
	state(t, h, v, advocacy.PostInReview)
	h.Clock.Advance(time.Second)
	h.Sign(t, h.Legal, v, "legal")
	h.Sign(t, h.PR, v, "pr")
	h.Work(t)
	wentOut(t, l, 1)
	if !slices.Equal(w.looks, []string{linkA, linkB, linkA, linkB}) {
		t.Errorf("somebody looked at %v", w.looks)
	}
}

// TestLinkOfWhichNothingWasKnown: what was signed while nobody could tell where its link leads was
// signed as what the link says itself: a page that has come to be there goes out, another one is a
// change.
func TestLinkOfWhichNothingWasKnown(t *testing.T) {
	t.Parallel()
	for led, want := range map[string]int{"": 1, "https://evil.test/a": 0} {
		h, l := house(t)
		w := &web{leads: map[string]string{}, silent: []string{linkA}}
		h.Flow.Links = w
		v := h.Submit(t, h.Draft(t, linked, h.Ledger))
		h.Sign(t, h.Legal, v, "legal")
		h.Clock.Advance(time.Hour)
		w.silent, w.leads[linkA] = nil, led
		h.Sign(t, h.PR, v, "pr")
		h.Work(t)
		wentOut(t, l, want)
	}
}

// TestLinkChangesWhenSomeOfItIsOut: what is out stays out and is not sent again; what was still to
// come waits for the signatures on the new place.
func TestLinkChangesWhenSomeOfItIsOut(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	w := &web{leads: map[string]string{}}
	h.Flow.Links = w
	v := h.Submit(t, h.Draft(t, linked, h.Ledger, h.Wall))
	h.Sign(t, h.Legal, v, "legal")
	h.Sign(t, h.PR, v, "pr")
	looks := 0
	h.Flow.Links = looking{w, func(context.Context) {
		if looks++; looks == 2 {
			w.leads[linkA] = "https://evil.test/a"
		}
	}}
	deliver := func(of advocacy.AccountID) {
		t.Helper()
		for _, x := range publications(t, h, v) {
			if x.Account == of && x.State == advocacy.Scheduled {
				ok(t, h.Worker.Deliver(t.Context(), h.W, x.ID))
			}
		}
		h.Clock.Advance(2 * time.Minute)
	}
	h.Clock.Advance(2 * time.Minute)
	deliver(h.Ledger)
	deliver(h.Wall)
	wentOut(t, l, 1)
	if n := h.OnWall(t); n != 0 {
		t.Fatalf("the wall shows %d", n)
	}
	state(t, h, v, advocacy.PostPartiallyPublished)
	v = h.Post(t, v.Post.ID)
	h.Sign(t, h.Legal, v, "legal")
	h.Sign(t, h.PR, v, "pr")
	h.Work(t)
	wentOut(t, l, 1)
	if n := h.OnWall(t); n != 1 {
		t.Errorf("the wall shows %d", n)
	}
	state(t, h, v, advocacy.PostPublished)
}

// TestSignatureWhileALinkIsLookedAt: whoever takes a signature back while the links are looked at
// stops it as ever, and a change that is found then is noted on no round that is open.
func TestSignatureWhileALinkIsLookedAt(t *testing.T) {
	t.Parallel()
	h, l, w, v := pinned(t)
	w.leads[linkA] = "https://evil.test/a"
	h.Flow.Links = looking{w, func(context.Context) {
		ok(t, h.Decide(t, h.PR, v, "pr", advocacy.Retract))
	}}
	h.Work(t)
	wentOut(t, l, 0)
	state(t, h, v, advocacy.PostInReview)
	if n := happened(t, h, v.Post.Subject().Name(), "review.links_changed"); n != 0 {
		t.Errorf("it is %d times on record", n)
	}
}

// TestLinkOfAShareChanges: a share leads where its item led when that was signed. Once it does
// not, the share stays at home and the item is in force no more until it is signed again.
func TestLinkOfAShareChanges(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	w := &web{leads: map[string]string{}}
	h.Flow.Links = w
	item := h.Item(t, linked)
	h.Clock.Advance(time.Hour)
	d := workflow.PostDraft{Item: item.Item.ID, Accounts: []advocacy.AccountID{h.Wall}}
	p, err := h.Flow.PreviewPost(t.Context(), h.As(h.Reader), h.W, d)
	ok(t, err)
	v, err := h.Flow.ShareItem(t.Context(), h.As(h.Reader), h.W, item.Item.ID, workflow.Share{
		Accounts: d.Accounts, Language: "en", Digest: p.Digest,
	})
	ok(t, err)
	state(t, h, v, advocacy.PostScheduled)
	w.leads[linkB] = "https://evil.test/b"
	h.Work(t)
	if n := h.OnWall(t); n != 0 {
		t.Fatalf("the wall shows %d", n)
	}
	state(t, h, v, advocacy.PostDraft)
	now, err := h.Store.Item(t.Context(), h.W, item.Item.ID)
	ok(t, err)
	if now.InForce != 0 || happened(t, h, now.Subject().Name(), "review.links_changed") != 1 {
		t.Errorf("the item is %+v", now)
	}
}

// TestChangedLinkIsTold: who writes again what was pinned is told from where to where its link
// has come to lead, in a check and in a preview.
func TestChangedLinkIsTold(t *testing.T) {
	t.Parallel()
	h, _, w, v := pinned(t)
	w.leads[linkA] = "https://evil.test/a"
	h.Work(t)
	d := workflow.PostDraft{Content: v.Head.Content, Accounts: []advocacy.AccountID{h.Ledger}}
	told := func(found []advocacy.Finding) []advocacy.Finding {
		return slices.DeleteFunc(found, func(f advocacy.Finding) bool { return f.Code != "LINK_CHANGED" })
	}
	checked, err := h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, d, nil)
	ok(t, err)
	preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, d)
	ok(t, err)
	for _, found := range [][]advocacy.Finding{told(checked.Findings), told(preview.Findings)} {
		if len(found) != 1 || found[0].Args["former"] != "acme.test/read/a" || found[0].Args["target"] != "evil.test/a" || found[0].Severity != advocacy.Advice {
			t.Errorf("it says %+v", found)
		}
	}
	h.Clock.Advance(8 * 24 * time.Hour)
	checked, err = h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, d, nil)
	ok(t, err)
	if found := told(checked.Findings); len(found) != 0 {
		t.Errorf("long after it says %+v", found)
	}
}

// TestLinksAreNotLookedAtInATransaction: the network is asked while nothing is held.
func TestLinksAreNotLookedAtInATransaction(t *testing.T) {
	t.Parallel()
	h, l, w, v := pinned(t)
	h.Flow.Links = looking{w, func(ctx context.Context) {
		ok(t, h.Store.Update(ctx, func(ctx context.Context, tx workflow.Tx) error {
			_, err := tx.PostForUpdate(ctx, h.W, v.Post.ID)
			return err
		}))
	}}
	h.Work(t)
	wentOut(t, l, 1)
}

// looking is a web that does something while somebody looks.
type looking struct {
	*web
	meanwhile func(context.Context)
}

// Check implements workflow.LinkChecker.
func (l looking) Check(ctx context.Context, links []string) []advocacy.LinkCheck {
	l.meanwhile(ctx)
	return l.web.Check(ctx, links)
}
