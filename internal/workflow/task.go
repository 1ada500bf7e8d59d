package workflow

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

const (
	// countMost is how far turns are counted.
	countMost = 99
	// countLooks is through how many pages turns are counted; each looks through a thousand at
	// most.
	countLooks = 20
	// snoozeMost is how long a person can put a turn off.
	snoozeMost = 30 * 24 * time.Hour
)

// Task returns one turn.
func (s *Service) Task(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.TaskID) (*Task, error) {
	t, err := s.Store.Task(ctx, w, id)
	if err != nil {
		return nil, err
	}
	return t, c.seesTask(t)
}

// seesTask hides the turns of others from who may not see their posts.
func (c Call) seesTask(t *Task) error {
	p := c.Actor.Person
	if c.may(mayReadAllPosts) || t.Author == p || t.Person == p || slices.Contains(c.Actor.Roles, t.Role) || slices.Contains(c.turnPermissions(), t.Permission) {
		return nil
	}
	return taskMissing()
}

func taskMissing() error { return advocacy.Missing("TASK_NOT_FOUND", "there is no such review task") }

// Tasks lists turns; the door sets Person and Roles: the caller's own unless others' were
// asked for and may be seen. Who stands in for somebody sees that person's turns as well.
func (s *Service) Tasks(ctx context.Context, _ Call, q TaskQuery) ([]Task, string, error) {
	q.Now = s.Now()
	if q.Person != "" {
		if err := s.borrow(ctx, s.Store, &q); err != nil {
			return nil, "", err
		}
	}
	return s.Store.Tasks(ctx, q)
}

// CountTasks counts turns, up to a few: more tells that there are more. What is rare is looked for
// on page after page, and only after countLooks of them more tells that there can be more.
func (s *Service) CountTasks(ctx context.Context, c Call, q TaskQuery) (n int, more bool, err error) {
	q.Page = Page{Size: countMost + 1}
	for range countLooks {
		tasks, next, err := s.Tasks(ctx, c, q)
		if err != nil {
			return 0, false, err
		}
		if n += len(tasks); n > countMost {
			return countMost, true, nil
		}
		if next == "" {
			return n, false, nil
		}
		q.After = next // guard: what is rare is counted where it is
	}
	return n, true, nil
}

// ClaimTask says that the caller is working on a turn, or goes on to: it keeps others
// from deciding it by accident for a while, and gives no right.
func (s *Service) ClaimTask(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.TaskID, takeOver bool) (*Task, error) {
	return s.mark(ctx, c, w, id, func(ctx context.Context, tx Tx, t *Task) (fact, error) {
		err := s.guardSigner(ctx, tx, t, c.Actor.Person)
		if advocacy.ReasonOf(err) == "NOT_IN_ROLE" {
			err = s.guardStandIn(ctx, tx, t, c.Actor.Person, err)
		}
		if err != nil {
			return fact{}, err
		}
		before := t.Claim
		t.Claim, err = before.Take(c.Actor.Person, tx.Now(), takeOver)
		f := fact{action: "task.claimed", detail: map[string]any{"epoch": t.Claim.Epoch, "until": t.Claim.Until}}
		switch {
		case before.Other(c.Actor.Person, tx.Now()):
			f.detail = map[string]any{"epoch": t.Claim.Epoch, "until": t.Claim.Until, "taken_from": before.Person}
		case before.Epoch == t.Claim.Epoch:
			f.action = "task.claim_renewed"
		}
		return f, err
	})
}

// ReleaseTask gives the caller's claim back.
func (s *Service) ReleaseTask(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.TaskID) (*Task, error) {
	return s.mark(ctx, c, w, id, func(_ context.Context, tx Tx, t *Task) (fact, error) {
		var err error
		t.Claim, err = t.Claim.Release(c.Actor.Person, tx.Now())
		return fact{action: "task.released", detail: map[string]any{"epoch": t.Claim.Epoch}}, err
	})
}

