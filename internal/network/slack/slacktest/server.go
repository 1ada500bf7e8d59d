// Package slacktest is a server that speaks Slack's Web API as its documentation tells, with a ledger
// of its own, and misbehaves when told to. It shares nothing with the connector it tests: what it shows,
// and not what we keep, says what was published.
//
// What it does has these sources, all below docs.slack.dev:
//
//   - reference/methods/auth.test, chat.postMessage and chat.delete: 200 with ok, and an error's word when it is not, of
//     which fatal_error may come although something was done (Fatal), and not_in_channel and missing_scope before (Absent, Unscoped);
//   - reference/methods/conversations.history: what a channel shows, in pages of fewer messages than were asked for (Few);
//   - apis/web-api/rate-limits: 429 with Retry-After (Busy).
//
// Cut, Broken, Silent, Garbage, Nameless, Elsewhere, Moved, Rude, Strips, Loses, Lag, Withholds and Shows are
// documented nowhere: any server, or what stands before it, may do so. Now is a hand of a test.
package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Mode is how the server answers chat.postMessage. A mode that is a word of Slack's own, as
// "msg_too_long", publishes nothing and answers that error.
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
	// Fatal publishes and answers fatal_error, as Slack says that it may.
	Fatal Mode = "fatal_error"
	// Nameless publishes and does not say what.
	Nameless Mode = "nameless"
	// Elsewhere publishes and answers as of another channel.
	Elsewhere Mode = "elsewhere"
	// Moved answers 302.
	Moved Mode = "moved"
	// Busy answers 429 with Retry-After.
	Busy Mode = "busy"
	// Rude answers an error that is no word.
	Rude Mode = "rude"
)

// Who there is: a bot of an app with its token, another one, and two channels.
const (
	Team         = "T012ACME"
	Bot          = "U01HERALD"
	Token        = "xoxb-012-herald-t0ken"
	OtherBot     = "U02OMAR"
	OtherToken   = "xoxb-012-omar-t0ken"
	Channel      = "C01NEWS"
	OtherChannel = "C02CAREERS"
)

// Address is the address of the channel.
const Address = "https://acme.slack.com/archives/" + Channel

var (
	owners = map[string]string{Token: Bot, OtherToken: OtherBot}
	names  = map[string]string{Bot: "herald", OtherBot: "omar"}
)

// RetryAfter is how many seconds a Busy server wants to be left alone.
const RetryAfter = 30

// Message is one entry of the ledger.
type Message struct {
	TS      string
	User    string
	Channel string
	// Text is what notifications say, Shown what the blocks of rich text do.
	Text     string
	Shown    string
	Pictures []Picture
	Metadata json.RawMessage
	// Previews: links would be shown with a preview, or names would be called.
	Previews bool
	Deleted  bool
}

// Picture is a block of a message.
type Picture struct{ URL, AltText string }

