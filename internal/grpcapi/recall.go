package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// recallService answers for what is taken back.
type recallService struct {
	imprimaturv1.UnimplementedRecallServiceServer
	*Server
}

func (s recallService) CreateRecall(ctx context.Context, req *imprimaturv1.CreateRecallRequest) (*imprimaturv1.Recall, error) {
	v := enter(ctx, req)
	item, err := v.readItem("recall.library_item", req.GetRecall().GetLibraryItem())
	if err != nil {
		return nil, err
	}
	draft := workflow.RecallDraft{Item: item, Reason: req.GetRecall().GetReason()}
	for _, scope := range req.GetRecall().GetScopes() {
		s, err := recallScopes.domain("recall.scopes", scope)
		if err != nil {
			return nil, err
		}
		draft.Scopes = append(draft.Scopes, s)
	}
	r, err := s.Flow.CreateRecall(ctx, v.call, v.workspace, draft)
	return shown(r, err, v.recallOf)
}

func (s recallService) GetRecall(ctx context.Context, req *imprimaturv1.GetRecallRequest) (*imprimaturv1.Recall, error) {
	v := enter(ctx, req)
	id, err := v.readRecall("name", req.GetName())
	if err != nil {
		return nil, err
	}
	r, err := s.Flow.Recall(ctx, v.call, v.workspace, id)
	return shown(r, err, v.recallOf)
}

func (s recallService) ListRecalls(ctx context.Context, req *imprimaturv1.ListRecallsRequest) (*imprimaturv1.ListRecallsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	q := workflow.RecallQuery{Page: l.page, Workspace: v.workspace}
	err = terms{
		"running":      trueTerm(func() { q.Running = true }),
		"library_item": nameTerm(v.readItem, &q.Item, form(inItems)),
	}.read(req.GetFilter())
	if err != nil {
		return nil, err
	}
	recalls, next, err := s.Flow.Recalls(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListRecallsResponse{
		Recalls:       each(recalls, func(r workflow.RecallView) *imprimaturv1.Recall { return v.recallOf(&r) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s recallService) ListRecallCopies(ctx context.Context, req *imprimaturv1.ListRecallCopiesRequest) (*imprimaturv1.ListRecallCopiesResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	id, err := v.readRecall("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	copies, next, err := s.Flow.RecallCopies(ctx, v.call, v.workspace, id, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListRecallCopiesResponse{Copies: each(copies, v.copyOf), NextPageToken: l.next(next)}, nil
}

func (n names) recallOf(v *workflow.RecallView) *imprimaturv1.Recall {
	r := v.Recall
	out := &imprimaturv1.Recall{
		Name:        n.recall(r.ID),
		LibraryItem: n.item(r.Item),
		Scopes:      each(r.Scopes, recallScopes.proto),
		Reason:      r.Reason,
		Member:      n.member(r.Person),
		State:       imprimaturv1.Recall_RUNNING,
		CreateTime:  stamp(r.CreateTime),
		FindTime:    stamp(r.FindTime),
		EndTime:     stamp(r.EndTime),
	}
	if !r.EndTime.IsZero() {
		out.State = imprimaturv1.Recall_ENDED
	}
	for _, state := range advocacy.CopyStates() {
		if count := v.Copies[state]; count > 0 {
			out.Counts = append(out.Counts, &imprimaturv1.Recall_Count{State: copyStates.proto(state), Copies: int32(count)})
		}
	}
	return out
}

func (t *trip) copyOf(c workflow.RecallCopy) *imprimaturv1.RecallCopy {
	n, x := t.names(), c.Publication
	out := &imprimaturv1.RecallCopy{
		Publication:   n.publication(x.Post, x.ID),
		SocialAccount: n.account(x.Account),
		Network:       string(x.Network),
		Url:           x.URL,
		State:         copyStates.proto(c.State),
		Answer:        said(x.Answer.Text),
		AnswerDetail:  t.answer(x.Answer),
	}
	if x.State == advocacy.Recalled {
		out.RemoveTime = stamp(x.UpdateTime)
	}
	if x.Shown == advocacy.ShownGone {
		out.ConfirmTime = stamp(x.ShownTime)
	}
	return out
}
