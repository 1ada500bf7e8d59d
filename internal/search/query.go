package search

import (
	"strings"
	"unicode/utf8"
)

// Query is what somebody looks for: a text has all of the phrases.
type Query struct{ Phrases []Phrase }

// Phrase is words that stand next to each other, in this order.
type Phrase struct {
	Words []string
	// Prefix: the last word may be the beginning of a longer one.
	Prefix bool
}

// shortestPrefix is how many letters of a word its beginning has at least.
const shortestPrefix = 2

// Parse reads what somebody typed. Words and "what stands in quotation marks" are to be there,
// in any order; the last word may go on, while somebody types. Everything else parts words
// and means nothing, also what is an operator elsewhere.
func Parse(text string) Query {
	var q Query
	for text != "" {
		before, quoted, after, found := cutQuoted(text)
		words := strings.Fields(before)
		for i, word := range words {
			q.add(word, !found && i == len(words)-1)
		}
		if found {
			q.add(quoted, false)
		}
		text = after
	}
	return q
}

// quotes are the marks that begin or end a quotation. Which is which depends on the language.
const quotes = "\"“”„«»"

// cutQuoted cuts out the first quotation. A mark that nothing follows quotes nothing.
func cutQuoted(text string) (before, quoted, after string, found bool) {
	begin := strings.IndexAny(text, quotes)
	if begin < 0 {
		return text, "", "", false
	}
	_, size := utf8.DecodeRuneInString(text[begin:])
	length := strings.IndexAny(text[begin+size:], quotes)
	if length < 0 {
		return text[:begin] + " " + text[begin+size:], "", "", false
	}
	end := begin + size + length
	_, closing := utf8.DecodeRuneInString(text[end:])
	return text[:begin], text[begin+size : end], text[end+closing:], true
}

// add adds a phrase of the words of a text, if it has any.
func (q *Query) add(text string, goesOn bool) {
	all := tokens(text)
	if len(all) == 0 {
		return
	}
	var p Phrase
	switch last := all[len(all)-1]; last.kind {
	case tail:
		// What comes after it may be anything, so it does not have to be the last of a run.
		all = all[:len(all)-1]
	case lone:
		p.Prefix = true
	default:
		p.Prefix = goesOn && utf8.RuneCountInString(last.word) >= shortestPrefix
	}
	for _, t := range all {
		p.Words = append(p.Words, t.word)
	}
	q.Phrases = append(q.Phrases, p)
}

// Empty tells whether there is nothing to look for.
func (q Query) Empty() bool { return len(q.Phrases) == 0 }

// at tells whether the phrase begins at a token, and where it ends, in code points.
func (p Phrase) at(all []token, i int) (end int, ok bool) {
	last := i + len(p.Words) - 1
	if last >= len(all) {
		return 0, false
	}
	for n, word := range p.Words {
		if all[i+n].word == word {
			continue
		}
		if !p.Prefix || i+n < last || !strings.HasPrefix(all[last].word, word) {
			return 0, false
		}
	}
	if p.Prefix {
		return all[last].first, true
	}
	return all[last].end, true
}

// in tells whether the phrase is in a text.
func (p Phrase) in(all []token) bool {
	for i := range all {
		if _, ok := p.at(all, i); ok {
			return true
		}
	}
	return false
}

// Finds tells whether every phrase is in some text of the document. It is the rule that
// databases follow.
func (q Query) Finds(d Document) bool { return q.inAny(append([]string{d.Title}, d.Texts...)) }

// FindsTitle tells whether every phrase is in the document's title.
func (q Query) FindsTitle(d Document) bool { return q.inAny([]string{d.Title}) }

func (q Query) inAny(texts []string) bool {
	found := make([]bool, len(q.Phrases))
	for _, text := range texts {
		all := tokens(text)
		for i, p := range q.Phrases {
			found[i] = found[i] || p.in(all)
		}
	}
	for _, is := range found {
		if !is {
			return false
		}
	}
	return true
}
