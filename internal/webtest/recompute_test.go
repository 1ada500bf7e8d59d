package webtest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/demo"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// While everything open is looked at again after a change of roles, the pages of people say how far that
// is, to whoever may see the policy, and no longer than it goes on.
func TestRecomputingOnThePeoplePage(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := &workflow.Recomputation{Workspace: demo.Workspace, ID: h.Flow.NewID(), Recomputing: workflow.Recomputing{CreateTime: time.Now()}}
	change := func(fn func(ctx context.Context, tx workflow.Tx) error) {
		t.Helper()
		if err := h.Store.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	change(func(ctx context.Context, tx workflow.Tx) error { return tx.AddRecomputation(ctx, r) })
	r.Done, r.Failed, r.Total = 400, 1, 1203
	change(func(ctx context.Context, tx workflow.Tx) error { return tx.SaveRecomputation(ctx, r) })
	thomas := h.guest(t, "Thomas")
	pages := []string{workspace + "/people", thomas.get(workspace+"/people").memberPage(t, "Priya Nair")}
	for _, page := range pages {
		d := thomas.get(page)
		if said := words(d.root); d.status != http.StatusOK || !strings.Contains(said, "400 of 1203 so far") || !strings.Contains(said, "1 could not be looked at and is tried again") {
			t.Errorf("%d: %s does not say how far it is: %s", d.status, page, said)
		}
	}
	r.EndTime = time.Now()
	change(func(ctx context.Context, tx workflow.Tx) error { return tx.SaveRecomputation(ctx, r) })
	for _, page := range pages {
		if said := words(thomas.get(page).root); strings.Contains(said, "1203") {
			t.Errorf("%s says so after its end: %s", page, said)
		}
	}
}

// So does the page of the policy, of what follows its activation.
func TestRecomputingOnThePolicyPage(t *testing.T) {
	t.Parallel()
	h := open(t)
	members, _, err := h.Store.Members(t.Context(), workflow.MemberQuery{Workspace: demo.Workspace, Page: workflow.Page{Size: 1}})
	if err != nil {
		t.Fatal(err)
	}
	err = h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		p, err := tx.Policy(ctx, demo.Workspace)
		if err != nil {
			return err
		}
		ref := advocacy.PolicyRef{Policy: p.Policy, Revision: p.Revision}
		simulated := &workflow.PolicySimulation{
			Workspace: demo.Workspace, ID: h.Flow.NewID(), Policy: ref, Base: ref, Days: 1, Author: members[0].Person,
			State: workflow.SimulationRunning, CreateTime: time.Now(),
		}
		a := &workflow.PolicyActivation{
			Workspace: demo.Workspace, ID: h.Flow.NewID(), Policy: ref, Simulation: simulated.ID, Person: members[0].Person,
			Recomputing: workflow.Recomputing{CreateTime: time.Now()},
		}
		if err := errors.Join(tx.AddSimulation(ctx, simulated), tx.AddActivation(ctx, a)); err != nil {
			return err
		}
		a.Done, a.Failed, a.Total = 400, 2, 1203
		return tx.SaveActivation(ctx, a)
	})
	if err != nil {
		t.Fatal(err)
	}
	if said := words(h.guest(t, "Thomas").get(workspace + "/policy").root); !strings.Contains(said, "400 of 1203 so far · 2 could not be and are tried again") {
		t.Errorf("the page does not say how far it is: %s", said)
	}
}
