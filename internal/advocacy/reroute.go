package advocacy

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

// PlanCause is why another plan took the place of a round's.
type PlanCause string

const (
	// PlanGrew: the policy in force, or the lexicon, came to ask for more. The service does it by itself.
	PlanGrew PlanCause = "grew"
	// PlanRerouted: an admin had the round routed again, which alone can take something away.
	PlanRerouted PlanCause = "rerouted"
)

// PlanCauses lists every cause.
func PlanCauses() []PlanCause { return []PlanCause{PlanGrew, PlanRerouted} }

// FormerPlan is what a round asked for until another plan took its place. It is never
// changed: with the plan the round has, former ones are its whole history.
type FormerPlan struct {
	Subject Subject
	Round   int
	// Number counts from 1 within the round.
	Number int
	Plan   Plan
	// Policy made it; Next was in force when it was replaced.
	Policy PolicyRef
	Next   PolicyRef
	Cause  PlanCause
	// Person had it replaced and said why; both are empty when the service did.
	Person PersonID
	Reason string
	Time   time.Time
}

// PlanDifference is what one plan asks for and another does not. A requirement that asks
// for something else than before is in both lists.
type PlanDifference struct {
	Added   []Requirement `json:"added"`
	Removed []Requirement `json:"removed"`
}

// None tells whether both ask for the same, whatever their words.
func (d PlanDifference) None() bool { return len(d.Added)+len(d.Removed) == 0 }

// Difference says what the next plan adds to this one, and what it takes away.
func (p Plan) Difference(next Plan) PlanDifference {
	return PlanDifference{Added: next.without(p), Removed: p.without(next)}
}

func (p Plan) without(q Plan) []Requirement {
	return slices.DeleteFunc(slices.Clone(p.Requirements), func(r Requirement) bool {
		return slices.ContainsFunc(q.Requirements, r.asksAs)
	})
}

// asksAs tells whether both ask for the same, whoever asked and why.
func (r Requirement) asksAs(o Requirement) bool {
	plain := func(r Requirement) Requirement {
		r.Rules = nil
		if len(r.Exclude) == 0 {
			r.Exclude = nil
		}
		if len(r.SLA.Ladder) == 0 {
			r.SLA.Ladder = nil
		}
		return r
	}
	return reflect.DeepEqual(plain(r), plain(o))
}

// GuardReroute judges whether the actor may have the round routed again, having seen the
// digest. Only what waits for signatures is; and nobody does it for what he or she has
// words in, since it can take signatures away that were asked for.
func (c *Case) GuardReroute(actor Actor, shown Digest, reason string) error {
	if actor.Kind != Human { // guard: humans reroute
		return Deny("MACHINE_CANNOT_REROUTE", "only a person in a session may have a round routed again")
	}
	if err := c.guardBytes(shown); err != nil {
		return err
	}
	if s := c.Review.State; s == ReviewApproved || !s.Live() { // guard: only an open round is routed again
		return Refuse("REVIEW_CLOSED", "only a round that waits for signatures is routed again; this one is %s", s)
	}
	same := func(p PersonID) bool { return c.person(p) == c.person(actor.Person) }
	if c.contributed(actor.Person) || slices.ContainsFunc(c.Suggesters, same) { // guard: no writer reroutes
		return Deny("SELF_REVIEW", "you wrote some of this, so somebody else must have it routed again")
	}
	if strings.TrimSpace(reason) == "" {
		return InvalidField("reason", "REASON_REQUIRED", "say why, so that everybody who was asked knows")
	}
	return nil
}

// Anew is the case as the next round would find it: no signature of this one counts, so
// that every objection which was not taken back stands.
func (c *Case) Anew() *Case {
	next, review := *c, *c.Review
	review.Round++
	next.Review = &review
	return &next
}
