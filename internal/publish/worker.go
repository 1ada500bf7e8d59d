package publish

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// Worker carries publications out. Fields are required unless they say otherwise; it is safe
// for concurrent use, and any number of workers in any number of processes may run at once.
type Worker struct {
	Flow        *workflow.Service
	Networks    network.Registry
	Credentials Credentials
	// MediaURL gives the address a receiver fetches a blob of a workspace from.
	MediaURL func(w advocacy.WorkspaceID, blob string) string
	// Timeout bounds one request; Lease is how long a worker may be silent before another
	// takes over, and must be longer.
	Timeout time.Duration
	Lease   time.Duration
	// LongestPause replaces how long a network that failed again and again is left alone at most;
	// zero keeps five minutes.
	LongestPause time.Duration
	// Lanes keep the servers of networks apart; nil does not.
	Lanes *Lanes
	// Departures note each request before it begins; nil notes none. Forgot is told of requests
	// that were noted and that the database knows nothing of; it may be nil.
	Departures Departures
	Forgot     func(ctx context.Context, f *advocacy.Forgotten)
	Logger     *slog.Logger
	// Reached is called at each named step; tests kill the process there. It may be nil.
	Reached func(step string)
}

// The steps of a delivery at which a crash has a different meaning.
const (
	StepClaimed  = "claimed"
	StepIntent   = "intent"
	StepNoted    = "noted"
	StepAnswered = "answered"
	StepReceipt  = "receipt"
	// StepRefresh is before the next token is asked for, and StepRefreshed before it is kept.
	StepRefresh   = "refresh"
	StepRefreshed = "refreshed"
)

// The waits of a publication that is due and did not go out.
const (
	waitCredential  = "CREDENTIAL"
	waitKeys        = "KEYS_UNREACHABLE"
	waitRetry       = "RETRY"
	waitRateLimited = "RATE_LIMITED"
	waitConfig      = "CONFIG"
	waitLinks       = "LINK_SILENT"
	waitNote        = "NOT_NOTED"
	waitBroken      = "BROKEN"
)

// looks are the pauses before we look for a publication whose end is not known. The
// first is late on purpose: networks show a post some time after they took it.
var looks = []time.Duration{workflow.FirstLook, 2 * time.Minute, 10 * time.Minute, time.Hour}

func (w *Worker) reached(step string) {
	if w.Reached != nil {
		w.Reached(step)
	}
}

// Publish handles workflow.JobPublish.
func (w *Worker) Publish(ctx context.Context, args json.RawMessage) error {
	job, err := jobOf(args)
	if err != nil {
		return err
	}
	return w.Deliver(ctx, job.Workspace, job.Publication)
}

