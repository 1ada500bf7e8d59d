package check_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// TestImitations: what is an own domain, or lies in one, imitates none.
func TestImitations(t *testing.T) {
	t.Parallel()
	own := ready(t, nil, []string{"Example.com", "münchen.test", "xn--80ak6aa92e.test"})
	for text, want := range map[string]string{
		"example.com":                       "",
		"EXAMPLE.COM.":                      "",
		"shop.example.com":                  "",
		"example.org":                       "",
		"myexample.com":                     "",
		"no domain at all":                  "",
		"examp1e.com":                       "examp1e.com Example.com",
		"shop.examp1e.com":                  "shop.examp1e.com Example.com",
		"https://example.com.evil.test/":    "example.com.evil.test Example.com",
		"https://nina@exarnple.com:8080/x":  "exarnple.com Example.com",
		"ｅxａｍｐｌｅ.com":                       "",
		"ехample.com":                       "ехample.com (xn--ample-ywe6i.com) Example.com",
		"xn--ample-ywe6i.com":               "xn--ample-ywe6i.com Example.com",
		"münchen.test, xn--mnchen-3ya.test": "",
		"munchen.test":                      "",
		"rnünchen.test":                     "rnünchen.test (xn--rnnchen-o2a.test) münchen.test",
		"аррӏе.test":                        "",
		"apple.test":                        "apple.test аррӏе.test",
	} {
		var found []string
		for _, f := range own.Find(advocacy.Content{Text: text}) {
			found = append(found, f.Args["host"]+" "+f.Args["own"])
			if f.Code != "LOOKALIKE_DOMAIN" || f.Severity != advocacy.NeedsReview || !strings.HasPrefix(f.Args["host"]+" ", text[f.Start:f.End]+" ") {
				t.Errorf("%q: %+v", text, f)
			}
		}
		if got := strings.Join(found, ", "); !strings.EqualFold(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if found := ready(t, nil, nil).Find(advocacy.Content{Text: "examp1e.com"}); found != nil {
		t.Errorf("without a domain of one's own: %+v", found)
	}
}

// TestImitationsEverywhere: the link and the words of pictures are no way around.
func TestImitationsEverywhere(t *testing.T) {
	t.Parallel()
	c := advocacy.Content{
		Text: "examp1e.com", Link: "https://examp1e.com/x", Variants: []advocacy.Variant{{Text: "see examp1e.com"}}, Media: []advocacy.MediaRef{{AltText: "examp1e.com"}},
	}
	want := []string{"content.text 0", "content.variants[0].text 4", "content.media[0].alt_text 0", "content.link 8"}
	var got []string
	for _, f := range ready(t, nil, []string{"example.com"}).Find(c) {
		got = append(got, f.Field+" "+string(rune('0'+f.Start)))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestOneScriptIsNoMixture: words of one script are themselves, whichever it is, and
// however many stand side by side.
func TestOneScriptIsNoMixture(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.OneOf(
			rapid.StringMatching(`[A-Za-zÀ-ÖØ-öø-ž]{1,8}[0-9]{0,2}`), rapid.StringMatching(`[а-яё]{1,8}`), rapid.StringMatching(`[Α-Ρα-ωά]{1,8}`),
			rapid.StringMatching(`[ա-ֆ]{1,8}`), rapid.StringMatching(`[ა-ჰ]{1,8}`), rapid.StringMatching(`[א-ת]{1,8}`), rapid.StringMatching(`[ء-غ]{1,8}`),
			rapid.StringMatching(`[a-z]{1,4}[ぁ-ん一-龥]{1,4}`),
		)
		text := strings.Join(rapid.SliceOfN(word, 1, 6).Draw(t, "words"), " ")
		for _, language := range []string{"en", "ru", "el", "ja"} {
			if found := check.Content(advocacy.Content{Language: language, Text: text}); len(found) > 0 {
				t.Fatalf("%q: %+v", text, found)
			}
		}
	})
}

// TestMixedSpansSkipAddresses: an address that is odd as a whole is told about once.
func TestMixedSpansSkipAddresses(t *testing.T) {
	t.Parallel()
	want := []string{"MIXED_SCRIPT pаy", "MIXED_SCRIPT_LINK pаypal.test", "MIXED_SCRIPT pаl"}
	if diff := cmp.Diff(want, codes("pаy at https://pаypal.test/ pаl")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
