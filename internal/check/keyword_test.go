package check_test

import (
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// A keyword is found wherever readers would see it, however it is written, and nowhere else.
func TestKeyword(t *testing.T) {
	t.Parallel()
	text := func(lang, text string) advocacy.Target {
		return advocacy.Target{Rendering: advocacy.Rendering{Language: lang, Text: text}}
	}
	shown := func(change func(*advocacy.Target)) advocacy.Target {
		target := text("en", "Nothing here.")
		change(&target)
		return target
	}
	for name, tt := range map[string]struct {
		keyword string
		target  advocacy.Target
		want    bool
	}{
		"as it is":            {"recall", text("en", "About the recall today."), true},
		"in capitals":         {"recall", text("en", "RECALL!"), true},
		"look-alike letters":  {"recall", text("en", "About the rеcаll today."), true},
		"split by marks":      {"recall", text("en", "About the r-e-c-a-l-l."), true},
		"spelled out":         {"recall", text("en", "About the r e c a l l today."), true},
		"zero-width":          {"recall", text("en", "About the re\u200bcall."), true},
		"a hashtag":           {"product recall", text("en", "#ProductRecall"), true},
		"a phrase":            {"product recall", text("en", "A product recall."), true},
		"over a line":         {"product recall", text("en", "A product\nrecall."), true},
		"within another word": {"call", text("en", "We recalled it."), false},
		"half a phrase":       {"product recall", text("en", "A product."), false},
		"without its marks":   {"élysée", text("fr", "A l'Elysee."), true},
		"with marks":          {"elysee", text("fr", "À l’Élysée."), true},
		"in its own script":   {"отзыв", text("ru", "Наш отзыв."), true},
		"one picture":         {"💣", text("en", "Look 💣"), true},
		"byline":              {"recall", shown(func(t *advocacy.Target) { t.Byline = "Recall desk" }), true},
		"link":                {"recall", shown(func(t *advocacy.Target) { t.Rendering.Link = "https://acme.example/recall" }), true},
		"disclosure":          {"recall", shown(func(t *advocacy.Target) { t.Rendering.DisclosureText = "Recall" }), true},
		"card title": {"recall", shown(func(t *advocacy.Target) {
			t.Rendering.Card = advocacy.RenderedCard{Title: "The recall"}
		}), true},
		"card description": {"recall", shown(func(t *advocacy.Target) {
			t.Rendering.Card = advocacy.RenderedCard{Title: "A page", Description: "The recall"}
		}), true},
		"card picture": {"recall", shown(func(t *advocacy.Target) {
			t.Rendering.Card = advocacy.RenderedCard{Title: "A page", Picture: advocacy.RenderedMedia{Blob: "x", AltText: "The recall"}}
		}), true},
		"alternative text": {"recall", shown(func(t *advocacy.Target) {
			t.Rendering.Media = []advocacy.RenderedMedia{{Blob: "x"}, {Blob: "y", AltText: "The recall"}}
		}), true},
		"nowhere": {"recall", shown(func(*advocacy.Target) {}), false},
	} {
		k, err := check.NewKeyword(tt.keyword)
		if err != nil {
			t.Fatal(name, err)
		}
		if got := k.In(tt.target); got != tt.want {
			t.Errorf("%s: %q found is %t", name, tt.keyword, got)
		}
	}
}

func TestKeywordLimits(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " ", "a", "!?", strings.Repeat("a", 201), strings.Repeat("ab ", 13)} {
		if _, err := check.NewKeyword(text); advocacy.ReasonOf(err) != "HOLD_KEYWORD_INVALID" {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	for _, text := range []string{"ab", "社", "💣", strings.Repeat("a", 200), strings.TrimSpace(strings.Repeat("ab ", 12))} {
		if _, err := check.NewKeyword(text); err != nil {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}
