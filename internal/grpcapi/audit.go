package grpcapi

import (
	"context"
	"regexp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// auditService answers for the audit trail.
type auditService struct {
	imprimaturv1.UnimplementedAuditServiceServer
	*Server
}

func (s auditService) GetAuditRecord(ctx context.Context, req *imprimaturv1.GetAuditRecordRequest) (*imprimaturv1.AuditRecord, error) {
	v := enter(ctx, req)
	id, err := v.readRecord("name", req.GetName())
	if err != nil {
		return nil, err
	}
	r, err := s.Flow.AuditRecord(ctx, v.call, v.workspace, id)
	return shown(r, err, v.recordOf)
}

var actionForm = regexp.MustCompile(`^[a-z_]+\.[a-z_]+$`)

func (s auditService) ListAuditRecords(
	ctx context.Context, req *imprimaturv1.ListAuditRecordsRequest,
) (*imprimaturv1.ListAuditRecordsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	q := workflow.RecordQuery{Page: l.page, Workspace: v.workspace}
	err = terms{
		"parent_resource": wordTerm(&q.Parent, func(name string) bool {
			w, ok := workspaceOf(name)
			return ok && w == v.workspace
		}, form(inPosts)),
		"action":         wordTerm(&q.Action, actionForm.MatchString, "post.submitted"),
		"member":         l.memberTerm(&q.Person),
		"create_time >=": timeTerm(&q.From),
		"create_time <":  timeTerm(&q.Until),
	}.read(req.GetFilter())
	if err != nil {
		return nil, err
	}
	records, next, err := s.Flow.AuditRecords(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListAuditRecordsResponse{
		AuditRecords:  each(records, func(r advocacy.AuditRecord) *imprimaturv1.AuditRecord { return v.recordOf(&r) }),
		NextPageToken: l.next(next),
	}, nil
}
