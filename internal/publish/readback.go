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
	x, err := w.Flow.Store.Publication(ctx, job.Workspace, job.Publication)
	if err != nil || x.State != advocacy.Published {
		return err
	}
	seen := w.seen(ctx, x, job.Look)
	return w.update(ctx, job.Workspace, job.Publication, func(ctx context.Context, tx workflow.Tx, _ *advocacy.Post, x *advocacy.Publication) error {
		if x.State != advocacy.Published { // guard: what was taken back meanwhile is not missed
			return nil
		}
		if seen.State != advocacy.ShownUnseen {
			if err := w.Flow.Looked(ctx, tx, x, seen); err != nil {
				return err
			}
		}
		return w.Flow.ReadBack(ctx, tx, x, job.Look+1)
	})
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
	return seenOf(d.Target.Rendering, adapter.Look(ctx, d), look)
}

// seenOf is what a look tells of what was signed.
func seenOf(signed advocacy.Rendering, s network.Sighting, look int) workflow.Seen {
	seen := workflow.Seen{Signed: signed.Text, Shown: s.Text, Said: s.Message}
	switch {
	case s.Found && s.Differs:
		seen.State = advocacy.ShownDiffers
	case s.Found && s.Digest == signed.Fingerprint():
		seen.State = advocacy.ShownSame
	case s.Readable && !s.Found && look > 0: // guard: networks show a post some time after they took it
		seen.State = advocacy.ShownGone
	}
	return seen
}
