package workflow_test

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// web is where links lead in a test: everywhere but to what is broken.
type web struct {
	mu     sync.Mutex
	broken []string
	looks  []string
	// leads are links that lead elsewhere than they say, and silent those of which nothing can
	// be told.
	leads  map[string]string
	silent []string
}

// Check implements workflow.LinkChecker.
func (w *web) Check(_ context.Context, links []string) []advocacy.LinkCheck {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looks = append(w.looks, links...)
	found := make([]advocacy.LinkCheck, len(links))
	for i, link := range links {
		found[i] = advocacy.LinkCheck{URL: link, Reachable: true, Status: 200}
		if slices.Contains(w.broken, link) {
			found[i] = advocacy.LinkCheck{URL: link, Code: advocacy.LinkStatus, Status: 404}
		}
		if slices.Contains(w.silent, link) {
			found[i] = advocacy.LinkCheck{URL: link, Code: advocacy.LinkNoAnswer}
		}
		if led, err := url.Parse(cmp.Or(w.leads[link], link)); err == nil {
			found[i].Target = advocacy.Ended(led, found[i].Status, found[i].Code)
		}
	}
	return found
}

const (
	linked = "Read https://acme.test/a and https://acme.test/b."
	linkA  = "https://acme.test/a"
	linkB  = "https://acme.test/b"
	// reaching is a policy that wants every link to lead somewhere.
	reaching = `
defaults: [{role: "approver:legal", veto: true}, {role: "approver:pr", veto: true}]
rules:
  - id: links
    when: post.links.size() > 0
    preconditions: [{expr: "post.link_checks.all(l, l.reachable)", reason: LINK_BROKEN, words: Mend the link.}]
`
)

// wired is a house with a web whose links lead everywhere.
func wired(t *testing.T, broken ...string) (*workflowtest.House, *web) {
	t.Helper()
	h, _ := house(t)
	w := &web{broken: broken}
	h.Flow.Links = w
	return h, w
}

func submitText(t *testing.T, h *workflowtest.House, text string) (*workflow.PostView, error) {
	t.Helper()
	v := h.Draft(t, text, h.Ledger)
	return h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.Submit{Digest: v.Head.Digest})
}

// TestLinksAreLookedAtOnlyForAPolicyThatAsks: a preview looks where links lead only when the
// policy says something of it; a rule that is switched off says nothing.
func TestLinksAreLookedAtOnlyForAPolicyThatAsks(t *testing.T) {
	t.Parallel()
	h, w := wired(t)
	preview := func() {
		t.Helper()
		_, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
			Content: advocacy.Content{Language: "en", Text: linked}, Accounts: []advocacy.AccountID{h.Ledger},
		})
		ok(t, err)
	}
	preview()
	enforce(t, h, reaching[:len(reaching)-1]+"\n    mode: DISABLED\n")
	preview()
	if len(w.looks) != 0 {
		t.Fatalf("somebody looked at %v", w.looks)
	}
	enforce(t, h, reaching[:len(reaching)-1]+"\n    mode: SHADOW\n")
	preview()
	if !slices.Equal(w.looks, []string{linkA, linkB}) {
		t.Errorf("somebody looked at %v", w.looks)
	}
}

