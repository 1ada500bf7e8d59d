package publish

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// broken is a panic.
type broken struct{ cause any }

// Error implements error.
func (b *broken) Error() string { return fmt.Sprintf("panic: %v", b.cause) }

// unbroken does something that must not take the process along when it panics.
func (w *Worker) unbroken(ctx context.Context, what string, do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil { // guard: what breaks one thing leaves the others
			w.Logger.ErrorContext(ctx, "panic", "at", what, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = &broken{p}
		}
	}()
	return do()
}

// breaks is how often in a row the program broke over a publication before its request: it rests for
// minutes after the first time, and for a day after the second.
func breaks(x *advocacy.Publication) int {
	switch {
	case x.Wait != waitBroken:
		return 0
	case x.LeaseTime.Sub(x.UpdateTime) < personPause:
		return 1
	default:
		return 2
	}
}

// broke says what becomes of a claimed publication over which the program broke: unknown when its request
// may have begun. Else it rests, first for minutes, and when it breaks again for a day: somebody has to
// mend the program, and what is due after it does not wait for that. The third time it is given up, and a
// person sends it again when the program is mended.
func (w *Worker) broke(ctx context.Context, claimed *advocacy.Publication, before int) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.Lease)
	defer cancel()
	return w.update(ctx, claimed.Workspace, claimed.ID, func(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication) error {
		switch {
		case x.Epoch != claimed.Epoch:
			return nil
		case x.State == advocacy.Sending: // guard: what broke after its intent may be out
			return w.lost(ctx, tx, p, x, network.Say(advocacy.AnswerProgramFailed))
		case x.State != advocacy.Claimed:
			return nil
		case before >= 2: // guard: what breaks every time is not tried for ever
			return w.giveUp(ctx, tx, p, x)
		case before == 1:
			return w.putBack(ctx, tx, p, x, waitBroken, tx.Now().Add(personPause))
		default:
			return w.putBack(ctx, tx, p, x, waitBroken, tx.Now().Add(configPause))
		}
	})
}

// giveUp ends a claimed publication that no request began for this time: refused, or unknown where an
// earlier one may have.
func (w *Worker) giveUp(ctx context.Context, tx workflow.Tx, p *advocacy.Post, x *advocacy.Publication) error {
	said := network.Say(advocacy.AnswerProgramBreaks)
	x.Answer, x.Wait, x.LeaseTime = said, "", time.Time{}
	if x.Doubt {
		x.Wait = advocacy.BlockUnknownSend
	}
	if err := w.Flow.Transit(ctx, tx, p, x, advocacy.EventRefused, workflow.Quoted(said)); err != nil {
		return err
	}
	if x.State == advocacy.Unknown {
		return w.lookLater(ctx, tx, x)
	}
	return nil
}