// Server is one server. Its fields may be changed under Do while it runs.
type Server struct {
	*httptest.Server
	Mode Mode
	// Absent is a bot that is not in the channel.
	Absent bool
	// Unscoped is an app that may not read channels.
	Unscoped bool
	// Strips is a server that keeps no metadata.
	Strips bool
	// Loses is how many pictures of a message it leaves out.
	Loses int
	// Lag is how many lists do not show the newest message yet.
	Lag int
	// Few is how many messages it tells at once, whatever is asked for; 0 for as many as are asked for.
	Few int
	// Withholds is a server that says that there is more and not where.
	Withholds bool
	// Shows replaces the text of a message; nil for the text.
	Shows func(string) string
	// Now dates messages; the machine's clock when nil.
	Now func() time.Time

	mu       sync.Mutex
	messages []Message
	end      chan struct{}
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
	s := &Server{end: make(chan struct{})}
	mux := http.NewServeMux()
	for method, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"auth.test": s.whoAmI, "conversations.history": s.history, "chat.postMessage": s.create, "chat.delete": s.remove,
	} {
		mux.HandleFunc("POST /api/"+method, func(w http.ResponseWriter, r *http.Request) {
			if ownerOf(r) == "" {
				refuse(w, "invalid_auth")
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
func (s *Server) Visible() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.messages), func(m Message) bool { return m.Deleted })
}

// Write publishes a text as a bot does by other hands.
func (s *Server) Write(user, channel, text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(Message{User: user, Channel: channel, Text: text}).TS
}

func ownerOf(r *http.Request) string {
	return owners[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, word string) {
	answerJSON(w, map[string]any{"ok": false, "error": word})
}

func (s *Server) whoAmI(w http.ResponseWriter, r *http.Request) {
	answerJSON(w, map[string]any{
		"ok": true, "url": "https://acme.slack.com/", "team": "Acme", "user": names[ownerOf(r)], "team_id": Team, "user_id": ownerOf(r), "bot_id": "B01HERALD",
	})
}

// asked is what chat.postMessage takes.
type asked struct {
	Channel string `json:"channel"`
	Text    string `json:"text"`
	Blocks  []struct {
		Type     string `json:"type"`
		Elements []struct {
			Type     string `json:"type"`
			Elements []struct {
				Type, Text, URL string
			} `json:"elements"`
		} `json:"elements"`
		ImageURL string `json:"image_url"`
		AltText  string `json:"alt_text"`
	} `json:"blocks"`
	Metadata     json.RawMessage `json:"metadata"`
	Markup       *bool           `json:"mrkdwn"`
	UnfurlLinks  *bool           `json:"unfurl_links"`
	UnfurlMedia  *bool           `json:"unfurl_media"`
	Parse        string          `json:"parse"`
	NamesAreSent bool            `json:"link_names"`
}

// message is what readers see of it, or the error for what is none.
func (a asked) message(user string) (Message, string) {
	no := func(b *bool) bool { return b != nil && !*b }
	m := Message{
		User: user, Channel: a.Channel, Text: a.Text, Metadata: a.Metadata,
		Previews: !no(a.Markup) || !no(a.UnfurlLinks) || !no(a.UnfurlMedia) || a.Parse != "none" || a.NamesAreSent,
	}
	for _, b := range a.Blocks {
		switch b.Type {
		case "rich_text":
			for _, section := range b.Elements {
				for _, e := range section.Elements {
					if section.Type != "rich_text_section" || (e.Type == "text") == (e.Text == "") || (e.Type == "link") == (e.URL == "") {
						return m, "invalid_blocks"
					}
					m.Shown += e.Text + e.URL
				}
			}
		case "image":
			if b.ImageURL == "" || b.AltText == "" {
				return m, "invalid_blocks"
			}
			m.Pictures = append(m.Pictures, Picture{b.ImageURL, b.AltText})
		default:
			return m, "invalid_blocks"
		}
	}
	if a.Text == "" && len(a.Blocks) == 0 {
		return m, "no_text"
	}
	return m, ""
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	var a asked
	if json.NewDecoder(r.Body).Decode(&a) != nil {
		refuse(w, "invalid_json")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, wrong := a.message(ownerOf(r))
	switch {
	case wrong != "":
		refuse(w, wrong)
		return
	case a.Channel != Channel && a.Channel != OtherChannel:
		refuse(w, "channel_not_found")
		return
	case s.refuses(w):
		return
	}
	if s.Strips {
		m.Metadata = nil
	}
	m.Pictures = m.Pictures[:len(m.Pictures)-min(s.Loses, len(m.Pictures))]
	s.tell(w, r, s.add(m))
}

// refuses answers in the modes that publish nothing.
func (s *Server) refuses(w http.ResponseWriter) bool {
	switch s.Mode {
	case Moved:
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusFound)
	case Busy:
		w.Header().Set("Retry-After", strconv.Itoa(RetryAfter))
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"ok":false,"error":"ratelimited"}`)
	case Rude:
		refuse(w, "No. \u202e "+Token)
	case Honest, Cut, Broken, Silent, Garbage, Fatal, Nameless, Elsewhere:
		return false
	default:
		refuse(w, string(s.Mode))
	}
	return true
}

func (s *Server) add(m Message) Message {
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	m.TS = fmt.Sprintf("%d.%06d", now().Unix(), len(s.messages))
	s.messages = append(s.messages, m)
	return m
}

// tell answers the request for a message that exists.
func (s *Server) tell(w http.ResponseWriter, r *http.Request, m Message) {
	made := map[string]any{"ok": true, "channel": m.Channel, "ts": m.TS, "message": s.shape(m)}
	switch s.Mode {
	case Cut:
		panic(http.ErrAbortHandler)
	case Broken:
		w.WriteHeader(http.StatusInternalServerError)
	case Silent:
		s.mu.Unlock()
		defer s.mu.Lock()
		select {
		case <-r.Context().Done():
		case <-s.end:
		}
	case Garbage:
		_, _ = io.WriteString(w, "<html>Welcome!</html>")
	case Fatal:
		refuse(w, "fatal_error")
	case Nameless:
		delete(made, "ts")
		answerJSON(w, made)
	case Elsewhere:
		made["channel"] = OtherChannel
		answerJSON(w, made)
	default:
		answerJSON(w, made)
	}
}

// links are what Slack puts brackets around.
var links = regexp.MustCompile(`https?://[^\s<>]+`)

// shape is a message as it is given back: with brackets around addresses, and emoji by their names.
func (s *Server) shape(m Message) map[string]any {
	text := m.Text
	if s.Shows != nil {
		text = s.Shows(text)
	}
	if text == "" {
		text = "[no preview available]"
	}
	text = links.ReplaceAllString(text, "<$0>")
	text = strings.NewReplacer("🏥", ":hospital:", "👍🏽", ":+1::skin-tone-4:").Replace(text)
	blocks := []map[string]any{{"type": "rich_text", "elements": []any{}}}
	for _, p := range m.Pictures {
		blocks = append(blocks, map[string]any{"type": "image", "image_url": p.URL, "alt_text": p.AltText})
	}
	out := map[string]any{"type": "message", "user": m.User, "ts": m.TS, "text": text, "blocks": blocks, "bot_id": "B01HERALD"}
	if m.Metadata != nil {
		out["metadata"] = m.Metadata
	}
	return out
}

// history tells a page of a channel, the newest first. A cursor is the moment before which it goes on.
func (s *Server) history(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.Unscoped:
		answerJSON(w, map[string]any{"ok": false, "error": "missing_scope", "needed": "channels:history", "provided": "chat:write"})
		return
	case s.Absent:
		refuse(w, "not_in_channel")
		return
	case r.FormValue("channel") != Channel && r.FormValue("channel") != OtherChannel:
		refuse(w, "channel_not_found")
		return
	}
	size, _ := strconv.Atoi(r.FormValue("limit"))
	if s.Few > 0 {
		size = min(size, s.Few)
	}
	page, more := []map[string]any{}, false
	var last string
	for i, m := range slices.Backward(s.messages) {
		late := s.Lag > 0 && i == len(s.messages)-1
		within := m.TS >= r.FormValue("oldest") && (r.FormValue("latest") == "" || m.TS <= r.FormValue("latest"))
		before := r.FormValue("cursor") == "" || m.TS < r.FormValue("cursor")
		if m.Deleted || late || !within || !before || m.Channel != r.FormValue("channel") {
			continue
		}
		if more = len(page) == size; more {
			break
		}
		shown := s.shape(m)
		if r.FormValue("include_all_metadata") != "true" {
			delete(shown, "metadata")
		}
		page, last = append(page, shown), m.TS
	}
	s.Lag = max(s.Lag-1, 0)
	out := map[string]any{"ok": true, "messages": page, "has_more": more}
	if more && !s.Withholds {
		out["response_metadata"] = map[string]string{"next_cursor": last}
	}
	answerJSON(w, out)
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.messages, func(m Message) bool {
		return m.TS == r.FormValue("ts") && m.Channel == r.FormValue("channel") && !m.Deleted
	})
	switch {
	case i < 0:
		refuse(w, "message_not_found")
	case s.messages[i].User != ownerOf(r):
		refuse(w, "cant_delete_message")
	default:
		s.messages[i].Deleted = true
		answerJSON(w, map[string]any{"ok": true, "channel": Channel, "ts": s.messages[i].TS})
	}
}
