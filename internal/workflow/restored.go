package workflow

import (
	"context"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// EpochReader reads how far the database has come.
type EpochReader interface {
	// Epoch returns the epoch that the database is in.
	Epoch(ctx context.Context) (*advocacy.Epoch, error)
	// Progress returns how far the database has come.
	Progress(ctx context.Context) (advocacy.Progress, error)
}

// EpochWriter begins another epoch.
type EpochWriter interface {
	// BeginEpoch begins an epoch, and tells whether that had not begun already.
	BeginEpoch(ctx context.Context, e *advocacy.Epoch) (bool, error)
	// DoubtDue puts in doubt, in every workspace, whatever waits and was due by now.
	DoubtDue(ctx context.Context) (int64, error)
}

// Restored is what is known of a database that was put back to an earlier state.
type Restored struct {
	// Epoch is the number of the epoch that begins.
	Epoch int64
	Cause advocacy.EpochCause
	// Was is how far it had come before, as far as that is known.
	Was advocacy.Progress
}

// Restored begins an epoch of a database that was put back to an earlier state. Whatever waits and was
// due by now may have gone out since that state: from the same transaction on it is in doubt, so
// that the gate lets none of it out and a person says what became of it. Every workspace's trail
// says so. It returns how many publications are in doubt, and does nothing when the epoch has begun
// already.
func (s *Service) Restored(ctx context.Context, r Restored) (doubted int64, err error) {
	spaces, err := s.everyWorkspace(ctx)
	if err != nil {
		return 0, err
	}
	err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		doubted = 0
		before, err := tx.Epoch(ctx)
		if err != nil || before.Number >= r.Epoch {
			return err
		}
		reached, err := tx.Progress(ctx)
		if err != nil {
			return err
		}
		e := &advocacy.Epoch{Number: r.Epoch, Deployment: before.Deployment, BeginTime: tx.Now(), Sequence: reached.Sequence, Cause: r.Cause}
		if begun, err := tx.BeginEpoch(ctx, e); err != nil || !begun { // of several replicas one begins it
			return err
		}
		if doubted, err = tx.DoubtDue(ctx); err != nil { // guard: what may have gone out before a restore is in doubt
			return err
		}
		detail := map[string]any{"epoch": e.Number, "cause": e.Cause, "state_of": reached.Time, "sequence": reached.Sequence, "doubted": doubted}
		if r.Was.Sequence > 0 {
			detail["was_of"], detail["was_sequence"] = r.Was.Time, r.Was.Sequence
		}
		for _, w := range spaces {
			err := s.record(ctx, tx, SystemCall(w), w, fact{action: "workspace.restored", subject: w.Name(), parent: w.Name(), detail: detail})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return doubted, err
}

func (s *Service) everyWorkspace(ctx context.Context) ([]advocacy.WorkspaceID, error) {
	var out []advocacy.WorkspaceID
	for after := ""; ; {
		found, next, err := s.Store.Workspaces(ctx, Page{Size: 200, After: after})
		if err != nil {
			return nil, err
		}
		for i := range found {
			out = append(out, found[i].ID)
		}
		if next == "" {
			return out, nil
		}
		after = next
	}
}

// Accounted tells whether the database knows of a request that was noted outside of it, or at least
// that what it was for may be out.
func (s *Service) Accounted(ctx context.Context, d advocacy.Departure) (bool, error) {
	all, err := s.Store.PublicationsOf(ctx, d.Workspace, d.Post)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(all, func(x advocacy.Publication) bool {
		told := x.Departures >= d.Number || x.State == advocacy.Unknown || x.State == advocacy.Published || x.State == advocacy.Recalled
		return x.Digest == d.Digest && x.Account == d.Account && told
	}), nil
}
