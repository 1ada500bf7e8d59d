package workflow_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/store/storetest"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// taskOf is the turn of a requirement in the newest round of a post.
func taskOf(t testing.TB, h *workflowtest.House, v *workflow.PostView, requirement string) *workflow.Task {
	t.Helper()
	p, err := h.Store.Post(t.Context(), h.W, v.Post.ID)
	ok(t, err)
	tasks, _, err := h.Store.Tasks(t.Context(), workflow.TaskQuery{Workspace: h.W, Subject: p.Subject(), Page: workflow.Page{Size: 100}})
	ok(t, err)
	for i := range tasks {
		if tasks[i].Round == p.Round && tasks[i].Requirement == requirement {
			return &tasks[i]
		}
	}
	t.Fatalf("there is no turn for %q", requirement)
	return nil
}

func claim(t testing.TB, h *workflowtest.House, who advocacy.PersonID, task *workflow.Task) error {
	_, err := h.Flow.ClaimTask(t.Context(), h.As(who), h.W, task.ID, false)
	return err
}

// TestClaimAgainstDecide: a claim and a decision of somebody else come at once. Whoever
// commits first wins, and the other is told why not.
func TestClaimAgainstDecide(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		claimed := 0
		for i := range 30 {
			v := h.Submit(t, h.Draft(t, fmt.Sprintf("Race %d.", i), h.Ledger))
			task := taskOf(t, h, v, "legal")
			errs := together(
				func() error { return claim(t, h, h.Legal2, task) },
				func() error { return h.Decide(t, h.Legal, v, "legal", advocacy.Approve) },
			)
			switch a, b := advocacy.ReasonOf(errs[0]), advocacy.ReasonOf(errs[1]); {
			case errs[0] == nil && b == "CLAIMED":
				claimed++
			case a == "TASK_DONE" && errs[1] == nil:
			default:
				t.Fatalf("run %d: the claim got %v, the decision %v", i, errs[0], errs[1])
			}
		}
		t.Logf("the claim came first in %d of 30 runs", claimed)
	})
}

// TestClaimsStandBesideTheReview: what the review writes of a turn leaves the claim alone,
// time ends it, and a decision under it gives it back.
func TestClaimsStandBesideTheReview(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	enact(t, h, routing.Sign(advocacy.RoleLegal, 2), routing.Sign(advocacy.RolePR, 1))
	v := h.Submit(t, h.Draft(t, "Hello.", h.Ledger))
	task := taskOf(t, h, v, "legal")
	ok(t, claim(t, h, h.Legal, task))
	h.Sign(t, h.PR, v, "pr") // writes all turns of the round
	if got := taskOf(t, h, v, "legal").Claim; got.Person != h.Legal || got.Epoch != 1 {
		t.Fatalf("the claim is %+v", got)
	}
	refuses(t, h, advocacy.Precondition, "CLAIMED", func() error { return h.Decide(t, h.Legal2, v, "legal", advocacy.Approve) })
	h.Sign(t, h.Legal, v, "legal")
	if got := taskOf(t, h, v, "legal"); got.Claim.Person != "" || got.Have != 1 {
		t.Fatalf("after its holder decided the claim is %+v", got.Claim)
	}
	refuses(t, h, advocacy.Denied, "NOT_ELIGIBLE", func() error { return claim(t, h, h.Legal, task) })
	ok(t, claim(t, h, h.Legal2, task))
	h.Clock.Advance(advocacy.ClaimLife)
	h.Sign(t, h.Both, v, "legal")
}

// TestWhoMayClaim: only who could sign it now.
func TestWhoMayClaim(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	task := taskOf(t, h, v, "legal")
	refuses(t, h, advocacy.Denied, "NOT_IN_ROLE", func() error { return claim(t, h, h.PR, task) })
	refuses(t, h, advocacy.NotFound, "TASK_NOT_FOUND", func() error { return claim(t, h, h.Reader, task) })
	call := h.As(h.Legal)
	regrant(t, h, h.Legal, advocacy.RolePR) // meanwhile; the call still carries the old roles
	refuses(t, h, advocacy.Denied, "NOT_IN_ROLE", func() error {
		_, err := h.Flow.ClaimTask(t.Context(), call, h.W, task.ID, false)
		return err
	})
}

