package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// policy stores a revision of a new policy that is not in force.
func (h *house) policy() advocacy.PolicyRef {
	p := advocacy.PolicyRef{Policy: id("policy"), Revision: 1}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddPolicyRevision(ctx, &workflow.PolicyRevision{
			Workspace: h.ws, Policy: p.Policy, Revision: p.Revision, Document: []byte("{}"), CreateTime: start,
		})
	})
	return p
}

// simulation is of a new policy against another one; it is not stored.
func (h *house) simulation() *workflow.PolicySimulation {
	return &workflow.PolicySimulation{
		Workspace: h.ws, ID: id("simulation"), Policy: h.policy(), Base: h.policy(), Days: 1, Author: h.author,
		State: workflow.SimulationRunning, CreateTime: start,
	}
}

var simulationTrip = trip[workflow.PolicySimulation]{
	fix: func(_ *rapid.T, h *house, m *workflow.PolicySimulation) {
		kept := h.simulation()
		m.Workspace, m.ID, m.Policy, m.Base, m.Author = kept.Workspace, kept.ID, kept.Policy, kept.Base, kept.Author
		m.Days, m.State = max(m.Days&0xff, 1), workflow.SimulationRunning
	},
	add: func(ctx context.Context, tx workflow.Tx, m *workflow.PolicySimulation) error {
		return tx.AddSimulation(ctx, m)
	},
	save: func(ctx context.Context, tx workflow.Tx, m *workflow.PolicySimulation) error {
		return tx.SaveSimulation(ctx, m)
	},
	read: func(ctx context.Context, s *store.Store, m *workflow.PolicySimulation) (*workflow.PolicySimulation, error) {
		return s.Simulation(ctx, m.Workspace, m.ID)
	},
	change: func(was, next *workflow.PolicySimulation) {
		state, progress, report, end := next.State, next.Progress, next.Report, next.EndTime
		*next = *was
		next.State, next.Progress, next.Report, next.EndTime = state, progress, report, end
	},
}

var activationTrip = trip[workflow.PolicyActivation]{
	fix: func(_ *rapid.T, h *house, a *workflow.PolicyActivation) {
		m := h.simulation()
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddSimulation(ctx, m) })
		a.Workspace, a.ID, a.Policy, a.Simulation, a.Person = h.ws, id("activation"), m.Policy, m.ID, h.author
	},
	add: func(ctx context.Context, tx workflow.Tx, a *workflow.PolicyActivation) error {
		return tx.AddActivation(ctx, a)
	},
	save: func(ctx context.Context, tx workflow.Tx, a *workflow.PolicyActivation) error {
		return tx.SaveActivation(ctx, a)
	},
	read: func(ctx context.Context, s *store.Store, a *workflow.PolicyActivation) (*workflow.PolicyActivation, error) {
		if _, err := s.Activation(ctx, a.Workspace, a.ID); err != nil {
			return nil, err
		}
		return s.FindActivation(ctx, a.Workspace, a.Policy)
	},
	change: func(was, next *workflow.PolicyActivation) {
		cursor, done, end := next.Cursor, next.Done, next.EndTime
		*next = *was
		next.Cursor, next.Done, next.EndTime = cursor, done, end
	},
}

// policiesInForce holds what the database says about activations: each rests on a
// simulation of its very revision, what has ended is not written any more, one of two
// who save at once is told, and one of several revisions is in force.
func policiesInForce(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	m, other := h.simulation(), h.policy()
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddSimulation(ctx, m) })
	if none, err := s.FindActivation(ctx(t), h.ws, m.Policy); none != nil || err != nil {
		t.Errorf("before anybody did: %+v, %v", none, err)
	}
	h.refused(advocacy.NotFound, "SIMULATION_NOT_FOUND", func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddActivation(ctx, &workflow.PolicyActivation{
			Workspace: h.ws, ID: id("activation"), Policy: other, Simulation: m.ID, Person: h.author,
			Recomputing: workflow.Recomputing{CreateTime: start},
		})
	})
	stale := *m
	m.State, m.EndTime = workflow.SimulationSucceeded, start.Add(time.Minute)
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.SaveSimulation(ctx, m) })
	h.refused(advocacy.Conflict, "SIMULATION_CHANGED", func(ctx context.Context, tx workflow.Tx) error { return tx.SaveSimulation(ctx, &stale) })
	where := fmt.Sprintf(" WHERE workspace_id = '%s'", h.ws)
	for _, statement := range []string{
		"UPDATE policy_simulations SET report = '{}'", "DELETE FROM policy_simulations", "UPDATE routing_policies SET author = 'other'",
	} {
		if _, err := s.SQLWriter().ExecContext(ctx(t), statement+where); err == nil {
			t.Errorf("the database accepted %s", statement)
		}
	}
	for _, p := range []advocacy.PolicyRef{m.Policy, other} {
		h.update(func(ctx context.Context, tx workflow.Tx) error {
			return tx.ActivatePolicy(ctx, h.ws, p.Policy, p.Revision)
		})
		if now, err := s.Policy(ctx(t), h.ws); err != nil || now.Policy != p.Policy {
			t.Errorf("in force is %+v, %v", now, err)
		}
	}
}

// simulationsOf holds that the simulations of a revision are listed newest first, in pages,
// and none of another.
func simulationsOf(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	var want []string
	first := h.simulation()
	for range 3 {
		m := *first
		m.ID = id("simulation")
		want = append([]string{m.ID}, want...)
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddSimulation(ctx, &m) })
	}
	another := h.simulation()
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddSimulation(ctx, another) })
	var got []string
	for p := (workflow.Page{Size: 2}); ; {
		some, next, err := s.Simulations(ctx(t), h.ws, first.Policy, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range some {
			got = append(got, m.ID)
		}
		if p.After = next; next == "" {
			break
		}
	}
	same(t, want, got)
}

// documentsByDigest holds that a document that was read before is not taken for that of
// another digest, nor for one of another workspace, nor for one that was never committed.
func documentsByDigest(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	put := func(h *house, document string) func(ctx context.Context, tx workflow.Tx) error {
		return func(ctx context.Context, tx workflow.Tx) error {
			err := tx.AddPolicyRevision(ctx, &workflow.PolicyRevision{
				Workspace: h.ws, Policy: "default", Revision: number(), Active: true,
				Document: []byte(document), Digest: advocacy.DigestOf([]byte(document)),
			})
			if err != nil {
				return err
			}
			now, err := tx.Policy(ctx, h.ws)
			if err != nil || string(now.Document) != document {
				t.Errorf("in its transaction the document is %q, %v, want %q", now.Document, err, document)
			}
			return err
		}
	}
	want := func(h *house, document string) {
		t.Helper()
		for range 2 {
			now, err := s.Policy(ctx(t), h.ws)
			if err != nil || string(now.Document) != document {
				t.Errorf("the document is %q, %v, want %q", now.Document, err, document)
			}
		}
	}
	h.update(put(h, "one"))
	other.update(put(other, "another"))
	want(h, "one")
	want(other, "another")
	undone := errors.New("undone")
	err := s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error {
		return errors.Join(put(h, "never")(ctx, tx), undone)
	})
	if !errors.Is(err, undone) {
		t.Error(err)
	}
	want(h, "one")
	h.update(put(h, "two"))
	want(h, "two")
}
