package grpcapi

import (
	"context"
	"slices"

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
	r, err := s.Flow.ViewReview(ctx, v.call, subject, round)
	return shown(r, err, v.showReview)
}

func (s reviewService) Decide(ctx context.Context, req *imprimaturv1.DecideRequest) (*imprimaturv1.DecideResponse, error) {
	v := enter(ctx, req)
	subject, round, err := v.readNumbered("name", req.GetName(), inReviews)
	if err != nil {
		return nil, err
	}
	verdict, err := readVerdict(req)
	if err != nil {
		return nil, err
	}
	d, r, err := s.Flow.Decide(ctx, v.call, subject, round, verdict)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.DecideResponse{Decision: v.decisionOf(d), Review: v.showReview(r)}, nil
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

func (s reviewService) GetReviewTask(ctx context.Context, req *imprimaturv1.GetReviewTaskRequest) (*imprimaturv1.ReviewTask, error) {
	v := enter(ctx, req)
	id, err := v.readTask("name", req.GetName())
	if err != nil {
		return nil, err
	}
	t, err := s.Flow.Task(ctx, v.call, v.workspace, id)
	return shown(t, err, v.taskOf)
}

func (s reviewService) ListReviewTasks(
	ctx context.Context, req *imprimaturv1.ListReviewTasksRequest,
) (*imprimaturv1.ListReviewTasksResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	q, somebody, err := s.taskQuery(v, l, req.GetFilter())
	if err != nil || !somebody {
		return &imprimaturv1.ListReviewTasksResponse{}, err
	}
	tasks, next, err := s.Flow.Tasks(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListReviewTasksResponse{
		ReviewTasks:   each(tasks, func(t workflow.Task) *imprimaturv1.ReviewTask { return v.taskOf(&t) }),
		NextPageToken: l.next(next),
	}, nil
}

// permissionReadAll is what it takes to see other people's.
const permissionReadAll advocacy.Permission = "posts.readall"

// everybody stands for all members in the filter of the queue.
const everybody = "*"

// taskQuery reads whose open turns are asked for: the caller's own, or everybody's with
// the right to see all posts. somebody is false when there can be none, because the
// caller holds none of the roles.
func (s reviewService) taskQuery(v visit, l listing, filter string) (q workflow.TaskQuery, somebody bool, err error) {
	q = workflow.TaskQuery{Page: l.page, Workspace: v.workspace, State: workflow.TaskOpen}
	var role advocacy.Role
	whose := me
	err = terms{
		"role":   wordTerm(&role, func(r string) bool { return advocacy.Role(r).Approver() }, string(advocacy.RoleLegal)),
		"member": wordTerm(&whose, func(w string) bool { return w == me || w == everybody }, me),
		"subject": {example: `"` + form(inPosts) + `"`, take: func(o operand) bool {
			var err error
			q.Subject, _, err = v.readSubject("filter", o.text)
			return err == nil
		}},
	}.read(filter)
	if err != nil {
		return q, false, err
	}
	if whose == everybody {
		if !v.call.May(permissionReadAll) {
			return q, false, advocacy.Deny("PERMISSION_DENIED", "only who may see all posts can see everybody's turns").
				With("permission", string(permissionReadAll))
		}
		if role != "" {
			q.Roles = []advocacy.Role{role}
		}
		return q, true, nil
	}
	q.Person = v.principal.Actor.Person
	for _, held := range v.principal.Actor.Roles {
		if held.Approver() && (role == "" || held == role) && !slices.Contains(q.Roles, held) {
			q.Roles = append(q.Roles, held)
		}
	}
	return q, len(q.Roles) > 0, nil
}
