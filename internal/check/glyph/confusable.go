package glyph

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// confusablesText is the table of UTS 39; its head says where it is from.
//
//go:embed confusables.txt
var confusablesText string

// prototypes gives what each character is read as, as UTS 39 has it. A character that is
// not in it is read as itself.
var prototypes = sync.OnceValue(func() map[rune]string {
	out := make(map[rune]string)
	for line := range strings.Lines(confusablesText) {
		prototype, sources, ok := strings.Cut(strings.TrimSpace(line), "; ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		like := string(codePoints(prototype))
		for _, r := range codePoints(sources) {
			out[r] = like
		}
	}
	return out
})

// codePoints reads hexadecimal code points with spaces between them. The file is built
// in, and a test reads all of it: nothing here can fail that it does not.
func codePoints(text string) []rune {
	var out []rune
	for _, hex := range strings.Fields(text) {
		n, err := strconv.ParseUint(hex, 16, 21)
		if err != nil {
			panic("glyph: confusables.txt: " + err.Error())
		}
		out = append(out, rune(n))
	}
	return out
}

// Skeleton is what a text is read as: two texts with one skeleton look alike (UTS 39,
// section 4). It is for comparing and never for showing.
func Skeleton(text string) string {
	var out strings.Builder
	for _, r := range norm.NFD.String(text) {
		if like, ok := prototypes()[r]; ok {
			out.WriteString(like)
		} else {
			out.WriteRune(r)
		}
	}
	return norm.NFD.String(out.String())
}

// latin gives the letters a to z that a character beyond ASCII is taken for, in lower
// case: "" when it looks like none.
var latin = sync.OnceValue(func() map[rune]string {
	out := make(map[rune]string)
	for r, like := range prototypes() {
		if r > unicode.MaxASCII {
			if read := letters(like); read != "" {
				out[r] = read
			}
		}
	}
	return out
})

// letters is a prototype without its marks, if all that is left are letters of ASCII. A
// single character that UTS 39 reads as r and n is an m, whose prototype that is.
func letters(prototype string) string {
	var out strings.Builder
	for _, r := range prototype {
		switch {
		case unicode.Is(unicode.M, r):
		case r > unicode.MaxASCII || !unicode.IsLetter(r):
			return ""
		default:
			out.WriteRune(unicode.ToLower(r))
		}
	}
	if out.String() == "rn" {
		return "m"
	}
	return out.String()
}

// LooksLike gives the Latin letters a character beyond ASCII is taken for, marks aside.
func LooksLike(r rune) string {
	if r <= unicode.MaxASCII {
		return ""
	}
	if read := latin()[r]; read != "" {
		return read
	}
	if parts := norm.NFD.PropertiesString(string(r)).Decomposition(); len(parts) > 0 {
		bare, _ := utf8.DecodeRune(parts)
		return latin()[bare]
	}
	return ""
}

// Imitates tells whether a script has a letter that looks like a Latin one, which is given
// in lower case.
func Imitates(script *unicode.RangeTable, letter rune) bool { return imitated()[script][letter] }

// imitated are the Latin letters each script has look-alikes of.
var imitated = sync.OnceValue(func() map[*unicode.RangeTable]map[rune]bool {
	out := make(map[*unicode.RangeTable]map[rune]bool)
	for r, read := range latin() {
		script := ScriptOf(r)
		if like, size := utf8.DecodeRuneInString(read); script != nil && size == len(read) {
			if out[script] == nil {
				out[script] = make(map[rune]bool)
			}
			out[script][like] = true
		}
	}
	return out
})
