package advocacy

import "slices"

// Slots is how many different persons the plan asks for in all.
func (p Plan) Slots() int {
	n := 0
	for _, r := range p.Requirements {
		if r.Kind == RequireHumans {
			n += r.Quorum
		}
	}
	return n
}

// Roles lists the roles whose signatures the plan asks for.
func (p Plan) Roles() []Role {
	var roles []Role
	for _, r := range p.Requirements {
		if r.Kind == RequireHumans && !slices.Contains(roles, r.Role) {
			roles = append(roles, r.Role)
		}
	}
	return roles
}

// Excludes tells whether any requirement of the plan excludes by the relation.
func (p Plan) Excludes(e Exclusion) bool {
	return slices.ContainsFunc(p.Requirements, func(r Requirement) bool { return slices.Contains(r.Exclude, e) })
}

// Infeasibility is why nobody is left for a requirement. Its words are those of blockers and of
// candidates where they say the same.
type Infeasibility string

const (
	// InfeasibleRole: too few hold the role.
	InfeasibleRole Infeasibility = BlockNotInRole
	// InfeasibleWriter: who holds it wrote some of it.
	InfeasibleWriter Infeasibility = BlockSelfReview
	// InfeasibleExcluded: who holds it is too close to who wrote it.
	InfeasibleExcluded Infeasibility = BlockExcluded
	// InfeasibleRecused: who holds it declared not to decide on it.
	InfeasibleRecused Infeasibility = BlockRecused
	// InfeasibleNeeded: who holds it is needed for another signature.
	InfeasibleNeeded Infeasibility = CandidateElsewhere
	// InfeasibleSigned: who could sign it signed another one, so that this signature has to be taken
	// back, or somebody else has to give it as well.
	InfeasibleSigned Infeasibility = "SIGNED_ELSEWHERE"
	// InfeasibleNoFactor: who signs has to prove again who he or she is, and there is no Factor to
	// do so by, whoever holds the role.
	InfeasibleNoFactor Infeasibility = "STEP_UP_UNAVAILABLE"
	// InfeasibleEmpty: it asks for nobody, which nobody satisfies.
	InfeasibleEmpty Infeasibility = BlockPlanEmpty
)

// Infeasibilities lists every reason.
func Infeasibilities() []Infeasibility {
	return []Infeasibility{
		InfeasibleRole, InfeasibleWriter, InfeasibleExcluded, InfeasibleRecused, InfeasibleNeeded, InfeasibleSigned, InfeasibleNoFactor,
		InfeasibleEmpty,
	}
}

// Shortfall is a requirement that nobody is left for.
type Shortfall struct {
	Requirement Requirement
	// Missing is how many signatures nobody can give.
	Missing int
	Reason  Infeasibility
}

// Blocker is what the shortfall puts in the way.
func (s Shortfall) Blocker() Blocker {
	return Blocker{Code: BlockInfeasible, Requirement: s.Requirement.Key, Reason: string(s.Reason)}
}

// Shortfalls returns the requirements of a plan that cannot be met by the signatures given and
// those that could still be given, nil when different persons can fill every slot. It is the
// matching that counts signatures, over who can sign besides: whoever gave a signature keeps its
// place, unless one more would count. holders are the active holders of each role the plan asks
// for, whose memberships the case knows.
func (c *Case) Shortfalls(p Plan, holders map[Role][]PersonID) []Shortfall {
	free := make([][]PersonID, len(p.Requirements))
	for i, r := range p.Requirements {
		if r.Kind != RequireHumans {
			continue
		}
		for _, h := range holders[r.Role] {
			if c.CanSign(r, h) {
				free[i] = append(free[i], c.person(h))
			}
		}
	}
	own, lent := c.counting()
	filled := c.matchOf(p.Requirements, own, lent, free)
	var out []Shortfall
	for i, r := range p.Requirements {
		switch {
		case r.Kind != RequireHumans:
		case r.Quorum <= 0:
			out = append(out, Shortfall{Requirement: r, Reason: InfeasibleEmpty})
		case len(filled[i]) < r.Quorum:
			out = append(out, Shortfall{
				Requirement: r, Missing: r.Quorum - len(filled[i]), Reason: c.shortReason(r, holders[r.Role], filled[i]),
			})
		}
	}
	return out
}

