package advocacy_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// holdersOf lists who holds each role of a case, active or not: the explanation must cope.
func holdersOf(c *advocacy.Case) map[advocacy.Role][]advocacy.PersonID {
	out := make(map[advocacy.Role][]advocacy.PersonID)
	for _, p := range sortedPersons(c.Members) {
		for _, r := range c.Members[p].RoleNames() {
			if c.Members[p].Holds(r) {
				out[r] = append(out[r], p)
			}
		}
	}
	return out
}

// drawCircle draws who else could be asked: what is lent to whom beside what was signed under,
// and who says to be working on what.
func drawCircle(t *rapid.T, c *advocacy.Case) advocacy.Circle {
	if c.Delegations == nil {
		c.Delegations = make(map[advocacy.DelegationID]*advocacy.Delegation)
	}
	for i := range rapid.IntRange(2, 6).Draw(t, "lent") {
		both := rapid.SliceOfNDistinct(rapid.SampledFrom(drawnPersons), 2, 2, rapid.ID[advocacy.PersonID]).Draw(t, "both")
		g := &advocacy.Delegation{
			ID: advocacy.DelegationID(fmt.Sprint("l", i)), Delegator: both[0], Delegate: both[1],
			Role: roleOf(rapid.SampledFrom(drawnKeys).Draw(t, "lent role")), Start: morning, End: at(240), CreateTime: morning,
		}
		if !often(t, "in force") {
			g.Start, g.End = at(rapid.IntRange(0, 200).Draw(t, "from")), at(rapid.IntRange(20, 220).Draw(t, "until"))
		}
		if !often(t, "not taken back") {
			g.RevokeTime = at(rapid.IntRange(0, 60).Draw(t, "taken back"))
		}
		c.Delegations[g.ID] = g
	}
	of := advocacy.Circle{Holders: holdersOf(c), Claims: make(map[string]advocacy.Claim)}
	for _, key := range drawnKeys {
		if !often(t, "nobody works on "+key) {
			of.Claims[key] = advocacy.Claim{
				Person: rapid.SampledFrom(drawnPersons).Draw(t, "claims"), Epoch: 1, Until: c.Now.Add(rapid.SampledFrom([]time.Duration{-1, time.Minute}).Draw(t, "holds for")),
			}
		}
	}
	return of
}

// drawRound draws a case in any state, at any time of its life.
func drawRound(t *rapid.T) *advocacy.Case {
	c := drawCase(t)
	if !often(t, "is open") {
		c.Review.State = rapid.SampledFrom(advocacy.ReviewStates()).Draw(t, "state")
	}
	if !often(t, "has time") {
		c.Review.ExpireTime = at(rapid.IntRange(60, 200).Draw(t, "expires"))
	}
	if !often(t, "is about the head") {
		c.Head, c.HeadDigest = 2, bytesOf("two")
	}
	return c
}

// whatDecideSays is what Decide answers somebody who comes as he or she is: some have not looked and
// some have proved nothing. Whoever is asked for that alone does it and comes again.
func whatDecideSays(t *rapid.T, c *advocacy.Case, r advocacy.Requirement, who advocacy.Candidate) string {
	actor := human(who.Person)
	c.Receipt = nil
	drawReceipt(t, c, who.Person)
	if rapid.Bool().Draw(t, "proved it") {
		actor.StepUpTime = c.Now
	}
	for {
		_, err := c.Decide(actor, advocacy.DecisionInput{
			ID: "new", Verdict: advocacy.Approve, Requirement: r.Key, Digest: c.Review.Digest, OnBehalfOf: who.OnBehalfOf,
		})
		switch code := advocacy.ReasonOf(err); {
		case code == "STEP_UP_REQUIRED" && r.StepUp && actor.StepUpTime.IsZero():
			actor.StepUpTime = c.Now
		case code == "VIEW_REQUIRED" && c.Receipt == nil:
			c.Receipt = served(c, who.Person)
		default:
			return code
		}
	}
}

// TestExplanationAndGuardAgree: of everybody, for himself or herself and for everybody else, the
// explanation says what the guard answers; whom it does not name cannot sign; and it sees nothing
// in the way exactly when the count says yes (I24).
func TestExplanationAndGuardAgree(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	told := make(map[string]int)
	rapid.Check(t, func(t *rapid.T) {
		c := drawRound(t)
		of := drawCircle(t, c)
		e := c.Explain(of)
		if tally := c.Tally(); c.Review.State.Live() && c.Head == c.Review.Revision && tally.Satisfied != (len(e.Blockers) == 0) {
			t.Fatalf("satisfied is %t, and in the way is %v", tally.Satisfied, e.Blockers)
		}
		for _, r := range e.Requirements {
			if r.Requirement.Kind != advocacy.RequireHumans {
				continue
			}
			c.Claim = of.Claims[r.Requirement.Key]
			for _, p := range drawnPersons {
				for _, lender := range append([]advocacy.PersonID{""}, drawnPersons...) {
					who := advocacy.Candidate{Person: p, OnBehalfOf: lender}
					code := whatDecideSays(t, c, r.Requirement, who)
					i := slices.IndexFunc(r.Candidates, func(o advocacy.Candidate) bool { return o.Person == p && o.OnBehalfOf == lender })
					named := i >= 0
					if named && r.Candidates[i].Code != advocacy.CandidateSigned {
						who.Code = r.Candidates[i].Code
					}
					if named && who.Code != code || !named && code == "" {
						t.Fatalf("%v on %s: told %v, and the guard says %q", who, r.Requirement.Key, r.Candidates, code)
					}
					if named {
						mu.Lock()
						told[map[bool]string{true: "himself or herself", false: "somebody else"}[lender == ""]]++
						mu.Unlock()
					}
				}
			}
		}
	})
	if told["himself or herself"] == 0 || told["somebody else"] == 0 { // each alone is told of in many of the cases
		t.Errorf("those who were told of were asked for: %v", told)
	}
}

