package routing

import "github.com/imprimatur-hq/imprimatur/internal/advocacy"

// Difference is how two policies differ about one submission.
type Difference struct {
	// Before and After are what each asks for.
	Before, After Result
	// Added are the requirements the second asks for and the first does not, Removed the
	// other way round; More and Fewer those whose quorum differs.
	Added, Removed, More, Fewer []advocacy.Requirement
}

// Changed tells whether anybody else would be asked.
func (d Difference) Changed() bool {
	return len(d.Added)+len(d.Removed)+len(d.More)+len(d.Fewer) > 0
}

// Compare says how the answer of another policy differs.
func (c *Compiled) Compare(draft *Compiled, f Facts) Difference {
	d := Difference{Before: c.Evaluate(f), After: draft.Evaluate(f)}
	for _, r := range d.After.Plan.Requirements {
		old, asked := same(d.Before.Plan, r)
		switch {
		case !asked:
			d.Added = append(d.Added, r)
		case r.Quorum > old.Quorum:
			d.More = append(d.More, r)
		case r.Quorum < old.Quorum:
			d.Fewer = append(d.Fewer, r)
		}
	}
	for _, r := range d.Before.Plan.Requirements {
		if _, asked := same(d.After.Plan, r); !asked {
			d.Removed = append(d.Removed, r)
		}
	}
	return d
}

// same finds what a plan asks for under the same key of the same role.
func same(p advocacy.Plan, r advocacy.Requirement) (advocacy.Requirement, bool) {
	for _, o := range p.Requirements {
		if o.Key == r.Key && o.Kind == r.Kind && o.Role == r.Role {
			return o, true
		}
	}
	return advocacy.Requirement{}, false
}
