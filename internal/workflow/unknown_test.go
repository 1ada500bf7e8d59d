package workflow_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// attention are the whys of the turns that wait for somebody, as the door asks for them.
func attention(t *testing.T, h *workflowtest.House, p advocacy.PersonID) []workflow.Task {
	t.Helper()
	c := h.As(p)
	q := workflow.TaskQuery{
		Workspace: h.W, Person: p, Roles: c.Actor.Roles, Attention: true, State: workflow.TaskOpen, Order: workflow.OrderUrgency, Page: workflow.Page{Size: 9},
	}
	ok(t, h.Flow.PermitTurns(t.Context(), c, &q))
	tasks, _, err := h.Flow.Tasks(t.Context(), c, q)
	ok(t, err)
	// Who may see others' turns is shown the same.
	seen := q
	seen.Permissions = nil
	ok(t, h.Flow.PermitTurns(t.Context(), h.As(h.Auditor), &seen))
	if !slices.Equal(seen.Permissions, q.Permissions) {
		t.Fatalf("somebody else is told that turns wait for who may %v, the person for who may %v", seen.Permissions, q.Permissions)
	}
	return tasks
}

// timesReminded is how often somebody was reminded for a reason.
func timesReminded(t *testing.T, h *workflowtest.House, p advocacy.PersonID, code advocacy.ReminderCode) int {
	t.Helper()
	all, _, err := h.Store.Reminders(t.Context(), h.W, p, workflow.Page{Size: 50})
	ok(t, err)
	n := 0
	for i := range all {
		if all[i].Code == code {
			n++
		}
	}
	return n
}

// resolver gives somebody a role that may say what became of publications, and nothing else.
func resolver(t *testing.T, h *workflowtest.House, p advocacy.PersonID) {
	t.Helper()
	_, err := h.Flow.CreateRole(t.Context(), h.As(h.Admin), h.W, advocacy.RoleDef{
		Role: "operator", DisplayName: "Operator", Permissions: []advocacy.Permission{"publications.read", "tasks.read", advocacy.PermissionResolve},
	})
	ok(t, err)
	regrant(t, h, p, "operator")
}

// TestUnknownIsSomebodysTurn (I25): that nobody knows how a publication ended waits for who may say
// it, by whatever role, since it came to be so, however often it is looked for in vain; and for
// nobody once it is said.
func TestUnknownIsSomebodysTurn(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	resolver(t, h, h.Reader)
	v := publishing(t, h, l)
	x := publications(t, h, v)[0]
	want := advocacy.Turn{Why: advocacy.WhyUnknown, Permission: advocacy.PermissionResolve, Since: h.Clock.Now()}
	waits := func(persons ...advocacy.PersonID) {
		t.Helper()
		for _, p := range []advocacy.PersonID{h.Author, h.Legal, h.PR, h.Admin, h.Reader} {
			var got []advocacy.Turn
			for _, k := range attention(t, h, p) {
				got = append(got, advocacy.Turn{Why: k.Why, Permission: k.Permission, Since: k.Since})
			}
			var mine []advocacy.Turn
			if slices.Contains(persons, p) {
				mine = []advocacy.Turn{want}
			}
			if diff := cmp.Diff(mine, got); diff != "" {
				t.Errorf("%s: %s", p, diff)
			}
		}
		told, err := h.Flow.ExplainPost(t.Context(), h.As(h.Author), h.W, v.Post.ID)
		ok(t, err)
		round, err := h.Flow.ExplainReview(t.Context(), h.As(h.Author), v.Post.Subject(), x.Round)
		ok(t, err)
		var turns []advocacy.Turn
		if len(persons) > 0 {
			turns = []advocacy.Turn{want}
		}
		for what, got := range map[string][]advocacy.Turn{"post": told.Review.Turns, "round": round.Turns} {
			if diff := cmp.Diff(turns, got); diff != "" {
				t.Errorf("the explanation of the %s: %s", what, diff)
			}
		}
	}
	waits(h.Admin, h.Reader)
	h.Clock.Advance(time.Hour)
	l.SeeingWith(func(network.Delivery) network.Sighting { return network.Sighting{} })
	ok(t, h.Worker.Look(t.Context(), publicationJob(h, x.ID)))
	h.Reassess(t)
	waits(h.Admin, h.Reader)

	turn := attention(t, h, h.Reader)[0]
	if _, err := h.Flow.Task(t.Context(), h.As(h.Reader), h.W, turn.ID); err != nil {
		t.Errorf("who is waited for is not shown the turn: %v", err)
	}
	if _, err := h.Flow.SnoozeTask(t.Context(), h.As(h.Reader), h.W, turn.ID, h.Clock.Now().Add(time.Hour)); err != nil {
		t.Errorf("who is waited for cannot put it off: %v", err)
	}
	waits(h.Admin)
	h.Clock.Advance(time.Hour)
	regrant(t, h, h.Reader, advocacy.RoleEmployee)
	waits(h.Admin)
	ok(t, resolve(t, h, h.As(h.Admin), v, workflow.Resolve{Resolution: advocacy.ResolveAbsent, Reason: "I looked"}))
	waits()
}

