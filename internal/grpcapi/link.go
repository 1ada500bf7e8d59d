package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// linkService answers for what is shown of links.
type linkService struct {
	imprimaturv1.UnimplementedLinkServiceServer
	*Server
}

func (s linkService) PreviewLink(ctx context.Context, req *imprimaturv1.PreviewLinkRequest) (*imprimaturv1.PreviewLinkResponse, error) {
	v := enter(ctx, req)
	p, err := s.Flow.PreviewLink(ctx, v.call, v.workspace, req.GetLink(), s.Accept)
	return shown(p, err, v.linkPreviewOf)
}

func (v visit) linkPreviewOf(p *workflow.LinkPreview) *imprimaturv1.PreviewLinkResponse {
	out := &imprimaturv1.PreviewLinkResponse{
		Link: p.Link, Url: p.URL, Host: p.Host, Card: v.card(p.Card), SiteName: p.Site, Language: p.Language,
		PictureReason: p.PictureReason, Findings: each(p.Findings, v.finding),
	}
	if p.PictureReason != "" {
		out.PictureMessage = v.say("error."+p.PictureReason, nil, plain(p.PictureReason))
	}
	return out
}
