package storetest

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// formerPlan is one the house's review had; it is not stored.
func (h *house) formerPlan() *advocacy.FormerPlan {
	return &advocacy.FormerPlan{
		Subject: h.review.Subject, Round: h.review.Round, Number: 1, Plan: h.review.Plan, Policy: h.review.Policy,
		Cause: advocacy.PlanGrew, Time: start,
	}
}

// planHistory holds that of many who replace a plan at once one after the other does, so
// that the former plans are numbered without a gap and in their order, and that a plan
// which was rerouted names who did it.
func planHistory(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	h.refused(advocacy.Internal, "", func(ctx context.Context, tx workflow.Tx) error {
		f := h.formerPlan()
		f.Cause = advocacy.PlanRerouted
		return tx.AddFormerPlan(ctx, f)
	})
	h.refused(advocacy.NotFound, "REVIEW_NOT_FOUND", func(ctx context.Context, tx workflow.Tx) error {
		f := h.formerPlan()
		f.Round = 9
		return tx.AddFormerPlan(ctx, f)
	})
	var kept atomic.Int64
	race(8, func(int) {
		err := s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error {
			if _, err := tx.ReviewForUpdate(ctx, h.review.Subject, h.review.Round); err != nil {
				return err
			}
			all, err := tx.FormerPlans(ctx, h.review.Subject, h.review.Round)
			if err != nil {
				return err
			}
			f := h.formerPlan()
			f.Number = len(all) + 1
			return tx.AddFormerPlan(ctx, f)
		})
		if err != nil {
			t.Error(err)
		}
		kept.Add(1)
	})
	all, err := s.FormerPlans(ctx(t), h.review.Subject, h.review.Round)
	if err != nil || int64(len(all)) != kept.Load() {
		t.Fatalf("%d former plans of %d: %v", len(all), kept.Load(), err)
	}
	for i, f := range all {
		if f.Number != i+1 {
			t.Errorf("former plan %d is number %d", i+1, f.Number)
		}
	}
}
