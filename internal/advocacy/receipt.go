package advocacy

import "time"

// Receipt is the record that the service served exactly these bytes to a person, without
// which that person's verdict on them is not taken. The first one of a round stays; it is
// never changed.
type Receipt struct {
	Subject Subject
	Round   int
	Digest  Digest
	Person  PersonID
	Session string
	Time    time.Time
}

// View is the receipt of a person who is served the round's bytes now. A machine sees
// nothing for a person (MACHINE_CANNOT_VIEW).
func (r *Review) View(actor Actor, now time.Time) (Receipt, error) {
	if actor.Kind != Human { // guard: humans view
		return Receipt{}, Deny("MACHINE_CANNOT_VIEW", "only a person in a session can have seen something")
	}
	return Receipt{
		Subject: r.Subject, Round: r.Round, Digest: r.Digest, Person: actor.Person, Session: actor.Session, Time: now,
	}, nil
}

// viewed is when the person was served exactly the bytes under review, zero for never.
func (c *Case) viewed(p PersonID) time.Time {
	v := c.Receipt
	if v == nil || v.Person != p || v.Round != c.Review.Round || v.Digest != c.Review.Digest || v.Time.After(c.Now) {
		return time.Time{}
	}
	return v.Time
}

// blind tells whether the signer had not been served the bytes when deciding.
func (d *Decision) blind() bool { return d.ViewTime.IsZero() || d.ViewTime.After(d.Time) }
