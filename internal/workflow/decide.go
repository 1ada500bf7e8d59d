package workflow

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// decided is the answer of Decide.
type decided struct {
	decision *advocacy.Decision
	view     *ReviewView
}

// Decide records the caller's verdict on one requirement of exactly the bytes that were
// shown. Roles, contributors and the head are read and held in the same transaction;
// the review's state is computed from the decisions, never set. Who only asks whether it
// could be said passes the same guards, and nothing is written.
func (s *Service) Decide(ctx context.Context, c Call, sub advocacy.Subject, round int, v Verdict) (*advocacy.Decision, *ReviewView, error) {
	if err := check.RefuseLine("reason", v.Reason); err != nil {
		return nil, nil, err
	}
	if v.ValidateOnly {
		c.RequestID = "" // nothing is done, so nothing is remembered
	}
	answer, err := act(ctx, s, c, sub.Workspace, func(ctx context.Context, tx Tx) (decided, string, error) {
		d, view, err := s.decide(ctx, tx, c, sub, round, v)
		if err != nil {
			return decided{}, "", err
		}
		return decided{d, view}, string(d.ID), nil
	}, func(ctx context.Context, tx Tx, id string) (decided, error) {
		return s.decidedAgain(ctx, tx, sub, advocacy.DecisionID(id))
	})
	return answer.decision, answer.view, err
}

func (s *Service) decide(ctx context.Context, tx Tx, c Call, sub advocacy.Subject, round int, v Verdict) (*advocacy.Decision, *ReviewView, error) {
	u, err := s.lockUnderReview(ctx, tx, c, sub, round)
	if err != nil {
		return nil, nil, err
	}
	return s.decideOn(ctx, tx, c, u, v)
}

// decideOn is decide for who holds the subject and the round.
func (s *Service) decideOn(ctx context.Context, tx Tx, c Call, u *underReview, v Verdict) (*advocacy.Decision, *ReviewView, error) {
	sub, round := u.Review.Subject, u.Review.Round
	u.reaffirms = v.Reaffirms
	if err := u.turn.lock(ctx, tx, sub, round); err != nil {
		return nil, nil, err
	}
	cs, err := s.caseOf(ctx, tx, u.Reading, u.decisions, tx.MembersForShare, append(assignees(u.turn.before), parties(c, v)...)...)
	if err != nil {
		return nil, nil, err
	}
	if v.Batched != nil {
		if err := cs.GuardBatch(v.Verdict, *v.Batched); err != nil {
			return nil, nil, err
		}
	}
	cs.Claim = claimOn(u.turn.before, v.Requirement)
	if err := s.lendTo(ctx, tx, cs, c.Actor.Person, v.OnBehalfOf); err != nil {
		return nil, nil, err
	}
	if cs.Sent, err = s.sent(ctx, tx, u); err != nil {
		return nil, nil, err
	}
	cs.Receipt = u.Receipt
	d, err := cs.Decide(c.Actor, advocacy.DecisionInput{
		ID: advocacy.DecisionID(s.NewID()), Verdict: v.Verdict, Requirement: v.Requirement, Digest: v.Digest, Reason: v.Reason,
		ClaimEpoch: v.ClaimEpoch, OverrideClaim: v.OverrideClaim, OnBehalfOf: v.OnBehalfOf,
	})
	if err != nil {
		return nil, nil, err
	}
	if err := stale(v.Version, u.Review.Version); err != nil {
		return nil, nil, err
	}
	cs.Decisions = append(cs.Decisions, d)
	if u.turn.manifest, err = advocacy.ParseManifest(u.Revision.Manifest); err != nil {
		return nil, nil, err
	}
	said := cs.Decisions
	if v.ValidateOnly { // guard: validate only
		d.ID, said = "", u.decisions
		err = s.settleState(ctx, tx, cs, d.Verdict)
	} else {
		u.decisions = said
		err = s.keepDecision(ctx, tx, c, u, cs, &d)
	}
	if err != nil {
		return nil, nil, err
	}
	return &d, &ReviewView{Review: u.Review, Decisions: inRound(said, round), Tally: cs.Tally(), Manifest: u.turn.manifest}, nil
}

