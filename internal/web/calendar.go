package web

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

var calendarRoutes = []route{
	{"GET /w/{workspace}/calendar", nil, calendar},
	{"POST /w/{workspace}/calendar", []string{"PostService/UpdatePost"}, reschedule},
}

// maxCalendar is how many of the newest posts and publications a calendar is drawn from: the API
// lists them by when they were made.
const maxCalendar = 600

// calendarView is a stretch of days and what goes out on them.
type calendarView struct {
	// View is month, week or agenda; Chosen whether somebody asked for it.
	View   string
	Chosen bool
	// Date is the day that was asked for; Before and After lead elsewhere.
	Title, Date, Before, After, Today string
	Weeks                             [][]calendarDay
	// Listed are the days for reading one below the other: what comes next where nobody chose a view,
	// which is how a narrow screen shows it.
	Listed [][]calendarDay
	// Undated are posts that are signed or on their way to be, and have no time.
	Undated           []calendarEntry
	Accounts          []*imprimaturv1.SocialAccount
	Campaigns         []string
	Account, Campaign string
	Holds             []*imprimaturv1.Hold
	Zone, Address     string
	// More tells that there is more than was looked at.
	More bool
}

// calendarDay is one day.
type calendarDay struct {
	Date, Name string
	Number     int
	// Month is the month, of the first day of a list that is in another one than that before.
	Month string
	// Outside is a day of another month, Today the one it is.
	Outside, Today bool
	Entries        []calendarEntry
}

// calendarEntry is one post at one time on one account, or a post that is not signed yet on all of
// its own.
type calendarEntry struct {
	Post, Text, State string
	Accounts          []string
	// Time is on the workspace's clock, Clock the same as a field of a form writes it.
	Time, Clock, Etag string
	At                time.Time
	Held              bool
	// Movable tells that the visitor may choose another time.
	Movable bool
	URL     string
}

// calendar shows what goes out when.
func calendar(v *visitor) error {
	query := v.r.URL.Query()
	view := &calendarView{View: query.Get("view"), Account: query.Get("account"), Campaign: query.Get("campaign"), Zone: v.zone.String()}
	view.Chosen = slices.Contains([]string{"month", "week", "agenda"}, view.View)
	if !view.Chosen {
		view.View = "month"
	}
	day, err := time.ParseInLocation(time.DateOnly, query.Get("date"), v.zone)
	if err != nil {
		day = time.Now().In(v.zone)
	}
	first, end := view.span(day, v.language)
	accounts, err := imprimaturv1.NewSocialAccountServiceClient(v.conn).ListSocialAccounts(v.ctx,
		&imprimaturv1.ListSocialAccountsRequest{Parent: v.parent(), PageSize: 200})
	if err != nil {
		return err
	}
	view.Accounts = accounts.GetSocialAccounts()
	for _, a := range view.Accounts {
		v.accounts[a.GetName()] = a
	}
	entries, err := v.calendarEntries(view)
	if err != nil {
		return err
	}
	if v.may("holds.read") {
		holds, err := imprimaturv1.NewHoldServiceClient(v.conn).ListHolds(v.ctx, &imprimaturv1.ListHoldsRequest{Parent: v.parent(), Filter: "active = true"})
		if err != nil {
			return err
		}
		view.Holds = holds.GetHolds()
	}
	view.fill(entries, first, end, day, v.language)
	view.Address = v.r.URL.RequestURI()
	return v.show("calendar", "calendar", view)
}

// agendaDays is how far an agenda reaches from the day that was asked for: what comes next, whichever
// month that is in.
const agendaDays = 31

// span is the days a view shows, and names it.
func (c *calendarView) span(day time.Time, language string) (first, end time.Time) {
	zone := day.Location()
	day = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
	before, after := day.AddDate(0, -1, 1-day.Day()), day.AddDate(0, 1, 1-day.Day())
	switch c.View {
	case "week":
		first = monday(day)
		end, before, after = first.AddDate(0, 0, 7), day.AddDate(0, 0, -7), day.AddDate(0, 0, 7)
	case "agenda":
		first, before, after = day, day.AddDate(0, 0, -agendaDays), day.AddDate(0, 0, agendaDays)
		end = after
	default:
		month := day.AddDate(0, 0, 1-day.Day())
		first, end = monday(month), monday(month.AddDate(0, 1, 6))
	}
	c.Title = monthOf(day, language)
	c.Date, c.Before, c.After = day.Format(time.DateOnly), before.Format(time.DateOnly), after.Format(time.DateOnly)
	c.Today = time.Now().In(zone).Format(time.DateOnly)
	return first, end
}

