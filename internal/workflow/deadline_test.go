package workflow_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// timed puts a policy in force that gives legal eight working hours and a ladder.
func timed(t testing.TB, h *workflowtest.House) {
	t.Helper()
	legal := routing.Sign(advocacy.RoleLegal, 1)
	legal.SLA = advocacy.SLA{Business: 8 * time.Hour, Ladder: []advocacy.Rung{
		{Percent: 50, Do: advocacy.RungRemind},
		{Percent: 80, Do: advocacy.RungAssign},
		{Percent: 100, Do: advocacy.RungNotify, Role: advocacy.RoleAdmin},
	}}
	enact(t, h, legal, routing.Sign(advocacy.RolePR, 1))
}

// deadline is that of legal in a round of a post.
func deadline(t *testing.T, h *workflowtest.House, v *workflow.PostView, round int) advocacy.Deadline {
	t.Helper()
	all, err := h.Store.Deadlines(t.Context(), v.Post.Subject(), round)
	ok(t, err)
	if len(all) != 1 || all[0].Requirement != "legal" {
		t.Fatalf("the deadlines are %+v", all)
	}
	return all[0]
}

// sweepDeadlines lets the sweep look at what is due, three times: twice would be once too often.
func sweepDeadlines(t *testing.T, h *workflowtest.House) {
	t.Helper()
	for range 3 {
		_, err := h.Flow.Escalate(t.Context())
		ok(t, err)
	}
}

// reminders are what a person is told of turns, oldest first.
func reminders(t *testing.T, h *workflowtest.House, p advocacy.PersonID) []advocacy.ReminderCode {
	t.Helper()
	all, _, err := h.Flow.Reminders(t.Context(), h.As(p), h.W, workflow.Page{Size: 100, Oldest: true})
	ok(t, err)
	var codes []advocacy.ReminderCode
	for _, m := range all {
		codes = append(codes, m.Code)
	}
	return codes
}

func isTold(t *testing.T, h *workflowtest.House, p advocacy.PersonID, want ...advocacy.ReminderCode) {
	t.Helper()
	if got := reminders(t, h, p); !slices.Equal(got, want) {
		t.Errorf("%s is told %v, want %v", p, got, want)
	}
}

// away notes that a person is away for a week.
func away(t *testing.T, h *workflowtest.House, p advocacy.PersonID) {
	t.Helper()
	_, err := h.Flow.CreateAbsence(t.Context(), h.As(p), h.W, workflow.AbsenceDraft{End: h.Clock.Now().Add(7 * 24 * time.Hour), Zone: "Europe/Paris"})
	ok(t, err)
}

// TestLadder: it is ten on a Friday morning in Paris, so eight working hours end at six.
// Each rung is taken once, and nobody decides.
func TestLadder(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	timed(t, h)
	v := h.Submit(t, h.Draft(t, "In time.", h.Ledger))
	d := deadline(t, h, v, 1)
	if want := workflowtest.Start.Add(8 * time.Hour); !d.Due.Equal(want) || d.Calendar != advocacy.DefaultCalendar || d.Revision != 1 || d.ZoneData != "2026a" {
		t.Fatalf("it is due at %v by %s %d, want %v", d.Due, d.Calendar, d.Revision, want)
	}
	sweepDeadlines(t, h)
	first := deadline(t, h, v, 1).Asked
	if len(first) != 1 || !slices.Contains([]advocacy.PersonID{h.Legal, h.Legal2, h.Both}, first[0]) {
		t.Fatalf("asked are %v", first)
	}
	isTold(t, h, first[0], advocacy.RemindAsked)
	h.Clock.Advance(4*time.Hour - time.Second)
	sweepDeadlines(t, h)
	isTold(t, h, first[0], advocacy.RemindAsked)
	h.Clock.Advance(time.Second)
	sweepDeadlines(t, h)
	isTold(t, h, first[0], advocacy.RemindAsked, advocacy.RemindDue)
	h.Clock.Advance(3 * time.Hour)
	sweepDeadlines(t, h)
	if asked := deadline(t, h, v, 1).Asked; len(asked) != 2 {
		t.Fatalf("asked are %v", asked)
	}
	isTold(t, h, h.Admin)
	h.Clock.Advance(time.Hour)
	sweepDeadlines(t, h)
	isTold(t, h, h.Admin, advocacy.RemindEscalated)
	// Time alone never approves [I14], however long the ladder is climbed.
	for range 20 {
		h.Clock.Advance(24 * time.Hour)
		sweepDeadlines(t, h)
		if at := h.Post(t, v.Post.ID).Post.State; at != advocacy.PostInReview {
			t.Fatalf("the post is %s", at)
		}
	}
	isTold(t, h, h.Admin, advocacy.RemindEscalated)
	if n := happened(t, h, v.Post.Subject().Name(), "review.escalated"); n != 3 {
		t.Errorf("%d rungs were recorded", n)
	}
	_, err := h.Flow.ExpireReviews(t.Context())
	ok(t, err)
	state(t, h, v, advocacy.PostReviewExpired)
	sweepDeadlines(t, h)
}

