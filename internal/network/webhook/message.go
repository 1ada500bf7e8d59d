package webhook

import "github.com/imprimatur-hq/imprimatur/internal/advocacy"

// messageType is the type of every body.
const messageType = "imprimatur.publication"

// message is the body receivers are sent.
type message struct {
	Type      string `json:"type"`
	Timestamp string `json:"timestamp"`
	Data      data   `json:"data"`
}

type data struct {
	Workspace   advocacy.WorkspaceID   `json:"workspace"`
	Publication advocacy.PublicationID `json:"publication"`
	Post        advocacy.PostID        `json:"post"`
	// Digest is that of the signed manifest.
	Digest   advocacy.Digest `json:"digest"`
	Byline   string          `json:"byline"`
	Language string          `json:"language"`
	Text     string          `json:"text"`
	Link     string          `json:"link,omitempty"`
	// Card is to be shown with the link, beside its host.
	Card       *card       `json:"card,omitempty"`
	Disclosure *disclosure `json:"disclosure,omitempty"`
	Media      []picture   `json:"media"`
}

type disclosure struct {
	Kind advocacy.Disclosure `json:"kind"`
	// Text must be shown with the post.
	Text string `json:"text"`
}

type card struct {
	Title       string   `json:"title"`
	Description string   `json:"description,omitempty"`
	Picture     *picture `json:"picture,omitempty"`
}

type picture struct {
	URL         string `json:"url"`
	ContentType string `json:"content_type"`
	Width       int    `json:"width"`
	Height      int    `json:"height"`
	AltText     string `json:"alt_text"`
	SHA256      string `json:"sha256"`
	// Duration is how many milliseconds a video takes, Pages how many a document has.
	Duration int `json:"duration_ms,omitempty"`
	Pages    int `json:"pages,omitempty"`
}
