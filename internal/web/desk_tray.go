package web

import (
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// trayData is what colleagues and feeds propose.
type trayData struct {
	Tabs      []tab
	Views     []tab
	Show      string
	Proposals []*imprimaturv1.Proposal
	Feeds     map[string]string
	Topics    []option
	Networks  []option
	More      string
}

// trayViews are the views of the tray: what each lists.
var trayViews = []struct{ key, filter string }{
	{"waiting", `state = "PROPOSED"`},
	{"people", `state = "PROPOSED" AND source = "PERSON"`},
	{"feeds", `state = "PROPOSED" AND source = "FEED"`},
	{"accepted", `state = "ACCEPTED"`},
	{"declined", `state = "DECLINED"`},
}

func deskTray(v *visitor) error {
	p := v.bare("notice")
	data := trayData{Tabs: v.deskTabs("tray"), Show: v.query("show"), Feeds: make(map[string]string)}
	filter := trayViews[0].filter
	if data.Show == "" {
		data.Show = trayViews[0].key
	}
	for _, w := range trayViews {
		if w.key == data.Show {
			filter = w.filter
		}
		data.Views = append(data.Views, tab{v.at("/desk/tray?show=" + w.key), p.T("web.desk.tray." + w.key), w.key == data.Show})
	}
	listed, err := imprimaturv1.NewProposalServiceClient(v.conn).ListProposals(v.ctx, &imprimaturv1.ListProposalsRequest{
		Parent: v.parent(), PageSize: 20, PageToken: v.query("page"), Filter: filter,
	})
	if err != nil {
		return err
	}
	data.Proposals, data.More = listed.GetProposals(), v.more(listed.GetNextPageToken())
	sources, err := imprimaturv1.NewFeedServiceClient(v.conn).ListFeeds(v.ctx, &imprimaturv1.ListFeedsRequest{Parent: v.parent(), PageSize: everyPage})
	if err != nil {
		return err
	}
	for _, f := range sources.GetFeeds() {
		data.Feeds[f.GetName()] = f.GetTitle()
	}
	if data.Topics, err = v.shelfOptions(""); err != nil {
		return err
	}
	if data.Networks, err = v.networkChoices(nil, true); err != nil {
		return err
	}
	return v.show("desk-tray", "desk", data)
}

// shelfOptions lists the topics, the chosen one marked.
func (v *visitor) shelfOptions(chosen string) ([]option, error) {
	listed, err := imprimaturv1.NewTopicServiceClient(v.conn).ListTopics(v.ctx, &imprimaturv1.ListTopicsRequest{Parent: v.parent(), PageSize: everyPage})
	if err != nil {
		return nil, err
	}
	var options []option
	for _, t := range listed.GetTopics() {
		options = append(options, option{t.GetName(), t.GetDisplayName(), t.GetName() == chosen || chosen == "" && t.GetDefaultTopic()})
	}
	return options, nil
}

func acceptProposal(v *visitor) error {
	answered, err := imprimaturv1.NewProposalServiceClient(v.conn).AcceptProposal(v.ctx, &imprimaturv1.AcceptProposalRequest{
		Name: v.named("proposals", "proposal"), Title: v.form("title"), Topic: v.form("topic"), Networks: v.fields("network"),
		Reason: v.form("reason"), Etag: v.form("etag"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/desk/items/"+lastPart(answered.GetLibraryItem())), "web.said.desk.accepted")
}

func declineProposal(v *visitor) error {
	_, err := imprimaturv1.NewProposalServiceClient(v.conn).DeclineProposal(v.ctx, &imprimaturv1.DeclineProposalRequest{
		Name: v.named("proposals", "proposal"), Reason: v.form("reason"), Etag: v.form("etag"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/desk/tray"), "web.said.desk.answered")
}

// feedsData are the sources.
type feedsData struct {
	Tabs   []tab
	Feeds  []*imprimaturv1.Feed
	Topics []option
	More   string
}

func feeds(v *visitor) error {
	listed, err := imprimaturv1.NewFeedServiceClient(v.conn).ListFeeds(v.ctx, &imprimaturv1.ListFeedsRequest{
		Parent: v.parent(), PageSize: deskPage, PageToken: v.query("page"),
	})
	if err != nil {
		return err
	}
	data := feedsData{Tabs: v.deskTabs("feeds"), Feeds: listed.GetFeeds(), More: v.more(listed.GetNextPageToken())}
	if data.Topics, err = v.shelfOptions(""); err != nil {
		return err
	}
	return v.show("desk-feeds", "desk", data)
}

func createFeed(v *visitor) error {
	_, err := imprimaturv1.NewFeedServiceClient(v.conn).CreateFeed(v.ctx, &imprimaturv1.CreateFeedRequest{
		Parent: v.parent(), RequestId: v.requestID(),
		Feed: &imprimaturv1.Feed{Title: v.form("title"), Url: v.form("url"), Topic: v.form("topic"), IntervalMinutes: number(v.form("interval"))},
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/desk/feeds"), "web.said.desk.feed.added", "title", v.form("title"))
}

func askFeed(v *visitor) error {
	f, err := imprimaturv1.NewFeedServiceClient(v.conn).AskFeed(v.ctx, &imprimaturv1.AskFeedRequest{Name: v.named("feeds", "feed"), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.at("/desk/feeds"), "web.said.desk.feed.asked", "title", f.GetTitle())
}

func pauseFeed(v *visitor) error {
	paused := v.form("paused") == "true"
	f, err := imprimaturv1.NewFeedServiceClient(v.conn).UpdateFeed(v.ctx, &imprimaturv1.UpdateFeedRequest{
		Feed:       &imprimaturv1.Feed{Name: v.named("feeds", "feed"), Title: v.form("title"), Url: v.form("url"), Paused: paused, Etag: v.form("etag")},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"paused"}}, RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	if paused {
		return v.done(v.at("/desk/feeds"), "web.said.desk.feed.paused", "title", f.GetTitle())
	}
	return v.done(v.at("/desk/feeds"), "web.said.desk.feed.resumed", "title", f.GetTitle())
}

func deleteFeed(v *visitor) error {
	_, err := imprimaturv1.NewFeedServiceClient(v.conn).DeleteFeed(v.ctx, &imprimaturv1.DeleteFeedRequest{Name: v.named("feeds", "feed"), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.at("/desk/feeds"), "web.said.desk.feed.deleted")
}