// TestWhoIsAsked: not who is away or wrote it, who saw it before first, and then who has
// the least to do.
func TestWhoIsAsked(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	timed(t, h)
	away(t, h, h.Legal2)
	away(t, h, h.Both)
	one := h.Submit(t, h.Draft(t, "One.", h.Ledger))
	sweepDeadlines(t, h)
	if asked := deadline(t, h, one, 1).Asked; !slices.Equal(asked, []advocacy.PersonID{h.Legal}) {
		t.Fatalf("asked are %v, and others are away", asked)
	}
	waits(t, h, h.Legal2, "legal") // who is away may sign all the same
	all, _, err := h.Flow.Absences(t.Context(), h.As(h.Admin), h.W, h.Legal2, workflow.Page{Size: 5})
	ok(t, err)
	ok(t, h.Flow.DeleteAbsence(t.Context(), h.As(h.Legal2), h.W, all[0].ID))
	two := h.Submit(t, h.Draft(t, "Two.", h.Ledger))
	sweepDeadlines(t, h)
	if asked := deadline(t, h, two, 1).Asked; !slices.Equal(asked, []advocacy.PersonID{h.Legal2}) {
		t.Fatalf("asked are %v, and Legal has more to do", asked)
	}
	ok(t, h.Decide(t, h.Legal, two, "legal", advocacy.RequestChanges))
	next := edit(t, h, two, "Two, changed.")
	h.Submit(t, next)
	sweepDeadlines(t, h)
	if asked := deadline(t, h, two, 2).Asked; !slices.Equal(asked, []advocacy.PersonID{h.Legal}) {
		t.Fatalf("asked are %v, and Legal saw it before", asked)
	}
}

// TestOneSweepAsksEvenly: what waits is added up once for all whom a sweep asks, and what it asked
// somebody for counts when it asks for the next.
func TestOneSweepAsksEvenly(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	timed(t, h)
	regrant(t, h, h.Both, advocacy.RoleEmployee)
	waiting := h.Submit(t, h.Draft(t, "This one waits.", h.Ledger))
	sweepDeadlines(t, h)
	asked := map[advocacy.PersonID]int{deadline(t, h, waiting, 1).Asked[0]: 1}
	var posts []*workflow.PostView
	for i := range 5 {
		posts = append(posts, h.Submit(t, h.Draft(t, fmt.Sprintf("Number %d.", i), h.Ledger)))
	}
	ctx, statements := workflowtest.Listen(t.Context())
	n, err := h.Flow.Escalate(ctx)
	ok(t, err)
	if n < len(posts) {
		t.Fatalf("a sweep looked at %d turns of %d posts", n, len(posts))
	}
	sums := slices.DeleteFunc(statements.All(), func(s string) bool { return !strings.Contains(s, "sum(weight)") })
	if len(sums) != 1 {
		t.Errorf("what waits for the holders of one role was added up %d times", len(sums))
	}
	for _, p := range posts {
		for _, person := range deadline(t, h, p, 1).Asked {
			asked[person]++
		}
	}
	if asked[h.Legal] != 3 || asked[h.Legal2] != 3 {
		t.Errorf("asked are %v", asked)
	}
}

