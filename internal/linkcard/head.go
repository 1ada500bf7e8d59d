package linkcard

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"github.com/imprimatur-hq/imprimatur/internal/fence"
)

// maxWords is how many bytes of one value are taken: more than any card says.
const maxWords = 8 << 10

// head is what the head of a page says: the first value of each name that is asked for.
type head map[string]string

// names are what is read of a head. The title and the language of the document have a name of
// ours, which no page can write.
var names = []string{
	"og:title", "og:description", "og:site_name", "og:locale", "og:image:alt",
	"og:image:secure_url", "og:image", "og:image:url",
	"twitter:title", "twitter:description", "twitter:image", "twitter:image:src", "twitter:image:alt",
	"description", "application-name", "content-language",
}

const (
	theTitle    = "<title>"
	theLanguage = "<html lang>"
	thePicture  = "<link rel=image_src>"
)

// readHead reads the head of a page, in whichever encoding it is written.
func readHead(markup []byte, contentType string) head {
	h := head{}
	text, err := charset.NewReader(bytes.NewReader(markup), contentType)
	if err != nil {
		return h
	}
	z := html.NewTokenizer(text)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return h
		case html.StartTagToken, html.SelfClosingTagToken:
			if h.tag(z) {
				return h
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); atom.Lookup(name) == atom.Head {
				return h
			}
		}
	}
}

// tag reads a tag, and tells whether it ends the head. What visitors of a page write stands in its
// body, and is nothing that the page says of itself.
func (h head) tag(z *html.Tokenizer) (ended bool) {
	name, more := z.TagName()
	kind := atom.Lookup(name)
	switch kind {
	case atom.Body: // guard: a head ends where the body begins
		return true
	case atom.Title:
		if z.Next() == html.TextToken {
			h.say(theTitle, string(z.Text()))
		}
		return false
	case atom.Html, atom.Meta, atom.Link:
	default:
		return false
	}
	given := map[string]string{}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		if attribute := string(key); given[attribute] == "" {
			given[attribute] = string(value)
		}
	}
	switch kind {
	case atom.Html:
		h.say(theLanguage, given["lang"])
	case atom.Link:
		if slices.Contains(strings.Fields(strings.ToLower(given["rel"])), "image_src") {
			h.say(thePicture, given["href"])
		}
	default:
		for _, of := range []string{"property", "name", "http-equiv"} {
			if key := strings.ToLower(strings.TrimSpace(given[of])); slices.Contains(names, key) {
				h.say(key, given["content"])
			}
		}
	}
	return false
}

// say keeps the first value of a name that says something.
func (h head) say(name, value string) {
	value = strings.TrimSpace(value[:min(len(value), maxWords)])
	if h[name] == "" && value != "" {
		h[name] = strings.ToValidUTF8(value, "")
	}
}

// first is the value of the first of these names that has one.
func (h head) first(names ...string) string {
	for _, name := range names {
		if h[name] != "" {
			return h[name]
		}
	}
	return ""
}

func (h head) title() string { return h.first("og:title", "twitter:title", theTitle) }

func (h head) description() string {
	return h.first("og:description", "twitter:description", "description")
}

// language is the tag the page claims: that of the document rather than that of its network card,
// which writes it with an underscore.
func (h head) language() string {
	tag, _, _ := strings.Cut(h.first(theLanguage, "content-language", "og:locale"), ",")
	return strings.ReplaceAll(strings.TrimSpace(tag), "_", "-")
}

// picture is the address of the picture the page names, empty for none or one that is no address
// of the web.
func (h head) picture(page *url.URL) string {
	named := h.first("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src", thePicture)
	if named == "" {
		return ""
	}
	u, err := page.Parse(named)
	if err != nil || !fence.Usable(u) || len(u.String()) > maxLink {
		return ""
	}
	return u.String()
}
