package workflow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// Role returns a role of the workspace.
func (s *Service) Role(ctx context.Context, _ Call, w advocacy.WorkspaceID, r advocacy.Role) (*advocacy.RoleDef, error) {
	return s.Store.Role(ctx, w, r)
}

// Roles lists the roles of the workspace.
func (s *Service) Roles(ctx context.Context, _ Call, w advocacy.WorkspaceID, p Page) ([]advocacy.RoleDef, string, error) {
	return s.Store.Roles(ctx, w, p)
}

// CreateRole adds a role.
func (s *Service) CreateRole(ctx context.Context, c Call, w advocacy.WorkspaceID, r advocacy.RoleDef) (*advocacy.RoleDef, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.RoleDef, string, error) {
		if _, err := tx.Role(ctx, w, r.Role); advocacy.KindOf(err) != advocacy.NotFound {
			if err != nil {
				return nil, "", err
			}
			return nil, "", advocacy.Taken("ROLE_EXISTS", "the role %q exists already", r.Role)
		}
		role := r
		role.Workspace, role.Builtin, role.CreateTime, role.UpdateTime = w, false, tx.Now(), tx.Now()
		if err := s.keepRole(ctx, tx, &role); err != nil {
			return nil, "", err
		}
		return &role, string(role.Role), s.recordRole(ctx, tx, c, &role, "role.created")
	}, roleAgain(w))
}

// UpdateRole changes what a role permits or how it is called.
func (s *Service) UpdateRole(ctx context.Context, c Call, w advocacy.WorkspaceID, r advocacy.Role, d RoleChange) (*advocacy.RoleDef, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.RoleDef, string, error) {
		role, err := tx.Role(ctx, w, r)
		if err != nil {
			return nil, "", err
		}
		if err := stale(d.Version, role.Version); err != nil {
			return nil, "", err
		}
		set(&role.DisplayName, d.DisplayName)
		if d.Permissions != nil {
			role.Permit(*d.Permissions)
		}
		role.UpdateTime = tx.Now()
		if err := s.keepRole(ctx, tx, role); err != nil {
			return nil, "", err
		}
		return role, string(r), s.recordRole(ctx, tx, c, role, "role.updated")
	}, roleAgain(w))
}

func roleAgain(w advocacy.WorkspaceID) func(context.Context, Tx, string) (*advocacy.RoleDef, error) {
	return func(ctx context.Context, tx Tx, r string) (*advocacy.RoleDef, error) {
		return tx.Role(ctx, w, advocacy.Role(r))
	}
}

func (s *Service) keepRole(ctx context.Context, tx Tx, role *advocacy.RoleDef) error {
	if err := check.RefuseLine("role.display_name", role.DisplayName); err != nil {
		return err
	}
	for i, p := range role.Permissions {
		if !slices.Contains(s.Permissions, p) {
			return advocacy.InvalidField(fmt.Sprintf("role.permissions[%d]", i), "PERMISSION_UNKNOWN", "there is no permission %q", p)
		}
	}
	if slices.Contains(role.Permissions, advocacy.PermissionDecide) && !role.Role.Approver() {
		return advocacy.InvalidField("role.permissions", "DECIDE_NEEDS_APPROVER", "only a role that begins with approver: may hold %s", advocacy.PermissionDecide)
	}
	if role.Role == advocacy.RoleAdmin {
		for _, p := range []advocacy.Permission{mayUpdateRoles, mayUpdateMembers} {
			if !slices.Contains(role.Permissions, p) {
				return advocacy.Refuse("ADMIN_LOCKOUT", "the role admin keeps %s, or nobody could mend the roles", p)
			}
		}
	}
	return tx.PutRole(ctx, role)
}

func (s *Service) recordRole(ctx context.Context, tx Tx, c Call, r *advocacy.RoleDef, action string) error {
	return s.record(ctx, tx, c, r.Workspace, roleFact(r, action, map[string]any{"permissions": r.Permissions}))
}

func roleFact(r *advocacy.RoleDef, action string, detail any) fact {
	name := r.Workspace.Name() + "/roles/" + strings.ReplaceAll(string(r.Role), ":", "-")
	return fact{action: action, subject: name, parent: name, detail: detail}
}

// DeleteRole removes a role nobody holds.
func (s *Service) DeleteRole(ctx context.Context, c Call, w advocacy.WorkspaceID, r advocacy.Role) error {
	_, err := act(ctx, s, c, w, func(ctx context.Context, tx Tx) (struct{}, string, error) {
		role, err := tx.Role(ctx, w, r)
		if err != nil {
			return struct{}{}, "", err
		}
		if role.Builtin {
			return struct{}{}, "", advocacy.Refuse("ROLE_BUILTIN", "the role %q came with the workspace and cannot be deleted", r)
		}
		holders, _, err := tx.Members(ctx, MemberQuery{Workspace: w, Role: r, Page: Page{Size: 1}})
		if err != nil {
			return struct{}{}, "", err
		}
		if len(holders) > 0 {
			return struct{}{}, "", advocacy.Refuse("ROLE_IN_USE", "somebody holds the role %q; take it away first", r)
		}
		if err := tx.DeleteRole(ctx, w, r); err != nil {
			return struct{}{}, "", err
		}
		return struct{}{}, string(r), s.recordRole(ctx, tx, c, role, "role.deleted")
	}, func(context.Context, Tx, string) (struct{}, error) { return struct{}{}, nil })
	return err
}
