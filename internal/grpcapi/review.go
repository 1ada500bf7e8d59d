package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// reviewService answers for rounds of sign-off, decisions and the queue.
type reviewService struct {
	imprimaturv1.UnimplementedReviewServiceServer
	*Server
}

func (s reviewService) GetReview(ctx context.Context, req *imprimaturv1.GetReviewRequest) (*imprimaturv1.Review, error) {
	v := enter(ctx, req)
	subject, round, err := v.readNumbered("name", req.GetName(), inReviews)
	if err != nil {
		return nil, err
	}
	r, err := s.Flow.Review(ctx, v.call, subject, round)
	return shown(r, err, v.showReview)
}

func (s reviewService) ExplainReview(ctx context.Context, req *imprimaturv1.ExplainReviewRequest) (*imprimaturv1.ReviewExplanation, error) {
	v := enter(ctx, req)
	subject, round, err := v.readNumbered("name", req.GetName(), inReviews)
	if err != nil {
		return nil, err
	}
	e, err := s.Flow.ExplainReview(ctx, v.call, subject, round)
	return shown(e, err, v.explainedReview)
}

func (s reviewService) ListReviews(ctx context.Context, req *imprimaturv1.ListReviewsRequest) (*imprimaturv1.ListReviewsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	subject, _, err := v.readSubject("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	reviews, next, err := s.Flow.Reviews(ctx, v.call, subject, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListReviewsResponse{
		Reviews:       each(reviews, func(r workflow.ReviewView) *imprimaturv1.Review { return v.showReview(&r) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s reviewService) ViewReview(ctx context.Context, req *imprimaturv1.ViewReviewRequest) (*imprimaturv1.Review, error) {
	v := enter(ctx, req)
	subject, round, err := v.readNumbered("name", req.GetName(), inReviews)
	if err != nil {
		return nil, err
	}
	glance := workflow.Glance{Leave: req.GetLeave()}
	if glance.Task, err = optional(v.readTask, "review_task", req.GetReviewTask()); err != nil {
		return nil, err
	}
	r, err := s.Flow.ViewTurn(ctx, v.call, subject, round, glance)
	return shown(r, err, v.showReview)
}

func (s reviewService) Decide(ctx context.Context, req *imprimaturv1.DecideRequest) (*imprimaturv1.DecideResponse, error) {
	v := enter(ctx, req)
	subject, round, err := v.readNumbered("name", req.GetName(), inReviews)
	if err != nil {
		return nil, err
	}
	verdict, err := v.readVerdict(req)
	if err != nil {
		return nil, err
	}
	d, r, err := s.Flow.Decide(ctx, v.call, subject, round, verdict)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.DecideResponse{Decision: v.decisionOf(d), Review: v.showReview(r)}, nil
}

func (s reviewService) ReaffirmDecision(ctx context.Context, req *imprimaturv1.ReaffirmDecisionRequest) (*imprimaturv1.DecideResponse, error) {
	v := enter(ctx, req)
	subject, round, id, err := v.readDecision("name", req.GetName())
	if err != nil {
		return nil, err
	}
	version, err := requireEtag("etag", req.GetEtag())
	if err != nil {
		return nil, err
	}
	d, r, err := s.Flow.Reaffirm(ctx, v.call, subject, round, id, workflow.Verdict{
		Digest: advocacy.Digest(req.GetDigest()), Version: version,
		ClaimEpoch: req.GetClaimEpoch(), OverrideClaim: req.GetOverrideClaim(), ValidateOnly: req.GetValidateOnly(),
	})
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.DecideResponse{Decision: v.decisionOf(d), Review: v.showReview(r)}, nil
}

func (s reviewService) RetractDecision(ctx context.Context, req *imprimaturv1.RetractDecisionRequest) (*imprimaturv1.DecideResponse, error) {
	v := enter(ctx, req)
	subject, round, id, err := v.readDecision("name", req.GetName())
	if err != nil {
		return nil, err
	}
	version, err := requireEtag("etag", req.GetEtag())
	if err != nil {
		return nil, err
	}
	d, r, err := s.Flow.RetractDecision(ctx, v.call, subject, round, id, workflow.TakeBack{
		Digest: advocacy.Digest(req.GetDigest()), Version: version, Reason: req.GetReason(),
	})
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.DecideResponse{Decision: v.decisionOf(d), Review: v.showReview(r)}, nil
}

func (s reviewService) RerouteReview(ctx context.Context, req *imprimaturv1.RerouteReviewRequest) (*imprimaturv1.Review, error) {
	v := enter(ctx, req)
	subject, round, err := v.readNumbered("name", req.GetName(), inReviews)
	if err != nil {
		return nil, err
	}
	version, err := requireEtag("etag", req.GetEtag())
	if err != nil {
		return nil, err
	}
	r, err := s.Flow.RerouteReview(ctx, v.call, subject, round, workflow.Reroute{
		Digest: advocacy.Digest(req.GetDigest()), Version: version, Reason: req.GetReason(),
	})
	return shown(r, err, v.showReview)
}

func (s reviewService) GetDecision(ctx context.Context, req *imprimaturv1.GetDecisionRequest) (*imprimaturv1.Decision, error) {
	v := enter(ctx, req)
	subject, round, id, err := v.readDecision("name", req.GetName())
	if err != nil {
		return nil, err
	}
	decisions, err := s.Flow.Decisions(ctx, v.call, subject, round)
	if err != nil {
		return nil, err
	}
	for i := range decisions {
		if decisions[i].ID == id {
			return v.decisionOf(&decisions[i]), nil
		}
	}
	return nil, advocacy.Missing("DECISION_NOT_FOUND", "there is no such decision in this round")
}

func (s reviewService) ListDecisions(ctx context.Context, req *imprimaturv1.ListDecisionsRequest) (*imprimaturv1.ListDecisionsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	subject, round, err := v.readNumbered("parent", req.GetParent(), inReviews)
	if err != nil {
		return nil, err
	}
	all, err := s.Flow.Decisions(ctx, v.call, subject, round)
	if err != nil {
		return nil, err
	}
	decisions, next := cut(l, all, func(d advocacy.Decision) string { return string(d.ID) })
	return &imprimaturv1.ListDecisionsResponse{
		Decisions:     each(decisions, func(d advocacy.Decision) *imprimaturv1.Decision { return v.decisionOf(&d) }),
		NextPageToken: next,
	}, nil
}
