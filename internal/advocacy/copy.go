package advocacy

import "slices"

// Objectors lists the roles a copy of the subject must get past, sorted: those whose
// objections nobody cleared, and those that came along from what the subject was itself
// copied from, unless they signed its newest bytes. A round about older bytes clears
// nothing.
func (c *Case) Objectors(inherited []Role) []Role {
	current := c.Review.Revision == c.Head && c.Review.Digest == c.HeadDigest
	var roles []Role
	for _, role := range inherited {
		signed := slices.ContainsFunc(c.Decisions, func(d Decision) bool { return d.Role == role && c.Counts(&d) })
		if !current || !signed {
			roles = append(roles, role)
		}
	}
	for i := range c.Decisions {
		d := &c.Decisions[i]
		if d.Verdict.Negative() && d.Role.Approver() && !c.superseded(d) && (!current || !c.cleared(d)) { // guard: objections follow a copy
			roles = append(roles, d.Role)
		}
	}
	return union(roles, nil)
}