// Released handles workflow.JobReleased: a hold was lifted, so what rested because of
// one is looked at at once. What another hold still stops goes back to rest, and what passed its
// time meanwhile waits for a person.
func (w *Worker) Released(ctx context.Context, args json.RawMessage) error {
	var job workflow.WorkspaceJob
	if err := json.Unmarshal(args, &job); err != nil {
		return err
	}
	for after := ""; ; {
		waiting, next, err := w.Flow.Store.Publications(ctx, workflow.PublicationQuery{
			Workspace: job.Workspace, State: advocacy.Scheduled, Page: workflow.Page{Size: sweepBatch, After: after, Oldest: true},
		})
		if err != nil {
			return err
		}
		for i := range waiting {
			if waiting[i].Wait != advocacy.BlockHold {
				continue
			}
			if err := w.deliver(ctx, &waiting[i], true); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		after = next
	}
}

func jobOf(args json.RawMessage) (workflow.PublicationJob, error) {
	var job workflow.PublicationJob
	err := json.Unmarshal(args, &job)
	return job, err
}

// Deliver takes one publication through the gate and, if it opens, sends it. It returns
// nil when there is nothing to do, which is how a second worker ends.
func (w *Worker) Deliver(ctx context.Context, ws advocacy.WorkspaceID, id advocacy.PublicationID) error {
	found, err := w.Flow.Store.Publication(ctx, ws, id)
	if err != nil {
		return err
	}
	return w.deliver(ctx, found, false)
}

// deliver carries one delivery out, and then what waits behind it through the same account;
// restless tries also what rests until later.
func (w *Worker) deliver(ctx context.Context, found *advocacy.Publication, restless bool) error {
	moved, err := w.deliverOne(ctx, found, restless)
	for err == nil && moved && ctx.Err() == nil {
		var next *advocacy.Publication
		next, err = w.Flow.Store.FindFirstUnsent(ctx, found.Workspace, found.Account, inLine)
		// What nobody wakes, because the process dies first or the other was stopped elsewhere,
		// wakes by itself when its rest is over.
		if err != nil || next == nil || next.State != advocacy.Scheduled || next.Wait != advocacy.BlockEarlier {
			return err
		}
		moved, err = w.deliverOne(ctx, next, false)
	}
	return err
}

// deliverOne tells whether the publication is out of the way of others, for now or for good.
func (w *Worker) deliverOne(ctx context.Context, found *advocacy.Publication, restless bool) (moved bool, err error) {
	held, err := w.held(ctx, found)
	if err != nil {
		return false, err
	}
	room, err := w.room(ctx, found)
	if err != nil {
		return false, err
	}
	defer room.close()
	claimed, err := w.claim(ctx, found, entry{restless: restless, held: held, room: room})
	if err != nil || claimed == nil {
		return held, err
	}
	err = w.unbroken(ctx, claimed.Name(), func() error { return w.carryOut(ctx, claimed, room) })
	if broken := (*broken)(nil); errors.As(err, &broken) {
		return true, w.broke(ctx, claimed, breaks(found))
	}
	return true, err
}

// room takes a seat at the server of a publication's account, to be left in any case.
func (w *Worker) room(ctx context.Context, x *advocacy.Publication) (*seat, error) {
	account, err := w.Flow.Store.Account(ctx, x.Workspace, x.Account)
	if err != nil {
		return nil, err
	}
	var at network.Capabilities
	if adapter, known := w.Networks[account.Network]; known {
		at = adapter.Capabilities()
	}
	return w.Lanes.enter(ctx, serverOf(account, at)), nil
}

// carryOut takes a claimed publication through the gate and sends it.
func (w *Worker) carryOut(ctx context.Context, claimed *advocacy.Publication, room *seat) error {
	w.reached(StepClaimed)
	adapter, credential, err := w.prepare(ctx, claimed)
	if err != nil {
		return w.notNow(ctx, claimed, err)
	}
	later, err := w.Flow.LookAgain(ctx, claimed) // guard: links are looked at before they go out
	if err != nil {
		return err
	}
	if later {
		return w.postpone(ctx, claimed, waitLinks, waitPause)
	}
	sent, err := w.gate(ctx, claimed, adapter)
	if err != nil || sent == nil {
		return err
	}
	w.reached(StepIntent)
	sent.credential = credential
	sent.delivery.Credential, sent.delivery.Media = []byte(credential.grant.Access), func(ctx context.Context, blob string) (io.Reader, error) {
		_, file, err := w.Flow.OpenMedia(ctx, claimed.Workspace, blob)
		return file, err
	}
	sent.delivery.Still = func(ctx context.Context) bool { return w.stands(ctx, sent.publication) }
	out, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.Timeout) // to note it and for the answer
	defer cancel()
	if begins, err := w.depart(out, sent); err != nil || !begins {
		return err
	}
	w.reached(StepNoted)
	answer := w.send(out, adapter, sent.delivery)
	room.asked(answer)
	w.reached(StepAnswered)
	err = w.receipt(ctx, sent, adapter, answer)
	w.reached(StepReceipt)
	return err
}

// stands tells whether what was let out would be let out now. What cannot be told does not go on.
func (w *Worker) stands(ctx context.Context, mine *advocacy.Publication) bool {
	stands := false
	err := w.Flow.Store.Update(ctx, func(ctx context.Context, tx workflow.Tx) error {
		passage, err := w.Flow.Passage(ctx, tx, mine.Workspace, mine.Post, mine.ID)
		if err != nil {
			return err
		}
		verdict, _ := passage.Judge()
		x := passage.Publication
		recalled, err := w.Flow.Recalled(ctx, tx, passage.Post, x)
		stands = verdict == advocacy.GateSend && x.Epoch == mine.Epoch && x.State == advocacy.Sending && recalled == (advocacy.Answer{})
		return err
	})
	if err != nil {
		w.Logger.WarnContext(ctx, "stopped while its files were sent", "publication", mine.ID, "error", err)
	}
	return err == nil && stands
}

