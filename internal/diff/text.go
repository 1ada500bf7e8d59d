package diff

import (
	"strings"

	"github.com/rivo/uniseg"
	"github.com/sergi/go-diff/diffmatchpatch"
)

// Op is what became of a piece of text.
type Op string

const (
	// Equal is in both texts.
	Equal Op = "equal"
	// Insert is only in the newer one.
	Insert Op = "insert"
	// Delete is only in the older one.
	Delete Op = "delete"
)

// Ops lists them.
func Ops() []Op { return []Op{Equal, Insert, Delete} }

// Span is a piece of text and what became of it.
type Span struct {
	Op   Op
	Text string
}

// costMost bounds how many pairs of tokens a comparison may come to look at. Beyond it
// texts are compared by line, and beyond that not within themselves.
const costMost = 4_000_000

// Text compares two texts by word, where words are what the writing system takes for
// them.
func Text(base, head string) []Span {
	for _, cut := range []func(string) []string{words, lines} {
		if a, b := cut(base), cut(head); cost(a, b) <= costMost {
			return readable(compare(a, b))
		}
	}
	return replaced(base, head)
}

// replaced is a text in the place of another.
func replaced(base, head string) []Span {
	if base == head {
		return add(nil, Equal, base)
	}
	return add(add(nil, Delete, base), Insert, head)
}

// words cuts a text at every boundary of a word that is one of a character as well.
func words(text string) []string {
	characters := make(map[int]bool)
	for rest, state, at := text, -1, 0; rest != ""; {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		at += len(cluster)
		characters[at] = true
	}
	var out []string
	start, at := 0, 0
	for rest, state := text, -1; rest != ""; {
		var word string
		word, rest, state = uniseg.FirstWordInString(rest, state)
		if at += len(word); characters[at] {
			out = append(out, text[start:at])
			start = at
		}
	}
	return out
}

func lines(text string) []string { return strings.SplitAfter(text, "\n") }

// cost is how many pairs of tokens are left when both ends that agree are put aside.
func cost(a, b []string) int {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return (len(a) + len(b)) * min(len(a), len(b))
}

// alphabet writes each different token as one letter of its own, which is what the
// library compares.
type alphabet struct {
	letters map[string]rune
	tokens  map[rune]string
	next    rune
}

func (l *alphabet) write(tokens []string) []rune {
	out := make([]rune, len(tokens))
	for i, token := range tokens {
		letter, known := l.letters[token]
		if !known {
			l.next++
			if l.next == 0xD800 { // surrogates are no letters
				l.next = 0xE000
			}
			letter = l.next
			l.letters[token], l.tokens[letter] = letter, token
		}
		out[i] = letter
	}
	return out
}

func (l *alphabet) read(text string) string {
	var b strings.Builder
	for _, letter := range text {
		b.WriteString(l.tokens[letter])
	}
	return b.String()
}

func compare(base, head []string) []Span {
	l := &alphabet{letters: make(map[string]rune), tokens: make(map[rune]string)}
	a, b := l.write(base), l.write(head)
	m := diffmatchpatch.New()
	m.DiffTimeout = 0 // the same texts give the same answer on a slow machine; cost bounds it
	ops := map[diffmatchpatch.Operation]Op{
		diffmatchpatch.DiffEqual: Equal, diffmatchpatch.DiffInsert: Insert, diffmatchpatch.DiffDelete: Delete,
	}
	var out []Span
	for _, d := range m.DiffMainRunes(a, b, false) {
		out = add(out, ops[d.Type], l.read(d.Text))
	}
	return out
}

// readable takes blanks between two changes into them: two words in the place of two
// others are one change.
func readable(spans []Span) []Span {
	var out []Span
	var deleted, inserted string
	flush := func() {
		out = add(add(out, Delete, deleted), Insert, inserted)
		deleted, inserted = "", ""
	}
	for i, s := range spans {
		between := i+1 < len(spans) && deleted+inserted != ""
		switch {
		case s.Op == Delete:
			deleted += s.Text
		case s.Op == Insert:
			inserted += s.Text
		case between && strings.TrimSpace(s.Text) == "":
			deleted += s.Text
			inserted += s.Text
		default:
			flush()
			out = add(out, Equal, s.Text)
		}
	}
	flush()
	return out
}

// add appends a piece, to the span before it if that is of the same kind.
func add(spans []Span, op Op, text string) []Span {
	if text == "" {
		return spans
	}
	if n := len(spans); n > 0 && spans[n-1].Op == op {
		spans[n-1].Text += text
		return spans
	}
	return append(spans, Span{op, text})
}
