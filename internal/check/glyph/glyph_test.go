package glyph_test

import (
	"testing"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"github.com/imprimatur-hq/imprimatur/internal/check/glyph"
)

// TestTheTableIsOfThisUnicode: the table of look-alikes knows the characters the Go
// libraries know, neither more nor fewer.
func TestTheTableIsOfThisUnicode(t *testing.T) {
	t.Parallel()
	if unicode.Version != "15.0.0" || norm.Version != unicode.Version {
		t.Errorf("the tables of Go are of Unicode %s, confusables.txt of 15.0.0: print it anew, as its head says", unicode.Version)
	}
}

func TestSkeleton(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"paypal", "раураl"}, {"paypal", "𝔭𝒶ỿ𝕡𝕒ℓ"}, {"microsoft", "rnicrosoft"}, {"O0", "ОO"}, {"Ill", "l1I"}, {"é", "e\u0301"}, {"ℌ", "H"}, {"ß", "β"},
	} {
		if glyph.Skeleton(pair[0]) != glyph.Skeleton(pair[1]) {
			t.Errorf("%q is read as %q, %q as %q", pair[0], glyph.Skeleton(pair[0]), pair[1], glyph.Skeleton(pair[1]))
		}
	}
	for _, pair := range [][2]string{{"mail", "mall"}, {"a", "b"}, {"банк", "bank"}} {
		if glyph.Skeleton(pair[0]) == glyph.Skeleton(pair[1]) {
			t.Errorf("%q and %q do not look alike", pair[0], pair[1])
		}
	}
}

func TestLooksLike(t *testing.T) {
	t.Parallel()
	for r, want := range map[rune]string{
		'а': "a", 'В': "b", 'в': "", 'ё': "e", 'ά': "a", 'ı': "i", 'a': "", '1': "", 'é': "", 'я': "", '保': "", 'ⅿ': "m", 'æ': "ae",
	} {
		if got := glyph.LooksLike(r); got != want {
			t.Errorf("%c looks like %q, want %q", r, got, want)
		}
	}
}

func TestScripts(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]*unicode.RangeTable{"ru": unicode.Cyrillic, "sr-Latn": nil, "sr": unicode.Cyrillic, "el": unicode.Greek, "en": nil, "ja": nil} {
		if glyph.ScriptOfLanguage(language.MustParse(tag)) != want {
			t.Errorf("the script of %s", tag)
		}
	}
	if glyph.ScriptOf('я') != unicode.Cyrillic || glyph.ScriptOf('a') != nil {
		t.Error("the script of a letter")
	}
	if !glyph.Imitates(unicode.Cyrillic, 'a') || glyph.Imitates(unicode.Cyrillic, 'z') {
		t.Error("what Cyrillic has look-alikes of")
	}
}
