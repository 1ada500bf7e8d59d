package storetest

import (
	"context"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// underLock is a trip on which the value is read under a lock before it is saved.
func (c trip[T]) underLock(lock func(ctx context.Context, tx workflow.Tx, v *T) error) trip[T] {
	save := c.save
	c.save = func(ctx context.Context, tx workflow.Tx, v *T) error {
		if err := lock(ctx, tx, v); err != nil {
			return err
		}
		return save(ctx, tx, v)
	}
	return c
}

var (
	heldPostTrip = postTrip.underLock(func(ctx context.Context, tx workflow.Tx, p *advocacy.Post) error {
		_, err := tx.PostForUpdate(ctx, p.Workspace, p.ID)
		return err
	})
	heldReviewTrip = reviewTrip.underLock(func(ctx context.Context, tx workflow.Tx, r *advocacy.Review) error {
		_, err := tx.ReviewForUpdate(ctx, r.Subject, r.Round)
		return err
	})
	heldTaskTrip = func() trip[workflow.Task] {
		c := taskTrip.underLock(func(ctx context.Context, tx workflow.Tx, k *workflow.Task) error {
			_, err := tx.TasksForUpdate(ctx, k.Subject, k.Round)
			return err
		})
		c.change = func(was, next *workflow.Task) {
			taskTrip.change(was, next)
			next.Networks = was.Networks // a round is about one revision
		}
		return c
	}()
)

// savedAgain holds that what is saved twice in a transaction is as it was saved last, also
// when that is how it was read, and that it is what was said and not what was handed out.
func savedAgain(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	before := h.task(0)
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.PutTasks(ctx, before) })
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		p, err := tx.PostForUpdate(ctx, h.ws, h.draft.ID)
		if err != nil {
			return err
		}
		for _, note := range []string{"one", p.Note} {
			if p.Note = note; tx.SavePost(ctx, p) != nil {
				t.Errorf("the note %q was not saved", note)
			}
		}
		turns, err := tx.TasksForUpdate(ctx, h.review.Subject, 1)
		if err != nil {
			return err
		}
		more := turns[0]
		more.Have++
		for _, put := range []workflow.Task{more, turns[0]} {
			if err := tx.PutTasks(ctx, put); err != nil {
				return err
			}
		}
		if err := tx.CloseTasks(ctx, h.review.Subject); err != nil {
			return err
		}
		return tx.PutTasks(ctx, turns[0])
	})
	post, err := s.Post(ctx(t), h.ws, h.draft.ID)
	if err != nil || post.Note != h.draft.Note {
		t.Errorf("the note is %q, %v, want %q", post.Note, err, h.draft.Note)
	}
	after, err := s.Task(ctx(t), h.ws, before.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, &before, after)
}

// changedInPlace holds that what is changed within a list of what was handed out is saved.
func changedInPlace(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	rewrite := func(role advocacy.Role) func(ctx context.Context, tx workflow.Tx) error {
		return func(ctx context.Context, tx workflow.Tx) error {
			review, err := tx.ReviewForUpdate(ctx, h.review.Subject, 1)
			if err != nil {
				return err
			}
			if len(review.Plan.Requirements) == 0 {
				review.Plan.Requirements = make([]advocacy.Requirement, 1)
			}
			review.Plan.Requirements[0].Role = role
			return tx.SaveReview(ctx, review)
		}
	}
	h.update(rewrite(advocacy.RoleLegal))
	h.update(rewrite(advocacy.RolePR))
	review, err := s.Review(ctx(t), h.review.Subject, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := review.Plan.Requirements[0].Role; got != advocacy.RolePR {
		t.Errorf("the plan asks for %s", got)
	}
	review.Plan.Requirements[0].Role = advocacy.RoleLegal // and not saved
	again, err := s.Review(ctx(t), h.review.Subject, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := again.Plan.Requirements[0].Role; got != advocacy.RolePR {
		t.Errorf("after somebody changed what was read, the plan asks for %s", got)
	}
}
