package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// holdService answers for stops of publishing.
type holdService struct {
	imprimaturv1.UnimplementedHoldServiceServer
	*Server
}

func (s holdService) GetHold(ctx context.Context, req *imprimaturv1.GetHoldRequest) (*imprimaturv1.Hold, error) {
	v := enter(ctx, req)
	id, err := v.readHold("name", req.GetName())
	if err != nil {
		return nil, err
	}
	h, err := s.Flow.Hold(ctx, v.call, v.workspace, id)
	return shown(h, err, v.holdOf)
}

func (s holdService) ListHolds(ctx context.Context, req *imprimaturv1.ListHoldsRequest) (*imprimaturv1.ListHoldsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	q := workflow.HoldQuery{Page: l.page, Workspace: v.workspace}
	err = terms{
		"active": trueTerm(func() { q.Active = true }),
		"scope":  enumTerm(holdScopes, &q.Scope, "WORKSPACE"),
	}.read(req.GetFilter())
	if err != nil {
		return nil, err
	}
	holds, next, err := s.Flow.Holds(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListHoldsResponse{
		Holds:         each(holds, func(h advocacy.Hold) *imprimaturv1.Hold { return v.holdOf(&h) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s holdService) CreateHold(ctx context.Context, req *imprimaturv1.CreateHoldRequest) (*imprimaturv1.Hold, error) {
	v := enter(ctx, req)
	draft, err := v.readHoldDraft(req.GetHold())
	if err != nil {
		return nil, err
	}
	h, inFlight, err := s.Flow.CreateHold(ctx, v.call, v.workspace, draft)
	if err != nil {
		return nil, err
	}
	out := v.holdOf(h)
	out.InFlight = each(inFlight, func(x advocacy.Publication) string { return v.publication(x.Post, x.ID) })
	return out, nil
}

func (s holdService) ReleaseHold(ctx context.Context, req *imprimaturv1.ReleaseHoldRequest) (*imprimaturv1.Hold, error) {
	v := enter(ctx, req)
	id, err := v.readHold("name", req.GetName())
	if err != nil {
		return nil, err
	}
	h, err := s.Flow.ReleaseHold(ctx, v.call, v.workspace, id, req.GetReason())
	return shown(h, err, v.holdOf)
}
