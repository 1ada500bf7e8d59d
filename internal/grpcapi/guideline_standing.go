package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

func (s guidelineService) DiffGuidelineRevision(
	ctx context.Context, req *imprimaturv1.DiffGuidelineRevisionRequest,
) (*imprimaturv1.DiffGuidelineRevisionResponse, error) {
	v := enter(ctx, req)
	id, number, err := v.readGuidelineRevision("name", req.GetName())
	if err != nil {
		return nil, err
	}
	base := 0
	if req.GetBase() != "" {
		of, n, err := v.readGuidelineRevision("base", req.GetBase())
		if err != nil {
			return nil, err
		}
		if of != id {
			return nil, advocacy.InvalidField("base", "BASE_INVALID", "only revisions of one guideline can be compared")
		}
		base = n
	}
	d, err := s.Flow.DiffGuideline(ctx, v.call, v.workspace, id, number, base)
	return shown(d, err, v.guidelineDiffOf)
}

func (s guidelineService) ListGuidelineStandings(
	ctx context.Context, req *imprimaturv1.ListGuidelineStandingsRequest,
) (*imprimaturv1.ListGuidelineStandingsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	id, err := v.readGuideline("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	var upToDate *bool
	if err := (terms{"acknowledged": boolTerm(&upToDate)}).read(req.GetFilter()); err != nil {
		return nil, err
	}
	all, next, err := s.Flow.Standings(ctx, v.call, v.workspace, id, upToDate, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListGuidelineStandingsResponse{
		GuidelineStandings: each(all, v.standingOf), NextPageToken: l.next(next),
	}, nil
}

func (n names) standingOf(s advocacy.Standing) *imprimaturv1.GuidelineStanding {
	return &imprimaturv1.GuidelineStanding{
		Member: n.member(s.Person), Acknowledged: s.Acknowledged, Acknowledgement: n.acknowledgementOf(s.Last),
	}
}

func (n names) guidelineDiffOf(d *workflow.GuidelineDiff) *imprimaturv1.DiffGuidelineRevisionResponse {
	out := &imprimaturv1.DiffGuidelineRevisionResponse{
		Head: n.guidelineRevision(d.Head.Guideline, d.Head.Number),
		Texts: each(d.Texts, func(t workflow.GuidelineTextDiff) *imprimaturv1.GuidelineTextDiff {
			return &imprimaturv1.GuidelineTextDiff{Language: t.Language, Title: each(t.Title, spanOf), Body: each(t.Body, spanOf)}
		}),
	}
	if d.Base != nil {
		out.Base = n.guidelineRevision(d.Base.Guideline, d.Base.Number)
	}
	return out
}
