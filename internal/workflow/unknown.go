package workflow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// unknownRungs are how long after a publication came to be unknown those are reminded who may say
// what became of it. By the first the network was asked three times, where it can be asked.
var unknownRungs = []time.Duration{15 * time.Minute, 24 * time.Hour, 7 * 24 * time.Hour}

// UnknownJob names a publication whose end was not known, since when, and the reminder that is next.
type UnknownJob struct {
	Workspace   advocacy.WorkspaceID   `json:"workspace"`
	Post        advocacy.PostID        `json:"post"`
	Publication advocacy.PublicationID `json:"publication"`
	Since       time.Time              `json:"since"`
	Rung        int                    `json:"rung"`
}

// askAboutUnknown makes it somebody's turn that the end of a publication is not known, or nobody's
// any more. It is called after what came to be, or was, unknown is saved; its post is locked.
func (s *Service) askAboutUnknown(ctx context.Context, tx Tx, x *advocacy.Publication, before advocacy.PublicationState) error {
	is, was := x.State == advocacy.Unknown, before == advocacy.Unknown
	if is == was { // guard: what came to be unknown, or known, is somebody's turn or nobody's
		return nil
	}
	if err := s.putUnknown(ctx, tx, x); err != nil || !is {
		return err
	}
	return remindUnknownAt(ctx, tx, UnknownJob{Workspace: x.Workspace, Post: x.Post, Publication: x.ID, Since: x.UpdateTime})
}

// putUnknown writes the turn of a round whose publications have an end that is not known.
func (s *Service) putUnknown(ctx context.Context, tx Tx, x *advocacy.Publication) error {
	sub := advocacy.PostSubject(x.Workspace, x.Post)
	publications, err := tx.PublicationsOf(ctx, x.Workspace, x.Post)
	if err != nil {
		return err
	}
	if turn, unknown := advocacy.UnknownTurns(publications)[x.Round]; unknown {
		t, err := s.unknownTask(ctx, tx, x, turn)
		if err != nil {
			return err
		}
		return tx.PutTasks(ctx, t)
	}
	kept, _, err := tx.TasksForUpdate(ctx, sub, x.Round)
	if err != nil {
		return err
	}
	for _, t := range kept {
		if t.Permission == advocacy.PermissionResolve && t.State == TaskOpen {
			t.State = TaskDone
			return tx.PutTasks(ctx, t)
		}
	}
	return nil
}

// unknownTask is the turn as the queue shows it.
func (s *Service) unknownTask(ctx context.Context, tx Tx, x *advocacy.Publication, turn advocacy.Turn) (Task, error) {
	p, err := tx.Post(ctx, x.Workspace, x.Post)
	if err != nil {
		return Task{}, err
	}
	of, err := tx.ReviewWithRevision(ctx, p.Subject(), x.Round)
	if err != nil {
		return Task{}, err
	}
	review, revision := of.Review, of.Revision
	manifest, err := advocacy.ParseManifest(revision.Manifest)
	return Task{
		Workspace: x.Workspace, ID: advocacy.TaskID(s.NewID()), Subject: p.Subject(), Round: x.Round, Digest: x.Digest,
		Title: firstRunes(revision.Content.Text, taskTitleRunes), Author: review.Assent.Person, Language: revision.Content.Language,
		Origin: review.Origin, Networks: networksOf(manifest), PublishTime: p.PublishTime, CreateTime: turn.Since,
		State: TaskOpen, Why: turn.Why, Permission: turn.Permission, Since: turn.Since, DueTime: turn.UnknownDue(),
	}, err
}

// roundTurns are the turns that follow from where a round is, and not from what became of its
// publications.
func roundTurns(tasks []Task) []Task {
	return slices.DeleteFunc(tasks, func(t Task) bool { return t.Permission != "" })
}

// lock locks the turns of a review until commit, and reads those that follow from it and their times.
func (t *turn) lock(ctx context.Context, tx Tx, sub advocacy.Subject, round int) error {
	tasks, times, err := tx.TasksForUpdate(ctx, sub, round)
	t.before, t.times = roundTurns(tasks), times
	return err
}

// turnPermissions are what the caller may do, of what turns wait for. An admin can give it to
// somebody, so what waits for it waits for the admins as well.
func (c Call) turnPermissions() []advocacy.Permission {
	return slices.DeleteFunc(advocacy.TurnPermissions(), func(p advocacy.Permission) bool {
		return !c.may(p) && !slices.Contains(c.Actor.Roles, advocacy.RoleAdmin)
	})
}

