package workflow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

func previewShare(t *testing.T, h *workflowtest.House, who advocacy.PersonID, v *workflow.ItemView) *workflow.Preview {
	t.Helper()
	p, err := h.Flow.PreviewPost(t.Context(), h.As(who), h.W, workflow.PostDraft{
		Item: v.Item.ID, Accounts: []advocacy.AccountID{h.Ledger}, Content: advocacy.Content{Language: "en"},
	})
	ok(t, err)
	return p
}

func tryShare(t *testing.T, h *workflowtest.House, who advocacy.PersonID, v *workflow.ItemView, shown advocacy.Digest) error {
	t.Helper()
	_, err := h.Flow.ShareItem(t.Context(), h.As(who), h.W, v.Item.ID, workflow.Share{
		Accounts: []advocacy.AccountID{h.Ledger}, Language: "en", Digest: shown,
	})
	return err
}

// share shares an item unedited on the ledger, at once, in the author's name.
func share(t *testing.T, h *workflowtest.House, v *workflow.ItemView, want string) *workflow.PostView {
	t.Helper()
	p := previewShare(t, h, h.Author, v)
	if p.Content.Text != want {
		t.Fatalf("the share would say %q, want %q", p.Content.Text, want)
	}
	return shareAt(t, h, v, time.Time{})
}

func shareAt(t *testing.T, h *workflowtest.House, v *workflow.ItemView, at time.Time) *workflow.PostView {
	t.Helper()
	out, err := h.Flow.ShareItem(t.Context(), h.As(h.Author), h.W, v.Item.ID, workflow.Share{
		Accounts: []advocacy.AccountID{h.Ledger}, Language: "en", Digest: previewShare(t, h, h.Author, v).Digest,
		PublishTime: at, Zone: "Europe/Paris",
	})
	ok(t, err)
	return out
}

// TestShareElsewhere: what was signed for one network is taken to no other, in its own words or in
// others; whoever writes is told beforehand, of each account. Own words go anywhere.
func TestShareElsewhere(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := h.Item(t, "Approved words.") // for the wall
	both := []advocacy.AccountID{h.AuthorWall, h.Ledger}
	for name, content := range map[string]advocacy.Content{
		"unedited": {Language: "en"}, "edited": {Language: "en", Text: "Words of my own, that are others altogether."},
	} {
		d := workflow.PostDraft{Item: v.Item.ID, Accounts: both, Content: content}
		checked, err := h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, d, nil)
		ok(t, err)
		preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, d)
		ok(t, err)
		for _, found := range [][]advocacy.Finding{checked.Findings, preview.Findings} {
			f := advocacy.Blocking(found)
			if f == nil || f.Code != "NETWORK_NOT_ALLOWED" || f.Field != "social_accounts[1]" {
				t.Errorf("%s: it finds %+v", name, found)
			}
		}
		post, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, d)
		ok(t, err)
		e := refuses(t, h, advocacy.Precondition, "FINDING_BLOCKS", func() error {
			_, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, post.Post.ID, workflow.Submit{Digest: post.Head.Digest})
			return err
		})
		if e.Meta["finding"] != "NETWORK_NOT_ALLOWED" || e.Field != "social_accounts[1]" {
			t.Errorf("%s: it is refused for %v", name, e)
		}
	}
	refuses(t, h, advocacy.Precondition, "FINDING_BLOCKS", func() error { return tryShare(t, h, h.Author, v, previewShare(t, h, h.Author, v).Digest) })
	d := workflow.PostDraft{Accounts: both, Content: advocacy.Content{Language: "en", Text: "Approved words."}}
	own, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, d)
	ok(t, err)
	h.Submit(t, own)
}

// TestShareCitesItsSignatures (edge case 60): no new signature, and the record says whose
// stand behind it [I20].
func TestShareCitesItsSignatures(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := ledgerItem(t, h, "Approved words.")
	out := share(t, h, v, "Approved words.")
	state(t, h, out, advocacy.PostScheduled)
	chain := out.Review.Library
	signed, err := h.Store.Decisions(t.Context(), v.Item.Subject())
	ok(t, err)
	if chain == nil || chain.Item != v.Item.ID || chain.Revision != 1 || chain.Digest != v.Revision.Digest || len(chain.Decisions) != len(signed) {
		t.Fatalf("the chain is %+v", chain)
	}
	for i, d := range signed {
		if chain.Decisions[i] != d.ID {
			t.Fatalf("the chain names %s, want %s", chain.Decisions[i], d.ID)
		}
	}
	if len(decisions(t, h, out)) != 0 {
		t.Fatal("a share has decisions of its own")
	}
	h.Work(t)
	sent(t, l, "Approved words.")
}