// BenchmarkEscalate asks somebody for each of b.N signatures while others wait.
func BenchmarkEscalate(b *testing.B) {
	for _, waiting := range []int{100, 1000} {
		b.Run(fmt.Sprintf("waiting=%d", waiting), func(b *testing.B) {
			h := workflowtest.New(b)
			timed(b, h)
			ask := func(turns int) {
				for i := range turns {
					h.Submit(b, h.Draft(b, fmt.Sprintf("Number %d.", i)))
				}
				b.ResetTimer()
				for asked := 0; asked < turns; {
					n, err := h.Flow.Escalate(b.Context())
					ok(b, err)
					asked += n
				}
			}
			ask(waiting)
			ask(b.N)
		})
	}
}

// begins lets the absences of a person begin that are due, as the jobs would.
func begins(t *testing.T, h *workflowtest.House, p advocacy.PersonID) {
	t.Helper()
	all, _, err := h.Flow.Absences(t.Context(), h.As(h.Admin), h.W, p, workflow.Page{Size: 5})
	ok(t, err)
	for _, a := range all {
		ok(t, h.Flow.BeginAbsence(t.Context(), h.W, a.ID))
	}
}

// TestAwayAfterBeingAsked: what somebody was asked for is asked of somebody else when the person goes
// away, and the turn in the queue passes on; whoever went may sign all the same. When everybody is
// away the admin is told, once, and the first to come back is asked. Nothing is ever signed by that.
func TestAwayAfterBeingAsked(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	timed(t, h)
	regrant(t, h, h.Both, advocacy.RoleEmployee)
	v := h.Submit(t, h.Draft(t, "Who is there?", h.Ledger))
	sweepDeadlines(t, h)
	asked := deadline(t, h, v, 1).Asked
	if len(asked) != 1 {
		t.Fatalf("asked are %v", asked)
	}
	ill, other := asked[0], h.Legal
	if ill == h.Legal {
		other = h.Legal2
	}
	h.Clock.Advance(time.Minute)
	away(t, h, ill)
	if n := jobsOf(t, h, workflow.JobBeginAbsence); n != 1 {
		t.Fatalf("%d looks at the absence wait", n)
	}
	sweepDeadlines(t, h)
	isTold(t, h, other) // nothing is due before it is looked at
	begins(t, h, ill)
	sweepDeadlines(t, h)
	isTold(t, h, other, advocacy.RemindAsked)
	tasks, _, err := h.Flow.Tasks(t.Context(), h.As(other), workflow.TaskQuery{
		Workspace: h.W, Person: other, Roles: []advocacy.Role{advocacy.RoleLegal}, State: workflow.TaskOpen, Page: workflow.Page{Size: 5},
	})
	ok(t, err)
	if len(tasks) != 1 || tasks[0].Assignee != other {
		t.Errorf("the turn waits for %+v", tasks)
	}
	h.Clock.Advance(4 * time.Hour)
	sweepDeadlines(t, h)
	isTold(t, h, ill, advocacy.RemindAsked) // and is not reminded while away
	isTold(t, h, other, advocacy.RemindAsked, advocacy.RemindDue)

	isTold(t, h, h.Admin)
	away(t, h, other)
	begins(t, h, other)
	sweepDeadlines(t, h)
	isTold(t, h, h.Admin, advocacy.RemindUnattended)
	h.Clock.Advance(10 * time.Minute)
	regrant(t, h, h.Both, advocacy.RoleEmployee, advocacy.RoleLegal)
	h.Clock.Advance(time.Hour)
	sweepDeadlines(t, h)
	isTold(t, h, h.Both, advocacy.RemindAsked)
	isTold(t, h, h.Admin, advocacy.RemindUnattended)
	state(t, h, v, advocacy.PostInReview)
	h.Sign(t, ill, v, "legal")
	h.Sign(t, h.PR, v, "pr")
	state(t, h, v, advocacy.PostScheduled)
}

