package advocacy

import "slices"

// reviewMoves are the only ways a review changes state.
var reviewMoves = map[ReviewState][]ReviewState{
	ReviewOpen: {
		ReviewOpen, ReviewChangesRequested, ReviewApproved, ReviewRejected,
		ReviewUnroutable, ReviewSuperseded, ReviewExpired, ReviewWithdrawn,
	},
	ReviewChangesRequested: {
		ReviewOpen, ReviewChangesRequested, ReviewApproved, ReviewRejected,
		ReviewUnroutable, ReviewSuperseded, ReviewExpired, ReviewWithdrawn,
	},
	ReviewUnroutable: {
		ReviewOpen, ReviewChangesRequested, ReviewApproved, ReviewRejected,
		ReviewUnroutable, ReviewSuperseded, ReviewExpired, ReviewWithdrawn,
	},
	// An approved review never expires: what was signed waits for its time.
	ReviewApproved: {
		ReviewOpen, ReviewChangesRequested, ReviewApproved, ReviewRejected,
		ReviewUnroutable, ReviewSuperseded, ReviewWithdrawn,
	},
	// A rejection stands, but a newer revision takes its place.
	ReviewRejected:   {ReviewSuperseded, ReviewWithdrawn},
	ReviewExpired:    {ReviewSuperseded, ReviewWithdrawn},
	ReviewSuperseded: {},
	ReviewWithdrawn:  {},
}

// Move changes the state of the review, or says that this cannot happen.
func (r *Review) Move(to ReviewState) error {
	if !slices.Contains(reviewMoves[r.State], to) {
		return Refuse("REVIEW_CLOSED", "a review that is %s cannot become %s", r.State, to)
	}
	r.State = to
	return nil
}

// PublicationEvent is what happens to a publication.
type PublicationEvent string

// The events of a publication, and who causes them.
const (
	// EventClaim: a worker takes it.
	EventClaim PublicationEvent = "claim"
	// EventRelease: the gate, or an answer that proves nothing was created, puts it back.
	EventRelease PublicationEvent = "release"
	// EventSend: the gate commits the intent.
	EventSend PublicationEvent = "send"
	// EventHandOver: the gate commits the intent where a person publishes by hand.
	EventHandOver PublicationEvent = "hand_over"
	// EventOpen: that person is given what was handed over.
	EventOpen PublicationEvent = "open"
	// EventPublished: an answer, a look or a person says that it is there.
	EventPublished PublicationEvent = "published"
	// EventRefused: an answer says no, a person says that it is not there, or our program gives it up before any
	// request.
	EventRefused PublicationEvent = "refused"
	// EventLost: no answer that proves anything.
	EventLost PublicationEvent = "lost"
	// EventCancel: what allowed it is gone.
	EventCancel PublicationEvent = "cancel"
	// EventExpire: its window closed.
	EventExpire PublicationEvent = "expire"
	// EventRecall: the network took it back.
	EventRecall PublicationEvent = "recall"
	// EventSendAgain: a person lets it go once more.
	EventSendAgain PublicationEvent = "send_again"
)

// PublicationEvents lists every event.
func PublicationEvents() []PublicationEvent {
	return []PublicationEvent{
		EventClaim, EventRelease, EventSend, EventHandOver, EventOpen, EventPublished, EventRefused,
		EventLost, EventCancel, EventExpire, EventRecall, EventSendAgain,
	}
}

// publicationMoves are the only ways a publication changes state. From Sending no event
// leads back to a request but EventRelease, which needs proof that nothing was created;
// from Unknown none does but a person's word.
var publicationMoves = map[PublicationState]map[PublicationEvent]PublicationState{
	Scheduled: {EventClaim: Claimed, EventCancel: Cancelled, EventExpire: Expired},
	Claimed: {
		EventClaim: Claimed, EventRelease: Scheduled, EventSend: Sending, EventHandOver: HandedOver,
		EventRefused: Refused, EventCancel: Cancelled, EventExpire: Expired,
	},
	HandedOver: {
		EventOpen: HandedOver, EventPublished: Published, EventRefused: Refused,
		EventCancel: Cancelled, EventExpire: Expired,
	},
	Sending: {EventPublished: Published, EventRefused: Refused, EventRelease: Scheduled, EventLost: Unknown},
	Unknown: {EventPublished: Published, EventRefused: Refused, EventSendAgain: Scheduled},
	Refused: {EventSendAgain: Scheduled, EventPublished: Published, EventRefused: Refused},
	Published: {
		EventRecall: Recalled,
	},
	Cancelled: {},
	Recalled:  {},
	Expired:   {},
}

// Apply changes the state of the publication, or says that this cannot happen. What is in
// doubt is never called cancelled or expired: it may be there, so it becomes unknown.
func (p *Publication) Apply(e PublicationEvent) error {
	to, ok := publicationMoves[p.State][e]
	if !ok {
		return Refuse("PUBLICATION_STATE", "a publication that is %s cannot %s", p.State, e)
	}
	if p.Doubt && (to == Cancelled || to == Expired || to == Refused && p.State == Claimed) { // guard: what may be out is not called stopped
		to = Unknown
	}
	p.Doubt = p.Doubt && (to == Scheduled || to == Claimed || to == Sending || to == HandedOver)
	if e == EventOpen { // guard: who was given it may have published it
		p.Doubt = true
	}
	p.State = to
	return nil
}
