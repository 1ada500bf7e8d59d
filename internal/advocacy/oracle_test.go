package advocacy_test

import (
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// The oracle says the counting function of the reference once more, naively and without
// a call to the package's own: two readings that agree on random input are worth more
// than one reading that agrees with itself.

// oracleValid tells whether a decision is a signature that counts on the requirement.
func oracleValid(c *advocacy.Case, d *advocacy.Decision, ttl map[string]int64) bool {
	if d.Verdict != advocacy.Approve || d.Round != c.Review.Round || d.Digest != c.Review.Digest {
		return false
	}
	for _, o := range c.Decisions {
		if o.Supersedes == d.ID {
			return false
		}
	}
	for _, signer := range oracleParties(d) {
		for _, p := range c.Contributors {
			if oraclePerson(c, p) == oraclePerson(c, signer) {
				return false
			}
		}
		for _, o := range c.Decisions {
			if o.Verdict == advocacy.Recuse && oraclePerson(c, o.Person) == oraclePerson(c, signer) {
				return false
			}
		}
		as := *d
		if as.Person = signer; oracleBarred(c, &as) || oracleSuggested(c, &as) {
			return false
		}
	}
	if life := ttl[d.Requirement]; life > 0 && c.Now.UnixNano() >= d.Time.UnixNano()+life {
		return false
	}
	if d.ViewTime.IsZero() || d.ViewTime.UnixNano() > d.Time.UnixNano() {
		return false
	}
	if d.OnBehalfOf != "" {
		return oracleLent(c, d)
	}
	return oracleHeld(c.Members[d.Person], d)
}

// oracleParties are who a signature is by, and whose it is.
func oracleParties(d *advocacy.Decision) []advocacy.PersonID {
	if d.OnBehalfOf != "" {
		return []advocacy.PersonID{d.Person, d.OnBehalfOf}
	}
	return []advocacy.PersonID{d.Person}
}

// oracleLent tells whether a signature for somebody was lent, and both may still sign.
func oracleLent(c *advocacy.Case, d *advocacy.Decision) bool {
	g := c.Delegations[d.Delegation]
	if g == nil || g.Delegator != d.OnBehalfOf || g.Delegate != d.Person || g.Role != d.Role || !g.RevokeTime.IsZero() ||
		d.Time.Before(g.Start) || !d.Time.Before(g.End) {
		return false
	}
	since := *d
	since.Time = g.CreateTime
	if !oracleHeld(c.Members[d.OnBehalfOf], &since) {
		return false
	}
	for _, role := range c.Members[d.Person].RoleNames() {
		as := *d
		if as.Role = role; oracleHeld(c.Members[d.Person], &as) {
			return true
		}
	}
	return false
}

// oracleSuggested tells whether the signer's words are in it by suggestion, and not every
// rule that asks for the signature lets such a person sign.
func oracleSuggested(c *advocacy.Case, d *advocacy.Decision) bool {
	asked, signs := false, true
	for _, r := range slices.Concat(c.Review.Plan.Requirements, c.Floor.Requirements) {
		if r.Key == d.Requirement {
			asked, signs = true, signs && r.SuggesterSigns
		}
	}
	for _, p := range c.Suggesters {
		if oraclePerson(c, p) == oraclePerson(c, d.Person) && !(asked && signs) {
			return true
		}
	}
	return false
}

// oraclePerson is the human being behind a membership.
func oraclePerson(c *advocacy.Case, p advocacy.PersonID) advocacy.PersonID {
	if m, known := c.Members[p]; known && m.MergedInto != "" {
		return m.MergedInto
	}
	return p
}

// oracleBarred tells whether plan or floor keep this person, or this way of signing, out.
func oracleBarred(c *advocacy.Case, d *advocacy.Decision) bool {
	for _, r := range slices.Concat(c.Review.Plan.Requirements, c.Floor.Requirements) {
		if r.Key != d.Requirement {
			continue
		}
		if r.StepUp && !d.SteppedUp {
			return true
		}
		for _, p := range c.Contributors {
			if slices.Contains(r.Exclude, advocacy.ExcludeManagers) &&
				(oracleAbove(c, p, d.Person, len(c.Members)) || oracleAbove(c, d.Person, p, len(c.Members))) {
				return true
			}
			if slices.Contains(r.Exclude, advocacy.ExcludeTeam) && oracleTeam(c, p, d.Person) {
				return true
			}
		}
	}
	return false
}

// oracleAbove tells whether some membership of a person reports to one of another, in at most so
// many steps.
func oracleAbove(c *advocacy.Case, low, high advocacy.PersonID, steps int) bool {
	for id, m := range c.Members {
		if m.Manager == "" || oraclePerson(c, id) != oraclePerson(c, low) {
			continue
		}
		if oraclePerson(c, m.Manager) == oraclePerson(c, high) || steps > 0 && oracleAbove(c, m.Manager, high, steps-1) {
			return true
		}
	}
	return false
}

// oracleTeam tells whether some membership of a person shares a group with one of another.
func oracleTeam(c *advocacy.Case, p, q advocacy.PersonID) bool {
	for a, m := range c.Members {
		for b, n := range c.Members {
			if oraclePerson(c, a) == oraclePerson(c, p) && oraclePerson(c, b) == oraclePerson(c, q) &&
				slices.ContainsFunc(m.Groups, func(g string) bool { return slices.Contains(n.Groups, g) }) {
				return true
			}
		}
	}
	return false
}

func oracleHeld(m *advocacy.Member, d *advocacy.Decision) bool {
	if m == nil || m.State != advocacy.MemberActive || d.Time.Before(m.StateTime) {
		return false
	}
	for _, g := range m.Roles {
		if g.Role == d.Role && !d.Time.Before(g.Since) {
			return true
		}
	}
	return false
}

// oracleNeed is plan and floor: the quorum and the life of a signature by key.
func oracleNeed(c *advocacy.Case) (need map[string]advocacy.Requirement, ttl map[string]int64) {
	need, ttl = make(map[string]advocacy.Requirement), make(map[string]int64)
	for _, plan := range []advocacy.Plan{c.Review.Plan, c.Floor} {
		for _, r := range plan.Requirements {
			known, again := need[r.Key]
			if again && known.Quorum > r.Quorum {
				r.Quorum = known.Quorum
			}
			need[r.Key] = r
			if life := int64(r.TTL); life > 0 && (ttl[r.Key] == 0 || life < ttl[r.Key]) {
				ttl[r.Key] = life
			}
		}
	}
	return need, ttl
}

// oracleObjected tells whether an objection stands.
func oracleObjected(c *advocacy.Case, ttl map[string]int64) bool {
	for i := range c.Decisions {
		d := &c.Decisions[i]
		if d.Verdict != advocacy.Reject && d.Verdict != advocacy.RequestChanges {
			continue
		}
		over := d.Verdict == advocacy.RequestChanges || d.Digest != c.Review.Digest
		cleared := false
		for j := range c.Decisions {
			o := &c.Decisions[j]
			if o.Supersedes == d.ID {
				cleared = true
			}
			if over && o.Role == d.Role && o.Time.After(d.Time) && oracleValid(c, o, ttl) {
				cleared = true
			}
		}
		if !cleared {
			return true
		}
	}
	return false
}

// oracleSatisfied is satisfied(r, t) of the reference.
func oracleSatisfied(c *advocacy.Case) bool {
	need, ttl := oracleNeed(c)
	if len(need) == 0 || len(c.OpenThreads) > 0 || oracleObjected(c, ttl) {
		return false
	}
	var slots [][]oracleSigner
	for key, r := range need {
		switch {
		case r.Kind == advocacy.RequireLibrary:
			if !c.Library.InForce || !c.Library.Matches || !c.Library.Meant || c.Library.Untold {
				return false
			}
		case r.Kind != advocacy.RequireHumans || r.Quorum <= 0:
			return false
		}
		for n := 0; r.Kind == advocacy.RequireHumans && n < r.Quorum; n++ {
			slots = append(slots, oracleSigners(c, key, r.Role, ttl))
		}
	}
	return mostFilled(slots, nil) == len(slots)
}

// oracleSigner is everybody whom one signature takes.
type oracleSigner []advocacy.PersonID

func oracleSigners(c *advocacy.Case, key string, role advocacy.Role, ttl map[string]int64) []oracleSigner {
	var out []oracleSigner
	for i := range c.Decisions {
		d := &c.Decisions[i]
		if d.Requirement != key || d.Role != role || !oracleValid(c, d, ttl) {
			continue
		}
		var who oracleSigner
		for _, p := range oracleParties(d) {
			who = append(who, oraclePerson(c, p))
		}
		if !slices.ContainsFunc(out, func(o oracleSigner) bool { return slices.Equal(o, who) }) {
			out = append(out, who)
		}
	}
	return out
}

// mostFilled tries every assignment: how many slots different persons can fill at most.
func mostFilled(slots [][]oracleSigner, used []advocacy.PersonID) int {
	if len(slots) == 0 {
		return 0
	}
	best := mostFilled(slots[1:], used)
	for _, who := range slots[0] {
		if !slices.ContainsFunc(who, func(p advocacy.PersonID) bool { return slices.Contains(used, p) }) {
			best = max(best, 1+mostFilled(slots[1:], append(slices.Clone(used), who...)))
		}
	}
	return best
}
