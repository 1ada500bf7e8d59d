package web

import (
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// rolesData are the roles.
type rolesData struct {
	Tabs        []tab
	Roles       []*imprimaturv1.Role
	Permissions []permissionGroup
}

// permissionGroup are the permissions about one kind of thing.
type permissionGroup struct {
	Key         string
	Permissions []option
}

func rolesPage(v *visitor) error {
	listed, err := v.memberClient().ListRoles(v.ctx, &imprimaturv1.ListRolesRequest{Parent: v.parent(), PageSize: everyPage})
	if err != nil {
		return err
	}
	return v.show("people-roles", "people", rolesData{v.peopleTabs("roles"), listed.GetRoles(), permissionGroups(permissions().all, nil)})
}

// roleData is one role.
type roleData struct {
	Tabs        []tab
	Role        *imprimaturv1.Role
	Permissions []permissionGroup
}

func rolePage(v *visitor) error {
	r, err := v.memberClient().GetRole(v.ctx, &imprimaturv1.GetRoleRequest{Name: v.named("roles", "role")})
	if err != nil {
		return err
	}
	return v.show("people-role", "people", roleData{v.peopleTabs("roles"), r, permissionGroups(permissions().all, r.GetPermissions())})
}

func createRole(v *visitor) error {
	r, err := v.memberClient().CreateRole(v.ctx, &imprimaturv1.CreateRoleRequest{
		Parent: v.parent(), RoleId: v.form("id"), RequestId: v.requestID(),
		Role: &imprimaturv1.Role{DisplayName: v.form("name"), Permissions: v.fields("permission")},
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/people/roles/"+lastPart(r.GetName())), "web.said.people.role.added", "name", r.GetDisplayName())
}

func saveRole(v *visitor) error {
	r, err := v.memberClient().UpdateRole(v.ctx, &imprimaturv1.UpdateRoleRequest{
		Role:       &imprimaturv1.Role{Name: v.named("roles", "role"), Etag: v.form("etag"), DisplayName: v.form("name"), Permissions: v.fields("permission")},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"display_name", "permissions"}}, RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/people/roles/"+lastPart(r.GetName())), "web.said.people.role.saved", "name", r.GetDisplayName())
}

func deleteRole(v *visitor) error {
	_, err := v.memberClient().DeleteRole(v.ctx, &imprimaturv1.DeleteRoleRequest{Name: v.named("roles", "role"), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.at("/people/roles"), "web.said.people.role.deleted")
}

// granted are the permissions of the contract.
type granted struct {
	// all of them, and those a key can use.
	all, machine []string
}

// widening are the permissions that no call needs by itself: each lets a call reach further.
var widening = []string{"items.transfer", "posts.readall", "proposals.readall", "trainings.readall"}

// expediting is one of these that no key has: who chooses the fast route is a person.
const expediting = "posts.expedite"

// permissions reads from the contract which permissions there are, and which of them a call with
// a key can need.
var permissions = sync.OnceValue(func() granted {
	g := granted{all: append(slices.Clone(widening), expediting), machine: slices.Clone(widening)}
	eachMethod(imprimaturv1.File_imprimatur_v1_member_service_proto.Package(), func(m protoreflect.MethodDescriptor) {
		permission, _ := proto.GetExtension(m.Options(), imprimaturv1.E_Permission).(string)
		if permission == "" {
			return
		}
		g.all = append(g.all, permission)
		access, _ := proto.GetExtension(m.Options(), imprimaturv1.E_Access).(imprimaturv1.Access)
		if access == imprimaturv1.Access_ACCESS_ANY || access == imprimaturv1.Access_ACCESS_KEY {
			g.machine = append(g.machine, permission)
		}
	})
	for _, list := range []*[]string{&g.all, &g.machine} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return g
})
