package measure

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// FacetKind is what a part of a Bluesky post does.
type FacetKind string

// The kinds of app.bsky.richtext.facet.
const (
	FacetMention FacetKind = "mention"
	FacetLink    FacetKind = "link"
	FacetTag     FacetKind = "tag"
)

// Facet is a part of a text that a Bluesky post must say is alive: the server finds none
// by itself.
type Facet struct {
	Span
	Kind FacetKind
	// Value is the handle without its @, the address with https://, or the tag without its
	// sign.
	Value string
}

// The rules are those of the reference client (bluesky-social/atproto d6296a1,
// packages/api/src/rich-text/detection.ts and util.ts).
var (
	handle  = regexp.MustCompile(`^@([a-zA-Z0-9.-]+)`)
	address = regexp.MustCompile(`^(?i)(?:https?://|([a-z][a-z0-9]*(?:\.[a-z0-9]+)+))`)
	ticker  = regexp.MustCompile(`^\$([A-Za-z][A-Za-z0-9]{0,4})`)
)

// longestTag is in characters: maxGraphemes of app.bsky.richtext.facet#tag, which the
// client counts in code units of UTF-16.
const longestTag = 64

// Facets finds the mentions, addresses, hashtags and shares in a text, in order and apart
// from each other. Mentions are of handles, which are still to be looked up.
func Facets(text string) []Facet {
	var found []Facet
	before := ' '
	for at := 0; at < len(text); {
		if spacing(before) || before == '(' {
			if f := facetAt(text[at:], spacing(before)); f.End > 0 {
				f.Start, f.End = at, at+f.End
				found = append(found, f)
				at, before = f.End, '#'
				continue
			}
		}
		r, size := utf8.DecodeRuneInString(text[at:])
		at, before = at+size, r
	}
	return found
}

// facetAt reads the facet a text begins with. A tag follows a space, and the others a
// parenthesis as well.
func facetAt(text string, spaced bool) Facet {
	switch {
	case text[0] == '@':
		return mentionAt(text)
	case text[0] == '$':
		return tickerAt(text)
	case spaced && (strings.HasPrefix(text, "#") || strings.HasPrefix(text, "＃")):
		return tagAt(text)
	default:
		return linkAt(text)
	}
}

func mentionAt(text string) Facet {
	m := handle.FindStringSubmatch(text)
	if m == nil || strings.HasPrefix(text[len(m[0]):], "_") {
		return Facet{}
	}
	name := strings.TrimRight(m[1], ".-")
	if !belowTopLevel(name) && !strings.HasSuffix(name, ".test") {
		return Facet{}
	}
	return Facet{Span{End: len("@") + len(name)}, FacetMention, name}
}

func tickerAt(text string) Facet {
	m := ticker.FindStringSubmatch(text)
	if m == nil {
		return Facet{}
	}
	if after, _ := utf8.DecodeRuneInString(text[len(m[0]):]); len(m[0]) < len(text) && !spacing(after) && !strings.ContainsRune(".,;:!?)\"'\u2019", after) {
		return Facet{}
	}
	return Facet{Span{End: len(m[0])}, FacetTag, "$" + strings.ToUpper(m[1])}
}

// linkAt: an address goes to the next space, less one sign that ends a sentence and a
// parenthesis it does not open.
func linkAt(text string) Facet {
	m := address.FindStringSubmatch(text)
	if m == nil {
		return Facet{}
	}
	shown := untilSpace(text)
	if m[1] != "" && !belowTopLevel(m[1]) || shown == m[0] && m[1] == "" {
		return Facet{}
	}
	if strings.ContainsAny(shown[len(shown)-1:], ".,;:!?") {
		shown = shown[:len(shown)-1]
	}
	if strings.HasSuffix(shown, ")") && !strings.Contains(shown, "(") {
		shown = shown[:len(shown)-1]
	}
	f := Facet{Span{End: len(shown)}, FacetLink, shown}
	if m[1] != "" {
		f.Value = "https://" + shown
	}
	return f
}

// tagAt: a tag goes to the next space or character without width, less the punctuation
// at its end, and is more than digits and punctuation.
func tagAt(text string) Facet {
	_, sign := utf8.DecodeRuneInString(text)
	tag := untilSpace(text[sign:])
	if cut := strings.IndexAny(tag, "\u00AD\u2060\u200A\u200B\u200C\u200D\u20E2"); cut >= 0 {
		tag = tag[:cut]
	}
	if strings.HasPrefix(tag, "\uFE0F") || !strings.ContainsFunc(tag, speaks) {
		return Facet{}
	}
	tag = strings.TrimRightFunc(tag, unicode.IsPunct)
	if tag == "" || len(utf16.Encode([]rune(tag))) > longestTag {
		return Facet{}
	}
	return Facet{Span{End: sign + len(tag)}, FacetTag, tag}
}

func speaks(r rune) bool { return (r < '0' || r > '9') && !unicode.IsPunct(r) }

func untilSpace(text string) string {
	if at := strings.IndexFunc(text, spacing); at >= 0 {
		return text[:at]
	}
	return text
}

// spacing is what ECMAScript calls white space.
func spacing(r rune) bool { return r == '\uFEFF' || r != '\u0085' && unicode.IsSpace(r) }

// belowTopLevel tells whether a domain ends with a top-level domain, in small letters.
func belowTopLevel(domain string) bool {
	dot := strings.LastIndexByte(domain, '.')
	if dot <= 0 {
		return false
	}
	last := domain[dot+1:]
	return strings.ToLower(last) == last && topLevel().known[string(folded(utf16.Encode([]rune(last))))]
}
