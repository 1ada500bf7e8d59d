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
		newest, err := s.lockNewestRound(ctx, tx, c, sub)
		if err != nil {
			return decided{}, "", err
		}
		former, err := formerSignature(ctx, tx, c, sub, round, id)
		if err != nil {
			return decided{}, "", err
		}
		if former.Digest != v.Digest { // guard: the same bytes are reaffirmed
			return decided{}, "", advocacy.Clash("REVISION_CHANGED", "you signed other bytes then; look at the newest revision and decide").
				With("digest", string(former.Digest))
		}
		v.Verdict, v.Requirement, v.OnBehalfOf, v.Reaffirms = advocacy.Approve, former.Requirement, former.OnBehalfOf, former.ID
		d, view, err := s.decide(ctx, tx, c, sub, newest, v)
		if err != nil {
			return decided{}, "", err
		}
		return decided{d, view}, string(d.ID), nil
	}, func(ctx context.Context, tx Tx, id string) (decided, error) {
		return s.decidedAgain(ctx, tx, sub, advocacy.DecisionID(id))
	})
	return answer.decision, answer.view, err
}

// formerSignature is an approval that the caller gave.
func formerSignature(ctx context.Context, tx Tx, c Call, sub advocacy.Subject, round int, id advocacy.DecisionID) (*advocacy.Decision, error) {
	decisions, err := tx.Decisions(ctx, sub)
	if err != nil {
		return nil, err
	}
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

// lockNewestRound locks the subject and returns the number of its newest round.
func (s *Service) lockNewestRound(ctx context.Context, tx Tx, c Call, sub advocacy.Subject) (int, error) {
	if sub.Kind == advocacy.SubjectItem {
		item, err := tx.ItemForUpdate(ctx, sub.Workspace, advocacy.ItemID(sub.ID))
		if err != nil {
			return 0, err
		}
		return item.Round, nil
	}
	p, err := tx.PostForUpdate(ctx, sub.Workspace, advocacy.PostID(sub.ID))
	if err != nil {
		return 0, err
	}
	if !c.seesPost(p) {
		return 0, postMissing(p.ID)
	}
	return p.Round, nil
}
