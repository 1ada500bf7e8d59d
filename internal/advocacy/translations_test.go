package advocacy

import "testing"

// TestTranslations: whoever reads a language is told in it, or in what comes nearest.
func TestTranslations(t *testing.T) {
	t.Parallel()
	words := TranslationsOf(map[string]string{"fr": "non", "fr-CA": "ben non", "pt-BR": "não", "de": "nein"})
	for language, want := range map[string]string{
		"fr": "non", "fr-ca": "ben non", "fr-BE": "non", "pt": "não", "pt-PT": "não", "DE-at": "nein", "de_CH": "nein", "en": "no", "d": "no", "": "no",
	} {
		if got := words.In(language, "no"); got != want {
			t.Errorf("%q is told %q, want %q", language, got, want)
		}
	}
	for _, none := range []Translations{TranslationsOf(nil), TranslationsOf(map[string]string{}), "{"} {
		if got := none.In("fr", "no"); got != "no" {
			t.Errorf("without translations it says %q", got)
		}
	}
	if again := TranslationsOf(map[string]string{"de": "nein", "pt-BR": "não", "fr-CA": "ben non", "fr": "non"}); again != words {
		t.Errorf("the same words are %q and %q", again, words)
	}
}
