package check_test

import (
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
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
