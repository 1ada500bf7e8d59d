package advocacy

import (
	"strings"
	"time"
)

// ProposalState is where a proposal for the library stands.
type ProposalState string

const (
	// ProposalProposed waits for an answer. Proposing sets it; every event leaves it.
	ProposalProposed ProposalState = "proposed"
	// ProposalAccepted became a draft of a library item. A curator sets it; nothing leaves it.
	ProposalAccepted ProposalState = "accepted"
	// ProposalDeclined was not wanted, for a reason the proposer reads. A curator sets it;
	// nothing leaves it.
	ProposalDeclined ProposalState = "declined"
	// ProposalWithdrawn was taken back by the proposer before an answer; nothing leaves it.
	ProposalWithdrawn ProposalState = "withdrawn"
)

// ProposalStates lists every state of a proposal.
func ProposalStates() []ProposalState {
	return []ProposalState{ProposalProposed, ProposalAccepted, ProposalDeclined, ProposalWithdrawn}
}

// ProposalEvent is what happens to a proposal.
type ProposalEvent string

// The events of a proposal, and who causes them.
const (
	// EventAccept: a curator makes a draft of it.
	EventAccept ProposalEvent = "accept"
	// EventDecline: a curator says why not.
	EventDecline ProposalEvent = "decline"
	// EventTakeBack: the proposer does not mean it any more.
	EventTakeBack ProposalEvent = "withdraw"
)

// ProposalEvents lists every event.
func ProposalEvents() []ProposalEvent {
	return []ProposalEvent{EventAccept, EventDecline, EventTakeBack}
}

// proposalMoves are the only ways a proposal changes state: it is answered once.
var proposalMoves = map[ProposalState]map[ProposalEvent]ProposalState{
	ProposalProposed: {
		EventAccept: ProposalAccepted, EventDecline: ProposalDeclined, EventTakeBack: ProposalWithdrawn,
	},
	ProposalAccepted:  {},
	ProposalDeclined:  {},
	ProposalWithdrawn: {},
}

// MaximumOpenProposals is how many proposals of one person may wait for an answer.
const MaximumOpenProposals = 20

// Proposal is content somebody proposes for the library. It is no item, and nothing of it
// can be shared: a curator answers it, and what is accepted becomes a draft that goes
// through sign-off as every other one does.
type Proposal struct {
	Workspace WorkspaceID
	ID        ProposalID
	// Proposer is credited when it is accepted, and told the answer; empty for what a feed
	// brought.
	Proposer PersonID
	// Feed is where it came from, empty for what a person proposes. It may be gone.
	Feed FeedID
	// Title is what it may be called in the library.
	Title   string
	Content Content
	// Note says to the curators why.
	Note string
	// Topic is where the proposer would put it, empty for no wish.
	Topic TopicID
	State ProposalState
	// Item is the draft it became, empty for none.
	Item ItemID
	// Answerer accepted or declined it; Reason is why it was declined, in words.
	Answerer   PersonID
	Reason     string
	Version    int64
	CreateTime time.Time
	// AnswerTime is when it was answered or withdrawn.
	AnswerTime time.Time
}

// Name is the proposal's resource name.
func (p *Proposal) Name() string { return p.Workspace.Name() + "/proposals/" + string(p.ID) }

// GuardPropose judges what somebody proposes who has so many proposals open.
func (p *Proposal) GuardPropose(open int) error {
	switch {
	case p.Content.Text == "" && p.Content.Link == "":
		return InvalidField("proposal.content", "PROPOSAL_EMPTY", "propose a text, a link, or both")
	case open >= MaximumOpenProposals: // guard: open proposals of a person are bounded
		return Refuse("PROPOSALS_TOO_MANY", "%d of your proposals wait for an answer; wait for one, or withdraw one", open)
	default:
		return nil
	}
}

// Apply changes the state of the proposal, or says that this cannot happen.
func (p *Proposal) Apply(e ProposalEvent) error {
	to, ok := proposalMoves[p.State][e]
	if !ok { // guard: a proposal is answered once
		return Refuse("PROPOSAL_ANSWERED", "the proposal is %s already", p.State).With("state", string(p.State))
	}
	p.State = to
	return nil
}

// Accept answers that the proposal becomes a draft, with words to the proposer, if any.
func (p *Proposal) Accept(by PersonID, item ItemID, words string, now time.Time) error {
	if err := p.Apply(EventAccept); err != nil {
		return err
	}
	p.Answerer, p.Item, p.Reason, p.AnswerTime = by, item, words, now
	return nil
}

// Decline answers that the proposal is not wanted, for a reason in words. What a feed brought
// needs none, since nobody reads it.
func (p *Proposal) Decline(by PersonID, reason string, now time.Time) error {
	if p.Proposer != "" && strings.TrimSpace(reason) == "" { // guard: who proposes is told why not
		return InvalidField("reason", "REASON_REQUIRED", "say why, so that who proposed it knows")
	}
	if err := p.Apply(EventDecline); err != nil {
		return err
	}
	p.Answerer, p.Reason, p.AnswerTime = by, reason, now
	return nil
}

// Withdraw takes the proposal back, which only who made it may.
func (p *Proposal) Withdraw(by PersonID, now time.Time) error {
	if by != p.Proposer || by == "" { // guard: only the proposer withdraws
		return Deny("NOT_THE_PROPOSER", "only who proposed it takes it back; decline it instead")
	}
	if err := p.Apply(EventTakeBack); err != nil {
		return err
	}
	p.AnswerTime = now
	return nil
}
