package advocacy_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// earlier puts a decision in the round before, on bytes that were shown then.
func earlier(d advocacy.Decision, text string) advocacy.Decision {
	d.Digest, d.ID = bytesOf(text), d.ID+" earlier"
	return d
}

// now puts a decision in the second round.
func now(d advocacy.Decision) advocacy.Decision {
	d.Round = 2
	return d
}

func TestObjections(t *testing.T) {
	t.Parallel()
	const (
		changes = advocacy.RequestChanges
		reject  = advocacy.Reject
	)
	both := func(more ...advocacy.Decision) []advocacy.Decision {
		return append([]advocacy.Decision{signed(1, lena, "legal"), signed(2, paul, "pr")}, more...)
	}
	open := []string{"NEGATIVE_OPEN legal lou"}
	for _, tt := range []struct {
		name      string
		decisions []advocacy.Decision
		want      []string
	}{
		{"a request for changes", both(said(3, lou, changes, "legal")), open},
		{"cleared by its own role, later", both(said(3, lou, changes, "legal"), signed(4, dana, "legal")), nil},
		{"cleared by who objected", both(said(3, lou, changes, "legal"), instead(signed(4, lou, "legal"), said(3, lou, changes, "legal"))), nil},
		{"taken back by who objected", both(said(3, lou, changes, "legal"), instead(said(4, lou, advocacy.Retract, "legal"), said(3, lou, changes, "legal"))), nil},
		{"not cleared by another role", both(said(3, lou, changes, "legal"), signed(4, pia, "pr")), open},
		{"not cleared by an earlier signature", both(said(3, lou, changes, "legal")), open},
		{"not cleared by one of the same instant", both(said(1, lou, changes, "legal")), open},
		{"not cleared by who lost the role", both(said(3, lou, changes, "legal"), signed(4, adam, "legal")),
			[]string{"NOT_IN_ROLE legal adam", "NEGATIVE_OPEN legal lou"}},
		{"not cleared by who wrote it", both(said(3, lou, changes, "legal"), signed(4, ann, "legal")),
			[]string{"SELF_REVIEW legal ann", "NEGATIVE_OPEN legal lou"}},
		{"not cleared by a signature taken back", both(said(3, lou, changes, "legal"), signed(4, dana, "legal"),
			instead(said(5, dana, advocacy.Retract, "legal"), signed(4, dana, "legal"))), open},
		{"a rejection of these bytes is never cleared", both(said(3, lou, reject, "legal"), signed(4, dana, "legal")), open},
		{"two objections of one role, one approval", both(said(3, lou, changes, "legal"), said(4, dana, changes, "legal"), signed(5, lena, "legal")), nil},
		{"two roles object, one clears", both(said(3, lou, changes, "legal"), said(4, pia, changes, "pr"), signed(5, dana, "pr")), open},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkTally(t, aCase(tt.decisions...), tt.want)
		})
	}
}

// TestObjectionsCrossRounds: signatures die with their round, objections do not.
func TestObjectionsCrossRounds(t *testing.T) {
	t.Parallel()
	objection := earlier(said(3, lou, advocacy.RequestChanges, "legal"), "zero")
	rejection := earlier(said(3, lou, advocacy.Reject, "legal"), "zero")
	same := earlier(said(3, lou, advocacy.Reject, "legal"), "one")
	for _, tt := range []struct {
		name      string
		decisions []advocacy.Decision
		want      []string
	}{
		{"an old objection outlives its round", []advocacy.Decision{objection, now(signed(2, lena, "legal")), now(signed(5, paul, "pr"))},
			[]string{"NEGATIVE_OPEN legal lou"}},
		{"and is cleared in this one", []advocacy.Decision{objection, now(signed(4, lena, "legal")), now(signed(5, paul, "pr"))}, nil},
		{"not by a signature of the old round", []advocacy.Decision{objection, signed(4, lena, "legal"), now(signed(5, paul, "pr"))},
			[]string{"NEED_APPROVALS legal", "NEGATIVE_OPEN legal lou"}},
		{"a rejection of older bytes is cleared too", []advocacy.Decision{rejection, now(signed(4, lena, "legal")), now(signed(5, paul, "pr"))}, nil},
		{"a rejection of these bytes in an older round is not", []advocacy.Decision{same, now(signed(4, lena, "legal")), now(signed(5, paul, "pr"))},
			[]string{"NEGATIVE_OPEN legal lou"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := aCase(tt.decisions...)
			c.Review.Round = 2
			checkTally(t, c, tt.want)
		})
	}
}

func TestOutcome(t *testing.T) {
	t.Parallel()
	ask, reject := said(3, lou, advocacy.RequestChanges, "legal"), said(3, lou, advocacy.Reject, "legal")
	for _, tt := range []struct {
		name       string
		decisions  []advocacy.Decision
		round      int
		infeasible bool
		want       advocacy.ReviewState
	}{
		{"nothing yet", nil, 1, false, advocacy.ReviewOpen},
		{"nobody can sign", nil, 1, true, advocacy.ReviewUnroutable},
		{"signed", []advocacy.Decision{signed(1, lena, "legal"), signed(2, paul, "pr")}, 1, false, advocacy.ReviewApproved},
		{"signed, and nobody else could", []advocacy.Decision{signed(1, lena, "legal"), signed(2, paul, "pr")}, 1, true, advocacy.ReviewApproved},
		{"changes asked for", []advocacy.Decision{ask}, 1, false, advocacy.ReviewChangesRequested},
		{"changes asked for before nobody could sign", []advocacy.Decision{ask}, 1, true, advocacy.ReviewChangesRequested},
		{"rejected", []advocacy.Decision{ask, reject}, 1, false, advocacy.ReviewRejected},
		{"rejected after everybody signed", []advocacy.Decision{signed(1, lena, "legal"), signed(2, paul, "pr"), reject}, 1, false, advocacy.ReviewRejected},
		{"an older round's objection keeps it open", []advocacy.Decision{ask}, 2, false, advocacy.ReviewOpen},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := aCase(tt.decisions...)
			c.Review.Round = tt.round
			if got := c.Outcome(c.Tally(), !tt.infeasible); got != tt.want {
				t.Errorf("it is %s, want %s", got, tt.want)
			}
		})
	}
}

func TestExcluded(t *testing.T) {
	t.Parallel()
	c := aCase(signed(1, lena, "legal"), said(2, pia, advocacy.Recuse, "pr"), said(3, paul, advocacy.RequestChanges, "pr"),
		signed(4, adam, "legal"), signed(5, lena, "legal"))
	if diff := cmp.Diff([]advocacy.PersonID{ann, lena, pia}, c.Excluded()); diff != "" {
		t.Errorf("excluded (-want +got):\n%s", diff)
	}
}

// TestTallyAfterItsTime: a round that ran out of time becomes approved by nothing that ends afterwards,
// as when the thread that held it up is resolved; what was approved in time stays so.
func TestTallyAfterItsTime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		state advocacy.ReviewState
		after time.Duration
		want  advocacy.ReviewState
	}{
		{"in time", advocacy.ReviewOpen, -time.Microsecond, advocacy.ReviewApproved},
		{"at the end", advocacy.ReviewOpen, 0, advocacy.ReviewOpen},
		{"approved in time", advocacy.ReviewApproved, day, advocacy.ReviewApproved},
	} {
		c := aCase(signed(1, lena, "legal"), signed(2, paul, "pr"))
		c.Review.State, c.Now = tt.state, c.Review.ExpireTime.Add(tt.after)
		if got := c.Outcome(c.Tally(), true); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
