package web

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

var libraryRoutes = []route{
	{"GET /w/{workspace}/library", nil, library},
	{"GET /w/{workspace}/library/{item}", nil, libraryItem},
	{"GET /w/{workspace}/library/{item}/share", nil, shareItem},
	{"POST /w/{workspace}/library/{item}/share", []string{"LibraryService/ShareLibraryItem", "PostService/CreatePost", "PostService/SubmitPost"}, sendShare},
	{"POST /w/{workspace}/library/{item}/draft", []string{"PostService/CreatePost"}, draftShare},
	{"GET /w/{workspace}/library/topics", nil, topics},
	{"POST /w/{workspace}/library/topics/{topic}/join", []string{"TopicService/JoinTopic"}, joinTopic},
	{"POST /w/{workspace}/library/topics/{topic}/leave", []string{"TopicService/LeaveTopic"}, leaveTopic},
	{"GET /w/{workspace}/library/proposals", nil, proposals},
	{"POST /w/{workspace}/library/proposals", []string{"ProposalService/CreateProposal"}, propose},
	{"POST /w/{workspace}/library/proposals/{proposal}/withdraw", []string{"ProposalService/WithdrawProposal"}, withdrawProposal},
}

const (
	// cardsShown is how many cards a page of the library has.
	cardsShown = 24
	// featuredShown is how many the strip above has.
	featuredShown = 4
	// longestQuery is the most the search takes.
	longestQuery = 200
	// stillNew is for how long an item is called new.
	stillNew = 7 * 24 * time.Hour
	// everything is the word of the address for all topics, followed or not.
	everything = "all"
)

// shelves is what the library shows.
type shelves struct {
	Query, Topic, Network string
	// Language, Label and Campaign narrow further, as Announcements does to those alone.
	Language, Label, Campaign string
	Announcements             bool
	Topics                    []*imprimaturv1.Topic
	Networks                  []string
	// Current is the topic that was chosen, nil for several.
	Current  *imprimaturv1.Topic
	Featured []libraryCard
	Cards    []libraryCard
	// More is the address of the next page, "" at the end.
	More string
	// Searched tells whether anything but a topic narrows what is shown, Further whether something does
	// that is folded away until it is wanted.
	Searched, Further bool
}

// narrow takes over from an address what narrows the shelves. What can be the language or the label
// of nothing is left out.
func (s *shelves) narrow(q url.Values) {
	if slices.Contains(s.Networks, q.Get("network")) {
		s.Network = q.Get("network")
	}
	if slices.Contains(tongues, q.Get("language")) {
		s.Language = q.Get("language")
	}
	if shelfWord.MatchString(q.Get("label")) {
		s.Label = q.Get("label")
	}
	if shelfWord.MatchString(q.Get("campaign")) {
		s.Campaign = q.Get("campaign")
	}
	s.Announcements = q.Get("announcements") != ""
	s.Further = s.Language+s.Label+s.Campaign != "" || s.Announcements
	s.Searched = s.Query != "" || s.Network != "" || s.Further
}

