package store

import (
	"cmp"
	"context"
	"errors"
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
	SinceTime   instant                 `gorm:"column:since_time"`
	Whose       string                  `gorm:"column:whose"`
	Unlocks     int                     `gorm:"column:unlocks"`
	Urgency     string                  `gorm:"column:urgency"`
	Assignee    ref                     `gorm:"column:assignee"`
	AssignTime  instant                 `gorm:"column:assign_time"`
	ClaimPerson ref                     `gorm:"column:claim_person"`
	ClaimEpoch  int64                   `gorm:"column:claim_epoch"`
	ClaimUntil  instant                 `gorm:"column:claim_until"`
	Snoozes     doc[[]workflow.Snooze]  `gorm:"column:snoozes"`
	// Change is written by the statements that change a turn, and no part of it.
	Change  int64                `gorm:"column:change"`
	Alone   string               `gorm:"column:alone"`
	Rules   string               `gorm:"column:batch_rules"`
	Looks   doc[[]workflow.Look] `gorm:"column:looks"`
	Why     string               `gorm:"column:why"`
	AskedBy list[string]         `gorm:"column:asked_by"`
}

func (taskRow) TableName() string { return "review_tasks" }

var (
	tasks = tableOf[taskRow]()
	// unnumbered is a turn without the number of its last change.
	unnumbered = tasks.without("change")
	// changingTasks are turns without their marks, and without what follows from the round.
	changingTasks = tasks.changing([]string{"workspace_id", "subject_kind", "subject_id", "round", "requirement"},
		"role", "state", "digest", "title", "author", "language", "origin", "have", "need", "publish_time", "due_time", "excluded",
		"why", "since_time", "whose", "unlocks", "urgency", "alone", "batch_rules", "asked_by")
)

func newTaskRow(t workflow.Task) taskRow {
	return taskRow{
		WorkspaceID: string(t.Workspace),
		ID:          string(t.ID),
		SubjectKind: string(t.Subject.Kind),
		SubjectID:   t.Subject.ID,
		Round:       t.Round,
		Requirement: slotOf(t),
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
		Why:         string(t.Why),
		SinceTime:   at(t.Since),
		Whose:       whoseOf(t),
		Unlocks:     t.Unlocks,
		Urgency:     advocacy.Urgency(t.DueTime, t.PublishTime, t.Unlocks, t.CreateTime),
		Assignee:    ref(t.Assignee),
		AssignTime:  at(t.AssignTime),
		ClaimPerson: ref(t.Claim.Person),
		ClaimEpoch:  t.Claim.Epoch,
		ClaimUntil:  at(t.Claim.Until),
		Snoozes:     doc[[]workflow.Snooze]{t.Snoozes},
		Looks:       doc[[]workflow.Look]{t.Looks},
		Alone:       string(t.Alone),
		Rules:       t.Rules,
		AskedBy:     t.AskedBy,
	}
}

// The signs of what is no requirement's key, and no person's id.
const (
	besidesPlan = "@"
	anyHolder   = "role:"
	whoMay      = "may:"
)

// slotOf is the key of a turn within its round: the requirement's, or whose turn it is
// that waits for no signature.
func slotOf(t workflow.Task) string {
	switch {
	case t.Requirement != "":
		return t.Requirement
	case t.Permission != "":
		return besidesPlan + whoMay + string(t.Permission)
	case t.Role != "":
		return besidesPlan + string(t.Role)
	default:
		return besidesPlan + "author"
	}
}

// whoseOf is whose turn it is as the index of the attention set has it.
func whoseOf(t workflow.Task) string {
	switch {
	case t.Person != "":
		return string(t.Person)
	case t.Permission != "":
		return whoMay + string(t.Permission)
	default:
		return anyHolder + string(t.Role)
	}
}

func (r *taskRow) task() workflow.Task {
	t := workflow.Task{
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
		Why:         advocacy.Why(r.Why),
		Since:       r.SinceTime.time,
		Unlocks:     r.Unlocks,
		Alone:       advocacy.Alone(r.Alone),
		Rules:       r.Rules,
		AskedBy:     r.AskedBy,
		TaskMarks: workflow.TaskMarks{
			Assignee:   advocacy.PersonID(r.Assignee),
			AssignTime: r.AssignTime.time,
			Claim:      advocacy.Claim{Person: advocacy.PersonID(r.ClaimPerson), Epoch: r.ClaimEpoch, Until: r.ClaimUntil.time},
			Snoozes:    r.Snoozes.of,
			Looks:      r.Looks.of,
		},
	}
	if strings.HasPrefix(r.Requirement, besidesPlan) {
		t.Requirement = ""
	}
	if permission, may := strings.CutPrefix(r.Whose, whoMay); may {
		t.Permission = advocacy.Permission(permission)
	} else if !strings.HasPrefix(r.Whose, anyHolder) {
		t.Person = advocacy.PersonID(r.Whose)
	}
	return t
}

