package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type disclosureRow struct {
	WorkspaceID string                         `gorm:"column:workspace_id"`
	Table       string                         `gorm:"column:disclosure_table"`
	Number      int                            `gorm:"column:number"`
	Rules       doc[[]advocacy.DisclosureRule] `gorm:"column:rules"`
	Digest      string                         `gorm:"column:digest"`
	Publisher   string                         `gorm:"column:publisher"`
	CreateTime  moment                         `gorm:"column:create_time"`
	Required    bool                           `gorm:"column:required"`
}

func (disclosureRow) TableName() string { return "disclosure_revisions" }

var disclosureTables = tableOf[disclosureRow]()

func newDisclosureRow(r *advocacy.DisclosureRevision) disclosureRow {
	return disclosureRow{
		WorkspaceID: string(r.Workspace),
		Table:       string(r.Table),
		Number:      r.Number,
		Rules:       doc[[]advocacy.DisclosureRule]{append([]advocacy.DisclosureRule{}, r.Rules...)},
		Digest:      string(r.Digest),
		Publisher:   string(r.Publisher),
		CreateTime:  sorted(r.CreateTime),
		Required:    r.Required,
	}
}

func (r *disclosureRow) revision() advocacy.DisclosureRevision {
	return advocacy.DisclosureRevision{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		Table:      advocacy.DisclosureTableID(r.Table),
		Number:     r.Number,
		Rules:      r.Rules.of,
		Digest:     advocacy.Digest(r.Digest),
		Publisher:  advocacy.PersonID(r.Publisher),
		CreateTime: r.CreateTime.time,
		Required:   r.Required,
	}
}

type disclosureRecheckRow struct {
	WorkspaceID string  `gorm:"column:workspace_id"`
	Table       string  `gorm:"column:disclosure_table"`
	Number      int     `gorm:"column:number"`
	Cursor      string  `gorm:"column:cursor"`
	Checked     int64   `gorm:"column:checked"`
	Retold      int64   `gorm:"column:retold"`
	Version     int64   `gorm:"column:version"`
	EndTime     instant `gorm:"column:end_time"`
}

func (disclosureRecheckRow) TableName() string { return "disclosure_rechecks" }

var disclosureRechecks = tableOf[disclosureRecheckRow]()

func newDisclosureRecheckRow(k *advocacy.DisclosureRecheck) disclosureRecheckRow {
	return disclosureRecheckRow{
		WorkspaceID: string(k.Workspace),
		Table:       string(k.Table),
		Number:      k.Number,
		Cursor:      k.Cursor,
		Checked:     k.Checked,
		Retold:      k.Retold,
		Version:     k.Version,
		EndTime:     at(k.EndTime),
	}
}

func (r *disclosureRecheckRow) recheck() *advocacy.DisclosureRecheck {
	return &advocacy.DisclosureRecheck{
		Workspace: advocacy.WorkspaceID(r.WorkspaceID),
		Table:     advocacy.DisclosureTableID(r.Table),
		Number:    r.Number,
		Cursor:    r.Cursor,
		Checked:   r.Checked,
		Retold:    r.Retold,
		Version:   r.Version,
		EndTime:   r.EndTime.time,
	}
}

const ofDisclosures = "workspace_id = ? AND disclosure_table = ?"

// DisclosureTable returns the revision in force.
func (r reader) DisclosureTable(ctx context.Context, w advocacy.WorkspaceID, table advocacy.DisclosureTableID) (*advocacy.DisclosureRevision, error) {
	return r.disclosures(ctx, ofDisclosures+" ORDER BY number DESC LIMIT 1", string(w), string(table))
}

// DisclosureRevision returns one revision of disclosure rules.
func (r reader) DisclosureRevision(
	ctx context.Context, w advocacy.WorkspaceID, table advocacy.DisclosureTableID, number int,
) (*advocacy.DisclosureRevision, error) {
	return r.disclosures(ctx, ofDisclosures+" AND number = ?", string(w), string(table), number)
}

func (r reader) disclosures(ctx context.Context, where string, args ...any) (*advocacy.DisclosureRevision, error) {
	row, err := one(ctx, r.conn, disclosureTables, unlocked, where, args...)
	if err != nil {
		return nil, aDisclosureTable.failed(err)
	}
	found := row.revision()
	return &found, nil
}

// DisclosureRevisions lists the revisions of disclosure rules by number.
func (r reader) DisclosureRevisions(
	ctx context.Context, w advocacy.WorkspaceID, table advocacy.DisclosureTableID, p workflow.Page,
) ([]advocacy.DisclosureRevision, string, error) {
	q := listing[disclosureRow]{
		table: disclosureTables,
		order: []string{"number"},
		key:   func(r *disclosureRow) string { return strconv.Itoa(r.Number) },
	}
	var err error
	if q.after, err = afterNumber(p.After); err != nil {
		return nil, "", err
	}
	q.and(ofDisclosures, string(w), string(table))
	return page(ctx, r.conn, q, p, (*disclosureRow).revision)
}

// AddDisclosureRevision inserts a revision, which is in force as the newest.
func (t *tx) AddDisclosureRevision(ctx context.Context, r *advocacy.DisclosureRevision) error {
	return insert(ctx, t, aDisclosureTable, disclosureTables, newDisclosureRow(r))
}

// FindDisclosureRecheck returns how far what is not sent yet was looked at by a revision, or
// nil.
func (r reader) FindDisclosureRecheck(
	ctx context.Context, w advocacy.WorkspaceID, table advocacy.DisclosureTableID, number int,
) (*advocacy.DisclosureRecheck, error) {
	row, err := one(ctx, r.conn, disclosureRechecks, unlocked, ofDisclosures+" AND number = ?", string(w), string(table), number)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, aDisclosureRecheck.failed(err)
	}
	return row.recheck(), nil
}

// AddDisclosureRecheck inserts a run at version 1.
func (t *tx) AddDisclosureRecheck(ctx context.Context, k *advocacy.DisclosureRecheck) error {
	k.Version = 1
	return insert(ctx, t, aDisclosureRecheck, disclosureRechecks, newDisclosureRecheckRow(k))
}

// SaveDisclosureRecheck writes the progress and raises Version; Conflict when it moved.
func (t *tx) SaveDisclosureRecheck(ctx context.Context, k *advocacy.DisclosureRecheck) error {
	row := newDisclosureRecheckRow(k)
	query := "UPDATE disclosure_rechecks SET cursor = ?, checked = ?, retold = ?, end_time = ?, version = version + 1" +
		" WHERE " + ofDisclosures + " AND number = ? AND version = ?"
	err := t.change(ctx, aDisclosureRecheck, query, row.Cursor, row.Checked, row.Retold, row.EndTime,
		row.WorkspaceID, row.Table, row.Number, row.Version)
	if err != nil {
		return err
	}
	k.Version++
	return nil
}
