package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

type deadlineRow struct {
	WorkspaceID      string  `gorm:"column:workspace_id"`
	SubjectKind      string  `gorm:"column:subject_kind"`
	SubjectID        string  `gorm:"column:subject_id"`
	Round            int     `gorm:"column:round"`
	Requirement      string  `gorm:"column:requirement"`
	State            string  `gorm:"column:state"`
	Business         int64   `gorm:"column:business"`
	Spent            int64   `gorm:"column:spent"`
	Calendar         string  `gorm:"column:calendar"`
	CalendarRevision int     `gorm:"column:calendar_revision"`
	ZoneData         string  `gorm:"column:zone_data"`
	StartTime        moment  `gorm:"column:start_time"`
	DueTime          moment  `gorm:"column:due_time"`
	Rung             int     `gorm:"column:rung"`
	NextTime         instant `gorm:"column:next_time"`
}

func (deadlineRow) TableName() string { return "deadlines" }

var (
	deadlines         = tableOf[deadlineRow]()
	changingDeadlines = deadlines.changing(deadlines.columns[:5], deadlines.columns[5:]...)
)

type deadlinePersonRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	SubjectKind string `gorm:"column:subject_kind"`
	SubjectID   string `gorm:"column:subject_id"`
	Round       int    `gorm:"column:round"`
	Requirement string `gorm:"column:requirement"`
	PersonID    string `gorm:"column:person_id"`
	Weight      int64  `gorm:"column:weight"`
	Waiting     bool   `gorm:"column:waiting"`
}

func (deadlinePersonRow) TableName() string { return "deadline_persons" }

var deadlinePersons = tableOf[deadlinePersonRow]()

func newDeadlineRow(d *advocacy.Deadline) deadlineRow {
	return deadlineRow{
		WorkspaceID:      string(d.Subject.Workspace),
		SubjectKind:      string(d.Subject.Kind),
		SubjectID:        d.Subject.ID,
		Round:            d.Round,
		Requirement:      d.Requirement,
		State:            string(d.State),
		Business:         int64(d.Business),
		Spent:            int64(d.Spent),
		Calendar:         string(d.Calendar),
		CalendarRevision: d.Revision,
		ZoneData:         d.ZoneData,
		StartTime:        sorted(d.Start),
		DueTime:          sorted(d.Due),
		Rung:             d.Rung,
		NextTime:         at(d.Next),
	}
}

func (r *deadlineRow) deadline(asked persons) advocacy.Deadline {
	return advocacy.Deadline{
		Subject:     subjectOf(r.WorkspaceID, r.SubjectKind, r.SubjectID),
		Round:       r.Round,
		Requirement: r.Requirement,
		State:       advocacy.DeadlineState(r.State),
		Business:    time.Duration(r.Business),
		Spent:       time.Duration(r.Spent),
		Calendar:    advocacy.CalendarID(r.Calendar),
		Revision:    r.CalendarRevision,
		ZoneData:    r.ZoneData,
		Start:       r.StartTime.time,
		Due:         r.DueTime.time,
		Rung:        r.Rung,
		Next:        r.NextTime.time,
		Asked:       asked,
	}
}

const personsOfDeadline = "(SELECT string_agg(person_id, '\n') FROM deadline_persons p WHERE p.workspace_id = d.workspace_id" +
	" AND p.subject_kind = d.subject_kind AND p.subject_id = d.subject_id AND p.round = d.round AND p.requirement = d.requirement)"

// deadlines reads those that the rest of a query on d selects.
func (r reader) deadlines(ctx context.Context, rest string, args ...any) ([]advocacy.Deadline, error) {
	var row deadlineRow
	var asked persons
	var out []advocacy.Deadline
	query := "SELECT " + deadlines.of("d") + ", " + personsOfDeadline + " FROM deadlines d WHERE " + rest
	each := func() { out = append(out, row.deadline(asked)) }
	err := r.scan(ctx, append(deadlines.into(&row), &asked), each, query, args...)
	return out, aDeadline.failed(err)
}

