package slack

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/network"
)

const (
	// pageSize is how many messages are asked for at once; maxPages is how often.
	pageSize = 100
	maxPages = 10
	// skew is how far Slack's clock may be behind ours.
	skew = 5 * time.Minute
)

// message is what Slack tells of a message.
type message struct {
	TS       string   `json:"ts"`
	User     string   `json:"user"`
	Text     string   `json:"text"`
	Thread   string   `json:"thread_ts"`
	Blocks   []image  `json:"blocks"`
	Metadata metadata `json:"metadata"`
}

// image is of a block what pictures have.
type image struct {
	Type    string `json:"type"`
	AltText string `json:"alt_text"`
}

// key is that of the publication that made a message, empty for none.
func (m message) key() string {
	if m.Metadata.Type != eventType {
		return ""
	}
	return m.Metadata.Payload["key"]
}

// page is a page of a channel's messages, the newest first.
type page struct {
	said
	Messages []message `json:"messages"`
	Next     struct {
		Cursor string `json:"next_cursor"`
	} `json:"response_metadata"`
	More bool `json:"has_more"`
}

// Look asks for a message by its name, or looks for it among what the bot has shown in the channel
// since the first attempt.
func (n *Network) Look(ctx context.Context, d network.Delivery) network.Sighting {
	s, wrong := n.known(d.Account, d.Credential)
	if wrong != nil {
		return network.Sighting{Message: wrong.Message}
	}
	if d.ExternalID != "" {
		return s.lookAt(ctx, d)
	}
	shown, unseen := s.since(ctx, d)
	slices.Reverse(shown) // the oldest first
	if keyed := slices.IndexFunc(shown, func(m message) bool { return m.key() == d.Key }); keyed >= 0 {
		return s.sighting(d, shown[keyed])
	}
	found, untold := network.Recognize(ctx, d, shown, func(m message) string { return m.TS }, func(m message) (bool, string) {
		said, _ := differs(d, m)
		return said == "" && m.key() == "", "" // guard: another publication's message is not this one
	})
	switch {
	case found != nil:
		return s.sighting(d, *found)
	case untold != "" || unseen != "":
		return network.Sighting{Message: cmp.Or(untold, unseen)}
	}
	return network.Sighting{Readable: true, Message: "The channel does not show it."}
}

// sighting is that of a message which is ours.
func (s *session) sighting(d network.Delivery, m message) network.Sighting {
	seen := network.Sighting{
		Readable: true, Found: true, ExternalID: m.TS, URL: s.addressOf(m.TS), Digest: d.Target.Rendering.Fingerprint(),
		Message: "The channel shows it.",
	}
	if said, text := differs(d, m); said != "" {
		seen.Digest, seen.Differs, seen.Text, seen.Message = "", true, text, said
	}
	return seen
}

// lookAt asks for a message by its name: for those from its moment to its moment.
func (s *session) lookAt(ctx context.Context, d network.Delivery) network.Sighting {
	if !moments.MatchString(d.ExternalID) {
		return network.Sighting{Message: "It is not known which message that is."}
	}
	got, unseen := s.page(ctx, url.Values{"latest": {d.ExternalID}, "oldest": {d.ExternalID}, "inclusive": {"true"}, "limit": {"1"}})
	switch {
	case unseen != "":
		return network.Sighting{Message: unseen}
	case len(got.Messages) == 0:
		return network.Sighting{Readable: true, Message: "The channel has no such message."}
	case got.Messages[0].TS != d.ExternalID || got.Messages[0].User != s.user: // guard: a message of somebody else's is not ours
		return network.Sighting{Message: "Slack's answer could not be read."}
	}
	return s.sighting(d, got.Messages[0])
}

// page asks for messages of the channel, or says why they cannot be told.
func (s *session) page(ctx context.Context, form url.Values) (page, string) {
	form.Set("channel", s.channel)
	form.Set("include_all_metadata", "true")
	var got page
	if wrong := s.asked(ctx, "conversations.history", form, &got); wrong != nil {
		return got, wrong.Message
	}
	if got.Messages == nil { // guard: an answer without a list is no empty one
		return got, "Slack's answer could not be read."
	}
	return got, ""
}

// since returns what the bot has shown in the channel since the first attempt, the newest first, or
// why not all of it could be seen.
func (s *session) since(ctx context.Context, d network.Delivery) (all []message, unseen string) {
	first := d.Time.Add(-skew)
	form := url.Values{
		"limit": {strconv.Itoa(pageSize)}, "inclusive": {"true"},
		"oldest": {fmt.Sprintf("%d.%06d", first.Unix(), first.Nanosecond()/1000)},
	}
	for range maxPages {
		got, unseen := s.page(ctx, form)
		if unseen != "" {
			return all, unseen
		}
		for _, m := range got.Messages {
			if !moments.MatchString(m.TS) {
				return all, "Slack's answer could not be read."
			}
			if m.User == s.user && (m.Thread == "" || m.Thread == m.TS) {
				all = append(all, m)
			}
		}
		if got.Next.Cursor == "" {
			if got.More { // guard: what is left out is not said to be absent
				return all, "Slack does not show all of the channel's messages."
			}
			return all, ""
		}
		form.Set("cursor", got.Next.Cursor)
	}
	return all, "The channel has shown too much since to look through."
}

// differs says in a sentence what a message shows otherwise than the delivery, nothing when it is the
// same, and the text it shows.
func differs(d network.Delivery, m message) (said, text string) {
	r := d.Target.Rendering
	text = plain(m.Text)
	if r.Text != "" && alike(text) != alike(r.Text) { // of pictures alone Slack says in words of its own that there are some
		return "The channel shows another text than the one that was signed.", text
	}
	var shown []string
	for _, b := range m.Blocks {
		if b.Type == imageBlock {
			shown = append(shown, network.CleanText(b.AltText))
		}
	}
	if len(shown) != len(r.Media) {
		return fmt.Sprintf("The channel shows %d pictures, and %d were signed.", len(shown), len(r.Media)), text
	}
	for i, alt := range shown {
		if alt != r.Media[i].AltText {
			return fmt.Sprintf("The channel describes picture %d in other words than those that were signed.", i+1), text
		}
	}
	return "", text
}
