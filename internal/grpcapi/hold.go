package grpcapi

import (
	"context"
	"fmt"

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
	if err != nil {
		return nil, err
	}
	waits, err := s.Flow.Waiting(ctx, h)
	if err != nil {
		return nil, err
	}
	out := v.holdOf(h)
	out.Waiting = &imprimaturv1.Hold_Waiting{PastDue: int32(waits.PastDue), NotDue: int32(waits.NotDue), Partial: waits.Partial}
	return out, nil
}

func (s holdService) ListHeldPublications(ctx context.Context, req *imprimaturv1.ListHeldPublicationsRequest) (*imprimaturv1.ListHeldPublicationsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	id, err := v.readHold("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	found, next, err := s.Flow.HeldPublications(ctx, v.call, workflow.HeldQuery{Page: l.page, Workspace: v.workspace, Hold: id})
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListHeldPublicationsResponse{Publications: each(found, v.publicationOf), NextPageToken: l.next(next)}, nil
}

func (s holdService) ResumePublications(ctx context.Context, req *imprimaturv1.ResumePublicationsRequest) (*imprimaturv1.ResumePublicationsResponse, error) {
	v := enter(ctx, req)
	id, err := v.readHold("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	items := make([]workflow.Resumption, len(req.GetItems()))
	for i, item := range req.GetItems() {
		if items[i], err = v.readResumption(fmt.Sprintf("items[%d]", i), item); err != nil {
			return nil, err
		}
	}
	done, err := s.Flow.ResumePublications(ctx, v.call, v.workspace, id, items)
	if err != nil {
		return nil, err
	}
	out := &imprimaturv1.ResumePublicationsResponse{}
	for i := range done {
		out.Outcomes = append(out.Outcomes, v.resumed(&items[i], &done[i]))
	}
	return out, nil
}

// resumed says what became of one publication, in the caller's language.
func (t *trip) resumed(item *workflow.Resumption, r *workflow.Resumed) *imprimaturv1.ResumePublicationsResponse_Outcome {
	out := &imprimaturv1.ResumePublicationsResponse_Outcome{Name: t.names().publication(item.Post, item.Publication)}
	if r.Refusal == nil {
		out.Publication = t.publicationOf(*r.Publication)
		return out
	}
	out.Reason = r.Refusal.Reason
	out.Message = t.localized(r.Refusal.Reason, r.Refusal.Meta, r.Refusal.Message).GetMessage()
	return out
}

func (n names) readResumption(field string, item *imprimaturv1.ResumePublicationsRequest_Item) (workflow.Resumption, error) {
	post, publication, err := n.readPublication(field+".publication", item.GetPublication())
	if err != nil {
		return workflow.Resumption{}, err
	}
	action, err := resumeActions.domain(field+".action", item.GetAction())
	if err != nil {
		return workflow.Resumption{}, err
	}
	at, err := readTime(field+".time", item.GetTime())
	if err != nil {
		return workflow.Resumption{}, err
	}
	version, err := requireEtag(field+".etag", item.GetEtag())
	return workflow.Resumption{
		Post: post, Publication: publication, Version: version, Action: action, Time: at, Reason: item.GetReason(),
	}, err
}
