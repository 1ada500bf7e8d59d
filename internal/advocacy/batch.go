package advocacy

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// RuleSet is what asks for a plan's signatures: two plans that were asked for by the same
// rules have the same one.
func (p Plan) RuleSet() string {
	var rules []string
	for _, r := range p.Requirements {
		rules = append(rules, r.Key)
		for _, rule := range r.RuleIDs() {
			rules = append(rules, r.Key+":"+rule)
		}
	}
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(rules))), " ")
}

// Alone is why no batch decides a round.
type Alone string

const (
	// AloneVeto has a requirement with a veto.
	AloneVeto Alone = "veto"
	// AloneObjection has an objection that stands.
	AloneObjection Alone = "objection"
)

// Alones lists them.
func Alones() []Alone { return []Alone{AloneVeto, AloneObjection} }

// Alone tells why the round is decided alone, whatever the verdict; empty when it can be
// decided together with others of the same rules.
func (c *Case) Alone() Alone {
	switch {
	case slices.ContainsFunc(c.need().Requirements, func(r Requirement) bool { return r.Veto }): // guard: no veto in a batch
		return AloneVeto
	case len(c.Objections()) > 0: // guard: no objection in a batch
		return AloneObjection
	default:
		return ""
	}
}

// SameRules stands for the rules that asked for the signatures of the round: those with the
// same one have the same rule set.
func (c *Case) SameRules() string {
	sum := sha256.Sum256([]byte(c.need().RuleSet()))
	return hex.EncodeToString(sum[:8])
}

// GuardBatch judges whether a verdict on this round may be one of several said at once:
// only where the risk is equal and low. That is what the same rules asked for, without a
// veto, without an objection that stands, and without the end of anything.
func (c *Case) GuardBatch(v Verdict, rules string) error {
	switch alone := c.Alone(); {
	case v != Approve && v != RequestChanges:
		return notInBatch("only approvals and requests for changes can be said together")
	case alone == AloneVeto:
		return notInBatch("it has a requirement with a veto")
	case alone == AloneObjection:
		return notInBatch("somebody objected to it")
	case c.need().RuleSet() != rules: // guard: one rule set in a batch
		return notInBatch("other rules asked for it than for the first")
	default:
		return nil
	}
}

func notInBatch(why string) error {
	return Refuse("BATCH_NOT_ALLOWED", "%s; decide it alone", why)
}