// TestAbsenceThatIsNone: one that was struck out, or that begins later than the job, asks nobody.
func TestAbsenceThatIsNone(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	timed(t, h)
	v := h.Submit(t, h.Draft(t, "Still there.", h.Ledger))
	sweepDeadlines(t, h)
	asked := deadline(t, h, v, 1).Asked[0]
	start := h.Clock.Now().Add(time.Hour)
	a, err := h.Flow.CreateAbsence(t.Context(), h.As(asked), h.W, workflow.AbsenceDraft{Start: start, End: start.Add(time.Hour), Zone: "Europe/Paris"})
	ok(t, err)
	before := deadline(t, h, v, 1).Next
	ok(t, h.Flow.BeginAbsence(t.Context(), h.W, a.ID))
	if n := jobsOf(t, h, workflow.JobBeginAbsence); n != 2 {
		t.Errorf("%d looks wait: one that came too early comes again", n)
	}
	h.Clock.Advance(time.Hour)
	ok(t, h.Flow.DeleteAbsence(t.Context(), h.As(asked), h.W, a.ID))
	ok(t, h.Flow.BeginAbsence(t.Context(), h.W, a.ID))
	if next := deadline(t, h, v, 1).Next; !next.Equal(before) {
		t.Errorf("it is looked at again at %v, want %v", next, before)
	}
}

// TestTimePausesForTheAuthor: what was used up before stays so, and the rest runs on when
// it is the approver's turn again.
func TestTimePausesForTheAuthor(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	timed(t, h)
	v := h.Submit(t, h.Draft(t, "Wait.", h.Ledger))
	sweepDeadlines(t, h)
	h.Clock.Advance(3 * time.Hour)
	ok(t, h.Decide(t, h.PR, v, "pr", advocacy.RequestChanges))
	if d := deadline(t, h, v, 1); d.State != advocacy.DeadlinePaused || d.Spent != 3*time.Hour {
		t.Fatalf("it is %s after %v", d.State, d.Spent)
	}
	h.Clock.Advance(48 * time.Hour) // to Sunday
	sweepDeadlines(t, h)
	ok(t, h.Decide(t, h.PR, v, "pr", advocacy.Retract))
	d := deadline(t, h, v, 1)
	if want := time.Date(2026, time.November, 23, 13, 0, 0, 0, time.UTC); d.State != advocacy.DeadlineRunning || !d.Due.Equal(want) {
		t.Fatalf("it is %s until %v, want Monday at two in Paris, %v", d.State, d.Due, want)
	}
	h.Sign(t, h.Legal, v, "legal")
	if d := deadline(t, h, v, 1); d.State != advocacy.DeadlineOver || !d.Next.IsZero() {
		t.Fatalf("it is %s after the signature", d.State)
	}
	ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.Retract))
	if d := deadline(t, h, v, 1); d.State != advocacy.DeadlineRunning {
		t.Fatalf("it is %s after the signature was taken back", d.State)
	}
	ok(t, tryWithdraw(t, h, h.Author, v))
	sweepDeadlines(t, h)
	if d := deadline(t, h, v, 1); d.State != advocacy.DeadlineOver {
		t.Fatalf("it is %s after the withdrawal", d.State)
	}
}

// TestTimeIsCountedInItsOwnHours: each turn in the hours its calendar had when it began, whichever is
// counted first.
func TestTimeIsCountedInItsOwnHours(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	timed(t, h)
	before := h.Submit(t, h.Draft(t, "In the old hours.", h.Ledger))
	own, err := h.Store.DefaultCalendar(t.Context(), h.W)
	ok(t, err)
	week := []advocacy.Shift{{Day: time.Friday, Span: advocacy.Span{Start: 9 * 60, End: 12 * 60}}} // until noon
	_, err = h.Flow.UpdateCalendar(t.Context(), h.As(h.Admin), h.W, own.ID, workflow.CalendarChange{Version: own.Version, Week: &week})
	ok(t, err)
	after := h.Submit(t, h.Draft(t, "In the new hours.", h.Ledger))
	h.Clock.Advance(3 * time.Hour) // from ten to one, in Paris
	for _, turn := range []struct {
		of    *workflow.PostView
		spent time.Duration
	}{{before, 3 * time.Hour}, {after, 2 * time.Hour}} {
		ok(t, h.Decide(t, h.PR, turn.of, "pr", advocacy.RequestChanges))
		if d := deadline(t, h, turn.of, 1); d.Spent != turn.spent {
			t.Errorf("of the time of revision %d of the calendar %v are spent, want %v", d.Revision, d.Spent, turn.spent)
		}
	}
}

