package advocacy_test

import (
	"slices"
	"testing"

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

// TestExplanationAndGuardAgree: whom the explanation calls a candidate can sign, and nobody
// else can; and it sees nothing in the way exactly when the count says yes (I24).
func TestExplanationAndGuardAgree(t *testing.T) {
	t.Parallel()
	asked := 0
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		c.Review.State = rapid.SampledFrom([]advocacy.ReviewState{
			advocacy.ReviewOpen, advocacy.ReviewChangesRequested, advocacy.ReviewUnroutable,
		}).Draw(t, "state")
		e := c.Explain(holdersOf(c))
		if tally := c.Tally(); tally.Satisfied != (len(e.Blockers) == 0) {
			t.Fatalf("satisfied is %t, and in the way is %v", tally.Satisfied, e.Blockers)
		}
		for _, r := range e.Requirements {
			if r.Requirement.Kind != advocacy.RequireHumans || !r.Open {
				continue
			}
			for _, p := range drawnPersons {
				actor := human(p)
				actor.StepUpTime = c.Now
				c.Receipt = served(c, p)
				_, err := c.Decide(actor, advocacy.DecisionInput{
					ID: "new", Verdict: advocacy.Approve, Requirement: r.Requirement.Key, Digest: c.Review.Digest,
				})
				i := slices.IndexFunc(r.Candidates, func(c advocacy.Candidate) bool { return c.Person == p })
				may := i >= 0 && (r.Candidates[i].Code == "" || r.Candidates[i].Code == advocacy.CandidateSigned)
				if may != (err == nil) {
					t.Fatalf("%s on %s: told %v, and the guard says %v", p, r.Requirement.Key, r.Candidates, err)
				}
				asked++
			}
		}
	})
	if asked == 0 {
		t.Error("nobody was asked anything")
	}
}

// TestExplain tells one round in full.
func TestExplain(t *testing.T) {
	t.Parallel()
	c := aCase(signed(1, lena, "legal"), signed(2, dana, "pr"), said(3, pia, advocacy.Recuse, "pr"))
	c.Members[dana].Roles = []advocacy.RoleGrant{c.Members[dana].Roles[0]} // PR no more
	e := c.Explain(holdersOf(c))
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

// TestExplainWhatIsOver: a round that is over, or about older bytes, can be no yes.
func TestExplainWhatIsOver(t *testing.T) {
	t.Parallel()
	over := satisfiedCase()
	over.Review.State = advocacy.ReviewSuperseded
	older := satisfiedCase()
	older.Head, older.HeadDigest = 2, bytesOf("two")
	for code, c := range map[string]*advocacy.Case{advocacy.BlockReviewClosed: over, advocacy.BlockNotHead: older} {
		if e := c.Explain(nil); len(e.Blockers) != 1 || e.Blockers[0].Code != code {
			t.Errorf("in the way is %v, want %s", e.Blockers, code)
		}
	}
}
