package glyph

import (
	"unicode"

	"golang.org/x/text/language"
)

// scripts are those with letters that look like Latin ones, by their ISO 15924 code.
var scripts = map[string]*unicode.RangeTable{
	"Arab": unicode.Arabic, "Armn": unicode.Armenian, "Cher": unicode.Cherokee, "Cyrl": unicode.Cyrillic,
	"Geor": unicode.Georgian, "Grek": unicode.Greek, "Hebr": unicode.Hebrew,
}

// ScriptOf is the script of a letter, nil when no letter of it looks like a Latin one.
func ScriptOf(r rune) *unicode.RangeTable {
	for _, script := range scripts {
		if unicode.Is(script, r) {
			return script
		}
	}
	return nil
}

// ScriptOfLanguage is the script a language is written in, nil when no letter of it looks
// like a Latin one.
func ScriptOfLanguage(tag language.Tag) *unicode.RangeTable {
	script, _ := tag.Script()
	return scripts[script.String()]
}

// OfWord tells what words are made of.
func OfWord(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.M, r) }

// LooseMark tells the marks any script may wear, which change how a letter looks. Those of
// one script are letters there, and so are the two that voice a kana.
func LooseMark(r rune) bool {
	const voiced, halfVoiced = 0x3099, 0x309A
	return r != voiced && r != halfVoiced && unicode.In(r, unicode.Mn, unicode.Me) && !belongs(r)
}

func belongs(r rune) bool { return !unicode.Is(unicode.Inherited, r) && !unicode.Is(unicode.Common, r) }

// Blank looks like a space and is a pattern of braille.
const Blank = 0x2800

// Unseen tells the characters that take no room, and those that only colour an emoji or
// stretch an Arabic word.
func Unseen(r rune) bool {
	const tatweel = 0x0640
	if r == Blank || unicode.IsSpace(r) {
		return false
	}
	return unicode.Is(unicode.Cf, r) || Invisible(r) || SkinTone(r) || r == tatweel ||
		unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// SkinTone tells the colours of an emoji.
func SkinTone(r rune) bool { return r >= 0x1F3FB && r <= 0x1F3FF }

// Invisible tells the characters that take no room, or look like a space and are none, and
// have no use in any text.
func Invisible(r rune) bool {
	switch r {
	case 0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x2028, 0x2029, Blank, 0x3164, 0xFEFF, 0xFFA0:
		return true
	default:
		return r >= 0x2060 && r <= 0x2065 || r >= 0x206A && r <= 0x206F || // invisible operators, and what is deprecated
			r >= 0xFFF0 && r <= 0xFFFB || r >= 0x1BCA0 && r <= 0x1BCA3 || r >= 0x1D173 && r <= 0x1D17A
	}
}
