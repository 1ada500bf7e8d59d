package measure

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hashtags returns where the hashtags of a text stand: a sign that follows no word, and
// letters, digits or underscores of which one is a letter.
func Hashtags(text string) []Span { return words(text, '#', '＃') }

// Mentions returns where somebody is named with an @ that follows no word.
func Mentions(text string) []Span { return words(text, '@', '＠') }

// Handles returns where a text may name somebody, on whichever network: all of @anna,
// @anna.example.com or @anna@example.social. Texts with the same handles name the same people.
func Handles(text string) []Span {
	var found []Span
	for at := 0; at < len(text); {
		end := len(text) - len(strings.TrimLeftFunc(text[at:], ofHandle))
		if end == at {
			_, size := utf8.DecodeRuneInString(text[at:])
			at += size
			continue
		}
		start := at + apartAt(text[at:end])
		name := strings.TrimRightFunc(text[start:end], func(r rune) bool { return !letter(r) && !joins(r) })
		if name != "" {
			found = append(found, Span{start, start + len(name)})
		}
		at = end
	}
	return found
}

// ofHandle tells what any network could take for a part of a name.
func ofHandle(r rune) bool {
	return letter(r) || joins(r) || r == '@' || r == '＠' || r == '.' || r == '-'
}

func joins(r rune) bool { return r == '\u200C' || r == '\u200D' }

// apartAt is where the first @ is that follows no word, and the end when there is none.
func apartAt(text string) int {
	before := ' '
	for at, r := range text {
		if (r == '@' || r == '＠') && !letter(before) {
			return at
		}
		before = r
	}
	return len(text)
}

// words finds what begins with one of two signs.
func words(text string, sign, wide rune) []Span {
	var found []Span
	before, start, named := ' ', -1, false
	end := func(at int) {
		if start >= 0 && named {
			found = append(found, Span{start, at})
		}
		start, named = -1, false
	}
	for at, r := range text {
		switch {
		case r == sign || r == wide:
			end(at)
			if !letter(before) && before != '&' && before != sign && before != wide && before != '/' {
				start = at
			}
		case !letter(r) && !joins(r):
			end(at)
		case !unicode.IsNumber(r) && r != '_':
			named = true
		}
		before = r
	}
	end(len(text))
	return found
}

// cashtag is a share by its symbol.
var cashtag = regexp.MustCompile(`(?:^|\s)(\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?)`)

// Cashtags returns where the shares named by their symbols stand, such as $ACME.
func Cashtags(text string) []Span {
	var found []Span
	for _, m := range cashtag.FindAllStringSubmatchIndex(text, -1) {
		if after, _ := utf8.DecodeRuneInString(text[m[3]:]); m[3] == len(text) || !letter(after) {
			found = append(found, Span{m[2], m[3]})
		}
	}
	return found
}

// Links returns where the addresses of a text stand: those with https://, and those
// without it below a domain that is known.
func Links(text string) []Span { return linksOf(text, twitterLinks) }
