package measure

import (
	_ "embed"
	"iter"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// The figures of twitter-text's config/v3.json (Apache-2.0, github.com/twitter/twitter-text
// 30e2430), which docs.x.com/fundamentals/counting-characters refers to, divided by their
// scale.
const (
	weightedLimit = 280
	heavy         = 2
	light         = 1
	linkWeight    = 23
)

// lightRanges are the characters that weigh one.
var lightRanges = [][2]rune{{0, 4351}, {8192, 8205}, {8208, 8223}, {8242, 8247}}

// weighted walks through a text as X does: in NFC, a link and an emoji each in one piece.
func weighted(text string) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		n := normalize(text)
		next := linksOf(n.text, twitterLinks)
		for at := 0; at < len(n.text); {
			size, cost := 0, 0
			if len(next) > 0 && next[0].Start == at {
				size, cost = next[0].End-at, linkWeight
			} else if size = emojiAt(n.text[at:]); size > 0 {
				cost = heavy
			} else {
				var r rune
				r, size = utf8.DecodeRuneInString(n.text[at:])
				cost = weightOf(r)
			}
			at += size
			for len(next) > 0 && next[0].Start < at {
				next = next[1:]
			}
			if !yield(n.origin(at), cost) {
				return
			}
		}
	}
}

func weightOf(r rune) int {
	for _, span := range lightRanges {
		if r >= span[0] && r <= span[1] {
			return light
		}
	}
	return heavy
}

// emojiList holds the sequences of Emoji 11 that twitter-text takes for one emoji, one a
// line. An emoji that is newer counts by its parts, which is more and never less. A
// single character is not in it, since its weight is an emoji's.
//
//go:embed emoji.txt
var emojiList string

// emojiTable finds the sequences by themselves, and by their first character how long
// they are, longest first.
var emojiTable = sync.OnceValue(func() (t struct {
	known   map[string]bool
	lengths map[rune][]int
}) {
	t.known, t.lengths = map[string]bool{}, map[rune][]int{}
	for line := range strings.Lines(emojiList) {
		sequence := strings.TrimSuffix(line, "\n")
		first, _ := utf8.DecodeRuneInString(sequence)
		t.known[sequence] = true
		if !slices.Contains(t.lengths[first], len(sequence)) {
			t.lengths[first] = append(t.lengths[first], len(sequence))
		}
	}
	for _, lengths := range t.lengths {
		slices.Sort(lengths)
		slices.Reverse(lengths)
	}
	return t
})

// emojiAt returns the length of the longest sequence the text begins with, 0 for none.
func emojiAt(text string) int {
	first, _ := utf8.DecodeRuneInString(text)
	table := emojiTable()
	for _, size := range table.lengths[first] {
		if size <= len(text) && table.known[text[:size]] {
			return size
		}
	}
	return 0
}

// refusedByX are the characters that make a text invalid.
func refusedByX(r rune) bool { return r == '\uFFFE' || r == '\uFEFF' || r == '\uFFFF' }
