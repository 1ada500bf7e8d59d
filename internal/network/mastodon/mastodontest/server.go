// Package mastodontest is a server that speaks Mastodon's client API as its documentation
// tells, with a ledger of its own, and misbehaves when told to. It shares nothing with the
// connector it tests: what it shows, and not what we keep, says what was published.
//
// What it does has these sources:
//
//   - docs.joinmastodon.org/methods/statuses: a status, its deletion, and a key that is known for an hour, a ScheduledStatus in its place
//     (Scheduled), 422 (Invalid, and Unready while a file is worked on);
//   - mastodon/mastodon app/services/post_status_service.rb: the key is kept after the status is made (KeyAfter), in Redis,
//     which may lose it (KeyLost); superseriousbusiness/gotosocial 57cb4fe keeps none (Software);
//   - methods/media: 202 with no address while a file is worked on, 206, then 200 (Working), or 422 (FileFails); methods/accounts: whose token it
//     is, and what an account shows; methods/instance: limits (MaxCharacters), and which software
//     it is; entities/StatusSource: a status as it was written, which came with 3.5 (NoSource);
//   - api/rate-limits: X-RateLimit-Reset as a time, not as seconds (Busy);
//   - app/controllers/api/base_controller.rb: 403 to who is suspended (Suspended).
//
// Cut, Broken, Silent, Garbage, Stranger, Moved, Lag and Shows are documented nowhere: any server, or what
// stands before it, may do so. Now and AS are hands of a test.
package mastodontest

import (
	"encoding/json"
	"fmt"
	"html"
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

// Mode is how the server answers the request for a status.
type Mode string

// The modes. All but Honest stay until they are changed.
const (
	// Honest does what is documented.
	Honest Mode = ""
	// Cut publishes and ends the connection without an answer.
	Cut Mode = "cut"
	// Broken publishes and answers 500.
	Broken Mode = "broken"
	// Silent publishes and never answers.
	Silent Mode = "silent"
	// Garbage publishes and answers 200 with something else.
	Garbage Mode = "garbage"
	// Scheduled publishes nothing yet and answers with another shape, a ScheduledStatus.
	Scheduled Mode = "scheduled"
	// Stranger publishes and answers as another account.
	Stranger Mode = "stranger"
	// Moved answers 301.
	Moved Mode = "moved"
	// Busy answers 429 with the time in ISO 8601.
	Busy Mode = "busy"
	// Unready answers that files are not finished.
	Unready Mode = "unready"
	// Invalid answers 422.
	Invalid Mode = "invalid"
	// Suspended answers 403.
	Suspended Mode = "suspended"
)

// Account is the name of the account whose token is Token; the server has a second one.
const (
	Account      = "109302"
	Token        = "t0ken-of-nadia"
	OtherAccount = "109303"
	OtherToken   = "t0ken-of-omar"
)

// owners are the accounts by their tokens.
var owners = map[string]string{Token: Account, OtherToken: OtherAccount}

// ownerOf returns whose token a request has: one of the two that were made by hand, or one that
// the authorization server gave.
func (s *Server) ownerOf(r *http.Request) string {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if owner := owners[token]; owner != "" {
		return owner
	}
	return s.AS.Owner(token)
}

// Reset is the time a Busy server says.
var Reset = time.Date(2025, 11, 25, 8, 5, 0, 0, time.UTC)

// Status is one entry of the ledger.
type Status struct {
	ID       string
	Text     string
	Language string
	Key      string
	Account  string
	Media    []Media
	Time     time.Time
	Deleted  bool
}

// Media is a file somebody uploaded.
type Media struct {
	ID          string
	Description string
	Type        string
	Bytes       []byte
	asked       int
}

// Server is one server. Its fields may be changed under Do while it runs.
type Server struct {
	*httptest.Server
	// Software is what NodeInfo says; only "mastodon" drops a repeated key.
	Software string
	// KeyAfter is how long after a status it knows the key, as until pull request 37879; KeyLost is a
	// server that has lost its keys, with the cache they are kept in.
	KeyAfter      time.Duration
	KeyLost       bool
	MaxCharacters int
	Mode          Mode
	// Working is how often a file is asked for before it is ready; FileFails makes it never.
	Working   int
	FileFails bool
	// Lag is how many lists do not show the newest status yet.
	Lag int
	// NoSource is a server that does not tell a status as it was written.
	NoSource bool
	// Shows replaces what it shows of a text; nil for the text.
	Shows func(string) string
	// Now dates statuses; the machine's clock when nil.
	Now func() time.Time
	// AS is its authorization server. Accounts sign in to it by their names.
	AS *oauthtest.Server

	mu       sync.Mutex
	statuses []Status
	media    []*Media
	uploads  int
	end      chan struct{}
}

// New starts a Mastodon that ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := Start()
	t.Cleanup(s.Stop)
	return s
}

