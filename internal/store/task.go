package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type taskRow struct {
	WorkspaceID string                  `gorm:"column:workspace_id"`
	ID          string                  `gorm:"column:id"`
	SubjectKind string                  `gorm:"column:subject_kind"`
	SubjectID   string                  `gorm:"column:subject_id"`
	Round       int                     `gorm:"column:round"`
	Requirement string                  `gorm:"column:requirement"`
	Role        string                  `gorm:"column:role"`
	State       string                  `gorm:"column:state"`
	Digest      string                  `gorm:"column:digest"`
	Title       string                  `gorm:"column:title"`
	Author      string                  `gorm:"column:author"`
	Language    string                  `gorm:"column:language"`
	Origin      string                  `gorm:"column:origin"`
	Networks    list[advocacy.Network]  `gorm:"column:networks"`
	Have        int                     `gorm:"column:have"`
	Need        int                     `gorm:"column:need"`
	PublishTime instant                 `gorm:"column:publish_time"`
	DueTime     moment                  `gorm:"column:due_time"`
	CreateTime  instant                 `gorm:"column:create_time"`
	Excluded    list[advocacy.PersonID] `gorm:"column:excluded"`
}

func (taskRow) TableName() string { return "review_tasks" }

var tasks = tableOf[taskRow]()

func newTaskRow(t workflow.Task) taskRow {
	return taskRow{
		WorkspaceID: string(t.Workspace),
		ID:          string(t.ID),
		SubjectKind: string(t.Subject.Kind),
		SubjectID:   t.Subject.ID,
		Round:       t.Round,
		Requirement: t.Requirement,
		Role:        string(t.Role),
		State:       string(t.State),
		Digest:      string(t.Digest),
		Title:       t.Title,
		Author:      string(t.Author),
		Language:    t.Language,
		Origin:      string(t.Origin),
		Networks:    t.Networks,
		Have:        t.Have,
		Need:        t.Need,
		PublishTime: at(t.PublishTime),
		DueTime:     sorted(t.DueTime),
		CreateTime:  at(t.CreateTime),
		Excluded:    t.Excluded,
	}
}

func (r *taskRow) task() workflow.Task {
	return workflow.Task{
		Workspace:   advocacy.WorkspaceID(r.WorkspaceID),
		ID:          advocacy.TaskID(r.ID),
		Subject:     subjectOf(r.WorkspaceID, r.SubjectKind, r.SubjectID),
		Round:       r.Round,
		Requirement: r.Requirement,
		Role:        advocacy.Role(r.Role),
		State:       workflow.TaskState(r.State),
		Digest:      advocacy.Digest(r.Digest),
		Title:       r.Title,
		Author:      advocacy.PersonID(r.Author),
		Language:    r.Language,
		Origin:      advocacy.Origin(r.Origin),
		Networks:    r.Networks,
		Have:        r.Have,
		Need:        r.Need,
		PublishTime: r.PublishTime.time,
		DueTime:     r.DueTime.time,
		CreateTime:  r.CreateTime.time,
		Excluded:    r.Excluded,
	}
}

// Task returns a turn.
func (r reader) Task(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TaskID) (*workflow.Task, error) {
	row, err := one(ctx, r.conn, tasks, unlocked, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, aTask.failed(err)
	}
	found := row.task()
	return &found, nil
}

// Tasks lists turns in due order. With a person but no role there are none: nobody has
// a turn without a role. With neither, it is everybody's turns.
func (r reader) Tasks(ctx context.Context, q workflow.TaskQuery) ([]workflow.Task, string, error) {
	if q.Person != "" && len(q.Roles) == 0 {
		return nil, "", nil
	}
	key, err := afterTime(q.After, 1)
	if err != nil {
		return nil, "", err
	}
	l := listing[taskRow]{
		table: tasks,
		order: []string{"due_time", "id"},
		after: key,
		key:   func(r *taskRow) string { return timeKey(r.DueTime.time, r.ID) },
	}
	l.and("workspace_id = ?", string(q.Workspace))
	if q.Person != "" {
		quoted, err := json.Marshal(q.Person)
		if err != nil {
			return nil, "", err
		}
		// Not "= 0": PostgreSQL would take that for rare, and sort what it need not.
		l.and("NOT "+r.dialect.within()+"(excluded, ?) > 0", string(quoted))
	}
	query, args := r.turns(l, q)
	return collect(ctx, r.conn, l, q.Page, (*taskRow).task, query, args)
}

