package advocacy

import "time"

// HandoffLife is how long what was handed over to a person may be opened and confirmed.
const HandoffLife = 72 * time.Hour

// Comparison is what became of holding a text that a person says is shown against the one
// that was signed.
type Comparison string

const (
	// NotCompared: no text was told.
	NotCompared Comparison = ""
	// Matches: it is the same but for what networks change without harm.
	Matches Comparison = "matches"
	// Differs: it is not.
	Differs Comparison = "differs"
)

// Comparisons lists every one.
func Comparisons() []Comparison { return []Comparison{NotCompared, Matches, Differs} }

// HandoffDeadline is until when a publication that is handed over now may be confirmed: for
// three days, and never longer than it may go out.
func (p *Publication) HandoffDeadline(now time.Time) time.Time {
	deadline := now.Add(HandoffLife)
	if !p.EndTime.IsZero() && p.EndTime.Before(deadline) { // guard: nothing waits past its window
		deadline = p.EndTime
	}
	return deadline
}

// GuardHandoff judges whether the actor may open, or say what became of, what is handed over
// through an account: its owner, who answers for it, or the deputy where it is a brand's.
func (a *SocialAccount) GuardHandoff(actor Actor) error {
	if actor.Kind != Human {
		return Deny("MACHINE_CANNOT_PUBLISH_BY_HAND", "only a person can publish by hand, and say what became of it")
	}
	deputy := !a.Personal && a.Deputy != "" && actor.Person == a.Deputy
	if actor.Person != a.Owner && !deputy { // guard: only its person opens
		return Deny("NOT_HANDOFF_PERSON", "only who answers for this account publishes through it by hand")
	}
	return nil
}

// GuardOpen judges whether a package can still be opened.
func (p *Publication) GuardOpen(now time.Time) error {
	if p.State != HandedOver { // guard: a closed package does not open
		return Refuse("HANDOFF_CLOSED", "nothing waits to be published by hand here; it is %s", p.State).With("state", string(p.State))
	}
	if !now.Before(p.LeaseTime) { // guard: nothing opens after its deadline
		return Refuse("HANDOFF_OVER", "the time to publish this by hand is over")
	}
	return nil
}

// GuardAnswer judges whether a person may still say what became of a package: one that was
// opened and closed since may be out all the same.
func (p *Publication) GuardAnswer() error {
	if p.State != HandedOver && p.State != Unknown {
		return Refuse("HANDOFF_CLOSED", "nothing waits to be published by hand here; it is %s", p.State).With("state", string(p.State))
	}
	return nil
}
