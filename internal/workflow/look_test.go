package workflow_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// viewers are who has a turn open as one person is told, with since when.
func viewers(t *testing.T, h *workflowtest.House, who advocacy.PersonID, id advocacy.TaskID) map[advocacy.PersonID]time.Time {
	t.Helper()
	k, err := h.Flow.Task(t.Context(), h.As(who), h.W, id)
	ok(t, err)
	out := make(map[advocacy.PersonID]time.Time)
	for _, l := range k.Viewers(h.As(who), h.Clock.Now()) {
		out[l.Person] = l.Since
	}
	return out
}

// TestWhoElseLooks: who could sign as well is told who has the turn open and since when, until that
// person leaves, says nothing for three minutes or decides; the author is not told.
func TestWhoElseLooks(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	enact(t, h, routing.Sign(advocacy.RoleLegal, 3), routing.Sign(advocacy.RolePR, 1))
	v := h.Submit(t, h.Draft(t, "Look at me.", h.Ledger))
	task := taskOf(t, h, v, "legal")
	look := func(who advocacy.PersonID, leave bool) {
		t.Helper()
		_, err := h.Flow.ViewTurn(t.Context(), h.As(who), v.Post.Subject(), 1, workflow.Glance{Task: task.ID, Leave: leave})
		ok(t, err)
	}
	sees := func(when string, who advocacy.PersonID, want map[advocacy.PersonID]time.Time) {
		t.Helper()
		if diff := cmp.Diff(want, viewers(t, h, who, task.ID)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	nobody := map[advocacy.PersonID]time.Time{}
	h.View(t, h.Legal, v.Post.Subject(), 1)
	sees("who was served the bytes has no turn open", h.Legal2, nobody)
	first := h.Clock.Now()
	look(h.Legal, false)
	h.Clock.Advance(2 * time.Minute)
	second := h.Clock.Now()
	look(h.Legal2, false)
	both := map[advocacy.PersonID]time.Time{h.Legal: first, h.Legal2: second}
	sees("two look", h.Both, both)
	sees("the author looks on", h.Author, nobody)
	sees("so does an auditor", h.Auditor, nobody)
	look(h.Legal, false)
	h.Clock.Advance(3*time.Minute - time.Microsecond)
	sees("who says so again is there since the same instant", h.Both, both)
	look(h.Legal2, false)
	h.Clock.Advance(time.Microsecond)
	sees("who says nothing has left", h.Both, map[advocacy.PersonID]time.Time{h.Legal2: second})
	third := h.Clock.Now()
	look(h.Legal, false)
	sees("who comes back is there since then", h.Both, map[advocacy.PersonID]time.Time{h.Legal2: second, h.Legal: third})
	look(h.Legal, true)
	sees("who leaves is gone at once", h.Both, map[advocacy.PersonID]time.Time{h.Legal2: second})
	h.Sign(t, h.Legal2, v, "legal")
	sees("who has signed is not at it any more", h.Both, nobody)
	look(h.Legal2, false)
	sees("and cannot come back", h.Both, nobody)
	look(h.Both, false)
	sees("nor is told who looks", h.Legal2, nobody)
}

// TestLooksElsewhere: a look is at a turn of the round that is served and that the caller may see; it
// leaves no record but the receipt's, and the others' marks alone.
func TestLooksElsewhere(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v, other := inReview(t, h, l), inReview(t, h, l)
	task := taskOf(t, h, v, "legal")
	view := func(who advocacy.PersonID, at advocacy.Subject, id advocacy.TaskID) error {
		_, err := h.Flow.ViewTurn(t.Context(), h.As(who), at, 1, workflow.Glance{Task: id})
		return err
	}
	refuses(t, h, advocacy.NotFound, "TASK_NOT_FOUND", func() error { return view(h.Legal, other.Post.Subject(), task.ID) })
	refuses(t, h, advocacy.NotFound, "TASK_NOT_FOUND", func() error { return view(h.Legal, v.Post.Subject(), "0198f000-0000-7000-8000-00000000aaaa") })
	ok(t, claim(t, h, h.Legal, task))
	ok(t, view(h.Legal, v.Post.Subject(), task.ID))
	before := len(records(t, h, ""))
	for range 3 {
		h.Clock.Advance(time.Minute)
		ok(t, view(h.Legal, v.Post.Subject(), task.ID))
	}
	if n := len(records(t, h, "")) - before; n != 0 {
		t.Errorf("%d records of looking on", n)
	}
	if got := taskOf(t, h, v, "legal"); got.Claim.Person != h.Legal || len(got.Looks) != 1 {
		t.Errorf("the marks are %+v", got.TaskMarks)
	}
	ok(t, view(h.Author, v.Post.Subject(), task.ID))
	if got := taskOf(t, h, v, "legal"); len(got.Looks) != 1 {
		t.Errorf("who could not sign is noted: %+v", got.Looks)
	}
}

// TestUsualTime: how long a role takes is told once five of its verdicts are known: the time in the
// middle, of the last fifty, from the submission on.
func TestUsualTime(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	usual := func() time.Duration {
		t.Helper()
		p, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
			Content: advocacy.Content{Language: "en", Text: "Who signs?"}, Accounts: []advocacy.AccountID{h.Ledger},
		})
		ok(t, err)
		if _, known := p.Usual[advocacy.RolePR]; known {
			t.Error("PR never signed, and it is told how long that takes")
		}
		return p.Usual[advocacy.RoleLegal]
	}
	takes := func(wait time.Duration, verdict advocacy.Verdict) *workflow.PostView {
		t.Helper()
		v := h.Submit(t, h.Draft(t, "Sign me after "+wait.String(), h.Ledger))
		h.Clock.Advance(wait)
		ok(t, h.Decide(t, h.Legal, v, "legal", verdict))
		return v
	}
	for _, minutes := range []time.Duration{600, 20, 180} {
		takes(minutes*time.Minute, advocacy.Approve)
	}
	takes(10*time.Minute, advocacy.RequestChanges)
	takes(time.Minute, advocacy.Recuse)
	if got := usual(); got != 0 {
		t.Errorf("of four cases it is said that it takes %v", got)
	}
	v := takes(200*time.Minute, advocacy.Approve)
	if got := usual(); got != 3*time.Hour {
		t.Errorf("it usually takes %v, want 3h", got)
	}
	e, err := h.Flow.ExplainReview(t.Context(), h.As(h.Author), v.Post.Subject(), 1)
	ok(t, err)
	if got := e.Usual[advocacy.RoleLegal]; got != 3*time.Hour {
		t.Errorf("the explanation says %v", got)
	}
	takes(220*time.Minute, advocacy.Reject)
	if got := usual(); got != 190*time.Minute {
		t.Errorf("of an even number it is %v, want 3h10m", got)
	}
}
