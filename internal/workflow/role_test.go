package workflow_test

import (
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// TestRoleRefusesWhatCannotBe names what a role cannot permit or be called.
func TestRoleRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	admin := h.As(h.Admin)
	create := func(role advocacy.Role, permissions ...advocacy.Permission) error {
		_, err := h.Flow.CreateRole(t.Context(), admin, h.W, advocacy.RoleDef{Role: role, DisplayName: "New", Permissions: permissions})
		return err
	}
	refuses(t, h, advocacy.Exists, "ROLE_EXISTS", func() error { return create(advocacy.RoleLegal) })
	refuses(t, h, advocacy.Invalid, "PERMISSION_UNKNOWN", func() error { return create("press", "posts.read", "posts.fly") })
	for _, role := range []advocacy.Role{"press", "approver:", "approver"} {
		refuses(t, h, advocacy.Invalid, "DECIDE_NEEDS_APPROVER", func() error { return create(role, advocacy.PermissionDecide) })
	}
	ok(t, create("approver:medical", advocacy.PermissionDecide, "posts.readall"))

	update := func(role advocacy.Role, d workflow.RoleChange) error {
		_, err := h.Flow.UpdateRole(t.Context(), admin, h.W, role, d)
		return err
	}
	for _, kept := range []advocacy.Permission{"roles.update", "members.update"} {
		refuses(t, h, advocacy.Precondition, "ADMIN_LOCKOUT", func() error {
			return update(advocacy.RoleAdmin, workflow.RoleChange{Permissions: &[]advocacy.Permission{kept}})
		})
	}
	refuses(t, h, advocacy.Invalid, "DECIDE_NEEDS_APPROVER", func() error {
		return update(advocacy.RoleAdmin, workflow.RoleChange{Permissions: &[]advocacy.Permission{"roles.update", "members.update", advocacy.PermissionDecide}})
	})
	refuses(t, h, advocacy.NotFound, "ROLE_NOT_FOUND", func() error { return update("approver:nobody", workflow.RoleChange{}) })
	refuses(t, h, advocacy.Conflict, "ETAG_STALE", func() error { return update("approver:medical", workflow.RoleChange{Version: 99}) })
	refuses(t, h, advocacy.Invalid, "CONTROL_CHARACTER", func() error { return update("approver:medical", workflow.RoleChange{DisplayName: ptr("\x1b")}) })
}

// TestRoleIsDeletedWhenNobodyHoldsIt: and those that came with the workspace never.
func TestRoleIsDeletedWhenNobodyHoldsIt(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	admin := h.As(h.Admin)
	_, err := h.Flow.CreateRole(t.Context(), admin, h.W, advocacy.RoleDef{Role: "approver:medical", DisplayName: "Medical"})
	ok(t, err)
	doctor := recruit(t, h, "Doctor", "approver:medical")
	remove := func(r advocacy.Role) func() error {
		return func() error { return h.Flow.DeleteRole(t.Context(), admin, h.W, r) }
	}
	refuses(t, h, advocacy.Precondition, "ROLE_IN_USE", remove("approver:medical"))
	_, err = h.Flow.DisableMember(t.Context(), admin, h.W, doctor, "left")
	ok(t, err)
	refuses(t, h, advocacy.Precondition, "ROLE_IN_USE", remove("approver:medical"))
	regrant(t, h, doctor, advocacy.RoleEmployee)
	ok(t, remove("approver:medical")())
	refuses(t, h, advocacy.NotFound, "ROLE_NOT_FOUND", remove("approver:medical"))
	for _, r := range []advocacy.Role{advocacy.RoleAdmin, advocacy.RoleLegal, advocacy.RoleEmployee} {
		refuses(t, h, advocacy.Precondition, "ROLE_BUILTIN", remove(r))
	}
}