// TestShareNamesWhatWasSeen: the item changed under the sharer's hands.
func TestShareNamesWhatWasSeen(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := ledgerItem(t, h, "Seen.")
	seen := previewShare(t, h, h.Author, v).Digest
	next := reviseItem(t, h, v, "Changed.")
	ok(t, submitItem(t, h, next))
	signItem(t, h, next)
	e := refuses(t, h, advocacy.Conflict, "REVISION_CHANGED", func() error { return tryShare(t, h, h.Author, v, seen) })
	if e.Meta["digest"] != string(previewShare(t, h, h.Author, v).Digest) || e.Meta["revision"] != next.Item.Subject().RevisionName(2) {
		t.Fatalf("the error names %v", e.Meta)
	}
	posts, _, err := h.Store.Posts(t.Context(), workflow.PostQuery{Workspace: h.W, Page: workflow.Page{Size: 10}})
	if err != nil || len(posts) != 0 {
		t.Fatalf("a refused share left %d posts: %v", len(posts), err)
	}
}

// TestUnsentShareOfAReplacedRevision: a new revision in force stops what was not sent of
// the old one; shared anew it goes out.
func TestUnsentShareOfAReplacedRevision(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := ledgerItem(t, h, "Old.")
	waiting := shareAt(t, h, v, h.Clock.Now().Add(time.Hour))
	next := reviseItem(t, h, v, "New.")
	ok(t, submitItem(t, h, next))
	if looked(t, h) != 0 {
		t.Error("the shares are looked at before anything is in force")
	}
	signItem(t, h, next)
	if looked(t, h) != 1 {
		t.Error("nobody looks at the shares before their time")
	}
	h.Clock.Advance(2 * time.Hour)
	h.Work(t)
	sent(t, l)
	stand(t, h, waiting, advocacy.Cancelled)
	state(t, h, waiting, advocacy.PostDraft)
	share(t, h, next, "New.")
	h.Work(t)
	sent(t, l, "New.")
}

// TestEditedShareOfAWithdrawnItem: what was made from an item in other words, and signed, does not go
// out when the item is withdrawn: not by the gate, if it opens first, and its author sees a draft.
// Submitted again it is read as own words.
func TestEditedShareOfAWithdrawnItem(t *testing.T) {
	t.Parallel()
	for name, free := range map[string]int{"at once": 1, "the gate opens first": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			v := ledgerItem(t, h, "Approved words.")
			post, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
				Item: v.Item.ID, Accounts: []advocacy.AccountID{h.Ledger}, PublishTime: h.Clock.Now().Add(time.Hour), Zone: "Europe/Paris",
				Content: advocacy.Content{Language: "en", Text: "Words of my own, that are others altogether."},
			})
			ok(t, err)
			waiting := h.Submit(t, post)
			h.Sign(t, h.Legal, waiting, "legal")
			h.Sign(t, h.PR, waiting, "pr")
			state(t, h, waiting, advocacy.PostScheduled)
			flow, _ := finding(h, free)
			_, err = flow.WithdrawItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, "It was wrong.")
			ok(t, err)
			if free > 0 {
				state(t, h, waiting, advocacy.PostDraft)
			} else if got := blockersOf(t, h, waiting); !slices.Equal(got, []string{advocacy.BlockItemWithdrawn}) {
				t.Errorf("in the way are %v", got)
			}
			h.Clock.Advance(2 * time.Hour)
			h.Work(t)
			sent(t, l)
			stand(t, h, waiting, advocacy.Cancelled)
			if free == 0 {
				return
			}
			none := time.Time{}
			_, err = h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, post.Post.ID, workflow.PostChange{PublishTime: &none})
			ok(t, err)
			again := h.Submit(t, h.Post(t, post.Post.ID))
			if again.Review.Origin != advocacy.OriginOriginal {
				t.Errorf("submitted again it is %s", again.Review.Origin)
			}
			h.Sign(t, h.Legal, again, "legal")
			h.Sign(t, h.PR, again, "pr")
			h.Work(t)
			sent(t, l, "Words of my own, that are others altogether.")
		})
	}
}

