package advocacy

import "time"

// PublicationState is where one revision × one account stands.
type PublicationState string

const (
	// Scheduled: signed and waiting for its time. Authorize sets it; so does an answer
	// that proves nothing was created.
	Scheduled PublicationState = "scheduled"
	// Claimed: a worker holds the lease and is about to ask the gate.
	Claimed PublicationState = "claimed"
	// Sending: the gate committed the intent; a request may have begun.
	Sending PublicationState = "sending"
	// HandedOver: the gate let it out to its person, who publishes it by hand where no machine
	// may. The gate sets it; that person's word, the deadline or what stops a post leave it.
	HandedOver PublicationState = "handed_over"
	// Published: the network shows it: it answered, we found it, or a person told us.
	Published PublicationState = "published"
	// Refused: the network said no, and nothing was created.
	Refused PublicationState = "refused"
	// Unknown: a request began and its end is not known. No machine sends it again.
	Unknown PublicationState = "unknown"
	// Cancelled: stopped before a request began. Final.
	Cancelled PublicationState = "cancelled"
	// Recalled: it was out and has been taken back. Final.
	Recalled PublicationState = "recalled"
	// Expired: its window closed before it could go out. Final.
	Expired PublicationState = "expired"
)

// PublicationStates lists every state of a publication.
func PublicationStates() []PublicationState {
	return []PublicationState{Scheduled, Claimed, Sending, HandedOver, Published, Refused, Unknown, Cancelled, Recalled, Expired}
}

func (s PublicationState) index() int {
	for i, k := range PublicationStates() {
		if k == s {
			return i
		}
	}
	return len(PublicationStates())
}

// Live tells whether the publication may be, or may come to be, visible: at most one
// live publication exists for a revision and an account.
func (s PublicationState) Live() bool {
	switch s {
	case Scheduled, Claimed, Sending, HandedOver, Published, Unknown:
		return true
	default:
		return false
	}
}

// Before tells whether a publication is due before another one. Of two that are due at one
// instant the older is.
func (p *Publication) Before(other *Publication) bool {
	if c := p.DueTime.Compare(other.DueTime); c != 0 {
		return c < 0
	}
	return p.ID < other.ID
}

// Begun tells whether a request has begun and may have been carried out.
func (p *Publication) Begun() bool {
	return p.Doubt || p.State == Sending || p.State == Unknown || p.State == Published
}

// Unsent tells whether it can still be stopped at home: no request began, and nobody but its
// person has it. What that person has opened is stopped all the same, and is in doubt.
func (p *Publication) Unsent() bool {
	return p.State == Scheduled || p.State == Claimed || p.State == HandedOver
}

// Evidence says how we know that something was published.
type Evidence string

const (
	// Answered: the network's own answer to our request.
	Answered Evidence = "answered"
	// Found: we looked and saw it.
	Found Evidence = "found"
	// Told: a named person said so.
	Told Evidence = "told"
)

// Publication is one revision × one account: the only thing that can leave the house.
type Publication struct {
	Workspace WorkspaceID
	ID        PublicationID
	Post      PostID
	Revision  int
	Round     int
	Digest    Digest
	Account   AccountID
	Network   Network
	State     PublicationState
	// Authorization is the digest of what allowed it: review, plan, decisions, policy.
	Authorization Digest
	// DueTime is when it may go out; Window.End is when it may no longer.
	DueTime time.Time
	EndTime time.Time
	// Epoch is the fencing token: it grows with every claim, and only its holder writes.
	Epoch int64
	// LeaseTime is until when a worker may be silent; while scheduled, until when a
	// publication that is due rests before it is tried again; while handed over, until when
	// its person may say that it is out.
	LeaseTime time.Time
	// Wait is why a due publication has not gone out, a reason code, empty when nothing
	// is in its way.
	Wait string
	// ExternalID and URL are the network's own name and address of what it shows.
	ExternalID string
	URL        string
	Evidence   Evidence
	// Answer is what the network, or the person who told us, said, or why it was stopped.
	Answer Answer
	Looks  int
	// Doubt: a request began and nobody knows how it ended, and it is to be sent again since
	// a repeat has no second effect; or its person opened what was handed over. Whatever stops
	// it now leaves it unknown.
	Doubt bool
	// Shown is what the last look found, at ShownTime, which is set by every look that could tell.
	Shown     ShownState
	ShownTime time.Time
	// Comparison is what became of holding the text that its person says is shown against what
	// was signed: a person's word, and no look of ours.
	Comparison Comparison
	// Likeness is the same for what readers take for one text: see [Likeness].
	Likeness Digest
	// Departures is how many requests for these bytes through this account were noted, or found
	// noted, outside the database: see [Departure].
	Departures int
	// RecallReason is why it is taken back, in the words of who ordered that; of one whose request had
	// begun, why it will be once it is known to be out, and does not go out again. Empty while nobody
	// ordered it.
	RecallReason string
	Version      int64
	CreateTime   time.Time
	UpdateTime   time.Time
}

// Attempt is one try to send a publication. The gate writes it, with the exact bytes,
// before a request begins; the receipt is written to it afterwards.
type Attempt struct {
	Workspace   WorkspaceID
	Publication PublicationID
	// Epoch is the fencing token under which it was sent.
	Epoch int64
	// Key is the idempotency key, the same for every attempt of a publication that a
	// machine makes.
	Key string
	// Body is exactly what is sent.
	Body       []byte
	BodyDigest Digest
	BeginTime  time.Time
	EndTime    time.Time
	// Outcome is empty until the receipt, then an outcome class of package network.
	Outcome string
	Answer  Answer
}

// Resolution is what a person says about a publication whose end is not known or that
// was refused.
type Resolution string

const (
	// ResolveFound: it is there; the address says where.
	ResolveFound Resolution = "found"
	// ResolveAbsent: it is not there and shall not be sent again.
	ResolveAbsent Resolution = "absent"
	// ResolveSendAgain: it is not there; send it once more, through the gate.
	ResolveSendAgain Resolution = "send_again"
)
