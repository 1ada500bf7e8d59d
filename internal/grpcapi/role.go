package grpcapi

import (
	"context"
	"regexp"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// roleForm is a role as members hold it; its resource name has a dash for the colon.
var roleForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}(:[a-z][a-z0-9_]{0,40})?$`)

func (s memberService) GetRole(ctx context.Context, req *imprimaturv1.GetRoleRequest) (*imprimaturv1.Role, error) {
	v := enter(ctx, req)
	id, err := v.readRole("name", req.GetName())
	if err != nil {
		return nil, err
	}
	r, err := s.Flow.Role(ctx, v.call, v.workspace, id)
	return shown(r, err, v.roleOf)
}

func (s memberService) ListRoles(ctx context.Context, req *imprimaturv1.ListRolesRequest) (*imprimaturv1.ListRolesResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	roles, next, err := s.Flow.Roles(ctx, v.call, v.workspace, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListRolesResponse{
		Roles:         each(roles, func(r advocacy.RoleDef) *imprimaturv1.Role { return v.roleOf(&r) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s memberService) CreateRole(ctx context.Context, req *imprimaturv1.CreateRoleRequest) (*imprimaturv1.Role, error) {
	v := enter(ctx, req)
	sent := req.GetRole()
	r, err := s.Flow.CreateRole(ctx, v.call, v.workspace, advocacy.RoleDef{
		Workspace: v.workspace, Role: advocacy.Role(req.GetRoleId()), DisplayName: sent.GetDisplayName(),
		Permissions: words[advocacy.Permission](sent.GetPermissions()),
	})
	return shown(r, err, v.roleOf)
}

func (s memberService) UpdateRole(ctx context.Context, req *imprimaturv1.UpdateRoleRequest) (*imprimaturv1.Role, error) {
	v := enter(ctx, req)
	sent := req.GetRole()
	id, err := v.readRole("role.name", sent.GetName())
	if err != nil {
		return nil, err
	}
	named, err := readMask(sent, req.GetUpdateMask(), "display_name", "permissions")
	if err != nil {
		return nil, err
	}
	version, err := requireEtag("role.etag", sent.GetEtag())
	if err != nil {
		return nil, err
	}
	r, err := s.Flow.UpdateRole(ctx, v.call, v.workspace, id, workflow.RoleChange{
		Version:     version,
		DisplayName: pick(named, "display_name", sent.GetDisplayName()),
		Permissions: pick(named, "permissions", words[advocacy.Permission](sent.GetPermissions())),
	})
	return shown(r, err, v.roleOf)
}

func (s memberService) DeleteRole(ctx context.Context, req *imprimaturv1.DeleteRoleRequest) (*emptypb.Empty, error) {
	v := enter(ctx, req)
	r, err := v.readRole("name", req.GetName())
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.Flow.DeleteRole(ctx, v.call, v.workspace, r)
}
