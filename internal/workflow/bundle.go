package workflow

import (
	"context"
	"errors"
	"fmt"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// bundled is how many rounds are counted again in one transaction of a long run, and bundlesAtOnce
// how many of those are under way together. Whoever signs one of them, or anything where there is
// one writer, waits for no more than these.
const (
	bundled       = 8
	bundlesAtOnce = 4
)

// recheckBundle looks at several again in one transaction, which is written once and reads once
// what is the same for all. When that fails each is looked at in one of its own, so that one that
// cannot be stops no other.
func (s *Service) recheckBundle(ctx context.Context, page []outgoing) error {
	if len(page) > 1 {
		err := s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
			b, err := bundle(ctx, tx, page)
			for i := 0; err == nil && i < len(page); i++ {
				err = s.reassess(ctx, b, page[i].subject, page[i].round)
			}
			return err
		})
		if err == nil {
			return nil
		}
	}
	var failed error
	for _, o := range page {
		if err := ctx.Err(); err != nil { // guard: one that cannot be looked at stops no other
			return errors.Join(failed, err)
		}
		failed = errors.Join(failed, s.recheckOne(ctx, o))
	}
	return failed
}

// recheckOne looks at one again, in a transaction of its own.
func (s *Service) recheckOne(ctx context.Context, o outgoing) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if o.inForce {
			return s.recheckItem(ctx, tx, o.subject)
		}
		return s.reassess(ctx, tx, o.subject, o.round)
	})
}

// bundles tells whether something that is looked at again can share a transaction: a post in which
// something is found, since that is hardly scheduled. What is scheduled locks its accounts, which
// others wait for, and goes alone; so does an item.
func (o outgoing) bundles(found []advocacy.Finding) bool {
	return !o.inForce && o.subject.Kind == advocacy.SubjectPost && len(found) > 0
}

// bundleTx is a transaction that counts the rounds of several posts one after the other. It holds
// all of them from the beginning, and reads what they have in common once, after that: nothing of
// it is older than the lock of any of them.
type bundleTx struct {
	Tx
	posts   map[advocacy.PostID]*advocacy.Post
	reviews map[advocacy.Subject]*Reading
	policy  *PolicyRevision
	// members are those that are held, nil where there is none; holders how many hold roles.
	members map[advocacy.PersonID]*advocacy.Member
	holders map[string]map[advocacy.Role]int
}

// bundle locks the posts of a page and then their rounds.
func bundle(ctx context.Context, tx Tx, page []outgoing) (*bundleTx, error) {
	b := &bundleTx{
		Tx: tx, posts: make(map[advocacy.PostID]*advocacy.Post), reviews: make(map[advocacy.Subject]*Reading),
		members: make(map[advocacy.PersonID]*advocacy.Member), holders: make(map[string]map[advocacy.Role]int),
	}
	for _, o := range page {
		p, err := tx.PostForUpdate(ctx, o.subject.Workspace, advocacy.PostID(o.subject.ID))
		if err != nil {
			return nil, err
		}
		b.posts[p.ID] = p
	}
	for _, o := range page {
		of, err := tx.ReviewWithHeadForUpdate(ctx, o.subject, o.round, b.posts[advocacy.PostID(o.subject.ID)].Head, "")
		if err != nil {
			return nil, err
		}
		b.reviews[o.subject] = of
	}
	return b, nil
}

// PostForUpdate returns a post that is held, once: whoever asks again gets what was saved since.
func (b *bundleTx) PostForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PostID) (*advocacy.Post, error) {
	p := b.posts[id]
	if p == nil || p.Workspace != w {
		return b.Tx.PostForUpdate(ctx, w, id)
	}
	delete(b.posts, id)
	return p, nil
}

// PostInReviewForUpdate returns what is held of both.
func (b *bundleTx) PostInReviewForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PostID, round int, viewer advocacy.PersonID) (*advocacy.Post, *Reading, error) {
	return PostThenReview(ctx, b, w, id, round, viewer)
}

// ReviewWithHeadForUpdate returns a round that is held, once as well. Nobody views it.
func (b *bundleTx) ReviewWithHeadForUpdate(ctx context.Context, sub advocacy.Subject, round, head int, viewer advocacy.PersonID) (*Reading, error) {
	of := b.reviews[sub]
	if of == nil || of.Review.Round != round || of.Revision.Number != head || viewer != "" {
		return b.Tx.ReviewWithHeadForUpdate(ctx, sub, round, head, viewer)
	}
	delete(b.reviews, sub)
	return of, nil
}

// Policy reads what is in force once.
func (b *bundleTx) Policy(ctx context.Context, w advocacy.WorkspaceID) (*PolicyRevision, error) {
	if b.policy != nil && b.policy.Workspace == w {
		return b.policy, nil
	}
	p, err := b.Tx.Policy(ctx, w)
	if err == nil {
		b.policy = p
	}
	return p, err
}

// MembersForShare reads and holds those who are not held yet. They are of one workspace, as the
// page is.
func (b *bundleTx) MembersForShare(ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.PersonID) (map[advocacy.PersonID]*advocacy.Member, error) {
	var missing []advocacy.PersonID
	for _, id := range ids {
		if _, held := b.members[id]; !held {
			missing = append(missing, id)
		}
	}
	if len(missing) > 0 {
		found, err := b.Tx.MembersForShare(ctx, w, missing)
		if err != nil {
			return nil, err
		}
		for _, id := range missing {
			b.members[id] = found[id]
		}
	}
	out := make(map[advocacy.PersonID]*advocacy.Member, len(ids))
	for _, id := range ids {
		if m := b.members[id]; m != nil {
			out[id] = m
		}
	}
	return out, nil
}

// CountHolders counts the same once.
func (b *bundleTx) CountHolders(ctx context.Context, w advocacy.WorkspaceID, roles []advocacy.Role, excluded []advocacy.PersonID) (map[advocacy.Role]int, error) {
	asked := fmt.Sprintf("%q %q %q", w, roles, excluded)
	if n, counted := b.holders[asked]; counted {
		return n, nil
	}
	n, err := b.Tx.CountHolders(ctx, w, roles, excluded)
	if err == nil {
		b.holders[asked] = n
	}
	return n, err
}
