// Package xtest is a server that speaks X's API as its documentation tells, with a ledger of its
// own, and misbehaves when told to. It shares nothing with the connector it tests: what it shows,
// and not what we keep, says what was published. It does not weigh texts, which twitter-text's own
// code does elsewhere.
//
// What it does has these sources:
//
//   - docs.x.com/x-api/posts/create-posts (OpenAPI 2.167): 201 and {"data":{"id","text"}}, made_with_ai and
//     paid_partnership; delete 200 {"data":{"deleted":true}};
//   - docs.x.com/x-api/media/quickstart/media-upload-chunked and media/initialize-media-upload,
//     append-media-upload, finalize-media-upload: names of files, parts of 0 to 999, processing_info
//     (Working, CheckAfter, FileFails);
//     xdevplatform/samples pull 199: parts are forms with segment_index and media;
//   - docs.x.com/x-api/media/create-media-metadata: alt_text of a file;
//   - docs.x.com/x-api/posts/timelines: start_time in seconds, pages of 5 to 100, next_token;
//   - docs.x.com/x-api/fundamentals/response-codes-and-errors: problems, in part within a 200 (NoReading, Partial), 400 (Invalid), 401
//     (Expired), 402 (Unpaid), 403 for the account, the app, its plan and the post (Suspended, Unenrolled, Subset, Denied);
//     rate-limits: x-rate-limit-reset (Busy), the quotas of 24 hours (Full) and of a month (Capped);
//   - the object of a Post (docs.x.com, Schemas.Tweet): entities.urls, note_tweet (Notes), edit_history_tweet_ids;
//     texts with the signs of HTML, which nothing documents (twittercommunity.com/t/68810), or without (Plain);
//   - github.com/akrherz/iembot issue 163: the words of a duplicate, 403 without a name (Copy, Duplicates), and
//     the code 187 of before (OldCopy);
//   - docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token: Basic, two hours, refresh tokens
//     that are good once; PLhery/node-twitter-api-v2 issue 496: how it says that they are not good;
//   - @xdevplatform/xdk 0.6.6, which is X's own: parts as JSON, post.fields, a list without start_time. It is
//     held against this server by TestTheirOwnClient.
//
// Cut, Broken, Away, Silent, Slow, Garbage, Misnamed, Polite, Moved, Swapped, PartFails, PartGone, Wordless, Lag, Silently
// and Shows are documented nowhere: any server, or what stands before it, may do so. Now and AS are hands of a test.
package xtest

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/network/oauth/oauthtest"
)

// Mode is how the server answers the request for a post.
type Mode string

// The modes. All but Honest stay until they are changed.
const (
	// Honest does what is documented.
	Honest Mode = ""
	// Cut publishes and ends the connection without an answer.
	Cut Mode = "cut"
	// Broken publishes and answers 500.
	Broken Mode = "broken"
	// Away publishes nothing and answers 503, as what stands before a server does.
	Away Mode = "away"
	// Silent publishes and never answers.
	Silent Mode = "silent"
	// Slow publishes and answers when Arrive is called.
	Slow Mode = "slow"
	// Garbage publishes and answers 201 with a page.
	Garbage Mode = "garbage"
	// Misnamed publishes and answers 201 with the name of something that is no post.
	Misnamed Mode = "misnamed"
	// Polite publishes and answers 200 with the name.
	Polite Mode = "polite"
	// Moved answers 307, on which a client would send again.
	Moved Mode = "moved"
	// Busy answers 429 with the time of Reset; Full says that it is the day's quota.
	Busy Mode = "busy"
	Full Mode = "full"
	// Capped answers 429 for a month's quota, Unpaid 402.
	Capped Mode = "capped"
	Unpaid Mode = "unpaid"
	// Expired answers 401.
	Expired Mode = "expired"
	// Suspended, Unenrolled, Subset and Denied answer 403 for the account, the app, its plan and the
	// post.
	Suspended  Mode = "suspended"
	Unenrolled Mode = "unenrolled"
	Subset     Mode = "subset"
	Denied     Mode = "denied"
	// Invalid answers 400.
	Invalid Mode = "invalid"
	// Copy answers 403 for a text that is there already, OldCopy with the code of before.
	Copy    Mode = "copy"
	OldCopy Mode = "old copy"
)

// The accounts and their tokens.
const (
	Account      = "2244994945"
	Token        = "X-t0ken-of-nadia"
	OtherAccount = "783214"
	OtherToken   = "X-t0ken-of-omar"
)

// Reset is when a busy server is free again, FullReset when a full one is; in seconds since 1970.
const (
	Reset     = 1764060300
	FullReset = 1764100000
)

var (
	owners  = map[string]string{Token: Account, OtherToken: OtherAccount}
	handles = map[string]string{Account: "nadia_d", OtherAccount: "omar"}
)

// Post is one entry of the ledger.
type Post struct {
	ID, Author string
	// Text is as it was sent.
	Text  string
	Paid  bool
	Files []File
	Time  time.Time
	// Versions are all it was edited to, itself among them, the oldest first.
	Versions []string
	Deleted  bool
}

// File is what somebody uploaded.
type File struct {
	ID, Owner, Category string
	Bytes               []byte
	AltText             string
	// Parts is how many pieces it came in.
	Parts int

	size  int
	done  bool
	ready bool
	asked int
}

