package publish

import (
	"context"
	"encoding/json"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// ReadBack handles workflow.JobReadBack: it asks the network what it shows of a publication
// and compares that with what was signed. A look that could not tell says nothing, and the
// next one comes at its time.
func (w *Worker) ReadBack(ctx context.Context, args json.RawMessage) error {
	var job workflow.ReadBackJob
	if err := json.Unmarshal(args, &job); err != nil {
		return err
	}
	before, err := w.Flow.Store.Publication(ctx, job.Workspace, job.Publication)
	if err != nil || before.State != advocacy.Published && before.State != advocacy.Recalled {
		return err
	}
	seen := w.seen(ctx, before, job.Look)
	return w.update(ctx, job.Workspace, job.Publication, func(ctx context.Context, tx workflow.Tx, _ *advocacy.Post, x *advocacy.Publication) error {
		if x.State != before.State { // guard: what was taken back meanwhile is not missed
			return nil
		}
		if seen.State != advocacy.ShownUnseen {
			if err := w.looked(ctx, tx, x, seen, job.Look); err != nil {
				return err
			}
		}
		if x.State == advocacy.Recalled && x.Shown == advocacy.ShownGone {
			return nil
		}
		return w.Flow.ReadBack(ctx, tx, x, job.Look+1)
	})
}

func (w *Worker) looked(ctx context.Context, tx workflow.Tx, x *advocacy.Publication, seen workflow.Seen, look int) error {
	if x.State == advocacy.Recalled {
		return w.Flow.LookedFor(ctx, tx, x, seen, look)
	}
	return w.Flow.Looked(ctx, tx, x, seen)
}

// seen asks the network. An account that is not connected at present cannot be looked at.
func (w *Worker) seen(ctx context.Context, x *advocacy.Publication, look int) workflow.Seen {
	adapter, d, err := w.sentDelivery(ctx, x)
	if err != nil {
		w.Logger.WarnContext(ctx, "not read back", "publication", x.ID, "error", err)
		return workflow.Seen{}
	}
	ctx, cancel := context.WithTimeout(ctx, w.Timeout)
	defer cancel()
	return seenOf(x.State, d.Target.Rendering, adapter.Look(ctx, d), look)
}

// seenOf is what a look tells of what was signed.
func seenOf(state advocacy.PublicationState, signed advocacy.Rendering, s network.Sighting, look int) workflow.Seen {
	seen := workflow.Seen{Signed: signed.Text, Shown: s.Text, Said: s.Said}
	late := look == 0 && state == advocacy.Published // guard: networks show a post some time after they took it
	switch {
	case s.Found && s.Differs:
		seen.State = advocacy.ShownDiffers
	case s.Found && (s.Digest == signed.Fingerprint() || state == advocacy.Recalled):
		seen.State = advocacy.ShownSame
	case s.Readable && !s.Found && !late:
		seen.State = advocacy.ShownGone
	}
	return seen
}