// SnoozeTask takes a turn of the caller's out of sight until an instant; the zero time
// brings it back. One that was asked of the caller alone goes back to all who hold the role.
func (s *Service) SnoozeTask(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.TaskID, until time.Time) (*Task, error) {
	return s.mark(ctx, c, w, id, func(ctx context.Context, tx Tx, t *Task) (fact, error) {
		now := tx.Now()
		own := TaskQuery{Workspace: w, Person: c.Actor.Person, Roles: c.Actor.Roles, Permissions: c.turnPermissions(), Now: now}
		if err := s.borrow(ctx, tx, &own); err != nil { // guard: what was lent can be put off as well
			return fact{}, err
		}
		switch {
		case t.State != TaskOpen:
			return fact{}, taskDone()
		case !own.waits(t):
			return fact{}, advocacy.Refuse("NOT_YOUR_TURN", "it is not your turn, so there is nothing to put off")
		case !until.IsZero() && (!until.After(now) || until.After(now.Add(snoozeMost))): // guard: snooze within 30 days
			return fact{}, advocacy.InvalidField("snooze_time", "SNOOZE_TIME_INVALID", "a turn can be put off for at most 30 days from now")
		}
		t.Snoozes = slices.DeleteFunc(t.Snoozes, func(z Snooze) bool {
			return z.Person == c.Actor.Person || !z.Until.After(now)
		})
		back := !until.IsZero() && t.Assignee == c.Actor.Person
		f := fact{action: "task.snoozed", detail: map[string]any{"until": until, "given_back": back}}
		if !until.IsZero() {
			t.Snoozes = append(t.Snoozes, Snooze{Person: c.Actor.Person, Until: until})
		}
		if !back { // guard: what one person puts off waits for the others
			return f, nil
		}
		t.assign("", now)
		return f, tx.PutTasks(ctx, *t)
	})
}

// ReassignTask asks one person for a signature that any holder of the role could give, or
// with an empty person any of them again. It moves the attention and gives no right.
func (s *Service) ReassignTask(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.TaskID, to advocacy.PersonID, reason string) (*Task, error) {
	if err := check.RefuseLine("reason", reason); err != nil {
		return nil, err
	}
	return s.mark(ctx, c, w, id, func(ctx context.Context, tx Tx, t *Task) (fact, error) {
		if strings.TrimSpace(reason) == "" {
			return fact{}, advocacy.InvalidField("reason", "REASON_REQUIRED", "say why, so that both know")
		}
		if err := guardOpen(t); err != nil {
			return fact{}, err
		}
		if to != "" {
			if err := s.guardSigner(ctx, tx, t, to); advocacy.KindOf(err) == advocacy.Denied { // guard: who is asked could sign
				return fact{}, advocacy.InvalidField("member", "NOT_ELIGIBLE", "only a holder of %s who has not signed, written or recused can be asked", t.Role)
			} else if err != nil {
				return fact{}, err
			}
		}
		from := t.Assignee
		t.assign(to, tx.Now())
		f := fact{action: "task.reassigned", detail: map[string]any{"from": from, "to": to, "reason": reason}}
		return f, tx.PutTasks(ctx, *t)
	})
}

// assign changes whom the turn waits for, as the attention set will have it.
func (t *Task) assign(to advocacy.PersonID, now time.Time) {
	t.Assignee, t.AssignTime, t.Person = to, time.Time{}, to
	if to != "" {
		t.AssignTime = now
		t.Snoozes = slices.DeleteFunc(t.Snoozes, func(z Snooze) bool { return z.Person == to }) // guard: who is asked sees it
		if t.Claim.Other(to, now) {
			t.Claim = advocacy.Claim{Epoch: t.Claim.Epoch}
		}
	}
	switch {
	case to != "" && (t.Why == advocacy.WhyRequirementOpen || t.Why == advocacy.WhyAssigned):
		t.Why, t.Since = advocacy.WhyAssigned, now
	case to == "" && t.Why == advocacy.WhyAssigned:
		t.Why, t.Since = advocacy.WhyRequirementOpen, t.CreateTime
	}
}

