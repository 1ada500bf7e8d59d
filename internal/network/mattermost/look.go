package mattermost

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/network"
)

const (
	// pageSize is the most posts a server tells at once; maxPages is how many are asked for.
	pageSize = 200
	maxPages = 10
	// skew is how far a server's clock may be behind ours.
	skew = 5 * time.Minute
)

// post is what a server tells of a post.
type post struct {
	ID       string `json:"id"`
	User     string `json:"user_id"`
	Channel  string `json:"channel_id"`
	Root     string `json:"root_id"`
	CreateAt int64  `json:"create_at"`
	DeleteAt int64  `json:"delete_at"`
	Message  string `json:"message"`
	// Source is the message as it was written, where the server shows another.
	Source string         `json:"message_source"`
	Files  []string       `json:"file_ids"`
	Props  map[string]any `json:"props"`
}

// written is the message as it was written.
func (p post) written() string { return cmp.Or(p.Source, p.Message) }

// page is one of a channel's posts, the newest first.
type page struct {
	Order []string        `json:"order"`
	Posts map[string]post `json:"posts"`
	// Hidden is the time of the newest post that the server's plan no longer shows, in milliseconds; 0
	// for none.
	Hidden int64 `json:"first_inaccessible_post_time"`
}

// Look asks for a post by its name, or looks for it among what the bot has shown in the channel since
// the first attempt.
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
	if keyed := slices.IndexFunc(shown, func(p post) bool { return p.Props[keyProp] == d.Key }); keyed >= 0 {
		return s.sighting(d, shown[keyed])
	}
	found, untold := network.Recognize(ctx, d, shown, func(p post) string { return p.ID }, func(p post) (bool, string) {
		said, _ := differs(d, p)
		return said == "" && p.Props[keyProp] == nil, "" // guard: another publication's post is not this one
	})
	switch {
	case found != nil:
		return s.sighting(d, *found)
	case untold != "" || unseen != "":
		return network.Sighting{Message: cmp.Or(untold, unseen)}
	}
	return network.Sighting{Readable: true, Message: "The channel does not show it."}
}

// sighting is that of a post which is ours.
func (s *session) sighting(d network.Delivery, p post) network.Sighting {
	seen := network.Sighting{
		Readable: true, Found: true, ExternalID: p.ID, URL: s.at.addressOf(p.ID), Digest: d.Target.Rendering.Fingerprint(),
		Message: "The channel shows it.",
	}
	if said, text := differs(d, p); said != "" {
		seen.Digest, seen.Differs, seen.Text, seen.Message = "", true, text, said
	}
	return seen
}

// lookAt asks for a post by its name.
func (s *session) lookAt(ctx context.Context, d network.Delivery) network.Sighting {
	if !ids.MatchString(d.ExternalID) {
		return network.Sighting{Message: "It is not known which post that is."}
	}
	var p post
	code, wrong := s.asked(s.request(ctx, http.MethodGet, "posts/"+d.ExternalID, nil, nil, ""), &p)
	switch {
	case code == http.StatusNotFound:
		return network.Sighting{Readable: true, Message: "The server has no such post."}
	case wrong != nil:
		return network.Sighting{Message: wrong.Message}
	case p.ID != d.ExternalID || p.User != s.user || p.Channel != s.channel: // guard: a post of somebody else's is not ours
		return network.Sighting{Message: "The server's answer could not be read."}
	case p.DeleteAt != 0: // guard: what was deleted is shown to nobody
		return network.Sighting{Readable: true, Message: "The post was deleted there."}
	}
	return s.sighting(d, p)
}

// since returns what the bot has shown in the channel since the first attempt, the newest first, or
// why not all of it could be seen.
func (s *session) since(ctx context.Context, d network.Delivery) (all []post, unseen string) {
	first := d.Time.Add(-skew).UnixMilli()
	query := url.Values{"per_page": {strconv.Itoa(pageSize)}, "skipFetchThreads": {"true"}}
	for range maxPages {
		var got page
		if _, wrong := s.asked(s.request(ctx, http.MethodGet, "channels/"+s.channel+"/posts", query, nil, ""), &got); wrong != nil {
			return all, wrong.Message
		}
		if got.Order == nil { // guard: an answer without a list is no empty one
			return all, "The server's answer could not be read."
		}
		for _, id := range got.Order {
			p, told := got.Posts[id]
			if !told || p.ID != id || !ids.MatchString(id) || p.CreateAt <= 0 {
				return all, "The server's answer could not be read."
			}
			if p.CreateAt < first {
				return all, ""
			}
			if p.User == s.user && p.Channel == s.channel && p.Root == "" && p.DeleteAt == 0 {
				all = append(all, p)
			}
		}
		if got.Hidden >= first { // guard: what a plan hides is not said to be absent
			return all, "The server's plan does not show all of the channel's posts."
		}
		if len(got.Order) == 0 {
			return all, ""
		}
		query.Set("before", got.Order[len(got.Order)-1])
	}
	return all, "The channel has shown too much since to look through."
}

// differs says in a sentence what a post shows otherwise than the delivery, nothing when it is the
// same, and the text it shows.
func differs(d network.Delivery, p post) (said, text string) {
	r := d.Target.Rendering
	if network.ComparableText(p.written()) != network.ComparableText(escape(r.Text)) {
		return "The channel shows another text than the one that was signed.", unescape(network.CleanText(p.written()))
	}
	if len(p.Files) != len(r.Media) {
		return fmt.Sprintf("The channel shows %d files, and %d were signed.", len(p.Files), len(r.Media)), r.Text
	}
	return "", r.Text
}