// TestCouldI: the guards answer, and nothing is written, not even the request id.
func TestCouldI(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	h.Sign(t, h.PR, v, "pr")
	call := identified(h.As(h.Legal), "0198f000-0000-7000-8000-00000000c0d1", "Decide", "asking")
	h.View(t, h.Legal, v.Post.Subject(), 1)
	before := len(records(t, h, ""))
	verdict := workflow.Verdict{Verdict: advocacy.Approve, Requirement: "legal", Digest: v.Head.Digest, ValidateOnly: true}
	d, view, err := h.Flow.Decide(t.Context(), call, v.Post.Subject(), 1, verdict)
	ok(t, err)
	if d.ID != "" || view.Review.State != advocacy.ReviewApproved || !view.Tally.Satisfied {
		t.Errorf("the answer is %+v, %s", d, view.Review.State)
	}
	review(t, h, v, advocacy.ReviewOpen)
	stand(t, h, v)
	if after := len(records(t, h, "")); after != before {
		t.Errorf("%d records were written", after-before)
	}
	verdict.ValidateOnly = false
	call = identified(h.As(h.Legal), "0198f000-0000-7000-8000-00000000c0d1", "Decide", "doing")
	_, _, err = h.Flow.Decide(t.Context(), call, v.Post.Subject(), 1, verdict)
	ok(t, err)
	review(t, h, v, advocacy.ReviewApproved)
}

// TestReassigned: the attention goes to who was asked until he or she cannot give the
// signature any more, and then to the role again.
func TestReassigned(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	enact(t, h, routing.Sign(advocacy.RoleLegal, 2), routing.Sign(advocacy.RolePR, 1))
	v := h.Submit(t, h.Draft(t, "Hello.", h.Ledger))
	task := taskOf(t, h, v, "legal")
	assign := func(to advocacy.PersonID) error {
		_, err := h.Flow.ReassignTask(t.Context(), h.As(h.Admin), h.W, task.ID, to, "knows it")
		return err
	}
	refuses(t, h, advocacy.Invalid, "NOT_ELIGIBLE", func() error { return assign(h.Author) })
	ok(t, assign(h.Legal))
	if got := taskOf(t, h, v, "legal"); got.Person != h.Legal || got.Why != advocacy.WhyAssigned {
		t.Fatalf("it is the turn of %q, %s", got.Person, got.Why)
	}
	h.Sign(t, h.Legal, v, "legal")
	if got := taskOf(t, h, v, "legal"); got.Person != "" || got.State != workflow.TaskOpen {
		t.Fatalf("after the first signature it is the turn of %q, %s", got.Person, got.State)
	}
	ok(t, assign(h.Legal2))
	regrant(t, h, h.Legal2, advocacy.RolePR)
	h.Reassess(t)
	if got := taskOf(t, h, v, "legal"); got.Person != "" || got.Why != advocacy.WhyRequirementOpen {
		t.Fatalf("without the role it is the turn of %q, %s", got.Person, got.Why)
	}
}

// TestLostSignatureIsATurnAgain: when a signer loses the role, the round stays open and
// somebody else is asked.
func TestLostSignatureIsATurnAgain(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	h.Sign(t, h.Legal, v, "legal")
	waits(t, h, h.Legal2)
	regrant(t, h, h.Legal, advocacy.RoleEmployee)
	h.Clock.Advance(time.Minute)
	h.Reassess(t)
	waits(t, h, h.Legal2, "legal")
	lost := taskOf(t, h, v, "legal")
	if lost.Why != advocacy.WhySignatureLost {
		t.Fatalf("the turn is open because of %s", lost.Why)
	}
	h.Clock.Advance(time.Hour)
	h.Reassess(t)
	if again := taskOf(t, h, v, "legal"); !again.Since.Equal(lost.Since) {
		t.Errorf("it waited since %s and waits since %s", lost.Since, again.Since)
	}
}

