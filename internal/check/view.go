package check

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check/glyph"
)

// view is a text in ASCII, for what is made of digits and Latin letters: those are
// undressed, what nobody sees is left out, and anything else is a byte of no meaning.
type view struct {
	text string
	// starts and ends are where the character behind each byte stands in the original.
	starts, ends []int
}

// The bytes of no meaning: letters, which make a word go on, and other signs.
const (
	otherLetter = 0x01
	otherSign   = 0x02
	phoneSign   = 0x03
)

func viewOf(text string) view {
	v := view{starts: make([]int, 0, len(text)), ends: make([]int, 0, len(text))}
	out := make([]byte, 0, len(text))
	for i, r := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		b, shown := asciiOf(r)
		if !shown {
			continue
		}
		out = append(out, b)
		v.starts, v.ends = append(v.starts, i), append(v.ends, i+size)
	}
	v.text = string(out)
	return v
}

// asciiOf is a character as a view shows it.
func asciiOf(r rune) (b byte, shown bool) {
	switch {
	case r <= unicode.MaxASCII:
		return byte(r), true
	case glyph.Unseen(r), glyph.LooseMark(r):
		return 0, false
	case unicode.IsSpace(r), r == glyph.Blank:
		return ' ', true
	case unicode.Is(unicode.Pd, r):
		return '-', true
	case unicode.IsDigit(r):
		return digitOf(r), true
	case strings.ContainsRune("☎✆📞📱📲", r):
		return phoneSign, true
	}
	if parts := norm.NFKD.PropertiesString(string(r)).Decomposition(); len(parts) > 0 && parts[0] < utf8.RuneSelf && parts[0] > ' ' {
		return parts[0], true
	}
	if unicode.IsLetter(r) {
		return otherLetter, true
	}
	return otherSign, true
}

// digitOf is a digit of any script as one of ASCII: Unicode has them in rows from 0 to 9.
func digitOf(r rune) byte {
	for _, row := range unicode.Nd.R16 {
		if rune(row.Lo) <= r && r <= rune(row.Hi) {
			return '0' + byte((r-rune(row.Lo))%10)
		}
	}
	for _, row := range unicode.Nd.R32 {
		if rune(row.Lo) <= r && r <= rune(row.Hi) {
			return '0' + byte((r-rune(row.Lo))%10)
		}
	}
	return otherSign
}

// finding is one at the bytes from i to before j of the view.
func (v view) finding(f advocacy.Finding, i, j int) advocacy.Finding {
	f.Start, f.End = v.starts[i], v.ends[j-1]
	return f
}

// at is a byte of the view, and a space beyond its ends.
func (v view) at(i int) byte {
	if i < 0 || i >= len(v.text) {
		return ' '
	}
	return v.text[i]
}

// withoutAddresses is the view with the web addresses made unreadable: the numbers in
// them are those of pages.
func (v view) withoutAddresses() view {
	if !strings.Contains(v.text, "://") {
		return v
	}
	out := []byte(v.text)
	for i := 0; i < len(out); {
		end := i
		for end < len(out) && out[end] != ' ' && out[end] != '\n' && out[end] != '\t' {
			end++
		}
		if strings.Contains(v.text[i:end], "://") {
			for k := i; k < end; k++ {
				out[k] = otherLetter
			}
		}
		i = end + 1
	}
	v.text = string(out)
	return v
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' || b == otherLetter }

func isWord(b byte) bool { return isDigit(b) || isLetter(b) }

// apart returns findings in their order, without those that overlap one found earlier:
// the digits of an account are no telephone number.
func apart(found []advocacy.Finding) []advocacy.Finding {
	var out []advocacy.Finding
	slices.SortStableFunc(found, func(a, b advocacy.Finding) int { return cmp.Compare(a.Start, b.Start) })
	for _, f := range found {
		if len(out) == 0 || f.Start >= out[len(out)-1].End {
			out = append(out, f)
		}
	}
	return out
}
