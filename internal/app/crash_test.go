package app_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/authz"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/network/bluesky"
	"github.com/imprimatur-hq/imprimatur/internal/network/bluesky/blueskytest"
	"github.com/imprimatur-hq/imprimatur/internal/network/container/containertest"
	"github.com/imprimatur-hq/imprimatur/internal/network/facebook"
	"github.com/imprimatur-hq/imprimatur/internal/network/facebook/facebooktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/instagram"
	"github.com/imprimatur-hq/imprimatur/internal/network/linkedin"
	"github.com/imprimatur-hq/imprimatur/internal/network/linkedin/linkedintest"
	"github.com/imprimatur-hq/imprimatur/internal/network/mastodon/mastodontest"
	"github.com/imprimatur-hq/imprimatur/internal/network/mattermost"
	"github.com/imprimatur-hq/imprimatur/internal/network/mattermost/mattermosttest"
	"github.com/imprimatur-hq/imprimatur/internal/network/slack"
	"github.com/imprimatur-hq/imprimatur/internal/network/slack/slacktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/teams"
	"github.com/imprimatur-hq/imprimatur/internal/network/teams/teamstest"
	"github.com/imprimatur-hq/imprimatur/internal/network/threads"
	"github.com/imprimatur-hq/imprimatur/internal/network/wall"
	"github.com/imprimatur-hq/imprimatur/internal/network/wordpress"
	"github.com/imprimatur-hq/imprimatur/internal/network/wordpress/wordpresstest"
	"github.com/imprimatur-hq/imprimatur/internal/network/x"
	"github.com/imprimatur-hq/imprimatur/internal/network/x/xtest"
	"github.com/imprimatur-hq/imprimatur/internal/publish"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// receiver is a webhook that keeps its own books: the judge, in a process that is never
