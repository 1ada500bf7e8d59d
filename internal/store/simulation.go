package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type simulationRow struct {
	WorkspaceID  string                         `gorm:"column:workspace_id"`
	ID           string                         `gorm:"column:id"`
	Policy       string                         `gorm:"column:policy"`
	Revision     int                            `gorm:"column:revision"`
	BasePolicy   string                         `gorm:"column:base_policy"`
	BaseRevision int                            `gorm:"column:base_revision"`
	Days         int                            `gorm:"column:days"`
	Author       string                         `gorm:"column:author"`
	State        string                         `gorm:"column:state"`
	Progress     string                         `gorm:"column:progress"`
	Report       doc[workflow.SimulationReport] `gorm:"column:report"`
	Version      int64                          `gorm:"column:version"`
	CreateTime   moment                         `gorm:"column:create_time"`
	EndTime      instant                        `gorm:"column:end_time"`
}

func (simulationRow) TableName() string { return "policy_simulations" }

var simulations = tableOf[simulationRow]()

func newSimulationRow(m *workflow.PolicySimulation) *simulationRow {
	return &simulationRow{
		WorkspaceID:  string(m.Workspace),
		ID:           m.ID,
		Policy:       m.Policy.Policy,
		Revision:     m.Policy.Revision,
		BasePolicy:   m.Base.Policy,
		BaseRevision: m.Base.Revision,
		Days:         m.Days,
		Author:       string(m.Author),
		State:        string(m.State),
		Progress:     m.Progress,
		Report:       doc[workflow.SimulationReport]{m.Report},
		Version:      m.Version,
		CreateTime:   sorted(m.CreateTime),
		EndTime:      at(m.EndTime),
	}
}

func (r *simulationRow) simulation() workflow.PolicySimulation {
	return workflow.PolicySimulation{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		ID:         r.ID,
		Policy:     advocacy.PolicyRef{Policy: r.Policy, Revision: r.Revision},
		Base:       advocacy.PolicyRef{Policy: r.BasePolicy, Revision: r.BaseRevision},
		Days:       r.Days,
		Author:     advocacy.PersonID(r.Author),
		State:      workflow.SimulationState(r.State),
		Progress:   r.Progress,
		Report:     r.Report.of,
		Version:    r.Version,
		CreateTime: r.CreateTime.time,
		EndTime:    r.EndTime.time,
	}
}

// Simulation returns a simulation.
func (r reader) Simulation(ctx context.Context, w advocacy.WorkspaceID, id string) (*workflow.PolicySimulation, error) {
	row, err := one(ctx, r.conn, simulations, unlocked, "workspace_id = ? AND id = ?", string(w), id)
	if err != nil {
		return nil, aSimulation.failed(err)
	}
	found := row.simulation()
	return &found, nil
}

// Simulations lists those of a revision, newest first.
func (r reader) Simulations(
	ctx context.Context, w advocacy.WorkspaceID, of advocacy.PolicyRef, p workflow.Page,
) ([]workflow.PolicySimulation, string, error) {
	l := listing[simulationRow]{
		table: simulations, order: []string{"id"}, after: after(p.After),
		key: func(r *simulationRow) string { return r.ID },
	}
	l.and("workspace_id = ? AND policy = ? AND revision = ?", string(w), of.Policy, of.Revision)
	return page(ctx, r.conn, l, p, (*simulationRow).simulation)
}

// AddSimulation inserts a simulation at version 1.
func (t *tx) AddSimulation(ctx context.Context, m *workflow.PolicySimulation) error {
	m.Version = 1
	return t.create(ctx, aSimulation, newSimulationRow(m))
}

// SaveSimulation writes how far a simulation is and raises Version; Conflict when it moved.
func (t *tx) SaveSimulation(ctx context.Context, m *workflow.PolicySimulation) error {
	row := newSimulationRow(m)
	row.Version++
	columns := []string{"state", "progress", "report", "version", "end_time"}
	where := "workspace_id = ? AND id = ? AND version = ?"
	if err := t.save(ctx, aSimulation, row, columns, where, row.WorkspaceID, row.ID, m.Version); err != nil {
		return err
	}
	m.Version = row.Version
	return nil
}

type activationRow struct {
	WorkspaceID  string  `gorm:"column:workspace_id"`
	ID           string  `gorm:"column:id"`
	Policy       string  `gorm:"column:policy"`
	Revision     int     `gorm:"column:revision"`
	Simulation   string  `gorm:"column:simulation"`
	PersonID     string  `gorm:"column:person_id"`
	Acknowledged bool    `gorm:"column:acknowledged"`
	Cursor       string  `gorm:"column:cursor"`
	Done         int64   `gorm:"column:done"`
	Version      int64   `gorm:"column:version"`
	CreateTime   moment  `gorm:"column:create_time"`
	EndTime      instant `gorm:"column:end_time"`
	Failed       int64   `gorm:"column:failed"`
	Total        int64   `gorm:"column:total"`
}

