package web

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// recallRoutes take back what came of a library item.
var recallRoutes = []route{
	{"GET /w/{workspace}/recalls", nil, listRecalls},
	{"GET /w/{workspace}/recalls/new", nil, newRecall},
	{"POST /w/{workspace}/recalls", []string{"RecallService/CreateRecall"}, createRecall},
	{"GET /w/{workspace}/recalls/{recall}", nil, showRecall},
}

func (v *visitor) recalls() imprimaturv1.RecallServiceClient {
	return imprimaturv1.NewRecallServiceClient(v.conn)
}

// title is the title of a library item, "" when it is not shown to the visitor.
func (v *visitor) title(item string) string {
	found, err := imprimaturv1.NewLibraryServiceClient(v.conn).GetLibraryItem(v.ctx, &imprimaturv1.GetLibraryItemRequest{Name: item})
	if err != nil {
		return ""
	}
	return found.GetTitle()
}

// recallList is the page of recalls.
type recallList struct {
	Rows []recallRow
	Next string
}

// recallRow is one recall and how far it is.
type recallRow struct {
	*imprimaturv1.Recall
	Title    string
	Progress progress
}

// Seconds is how long it has taken since it was ordered: until now, or until the last copy was
// confirmed to be gone.
func (r recallRow) Seconds() int {
	end := time.Now()
	if r.GetEndTime() != nil {
		end = r.GetEndTime().AsTime()
	}
	return max(0, int(end.Sub(r.GetCreateTime().AsTime()).Seconds()))
}

// Clock is that time as clocks show it: 4:05, or 1:04:05.
func (r recallRow) Clock() string {
	s := r.Seconds()
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// progress is how many copies there are and of how many the end was seen.
type progress struct {
	Done, All int32
	// Person is how many wait for somebody.
	Person int32
	Counts []stateCount
}

// stateCount is how many copies are in one state.
type stateCount struct {
	State  string
	Copies int32
}

// progressOf counts the copies of a recall.
func progressOf(r *imprimaturv1.Recall) progress {
	var p progress
	for _, c := range r.GetCounts() {
		p.All += c.GetCopies()
		switch c.GetState() {
		case imprimaturv1.RecallCopy_STOPPED, imprimaturv1.RecallCopy_CONFIRMED:
			p.Done += c.GetCopies()
		case imprimaturv1.RecallCopy_UNKNOWN, imprimaturv1.RecallCopy_AWAITING, imprimaturv1.RecallCopy_REMAINS:
			p.Person += c.GetCopies()
		}
		p.Counts = append(p.Counts, stateCount{c.GetState().String(), c.GetCopies()})
	}
	return p
}

// recallsShown is how many recalls a page shows: each asks for the title of its item.
const recallsShown = 20

// listRecalls shows what was taken back.
func listRecalls(v *visitor) error {
	answer, err := v.recalls().ListRecalls(v.ctx, &imprimaturv1.ListRecallsRequest{Parent: v.parent(), PageSize: recallsShown, PageToken: v.r.URL.Query().Get("page")})
	if err != nil {
		return err
	}
	list := recallList{Next: answer.GetNextPageToken()}
	for _, r := range answer.GetRecalls() {
		list.Rows = append(list.Rows, recallRow{r, v.title(r.GetLibraryItem()), progressOf(r)})
	}
	return v.show("recalls", "recalls", list)
}

// recalling is the sheet that takes an item back.
type recalling struct {
	Items []*imprimaturv1.LibraryItem
	Item  string
	// Copies is how many posts came of the item, More that there are more.
	Copies int
	More   bool
}

// newRecall shows the sheet that takes an item back, and how many posts came of it.
func newRecall(v *visitor) error {
	r := recalling{Item: v.r.URL.Query().Get("item")}
	if r.Item != "" && !strings.Contains(r.Item, "/") {
		r.Item = v.name("libraryItems", r.Item)
	}
	items, err := imprimaturv1.NewLibraryServiceClient(v.conn).ListLibraryItems(v.ctx, &imprimaturv1.ListLibraryItemsRequest{Parent: v.parent(), PageSize: 200})
	if err != nil {
		return err
	}
	r.Items = items.GetLibraryItems()
	if r.Item != "" && !strings.ContainsAny(r.Item, `"\`) {
		posts, err := imprimaturv1.NewPostServiceClient(v.conn).ListPosts(v.ctx, &imprimaturv1.ListPostsRequest{Parent: v.parent(), PageSize: 200, Filter: `library_item = "` + r.Item + `"`})
		if err != nil {
			return err
		}
		r.Copies, r.More = len(posts.GetPosts()), posts.GetNextPageToken() != ""
	}
	return v.show("recalls-new", "recalls", r)
}

// createRecall takes back what came of an item, as far as was ticked.
func createRecall(v *visitor) error {
	r := &imprimaturv1.Recall{LibraryItem: v.form("item"), Reason: v.form("reason")}
	for _, scope := range v.r.PostForm["scope"] {
		r.Scopes = append(r.Scopes, imprimaturv1.Recall_Scope(imprimaturv1.Recall_Scope_value[scope]))
	}
	made, err := v.recalls().CreateRecall(v.ctx, &imprimaturv1.CreateRecallRequest{Parent: v.parent(), Recall: r, RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.at("/recalls/"+lastPart(made.GetName())), "web.said.recalls.begun")
}

// recallPage is the page of one recall.
type recallPage struct {
	recallRow
	Copies []copyRow
	Next   string
	Back   string
}

// copyRow is one copy and what the visitor can do about it.
type copyRow struct {
	*imprimaturv1.RecallCopy
	Text, Address string
	// Mine tells that the visitor may say that it was taken back by hand.
	Mine bool
}

// showRecall shows what becomes of each copy.
func showRecall(v *visitor) error {
	name := v.named("recalls", "recall")
	r, err := v.recalls().GetRecall(v.ctx, &imprimaturv1.GetRecallRequest{Name: name})
	if err != nil {
		return err
	}
	token := v.r.URL.Query().Get("page")
	copies, err := v.recalls().ListRecallCopies(v.ctx, &imprimaturv1.ListRecallCopiesRequest{Parent: name, PageSize: shownRows, PageToken: token})
	if err != nil {
		return err
	}
	page := recallPage{recallRow: recallRow{r, v.title(r.GetLibraryItem()), progressOf(r)}, Next: copies.GetNextPageToken(), Back: v.at("/recalls/" + lastPart(name))}
	if token != "" {
		page.Back += "?page=" + url.QueryEscape(token)
	}
	for _, c := range copies.GetCopies() {
		byHand := c.GetState() == imprimaturv1.RecallCopy_AWAITING || c.GetState() == imprimaturv1.RecallCopy_REMAINS || c.GetState() == imprimaturv1.RecallCopy_FAILED
		page.Copies = append(page.Copies, copyRow{
			RecallCopy: c, Text: v.wording(postOf(c.GetPublication())), Address: v.at(strings.TrimPrefix(c.GetPublication(), v.parent())),
			Mine: byHand && v.may("posts.recall") && (v.may("publications.resolve") || v.runs(v.account(c.GetSocialAccount()))),
		})
	}
	return v.show("recalls-one", "recalls", page)
}
