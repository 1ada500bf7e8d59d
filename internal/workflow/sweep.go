package workflow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// sweepBatch is how much one sweep takes at a time; what is left is taken by the next.
const sweepBatch = 200

// ExpireReviews ends the rounds whose time ran out before everybody signed. Time alone
// only ever takes away.
func (s *Service) ExpireReviews(ctx context.Context) (int, error) {
	now := s.Now()
	return eachDue(ctx, sweepBatch, func(most int) ([]advocacy.Review, error) { return s.Store.ExpiredReviews(ctx, now, most) },
		func(r *advocacy.Review) string { return r.Subject.ReviewName(r.Round) },
		func(r *advocacy.Review) error { return s.expireReview(ctx, r.Subject, r.Round) })
}

// eachDue does something for each of the first that are due, most of them at a time: read returns as
// many as it is asked for, always the same first. Those for which it cannot be done stay in front of the
// others for ever; as long as there are any, more are read, so that they keep nobody waiting.
func eachDue[T any](ctx context.Context, most int, read func(int) ([]T, error), name func(*T) string, do func(*T) error) (done int, err error) {
	tried := make(map[string]bool)
	for {
		due, failed := read(most + len(tried))
		if failed != nil {
			return done, errors.Join(err, failed)
		}
		full := len(due) == most+len(tried)
		due = slices.DeleteFunc(due, func(t T) bool { return tried[name(&t)] })
		n, failed := eachOnItsOwn(ctx, due, func(t *T) error {
			one := do(t)
			if one != nil {
				tried[name(t)] = true
			}
			return one
		})
		done, err = done+n, errors.Join(err, failed)
		if !full || failed == nil || done >= most || ctx.Err() != nil { // guard: what fails in front hides nothing behind it
			return done, err
		}
	}
}

// eachOnItsOwn does something for each that is due and tells how many it was done for. One for which it
// cannot be done is told of and keeps nobody else waiting.
func eachOnItsOwn[T any](ctx context.Context, due []T, do func(*T) error) (done int, err error) {
	for i := range due {
		if ctx.Err() != nil {
			return done, errors.Join(err, ctx.Err())
		}
		if one := do(&due[i]); one != nil {
			err = errors.Join(err, one)
			continue
		}
		done++
	}
	return done, err
}

func (s *Service) expireReview(ctx context.Context, sub advocacy.Subject, round int) error {
	c := SystemCall(sub.Workspace)
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		u, err := s.lockUnderReview(ctx, tx, c, sub, round)
		if err != nil {
			return err
		}
		r := u.Review
		if !r.State.Live() || r.State == advocacy.ReviewApproved || tx.Now().Before(r.ExpireTime) {
			return nil
		}
		if err := s.endReview(ctx, tx, c, sub, round, advocacy.ReviewExpired); err != nil {
			return err
		}
		if u.item != nil {
			return s.projectItem(ctx, tx, u.item)
		}
		return s.project(ctx, tx, u.post)
	})
}

// reassess computes one live round again and carries out what follows.
func (s *Service) reassess(ctx context.Context, tx Tx, sub advocacy.Subject, round int) error {
	c := SystemCall(sub.Workspace)
	u, err := s.lockUnderReview(ctx, tx, c, sub, round)
	if err != nil || !u.counts() {
		return err
	}
	return s.recount(ctx, tx, c, u)
}

// RoundJob names a round that is to be counted again, and when: not before.
type RoundJob struct {
	Subject advocacy.Subject `json:"subject"`
	Round   int              `json:"round"`
	Time    time.Time        `json:"time"`
}

// recountLater has a round that everybody signed counted again when the first signature runs out: who
// gave it is asked anew then, and not when the post is to go out.
func recountLater(ctx context.Context, tx Tx, r *release) error {
	var first time.Time
	for i := range r.decisions {
		d := &r.decisions[i]
		q, known := r.review.Plan.Find(d.Requirement)
		if !known || q.TTL == 0 || d.Round != r.review.Round || d.Verdict != advocacy.Approve {
			continue
		}
		if end := d.Time.Add(q.TTL); end.After(tx.Now()) && (first.IsZero() || end.Before(first)) {
			first = end
		}
	}
	if first.IsZero() {
		return nil
	}
	return recountAt(ctx, tx, RoundJob{Subject: r.review.Subject, Round: r.review.Round, Time: first}, first)
}

