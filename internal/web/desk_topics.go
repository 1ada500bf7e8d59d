package web

import (
	"slices"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// topicsData are the shelves.
type topicsData struct {
	Tabs   []tab
	Topics []*imprimaturv1.Topic
	More   string
}

func deskTopics(v *visitor) error {
	listed, err := imprimaturv1.NewTopicServiceClient(v.conn).ListTopics(v.ctx, &imprimaturv1.ListTopicsRequest{
		Parent: v.parent(), PageSize: deskPage, PageToken: v.query("page"),
	})
	if err != nil {
		return err
	}
	return v.show("desk-topics", "desk", topicsData{v.deskTabs("topics"), listed.GetTopics(), v.more(listed.GetNextPageToken())})
}

// topicData is one shelf.
type topicData struct {
	Tabs    []tab
	Topic   *imprimaturv1.Topic
	Members []option
}

func editTopic(v *visitor) error {
	t, err := imprimaturv1.NewTopicServiceClient(v.conn).GetTopic(v.ctx, &imprimaturv1.GetTopicRequest{Name: v.named("topics", "topic")})
	if err != nil {
		return err
	}
	members, err := v.colleagues("")
	if err != nil {
		return err
	}
	for i := range members {
		members[i].Chosen = slices.Contains(t.GetMembers(), members[i].Value)
	}
	return v.show("desk-topic", "desk", topicData{v.deskTabs("topics"), t, members})
}

func createTopic(v *visitor) error {
	t, err := imprimaturv1.NewTopicServiceClient(v.conn).CreateTopic(v.ctx, &imprimaturv1.CreateTopicRequest{
		Parent: v.parent(), TopicId: v.form("id"), RequestId: v.requestID(),
		Topic: &imprimaturv1.Topic{
			DisplayName: v.form("name"), Description: v.form("description"), Closed: v.form("closed") != "", Compulsory: v.form("compulsory") != "",
		},
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/desk/topics/"+lastPart(t.GetName())), "web.said.desk.topic.added", "name", t.GetDisplayName())
}

// saveTopic changes a topic. Members who are not among those offered, such as disabled ones, stay.
func saveTopic(v *visitor) error {
	client := imprimaturv1.NewTopicServiceClient(v.conn)
	t, err := client.GetTopic(v.ctx, &imprimaturv1.GetTopicRequest{Name: v.named("topics", "topic")})
	if err != nil {
		return err
	}
	offered, chosen := v.fields("offered"), v.fields("member")
	kept := slices.DeleteFunc(slices.Clone(t.GetMembers()), func(m string) bool { return slices.Contains(offered, m) })
	paths := []string{"display_name", "description", "compulsory"}
	if !t.GetDefaultTopic() {
		paths = append(paths, "closed")
	}
	t.Etag, t.DisplayName, t.Description = v.form("etag"), v.form("name"), v.form("description")
	t.Compulsory, t.Closed = v.form("compulsory") != "", v.form("closed") != ""
	if t.GetClosed() {
		t.Members, t.Groups = append(kept, chosen...), commas(v.form("groups"))
		paths = append(paths, "members", "groups")
	}
	_, err = client.UpdateTopic(v.ctx, &imprimaturv1.UpdateTopicRequest{Topic: t, UpdateMask: &fieldmaskpb.FieldMask{Paths: paths}, RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.at("/desk/topics/"+lastPart(t.GetName())), "web.said.desk.topic.saved")
}
