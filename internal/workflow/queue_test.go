package workflow_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// turns are the requirements that wait for a person, as the queue shows them.
func turns(t *testing.T, h *workflowtest.House, p advocacy.PersonID) []string {
	t.Helper()
	m, err := h.Store.Member(t.Context(), h.W, p)
	ok(t, err)
	tasks, _, err := h.Flow.Tasks(t.Context(), h.As(p), workflow.TaskQuery{
		Workspace: h.W, Person: p, Roles: m.RoleNames(), State: workflow.TaskOpen, Page: workflow.Page{Size: 50},
	})
	ok(t, err)
	var out []string
	for _, task := range tasks {
		out = append(out, task.Requirement)
	}
	slices.Sort(out)
	return out
}

func waits(t *testing.T, h *workflowtest.House, p advocacy.PersonID, want ...string) {
	t.Helper()
	if got := turns(t, h, p); !slices.Equal(got, want) {
		t.Fatalf("the queue shows %v, want %v", got, want)
	}
}

// TestWhoseTurnItIs: the queue is the count's other face.
func TestWhoseTurnItIs(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	waits(t, h, h.Legal, "legal")
	waits(t, h, h.PR, "pr")
	waits(t, h, h.Both, "legal", "pr")
	waits(t, h, h.Admin)
	h.Sign(t, h.Both, v, "legal")
	waits(t, h, h.Legal)
	waits(t, h, h.Both) // one person fills one slot
	waits(t, h, h.PR, "pr")
	ok(t, h.Decide(t, h.PR, v, "pr", advocacy.RequestChanges))
	waits(t, h, h.PR)
	next := edit(t, h, v, "Changed.")
	waits(t, h, h.Legal)
	h.Clock.Advance(time.Second)
	h.Submit(t, next)
	waits(t, h, h.Legal, "legal")
	waits(t, h, h.PR, "pr")
	h.Sign(t, h.Legal, next, "legal")
	h.Sign(t, h.PR, next, "pr")
	for _, p := range []advocacy.PersonID{h.Legal, h.Legal2, h.PR, h.Both} {
		waits(t, h, p)
	}
	ok(t, h.Decide(t, h.Legal, next, "legal", advocacy.Retract))
	waits(t, h, h.Legal2, "legal")
	ok(t, tryWithdraw(t, h, h.Author, v))
	waits(t, h, h.Legal2)
}

// TestQueueLeavesOutWritersAndRecusals: it is never their turn.
func TestQueueLeavesOutWritersAndRecusals(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	regrant(t, h, h.Author, advocacy.RoleEmployee, advocacy.RoleLegal)
	v := h.Submit(t, h.Draft(t, "Mine.", h.Ledger))
	waits(t, h, h.Author)
	ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.Recuse))
	waits(t, h, h.Legal)
	waits(t, h, h.Legal2, "legal")
}

// TestQueueShowsWhatIsOpen: a later stage is nobody's turn yet.
func TestQueueShowsWhatIsOpen(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	second := routing.Sign(advocacy.RolePR, 1)
	second.Stage = 2
	enact(t, h, routing.Sign(advocacy.RoleLegal, 1), second)
	v := inReview(t, h, l)
	waits(t, h, h.PR)
	h.Sign(t, h.Legal, v, "legal")
	waits(t, h, h.PR, "pr")
	task, _, err := h.Flow.Tasks(t.Context(), h.As(h.PR), workflow.TaskQuery{Workspace: h.W, Subject: v.Post.Subject(), State: workflow.TaskOpen, Page: workflow.Page{Size: 10}})
	ok(t, err)
	if len(task) != 1 || task[0].Digest != v.Head.Digest || task[0].Title != "Read me." || task[0].Author != h.Author || task[0].Need != 1 {
		t.Fatalf("the turn is %+v", task)
	}
}

// TestTurnTellsWhichRulesAsked: each turn says which rules asked for its signature, with what they have
// come to ask since; of a turn that is older than that it is known once its round was computed again.
func TestTurnTellsWhichRulesAsked(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	second := recruit(t, h, "Second", advocacy.RoleAdmin)
	h.Submit(t, h.Draft(t, "Asked about."))
	open := workflow.TaskQuery{Workspace: h.W, State: workflow.TaskOpen, Page: workflow.Page{Size: 9}}
	asked := func() map[string][]string {
		tasks, _, err := h.Store.Tasks(t.Context(), open)
		ok(t, err)
		by := make(map[string][]string)
		for _, task := range tasks {
			by[task.Requirement] = task.AskedBy
		}
		return by
	}
	same := func(want map[string][]string) {
		t.Helper()
		if got := asked(); !reflect.DeepEqual(got, want) {
			t.Errorf("%v asked, want %v", got, want)
		}
	}
	same(map[string][]string{"legal": {"own-words"}, "pr": {"own-words"}})
	activate(t, h, second, activation(simulate(t, h, draft(t, h, `
defaults: [{role: "approver:legal", veto: true}, {role: "approver:pr", veto: true}]
rules:
  - {id: anything, reason: Legal sees all of it., when: "true", require: [{role: "approver:legal", veto: true}]}
`))))
	same(map[string][]string{"legal": {"own-words", "anything"}, "pr": {"own-words"}})
	h.Watch(t, workflow.LexiconDraft{Terms: []advocacy.Term{{Text: "about", Grade: advocacy.GradeRestricted, Role: advocacy.RolePR, Reason: "PR sees it."}}})
	h.Reassess(t)
	want := map[string][]string{"legal": {"own-words", "anything"}, "pr": {"own-words", "term: about"}}
	same(want)

	ok(t, h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		tasks, _, err := tx.Tasks(ctx, open)
		for i := range tasks {
			tasks[i].AskedBy = nil
		}
		return errors.Join(err, tx.PutTasks(ctx, tasks...))
	}))
	same(map[string][]string{"legal": nil, "pr": nil})
	h.Reassess(t)
	same(want)
}
