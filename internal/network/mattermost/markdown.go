package mattermost

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

const (
	// marks are what Markdown of Mattermost takes for marks anywhere in a line.
	marks = "\\`*_~[]|"
	// escapable are the characters before which a backslash is no character of its own: those that
	// both of Mattermost's readers, marked on the web and commonmark on telephones, know.
	escapable = marks + "{}()#+-.!>"
)

// addresses are what Mattermost makes links of, whatever stands in them.
var addresses = regexp.MustCompile(`(?i)(?:https?://|www\.)[^\s<]+`)

// escape writes a text as Markdown that shows it as it is. Addresses stay as they are: a backslash
// would become part of them.
func escape(text string) string {
	var out strings.Builder
	links := addresses.FindAllStringIndex(text, -1)
	for at, line := 0, ""; at < len(text); at += len(line) {
		line = text[at:]
		if end := strings.IndexByte(line, '\n'); end >= 0 {
			line = line[:end+1]
		}
		first := opens(line)
		for i := range len(line) {
			linked := slices.ContainsFunc(links, func(s []int) bool { return s[0] <= at+i && at+i < s[1] })
			if i == first || !linked && strings.IndexByte(marks, line[i]) >= 0 && !within(line, i) { // guard: readers see what was signed
				out.WriteByte('\\')
			}
			out.WriteByte(line[i])
		}
	}
	return out.String()
}

// within tells whether a line's _ stands within a word, where it is no mark: a name that is mentioned
// stays whole.
func within(line string, at int) bool {
	word := func(i int) bool {
		return i >= 0 && i < len(line) && (line[i] >= 'a' && line[i] <= 'z' || line[i] >= 'A' && line[i] <= 'Z' || line[i] >= '0' && line[i] <= '9')
	}
	return line[at] == '_' && word(at-1) && word(at+1)
}

// opens is where in a line the mark stands that would make it a heading, a quote, a list or a rule,
// and -1 when there is none.
func opens(line string) int {
	start := len(line) - len(strings.TrimLeft(line, " \t"))
	rest := line[start:]
	switch {
	case rest == "":
		return -1
	case strings.IndexByte("#>+-", rest[0]) >= 0:
		return start
	}
	number := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	if after := rest[number:]; number > 0 && after != "" && (after[0] == '.' || after[0] == ')') && (len(after) == 1 || unicode.IsSpace(rune(after[1]))) {
		return start + number
	}
	return -1
}

// unescape is what readers see of a message that was escaped.
func unescape(message string) string {
	var out strings.Builder
	for at := 0; at < len(message); at++ {
		if message[at] == '\\' && at+1 < len(message) && strings.IndexByte(escapable, message[at+1]) >= 0 {
			at++
		}
		out.WriteByte(message[at])
	}
	return out.String()
}

// nameLimit is the longest name of a file, in code points; a server keeps 256.
const nameLimit = 120

// fileName is the name of a picture's file: its words, since Mattermost has no other place for them,
// without what may not stand in a name.
func fileName(m advocacy.RenderedMedia) string {
	words := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || strings.ContainsRune(`/\:*?"<>|`, r) {
			return ' '
		}
		return r
	}, network.CleanLine(m.AltText))
	name := []rune(strings.Trim(network.CleanLine(words), ". "))
	if len(name) > nameLimit {
		name = name[:nameLimit]
	}
	if len(name) == 0 {
		name = []rune("file")
	}
	return string(name) + extension(m.ContentType)
}

// extension is that of a type, by which a server knows a picture.
func extension(contentType string) string {
	switch contentType {
	case "image/jpeg":
		return ".jpg"
	case "image/png":
		return ".png"
	case "image/gif":
		return ".gif"
	case "image/webp":
		return ".webp"
	default:
		return ""
	}
}
