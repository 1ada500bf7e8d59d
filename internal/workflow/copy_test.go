package workflow_test

import (
	"slices"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

func copyOf(t *testing.T, h *workflowtest.House, who advocacy.PersonID, v *workflow.PostView) *workflow.PostView {
	t.Helper()
	twin, err := h.Flow.CopyPost(t.Context(), h.As(who), h.W, v.Post.ID)
	ok(t, err)
	return twin
}

// TestCopyLaundersNothing: a copy is a draft of its own in the copier's name, with the same
// words. Whoever wrote the original does not sign it, whoever objected to the original has
// to, in every round and in copies of the copy, whatever the policy asks by then.
func TestCopyLaundersNothing(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Both), h.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: "The best."}, Accounts: []advocacy.AccountID{h.Ledger}, Note: "for you",
	})
	ok(t, err)
	v = h.Submit(t, v)
	ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.RequestChanges))
	enact(t, h, routing.Sign(advocacy.RolePR, 1))
	regrant(t, h, h.Reader, advocacy.RoleEmployee, advocacy.RoleAuditor)

	one := copyOf(t, h, h.Reader, v)
	p := one.Post
	if p.ID == v.Post.ID || p.Author != h.Reader || p.State != advocacy.PostDraft || p.Note != "" || p.CopiedFrom != v.Post.ID {
		t.Errorf("the copy is %+v", p)
	}
	if one.Head.Digest != v.Head.Digest || one.Head.Number != 1 {
		t.Errorf("the copy shows %s, the original %s", one.Head.Digest, v.Head.Digest)
	}
	two := h.Submit(t, edit(t, h, copyOf(t, h, h.Reader, one), "Quite good."))
	if want := []advocacy.PersonID{h.Reader, h.Both}; !slices.Equal(two.Head.Contributors, want) {
		t.Errorf("written by %v, want %v", two.Head.Contributors, want)
	}
	r, asked := two.Review.Plan.Find("legal")
	if !asked || !r.Veto || !slices.ContainsFunc(r.Rules, func(w advocacy.RuleReason) bool { return w.Rule == "inherited_objection" }) {
		t.Fatalf("the plan is %+v", two.Review.Plan)
	}
	refuses(t, h, advocacy.Denied, "SELF_REVIEW", func() error { return h.Decide(t, h.Both, two, "legal", advocacy.Approve) })
	h.Sign(t, h.PR, two, "pr")
	h.Sign(t, h.Legal2, two, "legal")
	state(t, h, two, advocacy.PostScheduled)
	if more := copyOf(t, h, h.Reader, h.Post(t, two.Post.ID)); len(more.Post.Objectors) != 0 {
		t.Errorf("a copy of what legal signed inherits %v", more.Post.Objectors)
	}
}

// TestCopyOfWhat: who may not see a post cannot copy it, a copy goes to nobody else's
// account, and of a share whose item is gone there is none.
func TestCopyOfWhat(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := h.Draft(t, "Mine.", h.AuthorWall, h.Wall)
	refuses(t, h, advocacy.NotFound, "POST_NOT_FOUND", func() error {
		_, err := h.Flow.CopyPost(t.Context(), h.As(h.Reader), h.W, v.Post.ID)
		return err
	})
	if twin := copyOf(t, h, h.Author, v); !slices.Equal(twin.Head.Targets, v.Head.Targets) {
		t.Errorf("the author's copy goes to %v", twin.Head.Targets)
	}
	if twin := copyOf(t, h, h.Both, v); !slices.Equal(twin.Head.Targets, []advocacy.AccountID{h.Wall}) {
		t.Errorf("somebody else's copy goes to %v", twin.Head.Targets)
	}
	item := h.Item(t, "From the library.")
	share, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Item: item.Item.ID, Content: advocacy.Content{Language: "en"}, Accounts: []advocacy.AccountID{h.Wall},
	})
	ok(t, err)
	if twin := copyOf(t, h, h.Author, share); twin.Post.Item != item.Item.ID || twin.Head.ItemRevision != 1 || twin.Head.Digest != share.Head.Digest {
		t.Errorf("the copy of a share is %+v", twin.Head)
	}
	_, err = h.Flow.WithdrawItem(t.Context(), h.As(h.Curator), h.W, item.Item.ID, "over")
	ok(t, err)
	refuses(t, h, advocacy.Precondition, "ITEM_NOT_SHARABLE", func() error {
		_, err := h.Flow.CopyPost(t.Context(), h.As(h.Author), h.W, share.Post.ID)
		return err
	})
}
