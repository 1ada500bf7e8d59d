package workflow_test

import (
	"slices"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

func tryTransfer(t *testing.T, h *workflowtest.House, who advocacy.PersonID, v *workflow.ItemView, to advocacy.PersonID) error {
	t.Helper()
	_, err := h.Flow.TransferItem(t.Context(), h.As(who), h.W, v.Item.ID, workflow.Transfer{Owner: to, Reason: "Moves on."})
	return err
}

// TestTransferItem: the new owner answers for the item and signs none of it, the former stays a
// contributor, and who made it stays its author.
func TestTransferItem(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		next := recruit(t, h, "Next", advocacy.RoleCurator, advocacy.RoleLegal)
		v := draftItem(t, h, "Ours.")
		out, err := h.Flow.TransferItem(t.Context(), h.As(h.Curator), h.W, v.Item.ID, workflow.Transfer{Owner: next, Version: v.Item.Version})
		ok(t, err)
		if i := out.Item; i.Owner != next || i.Author != h.Curator || !slices.Equal(out.Revision.Contributors, []advocacy.PersonID{h.Curator, next}) {
			t.Fatalf("%+v of %v", i, out.Revision.Contributors)
		}
		refuses(t, h, advocacy.Conflict, "ETAG_STALE", func() error {
			_, err := h.Flow.TransferItem(t.Context(), h.As(next), h.W, v.Item.ID, workflow.Transfer{Owner: h.Curator, Version: v.Item.Version})
			return err
		})
		ok(t, submitItem(t, h, v))
		refuses(t, h, advocacy.Denied, "SELF_REVIEW", func() error { return decideItem(t, h, next, v, "legal", advocacy.Approve) })
		// Given back, he or she stays a contributor of all that follows.
		ok(t, tryTransfer(t, h, next, v, h.Curator))
		v = reviseItem(t, h, v, "Ours, again.")
		if !slices.Equal(v.Revision.Contributors, []advocacy.PersonID{h.Curator, next}) {
			t.Fatalf("the contributors are %v", v.Revision.Contributors)
		}
		mine, _, err := h.Flow.Items(t.Context(), h.As(h.Curator), workflow.ItemQuery{Workspace: h.W, Owner: h.Curator, Page: workflow.Page{Size: 9}})
		ok(t, err)
		if n := happened(t, h, v.Item.Subject().Name(), "library_item.transferred"); n != 2 || len(mine) != 1 {
			t.Errorf("%d records of two transfers, and %d items", n, len(mine))
		}
	})
}

// TestTransferWhoMay: the owner and an admin give an item away, to somebody who can look after
// it; so the items of who left find another owner.
func TestTransferWhoMay(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	next := recruit(t, h, "Next", advocacy.RoleCurator)
	v := ledgerItem(t, h, "Ours.")
	refuses(t, h, advocacy.Denied, "NOT_THE_OWNER", func() error { return tryTransfer(t, h, next, v, next) })
	refuses(t, h, advocacy.Invalid, "NEW_OWNER_INVALID", func() error { return tryTransfer(t, h, h.Curator, v, h.Author) })
	refuses(t, h, advocacy.Invalid, "NEW_OWNER_INVALID", func() error { return tryTransfer(t, h, h.Curator, v, "nobody") })
	_, err := h.Flow.DisableMember(t.Context(), h.As(h.Admin), h.W, h.Curator, "left")
	ok(t, err)
	refuses(t, h, advocacy.Invalid, "NEW_OWNER_INVALID", func() error { return tryTransfer(t, h, h.Admin, v, h.Curator) })
	ok(t, tryTransfer(t, h, h.Admin, v, next))
	// What is in force stays so, and is shared as before.
	now, err := h.Flow.Item(t.Context(), h.As(next), h.W, v.Item.ID)
	ok(t, err)
	if now.Item.Owner != next || now.Item.InForce != 1 || now.Item.State != advocacy.ItemApproved {
		t.Fatalf("%+v", now.Item)
	}
	share(t, h, v, "Ours.")
	_, err = h.Flow.WithdrawItem(t.Context(), h.As(next), h.W, v.Item.ID, "Old.")
	ok(t, err)
	refuses(t, h, advocacy.Precondition, "ITEM_WITHDRAWN", func() error { return tryTransfer(t, h, next, v, h.Admin) })
}

// TestTransferVoidsNoSignature: who signed the newest revision answers for another one only, be
// it in force or still in review.
func TestTransferVoidsNoSignature(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	regrant(t, h, h.Legal, advocacy.RoleLegal, advocacy.RoleCurator)
	refused := func(v *workflow.ItemView) {
		t.Helper()
		refuses(t, h, advocacy.Precondition, "OWNER_VOIDS_SIGNATURE", func() error { return tryTransfer(t, h, h.Curator, v, h.Legal) })
	}
	v := draftItem(t, h, "Ours.")
	ok(t, submitItem(t, h, v))
	ok(t, decideItem(t, h, h.Legal, v, "legal", advocacy.Approve))
	refused(v)
	ok(t, decideItem(t, h, h.PR, v, "pr", advocacy.Approve))
	item(t, h, v.Item.ID, advocacy.ItemApproved, 1)
	refused(v)
	// It is the bytes in force that were signed; what comes next is another matter.
	ok(t, submitItem(t, h, reviseItem(t, h, v, "Ours, again.")))
	ok(t, tryTransfer(t, h, h.Curator, v, h.Legal))
	shared := share(t, h, v, "Ours.")
	state(t, h, shared, advocacy.PostScheduled)
}

// TestTransferToTheOnlySigner: a round that loses a possible signer by a transfer is computed
// again at once, and the turn of that person is over.
func TestTransferToTheOnlySigner(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	regrant(t, h, h.Legal, advocacy.RoleLegal, advocacy.RoleCurator)
	resign(t, h, h.Legal, h.PR)
	v := draftItem(t, h, "Ours.")
	ok(t, submitItem(t, h, v))
	item(t, h, v.Item.ID, advocacy.ItemInReview, 0)
	ok(t, tryTransfer(t, h, h.Curator, v, h.Legal))
	item(t, h, v.Item.ID, advocacy.ItemUnroutable, 0)
	tasks, _, err := h.Flow.Tasks(t.Context(), h.As(h.Legal), workflow.TaskQuery{
		Workspace: h.W, Person: h.Legal, State: workflow.TaskOpen, Page: workflow.Page{Size: 9},
	})
	ok(t, err)
	if len(tasks) != 0 {
		t.Errorf("%+v", tasks)
	}
}

// TestTransferLowersNothing: what a policy asks because of who made an item it asks whoever
// answers for it.
func TestTransferLowersNothing(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	enforce(t, h, `
defaults: [{role: "approver:legal"}]
rules:
  - {id: author, when: '"interns" in author.groups', require: [{role: "approver:pr"}]}
`)
	groups := []string{"interns"}
	_, err := h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, h.Curator, workflow.MemberChange{Groups: &groups})
	ok(t, err)
	next := recruit(t, h, "Next", advocacy.RoleCurator)
	asks := func(v *workflow.ItemView, want ...string) {
		t.Helper()
		ok(t, submitItem(t, h, v))
		now, err := h.Store.Review(t.Context(), v.Item.Subject(), 1)
		ok(t, err)
		var got []string
		for _, r := range now.Plan.Requirements {
			got = append(got, r.Key)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%v are asked for, want %v", got, want)
		}
	}
	v := draftItem(t, h, "Ours.")
	ok(t, tryTransfer(t, h, h.Curator, v, next))
	asks(v, "pr")
}
