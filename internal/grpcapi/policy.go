package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
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
	return s.policy(v, p)
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
	policies, next := cut(l, all, func(p workflow.PolicyView) string { return p.Policy })
	out := &imprimaturv1.ListRoutingPoliciesResponse{NextPageToken: next}
	for i := range policies {
		p, err := s.policy(v, &policies[i])
		if err != nil {
			return nil, err
		}
		out.RoutingPolicies = append(out.RoutingPolicies, p)
	}
	return out, nil
}

func (s policyService) ListRoutingPolicyRevisions(
	ctx context.Context, req *imprimaturv1.ListRoutingPolicyRevisionsRequest,
) (*imprimaturv1.ListRoutingPolicyRevisionsResponse, error) {
	v := enter(ctx, req)
	id, err := v.readPolicy("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Flow.PolicyRevisions(ctx, v.call, v.workspace, id, l.page)
	if err != nil {
		return nil, err
	}
	out := &imprimaturv1.ListRoutingPolicyRevisionsResponse{NextPageToken: l.next(next)}
	for i := range found {
		r, err := s.policyRevision(v, &found[i])
		if err != nil {
			return nil, err
		}
		out.Revisions = append(out.Revisions, r)
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
	return s.policyRevision(v, r)
}

func (s policyService) CreateRoutingPolicyRevision(
	ctx context.Context, req *imprimaturv1.CreateRoutingPolicyRevisionRequest,
) (*imprimaturv1.RoutingPolicyRevision, error) {
	v := enter(ctx, req)
	id, err := v.readPolicy("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	draft := workflow.PolicyDraft{Document: req.GetDocument(), ValidateOnly: req.GetValidateOnly()}
	r, err := s.Flow.CreatePolicyRevision(ctx, v.call, v.workspace, id, draft)
	if err != nil {
		return nil, err
	}
	return s.policyRevision(v, r)
}

func (s policyService) SimulateRoutingPolicy(
	ctx context.Context, req *imprimaturv1.SimulateRoutingPolicyRequest,
) (*imprimaturv1.RoutingPolicySimulation, error) {
	v := enter(ctx, req)
	id, number, err := v.readPolicyRevision("name", req.GetName())
	if err != nil {
		return nil, err
	}
	of := advocacy.PolicyRef{Policy: id, Revision: number}
	m, err := s.Flow.SimulatePolicy(ctx, v.call, v.workspace, of, int(req.GetDays()))
	return shown(m, err, v.simulationOf)
}

func (s policyService) GetRoutingPolicySimulation(
	ctx context.Context, req *imprimaturv1.GetRoutingPolicySimulationRequest,
) (*imprimaturv1.RoutingPolicySimulation, error) {
	v := enter(ctx, req)
	of, id, err := v.readSimulation("name", req.GetName())
	if err != nil {
		return nil, err
	}
	m, err := s.Flow.Simulation(ctx, v.call, v.workspace, of, id)
	return shown(m, err, v.simulationOf)
}

func (s policyService) ActivateRoutingPolicyRevision(
	ctx context.Context, req *imprimaturv1.ActivateRoutingPolicyRevisionRequest,
) (*imprimaturv1.RoutingPolicyRevision, error) {
	v := enter(ctx, req)
	id, number, err := v.readPolicyRevision("name", req.GetName())
	if err != nil {
		return nil, err
	}
	of, simulation, err := v.readSimulation("simulation", req.GetSimulation())
	if err != nil {
		return nil, err
	}
	r, err := s.Flow.ActivatePolicy(ctx, v.call, v.workspace, workflow.Activation{
		Policy: id, Revision: number, Simulation: simulation, Of: of, Acknowledge: req.GetAcknowledgeUnroutable(),
	})
	if err != nil {
		return nil, err
	}
	return s.policyRevision(v, r)
}

func (s policyService) ListRoutingPolicySimulations(
	ctx context.Context, req *imprimaturv1.ListRoutingPolicySimulationsRequest,
) (*imprimaturv1.ListRoutingPolicySimulationsResponse, error) {
	v := enter(ctx, req)
	id, number, err := v.readPolicyRevision("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Flow.Simulations(ctx, v.call, v.workspace, advocacy.PolicyRef{Policy: id, Revision: number}, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListRoutingPolicySimulationsResponse{
		Simulations: each(found, func(m workflow.PolicySimulation) *imprimaturv1.RoutingPolicySimulation {
			return v.simulationOf(&m)
		}),
		NextPageToken: l.next(next),
	}, nil
}

func (s policyService) ListRecomputations(
	ctx context.Context, req *imprimaturv1.ListRecomputationsRequest,
) (*imprimaturv1.ListRecomputationsResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	found, next, err := s.Flow.Recomputations(ctx, v.call, v.workspace, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListRecomputationsResponse{
		Recomputations: each(found, func(r workflow.Recomputation) *imprimaturv1.Recomputation {
			return &imprimaturv1.Recomputation{
				Name: v.recomputation(r.ID), Recomputed: r.Done, Failed: r.Failed, Total: r.Total,
				CreateTime: stamp(r.CreateTime), EndTime: stamp(r.EndTime),
			}
		}),
		NextPageToken: l.next(next),
	}, nil
}

func (s policyService) policy(v visit, r *workflow.PolicyView) (*imprimaturv1.RoutingPolicy, error) {
	revision, err := s.policyRevision(v, r)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.RoutingPolicy{Name: v.policy(r.Policy), RevisionInForce: revision}, nil
}

// policyRevision reads the document with the engine that routes by it, so that what is
// shown is what is asked, in the words of who wrote it and the caller's language where they are in it.
func (s policyService) policyRevision(v visit, r *workflow.PolicyView) (*imprimaturv1.RoutingPolicyRevision, error) {
	compiled, err := s.Flow.Routing.Load(r.Document)
	if err != nil {
		return nil, err
	}
	policy := compiled.Policy()
	out := &imprimaturv1.RoutingPolicyRevision{
		Name:                  v.names.policyRevision(r.Policy, r.Revision),
		DefaultRequirements:   each(policy.Defaults, v.asked),
		OnErrorRequirements:   each(policy.OnError, v.asked),
		ExpeditedRequirements: each(policy.Expedited, v.asked),
		ExpeditedOmits:        compiled.Omits(),
		Digest:                string(r.Digest),
		CreateTime:            stamp(r.CreateTime),
		Document:              string(r.Document),
		Author:                v.member(r.Author),
		InForce:               r.Active,
		Activation:            v.activationOf(r.Activation),
	}
	for _, rule := range compiled.Rules() {
		shown := &imprimaturv1.RoutingRule{
			Rule: rule.ID, Condition: rule.When, Reason: rule.Translations.In(v.language, rule.Reason), Requirements: each(rule.Require, v.asked),
			Mode: string(rule.Mode), Route: string(rule.Route),
		}
		for _, p := range rule.Preconditions {
			shown.Preconditions = append(shown.Preconditions, &imprimaturv1.RoutingPrecondition{
				Condition: p.Expr, Reason: p.Reason, Words: p.Translations.In(v.language, p.Words),
			})
		}
		out.Rules = append(out.Rules, shown)
	}
	return out, nil
}

func (n names) activationOf(a *workflow.PolicyActivation) *imprimaturv1.RoutingPolicyActivation {
	if a == nil {
		return nil
	}
	return &imprimaturv1.RoutingPolicyActivation{
		Member:                 n.member(a.Person),
		Simulation:             n.simulation(a.Policy, a.Simulation),
		AcknowledgedUnroutable: a.Acknowledged,
		Recomputed:             a.Done,
		CreateTime:             stamp(a.CreateTime),
		RecomputeTime:          stamp(a.EndTime),
		Failed:                 a.Failed,
		Total:                  a.Total,
	}
}

func (n names) simulationOf(m *workflow.PolicySimulation) *imprimaturv1.RoutingPolicySimulation {
	r := m.Report
	return &imprimaturv1.RoutingPolicySimulation{
		Name:         n.simulation(m.Policy, m.ID),
		State:        simulationStates.proto(m.State),
		BaseRevision: n.policyRevision(m.Base.Policy, m.Base.Revision),
		Days:         int32(m.Days),
		Member:       n.member(m.Author),
		Replayed:     r.Replayed,
		Total:        r.Total,
		Changed:      r.Changed,
		Refused:      r.Refused,
		Failed:       r.Failed,
		Requirements: each(r.Requirements, func(r workflow.SimulatedRequirement) *imprimaturv1.SimulatedRequirement {
			return &imprimaturv1.SimulatedRequirement{
				Key: r.Key, Role: string(r.Role), Before: r.Before, After: r.After, Added: r.Added, Removed: r.Removed,
			}
		}),
		Load: each(r.Load, func(l workflow.SimulatedLoad) *imprimaturv1.SimulatedLoad {
			return &imprimaturv1.SimulatedLoad{Role: string(l.Role), Hour: int32(l.Hour), Before: l.Before, After: l.After}
		}),
		Rules: each(r.Rules, func(r workflow.SimulatedRule) *imprimaturv1.SimulatedRule {
			return &imprimaturv1.SimulatedRule{Rule: r.Rule, Matched: r.Matched, Failed: r.Failed, Shadow: r.Shadow}
		}),
		UnroutableReviews: r.Reviews,
		Unroutable:        r.Unroutable,

		PastUnroutableReviews: r.PastReviews,
		PastUnroutable:        r.PastUnroutable,

		UnroutableShortfalls:     unfinished(r.Reviews, r.Short),
		PastUnroutableShortfalls: unfinished(r.PastReviews, r.PastShort),

		CreateTime: stamp(m.CreateTime),
		EndTime:    stamp(m.EndTime),
	}
}

// unfinished says of reviews what nobody could sign, as far as that was kept.
func unfinished(reviews []string, short [][]workflow.Shortfall) []*imprimaturv1.UnfinishedReview {
	out := make([]*imprimaturv1.UnfinishedReview, min(len(reviews), len(short)))
	for i := range out {
		out[i] = &imprimaturv1.UnfinishedReview{Review: reviews[i], Shortfalls: each(short[i], shortfall)}
	}
	return out
}
