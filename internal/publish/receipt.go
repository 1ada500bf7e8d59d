package publish

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// receipt writes what became of a request. Only the holder of the fencing token moves
// the publication; a late answer of an older one is kept as evidence and can only turn
// unknown into published.
func (w *Worker) receipt(ctx context.Context, sent *intent, adapter network.Adapter, answer network.Answer) error {
	// The answer must not be lost because somebody stopped waiting for the job.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.Lease)
	defer cancel()
	mine := sent.publication
	return w.update(ctx, mine.Workspace, mine.ID, func(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication) error {
		attempt := sent.attempt
		attempt.EndTime, attempt.Outcome, attempt.Answer = tx.Now(), string(answer.Class), answer.Said
		if err := tx.EndAttempt(ctx, &attempt); err != nil {
			return err
		}
		if x.Epoch != mine.Epoch || x.State != advocacy.Sending { // guard: fencing at the receipt
			return w.lateEvidence(ctx, tx, p, x, answer)
		}
		again := adapter.Capabilities().Repeatable(sent.delivery.Account, sent.delivery.Time, tx.Now())
		if answer.Class == network.AuthExpired {
			x.Answer, x.LeaseTime = answer.Said, time.Time{}
			return w.refused(ctx, tx, p, x, sent.credential, answer.Said)
		}
		return w.conclude(ctx, tx, p, x, again, answer)
	})
}

func (w *Worker) lateEvidence(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication, answer network.Answer) error {
	if answer.Class != network.Accepted || x.State != advocacy.Unknown {
		return nil
	}
	return w.published(ctx, tx, p, x, answer.ExternalID, answer.URL, advocacy.Answered, answer.Said)
}

// conclude moves the publication by the class of the answer; again tells whether a repeat
// has no second effect. Whatever proves nothing is unknown, and from unknown no machine sends
// again. A repeat that is refused says nothing about the request before it.
func (w *Worker) conclude(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication, again bool, answer network.Answer) error {
	x.Answer, x.LeaseTime = answer.Said, time.Time{}
	class := answer.Class
	if class == network.UnknownOutcome && again {
		// A repeat has no second effect, so trying again is how to find out.
		class, x.Doubt = network.Retryable, true
	}
	if class == network.Permanent && x.Doubt { // guard: a late no proves nothing
		class = network.UnknownOutcome
	}
	switch class {
	case network.Accepted:
		return w.published(ctx, tx, p, x, answer.ExternalID, answer.URL, advocacy.Answered, answer.Said)
	case network.Retryable:
		return w.putBack(ctx, tx, p, x, waitRetry, later(answer.RetryTime, tx.Now().Add(w.backoff(x.Epoch))))
	case network.RateLimited:
		return w.putBack(ctx, tx, p, x, waitRateLimited, later(answer.RetryTime, tx.Now().Add(w.backoff(x.Epoch))))
	case network.Misconfigured:
		return w.putBack(ctx, tx, p, x, waitConfig, tx.Now().Add(configPause))
	case network.Permanent:
		return w.Flow.Transit(ctx, tx, p, x, advocacy.EventRefused, workflow.Quoted(answer.Said))
	default:
		return w.lost(ctx, tx, p, x, answer.Said)
	}
}

// longestPause is how long a network that failed again and again is left alone at most.
const longestPause = 5 * time.Minute

// configPause is how long something that a person has to mend rests.
const configPause = 10 * time.Minute

// personPause is how long something rests that waits for a person's word on it alone.
const personPause = 24 * time.Hour

