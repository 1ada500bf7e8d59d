package store

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type workspaceRow struct {
	WorkspaceID   string  `gorm:"column:workspace_id"`
	DisplayName   string  `gorm:"column:display_name"`
	Language      string  `gorm:"column:language"`
	Zone          string  `gorm:"column:zone"`
	PolicyVersion int64   `gorm:"column:policy_version"`
	Version       int64   `gorm:"column:version"`
	CreateTime    instant `gorm:"column:create_time"`
	UpdateTime    instant `gorm:"column:update_time"`
	SameLimit     int     `gorm:"column:same_text_limit"`
	SameMinutes   int     `gorm:"column:same_text_minutes"`
	ShareDaily    int     `gorm:"column:share_daily_limit"`
	ShareCalendar ref     `gorm:"column:share_calendar"`
	ShareSpread   int     `gorm:"column:share_spread_minutes"`
	LiftByAnother bool    `gorm:"column:hold_release_by_another"`
	EditMode      string  `gorm:"column:default_edit_mode"`
	// HandleChanges is raised with each change of the register of handles, and is in no workspace.
	HandleChanges int64 `gorm:"column:handle_changes"`
}

func (workspaceRow) TableName() string { return "workspaces" }

var workspaces = tableOf[workspaceRow]()

func newWorkspaceRow(w *advocacy.Workspace) *workspaceRow {
	return &workspaceRow{
		WorkspaceID:   string(w.ID),
		DisplayName:   w.DisplayName,
		Language:      w.Language,
		Zone:          w.Zone,
		PolicyVersion: w.PolicyVersion,
		Version:       w.Version,
		CreateTime:    at(w.CreateTime),
		UpdateTime:    at(w.UpdateTime),
		SameLimit:     w.Sharing.SameText.Limit,
		SameMinutes:   w.Sharing.SameText.Minutes,
		ShareDaily:    w.Sharing.DailyLimit,
		ShareCalendar: ref(w.Sharing.Calendar),
		ShareSpread:   w.Sharing.SpreadMinutes,
		EditMode:      string(w.EditMode),
		LiftByAnother: w.LiftByAnother,
	}
}

func (r *workspaceRow) workspace() advocacy.Workspace {
	return advocacy.Workspace{
		ID:          advocacy.WorkspaceID(r.WorkspaceID),
		DisplayName: r.DisplayName,
		Language:    r.Language,
		Zone:        r.Zone,
		Sharing: advocacy.Sharing{
			DailyLimit: r.ShareDaily, Calendar: advocacy.CalendarID(r.ShareCalendar),
			SameText: advocacy.Crowding{Limit: r.SameLimit, Minutes: r.SameMinutes}, SpreadMinutes: r.ShareSpread,
		},
		EditMode:      advocacy.EditMode(r.EditMode),
		LiftByAnother: r.LiftByAnother,
		PolicyVersion: r.PolicyVersion,
		Version:       r.Version,
		CreateTime:    r.CreateTime.time,
		UpdateTime:    r.UpdateTime.time,
	}
}

// Workspace returns a workspace.
func (r reader) Workspace(ctx context.Context, w advocacy.WorkspaceID) (*advocacy.Workspace, error) {
	return r.workspace(ctx, w, unlocked)
}

func (r reader) workspace(ctx context.Context, w advocacy.WorkspaceID, l lock) (*advocacy.Workspace, error) {
	row, err := one(ctx, r.conn, workspaces, l, "workspace_id = ?", string(w))
	if err != nil {
		return nil, aWorkspace.failed(err)
	}
	found := row.workspace()
	return &found, nil
}

// Workspaces lists workspaces by id.
func (r reader) Workspaces(ctx context.Context, p workflow.Page) ([]advocacy.Workspace, string, error) {
	l := listing[workspaceRow]{
		table: workspaces,
		where: []string{"workspace_id > ''"},
		order: []string{"workspace_id"},
		after: after(p.After),
		key:   func(r *workspaceRow) string { return r.WorkspaceID },
	}
	return page(ctx, r.conn, l, p, (*workspaceRow).workspace)
}

