package workflow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/diff"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

const personalWords = "We open a lab. I am glad. Call 112 if it burns."

// personalItem is an item in force in which two sentences are whoever's who shares it.
func personalItem(t *testing.T, h *workflowtest.House, unreviewed bool) *workflow.ItemView {
	t.Helper()
	return boundItem(t, h, personalWords, advocacy.Editing{Mode: advocacy.EditSpans, Unreviewed: unreviewed, Spans: []advocacy.EditSpan{
		{Text: "I am glad.", Most: 60}, {Text: "Call 112 if it burns.", Optional: true},
	}})
}

// boundItem is an item in force with an edit policy.
func boundItem(t *testing.T, h *workflowtest.House, text string, policy advocacy.Editing) *workflow.ItemView {
	t.Helper()
	v := ledgerItem(t, h, text)
	v, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{Editing: &policy})
	ok(t, err)
	ok(t, submitItem(t, h, v))
	signItem(t, h, v)
	return v
}

func madeOf(h *workflowtest.House, v *workflow.ItemView, text string) workflow.PostDraft {
	return workflow.PostDraft{
		Item: v.Item.ID, Accounts: []advocacy.AccountID{h.Ledger}, Content: advocacy.Content{Language: "en", Text: text},
	}
}

func draftOf(t *testing.T, h *workflowtest.House, v *workflow.ItemView, text string) *workflow.PostView {
	t.Helper()
	p, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, madeOf(h, v, text))
	ok(t, err)
	return p
}

// TestPersonalWordsNeedNoSignature: what the owner lets everybody say goes out on the item's own
// signatures, and on nothing else than these.
func TestPersonalWordsNeedNoSignature(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := personalItem(t, h, true)
	const mine = "We open a lab. Come by, the coffee is mine."
	shown, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, madeOf(h, v, mine))
	ok(t, err)
	if shown.Edit != advocacy.EditedWithin || shown.Origin != advocacy.OriginLibraryPersonalised || shown.Changes[0].Change != diff.Changed {
		t.Fatalf("shown is %+v", shown)
	}
	p := draftOf(t, h, v, mine)
	h.Submit(t, p)
	r := review(t, h, p, advocacy.ReviewApproved)
	if r.Origin != advocacy.OriginLibraryPersonalised || r.Library == nil || len(r.Library.Decisions) != 2 {
		t.Fatalf("the round: %+v", r)
	}
	h.Work(t)
	sent(t, l, mine)
	later := draftOf(t, h, v, mine+" ")
	later, err = h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, later.Post.ID, workflow.PostChange{PublishTime: ptr(h.Clock.Now().Add(time.Hour)), Zone: ptr("UTC")})
	ok(t, err)
	h.Submit(t, later)
	stand(t, h, later, advocacy.Scheduled)
	_, err = h.Flow.WithdrawItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, "wrong")
	ok(t, err)
	h.Clock.Advance(2 * time.Hour)
	h.Work(t)
	stand(t, h, later, advocacy.Cancelled)
	sent(t, l, mine)
}

