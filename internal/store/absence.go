package store

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type absenceRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	ID          string  `gorm:"column:id"`
	PersonID    string  `gorm:"column:person_id"`
	StartTime   moment  `gorm:"column:start_time"`
	EndTime     moment  `gorm:"column:end_time"`
	Zone        string  `gorm:"column:zone"`
	Note        string  `gorm:"column:note"`
	Version     int64   `gorm:"column:version"`
	CreateTime  instant `gorm:"column:create_time"`
}

func (absenceRow) TableName() string { return "absences" }

var absences = tableOf[absenceRow]()

func newAbsenceRow(a *advocacy.Absence) absenceRow {
	return absenceRow{
		WorkspaceID: string(a.Workspace),
		ID:          string(a.ID),
		PersonID:    string(a.Person),
		StartTime:   sorted(a.Start),
		EndTime:     sorted(a.End),
		Zone:        a.Zone,
		Note:        a.Note,
		Version:     a.Version,
		CreateTime:  at(a.CreateTime),
	}
}

func (r *absenceRow) absence() advocacy.Absence {
	return advocacy.Absence{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		ID:         advocacy.AbsenceID(r.ID),
		Person:     advocacy.PersonID(r.PersonID),
		Start:      r.StartTime.time,
		End:        r.EndTime.time,
		Zone:       r.Zone,
		Note:       r.Note,
		Version:    r.Version,
		CreateTime: r.CreateTime.time,
	}
}

// Absence returns an absence.
func (r reader) Absence(ctx context.Context, w advocacy.WorkspaceID, id advocacy.AbsenceID) (*advocacy.Absence, error) {
	row, err := one(ctx, r.conn, absences, unlocked, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, anAbsence.failed(err)
	}
	found := row.absence()
	return &found, nil
}

// Absences lists a person's absences by id, everybody's when person is empty.
func (r reader) Absences(
	ctx context.Context, w advocacy.WorkspaceID, person advocacy.PersonID, p workflow.Page,
) ([]advocacy.Absence, string, error) {
	l := listing[absenceRow]{
		table: absences,
		order: []string{"id"},
		after: after(p.After),
		key:   func(r *absenceRow) string { return r.ID },
	}
	l.and("workspace_id = ?", string(w))
	andIf(&l, "person_id", person)
	return page(ctx, r.conn, l, p, (*absenceRow).absence)
}

// AddAbsence inserts an absence at version 1.
func (t *tx) AddAbsence(ctx context.Context, a *advocacy.Absence) error {
	a.Version = 1
	return insert(ctx, t, anAbsence, absences, newAbsenceRow(a))
}

// DeleteAbsence removes the absence; Conflict when it changed or is gone.
func (t *tx) DeleteAbsence(ctx context.Context, a *advocacy.Absence) error {
	query := "DELETE FROM absences WHERE workspace_id = ? AND id = ? AND version = ?"
	return t.change(ctx, anAbsence, query, string(a.Workspace), string(a.ID), a.Version)
}
