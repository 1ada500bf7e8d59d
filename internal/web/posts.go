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
	{"POST /w/{workspace}/posts/{post}/reviews/{review}/decisions/{decision}/retract", []string{"ReviewService/RetractDecision"}, retractDecision},
	{"POST /w/{workspace}/posts/{post}/threads", []string{"DiscussionService/CreateThread"}, openThread},
	{"POST /w/{workspace}/posts/{post}/threads/{thread}/comments", []string{"DiscussionService/CreateComment"}, answerThread},
	{"POST /w/{workspace}/posts/{post}/threads/{thread}/resolve", []string{"DiscussionService/ResolveThread"}, resolveThread},
}

// postsShown is how many posts a page lists; each that waits for signatures is asked who gives them.
const postsShown = 20

// sharedView is what came of the library, with what went out of it; turnsView what waits for the visitor,
// for whatever reason, as the service counts turns: no state tells it.
const (
	sharedView = "shared"
	turnsView  = "asked"
)

// postViews are the lists of one's posts, by what the address calls them, and their filters.
var postViews = []struct{ Key, filter string }{
	{"", `author = "me"`},
	{"draft", `author = "me" AND state = "DRAFT"`},
	{"review", `author = "me" AND state = "IN_REVIEW"`},
	{turnsView, ""},
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
	// Unknown: somebody has to say whether it is out.
	Unknown bool
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
	some, next, err := v.somePosts(list.View, filter, q.Get("page"))
	if err != nil {
		return err
	}
	for _, p := range some {
		row, err := v.postRow(p, list.View == sharedView)
		if err != nil {
			return err
		}
		list.Rows = append(list.Rows, row)
	}
	if next != "" {
		list.More = v.at("/posts?" + url.Values{"view": {list.View}, "page": {next}}.Encode())
	}
	return v.show("posts", "posts", list)
}

// somePosts is one page of a view, and the token of the next.
func (v *visitor) somePosts(view, filter, token string) ([]*imprimaturv1.Post, string, error) {
	if view != turnsView {
		page, err := v.postService().ListPosts(v.ctx, &imprimaturv1.ListPostsRequest{Parent: v.parent(), PageSize: postsShown, PageToken: token, Filter: filter})
		return page.GetPosts(), page.GetNextPageToken(), err
	}
	turns, err := imprimaturv1.NewReviewServiceClient(v.conn).ListReviewTasks(v.ctx, &imprimaturv1.ListReviewTasksRequest{
		Parent: v.parent(), PageSize: postsShown, PageToken: token, Filter: `attention = "me" AND author = "` + v.me.GetMember() + `"`,
	})
	if err != nil {
		return nil, "", err
	}
	var out []*imprimaturv1.Post
	for _, turn := range turns.GetReviewTasks() {
		name := turn.GetSubject()
		listed := func(p *imprimaturv1.Post) bool { return p.GetName() == name }
		// Library items have a desk of their own, and a post can wait for the same person twice.
		if !strings.Contains(name, "/posts/") || slices.ContainsFunc(out, listed) {
			continue
		}
		p, err := v.readPost(name)
		if err != nil {
			return nil, "", err
		}
		out = append(out, p)
	}
	return out, turns.GetNextPageToken(), nil
}

// postRow says of a post whose turn it is, and with its shares what went out of it.
func (v *visitor) postRow(p *imprimaturv1.Post, shares bool) (postRow, error) {
	row := postRow{Post: p, Text: revealed("", opening(p.GetContent().GetText()), ""), Tone: tone(p.GetState())}
	if s := p.GetState(); s == imprimaturv1.Post_IN_REVIEW || s == imprimaturv1.Post_PUBLISHING {
		explained, err := v.postService().ExplainPost(v.ctx, &imprimaturv1.ExplainPostRequest{Name: p.GetName()})
		if err != nil {
			return row, err
		}
		w := waitedFor(explained.GetReview())
		row.Roles, row.First, row.Unknown = v.sayRoles(w.roles), w.author, w.unknown
	}
	if shares {
		whole, err := v.readPost(p.GetName())
		if err != nil {
			return row, err
		}
		row.Out, row.Stops = whole.GetPublications(), postPage{Post: whole, Mine: true}.Can("withdraw")
	}
	return row, nil
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

// waiting is who is waited for: roles, the author, or who may say whether something is out.
type waiting struct {
	roles           []string
	author, unknown bool
}

// waitedFor tells whose turn it is in a round.
func waitedFor(r *imprimaturv1.ReviewExplanation) (w waiting) {
	for _, turn := range r.GetTurns() {
		switch role := turn.GetRole(); {
		case turn.GetPermission() != "":
			w.unknown = true
		case role == "":
			w.author = true
		case !slices.Contains(w.roles, role):
			w.roles = append(w.roles, role)
		}
	}
	return w
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
