package store

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type handleRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	ID          string `gorm:"column:id"`
	Network     string `gorm:"column:network"`
	Handle      string `gorm:"column:handle"`
	// HandleKey is by what one handle is told from another.
	HandleKey  string  `gorm:"column:handle_key"`
	Address    string  `gorm:"column:address"`
	Kind       string  `gorm:"column:kind"`
	Status     string  `gorm:"column:status"`
	Holder     ref     `gorm:"column:holder"`
	Evidence   string  `gorm:"column:evidence"`
	Version    int64   `gorm:"column:version"`
	CreateTime instant `gorm:"column:create_time"`
	UpdateTime instant `gorm:"column:update_time"`
}

func (handleRow) TableName() string { return "registered_handles" }

var handles = tableOf[handleRow]()

func newHandleRow(h *advocacy.RegisteredHandle) handleRow {
	return handleRow{
		WorkspaceID: string(h.Workspace),
		ID:          string(h.ID),
		Network:     string(h.Network),
		Handle:      h.Handle,
		HandleKey:   advocacy.HandleKey(h.Handle),
		Address:     h.Address,
		Kind:        string(h.Kind),
		Status:      string(h.Status),
		Holder:      ref(h.Holder),
		Evidence:    h.Evidence,
		Version:     h.Version,
		CreateTime:  at(h.CreateTime),
		UpdateTime:  at(h.UpdateTime),
	}
}

func (r *handleRow) handle() advocacy.RegisteredHandle {
	return advocacy.RegisteredHandle{
		Workspace:  advocacy.WorkspaceID(r.WorkspaceID),
		ID:         advocacy.HandleID(r.ID),
		Network:    advocacy.Network(r.Network),
		Handle:     r.Handle,
		Address:    r.Address,
		Kind:       advocacy.HandleKind(r.Kind),
		Status:     advocacy.HandleStatus(r.Status),
		Holder:     advocacy.PersonID(r.Holder),
		Evidence:   r.Evidence,
		Version:    r.Version,
		CreateTime: r.CreateTime.time,
		UpdateTime: r.UpdateTime.time,
	}
}

// Handle returns a registered handle.
func (r reader) Handle(ctx context.Context, w advocacy.WorkspaceID, id advocacy.HandleID) (*advocacy.RegisteredHandle, error) {
	return r.handle(ctx, w, id, unlocked)
}

// HandleForUpdate locks the handle until commit.
func (t *tx) HandleForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.HandleID) (*advocacy.RegisteredHandle, error) {
	return t.handle(ctx, w, id, toChange)
}

func (r reader) handle(
	ctx context.Context, w advocacy.WorkspaceID, id advocacy.HandleID, l lock,
) (*advocacy.RegisteredHandle, error) {
	row, err := one(ctx, r.conn, handles, l, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, aHandle.failed(err)
	}
	found := row.handle()
	return &found, nil
}

// Handles lists registered handles by id.
func (r reader) Handles(ctx context.Context, q workflow.HandleQuery) ([]advocacy.RegisteredHandle, string, error) {
	l := listing[handleRow]{
		table: handles,
		order: []string{"id"},
		after: after(q.After),
		key:   func(r *handleRow) string { return r.ID },
	}
	l.and("workspace_id = ?", string(q.Workspace))
	andIf(&l, "network", q.Network)
	andIf(&l, "kind", q.Kind)
	return page(ctx, r.conn, l, q.Page, (*handleRow).handle)
}

// FindHandle returns what is registered as a network's handle, however it is written, or nil.
func (r reader) FindHandle(
	ctx context.Context, w advocacy.WorkspaceID, n advocacy.Network, handle string,
) (*advocacy.RegisteredHandle, error) {
	query := "SELECT " + handles.list + " FROM registered_handles WHERE workspace_id = ? AND network = ? AND handle_key = ?"
	found, err := every(ctx, r.conn, handles, (*handleRow).handle, query, string(w), string(n), advocacy.HandleKey(handle))
	if err != nil || len(found) == 0 {
		return nil, failed(err)
	}
	return &found[0], nil
}

// Impostors returns the impostors that are not gone.
func (r reader) Impostors(ctx context.Context, w advocacy.WorkspaceID) ([]advocacy.RegisteredHandle, error) {
	query := "SELECT " + handles.list + " FROM registered_handles WHERE workspace_id = ? AND kind = ? AND status <> ?" +
		" ORDER BY id DESC" + limit(workflow.MostImpostors)
	found, err := every(ctx, r.conn, handles, (*handleRow).handle, query, string(w), string(advocacy.HandleImpostor), string(advocacy.HandleGone))
	return found, failed(err)
}

// AddHandle inserts a handle at version 1.
func (t *tx) AddHandle(ctx context.Context, h *advocacy.RegisteredHandle) error {
	h.Version = 1
	if err := insert(ctx, t, aHandle, handles, newHandleRow(h)); err != nil {
		return err
	}
	return t.raiseHandles(ctx, h.Workspace)
}

// raiseHandles tells who keeps the register ready that it changed.
func (t *tx) raiseHandles(ctx context.Context, w advocacy.WorkspaceID) error {
	return t.change(ctx, aWorkspace, "UPDATE workspaces SET handle_changes = handle_changes + 1 WHERE workspace_id = ?", string(w))
}

// SaveHandle writes what may change of a handle and raises Version; Conflict when it moved.
func (t *tx) SaveHandle(ctx context.Context, h *advocacy.RegisteredHandle) error {
	row := newHandleRow(h)
	query := "UPDATE registered_handles SET address = ?, kind = ?, status = ?, holder = ?, evidence = ?, update_time = ?," +
		" version = version + 1 WHERE workspace_id = ? AND id = ? AND version = ?"
	err := t.change(ctx, aHandle, query, row.Address, row.Kind, row.Status, row.Holder, row.Evidence, row.UpdateTime,
		row.WorkspaceID, row.ID, row.Version)
	if err != nil {
		return err
	}
	h.Version++
	return t.raiseHandles(ctx, h.Workspace)
}
