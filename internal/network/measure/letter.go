package measure

import (
	"strings"
	"sync"
	"unicode"
)

// What twitter-text takes for letters, in code units of UTF-16.

func oneOf(chars string, u uint16) bool { return strings.ContainsRune(chars, rune(u)) }

func ascii(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII })
}

func alphanumeric(u uint16) bool {
	return u >= '0' && u <= '9' || u >= 'a' && u <= 'z' || u >= 'A' && u <= 'Z'
}

func continuesName(u uint16) bool { return alphanumeric(u) || oneOf("@+-", u) }

// fold returns the capital letter, as regular expressions of ECMAScript compare without
// regard to case: no letter beyond ASCII becomes one of ASCII.
func fold(u uint16) uint16 {
	upper := unicode.ToUpper(rune(u))
	if u > unicode.MaxASCII && upper <= unicode.MaxASCII || upper > 0xFFFF {
		return u
	}
	return uint16(upper)
}

// inLabel tells whether the label of a domain may begin and end with the unit: anything
// but punctuation, space, direction marks and what is no character.
func inLabel(u uint16) bool {
	switch {
	case u <= unicode.MaxASCII:
		return !oneOf("!'#%&()*+,\\-./:;<=>?@[]^_{|}~$ \t\n\v\f\r", u)
	case u == 0x85, u == 0xA0, u == 0x1680, u == 0x180E, u >= 0x2000 && u <= 0x200A:
		return false
	case u == 0x2028, u == 0x2029, u == 0x202F, u == 0x205F, u == 0x3000:
		return false
	case u >= 0x202A && u <= 0x202E, u == 0x061C, u == 0x200E, u == 0x200F, u >= 0x2066 && u <= 0x2069:
		return false
	default:
		return !refusedByX(rune(u))
	}
}

// inLatinLabel tells whether a domain is written so that it needs no https:// before it.
func inLatinLabel(u uint16) bool {
	return u == '-' || alphanumeric(u) || u > unicode.MaxASCII && latin()[fold(u)]
}

// accented tells whether the unit is a letter or digit of ASCII, a Latin letter with an
// accent, or a Cyrillic one.
func accented(u uint16) bool {
	return alphanumeric(u) || u > unicode.MaxASCII && (latin()[fold(u)] || cyrillic()[fold(u)])
}

// latin and cyrillic hold the capitals of the letters.
var (
	latin = sync.OnceValue(func() map[uint16]bool {
		return capitals([]Span{
			{0xC0, 0xD6}, {0xD8, 0xF6}, {0xF8, 0xFF}, {0x100, 0x24F}, {0x253, 0x254}, {0x256, 0x257}, {0x259, 0x259},
			{0x25B, 0x25B}, {0x263, 0x263}, {0x268, 0x268}, {0x26F, 0x26F}, {0x272, 0x272}, {0x289, 0x289}, {0x28B, 0x28B},
			{0x2BB, 0x2BB}, {0x300, 0x36F}, {0x1E00, 0x1EFF},
		})
	})
	cyrillic = sync.OnceValue(func() map[uint16]bool { return capitals([]Span{{0x400, 0x4FF}}) })
)

func capitals(spans []Span) map[uint16]bool {
	letters := map[uint16]bool{}
	for _, span := range spans {
		for u := span.Start; u <= span.End; u++ {
			letters[fold(uint16(u))] = true
		}
	}
	return letters
}
