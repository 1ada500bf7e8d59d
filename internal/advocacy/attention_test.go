package advocacy_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// waitsFor renders whose turn it is, why, and since how many minutes after the round began.
func waitsFor(turns []advocacy.Turn) []string {
	out := []string{}
	for _, turn := range turns {
		line := string(turn.Why)
		for _, word := range []string{turn.Requirement, string(turn.Role), string(turn.Person)} {
			if word != "" {
				line += " " + word
			}
		}
		out = append(out, fmt.Sprintf("%s +%.0f", line, turn.Since.Sub(morning).Minutes()))
	}
	return out
}

func TestWhoseTurnAndWhy(t *testing.T) {
	t.Parallel()
	in := func(state advocacy.ReviewState, c *advocacy.Case) *advocacy.Case {
		c.Review.State, c.Review.Assent.Person = state, ann
		return c
	}
	staged := func(decisions ...advocacy.Decision) *advocacy.Case {
		c := aCase(decisions...)
		c.Review.Plan.Requirements[1].Stage = 2
		return c
	}
	second := func(decisions ...advocacy.Decision) *advocacy.Case {
		c := aCase(decisions...)
		c.Review.Round, c.Review.Revision, c.Head = 2, 2, 2
		c.Review.OpenTime = at(90)
		return c
	}
	expiring := aCase(signed(10, lena, "legal"))
	expiring.Review.Plan.Requirements[0].TTL = time.Hour
	gone := aCase(signed(10, lena, "legal"))
	gone.Members[lena] = member(lena)
	twice := aCase(signed(10, lena, "legal"))
	twice.Review.Plan.Requirements[0].Quorum = 2
	gone.Members[lena].UpdateTime = at(40)
	empty := aCase()
	empty.Review.Plan = planOf(advocacy.Requirement{Key: "library", Kind: advocacy.RequireLibrary, Quorum: 1, Stage: 1})

	done := func(stand func(*advocacy.Case)) *advocacy.Case {
		c := in(advocacy.ReviewOpen, aCase(signed(10, lena, "legal"), signed(20, paul, "pr")))
		stand(c)
		return c
	}
	legals := func(minute int) advocacy.Thread {
		return advocacy.Thread{Role: advocacy.RoleLegal, Opener: lena, Blocking: true, CreateTime: at(minute)}
	}
	discussed := func(th advocacy.Thread) *advocacy.Case {
		c := aCase()
		c.OpenThreads = []advocacy.Thread{th}
		return c
	}
	left := func(c *advocacy.Case) *advocacy.Case {
		c.Members[ann] = &advocacy.Member{Person: ann, State: advocacy.MemberDisabled, StateTime: at(60)}
		return c
	}
	share := in(advocacy.ReviewOpen, aCase())
	share.Review.Plan, share.Library = empty.Review.Plan, advocacy.LibraryStanding{InForce: true, Matches: true, Meant: true, Untold: true}

	for name, c := range map[string]struct {
		of    *advocacy.Case
		asked map[string]advocacy.Assignment
		want  []string
	}{
		"everybody's":            {aCase(), nil, []string{"requirement_open legal approver:legal +0", "requirement_open pr approver:pr +0"}},
		"half signed":            {aCase(signed(10, lena, "legal")), nil, []string{"requirement_open pr approver:pr +0"}},
		"a later stage waits":    {staged(), nil, []string{"requirement_open legal approver:legal +0"}},
		"since the stage opened": {staged(signed(10, lena, "legal")), nil, []string{"requirement_open pr approver:pr +10"}},
		"asked": {aCase(), map[string]advocacy.Assignment{"legal": {Person: lou, Time: at(5)}},
			[]string{"assigned legal approver:legal lou +5", "requirement_open pr approver:pr +0"}},
		"asked too early": {staged(signed(10, lena, "legal")), map[string]advocacy.Assignment{"pr": {Person: paul, Time: at(5)}},
			[]string{"assigned pr approver:pr paul +10"}},
		"asked without the role": {staged(), map[string]advocacy.Assignment{"legal": {Person: paul, Time: at(5)}},
			[]string{"requirement_open legal approver:legal +0"}},
		"asked, signed one of two": {twice, map[string]advocacy.Assignment{"legal": {Person: lena, Time: at(5)}},
			[]string{"requirement_open legal approver:legal +0", "requirement_open pr approver:pr +0"}},
		"ran out":       {expiring, nil, []string{"signature_lost legal approver:legal +70", "requirement_open pr approver:pr +0"}},
		"lost the role": {gone, nil, []string{"signature_lost legal approver:legal +40", "requirement_open pr approver:pr +0"}},
		"taken back": {aCase(signed(10, lena, "legal"), instead(said(20, lena, advocacy.Retract, "legal"), signed(10, lena, "legal"))), nil,
			[]string{"signature_lost legal approver:legal +20", "requirement_open pr approver:pr +0"}},
		"taken back, given again": {staged(signed(10, lena, "legal"), instead(said(20, lena, advocacy.Retract, "legal"), signed(10, lena, "legal")),
			signed(30, lou, "legal"), signed(40, lena, "legal")), nil, []string{"requirement_open pr approver:pr +40"}},
		"answered": {second(said(10, lena, advocacy.RequestChanges, "legal")), nil,
			[]string{"objection_answered legal approver:legal +90", "requirement_open pr approver:pr +90"}},
		"the author": {in(advocacy.ReviewChangesRequested, aCase(said(10, lena, advocacy.RequestChanges, "legal"), said(30, paul, advocacy.RequestChanges, "pr"))), nil,
			[]string{"author_changes_requested ann +30"}},
		"rejected":                   {in(advocacy.ReviewRejected, aCase(said(10, lena, advocacy.Reject, "legal"))), nil, []string{"author_rejected ann +10"}},
		"the author, who left":       {left(in(advocacy.ReviewChangesRequested, aCase(said(10, lena, advocacy.RequestChanges, "legal")))), nil, []string{"admin_stuck admin +60"}},
		"a precondition of who left": {left(done(func(c *advocacy.Case) { c.Unmet = []advocacy.Unmet{{Rule: "guideline"}} })), nil, []string{"admin_stuck admin +60"}},
		"rejected, of who left":      {left(in(advocacy.ReviewRejected, aCase(said(10, lena, advocacy.Reject, "legal")))), nil, []string{"author_rejected ann +10"}},
		"unroutable": {in(advocacy.ReviewUnroutable, staged()), nil,
			[]string{"requirement_open legal approver:legal +0", "admin_unroutable admin +0"}},
		"nothing to sign":        {empty, nil, []string{"admin_stuck admin +0"}},
		"a precondition lapsed":  {done(func(c *advocacy.Case) { c.Unmet = []advocacy.Unmet{{Rule: "guideline"}} }), nil, []string{"author_precondition ann +20"}},
		"a relation is not told": {share, nil, []string{"author_precondition ann +0"}},
		"a discussion is open": {done(func(c *advocacy.Case) {
			c.OpenThreads = []advocacy.Thread{legals(50), legals(30), {Role: "approver:pr", Opener: paul, CreateTime: at(5)}}
		}), nil, []string{"thread_open approver:legal +30", "thread_open approver:pr +20"}},
		"a discussion that nobody can resolve": {done(func(c *advocacy.Case) {
			c.OpenThreads, c.Unanswered = []advocacy.Thread{legals(30), {Role: "approver:pr", Opener: paul, CreateTime: at(5)}}, []advocacy.Role{advocacy.RoleLegal}
		}), nil, []string{"thread_open approver:pr +20", "admin_stuck admin +20"}},
		"both": {done(func(c *advocacy.Case) {
			c.Unmet, c.OpenThreads = []advocacy.Unmet{{Training: "basics"}}, []advocacy.Thread{legals(30)}
		}), nil, []string{"author_precondition ann +20", "thread_open approver:legal +30"}},
		"a discussion before everybody signed": {discussed(legals(30)), nil,
			[]string{"requirement_open legal approver:legal +0", "requirement_open pr approver:pr +0"}},
		"approved": {in(advocacy.ReviewApproved, aCase()), nil, []string{}},
		"over":     {in(advocacy.ReviewSuperseded, aCase()), nil, []string{}},
	} {
		if got := waitsFor(c.of.Attention(c.of.Tally(), c.asked)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestAlwaysSomebodysTurn is I25, and that who is asked for a signature could give it.
func TestAlwaysSomebodysTurn(t *testing.T) {
	t.Parallel()
	waiting := []advocacy.ReviewState{advocacy.ReviewOpen, advocacy.ReviewChangesRequested, advocacy.ReviewUnroutable}
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		c.Review.State = rapid.SampledFrom(advocacy.ReviewStates()).Draw(t, "state")
		c.Review.Assent.Person = rapid.SampledFrom(drawnPersons).Draw(t, "author")
		asked := make(map[string]advocacy.Assignment)
		for _, key := range drawnKeys {
			asked[key] = advocacy.Assignment{Person: rapid.SampledFrom(drawnPersons).Draw(t, "asked"), Time: at(30)}
		}
		tally := c.Tally()
		turns := c.Attention(tally, asked)
		if slices.Contains(waiting, c.Review.State) && len(turns) == 0 {
			t.Fatalf("it is nobody's turn in %s", c.Review.State)
		}
		over := !slices.Contains(waiting, c.Review.State) && c.Review.State != advocacy.ReviewRejected
		if over && len(turns) > 0 {
			t.Fatalf("it is still %v", waitsFor(turns))
		}
		for _, turn := range turns {
			if turn.Why == "" || turn.Role == "" && turn.Person == "" || turn.Since.After(c.Now.Add(day)) {
				t.Fatalf("the turn %+v says too little", turn)
			}
			if m := c.Members[turn.Person]; turn.Person != "" && m != nil && !m.Active() && c.Review.State.Live() {
				t.Fatalf("%s is waited for, and is gone", turn.Person)
			}
			if turn.Requirement == "" || turn.Person == "" {
				continue
			}
			r, _ := c.Review.Plan.Join(c.Floor).Find(turn.Requirement)
			if !c.CanSign(r, turn.Person) || !c.Members[turn.Person].Holds(turn.Role) {
				t.Fatalf("%s is asked and cannot sign", turn.Person)
			}
		}
	})
}

// TestSinceIsOfTheState: where nothing lapses meanwhile, the same state says the same an hour
// later: who waits does so since something that happened.
func TestSinceIsOfTheState(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		c.Delegations = nil
		for _, plan := range []advocacy.Plan{c.Review.Plan, c.Floor} {
			for i := range plan.Requirements {
				plan.Requirements[i].TTL = 0
			}
		}
		c.Review.State = rapid.SampledFrom(advocacy.ReviewStates()).Draw(t, "state")
		before := c.Attention(c.Tally(), nil)
		c.Now = c.Now.Add(time.Hour)
		if after := c.Attention(c.Tally(), nil); !slices.Equal(after, before) {
			t.Fatalf("an hour later it is %v, and was %v", waitsFor(after), waitsFor(before))
		}
	})
}