// TestPersonalWordsAreLookedAt: beyond its bounds, and with anything in it that somebody has to
// look at, a share is reviewed; also when nobody said that it needs no review.
func TestPersonalWordsAreLookedAt(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	free, reviewed := personalItem(t, h, true), personalItem(t, h, false)
	for name, c := range map[string]struct {
		of   *workflow.ItemView
		text string
		edit advocacy.Edit
	}{
		"nobody let it":            {reviewed, "We open a lab. So am I.", advocacy.EditedWithin},
		"other words":              {free, "We close a lab. I am glad. Call 112 if it burns.", advocacy.EditedBeyond},
		"a letter like it":         {free, "We оpen a lab. I am glad. Call 112 if it burns.", advocacy.EditedBeyond},
		"a link":                   {free, "We open a lab. See https://evil.example now.", advocacy.EditedWithin},
		"an address without https": {free, "We open a lab. See evil.com/now soon.", advocacy.EditedWithin},
		"somebody's name":          {free, "We open a lab. Thank you, @rival!", advocacy.EditedWithin},
		"a name with a server":     {free, "We open a lab. I am (@anna@rival.example) glad.", advocacy.EditedWithin},
		"a card":                   {free, "We open a lab. Mine is 4111 1111 1111 1111.", advocacy.EditedWithin},
		"a space of no width":      {free, "We open a lab. So\u200b am I.", advocacy.EditedWithin},
		"letters of two kinds":     {free, "We open a lab. I lоve it.", advocacy.EditedWithin},
	} {
		shown, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, madeOf(h, c.of, c.text))
		ok(t, err)
		if shown.Edit != c.edit || shown.Origin != advocacy.OriginLibraryEdited {
			t.Errorf("%s is shown as %s, %s", name, shown.Edit, shown.Origin)
		}
		if advocacy.Blocking(shown.Findings) != nil {
			continue
		}
		p := draftOf(t, h, c.of, c.text)
		h.Submit(t, p)
		if r := review(t, h, p, advocacy.ReviewOpen); r.Origin != advocacy.OriginLibraryEdited || r.Library != nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
	h.Work(t)
	sent(t, l)
}

// TestPersonalWordsMeetNewTerms: a term that came to be restricted after the share was submitted
// asks its role, although the item is signed.
func TestPersonalWordsMeetNewTerms(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := personalItem(t, h, true)
	p := draftOf(t, h, v, "We open a lab. It is a moonshot.")
	p, err := h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, p.Post.ID, workflow.PostChange{PublishTime: ptr(h.Clock.Now().Add(time.Hour)), Zone: ptr("UTC")})
	ok(t, err)
	h.Submit(t, p)
	stand(t, h, p, advocacy.Scheduled)
	recheck(t, h, watch(t, h, restricted("moonshot", advocacy.RoleLegal)))
	h.Clock.Advance(2 * time.Hour)
	h.Work(t)
	sent(t, l)
	if got := blockersOf(t, h, p); !slices.Contains(got, "NEED_APPROVALS") {
		t.Errorf("in the way is %q", got)
	}
}

// TestPersonalWordsAndThePolicy: what no rule of the routing policy speaks about is reviewed,
// whatever the owner of the item lets everybody do.
func TestPersonalWordsAndThePolicy(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	h.Govern(t, routing.Builtin())
	p := draftOf(t, h, personalItem(t, h, true), "We open a lab. So am I.")
	h.Submit(t, p)
	if r := review(t, h, p, advocacy.ReviewOpen); r.Origin != advocacy.OriginLibraryPersonalised {
		t.Errorf("the round: %+v", r)
	}
}

// TestLockedItem: it is shared as it is, and nothing else is made from it.
func TestLockedItem(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := boundItem(t, h, "Exactly so.", advocacy.Editing{Mode: advocacy.EditLocked})
	p := draftOf(t, h, v, "Nearly so.")
	refuses(t, h, advocacy.Precondition, "ITEM_LOCKED", func() error {
		_, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, p.Post.ID, workflow.Submit{Digest: p.Head.Digest})
		return err
	})
	h.Submit(t, edit(t, h, p, "Exactly so."))
	share(t, h, v, "Exactly so.")
	h.Work(t)
	sent(t, l, "Exactly so.", "Exactly so.")
}

