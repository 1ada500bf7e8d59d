package advocacy

import (
	"slices"
	"strings"
)

// Undoing is what an admin says who takes back somebody's signature.
type Undoing struct {
	// ID is of the decision to make, Of the signature it takes back.
	ID, Of DecisionID
	// Digest is what was on the screen.
	Digest Digest
	Reason string
}

// TakeBack judges whether the actor may take back a signature that somebody gave in this round, and
// returns the decision to keep: a retraction by the actor that replaces it. Whether the actor may do so
// of others at all is asked at the door.
//
// It only ever takes away. An objection is cleared by an approval of its role and by nothing else, so
// it is not taken back for who made it; and nobody does it about what he or she has words in.
func (c *Case) TakeBack(actor Actor, in Undoing) (Decision, error) {
	if actor.Kind != Human { // guard: humans take back
		return Decision{}, Deny("MACHINE_CANNOT_DECIDE", "only a person in a session may take back a signature")
	}
	if err := c.guardBytes(in.Digest); err != nil {
		return Decision{}, err
	}
	if err := c.guardState(Retract); err != nil { // guard: what may be out is recalled instead
		return Decision{}, err
	}
	same := func(p PersonID) bool { return c.person(p) == c.person(actor.Person) }
	if c.contributed(actor.Person) || slices.ContainsFunc(c.Suggesters, same) { // guard: no writer takes back
		return Decision{}, Deny("SELF_REVIEW", "you wrote some of this, so somebody else must take it back")
	}
	i := slices.IndexFunc(c.Decisions, func(d Decision) bool { return d.ID == in.Of && d.Round == c.Review.Round })
	if i < 0 || c.Decisions[i].Verdict != Approve || c.superseded(&c.Decisions[i]) { // guard: signatures are taken back, and once
		return Decision{}, Refuse("NOTHING_TO_RETRACT", "this is no signature that stands; an objection is cleared by who may sign")
	}
	if strings.TrimSpace(in.Reason) == "" { // guard: who takes back says why
		return Decision{}, InvalidField("reason", "REASON_REQUIRED", "say why, so that whoever signed knows")
	}
	of := &c.Decisions[i]
	return Decision{
		Subject: c.Review.Subject, Round: c.Review.Round, ID: in.ID, Digest: in.Digest,
		Requirement: of.Requirement, Role: of.Role, Person: actor.Person, Session: actor.Session,
		Verdict: Retract, Reason: strings.TrimSpace(in.Reason), Policy: c.Review.Policy, Time: c.Now,
		SteppedUp: actor.SteppedUp(c.Now), ViewTime: c.viewed(actor.Person), Supersedes: of.ID,
	}, nil
}
