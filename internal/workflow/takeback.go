package workflow

import (
	"context"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// TakeBack says why a signature shall not count any more, of which bytes. Version 0 is not compared.
type TakeBack struct {
	Digest  advocacy.Digest
	Version int64
	Reason  string
}

// RetractDecision takes back a signature that somebody else gave in a round, as an admin does when it
// was given by mistake or by who should not have: a decision of its own, after which the round is
// counted again. Nothing is erased, and who signed may sign again.
func (s *Service) RetractDecision(ctx context.Context, c Call, sub advocacy.Subject, round int, id advocacy.DecisionID, d TakeBack) (*advocacy.Decision, *ReviewView, error) {
	if err := check.RefuseLine("reason", d.Reason); err != nil {
		return nil, nil, err
	}
	answer, err := act(ctx, s, c, sub.Workspace, func(ctx context.Context, tx Tx) (decided, string, error) {
		u, err := s.lockUnderReview(ctx, tx, c, sub, round)
		if err != nil {
			return decided{}, "", err
		}
		made, view, err := s.takeBack(ctx, tx, c, u, id, d)
		if err != nil {
			return decided{}, "", err
		}
		return decided{made, view}, string(made.ID), nil
	}, func(ctx context.Context, tx Tx, id string) (decided, error) {
		return s.decidedAgain(ctx, tx, sub, advocacy.DecisionID(id))
	})
	return answer.decision, answer.view, err
}

// takeBack is RetractDecision for who holds the subject and the round.
func (s *Service) takeBack(ctx context.Context, tx Tx, c Call, u *underReview, id advocacy.DecisionID, d TakeBack) (*advocacy.Decision, *ReviewView, error) {
	i := slices.IndexFunc(u.decisions, func(o advocacy.Decision) bool { return o.ID == id && o.Round == u.Review.Round })
	if i < 0 {
		return nil, nil, advocacy.Missing("DECISION_NOT_FOUND", "there is no such decision in this round")
	}
	u.takenFrom = u.decisions[i].Person
	if err := u.turn.lock(ctx, tx, u.Review.Subject, u.Review.Round); err != nil {
		return nil, nil, err
	}
	cs, err := s.caseOf(ctx, tx, u.Reading, u.decisions, tx.MembersForShare, append(assignees(u.turn.before), c.Actor.Person)...)
	if err != nil {
		return nil, nil, err
	}
	if cs.Sent, err = s.sent(ctx, tx, u); err != nil {
		return nil, nil, err
	}
	made, err := cs.TakeBack(c.Actor, advocacy.Undoing{ID: advocacy.DecisionID(s.NewID()), Of: id, Digest: d.Digest, Reason: d.Reason})
	if err != nil {
		return nil, nil, err
	}
	if err := stale(d.Version, u.Review.Version); err != nil {
		return nil, nil, err
	}
	cs.Decisions = append(cs.Decisions, made)
	u.decisions = cs.Decisions
	if u.turn.manifest, err = advocacy.ParseManifest(u.Revision.Manifest); err != nil {
		return nil, nil, err
	}
	if err := s.keepDecision(ctx, tx, c, u, cs, &made); err != nil {
		return nil, nil, err
	}
	return &made, &ReviewView{Review: u.Review, Decisions: inRound(cs.Decisions, u.Review.Round), Tally: cs.Tally(), Manifest: u.turn.manifest}, nil
}
