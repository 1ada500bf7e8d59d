package workflow

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// AddCoAuthor lets somebody else write a post, which its author still submits. From now on
// that person signs none of it: what he or she signed of the round that is open stops
// counting at once.
func (s *Service) AddCoAuthor(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.PostID, who advocacy.PersonID, version int64) (*PostView, error) {
	return s.changeCoAuthors(ctx, c, w, id, version, func(ctx context.Context, tx Tx, p *advocacy.Post, state advocacy.PostState) (fact, error) {
		members, err := tx.MembersByID(ctx, w, []advocacy.PersonID{who})
		if err != nil {
			return fact{}, err
		}
		publications, err := tx.PublicationsOf(ctx, w, id)
		if err != nil {
			return fact{}, err
		}
		if err := p.AddCoAuthor(c.Actor, members[who], state, begun(publications, p.Head)); err != nil {
			return fact{}, err
		}
		f := fact{action: "post.co_author_added", detail: map[string]any{"member": advocacy.MemberName(w, who), "revision": p.Head}}
		return f, tx.AddCoAuthor(ctx, advocacy.CoAuthor{
			Subject: p.Subject(), Person: who, Revision: p.Head, Namer: c.Actor.Person, CreateTime: tx.Now(),
		})
	})
}

// RemoveCoAuthor takes back the right to write a post. It brings no signature back: who was
// named once stays a contributor.
func (s *Service) RemoveCoAuthor(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.PostID, who advocacy.PersonID, version int64) (*PostView, error) {
	return s.changeCoAuthors(ctx, c, w, id, version, func(ctx context.Context, tx Tx, p *advocacy.Post, _ advocacy.PostState) (fact, error) {
		if err := p.RemoveCoAuthor(c.Actor, who); err != nil {
			return fact{}, err
		}
		f := fact{action: "post.co_author_removed", detail: map[string]any{"member": advocacy.MemberName(w, who)}}
		return f, tx.RemoveCoAuthor(ctx, advocacy.CoAuthor{Subject: p.Subject(), Person: who, RemoveTime: tx.Now()})
	})
}

// changeCoAuthors changes who may write a post. A round that lost a possible signer by it,
// or a signature, is computed again.
func (s *Service) changeCoAuthors(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.PostID, version int64,
	change func(ctx context.Context, tx Tx, p *advocacy.Post, state advocacy.PostState) (fact, error),
) (*PostView, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*PostView, string, error) {
		p, _, state, err := s.lockPost(ctx, tx, c, w, id)
		if err != nil {
			return nil, "", err
		}
		before := len(p.CoAuthors)
		f, err := change(ctx, tx, p, state)
		if err != nil {
			return nil, "", err
		}
		if err := stale(version, p.Version); err != nil {
			return nil, "", err
		}
		if err := s.project(ctx, tx, p); err != nil {
			return nil, "", err
		}
		f.subject, f.parent = p.Subject().Name(), p.Subject().Name()
		if err := s.record(ctx, tx, c, w, f); err != nil {
			return nil, "", err
		}
		if p.Round > 0 && len(p.CoAuthors) > before {
			if err := s.reassess(ctx, tx, p.Subject(), p.Round); err != nil { // guard: naming a co-author is counted at once
				return nil, "", err
			}
		}
		view, err := s.viewPost(ctx, tx, w, id)
		return view, string(id), err
	}, s.postAgain(w))
}
