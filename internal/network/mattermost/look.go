package mattermost

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
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
		return network.Sighting{Said: wrong.Said}
	}
	if d.ExternalID != "" {
		return s.lookAt(ctx, d)
	}
	shown, unseen := s.since(ctx, d)
	slices.Reverse(shown) // the oldest first
	if keyed := slices.IndexFunc(shown, func(p post) bool { return p.Props[keyProp] == d.Key }); keyed >= 0 {
		return s.sighting(d, shown[keyed])
	}
	found, untold := network.Recognize(ctx, d, shown, func(p post) string { return p.ID }, func(p post) (bool, advocacy.Answer) {
		said, _ := differs(d, p)
		return said.Nothing() && p.Props[keyProp] == nil, advocacy.Answer{} // guard: another publication's post is not this one
	})
	switch {
	case found != nil:
		return s.sighting(d, *found)
	case !untold.Nothing() || !unseen.Nothing():
		return network.Sighting{Said: cmp.Or(untold, unseen)}
	}
	return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerNotShown)}
}

// sighting is that of a post which is ours.
func (s *session) sighting(d network.Delivery, p post) network.Sighting {
	seen := network.Sighting{
		Readable: true, Found: true, ExternalID: p.ID, URL: s.at.addressOf(p.ID), Digest: d.Target.Rendering.Fingerprint(),
		Said: network.Say(advocacy.AnswerShown),
	}
	if said, text := differs(d, p); !said.Nothing() {
		seen.Digest, seen.Differs, seen.Text, seen.Said = "", true, text, said
	}
	return seen
}

// lookAt asks for a post by its name.
func (s *session) lookAt(ctx context.Context, d network.Delivery) network.Sighting {
	if !ids.MatchString(d.ExternalID) {
		return network.Sighting{Said: network.Say(advocacy.AnswerPostUnknown)}
	}
	var p post
	code, wrong := s.asked(s.request(ctx, http.MethodGet, "posts/"+d.ExternalID, nil, nil, ""), &p)
	switch {
	case code == http.StatusNotFound:
		return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerNoSuchPost)}
	case wrong != nil:
		return network.Sighting{Said: wrong.Said}
	case p.ID != d.ExternalID || p.User != s.user || p.Channel != s.channel: // guard: a post of somebody else's is not ours
		return network.Sighting{Said: network.Say(advocacy.AnswerUnreadable)}
	case p.DeleteAt != 0: // guard: what was deleted is shown to nobody
		return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerDeletedThere)}
	}
	return s.sighting(d, p)
}

// since returns what the bot has shown in the channel since the first attempt, the newest first, or
// why not all of it could be seen.
func (s *session) since(ctx context.Context, d network.Delivery) (all []post, unseen advocacy.Answer) {
	first := d.Time.Add(-skew).UnixMilli()
	query := url.Values{"per_page": {strconv.Itoa(pageSize)}, "skipFetchThreads": {"true"}}
	for range maxPages {
		var got page
		if _, wrong := s.asked(s.request(ctx, http.MethodGet, "channels/"+s.channel+"/posts", query, nil, ""), &got); wrong != nil {
			return all, wrong.Said
		}
		if got.Order == nil { // guard: an answer without a list is no empty one
			return all, network.Say(advocacy.AnswerUnreadable)
		}
		for _, id := range got.Order {
			p, told := got.Posts[id]
			if !told || p.ID != id || !ids.MatchString(id) || p.CreateAt <= 0 {
				return all, network.Say(advocacy.AnswerUnreadable)
			}
			if p.CreateAt < first {
				return all, advocacy.Answer{}
			}
			if p.User == s.user && p.Channel == s.channel && p.Root == "" && p.DeleteAt == 0 {
				all = append(all, p)
			}
		}
		if got.Hidden >= first { // guard: what a plan hides is not said to be absent
			return all, network.Say(advocacy.AnswerNotAllShown)
		}
		if len(got.Order) == 0 {
			return all, advocacy.Answer{}
		}
		query.Set("before", got.Order[len(got.Order)-1])
	}
	return all, network.Say(advocacy.AnswerTooMuchShown)
}

// differs tells what a post shows otherwise than the delivery, nothing when it is the
// same, and the text it shows.
func differs(d network.Delivery, p post) (said advocacy.Answer, text string) {
	r := d.Target.Rendering
	if network.ComparableText(p.written()) != network.ComparableText(escape(r.Text)) {
		return network.Say(advocacy.AnswerOtherText), unescape(network.CleanText(p.written()))
	}
	if len(p.Files) != len(r.Media) {
		return network.SayOf(advocacy.AnswerOtherFiles, strconv.Itoa(len(p.Files))), r.Text
	}
	return advocacy.Answer{}, r.Text
}