// Deadlines returns those of a round, by requirement.
func (r reader) Deadlines(ctx context.Context, s advocacy.Subject, round int) ([]advocacy.Deadline, error) {
	return r.deadlines(ctx, ofSubject+" AND round = ? ORDER BY requirement", string(s.Workspace), string(s.Kind), s.ID, round)
}

// DueDeadlines returns running deadlines of every workspace that are to be looked at by t.
func (r reader) DueDeadlines(ctx context.Context, t time.Time, most int) ([]advocacy.Deadline, error) {
	return r.deadlines(ctx, "d.state = 'running' AND d.next_time <= ? ORDER BY d.next_time"+limit(most), at(t))
}

// OldZones returns running deadlines of every workspace that were counted with other rules
// of the time zones.
func (r reader) OldZones(ctx context.Context, zoneData string, most int) ([]advocacy.Deadline, error) {
	lower, err := r.deadlines(ctx, "d.state = 'running' AND d.zone_data < ? ORDER BY d.zone_data"+limit(most), zoneData)
	if err != nil || len(lower) > 0 {
		return lower, err
	}
	return r.deadlines(ctx, "d.state = 'running' AND d.zone_data > ? ORDER BY d.zone_data"+limit(most), zoneData)
}

// AskedDeadlines returns running deadlines of turns that a person was asked for.
func (r reader) AskedDeadlines(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PersonID, most int) ([]advocacy.Deadline, error) {
	const of = "workspace_id, subject_kind, subject_id, round, requirement"
	return r.deadlines(ctx, "d.state = 'running' AND ("+of+") IN (SELECT "+of+" FROM deadline_persons"+
		" WHERE workspace_id = ? AND person_id = ? AND waiting)"+limit(most), string(w), string(p))
}

// CalendarInUse tells whether a deadline that is not over was counted in the calendar, or
// people, or one of them, share within its hours.
func (r reader) CalendarInUse(ctx context.Context, w advocacy.WorkspaceID, id advocacy.CalendarID) (bool, error) {
	var one int
	used := false
	query := "SELECT 1 FROM workspaces s WHERE s.workspace_id = ? AND (s.share_calendar = ? OR EXISTS (SELECT 1 FROM deadlines d" +
		" WHERE d.workspace_id = s.workspace_id AND d.calendar = ? AND d.state <> 'over')" +
		" OR EXISTS (SELECT 1 FROM members m WHERE m.workspace_id = s.workspace_id AND m.share_calendar = ?))"
	err := r.scan(ctx, []any{&one}, func() { used = true }, query, string(w), string(id), string(id), string(id))
	return used, aDeadline.failed(err)
}

// CalendarHours returns one revision of a calendar, which may be deleted since.
func (r reader) CalendarHours(ctx context.Context, w advocacy.WorkspaceID, id advocacy.CalendarID, revision int) (advocacy.Hours, error) {
	row, err := one(ctx, r.conn, calendarRevisions, unlocked, "workspace_id = ? AND calendar = ? AND revision = ?", string(w), string(id), revision)
	return row.Hours.of, aCalendar.failed(err)
}

// Loads returns for each of the persons the working time he or she was asked for and that
// still waits.
func (r reader) Loads(ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.PersonID) (map[advocacy.PersonID]time.Duration, error) {
	loads := make(map[advocacy.PersonID]time.Duration, len(ids))
	if len(ids) == 0 {
		return loads, nil
	}
	var person string
	var sum int64
	query := "SELECT person_id, sum(weight) FROM deadline_persons WHERE workspace_id = ? AND waiting AND person_id IN " +
		in(len(ids)) + " GROUP BY person_id"
	if r.dialect == postgresDialect {
		query = strings.Replace(query, "sum(weight)", "sum(weight)::bigint", 1)
	}
	each := func() { loads[advocacy.PersonID(person)] = time.Duration(sum) }
	err := r.scan(ctx, []any{&person, &sum}, each, query, anys([]any{string(w)}, ids)...)
	return loads, aDeadline.failed(err)
}