// backoff doubles from two seconds to the longest pause.
func (w *Worker) backoff(epoch int64) time.Duration {
	return min(2*time.Second<<min(max(epoch-1, 0), 8), cmp.Or(w.LongestPause, longestPause))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (w *Worker) published(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication, id, url string, how advocacy.Evidence, said advocacy.Answer) error {
	x.ExternalID, x.URL, x.Evidence, x.Answer, x.Wait = id, url, how, said, ""
	if err := w.Flow.Transit(ctx, tx, p, x, advocacy.EventPublished, map[string]any{"url": url, "external_id": id, "evidence": how}); err != nil {
		return err
	}
	// Ordered while the request was under way, while its end was not known, or before somebody sent
	// it again.
	if err := w.Flow.RecallIfOrdered(ctx, tx, x); err != nil {
		return err
	}
	return w.Flow.ReadBack(ctx, tx, x, 0)
}

// lost marks a publication whose request began and whose end is not known, and looks
// for it later if the network can be asked.
func (w *Worker) lost(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication, said advocacy.Answer) error {
	return w.lostFor(ctx, tx, p, x, advocacy.BlockUnknownSend, said)
}

func (w *Worker) lostFor(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication, why string, said advocacy.Answer) error {
	x.Wait = why
	if err := w.Flow.Transit(ctx, tx, p, x, advocacy.EventLost, workflow.Quoted(said)); err != nil {
		return err
	}
	return w.lookLater(ctx, tx, x)
}

func (w *Worker) lookLater(ctx context.Context, tx workflow.Tx, x *advocacy.Publication) error {
	adapter, ok := w.Networks[x.Network]
	if !ok || !adapter.Capabilities().ReadBack || x.Looks >= len(looks) {
		return nil
	}
	return w.Flow.Follow(ctx, tx, x, advocacy.Job{Kind: workflow.JobLook, RunTime: tx.Now().Add(looks[x.Looks])})
}

// lookAfter looks later for what could not be looked for now.
func (w *Worker) lookAfter(ctx context.Context, x *advocacy.Publication, pause time.Duration) error {
	return w.update(ctx, x.Workspace, x.ID, func(ctx context.Context, tx workflow.Tx, _ *advocacy.Post, x *advocacy.Publication) error {
		if x.State != advocacy.Unknown {
			return nil
		}
		return w.Flow.Follow(ctx, tx, x, advocacy.Job{Kind: workflow.JobLook, RunTime: tx.Now().Add(pause)})
	})
}

// Look handles workflow.JobLook: it asks the network whether a publication whose end is
// unknown is there. Not finding it proves nothing, so it never leads to a resend.
func (w *Worker) Look(ctx context.Context, args json.RawMessage) error {
	job, err := jobOf(args)
	if err != nil {
		return err
	}
	x, err := w.Flow.Store.Publication(ctx, job.Workspace, job.Publication)
	if err != nil || x.State != advocacy.Unknown {
		return err
	}
	room, err := w.room(ctx, x)
	if err != nil {
		return err
	}
	defer room.close()
	if room.closed != "" { // guard: looks at a silent server keep no others waiting
		return w.lookAfter(ctx, x, room.pause)
	}
	adapter, d, err := w.sentDelivery(ctx, x)
	if err != nil {
		return err
	}
	if w.Departures != nil {
		first, err := w.Departures.First(ctx, x)
		if err != nil {
			return err
		}
		if first != nil { // guard: it is looked for from the first request on, forgotten or not
			d.Body, d.Time = first.Body, first.Time
		}
	}
	out, cancel := context.WithTimeout(ctx, w.Timeout)
	defer cancel()
	seen := adapter.Look(out, d)
	if seen.Readable {
		room.asked(network.Answer{Class: network.Accepted})
	}
	return w.update(ctx, job.Workspace, job.Publication, func(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication) error {
		if x.State != advocacy.Unknown {
			return nil
		}
		x.Looks++
		taken, err := known(ctx, tx, x, seen.ExternalID)
		if err != nil {
			return err
		}
		if seen.Found && !taken { // guard: what another publication is known by is not this one
			return w.published(ctx, tx, p, x, seen.ExternalID, seen.URL, advocacy.Found, seen.Said)
		}
		if err := tx.SavePublication(ctx, x); err != nil {
			return err
		}
		return w.lookLater(ctx, tx, x)
	})
}

// known tells whether another publication of the account is known by a network's name.
func known(ctx context.Context, r workflow.Reader, x *advocacy.Publication, externalID string) (bool, error) {
	ids, err := r.KnownBy(ctx, x.Workspace, x.Account, externalID)
	return slices.ContainsFunc(ids, func(id advocacy.PublicationID) bool { return id != x.ID }), err
}

// sentDelivery rebuilds what was sent from the first attempt's row.
func (w *Worker) sentDelivery(ctx context.Context, x *advocacy.Publication) (network.Adapter, network.Delivery, error) {
	adapter, credential, err := w.prepare(ctx, x)
	if err != nil {
		return nil, network.Delivery{}, err
	}
	account, err := w.Flow.Store.Account(ctx, x.Workspace, x.Account)
	if err != nil {
		return nil, network.Delivery{}, err
	}
	revision, err := w.Flow.Store.Revision(ctx, advocacy.PostSubject(x.Workspace, x.Post), x.Revision)
	if err != nil {
		return nil, network.Delivery{}, err
	}
	manifest, err := advocacy.ParseManifest(revision.Manifest)
	if err != nil {
		return nil, network.Delivery{}, err
	}
	attempts, err := w.Flow.Store.Attempts(ctx, x.Workspace, x.ID)
	if err != nil {
		return nil, network.Delivery{}, err
	}
	target, _ := manifest.Target(x.Account)
	d := network.Delivery{
		Account: *account, Publication: x.ID, Post: x.Post, Credential: []byte(credential.grant.Access), Key: string(x.ID), Target: target,
		ExternalID: x.ExternalID, URL: x.URL,
		Taken: func(ctx context.Context, externalID string) (bool, error) {
			return known(ctx, w.Flow.Store, x, externalID)
		},
	}
	if len(attempts) > 0 {
		d.Body, d.Time = attempts[0].Body, attempts[0].BeginTime
	}
	return adapter, d, nil
}

// Recall handles workflow.JobRecall.
func (w *Worker) Recall(ctx context.Context, args json.RawMessage) error {
	job, err := jobOf(args)
	if err != nil {
		return err
	}
	return w.TakeBack(ctx, job)
}

// TakeBack takes back what a network shows. An answer that is not a yes is an error, so
// the job comes again.
func (w *Worker) TakeBack(ctx context.Context, job workflow.PublicationJob) error {
	x, err := w.Flow.Store.Publication(ctx, job.Workspace, job.Publication)
	if err != nil || x.State != advocacy.Published {
		return err
	}
	answer := w.askBack(ctx, x)
	if answer.Class != network.Accepted {
		if err := w.notTakenBack(ctx, job, answer); err != nil {
			return err
		}
		return advocacy.Refuse("RECALL_FAILED", "the network did not take it back: %s", answer.Said.Text).Because(answer.Said)
	}
	return w.update(ctx, job.Workspace, job.Publication, func(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication) error {
		if x.State != advocacy.Published {
			return nil
		}
		x.Wait, x.Shown = "", advocacy.ShownUnseen
		if err := w.Flow.Transit(ctx, tx, p, x, advocacy.EventRecall, workflow.Quoted(answer.Said)); err != nil {
			return err
		}
		return w.Flow.Gone(ctx, tx, x)
	})
}

// askBack asks the network to take a publication back.
func (w *Worker) askBack(ctx context.Context, x *advocacy.Publication) network.Answer {
	adapter, d, err := w.sentDelivery(ctx, x)
	if err != nil {
		w.Logger.WarnContext(ctx, "not taken back", "publication", x.ID, "error", err)
		if later, ok := errors.AsType[*wait](err); ok {
			return network.Answer{Class: network.Retryable, Said: later.said}
		}
		return *network.Ended(network.Retryable, advocacy.AnswerNotConnected)
	}
	return adapter.Delete(ctx, d)
}

// notTakenBack shows that the network did not take a publication back this time.
func (w *Worker) notTakenBack(ctx context.Context, job workflow.PublicationJob, answer network.Answer) error {
	return w.update(ctx, job.Workspace, job.Publication, func(ctx context.Context, tx workflow.Tx, _ *advocacy.Post, x *advocacy.Publication) error {
		if x.State != advocacy.Published {
			return nil
		}
		x.Wait, x.Answer, x.UpdateTime = advocacy.WaitRecallFailed, answer.Said, tx.Now()
		return tx.SavePublication(ctx, x)
	})
}
