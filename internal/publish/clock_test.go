package publish_test

import (
	"context"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/jobs"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// TestClockOffByAnHour (F31, F32): what may go out, and until when, is a matter of the database's
// time; a replica whose own clock is wrong sends nothing early and nothing late.
func TestClockOffByAnHour(t *testing.T) {
	t.Parallel()
	for name, off := range map[string]time.Duration{"ahead": time.Hour, "behind": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := workflowtest.NewLedger()
			h := workflowtest.NewOn(t, testpg.New(t), jobs.Postgres, l)
			over, due := h.Approved(t, "Until just now.", h.Ledger), h.Approved(t, "Now.", h.Ledger)
			ok(t, h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
				x, err := tx.PublicationForUpdate(ctx, h.W, only(t, h, over).ID)
				if err != nil {
					return err
				}
				x.EndTime = tx.Now()
				return tx.SavePublication(ctx, x)
			}))
			later, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
				Content: advocacy.Content{Language: "en", Text: "In half an hour."}, Accounts: []advocacy.AccountID{h.Ledger},
				PublishTime: time.Now().UTC().Truncate(time.Second).Add(30 * time.Minute), Zone: "Europe/Paris",
			})
			ok(t, err)
			h.Submit(t, later)
			h.Sign(t, h.Legal, later, "legal")
			h.Sign(t, h.PR, later, "pr")
			h.Clock.Advance(off)
			h.Work(t)
			for _, v := range []*workflow.PostView{over, due, later} {
				deliver(t, h, v)
			}
			publication(t, h, over, advocacy.Expired)
			publication(t, h, due, advocacy.Published)
			publication(t, h, later, advocacy.Scheduled)
			sends(t, l, 1)
		})
	}
}

// TestClockJumpsBack (F31): where the clock of the one process is all there is, what was due waits
// until it is due again, and what went out stays out once.
func TestClockJumpsBack(t *testing.T) {
	t.Parallel()
	h, l, v := house(t)
	h.Clock.Advance(-time.Hour)
	h.Work(t)
	deliver(t, h, v)
	publication(t, h, v, advocacy.Scheduled)
	sends(t, l, 0)
	h.Clock.Advance(time.Hour)
	h.Work(t)
	publication(t, h, v, advocacy.Published)
	for _, jump := range []time.Duration{-time.Hour, 2 * time.Hour} {
		h.Clock.Advance(jump)
		h.Work(t)
		deliver(t, h, v)
	}
	publication(t, h, v, advocacy.Published)
	sends(t, l, 1)
}
