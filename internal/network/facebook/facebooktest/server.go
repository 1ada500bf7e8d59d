// Package facebooktest is a server that speaks the Graph API of pages as its documentation tells,
// with a ledger of its own, and misbehaves when told to. It shares nothing with the connector it
// tests: what it shows, and not what we keep, says what was published.
//
// What it does has these sources:
//
//   - developers.facebook.com/docs/pages-api/posts: feed, photos that are not published, published_posts,
//     names of page and post, delete {"success":true};
//   - facebook-login/guides/access-tokens/get-long-lived: fb_exchange_token, and pages' tokens and Tasks in me/accounts;
//   - graph-api/guides/error-handling and secure-requests: the form of errors, 190 (Expired), 200 (Denied),
//     368 (Abusive), 506 (Copy, OtherCopy), 100 (Invalid, Unready) with 33, codes 1 and 2 and is_transient (Unsure, Fleeting), 10
//     (NoReading), proofs (Secret);
//   - graph-api/overview/rate-limiting: X-Business-Use-Case-Usage, in minutes (Busy), code 4 for the application (Full);
//   - github.com/arsduo/koala issue 699: 500 with code 2, and the post is there (Broken).
//
// Cut, Silent, Garbage, Misnamed, Away, Moved, PhotoFails, Lag, Kept and Shows are documented nowhere: any server,
// or what stands before it, may do so. Now and AS are hands of a test.
package facebooktest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
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
	// Cut publishes and ends the connection without an answer, Silent never answers.
	Cut    Mode = "cut"
	Silent Mode = "silent"
	// Broken publishes and answers 500 with code 2, Unsure 400 with code 1, Fleeting 400 and says that
	// it is transient, Unready 400 with code 100 and a subcode that says it is not available now.
	Broken   Mode = "broken"
	Unsure   Mode = "unsure"
	Fleeting Mode = "fleeting"
	Unready  Mode = "unready"
	// Garbage publishes and answers 200 with a page, Misnamed with the name of another page's post.
	Garbage  Mode = "garbage"
	Misnamed Mode = "misnamed"
	// Away publishes nothing and answers 503, Moved 307, on which a client would send again.
	Away  Mode = "away"
	Moved Mode = "moved"
	// Busy answers with code 32 and the minutes of Wait, Full with code 4 for the application.
	Busy Mode = "busy"
	Full Mode = "full"
	// Expired answers with code 190, Denied with 200, Abusive with 368, Invalid with 100.
	Expired Mode = "expired"
	Denied  Mode = "denied"
	Abusive Mode = "abusive"
	Invalid Mode = "invalid"
	// Copy and OtherCopy answer for a text that is there already.
	Copy      Mode = "copy"
	OtherCopy Mode = "other copy"
)

// The pages and their tokens, and a person's, who administers the first.
const (
	Page        = "101112131415"
	Token       = "EAAG-t0ken-of-acme"
	OtherPage   = "202122232425"
	OtherToken  = "EAAG-t0ken-of-beta"
	Person      = "77"
	PersonToken = "EAAG-t0ken-of-nadia"
)

// Wait is for how many minutes a busy server is busy.
const Wait = 17

var owners = map[string]string{Token: Page, OtherToken: OtherPage, PersonToken: Person}

// Post is one entry of the ledger.
type Post struct {
	ID, Page, Text string
	Files          []File
	Time           time.Time
	Deleted        bool
}

// File is a picture somebody uploaded.
type File struct {
	ID, Page, AltText string
	Bytes             []byte
}

