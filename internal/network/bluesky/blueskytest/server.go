// Package blueskytest is a server that keeps repositories as those of Bluesky do, with a ledger of
// its own, and misbehaves when told to. It shares nothing with the connector it tests: what it
// shows, and not what we keep, says what was published.
//
// What it does is what bluesky-social/atproto d6296a1 does, in packages/pds/src:
//
//   - api/com/atproto/repo/putRecord.ts: the same content again is answered with the same name and
//     no commit, before either swap is looked at;
//   - actor-store/repo/transactor.ts: swapCommit that is not the last one (Rivals), and swapRecord: null
//     where there is a record, are InvalidSwap, 400;
//   - api/com/atproto/repo/getRecord.ts: RecordNotFound, 400; deleteRecord.ts: no error where there is none;
//   - actor-store/blob/transactor.ts: BlobNotFound (Forgetful), InvalidMimeType, InvalidSize, 400;
//   - auth-verifier.ts: ExpiredToken and InvalidToken are 400, AuthMissing is 401, AccountTakedown (TakenDown);
//   - packages/xrpc-server/src/errors.ts: InvalidRequest, 400 (Invalid), and RateLimitExceeded, 429 (Busy);
//   - api/com/atproto/server/createSession.ts, refreshSession.ts: AuthenticationRequired, 401 (Locked), active and
//     status of an account (Inactive), InvalidToken (NoRefresh), and that a refresh token is good once.
//
// The lexicons app/bsky/feed/post.json and richtext/facet.json say what a record holds;
// docs.bsky.app/docs/advanced-guides/rate-limits that RateLimit-Reset is in seconds since 1970;
// atproto.com/specs/did that an account's document names the server that keeps it (Elsewhere).
//
// Cut, Broken, Away, Silent, Slow, Late, Garbage, Stranger, Moved, Lag, Shows, Document and Recodes are
// documented nowhere: any server, or what stands before it, may do so.
package blueskytest

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Mode is how the server answers the request to write a record.
type Mode string

// The modes. All but Honest stay until they are changed.
const (
	// Honest does what is documented.
	Honest Mode = ""
	// Cut writes and ends the connection without an answer.
	Cut Mode = "cut"
	// Broken writes and answers 500.
	Broken Mode = "broken"
	// Away writes nothing and answers 502, as what stands before a server does.
	Away Mode = "away"
	// Silent writes and never answers.
	Silent Mode = "silent"
	// Slow writes and answers when Arrive is called.
	Slow Mode = "slow"
	// Late never answers, and writes when Arrive is called.
	Late Mode = "late"
	// Garbage writes and answers 200 with something else.
	Garbage Mode = "garbage"
	// Stranger writes and answers as another account.
	Stranger Mode = "stranger"
	// Moved answers 307, on which a client would send again.
	Moved Mode = "moved"
	// Busy answers 429 with the time in seconds.
	Busy Mode = "busy"
	// Invalid answers InvalidRequest.
	Invalid Mode = "invalid"
	// Forgetful has lost the files, and answers BlobNotFound.
	Forgetful Mode = "forgetful"
	// TakenDown answers AccountTakedown.
	TakenDown Mode = "taken down"
)

// The accounts of the server: what they are called, and their app passwords.
const (
	Account       = "did:plc:nadia2345nadia2345nadia2"
	Handle        = "nadia.bsky.test"
	Password      = "aaaa-bbbb-cccc-dddd"
	OtherAccount  = "did:plc:omar23452345omar2345omar"
	OtherHandle   = "omar.bsky.test"
	OtherPassword = "eeee-ffff-gggg-hhhh"
	// OwnPassword is each account's own: servers take it as they take an app password.
	OwnPassword = "correct-horse-battery-staple"
	// Credential and OtherCredential are what somebody writes to connect one of them.
	Credential      = Handle + ":" + Password
	OtherCredential = OtherHandle + ":" + OtherPassword
)

// Reset is the time a Busy server says.
var Reset = time.Date(2025, 11, 25, 8, 5, 0, 0, time.UTC)

// Record is one entry of the ledger.
type Record struct {
	URI, CID, Key, Account string
	Text                   string
	// Value is all of it.
	Value map[string]any
	// Files are what was uploaded for it.
	Files []File
	// Host is where the request went that wrote it.
	Host string
}

// File is what somebody uploaded.
type File struct {
	CID, Type string
	Bytes     []byte
}

// Server is one server. Its exported fields may be changed under Do while it runs.
type Server struct {
	*httptest.Server
	Mode Mode
	// Lag is how many looks do not find the newest record yet.
	Lag int
	// Rivals is how often somebody else has written just before a record is.
	Rivals int
	// Shows replaces what it shows of a text; nil for the text.
	Shows func(string) string
	// Elsewhere is where the accounts are said to be kept; the server's own address when empty.
	Elsewhere string
	// Document is whose document it gives of every account; the account's own when empty.
	Document string
	// Locked refuses every password, NoRefresh every refresh token; Inactive signs in to accounts
	// that are deactivated.
	Locked, NoRefresh, Inactive bool
	// Recodes keeps files otherwise than they were given.
	Recodes bool

	mu     sync.Mutex
	repos  map[string]*repo
	files  map[string]File
	tokens map[string]token
	late   []func()
	slow   chan struct{}
	// sessions, refreshes, uploads and commits count what was done.
	sessions, refreshes, uploads, commits int
	end                                   chan struct{}
}

