package workflow_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// livesIn moves the author.
func livesIn(t testing.TB, h *workflowtest.House, country string) {
	t.Helper()
	_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, h.Author, workflow.MemberChange{Country: &country})
	ok(t, err)
}

// staffOf are rules for all and for two countries.
func staffOf(t testing.TB, h *workflowtest.House) {
	t.Helper()
	tell(t, h, staff("staff", "I work for Acme."), staff("staff-de", "Acme employee.", "DE"), staff("staff-gb", "Ad: Acme.", "GB"))
}

// TestAuthorsCountry: own words on a personal account are told by the country of their author,
// and by that of the language where that is another; a brand has none but the language's.
func TestAuthorsCountry(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	staffOf(t, h)
	livesIn(t, h, "DE")
	draft := workflow.PostDraft{
		Content:  advocacy.Content{Language: "en", Text: "Hello", Disclosure: advocacy.DisclosureEmployee},
		Accounts: []advocacy.AccountID{h.AuthorWall, h.Wall},
	}
	for language, want := range map[string][2]string{
		"en": {"Acme employee.", "I work for Acme."}, "en-GB": {"Acme employee. · Ad: Acme.", "Ad: Acme."},
	} {
		draft.Content.Language = language
		p, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, draft)
		ok(t, err)
		own, brand := p.Manifest.Targets[0], p.Manifest.Targets[1]
		if got := [2]string{own.Rendering.DisclosureText, brand.Rendering.DisclosureText}; got != want || own.Country != "DE" || brand.Country != "" {
			t.Errorf("in %q it tells %q by %q and %q, want %q", language, got, own.Country, brand.Country, want)
		}
	}
	draft.Content.Disclosure = advocacy.DisclosureNone
	p, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, draft)
	ok(t, err)
	if got := p.Manifest.Targets[0].Country; got != "" {
		t.Errorf("a post that tells nothing is signed with the country %q", got)
	}
}

// TestCheckTellsByTheAuthorsCountry: so do the networks that are only asked about, with an
// account chosen and without.
func TestCheckTellsByTheAuthorsCountry(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	staffOf(t, h)
	livesIn(t, h, "DE")
	for _, accounts := range [][]advocacy.AccountID{nil, {h.AuthorWall}} {
		checked, err := h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
			Content: advocacy.Content{Language: "en", Text: "Hello", Disclosure: advocacy.DisclosureEmployee}, Accounts: accounts,
		}, []advocacy.Network{measure.Bluesky})
		ok(t, err)
		if len(checked.Disclosures) != 1+len(accounts) {
			t.Fatalf("%d are told", len(checked.Disclosures))
		}
		for _, n := range checked.Disclosures {
			if n.Rule != "staff-de" {
				t.Errorf("%s tells by %q", n.Network, n.Rule)
			}
		}
	}
}

// TestWhoMovesSignsAgain: a draft of before its author moved is not submitted as it is, and
// what was submitted stays what was signed.
func TestWhoMovesSignsAgain(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	staffOf(t, h)
	livesIn(t, h, "DE")
	v := disclosing(t, h, "Hello", "en")
	livesIn(t, h, "GB")
	refuses(t, h, advocacy.Precondition, "DISCLOSURE_OUTDATED", func() error {
		_, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.Submit{Digest: v.Head.Digest})
		return err
	})
	v = saveAgain(t, h, v.Post.ID)
	if got := v.Manifest.Targets[0]; got.Country != "GB" || got.Rendering.DisclosureText != "Ad: Acme." {
		t.Fatalf("saved again it tells %q by %q", got.Rendering.DisclosureText, got.Country)
	}
	v = signedBoth(t, h, v)
	livesIn(t, h, "DE")
	now := h.Post(t, v.Post.ID)
	if now.Head.Digest != v.Head.Digest || len(now.Publications) != 1 || now.Findings != nil {
		t.Fatalf("who moves changes what was signed: %+v, found %+v", now.Publications, now.Findings)
	}
	// Another table has it looked at by the country that was signed.
	r := tell(t, h, staff("staff", "I work for Acme."), staff("staff-de", "Otherwise.", "DE"), staff("staff-gb", "Ad: Acme.", "GB"))
	if k := retell(t, h, r); k.Retold != 0 {
		t.Errorf("%d are told otherwise", k.Retold)
	}
	h.Work(t)
	if h.OnWall(t) != 1 {
		t.Error("it does not go out")
	}
}

// TestShareIsToldAsTheItem: who shares an item shows what its approvers signed, wherever he or
// she is.
func TestShareIsToldAsTheItem(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	staffOf(t, h)
	item := toldItem(t, h, advocacy.DisclosureEmployee)
	livesIn(t, h, "GB")
	v := shareTold(t, h, item, time.Time{})
	if v.Review.Origin != advocacy.OriginLibrary || v.Manifest.Targets[0].Country != "" || wordsOf(v) != "I work for Acme." {
		t.Errorf("a share is %s, and tells %q by %q", v.Review.Origin, wordsOf(v), v.Manifest.Targets[0].Country)
	}
}
