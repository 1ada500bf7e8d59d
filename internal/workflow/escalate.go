package workflow

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// mostAsked bounds from how many holders of a role the one to ask is chosen.
const mostAsked = 200

// lookAgain is when it is looked again whether somebody came back who can be asked.
const lookAgain = time.Hour

// Escalate looks at the deadlines whose time has come: it asks somebody for each signature
// that nobody was asked for, and takes the rungs of the ladder that are due. It may run in
// every process at once, and never decides anything.
func (s *Service) Escalate(ctx context.Context) (int, error) {
	now, load := s.Now(), make(workload)
	return eachDue(ctx, sweepBatch, func(most int) ([]advocacy.Deadline, error) { return s.Store.DueDeadlines(ctx, now, most) }, deadlineName,
		func(d *advocacy.Deadline) error {
			return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error { return s.escalate(ctx, tx, d, load) })
		})
}

// workload is what waits for people, as it was when each was first thought of in one sweep, and what
// the sweep gave them since. Adding it up takes as long as many turns wait, which is too long for
// each turn of a day on which ten thousand do; what happened meanwhile counts in the next sweep.
type workload map[advocacy.WorkspaceID]map[advocacy.PersonID]time.Duration

// of is what waits for each of the persons, and maybe for others.
func (l workload) of(ctx context.Context, r Reader, w advocacy.WorkspaceID, persons []advocacy.PersonID) (map[advocacy.PersonID]time.Duration, error) {
	if l[w] == nil {
		l[w] = make(map[advocacy.PersonID]time.Duration)
	}
	unread := slices.DeleteFunc(slices.Clone(persons), func(p advocacy.PersonID) bool {
		_, read := l[w][p]
		return read
	})
	waiting, err := r.Loads(ctx, w, unread)
	if err != nil {
		return nil, err
	}
	for _, p := range unread {
		l[w][p] = waiting[p]
	}
	return l[w], nil
}

// deadlineName tells deadlines apart.
func deadlineName(d *advocacy.Deadline) string {
	return d.Subject.ReviewName(d.Round) + " " + d.Requirement
}

func (s *Service) escalate(ctx context.Context, tx Tx, found *advocacy.Deadline, load workload) error {
	u, err := s.lockUnderReview(ctx, tx, SystemCall(found.Subject.Workspace), found.Subject, found.Round)
	if err != nil {
		return err
	}
	tasks, times, err := tx.TasksForUpdate(ctx, found.Subject, found.Round)
	if err != nil {
		return err
	}
	d := running(times, found)
	if d == nil || d.Next.IsZero() || d.Next.After(tx.Now()) {
		return nil
	}
	signable := u.Review.State == advocacy.ReviewOpen || u.Review.State == advocacy.ReviewUnroutable
	if !signable || u.Review.Revision != u.Revision.Number {
		// The round is over; its time was not stopped with it.
		d.Pause(advocacy.DeadlineOver, 0)
		return tx.PutDeadlines(ctx, *d)
	}
	cs, err := s.caseOf(ctx, tx, u.Reading, u.decisions, tx.MembersForShare)
	if err != nil {
		return err
	}
	r, known := timedRequirements(cs)[d.Requirement]
	if !known {
		d.Pause(advocacy.DeadlineOver, 0)
		return tx.PutDeadlines(ctx, *d)
	}
	e := &escalation{Service: s, tx: tx, cs: cs, d: d, r: r, load: load}
	for i := range tasks {
		if tasks[i].Requirement == d.Requirement {
			e.task = &tasks[i]
		}
	}
	if err := e.climb(ctx); err != nil {
		return err
	}
	return tx.PutDeadlines(ctx, *d)
}

// escalation is one look at one deadline.
type escalation struct {
	*Service
	tx Tx
	cs *advocacy.Case
	d  *advocacy.Deadline
	r  advocacy.Requirement
	// load is what waits for whom, as far as this sweep knows.
	load workload
	// task is the turn in the queue, nil when there is none.
	task *Task
	// unattended: nobody is left to ask, and somebody who could sign is away.
	unattended bool
}

