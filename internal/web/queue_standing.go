package web

import (
	"slices"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// standing finds out what the visitor said and can say.
func (v *visitor) standing(t *turn) error {
	me := v.me.GetMember()
	for _, d := range t.Review.GetDecisions() {
		if d.GetVerdict() == imprimaturv1.Verdict_VERDICT_REQUEST_CHANGES || d.GetVerdict() == imprimaturv1.Verdict_VERDICT_REJECT {
			t.Objection = d
		}
		if d.GetMember() == me && d.GetRequirement() == t.Task.GetRequirement() {
			t.Signed = d
		}
	}
	if t.Signed.GetVerdict() == imprimaturv1.Verdict_VERDICT_RETRACT || t.lost(t.Signed) {
		t.Signed = nil
	}
	t.Stale = t.Task.GetDigest() != "" && t.Task.GetDigest() != t.Review.GetDigest()
	t.Decides = t.Task.GetState() == imprimaturv1.ReviewTask_OPEN && t.Mine != nil && v.may("reviews.decide") && v.may("reviews.read")
	if !t.Decides {
		return nil
	}
	if err := v.standIn(t); err != nil {
		return err
	}
	if t.Cannot != "" {
		t.Decides = false
		return nil
	}
	for _, round := range t.Rounds {
		for _, d := range round.GetDecisions() {
			if t.again(d, me) {
				t.Again = d.GetName()
			}
		}
	}
	return nil
}

// lost tells whether a signature was given and does not count any more.
func (t *turn) lost(d *imprimaturv1.Decision) bool {
	return slices.ContainsFunc(t.Standing.GetSignatures(), func(s *imprimaturv1.SignatureExplanation) bool {
		return s.GetDecision() == d.GetName() && s.GetCode() != ""
	})
}

// again tells whether a decision is the visitor's approval of the bytes and requirement at hand.
func (t *turn) again(d *imprimaturv1.Decision, me string) bool {
	return d.GetMember() == me && d.GetVerdict() == imprimaturv1.Verdict_VERDICT_APPROVE && d.GetOnBehalfOf() == t.For &&
		d.GetDigest() == t.Review.GetDigest() && d.GetRequirement() == t.Task.GetRequirement()
}

// standIn finds out in whose name the visitor would sign: the own one, unless somebody else was asked
// who lent the signature, or only a lent one will do. The service decides whether it may be.
func (v *visitor) standIn(t *turn) error {
	own := slices.Contains(v.me.GetRoles(), t.Mine.GetRole())
	if asked := t.Task.GetMember(); own && (asked == "" || asked == v.me.GetMember()) || !v.may("delegations.read") {
		if t.Signed == nil {
			t.Cannot = t.keptBy(v.me.GetMember())
		}
		return nil
	}
	lent, err := imprimaturv1.NewDelegationServiceClient(v.conn).ListDelegations(v.ctx, &imprimaturv1.ListDelegationsRequest{
		Parent: v.parent(), PageSize: everyPage, Filter: `delegate = "me"`,
	})
	if err != nil {
		return err
	}
	for _, d := range lent.GetDelegations() {
		if !d.GetActive() || d.GetRole() != t.Mine.GetRole() {
			continue
		}
		if d.GetDelegator() == t.Task.GetMember() || !own && t.For == "" {
			t.For = d.GetDelegator()
		}
	}
	if !own && t.For == "" {
		t.Cannot = "NOT_IN_ROLE"
	}
	return nil
}

// keptBy says what keeps a member from giving the turn's signature as the member's own, as the
// service calls it. A claim of somebody else's can be taken over, and keeps nobody.
func (t *turn) keptBy(member string) string {
	for _, c := range t.Standing.GetCandidates() {
		if c.GetMember() == member && c.GetOnBehalfOf() == "" && c.GetCode() != "CLAIMED" {
			return c.GetCode()
		}
	}
	return ""
}

// heardShown is how many people are offered to be called.
const heardShown = 12

// heard lists those whose attention can be asked for: who wrote it, and who signs.
func (t *turn) heard(me string) {
	add := func(member string) {
		if member != "" && member != me && !slices.Contains(t.Heard, member) && len(t.Heard) < heardShown {
			t.Heard = append(t.Heard, member)
		}
	}
	add(t.Review.GetSubmitter())
	for _, r := range t.Explain.GetRequirements() {
		for _, m := range r.GetRequirement().GetAsked() {
			add(m)
		}
		for _, c := range r.GetCandidates() {
			add(c.GetMember())
		}
	}
}
