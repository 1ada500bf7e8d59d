package workflow

import (
	"context"
	"errors"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// JobReassessAuthor computes again what a person wrote and is not sent yet, after what he
// or she has read or learned changed. Args: AuthorJob.
const JobReassessAuthor = "reassess_author"

// AuthorJob names whose posts and items to compute again; everybody's when Person is empty.
type AuthorJob struct {
	Workspace advocacy.WorkspaceID `json:"workspace"`
	Person    advocacy.PersonID    `json:"person"`
}

// know adds to the facts what the author has read and learned.
func (a *asked) know(ctx context.Context, r Reader, needs routing.Needs, f *routing.Facts) error {
	w, person := a.subject.Workspace, advocacy.PersonID(f.Author.Person)
	if needs.Guideline && a.rules != nil && a.at.IsZero() && a.rules.policy.Guideline == 0 {
		f.Author.GuidelineAcknowledged = true // there is none to acknowledge, and nothing is read
	} else if needs.Guideline {
		var err error
		f.Author.GuidelineAcknowledged, _, err = acknowledged(ctx, r, w, advocacy.DefaultGuideline, person, f.Time, a.at)
		if err != nil {
			return err
		}
	}
	if !needs.Trainings {
		return nil
	}
	records, err := r.Trainings(ctx, w, person, f.Time)
	if err != nil {
		return err
	}
	if !a.at.IsZero() { // guard: a replay knows what was known
		records = advocacy.RecordedBy(records, a.at)
	}
	f.Author.Trainings = spelled(advocacy.Trained(records, f.Time))
	return nil
}

// knowledgeChanged has what a person wrote, or everybody did when it is empty, computed
// again if the policy in force asks what its author has read or learned.
func (s *Service) knowledgeChanged(ctx context.Context, tx Tx, w advocacy.WorkspaceID, person advocacy.PersonID) error {
	policy, err := tx.Policy(ctx, w)
	if err != nil {
		return err
	}
	compiled, err := s.Routing.Load(policy.Document)
	if err != nil {
		return err
	}
	if needs := compiled.Needs(); !needs.Guideline && !needs.Trainings {
		return nil
	}
	return reassessAuthorLater(ctx, tx, w, person)
}

func reassessAuthorLater(ctx context.Context, tx Tx, w advocacy.WorkspaceID, person advocacy.PersonID) error {
	job := advocacy.Job{Kind: JobReassessAuthor, Unique: string(w) + "/" + string(person)}
	return enqueue(ctx, tx, job, AuthorJob{Workspace: w, Person: person})
}

// ReassessAuthor computes again what a person, or everybody, wrote and is not sent yet.
// What a count found before stands meanwhile for the lists alone: each guard asks again.
func (s *Service) ReassessAuthor(ctx context.Context, w advocacy.WorkspaceID, author advocacy.PersonID) error {
	var failures error
	for cursor := ""; ; {
		rounds, next, err := s.unsent(ctx, w, author, cursor, sweepBatch)
		if err != nil {
			return errors.Join(failures, err)
		}
		_, err = s.reassessEach(ctx, w, rounds)
		failures = errors.Join(failures, err)
		if next == "" || ctx.Err() != nil {
			return failures
		}
		cursor = next
	}
}
