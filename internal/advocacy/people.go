package advocacy

import (
	"slices"
	"strings"
	"time"
)

// Role is a named set of permissions in a workspace. Roles are compared as exact
// strings; none inherits from another.
type Role string

// The roles every workspace begins with.
const (
	RoleEmployee Role = "employee"
	RoleCurator  Role = "curator"
	RoleLegal    Role = "approver:legal"
	RolePR       Role = "approver:pr"
	RoleAdmin    Role = "admin"
	RoleAuditor  Role = "auditor"
)

// approverPrefix begins the name of each role that may sign.
const approverPrefix = "approver:"

// Approver tells whether the role is one that signs, such as "approver:legal".
func (r Role) Approver() bool {
	return strings.HasPrefix(string(r), approverPrefix) && len(r) > len(approverPrefix)
}

// Function is the word after the colon of an approver role: "legal" of "approver:legal".
func (r Role) Function() string { return strings.TrimPrefix(string(r), approverPrefix) }

// Permission is an object and an action, such as "posts.create".
type Permission string

// Split returns the object and the action.
func (p Permission) Split() (object, action string) {
	object, action, _ = strings.Cut(string(p), ".")
	return object, action
}

// PermissionDecide is the right to decide, which no machine can be given.
const PermissionDecide Permission = "reviews.decide"

// PermissionResolve is the right to say what became of a publication whose end is not known.
const PermissionResolve Permission = "publications.resolve"

// RoleDef is a role of a workspace and what it permits.
type RoleDef struct {
	Workspace   WorkspaceID
	Role        Role
	DisplayName string
	Permissions []Permission
	// Builtin roles cannot be deleted.
	Builtin    bool
	Version    int64
	CreateTime time.Time
	UpdateTime time.Time
	// Given is everything the role ever permitted. What is in it and no longer permitted was
	// taken away on purpose. Empty while nobody knows: the role is older than the count.
	Given []Permission
}

// Permit replaces what the role permits.
func (d *RoleDef) Permit(permissions []Permission) {
	known := d.given()
	d.Permissions = permissions
	if len(known) > 0 {
		d.Given = union(known, permissions)
	}
}

// Offer gives a role that came with the service what the service's own table has come to
// permit since, and returns that. What was taken away on purpose stays away, and a role
// that was changed before anybody kept count gains nothing: an admin, who can tell, may add
// it. Offering the same again does nothing.
func (d *RoleDef) Offer(own []Permission) []Permission {
	known := d.given()
	if len(known) == 0 {
		known = own
	}
	known = union(known, d.Permissions)
	gained := without(own, known)
	d.Permissions = append(slices.Clone(d.Permissions), gained...)
	d.Given = union(known, own)
	return gained
}

// Lacks lists which of the permissions the role does not have.
func (d *RoleDef) Lacks(all []Permission) []Permission { return without(all, d.Permissions) }

// given is Given, which for a role nobody ever changed is what it permits.
func (d *RoleDef) given() []Permission {
	if len(d.Given) == 0 && d.Version <= 1 {
		return d.Permissions
	}
	return d.Given
}

// without is what of a is not in b.
func without(a, b []Permission) []Permission {
	return slices.DeleteFunc(slices.Clone(a), func(p Permission) bool { return slices.Contains(b, p) })
}

// MemberState is whether a person may act.
type MemberState string

const (
	// MemberActive may sign in and act.
	MemberActive MemberState = "active"
	// MemberDisabled may do nothing; what the person had scheduled is cancelled.
	MemberDisabled MemberState = "disabled"
)

// Member is a person and the membership in one workspace.
type Member struct {
	Workspace   WorkspaceID
	Person      PersonID
	DisplayName string
	Email       string
	// Title is the person's function, such as "Engineer, Lyon".
	Title    string
	Language string
	State    MemberState
	// StateTime is since when the state holds: a decision taken before it does not count.
	StateTime time.Time
	Roles     []RoleGrant
	Groups    []string
	// Department and Country are where the person works, for audiences to ask for; empty
	// while nobody said.
	Department string
	Country    string
	// Manager is whom the person reports to, empty for nobody.
	Manager PersonID
	// Relation is what the person says he or she is to the company: it is told of his or her own
	// words about it where they tell nothing. DisclosureNone while the person says nothing.
	Relation Disclosure
	// ShareCalendar has the hours in which posts go out through the person's own accounts, and the
	// days that are counted; empty for the workspace's.
	ShareCalendar CalendarID
	// TrainingMode: those of the policy's defaults sign whatever the person posts.
	TrainingMode bool
	// MergedInto is the membership that this one turned out to be a second one of. A merged
	// membership is disabled for good.
	MergedInto PersonID
	Version    int64
	CreateTime time.Time
	UpdateTime time.Time
}

// RoleGrant is a role held without a gap since an instant.
type RoleGrant struct {
	Role  Role
	Since time.Time
}

