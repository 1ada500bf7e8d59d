package containertest

import (
	"encoding/json"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/network/oauth/oauthtest"
)

// Mode is how the server answers the request that shows a container.
type Mode string

// The modes. All but Honest stay until they are changed.
const (
	// Honest does what is documented.
	Honest Mode = ""
	// Cut publishes and ends the connection without an answer, Silent never answers.
	Cut    Mode = "cut"
	Silent Mode = "silent"
	// Broken publishes and answers 500 with code 2, Unsure 400 with code 1, Fleeting 400 and says that
	// it is transient, Faulty 400 with code 100 and a subcode that says that it failed itself.
	Broken   Mode = "broken"
	Unsure   Mode = "unsure"
	Fleeting Mode = "fleeting"
	Faulty   Mode = "faulty"
	// Garbage publishes and answers 200 with a page, Nameless with no name.
	Garbage  Mode = "garbage"
	Nameless Mode = "nameless"
	// Liar publishes and answers as if it was asked too early.
	Liar Mode = "liar"
	// Away publishes nothing and answers 503, Moved 307, on which a client would send again.
	Away  Mode = "away"
	Moved Mode = "moved"
	// Busy answers with code 32 and the minutes of Wait, Full with code 4 for the application, Enough
	// with the subcode of the day's posts.
	Busy   Mode = "busy"
	Full   Mode = "full"
	Enough Mode = "enough"
	// Expired answers with code 190, Denied with 10, Blocked with 2207051, Invalid with 100.
	Expired Mode = "expired"
	Denied  Mode = "denied"
	Blocked Mode = "blocked"
	Invalid Mode = "invalid"
	// Early answers as to who asks too early, Old with the subcode of a container that is too old.
	Early Mode = "early"
	Old   Mode = "old"
)

// The accounts and their tokens.
const (
	Account    = "17841400000000001"
	Name       = "acme"
	Token      = "THAA-t0ken-of-acme"
	Other      = "17841400000000002"
	OtherName  = "beta"
	OtherToken = "THAA-t0ken-of-beta"
)

// Wait is for how many minutes a busy server is busy, and Life how long a token lives, in seconds.
const (
	Wait = 17
	Life = 5183944
)

var names = map[string]string{Account: Name, Other: OtherName}

// Post is one entry of the ledger.
type Post struct {
	ID, Account, Text string
	Pictures          []Picture
	Time              time.Time
	Deleted           bool
}

// Picture is what was to be fetched, and what was when somebody fetched it.
type Picture struct {
	URL, AltText string
	// Video: it is one.
	Video bool
	Bytes []byte
}

// container is what nobody sees.
type container struct {
	id, account, kind, text string
	pictures                []Picture
	item                    bool
	time                    time.Time
	// works is how often it is still at work; state and why replace what became of it.
	works      int
	state, why string
	shown      bool
}

// Server is one server. Its exported fields may be changed under Do while it runs.
type Server struct {
	*httptest.Server
	Mode Mode
	// Works is how often new containers are said to be at work still. State and Why are what becomes of
	// new containers, empty for what is documented.
	Works      int
	State, Why string
	// MakeFails is how often a container is made and answered for with 500.
	MakeFails int
	// Fetches: it fetches pictures, as Meta does.
	Fetches bool
	// Lag is how many lists do not show the newest post yet; NoReading refuses all reading.
	Lag       int
	NoReading bool
	// Kept: it does not say that a post is gone.
	Kept bool
	// Total is how many posts an account may make in Day, and Quota what is answered to who asks: Honest, Broken,
	// Garbage, Nameless (nothing in the list), Silent or Full (used up although it is not).
	Total int
	Quota Mode
	// Shows replaces what it shows of a text; nil for the text.
	Shows func(string) string
	// Renewing is how it answers who asks for the next token: Honest, Cut, Broken, Garbage, Busy or Expired.
	Renewing Mode
	// Now dates posts; the machine's clock when nil.
	Now func() time.Time
	// AS gives persons their first tokens.
	AS *oauthtest.Server

	style Style
	mu    sync.Mutex
	posts []*Post
	// asked are when posts were made by programs, by account: what was deleted counts.
	asked      map[string][]time.Time
	containers []*container
	// owners are the accounts of tokens.
	owners        map[string]string
	counts        Counts
	next, renewed int
	end           chan struct{}
}

// Counts are how often something was asked for.
type Counts struct{ Made, Shown, Asked, Quota int }

// Day is the time of a quota.
const Day = 24 * time.Hour

func start(style Style) *Server {
	s := &Server{
		end: make(chan struct{}), AS: oauthtest.New(), style: style, next: 9000, owners: map[string]string{Token: Account, OtherToken: Other},
		asked: map[string][]time.Time{}, Total: style.total,
	}
	s.AS.Life, s.AS.Commas = 3600, true
	mux, given := http.NewServeMux(), http.NewServeMux()
	s.AS.HandleAt(given, "/"+style.signIn, "/oauth/access_token", "")
	mux.Handle("GET /"+style.signIn, given)
	mux.HandleFunc("POST /oauth/access_token", func(w http.ResponseWriter, r *http.Request) { s.first(w, r, given) })
	mux.HandleFunc("GET /access_token", s.longer)
	mux.HandleFunc("GET /refresh_access_token", s.renew)
	for pattern, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"GET /{v}/me": s.whoAmI, "GET /{v}/{id}/" + style.list: s.listed, "GET /{v}/{id}/" + style.quota: s.room, "POST /{v}/{id}/" + style.make: s.make,
		"POST /{v}/{id}/" + style.publish: s.publish, "GET /{v}/{id}": s.show, "DELETE /{v}/{id}": s.remove,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.admits(w, r) {
				answer(w, r)
			}
		})
	}
	s.Server = httptest.NewUnstartedServer(mux)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Server.Start()
	s.AS.URL = s.URL
	return s
}

// Stop ends the server.
func (s *Server) Stop() {
	s.AS.Stop()
	close(s.end)
	s.Close()
}

// Do changes the server.
func (s *Server) Do(change func(*Server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// Visible returns what is shown, the oldest first.
func (s *Server) Visible() []Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Post
	for _, p := range s.posts {
		if !p.Deleted {
			all = append(all, *p)
		}
	}
	return all
}

// Counts returns how often a container was made, asked to be shown, and asked about.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts
}

// Secrets returns every token the server gave to somebody.
func (s *Server) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(s.AS.Secrets(), slices.Collect(maps.Keys(s.owners))...)
}

// Write publishes a text as somebody does by hand.
func (s *Server) Write(account, text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(&Post{Account: account, Text: text}).ID
}

func (s *Server) now() time.Time {
	if s.Now != nil {
		return s.Now().UTC()
	}
	return time.Now().UTC()
}

func (s *Server) id() string {
	s.next++
	return strconv.Itoa(s.next)
}

func (s *Server) add(p *Post) *Post {
	p.ID, p.Time = s.id(), s.now()
	s.posts = append(s.posts, p)
	return p
}

func bearer(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// admits refuses what has no token, or another version.
func (s *Server) admits(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case r.PathValue("v") != s.style.version:
		refuse(w, http.StatusBadRequest, 2635, 0, "You are calling a deprecated version")
	case s.owners[bearer(r)] == "":
		refuse(w, http.StatusUnauthorized, 190, 0, "Error validating access token")
	default:
		return true
	}
	return false
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status, code, subcode int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
		"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode, "fbtrace_id": "A1", "is_transient": code == 2,
	}})
}
