// Package mattermosttest is a server that speaks Mattermost's API as its documentation tells, with
// a ledger of its own, and misbehaves when told to. It shares nothing with the connector it tests:
// what it shows, and not what we keep, says what was published.
//
// What it does has these sources:
//
//   - developers.mattermost.com/api-documentation: users, channels, posts and files, what the server is set to (MaxPostSize), and the form of errors
//     (Long, Left, Ended), 429 with Retry-After (Busy);
//   - mattermost/mattermost v11.11.1, api4/post.go and app/post.go: pending_post_id, which a server keeps for a short time and
//     each node for itself (Pending, Forgets); app/file.go: files that a post names; model/post_list.go: the time before which a plan shows no
//     posts (Hides).
//
// Cut, Broken, Silent, Garbage, Fine, Stranger, Elsewhere, Moved, Strips, Loses, Lag and Shows are documented
// nowhere: any server, or what stands before it, may do so. Now is a hand of a test.
package mattermosttest

import (
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
	// Silent publishes and never answers.
	Silent Mode = "silent"
	// Garbage publishes and answers 201 with something else.
	Garbage Mode = "garbage"
	// Fine publishes and answers 200, which is not what is documented.
	Fine Mode = "fine"
	// Stranger publishes and answers as somebody else.
	Stranger Mode = "stranger"
	// Elsewhere publishes and answers as of another channel.
	Elsewhere Mode = "elsewhere"
	// Pending answers that a post with that pending id is being made.
	Pending Mode = "pending"
	// Moved answers 301.
	Moved Mode = "moved"
	// Busy answers 429 with Retry-After.
	Busy Mode = "busy"
	// Long answers that the message is too long.
	Long Mode = "long"
	// Left answers that the bot may not post in the channel.
	Left Mode = "left"
	// Ended answers that the token is none.
	Ended Mode = "ended"
)

// Who there is: a bot with its token, another one, and two channels of a team.
const (
	Bot          = "bot1herald0000000000000000"
	Token        = "mmt0kenofherald00000000000"
	OtherBot     = "bot2omar000000000000000000"
	OtherToken   = "mmt0kenofomar0000000000000"
	Channel      = "chan1news00000000000000000"
	OtherChannel = "chan2careers00000000000000"
	Archived     = "chan3old000000000000000000"
)

// Address is the address of the channel below that of the server; its bot's token is Token.
const Address = "/acme/channels/news"

var (
	owners   = map[string]string{Token: Bot, OtherToken: OtherBot}
	names    = map[string]string{Bot: "herald", OtherBot: "omar"}
	channels = map[string]string{"news": Channel, "careers": OtherChannel, "old": Archived}
)

// RetryAfter is how many seconds a Busy server wants to be left alone.
const RetryAfter = 7

// Post is one entry of the ledger.
type Post struct {
	ID      string
	User    string
	Channel string
	Message string
	Pending string
	Props   map[string]any
	Files   []string
	Time    time.Time
	Deleted bool
}

// File is what somebody uploaded.
type File struct {
	ID      string
	Channel string
	Name    string
	Type    string
	Bytes   []byte
}

// Server is one server. Its fields may be changed under Do while it runs.
type Server struct {
	*httptest.Server
	MaxPostSize string
	Mode        Mode
	// Forgets is a server of several nodes, of which each keeps pending ids for itself.
	Forgets bool
	// Strips is a server that keeps no props.
	Strips bool
	// Loses is how many files of a post it loses.
	Loses int
	// Lag is how many lists do not show the newest post yet.
	Lag int
	// Hides is the time before which its plan shows no posts.
	Hides time.Time
	// Shows replaces the message of a post; nil for the message.
	Shows func(string) string
	// Now dates posts; the machine's clock when nil.
	Now func() time.Time

	mu    sync.Mutex
	posts []Post
	files []File
	end   chan struct{}
}

// New starts a server that ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := Start()
	t.Cleanup(s.Stop)
	return s
}

// Start starts a server.
func Start() *Server {
	s := &Server{MaxPostSize: "16383", end: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v4/config/client", s.config)
	for pattern, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"GET /api/v4/users/me": s.whoAmI, "GET /api/v4/teams/name/{team}/channels/name/{channel}": s.channel,
		"GET /api/v4/channels/{id}/posts": s.list, "POST /api/v4/files": s.upload,
		"POST /api/v4/posts": s.create, "GET /api/v4/posts/{id}": s.show, "DELETE /api/v4/posts/{id}": s.remove,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if ownerOf(r) == "" {
				refuse(w, http.StatusUnauthorized, "Invalid or expired session, please login again.")
				return
			}
			answer(w, r)
		})
	}
	s.Server = httptest.NewUnstartedServer(mux)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Server.Start()
	return s
}

