package workflow

import (
	"context"
	"fmt"
	"strconv"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// CourseDraft is what a client publishes as the course of a training module.
type CourseDraft struct {
	Texts     []advocacy.TrainingText
	Questions []advocacy.TrainingQuestion
	// PassPercent and DailyAttempts are the usual ones when 0.
	PassPercent   int
	DailyAttempts int
	// Version is that of the module as the client read it; 0 is not compared.
	Version int64
}

// PublishTrainingCourse puts a new course of a training module in force. Who passed an
// earlier one keeps what that earned.
func (s *Service) PublishTrainingCourse(ctx context.Context, c Call, w advocacy.WorkspaceID, m advocacy.TrainingID, d CourseDraft) (*advocacy.TrainingCourse, error) {
	if err := refuseCourse(d); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.TrainingCourse, string, error) {
		course, err := s.publishCourse(ctx, tx, c, w, m, d)
		if err != nil {
			return nil, "", err
		}
		return course, strconv.Itoa(course.Number), nil
	}, func(ctx context.Context, tx Tx, result string) (*advocacy.TrainingCourse, error) {
		number, err := strconv.Atoi(result)
		if err != nil {
			return nil, fmt.Errorf("remembered course: %w", err)
		}
		return tx.TrainingCourse(ctx, w, m, number)
	})
}

func (s *Service) publishCourse(ctx context.Context, tx Tx, c Call, w advocacy.WorkspaceID, id advocacy.TrainingID, d CourseDraft) (*advocacy.TrainingCourse, error) {
	m, err := tx.TrainingModuleForUpdate(ctx, w, id)
	if err != nil {
		return nil, err
	}
	if err := stale(d.Version, m.Version); err != nil {
		return nil, err
	}
	m.Course, m.UpdateTime = m.Course+1, tx.Now()
	course := &advocacy.TrainingCourse{
		Workspace: w, Module: id, Number: m.Course, Texts: d.Texts, Questions: d.Questions,
		PassPercent: d.PassPercent, DailyAttempts: d.DailyAttempts, Publisher: c.Actor.Person, CreateTime: tx.Now(),
	}
	course.Complete()
	if err := course.Guard(); err != nil {
		return nil, err
	}
	if err := tx.AddTrainingCourse(ctx, course); err != nil {
		return nil, err
	}
	if err := tx.SaveTrainingModule(ctx, m); err != nil {
		return nil, err
	}
	return course, s.record(ctx, tx, c, w, fact{
		action: "training_course.published", subject: course.Name(), parent: m.Name(),
		detail: map[string]any{"digest": course.Digest, "questions": len(course.Questions), "pass_percent": course.PassPercent},
	})
}

// refuseCourse refuses what nobody can read.
func refuseCourse(d CourseDraft) error {
	if err := refuseTrainingTexts("training_course.texts", d.Texts); err != nil {
		return err
	}
	for i, q := range d.Questions {
		field := fmt.Sprintf("training_course.questions[%d]", i)
		if err := refuseTrainingTexts(field+".texts", q.Texts); err != nil {
			return err
		}
		for j, o := range q.Options {
			if err := refuseTrainingTexts(fmt.Sprintf("%s.options[%d].texts", field, j), o.Texts); err != nil {
				return err
			}
		}
	}
	return nil
}

func refuseTrainingTexts(field string, texts []advocacy.TrainingText) error {
	for i, t := range texts {
		if err := check.RefuseLanguage(fmt.Sprintf("%s[%d].language", field, i), t.Language); err != nil {
			return err
		}
		if err := check.RefuseLine(fmt.Sprintf("%s[%d].text", field, i), t.Text); err != nil {
			return err
		}
	}
	return nil
}

// TrainingCourse returns a course. Which options are right is told only to who may change
// the module.
func (s *Service) TrainingCourse(ctx context.Context, c Call, w advocacy.WorkspaceID, m advocacy.TrainingID, number int) (*advocacy.TrainingCourse, error) {
	course, err := s.Store.TrainingCourse(ctx, w, m, number)
	if err == nil && !c.may(mayUpdateTrainings) { // guard: right options stay hidden
		course.Hide()
	}
	return course, err
}

// AnswerTraining keeps how the caller answered the questions of the course in force. Who
// passes has a training record from then on.
func (s *Service) AnswerTraining(
	ctx context.Context, c Call, w advocacy.WorkspaceID, m advocacy.TrainingID, number int, answers advocacy.Answers,
) (*advocacy.TrainingAttempt, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.TrainingAttempt, string, error) {
		module, err := tx.TrainingModule(ctx, w, m)
		if err != nil {
			return nil, "", err
		}
		course, err := tx.TrainingCourse(ctx, w, m, number)
		if err != nil {
			return nil, "", err
		}
		latest, err := tx.LatestTrainingAttempts(ctx, w, m, c.Actor.Person, course.DailyAttempts)
		if err != nil {
			return nil, "", err
		}
		a, err := course.Answer(c.Actor, module, answers, latest, tx.Now())
		if err != nil {
			return nil, "", err
		}
		return a, string(a.ID), s.keepAttempt(ctx, tx, c, module, a)
	}, func(ctx context.Context, tx Tx, id string) (*advocacy.TrainingAttempt, error) {
		return tx.TrainingAttempt(ctx, w, advocacy.TrainingAttemptID(id))
	})
}

// keepAttempt writes an attempt, and what it earned.
func (s *Service) keepAttempt(ctx context.Context, tx Tx, c Call, m *advocacy.TrainingModule, a *advocacy.TrainingAttempt) error {
	a.ID = advocacy.TrainingAttemptID(s.NewID())
	if a.Passed {
		earned := a.Earn(m, advocacy.TrainingRecordID(s.NewID()))
		if err := tx.AddTrainingRecord(ctx, earned); err != nil {
			return err
		}
		if err := s.recordTraining(ctx, tx, c, earned, "training.earned"); err != nil {
			return err
		}
	}
	if err := tx.AddTrainingAttempt(ctx, a); err != nil {
		return err
	}
	return s.record(ctx, tx, c, a.Workspace, fact{
		action: "training.answered", subject: a.Name(), parent: a.Name(),
		detail: map[string]any{"module": a.Module, "course": a.Course, "score_percent": a.Score(), "passed": a.Passed},
	})
}

// TrainingAttempt returns an attempt: anybody's own, and everybody's for who may see them.
func (s *Service) TrainingAttempt(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.TrainingAttemptID) (*advocacy.TrainingAttempt, error) {
	a, err := s.Store.TrainingAttempt(ctx, w, id)
	if err == nil && !c.seesTraining(a.Person) {
		return nil, advocacy.Missing("TRAINING_ATTEMPT_NOT_FOUND", "there is no such training attempt")
	}
	return a, err
}

// TrainingAttempts lists attempts, only the caller's own for who may not see all.
func (s *Service) TrainingAttempts(ctx context.Context, c Call, q TrainingQuery) ([]advocacy.TrainingAttempt, string, error) {
	if !q.narrow(c) {
		return nil, "", nil
	}
	return s.Store.TrainingAttempts(ctx, q)
}

// seesTraining tells whether the caller sees what a person learned.
func (c Call) seesTraining(p advocacy.PersonID) bool {
	return p == c.Actor.Person || c.may(mayReadAllTrainings)
}

// narrow limits a query to what the caller sees, and tells whether that is anything.
func (q *TrainingQuery) narrow(c Call) bool {
	if q.Person == "" && !c.may(mayReadAllTrainings) {
		q.Person = c.Actor.Person
	}
	return c.seesTraining(q.Person) || q.Person == ""
}
