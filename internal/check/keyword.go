package check

import (
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check/term"
)

// Keyword is a word or phrase made ready for finding it in what networks will show. It never
// changes, and many goroutines may use it.
type Keyword struct{ found *term.Lexicon }

// NewKeyword refuses one that could never be found or would be found everywhere: it needs two
// letters, one picture or one character of a script without spaces, and has twelve words and 200
// bytes at most (HOLD_KEYWORD_INVALID).
func NewKeyword(text string) (*Keyword, error) {
	found, err := term.New([]term.Term{{Text: text, Grade: term.Forbidden, Exact: true}})
	if err != nil {
		return nil, advocacy.InvalidField("hold.target", "HOLD_KEYWORD_INVALID",
			"%.40q cannot be looked for: a keyword needs two letters, one picture or one character of a script without spaces, and at most 12 words and 200 bytes", text)
	}
	return &Keyword{found}, nil
}

// In tells whether the keyword stands in anything that the target shows, as a whole word or
// phrase, in upper or lower case, disguised or not. With and without marks a letter is the same
// here: what is stopped by mistake goes out later, and the contrary cannot be undone.
func (k *Keyword) In(t advocacy.Target) bool {
	r := t.Rendering
	texts := []string{t.Byline, r.Text, r.Link, r.DisclosureText, r.Card.Title, r.Card.Description}
	for _, m := range r.Pictures() {
		texts = append(texts, m.AltText)
	}
	for _, text := range texts {
		if text != "" && (len(k.found.Find(text, r.Language)) > 0 || len(k.found.Find(text, "")) > 0) {
			return true
		}
	}
	return false
}
