// Package linkedintest is a server that speaks LinkedIn's API as its documentation tells, with a
// ledger of its own, and misbehaves when told to. It shares nothing with the connector it tests:
// what it shows, and not what we keep, says what was published.
//
// What it does has these sources:
//
//   - learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api: 201 without a body
//     and the name in x-restli-id, names in paths percent-encoded, DELETE 204, the finder by author and
//     the scope it needs (NoReading);
//   - .../shares/little-text-format: what is reserved; what is left as it is cuts the text there
//     (socket.dev @linkedctl/core 2026);
//   - .../shares/images-api, videos-api, documents-api: initializeUpload, an address that goes elsewhere and not for ever (PutAt,
//     PutGone), parts of a size it names (PartSize), PUT, finalizeUpload, status (Working, FileFails);
//   - github.com/brightbeanxyz/brightbean-studio d85fce1: MEDIA_ASSET_WAITING_UPLOAD and
//     MEDIA_ASSET_PROCESSING_FAILED of a post that comes too early (Unready, Unworkable), organizationAcls;
//   - github.com/Arisamiga/Linkedin-RSS/issues/5: the words of a duplicate, 422 (Copy, Cousin, Duplicates);
//   - github.com/ComposioHQ/composio/issues/2710: duplicates of posts that are gone (Ghost);
//   - learn.microsoft.com/linkedin/shared/api-guide/concepts/error-handling: the shape of an error, 401 (Expired,
//     Revoked), 403 (Denied), 409 (Conflict, Conflicting), 422 (Invalid); concepts/rate-limits: 429 for a member or the
//     application, without a time (Busy, Spent);
//   - learn.microsoft.com/linkedin/shared/authentication/authorization-code-flow: sixty days, a secret in the
//     form, no refresh token but for partners; UsefulSoftwareCo/executor issue 2087: who gives a code back
//     with a verifier is refused; d3xt3r2909/linkedin_login issue 77: the words of a code that is used;
//   - public clients of 2026: 426 NONEXISTENT_VERSION (Retired), 400 VERSION_MISSING, 400 FIELD_LENGTH_TOO_LONG,
//     403 to a member's token that asks how a file is (Unasked).
//
// Cut, Broken, Away, Silent, Slow, Garbage, Misnamed, Polite, Moved, PutFails, Lag, Wordless and Shows are documented
// nowhere: any server, or what stands before it, may do so. Now and AS are hands of a test.
package linkedintest

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/network/oauth/oauthtest"
)

// Mode is how the server answers the request for a post.
type Mode string

// The modes. All but Honest and Conflict stay until they are changed.
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
	// Garbage publishes and answers 201 with a page and no name.
	Garbage Mode = "garbage"
	// Misnamed publishes and answers 201 with the name of something that is no post.
	Misnamed Mode = "misnamed"
	// Polite publishes and answers 200 with the name.
	Polite Mode = "polite"
	// Moved answers 307, on which a client would send again.
	Moved Mode = "moved"
	// Busy answers 429 without a time, because of a member's quota; Spent because of the app's.
	Busy  Mode = "busy"
	Spent Mode = "spent"
	// Retired answers 426 NONEXISTENT_VERSION.
	Retired Mode = "retired"
	// Expired answers 401, Revoked 400 with the code of a revoked token, Denied 403.
	Expired Mode = "expired"
	Revoked Mode = "revoked"
	Denied  Mode = "denied"
	// Invalid answers 422.
	Invalid Mode = "invalid"
	// Copy answers 422 and names a post that is there; Ghost one that is gone; Cousin names no
	// post, but a member.
	Copy   Mode = "copy"
	Ghost  Mode = "ghost"
	Cousin Mode = "cousin"
	// Conflict answers 409 once, Conflicting always.
	Conflict    Mode = "conflict"
	Conflicting Mode = "conflicting"
	// Unready answers that files are not there yet, Unworkable that they never will be.
	Unready    Mode = "unready"
	Unworkable Mode = "unworkable"
)

