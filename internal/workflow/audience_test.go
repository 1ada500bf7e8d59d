package workflow_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// aim gives an item another audience and has it signed.
func aim(t *testing.T, h *workflowtest.House, v *workflow.ItemView, a advocacy.Audience) *workflow.ItemView {
	t.Helper()
	next, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{Audience: &a})
	ok(t, err)
	ok(t, submitItem(t, h, next))
	signItem(t, h, next)
	return next
}

func move(t *testing.T, h *workflowtest.House, who advocacy.PersonID, groups ...string) {
	t.Helper()
	_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, who, workflow.MemberChange{Groups: &groups})
	ok(t, err)
}

// TestAudience: an item is found and shared by whom it is for, and by nobody else.
func TestAudience(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := ledgerItem(t, h, "For sales.")
	before := v.Revision.Digest
	v = aim(t, h, v, advocacy.Audience{Groups: []string{"sales", "board"}})
	if v.Revision.Digest == before || v.Revision.Number != 2 {
		t.Fatalf("an audience is signed: revision %d has digest %s", v.Revision.Number, v.Revision.Digest)
	}
	shelf := func(who advocacy.PersonID) int {
		found, _, err := h.Flow.Items(t.Context(), h.As(who), workflow.ItemQuery{Workspace: h.W, Page: workflow.Page{Size: 10}})
		ok(t, err)
		return len(found)
	}
	draft := workflow.PostDraft{Item: v.Item.ID, Accounts: []advocacy.AccountID{h.Ledger}, Content: advocacy.Content{Language: "en"}}
	for name, try := range map[string]func() error{
		"get":     func() error { _, err := h.Flow.Item(t.Context(), h.As(h.Author), h.W, v.Item.ID); return err },
		"preview": func() error { _, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, draft); return err },
		"check":   func() error { _, err := h.Flow.CheckPost(t.Context(), h.As(h.Author), h.W, draft, nil); return err },
		"draft":   func() error { _, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, draft); return err },
		"share":   func() error { return tryShare(t, h, h.Author, v, before) },
	} {
		if err := try(); advocacy.ReasonOf(err) != "ITEM_NOT_FOUND" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if shelf(h.Author) != 0 || shelf(h.Curator) != 1 {
		t.Errorf("an employee lists %d items, a curator %d", shelf(h.Author), shelf(h.Curator))
	}
	refuses(t, h, advocacy.Precondition, "OUTSIDE_AUDIENCE", func() error {
		return tryShare(t, h, h.Curator, v, previewShare(t, h, h.Curator, v).Digest)
	})
	move(t, h, h.Author, "board")
	if shelf(h.Author) != 1 {
		t.Error("the board lists nothing")
	}
	share(t, h, v, "For sales.")
	h.Work(t)
	sent(t, l, "For sales.")
	// A draft of an audience that nobody signed yet hides nothing.
	_, err := h.Flow.UpdateItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.ItemChange{Audience: &advocacy.Audience{Countries: []string{"DE"}}})
	ok(t, err)
	share(t, h, v, "For sales.")
}

// TestLeavesTheAudience: who is of an audience no more sends nothing for it any more, whatever
// was scheduled or begun before.
func TestLeavesTheAudience(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := aim(t, h, ledgerItem(t, h, "For sales."), advocacy.Audience{Groups: []string{"sales"}})
	move(t, h, h.Author, "sales")
	waiting, now := shareAt(t, h, v, h.Clock.Now().Add(time.Hour)), share(t, h, v, "For sales.")
	begun, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Item: v.Item.ID, Accounts: []advocacy.AccountID{h.Ledger}, Content: advocacy.Content{Language: "en", Text: "For sales, by me."},
	})
	ok(t, err)
	move(t, h, h.Author, "marketing")
	if got := blockersOf(t, h, now); len(got) != 1 || got[0] != advocacy.BlockOutsideAudience {
		t.Errorf("in the way are %v", got)
	}
	h.Work(t)
	stand(t, h, now, advocacy.Cancelled)
	ok(t, h.Flow.ReassessAuthor(t.Context(), h.W, h.Author))
	stand(t, h, waiting, advocacy.Cancelled)
	state(t, h, waiting, advocacy.PostDraft)
	refuses(t, h, advocacy.Precondition, "OUTSIDE_AUDIENCE", func() error {
		_, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, begun.Post.ID, workflow.Submit{Digest: begun.Head.Digest})
		return err
	})
	sent(t, l)
}