// TestExplain tells one round in full.
func TestExplain(t *testing.T) {
	t.Parallel()
	c := aCase(signed(1, lena, "legal"), signed(2, dana, "pr"), said(3, pia, advocacy.Recuse, "pr"))
	c.Members[dana].Roles = []advocacy.RoleGrant{c.Members[dana].Roles[0]} // PR no more
	e := c.Explain(advocacy.Circle{Holders: holdersOf(c)})
	type row struct {
		Open, Satisfied bool
		Signatures      map[advocacy.PersonID]string
		Candidates      map[advocacy.PersonID]string
	}
	want := map[string]row{
		"legal": {true, true, map[advocacy.PersonID]string{lena: ""},
			map[advocacy.PersonID]string{ann: "SELF_REVIEW", lena: "SIGNED", lou: "", dana: ""}},
		"pr": {true, false, map[advocacy.PersonID]string{dana: "NOT_IN_ROLE"},
			map[advocacy.PersonID]string{ann: "SELF_REVIEW", paul: "", pia: "RECUSED"}},
	}
	got := make(map[string]row)
	for _, r := range e.Requirements {
		told := row{r.Open, r.Satisfied, map[advocacy.PersonID]string{}, map[advocacy.PersonID]string{}}
		for _, s := range r.Signatures {
			told.Signatures[s.Decision.Person] = s.Code
		}
		for _, s := range r.Candidates {
			told.Candidates[s.Person] = s.Code
		}
		got[r.Requirement.Key] = told
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("explanation (-want +got):\n%s", diff)
	}
	if e.Resets != 1 {
		t.Errorf("an edit resets %d signatures, want 1", e.Resets)
	}
}

// TestExplainSaysWhoElse: who was lent a signature is told with whose it is, a claim and a stage
// that is not open keep people from signing, and who is not named is counted.
func TestExplainSaysWhoElse(t *testing.T) {
	t.Parallel()
	c := aCase()
	c.Review.Plan.Requirements[1].Stage = 2
	lends := func(id advocacy.DelegationID, from, to advocacy.PersonID, key string) {
		if c.Delegations == nil {
			c.Delegations = make(map[advocacy.DelegationID]*advocacy.Delegation)
		}
		c.Delegations[id] = &advocacy.Delegation{
			ID: id, Delegator: from, Delegate: to, Role: roleOf(key), Start: morning, End: at(240), CreateTime: morning,
		}
	}
	lends("1", lena, paul, "legal")
	lends("2", lena, paul, "legal") // once more, and told once
	lends("3", ann, paul, "legal")
	lends("4", lena, pia, "legal")
	c.Delegations["4"].RevokeTime = c.Now
	e := c.Explain(advocacy.Circle{
		Holders: map[advocacy.Role][]advocacy.PersonID{roleOf("legal"): {lena, lou}, roleOf("pr"): {pia}},
		More:    map[advocacy.Role]int{roleOf("pr"): 7},
		Claims:  map[string]advocacy.Claim{"legal": {Person: paul, Epoch: 1, Until: c.Now.Add(time.Minute)}},
	})
	want := map[string][]advocacy.Candidate{
		"legal": {{Person: lena, Code: "CLAIMED"}, {Person: lou, Code: "CLAIMED"}, {Person: paul, OnBehalfOf: ann, Code: "SELF_REVIEW"}, {Person: paul, OnBehalfOf: lena}},
		"pr":    {{Person: pia, Code: "STAGE_NOT_OPEN"}},
	}
	got, more := make(map[string][]advocacy.Candidate), make(map[string]int)
	for _, r := range e.Requirements {
		got[r.Requirement.Key], more[r.Requirement.Key] = r.Candidates, r.More
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("candidates (-want +got):\n%s", diff)
	}
	if more["legal"] != 0 || more["pr"] != 7 {
		t.Errorf("not named are %v, want none and 7", more)
	}
	for i := range advocacy.MostCandidates {
		lends(advocacy.DelegationID(fmt.Sprint("m", i)), lou, advocacy.PersonID(fmt.Sprint("m", i)), "legal")
	}
	e = c.Explain(advocacy.Circle{Holders: map[advocacy.Role][]advocacy.PersonID{roleOf("legal"): {lena, lou}}})
	if r := e.Requirements[0]; len(r.Candidates) != advocacy.MostCandidates || r.More != 4 {
		t.Errorf("%d are named and %d not, want %d and 4", len(r.Candidates), r.More, advocacy.MostCandidates)
	}
}

// TestExplainWhatIsOver: a round that is over, or about older bytes, can be no yes.
func TestExplainWhatIsOver(t *testing.T) {
	t.Parallel()
	over := satisfiedCase()
	over.Review.State = advocacy.ReviewSuperseded
	older := satisfiedCase()
	older.Head, older.HeadDigest = 2, bytesOf("two")
	for code, c := range map[string]*advocacy.Case{advocacy.BlockReviewClosed: over, advocacy.BlockNotHead: older} {
		if e := c.Explain(advocacy.Circle{}); len(e.Blockers) != 1 || e.Blockers[0].Code != code {
			t.Errorf("in the way is %v, want %s", e.Blockers, code)
		}
	}
}
