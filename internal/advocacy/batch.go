package advocacy

import (
	"slices"
	"strings"
)

// RuleSet is what asks for a plan's signatures: two plans that were asked for by the same
// rules have the same one.
func (p Plan) RuleSet() string {
	var rules []string
	for _, r := range p.Requirements {
		rules = append(rules, r.Key)
		for _, reason := range r.Rules {
			rules = append(rules, r.Key+":"+reason.Rule)
		}
	}
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(rules))), " ")
}

// GuardBatch judges whether a verdict on this round may be one of several said at once:
// only where the risk is equal and low. That is what the same rules asked for, without a
// veto, without an objection that stands, and without the end of anything.
func (c *Case) GuardBatch(v Verdict, rules string) error {
	need := c.need()
	veto := slices.ContainsFunc(need.Requirements, func(r Requirement) bool { return r.Veto })
	switch {
	case v != Approve && v != RequestChanges:
		return notInBatch("only approvals and requests for changes can be said together")
	case veto: // guard: no veto in a batch
		return notInBatch("it has a requirement with a veto")
	case len(c.Objections()) > 0: // guard: no objection in a batch
		return notInBatch("somebody objected to it")
	case need.RuleSet() != rules: // guard: one rule set in a batch
		return notInBatch("other rules asked for it than for the first")
	default:
		return nil
	}
}

func notInBatch(why string) error {
	return Refuse("BATCH_NOT_ALLOWED", "%s; decide it alone", why)
}
