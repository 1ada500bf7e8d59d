package measure

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

func TestLittleText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`Va al repo (durable) #AI a\b _x_ ~y~ *z* <t> {k} [l] | @me`: `Va al repo \(durable\) #AI a\\b \_x\_ \~y\~ \*z\* \<t\> \{k\} \[l\] \| \@me`,
		"":                           "",
		"# 1 #1 #1er":                `\# 1 \#1 #1er`,
		"a#b #été_2026 ##AI":         `a\#b #été\_2026 \#\#AI`,
		`\#AI`:                       `\\\#AI`,
		"https://a.example/x_y~z(1)": `https://a.example/x\_y\~z\(1\)`,
		"#ᛮA and #A²":                `\#ᛮA and #A²`,
	} {
		if got := EscapeLittleText(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// TestLittleTextComesBack: what LinkedIn shows is what was written, and the length is that
// of what is sent.
func TestLittleTextComesBack(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(tweets(), rapid.StringOf(rapid.RuneFrom([]rune(reserved+"aé1 #&/👩"))))
	rapid.Check(t, func(t *rapid.T) {
		in := text.Draw(t, "text")
		escaped := EscapeLittleText(in)
		if back := UnescapeLittleText(escaped); back != in {
			t.Fatalf("%q is sent as %q and shown as %q", in, escaped, back)
		}
		if got, want := length(LittleText, in), length(UTF16, escaped); got != want {
			t.Fatalf("%q counts %d, and is sent as %d units", in, got, want)
		}
	})
}

func TestFacets(t *testing.T) {
	t.Parallel()
	text := "Hé 👩‍💻 @alice.example.com see https://example.com/a?b=1 #café (x)"
	want := []Facet{
		{Span{16, 34}, FacetMention, "alice.example.com"},
		{Span{39, 64}, FacetLink, "https://example.com/a?b=1"},
		{Span{65, 71}, FacetTag, "café"},
	}
	if diff := cmp.Diff(want, Facets(text)); len(text) != 75 || diff != "" {
		t.Errorf("%d bytes, facets (-want +got):\n%s", len(text), diff)
	}
	for text, want := range map[string][]string{
		"":                            nil,
		"(@a.com) @b.test, @c":        {"@a.com", "@b.test"},
		"x@a.com @a.com_":             nil,
		"example.com/a, foo.bar.":     {"example.com/a", "foo.bar"},
		"see (https://a.com/b).":      {"https://a.com/b"},
		"https://a.com/b_(c)":         {"https://a.com/b_(c)"},
		"https:// e.g. v1.2 a.b.c":    nil,
		"#1 #1a #a. ＃é #, x#b":        {"#1a", "#a", "＃é"},
		"$ACME, $toolong a$B ($C)":    {"$ACME", "$C"},
		"#a\u200Db":                   {"#a"},
		"#" + strings.Repeat("a", 65): nil,
	} {
		var got []string
		for _, f := range Facets(text) {
			got = append(got, text[f.Start:f.End])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// TestFacetsCutTheSameBytes: the parts of a text, alive and not, are the text again.
func TestFacetsCutTheSameBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := tweets().Draw(t, "text")
		var out strings.Builder
		at := 0
		for _, f := range Facets(text) {
			if f.Start < at || f.End <= f.Start {
				t.Fatalf("%q has a facet at %v after %d", text, f.Span, at)
			}
			shown := text[f.Start:f.End]
			same := map[FacetKind]bool{
				FacetMention: shown == "@"+f.Value,
				FacetLink:    strings.TrimPrefix(f.Value, "https://") == strings.TrimPrefix(shown, "https://"),
				FacetTag:     shown == "#"+f.Value || shown == "＃"+f.Value || strings.EqualFold(shown, f.Value),
			}
			if !same[f.Kind] || !utf8.ValidString(shown) {
				t.Fatalf("%q is shown for %s %q", shown, f.Kind, f.Value)
			}
			out.WriteString(text[at:f.Start] + shown)
			at = f.End
		}
		if out.WriteString(text[at:]); out.String() != text {
			t.Fatalf("%q is cut into %q", text, out.String())
		}
	})
}

// TestHandlesHaveEveryMention: whoever any network would name is within a handle.
func TestHandlesHaveEveryMention(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab1_.-@＠ (/&é日\u200d\u0301:#"))).Draw(t, "text")
		mentions := Mentions(text)
		for _, f := range Facets(text) {
			if f.Kind == FacetMention {
				mentions = append(mentions, f.Span)
			}
		}
		for _, m := range remoteMention.FindAllStringIndex(text, -1) {
			if before, _ := utf8.DecodeLastRuneInString(text[:m[0]]); !letter(before) {
				mentions = append(mentions, Span{m[0], m[1]})
			}
		}
		handles := Handles(text)
		for _, m := range mentions {
			if !slices.ContainsFunc(handles, func(h Span) bool { return h.Start <= m.Start && m.End <= h.End }) {
				t.Fatalf("%q names %q and has the handles %v", text, text[m.Start:m.End], handles)
			}
		}
	})
}

func TestTags(t *testing.T) {
	t.Parallel()
	parts := func(text string, spans []Span) []string {
		var out []string
		for _, s := range spans {
			out = append(out, text[s.Start:s.End])
		}
		return out
	}
	text := "#a b#c (#é_1) #1 ##d &#39; ＃日本 #नमस्ते @x a@b.c @1 https://h.example/#top"
	if diff := cmp.Diff([]string{"#a", "#é_1", "＃日本", "#नमस्ते"}, parts(text, Hashtags(text))); diff != "" {
		t.Errorf("hashtags (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"@x"}, parts(text, Mentions(text))); diff != "" {
		t.Errorf("mentions (-want +got):\n%s", diff)
	}
	text = "@x, @anna.example.com (@anna@example.social) @a-b. ＠日本 nina@acme.com @1 @ @@ h.example/@y"
	if diff := cmp.Diff([]string{"@x", "@anna.example.com", "@anna@example.social", "@a-b", "＠日本", "@1", "@y"}, parts(text, Handles(text))); diff != "" {
		t.Errorf("handles (-want +got):\n%s", diff)
	}
	text = "$ACME a$B $BRK.A, $toolongs $1"
	if diff := cmp.Diff([]string{"$ACME", "$BRK.A"}, parts(text, Cashtags(text))); diff != "" {
		t.Errorf("cashtags (-want +got):\n%s", diff)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		network advocacy.Network
		text    string
		want    []Problem
	}{
		{X, strings.Repeat("a", 280), nil},
		{X, strings.Repeat("é", 281), []Problem{{TooLong, true, 281, 280, Span{560, 562}}}},
		{X, "a\uFEFF", []Problem{{RefusedCharacter, true, 1, 0, Span{1, 4}}}},
		{X, "$A $B", []Problem{{TooManyCashtags, true, 2, 1, Span{3, 5}}}},
		{Bluesky, strings.Repeat("👨‍👩‍👧‍👦", 300), []Problem{{TooManyBytes, true, 7500, 3000, Span{3000, 7500}}}},
		{Bluesky, strings.Repeat("a", 301), []Problem{{TooLong, true, 301, 300, Span{300, 301}}}},
		{Mastodon, strings.Repeat("a", 476) + " https://example.com/" + strings.Repeat("b", 99), nil},
		{LinkedIn, strings.Repeat("a", 2990) + strings.Repeat("(", 10), []Problem{{TooLong, true, 3010, 3000, Span{2995, 3000}}}},
		{Threads, strings.Repeat("☕", 167), []Problem{{TooLong, true, 501, 500, Span{498, 501}}}},
		{Threads, "#a #b", []Problem{{TooManyHashtags, false, 2, 1, Span{3, 5}}}},
		{Threads, strings.Repeat("a.com ", 6), []Problem{{TooManyLinks, true, 6, 5, Span{30, 35}}}},
		{Instagram, strings.Repeat("#a ", 6), []Problem{{TooManyHashtags, false, 6, 5, Span{15, 17}}}},
		{Instagram, strings.Repeat("#a ", 31), []Problem{{TooManyHashtags, true, 31, 30, Span{90, 92}}}},
		{Instagram, strings.Repeat("@a ", 21), []Problem{{TooManyMentions, true, 21, 20, Span{60, 62}}}},
		{Teams, strings.Repeat("\n", 10_001), []Problem{{TooManyBytes, true, 20_002, 20_000, Span{10_000, 10_001}}}},
		{WordPress, strings.Repeat("a", 100_000), nil},
	} {
		r, known := RuleOf(c.network)
		if !known {
			t.Fatalf("%s has no rule", c.network)
		}
		if diff := cmp.Diff(c.want, r.Check(c.text)); diff != "" {
			t.Errorf("%s %.40q (-want +got):\n%s", c.network, c.text, diff)
		}
	}
	if diff := cmp.Diff([]Problem(nil), MastodonRule(5000).Check(strings.Repeat("a", 5000))); diff != "" {
		t.Errorf("a server with a limit of its own: %s", diff)
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	if _, known := RuleOf("nowhere"); known {
		t.Error("an unknown network has a rule")
	}
	for _, n := range Networks() {
		r, _ := RuleOf(n)
		if r.Network != n {
			t.Errorf("the rule of %s is for %q", n, r.Network)
		}
		for _, c := range r.Count("a") {
			if c.Length < 1 || c.Most < 1 {
				t.Errorf("%s counts %d of %d in %s", n, c.Length, c.Most, c.Unit)
			}
		}
	}
}