// Away returns those of the persons who are away at t.
func (r reader) Away(ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.PersonID, t time.Time) ([]advocacy.PersonID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var person string
	var away []advocacy.PersonID
	query := "SELECT person_id FROM absences WHERE workspace_id = ? AND person_id IN " + in(len(ids)) +
		" AND start_time <= ? AND end_time > ?"
	each := func() { away = append(away, advocacy.PersonID(person)) }
	args := append(anys([]any{string(w)}, ids), sorted(t), sorted(t))
	err := r.scan(ctx, []any{&person}, each, query, args...)
	return away, anAbsence.failed(err)
}

var putDeadlines = " ON CONFLICT (workspace_id, subject_kind, subject_id, round, requirement) DO UPDATE SET " +
	excludedSets(deadlines.columns[5:])

// excludedSets sets columns to what would have been inserted.
func excludedSets(columns []string) string {
	var sets []string
	for _, column := range columns {
		sets = append(sets, column+" = excluded."+column)
	}
	return strings.Join(sets, ", ")
}

// putDeadlines writes of deadlines that are held what they say otherwise, and the others whole. On
// PostgreSQL a trip costs more than what is written for nothing.
func (t *tx) putDeadlines(ctx context.Context, rows []deadlineRow) error {
	unknown := rows
	if t.dialect != postgresDialect {
		unknown = nil
		for i := range rows {
			d, err := changingDeadlines.differ(t, rows[i])
			switch {
			case err != nil:
				return t.wrote(aDeadline, err)
			case !d.held:
				unknown = append(unknown, rows[i])
				continue
			case len(d.columns) == 0:
				continue
			}
			query := "UPDATE deadlines SET " + d.assigned("") + " WHERE " + ofSubject + " AND round = ? AND requirement = ?"
			r := &rows[i]
			if err := t.change(ctx, aDeadline, query, append(d.values, r.WorkspaceID, r.SubjectKind, r.SubjectID, r.Round, r.Requirement)...); err != nil {
				return err
			}
			d.saved(t)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	_, err := t.exec(ctx, deadlines.insert(len(unknown))+putDeadlines, deadlines.values(unknown...)...)
	return t.wrote(aDeadline, err)
}

// PutDeadlines inserts deadlines or updates them by (subject, round, requirement). Who was
// asked stays asked.
func (t *tx) PutDeadlines(ctx context.Context, all ...advocacy.Deadline) error {
	if len(all) == 0 {
		return nil
	}
	rows := make([]deadlineRow, len(all))
	var asked []deadlinePersonRow
	for i := range all {
		d := &all[i]
		rows[i] = newDeadlineRow(d)
		for _, p := range d.Asked {
			asked = append(asked, deadlinePersonRow{
				WorkspaceID: rows[i].WorkspaceID, SubjectKind: rows[i].SubjectKind, SubjectID: rows[i].SubjectID, Round: d.Round,
				Requirement: d.Requirement, PersonID: string(p), Weight: int64(d.Business), Waiting: d.State == advocacy.DeadlineRunning,
			})
		}
	}
	slices.SortFunc(rows, func(a, b deadlineRow) int { return strings.Compare(a.Requirement, b.Requirement) })
	if err := t.putDeadlines(ctx, rows); err != nil {
		return err
	}
	if len(asked) == 0 {
		return nil
	}
	query := deadlinePersons.insert(len(asked)) + " ON CONFLICT (workspace_id, subject_kind, subject_id, round, requirement, person_id)" +
		" DO UPDATE SET " + excludedSets(deadlinePersons.columns[6:])
	_, err := t.exec(ctx, query, deadlinePersons.values(asked...)...)
	return t.wrote(aDeadline, err)
}
