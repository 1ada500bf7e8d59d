package store

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type delegationRow struct {
	WorkspaceID  string  `gorm:"column:workspace_id"`
	ID           string  `gorm:"column:id"`
	Delegator    string  `gorm:"column:delegator"`
	Delegate     string  `gorm:"column:delegate"`
	Role         string  `gorm:"column:role"`
	StartTime    moment  `gorm:"column:start_time"`
	EndTime      moment  `gorm:"column:end_time"`
	Zone         string  `gorm:"column:zone"`
	Reason       string  `gorm:"column:reason"`
	Creator      string  `gorm:"column:creator"`
	CreateTime   moment  `gorm:"column:create_time"`
	RevokeTime   instant `gorm:"column:revoke_time"`
	Revoker      string  `gorm:"column:revoker"`
	RevokeReason string  `gorm:"column:revoke_reason"`
	Version      int64   `gorm:"column:version"`
}

func (delegationRow) TableName() string { return "delegations" }

var delegations = tableOf[delegationRow]()

func newDelegationRow(g *advocacy.Delegation) *delegationRow {
	return &delegationRow{
		WorkspaceID:  string(g.Workspace),
		ID:           string(g.ID),
		Delegator:    string(g.Delegator),
		Delegate:     string(g.Delegate),
		Role:         string(g.Role),
		StartTime:    sorted(g.Start),
		EndTime:      sorted(g.End),
		Zone:         g.Zone,
		Reason:       g.Reason,
		Creator:      string(g.Creator),
		CreateTime:   sorted(g.CreateTime),
		RevokeTime:   at(g.RevokeTime),
		Revoker:      string(g.Revoker),
		RevokeReason: g.RevokeReason,
		Version:      g.Version,
	}
}

func (r *delegationRow) delegation() advocacy.Delegation {
	return advocacy.Delegation{
		Workspace:    advocacy.WorkspaceID(r.WorkspaceID),
		ID:           advocacy.DelegationID(r.ID),
		Delegator:    advocacy.PersonID(r.Delegator),
		Delegate:     advocacy.PersonID(r.Delegate),
		Role:         advocacy.Role(r.Role),
		Start:        r.StartTime.time,
		End:          r.EndTime.time,
		Zone:         r.Zone,
		Reason:       r.Reason,
		Creator:      advocacy.PersonID(r.Creator),
		CreateTime:   r.CreateTime.time,
		RevokeTime:   r.RevokeTime.time,
		Revoker:      advocacy.PersonID(r.Revoker),
		RevokeReason: r.RevokeReason,
		Version:      r.Version,
	}
}

// Delegation returns a delegation.
func (r reader) Delegation(ctx context.Context, w advocacy.WorkspaceID, id advocacy.DelegationID) (*advocacy.Delegation, error) {
	return r.delegation(ctx, unlocked, w, id)
}

// DelegationForUpdate locks the delegation until commit.
func (t *tx) DelegationForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.DelegationID) (*advocacy.Delegation, error) {
	return t.delegation(ctx, toChange, w, id)
}

func (r reader) delegation(ctx context.Context, l lock, w advocacy.WorkspaceID, id advocacy.DelegationID) (*advocacy.Delegation, error) {
	row, err := one(ctx, r.conn, delegations, l, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, aDelegation.failed(err)
	}
	found := row.delegation()
	return &found, nil
}

// Delegations lists delegations by id.
func (r reader) Delegations(ctx context.Context, q workflow.DelegationQuery) ([]advocacy.Delegation, string, error) {
	l := listing[delegationRow]{
		table: delegations,
		order: []string{"id"},
		after: after(q.After),
		key:   func(r *delegationRow) string { return r.ID },
	}
	l.and("workspace_id = ?", string(q.Workspace))
	andIf(&l, "delegator", q.Delegator)
	andIf(&l, "delegate", q.Delegate)
	return page(ctx, r.conn, l, q.Page, (*delegationRow).delegation)
}

// DelegationsByID returns those of the delegations that exist.
func (r reader) DelegationsByID(
	ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.DelegationID,
) (map[advocacy.DelegationID]*advocacy.Delegation, error) {
	return r.delegationsByID(ctx, unlocked, w, ids)
}

// DelegationsForShare reads as DelegationsByID does and holds them against change until
// commit.
func (t *tx) DelegationsForShare(
	ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.DelegationID,
) (map[advocacy.DelegationID]*advocacy.Delegation, error) {
	return t.delegationsByID(ctx, toStand, w, ids)
}

func (r reader) delegationsByID(
	ctx context.Context, l lock, w advocacy.WorkspaceID, ids []advocacy.DelegationID,
) (map[advocacy.DelegationID]*advocacy.Delegation, error) {
	byID := make(map[advocacy.DelegationID]*advocacy.Delegation, len(ids))
	if len(ids) == 0 {
		return byID, nil
	}
	query := "SELECT " + delegations.list + " FROM delegations WHERE workspace_id = ? AND id IN " + in(len(ids)) +
		" ORDER BY id" + r.locking(l)
	found, err := every(ctx, r.conn, delegations, (*delegationRow).delegation, query, anys([]any{string(w)}, ids)...)
	for i := range found {
		byID[found[i].ID] = &found[i]
	}
	return byID, aDelegation.failed(err)
}

// DelegationsInForce returns delegations of the roles that are in force at t, as many as most.
func (r reader) DelegationsInForce(
	ctx context.Context, w advocacy.WorkspaceID, roles []advocacy.Role, t time.Time, most int,
) ([]advocacy.Delegation, error) {
	if len(roles) == 0 {
		return nil, nil
	}
	query := "SELECT " + delegations.list + " FROM delegations WHERE workspace_id = ? AND role IN " + in(len(roles)) +
		" AND revoke_time IS NULL AND start_time <= ? AND end_time > ? LIMIT ?"
	args := append(anys([]any{string(w)}, roles), sorted(t), sorted(t), most)
	found, err := every(ctx, r.conn, delegations, (*delegationRow).delegation, query, args...)
	return found, aDelegation.failed(err)
}

// AddDelegation inserts a delegation at version 1.
func (t *tx) AddDelegation(ctx context.Context, g *advocacy.Delegation) error {
	g.Version = 1
	return t.create(ctx, aDelegation, newDelegationRow(g))
}

// SaveDelegation writes the end of a delegation and raises Version; Conflict when it
// moved.
func (t *tx) SaveDelegation(ctx context.Context, g *advocacy.Delegation) error {
	row := newDelegationRow(g)
	row.Version++
	columns := []string{"revoke_time", "revoker", "revoke_reason", "version"}
	where := "workspace_id = ? AND id = ? AND version = ?"
	if err := t.save(ctx, aDelegation, row, columns, where, row.WorkspaceID, row.ID, g.Version); err != nil {
		return err
	}
	g.Version = row.Version
	return nil
}
