package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/departure"
	"github.com/imprimatur-hq/imprimatur/internal/media"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

const (
	// markEvery is how often it is marked outside the database how far that has come, and looked
	// whether it is behind.
	markEvery = 5 * time.Second
	// departuresKept is how long it is kept which requests began. A backup that is older is
	// restored with `imprimatur restored` alone.
	departuresKept  = 90 * 24 * time.Hour
	departuresEvery = 24 * time.Hour
)

// openDepartures finds what is kept beside the media: which requests began, and how far the database
// had come. A database that is behind that is told so before anything can go out.
func (s *Service) openDepartures(ctx context.Context) error {
	epoch, err := s.Store.Epoch(ctx)
	if err != nil {
		return err
	}
	s.departures = &departure.Keeper{Deployment: epoch.Deployment}
	switch blobs := s.Blobs.(type) {
	case *media.Dir:
		s.departures.Slips = blobs.Slips()
	case *media.Bucket:
		s.departures.Slips = blobs.Slips()
	default:
		return fmt.Errorf("nothing can be noted beside %T", blobs)
	}
	return nil
}

// Compare holds the database against the mark outside of it. One that is behind was put back to an
// earlier state; one that is further is marked.
func (s *Service) Compare(ctx context.Context) error {
	mark, err := s.departures.Mark(ctx)
	if err != nil {
		return err
	}
	now, err := s.Store.Progress(ctx)
	if err != nil {
		return err
	}
	if mark != nil && now.Behind(*mark) { // guard: a database that was put back is noticed
		if err := s.restored(ctx, workflow.Restored{Epoch: mark.Epoch + 1, Cause: advocacy.EpochBehind, Was: *mark}); err != nil {
			return err
		}
		if now, err = s.Store.Progress(ctx); err != nil {
			return err
		}
	}
	if mark == nil || mark.Behind(now) {
		return s.departures.SetMark(ctx, now)
	}
	return nil
}

// mark compares at an interval until the context ends, the clocks too.
func (s *Service) mark(ctx context.Context) {
	ticker := time.NewTicker(markEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := s.Compare(ctx); err != nil && ctx.Err() == nil {
				s.Logger.ErrorContext(ctx, "how far the database has come could not be marked outside of it", "error", err)
			}
			if _, err := s.CheckClock(ctx); err != nil && ctx.Err() == nil {
				s.Logger.ErrorContext(ctx, "the clock could not be compared with the database's", "error", err)
			}
		}
	}
}

// forgot is told of a request that the database knows nothing of. Where that was noted before the
// epoch began, the return is known already.
func (s *Service) forgot(ctx context.Context, f *advocacy.Forgotten) {
	epoch, err := s.Store.Epoch(ctx)
	if err == nil && !f.First.Time.Before(epoch.BeginTime) {
		err = s.restored(ctx, workflow.Restored{Epoch: epoch.Number + 1, Cause: advocacy.EpochForgotten})
	}
	if err != nil {
		s.Logger.ErrorContext(ctx, "a request that the database has forgotten", "post", f.First.Post, "error", err)
	}
}

// Restored begins another epoch on an operator's word.
func (s *Service) Restored(ctx context.Context) error {
	epoch, err := s.Store.Epoch(ctx)
	if err != nil {
		return err
	}
	return s.restored(ctx, workflow.Restored{Epoch: epoch.Number + 1, Cause: advocacy.EpochTold})
}

func (s *Service) restored(ctx context.Context, r workflow.Restored) error {
	doubted, err := s.Flow.Restored(ctx, r)
	if err != nil {
		return err
	}
	s.Logger.WarnContext(ctx, "the database was put back to an earlier state: what was due does not go out by itself, and `imprimatur restored --list` says what to look at",
		"epoch", r.Epoch, "cause", r.Cause, "doubted", doubted, "was_of", r.Was.Time)
	return nil
}

// Reconciliation is what there is to look at after a database was put back.
type Reconciliation struct {
	// Waits may be out, or is still looked for: a person says what became of it.
	Waits []advocacy.Publication
	// Forgotten are requests that the database knows nothing of: what they were for may be out.
	Forgotten []advocacy.Departure
	// Later was not due and goes out at its time.
	Later []advocacy.Publication
}

// Reconcile lists what there is to look at, of requests that were noted since an instant.
func (s *Service) Reconcile(ctx context.Context, since time.Time) (Reconciliation, error) {
	var out Reconciliation
	collect := func(state advocacy.PublicationState) error {
		return s.eachPublication(ctx, state, func(x advocacy.Publication) {
			if x.State == advocacy.Unknown || x.Doubt {
				out.Waits = append(out.Waits, x)
			} else {
				out.Later = append(out.Later, x)
			}
		})
	}
	if err := errors.Join(collect(advocacy.Unknown), collect(advocacy.Scheduled), collect(advocacy.Claimed)); err != nil {
		return out, err
	}
	err := s.departures.Each(ctx, func(d advocacy.Departure) error {
		if d.Workspace == "" || d.Time.Before(since) {
			return nil
		}
		known, err := s.Flow.Accounted(ctx, d)
		if err == nil && !known {
			out.Forgotten = append(out.Forgotten, d)
		}
		return err
	})
	slices.SortStableFunc(out.Forgotten, func(a, b advocacy.Departure) int { return a.Time.Compare(b.Time) })
	return out, err
}

func (s *Service) eachPublication(ctx context.Context, state advocacy.PublicationState, see func(advocacy.Publication)) error {
	for page := (workflow.Page{Size: 200}); ; {
		spaces, next, err := s.Store.Workspaces(ctx, page)
		if err != nil {
			return err
		}
		for i := range spaces {
			if err := s.eachOf(ctx, spaces[i].ID, state, see); err != nil {
				return err
			}
		}
		if page.After = next; next == "" {
			return nil
		}
	}
}

func (s *Service) eachOf(ctx context.Context, w advocacy.WorkspaceID, state advocacy.PublicationState, see func(advocacy.Publication)) error {
	for page := (workflow.Page{Size: 200, Oldest: true}); ; {
		found, next, err := s.Store.Publications(ctx, workflow.PublicationQuery{Workspace: w, State: state, Page: page})
		if err != nil {
			return err
		}
		for _, x := range found {
			see(x)
		}
		if page.After = next; next == "" {
			return nil
		}
	}
}

// forgetDepartures removes what was noted so long ago that no backup of before is restored.
func (s *Service) forgetDepartures(ctx context.Context, _ json.RawMessage) error {
	gone, err := s.departures.Forget(ctx, s.Flow.Now().Add(-departuresKept))
	if gone > 0 {
		s.Logger.InfoContext(ctx, "departures of long ago forgotten", "departures", gone)
	}
	return err
}