// TestSignedAgainIsAskedAgain: who has to sign anew, because a signature was lost, is asked and
// told once more, with what is left of the time.
func TestSignedAgainIsAskedAgain(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	timed(t, h)
	v := h.Submit(t, h.Draft(t, "Signed twice.", h.Ledger))
	sweepDeadlines(t, h)
	asked := deadline(t, h, v, 1).Asked
	if len(asked) != 1 {
		t.Fatalf("%v are asked", asked)
	}
	h.Clock.Advance(5 * time.Hour)
	sweepDeadlines(t, h)
	isTold(t, h, asked[0], advocacy.RemindAsked, advocacy.RemindDue)
	h.Sign(t, asked[0], v, "legal")
	if d := deadline(t, h, v, 1); d.State != advocacy.DeadlineOver {
		t.Fatalf("once it is signed the time is %s", d.State)
	}
	regrant(t, h, asked[0], advocacy.RoleEmployee)
	h.Clock.Advance(time.Minute)
	regrant(t, h, asked[0], advocacy.RoleEmployee, advocacy.RoleLegal)
	h.Reassess(t)
	sweepDeadlines(t, h)
	d := deadline(t, h, v, 1)
	if d.State != advocacy.DeadlineRunning || d.Spent != 5*time.Hour || d.Rung != 1 || !slices.Equal(d.Asked, asked) {
		t.Errorf("the second turn is %+v", d)
	}
	sweepDeadlines(t, h)
	isTold(t, h, asked[0], advocacy.RemindAsked, advocacy.RemindDue, advocacy.RemindAsked)
}

// TestZonesChange (edge case 44): what runs is counted again once, and the record tells
// both rules.
func TestZonesChange(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	timed(t, h)
	v := h.Submit(t, h.Draft(t, "Still at six.", h.Ledger))
	before := deadline(t, h, v, 1).Due
	for _, rules := range []string{"2026b", "2025z"} {
		h.Flow.ZoneData = rules
		for _, want := range []int{1, 0} {
			n, err := h.Flow.RefreshDeadlines(t.Context())
			ok(t, err)
			if n != want {
				t.Fatalf("%d were counted again, want %d", n, want)
			}
		}
		if d := deadline(t, h, v, 1); !d.Due.Equal(before) || d.ZoneData != rules {
			t.Fatalf("it is due at %v by %s", d.Due, d.ZoneData)
		}
	}
	if n := happened(t, h, v.Post.Subject().Name(), "deadline.recounted"); n != 2 {
		t.Errorf("%d recounts were recorded", n)
	}
}

// TestCalendarsInUse: a calendar stays while a turn that waits counts in it, and a rule
// that names one that is gone counts in the workspace's own.
func TestCalendarsInUse(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	_, err := h.Flow.CreateCalendar(t.Context(), h.As(h.Admin), h.W, workflow.CalendarDraft{
		ID: "tokyo", DisplayName: "Tokyo", Hours: advocacy.OfficeHours("Asia/Tokyo"),
	})
	ok(t, err)
	legal := routing.Sign(advocacy.RoleLegal, 1)
	legal.SLA = advocacy.SLA{Business: time.Hour, Calendar: "tokyo"}
	enact(t, h, legal)
	v := h.Submit(t, h.Draft(t, "Far away.", h.Ledger))
	// It is six on a Friday evening in Tokyo.
	if d, want := deadline(t, h, v, 1), time.Date(2026, time.November, 23, 1, 0, 0, 0, time.UTC); d.Calendar != "tokyo" || !d.Due.Equal(want) {
		t.Fatalf("it is due at %v by %s, want %v", d.Due, d.Calendar, want)
	}
	remove := func() error { return h.Flow.DeleteCalendar(t.Context(), h.As(h.Admin), h.W, "tokyo") }
	refuses(t, h, advocacy.Precondition, "CALENDAR_IN_USE", remove)
	legal.SLA.Calendar = ""
	enact(t, h, legal)
	refuses(t, h, advocacy.Precondition, "CALENDAR_IN_USE", remove)
	h.Sign(t, h.Legal, v, "legal")
	ok(t, remove())
	legal.SLA.Calendar = "tokyo"
	enact(t, h, legal)
	next := h.Submit(t, h.Draft(t, "At home.", h.Ledger))
	if d := deadline(t, h, next, 1); d.Calendar != advocacy.DefaultCalendar {
		t.Fatalf("it is counted in %s", d.Calendar)
	}
}