// TestExpeditedShareOfAWithdrawnItem: an unedited share that does not stand on the item's signatures,
// because it took the expedited route, does not outlast the item either.
func TestExpeditedShareOfAWithdrawnItem(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	enforce(t, h, `
defaults: [{role: "approver:legal"}, {role: "approver:pr"}]
expedited: [{role: "approver:pr"}]
`)
	v := ledgerItem(t, h, "Approved words.")
	regrant(t, h, h.Author, advocacy.RoleEmployee, advocacy.RoleCurator)
	post, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Item: v.Item.ID, Accounts: []advocacy.AccountID{h.Ledger}, PublishTime: h.Clock.Now().Add(time.Hour), Zone: "Europe/Paris",
		Content: advocacy.Content{Language: "en"},
	})
	ok(t, err)
	post, err = h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, post.Post.ID, workflow.Submit{
		Digest: post.Head.Digest, Expedited: true, Reason: "The press calls.",
	})
	ok(t, err)
	if r := review(t, h, post, advocacy.ReviewOpen); r.Origin != advocacy.OriginLibrary || len(r.Plan.Requirements) != 1 {
		t.Fatalf("the round is %+v", r)
	}
	h.Sign(t, h.PR, post, "pr")
	state(t, h, post, advocacy.PostScheduled)
	flow, _ := finding(h, 0)
	_, err = flow.WithdrawItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, "It was wrong.")
	ok(t, err)
	if got := blockersOf(t, h, post); !slices.Equal(got, []string{advocacy.BlockItemWithdrawn}) {
		t.Errorf("in the way are %v", got)
	}
	h.Clock.Advance(2 * time.Hour)
	h.Work(t)
	sent(t, l)
	stand(t, h, post, advocacy.Cancelled)
}

// TestNobodySignsForAWithdrawnItem: a round about an edited share ends with the item, half signed,
// and leaves no turn behind; what was made from another item stays in review.
func TestNobodySignsForAWithdrawnItem(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	gone, kept := ledgerItem(t, h, "Approved words."), ledgerItem(t, h, "Words that stay.")
	edited := func(v *workflow.ItemView) *workflow.PostView {
		post, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
			Item: v.Item.ID, Accounts: []advocacy.AccountID{h.Ledger},
			Content: advocacy.Content{Language: "en", Text: "Words of my own, that are others altogether."},
		})
		ok(t, err)
		return h.Submit(t, post)
	}
	half, other := edited(gone), edited(kept)
	h.Sign(t, h.Legal, half, "legal")
	_, err := h.Flow.WithdrawItem(t.Context(), h.As(h.Curator), h.W, gone.Item.ID, "It was wrong.")
	ok(t, err)
	state(t, h, half, advocacy.PostDraft)
	state(t, h, other, advocacy.PostInReview)
	tasks, _, err := h.Flow.Tasks(t.Context(), h.As(h.PR), workflow.TaskQuery{
		Workspace: h.W, Person: h.PR, Roles: []advocacy.Role{advocacy.RolePR}, State: workflow.TaskOpen, Page: workflow.Page{Size: 10},
	})
	ok(t, err)
	if len(tasks) != 1 || tasks[0].Subject != other.Post.Subject() {
		t.Errorf("turns are left: %+v", tasks)
	}
	refuses(t, h, advocacy.Precondition, "REVIEW_CLOSED", func() error { return h.Decide(t, h.PR, half, "pr", advocacy.Approve) })
	sent(t, l)
}

// TestUnsentShareOfWordsThatCameBack: a share rests on the signatures it names; those that the
// same words got later, after others had been in force, are others.
func TestUnsentShareOfWordsThatCameBack(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := ledgerItem(t, h, "Said twice.")
	waiting := shareAt(t, h, v, h.Clock.Now().Add(time.Hour))
	h.Flow, _ = finding(h, 0) // nothing is stopped at once, so that it is the gate that holds
	for _, text := range []string{"Said once.", "Said twice."} {
		next := reviseItem(t, h, v, text)
		ok(t, submitItem(t, h, next))
		signItem(t, h, next)
	}
	h.Clock.Advance(2 * time.Hour)
	h.Work(t)
	sent(t, l)
	stand(t, h, waiting, advocacy.Cancelled)
}

