package advocacy

import "strings"

// DecisionInput is what somebody says about one requirement of the bytes he or she was
// shown.
type DecisionInput struct {
	ID          DecisionID
	Verdict     Verdict
	Requirement string
	Digest      Digest
	Reason      string
	// ClaimEpoch is that of the claim the person decides under, 0 for none.
	ClaimEpoch int64
	// OverrideClaim decides although somebody else has claimed the turn.
	OverrideClaim bool
	// OnBehalfOf is whose signature the actor gives, empty for the actor's own.
	OnBehalfOf PersonID
}

// Decide judges whether the actor may say this now and returns the decision to keep.
// The case must have been read in the deciding transaction.
//
// A machine never decides (MACHINE_CANNOT_DECIDE); stale bytes are REVISION_CHANGED; who
// wrote some of it is SELF_REVIEW; who does not hold the role now is NOT_IN_ROLE; one
// person fills one slot, so a second signature has to fill one that nothing else fills
// (DISTINCT_PERSON); whoever judges the bytes must have been served
// them before (VIEW_REQUIRED). Who signs for somebody needs a delegation that is in force
// (DELEGATION_INVALID, DELEGATION_ENDED); what holds of one person holds of both, and
// together they fill one slot.
func (c *Case) Decide(actor Actor, in DecisionInput) (Decision, error) {
	return c.decide(c.Tally(), actor, in)
}

// decide is Decide by a count that was made already: an explanation asks it for many persons.
func (c *Case) decide(t Tally, actor Actor, in DecisionInput) (Decision, error) {
	if actor.Kind != Human { // guard: humans decide
		return Decision{}, Deny("MACHINE_CANNOT_DECIDE", "only a person in a session may decide")
	}
	if err := c.guardBytes(in.Digest); err != nil {
		return Decision{}, err
	}
	if err := c.guardState(in.Verdict); err != nil {
		return Decision{}, err
	}
	r, err := c.guardPerson(actor, in)
	if err != nil {
		return Decision{}, err
	}
	lent, err := c.guardDelegation(actor, in, r)
	if err != nil {
		return Decision{}, err
	}
	d := Decision{
		Subject: c.Review.Subject, Round: c.Review.Round, ID: in.ID, Digest: in.Digest,
		Requirement: r.Key, Role: r.Role, Person: actor.Person, Session: actor.Session,
		Verdict: in.Verdict, Reason: strings.TrimSpace(in.Reason), Policy: c.Review.Policy, Time: c.Now,
		SteppedUp: actor.SteppedUp(c.Now), ViewTime: c.viewed(actor.Person), OnBehalfOf: in.OnBehalfOf, Delegation: lent,
	}
	own := c.standing(actor.Person, r.Key)
	if own == nil && in.Verdict == Retract {
		own = c.lent(actor.Person, r.Key)
	}
	// Who recuses takes a signature back, never an objection: that takes an approval.
	if own != nil && (in.Verdict != Recuse || own.Verdict == Approve) {
		d.Supersedes = own.ID
	}
	return d, c.guardVerdict(t, actor, in, r, own)
}

// guardBytes refuses a decision on anything but the head under review.
func (c *Case) guardBytes(shown Digest) error {
	if shown != c.Review.Digest || c.Review.Digest != c.HeadDigest || c.Review.Revision != c.Head { // guard: digest named by the client
		return Clash("REVISION_CHANGED", "this is not what is under review now; look at the newest revision and decide again").
			With("digest", string(c.HeadDigest)).With("revision", c.Review.Subject.RevisionName(c.Head))
	}
	return nil
}

func (c *Case) guardState(v Verdict) error {
	if c.over() { // guard: nothing is decided after its time
		return Refuse("REVIEW_CLOSED", "this round is over: its time ran out, and its author can submit it again")
	}
	switch c.Review.State {
	case ReviewOpen, ReviewChangesRequested, ReviewUnroutable:
		return nil
	case ReviewApproved:
		if v == Approve {
			return Refuse("REVIEW_CLOSED", "everybody has signed already")
		}
		if c.Sent {
			return Refuse("PUBLISHING", "a request has begun; recall what was published instead")
		}
		return nil
	default:
		return Refuse("REVIEW_CLOSED", "this round is over: %s", c.Review.State)
	}
}

// over tells whether the time of a round ran out before everybody had signed. Whoever ends it may come
// by later; what is asked of it until then is the same.
func (c *Case) over() bool {
	r := c.Review
	return r.State.Live() && r.State != ReviewApproved && !r.ExpireTime.IsZero() && !c.Now.Before(r.ExpireTime)
}

func (c *Case) guardPerson(actor Actor, in DecisionInput) (Requirement, error) {
	r, known := c.needed(in.Requirement)
	if !known || r.Kind != RequireHumans {
		return r, InvalidField("requirement", "REQUIREMENT_UNKNOWN", "this round asks for no signature called %q", in.Requirement)
	}
	code := c.Barred(r, actor.Person)
	if code == BlockNotInRole && in.OnBehalfOf != "" { // the role is another's; see guardDelegation
		code = ""
		if c.excluded(r, actor.Person) {
			code = BlockExcluded
		}
	}
	switch code {
	case BlockSelfReview:
		return r, Deny("SELF_REVIEW", "you wrote some of this, so somebody else must sign it")
	case BlockNotInRole:
		return r, Deny("NOT_IN_ROLE", "this signature needs the role %s", r.Role)
	case BlockExcluded:
		return r, Deny("EXCLUDED", "you are too close to who wrote this: somebody outside the team or the reporting line must sign it")
	}
	return r, nil // who recused may still take a decision back
}

