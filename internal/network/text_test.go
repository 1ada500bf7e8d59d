package network

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

func TestCleanText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                        "",
		"  a \n":                  "a",
		"e\u0301te\u0301":         "été",
		"a\r\nb\rc\u0085d":        "a\nb\nc\nd",
		"a\x00b\x1b[31mc\td":      "ab[31mc\td",
		"a\xff\xfeb":              "a\ufffdb",
		"👨‍👩‍👧‍👦":                 "👨‍👩‍👧‍👦",
		"\u200fשלום":              "\u200fשלום",
		"\u00a0prix\u202f:\u00a0": "prix\u202f:",
	} {
		if got := CleanText(in); got != want {
			t.Errorf("CleanText(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzCleanText(f *testing.F) {
	for _, seed := range []string{"", " a ", "e\u0301", "\r\n\r", "a\xffb", " \u0301", "\u1100\u1161\u11a8", "\u0344"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		once := CleanText(in)
		if again := CleanText(once); again != once {
			t.Errorf("%q became %q, then %q", in, once, again)
		}
	})
}

// The figures are those measured for the networks: what a reader calls characters.
func TestGraphemes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"Café ☕ https://example.com/a?utm_source=x": 41,
		"👨‍👩‍👧‍👦 @alice@example.social #Ouverture":  34,
		"Prix : 5 € — offre…":                       19,
		"🇫🇷👍🏽 ok":                                   5,
		"e\u0301te\u0301":                           3,
		"日本語 https://example.com/a?utm_source=x":    38,
		"a\u200eb": 3,
	} {
		if got := Graphemes(text); got != want {
			t.Errorf("Graphemes(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestCutText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{"ab  cd", 4, "ab…"},
		{"👨‍👩‍👧‍👦🇫🇷👍🏽", 3, "👨‍👩‍👧‍👦🇫🇷👍🏽"},
		{"👨‍👩‍👧‍👦🇫🇷👍🏽x", 3, "👨‍👩‍👧‍👦🇫🇷…"},
	} {
		if got := CutText(c.text, c.limit); got != c.want {
			t.Errorf("CutText(%q, %d) = %q, want %q", c.text, c.limit, got, c.want)
		}
	}
}

func TestBlank(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " \n\t", "\u200b\u200d\u2060\ufeff", "\u3164\u115f", "\u2800", "\u00ad\u202e"} {
		if !Blank(text) {
			t.Errorf("Blank(%q) = false", text)
		}
	}
	for _, text := range []string{"a", ".", "❤️", "ー", "\u200fש"} {
		if Blank(text) {
			t.Errorf("Blank(%q) = true", text)
		}
	}
}

func TestWebAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://example.com":            true,
		"HTTP://EXAMPLE.com/a?b=c#d":     true,
		"https://münchen.example/Straße": true,
		"https://[2001:db8::1]:8443/":    true,
		"":                               false,
		"example.com":                    false,
		"//example.com":                  false,
		"https:":                         false,
		"https:///path":                  false,
		"https://:443/":                  false,
		"https://a@example.com":          false,
		"javascript:alert(1)//https://":  false,
		"https://example.com/ a":         false,
		"https://example.com/\u202eexe":  false,
		"https://example.com/%zz":        false,
	} {
		if got := WebAddress(address); got != want {
			t.Errorf("WebAddress(%q) = %t", address, got)
		}
	}
}

func TestRenderPlainNamesTheField(t *testing.T) {
	t.Parallel()
	content := advocacy.Content{
		Language: "en", Text: "short",
		Variants: []advocacy.Variant{
			{Language: "fr", Text: "trop long"},
			{Network: "other", Text: "much too long"},
			{Network: "wall", Text: "too long by far"},
		},
	}
	limits := Capabilities{TextLimit: 5}
	for _, c := range []struct {
		network  advocacy.Network
		language string
		want     []advocacy.Finding
	}{
		{"none", "en", nil},
		{"none", "", nil},
		{"none", "fr", []advocacy.Finding{tooLong("none", "variants[0].text", "9")}},
		{"wall", "en", []advocacy.Finding{tooLong("wall", "variants[2].text", "15")}},
		{"other", "fr", []advocacy.Finding{tooLong("other", "variants[0].text", "9")}},
		{"wall", "de", []advocacy.Finding{{
			Code: FindingLanguageMissing, Severity: advocacy.Blocks, Field: "text", Network: "wall", Args: map[string]string{"language": "de"},
		}}},
	} {
		_, got := RenderPlain(c.network, limits, content, c.language, Disclosures{})
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", c.network, c.language, diff)
		}
	}
}

func tooLong(n advocacy.Network, field, count string) advocacy.Finding {
	end, _ := strconv.Atoi(count)
	return advocacy.Finding{
		Code: FindingTextTooLong, Severity: advocacy.Blocks, Field: field, Network: n, Start: 5, End: end,
		Args: map[string]string{"count": count, "limit": "5"},
	}
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	got, err := Canonical(map[string]any{"b": "<&>\u2028é", "a": []int{1}})
	if want := "{\"a\":[1],\"b\":\"<&>\u2028é\"}"; err != nil || string(got) != want {
		t.Errorf("Canonical = %s, %v, want %s", got, err, want)
	}
	if _, err := Canonical(func() {}); err == nil || !strings.Contains(err.Error(), "canonical form") {
		t.Errorf("a function has a canonical form: %v", err)
	}
}
