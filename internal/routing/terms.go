package routing

import (
	"strings"
	"unicode"
)

// A term is looked for as whole words, whatever their case and whatever stands between
// them: "risk free" finds "Risk-free!". A term that ends with a star finds every word
// that begins so.

// needle is a term, or a text, as it is compared: lower-case words with single spaces.
func needle(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}), " ")
}

// haystack is the texts as terms are looked for in them.
func haystack(texts []string) string {
	var b strings.Builder
	for _, text := range texts {
		b.WriteString(" " + needle(text) + " \n")
	}
	return b.String()
}

// pattern is what has to stand in the haystack for the term to be found.
func pattern(term string) string {
	if strings.HasSuffix(strings.TrimSpace(term), "*") {
		return " " + needle(term)
	}
	return " " + needle(term) + " "
}
