package workflow

import (
	"context"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Passage gathers everything the gate looks at, locking in the house's order: post,
// review, members, publication. It is called inside the transaction that may commit the
// intent to send.
func (s *Service) Passage(ctx context.Context, tx Tx, w advocacy.WorkspaceID, post advocacy.PostID, id advocacy.PublicationID) (*advocacy.Passage, error) {
	p, err := tx.PostForUpdate(ctx, w, post)
	if err != nil {
		return nil, err
	}
	x, err := tx.Publication(ctx, w, id)
	if err != nil {
		return nil, err
	}
	u, err := s.lockUnderReview(ctx, tx, SystemCall(w), p.Subject(), x.Round)
	if err != nil {
		return nil, err
	}
	account, err := tx.AccountForShare(ctx, w, x.Account)
	if err != nil {
		return nil, err
	}
	holds, err := tx.HoldsSinceForShare(ctx, w, x.DueTime) // before the rules are read: a lexicon waits for the gate, or the gate for it
	if err != nil {
		return nil, err
	}
	cs, err := s.caseOf(ctx, tx, u.Reading, u.decisions, tx.MembersForShare, p.Author, account.Owner)
	if err != nil {
		return nil, err
	}
	gone, err := itemGone(ctx, tx, p, u.Review)
	if err != nil {
		return nil, err
	}
	revision, err := tx.Revision(ctx, p.Subject(), x.Revision) // guard: the payload is read by the publication's revision
	if err != nil {
		return nil, err
	}
	bears, err := bearing(ctx, tx, holds, p, func() (advocacy.Manifest, error) { return advocacy.ParseManifest(revision.Manifest) })
	if err != nil {
		return nil, err
	}
	if x, err = tx.PublicationForUpdate(ctx, w, id); err != nil {
		return nil, err
	}
	return &advocacy.Passage{
		Case: *cs, Post: u.post, Publication: x, Manifest: revision.Manifest, Author: cs.Members[p.Author],
		Answerable: cs.Members[account.Owner], Account: account, Holds: holds, Bearing: bears,
		Gone: gone,
	}, nil
}

// Transit moves a locked publication by one event, saves it, and writes the audit record
// and the post's projection. p must be the locked post.
func (s *Service) Transit(ctx context.Context, tx Tx, p *advocacy.Post, x *advocacy.Publication, e advocacy.PublicationEvent, detail map[string]any) error {
	if err := s.transit(ctx, tx, p, x, e, detail); err != nil {
		return err
	}
	return s.project(ctx, tx, p)
}

// Depart is Transit for what the gate lets out. all are the publications of its post as the
// transaction has them; they are not asked for again.
func (s *Service) Depart(ctx context.Context, tx Tx, passage *advocacy.Passage, all []advocacy.Publication, detail map[string]any) error {
	p, x := passage.Post, passage.Publication
	if err := s.transit(ctx, tx, p, x, advocacy.EventSend, detail); err != nil {
		return err
	}
	all = slices.Clone(all)
	for i := range all {
		if all[i].ID == x.ID {
			all[i] = *x
		}
	}
	return s.projectRound(ctx, tx, p, passage.Review, all)
}

// transit is Transit without the post's projection.
func (s *Service) transit(ctx context.Context, tx Tx, p *advocacy.Post, x *advocacy.Publication, e advocacy.PublicationEvent, detail map[string]any) error {
	before := x.State
	if err := x.Apply(e); err != nil {
		return err
	}
	x.UpdateTime = tx.Now()
	if x.State == advocacy.Unknown && e != advocacy.EventLost {
		if err := s.stoppedInDoubt(ctx, tx, x); err != nil {
			return err
		}
	}
	if err := s.endHandoff(ctx, tx, x, before); err != nil {
		return err
	}
	if err := tx.SavePublication(ctx, x); err != nil {
		return err
	}
	if err := s.askAboutUnknown(ctx, tx, x, before); err != nil {
		return err
	}
	if detail == nil {
		detail = map[string]any{}
	}
	detail["epoch"], detail["state"], detail["digest"] = x.Epoch, x.State, x.Digest
	return s.record(ctx, tx, SystemCall(x.Workspace), x.Workspace, fact{
		action: "publication." + string(e), subject: x.Name(), parent: p.Subject().Name(), detail: detail,
	})
}

// Follow enqueues what comes next for a publication.
func (s *Service) Follow(ctx context.Context, tx Tx, x *advocacy.Publication, job advocacy.Job) error {
	job.Queue = string(x.Network)
	return enqueue(ctx, tx, job, PublicationJob{Workspace: x.Workspace, Publication: x.ID})
}
