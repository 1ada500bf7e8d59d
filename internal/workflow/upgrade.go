package workflow

import (
	"context"
	"fmt"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// upgradePage is how many workspaces, or roles of one, are read at a time.
const upgradePage = 200

// UpgradeRoles gives the roles that came with each workspace what the service has come to
// permit since; advocacy.RoleDef.Offer says what that leaves alone. It is called before
// the doors open, by any number of replicas, and after the first it changes nothing.
func (s *Service) UpgradeRoles(ctx context.Context, own []advocacy.RoleDef) error {
	for after := ""; ; {
		spaces, next, err := s.Store.Workspaces(ctx, Page{Size: upgradePage, After: after})
		if err != nil {
			return err
		}
		for i := range spaces {
			if err := s.upgradeRoles(ctx, spaces[i].ID, own); err != nil {
				return fmt.Errorf("roles of %s: %w", spaces[i].ID.Name(), err)
			}
		}
		if next == "" {
			return nil
		}
		after = next
	}
}

// upgradeRoles looks first: nearly always there is nothing to do, and nothing to lock.
func (s *Service) upgradeRoles(ctx context.Context, w advocacy.WorkspaceID, own []advocacy.RoleDef) error {
	if behind, err := rolesBehind(ctx, s.Store, w, own); err != nil || len(behind) == 0 {
		return err
	}
	return s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := tx.WorkspaceForUpdate(ctx, w); err != nil {
			return err
		}
		behind, err := rolesBehind(ctx, tx, w, own)
		if err != nil {
			return err
		}
		for _, b := range behind {
			b.role.UpdateTime = tx.Now()
			if err := tx.PutRole(ctx, &b.role); err != nil {
				return err
			}
			if err := s.record(ctx, tx, SystemCall(w), w, roleFact(&b.role, "role.upgraded", b)); err != nil {
				return err
			}
		}
		return nil
	})
}

// overdue is a role with what it is to permit, and the record of why.
type overdue struct {
	role advocacy.RoleDef
	// Gained is new to the role, Withheld what the service permits such a role and this one
	// does not, because an admin took it away or might have.
	Gained   []advocacy.Permission `json:"gained"`
	Withheld []advocacy.Permission `json:"withheld"`
}

// rolesBehind lists the built-in roles the service has something new for, as they will be.
// A role of the service that the workspace does not have is one of them; a role of an
// admin's that only bears its name is not.
func rolesBehind(ctx context.Context, r PeopleReader, w advocacy.WorkspaceID, own []advocacy.RoleDef) ([]overdue, error) {
	stored, err := rolesByName(ctx, r, w)
	if err != nil {
		return nil, err
	}
	var behind []overdue
	for _, ours := range own {
		role, found := stored[ours.Role]
		switch {
		case !found:
			ours.Workspace, ours.Builtin, ours.Version, ours.Given = w, true, 0, ours.Permissions
			behind = append(behind, overdue{role: ours, Gained: ours.Permissions})
		case role.Builtin:
			known := len(role.Given)
			gained := role.Offer(ours.Permissions)
			if len(role.Given) > known {
				behind = append(behind, overdue{role: role, Gained: gained, Withheld: role.Lacks(ours.Permissions)})
			}
		}
	}
	return behind, nil
}

func rolesByName(ctx context.Context, r PeopleReader, w advocacy.WorkspaceID) (map[advocacy.Role]advocacy.RoleDef, error) {
	stored := make(map[advocacy.Role]advocacy.RoleDef)
	for after := ""; ; {
		roles, next, err := r.Roles(ctx, w, Page{Size: upgradePage, After: after})
		if err != nil {
			return nil, err
		}
		for _, role := range roles {
			stored[role.Role] = role
		}
		if next == "" {
			return stored, nil
		}
		after = next
	}
}
