package container

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/graph"
)

const (
	// skew is how far the network's clock may be behind ours.
	skew = 5 * time.Minute
	// written is how the network writes times: 2026-11-28T07:00:00+0000.
	written = "2006-01-02T15:04:05-0700"
	// maxPages is how many lists are asked for, of a hundred each.
	maxPages = 10
	pageSize = "100"
)

// item is what the network tells of a post: its text has the name text or caption.
type item struct {
	ID      string `json:"id"`
	Text    string `json:"text"`
	Caption string `json:"caption"`
	Written string `json:"timestamp"`
	Link    string `json:"permalink"`
}

func (i item) text() string { return i.Text + i.Caption }

func (n *Network) fields() string { return "id," + n.kind.Text + ",timestamp,permalink" }

// Look asks for a post by its name, or looks for it among what the account has shown since the first
// attempt, by its text. A post without a text cannot be told from others. What is not found while the
// network says that it is published is not said to be absent.
func (n *Network) Look(ctx context.Context, d network.Delivery) network.Sighting {
	s, wrong := n.session(d.Account, d.Credential)
	if wrong != nil {
		return network.Sighting{Said: wrong.Said}
	}
	j := job{n, s, d.Account.ExternalID}
	if d.ExternalID != "" {
		return j.lookAt(ctx, d)
	}
	ours := network.Bare(d.Target.Rendering.Text)
	if ours == "" { // guard: pictures alone may be anybody's
		return network.Sighting{Said: network.Say(advocacy.AnswerPicturesUntold)}
	}
	shown, unseen := j.since(ctx, d)
	slices.Reverse(shown) // the oldest first
	found, untold := network.Recognize(ctx, d, shown, func(p item) string { return p.ID },
		func(p item) (bool, advocacy.Answer) { return network.Bare(p.text()) == ours, advocacy.Answer{} })
	switch {
	case found != nil:
		return n.sighting(d, *found)
	case !untold.Nothing() || !unseen.Nothing():
		return network.Sighting{Said: cmp.Or(untold, unseen)}
	case j.published(ctx, d): // guard: what is published and not shown yet is not absent
		return network.Sighting{Said: network.Say(advocacy.AnswerNotShownYet)}
	}
	return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerNotShown)}
}

// published tells whether the network says so of the container that was asked to be shown, as far as
// this process knows of one.
func (j job) published(ctx context.Context, d network.Delivery) bool {
	of := network.Attempted{Author: d.Account.ExternalID, Publication: d.Publication}
	left := j.n.asked.Take(of)
	if len(left) == 0 {
		return false
	}
	j.n.asked.Leave(of, left)
	state, _, wrong := j.state(ctx, left[0])
	return wrong == nil && state == statePublished
}

func (n *Network) sighting(d network.Delivery, p item) network.Sighting {
	return network.Sighting{
		Readable: true, Found: true, ExternalID: p.ID, URL: n.link(p.Link), Digest: d.Target.Rendering.Fingerprint(), Said: network.Say(advocacy.AnswerShown),
	}
}

// lookAt asks for a post by its name.
func (j job) lookAt(ctx context.Context, d network.Delivery) network.Sighting {
	if !ids.MatchString(d.ExternalID) {
		return network.Sighting{Said: network.Say(advocacy.AnswerPostUnknown)}
	}
	var p item
	wrong := j.session.Ask(ctx, graph.Call{Method: http.MethodGet, Path: d.ExternalID, Values: one("fields", j.n.fields())}, &p)
	switch {
	case wrong != nil && wrong.Said.Code == advocacy.AnswerUnknownThere:
		if unread := j.unread(ctx); unread != nil { // guard: what may not be seen is not said to be absent
			return network.Sighting{Said: unread.Said}
		}
		return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerNoSuchPost)}
	case wrong != nil:
		return network.Sighting{Said: wrong.Said}
	case p.ID != d.ExternalID:
		return network.Sighting{Said: network.Say(advocacy.AnswerUnreadable)}
	}
	found := j.n.sighting(d, p)
	if network.Bare(p.text()) != network.Bare(d.Target.Rendering.Text) {
		found.Digest, found.Differs, found.Text = "", true, network.CleanText(p.text())
		found.Said = network.Say(advocacy.AnswerOtherText)
	}
	return found
}

// list is what an account shows, the newest first.
type list struct {
	Data   *[]json.RawMessage `json:"data"`
	Paging struct {
		Next    string `json:"next"`
		Cursors struct {
			After string `json:"after"`
		} `json:"cursors"`
	} `json:"paging"`
}

// ask asks for a part of what the account shows.
func (j job) ask(ctx context.Context, values url.Values) (list, []item, *network.Answer) {
	var got list
	if wrong := j.session.Ask(ctx, graph.Call{Method: http.MethodGet, Path: j.user + "/" + j.n.kind.List, Values: values}, &got); wrong != nil {
		return got, nil, wrong
	}
	unreadable := network.Ended(network.Retryable, advocacy.AnswerUnreadable)
	if got.Data == nil { // guard: no list is not an empty one
		return got, nil, unreadable
	}
	items := make([]item, len(*got.Data))
	for i, raw := range *got.Data {
		if json.Unmarshal(raw, &items[i]) != nil || !ids.MatchString(items[i].ID) {
			return got, nil, unreadable
		}
	}
	return got, items, nil
}

// unread tells why what the account shows may not be seen, nil when it may.
func (j job) unread(ctx context.Context) *network.Answer {
	_, _, wrong := j.ask(ctx, url.Values{"fields": {j.n.fields()}, "limit": {"1"}})
	return wrong
}

// since returns what the account has shown since the first attempt, the newest first, or why not all
// of it could be seen. A whole list of what is older ends it: one post may be kept at the top.
func (j job) since(ctx context.Context, d network.Delivery) (all []item, unseen advocacy.Answer) {
	first := d.Time.Add(-skew).UTC().Truncate(time.Second)
	values := url.Values{"fields": {j.n.fields()}, "limit": {pageSize}, "since": {strconv.FormatInt(first.Unix(), 10)}}
	for range maxPages {
		got, items, wrong := j.ask(ctx, values)
		if wrong != nil {
			return all, wrong.Said
		}
		older := 0
		for _, p := range items {
			at, err := time.Parse(written, p.Written)
			switch {
			case err != nil:
				return all, network.Say(advocacy.AnswerUnreadable)
			case at.Before(first):
				older++
			default:
				all = append(all, p)
			}
		}
		if got.Paging.Next == "" || len(items) > 0 && older == len(items) {
			return all, advocacy.Answer{}
		}
		values.Set("after", got.Paging.Cursors.After)
	}
	return all, network.Say(advocacy.AnswerTooMuchShown)
}
