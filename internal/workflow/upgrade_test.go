package workflow_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/authz"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// older makes the roles that came with the house those of a service that knew no
// discussions.
func older(t *testing.T, h *workflowtest.House) {
	t.Helper()
	unknown := func(p advocacy.Permission) bool { return strings.HasPrefix(string(p), "threads.") }
	ok(t, h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		for _, d := range authz.DefaultRoles() {
			role, err := tx.Role(ctx, h.W, d.Role)
			if err != nil {
				return err
			}
			role.Permissions, role.Given = slices.DeleteFunc(role.Permissions, unknown), slices.DeleteFunc(role.Given, unknown)
			if err := tx.PutRole(ctx, role); err != nil {
				return err
			}
		}
		return nil
	}))
}

// TestRolesAreUpgradedOnce: several replicas start at once on the workspace of an older
// service. Each role that came with it gains what is new, once, and says so; what an admin
// took away stays away, and what an admin made is nobody's business.
func TestRolesAreUpgradedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		admin := h.As(h.Admin)
		role := func(r advocacy.Role) *advocacy.RoleDef {
			t.Helper()
			d, err := h.Flow.Role(t.Context(), admin, h.W, r)
			ok(t, err)
			return d
		}
		mine := advocacy.RoleDef{Role: "approver:medical", DisplayName: "Medical", Permissions: []advocacy.Permission{authz.PostsRead}}
		_, err := h.Flow.CreateRole(t.Context(), admin, h.W, mine)
		ok(t, err)
		kept := slices.DeleteFunc(role(advocacy.RoleLegal).Permissions, func(p advocacy.Permission) bool { return p == authz.HoldsRelease })
		_, err = h.Flow.UpdateRole(t.Context(), admin, h.W, advocacy.RoleLegal, workflow.RoleChange{Permissions: &kept})
		ok(t, err)
		older(t, h)

		fresh := advocacy.RoleDef{Role: "approver:medicine", DisplayName: "Medicine", Permissions: []advocacy.Permission{authz.PostsRead}}
		own := append(authz.DefaultRoles(), fresh)
		upgrade := func() error {
			namesake := advocacy.RoleDef{Role: mine.Role, DisplayName: "Ours", Permissions: kept}
			return h.Flow.UpgradeRoles(t.Context(), append(slices.Clone(own), namesake))
		}
		for _, err := range together(upgrade, upgrade, upgrade) {
			ok(t, err)
		}
		ok(t, upgrade())
		for _, want := range own {
			if want.Role == advocacy.RoleLegal {
				want.Permissions = kept
			}
			got := role(want.Role)
			if !got.Builtin || len(got.Lacks(want.Permissions)) > 0 || len(want.Lacks(got.Permissions)) > 0 {
				t.Errorf("%s permits %v", want.Role, got.Permissions)
			}
			if n := happened(t, h, h.W.Name()+"/roles/"+strings.ReplaceAll(string(want.Role), ":", "-"), "role.upgraded"); n != 1 {
				t.Errorf("%s was upgraded %d times, want once", want.Role, n)
			}
		}
		if got := role(mine.Role); got.Builtin || got.DisplayName != mine.DisplayName || !slices.Equal(got.Permissions, mine.Permissions) {
			t.Errorf("the admin's own role became %+v", got)
		}
	})
}