// TestDueTurnsComeFirst: the queue orders by the time a turn is due.
func TestDueTurnsComeFirst(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := h.Submit(t, h.Draft(t, "No hurry.", h.Ledger))
	timed(t, h)
	urgent := h.Submit(t, h.Draft(t, "Today.", h.Ledger))
	tasks, _, err := h.Flow.Tasks(t.Context(), h.As(h.Legal), workflow.TaskQuery{
		Workspace: h.W, Person: h.Legal, Roles: []advocacy.Role{advocacy.RoleLegal}, State: workflow.TaskOpen, Page: workflow.Page{Size: 5},
	})
	ok(t, err)
	if len(tasks) != 2 || tasks[0].Subject != urgent.Post.Subject() || tasks[1].Subject != v.Post.Subject() {
		t.Fatalf("the queue is %+v", tasks)
	}
}

// TestEscalateTwiceAtOnce: of two sweeps at the same time, on either database, one asks.
func TestEscalateTwiceAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, l *workflowtest.Ledger) {
		timed(t, h)
		v := h.Submit(t, h.Draft(t, "Once.", h.Ledger))
		sweep := func() error { _, err := h.Flow.Escalate(context.WithoutCancel(t.Context())); return err }
		for _, err := range together(sweep, sweep, sweep, sweep) {
			ok(t, err)
		}
		if n := happened(t, h, v.Post.Subject().Name(), "review.asked"); n != 1 {
			t.Errorf("%d were asked", n)
		}
	})
}

// TestWhoIsNextAndByWhen: the explanation of a round says whose turn it is, why, and since
// when, as the queue does; and of what has a time by when, and who was asked.
func TestWhoIsNextAndByWhen(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	timed(t, h)
	v := inReview(t, h, l)
	agree := func(when string, want ...advocacy.Why) {
		t.Helper()
		h.Clock.Advance(time.Minute)
		e, err := h.Flow.ExplainReview(t.Context(), h.As(h.Author), v.Post.Subject(), v.Review.Round)
		ok(t, err)
		var whys []advocacy.Why
		for _, turn := range e.Turns {
			whys = append(whys, turn.Why)
			kept, err := h.Store.TasksOf(t.Context(), v.Post.Subject(), v.Review.Round)
			ok(t, err)
			if !slices.ContainsFunc(kept, func(k workflow.Task) bool {
				return k.State == workflow.TaskOpen && k.Requirement == turn.Requirement && k.Role == turn.Role &&
					k.Why == turn.Why && k.Person == turn.Person && k.Since.Equal(turn.Since)
			}) {
				t.Errorf("%s: told %+v, and the queue has %+v", when, turn, kept)
			}
		}
		if !slices.Equal(whys, want) {
			t.Errorf("%s: the turns are %v, want %v", when, whys, want)
		}
	}
	agree("submitted", advocacy.WhyRequirementOpen, advocacy.WhyRequirementOpen)
	sweepDeadlines(t, h)
	d := deadline(t, h, v, 1)
	e, err := h.Flow.ExplainPost(t.Context(), h.As(h.Author), h.W, v.Post.ID)
	ok(t, err)
	if got := e.Review.Deadlines; len(got) != 1 || !got[0].Due.Equal(d.Due) || len(d.Asked) != 1 || !slices.Equal(got[0].Asked, d.Asked) {
		t.Errorf("told %+v, want %+v", got, d)
	}
	_, err = h.Flow.ReassignTask(t.Context(), h.As(h.Admin), h.W, taskOf(t, h, v, "legal").ID, h.Legal2, "knows it")
	ok(t, err)
	agree("asked of one", advocacy.WhyAssigned, advocacy.WhyRequirementOpen)
	resign(t, h, h.Admin, h.Author, h.Legal, h.Legal2)
	h.Reassess(t)
	agree("nobody left for PR", advocacy.WhyAssigned, advocacy.WhyRequirementOpen, advocacy.WhyUnroutable)
	ok(t, h.Decide(t, h.Legal2, v, "legal", advocacy.Approve))
	agree("signed, and still nobody left for PR", advocacy.WhyRequirementOpen, advocacy.WhyUnroutable)
	edit(t, h, h.Post(t, v.Post.ID), "Nobody is next.")
	agree("superseded")
}
