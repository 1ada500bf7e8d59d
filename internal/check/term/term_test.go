package term_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check/term"
)

// terms makes a lexicon of terms that must be good ones.
func terms(t testing.TB, list ...term.Term) *term.Lexicon {
	t.Helper()
	for i := range list {
		if list[i].Grade == "" {
			list[i].Grade = term.Forbidden
		}
	}
	x, err := term.New(list)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// some are terms of several kinds.
func some(t testing.TB) *term.Lexicon {
	return terms(t, term.Term{Text: "free", Language: "en", Allowed: []string{"sugar-free", "free of charge"}}, term.Term{Text: "buy now"}, term.Term{Text: "kill"},
		term.Term{Text: "保証"}, term.Term{Text: "гарантия"}, term.Term{Text: "🍆"})
}

// finds is the text of each match.
func finds(x *term.Lexicon, text, language string) []string {
	var out []string
	for _, m := range x.Find(text, language) {
		out = append(out, text[m.Start:m.End])
	}
	return out
}

func TestTermsRefused(t *testing.T) {
	t.Parallel()
	good := term.Term{Text: "free", Language: "en-GB", Grade: term.Restricted, Forms: []string{"freed"}, Allowed: []string{"free of charge"}}
	for name, tt := range map[string]struct {
		change        func(*term.Term)
		reason, field string
	}{
		"a good one":            {func(*term.Term) {}, "", ""},
		"an emoji":              {func(t *term.Term) { t.Text = "🍆" }, "", ""},
		"one Chinese character": {func(t *term.Term) { t.Text = "赌" }, "", ""},
		"two letters":           {func(t *term.Term) { t.Text = "ad" }, "", ""},
		"nothing":               {func(t *term.Term) { t.Text = "" }, "TERM_INVALID", "terms[1].text"},
		"one letter":            {func(t *term.Term) { t.Text = "a" }, "TERM_INVALID", "terms[1].text"},
		"marks alone":           {func(t *term.Term) { t.Text = "- \u200b\u0301?" }, "TERM_INVALID", "terms[1].text"},
		"a term too long":       {func(t *term.Term) { t.Text = strings.Repeat("long", 51) }, "TERM_INVALID", "terms[1].text"},
		"too many words":        {func(t *term.Term) { t.Text = strings.Repeat("ab ", 13) }, "TERM_INVALID", "terms[1].text"},
		"an empty form":         {func(t *term.Term) { t.Forms = []string{"freed", ""} }, "TERM_INVALID", "terms[1].forms"},
		"an empty exception":    {func(t *term.Term) { t.Allowed = []string{" "} }, "TERM_INVALID", "terms[1].allowed"},
		"no grade":              {func(t *term.Term) { t.Grade = "" }, "TERM_INVALID", "terms[1].grade"},
		"no language tag":       {func(t *term.Term) { t.Language = "no language" }, "LANGUAGE_INVALID", "terms[1].language"},
	} {
		bad := good
		tt.change(&bad)
		_, err := term.New([]term.Term{good, bad})
		if e, _ := err.(*advocacy.Error); advocacy.ReasonOf(err) != tt.reason || e != nil && e.Field != tt.field {
			t.Errorf("%s: %v, want %q of %q", name, err, tt.reason, tt.field)
		}
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ language, term, forms string }{
		{"en", "company", "company, companies"},
		{"en", "invest", "invest, invests, invested, investing"},
		{"en", "promise", "promise, promises, promised, promising"},
		{"en", "win", "win, wins, winning"},
		{"en", "lie", "lie, lies, lied, lying"},
		{"en", "hate", "hate, hates, hated, hating, hater, haters"},
		{"en", "kill", "kill, kills, killer, killers"},
		{"en", "spam", "spam, spams, spammed, spammer, spammers"},
		{"en", "agree", "agree, agrees, agreed, agreeing"},
		{"en", "boss", "boss, bosses"},
		{"en", "show", "show, shows, showed, showing"},
		{"fr", "garanti", "garanti, garantie, garantis, garanties"},
		{"fr", "gratuit", "gratuit, gratuite, gratuits, gratuites"},
		{"fr", "acheter", "acheter, achetez, achetons, acheté, achetée"},
		{"fr", "manger", "manger, mangeons, mangé"},
		{"fr", "garantir", "garantir, garantit, garantissons, garantie"},
		{"fr", "bateau", "bateau, bateaux"},
		{"fr", "trompeur", "trompeur, trompeurs"},
		{"fr", "local", "local, locaux, locale, locales"},
		{"fr", "abusif", "abusif, abusive, abusives"},
		{"fr", "naturel", "naturel, naturelle, naturelles"},
		{"fr", "financier", "financier, financière, financiers"},
		{"fr", "dangereux", "dangereux, dangereuse, dangereuses"},
		{"fr", "rendement garanti", "rendements garantis"},
		{"de", "kaufen", "kaufen, kaufe, kaufst, kauft, kaufte, gekauft"},
		{"de", "Garantie", "Garantie, Garantien"},
		{"de", "sicher", "sicher, sichere, sicherer, sicheres"},
		{"es", "barato", "barato, barata, baratos, baratas"},
		{"es", "feliz", "feliz, felices"},
		{"es", "ganga", "ganga, gangas"},
		{"es", "interés", "interés"},
		{"es", "color", "color, colores"},
	} {
		x := terms(t, term.Term{Text: tt.term, Language: tt.language})
		if diff := cmp.Diff(strings.Split(tt.forms, ", "), finds(x, tt.forms, tt.language)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.term, diff)
		}
	}
	exact := terms(t, term.Term{Text: "port", Language: "fr", Exact: true})
	if got := finds(exact, "le port, les ports", "fr"); len(got) != 1 {
		t.Errorf("an exact term has other forms: %q", got)
	}
	for text, word := range map[string]string{"summer": "sum", "newer": "new", "agreer": "agree"} {
		if got := finds(terms(t, term.Term{Text: word, Language: "en"}), text, "en"); len(got) > 0 {
			t.Errorf("%q is found in %q", word, text)
		}
	}
	long := terms(t, term.Term{Text: "we promise never to sell the companies we own", Language: "en"})
	if got := finds(long, "We promise never to sell the companies we owned", "en"); len(got) != 1 {
		t.Errorf("the last word of a long phrase is not inflected: %q", got)
	}
}