// TestEditedShareIsReviewed: own words made from an item are own words.
func TestEditedShareIsReviewed(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := ledgerItem(t, h, "Approved words.")
	p, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Item: v.Item.ID, Accounts: []advocacy.AccountID{h.Ledger}, Content: advocacy.Content{Language: "en", Text: "Approved words, and mine."},
	})
	ok(t, err)
	h.Submit(t, p)
	r := review(t, h, p, advocacy.ReviewOpen)
	if r.Origin != advocacy.OriginLibraryEdited || r.Library != nil || len(r.Plan.Requirements) != 2 {
		t.Fatalf("the round of an edited share: %+v", r)
	}
	h.Work(t)
	sent(t, l)
	// Edited back to the item's words, the item's signatures are enough.
	back := edit(t, h, p, "Approved words.")
	h.Submit(t, back)
	h.Work(t)
	sent(t, l, "Approved words.")
}

// TestShareWindow: neither before it opens nor after it closes.
func TestShareWindow(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := ledgerItem(t, h, "Embargoed.")
	open, closed := h.Clock.Now().Add(time.Hour), h.Clock.Now().Add(3*time.Hour)
	_, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{ShareStart: &open, ShareEnd: &closed, Zone: ptr("Europe/Paris")})
	ok(t, err)
	seen := previewShare(t, h, h.Curator, v).Digest
	unseen := func() {
		t.Helper()
		refuses(t, h, advocacy.Precondition, "ITEM_NOT_SHARABLE", func() error { return tryShare(t, h, h.Curator, v, seen) })
		refuses(t, h, advocacy.NotFound, "ITEM_NOT_FOUND", func() error { return tryShare(t, h, h.Author, v, seen) })
		refuses(t, h, advocacy.NotFound, "ITEM_NOT_FOUND", func() error { _, err := h.Flow.Item(t.Context(), h.As(h.Author), h.W, v.Item.ID); return err })
	}
	unseen()
	h.Clock.Advance(time.Hour)
	for _, outside := range []time.Time{closed, closed.Add(time.Hour)} {
		refuses(t, h, advocacy.Invalid, "PUBLISH_TIME_OUTSIDE_WINDOW", func() error {
			_, err := h.Flow.ShareItem(t.Context(), h.As(h.Author), h.W, v.Item.ID, workflow.Share{
				Accounts: []advocacy.AccountID{h.Ledger}, Language: "en", Digest: seen, PublishTime: outside, Zone: "Europe/Paris",
			})
			return err
		})
	}
	share(t, h, v, "Embargoed.")
	h.Work(t)
	sent(t, l, "Embargoed.")
	// What waits when the window closes does not go out late.
	held, _, err := h.Flow.CreateHold(t.Context(), h.As(h.PR), h.W, workflow.HoldDraft{Scope: advocacy.HoldWorkspace, Reason: "crisis"})
	ok(t, err)
	late := share(t, h, v, "Embargoed.")
	h.Work(t)
	h.Clock.Advance(2 * time.Hour)
	_, err = h.Flow.ReleaseHold(t.Context(), h.As(h.PR), h.W, held.ID, "over")
	ok(t, err)
	ok(t, h.Worker.Released(t.Context(), []byte(`{"workspace":"acme"}`)))
	sent(t, l, "Embargoed.")
	stand(t, h, late, advocacy.Cancelled)
	unseen()
}

// looked is how often unsent shares are to be looked at.
func looked(t *testing.T, h *workflowtest.House) int {
	t.Helper()
	return jobsOf(t, h, workflow.JobCancelShares)
}

// jobsOf is how many jobs of a kind there are.
func jobsOf(t *testing.T, h *workflowtest.House, kind string) (n int) {
	t.Helper()
	ok(t, h.Store.SQLWriter().QueryRowContext(t.Context(), "SELECT count(*) FROM river_job WHERE kind = ?", kind).Scan(&n))
	return n
}

// moveWindow gives an item another share window.
func moveWindow(t *testing.T, h *workflowtest.House, v *workflow.ItemView, start, end time.Time) {
	t.Helper()
	_, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{ShareStart: &start, ShareEnd: &end, Zone: ptr("Europe/Paris")})
	ok(t, err)
}

