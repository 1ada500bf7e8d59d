package teams

import (
	"regexp"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// message is what a workflow is sent.
type message struct {
	Type        string       `json:"type"`
	Attachments []attachment `json:"attachments"`
}

type attachment struct {
	ContentType string `json:"contentType"`
	Content     card   `json:"content"`
}

// card is an adaptive card.
type card struct {
	Schema  string    `json:"$schema"`
	Type    string    `json:"type"`
	Version string    `json:"version"`
	Lang    string    `json:"lang,omitempty"`
	Teams   width     `json:"msteams"`
	Body    []element `json:"body"`
}

// width has the card take the room of a message.
type width struct {
	Width string `json:"width"`
}

// element is a line of text, or a picture.
type element struct {
	Type    string `json:"type"`
	Spacing string `json:"spacing,omitempty"`
	Inlines []run  `json:"inlines,omitempty"`
	URL     string `json:"url,omitempty"`
	AltText string `json:"altText,omitempty"`
}

// run is a piece of text, which may lead somewhere. Markdown is none in it.
type run struct {
	Type         string `json:"type"`
	Text         string `json:"text"`
	SelectAction *leads `json:"selectAction,omitempty"`
}

// leads is where a piece of text leads.
type leads struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

// messageOf is the message that shows a rendering.
func messageOf(r advocacy.Rendering, address func(blob string) string) message {
	c := card{
		Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4",
		Lang: r.Language, Teams: width{"Full"}, Body: []element{},
	}
	if r.Text != "" {
		for line := range strings.SplitSeq(r.Text, "\n") {
			c.Body = append(c.Body, element{Type: "RichTextBlock", Spacing: "none", Inlines: runs(line)})
		}
	}
	for _, m := range r.Media {
		c.Body = append(c.Body, element{Type: "Image", URL: address(m.Blob), AltText: m.AltText})
	}
	return message{Type: "message", Attachments: []attachment{{ContentType: "application/vnd.microsoft.card.adaptive", Content: c}}}
}

// addresses are those that readers are led by.
var addresses = regexp.MustCompile(`https?://[^\s<>]*[^\s<>.,:;!?"')\]»”…]`)

// runs is a line with its addresses as links. An empty line is one of a space: a block without text
// has no height.
func runs(line string) []run {
	if line == "" {
		return []run{{Type: "TextRun", Text: " "}}
	}
	var out []run
	last := 0
	add := func(text string, to *leads) {
		if text != "" {
			out = append(out, run{"TextRun", text, to})
		}
	}
	for _, at := range addresses.FindAllStringIndex(line, -1) {
		found := line[at[0]:at[1]]
		if !network.WebAddress(found) {
			continue
		}
		add(line[last:at[0]], nil)
		add(found, &leads{"Action.OpenUrl", found})
		last = at[1]
	}
	add(line[last:], nil)
	return out
}
