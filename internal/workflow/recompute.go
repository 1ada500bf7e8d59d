package workflow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// JobReviveRecomputations looks which recomputations of all workspaces stand still.
const JobReviveRecomputations = "revive_recomputations"

// recomputationStill is how long after its beginning one that has not ended is given a new run: longer
// than its job is tried.
const recomputationStill = 2 * time.Hour

// Recomputing is how far one computing again of what is not sent yet is: of posts and items in review,
// signed, or waiting for their time. Each guard asks again by itself, so what it has not come to yet is
// old for the lists alone.
type Recomputing struct {
	// Cursor is where an interrupted run goes on.
	Cursor string
	// Done were computed and Failed could not be. While any failed, it begins again after its end.
	Done   int64
	Failed int64
	// Total is how many there were when it began, and what moved to another state and was computed there
	// again.
	Total      int64
	Version    int64
	CreateTime time.Time
	EndTime    time.Time
}

// Recomputation is the computing again that followed a change of who may sign what: of roles, groups,
// topics, delegations or persons. Changes that come while one waits to begin share it.
type Recomputation struct {
	Workspace advocacy.WorkspaceID
	ID        string
	Recomputing
}

// RecomputationReader reads recomputations.
type RecomputationReader interface {
	Recomputation(ctx context.Context, w advocacy.WorkspaceID, id string) (*Recomputation, error)
	// Recomputations returns those of a workspace, newest first.
	Recomputations(ctx context.Context, w advocacy.WorkspaceID, p Page) ([]Recomputation, string, error)
	// StillRecomputations returns those of every workspace that began at t at the latest and have not
	// ended, the oldest first.
	StillRecomputations(ctx context.Context, t time.Time, most int) ([]Recomputation, error)
	// CountInStates counts the posts and items that are in one of the states. It reads an index entry
	// for each of them: it is for jobs, and no answer waits for it.
	CountInStates(ctx context.Context, w advocacy.WorkspaceID, posts []advocacy.PostState, items []advocacy.ItemState) (int64, error)
}

// RecomputationWriter writes recomputations.
type RecomputationWriter interface {
	// AddRecomputation inserts a recomputation at version 1.
	AddRecomputation(ctx context.Context, r *Recomputation) error
	// SaveRecomputation writes the progress; Conflict when Version moved.
	SaveRecomputation(ctx context.Context, r *Recomputation) error
}

// Recomputations lists what followed changes of who may sign what, newest first.
func (s *Service) Recomputations(ctx context.Context, _ Call, w advocacy.WorkspaceID, p Page) ([]Recomputation, string, error) {
	return s.Store.Recomputations(ctx, w, p)
}

// reassessLater has what is not sent yet computed again.
func (s *Service) reassessLater(ctx context.Context, tx Tx, w advocacy.WorkspaceID) error {
	return runReassess(ctx, tx, w, s.NewID())
}

func runReassess(ctx context.Context, tx Tx, w advocacy.WorkspaceID, id string) error {
	return enqueue(ctx, tx, advocacy.Job{Kind: JobReassess, Unique: string(w)}, ResourceJob{Workspace: w, ID: id})
}

func runRecompute(ctx context.Context, tx Tx, w advocacy.WorkspaceID, activation string) error {
	return enqueue(ctx, tx, advocacy.Job{Kind: JobRecompute, Unique: activation}, ResourceJob{Workspace: w, ID: activation})
}

