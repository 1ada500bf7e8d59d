package workflow

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// lateGrace is how long after the chosen time the last signature may come for the post
// still to go out by itself. Later, the author chooses a new time.
const lateGrace = lateGraceMinutes * time.Minute

// authorize schedules a publication for each target of an approved post that has not had
// this revision, and enqueues the work in the same transaction. A time that was missed is
// not made up for silently.
func (s *Service) authorize(ctx context.Context, tx Tx, c Call, p *advocacy.Post, review *advocacy.Review, head *advocacy.Revision) error {
	due := p.PublishTime
	if due.IsZero() || due.Before(tx.Now()) {
		if !due.IsZero() && tx.Now().Sub(due) > lateGrace {
			return s.record(ctx, tx, c, p.Workspace, fact{
				action: "post.time_missed", subject: p.Subject().Name(), parent: p.Subject().Name(),
				detail: map[string]any{"publish_time": due},
			})
		}
		due = tx.Now()
	}
	if head.Number != review.Revision {
		return fmt.Errorf("authorize: round %d is about revision %d, the head is %d", review.Round, review.Revision, head.Number)
	}
	end, err := s.shareEnd(ctx, tx, p.Workspace, review)
	if err != nil {
		return err
	}
	authorization, err := authorizationOf(ctx, tx, review)
	if err != nil {
		return err
	}
	accounts, err := tx.AccountsByID(ctx, p.Workspace, head.Targets)
	if err != nil {
		return err
	}
	had, err := sentOrRefused(ctx, tx, p, review.Revision)
	if err != nil {
		return err
	}
	for _, id := range head.Targets {
		if had[id] { // guard: nothing goes out twice
			continue
		}
		x := &advocacy.Publication{
			Workspace: p.Workspace, ID: advocacy.PublicationID(s.NewID()), Post: p.ID, Revision: head.Number,
			Round: review.Round, Digest: review.Digest, Account: id, Network: accounts[id].Network,
			State: advocacy.Scheduled, Authorization: authorization, DueTime: due, EndTime: end,
			CreateTime: tx.Now(), UpdateTime: tx.Now(),
		}
		if err := s.schedule(ctx, tx, c, x); err != nil {
			return err
		}
	}
	return nil
}

// sentOrRefused are the accounts with a publication of the revision that was not stopped
// at home: what they show, refused, or gave back when it was recalled is not sent anew.
func sentOrRefused(ctx context.Context, tx Tx, p *advocacy.Post, revision int) (map[advocacy.AccountID]bool, error) {
	publications, err := tx.PublicationsOf(ctx, p.Workspace, p.ID)
	if err != nil {
		return nil, err
	}
	had := make(map[advocacy.AccountID]bool)
	for i := range publications {
		x := &publications[i]
		if x.Revision == revision && x.State != advocacy.Cancelled && x.State != advocacy.Expired {
			had[x.Account] = true
		}
	}
	return had, nil
}

func (s *Service) schedule(ctx context.Context, tx Tx, c Call, x *advocacy.Publication) error {
	if err := tx.AddPublication(ctx, x); err != nil {
		return err
	}
	if err := enqueuePublish(ctx, tx, x); err != nil {
		return err
	}
	return s.record(ctx, tx, c, x.Workspace, fact{
		action: "publication.scheduled", subject: x.Name(), parent: advocacy.PostSubject(x.Workspace, x.Post).Name(),
		detail: map[string]any{"digest": x.Digest, "account": x.Account, "due": x.DueTime, "authorization": x.Authorization},
	})
}

func enqueuePublish(ctx context.Context, tx Tx, x *advocacy.Publication) error {
	return enqueue(ctx, tx, advocacy.Job{
		Kind: JobPublish, RunTime: x.DueTime, Unique: fmt.Sprintf("%s@%d", x.ID, x.DueTime.UnixMicro()),
	}, PublicationJob{Workspace: x.Workspace, Publication: x.ID})
}

// shareEnd is until when a share may go out: the end of the item's window.
func (s *Service) shareEnd(ctx context.Context, tx Tx, w advocacy.WorkspaceID, review *advocacy.Review) (time.Time, error) {
	if review.Library == nil {
		return time.Time{}, nil
	}
	item, err := tx.ItemForShare(ctx, w, review.Library.Item)
	if err != nil {
		return time.Time{}, err
	}
	return item.Share.End, nil
}

// authorizationOf is the digest of what allowed it: the round, its plan, the decisions
// that stood, the policy revision and the library chain.
func authorizationOf(ctx context.Context, tx Tx, review *advocacy.Review) (advocacy.Digest, error) {
	decisions, err := tx.Decisions(ctx, review.Subject)
	if err != nil {
		return "", err
	}
	var names []string
	for i := range decisions {
		if decisions[i].Round == review.Round {
			names = append(names, decisions[i].Name())
		}
	}
	data, err := json.Marshal(map[string]any{
		"review": review.Subject.ReviewName(review.Round), "digest": review.Digest, "plan": review.Plan,
		"decisions": names, "policy": review.Policy, "library": review.Library,
	})
	if err != nil {
		return "", fmt.Errorf("authorization: %w", err)
	}
	return advocacy.DigestOf(data), nil
}

// cancelUnsent cancels every publication of the post whose request has not begun.
func (s *Service) cancelUnsent(ctx context.Context, tx Tx, c Call, p *advocacy.Post, why string) error {
	publications, err := tx.PublicationsOf(ctx, p.Workspace, p.ID)
	if err != nil {
		return err
	}
	for i := range publications {
		if publications[i].State != advocacy.Scheduled && publications[i].State != advocacy.Claimed {
			continue
		}
		x, err := tx.PublicationForUpdate(ctx, p.Workspace, publications[i].ID)
		if err != nil {
			return err
		}
		if x.State != advocacy.Scheduled && x.State != advocacy.Claimed {
			continue
		}
		if err := s.Cancel(ctx, tx, c, x, why); err != nil {
			return err
		}
	}
	return nil
}

// Cancel ends a publication whose request has not begun; the gate calls it too.
func (s *Service) Cancel(ctx context.Context, tx Tx, c Call, x *advocacy.Publication, why string) error {
	if err := x.Apply(advocacy.EventCancel); err != nil {
		return err
	}
	x.Answer, x.Wait, x.UpdateTime = why, "", tx.Now()
	x.Epoch++ // a worker that claimed it can write nothing any more
	if err := tx.SavePublication(ctx, x); err != nil {
		return err
	}
	return s.record(ctx, tx, c, x.Workspace, fact{
		action: "publication.cancelled", subject: x.Name(), parent: advocacy.PostSubject(x.Workspace, x.Post).Name(),
		detail: map[string]any{"reason": why},
	})
}

// reschedule moves what waits to the post's new time, or schedules an approved post
// whose time was missed.
func (s *Service) reschedule(ctx context.Context, tx Tx, c Call, p *advocacy.Post, head *advocacy.Revision, state advocacy.PostState) error {
	if state != advocacy.PostScheduled && state != advocacy.PostApproved {
		return nil
	}
	if err := s.cancelUnsent(ctx, tx, c, p, "the author chose another time"); err != nil {
		return err
	}
	review, err := tx.ReviewForUpdate(ctx, p.Subject(), p.Round)
	if err != nil {
		return err
	}
	return s.authorize(ctx, tx, c, p, review, head)
}
