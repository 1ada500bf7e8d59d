package authz

import (
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Every permission that exists: an object and an action. The methods of the API name
// them in their options, and roles and keys list them.
const (
	WorkspacesRead      advocacy.Permission = "workspaces.read"
	WorkspacesUpdate    advocacy.Permission = "workspaces.update"
	MembersRead         advocacy.Permission = "members.read"
	MembersCreate       advocacy.Permission = "members.create"
	MembersUpdate       advocacy.Permission = "members.update"
	MembersDisable      advocacy.Permission = "members.disable"
	MembersMerge        advocacy.Permission = "members.merge"
	MembersDeclare      advocacy.Permission = "members.declare"
	MembersInvite       advocacy.Permission = "members.invite"
	RolesRead           advocacy.Permission = "roles.read"
	RolesUpdate         advocacy.Permission = "roles.update"
	KeysRead            advocacy.Permission = "keys.read"
	KeysCreate          advocacy.Permission = "keys.create"
	KeysRevoke          advocacy.Permission = "keys.revoke"
	TopicsRead          advocacy.Permission = "topics.read"
	TopicsCreate        advocacy.Permission = "topics.create"
	TopicsUpdate        advocacy.Permission = "topics.update"
	TopicsJoin          advocacy.Permission = "topics.join"
	ItemsRead           advocacy.Permission = "items.read"
	ItemsCreate         advocacy.Permission = "items.create"
	ItemsUpdate         advocacy.Permission = "items.update"
	ItemsSubmit         advocacy.Permission = "items.submit"
	ItemsWithdraw       advocacy.Permission = "items.withdraw"
	ItemsTransfer       advocacy.Permission = "items.transfer"
	ItemsShare          advocacy.Permission = "items.share"
	ProposalsRead       advocacy.Permission = "proposals.read"
	ProposalsReadAll    advocacy.Permission = "proposals.readall"
	ProposalsCreate     advocacy.Permission = "proposals.create"
	ProposalsAnswer     advocacy.Permission = "proposals.answer"
	FeedsRead           advocacy.Permission = "feeds.read"
	FeedsUpdate         advocacy.Permission = "feeds.update"
	MediaRead           advocacy.Permission = "media.read"
	MediaCreate         advocacy.Permission = "media.create"
	PostsRead           advocacy.Permission = "posts.read"
	PostsReadAll        advocacy.Permission = "posts.readall"
	PostsCreate         advocacy.Permission = "posts.create"
	PostsUpdate         advocacy.Permission = "posts.update"
	PostsSubmit         advocacy.Permission = "posts.submit"
	PostsExpedite       advocacy.Permission = "posts.expedite"
	PostsWithdraw       advocacy.Permission = "posts.withdraw"
	PostsRecall         advocacy.Permission = "posts.recall"
	PostsPreview        advocacy.Permission = "posts.preview"
	ReviewsRead         advocacy.Permission = "reviews.read"
	ReviewsDecide       advocacy.Permission = advocacy.PermissionDecide
	ReviewsReroute      advocacy.Permission = "reviews.reroute"
	ReviewsRetract      advocacy.Permission = "reviews.retract"
	ThreadsRead         advocacy.Permission = "threads.read"
	ThreadsCreate       advocacy.Permission = "threads.create"
	TasksRead           advocacy.Permission = "tasks.read"
	TasksSnooze         advocacy.Permission = "tasks.snooze"
	TasksReassign       advocacy.Permission = "tasks.reassign"
	PoliciesRead        advocacy.Permission = "policies.read"
	PoliciesCreate      advocacy.Permission = "policies.create"
	PoliciesSimulate    advocacy.Permission = "policies.simulate"
	PoliciesActivate    advocacy.Permission = "policies.activate"
	AccountsRead        advocacy.Permission = "accounts.read"
	AccountsCreate      advocacy.Permission = "accounts.create"
	AccountsConnect     advocacy.Permission = "accounts.connect"
	AccountsUpdate      advocacy.Permission = "accounts.update"
	PublicationsRead    advocacy.Permission = "publications.read"
	PublicationsRecall  advocacy.Permission = "publications.recall"
	PublicationsResolve advocacy.Permission = "publications.resolve"
	PublicationsHandoff advocacy.Permission = "publications.handoff"
	RecallsRead         advocacy.Permission = "recalls.read"
	RecallsCreate       advocacy.Permission = "recalls.create"
	CasesRead           advocacy.Permission = "cases.read"
	CasesClose          advocacy.Permission = "cases.close"
	HoldsRead           advocacy.Permission = "holds.read"
	HoldsCreate         advocacy.Permission = "holds.create"
	HoldsRelease        advocacy.Permission = "holds.release"
	AuditRead           advocacy.Permission = "audit.read"
	CalendarsRead       advocacy.Permission = "calendars.read"
	CalendarsUpdate     advocacy.Permission = "calendars.update"
	DelegationsRead     advocacy.Permission = "delegations.read"
	DelegationsCreate   advocacy.Permission = "delegations.create"
	AbsencesRead        advocacy.Permission = "absences.read"
	AbsencesCreate      advocacy.Permission = "absences.create"
	SelfRead            advocacy.Permission = "self.read"

	LexiconsRead          advocacy.Permission = "lexicons.read"
	LexiconsPublish       advocacy.Permission = "lexicons.publish"
	DisclosuresRead       advocacy.Permission = "disclosures.read"
	DisclosuresPublish    advocacy.Permission = "disclosures.publish"
	GuidelinesRead        advocacy.Permission = "guidelines.read"
	GuidelinesReadAll     advocacy.Permission = "guidelines.readall"
	GuidelinesPublish     advocacy.Permission = "guidelines.publish"
	GuidelinesAcknowledge advocacy.Permission = "guidelines.acknowledge"
	TrainingsRead         advocacy.Permission = "trainings.read"
	TrainingsReadAll      advocacy.Permission = "trainings.readall"
	TrainingsUpdate       advocacy.Permission = "trainings.update"
	TrainingsRecord       advocacy.Permission = "trainings.record"
	TrainingsAnswer       advocacy.Permission = "trainings.answer"
)

// Permission is one entry of the registry.
type Permission struct {
	Name advocacy.Permission
	// Description says what it lets one do, for the page on which roles are edited.
	Description string
	// Machine tells whether an API key may be given it.
	//
	// A key may read, write, submit, and stop things. What needs a person at the other
	// end, so that a stolen key cannot reach it: giving a sign-off, taking one back or a person's
	// word (reviews.decide, reviews.retract, threads.create, publications.resolve, publications.handoff, cases.close,
	// holds.release, guidelines.acknowledge, members.declare); giving rights to somebody (members.create, members.update,
	// members.invite, roles.update, keys.create, delegations.create); saying what people shall
	// look at (tasks.reassign, tasks.snooze), who has to sign (policies.activate,
	// reviews.reroute, posts.expedite), what to read (guidelines.publish) or what not to write
	// (lexicons.publish), or what readers are told (disclosures.publish); taking away the means
	// to stop a thief (members.disable,
	// members.merge, keys.revoke); handling credentials of networks (accounts.create,
	// accounts.connect, accounts.update); and a session (self.read), which a key does not have. Making a hold is
	// open to machines on purpose: an alarm may stop publishing, only a person may start it
	// again.
	Machine bool
}

var registry = []Permission{
	{WorkspacesRead, "See the workspace's name, language and time zone.", true},
	{WorkspacesUpdate, "Change the workspace's name, language and time zone.", true},
	{MembersRead, "See who is a member, with roles and groups.", true},
	{MembersCreate, "Add people to the workspace.", false},
	{MembersUpdate, "Change members and the roles they hold.", false},
	{MembersDisable, "Disable members and enable them again.", false},
	{MembersMerge, "Say that two memberships are one person.", false},
	{MembersDeclare, "Say what one is to the company.", false},
	{MembersInvite, "Send people a one-time link to sign in.", false},
	{RolesRead, "See the roles and what they permit.", true},
	{RolesUpdate, "Create, change and delete roles.", false},
	{KeysRead, "See the API keys, without their secrets.", true},
	{KeysCreate, "Make API keys, and answer for them.", false},
	{KeysRevoke, "Revoke API keys.", false},
	{TopicsRead, "See the topics of the library.", true},
	{TopicsCreate, "Create topics.", true},
	{TopicsUpdate, "Change topics and who sees closed ones.", true},
	{TopicsJoin, "Join topics, and leave them.", true},
	{ItemsRead, "See the library.", true},
	{ItemsCreate, "Write library items.", true},
	{ItemsUpdate, "Change library items, and see those not yet approved.", true},
	{ItemsSubmit, "Submit library items for sign-off.", true},
	{ItemsWithdraw, "Take items out of the library.", true},
	{ItemsTransfer, "Make somebody else answer for anybody's library items; owners need no more than to change them.", true},
	{ItemsShare, "Share library items.", true},
	{ProposalsRead, "See what one proposed for the library, and the answer.", true},
	{ProposalsReadAll, "See what anybody proposed for the library.", true},
	{ProposalsCreate, "Propose content for the library, and take that back.", true},
	{ProposalsAnswer, "Decline proposals, and make library items of those accepted.", true},
	{FeedsRead, "See the feeds whose entries become proposals.", true},
	{FeedsUpdate, "Add, change and remove feeds.", true},
	{MediaRead, "See uploaded pictures.", true},
	{MediaCreate, "Upload pictures.", true},
	{PostsRead, "See one's own posts.", true},
	{PostsReadAll, "See everybody's posts.", true},
	{PostsCreate, "Write posts.", true},
	{PostsUpdate, "Change one's own posts.", true},
	{PostsSubmit, "Submit one's own posts for sign-off.", true},
	{PostsExpedite, "Submit one's own posts on the expedited route of the routing policy, with a reason.", false},
	{PostsWithdraw, "Withdraw one's own posts before they go out.", true},
	{PostsRecall, "Recall one's own posts from the networks.", true},
	{PostsPreview, "See what a post would look like, and who would sign.", true},
	{ReviewsRead, "See reviews and decisions of what one may see.", true},
	{ReviewsDecide, "Approve, reject or ask for changes.", false},
	{ReviewsReroute, "Have an open review routed again under the policy in force.", false},
	{ReviewsRetract, "Take back a signature that somebody else gave.", false},
	{ThreadsRead, "See discussions about what one may see.", true},
	{ThreadsCreate, "Open, answer and resolve discussions.", false},
	{TasksRead, "See the queue of what waits for a decision.", true},
	{TasksSnooze, "Put one's own turns off for a while.", false},
	{TasksReassign, "Say who of those who may sign shall.", false},
	{PoliciesRead, "See routing policies and try them out.", true},
	{PoliciesCreate, "Write drafts of routing policies.", true},
	{PoliciesSimulate, "Replay a routing policy over the past.", true},
	{PoliciesActivate, "Put a routing policy in force that somebody else wrote.", false},
	{AccountsRead, "See the social accounts, without their credentials.", true},
	{AccountsCreate, "Connect social accounts.", false},
	{AccountsConnect, "Give one's own social accounts their tokens, and take them back.", false},
	{AccountsUpdate, "Change, switch off and reconnect social accounts.", false},
	{PublicationsRead, "See publications of what one may see.", true},
	{PublicationsRecall, "Recall anybody's publications from the networks.", true},
	{PublicationsResolve, "Say how a publication ended when no machine can tell.", false},
	{PublicationsHandoff, "Publish by hand through one's own accounts, and say what became of it.", false},
	{RecallsRead, "See what was taken back, and how far that is.", true},
	{RecallsCreate, "Take back everything that came of a library item.", true},
	{CasesRead, "See the cases of what one may see.", true},
	{CasesClose, "Say what becomes of a difference between what was signed and what is shown.", false},
	{HoldsRead, "See the holds.", true},
	{HoldsCreate, "Stop publishing.", true},
	{HoldsRelease, "Let publishing go on.", false},
	{AuditRead, "See the audit trail.", true},
	{CalendarsRead, "See the calendars and their working hours.", true},
	{CalendarsUpdate, "Create, change and delete calendars.", true},
	{DelegationsRead, "See who may sign for whom.", true},
	{DelegationsCreate, "Let somebody sign for oneself, and take that back.", false},
	{AbsencesRead, "See who is away.", true},
	{AbsencesCreate, "Say when one is away.", true},
	{SelfRead, "See one's own session, and sign out.", false},
	{LexiconsRead, "See the terms the workspace watches for.", true},
	{LexiconsPublish, "Publish the terms the workspace watches for.", false},
	{DisclosuresRead, "See the rules by which readers are told of author and company.", true},
	{DisclosuresPublish, "Publish the rules by which readers are told of author and company.", false},
	{GuidelinesRead, "See the guideline and its revisions.", true},
	{GuidelinesReadAll, "See who acknowledged the guideline.", true},
	{GuidelinesPublish, "Publish the guideline everybody has to read.", false},
	{GuidelinesAcknowledge, "Say that one has read the guideline.", false},
	{TrainingsRead, "See the training modules, and one's own training.", true},
	{TrainingsReadAll, "See everybody's training.", true},
	{TrainingsUpdate, "Create and change training modules.", true},
	{TrainingsRecord, "Record and revoke the training people completed.", true},
	{TrainingsAnswer, "Answer the questions of a training oneself.", false},
}

// places finds a permission in the registry.
var places = func() map[advocacy.Permission]int {
	m := make(map[advocacy.Permission]int, len(registry))
	for i, p := range registry {
		m[p.Name] = i
	}
	return m
}()

// Permissions lists every permission that exists.
func Permissions() []Permission { return slices.Clone(registry) }

// MachinePermissions lists the permissions an API key may be given; Permission.Machine
// says why the others are not among them.
func MachinePermissions() []advocacy.Permission {
	var names []advocacy.Permission
	for _, p := range registry {
		if p.Machine {
			names = append(names, p.Name)
		}
	}
	return names
}
