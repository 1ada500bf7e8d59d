package web

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

var peopleRoutes = []route{
	{"GET /w/{workspace}/people", nil, peoplePage},
	{"POST /w/{workspace}/people", []string{"MemberService/CreateMember", "MemberService/InviteMember"}, addMember},
	{"GET /w/{workspace}/people/members/{member}", nil, memberPage},
	{"POST /w/{workspace}/people/members/{member}", []string{"MemberService/UpdateMember", "MemberService/InviteMember"}, saveMember},
	{"POST /w/{workspace}/people/members/{member}/disable", []string{"MemberService/DisableMember"}, disableMember},
	{"POST /w/{workspace}/people/members/{member}/enable", []string{"MemberService/EnableMember"}, enableMember},
	{"POST /w/{workspace}/people/members/{member}/merge", []string{"MemberService/MergeMember"}, mergeMember},

	{"GET /w/{workspace}/people/groups", nil, groupsPage},
	{"POST /w/{workspace}/people/groups", []string{"MemberService/UpdateMember"}, joinGroup},
	{"POST /w/{workspace}/people/groups/leave", []string{"MemberService/UpdateMember"}, leaveGroup},
	{"POST /w/{workspace}/people/groups/name", []string{"MemberService/RenameGroup"}, renameGroup},
	{"POST /w/{workspace}/people/groups/topics", []string{"TopicService/UpdateTopic"}, shelveGroup},

	{"GET /w/{workspace}/people/roles", nil, rolesPage},
	{"POST /w/{workspace}/people/roles", []string{"MemberService/CreateRole"}, createRole},
	{"GET /w/{workspace}/people/roles/{role}", nil, rolePage},
	{"POST /w/{workspace}/people/roles/{role}", []string{"MemberService/UpdateRole"}, saveRole},
	{"POST /w/{workspace}/people/roles/{role}/delete", []string{"MemberService/DeleteRole"}, deleteRole},

	{"GET /w/{workspace}/people/keys", nil, keysPage},
	{"POST /w/{workspace}/people/keys", []string{"ApiKeyService/CreateApiKey"}, createKey},
	{"POST /w/{workspace}/people/keys/{key}/revoke", []string{"ApiKeyService/RevokeApiKey"}, revokeKey},

	{"GET /w/{workspace}/people/away", nil, awayPage},
	{"POST /w/{workspace}/people/away/delegations", []string{"DelegationService/CreateDelegation"}, createDelegation},
	{"POST /w/{workspace}/people/away/delegations/{delegation}/revoke", []string{"DelegationService/RevokeDelegation"}, revokeDelegation},
	{"POST /w/{workspace}/people/away/absences", []string{"AbsenceService/CreateAbsence"}, createAbsence},
	{"POST /w/{workspace}/people/away/absences/{absence}/delete", []string{"AbsenceService/DeleteAbsence"}, deleteAbsence},

	{"GET /w/{workspace}/people/calendars", nil, calendarsPage},
	{"POST /w/{workspace}/people/calendars", []string{"CalendarService/CreateCalendar", "CalendarService/UpdateCalendar"}, saveWorkingCalendar},
	{"POST /w/{workspace}/people/calendars/{calendar}/delete", []string{"CalendarService/DeleteCalendar"}, deleteWorkingCalendar},
}

// peopleTabs are the parts of the people desk.
func (v *visitor) peopleTabs(current string) []tab {
	p := v.bare("notice")
	var tabs []tab
	for _, t := range []struct{ key, address, permission string }{
		{"members", "/people", "members.read"}, {"groups", "/people/groups", "members.read"}, {"roles", "/people/roles", "roles.read"}, {"keys", "/people/keys", "keys.read"},
		{"away", "/people/away", "absences.read"}, {"calendars", "/people/calendars", "calendars.read"},
	} {
		if v.may(t.permission) {
			tabs = append(tabs, tab{v.at(t.address), p.T("web.people.tab." + t.key), t.key == current})
		}
	}
	return tabs
}

// memberClient is the API's part about people.
func (v *visitor) memberClient() imprimaturv1.MemberServiceClient {
	return imprimaturv1.NewMemberServiceClient(v.conn)
}

// peopleData are the members.
type peopleData struct {
	Tabs    []tab
	Show    string
	Views   []tab
	Members []*imprimaturv1.Member
	Roles   []option
	More    string
	// Link is the way in of who was just added, shown once; nil when there is none to show.
	Link        *invitation
	Recomputing *imprimaturv1.Recomputation
}

// invitation is a one-time link, never kept or written anywhere else than in this answer.
type invitation struct {
	Name string
	*imprimaturv1.InviteMemberResponse
}

func peoplePage(v *visitor) error { return v.showPeople(nil) }

