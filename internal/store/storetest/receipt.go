package storetest

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// receipt is the approver's, of the house's review; it is not stored.
func (h *house) receipt(at time.Time) *advocacy.Receipt {
	r := h.review
	return &advocacy.Receipt{Subject: r.Subject, Round: r.Round, Digest: r.Digest, Person: h.approver, Session: "s", Time: at}
}

// receiptOf is the receipt that stands for the person and round of one.
func receiptOf(ctx context.Context, s *store.Store, of *advocacy.Receipt) (found *advocacy.Receipt, err error) {
	err = s.Update(ctx, func(ctx context.Context, tx workflow.Tx) error {
		read, err := tx.ReviewWithHeadForUpdate(ctx, of.Subject, of.Round, 1, of.Person)
		if err != nil {
			return err
		}
		found = read.Receipt
		return nil
	})
	return found, err
}

// firstReceipt holds that of many receipts of a person for one round exactly one is kept,
// and that none is kept of other bytes than the round's.
func firstReceipt(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	none, err := receiptOf(ctx(t), s, h.receipt(start))
	if err != nil || none != nil {
		t.Fatalf("before anybody looked: %+v, %v", none, err)
	}
	h.refused(advocacy.Conflict, "REVISION_CHANGED", func(ctx context.Context, tx workflow.Tx) error {
		r := h.receipt(start)
		r.Digest = advocacy.DigestOf([]byte("other bytes"))
		_, err := tx.AddReceipt(ctx, r)
		return err
	})
	var firsts atomic.Int64
	var kept atomic.Pointer[advocacy.Receipt]
	race(8, func(i int) {
		r, first := h.receipt(start.Add(time.Duration(i)*time.Minute)), false
		err := s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) (err error) {
			first, err = tx.AddReceipt(ctx, r)
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if first {
			firsts.Add(1)
			kept.Store(r)
		}
	})
	got, err := receiptOf(ctx(t), s, h.receipt(start))
	if err != nil {
		t.Fatal(err)
	}
	if n := firsts.Load(); n != 1 {
		t.Fatalf("%d of eight receipts were the first", n)
	}
	same(t, kept.Load(), got)
}

// receiptsOfDecisions holds that a decision has the time of the signer's own receipt for
// the round, if that was kept no later than the decision.
func receiptsOfDecisions(t *testing.T, s *store.Store) {
	for name, c := range map[string]struct {
		change func(h *house, r *advocacy.Receipt)
		want   bool
	}{
		"before":           {func(*house, *advocacy.Receipt) {}, true},
		"at once":          {func(_ *house, r *advocacy.Receipt) { r.Time = start }, true},
		"later":            {func(_ *house, r *advocacy.Receipt) { r.Time = start.Add(time.Microsecond) }, false},
		"somebody else's":  {func(h *house, r *advocacy.Receipt) { r.Person = h.author }, false},
		"of another round": {func(h *house, r *advocacy.Receipt) { r.Round = 2 }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, s)
			r := h.receipt(start.Add(-time.Minute))
			c.change(h, r)
			h.update(func(ctx context.Context, tx workflow.Tx) error {
				second := h.firstReview(h.draft)
				second.Round = 2
				if err := tx.AddReview(ctx, second); err != nil {
					return err
				}
				if _, err := tx.AddReceipt(ctx, r); err != nil {
					return err
				}
				return tx.AddDecision(ctx, h.decision())
			})
			all, err := s.Decisions(ctx(t), h.review.Subject)
			if err != nil || len(all) != 1 {
				t.Fatalf("%d decisions, %v", len(all), err)
			}
			if got := all[0].ViewTime; got.Equal(r.Time) != c.want || got.IsZero() == c.want {
				t.Errorf("the receipt of the decision is of %v, the one kept of %v", got, r.Time)
			}
		})
	}
}

// verdictTimes holds that the last verdicts of a role are found, each with the time since its round was
// opened: no other role's, and no steps aside.
func verdictTimes(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	add := func(h *house, after time.Duration, change func(d *advocacy.Decision)) {
		d := h.decision()
		d.Time = start.Add(after)
		change(d)
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddDecision(ctx, d) })
	}
	said := func(v advocacy.Verdict) func(d *advocacy.Decision) {
		return func(d *advocacy.Decision) { d.Verdict = v }
	}
	add(h, 3*time.Hour, said(advocacy.Approve))
	add(h, time.Hour, said(advocacy.RequestChanges))
	add(h, 2*time.Hour, said(advocacy.Reject))
	add(h, 4*time.Hour, said(advocacy.Recuse))
	add(h, 5*time.Hour, said(advocacy.Retract))
	add(h, 6*time.Hour, func(d *advocacy.Decision) { d.Role, d.Requirement = advocacy.RolePR, "pr" })
	add(other, 7*time.Hour, said(advocacy.Approve))
	for n, want := range map[int][]time.Duration{2: {2 * time.Hour, 3 * time.Hour}, 50: {time.Hour, 2 * time.Hour, 3 * time.Hour}} {
		got, err := s.VerdictTimes(ctx(t), h.ws, advocacy.RoleLegal, n)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		same(t, want, got)
	}
	if n, err := s.CountOpenedReviews(ctx(t), h.ws, start); err != nil || n != 1 {
		t.Errorf("%d rounds were opened, %v", n, err)
	}
	if n, err := s.CountOpenedReviews(ctx(t), h.ws, start.Add(time.Microsecond)); err != nil || n != 0 {
		t.Errorf("%d rounds were opened later, %v", n, err)
	}
}
