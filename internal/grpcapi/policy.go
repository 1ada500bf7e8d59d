package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// policyService answers for routing policies.
type policyService struct {
	imprimaturv1.UnimplementedRoutingPolicyServiceServer
	*Server
}

func (s policyService) GetRoutingPolicy(ctx context.Context, req *imprimaturv1.GetRoutingPolicyRequest) (*imprimaturv1.RoutingPolicy, error) {
	v := enter(ctx, req)
	id, err := v.readPolicy("name", req.GetName())
	if err != nil {
		return nil, err
	}
	p, err := s.Flow.Policy(ctx, v.call, v.workspace, id)
	if err != nil {
		return nil, err
	}
	return s.policy(v.names, p)
}

func (s policyService) ListRoutingPolicies(
	ctx context.Context, req *imprimaturv1.ListRoutingPoliciesRequest,
) (*imprimaturv1.ListRoutingPoliciesResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	all, err := s.Flow.Policies(ctx, v.call, v.workspace)
	if err != nil {
		return nil, err
	}
	policies, next := cut(l, all, func(p workflow.PolicyRevision) string { return p.Policy })
	out := &imprimaturv1.ListRoutingPoliciesResponse{NextPageToken: next}
	for i := range policies {
		p, err := s.policy(v.names, &policies[i])
		if err != nil {
			return nil, err
		}
		out.RoutingPolicies = append(out.RoutingPolicies, p)
	}
	return out, nil
}

func (s policyService) GetRoutingPolicyRevision(
	ctx context.Context, req *imprimaturv1.GetRoutingPolicyRevisionRequest,
) (*imprimaturv1.RoutingPolicyRevision, error) {
	v := enter(ctx, req)
	id, number, err := v.readPolicyRevision("name", req.GetName())
	if err != nil {
		return nil, err
	}
	r, err := s.Flow.PolicyRevision(ctx, v.call, v.workspace, id, number)
	if err != nil {
		return nil, err
	}
	return s.policyRevision(v.names, r)
}

func (s policyService) policy(n names, r *workflow.PolicyRevision) (*imprimaturv1.RoutingPolicy, error) {
	revision, err := s.policyRevision(n, r)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.RoutingPolicy{Name: n.policy(r.Policy), RevisionInForce: revision}, nil
}

// policyRevision reads the document with the engine that routes by it, so that what is
// shown is what is asked.
func (s policyService) policyRevision(n names, r *workflow.PolicyRevision) (*imprimaturv1.RoutingPolicyRevision, error) {
	compiled, err := s.Flow.Routing.Load(r.Document)
	if err != nil {
		return nil, err
	}
	policy := compiled.Policy()
	out := &imprimaturv1.RoutingPolicyRevision{
		Name:                n.policyRevision(r.Policy, r.Revision),
		DefaultRequirements: each(policy.Defaults, requirement),
		Digest:              string(r.Digest),
		CreateTime:          stamp(r.CreateTime),
	}
	for _, rule := range policy.Rules {
		out.Rules = append(out.Rules, &imprimaturv1.RoutingRule{
			Rule: rule.ID, Condition: rule.When, Reason: rule.Reason, Requirements: each(rule.Require, requirement),
		})
	}
	return out, nil
}
