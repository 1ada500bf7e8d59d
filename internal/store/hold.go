package store

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type holdRow struct {
	WorkspaceID   string  `gorm:"column:workspace_id"`
	ID            string  `gorm:"column:id"`
	Scope         string  `gorm:"column:scope"`
	Target        string  `gorm:"column:target"`
	Reason        string  `gorm:"column:reason"`
	Holder        string  `gorm:"column:holder"`
	KeyID         string  `gorm:"column:key_id"`
	CreateTime    instant `gorm:"column:create_time"`
	ReleaseTime   instant `gorm:"column:release_time"`
	Releaser      string  `gorm:"column:releaser"`
	ReleaseReason string  `gorm:"column:release_reason"`
	Version       int64   `gorm:"column:version"`
}

func (holdRow) TableName() string { return "holds" }

var holds = tableOf[holdRow]()

func newHoldRow(h *advocacy.Hold) *holdRow {
	return &holdRow{
		WorkspaceID:   string(h.Workspace),
		ID:            string(h.ID),
		Scope:         string(h.Scope),
		Target:        h.Target,
		Reason:        h.Reason,
		Holder:        string(h.Holder),
		KeyID:         string(h.Key),
		CreateTime:    at(h.CreateTime),
		ReleaseTime:   at(h.ReleaseTime),
		Releaser:      string(h.Releaser),
		ReleaseReason: h.ReleaseReason,
		Version:       h.Version,
	}
}

func (r *holdRow) hold() advocacy.Hold {
	return advocacy.Hold{
		Workspace:     advocacy.WorkspaceID(r.WorkspaceID),
		ID:            advocacy.HoldID(r.ID),
		Scope:         advocacy.HoldScope(r.Scope),
		Target:        r.Target,
		Reason:        r.Reason,
		Holder:        advocacy.PersonID(r.Holder),
		Key:           advocacy.KeyID(r.KeyID),
		CreateTime:    r.CreateTime.time,
		ReleaseTime:   r.ReleaseTime.time,
		Releaser:      advocacy.PersonID(r.Releaser),
		ReleaseReason: r.ReleaseReason,
		Version:       r.Version,
	}
}

// Hold returns a hold.
func (r reader) Hold(ctx context.Context, w advocacy.WorkspaceID, id advocacy.HoldID) (*advocacy.Hold, error) {
	row, err := one(ctx, r.conn, holds, unlocked, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, aHold.failed(err)
	}
	found := row.hold()
	return &found, nil
}

// Holds lists holds by id.
func (r reader) Holds(ctx context.Context, q workflow.HoldQuery) ([]advocacy.Hold, string, error) {
	l := listing[holdRow]{
		table: holds,
		order: []string{"id"},
		after: after(q.After),
		key:   func(r *holdRow) string { return r.ID },
	}
	l.and("workspace_id = ?", string(q.Workspace))
	if q.Active {
		l.and("release_time IS NULL")
	}
	andIf(&l, "scope", q.Scope)
	return page(ctx, r.conn, l, q.Page, (*holdRow).hold)
}

// HoldsSince returns the active holds of the workspace, and then those that were lifted after an
// instant.
func (r reader) HoldsSince(ctx context.Context, w advocacy.WorkspaceID, since time.Time) ([]advocacy.Hold, error) {
	query := "SELECT * FROM (SELECT " + holds.list + " FROM holds WHERE workspace_id = ? AND release_time IS NULL ORDER BY id) AS active" +
		" UNION ALL SELECT * FROM (SELECT " + holds.list + " FROM holds WHERE workspace_id = ? AND release_time > ?" +
		" ORDER BY release_time, id) AS lifted"
	found, err := every(ctx, r.conn, holds, (*holdRow).hold, query, string(w), string(w), sorted(since))
	return found, failed(err)
}

// HoldsSinceForShare is HoldsSince and holds the set against change until commit: a hold being
// made waits for the gate, or the gate for it.
func (t *tx) HoldsSinceForShare(ctx context.Context, w advocacy.WorkspaceID, since time.Time) ([]advocacy.Hold, error) {
	if err := t.lockHolds(ctx, "pg_advisory_xact_lock_shared", w); err != nil {
		return nil, err
	}
	return t.HoldsSince(ctx, w, since)
}

// AddHold inserts a hold at version 1, excluding every gate that has not committed.
func (t *tx) AddHold(ctx context.Context, h *advocacy.Hold) error {
	if err := t.lockHolds(ctx, "pg_advisory_xact_lock", h.Workspace); err != nil {
		return err
	}
	h.Version = 1
	return t.create(ctx, aHold, newHoldRow(h))
}

// SaveHold writes the release of a hold and raises Version; Conflict when it moved.
func (t *tx) SaveHold(ctx context.Context, h *advocacy.Hold) error {
	if err := t.lockHolds(ctx, "pg_advisory_xact_lock", h.Workspace); err != nil {
		return err
	}
	row := newHoldRow(h)
	row.Version++
	columns := []string{"reason", "release_time", "releaser", "release_reason", "version"}
	where := "workspace_id = ? AND id = ? AND version = ?"
	if err := t.save(ctx, aHold, row, columns, where, row.WorkspaceID, row.ID, h.Version); err != nil {
		return err
	}
	h.Version = row.Version
	return nil
}

// lockHolds locks a workspace's set of holds, which no row lock can: a new hold is no
// row yet. It is a statement of its own, so that the next one sees what was committed
// while this one waited. SQLite's only writer has the set to itself.
func (t *tx) lockHolds(ctx context.Context, function string, w advocacy.WorkspaceID) error {
	if t.dialect != postgresDialect {
		return nil
	}
	_, err := t.exec(ctx, "SELECT "+function+"(hashtextextended('holds ' || ?, 0))", string(w))
	return t.wrote(aHold, err)
}
