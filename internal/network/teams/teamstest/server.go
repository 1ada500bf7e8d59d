// Package teamstest is a server of workflows as clients of Teams' know them, with a ledger of its own,
// and misbehaves when told to. It shares nothing with the connector it tests: what it shows, and not
// what we keep, says what was published.
//
// What it does has these sources:
//
//   - learn.microsoft.com/adaptive-cards/schema-explorer: what a card holds;
//   - databrickslabs.github.io/dqx, destinations/teams, and argo-cd.readthedocs.io, teams-workflows, 2026: an address with
//     its sig as the secret, a message with one card, 202 without a body, and a workflow that fails silently (Failing);
//   - learn.microsoft.com/connectors/teams: requests that are too large are refused, and 429 comes with Retry-After (Busy).
//
// Cut, Broken, Silent, Garbage and Redirect are documented nowhere, and what any server behind a proxy was seen to do.
package teamstest

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
)

// Mode is how a workflow answers. One that is a number publishes nothing and answers that status.
type Mode string

// The modes. All but Honest stay until they are changed.
const (
	// Honest shows the card and answers 202.
	Honest Mode = ""
	// Cut shows the card and ends the connection without an answer.
	Cut Mode = "cut"
	// Broken shows the card and answers 502.
	Broken Mode = "broken"
	// Garbage shows the card and answers 200 with a page of somebody else's, as a proxy between does.
	Garbage Mode = "garbage"
	// Redirect shows the card and answers 307, to where a client that follows it would show it again.
	Redirect Mode = "redirect"
	// Silent shows the card and never answers.
	Silent Mode = "silent"
	// Failing answers 202 and shows nothing, as a workflow with an error does.
	Failing Mode = "failing"
	// Busy answers 429 with Retry-After.
	Busy Mode = "busy"
)

// The paths of two workflows below the server's address; who has one with its sig may call it.
const (
	Path      = "/workflows/0a1b2c/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=S3cret-0f-news_x"
	OtherPath = "/workflows/9z8y7x/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=S3cret-0f-careers"
)

// Secret is the part of Path that nobody else may know.
const Secret = "S3cret-0f-news_x"

// RetryAfter is how many seconds a Busy workflow wants to be left alone.
const RetryAfter = 11

// Card is one entry of the ledger.
type Card struct {
	// Workflow is the path of the workflow that showed it.
	Workflow string
	// Text is what readers see, its lines joined; Links where parts of it lead.
	Text     string
	Links    []string
	Language string
	Pictures []Picture
	// Size is how many bytes came.
	Size int
}

// Picture is an image of a card.
type Picture struct{ URL, AltText string }

// Server is one server. Its fields may be changed under Do while it runs.
type Server struct {
	*httptest.Server
	Mode Mode

	mu    sync.Mutex
	cards []Card
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
	s := &Server{end: make(chan struct{})}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(s.invoke))
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
func (s *Server) Visible() []Card {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.cards)
}

// asked is what a workflow takes.
type asked struct {
	Type        string `json:"type"`
	Attachments []struct {
		ContentType string `json:"contentType"`
		Content     struct {
			Type    string    `json:"type"`
			Version string    `json:"version"`
			Lang    string    `json:"lang"`
			Body    []element `json:"body"`
		} `json:"content"`
	} `json:"attachments"`
}

type element struct {
	Type    string `json:"type"`
	Inlines []struct {
		Type, Text   string
		SelectAction *struct{ Type, URL string } `json:"selectAction"`
	} `json:"inlines"`
	URL     string `json:"url"`
	AltText string `json:"altText"`
}

// card is what readers see, or none.
func (a asked) card() (Card, bool) {
	if a.Type != "message" || len(a.Attachments) != 1 || a.Attachments[0].ContentType != "application/vnd.microsoft.card.adaptive" {
		return Card{}, false
	}
	content := a.Attachments[0].Content
	c := Card{Language: content.Lang}
	var lines []string
	for _, e := range content.Body {
		switch e.Type {
		case "RichTextBlock":
			line := ""
			for _, run := range e.Inlines {
				if run.Type != "TextRun" || run.Text == "" {
					return Card{}, false
				}
				line += run.Text
				if run.SelectAction != nil {
					c.Links = append(c.Links, run.SelectAction.URL)
				}
			}
			if line == " " {
				line = ""
			}
			lines = append(lines, line)
		case "Image":
			c.Pictures = append(c.Pictures, Picture{e.URL, e.AltText})
		default:
			return Card{}, false
		}
	}
	c.Text = strings.Join(lines, "\n")
	return c, content.Type == "AdaptiveCard" && content.Version != "" && len(content.Body) > 0
}

// invoke runs a workflow.
func (s *Server) invoke(w http.ResponseWriter, r *http.Request) {
	data, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	var a asked
	wrong := json.Unmarshal(data, &a)
	c, whole := a.card()
	known := r.URL.RequestURI() == Path || r.URL.RequestURI() == OtherPath
	refusal, refuses := strconv.Atoi(string(s.Mode))
	switch {
	case r.Method != http.MethodPost || !known:
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":{"code":"DirectApiAuthorizationRequired","message":"`+r.URL.RequestURI()+`"}}`)
		return
	case wrong != nil || !whole:
		w.WriteHeader(http.StatusBadRequest)
		return
	case refuses == nil:
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(refusal)
		return
	case s.Mode == Busy:
		w.Header().Set("Retry-After", strconv.Itoa(RetryAfter))
		w.WriteHeader(http.StatusTooManyRequests)
		return
	case s.Mode == Failing:
		w.WriteHeader(http.StatusAccepted)
		return
	}
	c.Workflow, c.Size = r.URL.Path, len(data)
	s.cards = append(s.cards, c)
	switch s.Mode {
	case Cut:
		panic(http.ErrAbortHandler)
	case Broken:
		w.WriteHeader(http.StatusBadGateway)
	case Garbage:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<html>Welcome!</html>")
	case Redirect:
		w.Header().Set("Location", OtherPath)
		w.WriteHeader(http.StatusTemporaryRedirect)
	case Silent:
		s.mu.Unlock()
		defer s.mu.Lock()
		select {
		case <-r.Context().Done():
		case <-s.end:
		}
	default:
		w.WriteHeader(http.StatusAccepted)
	}
}
