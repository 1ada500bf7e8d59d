package facebook

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
	"github.com/imprimatur-hq/imprimatur/internal/network/graph"
)

// skew is how far Facebook's clock may be behind ours.
const skew = 5 * time.Minute

// created is how Facebook writes times: 2026-11-28T07:00:00+0000.
const created = "2006-01-02T15:04:05-0700"

const fields = "id,message,created_time"

// post is what Facebook tells of a post.
type post struct {
	ID      string `json:"id"`
	Message string `json:"message"`
	Created string `json:"created_time"`
}

// Look asks for a post by its name, or looks for it among what the page has shown since the first
// attempt, by its text: what else stands there Facebook is not asked. A post without a text cannot
// be told from others.
func (n *Network) Look(ctx context.Context, d network.Delivery) network.Sighting {
	s, wrong := n.session(d.Account, d.Credential)
	if wrong != nil {
		return network.Sighting{Said: wrong.Said}
	}
	if d.ExternalID != "" {
		return lookAt(ctx, s, d)
	}
	ours := network.Bare(d.Target.Rendering.Text)
	if ours == "" { // guard: pictures alone may be anybody's
		return network.Sighting{Said: network.Say(advocacy.AnswerPicturesUntold)}
	}
	shown, unseen := since(ctx, s, d)
	slices.Reverse(shown) // the oldest first
	found, untold := network.Recognize(ctx, d, shown, func(p post) string { return p.ID },
		func(p post) (bool, advocacy.Answer) { return network.Bare(p.Message) == ours, advocacy.Answer{} })
	switch {
	case found != nil:
		return sighting(d, found.ID)
	case !untold.Nothing() || !unseen.Nothing():
		return network.Sighting{Said: cmp.Or(untold, unseen)}
	}
	return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerNotShown)}
}

func sighting(d network.Delivery, id string) network.Sighting {
	return network.Sighting{
		Readable: true, Found: true, ExternalID: id, URL: pageAddress + id, Digest: d.Target.Rendering.Fingerprint(),
		Said: network.Say(advocacy.AnswerShown),
	}
}

// lookAt asks for a post by its name.
func lookAt(ctx context.Context, s *graph.Session, d network.Delivery) network.Sighting {
	if !ownedBy(d.Account.ExternalID, d.ExternalID) { // guard: a post of somebody else's is not ours
		return network.Sighting{Said: network.Say(advocacy.AnswerPostUnknown)}
	}
	var p post
	wrong := s.Ask(ctx, graph.Call{Method: http.MethodGet, Path: d.ExternalID, Values: one("fields", fields)}, &p)
	switch {
	case wrong != nil && wrong.Said.Code == advocacy.AnswerUnknownThere:
		if unread := reads(ctx, s, d.Account.ExternalID); unread != nil { // guard: what may not be seen is not said to be absent
			return network.Sighting{Said: unread.Said}
		}
		return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerNoSuchPost)}
	case wrong != nil:
		return network.Sighting{Said: wrong.Said}
	case p.ID != d.ExternalID:
		return network.Sighting{Said: network.Say(advocacy.AnswerUnreadable)}
	}
	found := sighting(d, p.ID)
	if network.Bare(p.Message) != network.Bare(d.Target.Rendering.Text) {
		found.Digest, found.Differs, found.Text = "", true, network.CleanText(p.Message)
		found.Said = network.Say(advocacy.AnswerOtherText)
	}
	return found
}

// list is what a page shows, the newest first.
type list struct {
	Data   []post `json:"data"`
	Paging paging `json:"paging"`
}

// reads tells why the posts of the page may not be seen, nil when they may.
func reads(ctx context.Context, s *graph.Session, page string) *network.Answer {
	var got list
	return s.Ask(ctx, graph.Call{Method: http.MethodGet, Path: page + "/published_posts", Values: url.Values{"fields": {fields}, "limit": {"1"}}}, &got)
}

// since returns what the page has shown since the first attempt, the newest first, or why not all
// of it could be seen.
func since(ctx context.Context, s *graph.Session, d network.Delivery) (all []post, unseen advocacy.Answer) {
	page, first := d.Account.ExternalID, d.Time.Add(-skew).UTC().Truncate(time.Second)
	values := url.Values{"fields": {fields}, "limit": {pageSize}, "since": {strconv.FormatInt(first.Unix(), 10)}}
	for range maxPages {
		var got list
		if wrong := s.Ask(ctx, graph.Call{Method: http.MethodGet, Path: page + "/published_posts", Values: values}, &got); wrong != nil {
			return all, wrong.Said
		}
		for _, p := range got.Data {
			at, err := time.Parse(created, p.Created)
			if err != nil || !ownedBy(page, p.ID) {
				return all, network.Say(advocacy.AnswerUnreadable)
			}
			if !at.Before(first) {
				all = append(all, p)
			}
		}
		if got.Paging.Next == "" {
			return all, advocacy.Answer{}
		}
		values.Set("after", got.Paging.Cursors.After)
	}
	return all, network.Say(advocacy.AnswerTooMuchShown)
}