// keepDecision saves the decision and everything that follows from it.
func (s *Service) keepDecision(ctx context.Context, tx Tx, c Call, u *underReview, cs *advocacy.Case, d *advocacy.Decision) error {
	before := cs.Review.State
	u.sharing = cs.Sharing
	if err := s.settleState(ctx, tx, cs, d.Verdict); err != nil {
		return err
	}
	if err := tx.AddDecision(ctx, d); err != nil {
		return err
	}
	if err := keepRejected(ctx, tx, d, u.turn.manifest); err != nil {
		return err
	}
	if err := tx.SaveReview(ctx, cs.Review); err != nil {
		return err
	}
	if err := s.putTasks(ctx, tx, cs, u.Revision, u.turn); err != nil {
		return err
	}
	if err := s.endClaim(ctx, tx, u.turn.before, d); err != nil {
		return err
	}
	err := s.record(ctx, tx, c, d.Subject.Workspace, fact{
		action: "review.decided", subject: d.Name(), parent: d.Subject.Name(),
		detail: map[string]any{
			"verdict": d.Verdict, "requirement": d.Requirement, "role": d.Role, "digest": d.Digest, "reason": d.Reason,
			"supersedes": d.Supersedes, "state": cs.Review.State, "overridden_claim": overridden(cs, d),
			"on_behalf_of": d.OnBehalfOf, "delegation": d.Delegation, "reaffirms": u.reaffirms, "taken_from": u.takenFrom,
		},
	})
	if err != nil {
		return err
	}
	return s.follow(ctx, tx, c, u, before)
}

// follow carries out what a review's new state means for its subject.
func (s *Service) follow(ctx context.Context, tx Tx, c Call, u *underReview, before advocacy.ReviewState) error {
	now := u.Review.State
	if now == before {
		return u.touch(ctx, tx)
	}
	if u.item != nil {
		return s.followItem(ctx, tx, c, u, before)
	}
	if before == advocacy.ReviewApproved {
		if err := s.cancelUnsent(ctx, tx, c, u.post, u.whyStopped()); err != nil {
			return err
		}
	}
	publications, err := tx.PublicationsOf(ctx, u.post.Workspace, u.post.ID)
	if err != nil {
		return err
	}
	if now == advocacy.ReviewApproved {
		made, err := s.authorize(ctx, tx, c, &release{
			post: u.post, review: u.Review, head: u.Revision, manifest: u.turn.manifest, decisions: u.decisions, had: publications,
			sharing: u.sharing,
		})
		if err != nil {
			return err
		}
		publications = append(publications, made...)
	}
	return s.projectRound(ctx, tx, u.post, u.Review, publications)
}

// touch raises the subject's version and leaves its state, which hangs on the review's:
// nobody edits over a signature he or she has not seen.
func (u *underReview) touch(ctx context.Context, tx Tx) error {
	if u.item != nil {
		u.item.UpdateTime = tx.Now()
		return tx.SaveItem(ctx, u.item)
	}
	u.post.UpdateTime = tx.Now()
	return tx.SavePost(ctx, u.post)
}

func (s *Service) followItem(ctx context.Context, tx Tx, c Call, u *underReview, before advocacy.ReviewState) error {
	now, shared := u.Review.State, u.item.InForce
	switch {
	case now == advocacy.ReviewApproved && before != advocacy.ReviewApproved:
		if u.item.InForceRound != 0 && u.item.InForceRound != u.Review.Round {
			if err := s.supersedeRound(ctx, tx, c, u.item.Subject(), u.item.InForceRound); err != nil {
				return err
			}
		}
		u.item.InForce, u.item.InForceRound = u.Review.Revision, u.Review.Round
		if err := s.record(ctx, tx, c, u.item.Workspace, fact{
			action: "library_item.in_force", subject: u.item.Subject().RevisionName(u.item.InForce), parent: u.item.Subject().Name(),
			detail: map[string]any{"digest": u.Review.Digest},
		}); err != nil {
			return err
		}
	case now != advocacy.ReviewApproved && u.item.InForceRound == u.Review.Round:
		u.item.InForce, u.item.InForceRound = 0, 0
	}
	if err := s.projectItem(ctx, tx, u.item); err != nil {
		return err
	}
	if shared != 0 && shared != u.item.InForce { // guard: what was shared of another revision is looked at
		return s.stopShares(ctx, tx, u.item)
	}
	return nil
}