// mark changes what people say of a turn, once per request id, and records it.
func (s *Service) mark(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.TaskID,
	change func(ctx context.Context, tx Tx, t *Task) (fact, error),
) (*Task, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*Task, string, error) {
		t, err := tx.TaskForUpdate(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := c.seesTask(t); err != nil {
			return nil, "", err
		}
		f, err := change(ctx, tx, t)
		if err != nil {
			return nil, "", err
		}
		if err := tx.MarkTask(ctx, t); err != nil {
			return nil, "", err
		}
		f.subject, f.parent = t.Name(), t.Subject.Name()
		return t, string(id), s.record(ctx, tx, c, w, f)
	}, func(ctx context.Context, tx Tx, _ string) (*Task, error) { return tx.Task(ctx, w, id) })
}

// guardOpen refuses what can only be done to an open turn that waits for a signature.
func guardOpen(t *Task) error {
	switch {
	case t.State != TaskOpen:
		return taskDone()
	case t.Requirement == "":
		return advocacy.Refuse("NO_SIGNATURE", "this turn waits for no signature")
	default:
		return nil
	}
}

func taskDone() error { return advocacy.Refuse("TASK_DONE", "this turn is over") }

// guardSigner refuses a person who could not give the signature an open turn waits for.
// It keeps people from wasting their time; what counts is asked again by the decision.
func (s *Service) guardSigner(ctx context.Context, tx Tx, t *Task, p advocacy.PersonID) error {
	if err := guardOpen(t); err != nil {
		return err
	}
	of, err := tx.ReviewWithRevision(ctx, t.Subject, t.Round)
	if err != nil {
		return err
	}
	cs, err := s.readCase(ctx, tx, of, p)
	if err != nil {
		return err
	}
	r, _ := of.Review.Plan.FindJoined(cs.Floor, t.Requirement)
	switch {
	case cs.Barred(r, p) == advocacy.BlockNotInRole:
		return advocacy.Deny("NOT_IN_ROLE", "this signature needs the role %s", t.Role)
	case !cs.CanSign(r, p): // guard: only who could sign claims
		return notEligible()
	default:
		return nil
	}
}

func notEligible() error {
	return advocacy.Deny("NOT_ELIGIBLE", "who wrote some of it or is too close to who did, signed already or declared not to decide cannot give this signature")
}

// guardStandIn refuses who could not give the signature of an open turn for anybody either;
// without a delegation that is in force the refusal is otherwise.
func (s *Service) guardStandIn(ctx context.Context, tx Tx, t *Task, p advocacy.PersonID, otherwise error) error {
	all, _, err := tx.Delegations(ctx, DelegationQuery{Workspace: t.Workspace, Delegate: p, Page: Page{Size: maximumContributions}})
	if err != nil {
		return err
	}
	lent := slices.DeleteFunc(all, func(g advocacy.Delegation) bool { return g.Role != t.Role || !g.Covers(tx.Now()) })
	if len(lent) == 0 {
		return otherwise
	}
	of, err := tx.ReviewWithRevision(ctx, t.Subject, t.Round)
	if err != nil {
		return err
	}
	both := []advocacy.PersonID{p}
	for i := range lent {
		both = append(both, lent[i].Delegator)
	}
	cs, err := s.readCase(ctx, tx, of, both...)
	if err != nil {
		return err
	}
	r, _ := of.Review.Plan.FindJoined(cs.Floor, t.Requirement)
	for i := range lent {
		if cs.CanStandIn(r, p, &lent[i]) { // guard: a delegate who could sign claims
			return nil
		}
	}
	return notEligible()
}

// endClaim gives back the claim under which somebody decided.
func (s *Service) endClaim(ctx context.Context, tx Tx, before []Task, d *advocacy.Decision) error {
	i := slices.IndexFunc(before, func(t Task) bool { return t.Requirement == d.Requirement })
	if i < 0 || before[i].Claim.Person != d.Person {
		return nil
	}
	t := before[i]
	t.Claim.Person, t.Claim.Until = "", time.Time{}
	return tx.MarkTask(ctx, &t)
}

// overridden is whose live claim a decision went over, for the record.
func overridden(cs *advocacy.Case, d *advocacy.Decision) advocacy.PersonID {
	if signature := d.Verdict == advocacy.Approve || d.Verdict.Negative(); signature && cs.Claim.Other(d.Person, cs.Now) {
		return cs.Claim.Person
	}
	return ""
}
