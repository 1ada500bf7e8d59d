package measure

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func length(u Unit, text string) int { return Limit{u, 1 << 30}.Of(text).Length }

// The cases of twitter-text's WeightedTweetsWithDiscountedEmojiCounterTest.
func TestWeighted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text   string
		weight int
	}{
		{"", 0},
		{"Hi http://test.co", 26},
		{"http://test.co", 23},
		{strings.Repeat("https://www.twitter.com/aloha ", 10), 240},
		{strings.Repeat("故", 160), 320},
		{strings.Repeat("\U0001F637", 160), 320},
		{strings.Repeat("👨‍👩‍👧‍👦", 140), 280},
		{"H🐱☺👨‍👩‍👧‍👦", 7},
		{"😷👾😡🔥💩", 10},
		{"🙋🏽👨‍🎤", 4},
		{"1\u20E3", 2},
		{"Unicode 9.0 emoji: 🤠; 💃; 💃🏾", 29},
		{"A\u0301B", 2},
		{"A\uFB2C", 4},
		{"\u2066\u202Ahttp://foobar.پاکستان/\u202C\u2069", 31},
		{"ABC\u202A\uFFFFABC\uFFFE", 12},
		{"…•€\u200E", 8},
		{"—\u2018\u2019\u201C\u201D", 5},
	} {
		if got := length(Weighted, c.text); got != c.weight {
			t.Errorf("%q weighs %d, want %d", c.text, got, c.weight)
		}
	}
}

// One text has as many lengths as there are networks.
func TestOneTextManyLengths(t *testing.T) {
	t.Parallel()
	units := []Unit{UTF8, CodePoints, UTF16, Graphemes, Weighted, Fediverse}
	for _, c := range []struct {
		text string
		want []int
	}{
		{"Café ☕ https://example.com/a?utm_source=x", []int{44, 41, 41, 41, 31, 30}},
		{"👨‍👩‍👧‍👦 @alice@example.social #Ouverture", []int{58, 40, 44, 34, 35, 19}},
		{"Prix : 5 € — offre…", []int{25, 19, 19, 19, 21, 19}},
		{"🇫🇷👍🏽 ok", []int{19, 7, 11, 5, 7, 5}},
		{"e\u0301te\u0301", []int{7, 5, 5, 3, 3, 3}},
		{"日本語 https://example.com/a?utm_source=x", []int{44, 38, 38, 38, 30, 27}},
		{"क्षि", []int{12, 4, 4, 2, 4, 2}},
		{"a\u200Eb", []int{5, 3, 3, 3, 4, 3}},
	} {
		var got []int
		for _, u := range units {
			got = append(got, length(u, c.text))
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%q has lengths %v, want %v in %v", c.text, got, c.want, units)
		}
	}
}

func TestUnits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		unit Unit
		text string
		want int
	}{
		{Escaped, "a < b && c", 10 + 3 + 4 + 4},
		{JSONBytes, "é\n\"<\u2028", 2 + 2 + 2 + 6 + 6},
		{EmojiBytes, "a👨‍👩‍👧‍👦é", 1 + 25 + 1},
		{EmojiBytes, "1\uFE0F\u20E3 ☕ ©", 7 + 1 + 3 + 1 + 1},
		{LittleText, strings.Repeat("a", 2990) + strings.Repeat("()", 10), 3030},
		{LittleText, "#AI #_ a#b", 10 + 1 + 1 + 1},
		{Fediverse, "cc @anna@example.social, a@b.example", 3 + 5 + 1 + 12},
		{Fediverse, "example.com/a", 13},
		{Fediverse, "https://example.com/ä_(ö)?q=ü#ß!", 24},
		{Fediverse, "(https://example.com/a).", 23 + 3},
	} {
		if got := length(c.unit, c.text); got != c.want {
			t.Errorf("%s: %q has %d, want %d", c.unit, c.text, got, c.want)
		}
	}
}

