package workflow_test

import (
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// state asserts where a post stands.
func state(t *testing.T, h *workflowtest.House, v *workflow.PostView, want advocacy.PostState) {
	t.Helper()
	if got := h.Post(t, v.Post.ID).Post.State; got != want {
		t.Fatalf("post is %s, want %s", got, want)
	}
}

func TestOwnWordsAreSignedThenPublished(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	v := h.Draft(t, "We are hiring two nurses in Nantes.")
	state(t, h, v, advocacy.PostDraft)
	h.Submit(t, v)
	state(t, h, v, advocacy.PostInReview)
	h.Work(t)
	h.Sign(t, h.Legal, v, "legal")
	h.Work(t)
	if n := h.OnWall(t); n != 0 {
		t.Fatalf("%d entries on the wall before everybody signed", n)
	}
	h.Sign(t, h.PR, v, "pr")
	state(t, h, v, advocacy.PostScheduled)
	h.Work(t)
	state(t, h, v, advocacy.PostPublished)
	h.Work(t)
	if n := h.OnWall(t); n != 1 {
		t.Fatalf("%d entries on the wall, want 1", n)
	}
}

func TestUneditedShareStandsOnTheItemsSignatures(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	item := h.Item(t, "Twelve apprenticeships, six trades.")
	share := workflow.PostDraft{Item: item.Item.ID, Accounts: []advocacy.AccountID{h.AuthorWall}, Content: advocacy.Content{Language: "fr"}}
	p, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, share)
	if err != nil {
		t.Fatal(err)
	}
	if p.Origin != advocacy.OriginLibrary {
		t.Fatalf("origin is %s", p.Origin)
	}
	v, err := h.Flow.ShareItem(t.Context(), h.As(h.Author), h.W, item.Item.ID, workflow.Share{
		Accounts: share.Accounts, Language: "fr", Digest: p.Digest,
	})
	if err != nil {
		t.Fatal(err)
	}
	if v.Review.Library == nil || len(v.Review.Library.Decisions) != 2 {
		t.Fatalf("the record names no chain: %+v", v.Review.Library)
	}
	h.Work(t)
	state(t, h, v, advocacy.PostPublished)
}