// TestUrgencyOrders: what is due in an earlier hour comes first, then what goes out
// earlier, then what more waits for, then what is older.
func TestUrgencyOrders(t *testing.T) {
	t.Parallel()
	none := time.Time{}
	ordered := []string{
		advocacy.Urgency(at(0), at(90), 0, at(9)),
		advocacy.Urgency(at(59), at(90), 0, at(10)), // the same hour
		advocacy.Urgency(at(1), at(91), 9, at(0)),
		advocacy.Urgency(at(1), none, 2, at(8)),
		advocacy.Urgency(at(0), none, 1, at(0)),
		advocacy.Urgency(at(0), none, 1, at(1)),
		advocacy.Urgency(at(0), none, 0, at(0)),
		advocacy.Urgency(at(60), at(61), 5, at(0)),
		advocacy.Urgency(none, at(0), 9, at(0)),
		advocacy.Urgency(none, none, 9, at(0)),
	}
	if !slices.IsSorted(ordered) {
		t.Errorf("out of order: %q", ordered)
	}
	rapid.Check(t, func(t *rapid.T) {
		due := at(rapid.IntRange(0, 10_000).Draw(t, "due"))
		now := at(rapid.IntRange(0, 10_000).Draw(t, "now"))
		urgency := advocacy.Urgency(due, none, rapid.IntRange(-1, 2000).Draw(t, "unlocks"), at(0))
		if due.Before(now) && urgency >= advocacy.UrgencyAfter(now) {
			t.Fatalf("what is due at %s is not listed as overdue at %s", due, now)
		}
	})
}