// TestUnreachableLink: nobody can sign a broken link away. The refusal and the preview name
// it; once it is mended the round opens and remembers what it was routed by.
func TestUnreachableLink(t *testing.T) {
	t.Parallel()
	h, w := wired(t, linkB)
	enforce(t, h, reaching)
	v := h.Draft(t, linked, h.Ledger)
	submit := func() error {
		_, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.Submit{Digest: v.Head.Digest})
		return err
	}
	e := refuses(t, h, advocacy.Precondition, "LINK_UNREACHABLE", submit)
	if e.Meta["link"] != linkB || e.Meta["check"] != "STATUS" || e.Meta["rule"] != "links" || e.Meta["precondition"] != "LINK_BROKEN" {
		t.Errorf("it says %v", e.Meta)
	}
	preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{Content: v.Head.Content, Accounts: v.Head.Targets})
	ok(t, err)
	want := []advocacy.Unmet{{Rule: "links", Reason: "LINK_BROKEN", Words: "Mend the link.", Link: linkB, LinkCode: advocacy.LinkStatus}}
	if !slices.Equal(preview.Unmet, want) {
		t.Errorf("the preview says %+v", preview.Unmet)
	}
	w.broken = nil
	refuses(t, h, advocacy.Precondition, "LINK_UNREACHABLE", submit) // nobody looks twice within seconds
	h.Clock.Advance(time.Minute)
	ok(t, submit())
	review, err := h.Store.Review(t.Context(), v.Post.Subject(), 1)
	ok(t, err)
	if len(review.Links) != 2 || !review.Links[0].Reachable || review.Links[1].URL != linkB || !review.Links[1].Reachable || review.Links[1].Time.IsZero() {
		t.Errorf("the round was routed by %+v", review.Links)
	}
	if n := len(w.looks); n != 3 { // both, and the broken one again
		t.Errorf("somebody looked at %v", w.looks)
	}
}

// TestNoLookIsNone: what nobody can look at, what was looked at too long ago, and links
// beyond those that are looked at do not count as reachable.
func TestNoLookIsNone(t *testing.T) {
	t.Parallel()
	h, w := wired(t)
	enforce(t, h, reaching)
	_, err := submitText(t, h, linked)
	ok(t, err)
	h.Flow.Links = nil
	_, err = submitText(t, h, linked+" Again.")
	ok(t, err)
	h.Clock.Advance(11 * time.Minute)
	e := refusedText(t, h, linked+" Once more.")
	if e.Meta["check"] != "NOT_CHECKED" {
		t.Errorf("it says %v", e.Meta)
	}
	h.Flow.Links = w
	many := ""
	for i := range 11 {
		many += " https://acme.test/" + string(rune('a'+i))
	}
	if e := refusedText(t, h, many); e.Meta["link"] != "https://acme.test/k" || e.Meta["check"] != "NOT_CHECKED" {
		t.Errorf("it says %v", e.Meta)
	}
}

func refusedText(t *testing.T, h *workflowtest.House, text string) *advocacy.Error {
	t.Helper()
	v := h.Draft(t, text, h.Ledger)
	return refuses(t, h, advocacy.Precondition, "LINK_UNREACHABLE", func() error {
		_, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.Submit{Digest: v.Head.Digest})
		return err
	})
}

// TestLinksOfWhatIsOpen: a policy that comes into force under an open round has its links
// looked at before it is counted; what is broken stops it, in the gate's words, and having
// it routed again looks again.
func TestLinksOfWhatIsOpen(t *testing.T) {
	t.Parallel()
	h, w := wired(t, linkA)
	v, err := submitText(t, h, linked)
	ok(t, err)
	activate(t, h, h.Legal2, activation(simulate(t, h, draft(t, h, reaching))))
	h.Sign(t, h.Legal, v, "legal")
	h.Sign(t, h.PR, v, "pr")
	state(t, h, v, advocacy.PostInReview)
	x, err := h.Flow.ExplainPost(t.Context(), h.As(h.Author), h.W, v.Post.ID)
	ok(t, err)
	if !slices.Contains(x.Blockers(), advocacy.Blocker{Code: advocacy.BlockLink, Subject: linkA, Words: "Mend the link."}) {
		t.Errorf("it says %+v", x.Blockers())
	}
	w.broken = nil
	h.Clock.Advance(time.Minute)
	_, err = h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{Content: v.Head.Content, Accounts: v.Head.Targets})
	ok(t, err) // the author looks whether it helped
	h.Reassess(t)
	state(t, h, v, advocacy.PostScheduled)
	// What a round was routed by is not looked up again: later looks change nothing of it.
	second, err := submitText(t, h, linked+" Again.")
	ok(t, err)
	w.broken = []string{linkA}
	h.Clock.Advance(time.Hour)
	refusedText(t, h, linked+" Too late.")
	h.Sign(t, h.Legal, second, "legal")
	h.Sign(t, h.PR, second, "pr")
	state(t, h, second, advocacy.PostScheduled)
}

