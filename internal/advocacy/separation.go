package advocacy

import "slices"

// Barred says why a person can never sign a requirement of this round, as a blocker's
// code, or "" when he or she can. What people are told, who may decide, and whether a
// plan can be met at all are the same question.
func (c *Case) Barred(r Requirement, p PersonID) string {
	switch {
	case c.contributed(p), c.suggested(r, p): // guard: self review when deciding
		return BlockSelfReview
	case !c.Members[p].Holds(r.Role): // guard: role held when deciding
		return BlockNotInRole
	case c.excluded(r, p):
		return BlockExcluded
	case c.Recused(p):
		return BlockRecused
	default:
		return ""
	}
}

// person is the human being behind a membership: one that was merged into another is the
// same person, whatever was signed or written under it.
func (c *Case) person(p PersonID) PersonID {
	if m := c.Members[p]; m != nil && m.MergedInto != "" { // guard: merged memberships are one person
		return m.MergedInto
	}
	return p
}

// contributed tells whether the person wrote some of it, under any membership.
func (c *Case) contributed(p PersonID) bool {
	return slices.ContainsFunc(c.Contributors, func(q PersonID) bool { return c.person(q) == c.person(p) })
}

// excluded tells whether a requirement keeps the person from signing for being close to
// somebody who wrote some of it.
func (c *Case) excluded(r Requirement, p PersonID) bool {
	for _, e := range r.Exclude {
		for _, q := range c.Contributors {
			if c.related(e, p, q) { // guard: excluded relations
				return true
			}
		}
	}
	return false
}

// related tells whether two persons stand in a relation. One that this binary does not
// know holds between all: what cannot be judged is not allowed.
func (c *Case) related(e Exclusion, p, q PersonID) bool {
	switch e {
	case ExcludeManagers:
		return slices.Contains(c.Superiors[p], q) || slices.Contains(c.Superiors[q], p)
	case ExcludeTeam:
		return slices.ContainsFunc(c.Members[p].GroupNames(), func(g string) bool { return slices.Contains(c.Members[q].GroupNames(), g) })
	default:
		return true
	}
}

// Recused tells whether the person declared not to decide on the subject. It holds for
// every requirement and every round, and takes earlier signatures along.
func (c *Case) Recused(p PersonID) bool {
	return slices.ContainsFunc(c.Decisions, func(d Decision) bool { return d.Verdict == Recuse && c.person(d.Person) == c.person(p) })
}

// Superiors returns whom each member reports to, directly or through others. A line that
// runs in a circle makes everybody in it the superior of the others.
func Superiors(members map[PersonID]*Member) map[PersonID][]PersonID {
	out := make(map[PersonID][]PersonID)
	for p := range members {
		for m := members[p]; m != nil && m.Manager != "" && !slices.Contains(out[p], m.Manager); m = members[m.Manager] {
			out[p] = append(out[p], m.Manager)
		}
	}
	return out
}