// Active tells whether the member may act.
func (m *Member) Active() bool { return m != nil && m.State == MemberActive }

// Holds tells whether the member is active and holds the role now.
func (m *Member) Holds(r Role) bool {
	return m.Active() && slices.ContainsFunc(m.Roles, func(g RoleGrant) bool { return g.Role == r })
}

// HeldSince tells whether the member has been active and has held the role without a
// gap since t.
func (m *Member) HeldSince(r Role, t time.Time) bool {
	if !m.Active() || m.StateTime.After(t) {
		return false
	}
	return slices.ContainsFunc(m.Roles, func(g RoleGrant) bool { return g.Role == r && !g.Since.After(t) })
}

// GroupNames lists the groups; nobody is in none.
func (m *Member) GroupNames() []string {
	if m == nil {
		return nil
	}
	return m.Groups
}

// RoleNames lists the roles held.
func (m *Member) RoleNames() []Role {
	names := make([]Role, len(m.Roles))
	for i, g := range m.Roles {
		names[i] = g.Role
	}
	return names
}

// Identity is one login of a person. Several may be linked to one person.
type Identity struct {
	Workspace WorkspaceID
	Person    PersonID
	// Issuer says who vouches for Subject: "local" for sign-in links, where the subject is
	// the person's own id, since an address can change hands.
	Issuer     string
	Subject    string
	CreateTime time.Time
}

// IssuerLocal vouches for people who sign in by a one-time link.
const IssuerLocal = "local"

// Workspace is one brand or legal entity: the tenant boundary.
type Workspace struct {
	ID          WorkspaceID
	DisplayName string
	// Language is the workspace's default BCP 47 tag; Zone its IANA time zone.
	Language string
	Zone     string
	// Sharing is how often, when and what people share.
	Sharing Sharing
	// EditMode is what may be changed of an item that says nothing of it when it is made: anything,
	// or nothing. Spans are words of an item, so no workspace has them.
	EditMode EditMode
	// LiftByAnother: whoever made a hold does not lift it.
	LiftByAnother bool
	// PolicyVersion grows with every change of a role's permissions.
	PolicyVersion int64
	Version       int64
	CreateTime    time.Time
	UpdateTime    time.Time
}

// ActorKind is who is acting.
type ActorKind string

const (
	// Human is a person in an interactive session.
	Human ActorKind = "human"
	// Machine is an API key.
	Machine ActorKind = "machine"
	// System is the service itself: a timer, a worker, the installer.
	System ActorKind = "system"
)

// Actor is who is acting, as the credential proved. It is never taken from a request's
// body or headers.
type Actor struct {
	Kind      ActorKind
	Workspace WorkspaceID
	// Person acts; for a machine, the person who answers for the key.
	Person  PersonID
	Key     KeyID
	Session string
	Roles   []Role
	// StepUpTime is when the person last proved in this session who he or she is, beyond
	// the sign-in; zero for never.
	StepUpTime time.Time
}

// Factor names a way in which people prove again, in their session, who they are, such as a
// passkey. Whoever provides one sets the session's StepUpTime when somebody did; nothing else about
// it is known here.
type Factor string

// NoFactor: there is no such way, so nobody can sign what asks for such a proof.
const NoFactor Factor = ""

// StepUpLife is how long a step-up lasts.
const StepUpLife = 10 * time.Minute

// SteppedUp tells whether the actor proved again, just now, who he or she is.
func (a Actor) SteppedUp(now time.Time) bool {
	return !a.StepUpTime.IsZero() && now.Before(a.StepUpTime.Add(StepUpLife))
}

// Has tells whether the actor held the role when the credential was checked. Guards of
// decisions do not use it: they read the membership in the deciding transaction.
func (a Actor) Has(r Role) bool { return slices.Contains(a.Roles, r) }

// Session is a person's signed-in visit. Only the digest of its token is kept.
type Session struct {
	Workspace  WorkspaceID
	ID         string
	Person     PersonID
	TokenHash  []byte
	CreateTime time.Time
	ExpireTime time.Time
	RevokeTime time.Time
	// StepUpTime is when the person last proved in it again who he or she is.
	StepUpTime time.Time
}

// SignInLink is a one-time door for one person. Only the digest of its secret is kept.
type SignInLink struct {
	Workspace  WorkspaceID
	ID         string
	Person     PersonID
	TokenHash  []byte
	CreateTime time.Time
	ExpireTime time.Time
	UseTime    time.Time
}

// APIKey lets a tool call in a person's responsibility. It can never decide.
type APIKey struct {
	Workspace   WorkspaceID
	ID          KeyID
	DisplayName string
	// Owner answers for what the key does and counts as a contributor of it.
	Owner       PersonID
	Permissions []Permission
	SecretHash  []byte
	// Prefix is the readable beginning of the key, for lists.
	Prefix     string
	Version    int64
	CreateTime time.Time
	ExpireTime time.Time
	RevokeTime time.Time
	UseTime    time.Time
}
