package workflow

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// Transfer says who is to answer for a library item from now on.
type Transfer struct {
	Owner   advocacy.PersonID
	Reason  string
	Version int64
}

// TransferItem makes somebody else answer for an item. From the head of this moment on the new
// owner is a contributor, and signs none of it; the former stays one. What the routing policy
// asks because of the author it asks because of who made the item, so a transfer never asks
// for less.
func (s *Service) TransferItem(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.ItemID, d Transfer) (*ItemView, error) {
	if err := check.RefuseLine("reason", d.Reason); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*ItemView, string, error) {
		item, err := tx.ItemForUpdate(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := stale(d.Version, item.Version); err != nil {
			return nil, "", err
		}
		if err := item.GuardTransfer(c.Actor, c.may(mayTransferItems)); err != nil {
			return nil, "", err
		}
		if err := s.transferItem(ctx, tx, c, item, d); err != nil {
			return nil, "", err
		}
		if item, err = tx.Item(ctx, w, id); err != nil {
			return nil, "", err
		}
		view, err := s.fillItem(ctx, tx, c, item)
		return view, string(id), err
	}, s.itemAgain(c, w))
}

func (s *Service) transferItem(ctx context.Context, tx Tx, c Call, item *advocacy.LibraryItem, d Transfer) error {
	rounds, err := s.liveRounds(ctx, tx, item, d.Owner)
	if err != nil {
		return err
	}
	former := item.Owner
	if err := handOver(ctx, tx, item, d.Owner); err != nil {
		return err
	}
	head, err := tx.Revision(ctx, item.Subject(), item.Head)
	if err != nil {
		return err
	}
	open := false
	for _, cs := range rounds {
		if err := cs.GuardOwner(d.Owner); err != nil {
			return err
		}
		open = open || !cs.Settled
	}
	if !head.Contributed(d.Owner) { // guard: who answers for an item signs none of it
		if err := tx.AddItemOwner(ctx, item, c.Actor.Person); err != nil {
			return err
		}
	}
	if err := s.projectItem(ctx, tx, item); err != nil {
		return err
	}
	err = s.record(ctx, tx, c, item.Workspace, fact{
		action: "library_item.transferred", subject: item.Subject().Name(), parent: item.Subject().Name(),
		detail: map[string]any{
			"former": advocacy.MemberName(item.Workspace, former), "owner": advocacy.MemberName(item.Workspace, d.Owner),
			"revision": item.Head, "reason": d.Reason,
		},
	})
	if err != nil || !open {
		return err
	}
	return s.reassess(ctx, tx, item.Subject(), item.Round) // guard: an owner who could sign is counted out at once
}

// handOver makes a member the owner whose roles permit to change items as they are now.
func handOver(ctx context.Context, tx Tx, item *advocacy.LibraryItem, to advocacy.PersonID) error {
	members, err := tx.MembersForShare(ctx, item.Workspace, []advocacy.PersonID{to})
	if err != nil {
		return err
	}
	may := map[advocacy.Permission]bool{}
	if m := members[to]; m != nil {
		if may, err = permissionsOf(ctx, tx, m); err != nil {
			return err
		}
	}
	return item.Transfer(members[to], may[mayUpdateItems])
}

// liveRounds are the rounds in which a signature on the head of an item counts: the one that is
// open, and the one that put it in force.
func (s *Service) liveRounds(ctx context.Context, tx Tx, item *advocacy.LibraryItem, also advocacy.PersonID) ([]*advocacy.Case, error) {
	numbers := []int{item.Round}
	if item.InForce == item.Head && item.InForceRound != item.Round {
		numbers = append(numbers, item.InForceRound)
	}
	decisions, err := tx.Decisions(ctx, item.Subject())
	if err != nil {
		return nil, err
	}
	var rounds []*advocacy.Case
	for _, n := range numbers {
		if n == 0 {
			continue
		}
		of, err := tx.ReviewWithHeadForUpdate(ctx, item.Subject(), n, item.Head, "")
		if err != nil {
			return nil, err
		}
		review := of.Review
		if !review.State.Live() || review.Revision != item.Head {
			continue
		}
		cs, err := s.caseOf(ctx, tx, of, decisions, tx.MembersForShare, also)
		if err != nil {
			return nil, err
		}
		cs.Settled = review.State == advocacy.ReviewApproved // as it is counted for who shares it
		rounds = append(rounds, cs)
	}
	return rounds, nil
}
