package search

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func wordsOf(text string) (words []string) {
	for _, t := range tokens(text) {
		words = append(words, t.word)
	}
	return words
}

// TestWords holds by which words texts are found.
func TestWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Hello, World!":                      "hello world",
		"l'avion n’est pas à l’heure":        "l avion n est pas a l heure",
		"Straße STRASSE":                     "strasse strasse",
		"İstanbul":                           "istanbul",
		"ΟΔΟΣ οδός":                          "οδοσ οδοσ",
		"Cafe\u0301 café CAFÉ":               "cafe cafe cafe",
		"ﬁne Ｗｉｄｅ ①":                         "fine wide 1",
		"co\u00adoper\u200bate":              "cooperate",
		"#OpenDay2026 @acme":                 "openday2026 acme",
		"3.14 C++ AT&T":                      "3 14 c at t",
		"https://acme.example/a?b=c":         "https acme example a b c",
		"東京都":                                "東京 京都 都",
		"東":                                  "東",
		"iPhone充電 ケーブル":                      "iphone 充電 電 ケー ーブ ブル ル",
		"カ\u3099 ｶﾞ ガ か":                     "ガ ガ ガ か",
		"서울에서 \u1112\u1161\u11ab":            "서울 울에 에서 서 한",
		"กินข้าว":                            "กิ ิน นข ข้ ้า าว ว",
		"किताब":                              "किताब",
		"שָׁלוֹם مُحَمَّد أحمد":              "שלום محمد احمد",
		"🎉 1️⃣ —":                            "1",
		"می\u200cخواهم":                      "میخواهم",
		"\ufdfa":                             "صلى الله عليه وسلم",
		strings.Repeat("a", 100) + " " + "b": strings.Repeat("a", 64) + " b",
		"a\x00b\xffc":                        "a b c",
		"":                                   "",
	} {
		if got := strings.Join(wordsOf(text), " "); got != want {
			t.Errorf("%q is found by %q, want %q", text, got, want)
		}
	}
}

// TestParse holds what a search asks for.
func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"open day":                   "open|day*",
		"open day ":                  "open|day*",
		`"open day"`:                 "open day",
		`"open day" lab`:             "open day|lab*",
		`lab "open day`:              "lab|open|day*",
		`„offener Tag“ «jour»`:       "offener tag|jour",
		"l'avion":                    "l avion*",
		"open-air x":                 "open air|x",
		"東京都":                        "東京 京都",
		"東":                          "東*",
		`"東"`:                        "東*",
		"iPhone充電":                   "iphone 充電",
		"充電iPhone":                   "充電 電 iphone*",
		`"東京 大阪"`:                    "東京 京 大阪",
		"a OR b NOT c":               "a|or|b|not|c",
		`title:x* NEAR(a b) ^c -d`:   "title x|near a|b|c|d",
		`''; DROP TABLE x; -- & | !`: "drop|table|x",
		"& | ! * \" ' ( ) <-> :*A":   "a",
		"🎉":                          "",
		`""`:                         "",
		"":                           "",
	} {
		var got []string
		for _, p := range Parse(text).Phrases {
			one := strings.Join(p.Words, " ")
			if p.Prefix {
				one += "*"
			}
			got = append(got, one)
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q asks for %q, want %q", text, strings.Join(got, "|"), want)
		}
	}
}

// TestFinds holds what is found by what, over several texts.
func TestFinds(t *testing.T) {
	t.Parallel()
	d := Document{Title: "Open day", Texts: []string{"Come to our lab in Zürich.", "東京都の新しい研究所", "ร้านกาแฟใหม่"}}
	for query, want := range map[string]bool{
		"zurich": true, "zür": true, "ürich": false, "lab open": true, `"open day"`: true, `"day open"`: false, `"day come"`: false,
		"京都": true, "都の新": true, "東都": false, "究": true, "所": true, "กาแฟ": true, "day 研究": true, "coffee": false,
	} {
		if got := Parse(query).Finds(d); got != want {
			t.Errorf("%q finds: %t", query, got)
		}
	}
	if q := Parse("open"); !q.FindsTitle(d) || Parse("open lab").FindsTitle(d) {
		t.Error("the title is not what is looked at")
	}
}