// TestUnknownOutlivesItsRound: what becomes of the round afterwards takes the turn from nobody.
func TestUnknownOutlivesItsRound(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := publishing(t, h, l)
	ok(t, h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error { return tx.CloseTasks(ctx, v.Post.Subject()) }))
	if got := attention(t, h, h.Admin); len(got) != 1 || got[0].Why != advocacy.WhyUnknown {
		t.Fatalf("waits for an admin: %+v", got)
	}
}

// TestRemindUnknown: who may say what became of a publication is reminded after a quarter of an hour,
// a day and a week, once each, and not of what is known by then.
func TestRemindUnknown(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	resolver(t, h, h.Reader)
	v := publishing(t, h, l)
	x := publications(t, h, v)[0]
	job := workflow.UnknownJob{Workspace: h.W, Post: x.Post, Publication: x.ID, Since: x.UpdateTime}
	heard := func(n int) {
		t.Helper()
		for _, p := range []advocacy.PersonID{h.Admin, h.Reader} {
			if got := timesReminded(t, h, p, advocacy.RemindUnknown); got != n {
				t.Errorf("%s was reminded %d times, want %d", p, got, n)
			}
		}
		if got := timesReminded(t, h, h.Legal, advocacy.RemindUnknown); got != 0 {
			t.Errorf("who may not say it was reminded %d times", got)
		}
	}
	remind := func(rung int, since time.Time) {
		t.Helper()
		job.Rung, job.Since = rung, since
		ok(t, h.Flow.RemindUnknown(t.Context(), job))
	}
	remind(0, x.UpdateTime)
	heard(0) // too early
	h.Clock.Advance(15 * time.Minute)
	remind(0, x.UpdateTime)
	remind(0, x.UpdateTime)
	remind(1, x.UpdateTime)
	heard(1)
	h.Clock.Advance(24 * time.Hour)
	remind(1, x.UpdateTime)
	remind(1, x.UpdateTime.Add(time.Hour)) // of another time
	heard(2)
	ok(t, resolve(t, h, h.As(h.Admin), v, workflow.Resolve{Resolution: advocacy.ResolveAbsent, Reason: "I looked"}))
	h.Clock.Advance(7 * 24 * time.Hour)
	remind(2, x.UpdateTime)
	heard(2)
}

// TestRemindUnknownOfNobodys: where no role may say what became of publications it waits for the
// admins, who can give that to somebody.
func TestRemindUnknownOfNobodys(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	admin, err := h.Flow.Role(t.Context(), h.As(h.Admin), h.W, advocacy.RoleAdmin)
	ok(t, err)
	left := slices.DeleteFunc(slices.Clone(admin.Permissions), func(p advocacy.Permission) bool { return p == advocacy.PermissionResolve })
	_, err = h.Flow.UpdateRole(t.Context(), h.As(h.Admin), h.W, advocacy.RoleAdmin, workflow.RoleChange{Permissions: &left})
	ok(t, err)
	x := publications(t, h, publishing(t, h, l))[0]
	if got := attention(t, h, h.Admin); len(got) != 1 || got[0].Why != advocacy.WhyUnknown {
		t.Errorf("waits for an admin: %+v", got)
	}
	h.Clock.Advance(15 * time.Minute)
	ok(t, h.Flow.RemindUnknown(t.Context(), workflow.UnknownJob{Workspace: h.W, Post: x.Post, Publication: x.ID, Since: x.UpdateTime}))
	if n := timesReminded(t, h, h.Admin, advocacy.RemindUnknown); n != 1 {
		t.Errorf("an admin was reminded %d times", n)
	}
}
