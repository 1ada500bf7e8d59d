package storetest

import (
	"context"
	"slices"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// turnsOfRound holds that a round has all of its turns, that the same turn keeps its id, and that
// none is left open when they are closed.
func turnsOfRound(t *testing.T, h *house, turn workflow.Task) {
	t.Helper()
	whole, err := h.s.TasksOf(ctx(t), turn.Subject, turn.Round)
	if err != nil || !slices.ContainsFunc(whole, func(k workflow.Task) bool { return k.ID == turn.ID && k.Requirement == turn.Requirement }) {
		t.Fatalf("the turns of the round are %+v, %v", whole, err)
	}

	// The same turn again keeps its id.
	again := turn
	again.ID, again.Have = advocacy.TaskID(id("task")), 1
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.PutTasks(ctx, again) })
	got, err := h.s.Task(ctx(t), h.ws, turn.ID)
	if err != nil || got.Have != 1 {
		t.Fatalf("the turn is %+v, %v", got, err)
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.CloseTasks(ctx, h.draft.Subject()) })
	q := workflow.TaskQuery{Page: all, Workspace: h.ws, State: workflow.TaskOpen}
	wantKeys(t, "closed", nil, func(k workflow.Task) string { return string(k.ID) })(h.s.Tasks(ctx(t), q))
}

// turnsOfWhoMay holds that a turn of who may do something is theirs in each order, nobody else's, and
// stays when a round is over.
func turnsOfWhoMay(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	round, unknown := h.task(0), h.task(1)
	unknown.Requirement, unknown.Role, unknown.Excluded = "", "", nil
	unknown.Why, unknown.Permission = advocacy.WhyUnknown, advocacy.PermissionResolve
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.PutTasks(ctx, round, unknown); err != nil {
			return err
		}
		return tx.CloseTasks(ctx, h.draft.Subject())
	})
	key := func(k workflow.Task) string { return string(k.ID) }
	for _, order := range []workflow.TaskOrder{workflow.OrderUrgency, workflow.OrderDue, workflow.OrderMade} {
		q := workflow.TaskQuery{Page: all, Workspace: h.ws, Person: "somebody", Attention: true, State: workflow.TaskOpen, Order: order}
		wantKeys(t, string(order)+", of who may not", nil, key)(s.Tasks(ctx(t), q))
		q.Permissions = advocacy.TurnPermissions()
		wantKeys(t, string(order)+", of who may", []string{key(unknown)}, key)(s.Tasks(ctx(t), q))
	}
}

// turnsBehind holds that open turns are found of posts whose state tells what became of their
// publications, and of no others.
func turnsBehind(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	first, second, done, unknown := h.task(0), h.task(1), h.task(2), h.task(3)
	done.State = workflow.TaskDone
	unknown.Requirement, unknown.Role, unknown.Why, unknown.Permission = "", "", advocacy.WhyUnknown, advocacy.PermissionResolve
	first.Author, second.Author = h.author, "somebody else"
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.PutTasks(ctx, first, second, done, unknown) })
	find := func(what string, author advocacy.PersonID, after advocacy.TaskID, want ...advocacy.TaskID) {
		t.Helper()
		found, err := s.TurnsBehind(ctx(t), h.ws, author, after, 10)
		var got []advocacy.TaskID
		for i := range found {
			got = append(got, found[i].ID)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: found %v, %v; want %v", what, got, err, want)
		}
	}
	for _, state := range advocacy.PostStates() {
		h.update(func(ctx context.Context, tx workflow.Tx) error {
			p, err := tx.PostForUpdate(ctx, h.ws, h.draft.ID)
			if err != nil {
				return err
			}
			p.State = state
			return tx.SavePost(ctx, p)
		})
		switch state {
		case advocacy.PostPublishing, advocacy.PostPublished, advocacy.PostPartiallyPublished, advocacy.PostFailed, advocacy.PostRecalled:
			find(string(state), "", "", first.ID, second.ID)
			find(string(state)+", the next page", "", first.ID, second.ID)
			find(string(state)+", of one author", h.author, "", first.ID)
		default:
			find(string(state), "", "")
		}
	}
}
