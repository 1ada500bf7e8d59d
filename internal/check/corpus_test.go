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
	var terms []advocacy.Term
	if err := yaml.Unmarshal(data, &terms); err != nil {
		t.Fatal(err)
	}
	return ready(t, terms, own, names...)
}

// ready is a lexicon of terms, own domains and own names.
func ready(t testing.TB, terms []advocacy.Term, own []string, names ...string) *check.Lexicon {
	t.Helper()
	x, err := check.NewLexicon(terms, own, names)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// own are the domains of the company the corpus is written against.
var own = []string{"example.com", "acme-bank.test", "widgets.test"}

// names are those of the company.
var names = []string{"Acme", "Widgets Bank", "Oscillo"}

// seen is everything the package finds in a text.
func seen(x *check.Lexicon, text, language string) []advocacy.Finding {
	c := advocacy.Content{Language: language, Text: text}
	return slices.Concat(check.Content(c), x.Find(c))
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

// blocking are the codes of what may not even be submitted.
var blocking = []string{"SECRET_KEY", "PRIVATE_KEY", "PASSWORD_IN_ADDRESS", advocacy.FoundForbidden}

func (a attack) check(t *testing.T, x *check.Lexicon) {
	t.Helper()
	var found []string
	for _, f := range seen(x, a.Hostile, a.Language) {
		if blocks := f.Severity == advocacy.Blocks; blocks != slices.Contains(blocking, f.Code) {
			t.Errorf("%s: %q: %s is %s", a.Language, a.Hostile, f.Code, f.Severity)
		}
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

// TestHarmlessTexts: in texts people write every day nothing is found.
func TestHarmlessTexts(t *testing.T) {
	t.Parallel()
	x := lexicon(t)
	for language, texts := range map[string][]string{
		"en": {
			"Our new A55 ships on 12/05/2026 to 100 countries; order 4711-0815 by 5pm.", "I’m so proud of the team 🎉👏🏽 – 3x growth, 24/7 support, $5M raised!",
			"Read more at https://example.com/a?b=1&c=2 or ask @ann.", "H2O, CO₂, 5G, B2B, Web3, i18n, k8s and 1,000,000 users", "x² + y² = z² … E=mc²",
			"Good morning!!! See you at 9:30 @ room 5|6", "R&D in the U.S., the E.U. and the U.K.", "☀️ 30°C • 50% off? No: 50 % of us cycle to work",
		},
		"fr": {"L’équipe s’agrandit : 3 postes à pourvoir, d’ici le 1er mai !", "Prix : 5 € — à l’été, où ça ? Œuvre n° 3"},
		"de": {"Größe 38, Straße 5: schöne Grüße aus München!"},
		"ru": {"Мы рады сообщить: 5 новых коллег в Москве! Сор из избы не выносят, рост 10 %"},
		"ja": {"新しい仲間を募集しています。詳しくはこちら！"},
		"ar": {"نحن نوظف الآن! ٥ وظائف جديدة"},
	} {
		for _, text := range texts {
			for _, f := range seen(x, text, language) {
				t.Errorf("%s: %s at %q in %q", language, f.Code, text[f.Start:f.End], text)
			}
		}
	}
}

// BenchmarkContent: everything but the terms, in 3,000 characters of a post and of
// hostile texts.
func BenchmarkContent(b *testing.B) {
	var hostile strings.Builder
	for _, cases := range attacks(b) {
		hostile.WriteString(cases[0].Hostile + " ")
	}
	for name, text := range map[string]string{
		"post":    "We are hiring engineers in Paris and Berlin – 3 new colleagues make it better, see https://example.com/jobs. #Hiring ",
		"hostile": hostile.String(),
	} {
		c := advocacy.Content{Language: "en", Text: string([]rune(strings.Repeat(text, 30))[:3000])}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				check.Content(c)
			}
		})
	}
}
