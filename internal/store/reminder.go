package store

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type reminderRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	ID          string `gorm:"column:id"`
	PersonID    string `gorm:"column:person_id"`
	Code        string `gorm:"column:code"`
	Subject     string `gorm:"column:subject"`
	Dedup       string `gorm:"column:dedup"`
	DueTime     moment `gorm:"column:due_time"`
	CreateTime  moment `gorm:"column:create_time"`
}

func (reminderRow) TableName() string { return "reminders" }

var reminders = tableOf[reminderRow]()

func newReminderRow(m *advocacy.Reminder) reminderRow {
	return reminderRow{
		WorkspaceID: string(m.Workspace),
		ID:          string(m.ID),
		PersonID:    string(m.Person),
		Code:        string(m.Code),
		Subject:     m.Subject,
		Dedup:       m.Dedup,
		DueTime:     sorted(m.DueTime),
		CreateTime:  sorted(m.CreateTime),
	}
}

func (r *reminderRow) reminder() advocacy.Reminder {
	return advocacy.Reminder{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		ID:         advocacy.ReminderID(r.ID),
		Person:     advocacy.PersonID(r.PersonID),
		Code:       advocacy.ReminderCode(r.Code),
		Subject:    r.Subject,
		Dedup:      r.Dedup,
		DueTime:    r.DueTime.time,
		CreateTime: r.CreateTime.time,
	}
}

// Reminders lists what a person is to be told, by id.
func (r reader) Reminders(
	ctx context.Context, w advocacy.WorkspaceID, person advocacy.PersonID, p workflow.Page,
) ([]advocacy.Reminder, string, error) {
	l := listing[reminderRow]{
		table: reminders,
		order: []string{"id"},
		after: after(p.After),
		key:   func(r *reminderRow) string { return r.ID },
	}
	l.and("workspace_id = ? AND person_id = ?", string(w), string(person))
	return page(ctx, r.conn, l, p, (*reminderRow).reminder)
}

// AddReminders keeps reminders; one that says what another said is left out.
func (t *tx) AddReminders(ctx context.Context, all ...advocacy.Reminder) error {
	if len(all) == 0 {
		return nil
	}
	rows := make([]reminderRow, len(all))
	for i := range all {
		rows[i] = newReminderRow(&all[i])
	}
	query := reminders.insert(len(rows)) + " ON CONFLICT (workspace_id, person_id, dedup) DO NOTHING"
	_, err := t.exec(ctx, query, reminders.values(rows...)...)
	return t.wrote(aReminder, err)
}
