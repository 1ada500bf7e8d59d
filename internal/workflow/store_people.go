package workflow

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// MemberQuery selects members.
type MemberQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	Role      advocacy.Role
	State     advocacy.MemberState
}

// PeopleReader reads workspaces, members and roles.
type PeopleReader interface {
	Workspace(ctx context.Context, w advocacy.WorkspaceID) (*advocacy.Workspace, error)
	Workspaces(ctx context.Context, p Page) ([]advocacy.Workspace, string, error)
	Member(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PersonID) (*advocacy.Member, error)
	Members(ctx context.Context, q MemberQuery) ([]advocacy.Member, string, error)
	// MembersByID returns those of the persons that exist, with their roles.
	MembersByID(ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.PersonID) (map[advocacy.PersonID]*advocacy.Member, error)
	// MergedMembers returns the memberships that were merged into those of the persons, with
	// their roles.
	MergedMembers(ctx context.Context, w advocacy.WorkspaceID, into []advocacy.PersonID) (map[advocacy.PersonID]*advocacy.Member, error)
	Role(ctx context.Context, w advocacy.WorkspaceID, r advocacy.Role) (*advocacy.RoleDef, error)
	Roles(ctx context.Context, w advocacy.WorkspaceID, p Page) ([]advocacy.RoleDef, string, error)
	// CountHolders returns, for each role, how many active members hold it who are not
	// among the excluded.
	CountHolders(ctx context.Context, w advocacy.WorkspaceID, roles []advocacy.Role, excluded []advocacy.PersonID) (map[advocacy.Role]int, error)
}

// PeopleWriter writes workspaces, members and roles.
type PeopleWriter interface {
	AddWorkspace(ctx context.Context, w *advocacy.Workspace) error
	// WorkspaceForUpdate locks the workspace until commit.
	WorkspaceForUpdate(ctx context.Context, w advocacy.WorkspaceID) (*advocacy.Workspace, error)
	SaveWorkspace(ctx context.Context, w *advocacy.Workspace) error
	AddMember(ctx context.Context, m *advocacy.Member) error
	// MembersForShare reads members as MembersByID does and holds them against change
	// until commit.
	MembersForShare(ctx context.Context, w advocacy.WorkspaceID, ids []advocacy.PersonID) (map[advocacy.PersonID]*advocacy.Member, error)
	// MemberForUpdate locks the member until commit.
	MemberForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PersonID) (*advocacy.Member, error)
	// SaveMember writes the member and replaces the roles.
	SaveMember(ctx context.Context, m *advocacy.Member) error
	// MergeMemberships makes what was merged into one membership, and its sign-ins from
	// elsewhere, those of another. The membership itself is saved by SaveMember.
	MergeMemberships(ctx context.Context, w advocacy.WorkspaceID, from, into advocacy.PersonID) error
	// PutRole inserts or replaces the role and raises the workspace's PolicyVersion.
	PutRole(ctx context.Context, r *advocacy.RoleDef) error
	// DeleteRole removes a custom role nobody holds.
	DeleteRole(ctx context.Context, w advocacy.WorkspaceID, r advocacy.Role) error
}