func (c *Case) guardVerdict(t Tally, actor Actor, in DecisionInput, r Requirement, own *Decision) error {
	if in.Verdict != Approve && strings.TrimSpace(in.Reason) == "" {
		return InvalidField("reason", "REASON_REQUIRED", "say why, so that the author knows what to do")
	}
	switch in.Verdict {
	case Retract:
		if own == nil {
			return Refuse("NOTHING_TO_RETRACT", "you have no decision on %q in this round", in.Requirement)
		}
		return nil
	case Recuse:
		return nil
	case Approve, RequestChanges, Reject:
		return c.guardSignature(t, actor, in, r)
	default:
		return InvalidField("verdict", "VERDICT_UNKNOWN", "%q is no verdict", in.Verdict)
	}
}

func (c *Case) guardSignature(t Tally, actor Actor, in DecisionInput, r Requirement) error {
	if c.Recused(actor.Person) || c.Recused(in.OnBehalfOf) {
		return Refuse("RECUSED", "you, or whom you stand in for, declared not to decide on this")
	}
	if row, _ := t.Requirement(r.Key); !row.Open {
		return Refuse("STAGE_NOT_OPEN", "an earlier stage is still waiting for signatures")
	}
	if c.Unprovable(r) {
		return Refuse("STEP_UP_UNAVAILABLE", "this signature asks for a fresh proof of who you are, and nothing here takes one yet; an admin has to change the rules")
	}
	if r.StepUp && !actor.SteppedUp(c.Now) { // guard: step-up when deciding
		return Deny("STEP_UP_REQUIRED", "prove again who you are before you sign this, within %d minutes", int(StepUpLife.Minutes()))
	}
	if in.Verdict == Reject && !r.Veto {
		return Refuse("NO_VETO", "this signature has no veto; ask for changes instead")
	}
	if other := c.signedElsewhere(actor.Person, r.Key); in.Verdict == Approve && other != nil && !c.fillsAnother(r, actor.Person) {
		return Refuse("DISTINCT_PERSON", "you signed %q in this round, and one person fills one slot; take back that signature first", other.Requirement).
			With("requirement", other.Requirement)
	}
	if c.viewed(actor.Person).IsZero() { // guard: no verdict on bytes nobody served
		return Refuse("VIEW_REQUIRED", "look at exactly this first: view the review, then decide")
	}
	if in.Verdict == Approve && c.signedTogether(actor.Person, in.OnBehalfOf, r.Key) {
		return Refuse("DISTINCT_PERSON", "this round has a signature of the two of you; who lends one and who gives it fill one slot")
	}
	return c.Claim.guard(actor.Person, c.Now, in)
}

// standing returns the person's unsuperseded decision on a requirement in this round.
func (c *Case) standing(p PersonID, requirement string) *Decision {
	for i := range c.Decisions {
		d := &c.Decisions[i]
		spoken := d.Verdict == Approve || d.Verdict.Negative()
		if spoken && c.person(d.Person) == c.person(p) && d.Round == c.Review.Round && d.Requirement == requirement && !c.superseded(d) {
			return d
		}
	}
	return nil
}

// signedElsewhere returns a signature of the person's on another requirement that counts.
func (c *Case) signedElsewhere(p PersonID, requirement string) *Decision {
	for i := range c.Decisions {
		d := &c.Decisions[i]
		if c.person(d.Person) == c.person(p) && d.Requirement != requirement && c.Counts(d) {
			return d
		}
	}
	return nil
}

// Excluded lists the persons whose turn it can never be in this round: who wrote it, who
// recused, and who signed already.
func (c *Case) Excluded() []PersonID {
	var out []PersonID
	seen := make(map[PersonID]bool)
	add := func(persons ...PersonID) {
		for _, p := range persons {
			for _, q := range []PersonID{p, c.person(p)} { // guard: merged memberships are excluded
				if !seen[q] {
					seen[q] = true
					out = append(out, q)
				}
			}
		}
	}
	add(c.Contributors...)
	for i := range c.Decisions {
		d := &c.Decisions[i]
		if d.Verdict == Recuse {
			add(d.Person)
		} else if c.Counts(d) {
			add(d.parties()...)
		}
	}
	return out
}

// Outcome computes the state of a live review from its decisions. Nothing sets a
// review's state but this, its expiry, and the end of its subject.
func (c *Case) Outcome(t Tally, feasible bool) ReviewState {
	asked := false
	for _, d := range c.Objections() {
		if d.Round != c.Review.Round {
			continue
		}
		if d.Verdict == Reject {
			return ReviewRejected
		}
		asked = true
	}
	switch {
	case t.Satisfied:
		return ReviewApproved
	case asked:
		return ReviewChangesRequested
	case !feasible:
		return ReviewUnroutable
	default:
		return ReviewOpen
	}
}
