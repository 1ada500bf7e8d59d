package advocacy

import (
	"maps"
	"slices"
)

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
	case c.Unprovable(r):
		return string(InfeasibleNoFactor)
	default:
		return ""
	}
}

// Unprovable tells whether the requirement asks for a proof that nobody can give.
func (c *Case) Unprovable(r Requirement) bool { return r.StepUp && c.Factor == NoFactor } // guard: no step-up without a factor

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
		p, q = c.person(p), c.person(q) // guard: a reporting line is between persons
		return slices.Contains(c.Superiors[p], q) || slices.Contains(c.Superiors[q], p)
	case ExcludeTeam:
		theirs := c.groups(q)
		return slices.ContainsFunc(c.groups(p), func(g string) bool { return slices.Contains(theirs, g) })
	default:
		return true
	}
}

// Recused tells whether the person declared not to decide on the subject. It holds for
// every requirement and every round, and takes earlier signatures along.
func (c *Case) Recused(p PersonID) bool {
	return slices.ContainsFunc(c.Decisions, func(d Decision) bool { return d.Verdict == Recuse && c.person(d.Person) == c.person(p) })
}

// groups lists the groups a person is in, under any membership.
func (c *Case) groups(p PersonID) []string {
	return slices.Concat(c.Members[p].GroupNames(), c.Groups[c.person(p)]) // guard: groups of every membership
}

// Groups returns the groups each person is in, under any membership.
func Groups(members map[PersonID]*Member) map[PersonID][]string {
	c, out := &Case{Members: members}, make(map[PersonID][]string)
	for p, m := range members {
		if of := m.GroupNames(); len(of) > 0 {
			out[c.person(p)] = union(out[c.person(p)], of)
		}
	}
	return out
}

// Superiors returns whom each person reports to, directly or through others, under any
// membership. A line that runs in a circle makes everybody in it the superior of the others.
func Superiors(members map[PersonID]*Member) map[PersonID][]PersonID {
	c := &Case{Members: members}
	above := make(map[PersonID][]PersonID)
	for _, p := range slices.Sorted(maps.Keys(members)) {
		if m := members[p]; m != nil && m.Manager != "" {
			who := c.person(p) // guard: whom a merged membership reports to
			above[who] = append(above[who], c.person(m.Manager))
		}
	}
	out := make(map[PersonID][]PersonID, len(above))
	for p, next := range above {
		for len(next) > 0 {
			m := next[0]
			next = next[1:]
			if !slices.Contains(out[p], m) {
				out[p] = append(out[p], m)
				next = slices.Concat(next, above[m])
			}
		}
	}
	return out
}