// PermitTurns adds to a query for what waits for somebody the turns of who may do something. One for
// a single role has none of them.
func (s *Service) PermitTurns(ctx context.Context, c Call, q *TaskQuery) error {
	switch {
	case !q.Attention || q.Role != "":
		return nil
	case q.Person == c.Actor.Person:
		q.Permissions = c.turnPermissions()
		return nil
	}
	for _, p := range advocacy.TurnPermissions() {
		roles, err := rolesThatMay(ctx, s.Store, q.Workspace, p)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(q.Roles, func(r advocacy.Role) bool { return slices.Contains(roles, r) || r == advocacy.RoleAdmin }) {
			q.Permissions = append(q.Permissions, p)
		}
	}
	return nil
}

// rolesThatMay are the roles that have a permission.
func rolesThatMay(ctx context.Context, r Reader, w advocacy.WorkspaceID, p advocacy.Permission) ([]advocacy.Role, error) {
	defs, _, err := r.Roles(ctx, w, Page{Size: maximumContributions})
	var roles []advocacy.Role
	for i := range defs {
		if slices.Contains(defs[i].Permissions, p) {
			roles = append(roles, defs[i].Role)
		}
	}
	return roles, err
}

// whoMay are the active members who have a permission; the admins when nobody has it.
func whoMay(ctx context.Context, r Reader, w advocacy.WorkspaceID, p advocacy.Permission) ([]advocacy.PersonID, error) {
	roles, err := rolesThatMay(ctx, r, w, p)
	if err != nil {
		return nil, err
	}
	var persons []advocacy.PersonID
	add := func(role advocacy.Role) error {
		members, _, err := r.Members(ctx, MemberQuery{Workspace: w, Role: role, State: advocacy.MemberActive, Page: Page{Size: mostAsked}})
		for i := range members {
			persons = append(persons, members[i].Person)
		}
		return err
	}
	for _, role := range roles {
		if err := add(role); err != nil {
			return nil, err
		}
	}
	if len(persons) == 0 { // guard: there is somebody who can give it
		if err := add(advocacy.RoleAdmin); err != nil {
			return nil, err
		}
	}
	slices.Sort(persons)
	return slices.Compact(persons), nil
}

func remindUnknownAt(ctx context.Context, tx Tx, j UnknownJob) error {
	if j.Rung >= len(unknownRungs) {
		return nil
	}
	return enqueue(ctx, tx, advocacy.Job{Kind: JobRemindUnknown, RunTime: j.Since.Add(unknownRungs[j.Rung])}, j)
}

// RemindUnknown reminds those who may say it that nobody has said what became of a publication: a
// quarter of an hour, a day and a week after its end came to be unknown, once each. It decides
// nothing, and nobody is reminded of what is known meanwhile.
func (s *Service) RemindUnknown(ctx context.Context, j UnknownJob) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		x, err := tx.Publication(ctx, j.Workspace, j.Publication)
		if err != nil || x.State != advocacy.Unknown || !x.UpdateTime.Equal(j.Since) || j.Rung >= len(unknownRungs) { // guard: nobody is reminded of what is known
			return err
		}
		if early := j.Since.Add(unknownRungs[j.Rung]).Sub(tx.Now()); early > 0 { // the database's clock is behind
			return remindUnknownAt(ctx, tx, j)
		}
		persons, err := whoMay(ctx, tx, j.Workspace, advocacy.PermissionResolve)
		if err != nil {
			return err
		}
		var all []advocacy.Reminder
		for _, p := range persons {
			all = append(all, advocacy.Reminder{
				Workspace: x.Workspace, ID: advocacy.ReminderID(s.NewID()), Person: p, Code: advocacy.RemindUnknown, Subject: x.Name(),
				Dedup:   fmt.Sprintf("%s %s %d %d", advocacy.RemindUnknown, x.Name(), j.Since.UnixMicro(), j.Rung),
				DueTime: tx.Now(), CreateTime: tx.Now(),
			})
		}
		if err := tx.AddReminders(ctx, all...); err != nil {
			return err
		}
		j.Rung++
		return remindUnknownAt(ctx, tx, j)
	})
}
