package workflow

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// AbsenceDraft is what a client says of a new absence. An empty Person is the caller, a
// zero Start now.
type AbsenceDraft struct {
	Person advocacy.PersonID
	Start  time.Time
	End    time.Time
	Zone   string
	Note   string
}

// CreateAbsence notes that somebody is away.
func (s *Service) CreateAbsence(ctx context.Context, c Call, w advocacy.WorkspaceID, d AbsenceDraft) (*advocacy.Absence, error) {
	if err := check.RefuseLine("absence.note", d.Note); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Absence, string, error) {
		a := &advocacy.Absence{
			Workspace: w, ID: advocacy.AbsenceID(s.NewID()), Person: d.Person, Start: d.Start, End: d.End, Zone: d.Zone,
			Note: d.Note, CreateTime: tx.Now(),
		}
		if a.Person == "" {
			a.Person = c.Actor.Person
		}
		if a.Start.IsZero() {
			a.Start = tx.Now()
		}
		if err := c.guardAbsence(a); err != nil {
			return nil, "", err
		}
		if err := a.Guard(tx.Now()); err != nil {
			return nil, "", err
		}
		known, err := tx.MembersByID(ctx, w, []advocacy.PersonID{a.Person})
		if err != nil {
			return nil, "", err
		}
		if known[a.Person] == nil {
			return nil, "", advocacy.InvalidField("absence.member", "MEMBER_NOT_FOUND", "there is no such member in this workspace")
		}
		if err := tx.AddAbsence(ctx, a); err != nil {
			return nil, "", err
		}
		if err := beginLater(ctx, tx, a); err != nil {
			return nil, "", err
		}
		return a, string(a.ID), s.recordAbsence(ctx, tx, c, a, "absence.created")
	}, func(ctx context.Context, tx Tx, id string) (*advocacy.Absence, error) {
		return tx.Absence(ctx, w, advocacy.AbsenceID(id))
	})
}

// JobBeginAbsence looks at what waits for somebody who is away from now on. Args: ResourceJob.
const JobBeginAbsence = "begin_absence"

func beginLater(ctx context.Context, tx Tx, a *advocacy.Absence) error {
	return enqueue(ctx, tx, advocacy.Job{Kind: JobBeginAbsence, RunTime: a.Start}, ResourceJob{Workspace: a.Workspace, ID: string(a.ID)})
}

// BeginAbsence has what somebody was asked to sign looked at again when the person goes away, so that
// somebody else is asked now and not at the next rung. It decides nothing. An absence that was struck
// out or moved changes nothing.
func (s *Service) BeginAbsence(ctx context.Context, w advocacy.WorkspaceID, id advocacy.AbsenceID) error {
	a, err := s.Store.Absence(ctx, w, id)
	if advocacy.KindOf(err) == advocacy.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	early := false
	err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if early = tx.Now().Before(a.Start); early { // by the clock of the database
			return beginLater(ctx, tx, a)
		}
		return nil
	})
	if err != nil || early {
		return err
	}
	waiting, err := s.Store.AskedDeadlines(ctx, w, a.Person, maximumContributions)
	if err != nil {
		return err
	}
	_, err = eachOnItsOwn(ctx, waiting, func(found *advocacy.Deadline) error {
		return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
			d, err := s.lockDeadline(ctx, tx, found)
			if err != nil || d == nil {
				return err
			}
			d.Next = earliest(d.Next, tx.Now()) // guard: an absence is looked at when it begins
			return tx.PutDeadlines(ctx, *d)
		})
	})
	return err
}

func (c Call) guardAbsence(a *advocacy.Absence) error {
	if a.Person != c.Actor.Person && !c.may(mayUpdateMembers) {
		return advocacy.Deny("ABSENCE_NOT_YOURS", "only the person, or who may change members, can say when somebody is away")
	}
	return nil
}

func (s *Service) recordAbsence(ctx context.Context, tx Tx, c Call, a *advocacy.Absence, action string) error {
	return s.record(ctx, tx, c, a.Workspace, fact{
		action: action, subject: a.Name(), parent: advocacy.MemberName(a.Workspace, a.Person),
		detail: map[string]any{"person": a.Person, "start": a.Start, "end": a.End, "zone": a.Zone},
	})
}

// DeleteAbsence strikes an absence out.
func (s *Service) DeleteAbsence(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.AbsenceID) error {
	_, err := act(ctx, s, c, w, func(ctx context.Context, tx Tx) (struct{}, string, error) {
		a, err := tx.Absence(ctx, w, id)
		if err != nil {
			return struct{}{}, "", err
		}
		if err := c.guardAbsence(a); err != nil {
			return struct{}{}, "", err
		}
		if err := tx.DeleteAbsence(ctx, a); err != nil {
			return struct{}{}, "", err
		}
		return struct{}{}, string(id), s.recordAbsence(ctx, tx, c, a, "absence.deleted")
	}, func(context.Context, Tx, string) (struct{}, error) { return struct{}{}, nil })
	return err
}

// Absence returns an absence.
func (s *Service) Absence(ctx context.Context, _ Call, w advocacy.WorkspaceID, id advocacy.AbsenceID) (*advocacy.Absence, error) {
	return s.Store.Absence(ctx, w, id)
}

// Absences lists a person's absences, everybody's when person is empty.
func (s *Service) Absences(ctx context.Context, _ Call, w advocacy.WorkspaceID, person advocacy.PersonID, p Page) ([]advocacy.Absence, string, error) {
	return s.Store.Absences(ctx, w, person, p)
}
