package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// proposalService answers for what is proposed for the library.
type proposalService struct {
	imprimaturv1.UnimplementedProposalServiceServer
	*Server
}

func (s proposalService) GetProposal(ctx context.Context, req *imprimaturv1.GetProposalRequest) (*imprimaturv1.Proposal, error) {
	v := enter(ctx, req)
	id, err := v.readProposal("name", req.GetName())
	if err != nil {
		return nil, err
	}
	p, err := s.Flow.Proposal(ctx, v.call, v.workspace, id)
	return shown(p, err, v.proposalOf)
}

func (s proposalService) ListProposals(ctx context.Context, req *imprimaturv1.ListProposalsRequest) (*imprimaturv1.ListProposalsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	q := workflow.ProposalQuery{Page: l.page, Workspace: v.workspace}
	err = terms{
		"state":    enumTerm(proposalStates, &q.State, "PROPOSED"),
		"proposer": l.memberTerm(&q.Proposer),
		"feed":     nameTerm(v.readFeed, &q.Feed, form(inFeeds)),
		"source":   sourceTerm(&q.Source),
	}.read(req.GetFilter())
	if err != nil {
		return nil, err
	}
	all, next, err := s.Flow.Proposals(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListProposalsResponse{
		Proposals:     each(all, func(p advocacy.Proposal) *imprimaturv1.Proposal { return v.proposalOf(&p) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s proposalService) CreateProposal(ctx context.Context, req *imprimaturv1.CreateProposalRequest) (*imprimaturv1.Proposal, error) {
	v := enter(ctx, req)
	draft, err := v.readProposalDraft(req.GetProposal())
	if err != nil {
		return nil, err
	}
	p, err := s.Flow.Propose(ctx, v.call, v.workspace, draft)
	return shown(p, err, v.proposalOf)
}

func (s proposalService) AcceptProposal(ctx context.Context, req *imprimaturv1.AcceptProposalRequest) (*imprimaturv1.Proposal, error) {
	v := enter(ctx, req)
	id, version, err := v.readAnswered(req)
	if err != nil {
		return nil, err
	}
	topic, err := v.readShelf("topic", req.GetTopic())
	if err != nil {
		return nil, err
	}
	p, err := s.Flow.AcceptProposal(ctx, v.call, v.workspace, id, workflow.Acceptance{
		Version: version, Title: req.GetTitle(), Topic: topic, Networks: words[advocacy.Network](req.GetNetworks()), Reason: req.GetReason(),
	})
	return shown(p, err, v.proposalOf)
}

func (s proposalService) DeclineProposal(ctx context.Context, req *imprimaturv1.DeclineProposalRequest) (*imprimaturv1.Proposal, error) {
	v := enter(ctx, req)
	id, version, err := v.readAnswered(req)
	if err != nil {
		return nil, err
	}
	p, err := s.Flow.DeclineProposal(ctx, v.call, v.workspace, id, version, req.GetReason())
	return shown(p, err, v.proposalOf)
}

func (s proposalService) WithdrawProposal(ctx context.Context, req *imprimaturv1.WithdrawProposalRequest) (*imprimaturv1.Proposal, error) {
	v := enter(ctx, req)
	id, version, err := v.readAnswered(req)
	if err != nil {
		return nil, err
	}
	p, err := s.Flow.WithdrawProposal(ctx, v.call, v.workspace, id, version)
	return shown(p, err, v.proposalOf)
}

// sourceTerm takes who makes proposals.
func sourceTerm(to *workflow.ProposalSource) term {
	return term{example: `"PERSON"`, take: func(o operand) bool {
		switch o.text {
		case "PERSON":
			*to = workflow.SourcePerson
		case "FEED":
			*to = workflow.SourceFeed
		}
		return *to != ""
	}}
}

// readAnswered reads which proposal a request ends, and as what the caller read it.
func (n names) readAnswered(req interface {
	GetName() string
	GetEtag() string
}) (advocacy.ProposalID, int64, error) {
	id, err := n.readProposal("name", req.GetName())
	if err != nil {
		return "", 0, err
	}
	version, err := readEtag(req.GetEtag())
	return id, version, err
}

func (n names) readProposalDraft(p *imprimaturv1.Proposal) (d workflow.ProposalDraft, err error) {
	d = workflow.ProposalDraft{Title: p.GetTitle(), Note: p.GetNote()}
	if d.Topic, err = n.readShelf("proposal.topic", p.GetTopic()); err != nil {
		return d, err
	}
	d.Content, err = n.readContent("proposal.content", p.GetContent())
	return d, err
}

func (n names) proposalOf(p *advocacy.Proposal) *imprimaturv1.Proposal {
	return &imprimaturv1.Proposal{
		Name:        n.proposal(p.ID),
		Title:       p.Title,
		Content:     n.content(p.Content),
		Note:        p.Note,
		Topic:       n.topic(p.Topic),
		Proposer:    n.member(p.Proposer),
		State:       proposalStates.proto(p.State),
		LibraryItem: n.item(p.Item),
		Answerer:    n.member(p.Answerer),
		Reason:      p.Reason,
		Etag:        etagOf(p.Version),
		CreateTime:  stamp(p.CreateTime),
		AnswerTime:  stamp(p.AnswerTime),
		Feed:        n.feed(p.Feed),
	}
}
