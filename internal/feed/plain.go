package feed

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// unread are elements whose content nobody reads.
var unread = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Noscript: true, atom.Template: true,
	atom.Iframe: true, atom.Object: true, atom.Svg: true, atom.Math: true, atom.Select: true, atom.Textarea: true,
}

// breaks are elements after which a line ends.
var breaks = map[atom.Atom]bool{
	atom.Br: true, atom.P: true, atom.Div: true, atom.Li: true, atom.Tr: true, atom.Blockquote: true, atom.Section: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Pre: true, atom.Hr: true,
}

// plain is what a reader sees of a text with markup, in at most so many characters: no tag,
// no attribute, and none of the characters that nobody sees or that turn a text around.
func plain(markup string, most int) string {
	var b strings.Builder
	hidden := 0
	z := html.NewTokenizer(strings.NewReader(strings.ToValidUTF8(markup, "\uFFFD")))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return clip(tidy(b.String()), most)
		}
		switch kind {
		case html.TextToken:
			if hidden == 0 { // guard: what is no text of an entry is left out
				b.WriteString(strings.Map(shown, string(z.Text())))
			}
			continue
		case html.CommentToken, html.DoctypeToken:
			continue
		}
		name, _ := z.TagName()
		tag := atom.Lookup(name)
		switch {
		case unread[tag] && kind == html.StartTagToken:
			hidden++
		case unread[tag] && kind == html.EndTagToken:
			hidden = max(hidden-1, 0)
		case breaks[tag]:
			b.WriteByte('\n')
		}
	}
}

// shown maps a character to what is shown of it: nothing of controls, of the marks that set a
// direction, and of those that only say where a line may end.
func shown(r rune) rune {
	switch {
	case r == '\n', r == '\t', r == '\r', unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x061C: // guard: nothing turns a text around
		return -1
	case r == 0x00AD, r == 0x180E, r == 0x200B, r >= 0x2060 && r <= 0x2064, r == 0xFEFF: // guard: an entry hides nothing
		return -1
	default:
		return r
	}
}

// tidy leaves one space between words, and no line that says nothing.
func tidy(text string) string {
	var lines []string
	for l := range strings.SplitSeq(text, "\n") {
		if l = line(l); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

// line is a text on one line.
func line(text string) string { return strings.Join(strings.Fields(text), " ") }

// clip shortens a text to so many characters.
func clip(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return strings.TrimSpace(string(runes[:most-1])) + "…"
}