// climb asks whom nobody asked yet, takes the rungs that are due, and says when to look
// again.
func (e *escalation) climb(ctx context.Context) error {
	row, _ := e.cs.Tally().Requirement(e.r.Key)
	if err := e.askUntil(ctx, e.r.Quorum-len(row.Signers)); err != nil {
		return err
	}
	if err := e.takeDue(ctx); err != nil {
		return err
	}
	if e.unattended {
		e.d.Next = earliest(e.d.Next, e.tx.Now().Add(lookAgain))
	}
	return nil
}

// takeDue takes the rungs that are due.
func (e *escalation) takeDue(ctx context.Context) error {
	hours, err := e.hoursOf(ctx, e.tx, e.d)
	if err != nil {
		return err
	}
	for e.d.Next = (time.Time{}); e.d.Rung < len(e.r.SLA.Ladder); e.d.Rung++ {
		rung := e.r.SLA.Ladder[e.d.Rung]
		due, err := rungTime(hours, e.d, rung.Percent)
		if err != nil {
			return err
		}
		if due.After(e.tx.Now()) {
			e.d.Next = due
			return nil
		}
		if err := e.take(ctx, rung); err != nil {
			return err
		}
	}
	return nil
}

// take does what a rung says.
func (e *escalation) take(ctx context.Context, rung advocacy.Rung) error {
	var told []advocacy.PersonID
	var err error
	switch rung.Do {
	case advocacy.RungRemind:
		told, err = e.waitedFor(ctx)
	case advocacy.RungAssign:
		can, away, err := e.signers(ctx, cmp.Or(rung.Role, e.r.Role))
		if err != nil {
			return err
		}
		if _, err := e.ask(ctx, can, away); err != nil {
			return err
		}
	case advocacy.RungNotify:
		told, err = e.holders(ctx, e.tx, e.cs, rung.Role, mostAsked)
	}
	if err != nil {
		return err
	}
	code := advocacy.RemindDue
	if rung.Do == advocacy.RungNotify {
		code = advocacy.RemindEscalated
	}
	if err := e.remind(ctx, code, fmt.Sprint(rung.Percent), told...); err != nil {
		return err
	}
	return e.tell(ctx, "review.escalated", map[string]any{"percent": rung.Percent, "do": rung.Do, "role": rung.Role, "told": told})
}

// signers are the holders of a role who can sign, and those of them who are away now.
func (e *escalation) signers(ctx context.Context, role advocacy.Role) (can, away []advocacy.PersonID, err error) {
	holders, err := e.holders(ctx, e.tx, e.cs, role, mostAsked)
	if err != nil {
		return nil, nil, err
	}
	can = slices.DeleteFunc(holders, func(p advocacy.PersonID) bool { return !e.cs.CanSign(e.r, p) })
	away, err = e.tx.Away(ctx, e.d.Subject.Workspace, can, e.tx.Now())
	return can, away, err
}

// waitedFor are who was asked, can still sign and is there; whoever could, when nobody was.
func (e *escalation) waitedFor(ctx context.Context) ([]advocacy.PersonID, error) {
	can, away, err := e.signers(ctx, e.r.Role)
	if err != nil {
		return nil, err
	}
	here := slices.DeleteFunc(can, func(p advocacy.PersonID) bool { return slices.Contains(away, p) })
	asked := slices.DeleteFunc(slices.Clone(here), func(p advocacy.PersonID) bool { return !slices.Contains(e.d.Asked, p) })
	if len(asked) > 0 {
		return asked, nil
	}
	return here, nil
}

// askUntil asks persons until as many wait as signatures are missing, and tells those who were
// asked before. Who went away since waits no more: somebody else is asked, or it is an admin's
// matter that nobody is there. Whoever was asked may sign all the same.
func (e *escalation) askUntil(ctx context.Context, missing int) error {
	can, away, err := e.signers(ctx, e.r.Role)
	if err != nil {
		return err
	}
	if e.task != nil && e.task.Assignee != "" { // somebody else asked
		e.d.Ask(e.task.Assignee)
	}
	var waits []advocacy.PersonID
	for _, p := range can {
		if slices.Contains(e.d.Asked, p) && !slices.Contains(away, p) { // guard: who is away is not waited for
			waits = append(waits, p)
		}
	}
	// Once for each time that the time began to run: it is their turn again.
	if err := e.remind(ctx, advocacy.RemindAsked, "", waits...); err != nil {
		return err
	}
	for range missing - len(waits) {
		asked, err := e.ask(ctx, can, away)
		if err != nil {
			return err
		}
		if !asked && len(away) > 0 { // guard: that everybody is away is told
			return e.tellAdmins(ctx)
		}
	}
	return nil
}