// Server is one server. Its exported fields may be changed under Do while it runs.
type Server struct {
	*httptest.Server
	Mode Mode
	// Secret is the application's, whose proof each call has to carry; empty for none.
	Secret string
	// PhotoFails is how often a picture is answered with 503.
	PhotoFails int
	// Lag is how many lists do not show the newest post yet; NoReading refuses all reading.
	Lag       int
	NoReading bool
	// Kept: it does not say that a post is gone.
	Kept bool
	// Shows replaces what it shows of a text; nil for the text.
	Shows func(string) string
	// Tasks are what who signed in may do on the first page.
	Tasks []string
	// Now dates posts; the machine's clock when nil.
	Now func() time.Time
	// AS gives persons their first tokens.
	AS *oauthtest.Server

	mu               sync.Mutex
	posts            []*Post
	files            []File
	creates, uploads int
	// long are persons' tokens that live sixty days.
	long map[string]bool
	end  chan struct{}
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

// Version is the one it speaks.
const Version = "v25.0"

// Start starts a server.
func Start() *Server {
	s := &Server{end: make(chan struct{}), AS: oauthtest.New(), Tasks: []string{"ANALYZE", "CREATE_CONTENT"}, long: make(map[string]bool)}
	s.AS.Life = 3600
	mux, given := http.NewServeMux(), http.NewServeMux()
	s.AS.HandleAt(given, "/"+Version+"/dialog/oauth", "/"+Version+"/oauth/access_token", "")
	mux.Handle("GET /"+Version+"/dialog/oauth", given)
	mux.HandleFunc("POST /"+Version+"/oauth/access_token", func(w http.ResponseWriter, r *http.Request) { s.token(w, r, given) })
	for pattern, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"GET /{v}/me": s.whoAmI, "GET /{v}/me/accounts": s.accounts, "GET /{v}/{id}/published_posts": s.list,
		"POST /{v}/{id}/feed": s.create, "POST /{v}/{id}/photos": s.photo, "GET /{v}/{id}": s.show, "DELETE /{v}/{id}": s.remove,
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

func bearer(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// admits refuses what has no token, no proof, or another version.
func (s *Server) admits(w http.ResponseWriter, r *http.Request) bool {
	mac := hmac.New(sha256.New, []byte(s.Secret))
	mac.Write([]byte(bearer(r)))
	switch {
	case r.PathValue("v") != Version:
		refuse(w, http.StatusBadRequest, 2635, 0, "You are calling a deprecated version of the Ads API.")
	case owners[bearer(r)] == "" && !s.long[bearer(r)]:
		refuse(w, http.StatusBadRequest, 190, 467, "Invalid OAuth access token.")
	case s.Secret != "" && r.FormValue("appsecret_proof") != hex.EncodeToString(mac.Sum(nil)):
		refuse(w, http.StatusBadRequest, 100, 0, "Invalid appsecret_proof provided in the API argument")
	default:
		return true
	}
	return false
}

// token gives a person a token, or one that lives longer for it.
func (s *Server) token(w http.ResponseWriter, r *http.Request, given http.Handler) {
	if r.FormValue("grant_type") != "fb_exchange_token" {
		told := httptest.NewRecorder()
		given.ServeHTTP(told, r)
		if told.Code != http.StatusOK {
			refuse(w, http.StatusBadRequest, 100, 36009, "This authorization code has been used.")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(told.Body.Bytes())
		return
	}
	short := r.FormValue("fb_exchange_token")
	if s.AS.Owner(short) == "" || r.FormValue("client_secret") == "" {
		refuse(w, http.StatusBadRequest, 190, 463, "Error validating access token")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.long["long-"+short] = true
	answerJSON(w, map[string]any{"access_token": "long-" + short, "token_type": "bearer", "expires_in": 5183944})
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

// Counts are how often something was asked for.
type Counts struct{ Creates, Uploads int }

// Counts returns how often a post was asked for, and a picture given.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Counts{s.creates, s.uploads}
}

// Write publishes a text as somebody does by hand.
func (s *Server) Write(page, text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(&Post{Page: page, Text: text}).ID
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status, code, subcode int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
		"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode, "fbtrace_id": "A1", "is_transient": code == 2 || code == 341,
	}})
}

func (s *Server) whoAmI(w http.ResponseWriter, r *http.Request) {
	id := owners[bearer(r)]
	if id == "" {
		id = Person
	}
	answerJSON(w, map[string]string{"id": id, "name": "Acme " + id})
}

// accounts are the pages of who asks, on two lists.
func (s *Server) accounts(w http.ResponseWriter, r *http.Request) {
	first := map[string]any{"id": OtherPage, "access_token": OtherToken, "tasks": []string{"ANALYZE"}}
	second := map[string]any{"id": Page, "access_token": Token, "tasks": s.Tasks}
	switch {
	case bearer(r) != PersonToken && !s.long[bearer(r)]:
		refuse(w, http.StatusBadRequest, 100, 0, "Tried accessing nonexisting field (accounts)")
	case r.FormValue("after") == "one":
		answerJSON(w, map[string]any{"data": []any{second}, "paging": map[string]any{"cursors": map[string]string{"after": "two"}}})
	default:
		answerJSON(w, map[string]any{"data": []any{first}, "paging": map[string]any{"cursors": map[string]string{"after": "one"}, "next": s.URL}})
	}
}

func (s *Server) add(p *Post) *Post {
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	p.ID, p.Time = fmt.Sprintf("%s_%d", p.Page, 9000+len(s.posts)), now().UTC()
	s.posts = append(s.posts, p)
	return p
}

// photo takes a picture that nobody sees.
func (s *Server) photo(w http.ResponseWriter, r *http.Request) {
	from, _, err := r.FormFile("source")
	if err != nil || r.FormValue("published") != "false" || r.PathValue("id") != owners[bearer(r)] {
		refuse(w, http.StatusBadRequest, 100, 0, "Invalid parameter")
		return
	}
	if s.PhotoFails > 0 {
		s.PhotoFails--
		refuse(w, http.StatusServiceUnavailable, 2, 0, "Service temporarily unavailable")
		return
	}
	data, _ := io.ReadAll(from)
	s.uploads++
	f := File{ID: strconv.Itoa(5000 + len(s.files)), Page: r.PathValue("id"), AltText: r.FormValue("alt_text_custom"), Bytes: data}
	s.files = append(s.files, f)
	answerJSON(w, map[string]string{"id": f.ID})
}

// create makes a post.
func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	s.creates++
	made := &Post{Page: r.PathValue("id"), Text: r.FormValue("message")}
	if made.Page != owners[bearer(r)] {
		refuse(w, http.StatusForbidden, 200, 0, "(#200) The user hasn't authorized the application to perform this action")
		return
	}
	if s.refuses(w) {
		return
	}
	for i := 0; r.FormValue(fmt.Sprintf("attached_media[%d]", i)) != ""; i++ {
		var named struct {
			ID string `json:"media_fbid"`
		}
		_ = json.Unmarshal([]byte(r.FormValue(fmt.Sprintf("attached_media[%d]", i))), &named)
		at := slices.IndexFunc(s.files, func(f File) bool { return f.ID == named.ID && f.Page == made.Page })
		if at < 0 {
			refuse(w, http.StatusBadRequest, 100, 0, "No such photo")
			return
		}
		made.Files = append(made.Files, s.files[at])
	}
	if made.Text == "" && len(made.Files) == 0 {
		refuse(w, http.StatusBadRequest, 100, 0, "A post has something in it")
		return
	}
	s.tell(w, r, s.add(made))
}

// refuses answers in the modes that publish nothing.
func (s *Server) refuses(w http.ResponseWriter) bool {
	switch s.Mode {
	case Away:
		w.WriteHeader(http.StatusServiceUnavailable)
	case Moved:
		w.Header().Set("Location", "/"+Version+"/"+Page+"/feed")
		w.WriteHeader(http.StatusTemporaryRedirect)
	case Busy:
		w.Header().Set("X-Business-Use-Case-Usage", fmt.Sprintf(`{%q:[{"type":"pages","call_count":100,"estimated_time_to_regain_access":%d}]}`, Page, Wait))
		refuse(w, http.StatusBadRequest, 32, 0, "(#32) Page request limit reached")
	case Full:
		refuse(w, http.StatusForbidden, 4, 0, "(#4) Application request limit reached")
	case Expired:
		refuse(w, http.StatusUnauthorized, 190, 460, "Error validating access token: the session was invalidated since the password changed\u202e")
	case Denied:
		refuse(w, http.StatusForbidden, 200, 0, "(#200) Requires pages_manage_posts permission")
	case Abusive:
		refuse(w, http.StatusBadRequest, 368, 0, "The action attempted has been deemed abusive or is otherwise disallowed")
	case Invalid:
		refuse(w, http.StatusBadRequest, 100, 1609005, "(#100) The url could not be used")
	case Copy:
		refuse(w, http.StatusBadRequest, 506, 0, "(#506) Duplicate status message")
	case OtherCopy:
		refuse(w, http.StatusBadRequest, 368, 0, "It looks like you've already posted this")
	default:
		return false
	}
	return true
}

// tell answers the request for a post that was made.
func (s *Server) tell(w http.ResponseWriter, r *http.Request, p *Post) {
	switch s.Mode {
	case Cut:
		panic(http.ErrAbortHandler)
	case Silent:
		s.mu.Unlock()
		defer s.mu.Lock()
		select {
		case <-r.Context().Done():
		case <-s.end:
		}
	case Broken:
		refuse(w, http.StatusInternalServerError, 2, 0, "Service temporarily unavailable, please retry later")
	case Unsure:
		refuse(w, http.StatusBadRequest, 1, 99, "An unknown error occurred")
	case Unready:
		refuse(w, http.StatusBadRequest, 100, 1363047, "Temporarily unavailable")
	case Fleeting:
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":{"message":"Try again","code":100,"is_transient":true}}`)
	case Garbage:
		_, _ = io.WriteString(w, "<html>Welcome!</html>")
	case Misnamed:
		answerJSON(w, map[string]string{"id": OtherPage + "_1"})
	default:
		answerJSON(w, map[string]string{"id": p.ID})
	}
}

func (s *Server) shape(p *Post) map[string]any {
	text := p.Text
	if s.Shows != nil {
		text = s.Shows(text)
	}
	shown := map[string]any{"id": p.ID, "created_time": p.Time.Format("2006-01-02T15:04:05-0700")}
	if text != "" {
		shown["message"] = text
	}
	return shown
}

// list tells what a page shows, the newest first.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	page := r.PathValue("id")
	if s.NoReading || page != owners[bearer(r)] {
		refuse(w, http.StatusForbidden, 10, 0, "(#10) This endpoint requires the 'pages_read_engagement' permission")
		return
	}
	since, _ := strconv.ParseInt(r.FormValue("since"), 10, 64)
	limit, _ := strconv.Atoi(r.FormValue("limit"))
	skip, _ := strconv.Atoi(r.FormValue("after"))
	data, next, seen := []map[string]any{}, false, 0
	for i, p := range slices.Backward(s.posts) {
		if p.Deleted || p.Page != page || p.Time.Unix() < since || s.Lag > 0 && i == len(s.posts)-1 {
			continue
		}
		seen++
		switch {
		case seen <= skip:
		case len(data) < min(limit, 100):
			data = append(data, s.shape(p))
		default:
			next = true
		}
	}
	s.Lag = max(s.Lag-1, 0)
	paging := map[string]any{"cursors": map[string]string{"after": strconv.Itoa(skip + len(data))}}
	if next {
		paging["next"] = s.URL
	}
	answerJSON(w, map[string]any{"data": data, "paging": paging})
}

// find is a post of who asks, nil when there is none or it may not be seen, which are told alike.
func (s *Server) find(w http.ResponseWriter, r *http.Request) *Post {
	i := slices.IndexFunc(s.posts, func(p *Post) bool {
		return p.ID == r.PathValue("id") && !p.Deleted && p.Page == owners[bearer(r)] && !s.NoReading
	})
	if i < 0 {
		refuse(w, http.StatusBadRequest, 100, 33, "Unsupported request. Object does not exist, cannot be loaded due to missing permissions")
		return nil
	}
	return s.posts[i]
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	if p := s.find(w, r); p != nil {
		answerJSON(w, s.shape(p))
	}
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request) {
	if p := s.find(w, r); p != nil {
		p.Deleted = !s.Kept
		answerJSON(w, map[string]bool{"success": !s.Kept})
	}
}