// TestMovedWindow: another window stops what waits for a time outside of it, and nothing else.
func TestMovedWindow(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := ledgerItem(t, h, "On the day.")
	at := h.Clock.Now().Add
	soon, then := shareAt(t, h, v, at(time.Hour)), shareAt(t, h, v, at(3*time.Hour))
	after := shareAt(t, h, v, at(5*time.Hour))

	moveWindow(t, h, v, at(2*time.Hour), at(4*time.Hour))
	if n := looked(t, h); n != 2 {
		t.Errorf("the shares are looked at again %d times, not now and at the end", n)
	}
	state(t, h, soon, advocacy.PostDraft)
	state(t, h, after, advocacy.PostDraft)
	state(t, h, then, advocacy.PostScheduled)
	if moved, err := h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, then.Post.ID, workflow.PostChange{PublishTime: ptr(at(4 * time.Hour))}); advocacy.ReasonOf(err) != "PUBLISH_TIME_OUTSIDE_WINDOW" {
		t.Fatalf("a time after the window: %v, %v", moved, err)
	}
	h.Clock.Advance(3 * time.Hour)
	h.Work(t)
	sent(t, l, "On the day.")
}

// TestWindowEndsEarlier: a window that is open now stops what waits for a time after its end.
func TestWindowEndsEarlier(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := ledgerItem(t, h, "Shorter than it was.")
	at := h.Clock.Now().Add
	then, after := shareAt(t, h, v, at(3*time.Hour)), shareAt(t, h, v, at(5*time.Hour))
	moveWindow(t, h, v, time.Time{}, at(4*time.Hour))
	state(t, h, after, advocacy.PostDraft)
	state(t, h, then, advocacy.PostScheduled)
}

// TestWindowCloses: what rests when the window closes is a draft again then, whoever looks.
func TestWindowCloses(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := ledgerItem(t, h, "Until noon.")
	moveWindow(t, h, v, time.Time{}, h.Clock.Now().Add(time.Hour))
	_, _, err := h.Flow.CreateHold(t.Context(), h.As(h.PR), h.W, workflow.HoldDraft{Scope: advocacy.HoldWorkspace, Reason: "crisis"})
	ok(t, err)
	late := share(t, h, v, "Until noon.")
	h.Work(t)
	stand(t, h, late, advocacy.Scheduled)
	h.Clock.Advance(time.Hour)
	ok(t, h.Flow.CancelShares(t.Context(), h.W, v.Item.ID))
	stand(t, h, late, advocacy.Cancelled)
	state(t, h, late, advocacy.PostDraft)
	sent(t, l)
}

// TestShareInALanguageTheItemHas: and in no other.
func TestShareInALanguageTheItemHas(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := ledgerItem(t, h, "English only.")
	refuses(t, h, advocacy.Invalid, "LANGUAGE_MISSING", func() error {
		_, err := h.Flow.ShareItem(t.Context(), h.As(h.Author), h.W, v.Item.ID, workflow.Share{
			Accounts: []advocacy.AccountID{h.Ledger}, Language: "fr", Digest: v.Revision.Digest,
		})
		return err
	})
}

// TestKeySharesForABrandOnly: a machine shares in a brand's name, never in a person's.
func TestKeySharesForABrandOnly(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := ledgerItem(t, h, "By machine.")
	key := h.AsKey(h.Author)
	draft := workflow.PostDraft{Item: v.Item.ID, Accounts: []advocacy.AccountID{h.AuthorWall}, Content: advocacy.Content{Language: "en"}}
	p, err := h.Flow.PreviewPost(t.Context(), key, h.W, draft)
	ok(t, err)
	refuses(t, h, advocacy.Precondition, "ASSENT_REQUIRED", func() error {
		_, err := h.Flow.ShareItem(t.Context(), key, h.W, v.Item.ID, workflow.Share{Accounts: draft.Accounts, Language: "en", Digest: p.Digest})
		return err
	})
	_, err = h.Flow.ShareItem(t.Context(), key, h.W, v.Item.ID, workflow.Share{
		Accounts: []advocacy.AccountID{h.Ledger}, Language: "en", Digest: previewShare(t, h, h.Author, v).Digest,
	})
	ok(t, err)
	h.Work(t)
	sent(t, l, "By machine.")
}