// Task returns a turn.
func (r reader) Task(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TaskID) (*workflow.Task, error) {
	row, err := r.taskRow(ctx, w, id, unlocked)
	if err != nil {
		return nil, aTask.failed(err)
	}
	found := row.task()
	return &found, nil
}

func (r reader) taskRow(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TaskID, l lock) (*taskRow, error) {
	return one(ctx, r.conn, tasks, l, "workspace_id = ? AND id = ?", string(w), string(id))
}

var putTasks = func() string {
	var sets, now, then []string
	for _, column := range tasks.columns {
		switch column {
		case "workspace_id", "id", "subject_kind", "subject_id", "round", "requirement", "create_time":
		case "assignee", "assign_time", "claim_person", "claim_epoch", "claim_until", "snoozes", "looks": // the marks
		default:
			sets = append(sets, column+" = excluded."+column)
			if column != "change" && column != "networks" { // which follow from the digest
				now, then = append(now, "review_tasks."+column), append(then, "excluded."+column)
			}
		}
	}
	// A turn that stays as it is has not changed: it costs no index entry, and nobody who
	// watches is told of it.
	return " ON CONFLICT (workspace_id, subject_kind, subject_id, round, requirement) DO UPDATE SET " + strings.Join(sets, ", ") +
		" WHERE (" + strings.Join(now, ", ") + ") IS DISTINCT FROM (" + strings.Join(then, ", ") + ")"
}()

// PutTasks inserts the turns of a review or updates them by (subject, round,
// requirement); one that is there keeps its id, its time and its marks, and one that
// says nothing new keeps its change.
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
	if t.dialect == postgresDialect {
		// There a trip costs more than what a statement that changes all turns writes for nothing.
		return t.upsertTasks(ctx, rows)
	}
	var unknown []taskRow
	for i := range rows {
		known, err := t.updateTask(ctx, rows[i])
		if err != nil {
			return err
		}
		if !known {
			unknown = append(unknown, rows[i])
		}
	}
	return t.upsertTasks(ctx, unknown)
}

// updateTask writes what a turn says otherwise than the one that is held, if it is.
func (t *tx) updateTask(ctx context.Context, row taskRow) (known bool, err error) {
	d, err := changingTasks.differ(t, row)
	if err != nil || !d.held || len(d.columns) == 0 {
		return d.held, t.wrote(aTask, err)
	}
	number, workspace := t.dialect.nextChange()
	query := "UPDATE review_tasks SET " + d.assigned("change = "+number) + " WHERE " + ofSubject + " AND round = ? AND requirement = ?"
	args := append(workspace(row.WorkspaceID), d.values...)
	err = t.change(ctx, aTask, query, append(args, row.WorkspaceID, row.SubjectKind, row.SubjectID, row.Round, row.Requirement)...)
	if err != nil {
		return true, err
	}
	d.saved(t)
	return true, nil
}

func (t *tx) upsertTasks(ctx context.Context, rows []taskRow) error {
	if len(rows) == 0 {
		return nil
	}
	number, workspace := t.dialect.nextChange()
	row := ", (" + strings.Repeat("?, ", len(unnumbered.columns)) + number + ")"
	query := "INSERT INTO review_tasks (" + unnumbered.list + ", change) VALUES " + strings.Repeat(row, len(rows))[2:]
	var args []any
	for i := range rows {
		args = append(append(args, unnumbered.values(rows[i])...), workspace(rows[i].WorkspaceID)...)
	}
	_, err := t.exec(ctx, query+putTasks, args...)
	return t.wrote(aTask, err)
}

// tasksOf selects the turns of a review.
var tasksOf = "SELECT " + tasks.list + " FROM review_tasks WHERE " + ofSubject + " AND round = ? ORDER BY requirement"

// TasksOf returns the turns of a review.
func (r reader) TasksOf(ctx context.Context, s advocacy.Subject, round int) ([]workflow.Task, error) {
	found, err := every(ctx, r.conn, tasks, (*taskRow).task, tasksOf, string(s.Workspace), string(s.Kind), s.ID, round)
	return found, aTask.failed(err)
}

