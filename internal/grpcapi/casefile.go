package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// caseService answers for differences between what was signed and what is shown.
type caseService struct {
	imprimaturv1.UnimplementedCaseServiceServer
	*Server
}

func (s caseService) GetCase(ctx context.Context, req *imprimaturv1.GetCaseRequest) (*imprimaturv1.Case, error) {
	v := enter(ctx, req)
	id, err := v.readCase("name", req.GetName())
	if err != nil {
		return nil, err
	}
	found, err := s.Flow.CaseFile(ctx, v.call, v.workspace, id)
	return shown(found, err, v.caseOf)
}

func (s caseService) ListCases(ctx context.Context, req *imprimaturv1.ListCasesRequest) (*imprimaturv1.ListCasesResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	q := workflow.CaseQuery{Page: l.page, Workspace: v.workspace}
	err = terms{
		"state": enumTerm(caseStates, &q.State, "OPEN"),
		"post":  nameTerm(v.readPost, &q.Post, form(inPosts)),
		"publication": nameTerm(func(field, name string) (id advocacy.PublicationID, err error) {
			q.Post, id, err = v.readPublication(field, name)
			return id, err
		}, &q.Publication, form(inPosts, inPublications)),
	}.read(req.GetFilter())
	if err != nil {
		return nil, err
	}
	cases, next, err := s.Flow.CaseFiles(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListCasesResponse{
		Cases:         each(cases, func(c advocacy.CaseFile) *imprimaturv1.Case { return v.caseOf(&c) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s caseService) CloseCase(ctx context.Context, req *imprimaturv1.CloseCaseRequest) (*imprimaturv1.Case, error) {
	v := enter(ctx, req)
	id, err := v.readCase("name", req.GetName())
	if err != nil {
		return nil, err
	}
	resolution, err := caseResolutions.domain("resolution", req.GetResolution())
	if err != nil {
		return nil, err
	}
	version, err := requireEtag("etag", req.GetEtag())
	if err != nil {
		return nil, err
	}
	closed, err := s.Flow.CloseCase(ctx, v.call, v.workspace, id, workflow.CaseClosing{
		Resolution: resolution, Reason: req.GetReason(), Version: version,
	})
	return shown(closed, err, v.caseOf)
}

func (t *trip) caseOf(c *advocacy.CaseFile) *imprimaturv1.Case {
	n := t.names()
	return &imprimaturv1.Case{
		Name:          n.caseFile(c.ID),
		Kind:          caseKinds.proto(c.Kind),
		Publication:   n.publication(c.Post, c.Publication),
		SocialAccount: n.account(c.Account),
		Network:       string(c.Network),
		SignedText:    c.Signed,
		ShownText:     said(c.Shown),
		Observation:   said(c.Said.Text),
		State:         caseStates.proto(c.State),
		Resolution:    caseResolutions.proto(c.Resolution),
		Reason:        c.Reason,
		Closer:        n.member(c.Closer),
		Etag:          etagOf(c.Version),
		CreateTime:    stamp(c.CreateTime),
		SeenTime:      stamp(c.SeenTime),
		CloseTime:     stamp(c.CloseTime),

		ObservationDetail: t.answer(c.Said),
	}
}
