package workflow

import (
	"context"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// ProposalQuery selects proposals.
type ProposalQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	// Proposer and State restrict when not empty.
	Proposer advocacy.PersonID
	State    advocacy.ProposalState
	// Feed and Source restrict to what a feed brought, or feeds or persons did.
	Feed   advocacy.FeedID
	Source ProposalSource
}

// ProposalSource is who makes proposals.
type ProposalSource string

const (
	// SourcePerson is a person, who is credited.
	SourcePerson ProposalSource = "person"
	// SourceFeed is a feed.
	SourceFeed ProposalSource = "feed"
)

// ProposalReader reads proposals.
type ProposalReader interface {
	Proposal(ctx context.Context, w advocacy.WorkspaceID, id advocacy.ProposalID) (*advocacy.Proposal, error)
	Proposals(ctx context.Context, q ProposalQuery) ([]advocacy.Proposal, string, error)
	// OpenProposals counts a person's proposals that wait for an answer, up to most.
	OpenProposals(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PersonID, most int) (int, error)
}

// ProposalWriter writes proposals.
type ProposalWriter interface {
	// ProposalForUpdate locks the proposal until commit.
	ProposalForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.ProposalID) (*advocacy.Proposal, error)
	// AddProposal inserts; the pictures it shows stay.
	AddProposal(ctx context.Context, p *advocacy.Proposal) error
	// SaveProposal writes State, Item, Answerer, Reason, AnswerTime and raises Version;
	// Conflict when it moved.
	SaveProposal(ctx context.Context, p *advocacy.Proposal) error
}

// ProposalDraft is what a client proposes.
type ProposalDraft struct {
	Title   string
	Content advocacy.Content
	Note    string
	Topic   advocacy.TopicID
}

// Acceptance says what the draft of an accepted proposal is called, where it stands and where
// it may be shared. An empty Title or Topic is the proposal's.
type Acceptance struct {
	Version  int64
	Title    string
	Topic    advocacy.TopicID
	Networks []advocacy.Network
	// Reason is words to the proposer; empty for none.
	Reason string
}

// Propose keeps what somebody proposes for the library, until it is answered.
func (s *Service) Propose(ctx context.Context, c Call, w advocacy.WorkspaceID, d ProposalDraft) (*advocacy.Proposal, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Proposal, string, error) {
		p := &advocacy.Proposal{
			Workspace: w, ID: advocacy.ProposalID(s.NewID()), Proposer: c.Actor.Person, Title: d.Title, Content: d.Content,
			Note: d.Note, Topic: d.Topic, State: advocacy.ProposalProposed, CreateTime: tx.Now(),
		}
		if err := s.guardProposal(ctx, tx, c, p); err != nil {
			return nil, "", err
		}
		if err := tx.AddProposal(ctx, p); err != nil {
			return nil, "", err
		}
		return p, string(p.ID), s.recordProposal(ctx, tx, c, p, "proposal.made", map[string]any{
			"title": p.Title, "text": p.Content.Text, "link": p.Content.Link, "pictures": len(p.Content.Media),
			"note": p.Note, "topic": p.Topic,
		})
	}, s.proposalAgain(c, w))
}

func (s *Service) proposalAgain(c Call, w advocacy.WorkspaceID) func(context.Context, Tx, string) (*advocacy.Proposal, error) {
	return func(ctx context.Context, tx Tx, id string) (*advocacy.Proposal, error) {
		return seenProposal(ctx, tx.Proposal, c, w, advocacy.ProposalID(id))
	}
}

func (s *Service) recordProposal(ctx context.Context, tx Tx, c Call, p *advocacy.Proposal, action string, detail map[string]any) error {
	return s.record(ctx, tx, c, p.Workspace, fact{action: action, subject: p.Name(), parent: p.Name(), detail: detail})
}

// guardProposal refuses what cannot be proposed, and fills in what the service knows of its
// pictures. It holds the proposer, so that two calls at once do not both count as the last.
func (s *Service) guardProposal(ctx context.Context, tx Tx, c Call, p *advocacy.Proposal) (err error) {
	if err := check.RefuseLine("proposal.title", p.Title); err != nil {
		return err
	}
	if err := check.RefuseLine("proposal.note", p.Note); err != nil {
		return err
	}
	if p.Content, err = s.settleItem(ctx, tx, p.Workspace, p.Content); err != nil {
		return err
	}
	if p.Topic != "" {
		_, err := s.seenTopic(ctx, tx, c, p.Workspace, p.Topic)
		if advocacy.KindOf(err) == advocacy.NotFound { // guard: nobody proposes for a topic he or she does not see
			return advocacy.InvalidField("proposal.topic", "TOPIC_NOT_FOUND", "there is no topic %q that you may see", p.Topic)
		}
		if err != nil {
			return err
		}
	}
	if _, err := tx.MemberForUpdate(ctx, p.Workspace, p.Proposer); err != nil {
		return err
	}
	open, err := tx.OpenProposals(ctx, p.Workspace, p.Proposer, advocacy.MaximumOpenProposals)
	if err != nil {
		return err
	}
	return p.GuardPropose(open)
}