// Server is one server. Its exported fields may be changed under Do while it runs.
type Server struct {
	*httptest.Server
	Mode Mode
	// Duplicates refuses a text that its author shows already, as X does for a time.
	Duplicates bool
	// Working is how often a file is asked for before it is ready, after CheckAfter seconds each time;
	// FileFails makes it never.
	Working    int
	CheckAfter int
	FileFails  bool
	// Swapped tells of another file than of the one it was asked for.
	Swapped bool
	// PartFails is how often bytes are answered with 503, PartGone how often with 404; Wordless refuses
	// the words of a file.
	PartFails, PartGone int
	Wordless            bool
	// Lag is how many lists do not show the newest post yet; NoReading refuses all reading, and Partial
	// leaves something out of each list.
	Lag                int
	NoReading, Partial bool
	// Plain tells texts without the signs of HTML; Notes tells the beginning of each text, and the
	// whole in its note; Silently leaves out the words of files.
	Plain, Notes, Silently bool
	// Shows replaces what it shows of a text; nil for the text.
	Shows func(string) string
	// Now dates posts; the machine's clock when nil.
	Now func() time.Time
	// AS is its authorization server. Accounts sign in to it by their names.
	AS *oauthtest.Server

	mu    sync.Mutex
	posts []*Post
	files []*File
	begun int
	// creates is how often a post was asked for.
	creates int
	slow    chan struct{}
	arrive  chan struct{}
	end     chan struct{}
}

// New starts a server that ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := Start()
	t.Cleanup(s.Stop)
	return s
}

// Stop ends the server.
func (s *Server) Stop() {
	s.AS.Stop()
	close(s.end)
	s.Close()
}

// Start starts a server.
func Start() *Server {
	s := &Server{end: make(chan struct{}), slow: make(chan struct{}), arrive: make(chan struct{}), AS: oauthtest.New()}
	s.AS.Basic, s.AS.Refreshes, s.AS.Life = true, true, 7200
	s.AS.Wording = []string{"invalid_request", "Value passed for the token was invalid."}
	mux := http.NewServeMux()
	for pattern, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"GET /2/users/me": s.whoAmI, "GET /2/users/{id}/tweets": s.list,
		"POST /2/tweets": s.create, "GET /2/tweets/{id}": s.show, "DELETE /2/tweets/{id}": s.remove,
		"POST /2/media/upload/initialize": s.begin, "POST /2/media/upload/{id}/append": s.part,
		"POST /2/media/upload/{id}/finalize": s.finish, "GET /2/media/upload": s.status, "POST /2/media/metadata": s.describe,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.ownerOf(r) == "" {
				refuse(w, http.StatusUnauthorized, "about:blank", "Unauthorized", "Unauthorized")
				return
			}
			answer(w, r)
		})
	}
	s.AS.HandleAt(mux, "/i/oauth2/authorize", "/2/oauth2/token", "/2/oauth2/revoke")
	s.Server = httptest.NewUnstartedServer(mux)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Server.Start()
	s.AS.URL = s.URL
	return s
}

func (s *Server) ownerOf(r *http.Request) string {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if account := owners[token]; account != "" {
		return account
	}
	return s.AS.Owner(token)
}

// Do changes the server.
func (s *Server) Do(change func(*Server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// Visible returns what is shown, the oldest first; of a post that was edited the last version.
func (s *Server) Visible() []Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Post
	for _, p := range s.posts {
		if !p.Deleted && p.last() {
			all = append(all, *p)
		}
	}
	return all
}

func (p *Post) last() bool { return p.Versions[len(p.Versions)-1] == p.ID }

// Counts are how often something was done.
type Counts struct{ Creates, Uploads int }

// Counts returns how often a post was asked for, and how many files were begun.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Counts{s.creates, s.begun}
}

// Write publishes a text as somebody does by hand.
func (s *Server) Write(account, text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(&Post{Author: account, Text: text}).ID
}

// Edit changes a post by hand: X makes another one of it.
func (s *Server) Edit(id, text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.find(id)
	edited := *old
	edited.Text = text
	made := s.add(&edited)
	made.Versions = append(slices.Clone(old.Versions), made.ID)
	for _, id := range old.Versions {
		s.find(id).Versions = made.Versions
	}
	return made.ID
}

// Remove deletes a post by hand.
func (s *Server) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(s.find(id))
}

// Wait returns when a Slow server has published and not yet answered.
func (s *Server) Wait() { <-s.slow }

// Arrive lets a Slow server answer.
func (s *Server) Arrive() { s.arrive <- struct{}{} }

func answerJSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, code int, kind, title, detail string) {
	answerJSON(w, code, map[string]any{"type": kind, "title": title, "detail": detail, "status": code})
}

// kindOf is the type of a problem.
func kindOf(name string) string { return "https://api.twitter.com/2/problems/" + name }

func (s *Server) whoAmI(w http.ResponseWriter, r *http.Request) {
	id := s.ownerOf(r)
	answerJSON(w, http.StatusOK, map[string]any{"data": map[string]string{"id": id, "name": "Somebody", "username": handles[id]}})
}

// next names the next thing.
func (s *Server) next() string {
	return strconv.Itoa(1900000000000000000 + len(s.posts) + len(s.files))
}
