package publish

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// sweepBatch is how many publications one sweep takes up.
const sweepBatch = 200

// accountsAtOnce is of how many accounts of one network a process takes up publications at once.
const accountsAtOnce = 50

// Sweep takes up what no job will: publications that are due and whose job was lost, those
// whose worker died, and those whose person's time is over. It may run in every process at once.
func (w *Worker) Sweep(ctx context.Context) error {
	due, err := w.Flow.Store.Due(ctx, workflow.DueQuery{Time: w.Flow.Now(), Most: sweepBatch})
	if err != nil {
		return err
	}
	w.takeUpAll(ctx, due)
	return ctx.Err()
}

func (w *Worker) takeUpAll(ctx context.Context, due []advocacy.Publication) {
	for i := range due {
		if ctx.Err() != nil {
			return
		}
		err := w.unbroken(ctx, due[i].Name(), func() error { return w.takeUp(ctx, &due[i]) })
		if err != nil && ctx.Err() == nil {
			w.Logger.ErrorContext(ctx, "sweep", "publication", due[i].ID, "error", err)
		}
	}
}

// sweeps are the accounts whose due publications are being taken up in this process.
type sweeps struct {
	group   sync.WaitGroup
	mu      sync.Mutex
	running map[workflow.AccountOf]advocacy.Network
}

// begin tells whether an account is to be taken up now, and that it is.
func (s *sweeps) begin(a workflow.AccountOf, at advocacy.Network) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := 0
	for _, other := range s.running {
		if other == at {
			of++
		}
	}
	if _, running := s.running[a]; running || of >= accountsAtOnce {
		return false
	}
	s.running[a] = at
	return true
}

func (s *sweeps) end(a workflow.AccountOf) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, a)
}

// underway are the accounts that are being taken up.
func (s *sweeps) underway() []workflow.AccountOf {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.running))
}

// sweepApart is Sweep with each account by itself and in the background, so that one whose server
// is slow does not keep the others waiting, at the same network or elsewhere. An account that is
// still at it is left out. Whatever the number of what one network has due, the others are looked at.
func (w *Worker) sweepApart(ctx context.Context, now *sweeps) error {
	q := workflow.DueQuery{Time: w.Flow.Now(), Most: sweepBatch, ButAccounts: now.underway()}
	for {
		due, err := w.Flow.Store.Due(ctx, q)
		if err != nil {
			return err
		}
		apart := map[workflow.AccountOf][]advocacy.Publication{}
		for i := range due {
			a := workflow.AccountOf{Workspace: due[i].Workspace, Account: due[i].Account}
			apart[a] = append(apart[a], due[i])
		}
		for a, of := range apart {
			if now.begin(a, of[0].Network) {
				now.group.Go(func() {
					defer now.end(a)
					w.takeUpAll(ctx, of)
				})
			}
		}
		if len(due) < sweepBatch { // guard: what one network has due hides no other's
			return nil
		}
		for i := range due {
			if !slices.Contains(q.ButNetworks, due[i].Network) {
				q.ButNetworks = append(q.ButNetworks, due[i].Network)
			}
		}
	}
}

func (w *Worker) takeUp(ctx context.Context, found *advocacy.Publication) error {
	switch found.State {
	case advocacy.Sending:
	case advocacy.HandedOver:
		return w.Flow.ExpireHandoff(ctx, found.Workspace, found.Post, found.ID)
	default:
		return w.Deliver(ctx, found.Workspace, found.ID)
	}
	resend := false
	err := w.update(ctx, found.Workspace, found.ID, func(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication) error {
		resend = false
		if x.State != advocacy.Sending || x.LeaseTime.After(tx.Now()) {
			return nil
		}
		x.Epoch++ // the dead worker's receipt, should it wake up, is late evidence only
		attempts, err := tx.Attempts(ctx, x.Workspace, x.ID)
		if err != nil {
			return err
		}
		if again, err := w.repeatable(ctx, tx, x, attempts); again || err != nil {
			if err != nil {
				return err
			}
			resend, x.Doubt = true, true
			return w.putBack(ctx, tx, p, x, waitRetry, tx.Now())
		}
		return w.lost(ctx, tx, p, x, network.Say(advocacy.AnswerWorkerLost)) // guard: no retry from sending
	})
	if err != nil || !resend {
		return err
	}
	return w.Deliver(ctx, found.Workspace, found.ID)
}

// repeatable tells whether sending a publication again now, after these attempts, can have no second
// effect.
func (w *Worker) repeatable(ctx context.Context, tx workflow.Tx, x *advocacy.Publication, attempts []advocacy.Attempt) (bool, error) {
	adapter, ok := w.Networks[x.Network]
	if !ok || len(attempts) == 0 {
		return false, nil
	}
	account, err := tx.Account(ctx, x.Workspace, x.Account)
	if err != nil {
		return false, err
	}
	return adapter.Capabilities().Repeatable(*account, attempts[0].BeginTime, tx.Now()), nil
}

// Run sweeps at an interval until the context ends. It does not depend on the job
// engine: it is what finds work when that one fails.
func (w *Worker) Run(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	now := sweeps{running: map[workflow.AccountOf]advocacy.Network{}}
	defer now.group.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			for _, round := range []struct {
				what string
				do   func() error
			}{
				{"sweep", func() error { return w.sweepApart(ctx, &now) }},
				{"expire reviews", func() error { _, err := w.Flow.ExpireReviews(ctx); return err }},
				{"refresh deadlines", func() error { _, err := w.Flow.RefreshDeadlines(ctx); return err }},
				{"escalate", func() error { _, err := w.Flow.Escalate(ctx); return err }},
			} {
				if err := w.unbroken(ctx, round.what, round.do); err != nil && ctx.Err() == nil {
					w.Logger.ErrorContext(ctx, round.what, "error", err)
				}
			}
		}
	}
}
