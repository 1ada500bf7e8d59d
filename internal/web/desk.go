package web

import (
	"slices"
	"time"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

var deskRoutes = []route{
	{"GET /w/{workspace}/desk", nil, deskBoard},
	{"GET /w/{workspace}/desk/items/new", nil, newItem},
	{"POST /w/{workspace}/desk/items", []string{"LibraryService/CreateLibraryItem"}, createItem},
	{"GET /w/{workspace}/desk/items/{item}", nil, editItem},
	{"POST /w/{workspace}/desk/items/{item}", []string{"LibraryService/UpdateLibraryItem"}, saveItem},
	{"POST /w/{workspace}/desk/items/{item}/submit", []string{"LibraryService/SubmitLibraryItem"}, submitItem},
	{"POST /w/{workspace}/desk/items/{item}/reviews/{review}/decisions/{decision}/retract", []string{"ReviewService/RetractDecision"}, retractItemDecision},
	{"POST /w/{workspace}/desk/items/{item}/withdraw", []string{"LibraryService/WithdrawLibraryItem"}, withdrawItem},
	{"POST /w/{workspace}/desk/items/{item}/transfer", []string{"LibraryService/TransferLibraryItem"}, transferItem},
	{"POST /w/{workspace}/desk/items/{item}/media", []string{"MediaService/UploadMedia", "UploadService/CompleteUpload", "LibraryService/UpdateLibraryItem"}, illustrateItem},
	{"POST /w/{workspace}/desk/items/{item}/suggestions/{suggestion}/accept", []string{"SuggestionService/AcceptSuggestion"}, takeSuggestion},
	{"POST /w/{workspace}/desk/items/{item}/suggestions/{suggestion}/decline", []string{"SuggestionService/DeclineSuggestion"}, refuseSuggestion},

	{"GET /w/{workspace}/desk/tray", nil, deskTray},
	{"POST /w/{workspace}/desk/tray/{proposal}/accept", []string{"ProposalService/AcceptProposal"}, acceptProposal},
	{"POST /w/{workspace}/desk/tray/{proposal}/decline", []string{"ProposalService/DeclineProposal"}, declineProposal},
	{"GET /w/{workspace}/desk/feeds", nil, feeds},
	{"POST /w/{workspace}/desk/feeds", []string{"FeedService/CreateFeed"}, createFeed},
	{"POST /w/{workspace}/desk/feeds/{feed}/ask", []string{"FeedService/AskFeed"}, askFeed},
	{"POST /w/{workspace}/desk/feeds/{feed}/pause", []string{"FeedService/UpdateFeed"}, pauseFeed},
	{"POST /w/{workspace}/desk/feeds/{feed}/delete", []string{"FeedService/DeleteFeed"}, deleteFeed},

	{"GET /w/{workspace}/desk/topics", nil, deskTopics},
	{"POST /w/{workspace}/desk/topics", []string{"TopicService/CreateTopic"}, createTopic},
	{"GET /w/{workspace}/desk/topics/{topic}", nil, editTopic},
	{"POST /w/{workspace}/desk/topics/{topic}", []string{"TopicService/UpdateTopic"}, saveTopic},

	{"GET /w/{workspace}/desk/imports", nil, imports},
	{"POST /w/{workspace}/desk/imports", []string{"LibraryService/ImportLibraryItems"}, importItems},
	{"GET /w/{workspace}/desk/imports/{import}", nil, showImport},
	{"GET /w/{workspace}/desk/export", nil, exportItems},
}

// deskTabs are the parts of the library desk.
func (v *visitor) deskTabs(current string) []tab {
	p := v.bare("notice")
	var tabs []tab
	for _, t := range []struct{ key, address, permission string }{
		{"board", "/desk", "items.create"}, {"tray", "/desk/tray", "proposals.answer"}, {"feeds", "/desk/feeds", "feeds.read"},
		{"topics", "/desk/topics", "topics.update"}, {"imports", "/desk/imports", "items.update"},
	} {
		if v.may(t.permission) {
			tabs = append(tabs, tab{v.at(t.address), p.T("web.desk.tab." + t.key), t.key == current})
		}
	}
	return tabs
}

// boardShelves are the views of the board: what each lists.
var boardShelves = []struct{ key, filter string }{
	{"all", ""},
	{"draft", `state = "DRAFT"`},
	{"review", `state = "IN_REVIEW"`},
	{"asked", `state = "CHANGES_REQUESTED"`},
	{"live", `availability = "LIVE"`},
	{"scheduled", `availability = "SCHEDULED"`},
	{"expiring", `availability = "LIVE"`},
	{"expired", `availability = "EXPIRED"`},
	{"withdrawn", `state = "WITHDRAWN"`},
}

// endsSoon is how long before its end an item is among those that end soon.
const endsSoon = 30 * 24 * time.Hour

// boardData is the board.
type boardData struct {
	Tabs   []tab
	Show   string
	Shelf  []tab
	Query  string
	Groups []boardGroup
	More   string
}

// boardGroup is what stands at one place.
type boardGroup struct {
	Key   string
	Items []*imprimaturv1.LibraryItem
}

// deskBoard shows the items by where they stand.
func deskBoard(v *visitor) error {
	p := v.bare("notice")
	data := boardData{Tabs: v.deskTabs("board"), Show: v.query("show"), Query: v.query("q")}
	if data.Show == "" {
		data.Show = "all"
	}
	filter := ""
	for _, s := range boardShelves {
		if s.key == data.Show {
			filter = s.filter
		}
		data.Shelf = append(data.Shelf, tab{v.at("/desk?show=" + s.key), p.T("web.desk.shelf." + s.key), s.key == data.Show})
	}
	items, next, err := v.boardItems(filter, data)
	if err != nil {
		return err
	}
	data.More = v.more(next)
	if data.Show == "expiring" {
		data.Groups = []boardGroup{{"expiring", ending(items, time.Now())}}
	} else {
		data.Groups = grouped(items)
	}
	return v.show("desk", "desk", data)
}

// boardItems lists a page of the board, or what a search finds there.
func (v *visitor) boardItems(filter string, data boardData) ([]*imprimaturv1.LibraryItem, string, error) {
	client := imprimaturv1.NewLibraryServiceClient(v.conn)
	size := int32(deskPage)
	if data.Show == "expiring" {
		size = everyPage
	}
	if data.Query != "" {
		found, err := client.SearchLibraryItems(v.ctx, &imprimaturv1.SearchLibraryItemsRequest{
			Parent: v.parent(), Query: data.Query, PageSize: size, PageToken: v.query("page"), Filter: filter,
		})
		if err != nil {
			return nil, "", err
		}
		var items []*imprimaturv1.LibraryItem
		for _, hit := range found.GetHits() {
			items = append(items, hit.GetLibraryItem())
		}
		return items, found.GetNextPageToken(), nil
	}
	listed, err := client.ListLibraryItems(v.ctx, &imprimaturv1.ListLibraryItemsRequest{
		Parent: v.parent(), PageSize: size, PageToken: v.query("page"), Filter: filter,
	})
	return listed.GetLibraryItems(), listed.GetNextPageToken(), err
}

// ending keeps what ends endsSoon, the first to end first.
func ending(items []*imprimaturv1.LibraryItem, now time.Time) []*imprimaturv1.LibraryItem {
	items = slices.DeleteFunc(items, func(i *imprimaturv1.LibraryItem) bool {
		return i.GetShareEndTime() == nil || i.GetShareEndTime().AsTime().After(now.Add(endsSoon))
	})
	slices.SortStableFunc(items, func(a, b *imprimaturv1.LibraryItem) int {
		return a.GetShareEndTime().AsTime().Compare(b.GetShareEndTime().AsTime())
	})
	return items
}

// standings are where items stand, in the order a curator acts on them.
var standings = []string{"asked", "rejected", "unroutable", "draft", "review", "live", "scheduled", "expired", "withdrawn"}

// standing says where an item stands: what waits for the curator comes before what is in force.
func standing(i *imprimaturv1.LibraryItem) string {
	switch i.GetState() {
	case imprimaturv1.LibraryItem_CHANGES_REQUESTED:
		return "asked"
	case imprimaturv1.LibraryItem_REJECTED:
		return "rejected"
	case imprimaturv1.LibraryItem_UNROUTABLE, imprimaturv1.LibraryItem_REVIEW_EXPIRED:
		return "unroutable"
	case imprimaturv1.LibraryItem_DRAFT:
		return "draft"
	case imprimaturv1.LibraryItem_IN_REVIEW:
		return "review"
	case imprimaturv1.LibraryItem_WITHDRAWN:
		return "withdrawn"
	}
	switch i.GetAvailability() {
	case imprimaturv1.LibraryItem_SCHEDULED:
		return "scheduled"
	case imprimaturv1.LibraryItem_EXPIRED:
		return "expired"
	default:
		return "live"
	}
}

// grouped puts items where they stand.
func grouped(items []*imprimaturv1.LibraryItem) []boardGroup {
	at := make(map[string][]*imprimaturv1.LibraryItem)
	for _, i := range items {
		at[standing(i)] = append(at[standing(i)], i)
	}
	var groups []boardGroup
	for _, key := range standings {
		if len(at[key]) > 0 {
			groups = append(groups, boardGroup{key, at[key]})
		}
	}
	return groups
}
