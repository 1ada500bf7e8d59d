package term

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// masked stands for any vowel, as in sh*p.
const masked = '*'

// class is the letter of the automaton: letters that stand for each other share one.
func class(r rune) rune {
	switch r {
	case '0':
		return 'o'
	case '1', 'l', '!', '|', '£':
		return 'i'
	case '3', '€':
		return 'e'
	case '4', '@':
		return 'a'
	case '5', '$', '§':
		return 's'
	case '7':
		return 't'
	case '8':
		return 'b'
	case '9':
		return 'g'
	case '¢':
		return 'c'
	case '¥':
		return 'y'
	default:
		return r
	}
}

// accents are the letters with marks that languages are written with. In a language
// without a row any of Latin's first blocks may be one.
var accents = map[string]string{
	"de": "äöü", "es": "áéíñóúü", "fr": "àâçèéêëîïôùûüÿ", "it": "àèéìíîòóùú", "nl": "áäéëèïíöóüú", "pt": "àáâãçéêíóôõúü",
}

// allAccents is for languages without a row.
const allAccents = "*"

// accented tells whether a letter with marks is a letter of its own: in all scripts but
// Latin, and there if the language has it. English has none.
func (f *folder) accented(r rune) bool {
	switch {
	case r > 0x024F && !unicode.Is(unicode.Latin, r):
		return unicode.IsLetter(r) && norm.NFD.PropertiesString(string(r)).Decomposition() != nil
	case f.accents == allAccents:
		return r >= 0x00C0 && r <= 0x017F
	default:
		return strings.ContainsRune(f.accents, unicode.ToLower(r))
	}
}

func trademark(r rune) bool { return r == '™' || r == '℠' }

// dressed letters are those Unicode gives no plain form for.
func dressed(r rune) (rune, bool) {
	switch {
	case r >= 0x1F150 && r <= 0x1F169: // white on a black circle
		return 'a' + r - 0x1F150, true
	case r >= 0x1F170 && r <= 0x1F189: // white on a black square
		return 'a' + r - 0x1F170, true
	case r == '💲':
		return '$', true
	case r == '❗', r == '❕':
		return '!', true
	case r == '•', r == '∗', r == '●':
		return masked, true
	case r == '⭕':
		return 'o', true
	default:
		small, is := smallCapitals[r]
		return small, is
	}
}

// smallCapitals are capitals as small as other letters. Phoneticians write with some of them, and
// everybody else only dresses a word up; Q and X have none in use.
var smallCapitals = func() map[rune]rune {
	out := make(map[rune]rune)
	plain := []rune("abcdefghijklmnoprstuvwyz")
	for i, r := range []rune("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ") {
		out[r] = plain[i]
	}
	return out
}()

const firstRegional = 0x1F1E6

// regional letters spell flags, two by two; alone they are letters in boxes.
func regional(r rune) bool { return r >= firstRegional && r < firstRegional+26 }

// flagsIn returns the length of the regional letters text begins with and whether they
// spell the flags of countries.
func flagsIn(text string) (length int, flags bool) {
	var spelled []byte
	for i, r := range text {
		if !regional(r) {
			break
		}
		spelled = append(spelled, byte('A'+r-firstRegional))
		length = i + utf8.RuneLen(r)
	}
	for i := 0; i < len(spelled); i += 2 {
		region, err := language.ParseRegion(string(spelled[i:min(i+2, len(spelled))]))
		if err != nil || !region.IsCountry() {
			return length, false
		}
	}
	return length, true
}