// The members, their tokens, and organisations: the first administers Organization, the second
// makes posts for OtherOrganization, and the first only reads its numbers.
const (
	Member            = "nAd1a-Xy_z"
	Token             = "AQX-t0ken-of-nadia"
	OtherMember       = "0mar-Q"
	OtherToken        = "AQX-t0ken-of-omar"
	Organization      = "2414183"
	OtherOrganization = "99"
)

const (
	person       = "urn:li:person:"
	organization = "urn:li:organization:"
)

// owners are the members by their tokens.
var owners = map[string]string{Token: Member, OtherToken: OtherMember}

func (s *Server) ownerOf(r *http.Request) string {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if member := owners[token]; member != "" {
		return member
	}
	return s.AS.Owner(token)
}

// acl is a role of a member for an organisation.
type acl struct {
	Organization string `json:"organization"`
	Assignee     string `json:"roleAssignee"`
	Role         string `json:"role"`
	State        string `json:"state"`
}

var acls = []acl{
	{organization + Organization, person + Member, "ADMINISTRATOR", "APPROVED"},
	{organization + OtherOrganization, person + Member, "ANALYST", "APPROVED"},
	{organization + "7", person + Member, "ADMINISTRATOR", "REVOKED"},
	{organization + OtherOrganization, person + OtherMember, "CONTENT_ADMINISTRATOR", "APPROVED"},
}

// speaks tells whether a member may publish as an author.
func speaks(member, author string) bool {
	return author == person+member || slices.ContainsFunc(acls, func(a acl) bool {
		return a.Organization == author && a.Assignee == person+member && a.State == "APPROVED" && strings.HasSuffix(a.Role, "ADMINISTRATOR")
	})
}

// Post is one entry of the ledger.
type Post struct {
	ID, Author string
	// Commentary is as it was sent, and Text what readers see.
	Commentary, Text string
	// Content is what stands beside it.
	Content map[string]any
	// Files are those it shows, in their order.
	Files   []File
	Time    time.Time
	Deleted bool
}

// File is what somebody uploaded.
type File struct {
	ID, Owner string
	Bytes     []byte
	// Parts is how many pieces it came in.
	Parts int

	size  int64
	ready bool
	asked int
}

// Server is one server. Its exported fields may be changed under Do while it runs.
type Server struct {
	*httptest.Server
	Mode Mode
	// Duplicates refuses a text that its author shows already, as LinkedIn does for a time.
	Duplicates bool
	// Working is how often a file is asked for before it is ready; FileFails makes it never;
	// Unasked is a server that tells no member's token how a file is.
	Working            int
	FileFails, Unasked bool
	// PutFails is how often bytes are answered with 503, PutGone how often with 403.
	PutFails, PutGone int
	// PartSize is how long the parts of a video are, and PutAt where files go; the server's own
	// address when empty.
	PartSize int64
	PutAt    string
	// Lag is how many lists do not show the newest post yet; NoReading refuses all lists.
	Lag       int
	NoReading bool
	// Wordless tells of files their names alone.
	Wordless bool
	// Shows replaces what it shows of a text; nil for the text.
	Shows func(string) string
	// Now dates posts; the machine's clock when nil.
	Now func() time.Time
	// AS is its authorization server. Members sign in to it by their names.
	AS *oauthtest.Server

	mu       sync.Mutex
	posts    []*Post
	files    []*File
	versions []string
	begun    int
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
	s := &Server{PartSize: 4 << 20, end: make(chan struct{}), slow: make(chan struct{}), arrive: make(chan struct{}), AS: oauthtest.New()}
	s.AS.Proofless, s.AS.Life, s.AS.No = true, 60*24*3600, "user_cancelled_authorize"
	s.AS.Wording = []string{"invalid_request", "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. " +
		"Or authorization code expired. Or external member binding exists"}
	mux := http.NewServeMux()
	for pattern, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"GET /v2/userinfo": s.whoAmI, "GET /rest/organizationAcls": s.roles,
		"POST /rest/posts": s.create, "GET /rest/posts": s.list, "GET /rest/posts/{urn}": s.show, "DELETE /rest/posts/{urn}": s.remove,
		"POST /rest/images": s.begin, "POST /rest/videos": s.begin, "POST /rest/documents": s.begin,
		"GET /rest/images/{urn}": s.file, "GET /rest/videos/{urn}": s.file, "GET /rest/documents/{urn}": s.file,
		"PUT /dms-uploads/{urn}/{first}": s.put,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.admits(w, r) {
				answer(w, r)
			}
		})
	}
	s.AS.HandleAt(mux, "/oauth/v2/authorization", "/oauth/v2/accessToken", "/oauth/v2/revoke")
	s.Server = httptest.NewUnstartedServer(mux)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Server.Start()
	s.AS.URL = s.URL
	return s
}