// Stop ends the server.
func (s *Server) Stop() {
	close(s.end)
	s.AS.Stop()
	s.Close()
}

// Start starts a Mastodon.
func Start() *Server {
	s := &Server{Software: "mastodon", MaxCharacters: 500, end: make(chan struct{}), AS: oauthtest.New()}
	mux := http.NewServeMux()
	for pattern, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"GET /nodeinfo/2.0": s.nodeInfo, "GET /api/v2/instance": s.instance,
		"GET /api/v1/accounts/verify_credentials": s.whoAmI, "GET /api/v1/accounts/{id}/statuses": s.list,
		"POST /api/v2/media": s.upload, "GET /api/v1/media/{id}": s.file,
		"POST /api/v1/statuses": s.create, "GET /api/v1/statuses/{id}": s.show, "GET /api/v1/statuses/{id}/source": s.source,
		"DELETE /api/v1/statuses/{id}": s.remove, "POST /api/v1/apps": s.register,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/api/v1/") && r.URL.Path != "/api/v1/apps" && s.ownerOf(r) == "" {
				answerJSON(w, http.StatusUnauthorized, map[string]string{"error": "The access token is invalid"})
				return
			}
			answer(w, r)
		})
	}
	s.AS.Handle(mux)
	s.Server = httptest.NewUnstartedServer(mux)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Server.Start()
	s.AS.URL = s.URL
	return s
}

// Do changes the server.
func (s *Server) Do(change func(*Server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// Visible returns what the account shows, the oldest first.
func (s *Server) Visible() []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.statuses), func(x Status) bool { return x.Deleted })
}

// Uploads returns how many files were uploaded.
func (s *Server) Uploads() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.uploads
}

// Write publishes a text as its owner does by hand.
func (s *Server) Write(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(Status{Text: text, Account: Account}).ID
}

func answerJSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v)
}

func (s *Server) nodeInfo(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answerJSON(w, http.StatusOK, map[string]any{"version": "2.0", "software": map[string]string{"name": s.Software, "version": "4.5.0"}})
}

func (s *Server) instance(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answerJSON(w, http.StatusOK, map[string]any{"version": "4.5.0", "configuration": map[string]any{
		"statuses": map[string]any{"max_characters": s.MaxCharacters, "characters_reserved_per_url": 23},
	}})
}

func (s *Server) whoAmI(w http.ResponseWriter, r *http.Request) {
	name := "nadia"
	if s.ownerOf(r) == OtherAccount {
		name = "omar"
	}
	answerJSON(w, http.StatusOK, map[string]string{"id": s.ownerOf(r), "username": name, "acct": name})
}

