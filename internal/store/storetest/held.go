package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

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
			_, _, err := tx.TasksForUpdate(ctx, k.Subject, k.Round)
			return err
		})
		c.change = func(was, next *workflow.Task) {
			taskTrip.change(was, next)
			next.Networks = was.Networks // a round is about one revision
		}
		return c
	}()
	heldDeadlineTrip = func() trip[advocacy.Deadline] {
		c := deadlineTrip.underLock(func(ctx context.Context, tx workflow.Tx, d *advocacy.Deadline) error {
			_, times, err := tx.TasksForUpdate(ctx, d.Subject, d.Round)
			if at := slices.IndexFunc(times, func(o advocacy.Deadline) bool { return o.Requirement == d.Requirement }); err == nil && at < 0 {
				return errors.New("the turn came without its deadline")
			}
			return err
		})
		c.fix = func(t *rapid.T, h *house, d *advocacy.Deadline) {
			deadlineTrip.fix(t, h, d)
			turn := h.task(0)
			turn.ID, turn.Requirement = advocacy.TaskID(id("task")), d.Requirement
			h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.PutTasks(ctx, turn) })
		}
		return c
	}()
)

// timesOfTurns holds that each turn comes with its own deadline, as it is, and one without a
// deadline with none.
func timesOfTurns(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	c := h.calendar()
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddCalendar(ctx, c) })
	var want []advocacy.Deadline
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		for i, requirement := range []string{"a", "b", "c", "d"} {
			turn := h.task(i)
			turn.Requirement = requirement
			if err := tx.PutTasks(ctx, turn); err != nil {
				return err
			}
			if requirement == "b" {
				continue
			}
			d := advocacy.Deadline{
				Subject: h.review.Subject, Round: 1, Requirement: requirement, State: advocacy.DeadlineRunning, Business: time.Duration(i+1) * time.Hour,
				Calendar: c.ID, Revision: c.Revision, Start: start, Due: start.Add(time.Hour), Next: start,
			}
			if requirement == "a" {
				d.Asked, d.Next = []advocacy.PersonID{h.approver}, time.Time{}
			}
			want = append(want, d)
		}
		return tx.PutDeadlines(ctx, want...)
	})
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		turns, times, err := tx.TasksForUpdate(ctx, h.review.Subject, 1)
		if err != nil {
			return err
		}
		if len(turns) != 4 {
			t.Errorf("%d turns", len(turns))
		}
		same(t, want, times)
		for _, spent := range []time.Duration{time.Minute, 0} { // saved twice, it is as it was saved last
			times[0].Spent = spent
			if err := tx.PutDeadlines(ctx, times...); err != nil {
				return err
			}
			want[0].Spent = spent
			listed, err := tx.Deadlines(ctx, h.review.Subject, 1)
			if err != nil {
				return err
			}
			same(t, want, listed)
		}
		return nil
	})
}

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
		turns, _, err := tx.TasksForUpdate(ctx, h.review.Subject, 1)
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
