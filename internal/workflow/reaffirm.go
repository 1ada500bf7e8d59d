package workflow

import (
	"context"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Reaffirm gives again a signature the caller gave before on the same bytes: one that
// aged, that a gap in the role took away, or whose round was opened anew. It is a decision
// of its own on the newest round, which passes every guard of Decide; of the former one it
// takes the requirement, and for whom it was. Nothing makes the former one count again.
func (s *Service) Reaffirm(ctx context.Context, c Call, sub advocacy.Subject, round int, id advocacy.DecisionID, v Verdict) (*advocacy.Decision, *ReviewView, error) {
	if v.ValidateOnly {
		c.RequestID = "" // nothing is done, so nothing is remembered
	}
	answer, err := act(ctx, s, c, sub.Workspace, func(ctx context.Context, tx Tx) (decided, string, error) {
		u, err := s.lockUnderReview(ctx, tx, c, sub, newestRound)
		if err != nil {
			return decided{}, "", err
		}
		former, err := formerSignature(ctx, tx, c, u.decisions, round, id)
		if err != nil {
			return decided{}, "", err
		}
		if former.Digest != v.Digest { // guard: the same bytes are reaffirmed
			return decided{}, "", advocacy.Clash("REVISION_CHANGED", "you signed other bytes then; look at the newest revision and decide").
				With("digest", string(former.Digest)).With("revision", sub.RevisionName(u.Revision.Number))
		}
		v.Verdict, v.Requirement, v.OnBehalfOf, v.Reaffirms = advocacy.Approve, former.Requirement, former.OnBehalfOf, former.ID
		d, view, err := s.decideOn(ctx, tx, c, u, v)
		if err != nil {
			return decided{}, "", err
		}
		return decided{d, view}, string(d.ID), nil
	}, func(ctx context.Context, tx Tx, id string) (decided, error) {
		return s.decidedAgain(ctx, tx, sub, advocacy.DecisionID(id))
	})
	return answer.decision, answer.view, err
}

// formerSignature is an approval that the caller gave, of all decisions on the subject.
func formerSignature(ctx context.Context, tx Tx, c Call, decisions []advocacy.Decision, round int, id advocacy.DecisionID) (*advocacy.Decision, error) {
	i := slices.IndexFunc(decisions, func(d advocacy.Decision) bool { return d.ID == id && d.Round == round })
	if i < 0 {
		return nil, advocacy.Missing("DECISION_NOT_FOUND", "there is no such decision in this round")
	}
	same, err := samePerson(ctx, tx, c, decisions[i].Person)
	if err == nil && (!same || decisions[i].Verdict != advocacy.Approve) { // guard: only one's own approval is reaffirmed
		err = advocacy.Refuse("NOTHING_TO_REAFFIRM", "this is no approval of yours, so there is nothing to give again")
	}
	return &decisions[i], err
}
