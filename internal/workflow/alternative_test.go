package workflow_test

import (
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// TestAlternatives: all texts of an item are signed together, each goes out as it was signed,
// and nothing else does.
func TestAlternatives(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	content := advocacy.Content{Language: "en", Text: "Plain.", Variants: []advocacy.Variant{
		{Alternative: "bold", Text: "Bold."}, {Alternative: "short", Network: workflowtest.LedgerName, Text: "Hi."},
	}}
	v, err := h.Flow.CreateItem(t.Context(), h.As(h.Curator), h.W, workflow.ItemDraft{
		Title: "Three ways", Topic: "news", Networks: []advocacy.Network{wall.Name, workflowtest.LedgerName}, Content: content,
	})
	ok(t, err)
	var names []string
	for _, target := range v.Manifest.Targets {
		names = append(names, string(target.Rendering.Network)+" "+target.Alternative+" "+target.Rendering.Text)
	}
	if got, want := strings.Join(names, ", "), "wall  Plain., wall bold Bold., ledger  Plain., ledger bold Bold., ledger short Hi."; got != want {
		t.Fatalf("signed is %q, want %q", got, want)
	}
	ok(t, submitItem(t, h, v))
	signItem(t, h, v)
	share := func(name string) error {
		draft := workflow.PostDraft{
			Content: advocacy.Content{Language: "en"}, Accounts: []advocacy.AccountID{h.Ledger}, Item: v.Item.ID, Alternative: name,
		}
		shown, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, draft)
		if err != nil {
			return err
		}
		_, err = h.Flow.ShareItem(t.Context(), h.As(h.Author), h.W, v.Item.ID, workflow.Share{
			Accounts: draft.Accounts, Language: "en", Alternative: name, Digest: shown.Digest,
		})
		return err
	}
	for _, name := range []string{"", "bold", "short"} {
		ok(t, share(name))
		h.Work(t)
	}
	sent(t, l, "Plain.", "Bold.", "Hi.")
	refuses(t, h, advocacy.Invalid, "ALTERNATIVE_MISSING", func() error { return share("none") })
	refuses(t, h, advocacy.Invalid, "ALTERNATIVE_IN_POST", func() error {
		_, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{Content: content, Accounts: []advocacy.AccountID{h.Ledger}})
		return err
	})
}

// TestAlternativesAreLookedAt: what a machine finds in an alternative holds up the item.
func TestAlternativesAreLookedAt(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := draftItem(t, h, "Short.")
	variants := []advocacy.Variant{{Alternative: "long", Text: strings.Repeat("word ", 4000)}}
	v, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{
		Content: &advocacy.Content{Language: "en", Text: "Short.", Variants: variants},
	})
	ok(t, err)
	refuses(t, h, advocacy.Precondition, "FINDING_BLOCKS", func() error { return submitItem(t, h, v) })
}
