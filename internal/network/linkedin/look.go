package linkedin

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
	// pageSize is the most posts LinkedIn tells at once; maxPages is how many are asked for.
	pageSize = 100
	maxPages = 10
	// skew is how far LinkedIn's clock may be behind ours.
	skew = 5 * time.Minute
)

// Look asks for a post by its name, or looks for it among what an organisation has shown since the
// first attempt. What a member shows, LinkedIn tells nobody.
func (n *Network) Look(ctx context.Context, d network.Delivery) network.Sighting {
	s, wrong := n.session(d.Credential)
	if wrong != nil {
		return network.Sighting{Said: wrong.Said}
	}
	author, wrong := authorOf(d.Account)
	if wrong != nil {
		return network.Sighting{Said: wrong.Said}
	}
	if !reads(author) { // guard: what cannot be asked is not said to be absent
		return network.Sighting{Said: network.Say(advocacy.AnswerNotTold)}
	}
	if d.ExternalID != "" {
		return s.lookAt(ctx, d, author)
	}
	shown, unseen := s.since(ctx, d, author)
	slices.Reverse(shown) // the oldest first
	found, untold := network.Recognize(ctx, d, shown, func(p post) string { return p.ID }, func(p post) (bool, advocacy.Answer) { return same(d, p), advocacy.Answer{} })
	switch {
	case found != nil:
		return sighting(d, *found)
	case !untold.Nothing() || !unseen.Nothing():
		return network.Sighting{Said: cmp.Or(untold, unseen)}
	}
	return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerNotShown)}
}

func sighting(d network.Delivery, p post) network.Sighting {
	return network.Sighting{
		Readable: true, Found: true, ExternalID: p.ID, URL: addressOf(p.ID), Digest: d.Target.Rendering.Fingerprint(),
		Said: network.Say(advocacy.AnswerShown),
	}
}

// lookAt asks for a post by its name.
func (s *session) lookAt(ctx context.Context, d network.Delivery, author string) network.Sighting {
	if !posts.MatchString(d.ExternalID) {
		return network.Sighting{Said: network.Say(advocacy.AnswerPostUnknown)}
	}
	var p post
	code, wrong := s.asked(ctx, call{method: http.MethodGet, path: within("posts", d.ExternalID)}, &p)
	switch {
	case code == http.StatusNotFound:
		return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerNoSuchPost)}
	case wrong != nil:
		return network.Sighting{Said: wrong.Said}
	case p.ID != d.ExternalID || p.Author != author:
		return network.Sighting{Said: network.Say(advocacy.AnswerUnreadable)}
	}
	if p.Lifecycle != published {
		return network.Sighting{Said: network.Say(advocacy.AnswerNotShownYet)}
	}
	seen := sighting(d, p)
	if said := differs(d, p); !said.Nothing() {
		seen.Digest, seen.Differs, seen.Text, seen.Said = "", true, network.CleanText(plain(p.Commentary)), said
	}
	return seen
}

// differs tells what a post shows otherwise than the delivery, nothing when it is the
// same as far as LinkedIn tells: words it leaves out of its answer are not missed.
func differs(d network.Delivery, p post) advocacy.Answer {
	r := d.Target.Rendering
	if network.Bare(plain(p.Commentary)) != network.Bare(r.Text) {
		return network.Say(advocacy.AnswerOtherText)
	}
	ours, _, err := contentOf(r)
	signed, told := ours.words(), p.Content.words()
	if err != nil || len(signed) != len(told) {
		return network.Say(advocacy.AnswerOtherBeside)
	}
	for i, words := range told {
		if words != "" && words != signed[i] {
			return network.Say(advocacy.AnswerOtherWords)
		}
	}
	return advocacy.Answer{}
}

// since returns what an organisation has shown since the first attempt, the newest first, or why
// not all of it could be seen. Pages are in the order of the last change, which is never before
// the post itself.
func (s *session) since(ctx context.Context, d network.Delivery, author string) (all []post, unseen advocacy.Answer) {
	first := d.Time.Add(-skew).UnixMilli()
	for page := range maxPages {
		var got struct {
			Elements []post `json:"elements"`
		}
		_, wrong := s.asked(ctx, call{method: http.MethodGet, path: "/rest/posts", restli: "FINDER", query: url.Values{
			"q": {"author"}, "author": {author}, "sortBy": {"LAST_MODIFIED"},
			"count": {strconv.Itoa(pageSize)}, "start": {strconv.Itoa(page * pageSize)},
		}}, &got)
		if wrong != nil {
			return all, wrong.Said
		}
		for _, p := range got.Elements {
			if !posts.MatchString(p.ID) || p.Author != author || p.Created == 0 {
				return all, network.Say(advocacy.AnswerUnreadable)
			}
			if max(p.Modified, p.Created) < first {
				return all, advocacy.Answer{}
			}
			if p.Created >= first {
				all = append(all, p)
			}
		}
		if len(got.Elements) < pageSize {
			return all, advocacy.Answer{}
		}
	}
	return all, network.Say(advocacy.AnswerTooMuchShown)
}

// same tells whether a post says all the delivery says: its words, those of its files and those
// of its card. LinkedIn may change the space between words.
func same(d network.Delivery, p post) bool {
	r := d.Target.Rendering
	if p.Lifecycle != published || network.Bare(plain(p.Commentary)) != network.Bare(r.Text) {
		return false
	}
	ours, _, err := contentOf(r)
	return err == nil && slices.Equal(ours.words(), p.Content.words())
}

// words are what readers see of what stands beside a text.
func (c *content) words() []string {
	var all []string
	switch {
	case c == nil:
	case c.Media != nil:
		all = append(all, "media", network.Bare(c.Media.AltText+c.Media.Title))
	case c.MultiImage != nil:
		for _, image := range c.MultiImage.Images {
			all = append(all, "image", network.Bare(image.AltText))
		}
	case c.Article != nil:
		all = append(all, c.Article.Source, network.Bare(c.Article.Title), network.Bare(c.Article.Description))
	}
	return all
}
