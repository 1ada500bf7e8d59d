package advocacy

import "time"

// ClaimLife is how long a claim holds unless its holder renews it.
const ClaimLife = 15 * time.Minute

// Claim is one person's word that he or she is working on a turn. It is advice to the
// others and grants nothing: no count reads it, and whoever could decide with it could
// decide without any.
type Claim struct {
	Person PersonID
	// Epoch grows whenever the turn changes hands, so that a screen opened before that
	// knows.
	Epoch int64
	Until time.Time
}

// Live tells whether the claim still holds.
func (c Claim) Live(now time.Time) bool { return c.Person != "" && now.Before(c.Until) }

// Other tells whether the claim holds for somebody else.
func (c Claim) Other(p PersonID, now time.Time) bool { return c.Live(now) && c.Person != p }

// Take returns the person's claim: the present one renewed, or a new one. Somebody
// else's is CLAIMED unless the person takes over.
func (c Claim) Take(p PersonID, now time.Time, takeOver bool) (Claim, error) {
	if c.Other(p, now) && !takeOver {
		return c, c.refusal("take over if you must")
	}
	if c.Person != p || !c.Live(now) {
		c.Epoch++
	}
	return Claim{Person: p, Epoch: c.Epoch, Until: now.Add(ClaimLife)}, nil
}

// Release returns the claim given back. Giving back what is nobody's changes nothing;
// somebody else's is CLAIMED.
func (c Claim) Release(p PersonID, now time.Time) (Claim, error) {
	if c.Other(p, now) {
		return c, c.refusal("only he or she can give it back")
	}
	return Claim{Epoch: c.Epoch}, nil
}

// guard refuses who would decide over somebody else's claim without saying so, and who
// decides on a screen opened before the turn changed hands.
func (c Claim) guard(p PersonID, now time.Time, in DecisionInput) error {
	if in.ClaimEpoch != 0 && in.ClaimEpoch != c.Epoch { // guard: claim epoch
		return Refuse("CLAIM_LOST", "somebody else took this over since you claimed it; look again before you decide")
	}
	if c.Other(p, now) && !in.OverrideClaim { // guard: somebody else's claim
		return c.refusal("decide anyway with override_claim")
	}
	return nil
}

func (c Claim) refusal(way string) error {
	return Refuse("CLAIMED", "somebody else is working on this until %s; %s", c.Until.UTC().Format(time.RFC3339), way).
		With("member", string(c.Person)).With("expire_time", c.Until.UTC().Format(time.RFC3339))
}
