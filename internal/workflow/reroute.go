package workflow

import (
	"context"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// Reroute says of which bytes a round shall be routed again, and why. Version 0 is not
// compared.
type Reroute struct {
	Digest  advocacy.Digest
	Version int64
	Reason  string
}

// RerouteReview routes an open round again under the policy in force. It is the only way
// in which a round comes to ask for less: what was signed keeps counting by the key of its
// requirement, every objection keeps its role, and the plan before stays on record. The
// state is computed as ever, so nothing is approved that people did not sign.
func (s *Service) RerouteReview(ctx context.Context, c Call, sub advocacy.Subject, round int, d Reroute) (*ReviewView, error) {
	if err := check.RefuseLine("reason", d.Reason); err != nil {
		return nil, err
	}
	if err := s.lookAtHead(ctx, c, sub); err != nil {
		return nil, err
	}
	again := func(ctx context.Context, tx Tx, _ string) (*ReviewView, error) {
		return s.viewReview(ctx, tx, sub, round, true)
	}
	return act(ctx, s, c, sub.Workspace, func(ctx context.Context, tx Tx) (*ReviewView, string, error) {
		u, err := s.lockUnderReview(ctx, tx, c, sub, round)
		if err != nil {
			return nil, "", err
		}
		if err := s.reroute(ctx, tx, c, u, d); err != nil {
			return nil, "", err
		}
		view, err := again(ctx, tx, "")
		return view, sub.ReviewName(round), err
	}, again)
}

func (s *Service) reroute(ctx context.Context, tx Tx, c Call, u *underReview, d Reroute) error {
	cs, err := s.countOf(ctx, tx, u.Reading, u.decisions, tx.MembersForShare, c.Actor.Person)
	if err != nil {
		return err
	}
	if err := cs.GuardReroute(c.Actor, d.Digest, d.Reason); err != nil {
		return err
	}
	if err := stale(d.Version, u.Review.Version); err != nil {
		return err
	}
	before, state := *u.Review, u.Review.State
	if err := s.planAgain(ctx, tx, u, cs); err != nil {
		return err
	}
	change := before.Plan.Difference(u.Review.Plan)
	if change.None() {
		return advocacy.Refuse("PLAN_CURRENT", "the policy in force asks for just what this round asks for")
	}
	former := advocacy.FormerPlan{Cause: advocacy.PlanRerouted, Person: c.Actor.Person, Reason: d.Reason, Next: u.Review.Policy}
	if err := keepPlan(ctx, tx, &before, former); err != nil {
		return err
	}
	if err := tx.SaveReview(ctx, u.Review); err != nil {
		return err
	}
	err = s.record(ctx, tx, c, u.Review.Subject.Workspace, fact{
		action: "review.rerouted", subject: u.Review.Subject.ReviewName(u.Review.Round), parent: u.Review.Subject.Name(),
		detail: map[string]any{
			"digest": u.Review.Digest, "policy_before": before.Policy, "policy": u.Review.Policy, "added": change.Added,
			"removed": change.Removed, "failed_rules": u.Review.FailedRules, "reason": d.Reason,
		},
	})
	if err != nil {
		return err
	}
	if err := s.stopDeadlines(ctx, tx, u.Review); err != nil {
		return err
	}
	if err := s.recount(ctx, tx, c, u); err != nil || u.Review.State != state {
		return err
	}
	return u.touch(ctx, tx)
}

// planAgain gives the round the plan that a new one would have now, under the same guards.
func (s *Service) planAgain(ctx context.Context, tx Tx, u *underReview, cs *advocacy.Case) error {
	about, err := askedAbout(u.Review, u.Revision)
	if err != nil {
		return err
	}
	about.post, about.members, about.links, about.anew = u.post, cs.Members, nil, true
	if u.item != nil {
		about.item = u.item
	}
	if about.rules, err = s.rules(ctx, tx, u.Review.Subject.Workspace); err != nil {
		return err
	}
	about.findings = s.findings(about.rules.sight, about.content, about.manifest)
	if err := blocked(about.findings); err != nil { // guard: a forbidden term is not routed again
		return err
	}
	routed, err := s.route(ctx, tx, about)
	if err != nil {
		return err
	}
	if u.Review.Expedited && !routed.Expedited {
		return advocacy.Refuse("EXPEDITED_NOT_OFFERED", "the routing policy in force has no expedited route; submit it again the normal way")
	}
	if err := guardPreconditions(routed.Unmet); err != nil { // guard: precondition when routed again
		return err
	}
	plan := inheritedObjections(openObjections(routed.Plan, cs.Anew()), u.post) // guard: objections are routed again
	if plan, err = s.rejectedElsewhere(ctx, tx, u.Review.Subject.Workspace, u.Review.Digest, plan); err != nil {
		return err
	}
	routed.freeze(u.Review)
	u.Review.Plan = plan
	return nil
}

// keepPlan keeps the plan that a round has, before another takes its place.
func keepPlan(ctx context.Context, tx Tx, review *advocacy.Review, f advocacy.FormerPlan) error {
	former, err := tx.FormerPlans(ctx, review.Subject, review.Round)
	if err != nil {
		return err
	}
	f.Subject, f.Round, f.Number, f.Plan, f.Policy = review.Subject, review.Round, len(former)+1, review.Plan, review.Policy
	f.Time = tx.Now()
	return tx.AddFormerPlan(ctx, &f)
}

// stopDeadlines lets nobody wait any more for what the plan of a round does not ask for.
func (s *Service) stopDeadlines(ctx context.Context, tx Tx, review *advocacy.Review) error {
	all, err := tx.Deadlines(ctx, review.Subject, review.Round)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(d advocacy.Deadline) bool {
		_, asked := review.Plan.Find(d.Requirement)
		return asked || d.State == advocacy.DeadlineOver
	})
	for i := range all {
		all[i].Pause(advocacy.DeadlineOver, 0)
	}
	return tx.PutDeadlines(ctx, all...)
}