// TestSnooze: a turn put off is out of one person's sight until then, and nobody else's.
func TestSnooze(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	task := taskOf(t, h, inReview(t, h, l), "legal")
	snooze := func(who advocacy.PersonID, until time.Time) error {
		_, err := h.Flow.SnoozeTask(t.Context(), h.As(who), h.W, task.ID, until)
		return err
	}
	now := h.Clock.Now()
	for _, until := range []time.Time{now, now.Add(30*24*time.Hour + time.Second)} {
		refuses(t, h, advocacy.Invalid, "SNOOZE_TIME_INVALID", func() error { return snooze(h.Legal, until) })
	}
	refuses(t, h, advocacy.Precondition, "NOT_YOUR_TURN", func() error { return snooze(h.PR, now.Add(time.Hour)) })
	ok(t, snooze(h.Legal, now.Add(time.Hour)))
	attends := func(who advocacy.PersonID, want int) {
		t.Helper()
		call := h.As(who)
		n, _, err := h.Flow.CountTasks(t.Context(), call, workflow.TaskQuery{
			Workspace: h.W, Person: who, Roles: call.Actor.Roles, Attention: true, State: workflow.TaskOpen, Order: workflow.OrderUrgency,
		})
		ok(t, err)
		if n != want {
			t.Errorf("%d turns wait, want %d", n, want)
		}
	}
	attends(h.Legal, 0)
	attends(h.Legal2, 1)
	h.Clock.Advance(time.Hour)
	attends(h.Legal, 1)
	ok(t, snooze(h.Legal, h.Clock.Now().Add(time.Hour)))
	ok(t, snooze(h.Legal, time.Time{}))
	attends(h.Legal, 1)

	reassign := func(to advocacy.PersonID) {
		t.Helper()
		_, err := h.Flow.ReassignTask(t.Context(), h.As(h.Admin), h.W, task.ID, to, "knows it")
		ok(t, err)
	}
	reassign(h.Legal)
	attends(h.Legal2, 0)
	ok(t, snooze(h.Legal, h.Clock.Now().Add(20*24*time.Hour))) // what one puts off waits for the others
	attends(h.Legal, 0)
	attends(h.Legal2, 1)
	_, err := h.Flow.ClaimTask(t.Context(), h.As(h.Legal2), h.W, task.ID, false)
	ok(t, err)
	reassign(h.Legal) // who is asked sees it, and nobody else is in the way
	attends(h.Legal, 1)
	attends(h.Legal2, 0)
	if claim := taskOf(t, h, h.Post(t, advocacy.PostID(task.Subject.ID)), "legal").Claim; claim.Person != "" {
		t.Errorf("it is asked of Legal, and %s works on it", claim.Person)
	}
	lends(t, h)
	attends(h.PR, 2) // PR's own, and that of Legal
	ok(t, snooze(h.PR, h.Clock.Now().Add(time.Hour)))
	attends(h.PR, 1)
	attends(h.Legal, 1)
}

// TestRareTurns: a page of what is rare looks through a bounded part of the queue, and
// the next one goes on; every turn is found once. Counts end early.
func TestRareTurns(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	from := inReview(t, h, l)
	h.Clock.Advance(time.Minute)
	ok(t, storetest.Grow(t.Context(), h.Store, h.W, from.Post.ID, 1500, func(int) {}))
	call := h.As(h.Legal)
	q := workflow.TaskQuery{
		Workspace: h.W, Person: h.Legal, Roles: call.Actor.Roles, State: workflow.TaskOpen, Order: workflow.OrderUrgency,
		Language: "fi", Page: workflow.Page{Size: 50},
	}
	pages := 0
	for ; ; pages++ {
		tasks, next, err := h.Flow.Tasks(t.Context(), call, q)
		ok(t, err)
		if len(tasks) != 0 {
			t.Fatalf("%d turns are in Finnish", len(tasks))
		}
		if next == "" {
			break
		}
		q.After = next
	}
	if pages != 1 {
		t.Errorf("looked through 1501 turns in %d pages and a last one", pages)
	}
	if n, more, err := h.Flow.CountTasks(t.Context(), call, q); err != nil || n != 0 || more {
		t.Errorf("of turns in Finnish %d are counted, more %t, %v", n, more, err)
	}
	q.Language, q.After, q.Attention = "", "", true
	seen := make(map[advocacy.TaskID]bool)
	for {
		tasks, next, err := h.Flow.Tasks(t.Context(), call, q)
		ok(t, err)
		for i := range tasks {
			seen[tasks[i].ID] = true
		}
		if next == "" {
			break
		}
		if len(tasks) != 50 {
			t.Fatalf("a page has %d turns", len(tasks))
		}
		q.After = next
	}
	if len(seen) != 1501 {
		t.Errorf("%d turns were listed", len(seen))
	}
	n, more, err := h.Flow.CountTasks(t.Context(), call, q)
	ok(t, err)
	if n != 99 || !more {
		t.Errorf("counted %d, more %t", n, more)
	}
}