// monthOf is the month and the year of a day in words.
func monthOf(day time.Time, language string) string {
	return catalogue.Text(language, "web.calendar.month."+day.Format("01"), map[string]string{"year": day.Format("2006")})
}

// monday is the Monday on or before a day.
func monday(day time.Time) time.Time { return day.AddDate(0, 0, -(int(day.Weekday())+6)%7) }

// calendarEntries gathers what was sent, what is scheduled and what is meant for a time.
func (v *visitor) calendarEntries(view *calendarView) ([]calendarEntry, error) {
	posts, err := v.calendarPosts(view)
	if err != nil {
		return nil, err
	}
	var entries []calendarEntry
	placed := make(map[string]bool)
	filter := ""
	if view.Account != "" {
		filter = `social_account = "` + strings.ReplaceAll(v.name("socialAccounts", view.Account), `"`, "") + `"`
	}
	sent, err := v.calendarPublications(view, filter)
	if err != nil {
		return nil, err
	}
	for _, one := range sent {
		name, _, _ := strings.Cut(one.GetName(), "/publications/")
		p := posts[name]
		if p == nil || one.GetRevision() != p.GetRevision() && one.GetState() != imprimaturv1.Publication_PUBLISHED || one.GetState() == imprimaturv1.Publication_CANCELLED {
			continue
		}
		placed[name] = true
		e := v.entry(p, one.GetDueTime().AsTime())
		e.State, e.Accounts, e.URL = "publication."+one.GetState().String(), []string{one.GetSocialAccount()}, one.GetUrl()
		e.Held = one.GetWaitReason() == "HOLD" || p.GetHeld() && one.GetState() == imprimaturv1.Publication_SCHEDULED
		e.Movable = e.Movable && one.GetState() == imprimaturv1.Publication_SCHEDULED
		entries = append(entries, e)
	}
	for name, p := range posts {
		if placed[name] || !meant(p) || view.Account != "" && !slices.Contains(p.GetSocialAccounts(), v.name("socialAccounts", view.Account)) {
			continue
		}
		e := v.entry(p, p.GetPublishTime().AsTime())
		e.State, e.Accounts, e.Held = "post."+p.GetState().String(), p.GetSocialAccounts(), p.GetHeld()
		if p.GetPublishTime() == nil {
			view.Undated = append(view.Undated, e)
			continue
		}
		entries = append(entries, e)
	}
	slices.SortFunc(view.Undated, func(a, b calendarEntry) int { return strings.Compare(b.Post, a.Post) })
	return entries, nil
}

// calendarPublications reads what was authorized, the newest first, as far as the visitor sees it.
func (v *visitor) calendarPublications(view *calendarView, filter string) ([]*imprimaturv1.Publication, error) {
	var all []*imprimaturv1.Publication
	for token := ""; len(all) < maxCalendar; {
		page, err := v.publications().ListPublications(v.ctx, &imprimaturv1.ListPublicationsRequest{
			Parent: v.name("posts", "-"), PageSize: 200, PageToken: token, Filter: filter})
		if err != nil {
			return nil, err
		}
		all = append(all, page.GetPublications()...)
		if token = page.GetNextPageToken(); token == "" {
			return all, nil
		}
	}
	view.More = true
	return all, nil
}

// meant tells whether a post is still to go out.
func meant(p *imprimaturv1.Post) bool {
	switch p.GetState() {
	case imprimaturv1.Post_IN_REVIEW, imprimaturv1.Post_CHANGES_REQUESTED, imprimaturv1.Post_UNROUTABLE, imprimaturv1.Post_APPROVED, imprimaturv1.Post_SCHEDULED:
		return true
	case imprimaturv1.Post_DRAFT:
		return p.GetPublishTime() != nil
	default:
		return false
	}
}

// calendarPosts reads the posts that belong to the view, by name.
func (v *visitor) calendarPosts(view *calendarView) (map[string]*imprimaturv1.Post, error) {
	campaigns, err := v.campaigns(view)
	if err != nil {
		return nil, err
	}
	posts := make(map[string]*imprimaturv1.Post)
	filters := []string{""}
	if !v.may("posts.readall") {
		filters = []string{`author = "me"`, `co_author = "me"`}
	}
	for _, filter := range filters {
		token := ""
		for looked := 0; looked < maxCalendar; {
			page, err := v.postService().ListPosts(v.ctx, &imprimaturv1.ListPostsRequest{Parent: v.parent(), PageSize: 200, PageToken: token, Filter: filter})
			if err != nil {
				return nil, err
			}
			for _, p := range page.GetPosts() {
				if view.Campaign == "" || campaigns[p.GetLibraryItem()] == view.Campaign {
					posts[p.GetName()] = p
				}
			}
			looked += len(page.GetPosts())
			if token = page.GetNextPageToken(); token == "" {
				break
			}
			view.More = view.More || looked >= maxCalendar
		}
	}
	return posts, nil
}