// register makes a client of whoever asks (methods/apps).
func (s *Server) register(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Name      string   `json:"client_name"`
		Redirects []string `json:"redirect_uris"`
		Scopes    string   `json:"scopes"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Name == "" || len(asked.Redirects) != 1 {
		answerJSON(w, http.StatusUnprocessableEntity, map[string]string{"error": "Validation failed: Redirect URI must be an absolute URI."})
		return
	}
	id, secret := s.AS.Register(asked.Redirects[0], asked.Scopes)
	answerJSON(w, http.StatusOK, map[string]any{
		"id": "563419", "name": asked.Name, "client_id": id, "client_secret": secret, "client_secret_expires_at": 0,
		"redirect_uris": asked.Redirects, "scopes": strings.Fields(asked.Scopes),
	})
}

// upload answers 202 while it works on a file, 200 when there is nothing to work on.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	if s.ownerOf(r) == "" {
		answerJSON(w, http.StatusUnauthorized, map[string]string{"error": "The access token is invalid"})
		return
	}
	file, header, err := r.FormFile("file")
	if err != nil {
		answerJSON(w, http.StatusUnprocessableEntity, map[string]string{"error": "Validation failed: File can't be blank"})
		return
	}
	data, _ := io.ReadAll(file)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uploads++
	m := &Media{ID: strconv.Itoa(7000 + len(s.media)), Description: r.FormValue("description"), Type: header.Header.Get("Content-Type"), Bytes: data}
	s.media = append(s.media, m)
	code := http.StatusOK
	if s.Working > 0 || s.FileFails {
		code = http.StatusAccepted
	}
	answerJSON(w, code, map[string]any{"id": m.ID, "type": "image", "url": nil})
}

func (s *Server) file(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.media, func(m *Media) bool { return m.ID == r.PathValue("id") })
	switch {
	case i < 0:
		answerJSON(w, http.StatusNotFound, map[string]string{"error": "Record not found"})
	case s.FileFails:
		answerJSON(w, http.StatusUnprocessableEntity, map[string]string{"error": "Error processing thumbnail for uploaded media"})
	case s.media[i].asked+1 < s.Working:
		s.media[i].asked++
		answerJSON(w, http.StatusPartialContent, map[string]any{"id": s.media[i].ID, "url": nil})
	default:
		answerJSON(w, http.StatusOK, map[string]any{"id": s.media[i].ID, "url": "https://files.example/x.png"})
	}
}

// create makes a status, or repeats the one a key has made.
func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Status     string   `json:"status"`
		MediaIDs   []string `json:"media_ids"`
		Visibility string   `json:"visibility"`
		Language   string   `json:"language"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Visibility != "public" {
		answerJSON(w, http.StatusUnprocessableEntity, map[string]string{"error": "Validation failed"})
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuses(w) {
		return
	}
	key := r.Header.Get("Idempotency-Key")
	if i := slices.IndexFunc(s.statuses, func(x Status) bool { return s.knows(x) && x.Key == key && x.Account == s.ownerOf(r) }); key != "" && i >= 0 {
		s.tell(w, r, s.statuses[i])
		return
	}
	made := Status{Text: asked.Status, Language: asked.Language, Key: key, Account: s.ownerOf(r)}
	for _, id := range asked.MediaIDs {
		i := slices.IndexFunc(s.media, func(m *Media) bool { return m.ID == id })
		if i < 0 {
			answerJSON(w, http.StatusNotFound, map[string]string{"error": "Record not found"})
			return
		}
		made.Media = append(made.Media, *s.media[i])
	}
	s.tell(w, r, s.add(made))
}

// refuses answers in the modes that publish nothing.
func (s *Server) refuses(w http.ResponseWriter) bool {
	switch s.Mode {
	case Scheduled:
		answerJSON(w, http.StatusOK, map[string]any{"id": "3221", "scheduled_at": "2025-12-05T12:33:01.000Z", "params": map[string]any{}})
	case Moved:
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusMovedPermanently)
	case Busy:
		w.Header().Set("X-RateLimit-Reset", Reset.Format("2006-01-02T15:04:05.000000Z"))
		answerJSON(w, http.StatusTooManyRequests, map[string]string{"error": "Too many requests"})
	case Unready:
		answerJSON(w, http.StatusUnprocessableEntity, map[string]string{
			"error": "Cannot attach files that have not finished processing. Try again in a moment!",
		})
	case Invalid:
		answerJSON(w, http.StatusUnprocessableEntity, map[string]string{"error": "Validation failed: Text can't be blank\u202e " + Token[:3]})
	case Suspended:
		answerJSON(w, http.StatusForbidden, map[string]string{"error": "Your login is currently disabled"})
	default:
		return false
	}
	return true
}

