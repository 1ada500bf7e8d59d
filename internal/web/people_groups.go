package web

import (
	"net/url"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// mostPeople is how many pages of members the page of groups reads: a group is words that members have,
// and nothing else lists them.
const mostPeople = 10

// groupsData are the groups, or one of them.
type groupsData struct {
	Tabs   []tab
	Groups []*peopleGroup
	// One is the group that is looked at, nil for the list.
	One *peopleGroup
	// Others are who could be in it, Shelves the closed topics it could see.
	Others, Shelves []option
	// Some tells that there are more people than were looked at.
	Some bool
}

// peopleGroup is a group: who is in it, and the closed topics that it sees.
type peopleGroup struct {
	Name    string
	Members []*imprimaturv1.Member
	Topics  []*imprimaturv1.Topic
}

// groupsPage lists the groups that people and topics have, or shows one of them.
func groupsPage(v *visitor) error {
	people, some, err := v.everybody()
	if err != nil {
		return err
	}
	topics, err := imprimaturv1.NewTopicServiceClient(v.conn).ListTopics(v.ctx, &imprimaturv1.ListTopicsRequest{Parent: v.parent(), PageSize: everyPage})
	if err != nil {
		return err
	}
	data := groupsData{Tabs: v.peopleTabs("groups"), Some: some, Groups: groupsOf(people, topics.GetTopics())}
	data.look(v.r.URL.Query().Get("group"), people, topics.GetTopics())
	return v.show("people-groups", "people", data)
}

// everybody is all people, as far as one page looks, and whether there are more.
func (v *visitor) everybody() ([]*imprimaturv1.Member, bool, error) {
	var all []*imprimaturv1.Member
	token := ""
	for range mostPeople {
		listed, err := v.memberClient().ListMembers(v.ctx, &imprimaturv1.ListMembersRequest{Parent: v.parent(), PageSize: everyPage, PageToken: token})
		if err != nil {
			return nil, false, err
		}
		all = append(all, listed.GetMembers()...)
		if token = listed.GetNextPageToken(); token == "" {
			break
		}
	}
	return all, token != "", nil
}

// groupsOf gathers groups by their names, which are told apart as the service tells them apart.
func groupsOf(people []*imprimaturv1.Member, topics []*imprimaturv1.Topic) []*peopleGroup {
	var groups []*peopleGroup
	of := func(name string) *peopleGroup {
		at, found := slices.BinarySearchFunc(groups, name, func(g *peopleGroup, name string) int { return strings.Compare(g.Name, name) })
		if !found {
			groups = slices.Insert(groups, at, &peopleGroup{Name: name})
		}
		return groups[at]
	}
	for _, m := range people {
		for _, name := range m.GetGroups() {
			g := of(name)
			g.Members = append(g.Members, m)
		}
	}
	for _, t := range topics {
		for _, name := range t.GetGroups() {
			g := of(name)
			g.Topics = append(g.Topics, t)
		}
	}
	return groups
}

// look turns to one group, or to none; one that nobody is in yet is made by whoever is added first.
func (d *groupsData) look(name string, people []*imprimaturv1.Member, topics []*imprimaturv1.Topic) {
	if name != "" {
		d.One = &peopleGroup{Name: name}
	}
	for _, g := range d.Groups {
		if g.Name == name {
			d.One = g
		}
	}
	for _, m := range people {
		if m.GetState() == imprimaturv1.Member_ACTIVE && !slices.Contains(m.GetGroups(), name) {
			d.Others = append(d.Others, option{m.GetName(), m.GetDisplayName(), false})
		}
	}
	for _, t := range topics {
		if t.GetClosed() && !slices.Contains(t.GetGroups(), name) {
			d.Shelves = append(d.Shelves, option{t.GetName(), t.GetDisplayName(), false})
		}
	}
}

// groupPage is the address of a group's page.
func (v *visitor) groupPage(name string) string {
	return v.at("/people/groups?" + url.Values{"group": {name}}.Encode())
}

// groupNamed is the group a form is about: one name, since commas stand between groups elsewhere.
func (v *visitor) groupNamed() (string, error) {
	names := commas(v.form("group"))
	if len(names) != 1 {
		return "", mistake("web.people.group.wrong")
	}
	return names[0], nil
}

// joinGroup puts somebody into a group, which is made by that if it was not there.
func joinGroup(v *visitor) error {
	name, err := v.groupNamed()
	if err != nil {
		return err
	}
	return v.changeGroupOf(name, v.form("member"), true)
}

// leaveGroup takes somebody out of a group.
func leaveGroup(v *visitor) error {
	return v.changeGroupOf(v.text("group"), v.form("member"), false)
}

// renameGroup gives a group another name, in everybody and everything that has it.
func renameGroup(v *visitor) error {
	before := v.text("group")
	g, err := v.memberClient().RenameGroup(v.ctx, &imprimaturv1.RenameGroupRequest{
		Parent: v.parent(), Group: before, NewGroup: v.form("new_group"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.groupPage(g.GetGroup()), "web.said.people.group.renamed", "before", before, "group", g.GetGroup())
}

// changeGroupOf puts a person into a group or takes the person out; nothing else of the person changes.
func (v *visitor) changeGroupOf(group, member string, in bool) error {
	m, err := v.memberClient().GetMember(v.ctx, &imprimaturv1.GetMemberRequest{Name: member})
	if err != nil {
		return err
	}
	m, err = v.memberClient().UpdateMember(v.ctx, &imprimaturv1.UpdateMemberRequest{
		Member:     &imprimaturv1.Member{Name: member, Etag: m.GetEtag(), Groups: amongst(m.GetGroups(), group, in)},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"groups"}}, RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	said := "web.said.people.group.out"
	if in {
		said = "web.said.people.group.in"
	}
	return v.done(v.groupPage(group), said, "name", m.GetDisplayName(), "group", group)
}

// shelveGroup lets a group see a closed topic, or no longer.
func shelveGroup(v *visitor) error {
	client, group, in := imprimaturv1.NewTopicServiceClient(v.conn), v.text("group"), v.form("for") != "out"
	t, err := client.GetTopic(v.ctx, &imprimaturv1.GetTopicRequest{Name: v.form("topic")})
	if err != nil {
		return err
	}
	t.Groups = amongst(t.GetGroups(), group, in)
	if _, err = client.UpdateTopic(v.ctx, &imprimaturv1.UpdateTopicRequest{
		Topic: t, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"groups"}}, RequestId: v.requestID(),
	}); err != nil {
		return err
	}
	said := "web.said.people.group.unshelved"
	if in {
		said = "web.said.people.group.shelved"
	}
	return v.done(v.groupPage(group), said, "name", t.GetDisplayName(), "group", group)
}

// amongst is a list of names with one of them in it, or without it.
func amongst(names []string, one string, in bool) []string {
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == one })
	if in {
		names = append(names, one)
	}
	return names
}
