package workflow_test

import (
	"slices"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// TestTextForAnAccount: of a post to several accounts each shows what is written for it, which is
// what is signed and sent; an item speaks for no account.
func TestTextForAnAccount(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	content := advocacy.Content{Language: "en", Text: "To all.", Variants: []advocacy.Variant{{Account: h.Ledger, Language: "fr", Text: "À vous."}}}
	draft := workflow.PostDraft{Content: content, Accounts: []advocacy.AccountID{h.AuthorWall, h.Ledger}}
	p, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, draft)
	ok(t, err)
	var got []string
	for _, target := range p.Manifest.Targets {
		got = append(got, target.Rendering.Language+" "+target.Rendering.Text)
	}
	if want := []string{"en To all.", "fr À vous."}; !slices.Equal(got, want) {
		t.Fatalf("shown is %q, want %q", got, want)
	}
	h.Submit(t, p)
	h.Sign(t, h.Legal, p, "legal")
	h.Sign(t, h.PR, p, "pr")
	h.Work(t)
	sent(t, l, "À vous.")
	again := content
	again.Variants = append(again.Variants, advocacy.Variant{Account: h.Ledger, Text: "To you."})
	placed := content
	placed.Variants = []advocacy.Variant{{Account: h.Ledger, Network: "ledger", Text: "To you."}}
	for reason, c := range map[string]advocacy.Content{"VARIANT_REPEATED": again, "VARIANT_PLACE": placed} {
		refuses(t, h, advocacy.Invalid, reason, func() error {
			_, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{Content: c})
			return err
		})
	}
	refuses(t, h, advocacy.Invalid, "ACCOUNT_IN_ITEM", func() error {
		_, err := h.Flow.CreateItem(t.Context(), h.As(h.Curator), h.W, workflow.ItemDraft{Title: "No", Networks: []advocacy.Network{"ledger"}, Content: content})
		return err
	})
}
