package grpcapi

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// People come, change, are switched off and on again, and are invited.
func TestMembersWay(t *testing.T) {
	t.Parallel()
	l := openLodge(t)
	admin := l.as(l.Admin)
	m := need(l.members.CreateMember(admin, &imprimaturv1.CreateMemberRequest{Parent: acme.self(), Member: &imprimaturv1.Member{
		DisplayName: "New", Email: "new@acme.test", Roles: []string{"employee"}, Language: "fr",
	}}))(t)
	m = need(l.members.UpdateMember(admin, &imprimaturv1.UpdateMemberRequest{
		Member:     &imprimaturv1.Member{Name: m.GetName(), Etag: m.GetEtag(), Title: "Engineer", Roles: []string{"employee", "approver:legal"}},
		UpdateMask: mask("title", "roles"),
	}))(t)
	if m.GetTitle() != "Engineer" || m.GetEmail() != "new@acme.test" || len(m.GetRoles()) != 2 {
		t.Errorf("member %v", m)
	}
	list := need(l.members.ListMembers(admin, &imprimaturv1.ListMembersRequest{Parent: acme.self(), Filter: `role = "approver:legal" AND state = "ACTIVE"`}))(t)
	if len(list.GetMembers()) != 4 {
		t.Errorf("%d members hold approver:legal", len(list.GetMembers()))
	}
	m = need(l.members.DisableMember(admin, &imprimaturv1.DisableMemberRequest{Name: m.GetName(), Reason: "left"}))(t)
	if m.GetState() != imprimaturv1.Member_DISABLED {
		t.Errorf("disabled %v", m)
	}
	m = need(l.members.EnableMember(admin, &imprimaturv1.EnableMemberRequest{Name: m.GetName(), Reason: "came back"}))(t)
	known := need(l.members.GetMember(admin, &imprimaturv1.GetMemberRequest{Name: m.GetName()}))(t)
	if known.GetState() != imprimaturv1.Member_ACTIVE {
		t.Errorf("enabled %v", known)
	}
	invitation := need(l.members.InviteMember(admin, &imprimaturv1.InviteMemberRequest{Name: m.GetName()}))(t)
	_, secret, found := strings.Cut(invitation.GetLink(), "#")
	if !found || invitation.GetMailed() {
		t.Fatalf("invitation %v", invitation)
	}
	sessions := imprimaturv1.NewSessionServiceClient(l.conn)
	session := need(sessions.CreateSession(t.Context(), &imprimaturv1.CreateSessionRequest{LinkSecret: secret}))(t)
	if session.GetMember() != m.GetName() || session.GetToken() == "" || len(session.GetPermissions()) == 0 || session.GetExpireTime() == nil {
		t.Errorf("session %v", session)
	}
	_, err := sessions.CreateSession(t.Context(), &imprimaturv1.CreateSessionRequest{LinkSecret: secret})
	wantRefusal(t, err, codes.NotFound, "SIGN_IN_LINK_INVALID")
}

func TestSessionsAreOnesOwn(t *testing.T) {
	t.Parallel()
	l := openLodge(t)
	// The house's sessions have ids of its own, which no name can have; `current` works.
	sessions := imprimaturv1.NewSessionServiceClient(l.conn)
	_, err := sessions.GetSession(l.as(l.Author), &imprimaturv1.GetSessionRequest{Name: acme.session(someID)})
	wantRefusal(t, err, codes.NotFound, "SESSION_NOT_FOUND")
	_, err = sessions.DeleteSession(l.as(l.Author), &imprimaturv1.DeleteSessionRequest{Name: acme.session(someID)})
	wantRefusal(t, err, codes.NotFound, "SESSION_NOT_FOUND")
	need(sessions.DeleteSession(l.as(l.Author), &imprimaturv1.DeleteSessionRequest{Name: acme.session(currentSession)}))(t)
	key := metadata.AppendToOutgoingContext(t.Context(), authorizationKey, "Bearer key:"+string(l.Author))
	_, err = sessions.GetSession(key, &imprimaturv1.GetSessionRequest{Name: acme.session(currentSession)})
	wantRefusal(t, err, codes.PermissionDenied, "SESSION_REQUIRED")
}

func TestRolesWay(t *testing.T) {
	t.Parallel()
	l := openLodge(t)
	admin := l.as(l.Admin)
	r := need(l.members.CreateRole(admin, &imprimaturv1.CreateRoleRequest{
		Parent: acme.self(), RoleId: "approver:medical", Role: &imprimaturv1.Role{DisplayName: "Medical", Permissions: []string{"posts.read", "reviews.read"}},
	}))(t)
	if r.GetName() != "workspaces/acme/roles/approver-medical" || r.GetRole() != "approver:medical" {
		t.Errorf("role %v", r)
	}
	r = need(l.members.UpdateRole(admin, &imprimaturv1.UpdateRoleRequest{
		Role: &imprimaturv1.Role{Name: r.GetName(), Etag: r.GetEtag(), Permissions: []string{"posts.read"}}, UpdateMask: mask("permissions"),
	}))(t)
	known := need(l.members.GetRole(admin, &imprimaturv1.GetRoleRequest{Name: r.GetName()}))(t)
	if len(known.GetPermissions()) != 1 || known.GetDisplayName() != "Medical" {
		t.Errorf("role %v", known)
	}
	before := need(l.members.ListRoles(admin, &imprimaturv1.ListRolesRequest{Parent: acme.self()}))(t)
	need(l.members.DeleteRole(admin, &imprimaturv1.DeleteRoleRequest{Name: r.GetName()}))(t)
	after := need(l.members.ListRoles(admin, &imprimaturv1.ListRolesRequest{Parent: acme.self()}))(t)
	if len(before.GetRoles()) != len(after.GetRoles())+1 {
		t.Errorf("%d roles, then %d", len(before.GetRoles()), len(after.GetRoles()))
	}
}

