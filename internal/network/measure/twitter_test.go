package measure

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// agreed is what twitter-text says of a text.
type agreed struct {
	WeightedLength int  `json:"weightedLength"`
	Valid          bool `json:"valid"`
	ValidRangeEnd  int  `json:"validRangeEnd"`
	// Links are where each begins and how long it is, in code units of UTF-16.
	Links [][2]int `json:"links"`
}

// agreements is how many generated texts are compared.
const agreements = 3000

// TestTwitterTextAgrees compares with the published implementation, in one process of
// node. The texts are the same each time.
func TestTwitterTextAgrees(t *testing.T) {
	t.Parallel()
	texts := append([]string{}, awkward...)
	for seed := range agreements {
		texts = append(texts, tweets().Example(seed))
	}
	for i, want := range twitterText(t, texts) {
		text := texts[i]
		got := Limit{Weighted, weightedLimit}.Of(text)
		refused := strings.ContainsFunc(norm.NFC.String(text), refusedByX)
		valid := got.Length > 0 && !got.Exceeded() && !refused
		if got.Length != want.WeightedLength || valid != want.Valid {
			t.Errorf("%q weighs %d, valid %t; want %d, %t", text, got.Length, valid, want.WeightedLength, want.Valid)
		}
		links := [][2]int{}
		for _, s := range Links(text) {
			links = append(links, [2]int{units(text[:s.Start]), units(text[s.Start:s.End])})
		}
		// Of two domains of the same letters the published code names the first.
		moved := !slices.Equal(links, want.Links)
		if !slices.EqualFunc(links, want.Links, func(a, b [2]int) bool { return a[0] >= b[0] && a[1] == b[1] }) {
			t.Errorf("%q has the links %v, want %v", text, links, want.Links)
		}
		// In other texts than these, the range is not one of the text that was written.
		if got.Exceeded() && !refused && !moved && norm.NFC.IsNormalString(text) {
			if fits := units(text[:got.Over.Start]) - 1; fits != want.ValidRangeEnd {
				t.Errorf("%q fits up to unit %d, want %d", text, fits, want.ValidRangeEnd)
			}
		}
	}
}

func units(text string) int { return len(utf16.Encode([]rune(text))) }

// twitterText asks the implementation on npm. It is skipped loudly where there is none,
// and an error where everything is required.
func twitterText(t *testing.T, texts []string) []agreed {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "measure.js"} {
		data, err := os.ReadFile(filepath.Join("testdata", "twitter-text", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		if os.Getenv("IMPRIMATUR_TEST_REQUIRE") == "1" {
			t.Fatalf("npm ci: %v\n%s", err, out)
		}
		t.Skipf("SKIPPED, NOTHING WAS COMPARED WITH TWITTER-TEXT: npm ci: %v\n%s\nWith IMPRIMATUR_TEST_REQUIRE=1 this is a failure.", err, out)
	}
	var in bytes.Buffer
	encoder := json.NewEncoder(&in)
	encoder.SetEscapeHTML(false)
	for _, text := range texts {
		if err := encoder.Encode(text); err != nil {
			t.Fatal(err)
		}
	}
	node := exec.CommandContext(t.Context(), "node", "measure.js")
	node.Dir, node.Stdin = dir, &in
	out, err := node.Output()
	if err != nil {
		t.Fatalf("node: %v", err)
	}
	answers := make([]agreed, 0, len(texts))
	for line := range strings.Lines(string(out)) {
		var a agreed
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(texts) {
		t.Fatalf("%d answers to %d texts", len(answers), len(texts))
	}
	return answers
}

// tweets makes texts of what is easily counted wrongly: pieces of addresses next to
// letters of every script, emoji and their parts, and marks that join what is before.
func tweets() *rapid.Generator[string] {
	sequences := strings.Split(strings.TrimSpace(emojiList), "\n")
	tlds := strings.Split(strings.TrimSpace(domainList), "\n")
	piece := rapid.OneOf(
		rapid.SampledFrom(pieces),
		rapid.SampledFrom(pieces),
		rapid.SampledFrom(tlds),
		rapid.SampledFrom(sequences),
		rapid.StringN(1, 4, -1),
		rapid.StringOfN(rapid.RuneFrom([]rune(alphabet)), 1, 6, -1),
		rapid.Custom(func(t *rapid.T) string {
			return rapid.SampledFrom([]string{"http://", "https://", "", " ", "(", "é"}).Draw(t, "before") +
				rapid.StringOfN(rapid.RuneFrom([]rune("abc-_.é中")), 1, 8, -1).Draw(t, "name") + "." + rapid.SampledFrom(tlds).Draw(t, "tld") +
				rapid.SampledFrom([]string{"", "/", "/a(b)c", "/a.", "?q=1", ":80", ":80/x?y#z", "/(a(b)c).", "x", "中"}).Draw(t, "after")
		}),
	)
	long := rapid.Custom(func(t *rapid.T) string {
		return strings.Repeat(rapid.SampledFrom(pieces).Draw(t, "repeated"), rapid.IntRange(1, 300).Draw(t, "times"))
	})
	return rapid.Custom(func(t *rapid.T) string {
		text := strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), "")
		if rapid.IntRange(0, 9).Draw(t, "long") == 0 {
			text += long.Draw(t, "more")
		}
		return strings.ToValidUTF8(text, "")
	})
}

const alphabet = "abcXYZ019 .,:;/?()[]@#$-_+=&%!'\"*~|\\^{}<>`\t\n éñßŒıſK\u0301\u0345\u0308中文の한рфЯβαωι…•€—“”\u200b\u200c\u200d\u200e\u2066\ufe0f\ufe0e\u20e3\ufeff\u3002．｡＠＃ا🏽👩🇫🇷"

var pieces = []string{
	" ", "  ", "\n", ".", ",", ":", "/", "(", ")", "?", "@", "#", "$", "-", "_", "http://", "https://", "HTTP://", "www.",
	"t.co/abc", "https://t.co/abcdefghij/klm?x=1", "https://t.co/" + strings.Repeat("a", 41), "https://t.co:80/a", "https://T.CO/A?b",
	"example.com", "EXAMPLE.CO.UK", "a_b.example.com", "a_b.com", "foo-.com", "-foo.com", "xn--p1ai", "http://a.xn--p1ai/я", "xn--é.com",
	"中example.com", "例え.テスト", "http://例え.みんな/日本", "☃.net", "http://☃.net/", "http://foobar.پاکستان/", "президент.рф",
	"http://" + strings.Repeat("a", 64) + ".com", "http://" + strings.Repeat("é", 60) + ".com", "/path_(a)_(b(c))/d", "?q=(a)&b=c.", "#frag-ment!",
	"/@user/", "@user@example.com", "user@example.com", "e\u0301", "\u1100\u1161\u11a8", "\ufb2c", "\u0344", "\u212b", "👨‍👩‍👧‍👦", "👩‍", "\u200d👩", "🏽",
	"1\ufe0f\u20e3", "1\u20e3", "#\ufe0f", "©", "©\ufe0f", "☺", "☺\ufe0e", "☝\ufe0f🏽", "🇫", "🇫🇷🇩", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🫠", "𝒳", "の", "한", "क्षि", "العربية",
	"…", "•", "€", "—", "“”", "\u200e", "\u202a", "\u2069", "\ufffe", "\ufeff", "\uffff", "abc", "word ", "Ünïcödé",
}

// awkward are texts that were counted differently once.
var awkward = []string{"", " ", "a", strings.Repeat("é.", 200) + "com", strings.Repeat("a.", 300), "e" + strings.Repeat("\u0301", 29)}
