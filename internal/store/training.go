package store

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type trainingRow struct {
	WorkspaceID string                        `gorm:"column:workspace_id"`
	ID          string                        `gorm:"column:id"`
	Titles      doc[[]advocacy.TrainingTitle] `gorm:"column:titles"`
	ValidDays   int                           `gorm:"column:valid_days"`
	Version     int64                         `gorm:"column:version"`
	CreateTime  instant                       `gorm:"column:create_time"`
	UpdateTime  instant                       `gorm:"column:update_time"`
	Course      int                           `gorm:"column:course"`
}

func (trainingRow) TableName() string { return "training_modules" }

var trainings = tableOf[trainingRow]()

func newTrainingRow(m *advocacy.TrainingModule) trainingRow {
	return trainingRow{
		WorkspaceID: string(m.Workspace),
		ID:          string(m.ID),
		Titles:      doc[[]advocacy.TrainingTitle]{append([]advocacy.TrainingTitle{}, m.Titles...)},
		ValidDays:   m.ValidDays,
		Version:     m.Version,
		CreateTime:  at(m.CreateTime),
		UpdateTime:  at(m.UpdateTime),
		Course:      m.Course,
	}
}

func (r *trainingRow) module() advocacy.TrainingModule {
	return advocacy.TrainingModule{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		ID:         advocacy.TrainingID(r.ID),
		Titles:     r.Titles.of,
		ValidDays:  r.ValidDays,
		Course:     r.Course,
		Version:    r.Version,
		CreateTime: r.CreateTime.time,
		UpdateTime: r.UpdateTime.time,
	}
}

type trainingRecordRow struct {
	WorkspaceID  string  `gorm:"column:workspace_id"`
	ID           string  `gorm:"column:id"`
	Module       string  `gorm:"column:module"`
	PersonID     string  `gorm:"column:person_id"`
	CompleteTime moment  `gorm:"column:complete_time"`
	ExpireTime   instant `gorm:"column:expire_time"`
	Recorder     string  `gorm:"column:recorder"`
	KeyID        string  `gorm:"column:key_id"`
	CreateTime   moment  `gorm:"column:create_time"`
}

func (trainingRecordRow) TableName() string { return "training_records" }

var trainingRecords = tableOf[trainingRecordRow]()

func newTrainingRecordRow(r *advocacy.TrainingRecord) trainingRecordRow {
	return trainingRecordRow{
		WorkspaceID:  string(r.Workspace),
		ID:           string(r.ID),
		Module:       string(r.Module),
		PersonID:     string(r.Person),
		CompleteTime: sorted(r.CompleteTime),
		ExpireTime:   at(r.ExpireTime),
		Recorder:     string(r.Recorder),
		KeyID:        string(r.Key),
		CreateTime:   sorted(r.CreateTime),
	}
}

// record is the record with the revocation that stands beside it, if one does.
func (r *trainingRecordRow) record(v *revocation) advocacy.TrainingRecord {
	return advocacy.TrainingRecord{
		Workspace:    advocacy.WorkspaceID(r.WorkspaceID),
		ID:           advocacy.TrainingRecordID(r.ID),
		Module:       advocacy.TrainingID(r.Module),
		Person:       advocacy.PersonID(r.PersonID),
		CompleteTime: r.CompleteTime.time,
		ExpireTime:   r.ExpireTime.time,
		Recorder:     advocacy.PersonID(r.Recorder),
		Key:          advocacy.KeyID(r.KeyID),
		CreateTime:   r.CreateTime.time,
		Revocation:   v.revocation(),
	}
}

type trainingRevocationRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	RecordID    string `gorm:"column:record_id"`
	Revoker     string `gorm:"column:revoker"`
	KeyID       string `gorm:"column:key_id"`
	Reason      string `gorm:"column:reason"`
	CreateTime  moment `gorm:"column:create_time"`
}

func (trainingRevocationRow) TableName() string { return "training_revocations" }

var trainingRevocations = tableOf[trainingRevocationRow]()

// revocation is what is read of a revocation, all NULL without one.
type revocation struct {
	revoker, key, reason ref
	time                 instant
}

func (v *revocation) into() []any { return []any{&v.revoker, &v.key, &v.reason, &v.time} }

func (v *revocation) revocation() *advocacy.TrainingRevocation {
	if v.revoker == "" {
		return nil
	}
	return &advocacy.TrainingRevocation{
		Revoker: advocacy.PersonID(v.revoker), Key: advocacy.KeyID(v.key), Reason: string(v.reason), Time: v.time.time,
	}
}

// Records and the revocations beside them.
const (
	revocationColumns = ", v.revoker, v.key_id, v.reason, v.create_time"
	fromTrainings     = "training_records r LEFT JOIN training_revocations v ON v.workspace_id = r.workspace_id AND v.record_id = r.id"
)

// TrainingModule returns a training module.
func (r reader) TrainingModule(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TrainingID) (*advocacy.TrainingModule, error) {
	return r.trainingModule(ctx, unlocked, w, id)
}

// TrainingModuleForUpdate locks the module until commit.
func (t *tx) TrainingModuleForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TrainingID) (*advocacy.TrainingModule, error) {
	return t.trainingModule(ctx, toChange, w, id)
}

