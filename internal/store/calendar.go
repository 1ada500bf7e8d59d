package store

import (
	"context"
	"database/sql"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type calendarRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	ID          string  `gorm:"column:id"`
	DisplayName string  `gorm:"column:display_name"`
	Standard    bool    `gorm:"column:standard"`
	Revision    int     `gorm:"column:revision"`
	Version     int64   `gorm:"column:version"`
	CreateTime  instant `gorm:"column:create_time"`
	UpdateTime  instant `gorm:"column:update_time"`
}

func (calendarRow) TableName() string { return "calendars" }

var calendars = tableOf[calendarRow]()

type calendarRevisionRow struct {
	WorkspaceID string              `gorm:"column:workspace_id"`
	Calendar    string              `gorm:"column:calendar"`
	Revision    int                 `gorm:"column:revision"`
	Hours       doc[advocacy.Hours] `gorm:"column:hours"`
	CreateTime  instant             `gorm:"column:create_time"`
}

func (calendarRevisionRow) TableName() string { return "calendar_revisions" }

var calendarRevisions = tableOf[calendarRevisionRow]()

func newCalendarRow(c *advocacy.Calendar) *calendarRow {
	return &calendarRow{
		WorkspaceID: string(c.Workspace),
		ID:          string(c.ID),
		DisplayName: c.DisplayName,
		Standard:    c.Default,
		Revision:    c.Revision,
		Version:     c.Version,
		CreateTime:  at(c.CreateTime),
		UpdateTime:  at(c.UpdateTime),
	}
}

func (r *calendarRow) calendar(hours advocacy.Hours) advocacy.Calendar {
	return advocacy.Calendar{
		Workspace:   advocacy.WorkspaceID(r.WorkspaceID),
		ID:          advocacy.CalendarID(r.ID),
		DisplayName: r.DisplayName,
		Hours:       hours,
		Default:     r.Standard,
		Revision:    r.Revision,
		Version:     r.Version,
		CreateTime:  r.CreateTime.time,
		UpdateTime:  r.UpdateTime.time,
	}
}

// calendarsWithHours joins each calendar with its hours now.
const calendarsWithHours = "calendars c JOIN calendar_revisions r ON r.workspace_id = c.workspace_id" +
	" AND r.calendar = c.id AND r.revision = c.revision"

// Calendar returns a calendar with its hours now.
func (r reader) Calendar(ctx context.Context, w advocacy.WorkspaceID, id advocacy.CalendarID) (*advocacy.Calendar, error) {
	return r.calendar(ctx, "c.id = ?", string(w), string(id))
}

// DefaultCalendar returns the calendar of whatever names none.
func (r reader) DefaultCalendar(ctx context.Context, w advocacy.WorkspaceID) (*advocacy.Calendar, error) {
	return r.calendar(ctx, "c.standard", string(w))
}

// calendar reads the calendar of a workspace that a condition selects.
func (r reader) calendar(ctx context.Context, where string, args ...any) (*advocacy.Calendar, error) {
	var row calendarRow
	var hours doc[advocacy.Hours]
	var found *advocacy.Calendar
	query := "SELECT " + calendars.of("c") + ", r.hours FROM " + calendarsWithHours + " WHERE c.workspace_id = ? AND " + where
	each := func() { c := row.calendar(hours.of); found = &c }
	err := r.scan(ctx, append(calendars.into(&row), &hours), each, query, args...)
	if err == nil && found == nil {
		err = sql.ErrNoRows
	}
	return found, aCalendar.failed(err)
}

// Calendars lists calendars by id.
func (r reader) Calendars(ctx context.Context, w advocacy.WorkspaceID, p workflow.Page) ([]advocacy.Calendar, string, error) {
	var hours doc[advocacy.Hours]
	l := listing[calendarRow]{
		table:   calendars,
		columns: calendars.of("c") + ", r.hours",
		from:    calendarsWithHours,
		order:   []string{"c.id"},
		after:   after(p.After),
		extra:   []any{&hours},
		key:     func(r *calendarRow) string { return r.ID },
	}
	l.and("c.workspace_id = ?", string(w))
	return page(ctx, r.conn, l, p, func(r *calendarRow) advocacy.Calendar { return r.calendar(hours.of) })
}

// CalendarForUpdate locks the calendar until commit.
func (t *tx) CalendarForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.CalendarID) (*advocacy.Calendar, error) {
	if _, err := one(ctx, t.conn, calendars, toChange, "workspace_id = ? AND id = ?", string(w), string(id)); err != nil {
		return nil, aCalendar.failed(err)
	}
	return t.Calendar(ctx, w, id)
}

// AddCalendar inserts a calendar at version 1. Its first revision follows those of a
// deleted one of the same name.
func (t *tx) AddCalendar(ctx context.Context, c *advocacy.Calendar) error {
	var last int
	query := "SELECT COALESCE(max(revision), 0) FROM calendar_revisions WHERE workspace_id = ? AND calendar = ?"
	if err := t.scan(ctx, []any{&last}, func() {}, query, string(c.Workspace), string(c.ID)); err != nil {
		return aCalendar.failed(err)
	}
	c.Version, c.Revision = 1, last+1
	if err := t.addHours(ctx, c); err != nil {
		return err
	}
	return t.create(ctx, aCalendar, newCalendarRow(c))
}

// SaveCalendar writes the calendar and raises Version; Conflict when it moved. Other
// hours than before are a new Revision.
func (t *tx) SaveCalendar(ctx context.Context, c *advocacy.Calendar) error {
	was, err := t.Calendar(ctx, c.Workspace, c.ID)
	if err != nil {
		return err
	}
	next := *c
	next.Version, next.Revision = c.Version+1, was.Revision
	if !was.Hours.Equal(c.Hours) {
		next.Revision++
		if err := t.addHours(ctx, &next); err != nil {
			return err
		}
	}
	row := newCalendarRow(&next)
	columns := []string{"display_name", "standard", "revision", "version", "update_time"}
	where := "workspace_id = ? AND id = ? AND version = ?"
	if err := t.save(ctx, aCalendar, row, columns, where, row.WorkspaceID, row.ID, c.Version); err != nil {
		return err
	}
	*c = next
	return nil
}

func (t *tx) addHours(ctx context.Context, c *advocacy.Calendar) error {
	return insert(ctx, t, aCalendar, calendarRevisions, calendarRevisionRow{
		WorkspaceID: string(c.Workspace), Calendar: string(c.ID), Revision: c.Revision,
		Hours: doc[advocacy.Hours]{c.Hours}, CreateTime: at(t.now),
	})
}

// DeleteCalendar removes the calendar, but not its revisions.
func (t *tx) DeleteCalendar(ctx context.Context, c *advocacy.Calendar) error {
	query := "DELETE FROM calendars WHERE workspace_id = ? AND id = ? AND version = ?"
	return t.change(ctx, aCalendar, query, string(c.Workspace), string(c.ID), c.Version)
}
