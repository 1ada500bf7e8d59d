package check

import (
	"strings"
	"unicode"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// LinkAt finds where texts have a link, as findings that name a place and nothing else. Where
// another link begins with it, it does not stand.
func LinkAt(c advocacy.Content, link string) []advocacy.Finding {
	var out []advocacy.Finding
	eachText(c, func(field, text, _ string) {
		for at := 0; link != ""; {
			i := strings.Index(text[at:], link)
			if i < 0 {
				return
			}
			start := at + i
			if at = start + len(link); endsWith(text[at:]) {
				out = append(out, advocacy.Finding{Field: field, Start: start, End: at})
			}
		}
	})
	return out
}

// endsWith tells whether nothing but what closes a sentence follows in the same word.
func endsWith(rest string) bool {
	if end := strings.IndexFunc(rest, unicode.IsSpace); end >= 0 {
		rest = rest[:end]
	}
	return strings.Trim(rest, ".,;:!?)]}»”\"'") == ""
}
