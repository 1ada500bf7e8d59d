package web

import (
	"net/url"
	"slices"
	"strings"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
)

var postRoutes = []route{
	{"GET /w/{workspace}/posts", nil, posts},
	{"GET /w/{workspace}/posts/{post}", nil, post},
	{"POST /w/{workspace}/posts/{post}/submit", []string{"PostService/SubmitPost"}, submitPost},
	{"POST /w/{workspace}/posts/{post}/withdraw", []string{"PostService/WithdrawPost"}, withdrawPost},
	{"POST /w/{workspace}/posts/{post}/recall", []string{"PostService/RecallPost"}, recallPost},
	{"POST /w/{workspace}/posts/{post}/copy", []string{"PostService/CopyPost"}, copyPost},
	{"POST /w/{workspace}/posts/{post}/time", []string{"PostService/UpdatePost"}, reschedulePost},
	{"POST /w/{workspace}/posts/{post}/suggestions/{suggestion}/accept", []string{"SuggestionService/AcceptSuggestion"}, acceptSuggestion},
	{"POST /w/{workspace}/posts/{post}/suggestions/{suggestion}/decline", []string{"SuggestionService/DeclineSuggestion"}, declineSuggestion},
	{"POST /w/{workspace}/posts/{post}/threads", []string{"DiscussionService/CreateThread"}, openThread},
	{"POST /w/{workspace}/posts/{post}/threads/{thread}/comments", []string{"DiscussionService/CreateComment"}, answerThread},
	{"POST /w/{workspace}/posts/{post}/threads/{thread}/resolve", []string{"DiscussionService/ResolveThread"}, resolveThread},
}

// postsShown is how many posts a page lists; each that waits for signatures is asked who gives them.
const postsShown = 20

// sharedView is what came of the library, with what went out of it.
const sharedView = "shared"

// postViews are the lists of one's posts, by what the address calls them, and their filters.
var postViews = []struct{ Key, filter string }{
	{"", `author = "me"`},
	{"draft", `author = "me" AND state = "DRAFT"`},
	{"review", `author = "me" AND state = "IN_REVIEW"`},
	{"asked", `author = "me" AND state = "CHANGES_REQUESTED"`},
	{"scheduled", `author = "me" AND state = "SCHEDULED"`},
	{"published", `author = "me" AND state = "PUBLISHED"`},
	{sharedView, `author = "me" AND shared = true`},
	{"with", `co_author = "me"`},
}

// postList is what the page of one's posts shows.
type postList struct {
	View  string
	Views []string
	Rows  []postRow
	More  string
}

// postRow is one post and whose turn it is.
type postRow struct {
	Post *imprimaturv1.Post
	Text []piece
	Tone string
	// Roles are those whose turn it is, as a reader says them.
	Roles string
	// First: everybody signed, and its author has to do something first.
	First bool
	// Out is what went out, or was to, account by account; only where shares are listed.
	Out []*imprimaturv1.Publication
	// Stops tells that its author can still stop it.
	Stops bool
}

// posts lists the visitor's own, and those written for others.
func posts(v *visitor) error {
	q := v.r.URL.Query()
	list := postList{}
	filter := postViews[0].filter
	for _, view := range postViews {
		list.Views = append(list.Views, view.Key)
		if view.Key == q.Get("view") {
			list.View, filter = view.Key, view.filter
		}
	}
	client := imprimaturv1.NewPostServiceClient(v.conn)
	page, err := client.ListPosts(v.ctx, &imprimaturv1.ListPostsRequest{Parent: v.parent(), PageSize: postsShown, PageToken: q.Get("page"), Filter: filter})
	if err != nil {
		return err
	}
	for _, p := range page.GetPosts() {
		row := postRow{Post: p, Text: revealed("", opening(p.GetContent().GetText()), ""), Tone: tone(p.GetState())}
		if p.GetState() == imprimaturv1.Post_IN_REVIEW {
			explained, err := client.ExplainPost(v.ctx, &imprimaturv1.ExplainPostRequest{Name: p.GetName()})
			if err != nil {
				return err
			}
			roles, first := waitedFor(explained.GetReview())
			row.Roles, row.First = v.sayRoles(roles), first
		}
		if list.View == sharedView {
			whole, err := client.GetPost(v.ctx, &imprimaturv1.GetPostRequest{Name: p.GetName()})
			if err != nil {
				return err
			}
			row.Out, row.Stops = whole.GetPublications(), postPage{Post: whole, Mine: true}.Can("withdraw")
		}
		list.Rows = append(list.Rows, row)
	}
	if next := page.GetNextPageToken(); next != "" {
		list.More = v.at("/posts?" + url.Values{"view": {list.View}, "page": {next}}.Encode())
	}
	return v.show("posts", "posts", list)
}

// tone is the colour of a state: sign, wait, seal, or none.
func tone(s imprimaturv1.Post_State) string {
	switch s {
	case imprimaturv1.Post_APPROVED, imprimaturv1.Post_SCHEDULED, imprimaturv1.Post_PUBLISHING, imprimaturv1.Post_PUBLISHED:
		return "sign"
	case imprimaturv1.Post_IN_REVIEW, imprimaturv1.Post_CHANGES_REQUESTED, imprimaturv1.Post_UNROUTABLE, imprimaturv1.Post_REVIEW_EXPIRED, imprimaturv1.Post_PARTIALLY_PUBLISHED:
		return "wait"
	case imprimaturv1.Post_REJECTED, imprimaturv1.Post_FAILED:
		return "seal"
	default:
		return ""
	}
}

// waitedFor lists the roles whose turn it is in a round, and tells whether it is the author's.
func waitedFor(r *imprimaturv1.ReviewExplanation) (roles []string, author bool) {
	for _, turn := range r.GetTurns() {
		switch role := turn.GetRole(); {
		case role == "":
			author = true
		case !slices.Contains(roles, role):
			roles = append(roles, role)
		}
	}
	return roles, author
}

// sayRoles puts roles into words, as in "legal and PR".
func (v *visitor) sayRoles(roles []string) string {
	words := make([]string, len(roles))
	for i, role := range roles {
		words[i] = role
		if key := "web.posts.role." + role; catalogue.Has(key) {
			words[i] = catalogue.Text(v.language, key, nil)
		}
	}
	return v.enumerate(words)
}

// enumerate lists words as people do.
func (v *visitor) enumerate(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " " + catalogue.Text(v.language, "web.posts.and", nil) + " " + words[last]
}

// opening is how a text begins: as much of it as tells it from others.
func opening(text string) string {
	const enough = 160
	text = strings.Join(strings.Fields(text), " ")
	if letters := []rune(text); len(letters) > enough {
		return strings.TrimRight(string(letters[:enough]), " .,;:…") + "…"
	}
	return text
}
