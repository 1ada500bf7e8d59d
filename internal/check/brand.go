package check

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check/glyph"
)

// shortestName is how many letters and digits one of the company's own names has at least: too
// many words look like a shorter one.
const shortestName = 3

// brands are the company's own names, made ready for finding what only looks like one.
type brands struct {
	// own are the names as they are written.
	own map[string]bool
	// like gives the name that something looks like.
	like map[string]string
	// words is how many words the longest of them has.
	words int
}

// brandsOf reads the company's own names, such as "Acme" or "Acme Bank".
func brandsOf(names []string) (brands, error) {
	b := brands{own: make(map[string]bool), like: make(map[string]string)}
	for i, name := range names {
		words := seen(wordsIn(name))
		written, looks := appearance(words)
		if utf8.RuneCountInString(written) < shortestName || strings.ContainsFunc(name, unseenInName) {
			return b, advocacy.InvalidField(fmt.Sprintf("own_names[%d]", i), "OWN_NAME_INVALID",
				"%q is no name that could be protected: write at least %d letters or digits, as readers see them", name, shortestName)
		}
		b.own[written] = true
		for _, look := range looks {
			b.like[look] = name
		}
		b.words = max(b.words, len(words))
	}
	return b, nil
}

func unseenInName(r rune) bool { return unicode.IsControl(r) || glyph.Unseen(r) }

// pretenders finds the words and the handles in texts that look like one of the company's own
// names and are not it. How a name is spaced, and whether in capitals, makes it no other.
func pretenders(c advocacy.Content, b brands) []advocacy.Finding {
	if len(b.own) == 0 {
		return nil
	}
	var out []advocacy.Finding
	eachText(c, func(field, text, _ string) {
		for words := seen(wordsIn(text)); len(words) > 0; {
			n, of := b.begin(words)
			if of != "" {
				start, end := words[0].start, words[n-1].end
				out = append(out, advocacy.Finding{
					Code: "LOOKALIKE_NAME", Severity: advocacy.NeedsReview, Field: field, Start: start, End: end,
					Args: map[string]string{"name": text[start:end], "own": of},
				})
			}
			words = words[n:]
		}
	})
	return out
}

// Undisclosed finds where each text that says nothing of its author's part names the company: the
// first of its own names, or else of its domains. Whether somebody is to be told of one is not for this to say.
func (x *Lexicon) Undisclosed(c advocacy.Content) []advocacy.Finding {
	if x == nil || c.Disclosure != advocacy.DisclosureNone {
		return nil
	}
	var out []advocacy.Finding
	find := func(field, text, _ string) {
		start, end := x.brands.named(text)
		for _, h := range hostsIn(text) {
			if end > 0 {
				break
			}
			if ownHost(canonicalHost(h.name), x.own) {
				start, end = h.start, h.end
			}
		}
		if end > 0 {
			out = append(out, advocacy.Finding{Code: "DISCLOSURE_MISSING", Severity: advocacy.Advice, Field: field, Start: start, End: end})
		}
	}
	eachText(c, find)
	find("content.link", c.Link, "")
	return out
}

// named is where a text first has one of the own names, nowhere when it has none.
func (b brands) named(text string) (start, end int) {
	if len(b.own) == 0 {
		return 0, 0
	}
	for words := wordsIn(text); len(words) > 0; words = words[1:] {
		for n := b.longest(words); n > 0; n-- {
			if written, _ := appearance(words[:n]); b.own[written] {
				return words[0].start, words[n-1].end
			}
		}
	}
	return 0, 0
}

// longest is how many words a name that a text begins with could have.
func (b brands) longest(words []word) int {
	most := 1
	for most < min(b.words, len(words)) && words[most].close {
		most++
	}
	return most
}

// begin reads with how many words a text begins that are an own name, or look like the one that
// is returned; one when it begins with another word.
func (b brands) begin(words []word) (n int, of string) {
	for n := b.longest(words); n > 0; n-- {
		written, looks := appearance(words[:n])
		if b.own[written] { // guard: one's own name is no imitation
			return n, ""
		}
		for _, look := range looks {
			if of := b.like[look]; of != "" {
				return n, of
			}
		}
	}
	return 1, ""
}

// word is one of a text, of letters and digits.
type word struct {
	start, end int
	// shown is how it is drawn, and written the same in small letters.
	shown, written string
	// looks are there once it was seen.
	looks [2]string
	// close: no more stands between it and the word before than in "Corn & Co".
	close bool
}

func wordsIn(text string) []word {
	var out []word
	ofWord := func(r rune) bool { return glyph.OfWord(r) || unicode.IsDigit(r) }
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !ofWord(r) {
			i += size
			continue
		}
		end := len(text) - len(strings.TrimLeftFunc(text[i:], ofWord))
		w := word{start: i, end: end, shown: norm.NFKC.String(text[i:end])}
		w.written = strings.ToLower(w.shown)
		w.close = len(out) > 0 && utf8.RuneCountInString(text[out[len(out)-1].end:i]) <= len(" & ")
		out = append(out, w)
		i = end
	}
	return out
}

// seen says of each word what it looks like, which takes longer than finding it.
func seen(words []word) []word {
	for i := range words {
		words[i].looks = looksOf(words[i].shown)
	}
	return words
}

// looksOf are what a word looks like with its letters made small, once as they are and once as
// what they look like: a capital I is an i, and it may be an l.
func looksOf(text string) [2]string {
	like := func(s string) string {
		return strings.ReplaceAll(strings.ToLower(glyph.Skeleton(strings.ToLower(s))), "vv", "w")
	}
	return [2]string{like(text), like(glyph.Skeleton(text))}
}

// appearance is how words are written, and what they look like, as one.
func appearance(run []word) (written string, looks [2]string) {
	for _, w := range run {
		written += w.written
		looks[0] += w.looks[0]
		looks[1] += w.looks[1]
	}
	return written, looks
}