// shortReason says why of the holders of a role too few are left for a requirement.
func (c *Case) shortReason(r Requirement, holders, filled []PersonID) Infeasibility {
	if c.Unprovable(r) {
		return InfeasibleNoFactor
	}
	reason, barred := InfeasibleRole, ""
	for _, p := range holders {
		code := c.Barred(r, p)
		switch {
		case code != "":
			barred = code
		case slices.Contains(filled, c.person(p)):
		case c.signed(p):
			return InfeasibleSigned
		default:
			reason = InfeasibleNeeded
		}
	}
	if reason == InfeasibleRole && barred != "" {
		return Infeasibility(barred)
	}
	return reason
}

// CanSign tells whether a person could be asked for a signature: nothing bars him or her from
// it, and none of the round is his or hers already, unless one more would count.
func (c *Case) CanSign(r Requirement, p PersonID) bool {
	return c.Barred(r, p) == "" && c.free(r, p)
}

// free tells whether a signature on the requirement could still count for a person: none of the
// round is his or hers, or it would fill a slot that nothing fills now.
func (c *Case) free(r Requirement, p PersonID) bool {
	elsewhere := false
	for i := range c.Decisions {
		d := &c.Decisions[i]
		if !c.partyOf(p, d) || !c.Counts(d) {
			continue
		}
		if d.OnBehalfOf != "" || d.Requirement == r.Key {
			return false
		}
		elsewhere = true
	}
	return !elsewhere || c.fillsAnother(r, p)
}

// signed tells whether some signature that counts is the person's, or was given for him or her.
func (c *Case) signed(p PersonID) bool {
	return slices.ContainsFunc(c.Decisions, func(d Decision) bool { return c.partyOf(p, &d) && c.Counts(&d) })
}

func (c *Case) partyOf(p PersonID, d *Decision) bool {
	return slices.ContainsFunc(d.parties(), func(q PersonID) bool { return c.person(q) == c.person(p) })
}

// fillsAnother tells whether one more signature, of this person on this requirement, would fill
// a slot that is empty now: somebody else can take the place of what he or she signed before.
func (c *Case) fillsAnother(r Requirement, p PersonID) bool {
	need := c.need().Requirements
	own, lent := c.counting()
	next := &Decision{Requirement: r.Key, Role: r.Role, Person: p}
	return filledSlots(c.matchOf(need, slices.Concat(own, []*Decision{next}), lent, nil)) > filledSlots(c.matchOf(need, own, lent, nil))
}

func filledSlots(signed [][]PersonID) (n int) {
	for _, persons := range signed {
		n += len(persons)
	}
	return n
}

// Wanted tells whether a signature more is wanted on a requirement that is satisfied: somebody
// signed it and another one, and fills a slot of both no more.
func (c *Case) Wanted(row RequirementTally) bool {
	own, _ := c.counting()
	twice := slices.ContainsFunc(own, func(d *Decision) bool {
		return d.Requirement == row.Requirement.Key && c.signedElsewhere(d.Person, d.Requirement) != nil
	})
	return twice && c.fillsAnother(row.Requirement, "")
}

// TakesPlace tells whether a signature could keep another requirement from being signed, so that
// it has to be asked again whether the round can be finished.
func (c *Case) TakesPlace(d *Decision) bool {
	return d.OnBehalfOf != "" || slices.ContainsFunc(c.need().Requirements, func(r Requirement) bool {
		return r.Kind == RequireHumans && r.Key != d.Requirement && c.Members[d.Person].Holds(r.Role)
	})
}
