package advocacy

import (
	"cmp"
	"maps"
	"slices"
)

// Codes of candidates that the product names itself. The others are the reasons for which Decide
// refuses, such as SELF_REVIEW, RECUSED, STAGE_NOT_OPEN or CLAIMED.
const (
	// CandidateSigned: the person's signature counts on this requirement.
	CandidateSigned = "SIGNED"
	// CandidateElsewhere: the person's signature counts on another requirement, and one
	// person fills one slot.
	CandidateElsewhere = "DISTINCT_PERSON"
)

// MostCandidates is how many candidates an explanation names for a requirement.
const MostCandidates = 100

// Candidate is somebody who could be asked for a signature: who holds the role of a requirement,
// or who was lent it. Code is the reason for which Decide would refuse an approval now, "" when
// it would take it, and CandidateSigned when it has it. That a person still has to look at the
// bytes, or to prove again who he or she is, keeps nobody from signing.
type Candidate struct {
	Person PersonID
	// OnBehalfOf is whose signature it would be, by a delegation; empty for the person's own.
	OnBehalfOf PersonID
	Code       string
}

// Circle is who could be asked to sign a round, as far as the case does not say so. The case
// holds their memberships, and the delegations of the roles that are in force.
type Circle struct {
	// Holders are active holders of each role the plan asks for, and More how many more there are.
	Holders map[Role][]PersonID
	More    map[Role]int
	// Claims are who says to be working on each requirement.
	Claims map[string]Claim
}

// Signature is an approval somebody gave in the round. Code says why it does not count, ""
// when it does.
type Signature struct {
	Decision Decision
	Code     string
}

// RequirementExplanation is everything there is to say about one requirement.
type RequirementExplanation struct {
	RequirementTally
	Signatures []Signature
	Candidates []Candidate
	// More is how many candidates are not named.
	More int
}

// Explanation is what people are told about a round. It is made of the answers that guard
// it, so what it says is what happens.
type Explanation struct {
	Requirements []RequirementExplanation
	// Blockers is what is in the way of a yes, empty for a yes.
	Blockers []Blocker
	// Resets is how many signatures that count now an edit would take away.
	Resets int
}

// Explain says how far the round is and who could take it further.
func (c *Case) Explain(of Circle) Explanation {
	tally := c.Tally()
	out := Explanation{Blockers: c.closedBlockers(tally)}
	for _, row := range tally.Requirements {
		e := RequirementExplanation{RequirementTally: row, Signatures: c.signatures(row.Requirement.Key)}
		e.Candidates, e.More = c.candidates(tally, row.Requirement, of)
		out.Requirements = append(out.Requirements, e)
		out.Resets += len(row.Signers)
	}
	return out
}

// closedBlockers are the count's blockers, and that the round can never be a yes if it is
// over, or about an older revision.
func (c *Case) closedBlockers(t Tally) []Blocker {
	if c.Review.Revision != c.Head || c.Review.Digest != c.HeadDigest {
		return append([]Blocker{{Code: BlockNotHead}}, t.Blockers...)
	}
	if !c.Review.State.Live() {
		return append([]Blocker{{Code: BlockReviewClosed}}, t.Blockers...)
	}
	return t.Blockers
}

// candidates are who could be asked for a signature, holders of the role first, and how many
// more there are.
func (c *Case) candidates(t Tally, r Requirement, of Circle) ([]Candidate, int) {
	if r.Kind != RequireHumans {
		return nil, 0
	}
	var out []Candidate
	for _, p := range of.Holders[r.Role] {
		out = append(out, Candidate{Person: p})
	}
	out = append(out, c.standIns(r)...) // guard: who was lent a signature is told
	more := of.More[r.Role]
	if n := len(out) - MostCandidates; n > 0 {
		out, more = out[:MostCandidates], more+n // guard: who is not named is counted
	}
	for i := range out {
		out[i].Code = c.candidateCode(t, r, out[i], of.Claims[r.Key])
	}
	return out, more
}

// standIns are who was lent a signature on the requirement for now, and by whom, each pair once.
func (c *Case) standIns(r Requirement) []Candidate {
	pairs := make(map[Candidate]bool)
	for _, g := range c.Delegations {
		if g.Role == r.Role && g.Covers(c.Now) {
			pairs[Candidate{Person: g.Delegate, OnBehalfOf: g.Delegator}] = true
		}
	}
	return slices.SortedFunc(maps.Keys(pairs), func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.Person, b.Person), cmp.Compare(a.OnBehalfOf, b.OnBehalfOf))
	})
}

// candidateCode asks the guard itself: what Decide would answer the person, had he or she just
// looked at the bytes and proved who it is.
func (c *Case) candidateCode(t Tally, r Requirement, who Candidate, claim Claim) string {
	asked := *c
	asked.Claim = claim
	asked.Receipt = &Receipt{
		Subject: c.Review.Subject, Round: c.Review.Round, Digest: c.Review.Digest, Person: who.Person, Time: c.Now,
	}
	actor := Actor{Kind: Human, Workspace: c.Review.Subject.Workspace, Person: who.Person, StepUpTime: c.Now}
	_, err := asked.decide(t, actor, DecisionInput{
		Verdict: Approve, Requirement: r.Key, Digest: c.Review.Digest, OnBehalfOf: who.OnBehalfOf,
	})
	if err != nil {
		return ReasonOf(err)
	}
	if own := c.standing(who.Person, r.Key); own != nil && c.Counts(own) {
		return CandidateSigned
	}
	return ""
}

// signatures are the approvals given on a requirement in this round that nobody took back.
func (c *Case) signatures(requirement string) []Signature {
	var out []Signature
	for i := range c.Decisions {
		d := &c.Decisions[i]
		if d.Verdict == Approve && d.Round == c.Review.Round && d.Requirement == requirement && !c.superseded(d) {
			out = append(out, Signature{Decision: *d, Code: c.fault(d)})
		}
	}
	return out
}
