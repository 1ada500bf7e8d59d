package grpcapi

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// delegationService answers for who stands in for whom.
type delegationService struct {
	imprimaturv1.UnimplementedDelegationServiceServer
	*Server
}

func (s delegationService) GetDelegation(ctx context.Context, req *imprimaturv1.GetDelegationRequest) (*imprimaturv1.Delegation, error) {
	v := enter(ctx, req)
	id, err := v.readDelegation("name", req.GetName())
	if err != nil {
		return nil, err
	}
	g, err := s.Flow.Delegation(ctx, v.call, v.workspace, id)
	return shown(g, err, s.delegationOf(v))
}

func (s delegationService) ListDelegations(
	ctx context.Context, req *imprimaturv1.ListDelegationsRequest,
) (*imprimaturv1.ListDelegationsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	q := workflow.DelegationQuery{Page: l.page, Workspace: v.workspace}
	err = terms{"delegator": l.memberTerm(&q.Delegator), "delegate": l.memberTerm(&q.Delegate)}.read(req.GetFilter())
	if err != nil {
		return nil, err
	}
	delegations, next, err := s.Flow.Delegations(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	show := s.delegationOf(v)
	return &imprimaturv1.ListDelegationsResponse{
		Delegations:   each(delegations, func(g advocacy.Delegation) *imprimaturv1.Delegation { return show(&g) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s delegationService) CreateDelegation(ctx context.Context, req *imprimaturv1.CreateDelegationRequest) (*imprimaturv1.Delegation, error) {
	v := enter(ctx, req)
	draft, err := v.readDelegationDraft(req.GetDelegation())
	if err != nil {
		return nil, err
	}
	g, err := s.Flow.CreateDelegation(ctx, v.call, v.workspace, draft)
	return shown(g, err, s.delegationOf(v))
}

func (s delegationService) RevokeDelegation(ctx context.Context, req *imprimaturv1.RevokeDelegationRequest) (*imprimaturv1.Delegation, error) {
	v := enter(ctx, req)
	id, err := v.readDelegation("name", req.GetName())
	if err != nil {
		return nil, err
	}
	g, err := s.Flow.RevokeDelegation(ctx, v.call, v.workspace, id, req.GetReason())
	return shown(g, err, s.delegationOf(v))
}

// absenceService answers for who is away.
type absenceService struct {
	imprimaturv1.UnimplementedAbsenceServiceServer
	*Server
}

func (s absenceService) GetAbsence(ctx context.Context, req *imprimaturv1.GetAbsenceRequest) (*imprimaturv1.Absence, error) {
	v := enter(ctx, req)
	id, err := v.readAbsence("name", req.GetName())
	if err != nil {
		return nil, err
	}
	a, err := s.Flow.Absence(ctx, v.call, v.workspace, id)
	return shown(a, err, s.absenceOf(v))
}

func (s absenceService) ListAbsences(ctx context.Context, req *imprimaturv1.ListAbsencesRequest) (*imprimaturv1.ListAbsencesResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	var person advocacy.PersonID
	if err := (terms{"member": l.memberTerm(&person)}).read(req.GetFilter()); err != nil {
		return nil, err
	}
	absences, next, err := s.Flow.Absences(ctx, v.call, v.workspace, person, l.page)
	if err != nil {
		return nil, err
	}
	show := s.absenceOf(v)
	return &imprimaturv1.ListAbsencesResponse{
		Absences:      each(absences, func(a advocacy.Absence) *imprimaturv1.Absence { return show(&a) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s absenceService) CreateAbsence(ctx context.Context, req *imprimaturv1.CreateAbsenceRequest) (*imprimaturv1.Absence, error) {
	v := enter(ctx, req)
	draft, err := v.readAbsenceDraft(req.GetAbsence())
	if err != nil {
		return nil, err
	}
	a, err := s.Flow.CreateAbsence(ctx, v.call, v.workspace, draft)
	return shown(a, err, s.absenceOf(v))
}

func (s absenceService) DeleteAbsence(ctx context.Context, req *imprimaturv1.DeleteAbsenceRequest) (*emptypb.Empty, error) {
	v := enter(ctx, req)
	id, err := v.readAbsence("name", req.GetName())
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.Flow.DeleteAbsence(ctx, v.call, v.workspace, id)
}

// reminderService answers for what people are to be told.
type reminderService struct {
	imprimaturv1.UnimplementedReminderServiceServer
	*Server
}

func (s reminderService) ListReminders(ctx context.Context, req *imprimaturv1.ListRemindersRequest) (*imprimaturv1.ListRemindersResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	reminders, next, err := s.Flow.Reminders(ctx, v.call, v.workspace, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListRemindersResponse{
		Reminders:     each(reminders, v.reminderOf),
		NextPageToken: l.next(next),
	}, nil
}
