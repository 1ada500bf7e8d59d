package term

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/imprimatur-hq/imprimatur/internal/check/glyph"
)

// unit is one letter, digit or picture of a text, as the lexicon reads it, and where it
// stands. What is between two units is a gap of the later one.
type unit struct {
	start, end int
	// base is in lower case and without marks, letter with those that make another letter
	// of it in some languages, such as é.
	base, letter rune
	kind         kind
	gap          gap
	upper        bool
	// tagged: within a hashtag, where words have no spaces between them.
	tagged bool
	// hump: begins a word of a #CamelCase name.
	hump bool
	// spelled: stands alone among others that do, as in "f r e e".
	spelled bool
}

type kind uint8

const (
	plain kind = iota
	// digit and symbol may be read as a letter, such as 3 and €.
	digit
	symbol
	// lookalike is a letter of another script, read as the Latin one it looks like.
	lookalike
	// picture is an emoji or another sign.
	picture
)

// gap is what is between two units: nothing a reader sees, an apostrophe, a mark such as
// a hyphen, or a space. Quotes and brackets part words as spaces do.
type gap uint8

const (
	none gap = iota
	apostrophe
	mark
	space
)

// folder takes a text apart into units.
type folder struct {
	units []unit
	gap   gap
	tag   bool
	// lookalikes: letters of other scripts are read as the Latin ones they look like, but
	// for those the language is written in.
	lookalikes bool
	own        *unicode.RangeTable
	accents    string
	// wordEnd is where the word at hand ends, and ownWord whether it is wholly in the
	// language's own script.
	wordEnd int
	ownWord bool
	// flagsEnd is where the regional letters at hand end, and flags whether they spell flags.
	flagsEnd int
	flags    bool
}

// fold reads a text as the lexicon does: in lower case, whole letters for full-width,
// mathematical, circled and other dressed ones, without marks and characters nobody sees.
func fold(text string, tongue tongue, lookalikes bool) []unit {
	f := folder{units: make([]unit, 0, len(text)), lookalikes: lookalikes, own: tongue.script, accents: tongue.accents}
	for i, r := range text {
		end := i + utf8.RuneLen(r)
		if r == utf8.RuneError {
			end = i + 1
		}
		switch {
		case r <= unicode.MaxASCII:
			f.put(unit{start: i, end: end, base: unicode.ToLower(r), upper: unicode.IsUpper(r)})
		case regional(r):
			if i >= f.flagsEnd {
				length, flags := flagsIn(text[i:])
				f.flagsEnd, f.flags = i+length, flags
			}
			if f.flags {
				f.put(unit{start: i, end: end, base: r, kind: picture})
			} else {
				f.put(unit{start: i, end: end, base: 'a' + r - firstRegional})
			}
		default:
			f.beyond(text, i, end, r)
		}
	}
	f.settle()
	return f.units
}

// beyond reads a character beyond ASCII.
func (f *folder) beyond(text string, start, end int, r rune) {
	if glyph.Unseen(r) {
		if unicode.Is(unicode.Variation_Selector, r) || glyph.SkinTone(r) {
			f.extend(end)
		}
		return
	}
	switch {
	case r == glyph.Blank:
		f.between(' ')
		return
	case trademark(r):
		f.between(r)
		return
	}
	u := unit{start: start, end: end, upper: unicode.IsUpper(r)}
	if f.lookalikes {
		if read := f.lookalike(text, start, r); read != "" {
			u.kind = lookalike
			f.putAll(u, read)
			return
		}
	}
	if d, ok := dressed(r); ok {
		u.base = d
		f.put(u)
		return
	}
	parts := norm.NFKD.PropertiesString(text[start:end]).Decomposition()
	if parts == nil {
		f.place(u, r, r)
		return
	}
	first := true
	for len(parts) > 0 {
		p, n := utf8.DecodeRune(parts)
		parts = parts[n:]
		whole := p
		if first && f.accented(r) {
			whole = r
		}
		f.place(u, p, whole)
		first = false
	}
}

// place adds one part of a character: a mark to the unit before, a letter as a new one.
func (f *folder) place(u unit, r, whole rune) {
	switch {
	case glyph.LooseMark(r):
		f.accent(u.end, r)
	case r == 'ß', r == 'ẞ':
		f.putAll(u, "ss")
	case r == 'æ', r == 'Æ':
		f.putAll(u, "ae")
	case r == 'œ', r == 'Œ':
		f.putAll(u, "oe")
	case r == 'ς':
		u.base = 'σ'
		f.put(u)
	default:
		u.base = unicode.ToLower(r)
		if whole != r {
			u.letter = unicode.ToLower(whole)
		}
		f.put(u)
	}
}

