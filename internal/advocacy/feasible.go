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

// Feasible tells whether different persons could fill every slot of the plan, given who
// is eligible for each requirement. It is the same matching that counts signatures.
func Feasible(p Plan, eligible func(Requirement) []PersonID) bool {
	m := matching{
		willing: make([][]PersonID, len(p.Requirements)),
		holder:  make(map[PersonID]int),
		signed:  make([][]PersonID, len(p.Requirements)),
	}
	for i, r := range p.Requirements {
		if r.Kind == RequireHumans {
			m.willing[i] = eligible(r)
		}
	}
	for i, r := range p.Requirements {
		if r.Kind != RequireHumans {
			continue
		}
		if r.Quorum <= 0 {
			return false
		}
		for range r.Quorum {
			if !m.fill(i, make(map[PersonID]bool)) {
				return false
			}
		}
	}
	return len(p.Requirements) > 0
}
