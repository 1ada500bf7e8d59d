package wall

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/language"

	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// direction returns "rtl" or "ltr" for a language.
func direction(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return "ltr"
	}
	script, _ := parsed.Script()
	switch script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg", "Mand", "Samr":
		return "rtl"
	}
	return "ltr"
}

// span is a run of a text: a link when Href is not empty, a line break when Break.
type span struct {
	Text  string
	Href  string
	Break bool
}

var linkStart = regexp.MustCompile(`(?i)\bhttps?://`)

// linkify splits a text at the http and https addresses in it.
func linkify(text string) []span {
	var spans []span
	for text != "" {
		at := linkStart.FindStringIndex(text)
		if at == nil {
			break
		}
		end := at[0] + linkLength(text[at[0]:])
		href, ok := linkTarget(text[at[0]:end])
		if !ok {
			// Not a link: leave its beginning to the text before it, and look on.
			end = at[1]
		}
		if !ok {
			spans = appendText(spans, text[:end])
		} else {
			spans = append(appendText(spans, text[:at[0]]), span{Text: text[at[0]:end], Href: href})
		}
		text = text[end:]
	}
	return appendText(spans, text)
}

func appendText(spans []span, text string) []span {
	switch last := len(spans) - 1; {
	case text == "":
		return spans
	case last >= 0 && spans[last].Href == "":
		spans[last].Text += text
		return spans
	}
	return append(spans, span{Text: text})
}

// linkLength tells how much of text, which begins with an address, belongs to it. It
// ends at space, quotes and signs that hide or turn text, and at the scripts written
// without spaces, where what follows is the sentence again. Punctuation at the end is
// the sentence's too, and so is a bracket that was not opened inside.
func linkLength(text string) int {
	end := strings.IndexFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) ||
			strings.ContainsRune("<>\"`{}|\\^“”„«»‹›", r) ||
			unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer) ||
			r >= '\u3000' && r <= '\u303f' || r >= '\uff00' && r <= '\uffef'
	})
	if end < 0 {
		end = len(text)
	}
	for link := text[:end]; ; link = text[:end] {
		trimmed := strings.TrimRight(link, ".,;:!?'*_~…’؟،؛")
		for _, pair := range []string{"()", "[]"} {
			if strings.HasSuffix(trimmed, pair[1:]) && strings.Count(trimmed, pair[1:]) > strings.Count(trimmed, pair[:1]) {
				trimmed = trimmed[:len(trimmed)-1]
			}
		}
		if len(trimmed) == end {
			return end
		}
		end = len(trimmed)
	}
}

// linkTarget returns the address to link to. One whose host is not plain ASCII stays
// text: it may only look like the host the reader knows.
func linkTarget(text string) (string, bool) {
	if !network.WebAddress(text) {
		return "", false
	}
	u, err := url.Parse(text)
	if err != nil || strings.ContainsFunc(u.Host, func(r rune) bool { return r > '~' }) {
		return "", false
	}
	return u.String(), true
}

// broken splits the spans at line ends, for readers without a style sheet.
func broken(spans []span) []span {
	var lines []span
	for _, s := range spans {
		for i, line := range strings.Split(s.Text, "\n") {
			if i > 0 {
				lines = append(lines, span{Break: true})
			}
			if line != "" {
				lines = append(lines, span{Text: line, Href: s.Href})
			}
		}
	}
	return lines
}

// oneLine joins the lines of a text.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// firstLine returns the first line that shows something.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if !network.Blank(line) {
			return oneLine(line)
		}
	}
	return ""
}