// repo is the repository of an account.
type repo struct {
	handle, password string
	commit           string
	records          map[string]Record
	newest           string
}

// token is what a session is spoken in.
type token struct {
	account string
	refresh bool
	spent   bool
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
	close(s.end)
	s.Close()
}

// Start starts a server.
func Start() *Server {
	s := &Server{
		files: make(map[string]File), tokens: make(map[string]token), end: make(chan struct{}), slow: make(chan struct{}),
		repos: map[string]*repo{
			Account:      {handle: Handle, password: Password, records: make(map[string]Record)},
			OtherAccount: {handle: OtherHandle, password: OtherPassword, records: make(map[string]Record)},
		},
	}
	for _, r := range s.repos {
		s.commit(r)
	}
	mux := http.NewServeMux()
	for pattern, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"POST com.atproto.server.createSession": s.createSession, "POST com.atproto.server.refreshSession": s.refreshSession,
		"GET com.atproto.sync.getLatestCommit": s.latestCommit, "GET com.atproto.repo.getRecord": s.getRecord,
		"POST com.atproto.repo.uploadBlob": s.uploadBlob, "POST com.atproto.repo.putRecord": s.putRecord,
		"POST com.atproto.repo.deleteRecord": s.deleteRecord,
	} {
		mux.HandleFunc(strings.Replace(pattern, " ", " /xrpc/", 1), func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			defer s.mu.Unlock()
			answer(w, r)
		})
	}
	s.Server = httptest.NewUnstartedServer(mux)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Server.Start()
	return s
}

// Do changes the server.
func (s *Server) Do(change func(*Server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// Visible returns what all accounts show, by their keys.
func (s *Server) Visible() []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Record
	for _, account := range slices.Sorted(maps.Keys(s.repos)) {
		r := s.repos[account]
		for _, key := range slices.Sorted(maps.Keys(r.records)) {
			all = append(all, r.records[key])
		}
	}
	return all
}

// Counts are how often something was done.
type Counts struct{ Sessions, Refreshes, Uploads, Commits int }

// Counts returns how many sessions were begun and refreshed, files uploaded and commits made.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Counts{s.sessions, s.refreshes, s.uploads, s.commits}
}

// Write puts a record into the repository of Account, as its owner does by hand.
func (s *Server) Write(key, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(Account, key, map[string]any{"$type": "app.bsky.feed.post", "text": text, "createdAt": "2025-11-25T08:00:00.000Z"})
}

// Remove deletes a record of Account as its owner does by hand.
func (s *Server) Remove(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.repos[Account].records, key)
	s.commit(s.repos[Account])
}

// Expire ends every access token, and Revoke every session.
func (s *Server) Expire() { s.spend(func(t token) bool { return !t.refresh }) }

// Revoke makes every token one that was never given.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

func (s *Server) spend(which func(token) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, t := range s.tokens {
		if which(t) {
			t.spent = true
			s.tokens[name] = t
		}
	}
}

// Wait returns when a Slow server has written and not yet answered.
func (s *Server) Wait() { <-s.slow }

// Arrive carries out what is late.
func (s *Server) Arrive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, carryOut := range s.late {
		carryOut()
	}
	s.late = nil
}

func answerJSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, code int, name, message string) {
	answerJSON(w, code, map[string]string{"error": name, "message": message})
}

// letters are those of base32 in names of contents.
var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// named is the name of bytes: of a file (codec 0x55), or of a record (0x71). That of a record is of
// its JSON here, so it is not the one a real server gives.
func named(codec byte, data []byte) string {
	sum := sha256.Sum256(data)
	return "b" + letters.EncodeToString(append([]byte{0x01, codec, 0x12, 0x20}, sum[:]...))
}

func (s *Server) commit(r *repo) {
	s.commits++
	r.commit = named(0x71, fmt.Appendf(nil, "%s %s %d", r.handle, r.commit, s.commits))
}

func uri(account, key string) string { return "at://" + account + "/app.bsky.feed.post/" + key }

// add writes a record.
func (s *Server) add(account, key string, value map[string]any) Record {
	r := s.repos[account]
	data, _ := json.Marshal(value)
	text, _ := value["text"].(string)
	made := Record{URI: uri(account, key), CID: named(0x71, data), Key: key, Account: account, Text: text, Value: value}
	for _, b := range blobs(value) {
		made.Files = append(made.Files, s.files[account+b.cid])
	}
	r.records[key], r.newest = made, key
	s.commit(r)
	return made
}