// accent joins a mark to the letter before it. Marks that make no letter of their own
// only disguise it.
func (f *folder) accent(end int, r rune) {
	f.extend(end)
	if len(f.units) == 0 || f.gap != none {
		return
	}
	u := &f.units[len(f.units)-1]
	if u.kind != plain || u.letter != u.base || f.accents == "" && unicode.Is(unicode.Latin, u.base) {
		return
	}
	if whole := []rune(norm.NFC.String(string([]rune{u.base, r}))); len(whole) == 1 && f.accented(whole[0]) {
		u.letter = whole[0]
	}
}

// extend makes the last unit end where what belongs to it does.
func (f *folder) extend(end int) {
	if len(f.units) > 0 && f.gap == none {
		f.units[len(f.units)-1].end = end
	}
}

func (f *folder) putAll(u unit, letters string) {
	for _, r := range letters {
		u.base, u.letter = r, r
		f.put(u)
	}
}

// put adds a unit, or widens the gap before the next one.
func (f *folder) put(u unit) {
	r := u.base
	if u.letter == 0 {
		u.letter = r
	}
	switch {
	case u.kind == lookalike, u.kind == picture:
	case unicode.IsLetter(r), unicode.Is(unicode.M, r):
		u.kind = plain
	case unicode.IsDigit(r):
		u.kind = digit
	case r != class(r), r == masked:
		u.kind = symbol
	case unicode.Is(unicode.So, r):
		u.kind = picture
	default:
		f.between(r)
		return
	}
	u.gap, u.tagged = f.gap, f.tag
	f.gap = none
	f.units = append(f.units, u)
}

func (f *folder) between(r rune) {
	switch {
	case r == '\'', r == '’':
		f.gap = max(f.gap, apostrophe)
	case unicode.IsSpace(r), unicode.IsControl(r), r == '"', r == '`', unicode.In(r, unicode.Ps, unicode.Pe, unicode.Pi, unicode.Pf):
		f.gap = space
	default:
		f.gap = max(f.gap, mark)
	}
	f.tag = r == '#' || f.tag && r == '_'
}

// lookalike is how the character at start is read by somebody who sees Latin letters:
// "" when it is a letter of the language of the text and means itself.
func (f *folder) lookalike(text string, start int, r rune) string {
	read := glyph.LooksLike(r)
	if read == "" || unicode.Is(unicode.Latin, r) && f.accented(r) {
		return ""
	}
	if f.own == nil || !unicode.Is(f.own, r) {
		return read
	}
	if start >= f.wordEnd {
		from := len(strings.TrimRightFunc(text[:start], glyph.OfWord))
		f.wordEnd = len(text) - len(strings.TrimLeftFunc(text[start:], glyph.OfWord))
		foreign := func(r rune) bool { return !unicode.Is(f.own, r) && !unicode.Is(unicode.Inherited, r) }
		f.ownWord = !strings.ContainsFunc(text[from:f.wordEnd], foreign)
	}
	if f.ownWord {
		return ""
	}
	return read
}

// settle decides what needs the neighbours: which symbols stand for letters, which
// letters are spelled out, where words of a hashtag begin.
func (f *folder) settle() {
	kept := f.units[:0]
	widen := none
	for i, u := range f.units {
		u.gap = max(u.gap, widen)
		if u.kind == symbol && !standsForLetter(kept, u, f.units[i+1:]) {
			widen = max(u.gap, mark)
			continue
		}
		widen = none
		kept = append(kept, u)
	}
	f.units = kept
	alone := 0
	for i := range kept {
		u := &kept[i]
		if u.upper && i > 0 && u.gap == none && kept[i-1].kind != picture {
			u.hump = !kept[i-1].upper || i+1 < len(kept) && kept[i+1].gap == none && kept[i+1].kind == plain && !kept[i+1].upper
		}
		if u.kind == picture || i > 0 && u.gap == none || i+1 < len(kept) && kept[i+1].gap == none {
			alone = 0
			continue
		}
		if alone++; alone == 3 {
			kept[i-2].spelled, kept[i-1].spelled = true, true
		}
		u.spelled = alone >= 3
	}
}

// standsForLetter: a symbol is read as a letter when it touches letters. What ends a
// sentence must stand between two, so must an asterisk that does not part every letter
// from the next, and money has no digit beside it.
func standsForLetter(before []unit, u unit, after []unit) bool {
	left, right := picture, picture
	if len(before) > 0 && u.gap == none {
		left = before[len(before)-1].kind
	}
	if len(after) > 0 && after[0].gap == none {
		right = after[0].kind
	}
	letterLeft, letterRight := left == plain || left == lookalike || left == symbol, right == plain || right == lookalike
	switch u.base {
	case '!', '|':
		return letterLeft && letterRight
	case masked:
		spelled := len(before) > 1 && before[len(before)-1].gap == mark || len(after) > 1 && after[1].base == masked
		return letterLeft && letterRight && !spelled
	case '@':
		return letterLeft || letterRight
	default:
		return (letterLeft || letterRight) && left != digit && right != digit
	}
}
