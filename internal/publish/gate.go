package publish

import (
	"context"
	"fmt"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// intent is a committed decision to send.
type intent struct {
	publication *advocacy.Publication
	attempt     advocacy.Attempt
	delivery    network.Delivery
	// credential is what it is sent with.
	credential *opened
}

// gate re-checks everything in one transaction and, if nothing is in the way, commits
// the intent with the exact bytes. It returns nil when the publication may not go out
// now; what becomes of it is decided, and committed, in the same transaction.
func (w *Worker) gate(ctx context.Context, claimed *advocacy.Publication, adapter network.Adapter) (*intent, error) {
	var sent *intent
	err := w.Flow.Store.Update(ctx, func(ctx context.Context, tx workflow.Tx) error {
		sent = nil
		passage, err := w.Flow.Passage(ctx, tx, claimed.Workspace, claimed.Post, claimed.ID)
		if err != nil {
			return err
		}
		x := passage.Publication
		if x.Epoch != claimed.Epoch || x.State != advocacy.Claimed { // guard: fencing at the gate
			return nil
		}
		verdict, code := passage.Judge()
		doubt, until, err := w.doubts(ctx, tx, x, adapter)
		if err != nil {
			return err
		}
		if doubt != "" { // guard: what may be out and would be out twice is not sent again
			verdict, code = advocacy.GateCancel, doubt
		}
		if verdict != advocacy.GateSend {
			return w.turnAway(ctx, tx, passage, verdict, code)
		}
		if until.After(tx.Now()) { // guard: a server may come to know a key late
			return w.putBack(ctx, tx, passage.Post, x, waitRetry, until)
		}
		stopped, err := w.Flow.StopRecalled(ctx, tx, passage.Post, x)
		if err != nil || stopped { // guard: what is to be stopped does not leave before the order's run comes to it
			return err
		}
		sent, err = w.commit(ctx, tx, passage, adapter)
		return err
	})
	if err != nil {
		return nil, err
	}
	return sent, nil
}

// doubts says why what is in doubt is not sent again, empty when a repeat has no second effect, and
// until when a repeat waits: a server forgets its keys, and comes to know them late. What no request of
// ours began for is in doubt since the database was put back.
func (w *Worker) doubts(ctx context.Context, tx workflow.Tx, x *advocacy.Publication, adapter network.Adapter) (why string, until time.Time, err error) {
	if !x.Doubt {
		return "", time.Time{}, nil
	}
	attempts, err := tx.Attempts(ctx, x.Workspace, x.ID)
	if err != nil {
		return "", time.Time{}, err
	}
	if len(attempts) == 0 {
		return advocacy.BlockRestored, time.Time{}, nil
	}
	again, err := w.repeatable(ctx, tx, x, attempts)
	if err != nil {
		return "", time.Time{}, err
	}
	if !again {
		return advocacy.BlockUnknownSend, time.Time{}, nil
	}
	return "", attempts[len(attempts)-1].BeginTime.Add(adapter.Capabilities().KeyWait), nil
}

// turnAway carries out what the gate decided about a publication it did not let out.
func (w *Worker) turnAway(ctx context.Context, tx workflow.Tx, passage *advocacy.Passage, verdict advocacy.GateVerdict, code string) error {
	x := passage.Publication
	switch verdict {
	case advocacy.GateWait:
		at := tx.Now().Add(waitPause)
		if x.DueTime.After(at) {
			at = x.DueTime
		}
		return w.putBack(ctx, tx, passage.Post, x, code, at)
	default:
		return w.Flow.TurnAway(ctx, tx, passage, verdict, code)
	}
}

// commit writes the intent: the bytes are encoded from the manifest whose digest was
// just checked, and a second attempt sends exactly the bytes of the first. Where a person
// publishes by hand it is handed over with it, and there is nothing to send.
func (w *Worker) commit(ctx context.Context, tx workflow.Tx, passage *advocacy.Passage, adapter network.Adapter) (*intent, error) {
	x := passage.Publication
	manifest, err := advocacy.ParseManifest(passage.Manifest)
	if err != nil {
		return nil, err
	}
	target, ok := manifest.Target(x.Account)
	if !ok {
		return nil, fmt.Errorf("publish: the manifest of %s has no target for its account", x.Name())
	}
	body, begun, err := w.body(ctx, tx, x, target, adapter)
	if err != nil {
		return nil, err
	}
	attempt := advocacy.Attempt{
		Workspace: x.Workspace, Publication: x.ID, Epoch: x.Epoch, Key: string(x.ID), Body: body,
		BodyDigest: advocacy.DigestOf(body), BeginTime: tx.Now(),
	}
	if err := tx.AddAttempt(ctx, &attempt); err != nil {
		return nil, err
	}
	detail := map[string]any{"body": attempt.BodyDigest, "account": x.Account, "authorization": x.Authorization}
	if _, byHand := adapter.(network.ByHand); byHand { // guard: what a person publishes no machine sends
		return nil, w.Flow.HandOver(ctx, tx, passage, detail)
	}
	all, err := tx.PublicationsOf(ctx, x.Workspace, x.Post)
	if err != nil {
		return nil, err
	}
	x.Departures = nextDeparture(x, all)
	x.Wait, x.LeaseTime = "", tx.Now().Add(w.Lease)
	if err := w.Flow.Depart(ctx, tx, passage, all, detail); err != nil {
		return nil, err
	}
	return &intent{publication: x, attempt: attempt, delivery: network.Delivery{
		Account: *passage.Account, Publication: x.ID, Post: x.Post, Key: attempt.Key, Body: body, Target: target, Time: begun,
	}}, nil
}

// body returns the bytes of the first attempt when there was one, so that every repeat
// is byte-identical; otherwise it encodes them.
func (w *Worker) body(ctx context.Context, tx workflow.Tx, x *advocacy.Publication, target advocacy.Target, adapter network.Adapter) ([]byte, time.Time, error) {
	attempts, err := tx.Attempts(ctx, x.Workspace, x.ID)
	if err != nil {
		return nil, time.Time{}, err
	}
	if len(attempts) > 0 {
		return attempts[0].Body, attempts[0].BeginTime, nil
	}
	body, err := adapter.Encode(network.Envelope{
		Workspace: x.Workspace, Publication: x.ID, Post: x.Post, Digest: x.Digest, Target: target, Time: tx.Now(),
		MediaURL: func(blob string) string { return w.MediaURL(x.Workspace, blob) },
	})
	return body, tx.Now(), err
}