func TestOverIsWhatIsTooMuch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		limit Limit
		text  string
		fits  string
	}{
		{Limit{Graphemes, 3}, "👨‍👩‍👧‍👦🇫🇷👍🏽x", "👨‍👩‍👧‍👦🇫🇷👍🏽"},
		{Limit{Weighted, 25}, "a https://example.com/aaaaaaaaaaaaaaaaaaaaaaa b", "a https://example.com/aaaaaaaaaaaaaaaaaaaaaaa"},
		{Limit{Weighted, 24}, "a https://example.com/aaaaaaaaaaaaaaaaaaaaaaa b", "a "},
		{Limit{Weighted, 2}, "e\u0301e\u0301e\u0301", "e\u0301e\u0301"},
		{Limit{UTF8, 5}, "aé中x", "aé"},
		{Limit{LittleText, 4}, "a()", "a("},
	} {
		if got := c.limit.Of(c.text); got.Over != (Span{len(c.fits), len(c.text)}) {
			t.Errorf("of %q fits %q, want %q", c.text, c.text[:got.Over.Start], c.fits)
		}
	}
}

// TestPiecesCoverTheText holds for every unit that its pieces come in order and end with
// the text, and that what fits, fits.
func TestPiecesCoverTheText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := tweets().Draw(t, "text")
		for _, u := range Units() {
			last := 0
			for end, cost := range u.Pieces(text) {
				if end < last || end > len(text) || cost < 0 || !utf8.ValidString(text[last:end]) {
					t.Fatalf("%s: a piece of %q from %d to %d costs %d", u, text, last, end, cost)
				}
				last = end
			}
			if last != len(text) {
				t.Fatalf("%s: the pieces of %q end at %d", u, text, last)
			}
			most := rapid.IntRange(0, 30).Draw(t, "most")
			c := Limit{u, most}.Of(text)
			if c.Exceeded() != (c.Over.End > c.Over.Start) {
				t.Fatalf("%s: %q has %d of %d, over %v", u, text, c.Length, most, c.Over)
			}
		}
	})
}

// TestOriginPointsBack: what was composed from the text up to the origin of a place is the
// normalized text up to there.
func TestOriginPointsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := tweets().Draw(t, "text")
		n := normalize(text)
		if n.ends != nil && n.text != norm.NFC.String(text) && !strings.Contains(norm.NFC.String(text), joiner) {
			t.Fatalf("%q became %q", text, n.text)
		}
		for _, e := range n.ends {
			if got := n.origin(e.Start); got != e.End {
				t.Fatalf("%q: %d comes from %d, want %d", text, e.Start, got, e.End)
			}
		}
	})
}

// TestTimeInProportion reads texts that make a careless reader start again at each of
// their places.
func TestTimeInProportion(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{"é", "é.", "a.", "_.", "(", "((a", "https://a.com/(", "@a.", "#", "👩‍", "e\u0301", "xn--", "$a.", "?"} {
		text := strings.Repeat(piece, 5_000/len(piece))
		for _, u := range Units() {
			length(u, text)
		}
		Facets(text)
		Hashtags(text)
		EscapeLittleText(text)
	}
}

func FuzzPieces(f *testing.F) {
	for _, seed := range append(awkward, pieces...) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, u := range Units() {
			last := 0
			for end := range u.Pieces(text) {
				if end < last {
					t.Fatalf("%s: a piece of %q ends at %d after %d", u, text, end, last)
				}
				last = end
			}
			if last != len(text) {
				t.Errorf("%s: the pieces of %q end at %d", u, text, last)
			}
		}
		for _, s := range Facets(text) {
			if s.Start < 0 || s.End > len(text) || s.End <= s.Start {
				t.Errorf("%q has a facet at %v", text, s)
			}
		}
	})
}

func BenchmarkWeighted(b *testing.B) {
	text := strings.Repeat("Nous ouvrons à Lyon mardi 🎉 : https://example.com/lyon?utm_source=x 火曜日 example.com\n", 40)[:3000]
	text = strings.ToValidUTF8(text, "")
	b.ReportAllocs()
	for b.Loop() {
		length(Weighted, text)
	}
}