// Stop ends the server.
func (s *Server) Stop() {
	close(s.end)
	s.Close()
}

// Do changes the server.
func (s *Server) Do(change func(*Server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// Visible returns what the channels show, the oldest first.
func (s *Server) Visible() []Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.posts), func(p Post) bool { return p.Deleted })
}

// Uploaded returns the files that were uploaded.
func (s *Server) Uploaded() []File {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.files)
}

// Write publishes a message as a bot does by other hands.
func (s *Server) Write(user, channel, message string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(Post{User: user, Channel: channel, Message: message}).ID
}

func ownerOf(r *http.Request) string {
	return owners[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
}

func answerJSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v)
}

// refuse answers as model.AppError.
func refuse(w http.ResponseWriter, code int, message string) {
	answerJSON(w, code, map[string]any{"id": "api.fake.app_error", "message": message, "detailed_error": "", "request_id": "r", "status_code": code})
}

func (s *Server) config(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answerJSON(w, http.StatusOK, map[string]string{"MaxPostSize": s.MaxPostSize, "SiteName": "Chat"})
}

func (s *Server) whoAmI(w http.ResponseWriter, r *http.Request) {
	answerJSON(w, http.StatusOK, map[string]any{"id": ownerOf(r), "username": names[ownerOf(r)], "is_bot": true})
}

func (s *Server) channel(w http.ResponseWriter, r *http.Request) {
	id := channels[r.PathValue("channel")]
	if id == "" || r.PathValue("team") != "acme" {
		refuse(w, http.StatusNotFound, "Channel does not exist.")
		return
	}
	deleted := int64(0)
	if id == Archived {
		deleted = 1_700_000_000_000
	}
	answerJSON(w, http.StatusOK, map[string]any{"id": id, "name": r.PathValue("channel"), "type": "O", "delete_at": deleted})
}

// upload reads the channel and then the file, in that order.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	parts, err := r.MultipartReader()
	if err != nil {
		refuse(w, http.StatusBadRequest, "Unable to upload file.")
		return
	}
	made := File{}
	for part, err := parts.NextPart(); err == nil; part, err = parts.NextPart() {
		data, _ := io.ReadAll(part)
		if part.FormName() == "channel_id" {
			made.Channel = string(data)
			continue
		}
		made.Name, made.Type, made.Bytes = part.FileName(), part.Header.Get("Content-Type"), data
	}
	if made.Channel == "" || made.Name == "" {
		refuse(w, http.StatusBadRequest, "Unable to upload file.")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	made.ID = fmt.Sprintf("file%022d", len(s.files))
	s.files = append(s.files, made)
	answerJSON(w, http.StatusCreated, map[string]any{"file_infos": []map[string]any{{"id": made.ID, "name": made.Name}}, "client_ids": []string{}})
}

// create makes a post, or repeats the one that a pending id made half a minute ago.
func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Channel string         `json:"channel_id"`
		Message string         `json:"message"`
		Files   []string       `json:"file_ids"`
		Pending string         `json:"pending_post_id"`
		Props   map[string]any `json:"props"`
	}
	if json.NewDecoder(r.Body).Decode(&asked) != nil || asked.Channel == "" {
		refuse(w, http.StatusBadRequest, "Invalid or missing post in request body.")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuses(w) {
		return
	}
	i := slices.IndexFunc(s.posts, func(p Post) bool { return p.Pending == asked.Pending && s.now().Sub(p.Time) < 30*time.Second })
	if !s.Forgets && asked.Pending != "" && i >= 0 && !s.posts[i].Deleted {
		s.tell(w, r, s.posts[i])
		return
	}
	p := Post{User: ownerOf(r), Channel: asked.Channel, Message: asked.Message, Pending: asked.Pending, Props: asked.Props, Files: asked.Files}
	if s.Strips {
		p.Props = nil
	}
	p.Files = p.Files[:len(p.Files)-min(s.Loses, len(p.Files))]
	s.tell(w, r, s.add(p))
}