// killed.
type receiver struct {
	*httptest.Server
	// arrived tells of each request that is kept waiting for its answer.
	arrived chan string
	mu      sync.Mutex
	seen    map[string]int
	// at is when a request arrived first.
	at map[string]time.Time
	// said are the texts of all that arrived.
	said []string
	// hold, when it is there, keeps requests unanswered until it is closed.
	hold chan struct{}
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{seen: make(map[string]int), at: make(map[string]time.Time), arrived: make(chan string, 100)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		var message struct{ Data struct{ Text string } }
		_ = json.NewDecoder(request.Body).Decode(&message)
		id := request.Header.Get("Webhook-Id")
		r.mu.Lock()
		if r.seen[id]++; r.seen[id] == 1 {
			r.at[id] = time.Now()
		}
		r.said = append(r.said, message.Data.Text)
		hold := r.hold
		r.mu.Unlock()
		if hold == nil {
			return
		}
		r.arrived <- id
		select {
		case <-hold:
		case <-request.Context().Done():
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// wait keeps what arrives from now on waiting until the returned function answers it.
func (r *receiver) wait(t *testing.T) (answer func()) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	hold := make(chan struct{})
	r.hold = hold
	answer = sync.OnceFunc(func() { close(hold) })
	t.Cleanup(answer)
	return answer
}

func (r *receiver) count(id string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen[id]
}

// tooted is how often a server shows a text.
func tooted(s *mastodontest.Server, text string) (seen int) {
	for _, x := range s.Visible() {
		if x.Text == text {
			seen++
		}
	}
	return seen
}

// kept is how often the repositories of a server hold a text.
func kept(s *blueskytest.Server, text string) (seen int) {
	for _, x := range s.Visible() {
		if x.Text == text {
			seen++
		}
	}
	return seen
}

// posted is how often an author shows a text.
func posted(s *linkedintest.Server, author, text string) (seen int) {
	for _, x := range s.Visible() {
		if x.Author == author && x.Text == text {
			seen++
		}
	}
	return seen
}

// tweeted is how often X shows a text.
func tweeted(s *xtest.Server, text string) (seen int) {
	for _, x := range s.Visible() {
		if x.Text == text {
			seen++
		}
	}
	return seen
}

// chatted is how often the channels of a server show a text.
func chatted(s *mattermosttest.Server, text string) (seen int) {
	for _, x := range s.Visible() {
		if x.Message == text {
			seen++
		}
	}
	return seen
}

// messaged is how often the channels of Slack show a text.
func messaged(s *slacktest.Server, text string) (seen int) {
	for _, x := range s.Visible() {
		if x.Shown == text {
			seen++
		}
	}
	return seen
}

// paged is how often pages on Facebook show a text.
func paged(s *facebooktest.Server, text string) (seen int) {
	for _, x := range s.Visible() {
		if x.Text == text {
			seen++
		}
	}
	return seen
}

// contained is how often accounts show a text that came in containers.
func contained(s *containertest.Server, text string) (seen int) {
	for _, x := range s.Visible() {
		if x.Text == text {
			seen++
		}
	}
	return seen
}

// blogged is how often sites of WordPress show a text.
func blogged(s *wordpresstest.Server, text string) (seen int) {
	for _, x := range s.Visible() {
		if x.Text() == text {
			seen++
		}
	}
	return seen
}

// carded is how often workflows of Teams have shown a text.
func carded(s *teamstest.Server, text string) (seen int) {
	for _, x := range s.Visible() {
		if x.Text == text {
			seen++
		}
	}
	return seen
}

// scene is a folder with a workspace whose posts are signed and due, and nobody working.
type scene struct {
	dir string
	// database is PostgreSQL's, empty for a file in dir.
	database string
	receiver *receiver
	// mastodon drops a repeated key; relative is published to by the same protocol and does not.
	mastodon, relative *mastodontest.Server
	// bluesky holds one record at a key of ours.
	bluesky *blueskytest.Server
	// linkedin knows no key: a member is blind, and an organisation can be read.
	linkedin *linkedintest.Server
	// x knows no key, and can be read.
	x *xtest.Server
	// mattermost keeps a key for half a minute, which is not relied on, and can be read.
	mattermost *mattermosttest.Server
	// slack knows no key, and can be read.
	slack *slacktest.Server
	// teams is blind.
	teams *teamstest.Server
	// facebook knows no key, and a page can be read.
	facebook *facebooktest.Server
	// threads shows containers, and can be read.
	threads *containertest.Server
	// wordpress has an address of ours for a post, which is no key, and can be read.
	wordpress *wordpresstest.Server
	// instagram does, too, and shows no text alone.
	instagram *containertest.Server
	// settings are further lines of the environment.
	settings []string
	// people are who writes and signs, and accounts where each post goes.
	people   people
	accounts []advocacy.AccountID
	posts    []advocacy.PostID
	// texts are what the posts say.
	texts map[advocacy.PostID]string
}

func (s *scene) environ() []string {
	return append([]string{
		"IMPRIMATUR_DATA_DIR=" + s.dir, "IMPRIMATUR_DATABASE=" + s.database,
		"IMPRIMATUR_WEBHOOK_NETWORKS=127.0.0.0/8", "IMPRIMATUR_SHUTDOWN_GRACE=5s",
		"IMPRIMATUR_LINKEDIN_API=" + s.linkedin.URL, "IMPRIMATUR_X_API=" + s.x.URL, "IMPRIMATUR_SLACK_API=" + s.slack.URL, "IMPRIMATUR_TEAMS_HOSTS=127.0.0.1",
		"IMPRIMATUR_FACEBOOK_API=" + s.facebook.URL, "IMPRIMATUR_THREADS_API=" + s.threads.URL, "IMPRIMATUR_INSTAGRAM_API=" + s.instagram.URL,
	}, s.settings...)
}

func (s *scene) open(t *testing.T) *app.Service {
	t.Helper()
	c, err := config.Load(nil, s.environ())
	ok(t, err)
	service, err := app.Open(t.Context(), app.Options{Config: c})
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// newScene signs n posts, each for a network of every class: the wall has an id of its own, Bluesky
// a place of our choice, Mastodon a key, a relative of it, an organisation on LinkedIn, X,
// a page on Facebook, a profile on Threads, channels of Mattermost and Slack and a site of WordPress can be read, and a webhook, a member and a
// workflow of Teams are blind.
func newScene(t *testing.T, n int) *scene {
	t.Helper()
	return sceneOn(t, "", n, everywhere...)
}

// everywhere are the networks that show a text alone.
var everywhere = []string{"wall", "webhook", "mastodon", "relative", "bluesky", "member", "organisation", "x", "mattermost", "slack", "teams", "facebook", "threads", "wordpress"}

// sceneOn signs n posts on a database for some of the networks.
func sceneOn(t *testing.T, database string, n int, networks ...string) *scene {
	t.Helper()
	s := &scene{
		dir: newDir(t), database: database, receiver: newReceiver(t),
		mastodon: mastodontest.New(t), relative: mastodontest.New(t), bluesky: blueskytest.New(t), linkedin: linkedintest.New(t), x: xtest.New(t),
		mattermost: mattermosttest.New(t), slack: slacktest.New(t), teams: teamstest.New(t), facebook: facebooktest.New(t), threads: containertest.Threads(t),
		instagram: containertest.Instagram(t), wordpress: wordpresstest.New(t), texts: make(map[advocacy.PostID]string),
	}
	s.relative.Do(func(x *mastodontest.Server) { x.Software = "gotosocial" })
	service := s.open(t)
	defer service.Close()
	people := furnish(t, service)
	connect := map[string]func() advocacy.AccountID{
		"wall": func() advocacy.AccountID {
			return people.account(t, workflow.AccountDraft{Network: "wall", DisplayName: "newsroom", Owner: people.admin})
		},
		"webhook": func() advocacy.AccountID {
			return people.account(t, workflow.AccountDraft{Network: "webhook", DisplayName: "hook", Owner: people.admin, Address: s.receiver.URL})
		},
		"mastodon": func() advocacy.AccountID { return people.connected(t, s.mastodon) },
		"relative": func() advocacy.AccountID { return people.connected(t, s.relative) },
		"bluesky":  func() advocacy.AccountID { return people.signedIn(t, s.bluesky) },
		"member":   func() advocacy.AccountID { return people.linked(t, "") },
		"organisation": func() advocacy.AccountID {
			return people.linked(t, "https://www.linkedin.com/company/"+linkedintest.Organization)
		},
		"x": func() advocacy.AccountID { return people.onX(t) },
		"mattermost": func() advocacy.AccountID {
			return people.inChannel(t, mattermost.Name, s.mattermost.URL+mattermosttest.Address, mattermosttest.Token)
		},
		"slack": func() advocacy.AccountID { return people.inChannel(t, slack.Name, slacktest.Address, slacktest.Token) },
		"facebook": func() advocacy.AccountID {
			return people.inChannel(t, facebook.Name, "https://www.facebook.com/"+facebooktest.Page, facebooktest.Token)
		},
		"instagram": func() advocacy.AccountID {
			people.picture(t)
			return people.inChannel(t, instagram.Name, "https://www.instagram.com/"+containertest.Name, containertest.Token)
		},
		"threads": func() advocacy.AccountID {
			return people.inChannel(t, threads.Name, "https://www.threads.com/@"+containertest.Name, containertest.Token)
		},
		"wordpress": func() advocacy.AccountID {
			return people.inChannel(t, wordpress.Name, s.wordpress.URL, wordpresstest.Credential)
		},
		"teams": func() advocacy.AccountID { return people.inChannel(t, teams.Name, "", s.teams.URL+teamstest.Path) },
	}
	for _, name := range networks {
		s.accounts = append(s.accounts, connect[name]())
	}
	s.people = *people
	s.sign(t, service, n)
	return s
}

// sign adds posts that are signed and due.
func (s *scene) sign(t *testing.T, service *app.Service, n int) {
	t.Helper()
	s.people.Service = service
	for range n {
		text := fmt.Sprintf("Post %d", len(s.posts))
		id := s.people.approved(t, text, s.accounts)
		s.posts, s.texts[id] = append(s.posts, id), text
	}
}

// people are the persons of a scene and the use cases they call.
type people struct {
	*app.Service
	admin, author, legal, pr advocacy.PersonID
	// shows are the pictures of each post.
	shows []advocacy.MediaRef
}

func furnish(t *testing.T, s *app.Service) *people {
	t.Helper()
	p := &people{Service: s}
	done, err := s.Install(t.Context(), workflow.Installation{ID: "acme", Language: "en", Zone: "UTC", Admin: workflow.MemberDraft{Email: "ada@acme.test"}})
	ok(t, err)
	p.admin = done.Admin.Person
	for name, id := range map[advocacy.Role]*advocacy.PersonID{
		advocacy.RoleEmployee: &p.author, advocacy.RoleLegal: &p.legal, advocacy.RolePR: &p.pr,
	} {
		m, err := s.Flow.CreateMember(t.Context(), p.as(p.admin), "acme", workflow.MemberDraft{
			DisplayName: string(name), Email: name.Function() + "@acme.test", Roles: []advocacy.Role{name},
		})
		ok(t, err)
		*id = m.Person
	}
	return p
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// as is a call of a person whose permissions the doors would have checked.
func (p *people) as(id advocacy.PersonID) workflow.Call {
	return workflow.Call{
		Actor: advocacy.Actor{Kind: advocacy.Human, Workspace: "acme", Person: id, Session: "test"},
		May: func(q advocacy.Permission) bool {
			return id != p.author || q != authz.PostsReadAll
		},
	}
}

func (p *people) account(t *testing.T, d workflow.AccountDraft) advocacy.AccountID {
	t.Helper()
	if !d.Personal {
		d.Deputy = p.legal
	}
	a, _, err := p.Flow.CreateAccount(t.Context(), p.as(p.admin), "acme", d)
	ok(t, err)
	return a.ID
}

// connected makes an account on a server that speaks as Mastodon does.
func (p *people) connected(t *testing.T, s *mastodontest.Server) advocacy.AccountID {
	t.Helper()
	id := p.account(t, workflow.AccountDraft{Network: "mastodon", DisplayName: s.Software, Owner: p.admin, Address: s.URL})
	a, err := p.Flow.ConnectAccount(t.Context(), p.as(p.admin), "acme", id, workflow.Token{Secret: mastodontest.Token, Version: 1})
	ok(t, err)
	if a.Deduplicates != (s.Software == "mastodon") {
		t.Fatalf("%s drops repeated keys: %t", s.Software, a.Deduplicates)
	}
	return id
}

// signedIn makes an account on a server of Bluesky's.
func (p *people) signedIn(t *testing.T, s *blueskytest.Server) advocacy.AccountID {
	t.Helper()
	id := p.account(t, workflow.AccountDraft{Network: bluesky.Name, DisplayName: "skies", Owner: p.admin, Address: s.URL})
	_, err := p.Flow.ConnectAccount(t.Context(), p.as(p.admin), "acme", id, workflow.Token{Secret: blueskytest.Credential, Version: 1})
	ok(t, err)
	return id
}

// linked makes an account on LinkedIn: of an organisation with an address, of a member without.
func (p *people) linked(t *testing.T, address string) advocacy.AccountID {
	t.Helper()
	id := p.account(t, workflow.AccountDraft{Network: linkedin.Name, DisplayName: "linked", Owner: p.admin, Address: address})
	_, err := p.Flow.ConnectAccount(t.Context(), p.as(p.admin), "acme", id, workflow.Token{Secret: linkedintest.Token, Version: 1})
	ok(t, err)
	return id
}

// onX makes an account on X.
func (p *people) onX(t *testing.T) advocacy.AccountID {
	t.Helper()
	id := p.account(t, workflow.AccountDraft{Network: x.Name, DisplayName: "x", Owner: p.admin})
	_, err := p.Flow.ConnectAccount(t.Context(), p.as(p.admin), "acme", id, workflow.Token{Secret: xtest.Token, Version: 1})
	ok(t, err)
	return id
}

// inChannel makes an account of a channel or a page, connected with its token.
func (p *people) inChannel(t *testing.T, chat advocacy.Network, address, token string) advocacy.AccountID {
	t.Helper()
	id := p.account(t, workflow.AccountDraft{Network: chat, DisplayName: "channel", Owner: p.admin, Address: address})
	_, err := p.Flow.ConnectAccount(t.Context(), p.as(p.admin), "acme", id, workflow.Token{Secret: token, Version: 1})
	ok(t, err)
	return id
}

// picture gives each post from now on a picture.
func (p *people) picture(t *testing.T) {
	t.Helper()
	data := []byte("a door")
	m, err := p.Flow.AddMedia(t.Context(), p.as(p.author), "acme", workflow.Accepted{
		Blob: string(advocacy.DigestOf(data)), ContentType: "image/jpeg", Width: 1080, Height: 1080, Data: data,
	})
	ok(t, err)
	p.shows = []advocacy.MediaRef{{Blob: m.Blob, ContentType: m.ContentType, Width: m.Width, Height: m.Height, Size: m.Size, AltText: "A door"}}
}

func (p *people) approved(t *testing.T, text string, accounts []advocacy.AccountID) advocacy.PostID {
	t.Helper()
	ctx := t.Context()
	v, err := p.Flow.CreatePost(ctx, p.as(p.author), "acme", workflow.PostDraft{
		Content: advocacy.Content{Language: "en", Text: text, Media: p.shows}, Accounts: accounts,
	})
	ok(t, err)
	_, err = p.Flow.SubmitPost(ctx, p.as(p.author), "acme", v.Post.ID, workflow.Submit{Digest: v.Head.Digest})
	ok(t, err)
	for who, requirement := range map[advocacy.PersonID]string{p.legal: "legal", p.pr: "pr"} {
		_, err := p.Flow.ViewReview(ctx, p.as(who), v.Post.Subject(), 1)
		ok(t, err)
		_, _, err = p.Flow.Decide(ctx, p.as(who), v.Post.Subject(), 1, workflow.Verdict{
			Verdict: advocacy.Approve, Requirement: requirement, Digest: v.Head.Digest,
		})
		ok(t, err)
	}
	return v.Post.ID
}

// settled tells whether nothing of these posts is waiting or on its way any more. A publication that
// goes back to scheduled between two readings would be missed by reading state after
// state; one publication is read at one moment, and those that ended stay ended.
func settled(t *testing.T, service *app.Service, posts ...advocacy.PostID) bool {
	t.Helper()
	for _, id := range posts {
		all, err := service.Store.PublicationsOf(t.Context(), "acme", id)
		ok(t, err)
		for _, x := range all {
			switch x.State {
			case advocacy.Scheduled, advocacy.Claimed, advocacy.Sending:
				return false
			}
		}
	}
	return true
}

// finish lets an undisturbed child carry everything out.
func (s *scene) finish(t *testing.T) {
	t.Helper()
	c := spawn(t, s.environ()...)
	defer c.kill()
	s.until(t, func(service *app.Service) bool { return settled(t, service, s.posts...) })
}

// until looks at the database until something is true.
func (s *scene) until(t *testing.T, done func(*app.Service) bool) {
	t.Helper()
	service := s.open(t)
	defer service.Close()
	waitUntil(t, func() bool { return done(service) })
}

// judge compares what the receivers saw with what the database claims.
func (s *scene) judge(t *testing.T) (unknown int) {
	t.Helper()
	unknown, wrong := s.verdict(t)
	for _, what := range wrong {
		t.Error(what)
	}
	return unknown
}

// verdict says what the judge has to say, and how many publications ended unknown.
func (s *scene) verdict(t *testing.T) (unknown int, wrong []string) {
	t.Helper()
	service := s.open(t)
	defer service.Close()
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	walled := 0
	for _, id := range s.posts {
		all, err := service.Store.PublicationsOf(t.Context(), "acme", id)
		ok(t, err)
		for _, x := range all {
			seen, keyed := s.seen(t, service, &x)
			switch {
			case keyed && (x.State != advocacy.Published || seen != 1):
				say("with a key %s on %s is %s and was seen %d times", x.ID, x.Network, x.State, seen)
			case x.Network == wall.Name && x.State != advocacy.Published:
				say("a publication on the wall is %s: nothing signed may be lost", x.State)
			case x.Network == wall.Name:
				walled++
			case seen > 1:
				say("%s saw %s %d times", x.Network, x.ID, seen)
			case x.State == advocacy.Published && seen != 1:
				say("%s is published and %s saw it %d times", x.ID, x.Network, seen)
			case x.State == advocacy.Unknown:
				unknown++
			case x.State != advocacy.Published:
				say("%s is %s", x.ID, x.State)
			}
		}
	}
	if shown := onWall(t, service); shown != walled {
		say("the wall shows %d entries, want %d", shown, walled)
	}
	return unknown, append(wrong, s.unsigned()...)
}

// unsigned says what the networks show that nobody signed.
func (s *scene) unsigned() (wrong []string) {
	signed := slices.Collect(maps.Values(s.texts))
	judge := func(where, text string) {
		if !slices.Contains(signed, text) {
			wrong = append(wrong, fmt.Sprintf("nobody signed what %s shows: %q", where, text))
		}
	}
	for _, server := range []*mastodontest.Server{s.mastodon, s.relative} {
		for _, x := range server.Visible() {
			judge("mastodon", x.Text)
		}
	}
	for _, x := range s.bluesky.Visible() {
		judge("bluesky", x.Text)
	}
	for _, x := range s.linkedin.Visible() {
		judge("linkedin", x.Text)
	}
	for _, x := range s.x.Visible() {
		judge("x", x.Text)
	}
	for _, x := range s.mattermost.Visible() {
		judge("mattermost", x.Message)
	}
	for _, x := range s.slack.Visible() {
		judge("slack", x.Shown)
	}
	for _, x := range s.facebook.Visible() {
		judge("facebook", x.Text)
	}
	for _, x := range append(s.threads.Visible(), s.instagram.Visible()...) {
		judge("threads or instagram", x.Text)
	}
	for _, x := range s.wordpress.Visible() {
		judge("wordpress", x.Text())
	}
	for _, x := range s.teams.Visible() {
		judge("teams", x.Text)
	}
	s.receiver.mu.Lock()
	defer s.receiver.mu.Unlock()
	for _, text := range s.receiver.said {
		judge("a webhook", text)
	}
	return wrong
}

// seen is how often the receiver of a publication saw it, and whether a repeat shows it once.
func (s *scene) seen(t *testing.T, service *app.Service, p *advocacy.Publication) (times int, keyed bool) {
	t.Helper()
	account, err := service.Store.Account(t.Context(), "acme", p.Account)
	ok(t, err)
	switch p.Network {
	case bluesky.Name:
		return kept(s.bluesky, s.texts[p.Post]), true
	case linkedin.Name:
		return posted(s.linkedin, account.ExternalID, s.texts[p.Post]), false
	case facebook.Name:
		return paged(s.facebook, s.texts[p.Post]), false
	case instagram.Name:
		return contained(s.instagram, s.texts[p.Post]), false
	case threads.Name:
		return contained(s.threads, s.texts[p.Post]), false
	case wordpress.Name:
		return blogged(s.wordpress, s.texts[p.Post]), false
	case x.Name:
		return tweeted(s.x, s.texts[p.Post]), false
	case mattermost.Name:
		return chatted(s.mattermost, s.texts[p.Post]), false
	case slack.Name:
		return messaged(s.slack, s.texts[p.Post]), false
	case teams.Name:
		return carded(s.teams, s.texts[p.Post]), false
	case "mastodon":
		if account.Deduplicates {
			return tooted(s.mastodon, s.texts[p.Post]), true
		}
		return tooted(s.relative, s.texts[p.Post]), false
	default:
		return s.receiver.count(string(p.ID)), false
	}
}

// onWall counts what the wall shows, page by page.
func onWall(t *testing.T, service *app.Service) int {
	t.Helper()
	shown := 0
	for q := (wall.Query{Size: 200}); ; {
		entries, next, err := service.Store.Entries(t.Context(), "acme", q)
		ok(t, err)
		shown += len(entries)
		if q.Before = next; next == "" {
			return shown
		}
	}
}

// steps are where a delivery is killed; TestKilledAtRefresh has the others.
var steps = []string{publish.StepClaimed, publish.StepIntent, publish.StepNoted, publish.StepAnswered, publish.StepReceipt}

// TestKilledAtEachStep kills the process at every named step of a delivery, and lets the
// next one pick up what is left.
func TestKilledAtEachStep(t *testing.T) {
	t.Parallel()
	for _, step := range steps {
		atEachStep(t, step, func(t *testing.T) *scene { return newScene(t, 2) })
		atEachStep(t, step, func(t *testing.T) *scene { return sceneOn(t, "", 4, "instagram") })
	}
}

// atEachStep is one of the steps and one of the scenes.
func atEachStep(t *testing.T, step string, scene func(*testing.T) *scene) {
	t.Run(step, func(t *testing.T) {
		t.Parallel()
		s := scene(t)
		for n := 1; n <= 3; n++ {
			c := spawn(t, append(s.environ(), fmt.Sprintf("%s=%s:%d", childDie, step, n))...)
			s.until(t, func(service *app.Service) bool {
				select {
				case <-c.done:
					return true
				default:
					return settled(t, service, s.posts...) // fewer than n deliveries were left
				}
			})
			c.kill()
		}
		s.finish(t)
		t.Logf("%d publications ended unknown", s.judge(t))
	})
}

// TestKeyKeptLate (F15): a worker dies with an answer it did not write down, and the server comes to know
// the key only a while after the status. Who takes the publication up waits for that.
func TestKeyKeptLate(t *testing.T) {
	t.Parallel()
	s := sceneOn(t, "", 1, "mastodon")
	s.mastodon.Do(func(x *mastodontest.Server) { x.KeyAfter = 10 * time.Second })
	c := spawn(t, append(s.environ(), fmt.Sprintf("%s=%s:1", childDie, publish.StepAnswered))...)
	<-c.done
	s.finish(t)
	s.judge(t)
}

// round is how many kills a scene goes through before the judge looks at it.
const round = 25

// TestKilledAtRandom kills the service again and again in the middle of its work, at any moment or at
// any step of a delivery: the only one on SQLite, and one of three on PostgreSQL. As each post goes to
// networks of every class, a kill is one for each class; and the networks lie meanwhile.
func TestKilledAtRandom(t *testing.T) {
	t.Parallel()
	kills := 8
	if n, err := strconv.Atoi(os.Getenv("IMPRIMATUR_TEST_KILLS")); err == nil {
		kills = n
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for database, c := range map[string]struct {
		kills, replicas int
		open            func(testing.TB) string
		// turns is how many rounds go on at once: a server has so many connections.
		turns chan struct{}
	}{
		"sqlite":   {kills, 1, func(testing.TB) string { return "" }, make(chan struct{}, 100)},
		"postgres": {(kills + 3) / 4, 3, newPostgres, make(chan struct{}, 2)},
	} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			for first := 0; first < c.kills; first += round {
				t.Run(strconv.Itoa(first), func(t *testing.T) {
					t.Parallel()
					c.turns <- struct{}{}
					defer func() { <-c.turns }()
					s := sceneOn(t, c.open(t), 0, everywhere...)
					s.killed(t, rand.New(rand.NewPCG(seed, uint64(first))), min(round, c.kills-first), c.replicas)
					s.finish(t)
					t.Logf("%d posts, %d publications ended unknown", len(s.posts), s.judge(t))
				})
			}
		})
	}
}

// lies are how networks were seen to answer what they had carried out: not at all, with the connection
// cut, with an error, with a page of somebody else's, and most often as they should.
var lies = []string{"", "", "", "silent", "cut", "broken", "garbage"}

// lie has each network answer in its own way from now on, and lists not show the newest for so many times.
func (s *scene) lie(how func() string, lag int) {
	for _, x := range []*mastodontest.Server{s.mastodon, s.relative} {
		x.Do(func(x *mastodontest.Server) {
			x.Mode, x.Lag, x.KeyAfter = mastodontest.Mode(how()), lag, time.Duration(lag)*5*time.Second
		})
	}
	s.bluesky.Do(func(x *blueskytest.Server) { x.Mode, x.Lag = blueskytest.Mode(how()), lag })
	s.linkedin.Do(func(x *linkedintest.Server) { x.Mode, x.Lag = linkedintest.Mode(how()), lag })
	s.x.Do(func(x *xtest.Server) { x.Mode, x.Lag = xtest.Mode(how()), lag })
	s.mattermost.Do(func(x *mattermosttest.Server) { x.Mode, x.Lag = mattermosttest.Mode(how()), lag })
	s.slack.Do(func(x *slacktest.Server) { x.Mode, x.Lag = slacktest.Mode(how()), lag })
	s.teams.Do(func(x *teamstest.Server) { x.Mode = teamstest.Mode(how()) })
	s.facebook.Do(func(x *facebooktest.Server) { x.Mode, x.Lag = facebooktest.Mode(how()), lag })
	s.threads.Do(func(x *containertest.Server) { x.Mode, x.Lag = containertest.Mode(how()), lag })
	s.wordpress.Do(func(x *wordpresstest.Server) { x.Mode, x.Lag = wordpresstest.Mode(how()), lag })
}

// killed kills so many times one of the replicas that carry the scene out, and starts another for it.
func (s *scene) killed(t *testing.T, random *rand.Rand, kills, replicas int) {
	t.Helper()
	service := s.open(t)
	defer service.Close()
	alive := make([]*child, replicas)
	start := func(i int) {
		alive[i] = spawn(t, append(s.environ(), fmt.Sprintf("%s=%s:%d", childDie, steps[random.IntN(len(steps))], 1+random.IntN(20)))...)
	}
	s.sign(t, service, 2)
	for i := range alive {
		start(i)
	}
	defer s.lie(func() string { return "" }, 0)
	for range kills {
		s.lie(func() string { return lies[random.IntN(len(lies))] }, random.IntN(3))
		i := random.IntN(replicas)
		select {
		case <-time.After(time.Duration(random.IntN(300)) * time.Millisecond):
		case <-alive[i].done:
		}
		alive[i].kill()
		if how := alive[i].cmd.ProcessState.Sys().(syscall.WaitStatus); how.Signal() != syscall.SIGKILL {
			t.Errorf("a process was not killed: %v", alive[i].end)
		}
		// What is left of the posts before is due, too.
		s.sign(t, service, 2)
		start(i)
	}
	for _, c := range alive {
		c.kill()
	}
}
