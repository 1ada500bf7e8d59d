package check

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check/glyph"
)

// foreign finds what is written with letters of other scripts than it seems to be:
// addresses, and words that mix scripts.
func foreign(field, text, lang string) []advocacy.Finding {
	if !beyondASCII(text) {
		return nil
	}
	var out []advocacy.Finding
	own := glyph.ScriptOfLanguage(language.Make(lang))
	done := 0
	for _, h := range hostsIn(text) {
		if !h.address || !beyondASCII(h.name) {
			continue
		}
		out = append(out, mixedWords(field, text, done, h.start, own)...)
		out = append(out, advocacy.Finding{
			Code: "MIXED_SCRIPT_LINK", Severity: advocacy.NeedsReview, Field: field,
			Start: h.start, End: h.end, Args: map[string]string{"host": spelled(h.name)},
		})
		done = h.end
	}
	return append(out, mixedWords(field, text, done, len(text), own)...)
}

// mixedWords finds the words from one place to another that mix scripts so that a reader
// takes some letters for others (UTS 39, section 5).
func mixedWords(field, text string, from, to int, own *unicode.RangeTable) []advocacy.Finding {
	var out []advocacy.Finding
	for from < to {
		r, size := utf8.DecodeRuneInString(text[from:to])
		if !glyph.OfWord(r) {
			from += size
			continue
		}
		end := to - len(strings.TrimLeftFunc(text[from:to], glyph.OfWord))
		if odd := mixture(text[from:end], own); odd != 0 {
			out = append(out, advocacy.Finding{
				Code: "MIXED_SCRIPT", Severity: advocacy.NeedsReview, Field: field,
				Start: from, End: end, Args: map[string]string{"character": fmt.Sprintf("%U", odd)},
			})
		}
		from = end
	}
	return out
}

// mixture returns the first letter of a word that is taken for one of the other letters'
// script, 0 when none is. Words that mix scripts openly, such as 5µm or a Russian ending
// after a foreign name, are no mixture.
func mixture(word string, own *unicode.RangeTable) rune {
	var latins, others []rune
	var script *unicode.RangeTable
	switches := 0
	inLatin := false
	for _, r := range word {
		switch {
		case unicode.In(r, unicode.Common, unicode.Inherited):
			continue
		case unicode.Is(unicode.Latin, r):
			if len(others) > 0 && !inLatin {
				switches++
			}
			latins, inLatin = append(latins, r), true
		default:
			script = glyph.ScriptOf(r)
			if script == nil {
				return 0
			}
			if inLatin {
				switches++
			}
			others, inLatin = append(others, r), false
		}
	}
	ending := switches == 1 && !inLatin && len(latins) > 1
	switch {
	case len(latins) == 0 || len(others) == 0 || ending && (script == own || symbolAtEnd(latins, others)):
		return 0
	case all(others, func(r rune) bool { return glyph.LooksLike(r) != "" }):
		return others[0]
	case !ending && len(latins) < len(others) && all(latins, func(r rune) bool { return glyph.Imitates(script, unicode.ToLower(r)) }):
		return latins[0]
	default:
		return 0
	}
}

// symbolAtEnd: a single Greek letter after a capital is the name of a kind, as in TNFα.
func symbolAtEnd(latins, others []rune) bool {
	return len(others) == 1 && unicode.Is(unicode.Greek, others[0]) && unicode.IsUpper(latins[len(latins)-1])
}

func all(rs []rune, is func(rune) bool) bool {
	for _, r := range rs {
		if !is(r) {
			return false
		}
	}
	return true
}
