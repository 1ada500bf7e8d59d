package check

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check/glyph"
)

// hidden finds characters that take no room and change nothing a reader sees. Joiners,
// places to break a line and variation selectors are left alone where emoji and scripts
// need them, and so are the tag characters that spell a flag.
func hidden(field, text string) []advocacy.Finding {
	var out []advocacy.Finding
	flagEnd := 0
	before := ' '
	for i, r := range text {
		if r == blackFlag {
			flagEnd = i + flagLen(text[i:])
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		after, _ := utf8.DecodeRuneInString(text[i+size:])
		previous := before
		before = r
		switch {
		case tagCharacter(r) && i < flagEnd, joins(r) && joinsThese(previous, after), selects(r) && selectsOf(r, previous),
			r == zeroWidthSpace && (breaks(previous) || breaks(after)):
		case tagCharacter(r), joins(r), selects(r), glyph.Invisible(r):
			out = append(out, advocacy.Finding{
				Code: "HIDDEN_CHARACTER", Severity: advocacy.NeedsReview, Field: field,
				Start: i, End: i + size, Args: map[string]string{"character": fmt.Sprintf("%U", r)},
			})
		}
	}
	return out
}

// blackFlag begins the emoji of a region's flag, such as Scotland's: tag characters
// follow that spell the region, and cancelTag ends them.
const (
	blackFlag = 0x1F3F4
	cancelTag = 0xE007F
)

// tagCharacter: letters nobody sees, which can carry a whole sentence past a reader.
func tagCharacter(r rune) bool { return r >= 0xE0000 && r <= cancelTag }

// flagLen is the length of the flag that text begins with, 0 when the tag characters
// after the black flag are not ended or spell more than a region.
func flagLen(text string) int {
	const longestRegion = 6
	seen := 0
	for i, r := range text[utf8.RuneLen(blackFlag):] {
		switch {
		case r == cancelTag && seen > 0:
			return utf8.RuneLen(blackFlag) + i + utf8.RuneLen(r)
		case !tagCharacter(r) || r < 0xE0020 || seen == longestRegion:
			return 0
		}
		seen++
	}
	return 0
}

func joins(r rune) bool { return r == 0x200C || r == 0x200D }

// joinsThese tells whether a joiner between two characters does anything: it makes one
// emoji of two, and it shapes letters of scripts that are written in one stroke or have
// conjuncts.
func joinsThese(before, after rune) bool {
	if unicode.In(before, unicode.So, unicode.Sk, unicode.Variation_Selector, unicode.Me) {
		return unicode.In(after, unicode.So, unicode.Sm)
	}
	return shaped(before) || shaped(after)
}

// zeroWidthSpace is where a line may break in scripts that have no spaces between words.
const zeroWidthSpace = 0x200B

// breaks tells whether a letter's script has such places.
func breaks(r rune) bool {
	return unicode.In(r, unicode.Khmer, unicode.Lao, unicode.Myanmar, unicode.Thai)
}

// shaped letters change with their neighbours.
func shaped(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M) && !unicode.In(r,
		unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Georgian, unicode.Hebrew,
		unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Common, unicode.Inherited)
}

func selects(r rune) bool { return unicode.Is(unicode.Variation_Selector, r) }

// selectsOf tells whether a variation selector chooses how the character before it looks.
// Without one, or in rows, selectors carry bytes that nobody sees.
func selectsOf(r, before rune) bool {
	if r >= 0xE0100 {
		return unicode.Is(unicode.Han, before)
	}
	return !unicode.IsSpace(before) && !selects(before) && !glyph.Invisible(before) && !joins(before) &&
		!unicode.In(before, unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Cc)
}
