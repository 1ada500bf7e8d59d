package wordpress

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"golang.org/x/net/html"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

const addressLimit = 2048

// post is what a site tells of a post to whoever may edit it.
type post struct {
	ID       int64  `json:"id"`
	Author   int64  `json:"author"`
	Slug     string `json:"slug"`
	Status   string `json:"status"`
	Link     string `json:"link"`
	Password string `json:"password"`
	Title    raw    `json:"title"`
	Content  raw    `json:"content"`
	Excerpt  raw    `json:"excerpt"`
}

// raw is a text as it was written.
type raw struct {
	Raw string `json:"raw"`
}

func (p post) name() string { return strconv.FormatInt(p.ID, 10) }

// address is where people find it.
func (p post) address() string {
	if len(p.Link) <= addressLimit && network.WebAddress(p.Link) {
		return p.Link
	}
	return ""
}

// hidden tells why nobody sees a post, nothing when everybody does.
func (p post) hidden() advocacy.Answer {
	switch {
	case p.Status == "trash":
		return network.Say(advocacy.AnswerTrashed)
	case p.Status != publish:
		return network.SayOf(advocacy.AnswerHiddenThere, network.CutText(network.CleanLine(strconv.Quote(p.Status)), 40))
	case p.Password != "":
		return network.Say(advocacy.AnswerBehindPassword)
	}
	return advocacy.Answer{}
}

// known are the states of posts that are not in the trash.
const known = "publish,future,draft,pending,private"

// at lists what the user has at an address of ours and at the one a site makes of it when it is taken, the
// oldest first.
func (s *session) at(ctx context.Context, slug string) ([]post, *network.Answer) {
	var there []post
	query := url.Values{
		"slug": {slug + "," + slug + "-2"}, "author": {strconv.FormatInt(s.author, 10)}, "status": {known}, "context": {"edit"},
		"orderby": {"id"}, "order": {"asc"},
	}
	if got := s.asked(s.request(ctx, http.MethodGet, posts, query, nil, ""), &there); got.wrong != nil {
		return nil, got.wrong
	}
	if there == nil { // guard: an answer without a list is no empty one
		return nil, network.Ended(network.Retryable, advocacy.AnswerUnreadable)
	}
	return slices.DeleteFunc(there, func(p post) bool { // guard: a post of somebody else's is not ours
		return p.ID <= 0 || p.Author != s.author || p.Slug != slug && p.Slug != slug+"-2"
	}), nil
}

// Look asks for a post by its name, or looks for it by its address.
func (n *Network) Look(ctx context.Context, d network.Delivery) network.Sighting {
	s, wrong := n.known(d.Account, d.Credential)
	if wrong != nil {
		return network.Sighting{Said: wrong.Said}
	}
	if d.ExternalID != "" {
		return s.lookAt(ctx, d)
	}
	b, whole := parse(d.Body)
	if !whole {
		return network.Sighting{Said: network.Say(advocacy.AnswerPostUnknown)}
	}
	there, wrong := s.at(ctx, b.Slug)
	if wrong != nil {
		return network.Sighting{Said: wrong.Said}
	}
	found, unseen := network.Recognize(ctx, d, there, post.name, func(p post) (bool, advocacy.Answer) { return p.hidden().Nothing(), p.hidden() })
	switch {
	case found == nil && !unseen.Nothing(): // guard: what is there and hidden is not said to be absent
		return network.Sighting{Said: unseen}
	case found == nil:
		return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerNotShown)}
	}
	seen := sighting(d, *found)
	if len(there) > 1 && !seen.Differs {
		seen.Said = network.Say(advocacy.AnswerTwoShown)
	}
	return seen
}

// sighting is that of a post which is ours.
func sighting(d network.Delivery, p post) network.Sighting {
	seen := network.Sighting{
		Readable: true, Found: true, ExternalID: p.name(), URL: p.address(), Digest: d.Target.Rendering.Fingerprint(),
		Said: network.Say(advocacy.AnswerShown),
	}
	if said, text := differs(d.Target.Rendering, p); !said.Nothing() {
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
	got := s.asked(s.request(ctx, http.MethodGet, posts+"/"+d.ExternalID, url.Values{"context": {"edit"}}, nil, ""), &p)
	switch {
	case got.code == invalidID && got.status == http.StatusNotFound: // guard: what does not answer is not said to be absent
		return network.Sighting{Readable: true, Said: network.Say(advocacy.AnswerNoSuchPost)}
	case got.wrong != nil:
		return network.Sighting{Said: got.wrong.Said}
	case p.name() != d.ExternalID || p.Status == "":
		return network.Sighting{Said: network.Say(advocacy.AnswerUnreadable)}
	case !p.hidden().Nothing(): // guard: what nobody sees is not said to be shown
		return network.Sighting{Readable: true, Said: p.hidden()}
	}
	seen := sighting(d, p)
	if p.Author != s.author && !seen.Differs { // guard: nobody signed it in another name
		seen.Digest, seen.Differs, seen.Text = "", true, d.Target.Rendering.Text
		seen.Said = network.Say(advocacy.AnswerOtherAuthor)
	}
	return seen
}

// differs tells what a post shows otherwise than was signed, nothing when it is the
// same, and the text it shows.
func differs(r advocacy.Rendering, p post) (said advocacy.Answer, text string) {
	title, rest := split(r.Text)
	want, got := read(paragraphs(rest)), read(p.Content.Raw)
	head := network.CleanText(html.UnescapeString(p.Title.Raw))
	text = network.CleanText(head + "\n\n" + got.text())
	switch {
	case network.ComparableText(head) != network.ComparableText(title):
		return network.Say(advocacy.AnswerOtherTitle), text
	case !slices.Equal(got.paragraphs, want.paragraphs) || len(got.more) > 0:
		return network.Say(advocacy.AnswerOtherText), text
	case p.Excerpt.Raw != "": // guard: lists show an excerpt in the place of the text
		return network.Say(advocacy.AnswerOtherExcerpt), cmp.Or(network.CleanText(p.Excerpt.Raw), text)
	case len(got.words) != len(r.Media):
		return network.SayOf(advocacy.AnswerOtherFiles, strconv.Itoa(len(got.words))), text
	}
	for i, m := range r.Media {
		if network.CleanText(got.words[i]) != m.AltText {
			return network.SayOf(advocacy.AnswerOtherFileWords, strconv.Itoa(i+1)), text
		}
	}
	return advocacy.Answer{}, text
}