// tellAdmins tells the admins that nobody who could sign is there, once while the time runs.
func (e *escalation) tellAdmins(ctx context.Context) error {
	e.unattended = true
	admins, err := e.holders(ctx, e.tx, e.cs, advocacy.RoleAdmin, mostAsked)
	if err != nil {
		return err
	}
	return e.remind(ctx, advocacy.RemindUnattended, "", admins...)
}

// ask asks one more of those who can sign and are not away, if there is one: who judged it before,
// then who has the least to do.
func (e *escalation) ask(ctx context.Context, can, away []advocacy.PersonID) (bool, error) {
	free := slices.DeleteFunc(slices.Clone(can), func(p advocacy.PersonID) bool {
		snoozed := e.task != nil && e.task.SnoozedUntil(p).After(e.tx.Now())
		return snoozed || slices.Contains(away, p) || slices.Contains(e.d.Asked, p)
	})
	if len(free) == 0 {
		return false, nil
	}
	waiting, err := e.load.of(ctx, e.tx, e.d.Subject.Workspace, free)
	if err != nil {
		return false, err
	}
	chosen := slices.MinFunc(free, func(p, q advocacy.PersonID) int {
		sawP, sawQ := e.cs.Saw(e.r.Key, p), e.cs.Saw(e.r.Key, q)
		if sawP != sawQ {
			if sawP {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(waiting[p], waiting[q]), cmp.Compare(p, q))
	})
	e.d.Ask(chosen)
	waiting[chosen] += e.d.Business
	if err := e.assign(ctx, chosen, away); err != nil {
		return false, err
	}
	if err := e.remind(ctx, advocacy.RemindAsked, "", chosen); err != nil {
		return false, err
	}
	return true, e.tell(ctx, "review.asked", map[string]any{"person": chosen})
}

// assign gives the turn in the queue to the first who is asked, and to the next when that person
// is away.
func (e *escalation) assign(ctx context.Context, p advocacy.PersonID, away []advocacy.PersonID) error {
	if e.task == nil || e.task.Assignee != "" && !slices.Contains(away, e.task.Assignee) { // guard: a turn of who is away passes on
		return nil
	}
	e.task.assign(p, e.tx.Now())
	if err := e.tx.PutTasks(ctx, *e.task); err != nil {
		return err
	}
	return e.tx.MarkTask(ctx, e.task)
}

// remind keeps a reminder for each of the persons, once for each reason while the time runs.
func (e *escalation) remind(ctx context.Context, code advocacy.ReminderCode, reason string, persons ...advocacy.PersonID) error {
	name := e.d.Subject.ReviewName(e.d.Round)
	var all []advocacy.Reminder
	for _, p := range persons {
		all = append(all, advocacy.Reminder{
			Workspace: e.d.Subject.Workspace, ID: advocacy.ReminderID(e.NewID()), Person: p, Code: code, Subject: name,
			Dedup: fmt.Sprintf("%s %s %s %s %d", code, name, e.r.Key, reason, e.d.Start.UnixMicro()), DueTime: e.tx.Now(), CreateTime: e.tx.Now(),
		})
	}
	return e.tx.AddReminders(ctx, all...)
}

func (e *escalation) tell(ctx context.Context, action string, detail map[string]any) error {
	detail["requirement"], detail["due"] = e.r.Key, e.d.Due
	w := e.d.Subject.Workspace
	return e.record(ctx, e.tx, SystemCall(w), w, fact{
		action: action, subject: e.d.Subject.ReviewName(e.d.Round), parent: e.d.Subject.Name(), detail: detail,
	})
}
