package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/imprimatur-hq/imprimatur/internal/check/glyph"
)

// Edition is raised whenever the same text is to be found by other words, or an item by
// something else: what was indexed by an older one is indexed again. Edition 2 came with what
// items offer.
const Edition = 2

// longestWord is how many characters of a word count.
const longestWord = 64

// token is a word of a text, and where it stands in it, in code points.
type token struct {
	word       string
	start, end int
	// first is where the first character of a pair ends, and end for everything else.
	first int
	// kind tells what it is a word of.
	kind tokenKind
}

// tokenKind is how a word came to be.
type tokenKind uint8

const (
	// whole is a word of a script that writes spaces.
	whole tokenKind = iota
	// pair is two characters of a script that does not.
	pair
	// tail is the second character of the pair before, at the end of its run.
	tail
	// lone is a run of one character.
	lone
)

// tokenizer takes a text apart.
type tokenizer struct {
	tokens []token
	// word is what was read of a word, and from where to where.
	word       []rune
	start, end int
	// before is the last character of a run of a script without spaces, kind what it would
	// be as the last one, 0 outside a run.
	before              rune
	beforeAt, beforeEnd int
	kind                tokenKind
}

// tokens are the words of a text.
func tokens(text string) []token {
	var t tokenizer
	fold := cases.Fold()
	for from, at := 0, 0; from < len(text); {
		if plain(text[from:]) {
			t.read(unicode.ToLower(rune(text[from])), at, at+1)
			from, at = from+1, at+1
			continue
		}
		// What Unicode composes or takes apart stays together.
		size := norm.NFKC.NextBoundaryInString(text[from:], true)
		end := at + utf8.RuneCountInString(text[from:from+size])
		for _, r := range norm.NFC.String(unmarked(fold.String(norm.NFKC.String(text[from : from+size])))) {
			t.read(r, at, end)
		}
		from, at = from+size, end
	}
	t.endWord()
	t.endRun()
	return t.tokens
}

// plain tells whether a text begins with a character that needs no look at the next ones.
func plain(text string) bool {
	return text[0] < utf8.RuneSelf && (len(text) == 1 || text[1] < utf8.RuneSelf)
}

// unmarked decomposes a text and drops the marks people leave off when they type: accents,
// and the points of Hebrew and Arabic. Vowel signs, voicing and tones, which make another
// letter, stay.
func unmarked(text string) string {
	return strings.Map(func(r rune) rune {
		if glyph.LooseMark(r) || unicode.Is(unicode.Mn, r) && unicode.Is(unicode.Hebrew, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(text))
}

// unspaced are the scripts without spaces between words, and Hangul, whose words take endings.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Hangul, unicode.Yi,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
	// The sign that lengthens a vowel belongs to several scripts.
	{R16: []unicode.Range16{{Lo: 'ー', Hi: 'ー', Stride: 1}}},
}

// read reads the next character, which stands for the code points from at to end.
func (t *tokenizer) read(r rune, at, end int) {
	switch {
	case r < utf8.RuneSelf && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9'):
		t.endRun()
		t.put(r, at, end)
	case r < utf8.RuneSelf:
		t.endWord()
		t.endRun()
	case glyph.Unseen(r):
	case !unicode.In(r, unicode.L, unicode.M, unicode.N):
		t.endWord()
		t.endRun()
	case unicode.In(r, unspaced...):
		t.endWord()
		t.run(r, at, end)
	default:
		t.endRun()
		t.put(r, at, end)
	}
}

func (t *tokenizer) put(r rune, at, end int) {
	if len(t.word) == 0 {
		t.start = at
	}
	if t.end = end; len(t.word) < longestWord {
		t.word = append(t.word, r)
	}
}

func (t *tokenizer) endWord() {
	if len(t.word) > 0 {
		t.tokens = append(t.tokens, token{word: string(t.word), start: t.start, end: t.end, first: t.end, kind: whole})
		t.word = t.word[:0]
	}
}

func (t *tokenizer) run(r rune, at, end int) {
	t.kind = lone
	if t.before != 0 {
		t.tokens = append(t.tokens, token{word: string([]rune{t.before, r}), start: t.beforeAt, end: end, first: t.beforeEnd, kind: pair})
		t.kind = tail
	}
	t.before, t.beforeAt, t.beforeEnd = r, at, end
}

func (t *tokenizer) endRun() {
	if t.before != 0 {
		t.tokens = append(t.tokens, token{word: string(t.before), start: t.beforeAt, end: t.beforeEnd, first: t.beforeEnd, kind: t.kind})
		t.before = 0
	}
}