// TestSpellings: one word, in the disguises people are told it is found in.
func TestSpellings(t *testing.T) {
	t.Parallel()
	x := terms(t, term.Term{Text: "hate", Language: "en"}, term.Term{Text: "🔫🐎"})
	for text, want := range map[string]string{
		"h@te": "h@te", "haters": "haters", "ＨＡＴＥ": "ＨＡＴＥ", "ha\u200bte": "ha\u200bte", "#hate": "hate", "ʜᴀᴛᴇ": "ʜᴀᴛᴇ",
		"🔫🐎": "🔫🐎", "🔫\ufe0f🐎\ufe0f": "🔫\ufe0f🐎\ufe0f", "🔫🏿🐎": "🔫🏿🐎",
		"hat": "", "whatever": "", "#hatstand": "", "🐎🔫": "",
	} {
		if got := strings.Join(finds(x, text, "en"), "|"); got != want {
			t.Errorf("in %q %q is found, want %q", text, got, want)
		}
	}
}

// TestAllowed: an exception is for what is plainly written.
func TestAllowed(t *testing.T) {
	t.Parallel()
	x := terms(t, term.Term{Text: "free", Language: "en", Allowed: []string{"sugar-free", "free of charge", "free free press"}})
	for text, want := range map[string][]string{
		"sugar-free":                       nil,
		"Sugar free, and free of charge":   nil,
		"ＦＲＥＥ of charge":                   nil,
		"free of charges":                  nil,
		"free-of-charge":                   nil,
		"the free free press":              nil,
		"free":                             {"free"},
		"sugar-free and free":              {"free"},
		"fr33 of charge":                   {"fr33"},
		"sugar-frеe":                       {"frеe"},
		"f.r.e.e of charge":                {"f.r.e.e"},
		"free of charg":                    {"free"},
		"sugar is free":                    {"free"},
		"sugar-freedom and free of charge": nil,
	} {
		if diff := cmp.Diff(want, finds(x, text, "en")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	two := terms(t, term.Term{Text: "free"}, term.Term{Text: "sugar", Allowed: []string{"sugar-free"}})
	if diff := cmp.Diff([]string{"free"}, finds(two, "sugar-free", "en")); diff != "" {
		t.Errorf("what allows one term allows another (-want +got):\n%s", diff)
	}
}

// TestTermsOfALanguage: a term of one language is looked for in texts of that language.
func TestTermsOfALanguage(t *testing.T) {
	t.Parallel()
	x := terms(t, term.Term{Text: "gift", Language: "de"}, term.Term{Text: "chat", Language: "fr-CA"}, term.Term{Text: "acme"})
	for language, want := range map[string][]string{
		"de": {"gift", "acme"}, "de-AT": {"gift", "acme"}, "en": {"acme"}, "fr": {"chat", "acme"}, "fr-FR": {"chat", "acme"}, "": {"acme"}, "no language": {"acme"},
	} {
		if diff := cmp.Diff(want, finds(x, "a gift, a chat, acme", language)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", language, diff)
		}
	}
}

// TestAccentsAreLetters: where a language has accents, words that differ in them differ.
func TestAccentsAreLetters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		language, term, text string
		want                 []string
	}{
		{"fr", "péché", "péché PÉCHÉ pe\u0301che\u0301 peche pêche pèche pêché", []string{"péché", "PÉCHÉ", "pe\u0301che\u0301", "peche"}},
		{"fr", "tache", "tache tâche", []string{"tache"}},
		{"de", "schon", "schon schön", []string{"schon"}},
		{"en", "resume", "resume résumé", []string{"resume", "résumé"}},
		{"en", "café", "café cafe", []string{"café", "cafe"}},
		{"pl", "łaska", "łaska laska", []string{"łaska"}},
		{"ru", "мои", "мои мой", []string{"мои"}},
		{"ja", "かき", "かき かぎ", []string{"かき"}},
		{"hi", "कल", "कल कुल", []string{"कल"}},
	} {
		x := terms(t, term.Term{Text: tt.term, Language: tt.language, Exact: true})
		if diff := cmp.Diff(tt.want, finds(x, tt.text, tt.language)); diff != "" {
			t.Errorf("%s in %s (-want +got):\n%s", tt.term, tt.language, diff)
		}
	}
}