// refuses answers in the modes that publish nothing.
func (s *Server) refuses(w http.ResponseWriter) bool {
	switch s.Mode {
	case Pending:
		refuse(w, http.StatusInternalServerError, "Rejected post since another client is making the same request.")
	case Moved:
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusMovedPermanently)
	case Busy:
		w.Header().Set("Retry-After", strconv.Itoa(RetryAfter))
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, "limit exceeded")
	case Long:
		refuse(w, http.StatusBadRequest, "Post Message property is longer than the maximum permitted length.\u202e "+Token[:5])
	case Left:
		refuse(w, http.StatusForbidden, "You do not have the appropriate permissions.")
	case Ended:
		refuse(w, http.StatusUnauthorized, "Invalid or expired session, please login again.")
	default:
		return false
	}
	return true
}

func (s *Server) now() time.Time {
	if s.Now != nil {
		return s.Now().UTC()
	}
	return time.Now().UTC()
}

func (s *Server) add(p Post) Post {
	p.ID, p.Time = fmt.Sprintf("post%022d", len(s.posts)), s.now()
	s.posts = append(s.posts, p)
	return p
}

// tell answers the request for a post that exists.
func (s *Server) tell(w http.ResponseWriter, r *http.Request, p Post) {
	made := s.shape(p)
	switch s.Mode {
	case Cut:
		panic(http.ErrAbortHandler)
	case Broken:
		refuse(w, http.StatusInternalServerError, "Unable to save the Post.")
	case Silent:
		s.mu.Unlock()
		defer s.mu.Lock()
		select {
		case <-r.Context().Done():
		case <-s.end:
		}
	case Garbage:
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, "<html>Welcome!</html>")
	case Fine:
		answerJSON(w, http.StatusOK, made)
	case Stranger:
		made["user_id"] = OtherBot
		answerJSON(w, http.StatusCreated, made)
	case Elsewhere:
		made["channel_id"] = OtherChannel
		answerJSON(w, http.StatusCreated, made)
	default:
		answerJSON(w, http.StatusCreated, made)
	}
}

func (s *Server) shape(p Post) map[string]any {
	message := p.Message
	if s.Shows != nil {
		message = s.Shows(message)
	}
	props := p.Props
	if props == nil {
		props = map[string]any{}
	}
	return map[string]any{
		"id": p.ID, "create_at": p.Time.UnixMilli(), "update_at": p.Time.UnixMilli(), "edit_at": 0, "delete_at": 0,
		"user_id": p.User, "channel_id": p.Channel, "root_id": "", "original_id": "", "message": message, "type": "",
		"props": props, "file_ids": p.Files, "pending_post_id": "",
	}
}

// list tells a page of a channel, the newest first.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	before := r.URL.Query().Get("before")
	order, posts := []string{}, map[string]any{}
	for i, p := range slices.Backward(s.posts) {
		hidden := s.Lag > 0 && i == len(s.posts)-1 || p.Time.Before(s.Hides)
		if !p.Deleted && !hidden && p.Channel == r.PathValue("id") && (before == "" || p.ID < before) && len(order) < min(size, 200) {
			order, posts[p.ID] = append(order, p.ID), s.shape(p)
		}
	}
	s.Lag = max(s.Lag-1, 0)
	hides := int64(0)
	if !s.Hides.IsZero() {
		hides = s.Hides.UnixMilli()
	}
	answerJSON(w, http.StatusOK, map[string]any{"order": order, "posts": posts, "next_post_id": "", "prev_post_id": "", "first_inaccessible_post_time": hides})
}

// find returns a post that is shown, or answers that there is none.
func (s *Server) find(w http.ResponseWriter, r *http.Request) *Post {
	i := slices.IndexFunc(s.posts, func(p Post) bool { return p.ID == r.PathValue("id") && !p.Deleted })
	if i < 0 {
		refuse(w, http.StatusNotFound, "Unable to get the post.")
		return nil
	}
	return &s.posts[i]
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.find(w, r); p != nil {
		answerJSON(w, http.StatusOK, s.shape(*p))
	}
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.find(w, r)
	switch {
	case p == nil:
	case p.User != ownerOf(r):
		refuse(w, http.StatusForbidden, "You do not have the appropriate permissions.")
	default:
		p.Deleted = true
		answerJSON(w, http.StatusOK, map[string]string{"status": "OK"})
	}
}
