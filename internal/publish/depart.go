package publish

import (
	"context"
	"crypto/rand"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// Departures are noted outside the database, which forgets what it knows when it is put back to an
// earlier state.
type Departures interface {
	// Note notes a request before it begins. What it returns are requests under its number and
	// after it that somebody else noted: this one must not begin.
	Note(ctx context.Context, d advocacy.Departure) (*advocacy.Forgotten, error)
	// First returns the first request that was noted for what a publication publishes, nil when
	// none was.
	First(ctx context.Context, x *advocacy.Publication) (*advocacy.Departure, error)
}

// noteShare is which part of the time of a request noting it may take.
const noteShare = 4

// nextDeparture is the number of the next request for the bytes of a publication through its account,
// whichever of its post's publications it is.
func nextDeparture(x *advocacy.Publication, all []advocacy.Publication) int {
	last := x.Departures
	for i := range all {
		if all[i].Digest == x.Digest && all[i].Account == x.Account {
			last = max(last, all[i].Departures)
		}
	}
	return last + 1
}

// depart notes that the request begins and tells whether it may. Where the note cannot be written,
// nothing begins and it is tried again; where another has it, the database has forgotten that one.
func (w *Worker) depart(ctx context.Context, sent *intent) (bool, error) {
	if w.Departures == nil {
		return true, nil
	}
	x := sent.publication
	d := advocacy.Departure{
		Workspace: x.Workspace, Post: x.Post, Digest: x.Digest, Account: x.Account, Number: x.Departures, Mark: rand.Text(),
		Publication: x.ID, Network: x.Network, Body: sent.delivery.Body, Time: sent.delivery.Time,
	}
	noting, cancel := context.WithTimeout(ctx, w.Timeout/noteShare)
	forgotten, err := w.Departures.Note(noting, d)
	cancel()
	switch {
	case err != nil: // guard: no request begins that is not noted
		return false, w.notNoted(ctx, sent, err)
	case forgotten != nil: // guard: what the database has forgotten is not sent a second time
		return false, w.forgot(ctx, sent, forgotten)
	default:
		return true, nil
	}
}

// notNoted puts back what could not be noted: no request began.
func (w *Worker) notNoted(ctx context.Context, sent *intent, cause error) error {
	mine := sent.publication
	w.Logger.ErrorContext(ctx, "nothing goes out that cannot be noted outside the database", "publication", mine.ID, "error", cause)
	return w.unsent(ctx, sent, network.Retryable, func(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication) error {
		return w.putBack(ctx, tx, p, x, waitNote, tx.Now().Add(waitPause))
	})
}

// forgot makes unknown what went out before the database was put back to an earlier state.
func (w *Worker) forgot(ctx context.Context, sent *intent, f *advocacy.Forgotten) error {
	err := w.unsent(ctx, sent, network.UnknownOutcome, func(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication) error {
		x.Departures = f.Last
		return w.lostFor(ctx, tx, p, x, advocacy.BlockRestored, network.Say(advocacy.AnswerForgotten))
	})
	if err == nil && w.Forgot != nil {
		w.Forgot(ctx, f)
	}
	return err
}

// unsent ends an attempt whose request did not begin, and says what becomes of the publication.
func (w *Worker) unsent(ctx context.Context, sent *intent, outcome network.Class,
	then func(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication) error,
) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.Lease)
	defer cancel()
	mine := sent.publication
	return w.update(ctx, mine.Workspace, mine.ID, func(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication) error {
		attempt := sent.attempt
		attempt.EndTime, attempt.Outcome, attempt.Answer = tx.Now(), string(outcome), network.Say(advocacy.AnswerNotBegun)
		if err := tx.EndAttempt(ctx, &attempt); err != nil {
			return err
		}
		if x.Epoch != mine.Epoch || x.State != advocacy.Sending {
			return nil
		}
		return then(ctx, tx, p, x)
	})
}
