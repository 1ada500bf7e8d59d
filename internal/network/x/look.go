package x

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

const (
	// pageSize is the most posts X tells at once; maxPages is how many are asked for.
	pageSize = 100
	maxPages = 10
	// skew is how far X's clock may be behind ours.
	skew = 5 * time.Minute
)

// fields are what is asked for of a post.
func fields() url.Values {
	return url.Values{
		"tweet.fields": {"attachments,author_id,created_at,edit_history_tweet_ids,entities,note_tweet"},
		"expansions":   {"attachments.media_keys"}, "media.fields": {"alt_text"},
	}
}

// Look asks for a post by its name, or looks for it among what the account has shown since the
// first attempt.
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
	found, untold := network.Recognize(ctx, d, shown, func(p post) string { return p.ID }, func(p post) (bool, advocacy.Answer) {
		said, _ := differs(d, p)
		return said.Nothing(), advocacy.Answer{}
	})
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
		Readable: true, Found: true, ExternalID: id, URL: addressOf(id), Digest: d.Target.Rendering.Fingerprint(),
		Said: network.Say(advocacy.AnswerShown),
	}
}

// lookAt asks for a post by its name, and for what it was edited to.
func (s *session) lookAt(ctx context.Context, d network.Delivery) network.Sighting {
	if !ids.MatchString(d.ExternalID) {
		return network.Sighting{Said: network.Say(advocacy.AnswerPostUnknown)}
	}
	p, seen := s.post(ctx, d, d.ExternalID)
	if seen != nil {
		return *seen
	}
	if last := len(p.Versions) - 1; last >= 0 && p.Versions[last] != p.ID && ids.MatchString(p.Versions[last]) { // guard: what readers see is the last version
		if p, seen = s.post(ctx, d, p.Versions[last]); seen != nil {
			return *seen
		}
	}
	found := sighting(d, d.ExternalID)
	if said, text := differs(d, p); !said.Nothing() {
		found.Digest, found.Differs, found.Text, found.Said = "", true, text, said
	}
	return found
}

// post asks for one post, or says what there is in its place.
func (s *session) post(ctx context.Context, d network.Delivery, id string) (post, *network.Sighting) {
	var got posts[post]
	code, wrong := s.asked(ctx, call{method: http.MethodGet, path: "/2/tweets/" + id, query: fields()}, &got)
	missing := code == http.StatusNotFound
	for _, p := range got.Problems {
		missing = missing || p.kind() == "resource-not-found"
	}
	switch p := got.told(got.Data); {
	case missing && got.Data.ID == "":
		return p, &network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerNoSuchPost)}
	case wrong != nil:
		return p, &network.Sighting{Said: wrong.Said}
	case p.ID != id || p.Author != d.Account.ExternalID: // guard: a post of somebody else's is not ours
		return p, &network.Sighting{Said: network.Say(advocacy.AnswerUnreadable)}
	default:
		return p, nil
	}
}

// since returns what the account has shown since the first attempt, the newest first, or why not
// all of it could be seen.
func (s *session) since(ctx context.Context, d network.Delivery) (all []post, unseen advocacy.Answer) {
	first := d.Time.Add(-skew).UTC().Truncate(time.Second)
	query := fields()
	maps.Copy(query, url.Values{
		"max_results": {strconv.Itoa(pageSize)}, "start_time": {first.Format(time.RFC3339)}, "exclude": {"retweets"},
	})
	for range maxPages {
		var got posts[[]post]
		if _, wrong := s.asked(ctx, call{method: http.MethodGet, path: "/2/users/" + d.Account.ExternalID + "/tweets", query: query}, &got); wrong != nil {
			return all, wrong.Said
		}
		for _, p := range got.Data {
			at, err := time.Parse(time.RFC3339, p.Created)
			if err != nil || !ids.MatchString(p.ID) || p.Author != d.Account.ExternalID {
				return all, network.Say(advocacy.AnswerUnreadable)
			}
			if !at.Before(first) {
				all = append(all, got.told(p))
			}
		}
		if got.Meta.Next == "" {
			if len(got.Problems) > 0 { // guard: what X leaves out is not said to be absent
				return all, network.Say(advocacy.AnswerNotAllShown)
			}
			return all, advocacy.Answer{}
		}
		query.Set("pagination_token", got.Meta.Next)
	}
	return all, network.Say(advocacy.AnswerTooMuchShown)
}
