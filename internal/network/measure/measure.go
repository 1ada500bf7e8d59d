package measure

import (
	"iter"
)

// Unit is what a network counts in.
type Unit string

// The units. Each is a way to walk through a text; see Pieces.
const (
	// Graphemes are what a reader calls characters.
	Graphemes Unit = "graphemes"
	// CodePoints are those of Unicode.
	CodePoints Unit = "code_points"
	// UTF16 counts code units of UTF-16, as most servers written in Java or for browsers do.
	UTF16 Unit = "utf16"
	// UTF8 counts bytes.
	UTF8 Unit = "utf8"
	// Weighted is X's: most of the world's letters weigh two, an emoji two whatever it is
	// made of, and a link 23.
	Weighted Unit = "weighted"
	// Fediverse is Mastodon's: graphemes, of which a link takes 23 and the server in a
	// mention none.
	Fediverse Unit = "fediverse"
	// LittleText is LinkedIn's: code units of UTF-16 after escaping.
	LittleText Unit = "little_text"
	// EmojiBytes is that of Threads: code points, but the bytes of an emoji.
	EmojiBytes Unit = "emoji_bytes"
	// Escaped counts the code points of a text in which &, < and > are written as HTML
	// entities.
	Escaped Unit = "escaped"
	// JSONBytes counts bytes as they stand in a JSON string.
	JSONBytes Unit = "json_bytes"
)

// walks says how the text of each unit is walked through.
var walks = map[Unit]func(text string) iter.Seq2[int, int]{
	Graphemes:  graphemes,
	CodePoints: each(func(rune) int { return 1 }),
	UTF16:      each(utf16Length),
	UTF8:       each(utf8Length),
	Weighted:   weighted,
	Fediverse:  fediverse,
	LittleText: littleText,
	EmojiBytes: emojiBytes,
	Escaped:    each(escapedLength),
	JSONBytes:  each(jsonLength),
}

// Units lists every unit.
func Units() []Unit {
	return []Unit{Graphemes, CodePoints, UTF16, UTF8, Weighted, Fediverse, LittleText, EmojiBytes, Escaped, JSONBytes}
}

// Pieces walks through a text in the unit: the byte each piece ends at, and what it
// costs.
func (u Unit) Pieces(text string) iter.Seq2[int, int] { return walks[u](text) }

// Span is a part of a text in bytes: from Start on, before End.
type Span struct{ Start, End int }

// Limit is the most a text may have of a unit.
type Limit struct {
	Unit Unit
	Most int
}

// Count is how much of a limit a text takes.
type Count struct {
	Limit
	Length int
	// Over is the part that is too much, empty when everything fits.
	Over Span
}

// Exceeded tells whether there is too much.
func (c Count) Exceeded() bool { return c.Length > c.Most }

// Of measures a text against the limit.
func (l Limit) Of(text string) Count {
	c := Count{Limit: l}
	fits := 0
	for end, cost := range l.Unit.Pieces(text) {
		c.Length += cost
		if c.Length <= l.Most {
			fits = end
		}
	}
	if c.Exceeded() {
		c.Over = Span{Start: fits, End: len(text)}
	}
	return c
}
