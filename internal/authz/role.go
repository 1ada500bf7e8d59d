package authz

import (
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// DefaultRoles returns the roles a new workspace begins with; the caller names the
// workspace and the times. No role inherits from another: each lists what it permits in
// full, and testdata/roles.txt shows the whole grid.
//
// Every role may read the members, because decisions, authors and owners are shown by
// name and the pages have no private way to learn one; and the holds, because a page that
// does not say why nothing goes out leaves people to guess.
func DefaultRoles() []advocacy.RoleDef {
	return []advocacy.RoleDef{
		builtin(advocacy.RoleEmployee, "Employee", employee()...),
		builtin(advocacy.RoleCurator, "Curator", curator()...),
		builtin(advocacy.RoleLegal, "Legal", approver()...),
		builtin(advocacy.RolePR, "Public relations", approver()...),
		builtin(advocacy.RoleAdmin, "Administrator", admin()...),
		builtin(advocacy.RoleAuditor, "Auditor", auditor()...),
	}
}

func builtin(r advocacy.Role, name string, permissions ...advocacy.Permission) advocacy.RoleDef {
	return advocacy.RoleDef{Role: r, DisplayName: name, Permissions: permissions, Builtin: true, Version: 1}
}

func employee() []advocacy.Permission {
	return []advocacy.Permission{
		SelfRead, WorkspacesRead, MembersRead, MembersDeclare, LexiconsRead, DisclosuresRead, GuidelinesRead, GuidelinesAcknowledge, TrainingsRead, TrainingsAnswer,
		TopicsRead, TopicsJoin, ItemsRead, ItemsShare, ProposalsRead, ProposalsCreate,
		MediaRead, MediaCreate,
		PostsRead, PostsCreate, PostsUpdate, PostsSubmit, PostsWithdraw, PostsRecall, PostsPreview,
		ReviewsRead, ThreadsRead, ThreadsCreate, TasksRead, TasksSnooze, AccountsRead, AccountsConnect, PublicationsRead, PublicationsHandoff, CasesRead, HoldsRead,
	}
}

func curator() []advocacy.Permission {
	return []advocacy.Permission{
		SelfRead, WorkspacesRead, MembersRead, MembersDeclare, LexiconsRead, DisclosuresRead, GuidelinesRead, GuidelinesAcknowledge, TrainingsRead, TrainingsAnswer,
		TopicsRead, TopicsCreate, TopicsUpdate, TopicsJoin,
		ItemsRead, ItemsCreate, ItemsUpdate, ItemsSubmit, ItemsWithdraw, ItemsShare,
		ProposalsRead, ProposalsReadAll, ProposalsCreate, ProposalsAnswer, FeedsRead, FeedsUpdate,
		MediaRead, MediaCreate,
		PostsRead, PostsCreate, PostsUpdate, PostsSubmit, PostsExpedite, PostsWithdraw, PostsRecall, PostsPreview,
		ReviewsRead, ThreadsRead, ThreadsCreate, TasksRead, TasksSnooze, AccountsRead, AccountsConnect, PublicationsRead, PublicationsHandoff, RecallsRead, CasesRead, HoldsRead,
	}
}

// approver is what each role that signs may do. posts.recall is the door of RecallPost,
// behind which publications.recall opens the posts of others.
func approver() []advocacy.Permission {
	return []advocacy.Permission{
		SelfRead, WorkspacesRead, MembersRead, MembersDeclare, LexiconsRead, DisclosuresRead, GuidelinesRead, GuidelinesAcknowledge, TrainingsRead, TrainingsAnswer,
		TopicsRead, TopicsJoin, ItemsRead, MediaRead,
		PostsRead, PostsReadAll, PostsRecall,
		ReviewsRead, ReviewsDecide, ThreadsRead, ThreadsCreate, TasksRead, TasksSnooze, PoliciesRead,
		AccountsRead, AccountsConnect, PublicationsRead, PublicationsRecall, PublicationsHandoff, RecallsRead, RecallsCreate, CasesRead, CasesClose,
		HoldsRead, HoldsCreate, HoldsRelease,
		CalendarsRead, DelegationsRead, DelegationsCreate, AbsencesRead, AbsencesCreate,
	}
}

// admin is everything but the decision: who runs the workspace signs nothing.
func admin() []advocacy.Permission {
	var all []advocacy.Permission
	for _, p := range registry {
		if p.Name != ReviewsDecide {
			all = append(all, p.Name)
		}
	}
	return all
}

func auditor() []advocacy.Permission {
	return []advocacy.Permission{
		SelfRead, WorkspacesRead, MembersRead, MembersDeclare, RolesRead, KeysRead,
		LexiconsRead, DisclosuresRead, GuidelinesRead, GuidelinesReadAll, GuidelinesAcknowledge, TrainingsRead, TrainingsReadAll, TrainingsAnswer,
		TopicsRead, ItemsRead, ProposalsRead, ProposalsReadAll, FeedsRead, MediaRead,
		PostsRead, PostsReadAll, ReviewsRead, ThreadsRead, TasksRead, PoliciesRead,
		AccountsRead, PublicationsRead, RecallsRead, CasesRead, HoldsRead, AuditRead,
		CalendarsRead, DelegationsRead, AbsencesRead,
	}
}

// grants tells whether a line that gives p to r counts. A permission this binary does
// not know gives nothing (a newer one may have written it), and only a role that signs
// can be given the decision: both hold even if the table was edited by hand.
func grants(r advocacy.Role, p advocacy.Permission) bool {
	if _, known := places[p]; !known {
		return false
	}
	return p != ReviewsDecide || r.Approver()
}

// sameLines tells whether two sets of roles permit the same, in any order.
func sameLines(a, b []advocacy.RoleDef) bool {
	return slices.EqualFunc(lines(a), lines(b), slices.Equal[[]string])
}
