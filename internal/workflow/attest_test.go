package workflow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// remindedOf are the reminders about an account that somebody has, oldest first.
func remindedOf(t *testing.T, h *workflowtest.House, who advocacy.PersonID, id advocacy.AccountID) (codes []advocacy.ReminderCode) {
	t.Helper()
	all, _, err := h.Flow.Reminders(t.Context(), h.As(who), h.W, workflow.Page{Size: 100, Oldest: true})
	ok(t, err)
	a, err := h.Store.Account(t.Context(), h.W, id)
	ok(t, err)
	for _, r := range all {
		if r.Subject == a.Name() {
			codes = append(codes, r.Code)
		}
	}
	return codes
}

// TestAttestationIsRemindedOf: who answers for an account hears a month and a week before its word
// ends, and when it has, once each; whoever vouches for it hears nothing until the next time.
func TestAttestationIsRemindedOf(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	a, err := h.Store.Account(t.Context(), h.W, h.Wall)
	ok(t, err)
	a, err = h.Flow.UpdateAccount(t.Context(), h.As(h.Admin), h.W, h.Wall, workflow.AccountChange{Version: a.Version, Deputy: &h.PR})
	ok(t, err)
	const soon, over = advocacy.RemindAttestation, advocacy.RemindAttestationOver
	end := a.AttestDueTime()
	hears := func(why string, at time.Time, want ...advocacy.ReminderCode) {
		t.Helper()
		h.Clock.Advance(at.Sub(h.Clock.Now()))
		for range 2 { // the second time says nothing new
			_, err := h.Flow.RemindAttestations(t.Context())
			ok(t, err)
		}
		for _, who := range []advocacy.PersonID{a.Owner, h.PR} {
			if got := remindedOf(t, h, who, h.Wall); !slices.Equal(got, want) {
				t.Errorf("%s: %s is reminded of %v, want %v", why, who, got, want)
			}
		}
	}
	day := 24 * time.Hour
	hears("too early", end.Add(-30*day-time.Hour))
	hears("a month before", end.Add(-30*day), soon)
	hears("meanwhile", end.Add(-20*day), soon)
	hears("a week before", end.Add(-7*day), soon, soon)
	hears("a day before", end.Add(-day), soon, soon)
	hears("at the end", end, soon, soon, over)
	hears("after it", end.Add(10*day), soon, soon, over)

	now, err := h.Store.Account(t.Context(), h.W, h.Wall)
	ok(t, err)
	again, err := h.Flow.AttestAccount(t.Context(), h.As(now.Owner), h.W, h.Wall, now.Version)
	ok(t, err)
	hears("once it is said again", again.AttestDueTime().Add(-31*day), soon, soon, over)
	hears("the next time", again.AttestDueTime().Add(-29*day), soon, soon, over, soon)
	if got := remindedOf(t, h, h.Author, h.AuthorWall); got != nil {
		t.Errorf("of a personal account somebody is reminded: %v", got)
	}
}

// TestSwitchedOffAccountsAreNotRemindedOf: nothing goes out through them anyway.
func TestSwitchedOffAccountsAreNotRemindedOf(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	a, err := h.Flow.DisableAccount(t.Context(), h.As(h.Admin), h.W, h.Wall, "not ours")
	ok(t, err)
	h.Clock.Advance(advocacy.AttestationTerm)
	_, err = h.Flow.RemindAttestations(t.Context())
	ok(t, err)
	if got := remindedOf(t, h, a.Owner, h.Wall); got != nil {
		t.Errorf("of one that is switched off somebody is reminded: %v", got)
	}
	_, err = h.Flow.EnableAccount(t.Context(), h.As(h.Admin), h.W, h.Wall, "ours again")
	ok(t, err)
	_, err = h.Flow.RemindAttestations(t.Context())
	ok(t, err)
	if got := remindedOf(t, h, a.Owner, h.Wall); !slices.Equal(got, []advocacy.ReminderCode{advocacy.RemindAttestationOver}) {
		t.Errorf("switched on again, its owner is reminded of %v", got)
	}
}
