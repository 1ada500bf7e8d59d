package workflow

import (
	"context"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// WithdrawPost stops a post for good before it went out.
func (s *Service) WithdrawPost(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.PostID, version int64, reason string) (*PostView, error) {
	if err := check.RefuseLine("reason", reason); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*PostView, string, error) {
		p, head, state, err := s.lockPost(ctx, tx, c, w, id)
		if err != nil {
			return nil, "", err
		}
		if state, err = shownState(ctx, tx, p, state); err != nil {
			return nil, "", err
		}
		if err := p.GuardWithdraw(c.Actor, state); err != nil {
			return nil, "", err
		}
		if err := stale(version, p.Version); err != nil {
			return nil, "", err
		}
		if err := s.endReview(ctx, tx, c, p.Subject(), p.Round, advocacy.ReviewWithdrawn); err != nil {
			return nil, "", err
		}
		if err := s.cancelUnsent(ctx, tx, c, p, network.Say(advocacy.AnswerPostWithdrawn)); err != nil {
			return nil, "", err
		}
		p.Withdrawn = true
		err = s.record(ctx, tx, c, w, fact{
			action: "post.withdrawn", subject: p.Subject().Name(), parent: p.Subject().Name(), detail: map[string]any{"reason": reason},
		})
		if err != nil {
			return nil, "", err
		}
		if err := s.project(ctx, tx, p); err != nil {
			return nil, "", err
		}
		view, err := s.fillPost(ctx, tx, p, &Reading{Revision: head})
		return view, string(id), err
	}, s.postAgain(w))
}

// shownState is where a post stands for who wants it gone: published as long as any of
// its revisions is shown, whatever became of the head since.
func shownState(ctx context.Context, tx Tx, p *advocacy.Post, state advocacy.PostState) (advocacy.PostState, error) {
	publications, err := tx.PublicationsOf(ctx, p.Workspace, p.ID)
	shown := slices.ContainsFunc(publications, func(x advocacy.Publication) bool { return x.State == advocacy.Published })
	if shown {
		state = advocacy.PostPublished
	}
	return state, err
}

// RecallPost takes a post back from every account that shows it, and cancels what was
// not sent. The networks are asked by a worker, after the commit. What is under way, or nobody knows
// the end of, is taken back when it is known to be out, and not sent again.
func (s *Service) RecallPost(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.PostID, reason string) (*PostView, error) {
	if err := check.RefuseLine("reason", reason); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*PostView, string, error) {
		p, head, state, err := s.lockPost(ctx, tx, c, w, id)
		if err != nil {
			return nil, "", err
		}
		if state, err = shownState(ctx, tx, p, state); err != nil {
			return nil, "", err
		}
		if err := p.GuardRecall(c.Actor, c.may(mayRecallAnyPost), state); err != nil {
			return nil, "", err
		}
		if err := s.cancelUnsent(ctx, tx, c, p, network.Say(advocacy.AnswerPostRecalled)); err != nil {
			return nil, "", err
		}
		publications, err := tx.PublicationsOf(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		for i := range publications {
			if err := s.recallOne(ctx, tx, c, &publications[i], reason); err != nil {
				return nil, "", err
			}
		}
		if err := s.project(ctx, tx, p); err != nil {
			return nil, "", err
		}
		view, err := s.fillPost(ctx, tx, p, &Reading{Revision: head})
		return view, string(id), err
	}, s.postAgain(w))
}

func (s *Service) recallable(n advocacy.Network) bool {
	adapter, ok := s.Networks[n]
	return ok && adapter.Capabilities().Delete
}

// recallOne has a publication taken back; what is under way, or may be out, as soon as that is known.
func (s *Service) recallOne(ctx context.Context, tx Tx, c Call, x *advocacy.Publication, reason string) error {
	switch {
	case x.State == advocacy.Published && s.recallable(x.Network):
		return s.requestRecall(ctx, tx, c, x, reason)
	case (x.State == advocacy.Sending || x.State == advocacy.Unknown) && x.RecallReason == "": // guard: what is under way is taken back as well
		x.RecallReason, x.UpdateTime = reason, tx.Now()
		if err := tx.SavePublication(ctx, x); err != nil {
			return err
		}
		return s.recordTakeBack(ctx, tx, c, x)
	default:
		return nil
	}
}

