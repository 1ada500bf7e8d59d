package advocacy

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

// Feasible tells whether different persons could fill every slot of the plan, given who
// is eligible for each role. It is the same matching that counts signatures.
func Feasible(p Plan, eligible map[Role][]PersonID) bool {
	m := matching{
		willing: make([][]PersonID, len(p.Requirements)),
		holder:  make(map[PersonID]int),
		signed:  make([][]PersonID, len(p.Requirements)),
	}
	for i, r := range p.Requirements {
		if r.Kind == RequireHumans {
			m.willing[i] = eligible[r.Role]
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