// turnsBehind selects the open turns of posts whose state does not tell that they wait.
var turnsBehind = "SELECT " + tasks.list + " FROM review_tasks WHERE workspace_id = ? AND state = 'open' AND id > ? AND subject_kind = 'post'" +
	" AND why <> 'publication_unknown' AND (author = ? OR ? = '') AND EXISTS (SELECT 1 FROM posts p WHERE p.workspace_id = review_tasks.workspace_id" +
	" AND p.id = review_tasks.subject_id AND p.round = review_tasks.round AND p.state IN ('publishing', 'published', 'partially_published', 'failed'," +
	" 'recalled')) ORDER BY id"

// TurnsBehind returns open turns of posts of which something went out, or was to.
func (r reader) TurnsBehind(ctx context.Context, w advocacy.WorkspaceID, author advocacy.PersonID, after advocacy.TaskID, most int) ([]workflow.Task, error) {
	found, err := every(ctx, r.conn, tasks, (*taskRow).task, turnsBehind+limit(most), string(w), string(after), string(author), string(author))
	return found, failed(err)
}

// tasksWithTimes selects the turns of a review, and the deadline of each that has one.
var tasksWithTimes = "SELECT " + tasks.of("t") + ", " + deadlines.of("d") + ", " + personsOfDeadline + " FROM review_tasks t LEFT JOIN deadlines d" +
	" ON d.workspace_id = t.workspace_id AND d.subject_kind = t.subject_kind AND d.subject_id = t.subject_id AND d.round = t.round" +
	" AND d.requirement = t.requirement WHERE t.workspace_id = ? AND t.subject_kind = ? AND t.subject_id = ? AND t.round = ? ORDER BY t.requirement"

// TasksForUpdate locks the turns of a review until commit and returns them, and the deadlines of
// those that have one, which change with them.
func (t *tx) TasksForUpdate(
	ctx context.Context, s advocacy.Subject, round int,
) (turns []workflow.Task, times []advocacy.Deadline, err error) {
	var row taskRow
	var deadline deadlineRow
	var asked persons
	into := append(tasks.into(&row), orAbsents(deadlines.into(&deadline))...)
	each := func() {
		err = errors.Join(err, changingTasks.hold(t, row))
		turns = append(turns, row.task())
		if deadline.WorkspaceID != "" {
			err = errors.Join(err, changingDeadlines.hold(t, deadline))
			times = append(times, deadline.deadline(asked))
		}
		deadline = deadlineRow{}
	}
	scanned := t.scan(ctx, append(into, &asked), each, tasksWithTimes+t.lockingOf("t", toChange), string(s.Workspace), string(s.Kind), s.ID, round)
	return turns, times, cmp.Or(aTask.failed(scanned), err)
}

// TaskForUpdate locks a turn until commit.
func (t *tx) TaskForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TaskID) (*workflow.Task, error) {
	row, err := t.taskRow(ctx, w, id, toChange)
	if err != nil {
		return nil, aTask.failed(err)
	}
	found := row.task()
	return &found, changingTasks.hold(t, *row)
}

// MarkTask writes the marks of a turn.
func (t *tx) MarkTask(ctx context.Context, turn *workflow.Task) error {
	row := newTaskRow(*turn)
	number, workspace := t.dialect.nextChange()
	args := append(workspace(row.WorkspaceID), row.Assignee, row.AssignTime, row.ClaimPerson, row.ClaimEpoch, row.ClaimUntil,
		row.Snoozes, row.Looks, row.WorkspaceID, row.ID)
	return t.change(ctx, aTask, "UPDATE review_tasks SET change = "+number+", assignee = ?, assign_time = ?, claim_person = ?, "+
		"claim_epoch = ?, claim_until = ?, snoozes = ?, looks = ? WHERE workspace_id = ? AND id = ?", args...)
}

// KeepLooks writes who has a turn open, which is no change of it: nobody who watches is told.
func (t *tx) KeepLooks(ctx context.Context, turn *workflow.Task) error {
	row := newTaskRow(*turn)
	return t.change(ctx, aTask, "UPDATE review_tasks SET looks = ? WHERE workspace_id = ? AND id = ?", row.Looks, row.WorkspaceID, row.ID)
}

// CloseTasks marks every open turn of the subject's rounds done.
func (t *tx) CloseTasks(ctx context.Context, s advocacy.Subject) error {
	number, workspace := t.dialect.nextChange()
	query := "UPDATE review_tasks SET change = " + number + ", state = 'done' WHERE " + ofSubject + " AND state = 'open' AND why <> 'publication_unknown'" // guard: a round that is over answers for no publication
	_, err := t.exec(ctx, query, append(workspace(string(s.Workspace)), string(s.Workspace), string(s.Kind), s.ID)...)
	clear(t.held) // guard: what is known of closed turns is forgotten
	return t.wrote(aTask, err)
}