func TestHoldsWay(t *testing.T) {
	t.Parallel()
	l := openLodge(t)
	h := need(l.holds.CreateHold(l.as(l.Admin), &imprimaturv1.CreateHoldRequest{Parent: acme.self(), Hold: &imprimaturv1.Hold{
		Scope: imprimaturv1.Hold_PERSON, Target: acme.member(l.Author), Reason: "a storm",
	}}))(t)
	if !h.GetActive() || h.GetTarget() != acme.member(l.Author) || h.GetHolder() != acme.member(l.Admin) {
		t.Errorf("hold %v", h)
	}
	filter := `active = true AND scope = "PERSON"`
	if list := need(l.holds.ListHolds(l.as(l.Admin), &imprimaturv1.ListHoldsRequest{Parent: acme.self(), Filter: filter}))(t); len(list.GetHolds()) != 1 {
		t.Errorf("holds %v", list)
	}
	h = need(l.holds.ReleaseHold(l.as(l.Admin), &imprimaturv1.ReleaseHoldRequest{Name: h.GetName(), Reason: "over"}))(t)
	known := need(l.holds.GetHold(l.as(l.Admin), &imprimaturv1.GetHoldRequest{Name: h.GetName()}))(t)
	if known.GetActive() || known.GetReleaser() != acme.member(l.Admin) || known.GetReleaseReason() != "over" {
		t.Errorf("hold %v", known)
	}
}

func TestKeysWay(t *testing.T) {
	t.Parallel()
	l := openLodge(t)
	client, admin := imprimaturv1.NewApiKeyServiceClient(l.conn), l.as(l.Admin)
	k := need(client.CreateApiKey(admin, &imprimaturv1.CreateApiKeyRequest{Parent: acme.self(), ApiKey: &imprimaturv1.ApiKey{
		DisplayName: "robot", Permissions: []string{"posts.read"},
	}}))(t)
	list := need(client.ListApiKeys(admin, &imprimaturv1.ListApiKeysRequest{Parent: acme.self(), Filter: `owner = "me"`}))(t)
	known := need(client.GetApiKey(admin, &imprimaturv1.GetApiKeyRequest{Name: k.GetName()}))(t)
	if k.GetSecret() == "" || known.GetSecret() != "" || len(list.GetApiKeys()) != 1 || list.GetApiKeys()[0].GetSecret() != "" || known.GetExpireTime() == nil {
		t.Errorf("key %v, list %v", known, list)
	}
	if revoked := need(client.RevokeApiKey(admin, &imprimaturv1.RevokeApiKeyRequest{Name: k.GetName()}))(t); revoked.GetRevokeTime() == nil {
		t.Errorf("revoked %v", revoked)
	}
}

func TestAccountsWay(t *testing.T) {
	t.Parallel()
	l := openLodge(t)
	client, admin := imprimaturv1.NewSocialAccountServiceClient(l.conn), l.as(l.Admin)
	a := need(client.CreateSocialAccount(admin, &imprimaturv1.CreateSocialAccountRequest{Parent: acme.self(), SocialAccount: &imprimaturv1.SocialAccount{
		Network: "wall", DisplayName: "Second wall", Owner: acme.member(l.Curator), Deputy: acme.member(l.PR),
	}}))(t)
	a = need(client.UpdateSocialAccount(admin, &imprimaturv1.UpdateSocialAccountRequest{
		SocialAccount: &imprimaturv1.SocialAccount{Name: a.GetName(), Etag: a.GetEtag(), DisplayName: "Third wall", Deputy: acme.member(l.Admin)},
		UpdateMask:    mask("display_name", "deputy"),
	}))(t)
	if a.GetDisplayName() != "Third wall" || a.GetOwner() != acme.member(l.Curator) || a.GetDeputy() != acme.member(l.Admin) {
		t.Errorf("account %v", a)
	}
	off := need(client.DisableSocialAccount(admin, &imprimaturv1.DisableSocialAccountRequest{Name: a.GetName(), Reason: "x"}))(t)
	on := need(client.EnableSocialAccount(admin, &imprimaturv1.EnableSocialAccountRequest{Name: a.GetName()}))(t)
	if off.GetState() != imprimaturv1.SocialAccount_DISABLED || on.GetState() != imprimaturv1.SocialAccount_READY {
		t.Errorf("off %v, on %v", off, on)
	}
	list := need(client.ListSocialAccounts(admin, &imprimaturv1.ListSocialAccountsRequest{Parent: acme.self(), Filter: `network = "wall"`, PageSize: 2}))(t)
	known := need(client.GetSocialAccount(admin, &imprimaturv1.GetSocialAccountRequest{Name: a.GetName()}))(t)
	if len(list.GetSocialAccounts()) != 2 || list.GetNextPageToken() == "" || known.GetName() != a.GetName() {
		t.Errorf("accounts %v", list)
	}
}