// Words are the labels and the campaigns of what is shown, for who narrows it further.
func (s shelves) Words(kind string) []string {
	var all []string
	for _, c := range s.Cards {
		if kind == "label" {
			all = append(all, c.Item.GetLabels()...)
		} else if campaign := c.Item.GetCampaign(); campaign != "" {
			all = append(all, campaign)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// address is where the shelves are shown from a page on.
func (s *shelves) address(page string) string {
	q := url.Values{
		"q": {s.Query}, "topic": {s.Topic}, "network": {s.Network}, "language": {s.Language},
		"label": {s.Label}, "campaign": {s.Campaign}, "page": {page},
	}
	if s.Announcements {
		q.Set("announcements", "yes")
	}
	return "/library?" + q.Encode()
}

// filter is how the API is asked for what narrows the shelves, besides the topic.
func (s *shelves) filter() []string {
	filter := []string{`availability = "LIVE"`}
	for _, f := range []struct{ field, value string }{
		{"network", s.Network}, {"language", s.Language}, {"label", s.Label}, {"campaign", s.Campaign},
	} {
		if f.value != "" {
			filter = append(filter, f.field+" = "+quoted(f.value))
		}
	}
	if s.Announcements {
		filter = append(filter, "announcement = true")
	}
	return filter
}

// shelfWord is what a label or a campaign can be.
var shelfWord = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N} ._&-]{0,39}$`)

// libraryCard is one item as it lies on a shelf.
type libraryCard struct {
	Item    *imprimaturv1.LibraryItem
	Title   []piece
	Text    []piece
	Lang    string
	Topic   string
	Picture *picture
	New     bool
	// Others are the words for networks that say it otherwise, in the same language.
	Others []cardCopy
}

// cardCopy is what an item says on some networks.
type cardCopy struct {
	Networks []string
	Text     []piece
}

// otherCopies are what an item says elsewhere than in the copy that its card shows.
func otherCopies(targets []*imprimaturv1.Target, shown *imprimaturv1.Target) []cardCopy {
	var all []cardCopy
	at := map[string]int{shown.GetText(): -1}
	for _, t := range targets {
		if t.GetAlternative() != "" || t.GetLanguage() != shown.GetLanguage() {
			continue
		}
		i, known := at[t.GetText()]
		switch {
		case !known:
			at[t.GetText()] = len(all)
			all = append(all, cardCopy{[]string{t.GetNetwork()}, revealed("", t.GetText(), "")})
		case i >= 0:
			all[i].Networks = append(all[i].Networks, t.GetNetwork())
		}
	}
	return all
}

// library is where employees begin: what is there for them, and a button on each card.
func library(v *visitor) error {
	q := v.r.URL.Query()
	var all []*imprimaturv1.Topic
	var networks []string
	var featured []*imprimaturv1.LibraryItem
	err := together(func() (err error) {
		all, err = v.topics()
		return err
	}, func() (err error) {
		networks, err = v.networks()
		return err
	}, func() (err error) {
		if bare(q) {
			featured, err = v.featured()
		}
		return err
	})
	if err != nil {
		return err
	}
	s := shelves{Query: searchable(q.Get("q")), Topics: all, Networks: networks, Topic: q.Get("topic")}
	s.narrow(q)
	if i := slices.IndexFunc(all, func(t *imprimaturv1.Topic) bool { return t.GetName() == v.name("topics", s.Topic) }); i >= 0 {
		s.Current = all[i]
	} else if s.Topic != everything {
		s.Topic = ""
	}
	next, err := v.fill(&s, q.Get("page"))
	if err != nil {
		return err
	}
	if s.Topic == "" && s.Query == "" && len(s.Cards) == 0 {
		// Who follows nothing yet, or nothing with anything on it, sees what there is.
		s.Topic = everything
		if next, err = v.fill(&s, ""); err != nil {
			return err
		}
	}
	if next != "" {
		s.More = v.at(s.address(next))
	}
	for _, item := range featured {
		// What is in the strip is not shown a second time below.
		s.Featured = append(s.Featured, v.card(item, s.Topics))
		s.Cards = slices.DeleteFunc(s.Cards, func(c libraryCard) bool { return c.Item.GetName() == item.GetName() })
	}
	return v.show("library", "library", s)
}

// bare tells whether an address asks for nothing in particular.
func bare(q url.Values) bool {
	return !slices.ContainsFunc([]string{"q", "topic", "network", "language", "label", "campaign", "announcements", "page"}, func(field string) bool { return q.Get(field) != "" })
}

// fill puts a page of cards on the shelves, and returns the token of the next.
func (v *visitor) fill(s *shelves, token string) (string, error) {
	client := imprimaturv1.NewLibraryServiceClient(v.conn)
	filter := s.filter()
	switch {
	case s.Current != nil:
		filter = append(filter, fmt.Sprintf("topic = %q", s.Current.GetName()))
	case s.Topic == "" && s.Query == "":
		filter = append(filter, "subscribed = true")
	}
	if s.Query == "" {
		page, err := client.ListLibraryItems(v.ctx, &imprimaturv1.ListLibraryItemsRequest{
			Parent: v.parent(), PageSize: cardsShown, PageToken: token, Filter: strings.Join(filter, " AND "), OrderBy: "pinned desc, create_time desc",
		})
		for _, item := range page.GetLibraryItems() {
			s.Cards = append(s.Cards, v.card(item, s.Topics))
		}
		return page.GetNextPageToken(), err
	}
	page, err := client.SearchLibraryItems(v.ctx, &imprimaturv1.SearchLibraryItemsRequest{
		Parent: v.parent(), Query: s.Query, PageSize: cardsShown, PageToken: token, Filter: strings.Join(filter, " AND "),
	})
	for _, hit := range page.GetHits() {
		c := v.card(hit.GetLibraryItem(), s.Topics)
		c.Title = highlighted(hit.GetLibraryItem().GetTitle(), hit.GetTitleRanges())
		if ranges := hit.GetSnippet().GetRanges(); len(ranges) > 0 {
			c.Text = highlighted(hit.GetSnippet().GetText(), ranges)
		}
		s.Cards = append(s.Cards, c)
	}
	return page.GetNextPageToken(), err
}

// featured lists what the curators put into the strip above everything else.
func (v *visitor) featured() ([]*imprimaturv1.LibraryItem, error) {
	page, err := imprimaturv1.NewLibraryServiceClient(v.conn).ListLibraryItems(v.ctx, &imprimaturv1.ListLibraryItemsRequest{
		Parent: v.parent(), PageSize: featuredShown, Filter: `featured = true AND availability = "LIVE"`, OrderBy: "featured desc, create_time desc",
	})
	return page.GetLibraryItems(), err
}

// card is an item with the words it suggests in the reader's language.
func (v *visitor) card(item *imprimaturv1.LibraryItem, topics []*imprimaturv1.Topic) libraryCard {
	c := libraryCard{
		Item: item, Title: revealed("", item.GetTitle(), ""), Text: revealed("", item.GetContent().GetText(), ""), Lang: item.GetContent().GetLanguage(),
		New: time.Since(item.GetCreateTime().AsTime()) < stillNew,
	}
	if t := suggested(item.GetTargets(), v.language); t != nil {
		c.Text, c.Lang = revealed("", t.GetText(), ""), t.GetLanguage()
		c.Others = otherCopies(item.GetTargets(), t)
		if len(t.GetMedia()) > 0 {
			c.Picture = v.picture(t.GetMedia()[0])
		} else if t.GetCard() != nil {
			c.Picture = v.picture(t.GetCard().GetPicture())
		}
	}
	for _, t := range topics {
		if t.GetName() == item.GetTopic() {
			c.Topic = t.GetDisplayName()
		}
	}
	return c
}

// suggested is what an item shows first to somebody who reads a language, nil for nothing.
func suggested(targets []*imprimaturv1.Target, language string) *imprimaturv1.Target {
	var first *imprimaturv1.Target
	for _, t := range targets {
		if t.GetAlternative() != "" {
			continue
		}
		if speaks(t.GetLanguage(), language) {
			return t
		}
		first = cmp.Or(first, t)
	}
	return first
}

// speaks tells whether a text's language, such as fr-CA, is one that a reader of fr reads.
func speaks(tag, language string) bool {
	base, _, _ := strings.Cut(tag, "-")
	return base == language
}

// unspoken is 0 for what a reader of a language reads, 1 for what comes after it.
func unspoken(tag, language string) int {
	if speaks(tag, language) {
		return 0
	}
	return 1
}

// topics lists those the visitor sees.
func (v *visitor) topics() ([]*imprimaturv1.Topic, error) {
	page, err := imprimaturv1.NewTopicServiceClient(v.conn).ListTopics(v.ctx, &imprimaturv1.ListTopicsRequest{Parent: v.parent(), PageSize: 200})
	return page.GetTopics(), err
}

// everyAccount lists the workspace's accounts.
func (v *visitor) everyAccount() ([]*imprimaturv1.SocialAccount, error) {
	page, err := imprimaturv1.NewSocialAccountServiceClient(v.conn).ListSocialAccounts(v.ctx, &imprimaturv1.ListSocialAccountsRequest{Parent: v.parent(), PageSize: 200})
	return page.GetSocialAccounts(), err
}

// networks lists those the workspace has accounts on.
func (v *visitor) networks() ([]string, error) {
	accounts, err := v.everyAccount()
	var all []string
	for _, a := range accounts {
		all = append(all, a.GetNetwork())
	}
	slices.Sort(all)
	return slices.Compact(all), err
}

// searchable is what can be looked for of what was typed: nothing while it holds no word yet.
func searchable(typed string) string {
	if !strings.ContainsFunc(typed, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsNumber(c) }) {
		return ""
	}
	if letters := []rune(typed); len(letters) > longestQuery {
		typed = string(letters[:longestQuery])
	}
	return strings.TrimSpace(typed)
}

// highlighted cuts a text at what was found in it, which is counted in code points.
func highlighted(text string, ranges []*imprimaturv1.TextRange) []piece {
	letters := []rune(text)
	var out []piece
	at := 0
	for _, r := range ranges {
		start, end := int(r.GetStart()), int(r.GetEnd())
		if start < at || end < start || end > len(letters) {
			continue
		}
		out = append(out, revealed("", string(letters[at:start]), "")...)
		out = append(out, revealed("mark", string(letters[start:end]), "")...)
		at = end
	}
	return append(out, revealed("", string(letters[at:]), "")...)
}

// bookcase is what the page of topics shows.
type bookcase struct{ Topics []*imprimaturv1.Topic }

// topics lists the shelves, to follow or not.
func topics(v *visitor) error {
	all, err := v.topics()
	if err != nil {
		return err
	}
	return v.show("library-topics", "library", bookcase{all})
}

func joinTopic(v *visitor) error {
	topic, err := imprimaturv1.NewTopicServiceClient(v.conn).JoinTopic(v.ctx, &imprimaturv1.JoinTopicRequest{Name: v.named("topics", "topic"), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.back("/library/topics"), "web.said.library.joined", "topic", topic.GetDisplayName())
}

func leaveTopic(v *visitor) error {
	topic, err := imprimaturv1.NewTopicServiceClient(v.conn).LeaveTopic(v.ctx, &imprimaturv1.LeaveTopicRequest{Name: v.named("topics", "topic"), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.back("/library/topics"), "web.said.library.left", "topic", topic.GetDisplayName())
}

// itemPage is what the page of one item shows.
type itemPage struct {
	Card   libraryCard
	Copies []itemCopy
	Policy *imprimaturv1.EditPolicy
}

// itemCopy is what the item says on some networks in one language.
type itemCopy struct {
	Networks    []string
	Alternative string
	Sheet       sheet
}

// libraryItem shows all an item says, and what is said about it.
func libraryItem(v *visitor) error {
	item, err := imprimaturv1.NewLibraryServiceClient(v.conn).GetLibraryItem(v.ctx, &imprimaturv1.GetLibraryItemRequest{Name: v.named("libraryItems", "item")})
	if err != nil {
		return err
	}
	all, err := v.topics()
	if err != nil {
		return err
	}
	return v.show("library-item", "library", itemPage{Card: v.card(item, all), Copies: v.copies(item), Policy: item.GetEditPolicy()})
}

// copies draws an item's targets, those that show the same on several networks once, in the reader's
// language first.
func (v *visitor) copies(item *imprimaturv1.LibraryItem) []itemCopy {
	var all []itemCopy
	seen := make(map[string]int)
	for _, t := range item.GetTargets() {
		key := strings.Join([]string{t.GetLanguage(), t.GetAlternative(), t.GetText(), t.GetLink(), t.GetDisclosureText()}, "\x00")
		if i, known := seen[key]; known {
			all[i].Networks = append(all[i].Networks, t.GetNetwork())
			continue
		}
		seen[key] = len(all)
		drawn := v.sheet(t, nil)
		drawn.Byline = catalogue.Text(v.language, "web.library.you", nil)
		all = append(all, itemCopy{Networks: []string{t.GetNetwork()}, Alternative: t.GetAlternative(), Sheet: drawn})
	}
	slices.SortStableFunc(all, func(a, b itemCopy) int {
		return cmp.Compare(unspoken(a.Sheet.Language, v.language), unspoken(b.Sheet.Language, v.language))
	})
	return all
}