// AcceptProposal makes a draft of a library item of a proposal. It is no signature: the draft
// goes through sign-off as every other one does, and who proposed it wrote some of it.
func (s *Service) AcceptProposal(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.ProposalID, d Acceptance) (*advocacy.Proposal, error) {
	if err := check.RefuseLine("reason", d.Reason); err != nil {
		return nil, err
	}
	return s.answerProposal(ctx, c, w, id, d.Version, func(ctx context.Context, tx Tx, p *advocacy.Proposal) error {
		if err := p.Accept(c.Actor.Person, advocacy.ItemID(s.NewID()), d.Reason, tx.Now()); err != nil {
			return err
		}
		draft := ItemDraft{Title: d.Title, Topic: d.Topic, Content: p.Content, Networks: d.Networks, proposal: p}
		if draft.Title == "" {
			draft.Title = titleOf(p)
		}
		if draft.Topic == "" {
			draft.Topic = p.Topic
		}
		_, err := s.createItem(ctx, tx, c, w, draft)
		return err
	})
}

// titleOf is what an item is called in the library when nobody says: as the proposer called
// it, or by the beginning of what it says.
func titleOf(p *advocacy.Proposal) string {
	title := p.Title
	if title == "" {
		title, _, _ = strings.Cut(strings.TrimSpace(p.Content.Text), "\n")
	}
	if title == "" {
		title = p.Content.Link
	}
	return firstRunes(title, taskTitleRunes)
}

// DeclineProposal answers that a proposal is not wanted, and tells the proposer why.
func (s *Service) DeclineProposal(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.ProposalID, version int64, reason string) (*advocacy.Proposal, error) {
	if err := check.RefuseLine("reason", reason); err != nil {
		return nil, err
	}
	return s.answerProposal(ctx, c, w, id, version, func(_ context.Context, tx Tx, p *advocacy.Proposal) error {
		return p.Decline(c.Actor.Person, reason, tx.Now())
	})
}

// WithdrawProposal takes back what the caller proposed.
func (s *Service) WithdrawProposal(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.ProposalID, version int64) (*advocacy.Proposal, error) {
	return s.answerProposal(ctx, c, w, id, version, func(_ context.Context, tx Tx, p *advocacy.Proposal) error {
		return p.Withdraw(c.Actor.Person, tx.Now())
	})
}

// answerProposal ends the waiting of a proposal that is held.
func (s *Service) answerProposal(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.ProposalID, version int64, answer func(context.Context, Tx, *advocacy.Proposal) error) (*advocacy.Proposal, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Proposal, string, error) {
		p, err := seenProposal(ctx, tx.ProposalForUpdate, c, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := stale(version, p.Version); err != nil {
			return nil, "", err
		}
		if err := answer(ctx, tx, p); err != nil {
			return nil, "", err
		}
		if err := tx.SaveProposal(ctx, p); err != nil {
			return nil, "", err
		}
		detail := map[string]any{"proposer": p.Proposer, "reason": p.Reason}
		if p.Item != "" {
			detail["library_item"] = advocacy.ItemSubject(w, p.Item).Name()
		}
		return p, string(id), s.recordProposal(ctx, tx, c, p, "proposal."+string(p.State), detail)
	}, s.proposalAgain(c, w))
}

// seesProposals tells whether the caller sees what others propose: who answers does.
func (c Call) seesProposals() bool { return c.may(mayReadAllProposals) || c.may(mayAnswerProposals) }

// seenProposal returns a proposal the caller may see: everybody's for who answers, else one's
// own.
func seenProposal(
	ctx context.Context, read func(context.Context, advocacy.WorkspaceID, advocacy.ProposalID) (*advocacy.Proposal, error),
	c Call, w advocacy.WorkspaceID, id advocacy.ProposalID,
) (*advocacy.Proposal, error) {
	p, err := read(ctx, w, id)
	if err != nil {
		return nil, err
	}
	if p.Proposer != c.Actor.Person && !c.seesProposals() { // guard: nobody sees what others propose
		return nil, advocacy.Missing("PROPOSAL_NOT_FOUND", "there is no proposal %q that you may see", id)
	}
	return p, nil
}

// Proposal returns a proposal and what was answered.
func (s *Service) Proposal(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.ProposalID) (*advocacy.Proposal, error) {
	return seenProposal(ctx, s.Store.Proposal, c, w, id)
}

// Proposals lists proposals: everybody's for who answers them, else the caller's own.
func (s *Service) Proposals(ctx context.Context, c Call, q ProposalQuery) ([]advocacy.Proposal, string, error) {
	if !c.seesProposals() {
		if q.Proposer != "" && q.Proposer != c.Actor.Person {
			return nil, "", nil
		}
		q.Proposer = c.Actor.Person // guard: nobody lists what others propose
	}
	return s.Store.Proposals(ctx, q)
}