// send is the one place of the whole program that makes something visible. The request
// outlives the job's context, so that a shutdown waits for the answer within Timeout.
func (w *Worker) send(ctx context.Context, adapter network.Adapter, d network.Delivery) network.Answer {
	return adapter.Publish(ctx, d)
}

// prepare opens what the delivery will need, before the intent is committed.
func (w *Worker) prepare(ctx context.Context, x *advocacy.Publication) (network.Adapter, *opened, error) {
	adapter, ok := w.Networks[x.Network]
	if !ok {
		return nil, nil, errors.New("publish: unknown network " + string(x.Network))
	}
	account, err := w.Flow.Store.Account(ctx, x.Workspace, x.Account)
	if err != nil {
		return nil, nil, err
	}
	credential, err := w.usable(ctx, adapter, account)
	return adapter, credential, err
}

// entry is how a publication comes to be claimed.
type entry struct {
	// restless: what rests until later is tried too.
	restless bool
	// held: a hold was seen that stops it.
	held bool
	// room is the seat at the account's server, or why there is none.
	room *seat
}

// claim takes the lease and a new fencing token, or returns nil when the publication is
// not for us: another worker has it, it is not its time, it rests, a hold stops it, something
// else goes out through its account first, or its server takes nothing at present.
func (w *Worker) claim(ctx context.Context, found *advocacy.Publication, e entry) (*advocacy.Publication, error) {
	var claimed *advocacy.Publication
	err := w.update(ctx, found.Workspace, found.ID, func(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication) error {
		claimed = nil
		resting := x.LeaseTime.After(tx.Now())
		free := x.State == advocacy.Scheduled && (e.restless || !resting || x.Wait == advocacy.BlockEarlier) ||
			x.State == advocacy.Claimed && !resting
		if !free || x.DueTime.After(tx.Now()) {
			return nil
		}
		if rests, err := w.rest(ctx, tx, p, x, e); rests || err != nil {
			return err
		}
		x.Epoch++
		x.LeaseTime = tx.Now().Add(w.Lease)
		claimed = x
		return w.Flow.Transit(ctx, tx, p, x, advocacy.EventClaim, nil)
	})
	return claimed, err
}

// held looks for a hold before anything is written, one that stops it or one after which it waits
// for a person: everything due would otherwise be claimed and put back for ever. It is only a look;
// the gate decides.
func (w *Worker) held(ctx context.Context, x *advocacy.Publication) (bool, error) {
	p, err := w.Flow.Store.Post(ctx, x.Workspace, x.Post)
	if err != nil {
		return false, err
	}
	holds, err := w.Flow.Store.HoldsSince(ctx, x.Workspace, x.DueTime)
	if err != nil {
		return false, err
	}
	why, err := w.Flow.Held(ctx, w.Flow.Store, holds, p, x)
	return why != "", err
}

// rest puts off a publication that has to wait, and tells whether it did. What may not go out
// any more goes on to the gate, which says so; what a dead worker claimed rests as it is.
func (w *Worker) rest(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication, e entry) (bool, error) {
	if x.State != advocacy.Scheduled {
		return e.room.closed != "", nil
	}
	if e.held {
		if rests, err := w.restHeld(ctx, tx, p, x); rests || err != nil {
			return rests, err
		}
	}
	if !x.EndTime.IsZero() && !x.EndTime.After(tx.Now()) {
		return false, nil
	}
	behind, err := w.behind(ctx, tx, x)
	if err != nil {
		return false, err
	}
	if behind { // guard: an account's posts go out in their order
		x.Wait, x.LeaseTime, x.UpdateTime = advocacy.BlockEarlier, tx.Now().Add(waitPause), tx.Now()
		return true, tx.SavePublication(ctx, x)
	}
	if e.room.closed == "" {
		return false, nil
	}
	x.Wait, x.LeaseTime, x.UpdateTime = e.room.closed, tx.Now().Add(e.room.pause), tx.Now()
	if err := tx.SavePublication(ctx, x); err != nil {
		return false, err
	}
	return true, w.comeBack(ctx, tx, x)
}

