package workflow

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// stoppedAtOnce is how many shares of an item are looked at in the transaction that stops them.
const stoppedAtOnce = 200

// stopShares ends what may not go out any more of the unsent shares of an item, which is saved by
// now: what is signed first, since nothing else has a time. Where there are more than
// stoppedAtOnce of them, and where one is in somebody else's hands at this moment, the job ends
// the rest within moments; the gate, which reads the item, lets nothing of it out meanwhile.
func (s *Service) stopShares(ctx context.Context, tx Tx, item *advocacy.LibraryItem) error {
	left := stoppedAtOnce
	for _, state := range stoppable {
		shares, err := tx.FreeShares(ctx, item.Workspace, item.ID, state, left)
		if err != nil {
			return err
		}
		for _, id := range shares { // guard: what is queued is stopped when the call returns
			if _, err := s.endIfOver(ctx, tx, item.Workspace, id); err != nil {
				return err
			}
		}
		if left -= len(shares); left == 0 {
			break
		}
	}
	return enqueue(ctx, tx, advocacy.Job{Kind: JobCancelShares, Unique: string(item.ID)}, ItemJob{Workspace: item.Workspace, Item: item.ID})
}

// endIfOver ends the round of a share that does not outlast what became of its item. Otherwise it
// returns the round that still counts, or none.
func (s *Service) endIfOver(ctx context.Context, tx Tx, w advocacy.WorkspaceID, id advocacy.PostID) (*underReview, error) {
	c := SystemCall(w)
	u, err := s.lockUnderReview(ctx, tx, c, advocacy.PostSubject(w, id), newestRound)
	if err != nil || !u.counts() {
		return nil, err
	}
	over, err := s.endsWithItem(ctx, tx, u)
	if err != nil || !over {
		return u, err
	}
	return nil, s.endShare(ctx, tx, c, u, network.Say(advocacy.AnswerItemEnded))
}

// endsWithItem tells whether a share ends with its item: an edited one when that is withdrawn, one
// that stands on its signatures also when others are in force, or when the window does not hold
// the time it waits for. It asks no rules, so that no mistake in one keeps an item from being
// withdrawn.
func (s *Service) endsWithItem(ctx context.Context, tx Tx, u *underReview) (bool, error) {
	if gone, err := itemGone(ctx, tx, u.post, u.Review); err != nil || gone { // guard: an edited share ends with its item
		return gone, err
	}
	chain := u.Review.Library
	if chain == nil {
		return false, nil
	}
	item, err := tx.ItemForShare(ctx, u.post.Workspace, chain.Item)
	if err != nil {
		return false, err
	}
	if item.Withdrawn || item.InForce != chain.Revision || item.InForceRound != chain.Round {
		return true, nil
	}
	if item.Share.Over(u.post.PublishTime) { // guard: what waits for a time after the window
		return true, nil
	}
	open, err := s.windowOpen(ctx, tx, u.Review, item)
	return err == nil && !open, err
}
