package check_test

import (
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// TestPretenders: what is one's own name, in whichever capitals and however it is spaced,
// imitates none, be it of two names that look alike.
func TestPretenders(t *testing.T) {
	t.Parallel()
	x := ready(t, nil, nil, "Acme", "Corn & Co", "Com", "IBM")
	for text, want := range map[string]string{
		"Acme, ACME and acme":         "",
		"Corn & Co":                   "",
		"Com":                         "",
		"no name at all":              "",
		"Acrne":                       "Acrne Acme",
		"acrne, Аcme":                 "acrne Acme, Аcme Acme",
		"macrne acrnes":               "",
		"Com@Co":                      "Com@Co Corn & Co",
		"Сorn-Co":                     "Сorn-Co Corn & Co",
		"corn, and Co":                "corn Com",
		"lBM or 1BM, and not IBM":     "lBM IBM, 1BM IBM",
		"the skeleton of I is l: ibm": "",
	} {
		var found []string
		for _, f := range x.Find(advocacy.Content{Text: text}) {
			found = append(found, f.Args["name"]+" "+f.Args["own"])
			if f.Code != "LOOKALIKE_NAME" || f.Severity != advocacy.NeedsReview || text[f.Start:f.End] != f.Args["name"] {
				t.Errorf("%q: %+v", text, f)
			}
		}
		if got := strings.Join(found, ", "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	hidden := advocacy.Content{Variants: []advocacy.Variant{{Text: "By Acrne"}}, Media: []advocacy.MediaRef{{AltText: "Acrne"}}}
	if found := x.Find(hidden); len(found) != 2 || found[0].Field != "content.variants[0].text" || found[1].Field != "content.media[0].alt_text" {
		t.Errorf("elsewhere: %+v", found)
	}
}

// TestUndisclosed: whoever names the company and says nothing of working for it is told where.
func TestUndisclosed(t *testing.T) {
	t.Parallel()
	x := ready(t, nil, own, names...)
	for text, want := range map[string]string{
		"Come to Acme, the Acme of banks.": "Acme", "See jobs.example.com/a": "jobs.example.com", "At widgets-bank we care.": "widgets-bank",
		"Come to Acrne.": "", "See example.com.evil.test": "", "Widgets and a bank": "", "Acmeology": "",
		"See jobs.example.com, or www.example.com": "jobs.example.com", "See jobs.example.com of Acme": "Acme",
	} {
		for _, told := range advocacy.Disclosures() {
			var found []string
			for _, f := range x.Undisclosed(advocacy.Content{Language: "en", Text: text, Disclosure: told}) {
				found = append(found, text[f.Start:f.End])
			}
			silent := told == advocacy.DisclosureNone
			if got := strings.Join(found, "|"); silent && got != want || !silent && got != "" {
				t.Errorf("%q, disclosed as %q: %q, want %q", text, told, got, want)
			}
		}
	}
	c := advocacy.Content{Language: "en", Text: "Read this.", Link: "https://www.example.com/a"}
	if found := x.Undisclosed(c); len(found) != 1 || found[0].Field != "content.link" || found[0].Severity != advocacy.Advice {
		t.Errorf("in a link: %v", found)
	}
	if found := (*check.Lexicon)(nil).Undisclosed(c); found != nil {
		t.Errorf("without a lexicon: %v", found)
	}
}
