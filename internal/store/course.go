package store

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type courseRow struct {
	WorkspaceID   string                           `gorm:"column:workspace_id"`
	Module        string                           `gorm:"column:module"`
	Number        int                              `gorm:"column:number"`
	Texts         doc[[]advocacy.TrainingText]     `gorm:"column:texts"`
	Questions     doc[[]advocacy.TrainingQuestion] `gorm:"column:questions"`
	PassPercent   int                              `gorm:"column:pass_percent"`
	DailyAttempts int                              `gorm:"column:daily_attempts"`
	Digest        string                           `gorm:"column:digest"`
	Publisher     string                           `gorm:"column:publisher"`
	CreateTime    moment                           `gorm:"column:create_time"`
}

func (courseRow) TableName() string { return "training_courses" }

var courses = tableOf[courseRow]()

func newCourseRow(c *advocacy.TrainingCourse) courseRow {
	return courseRow{
		WorkspaceID:   string(c.Workspace),
		Module:        string(c.Module),
		Number:        c.Number,
		Texts:         doc[[]advocacy.TrainingText]{append([]advocacy.TrainingText{}, c.Texts...)},
		Questions:     doc[[]advocacy.TrainingQuestion]{append([]advocacy.TrainingQuestion{}, c.Questions...)},
		PassPercent:   c.PassPercent,
		DailyAttempts: c.DailyAttempts,
		Digest:        string(c.Digest),
		Publisher:     string(c.Publisher),
		CreateTime:    sorted(c.CreateTime),
	}
}

func (r *courseRow) course() advocacy.TrainingCourse {
	return advocacy.TrainingCourse{
		Workspace:     advocacy.WorkspaceID(r.WorkspaceID),
		Module:        advocacy.TrainingID(r.Module),
		Number:        r.Number,
		Texts:         r.Texts.of,
		Questions:     r.Questions.of,
		PassPercent:   r.PassPercent,
		DailyAttempts: r.DailyAttempts,
		Digest:        advocacy.Digest(r.Digest),
		Publisher:     advocacy.PersonID(r.Publisher),
		CreateTime:    r.CreateTime.time,
	}
}

type trainingAttemptRow struct {
	WorkspaceID string       `gorm:"column:workspace_id"`
	ID          string       `gorm:"column:id"`
	Module      string       `gorm:"column:module"`
	Course      int          `gorm:"column:course"`
	PersonID    string       `gorm:"column:person_id"`
	Number      int          `gorm:"column:number"`
	Answers     doc[[][]int] `gorm:"column:answers"`
	Results     doc[[]bool]  `gorm:"column:results"`
	RecordID    ref          `gorm:"column:record_id"`
	CreateTime  moment       `gorm:"column:create_time"`
}

func (trainingAttemptRow) TableName() string { return "training_attempts" }

var trainingAttempts = tableOf[trainingAttemptRow]()

func newTrainingAttemptRow(a *advocacy.TrainingAttempt) trainingAttemptRow {
	return trainingAttemptRow{
		WorkspaceID: string(a.Workspace),
		ID:          string(a.ID),
		Module:      string(a.Module),
		Course:      a.Course,
		PersonID:    string(a.Person),
		Number:      a.Number,
		Answers:     doc[[][]int]{append([][]int{}, a.Answers...)},
		Results:     doc[[]bool]{append([]bool{}, a.Right...)},
		RecordID:    ref(a.Record),
		CreateTime:  sorted(a.CreateTime),
	}
}

func (r *trainingAttemptRow) attempt() advocacy.TrainingAttempt {
	return advocacy.TrainingAttempt{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		ID:         advocacy.TrainingAttemptID(r.ID),
		Module:     advocacy.TrainingID(r.Module),
		Course:     r.Course,
		Person:     advocacy.PersonID(r.PersonID),
		Number:     r.Number,
		Answers:    r.Answers.of,
		Right:      r.Results.of,
		Passed:     r.RecordID != "",
		Record:     advocacy.TrainingRecordID(r.RecordID),
		CreateTime: r.CreateTime.time,
	}
}

// TrainingCourse returns one course of a training module.
func (r reader) TrainingCourse(ctx context.Context, w advocacy.WorkspaceID, m advocacy.TrainingID, number int) (*advocacy.TrainingCourse, error) {
	row, err := one(ctx, r.conn, courses, unlocked, "workspace_id = ? AND module = ? AND number = ?", string(w), string(m), number)
	if err != nil {
		return nil, aCourse.failed(err)
	}
	found := row.course()
	return &found, nil
}

// TrainingAttempt returns one attempt at the questions of a course.
func (r reader) TrainingAttempt(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TrainingAttemptID) (*advocacy.TrainingAttempt, error) {
	row, err := one(ctx, r.conn, trainingAttempts, unlocked, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, aTrainingAttempt.failed(err)
	}
	found := row.attempt()
	return &found, nil
}

// LatestTrainingAttempts returns a person's latest attempts at a module, newest first.
func (r reader) LatestTrainingAttempts(
	ctx context.Context, w advocacy.WorkspaceID, m advocacy.TrainingID, p advocacy.PersonID, most int,
) ([]advocacy.TrainingAttempt, error) {
	var row trainingAttemptRow
	var found []advocacy.TrainingAttempt
	query := "SELECT " + trainingAttempts.list + " FROM training_attempts" +
		" WHERE workspace_id = ? AND person_id = ? AND module = ? ORDER BY number DESC" + limit(most)
	err := r.scan(ctx, trainingAttempts.into(&row), func() { found = append(found, row.attempt()) }, query, string(w), string(p), string(m))
	return found, aTrainingAttempt.failed(err)
}

// TrainingAttempts lists attempts by id.
func (r reader) TrainingAttempts(ctx context.Context, q workflow.TrainingQuery) ([]advocacy.TrainingAttempt, string, error) {
	l := listing[trainingAttemptRow]{
		table: trainingAttempts,
		order: []string{"id"},
		after: after(q.After),
		key:   func(r *trainingAttemptRow) string { return r.ID },
	}
	l.and("workspace_id = ?", string(q.Workspace))
	andIf(&l, "person_id", q.Person)
	andIf(&l, "module", q.Module)
	return page(ctx, r.conn, l, q.Page, (*trainingAttemptRow).attempt)
}

// AddTrainingCourse inserts a course.
func (t *tx) AddTrainingCourse(ctx context.Context, c *advocacy.TrainingCourse) error {
	return insert(ctx, t, aCourse, courses, newCourseRow(c))
}

// AddTrainingAttempt inserts an attempt; one of the same number by the same person is
// refused.
func (t *tx) AddTrainingAttempt(ctx context.Context, a *advocacy.TrainingAttempt) error {
	return insert(ctx, t, aTrainingAttempt, trainingAttempts, newTrainingAttemptRow(a))
}
