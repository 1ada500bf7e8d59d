package mastodon

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

const (
	// pageSize is the most statuses a server tells at once; maxPages is how many are asked for.
	pageSize = "40"
	maxPages = 10
	// skew is how far a server's clock may be behind ours.
	skew = 5 * time.Minute
)

// Look looks for the delivery among what the account has shown since the first attempt, the
// oldest first, or, when it has a name, asks for it by that.
func (n *Network) Look(ctx context.Context, d network.Delivery) network.Sighting {
	s, wrong := n.session(d.Account, d.Credential)
	if wrong != nil {
		return network.Sighting{Said: wrong.Said}
	}
	if d.ExternalID != "" {
		return s.lookAt(ctx, d)
	}
	if !id(d.Account.ExternalID) {
		return network.Sighting{Said: network.Say(advocacy.AnswerAccountUnknown)}
	}
	shown, unseen := s.since(ctx, d)
	slices.Reverse(shown)
	found, untold := network.Recognize(ctx, d, shown, func(st status) string { return st.ID },
		func(st status) (bool, advocacy.Answer) { return s.same(ctx, d, st) })
	switch {
	case found != nil:
		return sighting(d, *found)
	case !untold.Nothing() || !unseen.Nothing():
		return network.Sighting{Said: cmp.Or(untold, unseen)}
	}
	return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerNotShown)}
}

func sighting(d network.Delivery, st status) network.Sighting {
	return network.Sighting{
		Readable: true, Found: true, ExternalID: st.ID, URL: st.address(), Digest: d.Target.Rendering.Fingerprint(),
		Said: network.Say(advocacy.AnswerShown),
	}
}

// lookAt asks for a status by its name.
func (s *session) lookAt(ctx context.Context, d network.Delivery) network.Sighting {
	if !id(d.ExternalID) {
		return network.Sighting{Said: network.Say(advocacy.AnswerPostUnknown)}
	}
	var st status
	code, wrong := s.asked(s.request(ctx, http.MethodGet, "api/v1/statuses/"+d.ExternalID, nil, nil, ""), &st)
	switch {
	case code == http.StatusNotFound:
		return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerNoSuchPost)}
	case wrong != nil:
		return network.Sighting{Said: wrong.Said}
	case st.ID != d.ExternalID:
		return network.Sighting{Said: network.Say(advocacy.AnswerUnreadable)}
	}
	said, text, problem := s.compare(ctx, d, st)
	if !problem.Nothing() {
		return network.Sighting{Said: problem}
	}
	seen := sighting(d, st)
	if !said.Nothing() {
		seen.Digest, seen.Differs, seen.Text, seen.Said = "", true, text, said
	}
	return seen
}

// since returns what the account has shown since the first attempt, the newest first, or why
// not all of it could be seen.
func (s *session) since(ctx context.Context, d network.Delivery) (all []status, unseen advocacy.Answer) {
	query := url.Values{"limit": {pageSize}, "exclude_reblogs": {"true"}}
	for range maxPages {
		var page []status
		path := "api/v1/accounts/" + d.Account.ExternalID + "/statuses"
		if _, wrong := s.asked(s.request(ctx, http.MethodGet, path, query, nil, ""), &page); wrong != nil {
			return all, wrong.Said
		}
		if len(page) == 0 {
			return all, advocacy.Answer{}
		}
		for _, st := range page {
			at, err := time.Parse(time.RFC3339, st.CreatedAt)
			if err != nil || !id(st.ID) {
				return all, network.Say(advocacy.AnswerUnreadable)
			}
			if at.Before(d.Time.Add(-skew)) {
				return all, advocacy.Answer{}
			}
			all = append(all, st)
		}
		query.Set("max_id", page[len(page)-1].ID)
	}
	return all, network.Say(advocacy.AnswerTooMuchShown)
}

// same tells whether a status says what the delivery says, or why that cannot be told.
func (s *session) same(ctx context.Context, d network.Delivery, st status) (bool, advocacy.Answer) {
	said, _, problem := s.compare(ctx, d, st)
	return said.Nothing() && problem.Nothing(), problem
}

// compare tells what a status shows otherwise than the delivery, nothing when it
// is the same, with the text it shows; or why that cannot be told. The text is compared as it
// was written, since a server dresses it; one that cannot tell that is asked for the words it
// shows.
func (s *session) compare(ctx context.Context, d network.Delivery, st status) (said advocacy.Answer, text string, problem advocacy.Answer) {
	r := d.Target.Rendering
	var source struct {
		Text string `json:"text"`
	}
	code, wrong := s.asked(s.request(ctx, http.MethodGet, "api/v1/statuses/"+st.ID+"/source", nil, nil, ""), &source)
	var same bool
	switch {
	case wrong == nil:
		text = network.CleanText(source.Text)
		same = text == r.Text
	case code == http.StatusNotFound || code == http.StatusMethodNotAllowed || code == http.StatusNotImplemented:
		text = network.CleanText(strings.TrimSpace(plain(st.Content))) // before Mastodon 4, and some relatives
		same = bare(text) == bare(r.Text)
	default:
		return advocacy.Answer{}, "", wrong.Said
	}
	if !same {
		return network.Say(advocacy.AnswerOtherText), text, advocacy.Answer{}
	}
	if len(st.Media) != len(r.Media) {
		return network.SayOf(advocacy.AnswerOtherFiles, strconv.Itoa(len(st.Media))), text, advocacy.Answer{}
	}
	for i, m := range st.Media {
		if network.CleanText(m.Description) != r.Media[i].AltText {
			return network.SayOf(advocacy.AnswerOtherFileWords, strconv.Itoa(i+1)), text, advocacy.Answer{}
		}
	}
	return advocacy.Answer{}, text, advocacy.Answer{}
}

// plain is the text of a status' HTML.
func plain(content string) string {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(content))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out.String()
		case html.TextToken:
			out.Write(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "br" || string(name) == "p" {
				out.WriteByte('\n')
			}
		}
	}
}

// bare is a text without what servers change: its space, and how it writes the signs of HTML.
func bare(text string) string { return network.Bare(html.UnescapeString(text)) }