// TestEditPolicyIsSigned: another policy is another revision, and one that says what cannot be
// done is refused, also when it is the words that changed.
func TestEditPolicyIsSigned(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := personalItem(t, h, true)
	next, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{Editing: &advocacy.Editing{Mode: advocacy.EditLocked}})
	ok(t, err)
	if next.Revision.Digest == v.Revision.Digest || next.Item.InForce != v.Revision.Number {
		t.Fatalf("after another policy: %+v", next)
	}
	d, err := h.Flow.DiffRevision(t.Context(), h.As(h.Legal), v.Item.Subject(), next.Revision.Number, workflow.DiffBase{Alias: workflow.BaseLibraryItem})
	ok(t, err)
	if len(d.Reach) != 3 || d.Reach[0].Name != diff.FieldEditMode {
		t.Errorf("what changed: %+v", d.Reach)
	}
	// What is in force counts meanwhile.
	p := draftOf(t, h, v, "We open a lab. Me too.")
	h.Submit(t, p)
	review(t, h, p, advocacy.ReviewApproved)
	refuses(t, h, advocacy.Invalid, "EDIT_SPAN_NOT_FOUND", func() error {
		_, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{
			Editing: &advocacy.Editing{Mode: advocacy.EditSpans, Spans: []advocacy.EditSpan{{Text: "No such words.", Optional: true}}},
		})
		return err
	})
	w := personalItem(t, h, true)
	refuses(t, h, advocacy.Invalid, "EDIT_SPAN_NOT_FOUND", func() error {
		_, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, w.Item.ID, workflow.ItemChange{
			Content: &advocacy.Content{Language: "en", Text: "We open a lab. I am happy. Call 112 if it burns."},
		})
		return err
	})
}

// TestNamesInPersonalWords: whom the item names may be named again, and who is added is told
// where. A name grows in no way that another account could have.
func TestNamesInPersonalWords(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := boundItem(t, h, "Thanks to @acme!", advocacy.Editing{
		Mode: advocacy.EditSpans, Unreviewed: true, Spans: []advocacy.EditSpan{{Text: "!", Most: 40}},
	})
	for text, want := range map[string][]string{
		"Thanks to @acme, well done @Acme!":    nil,
		"Thanks to @acme! Write to the office": nil,
		"Thanks to @acme and @rival":           {"MENTION_ADDED @rival"},
		"Thanks to @acme.rival":                {"MENTION_ADDED @acme.rival"},
		"Thanks to @acme@rival.example":        {"MENTION_ADDED @acme@rival.example"},
		"Thanks to @acmerival":                 {"MENTION_ADDED @acmerival"},
		"Thanks to @acme; see https://a.test/": {"LINK_ADDED https://a.test/"},
	} {
		draft := madeOf(h, v, text)
		shown, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, draft)
		ok(t, err)
		checked, err := h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, draft, nil)
		ok(t, err)
		for _, findings := range [][]advocacy.Finding{shown.Findings, checked.Findings} {
			var found []string
			for _, f := range findings {
				found = append(found, f.Code+" "+text[f.Start:f.End])
			}
			if !slices.Equal(found, want) {
				t.Errorf("in %q is found %q, want %q", text, found, want)
			}
		}
		if reviewed := shown.Origin == advocacy.OriginLibraryEdited; reviewed != (want != nil) {
			t.Errorf("%q is %s", text, shown.Origin)
		}
	}
}

// TestDefaultEditMode: an item that says nothing of what may be changed is made as the workspace
// says; one that says it stays with that.
func TestDefaultEditMode(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	before := draftItem(t, h, "Before.")
	_, err := h.Flow.UpdateWorkspace(t.Context(), h.As(h.Admin), h.W, workflow.WorkspaceChange{EditMode: ptr(advocacy.EditLocked)})
	ok(t, err)
	if got := draftItem(t, h, "After.").Manifest.Editing; got.Mode != advocacy.EditLocked {
		t.Errorf("an item that says nothing is %+v", got)
	}
	free, err := h.Flow.CreateItem(t.Context(), h.As(h.Curator), h.W, workflow.ItemDraft{
		Title: "Free", Networks: []advocacy.Network{"wall"}, Content: advocacy.Content{Language: "en", Text: "Free."}, Editing: &advocacy.Editing{},
	})
	ok(t, err)
	if !free.Manifest.Editing.None() {
		t.Errorf("one that says it is free is %+v", free.Manifest.Editing)
	}
	if next := reviseItem(t, h, before, "Before, again."); !next.Manifest.Editing.None() {
		t.Errorf("one of before is %+v", next.Manifest.Editing)
	}
	refuses(t, h, advocacy.Invalid, "EDIT_SPANS_MISSING", func() error {
		_, err := h.Flow.UpdateWorkspace(t.Context(), h.As(h.Admin), h.W, workflow.WorkspaceChange{EditMode: ptr(advocacy.EditSpans)})
		return err
	})
}