// StopRecalled stops a publication that is put back to be tried again when, while its request was under
// way, it was ordered to be taken back or what is queued of its item to be stopped, and tells whether it
// was.
func (s *Service) StopRecalled(ctx context.Context, tx Tx, p *advocacy.Post, x *advocacy.Publication) (bool, error) {
	why, err := s.Recalled(ctx, tx, p, x)
	if err != nil || why == (advocacy.Answer{}) {
		return false, err
	}
	if err := s.Cancel(ctx, tx, SystemCall(x.Workspace), x, why); err != nil {
		return false, err
	}
	if err := s.endRecalls(ctx, tx, x); err != nil {
		return false, err
	}
	return true, s.project(ctx, tx, p)
}

// Recalled tells why a publication is not sent after all: it is to be taken back, or what is queued of its
// item was stopped. It is zero for all others.
func (s *Service) Recalled(ctx context.Context, r Reader, p *advocacy.Post, x *advocacy.Publication) (advocacy.Answer, error) {
	if x.RecallReason != "" { // guard: what is taken back does not go out again
		return network.Say(advocacy.AnswerPostRecalled), nil
	}
	queued, err := s.queuedIsStopped(ctx, r, p, x)
	if err != nil || !queued { // guard: nor does what is stopped with all that is queued of an item
		return advocacy.Answer{}, err
	}
	return network.Say(advocacy.AnswerItemRecalled), nil
}

// queuedIsStopped tells whether what is queued of a post's item was ordered to be stopped since the round
// was opened in which a publication was signed. What is due after all was found that the order stops is
// sent again by somebody who knew of it.
func (s *Service) queuedIsStopped(ctx context.Context, r Reader, p *advocacy.Post, x *advocacy.Publication) (bool, error) {
	if p.Item == "" {
		return false, nil
	}
	var review *advocacy.Review
	for after := ""; ; {
		recalls, next, err := r.Recalls(ctx, RecallQuery{Workspace: p.Workspace, Item: p.Item, Page: Page{Size: sweepBatch, After: after}})
		if err != nil {
			return false, err
		}
		if review == nil && len(recalls) > 0 { // most items were never recalled
			if review, err = r.Review(ctx, p.Subject(), x.Round); err != nil {
				return false, err
			}
		}
		for i := range recalls {
			order := &recalls[i]
			if order.CreateTime.Before(review.OpenTime) { // guard: who shares it afterwards is not stopped
				return false, nil
			}
			again := !order.FindTime.IsZero() && x.DueTime.After(order.FindTime)
			if order.Covers(advocacy.RecallQueued) && !again { // guard: who sends it again knows of the order
				return true, nil
			}
		}
		if after = next; next == "" {
			return false, nil
		}
	}
}

func (s *Service) requestRecall(ctx context.Context, tx Tx, c Call, x *advocacy.Publication, reason string) error {
	x.Wait, x.RecallReason, x.UpdateTime = advocacy.WaitRecalling, reason, tx.Now()
	if err := tx.SavePublication(ctx, x); err != nil {
		return err
	}
	if err := s.Follow(ctx, tx, x, advocacy.Job{Kind: JobRecall, Unique: string(x.ID)}); err != nil {
		return err
	}
	return s.recordTakeBack(ctx, tx, c, x)
}

func (s *Service) recordTakeBack(ctx context.Context, tx Tx, c Call, x *advocacy.Publication) error {
	return s.record(ctx, tx, c, x.Workspace, fact{
		action: "publication.recall_requested", subject: x.Name(), parent: advocacy.PostSubject(x.Workspace, x.Post).Name(),
		detail: map[string]any{"reason": x.RecallReason, "url": x.URL, "state": x.State},
	})
}