// showPeople lists the members, with a link to hand over when one was just made.
func (v *visitor) showPeople(link *invitation) error {
	p := v.bare("notice")
	data := peopleData{Tabs: v.peopleTabs("members"), Show: v.query("show"), Link: link}
	filter := `state = "ACTIVE"`
	switch {
	case data.Show == "disabled":
		filter = `state = "DISABLED"`
	case data.Show != "":
		filter += " AND role = " + quoted(data.Show)
	}
	data.Views = []tab{
		{v.at("/people"), p.T("web.people.active"), data.Show == ""}, {v.at("/people?show=disabled"), p.T("web.people.disabled"), data.Show == "disabled"},
	}
	listed, err := v.memberClient().ListMembers(v.ctx, &imprimaturv1.ListMembersRequest{
		Parent: v.parent(), PageSize: deskPage, PageToken: v.query("page"), Filter: filter,
	})
	if err != nil {
		return err
	}
	data.Members, data.More = listed.GetMembers(), v.more(listed.GetNextPageToken())
	if v.may("roles.read") {
		if data.Roles, err = v.allRoles(nil); err != nil {
			return err
		}
	}
	if data.Recomputing, err = v.recomputing(); err != nil {
		return err
	}
	return v.show("people", "people", data)
}

// recomputing is how far the looking again at what is open is that followed the last change of who signs
// what; nil when it has ended, or the visitor may not see it.
func (v *visitor) recomputing() (*imprimaturv1.Recomputation, error) {
	if !v.may("policies.read") {
		return nil, nil
	}
	listed, err := imprimaturv1.NewRoutingPolicyServiceClient(v.conn).ListRecomputations(v.ctx, &imprimaturv1.ListRecomputationsRequest{
		Parent: v.parent(), PageSize: 1,
	})
	for _, r := range listed.GetRecomputations() {
		if r.GetEndTime() == nil {
			return r, err
		}
	}
	return nil, err
}

// allRoles lists the roles of the workspace, those held marked.
func (v *visitor) allRoles(held []string) ([]option, error) {
	listed, err := v.memberClient().ListRoles(v.ctx, &imprimaturv1.ListRolesRequest{Parent: v.parent(), PageSize: everyPage})
	if err != nil {
		return nil, err
	}
	p := v.bare("notice")
	var options []option
	for _, r := range listed.GetRoles() {
		chosen := false
		for _, h := range held {
			chosen = chosen || h == r.GetRole()
		}
		options = append(options, option{r.GetRole(), roleName(p, r), chosen})
	}
	return options, nil
}

// addMember adds a person and makes the link to sign in with.
func addMember(v *visitor) error {
	m, err := v.memberClient().CreateMember(v.ctx, &imprimaturv1.CreateMemberRequest{
		Parent: v.parent(), RequestId: v.requestID(),
		Member: &imprimaturv1.Member{
			DisplayName: v.form("name"), Email: v.form("email"), Title: v.form("title"), Language: v.form("language"), Roles: v.fields("role"),
		},
	})
	if err != nil {
		return err
	}
	made, err := v.memberClient().InviteMember(v.ctx, &imprimaturv1.InviteMemberRequest{Name: m.GetName()})
	if err != nil {
		return err
	}
	if made.GetMailed() {
		return v.done(v.at("/people/members/"+lastPart(m.GetName())), "web.said.people.invited", "name", m.GetDisplayName())
	}
	return v.showPeople(&invitation{m.GetDisplayName(), made})
}

// memberData is one person.
type memberData struct {
	Tabs      []tab
	Member    *imprimaturv1.Member
	Active    bool
	Me        bool
	Roles     []option
	Languages []option
	Relations []option
	Managers  []option
	// Calendars are whose hours the person's posts go out in.
	Calendars []option
	Others    []option
	// Owned are the accounts the person answers for, Orphans those nobody active answers for any more.
	Owned, Orphans []*imprimaturv1.SocialAccount
	Link           *invitation
	Recomputing    *imprimaturv1.Recomputation
}

func memberPage(v *visitor) error { return v.showMember(nil) }

// showMember shows a person, with a link to hand over when one was just made.
func (v *visitor) showMember(link *invitation) error {
	m, err := v.memberClient().GetMember(v.ctx, &imprimaturv1.GetMemberRequest{Name: v.named("members", "member")})
	if err != nil {
		return err
	}
	p := v.bare("notice")
	data := memberData{
		Tabs: v.peopleTabs("members"), Member: m, Link: link, Me: m.GetName() == v.me.GetMember(),
		Active: m.GetState() == imprimaturv1.Member_ACTIVE,
	}
	for _, t := range p.Languages() {
		data.Languages = append(data.Languages, option{t.Tag, t.Name, t.Tag == m.GetLanguage()})
	}
	for i := range int32(len(imprimaturv1.Disclosure_name)) {
		d := imprimaturv1.Disclosure(i)
		data.Relations = append(data.Relations, option{d.String(), p.Word("web.people.relation.", d), d == m.GetRelation()})
	}
	if v.may("roles.read") {
		if data.Roles, err = v.allRoles(m.GetRoles()); err != nil {
			return err
		}
	}
	if v.may("members.update") {
		others, err := v.colleagues(m.GetManager())
		if err != nil {
			return err
		}
		for _, o := range others {
			if o.Value != m.GetName() {
				data.Managers = append(data.Managers, o)
			}
		}
	}
	if v.may("members.update") && v.may("calendars.read") {
		if data.Calendars, err = v.calendars(m.GetShareCalendar()); err != nil {
			return err
		}
	}
	if err := v.accountsOf(&data); err != nil {
		return err
	}
	if data.Recomputing, err = v.recomputing(); err != nil {
		return err
	}
	return v.show("people-member", "people", data)
}

