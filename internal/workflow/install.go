package workflow

import (
	"context"
	"regexp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

var workspaceForm = regexp.MustCompile(`^[a-z][a-z0-9-]{1,62}$`)

// Installation is what a new workspace begins with.
type Installation struct {
	ID          advocacy.WorkspaceID
	DisplayName string
	Language    string
	Zone        string
	Admin       MemberDraft
	// Roles are the roles of the workspace; the admin gets advocacy.RoleAdmin.
	Roles []advocacy.RoleDef
	// Policy is the document of the routing policy it begins with, the starter's when empty.
	Policy []byte
}

// Install makes a workspace with its roles, its first routing policy and its first
// admin. It is what the init command and the demo do; no door leads here.
func (s *Service) Install(ctx context.Context, in Installation) (*advocacy.Workspace, *advocacy.Member, error) {
	if !workspaceForm.MatchString(string(in.ID)) {
		return nil, nil, advocacy.InvalidField("workspace", "WORKSPACE_ID_INVALID", "a workspace id has 2 to 63 lower-case letters, digits and dashes, and begins with a letter")
	}
	c := SystemCall(in.ID)
	var space *advocacy.Workspace
	var admin *advocacy.Member
	err := s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		space = &advocacy.Workspace{
			ID: in.ID, DisplayName: in.DisplayName, Language: in.Language, Zone: in.Zone, CreateTime: tx.Now(), UpdateTime: tx.Now(),
		}
		if err := guardWorkspace(space); err != nil {
			return err
		}
		if err := tx.AddWorkspace(ctx, space); err != nil {
			return err
		}
		for _, r := range in.Roles {
			r.Workspace, r.Builtin, r.Version, r.CreateTime, r.UpdateTime = in.ID, true, 0, tx.Now(), tx.Now()
			r.Given = r.Permissions
			if err := tx.PutRole(ctx, &r); err != nil {
				return err
			}
		}
		document := in.Policy
		if len(document) == 0 {
			document = routing.Starter()
		} else if err := s.guardDocument(string(document)); err != nil {
			return err
		}
		err := tx.AddPolicyRevision(ctx, &PolicyRevision{
			Workspace: in.ID, Policy: routing.BuiltinID, Revision: 1, Document: document, Digest: advocacy.DigestOf(document),
			Active: true, CreateTime: tx.Now(),
		})
		if err != nil {
			return err
		}
		err = tx.AddCalendar(ctx, &advocacy.Calendar{
			Workspace: in.ID, ID: advocacy.DefaultCalendar, DisplayName: "Office hours", Hours: advocacy.OfficeHours(in.Zone),
			Default: true, CreateTime: tx.Now(), UpdateTime: tx.Now(),
		})
		if err != nil {
			return err
		}
		err = tx.AddTopic(ctx, &advocacy.Topic{
			Workspace: in.ID, ID: advocacy.DefaultTopic, DisplayName: "General", Compulsory: true, Default: true,
			CreateTime: tx.Now(), UpdateTime: tx.Now(),
		})
		if err != nil {
			return err
		}
		admin = &advocacy.Member{
			Workspace: in.ID, Person: advocacy.PersonID(s.NewID()), DisplayName: in.Admin.DisplayName, Email: in.Admin.Email,
			Title: in.Admin.Title, Language: in.Language, State: advocacy.MemberActive, StateTime: tx.Now(),
			Roles: grants(nil, append([]advocacy.Role{advocacy.RoleAdmin}, in.Admin.Roles...), tx.Now()), CreateTime: tx.Now(), UpdateTime: tx.Now(),
		}
		if err := s.guardMember(ctx, tx, admin); err != nil {
			return err
		}
		if err := tx.AddMember(ctx, admin); err != nil {
			return err
		}
		if err := tx.AddIdentity(ctx, &advocacy.Identity{
			Workspace: in.ID, Person: admin.Person, Issuer: advocacy.IssuerLocal, Subject: string(admin.Person), CreateTime: tx.Now(),
		}); err != nil {
			return err
		}
		return s.record(ctx, tx, c, in.ID,
			fact{action: "workspace.created", subject: in.ID.Name(), parent: in.ID.Name(), detail: map[string]any{"display_name": in.DisplayName}},
			fact{
				action: "routing_policy.activated", subject: in.ID.Name() + "/routingPolicies/" + routing.BuiltinID + "/revisions/1",
				parent: in.ID.Name(), detail: map[string]any{"digest": advocacy.DigestOf(document)},
			},
			fact{
				action: "member.created", subject: advocacy.MemberName(in.ID, admin.Person), parent: advocacy.MemberName(in.ID, admin.Person),
				detail: map[string]any{"roles": admin.RoleNames()},
			})
	})
	return space, admin, err
}