// behind tells whether something goes out through the account first. That is held until commit:
// its end comes after, and finds this one resting and wakes it.
func (w *Worker) behind(ctx context.Context, tx workflow.Tx, x *advocacy.Publication) (bool, error) {
	for {
		first, err := tx.FindFirstUnsent(ctx, x.Workspace, x.Account, inLine)
		if err != nil || first == nil || !first.Before(x) {
			return false, err
		}
		now, err := tx.PublicationForUpdate(ctx, first.Workspace, first.ID)
		if err != nil || now.Version == first.Version {
			return true, err
		}
	}
}

// inLine are the waits that an account or its server is the reason of: what is due later waits
// behind them, and would wait for the same. Others, such as a hold on one post, are let by.
var inLine = []string{
	advocacy.BlockEarlier, advocacy.BlockServerBusy, advocacy.BlockServerDown, advocacy.BlockAccount, advocacy.BlockAttestation,
	waitCredential, waitKeys, waitRetry, waitRateLimited, waitConfig,
}

// restHeld marks a publication that a hold stops, which lifting the hold wakes, or that waits for
// a person since one was lifted; when its window is over the gate says so. The holds are
// looked at again with the set held against change: one that was lifted since the first
// look has woken whatever rested by then, and would never wake this.
func (w *Worker) restHeld(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication) (bool, error) {
	holds, err := tx.HoldsSinceForShare(ctx, x.Workspace, x.DueTime)
	if err != nil {
		return false, err
	}
	why, err := w.Flow.Held(ctx, tx, holds, p, x)
	over := !x.EndTime.IsZero() && !x.EndTime.After(tx.Now())
	if err != nil || why == "" || why == advocacy.BlockHeldPastDue && over {
		return false, err
	}
	if x.Wait == why && x.LeaseTime.After(tx.Now()) {
		return true, nil // it rests already, and what a person has read of it stays what it is
	}
	x.Wait, x.LeaseTime, x.UpdateTime = why, tx.Now().Add(configPause), tx.Now()
	if why == advocacy.BlockHeldPastDue {
		x.LeaseTime = tx.Now().Add(personPause)
		if x.EndTime.After(tx.Now()) && x.EndTime.Before(x.LeaseTime) {
			x.LeaseTime = x.EndTime
		}
	}
	return true, tx.SavePublication(ctx, x)
}

// update locks a publication and its post, in the house's order.
func (w *Worker) update(ctx context.Context, ws advocacy.WorkspaceID, id advocacy.PublicationID,
	fn func(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication) error,
) error {
	found, err := w.Flow.Store.Publication(ctx, ws, id)
	if err != nil {
		return err
	}
	return w.Flow.Store.Update(ctx, func(ctx context.Context, tx workflow.Tx) error {
		p, err := tx.PostForUpdate(ctx, ws, found.Post)
		if err != nil {
			return err
		}
		x, err := tx.PublicationForUpdate(ctx, ws, id)
		if err != nil {
			return err
		}
		return fn(ctx, tx, p, x)
	})
}

// postpone puts a claimed publication back and looks again later.
func (w *Worker) postpone(ctx context.Context, claimed *advocacy.Publication, why string, rest time.Duration) error {
	return w.update(ctx, claimed.Workspace, claimed.ID, func(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication) error {
		if x.Epoch != claimed.Epoch || x.State != advocacy.Claimed {
			return nil
		}
		return w.putBack(ctx, tx, p, x, why, tx.Now().Add(rest))
	})
}

// waitPause is how long what waits for a hold or a credential rests between two looks;
// lifting a hold looks at once.
const waitPause = 30 * time.Second

// putBack releases a publication to be tried again at an instant, or stops it when it was ordered to be
// taken back meanwhile.
func (w *Worker) putBack(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication, why string, at time.Time) error {
	x.Wait, x.LeaseTime = why, at
	if err := w.Flow.Transit(ctx, tx, p, x, advocacy.EventRelease, map[string]any{"wait": why, "until": at}); err != nil {
		return err
	}
	if stopped, err := w.Flow.StopRecalled(ctx, tx, p, x); err != nil || stopped {
		return err
	}
	return w.comeBack(ctx, tx, x)
}

// comeBack has a publication tried again when its rest is over.
func (w *Worker) comeBack(ctx context.Context, tx workflow.Tx, x *advocacy.Publication) error {
	at := x.LeaseTime
	return w.Flow.Follow(ctx, tx, x, advocacy.Job{Kind: workflow.JobPublish, RunTime: at, Unique: string(x.ID) + "@" + at.Format(time.RFC3339Nano)})
}
