package advocacy

import (
	"maps"
	"slices"
)

// This file is about signatures that somebody gives for somebody else. What a rule says of
// a signer holds for both, and both are one signer. So a delegate never makes a round
// feasible that is not: whoever bars the delegator bars the delegate too.

// guardDelegation returns the delegation by which the actor signs for somebody, "" when
// the signature is the actor's own.
func (c *Case) guardDelegation(actor Actor, in DecisionInput, r Requirement) (DelegationID, error) {
	if in.OnBehalfOf == "" {
		return "", nil
	}
	if in.Verdict == Recuse {
		return "", Deny("DELEGATION_INVALID", "whoever will not decide says so for himself or herself")
	}
	switch c.Barred(r, in.OnBehalfOf) {
	case BlockSelfReview:
		return "", Deny("SELF_REVIEW", "whom you stand in for wrote some of this, so somebody else must sign it")
	case BlockExcluded:
		return "", Deny("EXCLUDED", "whom you stand in for is too close to who wrote this: somebody outside the team or the reporting line must sign it")
	}
	over := false
	for _, id := range slices.Sorted(maps.Keys(c.Delegations)) {
		g := c.Delegations[id]
		if !g.lets(actor.Person, in.OnBehalfOf, r.Role) {
			continue
		}
		if g.Covers(c.Now) {
			return id, c.guardLending(actor, r, g)
		}
		over = over || !g.RevokeTime.IsZero() || !c.Now.Before(g.End)
	}
	if over {
		return "", Deny("DELEGATION_ENDED", "you could sign for this person, but not any more")
	}
	return "", Deny("DELEGATION_INVALID", "nothing lets you sign as %s for this person now", r.Role)
}

// guardLending refuses a delegation whose parties cannot sign any more.
func (c *Case) guardLending(actor Actor, r Requirement, g *Delegation) error {
	if !c.Members[g.Delegator].HeldSince(r.Role, g.CreateTime) { // guard: role held by whom it is for
		return Deny("DELEGATION_INVALID", "whom you stand in for does not hold the role %s any more", r.Role)
	}
	if !c.Members[actor.Person].signs(c.Now) { // guard: a role that signs when standing in
		return Deny("NOT_IN_ROLE", "who stands in must hold a role that signs")
	}
	return nil
}

// CanStandIn tells whether a person could give a signature for the delegator now: nothing
// bars either of them, and none of the round is either's already.
func (c *Case) CanStandIn(r Requirement, p PersonID, g *Delegation) bool {
	if c.contributed(p) || c.suggested(r, p) || c.excluded(r, p) || slices.Contains(c.Excluded(), p) { // guard: what bars a delegate
		return false
	}
	lent := g.lets(p, g.Delegator, r.Role) && g.Covers(c.Now) && c.guardLending(Actor{Person: p}, r, g) == nil
	return lent && c.CanSign(r, g.Delegator)
}

// lendingFault says why a signature that was given for somebody does not count, "" when
// it does: the delegation covered the instant and was not taken back, whose signature it
// is holds the role since it was lent, and who gave it may still sign something.
func (c *Case) lendingFault(d *Decision) string {
	g := c.Delegations[d.Delegation]
	if !g.lets(d.Person, d.OnBehalfOf, d.Role) || !g.Covers(d.Time) {
		return BlockDelegation
	}
	if !c.Members[d.OnBehalfOf].HeldSince(d.Role, g.CreateTime) { // guard: delegator holds the role without a gap
		return BlockNotInRole
	}
	if !c.Members[d.Person].signs(d.Time) { // guard: delegate may sign without a gap
		return BlockNotInRole
	}
	return ""
}

// parties are who a decision is by, and for whom if it is for somebody else.
func (d *Decision) parties() []PersonID {
	if d.OnBehalfOf == "" {
		return []PersonID{d.Person}
	}
	return []PersonID{d.Person, d.OnBehalfOf}
}

// involve tells whether somebody is a party of both decisions.
func (c *Case) involve(d, o *Decision) bool {
	return slices.ContainsFunc(d.parties(), func(p PersonID) bool {
		return slices.ContainsFunc(o.parties(), func(q PersonID) bool { return c.person(p) == c.person(q) })
	})
}

// mostLent bounds the lent signatures of a round that are tried; more do not count.
const mostLent = 8

// counting are the decisions that count: what people gave for themselves, and what was
// lent to them.
func (c *Case) counting() (own, lent []*Decision) {
	for i := range c.Decisions {
		d := &c.Decisions[i]
		switch {
		case !c.Counts(d):
		case d.OnBehalfOf == "":
			own = append(own, d)
		case len(lent) < mostLent:
			lent = append(lent, d)
		}
	}
	return own, lent
}

// apart returns every choice of signatures of which no two have somebody in common.
func (c *Case) apart(lent []*Decision) [][]*Decision {
	var choices [][]*Decision
	for i, d := range lent {
		choices = append(choices, []*Decision{d})
		for _, more := range c.apart(lent[i+1:]) {
			if !slices.ContainsFunc(more, func(o *Decision) bool { return c.involve(d, o) }) { // guard: who signs for two, or lets two sign, is one
				choices = append(choices, append([]*Decision{d}, more...))
			}
		}
	}
	return choices
}

// fillsMore tells whether one assignment fills more slots than another in the first
// requirement in which they differ.
func fillsMore(order []int, next, best [][]PersonID) bool {
	for _, i := range order {
		if len(next[i]) != len(best[i]) {
			return len(next[i]) > len(best[i])
		}
	}
	return false
}

// signedTogether tells whether a signature of the actor, for somebody or not, would be the
// second of two persons who are one signer by a delegation. What the actor said on the
// same requirement is replaced.
func (c *Case) signedTogether(actor, delegator PersonID, requirement string) bool {
	next := &Decision{Person: actor, OnBehalfOf: delegator}
	return slices.ContainsFunc(c.Decisions, func(d Decision) bool {
		replaced := c.person(d.Person) == c.person(actor) && d.Requirement == requirement
		lent := d.OnBehalfOf != "" || delegator != ""
		return lent && !replaced && c.involve(&d, next) && c.Counts(&d)
	})
}

// lent returns the unsuperseded decision somebody gave in the person's name, which the
// person may take back.
func (c *Case) lent(p PersonID, requirement string) *Decision {
	for i := range c.Decisions {
		d := &c.Decisions[i]
		spoken := d.Verdict == Approve || d.Verdict.Negative()
		mine := d.OnBehalfOf != "" && c.person(d.OnBehalfOf) == c.person(p)
		if spoken && mine && d.Round == c.Review.Round && d.Requirement == requirement && !c.superseded(d) {
			return d
		}
	}
	return nil
}