// supersedeRound ends the round that was in force, without touching the queue.
func (s *Service) supersedeRound(ctx context.Context, tx Tx, c Call, sub advocacy.Subject, round int) error {
	old, err := tx.ReviewForUpdate(ctx, sub, round)
	if err != nil || old.State == advocacy.ReviewSuperseded {
		return err
	}
	if err := old.Move(advocacy.ReviewSuperseded); err != nil {
		return err
	}
	old.CloseTime = tx.Now()
	if err := tx.SaveReview(ctx, old); err != nil {
		return err
	}
	return s.record(ctx, tx, c, sub.Workspace, fact{
		action: "review." + string(old.State), subject: sub.ReviewName(round), parent: sub.Name(),
		detail: map[string]any{"digest": old.Digest},
	})
}

// underReview is a subject locked for a decision, with what its rules look at.
type underReview struct {
	post *advocacy.Post
	item *advocacy.LibraryItem
	// Reading is the round as it was locked, with the head and the caller's receipt.
	*Reading
	decisions []advocacy.Decision
	turn      turn
	// reaffirms is the signature that the verdict gives again, empty for none.
	reaffirms advocacy.DecisionID
	// takenFrom is whose signature somebody else takes back, empty for none.
	takenFrom advocacy.PersonID
	// found is what is found by the lexicon and the disclosure rules in force, when the round was
	// counted under others.
	found []advocacy.Finding
	// sharing is how often and when people share, as it was read with the rules.
	sharing advocacy.Sharing
}

// whyStopped is why what was signed does not go out any more.
func (u *underReview) whyStopped() advocacy.Answer {
	if terms := termsOf(u.found); len(terms) > 0 {
		return network.SayOf(advocacy.AnswerTermsForbidden, strings.Join(terms, ", "))
	}
	if rules := retoldBy(u.found); len(rules) > 0 {
		return network.SayOf(advocacy.AnswerDisclosuresOutdated, strings.Join(rules, ", "))
	}
	if slices.ContainsFunc(u.Review.Pins, func(p advocacy.LinkPin) bool { return !p.ChangeTime.IsZero() }) {
		return advocacy.Stopped(advocacy.BlockMoved)
	}
	return network.Say(advocacy.AnswerSignatureLost)
}

// newestRound stands for the last round there is.
const newestRound = 0

// lockUnderReview locks the subject and the round, in this order, and reads the rest.
func (s *Service) lockUnderReview(ctx context.Context, tx Tx, c Call, sub advocacy.Subject, round int) (*underReview, error) {
	u, of, err := lockSubject(ctx, tx, c, sub, round)
	switch {
	case err != nil:
		return nil, err
	case of == nil:
		return nil, advocacy.Missing("REVIEW_NOT_FOUND", "there is no such review")
	}
	u.Reading = of
	if u.post != nil {
		u.turn.title = u.Revision.Content.Text
	}
	u.decisions, err = tx.Decisions(ctx, sub)
	return u, err
}

// lockSubject locks the subject and the round, and returns no round where there is none.
func lockSubject(ctx context.Context, tx Tx, c Call, sub advocacy.Subject, round int) (*underReview, *Reading, error) {
	u := &underReview{}
	if sub.Kind == advocacy.SubjectPost {
		p, of, err := tx.PostInReviewForUpdate(ctx, sub.Workspace, advocacy.PostID(sub.ID), round, c.Actor.Person)
		if err != nil {
			return nil, nil, err
		}
		if !c.seesPost(p) {
			return nil, nil, postMissing(p.ID)
		}
		u.post, u.turn.publish = p, p.PublishTime
		return u, of, nil
	}
	i, err := tx.ItemForUpdate(ctx, sub.Workspace, advocacy.ItemID(sub.ID))
	if err != nil {
		return nil, nil, err
	}
	u.item, u.turn.title = i, i.Title
	of, err := tx.ReviewWithHeadForUpdate(ctx, sub, cmp.Or(round, i.Round), i.Head, c.Actor.Person)
	return u, of, err
}

