package diff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/diff"
)

// shown writes spans as people would mark them.
func shown(spans []diff.Span) string {
	marks := map[diff.Op]string{diff.Equal: "%s", diff.Insert: "{+%s+}", diff.Delete: "[-%s-]"}
	var b strings.Builder
	for _, s := range spans {
		fmt.Fprintf(&b, marks[s.Op], s.Text)
	}
	return b.String()
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ base, head, want string }{
		{"", "", ""},
		{"same", "same", "same"},
		{"", "new", "{+new+}"},
		{"old", "", "[-old-]"},
		{"We are hiring two nurses.", "We are hiring twelve nurses.", "We are hiring [-two-]{+twelve+} nurses."},
		{"red blue green", "cyan pink green", "[-red blue-]{+cyan pink+} green"},
		{"One, two.", "One; two.", "One[-,-]{+;+} two."},
		{"naïve café", "naïve cafe\u0301", "naïve [-café-]{+cafe\u0301+}"},
		{"family 👨‍👩‍👧", "family 👨‍👩‍👦", "family [-👨‍👩‍👧-]{+👨‍👩‍👦+}"},
		{"🇫🇷🇩🇪", "🇫🇷🇮🇹", "🇫🇷[-🇩🇪-]{+🇮🇹+}"},
		{"שלום עולם", "שלום לכם", "שלום [-עולם-]{+לכם+}"},
		{"東京へ行く", "京都へ行く", "[-東-]京{+都+}へ行く"},
		{"line\r\nnext", "line\nnext", "line[-\r\n-]{+\n+}next"},
	} {
		if got := shown(diff.Text(c.base, c.head)); got != c.want {
			t.Errorf("%q to %q: %s, want %s", c.base, c.head, got, c.want)
		}
	}
}

// edges are the offsets at which a character can end.
func edges(text string) map[int]bool {
	out := map[int]bool{0: true}
	at := 0
	for g := uniseg.NewGraphemes(text); g.Next(); {
		at += len(g.Str())
		out[at] = true
	}
	return out
}

// exact reports what is wrong with a diff: it must give both texts, and cut none inside a
// character.
func exact(base, head string, spans []diff.Span) string {
	texts := map[diff.Op][]*string{}
	var a, b string
	texts[diff.Equal], texts[diff.Insert], texts[diff.Delete] = []*string{&a, &b}, []*string{&b}, []*string{&a}
	inBase, inHead := edges(base), edges(head)
	for i, s := range spans {
		if s.Text == "" || i > 0 && spans[i-1].Op == s.Op {
			return fmt.Sprintf("span %d is empty or goes on as the one before", i)
		}
		for _, text := range texts[s.Op] {
			*text += s.Text
		}
		if !inBase[len(a)] || !inHead[len(b)] {
			return fmt.Sprintf("span %d ends inside a character", i)
		}
	}
	if a != base || b != head {
		return fmt.Sprintf("the diff is of %q and %q", a, b)
	}
	return ""
}

// pieces are what is hard to cut: letters with marks, emoji of several, both directions.
var pieces = []string{
	"a", "b", " ", "\n", "\r\n", "word", "e\u0301", "\u0301", "👨‍👩‍👧", "👍🏽", "🇫🇷", "🇩", "\u200d", "\u202e", "שלום", "مرحبا", "क्षि",
	"각", "ᄀ", "ᅡ", "ﷺ", "ไทย", "東京", "#tag", "@you", "https://a.test/?b=c", "\ufe0f", "\xff", "\u0600",
}

func drawText(t *rapid.T, label string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 30).Draw(t, label), "")
}

func TestTextIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base, head := drawText(t, "base"), drawText(t, "head")
		if wrong := exact(base, head, diff.Text(base, head)); wrong != "" {
			t.Fatalf("%q to %q: %s", base, head, wrong)
		}
	})
}

// TestTextIsTheSameTwice: a diff depends on nothing but the texts.
func TestTextIsTheSameTwice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base, head := drawText(t, "base"), drawText(t, "head")
		if d := cmp.Diff(diff.Text(base, head), diff.Text(base, head)); d != "" {
			t.Fatal(d)
		}
	})
}

// TestLongTexts: what would take too long by word is compared by line, and then as a
// whole; it stays exact.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	var a, b strings.Builder
	for i := range 4000 {
		fmt.Fprintf(&a, "a%d ", i)
		fmt.Fprintf(&b, "b%d ", i)
	}
	byLine := diff.Text("first\n"+a.String()+"\nlast", "first\n"+b.String()+"\nlast")
	if want := []diff.Span{
		{Op: diff.Equal, Text: "first\n"}, {Op: diff.Delete, Text: a.String() + "\n"}, {Op: diff.Insert, Text: b.String() + "\n"}, {Op: diff.Equal, Text: "last"},
	}; !cmp.Equal(byLine, want) {
		t.Errorf("by line there are %d spans", len(byLine))
	}
	longA, longB := strings.ReplaceAll(a.String(), " ", "\n"), strings.ReplaceAll(b.String(), " ", "\n")
	if whole := diff.Text(longA, longB); len(whole) != 2 || exact(longA, longB, whole) != "" {
		t.Errorf("as a whole there are %d spans", len(whole))
	}
}

func FuzzText(f *testing.F) {
	for _, a := range pieces {
		f.Add(a+" x", "y "+a)
	}
	f.Fuzz(func(t *testing.T, base, head string) {
		if wrong := exact(base, head, diff.Text(base, head)); wrong != "" {
			t.Fatalf("%q to %q: %s", base, head, wrong)
		}
	})
}

func BenchmarkText(b *testing.B) {
	base := strings.Repeat("We are hiring two nurses for the night team in Nantes. ", 40)
	head := strings.ReplaceAll(base, "two", "twelve")
	for b.Loop() {
		diff.Text(base, head)
	}
}
