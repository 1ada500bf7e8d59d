package measure

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// each walks through the code points, each of which costs what it costs alone. A byte
// that is no text counts as the mark that would stand for it.
func each(cost func(rune) int) func(string) iter.Seq2[int, int] {
	return func(text string) iter.Seq2[int, int] {
		return func(yield func(int, int) bool) {
			for end := 0; end < len(text); {
				r, size := utf8.DecodeRuneInString(text[end:])
				end += size
				if !yield(end, cost(r)) {
					return
				}
			}
		}
	}
}

func utf16Length(r rune) int { return utf16.RuneLen(r) }

func utf8Length(r rune) int { return utf8.RuneLen(r) }

func escapedLength(r rune) int {
	switch r {
	case '&':
		return len("&amp;")
	case '<', '>':
		return len("&lt;")
	default:
		return 1
	}
}

// jsonLength is what the character takes in a string that encoding/json writes.
func jsonLength(r rune) int {
	switch {
	case strings.ContainsRune("\"\\\n\r\t\b\f", r):
		return len(`\n`)
	case r < ' ', r == '<', r == '>', r == '&', r == '\u2028', r == '\u2029':
		return len(`\u0000`)
	default:
		return utf8.RuneLen(r)
	}
}

func graphemes(text string) iter.Seq2[int, int] {
	return clusters(text, func(string) int { return 1 })
}

// emojiBytes: how Threads counts a joined emoji is not said, so that each of its bytes
// counts; symbols count like emoji, which the next version of Unicode may make of them.
func emojiBytes(text string) iter.Seq2[int, int] {
	return clusters(text, func(cluster string) int {
		if strings.ContainsFunc(cluster, pictorial) {
			return len(cluster)
		}
		return utf8.RuneCountInString(cluster)
	})
}

// pictorial tells whether a character makes an emoji of what it stands in.
func pictorial(r rune) bool {
	const presentation, keycap = '\uFE0F', '\u20E3'
	return r == presentation || r == keycap || r >= 0x1F000 && r <= 0x1FAFF || r > 0xFF && unicode.Is(unicode.So, r)
}

func clusters(text string, cost func(cluster string) int) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		rest, cluster, state := text, "", -1
		for rest != "" {
			cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
			if !yield(len(text)-len(rest), cost(cluster)) {
				return
			}
		}
	}
}
