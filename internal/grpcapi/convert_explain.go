package grpcapi

import (
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

func (t *trip) explainedReview(e *workflow.ReviewExplanation) *imprimaturv1.ReviewExplanation {
	n, r := t.names(), e.Review
	timed := t.timed(e.Deadlines)
	return &imprimaturv1.ReviewExplanation{
		Review: n.review(r.Subject, r.Round),
		State:  reviewStates.proto(r.State),
		Requirements: each(e.Requirements, func(r advocacy.RequirementExplanation) *imprimaturv1.RequirementExplanation {
			out := t.explainedRequirement(r)
			out.Requirement = takes(timed(r.RequirementTally), e.Usual)
			return out
		}),
		Blockers:              each(e.Blockers, t.blocker),
		Resets:                int32(e.Resets),
		RoutingPolicyRevision: n.policyRevision(r.Policy.Policy, r.Policy.Revision),
		ExpireTime:            stamp(r.ExpireTime),
		PlanChanges:           t.planChanges(r, e.Former),
		Shortfalls:            each(e.Short, shortfall),
		Turns:                 each(e.Turns, n.turn),
	}
}

func shortfall(s workflow.Shortfall) *imprimaturv1.Shortfall {
	return &imprimaturv1.Shortfall{Requirement: s.Requirement, Role: string(s.Role), Missing: int32(s.Missing), Reason: infeasibilities.proto(s.Reason)}
}

func (n names) turn(t advocacy.Turn) *imprimaturv1.ReviewTurn {
	return &imprimaturv1.ReviewTurn{
		Why: whys.proto(t.Why), Requirement: t.Requirement, Role: string(t.Role), Member: n.member(t.Person), SinceTime: stamp(t.Since),
		Permission: string(t.Permission),
	}
}

// planChanges say what took the place of what: each former plan is compared with the one
// after it, the last with the plan the round has.
func (t *trip) planChanges(r *advocacy.Review, former []advocacy.FormerPlan) []*imprimaturv1.PlanChange {
	n := t.names()
	out := make([]*imprimaturv1.PlanChange, len(former))
	for i, f := range former {
		next := r.Plan
		if i+1 < len(former) {
			next = former[i+1].Plan
		}
		d := f.Plan.Difference(next)
		out[i] = &imprimaturv1.PlanChange{
			Cause:                       planCauses.proto(f.Cause),
			FormerRoutingPolicyRevision: n.policyRevision(f.Policy.Policy, f.Policy.Revision),
			RoutingPolicyRevision:       n.policyRevision(f.Next.Policy, f.Next.Revision),
			Added:                       each(d.Added, t.asked),
			Removed:                     each(d.Removed, t.asked),
			Member:                      n.member(f.Person),
			Reason:                      f.Reason,
			CreateTime:                  stamp(f.Time),
		}
	}
	return out
}

func (t *trip) explainedRequirement(e advocacy.RequirementExplanation) *imprimaturv1.RequirementExplanation {
	n := t.names()
	return &imprimaturv1.RequirementExplanation{
		Open:       e.Open,
		Have:       int32(len(e.Signers)),
		Need:       int32(e.Requirement.Quorum),
		Signatures: each(e.Signatures, t.explainedSignature),
		Candidates: each(e.Candidates, func(c advocacy.Candidate) *imprimaturv1.Candidate {
			return &imprimaturv1.Candidate{Member: n.member(c.Person), Code: c.Code, OnBehalfOf: n.member(c.OnBehalfOf)}
		}),
		MoreCandidates: int32(e.More),
	}
}

func (t *trip) explainedSignature(s advocacy.Signature) *imprimaturv1.SignatureExplanation {
	n, d := t.names(), s.Decision
	out := &imprimaturv1.SignatureExplanation{
		Decision: n.decision(d.Subject, d.Round, d.ID), Member: n.member(d.Person), Code: s.Code,
	}
	if s.Code != "" {
		out.Message = t.blocker(advocacy.Blocker{Code: s.Code, Requirement: d.Requirement, Person: d.Person}).GetMessage()
	}
	return out
}

func (t *trip) explainedPost(e *workflow.PostExplanation) *imprimaturv1.PostExplanation {
	n := t.names()
	out := &imprimaturv1.PostExplanation{
		Post:     n.post(e.Post.ID),
		State:    postStates.proto(e.Post.State),
		Blockers: each(e.Blockers(), t.blocker),
		Cancels:  int32(e.Cancels),

		ExpediteOffered: e.ExpediteOffered,
		Targets: each(e.Targets, func(x workflow.TargetExplanation) *imprimaturv1.TargetExplanation {
			target := &imprimaturv1.TargetExplanation{SocialAccount: n.account(x.Account), Blockers: each(x.Blockers, t.blocker)}
			if x.Publication != nil {
				target.Publication = n.publication(x.Publication.Post, x.Publication.ID)
			}
			return target
		}),
	}
	if e.Review != nil {
		out.Review = t.explainedReview(e.Review)
	}
	return out
}