func recountAt(ctx context.Context, tx Tx, j RoundJob, at time.Time) error {
	return enqueue(ctx, tx, advocacy.Job{Kind: JobReassessRound, RunTime: at}, j)
}

// ReassessRound counts a round again whose time has come, by the clock of the database as well: when
// that is behind, it is looked at once more as much later.
func (s *Service) ReassessRound(ctx context.Context, j RoundJob) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if early := j.Time.Sub(tx.Now()); early > 0 {
			return recountAt(ctx, tx, j, j.Time.Add(early))
		}
		return s.reassess(ctx, tx, j.Subject, j.Round)
	})
}

// counts tells whether the round still says something of the head.
func (u *underReview) counts() bool {
	return u.Review.State.Live() && u.Review.Revision == u.Revision.Number
}

// recount reads the turns of a locked round and what its rules look at, and computes it
// again. Without the turns there were, those of the author and the admins would stay.
func (s *Service) recount(ctx context.Context, tx Tx, c Call, u *underReview) error {
	if err := u.turn.lock(ctx, tx, u.Review.Subject, u.Review.Round); err != nil {
		return err
	}
	cs, err := s.caseOf(ctx, tx, u.Reading, u.decisions, tx.MembersForShare, assignees(u.turn.before)...)
	if err != nil {
		return err
	}
	return s.recompute(ctx, tx, c, u, cs)
}

// recompute moves a live round to the state its decisions give now, under a plan that is
// never less than the policy in force asks for.
func (s *Service) recompute(ctx context.Context, tx Tx, c Call, u *underReview, cs *advocacy.Case) error {
	if cs.Review.Library != nil && u.post != nil && !cs.Library.Holds() {
		why := network.Say(advocacy.AnswerItemEnded)
		if cs.Library.InForce && cs.Library.Untold {
			why = network.Say(advocacy.AnswerRelationUntold)
		}
		return s.endShare(ctx, tx, c, u, why)
	}
	before := cs.Review.State
	u.found, u.sharing = cs.Found, cs.Sharing
	changed, err := s.grow(ctx, tx, cs)
	if err != nil {
		return err
	}
	if err := s.settleState(ctx, tx, cs, ""); err != nil {
		return err
	}
	if u.turn.manifest, err = advocacy.ParseManifest(u.Revision.Manifest); err != nil {
		return err
	}
	if err := s.readExcluded(ctx, tx, cs); err != nil {
		return err
	}
	tasks := s.tasksOf(cs, u.Revision, u.turn)
	if err := s.putDeadlines(ctx, tx, cs, tasks, u.turn.times); err != nil {
		return err
	}
	if !sameTurns(tasks, u.turn.before) {
		if err := tx.PutTasks(ctx, tasks...); err != nil {
			return err
		}
	}
	if cs.Review.State == before && !changed {
		return nil
	}
	if err := tx.SaveReview(ctx, cs.Review); err != nil {
		return err
	}
	err = s.record(ctx, tx, c, cs.Review.Subject.Workspace, fact{
		action: "review." + string(cs.Review.State), subject: cs.Review.Subject.ReviewName(cs.Review.Round), parent: cs.Review.Subject.Name(),
		detail: map[string]any{"before": before, "requirements": len(cs.Review.Plan.Requirements), "terms": termsOf(cs.Found),
			"disclosure_rules": retoldBy(cs.Found)},
	})
	if err != nil {
		return err
	}
	return s.follow(ctx, tx, c, u, before)
}

