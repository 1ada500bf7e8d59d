package slack

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
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
		return network.Sighting{Said: wrong.Said}
	}
	if d.ExternalID != "" {
		return s.lookAt(ctx, d)
	}
	shown, unseen := s.since(ctx, d)
	slices.Reverse(shown) // the oldest first
	if keyed := slices.IndexFunc(shown, func(m message) bool { return m.key() == d.Key }); keyed >= 0 {
		return s.sighting(d, shown[keyed])
	}
	found, untold := network.Recognize(ctx, d, shown, func(m message) string { return m.TS }, func(m message) (bool, advocacy.Answer) {
		said, _ := differs(d, m)
		return said.Nothing() && m.key() == "", advocacy.Answer{} // guard: another publication's message is not this one
	})
	switch {
	case found != nil:
		return s.sighting(d, *found)
	case !untold.Nothing() || !unseen.Nothing():
		return network.Sighting{Said: cmp.Or(untold, unseen)}
	}
	return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerNotShown)}
}

// sighting is that of a message which is ours.
func (s *session) sighting(d network.Delivery, m message) network.Sighting {
	seen := network.Sighting{
		Readable: true, Found: true, ExternalID: m.TS, URL: s.addressOf(m.TS), Digest: d.Target.Rendering.Fingerprint(),
		Said: network.Say(advocacy.AnswerShown),
	}
	if said, text := differs(d, m); !said.Nothing() {
		seen.Digest, seen.Differs, seen.Text, seen.Said = "", true, text, said
	}
	return seen
}

// lookAt asks for a message by its name: for those from its moment to its moment.
func (s *session) lookAt(ctx context.Context, d network.Delivery) network.Sighting {
	if !moments.MatchString(d.ExternalID) {
		return network.Sighting{Said: network.Say(advocacy.AnswerPostUnknown)}
	}
	got, unseen := s.page(ctx, url.Values{"latest": {d.ExternalID}, "oldest": {d.ExternalID}, "inclusive": {"true"}, "limit": {"1"}})
	switch {
	case !unseen.Nothing():
		return network.Sighting{Said: unseen}
	case len(got.Messages) == 0:
		return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerNoSuchPost)}
	case got.Messages[0].TS != d.ExternalID || got.Messages[0].User != s.user: // guard: a message of somebody else's is not ours
		return network.Sighting{Said: network.Say(advocacy.AnswerUnreadable)}
	}
	return s.sighting(d, got.Messages[0])
}

// page asks for messages of the channel, or says why they cannot be told.
func (s *session) page(ctx context.Context, form url.Values) (page, advocacy.Answer) {
	form.Set("channel", s.channel)
	form.Set("include_all_metadata", "true")
	var got page
	if wrong := s.asked(ctx, "conversations.history", form, &got); wrong != nil {
		return got, wrong.Said
	}
	if got.Messages == nil { // guard: an answer without a list is no empty one
		return got, network.Say(advocacy.AnswerUnreadable)
	}
	return got, advocacy.Answer{}
}

// since returns what the bot has shown in the channel since the first attempt, the newest first, or
// why not all of it could be seen.
func (s *session) since(ctx context.Context, d network.Delivery) (all []message, unseen advocacy.Answer) {
	first := d.Time.Add(-skew)
	form := url.Values{
		"limit": {strconv.Itoa(pageSize)}, "inclusive": {"true"},
		"oldest": {fmt.Sprintf("%d.%06d", first.Unix(), first.Nanosecond()/1000)},
	}
	for range maxPages {
		got, unseen := s.page(ctx, form)
		if !unseen.Nothing() {
			return all, unseen
		}
		for _, m := range got.Messages {
			if !moments.MatchString(m.TS) {
				return all, network.Say(advocacy.AnswerUnreadable)
			}
			if m.User == s.user && (m.Thread == "" || m.Thread == m.TS) {
				all = append(all, m)
			}
		}
		if got.Next.Cursor == "" {
			if got.More { // guard: what is left out is not said to be absent
				return all, network.Say(advocacy.AnswerNotAllShown)
			}
			return all, advocacy.Answer{}
		}
		form.Set("cursor", got.Next.Cursor)
	}
	return all, network.Say(advocacy.AnswerTooMuchShown)
}

// differs tells what a message shows otherwise than the delivery, nothing when it is the
// same, and the text it shows.
func differs(d network.Delivery, m message) (said advocacy.Answer, text string) {
	r := d.Target.Rendering
	text = plain(m.Text)
	if r.Text != "" && alike(text) != alike(r.Text) { // of pictures alone Slack says in words of its own that there are some
		return network.Say(advocacy.AnswerOtherText), text
	}
	var shown []string
	for _, b := range m.Blocks {
		if b.Type == imageBlock {
			shown = append(shown, network.CleanText(b.AltText))
		}
	}
	if len(shown) != len(r.Media) {
		return network.SayOf(advocacy.AnswerOtherFiles, strconv.Itoa(len(shown))), text
	}
	for i, alt := range shown {
		if alt != r.Media[i].AltText {
			return network.SayOf(advocacy.AnswerOtherFileWords, strconv.Itoa(i+1)), text
		}
	}
	return advocacy.Answer{}, text
}
