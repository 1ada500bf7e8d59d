package wordpress

import (
	"cmp"
	"context"
	"fmt"
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

// hidden says in a sentence why nobody sees a post, nothing when everybody does.
func (p post) hidden() string {
	switch {
	case p.Status == "trash":
		return "It was moved to the trash of the site."
	case p.Status != publish:
		return fmt.Sprintf("The site keeps the post as %s and shows it to nobody.", network.CutText(network.CleanLine(strconv.Quote(p.Status)), 40))
	case p.Password != "":
		return "The site shows the post only to those who know its password."
	}
	return ""
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
		return nil, network.Ended(network.Retryable, "The site's answer could not be read.")
	}
	return slices.DeleteFunc(there, func(p post) bool { // guard: a post of somebody else's is not ours
		return p.ID <= 0 || p.Author != s.author || p.Slug != slug && p.Slug != slug+"-2"
	}), nil
}

// Look asks for a post by its name, or looks for it by its address.
func (n *Network) Look(ctx context.Context, d network.Delivery) network.Sighting {
	s, wrong := n.known(d.Account, d.Credential)
	if wrong != nil {
		return network.Sighting{Message: wrong.Message}
	}
	if d.ExternalID != "" {
		return s.lookAt(ctx, d)
	}
	b, whole := parse(d.Body)
	if !whole {
		return network.Sighting{Message: "It is not known at which address the post would be."}
	}
	there, wrong := s.at(ctx, b.Slug)
	if wrong != nil {
		return network.Sighting{Message: wrong.Message}
	}
	found, unseen := network.Recognize(ctx, d, there, post.name, func(p post) (bool, string) { return p.hidden() == "", p.hidden() })
	switch {
	case found == nil && unseen != "": // guard: what is there and hidden is not said to be absent
		return network.Sighting{Message: unseen}
	case found == nil:
		return network.Sighting{Readable: true, Message: "The site does not show it."}
	}
	seen := sighting(d, *found)
	if len(there) > 1 {
		seen.Message += " It has a second one beside it, whose address ends with -2."
	}
	return seen
}

// sighting is that of a post which is ours.
func sighting(d network.Delivery, p post) network.Sighting {
	seen := network.Sighting{
		Readable: true, Found: true, ExternalID: p.name(), URL: p.address(), Digest: d.Target.Rendering.Fingerprint(),
		Message: "The site shows it.",
	}
	if said, text := differs(d.Target.Rendering, p); said != "" {
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
	got := s.asked(s.request(ctx, http.MethodGet, posts+"/"+d.ExternalID, url.Values{"context": {"edit"}}, nil, ""), &p)
	switch {
	case got.code == invalidID && got.status == http.StatusNotFound: // guard: what does not answer is not said to be absent
		return network.Sighting{Readable: true, Message: "The site has no such post."}
	case got.wrong != nil:
		return network.Sighting{Message: got.wrong.Message}
	case p.name() != d.ExternalID || p.Status == "":
		return network.Sighting{Message: "The site's answer could not be read."}
	case p.hidden() != "": // guard: what nobody sees is not said to be shown
		return network.Sighting{Readable: true, Message: p.hidden()}
	}
	seen := sighting(d, p)
	if p.Author != s.author && !seen.Differs { // guard: nobody signed it in another name
		seen.Digest, seen.Differs, seen.Text = "", true, d.Target.Rendering.Text
		seen.Message = "The site shows it in another author's name."
	}
	return seen
}

// differs says in a sentence what a post shows otherwise than was signed, nothing when it is the
// same, and the text it shows.
func differs(r advocacy.Rendering, p post) (said, text string) {
	title, rest := split(r.Text)
	want, got := read(paragraphs(rest)), read(p.Content.Raw)
	head := network.CleanText(html.UnescapeString(p.Title.Raw))
	text = network.CleanText(head + "\n\n" + got.text())
	switch {
	case network.ComparableText(head) != network.ComparableText(title):
		return "The site shows another title than the one that was signed.", text
	case !slices.Equal(got.paragraphs, want.paragraphs) || len(got.more) > 0:
		return "The site shows another text than the one that was signed.", text
	case p.Excerpt.Raw != "": // guard: lists show an excerpt in the place of the text
		return "The site shows an excerpt that nobody signed.", cmp.Or(network.CleanText(p.Excerpt.Raw), text)
	case len(got.words) != len(r.Media):
		return fmt.Sprintf("The site shows %d pictures, and %d were signed.", len(got.words), len(r.Media)), text
	}
	for i, m := range r.Media {
		if network.CleanText(got.words[i]) != m.AltText {
			return fmt.Sprintf("The site describes picture %d in other words than those that were signed.", i+1), text
		}
	}
	return "", text
}