// turns writes the query. The turns of one role in one state are in order in an index,
// and so are those of one subject. Several such runs are merged: by SQLite as they come,
// by PostgreSQL, which would rather sort all of them, after each was cut to one page.
func (r reader) turns(l listing[taskRow], q workflow.TaskQuery) (string, []any) {
	if q.Subject.ID != "" {
		l.and("subject_kind = ? AND subject_id = ?", string(q.Subject.Kind), q.Subject.ID)
		andIf(&l, "state", q.State)
		if len(q.Roles) > 0 {
			l.and("role IN "+in(len(q.Roles)), anys(nil, q.Roles)...)
		}
		return l.text(true, fetch(q.Page)), append(l.args, l.after...)
	}
	runs := runsOf(l, q)
	if len(runs) == 1 {
		return runs[0].text(true, fetch(q.Page)), append(runs[0].args, runs[0].after...)
	}
	var texts []string
	var args []any
	for _, run := range runs {
		text := run.text(true, fetch(q.Page))
		args = append(append(args, run.args...), run.after...)
		if r.dialect == postgresDialect {
			text = "(" + text + ")"
		} else {
			text, _, _ = strings.Cut(text, " ORDER BY ")
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, " UNION ALL ") + " ORDER BY due_time, id" + limit(fetch(q.Page)), args
}

// runsOf are the listings whose union is wanted: one for each role and state.
func runsOf(l listing[taskRow], q workflow.TaskQuery) (runs []listing[taskRow]) {
	states := []workflow.TaskState{q.State}
	if q.State == "" {
		states = []workflow.TaskState{workflow.TaskDone, workflow.TaskOpen}
	}
	roles := []advocacy.Role{""}
	if len(q.Roles) > 0 {
		roles = slices.Compact(slices.Sorted(slices.Values(q.Roles)))
	}
	for _, role := range roles {
		for _, state := range states {
			run := l
			run.where, run.args = slices.Clone(l.where), slices.Clone(l.args)
			andIf(&run, "role", role)
			andIf(&run, "state", state)
			runs = append(runs, run)
		}
	}
	return runs
}

var putTasks = func() string {
	var sets []string
	for _, column := range tasks.columns {
		switch column {
		case "workspace_id", "id", "subject_kind", "subject_id", "round", "requirement", "create_time":
		default:
			sets = append(sets, column+" = excluded."+column)
		}
	}
	return " ON CONFLICT (workspace_id, subject_kind, subject_id, round, requirement) DO UPDATE SET " + strings.Join(sets, ", ")
}()

// PutTasks inserts the turns of a review or updates them by (subject, round,
// requirement); one that is there keeps its id and its time.
func (t *tx) PutTasks(ctx context.Context, turns ...workflow.Task) error {
	if len(turns) == 0 {
		return nil
	}
	rows := make([]taskRow, len(turns))
	for i, turn := range turns {
		rows[i] = newTaskRow(turn)
	}
	// In one order, so that two transactions that put the same turns do not deadlock.
	slices.SortFunc(rows, func(a, b taskRow) int {
		return cmp.Or(strings.Compare(a.SubjectID, b.SubjectID), cmp.Compare(a.Round, b.Round),
			strings.Compare(a.Requirement, b.Requirement))
	})
	_, err := t.exec(ctx, tasks.insert(len(rows))+putTasks, tasks.values(rows...)...)
	return t.wrote(aTask, err)
}

// CloseTasks marks every open turn of the subject done.
func (t *tx) CloseTasks(ctx context.Context, s advocacy.Subject) error {
	query := "UPDATE review_tasks SET state = 'done' WHERE " + ofSubject + " AND state = 'open'"
	_, err := t.exec(ctx, query, string(s.Workspace), string(s.Kind), s.ID)
	return t.wrote(aTask, err)
}
