package network

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"

	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n")

// CleanText returns text as every network is given it: valid UTF-8 in NFC, lines ended
// by a line feed, no control characters but tab and line feed, no space around it.
// Joiners and direction marks stay: emoji and right-to-left writing need them.
func CleanText(text string) string {
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	text = lineEnds.Replace(text)
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(norm.NFC.String(text))
}

// ComparableText is a text without what networks change in it and nobody notices: the form of
// its letters, how lines end, and blanks at their ends.
func ComparableText(text string) string {
	lines := strings.Split(CleanText(text), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRightFunc(line, unicode.IsSpace)
	}
	return strings.Join(lines, "\n")
}

// CleanLine is CleanText on one line, with one space between words.
func CleanLine(text string) string { return strings.Join(strings.Fields(CleanText(text)), " ") }

// Graphemes counts what a reader would call characters.
func Graphemes(text string) int { return uniseg.GraphemeClusterCount(text) }

// CutText returns the first limit characters of text, with an ellipsis in place of the
// last one when something was cut off.
func CutText(text string, limit int) string {
	if len(text) <= limit || Graphemes(text) <= limit {
		return text
	}
	var out strings.Builder
	clusters := uniseg.NewGraphemes(text)
	for range limit - 1 {
		if !clusters.Next() {
			break
		}
		out.WriteString(clusters.Str())
	}
	return strings.TrimRightFunc(out.String(), unicode.IsSpace) + "…"
}

// Blank tells whether a reader would see nothing: only space, marks without a picture
// of their own and characters made to be invisible.
func Blank(text string) bool {
	for _, r := range text {
		seen := !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) &&
			!unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) && r != '\u2800'
		if seen {
			return false
		}
	}
	return true
}

// HostOf is the host of a link as readers are told it, empty for what is no address of the web.
func HostOf(link string) string {
	if !WebAddress(link) {
		return ""
	}
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Host, "www.")
}

// Addresses are what a network may turn into links in a text, with https:// or without.
func Addresses(text string) []string { return cut(text, measure.Links(text)) }

// Handles are the names of those whom a network may name in a text, each with its @.
func Handles(text string) []string { return cut(text, measure.Handles(text)) }

func cut(text string, spans []measure.Span) []string {
	found := make([]string, len(spans))
	for i, s := range spans {
		found[i] = text[s.Start:s.End]
	}
	return found
}

// WebAddress tells whether raw is an absolute http or https address that names a host
// and holds no user name, so that it may be shown as a link.
func WebAddress(raw string) bool {
	if strings.ContainsFunc(raw, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
	}) {
		return false
	}
	u, err := url.Parse(raw)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}
