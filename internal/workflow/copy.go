package workflow

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// copied is what a copy owes to the post it was made from: who wrote it, and whom it has
// to get past. Without it a copy would launder both.
type copied struct {
	from                     advocacy.PostID
	contributors, suggesters []advocacy.PersonID
	objectors                []advocacy.Role
}

func (o *copied) bequeath(p *advocacy.Post, rev *advocacy.Revision) {
	p.CopiedFrom, p.Objectors = o.from, o.objectors
	rev.Contributors = join(rev.Contributors, o.contributors) // guard: a copy's writers
	rev.Suggesters = join(rev.Suggesters, o.suggesters)
}

// CopyPost keeps a draft with the content of another post, in the caller's name.
func (s *Service) CopyPost(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.PostID) (*PostView, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*PostView, string, error) {
		p, head, _, err := s.lockPost(ctx, tx, c, w, id)
		if err != nil {
			return nil, "", err
		}
		source, err := s.shareSource(ctx, tx, c, w, p.Item)
		if advocacy.KindOf(err) == advocacy.NotFound { // the post, which the caller sees, names it
			err = advocacy.Refuse("ITEM_NOT_SHARABLE", "what this post was made from cannot be shared any more").Cause(err)
		}
		if err != nil {
			return nil, "", err
		}
		original := &copied{from: p.ID, contributors: head.Contributors, suggesters: head.Suggesters}
		if original.objectors, err = s.objectorsOf(ctx, tx, p, head); err != nil {
			return nil, "", err
		}
		d := PostDraft{Content: head.Content, Item: p.Item}
		if d.Accounts, err = s.accountsFor(ctx, tx, w, c.Actor.Person, head.Targets); err != nil {
			return nil, "", err
		}
		view, err := s.createPost(ctx, tx, c, w, d, madeFrom{item: source, post: original})
		if err != nil {
			return nil, "", err
		}
		return view, string(view.Post.ID), nil
	}, s.postAgain(w))
}

// objectorsOf are the roles a copy of the post has to get past.
func (s *Service) objectorsOf(ctx context.Context, tx Tx, p *advocacy.Post, head *advocacy.Revision) ([]advocacy.Role, error) {
	if p.Round == 0 {
		return p.Objectors, nil
	}
	review, err := tx.Review(ctx, p.Subject(), p.Round)
	if err != nil {
		return nil, err
	}
	cs, err := s.readCase(ctx, tx, &Reading{Review: review, Revision: head})
	if err != nil {
		return nil, err
	}
	return cs.Objectors(p.Objectors), nil
}

// accountsFor are those of the accounts that speak for a person.
func (s *Service) accountsFor(ctx context.Context, r Reader, w advocacy.WorkspaceID, p advocacy.PersonID, all []advocacy.AccountID) ([]advocacy.AccountID, error) {
	if len(all) == 0 {
		return nil, nil
	}
	accounts, err := r.AccountsByID(ctx, w, all)
	if err != nil {
		return nil, err
	}
	var own []advocacy.AccountID
	for _, id := range all {
		if a := accounts[id]; a != nil && a.SpeaksFor(p) {
			own = append(own, id)
		}
	}
	return own, nil
}
