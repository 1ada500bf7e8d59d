package publish_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// fragile is a network over which the program breaks: where a text says so, before or after the request.
type fragile struct{ *workflowtest.Ledger }

func (f fragile) Encode(e network.Envelope) ([]byte, error) {
	if e.Target.Rendering.Text == "Breaks before." {
		panic("no bytes")
	}
	return f.Ledger.Encode(e)
}

func (f fragile) Publish(ctx context.Context, d network.Delivery) network.Answer {
	a := f.Ledger.Publish(ctx, d)
	if bytes.Contains(d.Body, []byte("Breaks after.")) {
		panic("an answer nobody understands")
	}
	return a
}

// TestWhatBreaksOneLeavesTheOthers (F41): whoever meets it goes on with what else is due, also through the
// same account; what may be out is unknown, and what is not rests.
func TestWhatBreaksOneLeavesTheOthers(t *testing.T) {
	t.Parallel()
	l := workflowtest.NewLedger()
	h := workflowtest.New(t, fragile{l})
	before, after := h.Approved(t, "Breaks before.", h.Ledger), h.Approved(t, "Breaks after.", h.Ledger)
	fine := h.Approved(t, "Is fine.", h.Ledger)
	h.Work(t)
	h.Work(t)
	publication(t, h, fine, advocacy.Published)
	if x := publication(t, h, after, advocacy.Unknown); x.Wait != advocacy.BlockUnknownSend {
		t.Errorf("what may be out waits for %q", x.Wait)
	}
	rests := func(least time.Duration) {
		t.Helper()
		x := publication(t, h, before, advocacy.Scheduled)
		if rest := x.LeaseTime.Sub(h.Clock.Now()); x.Wait != "BROKEN" || rest < least {
			t.Errorf("it waits %v for %q", rest, x.Wait)
		}
	}
	rests(9 * time.Minute)
	h.Clock.Advance(11 * time.Minute)
	h.Work(t)
	rests(23 * time.Hour)
	sends(t, l, 2)
	h.Clock.Advance(25 * time.Hour)
	h.Work(t)
	if x := publication(t, h, before, advocacy.Refused); x.Answer.Code != advocacy.AnswerProgramBreaks || x.Wait != "" {
		t.Errorf("it is given up with %q, and waits for %q", x.Answer.Code, x.Wait)
	}
	h.Clock.Advance(48 * time.Hour)
	h.Work(t)
	publication(t, h, before, advocacy.Refused)
	sends(t, l, 2)
}