// sent tells whether a request for the revision under review has begun.
func (s *Service) sent(ctx context.Context, tx Tx, u *underReview) (bool, error) {
	if u.post == nil || u.Review.State != advocacy.ReviewApproved {
		return false, nil
	}
	publications, err := tx.PublicationsOf(ctx, u.post.Workspace, u.post.ID)
	return begun(publications, u.Review.Revision), err
}

// begun tells whether a revision is out somewhere, or may be.
func begun(publications []advocacy.Publication, revision int) bool {
	return slices.ContainsFunc(publications, func(x advocacy.Publication) bool {
		return x.Revision == revision && x.Begun()
	})
}

func (s *Service) decidedAgain(ctx context.Context, tx Tx, sub advocacy.Subject, id advocacy.DecisionID) (decided, error) {
	decisions, err := tx.Decisions(ctx, sub)
	if err != nil {
		return decided{}, err
	}
	i := slices.IndexFunc(decisions, func(d advocacy.Decision) bool { return d.ID == id })
	if i < 0 {
		return decided{}, advocacy.Missing("DECISION_NOT_FOUND", "there is no decision %q", id)
	}
	view, err := s.viewReview(ctx, tx, sub, decisions[i].Round, true)
	return decided{&decisions[i], view}, err
}

// Review returns a round with its standing.
func (s *Service) Review(ctx context.Context, c Call, sub advocacy.Subject, round int) (*ReviewView, error) {
	// Who sees every post need not be shown the post first, unless there is nothing else to show.
	seesAll := sub.Kind == advocacy.SubjectPost && c.may(mayReadAllPosts)
	if !seesAll { // guard: a round is seen by who sees its subject
		if err := s.seeSubject(ctx, c, sub, -1); err != nil {
			return nil, err
		}
	}
	view, err := s.viewReview(ctx, s.Store, sub, round, true)
	if seesAll && advocacy.KindOf(err) == advocacy.NotFound {
		return nil, cmp.Or(s.seeSubject(ctx, c, sub, -1), err)
	}
	return view, err
}

func (s *Service) viewReview(ctx context.Context, r Reader, sub advocacy.Subject, round int, targets bool) (*ReviewView, error) {
	of, err := r.ReviewWithRevision(ctx, sub, round)
	if err != nil {
		return nil, err
	}
	decisions, err := r.Decisions(ctx, sub)
	if err != nil {
		return nil, err
	}
	cs, err := s.caseOf(ctx, r, of, decisions, r.MembersByID)
	if err != nil {
		return nil, err
	}
	view := &ReviewView{Review: of.Review, Decisions: inRound(decisions, round), Tally: cs.Tally()}
	if len(timedRequirements(cs)) > 0 {
		if view.Deadlines, err = r.Deadlines(ctx, sub, round); err != nil {
			return nil, err
		}
	}
	if targets {
		view.Manifest, err = advocacy.ParseManifest(of.Revision.Manifest)
	}
	return view, err
}

func inRound(decisions []advocacy.Decision, round int) []advocacy.Decision {
	var out []advocacy.Decision
	for _, d := range decisions {
		if d.Round == round {
			out = append(out, d)
		}
	}
	return out
}

// Reviews lists the rounds of a post or item, without their targets.
func (s *Service) Reviews(ctx context.Context, c Call, sub advocacy.Subject, p Page) ([]ReviewView, string, error) {
	if err := s.seeSubject(ctx, c, sub, -1); err != nil {
		return nil, "", err
	}
	reviews, next, err := s.Store.Reviews(ctx, sub, p)
	if err != nil {
		return nil, "", err
	}
	views := make([]ReviewView, len(reviews))
	for i := range reviews {
		view, err := s.viewReview(ctx, s.Store, sub, reviews[i].Round, false)
		if err != nil {
			return nil, "", err
		}
		views[i] = *view
	}
	return views, next, nil
}

// Decisions lists the decisions of a round, oldest first.
func (s *Service) Decisions(ctx context.Context, c Call, sub advocacy.Subject, round int) ([]advocacy.Decision, error) {
	if err := s.seeSubject(ctx, c, sub, -1); err != nil {
		return nil, err
	}
	if _, err := s.Store.Review(ctx, sub, round); err != nil {
		return nil, err
	}
	decisions, err := s.Store.Decisions(ctx, sub)
	return inRound(decisions, round), err
}
