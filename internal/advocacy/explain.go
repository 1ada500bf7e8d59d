package advocacy

// Codes of what keeps a person from signing that are no blockers. The others are blocker
// codes: SELF_REVIEW, EXCLUDED, RECUSED.
const (
	// CandidateSigned: the person's signature counts on this requirement.
	CandidateSigned = "SIGNED"
	// CandidateElsewhere: the person's signature counts on another requirement, and one
	// person fills one slot.
	CandidateElsewhere = "DISTINCT_PERSON"
)

// Candidate is somebody who holds the role of a requirement. Code says why it is not that
// person's turn, "" when it could be.
type Candidate struct {
	Person PersonID
	Code   string
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

// Explain says how far the round is and who could take it further. holders are the active
// holders of each role the plan asks for; Members must hold their memberships.
func (c *Case) Explain(holders map[Role][]PersonID) Explanation {
	tally := c.Tally()
	out := Explanation{Blockers: c.closedBlockers(tally)}
	for _, row := range tally.Requirements {
		e := RequirementExplanation{RequirementTally: row, Signatures: c.signatures(row.Requirement.Key)}
		for _, p := range holders[row.Requirement.Role] {
			e.Candidates = append(e.Candidates, Candidate{Person: p, Code: c.candidate(row.Requirement, p)})
		}
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

func (c *Case) candidate(r Requirement, p PersonID) string {
	if code := c.Barred(r, p); code != "" {
		return code
	}
	if c.signedElsewhere(p, r.Key) != nil && !c.fillsAnother(r, p) || c.signedTogether(p, "", r.Key) {
		return CandidateElsewhere
	}
	if own := c.standing(p, r.Key); own != nil && c.Counts(own) {
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