// TestExcerpt holds which piece of a text is shown, and where what was looked for stands.
func TestExcerpt(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("lorem ipsum ", 40)
	for _, c := range []struct{ text, query, want string }{
		{"Come to our lab.\nOn Friday.", "lab fri", "Come to our [lab]. On [Friday]."},
		{"Straße und straßen", "strasse", "[Straße] und [straßen]"},
		{"東京都の研究所", "京都", "東[京都]の研究所"},
		{"東京都の研究所", "京", "東[京]都の研究所"},
		{"a b a b c", `"a b"`, "[a b] [a b] c"},
		{"東京都", "東京 京都", "[東京都]"},
		{"Nothing here", "elsewhere", "Nothing here"},
		{"", "x", ""},
		{long + "the lab and the friday " + long, "lab friday", "…lorem ipsum lorem ipsum lorem ipsum the [lab] and the [friday] lorem " +
			strings.TrimSuffix(strings.Repeat("ipsum lorem ", 11), " ") + "…"},
	} {
		e := Parse(c.query).Excerpt(c.text)
		got, letters := "", []rune(e.Text)
		at := 0
		for _, r := range e.Ranges {
			got += string(letters[at:r.Start]) + "[" + string(letters[r.Start:r.End]) + "]"
			at = r.End
		}
		if got += string(letters[at:]); got != c.want {
			t.Errorf("%q in %q shows\n%q, want\n%q", c.query, c.text, got, c.want)
		}
	}
}

var anyText = rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{
	"open", "Open", "day", "ö", "o\u0308", "東", "京", "都", "ไ", "ม", "่", "가", "ก็", " ", " ", "-", `"`, "*", "x", "1", "\u200b", "ガ", "カ\u3099",
}), 0, 12), func(parts []string) string { return strings.Join(parts, "") }))

// TestWordsOfAnything holds of any text that its words stand where they say, that they are the
// same however it is written in Unicode, that it is found by itself, and that nothing a
// database would read as more than a word gets to one.
func TestWordsOfAnything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := anyText.Draw(t, "text")
		length, before := utf8.RuneCountInString(text), 0
		for _, token := range tokens(text) {
			if token.start < before || token.first <= token.start || token.end < token.first || token.end > length {
				t.Fatalf("%q has %+v after %d", text, token, before)
			}
			if before = token.start; strings.ContainsAny(token.word, " '\"\\:*&|!()<>") || !utf8.ValidString(token.word) || token.word == "" {
				t.Fatalf("%q is no word", token.word)
			}
		}
		words := wordsOf(text)
		for _, form := range []norm.Form{norm.NFC, norm.NFD, norm.NFKC, norm.NFKD} {
			if other := wordsOf(form.String(text)); !slices.Equal(words, other) {
				t.Fatalf("%q has the words %q, and %q in another form", text, words, other)
			}
		}
		if q := Parse(text); !q.Finds(Document{Texts: []string{text}}) {
			t.Fatalf("%q is not found by %+v", text, q)
		}
		e := Parse(anyText.Draw(t, "query")).Excerpt(text)
		if n := utf8.RuneCountInString(e.Text); n > excerptLength+2 || len(e.Ranges) > 0 && e.Ranges[len(e.Ranges)-1].End > n {
			t.Fatalf("%+v is %d long", e, n)
		}
	})
}

// TestWithinBounds holds that no document is larger than databases can index, and that what
// is left out keeps its place.
func TestWithinBounds(t *testing.T) {
	t.Parallel()
	w := Document{
		Title: strings.Repeat("a ", 1000),
		Texts: []string{strings.Repeat("a b ", 200), strings.Repeat("東京", 20_000)},
	}.Words()
	if len(w.Title) != mostTitle || len(w.Texts) != mostWords {
		t.Errorf("%d and %d words", len(w.Title), len(w.Texts))
	}
	if w.Title[254] != "a" || w.Title[255] != "" || w.Texts[0] != "" || w.Texts[1] != "b" || w.Texts[400] != "" || w.Texts[401] != "東京" {
		t.Error("words lost their places")
	}
	var many strings.Builder
	for i := range 16_000 {
		many.WriteString(strings.Repeat("𞤀", 60) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676)) + " ")
	}
	letters := 0
	for _, word := range (Document{Texts: []string{many.String()}}).Words().Texts {
		letters += len(word)
	}
	if letters > mostLetters || letters < mostLetters-300 {
		t.Errorf("%d bytes", letters)
	}
}