// grow adds to a plan what the policy in force asks for besides, and tells whether that is
// anything. The plan before stays on record.
func (s *Service) grow(ctx context.Context, tx Tx, cs *advocacy.Case) (bool, error) {
	grown := cs.Review.Plan.Join(cs.Floor)
	changed := !cs.Review.Plan.Difference(grown).None()
	if changed {
		if err := keepPlan(ctx, tx, cs.Review, advocacy.FormerPlan{Cause: advocacy.PlanGrew, Next: cs.Policy}); err != nil {
			return false, err
		}
	}
	cs.Review.Plan = grown
	return changed, nil
}

// Reopen computes the round of a post again inside the gate's transaction, when a count
// that once added up no longer does: the round opens and its turns come back.
func (s *Service) Reopen(ctx context.Context, tx Tx, p *advocacy.Post, round int) error {
	return s.reassess(ctx, tx, p.Subject(), round)
}

// stopAtEnd has shares looked at when the item's window closes: what rests then, because of a
// hold or an account, would look as if it could still go out.
func stopAtEnd(ctx context.Context, tx Tx, item *advocacy.LibraryItem) error {
	end := item.Share.End
	if end.IsZero() || !end.After(tx.Now()) {
		return nil
	}
	job := advocacy.Job{Kind: JobCancelShares, RunTime: end, Unique: fmt.Sprintf("%s@%d", item.ID, end.UnixMicro())}
	return enqueue(ctx, tx, job, ItemJob{Workspace: item.Workspace, Item: item.ID})
}

// stoppable are the states of a post that was submitted and of which nothing went out.
var stoppable = []advocacy.PostState{
	advocacy.PostScheduled, advocacy.PostApproved, advocacy.PostInReview, advocacy.PostUnroutable,
}

// CancelShares cancels the unsent shares of an item that may not go out: it was withdrawn, or
// replaced, or its window does not hold the time they wait for. What is signed goes first; then
// nobody is asked any more to sign what could not go out.
func (s *Service) CancelShares(ctx context.Context, w advocacy.WorkspaceID, id advocacy.ItemID) error {
	for _, state := range stoppable {
		err := s.sharesIn(ctx, w, id, state, func(p *advocacy.Post) error { return s.cancelShare(ctx, w, p.ID) })
		if err != nil {
			return err
		}
	}
	return s.sharesIn(ctx, w, id, advocacy.PostPublishing, func(p *advocacy.Post) error { return s.closeOpened(ctx, p) })
}

// closeOpened closes what a person opened and may not publish any more. Whether it is out is for
// that person to say.
func (s *Service) closeOpened(ctx context.Context, p *advocacy.Post) error {
	publications, err := s.Store.PublicationsOf(ctx, p.Workspace, p.ID)
	for i := range publications {
		if x := &publications[i]; err == nil && x.State == advocacy.HandedOver {
			err = s.closeStopped(ctx, x.Workspace, x.Post, x.ID)
		}
	}
	return err
}

func (s *Service) sharesIn(ctx context.Context, w advocacy.WorkspaceID, id advocacy.ItemID, state advocacy.PostState, do func(*advocacy.Post) error) error {
	for after := ""; ; {
		posts, next, err := s.Store.Posts(ctx, PostQuery{
			Workspace: w, Item: id, State: state, Page: Page{Size: sweepBatch, After: after},
		})
		if err != nil {
			return err
		}
		for i := range posts {
			if err := do(&posts[i]); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		after = next
	}
}

func (s *Service) cancelShare(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PostID) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		u, err := s.endIfOver(ctx, tx, w, id)
		if err != nil || u == nil {
			return err
		}
		return s.recount(ctx, tx, SystemCall(w), u)
	})
}

// endShare ends the round of a share, as when its item is not in force any more: the author
// sees a draft again and can submit it as own words.
func (s *Service) endShare(ctx context.Context, tx Tx, c Call, u *underReview, why advocacy.Answer) error {
	if err := s.endReview(ctx, tx, c, u.post.Subject(), u.Review.Round, advocacy.ReviewSuperseded); err != nil {
		return err
	}
	if err := s.cancelUnsent(ctx, tx, c, u.post, why); err != nil {
		return err
	}
	return s.project(ctx, tx, u.post)
}
