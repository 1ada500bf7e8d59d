package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// publicationService answers for what left the house, or will.
type publicationService struct {
	imprimaturv1.UnimplementedPublicationServiceServer
	*Server
}

func (s publicationService) GetPublication(ctx context.Context, req *imprimaturv1.GetPublicationRequest) (*imprimaturv1.Publication, error) {
	v := enter(ctx, req)
	post, id, err := v.readPublication("name", req.GetName())
	if err != nil {
		return nil, err
	}
	x, err := s.Flow.Publication(ctx, v.call, v.workspace, post, id)
	return shown(x, err, v.publicationView)
}

func (s publicationService) ListPublications(
	ctx context.Context, req *imprimaturv1.ListPublicationsRequest,
) (*imprimaturv1.ListPublicationsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	post, err := v.readPostOrAny("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	q := workflow.PublicationQuery{Page: l.page, Workspace: v.workspace, Post: post}
	err = terms{
		"state":          enumTerm(publicationStates, &q.State, "UNKNOWN"),
		"social_account": nameTerm(v.readAccount, &q.Account, form(inAccounts)),
	}.read(req.GetFilter())
	if err != nil {
		return nil, err
	}
	publications, next, err := s.Flow.Publications(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListPublicationsResponse{
		Publications:  each(publications, v.publicationOf),
		NextPageToken: l.next(next),
	}, nil
}

func (s publicationService) RecallPublication(
	ctx context.Context, req *imprimaturv1.RecallPublicationRequest,
) (*imprimaturv1.Publication, error) {
	v := enter(ctx, req)
	post, id, err := v.readPublication("name", req.GetName())
	if err != nil {
		return nil, err
	}
	x, err := s.Flow.RecallPublication(ctx, v.call, v.workspace, post, id, req.GetReason())
	return shown(x, err, v.publicationAlone)
}

func (s publicationService) ResolvePublication(
	ctx context.Context, req *imprimaturv1.ResolvePublicationRequest,
) (*imprimaturv1.Publication, error) {
	v := enter(ctx, req)
	post, id, err := v.readPublication("name", req.GetName())
	if err != nil {
		return nil, err
	}
	resolution, err := resolutions.domain("resolution", req.GetResolution())
	if err != nil {
		return nil, err
	}
	version, err := requireEtag("etag", req.GetEtag())
	if err != nil {
		return nil, err
	}
	x, err := s.Flow.ResolvePublication(ctx, v.call, v.workspace, post, id, workflow.Resolve{
		Resolution: resolution, URL: req.GetUrl(), Reason: req.GetReason(), Version: version,
	})
	return shown(x, err, v.publicationAlone)
}

func (s publicationService) ConfirmRemoval(
	ctx context.Context, req *imprimaturv1.ConfirmRemovalRequest,
) (*imprimaturv1.Publication, error) {
	v := enter(ctx, req)
	post, id, err := v.readPublication("name", req.GetName())
	if err != nil {
		return nil, err
	}
	x, err := s.Flow.ConfirmRemoval(ctx, v.call, v.workspace, post, id, req.GetReason())
	return shown(x, err, v.publicationAlone)
}

func (s publicationService) OpenPublication(
	ctx context.Context, req *imprimaturv1.OpenPublicationRequest,
) (*imprimaturv1.OpenPublicationResponse, error) {
	v := enter(ctx, req)
	post, id, err := v.readPublication("name", req.GetName())
	if err != nil {
		return nil, err
	}
	opened, err := s.Flow.OpenHandoff(ctx, v.call, v.workspace, post, id)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.OpenPublicationResponse{Publication: v.publicationOf(*opened.Publication), Handoff: v.handoff(opened)}, nil
}

func (s publicationService) ConfirmPublication(
	ctx context.Context, req *imprimaturv1.ConfirmPublicationRequest,
) (*imprimaturv1.ConfirmPublicationResponse, error) {
	v := enter(ctx, req)
	post, id, err := v.readPublication("name", req.GetName())
	if err != nil {
		return nil, err
	}
	version, err := readEtag(req.GetEtag())
	if err != nil {
		return nil, err
	}
	said, err := s.Flow.ConfirmHandoff(ctx, v.call, v.workspace, post, id, workflow.Confirm{
		URL: req.GetUrl(), Text: req.GetShownText(), Version: version,
	})
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ConfirmPublicationResponse{
		Publication: v.publicationOf(*said.Publication), Differences: each(said.Spans, spanOf),
	}, nil
}

func (s publicationService) DeclinePublication(
	ctx context.Context, req *imprimaturv1.DeclinePublicationRequest,
) (*imprimaturv1.Publication, error) {
	v := enter(ctx, req)
	post, id, err := v.readPublication("name", req.GetName())
	if err != nil {
		return nil, err
	}
	version, err := readEtag(req.GetEtag())
	if err != nil {
		return nil, err
	}
	x, err := s.Flow.DeclineHandoff(ctx, v.call, v.workspace, post, id, version, req.GetReason())
	return shown(x, err, v.publicationAlone)
}

func (t *trip) publicationAlone(x *advocacy.Publication) *imprimaturv1.Publication {
	return t.publicationOf(*x)
}
