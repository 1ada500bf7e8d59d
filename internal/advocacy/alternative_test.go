package advocacy_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestAlternatives: what each place shows under each choice, and where a choice has a text of
// its own.
func TestAlternatives(t *testing.T) {
	t.Parallel()
	c := advocacy.Content{Language: "en", Text: "plain", Variants: []advocacy.Variant{
		{Network: "wall", Text: "plain wall"},
		{Language: "fr", Text: "simple"},
		{Alternative: "bold", Text: "bold"},
		{Alternative: "short", Network: "wall", Language: "fr", Text: "court"},
	}}
	if got := c.Alternatives(); !slices.Equal(got, []string{"", "bold", "short"}) {
		t.Fatalf("alternatives %q", got)
	}
	for _, w := range []struct {
		network             advocacy.Network
		language, name, say string
		offers              bool
	}{
		{"wall", "en", "", "plain wall", true},
		{"webhook", "en", "", "plain", true},
		{"wall", "fr", "", "simple", true},
		{"wall", "en", "bold", "bold", true},
		{"webhook", "en", "bold", "bold", true},
		{"wall", "fr", "bold", "simple", false},
		{"wall", "fr", "short", "court", true},
		{"webhook", "fr", "short", "simple", false},
		{"wall", "en", "short", "plain wall", false},
		{"wall", "en", "none", "plain wall", false},
	} {
		text, _ := c.Choosing(w.name).TextFor(w.network, w.language)
		if text != w.say || c.Offers(w.network, w.language, w.name) != w.offers {
			t.Errorf("%s %s %q says %q, want %q (offered: %v)", w.network, w.language, w.name, text, w.say, w.offers)
		}
	}
}

// TestChoosingKeepsPlaces: whatever a content holds, a choice moves no variant, leaves the
// content as it was, and shows nothing nobody wrote for that choice or for none.
func TestChoosingKeepsPlaces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names, networks, languages := []string{"", "bold", "short"}, []advocacy.Network{"", "wall", "webhook"}, []string{"", "en", "fr"}
		c := advocacy.Content{Language: "en", Text: "text"}
		for i := range rapid.IntRange(0, 8).Draw(t, "variants") {
			c.Variants = append(c.Variants, advocacy.Variant{
				Network: rapid.SampledFrom(networks).Draw(t, "network"), Language: rapid.SampledFrom(languages).Draw(t, "language"),
				Text: string(rune('a' + i)), Alternative: rapid.SampledFrom(names).Draw(t, "alternative"),
			})
		}
		before := slices.Clone(c.Variants)
		for _, name := range names {
			chosen := c.Choosing(name)
			if !slices.Equal(before, c.Variants) || len(chosen.Variants) != len(before) {
				t.Fatalf("choosing %q made %+v of %+v", name, c.Variants, before)
			}
			for _, n := range networks[1:] {
				for _, lang := range languages[1:] {
					text, ok := chosen.TextFor(n, lang)
					i := slices.IndexFunc(before, func(v advocacy.Variant) bool { return v.Text == text })
					switch {
					case ok != (i >= 0 || text == "text"):
						t.Fatalf("%q for %s in %s comes from nowhere", text, n, lang)
					case i >= 0 && before[i].Alternative != "" && before[i].Alternative != name:
						t.Fatalf("%q was chosen and %q is shown", name, before[i].Alternative)
					case name != "" && c.Offers(n, lang, name) && (i < 0 || before[i].Alternative != name):
						t.Fatalf("%q is offered for %s in %s, and %q is shown", name, n, lang, text)
					}
				}
			}
		}
	})
}