// admits answers what has no token or no version, and names that are not encoded.
func (s *Server) admits(w http.ResponseWriter, r *http.Request) bool {
	version := r.Header.Get("LinkedIn-Version")
	switch rest := strings.HasPrefix(r.URL.Path, "/rest/"); {
	case s.ownerOf(r) == "":
		refuse(w, http.StatusUnauthorized, "INVALID_ACCESS_TOKEN", "Invalid access token")
	case rest && version == "":
		refuse(w, http.StatusBadRequest, "VERSION_MISSING", "A version must be present. Please specify a version by adding the LinkedIn-Version header.")
	case rest && r.Header.Get("X-Restli-Protocol-Version") != "2.0.0":
		refuse(w, http.StatusBadRequest, "ILLEGAL_ARGUMENT", "Unknown protocol version")
	case r.PathValue("urn") != "" && strings.Contains(r.URL.EscapedPath(), "urn:"):
		refuse(w, http.StatusBadRequest, "ILLEGAL_ARGUMENT", "Syntax exception in path variables")
	default:
		if rest {
			s.versions = append(s.versions, version)
		}
		return true
	}
	return false
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

// Counts are how often something was done.
type Counts struct{ Creates, Uploads int }

// Counts returns how often a post was asked for, and how many files were begun.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Counts{s.creates, s.begun}
}

// Versions returns the versions that were spoken.
func (s *Server) Versions() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(s.versions)))
}

// Write publishes a text of an organisation's as somebody does by hand.
func (s *Server) Write(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(&Post{Author: organization + Organization, Commentary: text, Text: text}).ID
}

// Remove deletes a post by hand.
func (s *Server) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.find(id).Deleted = true
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

func refuse(w http.ResponseWriter, code int, name, message string) {
	answerJSON(w, code, map[string]any{"message": message, "code": name, "status": code, "serviceErrorCode": 100})
}

func (s *Server) whoAmI(w http.ResponseWriter, r *http.Request) {
	name := "Nadia Diallo"
	if s.ownerOf(r) == OtherMember {
		name = "Omar Haddad"
	}
	answerJSON(w, http.StatusOK, map[string]any{"sub": s.ownerOf(r), "name": name, "locale": map[string]string{"language": "en"}})
}

// roles lists those of whoever asks.
func (s *Server) roles(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("q") != "roleAssignee" || r.Header.Get("X-RestLi-Method") != "FINDER" {
		refuse(w, http.StatusBadRequest, "ILLEGAL_ARGUMENT", "No such finder")
		return
	}
	found := []acl{}
	for _, a := range acls {
		if a.Assignee == person+s.ownerOf(r) && a.Role == q.Get("role") && (q.Get("state") == "" || a.State == q.Get("state")) {
			found = append(found, a)
		}
	}
	answerJSON(w, http.StatusOK, map[string]any{"elements": found, "paging": map[string]any{"start": 0, "count": len(found), "links": []any{}}})
}

// urn names the next thing of a kind.
func (s *Server) urn(kind string) string {
	return fmt.Sprintf("urn:li:%s:%d", kind, 7100000000000000000+len(s.posts)+len(s.files))
}