// knows tells whether the key of a status is known.
func (s *Server) knows(x Status) bool {
	return s.Software == "mastodon" && !s.KeyLost && s.now().Sub(x.Time) >= s.KeyAfter
}

func (s *Server) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func (s *Server) add(x Status) Status {
	x.ID, x.Time = strconv.Itoa(114000+len(s.statuses)), s.now().UTC()
	s.statuses = append(s.statuses, x)
	return x
}

// tell answers the request for a status that exists.
func (s *Server) tell(w http.ResponseWriter, r *http.Request, x Status) {
	switch s.Mode {
	case Cut:
		panic(http.ErrAbortHandler)
	case Broken:
		answerJSON(w, http.StatusInternalServerError, map[string]string{"error": "We're sorry, but something went wrong"})
	case Silent:
		s.mu.Unlock()
		defer s.mu.Lock()
		select {
		case <-r.Context().Done():
		case <-s.end:
		}
	case Garbage:
		_, _ = io.WriteString(w, "<html>Welcome!</html>")
	case Stranger:
		made := s.shape(x)
		made["account"] = map[string]string{"id": "1"}
		answerJSON(w, http.StatusOK, made)
	default:
		if x.Deleted { // the key knows a status that is gone
			answerJSON(w, http.StatusNotFound, map[string]string{"error": "Record not found"})
			return
		}
		answerJSON(w, http.StatusOK, s.shape(x))
	}
}

func (s *Server) shape(x Status) map[string]any {
	media := []map[string]any{}
	for _, m := range x.Media {
		media = append(media, map[string]any{"id": m.ID, "type": "image", "description": m.Description})
	}
	return map[string]any{
		"id": x.ID, "created_at": x.Time.Format("2006-01-02T15:04:05.000Z"), "url": fmt.Sprintf("%s/@nadia/%s", s.URL, x.ID),
		"uri":     fmt.Sprintf("%s/users/nadia/statuses/%s", s.URL, x.ID),
		"content": "<p>" + strings.ReplaceAll(html.EscapeString(s.shown(x)), "\n\n", "</p><p>") + "</p>",
		"account": map[string]string{"id": x.Account}, "media_attachments": media,
	}
}

func (s *Server) shown(x Status) string {
	if s.Shows != nil {
		return s.Shows(x.Text)
	}
	return x.Text
}

// list tells statuses, the newest first.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	before := r.URL.Query().Get("max_id")
	page := []map[string]any{}
	for i, x := range slices.Backward(s.statuses) {
		hidden := s.Lag > 0 && i == len(s.statuses)-1
		if !x.Deleted && !hidden && x.Account == r.PathValue("id") && (before == "" || x.ID < before) && len(page) < min(limit, 40) {
			page = append(page, s.shape(x))
		}
	}
	s.Lag = max(s.Lag-1, 0)
	answerJSON(w, http.StatusOK, page)
}

// find returns a status that is shown, or answers that there is none.
func (s *Server) find(w http.ResponseWriter, r *http.Request) *Status {
	i := slices.IndexFunc(s.statuses, func(x Status) bool { return x.ID == r.PathValue("id") && !x.Deleted })
	if i < 0 {
		answerJSON(w, http.StatusNotFound, map[string]string{"error": "Record not found"})
		return nil
	}
	return &s.statuses[i]
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.find(w, r); x != nil {
		answerJSON(w, http.StatusOK, s.shape(*x))
	}
}

func (s *Server) source(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.NoSource {
		answerJSON(w, http.StatusNotFound, map[string]string{"error": "Not Found"})
		return
	}
	if x := s.find(w, r); x != nil {
		answerJSON(w, http.StatusOK, map[string]string{"id": x.ID, "text": s.shown(*x), "spoiler_text": ""})
	}
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.find(w, r); x != nil {
		x.Deleted = true
		answerJSON(w, http.StatusOK, map[string]string{"id": x.ID})
	}
}
