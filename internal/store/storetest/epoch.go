package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// epochsBegin holds that an epoch begins once and stays, and what is put in doubt when one does.
func epochsBegin(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	first, err := s.Epoch(ctx(t))
	if err != nil || first.Number < 1 || len(first.Deployment) != 32 {
		t.Fatalf("epoch %+v, %v", first, err)
	}
	before, err := s.Progress(ctx(t))
	if err != nil || before.Epoch != first.Number {
		t.Fatalf("progress %+v, %v", before, err)
	}
	next := &advocacy.Epoch{Number: first.Number + 1, Deployment: first.Deployment, BeginTime: start, Sequence: 7, Cause: advocacy.EpochTold}
	begin := func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.Record(ctx, h.record("epoch")); err != nil {
			return err
		}
		begun, err := tx.BeginEpoch(ctx, next)
		if !begun {
			t.Error("it has begun already")
		}
		return err
	}
	h.update(begin)
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		begun, err := tx.BeginEpoch(ctx, next)
		if begun {
			t.Error("it begins twice")
		}
		return err
	})
	if now, err := s.Epoch(ctx(t)); err != nil || *now != *next {
		t.Errorf("epoch %+v, %v; want %+v", now, err, next)
	}
	after, err := s.Progress(ctx(t))
	if err != nil || !before.Behind(after) || after.Behind(before) || after.Sequence <= before.Sequence {
		t.Errorf("progress %+v after %+v, %v", after, before, err)
	}
	for _, statement := range []string{"UPDATE epochs SET cause = 'x'", "DELETE FROM epochs"} {
		if _, err := s.SQLWriter().ExecContext(ctx(t), statement); err == nil {
			t.Errorf("the database accepted %s", statement)
		}
	}
	doubtDue(h)
}

// doubtDue puts what is due in doubt, in a transaction that leaves nothing: others have publications.
func doubtDue(h *house) {
	undone := errors.New("undone")
	err := h.s.Update(ctx(h.t), func(ctx context.Context, tx workflow.Tx) error {
		made := map[advocacy.PublicationState][2]*advocacy.Publication{}
		for _, state := range advocacy.PublicationStates() {
			var pair [2]*advocacy.Publication
			for i, due := range []time.Time{tx.Now(), tx.Now().Add(time.Second)} {
				x := h.publication()
				x.ID, x.State, x.DueTime, x.Revision = advocacy.PublicationID(id("publication")), state, due, number()
				if err := tx.AddPublication(ctx, x); err != nil {
					return err
				}
				pair[i] = x
			}
			made[state] = pair
		}
		if n, err := tx.DoubtDue(ctx); err != nil || n < 3 {
			h.t.Errorf("%d are in doubt, %v", n, err)
		}
		for state, pair := range made {
			waits := state == advocacy.Scheduled || state == advocacy.Claimed || state == advocacy.HandedOver
			for i, x := range pair {
				got, err := tx.Publication(ctx, h.ws, x.ID)
				if err != nil {
					return err
				}
				if want := waits && i == 0; got.Doubt != want || got.State != state || (got.Version > x.Version) != want {
					h.t.Errorf("%s, due %v: %+v", state, i == 0, got)
				}
			}
		}
		return undone
	})
	if !errors.Is(err, undone) {
		h.t.Error(err)
	}
}