// TestLinksOfAnItem: the links of items are looked at when they are submitted, and when they
// are shared.
func TestLinksOfAnItem(t *testing.T) {
	t.Parallel()
	h, w := wired(t)
	enforce(t, h, reaching)
	item := h.Item(t, linked)
	h.Clock.Advance(time.Hour)
	w.broken = []string{linkB}
	p, err := h.Flow.PreviewPost(t.Context(), h.As(h.Reader), h.W, workflow.PostDraft{Item: item.Item.ID, Accounts: []advocacy.AccountID{h.Wall}})
	ok(t, err)
	h.Clock.Advance(time.Hour)
	refuses(t, h, advocacy.Precondition, "LINK_UNREACHABLE", func() error {
		_, err := h.Flow.ShareItem(t.Context(), h.As(h.Reader), h.W, item.Item.ID, workflow.Share{
			Accounts: []advocacy.AccountID{h.Wall}, Language: "en", Digest: p.Digest,
		})
		return err
	})
}

// TestBrokenLinkIsTold: who writes is told of a link that led nowhere when its page was read,
// where it stands, until it is reached or the look is old.
func TestBrokenLinkIsTold(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	page := advocacy.Page{URL: pageLink, Code: advocacy.LinkStatus, Status: 404}
	h.Flow.Cards = workflow.NewPreviewer(func(context.Context, string) advocacy.Page { return page })
	preview := func() error {
		_, err := h.Flow.PreviewLink(t.Context(), h.As(h.Author), h.W, pageLink, accepts)
		return err
	}
	told := func(content advocacy.Content) (found []advocacy.Finding) {
		checked, err := h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{Content: content, Accounts: []advocacy.AccountID{h.Wall}}, nil)
		ok(t, err)
		return slices.DeleteFunc(checked.Findings, func(f advocacy.Finding) bool { return f.Code != "LINK_BROKEN" })
	}
	linked := advocacy.Content{Language: "en", Text: "Come.", Link: pageLink}
	written := advocacy.Content{Language: "en", Text: "Come: " + pageLink}
	if found := told(linked); len(found) != 0 {
		t.Errorf("before anybody looked it says %+v", found)
	}
	refuses(t, h, advocacy.Precondition, "LINK_UNREACHABLE", preview)
	if found := told(linked); len(found) != 1 || found[0].Field != "content.link" || found[0].Args["link"] != pageLink {
		t.Errorf("of a link it says %+v", found)
	}
	if found := told(written); len(found) != 1 || found[0].Field != "content.text" || written.Text[found[0].Start:found[0].End] != pageLink {
		t.Errorf("of a link in the text it says %+v", found)
	}
	for _, of := range []advocacy.Variant{{Network: "wall"}, {Account: h.Wall}} {
		of.Text = "Viens à " + pageLink + "."
		varied := advocacy.Content{Language: "en", Text: "Come.", Variants: []advocacy.Variant{of}}
		found := told(varied)
		if len(found) != 1 || found[0].Field != "content.variants[0].text" || of.Text[found[0].Start:found[0].End] != pageLink {
			t.Errorf("of a link in the text %+v it says %+v", of, found)
		}
	}
	h.Clock.Advance(2 * time.Hour)
	if found := told(linked); len(found) != 0 {
		t.Errorf("long after it says %+v", found)
	}
	refuses(t, h, advocacy.Precondition, "LINK_UNREACHABLE", preview)
	h.Clock.Advance(time.Minute)
	page = advocacy.Page{URL: pageLink, Title: "Lab", Status: 200}
	ok(t, preview())
	if found := told(linked); len(found) != 0 {
		t.Errorf("after it was reached it says %+v", found)
	}
	half := advocacy.Content{Language: "en", Text: "Come.", Link: "https:/"}
	checked, err := h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{Content: half, Accounts: []advocacy.AccountID{h.Wall}}, nil)
	ok(t, err)
	if !slices.ContainsFunc(checked.Findings, func(f advocacy.Finding) bool {
		return f.Code == "LINK_INVALID" && f.Field == "content.link" && f.Severity == advocacy.Blocks
	}) {
		t.Errorf("of half a link it says %+v", checked.Findings)
	}
}
