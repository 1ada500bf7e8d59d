package advocacy

import (
	"slices"
	"strings"
	"testing"
)

// TestLanguageRanges holds that a language is found by itself and by what it is a kind of, in
// any case, and never by the beginning of another word.
func TestLanguageRanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language, asked string
		want            bool
	}{
		{"fr-CA", "fr", true}, {"fr-CA", "fr-CA", true}, {"fr-CA", "FR-ca", true}, {"fr", "fr", true}, {"fr-CA", "", true},
		{"zh-Hant-TW", "zh-hant", true}, {"zh-Hant-TW", "zh-TW", false},
		{"fr", "fr-CA", false}, {"fr-CA", "fr-C", false}, {"fr-CA", "ca", false}, {"fil", "fi", false}, {"en", "fr", false},
	} {
		if got := (Offer{"wall", c.language}).Meets("", c.asked); got != c.want {
			t.Errorf("%q finds %q: %t", c.asked, c.language, got)
		}
	}
	long := "en-x" + strings.Repeat("-abcdefgh", 1000)
	if got := LanguageRanges(long); len(got) != maximumRanges+1 || got[len(got)-1] != long {
		t.Errorf("a tag without end has %d ranges", len(got))
	}
}

// TestOffers holds that an item offers each place once, whatever its alternatives, and that a
// network and a language go together.
func TestOffers(t *testing.T) {
	t.Parallel()
	in := func(n Network, language, alternative string) Target {
		return Target{Alternative: alternative, Rendering: Rendering{Network: n, Language: language}}
	}
	m := Manifest{Targets: []Target{in("wall", "en", ""), in("wall", "en", "short"), in("wall", "fr-CA", ""), in("mastodon", "en", "")}}
	want := []Offer{{"wall", "en"}, {"wall", "fr-CA"}, {"mastodon", "en"}}
	if got := m.Offers(); !slices.Equal(got, want) {
		t.Errorf("offers %v, want %v", got, want)
	}
	meets := func(n Network, language string) bool {
		return slices.ContainsFunc(m.Offers(), func(o Offer) bool { return o.Meets(n, language) })
	}
	if !meets("wall", "fr") || !meets("mastodon", "en") || !meets("mastodon", "") || meets("mastodon", "fr") || meets("linkedin", "") {
		t.Error("an item is found by a place it has no words for, or not by one it has")
	}
}