func (activationRow) TableName() string { return "policy_activations" }

var activations = tableOf[activationRow]()

func newActivationRow(a *workflow.PolicyActivation) *activationRow {
	return &activationRow{
		WorkspaceID:  string(a.Workspace),
		ID:           a.ID,
		Policy:       a.Policy.Policy,
		Revision:     a.Policy.Revision,
		Simulation:   a.Simulation,
		PersonID:     string(a.Person),
		Acknowledged: a.Acknowledged,
		Cursor:       a.Cursor,
		Done:         a.Done,
		Failed:       a.Failed,
		Total:        a.Total,
		Version:      a.Version,
		CreateTime:   sorted(a.CreateTime),
		EndTime:      at(a.EndTime),
	}
}

func (r *activationRow) activation() *workflow.PolicyActivation {
	return &workflow.PolicyActivation{
		Workspace:    advocacy.WorkspaceID(r.WorkspaceID),
		ID:           r.ID,
		Policy:       advocacy.PolicyRef{Policy: r.Policy, Revision: r.Revision},
		Simulation:   r.Simulation,
		Person:       advocacy.PersonID(r.PersonID),
		Acknowledged: r.Acknowledged,
		Recomputing: workflow.Recomputing{
			Cursor:     r.Cursor,
			Done:       r.Done,
			Failed:     r.Failed,
			Total:      r.Total,
			Version:    r.Version,
			CreateTime: r.CreateTime.time,
			EndTime:    r.EndTime.time,
		},
	}
}

// Activation returns an activation.
func (r reader) Activation(ctx context.Context, w advocacy.WorkspaceID, id string) (*workflow.PolicyActivation, error) {
	row, err := one(ctx, r.conn, activations, unlocked, "workspace_id = ? AND id = ?", string(w), id)
	if err != nil {
		return nil, anActivation.failed(err)
	}
	return row.activation(), nil
}

// StillActivations returns those of every workspace that came at t at the latest and whose recomputing
// has not ended.
func (r reader) StillActivations(ctx context.Context, t time.Time, most int) ([]*workflow.PolicyActivation, error) {
	query := "SELECT " + activations.list + " FROM policy_activations WHERE end_time IS NULL AND create_time <= ? ORDER BY create_time, id" + limit(most)
	found, err := every(ctx, r.conn, activations, (*activationRow).activation, query, sorted(t))
	return found, failed(err)
}

// FindActivation returns the newest activation of a revision, or nil.
func (r reader) FindActivation(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PolicyRef) (*workflow.PolicyActivation, error) {
	row, err := one(ctx, r.conn, activations, unlocked,
		"workspace_id = ? AND policy = ? AND revision = ? ORDER BY id DESC"+limit(1), string(w), p.Policy, p.Revision)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, anActivation.failed(err)
	}
	return row.activation(), nil
}

// AddActivation inserts an activation at version 1.
func (t *tx) AddActivation(ctx context.Context, a *workflow.PolicyActivation) error {
	a.Version = 1
	return t.create(ctx, anActivation, newActivationRow(a))
}

// SaveActivation writes how far an activation is and raises Version; Conflict when it
// moved.
func (t *tx) SaveActivation(ctx context.Context, a *workflow.PolicyActivation) error {
	row := newActivationRow(a)
	row.Version++
	where := "workspace_id = ? AND id = ? AND version = ?"
	if err := t.save(ctx, anActivation, row, recomputingColumns, where, row.WorkspaceID, row.ID, a.Version); err != nil {
		return err
	}
	a.Version = row.Version
	return nil
}

// CountOpenedReviews counts the rounds that were opened since an instant.
func (r reader) CountOpenedReviews(ctx context.Context, w advocacy.WorkspaceID, since time.Time) (int64, error) {
	var n int64
	err := r.scan(ctx, []any{&n}, func() {}, "SELECT count(*) FROM reviews WHERE workspace_id = ? AND open_time >= ?", string(w), at(since))
	return n, failed(err)
}

// OpenedReviews lists the rounds that were opened since an instant, by that time.
func (r reader) OpenedReviews(ctx context.Context, w advocacy.WorkspaceID, since time.Time, p workflow.Page) ([]advocacy.Review, string, error) {
	l := listing[reviewRow]{
		table: reviews,
		order: []string{"open_time", "subject_kind", "subject_id", "round"},
		key: func(r *reviewRow) string {
			return timeKey(r.OpenTime.time, r.SubjectKind, r.SubjectID, strconv.Itoa(r.Round))
		},
	}
	l.and("workspace_id = ?", string(w))
	l.and("open_time >= ?", at(since))
	values, err := afterTime(p.After, 3)
	if err != nil {
		return nil, "", err
	}
	if values != nil {
		round, err := strconv.Atoi(p.After[strings.LastIndexByte(p.After, '|')+1:])
		if err != nil {
			return nil, "", badToken(p.After)
		}
		values[3] = round
	}
	l.after = values
	return page(ctx, r.conn, l, p, (*reviewRow).review)
}
