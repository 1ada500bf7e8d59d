package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// guidelineService answers for what people read and acknowledge.
type guidelineService struct {
	imprimaturv1.UnimplementedGuidelineServiceServer
	*Server
}

func (s guidelineService) GetGuideline(ctx context.Context, req *imprimaturv1.GetGuidelineRequest) (*imprimaturv1.Guideline, error) {
	v := enter(ctx, req)
	id, err := v.readGuideline("name", req.GetName())
	if err != nil {
		return nil, err
	}
	g, err := s.Flow.Guideline(ctx, v.call, v.workspace, id)
	return shown(g, err, v.guidelineOf)
}

func (s guidelineService) GetGuidelineRevision(
	ctx context.Context, req *imprimaturv1.GetGuidelineRevisionRequest,
) (*imprimaturv1.GuidelineRevision, error) {
	v := enter(ctx, req)
	id, number, err := v.readGuidelineRevision("name", req.GetName())
	if err != nil {
		return nil, err
	}
	r, err := s.Flow.GuidelineRevision(ctx, v.call, v.workspace, id, number)
	return shown(r, err, v.guidelineRevisionOf)
}

func (s guidelineService) ListGuidelineRevisions(
	ctx context.Context, req *imprimaturv1.ListGuidelineRevisionsRequest,
) (*imprimaturv1.ListGuidelineRevisionsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	id, err := v.readGuideline("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	all, next, err := s.Flow.GuidelineRevisions(ctx, v.call, v.workspace, id, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListGuidelineRevisionsResponse{
		GuidelineRevisions: each(all, func(r advocacy.GuidelineRevision) *imprimaturv1.GuidelineRevision {
			return v.guidelineRevisionOf(&r)
		}),
		NextPageToken: l.next(next),
	}, nil
}

func (s guidelineService) PublishGuidelineRevision(
	ctx context.Context, req *imprimaturv1.PublishGuidelineRevisionRequest,
) (*imprimaturv1.GuidelineRevision, error) {
	v := enter(ctx, req)
	id, err := v.readGuideline("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	version, err := readEtag(req.GetEtag())
	if err != nil {
		return nil, err
	}
	sent := req.GetGuidelineRevision()
	end, err := readTime("guideline_revision.grace_end_time", sent.GetGraceEndTime())
	if err != nil {
		return nil, err
	}
	review, err := readTime("guideline_revision.review_time", sent.GetReviewTime())
	if err != nil {
		return nil, err
	}
	texts := each(sent.GetTexts(), func(t *imprimaturv1.GuidelineText) advocacy.GuidelineText {
		return advocacy.GuidelineText{Language: t.GetLanguage(), Title: t.GetTitle(), Body: t.GetBody()}
	})
	r, err := s.Flow.PublishGuideline(ctx, v.call, v.workspace, id, workflow.GuidelineDraft{
		Texts: texts, GraceEnd: end, ReviewTime: review, Version: version,
	})
	return shown(r, err, v.guidelineRevisionOf)
}

func (s guidelineService) AcknowledgeGuideline(
	ctx context.Context, req *imprimaturv1.AcknowledgeGuidelineRequest,
) (*imprimaturv1.GuidelineAcknowledgement, error) {
	v := enter(ctx, req)
	id, number, err := v.readGuidelineRevision("name", req.GetName())
	if err != nil {
		return nil, err
	}
	a, err := s.Flow.AcknowledgeGuideline(ctx, v.call, v.workspace, id, number, advocacy.Digest(req.GetDigest()))
	return shown(a, err, v.acknowledgementOf)
}

func (s guidelineService) ListGuidelineAcknowledgements(
	ctx context.Context, req *imprimaturv1.ListGuidelineAcknowledgementsRequest,
) (*imprimaturv1.ListGuidelineAcknowledgementsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	id, number, err := v.readGuidelineRevision("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	q := workflow.AcknowledgementQuery{Page: l.page, Workspace: v.workspace, Guideline: id, Revision: number}
	if err := (terms{"member": l.memberTerm(&q.Person)}).read(req.GetFilter()); err != nil {
		return nil, err
	}
	all, next, err := s.Flow.Acknowledgements(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListGuidelineAcknowledgementsResponse{
		GuidelineAcknowledgements: each(all, func(a advocacy.Acknowledgement) *imprimaturv1.GuidelineAcknowledgement {
			return v.acknowledgementOf(&a)
		}),
		NextPageToken: l.next(next),
	}, nil
}

func (n names) guidelineOf(g *workflow.GuidelineView) *imprimaturv1.Guideline {
	return &imprimaturv1.Guideline{
		Name:            n.guideline(g.Revision.Guideline),
		RevisionInForce: n.guidelineRevisionOf(g.Revision),
		Acknowledged:    g.Acknowledged,
		Acknowledgement: n.acknowledgementOf(g.Last),
		Etag:            etagOf(int64(g.Revision.Number)),
		ReviewDue:       g.ReviewDue,
	}
}

func (n names) guidelineRevisionOf(r *advocacy.GuidelineRevision) *imprimaturv1.GuidelineRevision {
	return &imprimaturv1.GuidelineRevision{
		Name: n.guidelineRevision(r.Guideline, r.Number),
		Texts: each(r.Texts, func(t advocacy.GuidelineText) *imprimaturv1.GuidelineText {
			return &imprimaturv1.GuidelineText{Language: t.Language, Title: t.Title, Body: t.Body}
		}),
		Digest:       string(r.Digest),
		GraceEndTime: stamp(r.GraceEnd),
		ReviewTime:   stamp(r.ReviewTime),
		Publisher:    n.member(r.Publisher),
		CreateTime:   stamp(r.CreateTime),
	}
}

// acknowledgementOf writes an acknowledgement, nothing when there is none.
func (n names) acknowledgementOf(a *advocacy.Acknowledgement) *imprimaturv1.GuidelineAcknowledgement {
	if a == nil {
		return nil
	}
	return &imprimaturv1.GuidelineAcknowledgement{
		Name:       n.in(inGuidelines, string(a.Guideline), inRevisions, count(a.Revision), inAcknowledgements, string(a.ID)),
		Member:     n.member(a.Person),
		Digest:     string(a.Digest),
		CreateTime: stamp(a.Time),
	}
}
