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

// A part that is asked for again does not take away what somebody has begun to use meanwhile, however late
// the answer comes, and is asked for once at a time.
func TestLateAnswerTakesNothingAway(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := &workflow.Recomputation{Workspace: demo.Workspace, ID: h.Flow.NewID(), Recomputing: workflow.Recomputing{CreateTime: time.Now()}}
	reached := func(done int64, write func(workflow.Tx) func(context.Context, *workflow.Recomputation) error) {
		t.Helper()
		r.Done, r.Total = done, 1203
		if err := h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error { return write(tx)(ctx, r) }); err != nil {
			t.Fatal(err)
		}
	}
	reached(400, func(tx workflow.Tx) func(context.Context, *workflow.Recomputation) error { return tx.AddRecomputation })
	b := h.browse(t, "Thomas", looks(0)[0])
	b.open(workspace + "/people")
	// Answers come when the test says so; came counts those that the page has had the time to use.
	b.until(`(() => {
		const asked = window.fetch;
		window.late = [], window.came = 0;
		window.fetch = (...about) => new Promise((answered) => late.push(async () => {
			const answer = await asked(...about);
			answered(answer);
			await new Promise((used) => setTimeout(used, 100));
			window.came++;
		}));
		return true;
	})()`)
	b.until(`late.length === 1`)
	reached(500, func(tx workflow.Tx) func(context.Context, *workflow.Recomputation) error { return tx.SaveRecomputation })
	b.until(`(() => {
		const part = document.getElementById("recomputing");
		part.tabIndex = -1;
		part.focus();
		late[0]();
		return document.activeElement === part;
	})()`)
	b.until(`came === 1`)
	if said := ask[string](b, `document.activeElement.id + " " + document.activeElement.innerText`); !strings.Contains(said, "recomputing") || !strings.Contains(said, "400 of 1203") {
		t.Errorf("what was in use was taken away: %s", said)
	}
	b.until(`(() => { document.activeElement.blur(); return late.length === 2; })()`)
	b.until(`(() => { late[1](); late[1] = () => {}; return true; })()`)
	b.until(`document.getElementById("recomputing").innerText.includes("500 of 1203")`)
}

// The page of the policy says as much of what follows its activation.
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