// calendars lists the calendars of the workspace, the chosen one marked.
func (v *visitor) calendars(chosen string) ([]option, error) {
	listed, err := imprimaturv1.NewCalendarServiceClient(v.conn).ListCalendars(v.ctx, &imprimaturv1.ListCalendarsRequest{Parent: v.parent(), PageSize: everyPage})
	if err != nil {
		return nil, err
	}
	var options []option
	for _, c := range listed.GetCalendars() {
		options = append(options, option{c.GetName(), c.GetDisplayName() + " (" + c.GetTimeZone() + ")", c.GetName() == chosen})
	}
	return options, nil
}

// accountsOf finds the accounts a person answers for, and which of them nobody active does.
func (v *visitor) accountsOf(data *memberData) error {
	listed, err := imprimaturv1.NewSocialAccountServiceClient(v.conn).ListSocialAccounts(v.ctx, &imprimaturv1.ListSocialAccountsRequest{Parent: v.parent(), PageSize: everyPage})
	if err != nil {
		return err
	}
	for _, a := range listed.GetSocialAccounts() {
		if a.GetOwner() != data.Member.GetName() || a.GetState() == imprimaturv1.SocialAccount_DISABLED {
			continue
		}
		data.Owned = append(data.Owned, a)
		if !data.Active && !v.active(a.GetDeputy()) {
			data.Orphans = append(data.Orphans, a)
		}
	}
	return nil
}

// active tells whether somebody may act.
func (v *visitor) active(member string) bool {
	return v.member(member).GetState() == imprimaturv1.Member_ACTIVE
}

// memberMask is what the page says of a person; roles and training are nobody's own to change.
var memberMask = []string{"display_name", "email", "title", "language", "groups", "manager", "department", "country", "relation"}

// saveMember changes a person, or makes a link to sign in with.
func saveMember(v *visitor) error {
	name := v.named("members", "member")
	if v.form("for") == "invite" {
		made, err := v.memberClient().InviteMember(v.ctx, &imprimaturv1.InviteMemberRequest{Name: name, RequestId: v.requestID()})
		if err != nil {
			return err
		}
		who := v.member(name).GetDisplayName()
		if made.GetMailed() {
			return v.done(v.at("/people/members/"+lastPart(name)), "web.said.people.invited", "name", who)
		}
		return v.showMember(&invitation{who, made})
	}
	m := &imprimaturv1.Member{
		Name: name, Etag: v.form("etag"), DisplayName: v.form("name"), Email: v.form("email"), Title: v.form("title"), Language: v.form("language"),
		Groups: commas(v.form("groups")), Manager: v.form("manager"), Department: v.form("department"), Country: strings.ToUpper(v.form("country")),
		Relation: imprimaturv1.Disclosure(imprimaturv1.Disclosure_value[v.form("relation")]), ShareCalendar: v.form("calendar"),
	}
	mask := slices.Clone(memberMask)
	if v.r.PostForm.Has("calendar") { // it was shown
		mask = append(mask, "share_calendar")
	}
	if name != v.me.GetMember() {
		m.Roles, m.TrainingMode = v.fields("role"), v.form("training") != ""
		mask = append(mask, "roles", "training_mode")
	}
	m, err := v.memberClient().UpdateMember(v.ctx, &imprimaturv1.UpdateMemberRequest{Member: m, UpdateMask: &fieldmaskpb.FieldMask{Paths: mask}, RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.at("/people/members/"+lastPart(name)), "web.said.people.saved", "name", m.GetDisplayName())
}

func disableMember(v *visitor) error {
	m, err := v.memberClient().DisableMember(v.ctx, &imprimaturv1.DisableMemberRequest{Name: v.named("members", "member"), Reason: v.form("reason"), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.at("/people/members/"+lastPart(m.GetName())), "web.said.people.disabled", "name", m.GetDisplayName())
}

func enableMember(v *visitor) error {
	m, err := v.memberClient().EnableMember(v.ctx, &imprimaturv1.EnableMemberRequest{Name: v.named("members", "member"), Reason: v.form("reason"), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.at("/people/members/"+lastPart(m.GetName())), "web.said.people.enabled", "name", m.GetDisplayName())
}

func mergeMember(v *visitor) error {
	m, err := v.memberClient().MergeMember(v.ctx, &imprimaturv1.MergeMemberRequest{
		Name: v.named("members", "member"), Into: v.form("into"), Reason: v.form("reason"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/people/members/"+lastPart(v.form("into"))), "web.said.people.merged", "name", m.GetDisplayName())
}