func (r reader) trainingModule(ctx context.Context, l lock, w advocacy.WorkspaceID, id advocacy.TrainingID) (*advocacy.TrainingModule, error) {
	row, err := one(ctx, r.conn, trainings, l, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, aTraining.failed(err)
	}
	found := row.module()
	return &found, nil
}

// TrainingModules lists training modules by id.
func (r reader) TrainingModules(ctx context.Context, w advocacy.WorkspaceID, p workflow.Page) ([]advocacy.TrainingModule, string, error) {
	l := listing[trainingRow]{
		table: trainings,
		order: []string{"id"},
		after: after(p.After),
		key:   func(r *trainingRow) string { return r.ID },
	}
	l.and("workspace_id = ?", string(w))
	return page(ctx, r.conn, l, p, (*trainingRow).module)
}

// TrainingRecord returns a training record with its revocation.
func (r reader) TrainingRecord(ctx context.Context, w advocacy.WorkspaceID, id advocacy.TrainingRecordID) (*advocacy.TrainingRecord, error) {
	found, err := r.trainingRecords(ctx, "r.workspace_id = ? AND r.id = ?", string(w), string(id))
	if err == nil && len(found) == 0 {
		err = aTrainingRecord.missing()
	}
	if err != nil {
		return nil, err
	}
	return &found[0], nil
}

// mostTrainings is how many of a person's records are looked at.
const mostTrainings = 200

// Trainings returns a person's latest records that have not expired at t, also those that
// were revoked.
func (r reader) Trainings(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PersonID, t time.Time) ([]advocacy.TrainingRecord, error) {
	where := "r.workspace_id = ? AND r.person_id = ? AND (r.expire_time IS NULL OR r.expire_time > ?) ORDER BY r.id DESC" + limit(mostTrainings)
	return r.trainingRecords(ctx, where, string(w), string(p), sorted(t))
}

func (r reader) trainingRecords(ctx context.Context, where string, args ...any) ([]advocacy.TrainingRecord, error) {
	var row trainingRecordRow
	var v revocation
	var found []advocacy.TrainingRecord
	query := "SELECT " + trainingRecords.of("r") + revocationColumns + " FROM " + fromTrainings + " WHERE " + where
	err := r.scan(ctx, append(trainingRecords.into(&row), v.into()...), func() { found = append(found, row.record(&v)) }, query, args...)
	return found, aTrainingRecord.failed(err)
}

// TrainingRecords lists training records by id, each with its revocation.
func (r reader) TrainingRecords(ctx context.Context, q workflow.TrainingQuery) ([]advocacy.TrainingRecord, string, error) {
	var v revocation
	l := listing[trainingRecordRow]{
		table:   trainingRecords,
		columns: trainingRecords.of("r") + revocationColumns,
		from:    fromTrainings,
		order:   []string{"r.id"},
		after:   after(q.After),
		extra:   v.into(),
		key:     func(r *trainingRecordRow) string { return r.ID },
	}
	l.and("r.workspace_id = ?", string(q.Workspace))
	andIf(&l, "r.person_id", q.Person)
	andIf(&l, "r.module", q.Module)
	return page(ctx, r.conn, l, q.Page, func(r *trainingRecordRow) advocacy.TrainingRecord { return r.record(&v) })
}

// AddTrainingModule inserts a training module at version 1.
func (t *tx) AddTrainingModule(ctx context.Context, m *advocacy.TrainingModule) error {
	m.Version = 1
	return insert(ctx, t, aTraining, trainings, newTrainingRow(m))
}

// SaveTrainingModule writes Titles, ValidDays, Course, UpdateTime and raises Version;
// Conflict when it moved.
func (t *tx) SaveTrainingModule(ctx context.Context, m *advocacy.TrainingModule) error {
	row := newTrainingRow(m)
	query := "UPDATE training_modules SET titles = ?, valid_days = ?, course = ?, update_time = ?, version = version + 1" +
		" WHERE workspace_id = ? AND id = ? AND version = ?"
	err := t.change(ctx, aTraining, query, row.Titles, row.ValidDays, row.Course, row.UpdateTime, row.WorkspaceID, row.ID, row.Version)
	if err != nil {
		return err
	}
	m.Version++
	return nil
}

// AddTrainingRecord inserts a training record.
func (t *tx) AddTrainingRecord(ctx context.Context, r *advocacy.TrainingRecord) error {
	return insert(ctx, t, aTrainingRecord, trainingRecords, newTrainingRecordRow(r))
}

// AddTrainingRevocation keeps the revocation of a record and tells whether it is the first;
// a later one leaves no trace.
func (t *tx) AddTrainingRevocation(ctx context.Context, r *advocacy.TrainingRecord) (bool, error) {
	query := trainingRevocations.insert(1) + " ON CONFLICT (workspace_id, record_id) DO NOTHING"
	n, err := t.exec(ctx, query, trainingRevocations.values(trainingRevocationRow{
		WorkspaceID: string(r.Workspace),
		RecordID:    string(r.ID),
		Revoker:     string(r.Revocation.Revoker),
		KeyID:       string(r.Revocation.Key),
		Reason:      r.Revocation.Reason,
		CreateTime:  sorted(r.Revocation.Time),
	})...)
	return n > 0, t.wrote(aTrainingRecord, err)
}