// campaigns reads to which campaign the items of the library belong.
func (v *visitor) campaigns(view *calendarView) (map[string]string, error) {
	of := make(map[string]string)
	if !v.may("items.read") {
		return of, nil
	}
	page, err := imprimaturv1.NewLibraryServiceClient(v.conn).ListLibraryItems(v.ctx, &imprimaturv1.ListLibraryItemsRequest{Parent: v.parent(), PageSize: 200})
	if err != nil {
		return nil, err
	}
	for _, item := range page.GetLibraryItems() {
		if campaign := item.GetCampaign(); campaign != "" {
			of[item.GetName()] = campaign
			if !slices.Contains(view.Campaigns, campaign) {
				view.Campaigns = append(view.Campaigns, campaign)
			}
		}
	}
	slices.Sort(view.Campaigns)
	return of, nil
}

// entry is a post at a time.
func (v *visitor) entry(p *imprimaturv1.Post, at time.Time) calendarEntry {
	text := strings.Join(strings.Fields(p.GetContent().GetText()), " ")
	if letters := []rune(text); len(letters) > 90 {
		text = string(letters[:90]) + "…"
	}
	at = at.In(v.zone)
	return calendarEntry{
		Post: p.GetName(), Text: text, At: at, Time: at.Format("15:04"), Clock: at.Format(clockTime), Etag: p.GetEtag(),
		Movable: p.GetAuthor() == v.me.GetMember() && meant(p) && v.may("posts.update"),
	}
}

// fill puts the entries on their days.
func (c *calendarView) fill(entries []calendarEntry, first, end, asked time.Time, language string) {
	slices.SortFunc(entries, func(a, b calendarEntry) int {
		if order := a.At.Compare(b.At); order != 0 {
			return order
		}
		return strings.Compare(a.Post, b.Post)
	})
	byDay := make(map[string][]calendarEntry)
	for _, e := range entries {
		date := e.At.Format(time.DateOnly)
		byDay[date] = append(byDay[date], e)
	}
	weeks := func(first, end time.Time) (weeks [][]calendarDay) {
		for day := first; day.Before(end); day = day.AddDate(0, 0, 1) {
			if day.Weekday() == time.Monday || len(weeks) == 0 {
				weeks = append(weeks, nil)
			}
			date := day.Format(time.DateOnly)
			last := len(weeks) - 1
			weeks[last] = append(weeks[last], calendarDay{
				Date: date, Number: day.Day(), Name: catalogue.Text(language, "web.calendar.day."+day.Format("Mon"), nil),
				Month: monthOf(day, language), Outside: c.View == "month" && day.Month() != asked.Month(), Today: date == c.Today, Entries: byDay[date],
			})
		}
		return weeks
	}
	c.Weeks = weeks(first, end)
	if c.Listed = c.Weeks; !c.Chosen {
		c.Listed = weeks(asked, asked.AddDate(0, 0, agendaDays))
	}
}

// Link is the address of the page with one thing changed.
func (c *calendarView) Link(field, value string) string {
	query := url.Values{"view": {c.View}, "date": {c.Date}, "account": {c.Account}, "campaign": {c.Campaign}}
	if !c.Chosen {
		query.Del("view")
	}
	query.Set(field, value)
	for key := range query {
		if query.Get(key) == "" {
			query.Del(key)
		}
	}
	return "?" + query.Encode()
}

// Days lists those that have something, for reading one below the other.
func (c *calendarView) Days() []calendarDay {
	var days []calendarDay
	month := c.Title
	for _, week := range c.Listed {
		for _, day := range week {
			if len(day.Entries) == 0 {
				continue
			}
			if day.Month == month {
				day.Month = ""
			} else {
				month = day.Month
			}
			days = append(days, day)
		}
	}
	return days
}

// reschedule chooses another time for a post, on the workspace's clock.
func reschedule(v *visitor) error {
	post := &imprimaturv1.Post{Name: v.name("posts", v.form("post")), Etag: v.form("etag")}
	if at, err := time.ParseInLocation(clockTime, v.form("publish_at"), v.zone); err == nil {
		post.PublishTime, post.TimeZone = timestamppb.New(at), v.space.GetTimeZone()
	}
	_, err := v.postService().UpdatePost(v.ctx, &imprimaturv1.UpdatePostRequest{
		Post: post, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"publish_time", "time_zone"}}, RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.back("/calendar"), "web.said.calendar.moved")
}