// AddWorkspace inserts a workspace at version 1.
func (t *tx) AddWorkspace(ctx context.Context, w *advocacy.Workspace) error {
	w.Version = 1
	return t.create(ctx, aWorkspace, newWorkspaceRow(w))
}

// WorkspaceForUpdate locks the workspace until commit.
func (t *tx) WorkspaceForUpdate(ctx context.Context, w advocacy.WorkspaceID) (*advocacy.Workspace, error) {
	return t.workspace(ctx, w, toChange)
}

// SaveWorkspace writes the workspace but for PolicyVersion, which PutRole and DeleteRole
// raise.
func (t *tx) SaveWorkspace(ctx context.Context, w *advocacy.Workspace) error {
	row := newWorkspaceRow(w)
	row.Version++
	columns := []string{
		"display_name", "language", "zone", "version", "update_time", "same_text_limit", "same_text_minutes",
		"share_daily_limit", "share_calendar", "share_spread_minutes", "default_edit_mode", "hold_release_by_another",
	}
	if err := t.save(ctx, aWorkspace, row, columns, "workspace_id = ? AND version = ?", row.WorkspaceID, w.Version); err != nil {
		return err
	}
	w.Version = row.Version
	return nil
}

type roleRow struct {
	WorkspaceID string                    `gorm:"column:workspace_id"`
	Role        string                    `gorm:"column:role"`
	DisplayName string                    `gorm:"column:display_name"`
	Permissions list[advocacy.Permission] `gorm:"column:permissions"`
	Builtin     bool                      `gorm:"column:builtin"`
	Version     int64                     `gorm:"column:version"`
	CreateTime  instant                   `gorm:"column:create_time"`
	UpdateTime  instant                   `gorm:"column:update_time"`
	Given       list[advocacy.Permission] `gorm:"column:given"`
}

func (roleRow) TableName() string { return "role_definitions" }

var roles = tableOf[roleRow]()

func newRoleRow(d *advocacy.RoleDef) *roleRow {
	return &roleRow{
		WorkspaceID: string(d.Workspace),
		Role:        string(d.Role),
		DisplayName: d.DisplayName,
		Permissions: d.Permissions,
		Builtin:     d.Builtin,
		Version:     d.Version,
		CreateTime:  at(d.CreateTime),
		UpdateTime:  at(d.UpdateTime),
		Given:       d.Given,
	}
}

func (r *roleRow) role() advocacy.RoleDef {
	return advocacy.RoleDef{
		Workspace:   advocacy.WorkspaceID(r.WorkspaceID),
		Role:        advocacy.Role(r.Role),
		DisplayName: r.DisplayName,
		Permissions: r.Permissions,
		Builtin:     r.Builtin,
		Version:     r.Version,
		CreateTime:  r.CreateTime.time,
		UpdateTime:  r.UpdateTime.time,
		Given:       r.Given,
	}
}

// Role returns a role and what it permits.
func (r reader) Role(ctx context.Context, w advocacy.WorkspaceID, role advocacy.Role) (*advocacy.RoleDef, error) {
	row, err := one(ctx, r.conn, roles, unlocked, "workspace_id = ? AND role = ?", string(w), string(role))
	if err != nil {
		return nil, aRole.failed(err)
	}
	found := row.role()
	return &found, nil
}

// Roles lists the roles of a workspace by name.
func (r reader) Roles(ctx context.Context, w advocacy.WorkspaceID, p workflow.Page) ([]advocacy.RoleDef, string, error) {
	l := listing[roleRow]{
		table: roles,
		order: []string{"role"},
		after: after(p.After),
		key:   func(r *roleRow) string { return r.Role },
	}
	l.and("workspace_id = ?", string(w))
	return page(ctx, r.conn, l, p, (*roleRow).role)
}

