package workflow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// TestAnnouncement: it is signed as one, read by everybody it is for, and shared by nobody.
func TestAnnouncement(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := ledgerItem(t, h, "We moved.")
	begun, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Item: v.Item.ID, Accounts: []advocacy.AccountID{h.Ledger}, Content: advocacy.Content{Language: "en"},
	})
	ok(t, err)
	before := v.Revision.Digest
	v, err = h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{Announcement: ptr(true)})
	ok(t, err)
	if v.Revision.Digest == before || v.Item.Announcement || !v.Manifest.Announcement || !v.Sharable {
		t.Fatalf("a draft of an announcement: %+v", v)
	}
	ok(t, submitItem(t, h, v))
	signItem(t, h, v)
	seen, err := h.Flow.Item(t.Context(), h.As(h.Author), h.W, v.Item.ID)
	ok(t, err)
	if !seen.Manifest.Announcement || seen.Sharable || seen.Availability != advocacy.AvailableNow {
		t.Errorf("an employee sees %+v", seen)
	}
	for _, who := range []advocacy.PersonID{h.Author, h.Curator} {
		refuses(t, h, advocacy.Precondition, "ITEM_ANNOUNCEMENT", func() error { return tryShare(t, h, who, v, before) })
		refuses(t, h, advocacy.Precondition, "ITEM_ANNOUNCEMENT", func() error {
			_, err := h.Flow.CreatePost(t.Context(), h.As(who), h.W, workflow.PostDraft{
				Item: v.Item.ID, Accounts: []advocacy.AccountID{h.Ledger}, Content: advocacy.Content{Language: "en", Text: "We moved, you know."},
			})
			return err
		})
	}
	refuses(t, h, advocacy.Precondition, "ITEM_ANNOUNCEMENT", func() error {
		_, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, begun.Post.ID, workflow.Submit{Digest: begun.Head.Digest})
		return err
	})
	h.Work(t)
	sent(t, l)
}

// TestCuration: what a curator says of an item beside its words is kept on record, makes no
// revision and asks nobody.
func TestCuration(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	first, second := ledgerItem(t, h, "First."), ledgerItem(t, h, "Second.")
	ledgerItem(t, h, "Third.")
	for place, v := range []*workflow.ItemView{second, first} {
		out, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{
			Pin: ptr(place + 1), Labels: &[]string{"zeal", "art", "zeal"}, Campaign: ptr("spring"),
		})
		ok(t, err)
		if out.Revision.Digest != v.Revision.Digest || out.Item.State != advocacy.ItemApproved || !slices.Equal(out.Item.Labels, []string{"art", "zeal"}) {
			t.Errorf("curation makes %+v", out.Item)
		}
	}
	list := func(who advocacy.PersonID, q workflow.ItemQuery) []string {
		q.Workspace, q.Page = h.W, workflow.Page{Size: 10}
		found, _, err := h.Flow.Items(t.Context(), h.As(who), q)
		ok(t, err)
		var titles []string
		for _, v := range found {
			titles = append(titles, v.Item.Title)
		}
		return titles
	}
	for name, c := range map[string]struct {
		query workflow.ItemQuery
		want  []string
	}{
		"pinned first": {workflow.ItemQuery{PinnedFirst: true}, []string{"Second.", "First.", "Third."}},
		"newest first": {workflow.ItemQuery{}, []string{"Third.", "Second.", "First."}},
		"pinned":       {workflow.ItemQuery{Pinned: true}, []string{"Second.", "First."}},
		"label":        {workflow.ItemQuery{Label: "art", PinnedFirst: true}, []string{"Second.", "First."}},
		"campaign":     {workflow.ItemQuery{Campaign: "autumn"}, nil},
		"expired":      {workflow.ItemQuery{Availability: advocacy.AvailableBefore}, nil},
	} {
		for _, who := range []advocacy.PersonID{h.Author, h.Curator} {
			if got := list(who, c.query); !slices.Equal(got, c.want) {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		}
	}
	_, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, first.Item.ID, workflow.ItemChange{Labels: &[]string{}, Pin: ptr(0)})
	ok(t, err)
	if got := list(h.Author, workflow.ItemQuery{PinnedFirst: true}); !slices.Equal(got, []string{"Second.", "Third.", "First."}) {
		t.Errorf("unpinned: %q", got)
	}
}

// TestFeatured: the strip is in the curator's order, loses what ends by itself, is kept on
// record, and neither makes a revision nor shows anybody what is not theirs.
func TestFeatured(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	first, second, draft := ledgerItem(t, h, "First."), ledgerItem(t, h, "Second."), draftItem(t, h, "Draft.")
	ends := h.Clock.Now().Add(time.Hour)
	for v, change := range map[*workflow.ItemView]workflow.ItemChange{
		first: {FeaturePlace: ptr(2)}, second: {FeaturePlace: ptr(1), FeatureEnd: &ends}, draft: {FeaturePlace: ptr(3)},
	} {
		out, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, change)
		ok(t, err)
		if out.Revision.Digest != v.Revision.Digest || out.Item.State != v.Item.State {
			t.Errorf("featuring makes %+v", out.Item)
		}
	}
	strip := func(who advocacy.PersonID, want ...string) {
		t.Helper()
		found, _, err := h.Flow.Items(t.Context(), h.As(who), workflow.ItemQuery{
			Workspace: h.W, Page: workflow.Page{Size: 10}, Featured: true, ByFeature: true,
		})
		ok(t, err)
		var titles []string
		for _, v := range found {
			titles = append(titles, v.Item.Title)
		}
		if !slices.Equal(titles, want) {
			t.Errorf("%s sees the strip %q, want %q", who, titles, want)
		}
	}
	strip(h.Author, "Second.", "First.")
	strip(h.Curator, "Second.", "First.", "Draft.")
	records, _, err := h.Store.AuditRecords(t.Context(), workflow.RecordQuery{
		Workspace: h.W, Page: workflow.Page{Size: 1}, Parent: second.Item.Subject().Name(), Action: "library_item.updated",
	})
	ok(t, err)
	if len(records) != 1 || !strings.Contains(string(records[0].Detail), `"featured":1,"featured_end":"`+ends.Format("2006-01-02T15:04")) {
		t.Errorf("on record is %+v", records)
	}
	h.Clock.Advance(time.Hour)
	strip(h.Author, "First.")
	out, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, second.Item.ID, workflow.ItemChange{FeaturePlace: ptr(0)})
	ok(t, err)
	if !out.Item.Feature.Equal(advocacy.Feature{}) {
		t.Errorf("taken out, it is %+v", out.Item.Feature)
	}
}