func TestTopicsWay(t *testing.T) {
	t.Parallel()
	l := openLodge(t)
	client, curator := imprimaturv1.NewTopicServiceClient(l.conn), l.as(l.Curator)
	topic := need(client.CreateTopic(curator, &imprimaturv1.CreateTopicRequest{
		Parent: acme.self(), TopicId: "secret", Topic: &imprimaturv1.Topic{DisplayName: "Secret", Closed: true, Members: []string{acme.member(l.Author)}},
	}))(t)
	topic = need(client.UpdateTopic(curator, &imprimaturv1.UpdateTopicRequest{
		Topic: &imprimaturv1.Topic{Name: topic.GetName(), Etag: topic.GetEtag(), Members: []string{acme.member(l.Reader)}}, UpdateMask: mask("members"),
	}))(t)
	if topic.GetDisplayName() != "Secret" || !topic.GetClosed() || len(topic.GetMembers()) != 1 {
		t.Errorf("topic %v", topic)
	}
	need(client.GetTopic(l.as(l.Reader), &imprimaturv1.GetTopicRequest{Name: topic.GetName()}))(t)
	_, err := client.GetTopic(l.as(l.Author), &imprimaturv1.GetTopicRequest{Name: topic.GetName()})
	if refusalOf(t, err).code != codes.NotFound {
		t.Errorf("a closed topic: %v", err)
	}
	if list := need(client.ListTopics(l.as(l.Author), &imprimaturv1.ListTopicsRequest{Parent: acme.self()}))(t); len(list.GetTopics()) != 2 {
		t.Errorf("topics %v", list)
	}
}

func TestWorkspaceTrailAndPolicy(t *testing.T) {
	t.Parallel()
	l := openLodge(t)
	admin, workspaces := l.as(l.Admin), imprimaturv1.NewWorkspaceServiceClient(l.conn)
	w := need(workspaces.GetWorkspace(admin, &imprimaturv1.GetWorkspaceRequest{Name: acme.self()}))(t)
	w = need(workspaces.UpdateWorkspace(admin, &imprimaturv1.UpdateWorkspaceRequest{
		Workspace: &imprimaturv1.Workspace{Name: w.GetName(), Etag: w.GetEtag(), DisplayName: "Acme SA"}, UpdateMask: mask("display_name"),
	}))(t)
	if w.GetDisplayName() != "Acme SA" || w.GetTimeZone() != "Europe/Paris" {
		t.Errorf("workspace %v", w)
	}
	post := l.Draft(t, "for the trail")
	trail, auditor := imprimaturv1.NewAuditServiceClient(l.conn), l.as(l.Auditor)
	list := need(trail.ListAuditRecords(auditor, &imprimaturv1.ListAuditRecordsRequest{
		Parent: acme.self(), Filter: `parent_resource = "` + acme.post(post.Post.ID) + `" AND action = "post.created" AND member = "` + acme.member(l.Author) + `"`, OrderBy: "create_time",
	}))(t)
	if len(list.GetAuditRecords()) != 1 {
		t.Fatalf("trail %v", list)
	}
	record := need(trail.GetAuditRecord(auditor, &imprimaturv1.GetAuditRecordRequest{Name: list.GetAuditRecords()[0].GetName()}))(t)
	if record.GetActorKind() != imprimaturv1.AuditRecord_HUMAN || !record.GetCreateTime().AsTime().Equal(workflowtest.Start) || record.GetDetail().GetFields()["unreadable"] != nil {
		t.Errorf("record %v", record)
	}
	policies := imprimaturv1.NewRoutingPolicyServiceClient(l.conn)
	all := need(policies.ListRoutingPolicies(admin, &imprimaturv1.ListRoutingPoliciesRequest{Parent: acme.self()}))(t)
	one := need(policies.GetRoutingPolicy(admin, &imprimaturv1.GetRoutingPolicyRequest{Name: acme.policy("default")}))(t)
	revision := need(policies.GetRoutingPolicyRevision(admin, &imprimaturv1.GetRoutingPolicyRevisionRequest{Name: acme.policyRevision("default", 1)}))(t)
	if len(all.GetRoutingPolicies()) != 1 || one.GetRevisionInForce().GetName() != revision.GetName() || len(revision.GetRules()) < 5 || len(revision.GetDefaultRequirements()) != 2 {
		t.Errorf("policies %v, revision %v", all, revision)
	}
}