// ReviveRecomputations gives a new run to what is computed again, after roles or a policy changed, and
// has not ended long after it began: its job was lost, or failed too often, as it does for as long as
// there is one post that cannot be computed.
func (s *Service) ReviveRecomputations(ctx context.Context) error {
	at := s.Now().Add(-recomputationStill)
	still, err := s.Store.StillRecomputations(ctx, at, sweepBatch)
	if err != nil {
		return err
	}
	activations, err := s.Store.StillActivations(ctx, at, sweepBatch)
	if err != nil || len(still)+len(activations) == 0 {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		for _, r := range still {
			if err := runReassess(ctx, tx, r.Workspace, r.ID); err != nil {
				return err
			}
		}
		for _, a := range activations {
			if err := runRecompute(ctx, tx, a.Workspace, a.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// Reassess computes what is not sent yet of a workspace again after roles, groups or topics changed:
// a round that nobody can finish any more becomes unroutable, one that can be opens again, and one
// that was signed and waits for its time opens when a signature went or another is asked for. The id
// is that of its order; an interrupted run goes on where it was.
func (s *Service) Reassess(ctx context.Context, w advocacy.WorkspaceID, id string) error {
	if id == "" { // ordered by a version that gave none
		id = s.NewID()
	}
	_, err := s.Store.Recomputation(ctx, w, id)
	if advocacy.KindOf(err) == advocacy.NotFound {
		err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
			return tx.AddRecomputation(ctx, &Recomputation{Workspace: w, ID: id, Recomputing: Recomputing{CreateTime: tx.Now()}})
		})
	}
	if err != nil {
		return err
	}
	var now *Recomputation
	return s.recomputeAll(ctx, w,
		func(ctx context.Context) (_ Recomputing, err error) {
			if now, err = s.Store.Recomputation(ctx, w, id); err != nil {
				return Recomputing{}, err
			}
			return now.Recomputing, nil
		},
		func(ctx context.Context, tx Tx, next Recomputing) error {
			r := *now
			r.Recomputing = next
			return tx.SaveRecomputation(ctx, &r)
		})
}

// RecomputePolicy computes what is not sent yet again after a policy came into force. An interrupted
// run goes on where it was.
func (s *Service) RecomputePolicy(ctx context.Context, w advocacy.WorkspaceID, id string) error {
	var now *PolicyActivation
	return s.recomputeAll(ctx, w,
		func(ctx context.Context) (_ Recomputing, err error) {
			if now, err = s.Store.Activation(ctx, w, id); err != nil {
				return Recomputing{}, err
			}
			return now.Recomputing, nil
		},
		func(ctx context.Context, tx Tx, next Recomputing) error {
			a := *now
			a.Recomputing = next
			return tx.SaveActivation(ctx, &a)
		})
}

// recomputeAll computes a page after the other, each round in a transaction of its own. A round for
// which it cannot be done keeps none behind it waiting; while there are any, it is an error at the end,
// so that the job comes again and begins anew.
func (s *Service) recomputeAll(
	ctx context.Context, w advocacy.WorkspaceID, load func(context.Context) (Recomputing, error), save func(context.Context, Tx, Recomputing) error,
) error {
	var failures error
	for {
		now, err := load(ctx)
		if err != nil || !now.EndTime.IsZero() {
			return err
		}
		if now.Cursor == "" {
			now.Done, now.Failed = 0, 0
			if now.Total, err = s.countUnsent(ctx, w); err != nil {
				return err
			}
		}
		rounds, next, err := s.unsent(ctx, w, "", now.Cursor, sweepBatch)
		if err != nil {
			return err
		}
		done, err := s.reassessEach(ctx, w, rounds)
		if ctx.Err() != nil { // a page that was broken off is not done, and nothing could say that it is
			return errors.Join(err, ctx.Err())
		}
		failures = errors.Join(failures, err)
		now.Cursor, now.Done, now.Failed = next, now.Done+int64(done), now.Failed+int64(len(rounds)-done)
		now.Total = max(now.Total, now.Done+now.Failed)
		err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
			now := now
			if next == "" && now.Failed == 0 { // guard: what could not be computed is tried again
				now.EndTime = tx.Now()
			}
			return save(ctx, tx, now)
		})
		if err != nil {
			return err
		}
		if next == "" && now.Failed > 0 {
			// Those of before an interruption are counted, and nobody knows any more why.
			return errors.Join(fmt.Errorf("%d could not be computed again", now.Failed), failures)
		}
	}
}

// reassessEach computes rounds again, each in a transaction of its own, after a look at where their
// links lead, and tells for how many it did.
func (s *Service) reassessEach(ctx context.Context, w advocacy.WorkspaceID, rounds []round) (int, error) {
	asked, err := s.asksAboutLinks(ctx, w)
	if err != nil {
		return 0, err
	}
	return eachOnItsOwn(ctx, rounds, func(r *round) error {
		if asked {
			head, err := s.headOf(ctx, s.Store, r.subject)
			if err := s.lookAtRevision(ctx, w, head, err); err != nil {
				return err
			}
		}
		return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
			return s.reassess(ctx, tx, r.subject, r.number)
		})
	})
}