// RoleDefs returns all roles of a workspace and the version of its policy, read at one
// instant.
func (s *Store) RoleDefs(ctx context.Context, w advocacy.WorkspaceID) ([]advocacy.RoleDef, int64, error) {
	var row roleRow
	var version int64
	var found []advocacy.RoleDef
	query := "SELECT " + roles.of("r") + ", w.policy_version FROM role_definitions r" +
		" JOIN workspaces w ON w.workspace_id = r.workspace_id WHERE r.workspace_id = ? ORDER BY r.role"
	each := func() { found = append(found, row.role()) }
	if err := s.scan(ctx, append(roles.into(&row), &version), each, query, string(w)); err != nil {
		return nil, 0, failed(err)
	}
	if len(found) > 0 {
		return found, version, nil
	}
	// A workspace without roles permits nothing; one that is not there is an error.
	empty, err := s.Workspace(ctx, w)
	if err != nil {
		return nil, 0, err
	}
	return nil, empty.PolicyVersion, nil
}

// PutRole inserts or replaces the role and raises the workspace's PolicyVersion. A role
// with a Version replaces that version only.
func (t *tx) PutRole(ctx context.Context, d *advocacy.RoleDef) error {
	if err := t.raisePolicy(ctx, d.Workspace); err != nil {
		return err
	}
	row := newRoleRow(d)
	row.Version++
	if d.Version > 0 {
		columns := []string{"display_name", "permissions", "builtin", "version", "update_time", "given"}
		where := "workspace_id = ? AND role = ? AND version = ?"
		if err := t.save(ctx, aRole, row, columns, where, row.WorkspaceID, row.Role, d.Version); err != nil {
			return err
		}
		d.Version = row.Version
		return nil
	}
	query := roles.insert(1) + " ON CONFLICT (workspace_id, role) DO UPDATE SET display_name = excluded.display_name," +
		" permissions = excluded.permissions, builtin = excluded.builtin, update_time = excluded.update_time, given = excluded.given," +
		" version = role_definitions.version + 1 RETURNING version"
	return t.wrote(aRole, t.scan(ctx, []any{&d.Version}, func() {}, query, roles.values(*row)...))
}

// DeleteRole removes a custom role nobody holds.
func (t *tx) DeleteRole(ctx context.Context, w advocacy.WorkspaceID, role advocacy.Role) error {
	if err := t.raisePolicy(ctx, w); err != nil {
		return err
	}
	found, err := t.Role(ctx, w, role)
	if err != nil {
		return err
	}
	if found.Builtin {
		return advocacy.Refuse("ROLE_BUILTIN", "the role %s belongs to the service and stays", role)
	}
	var held int
	holders := "SELECT 1 FROM member_roles WHERE workspace_id = ? AND role = ? LIMIT 1"
	if err := t.scan(ctx, []any{&held}, func() {}, holders, string(w), string(role)); err != nil {
		return failed(err)
	}
	if held > 0 {
		return roleHeld(role)
	}
	_, err = t.exec(ctx, "DELETE FROM role_definitions WHERE workspace_id = ? AND role = ?", string(w), string(role))
	if advocacy.ReasonOf(aRole.failed(err)) == "REFERENCE_NOT_FOUND" {
		// Somebody was given the role since it was looked for.
		return t.spoil(roleHeld(role))
	}
	return t.wrote(aRole, err)
}

func roleHeld(role advocacy.Role) error {
	return advocacy.Refuse("ROLE_IN_USE", "somebody holds the role %s; take it away first", role)
}

func (t *tx) raisePolicy(ctx context.Context, w advocacy.WorkspaceID) error {
	query := "UPDATE workspaces SET policy_version = policy_version + 1 WHERE workspace_id = ?"
	n, err := t.exec(ctx, query, string(w))
	if err == nil && n == 0 {
		return aWorkspace.missing()
	}
	return t.wrote(aWorkspace, err)
}
