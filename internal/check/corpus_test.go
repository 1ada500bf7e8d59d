package check_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// attack is one text of the corpus and its harmless twin.
type attack struct {
	Language, Hostile, Code, At, Twin string
}

// attacks reads the corpus: by class, which is the name of its file.
func attacks(t testing.TB) map[string][]attack {
	t.Helper()
	files, err := filepath.Glob("testdata/hostile/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string][]attack)
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var class struct {
			About string
			Cases []attack
		}
		if err := yaml.Unmarshal(data, &class); err != nil || class.About == "" {
			t.Fatalf("%s: %v, about %q", name, err, class.About)
		}
		out[strings.TrimSuffix(filepath.Base(name), ".yaml")] = class.Cases
	}
	return out
}

// lexicon is that of the workspace the corpus is written against.
func lexicon(t testing.TB) *check.Lexicon {
	t.Helper()
	data, err := os.ReadFile("testdata/terms.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var terms []check.Term
	if err := yaml.Unmarshal(data, &terms); err != nil {
		t.Fatal(err)
	}
	x, err := check.NewLexicon(terms)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// own are the domains of the company the corpus is written against.
var own = []string{"example.com", "acme-bank.test", "widgets.test"}

// seen is everything the package finds in a text.
func seen(x *check.Lexicon, text, language string) []advocacy.Finding {
	c := advocacy.Content{Language: language, Text: text}
	return slices.Concat(check.Content(c), x.Content(c), check.Imitations(c, own))
}

// TestCorpus: each hostile text is found exactly where it is hostile, and in its harmless
// twin nothing is.
func TestCorpus(t *testing.T) {
	t.Parallel()
	x := lexicon(t)
	total := 0
	for class, cases := range attacks(t) {
		total += len(cases)
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			for _, a := range cases {
				a.check(t, x)
			}
		})
	}
	if classes := len(attacks(t)); classes < 12 || total < 300 {
		t.Errorf("%d texts of %d classes are no corpus", total, classes)
	}
}

func (a attack) check(t *testing.T, x *check.Lexicon) {
	t.Helper()
	var found []string
	for _, f := range seen(x, a.Hostile, a.Language) {
		at := a.Hostile[f.Start:f.End]
		if f.Code == a.Code && at == a.At {
			found = nil
			break
		}
		found = append(found, f.Code+" at "+at)
	}
	if found != nil || len(seen(x, a.Hostile, a.Language)) == 0 {
		t.Errorf("%s: %q: found %q, want %s at %q", a.Language, a.Hostile, found, a.Code, a.At)
	}
	for _, f := range seen(x, a.Twin, a.Language) {
		t.Errorf("%s: the harmless %q: %s at %q", a.Language, a.Twin, f.Code, a.Twin[f.Start:f.End])
	}
}