// TestDisguise: whoever looks at a match is told whether somebody tried to hide it.
func TestDisguise(t *testing.T) {
	t.Parallel()
	x := some(t)
	for text, want := range map[string]bool{
		"free": false, "FREE": false, "ＦＲＥＥ": false, "#BuyNow": false, "buy-now": false, "fr33": true, "fr€e": true, "frее": true, "f.r.e.e": true, "f r e e": true,
		"freeee": true, "fr*e": true, "kiIl": true, "гapантия": true, "гарантия": false,
	} {
		if found := x.Find(text, "en"); len(found) != 1 || found[0].Disguised != want {
			t.Errorf("%q: %+v, want disguised %t", text, found, want)
		}
	}
}

// TestShortTermsAreNotGuessed: nobody means "is" by 15, nor a word by a product's code or
// an apostrophe.
func TestShortTermsAreNotGuessed(t *testing.T) {
	t.Parallel()
	x := terms(t, term.Term{Text: "bomb"}, term.Term{Text: "best"}, term.Term{Text: "hell"}, term.Term{Text: "leaks"}, term.Term{Text: "is"}, term.Term{Text: "sg"}, term.Term{Text: "ass"}, term.Term{Text: "go"}, term.Term{Text: "bass"},
		term.Term{Text: "boob"}, term.Term{Text: "us"}, term.Term{Text: "taxi"}, term.Term{Text: "5g"}, term.Term{Text: "2000"})
	want := []string{"is", "5G", "a$$", "b00b", "us", "US", "2000"}
	text := "15 1s is 5G A55 a$$ 90 B455 8455 b00b U.S. u s us US$5 tax! 20000 12000 2000 80MB 64cd54be57 he'll leak(s)"
	if diff := cmp.Diff(want, finds(x, text, "en")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestEveryTermIsFound: whatever a term is, it is found where it is written.
func TestEveryTermIsFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zéüа-яα-ω]{3,9}( [a-z0-9]{1,6})?`).Draw(t, "term")
		language := rapid.SampledFrom([]string{"", "en", "fr", "ru"}).Draw(t, "language")
		x, err := term.New([]term.Term{{Text: word, Language: language, Grade: term.Forbidden}})
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{word, "(" + word + ")", "well, " + word + "!", "#" + strings.ReplaceAll(word, " ", "")} {
			if len(x.Find(text, language)) == 0 {
				t.Fatalf("%q is not found in %q", word, text)
			}
		}
	})
}

// TestLongTexts: reading takes time as long as the text. Were it the square of it, these
// would take minutes.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	x := some(t)
	for _, part := range []string{
		"a", "f r e e ", "free of charge ", "1l", "ki", "l", "*", "f*r", "🇫🇷", "🇧🇺", "аa", "я", "é", "e\u0301", "\u200b", "👩\u200d", "$", "#Free", "-", "保証", "保",
	} {
		text := strings.Repeat(part, 100_000/len(part))
		x.Find(text, "en")
		x.Find(text, "ru")
	}
}

// FuzzFind: a match lies within the text, begins and ends between characters, and comes
// after those before it.
func FuzzFind(f *testing.F) {
	for _, text := range []string{"fr33 ＦＲＥＥ f.r.e.e #GetFreeNow", "fr\u200bee frее sugar-free", "b u y  n o w, buy-now", "保証です", "🇫🇷🇧🇺🇾", "f*ee! $free$ FREEE"} {
		f.Add(text, "en")
	}
	x := some(f)
	f.Fuzz(func(t *testing.T, text, language string) {
		start := 0
		for _, m := range x.Find(text, language) {
			if m.Start < start || m.End <= m.Start || m.End > len(text) || !within(text, m.Start) || !within(text, m.End) {
				t.Fatalf("%+v in %q", m, text)
			}
			start = m.Start
		}
	})
}

// within tells whether a place in a text is none inside of a character.
func within(text string, at int) bool {
	return at == len(text) || utf8.RuneStart(text[at]) || !utf8.ValidString(text)
}

// BenchmarkFind: 3,000 characters against 500 terms.
func BenchmarkFind(b *testing.B) {
	var list []term.Term
	for i := range 500 {
		word := fmt.Sprintf("%c%c%c%s", 'a'+i%26, "aeiou"[i%5], 'a'+i/26, []string{"tion", "ness", "ment", "ing now", "able"}[i%5])
		list = append(list, term.Term{Text: word, Language: "en", Grade: term.Restricted, Allowed: []string{"no " + word}})
	}
	list = append(list[:490], term.Term{Text: "free", Language: "en", Grade: term.Forbidden})
	x := terms(b, list...)
	for name, text := range map[string]string{
		"english": "We are hiring engineers in Paris and Berlin: nothing is free, but 3 new colleagues make it better. #Hiring ",
		"french":  "Nous recrutons des ingénieurs à Paris ; rien n’est gratuit, mais l’équipe s’agrandit déjà. #Recrutement ",
		"russian": "Мы ищем инженеров в Москве и Берлине: ничего нет бесплатного, но команда растёт. ",
		"hostile": "fr33 f r e e ＦＲＥＥ frее f.r.e.e fr\u200bee #FreeFree l1l1l1l1 aaaaaaaa ",
	} {
		runes := []rune(strings.Repeat(text, 100))[:3000]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.Find(string(runes), "en")
			}
		})
	}
}
