package wordpress

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// TestSplit: the first line is the title, unless it is too long for one or holds an address.
func TestSplit(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", titleLimit)
	for text, want := range map[string][2]string{
		"":                                   {"", ""},
		"We open.":                           {"We open.", ""},
		"We open.\nCome.":                    {"We open.", "Come."},
		"We open.\n\n\nCome.\n\nNow.":        {"We open.", "Come.\n\nNow."},
		long + "\n\nCome.":                   {long, "Come."},
		long + "é\n\nCome.":                  {"", long + "é\n\nCome."},
		"See https://example.com/x\n\nCome.": {"", "See https://example.com/x\n\nCome."},
	} {
		if title, rest := split(text); title != want[0] || rest != want[1] {
			t.Errorf("of %q the title is %q and the rest %q", text, title, rest)
		}
	}
}

// TestParagraphs: what has a meaning in HTML or begins a shortcode is text, and addresses are links.
func TestParagraphs(t *testing.T) {
	t.Parallel()
	block := func(inner string) string {
		return "<!-- wp:paragraph -->\n<p>" + inner + "</p>\n<!-- /wp:paragraph -->"
	}
	for text, want := range map[string]string{
		"":                           "",
		"A\nB\n\nC":                  block("A<br>B") + "\n\n" + block("C"),
		"[gallery] <b>&</b> \"x\"":   block(`&#x5B;gallery] &lt;b&gt;&amp;&lt;/b&gt; &quot;x&quot;`),
		"https://youtu.be/abc?x=1&y": block(`<a href="https://youtu.be/abc?x=1&amp;y">https://youtu.be/abc?x=1&amp;y</a>`),
		"<!-- wp:html --> x":         block("&lt;!-- wp:html --&gt; x"),
		"See example.com.":           block("See example.com."),
	} {
		if got := paragraphs(text); got != want {
			t.Errorf("%q becomes\n%s\nwant\n%s", text, got, want)
		}
	}
}

// TestReadsWhatItWrites: whatever people sign comes back as what was signed.
func TestReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	n := New(wire.Options{})
	rapid.Check(t, func(t *rapid.T) {
		r, _ := n.Render(networktest.Contents().Draw(t, "content"), "", network.Disclosures{})
		title, rest := split(r.Text)
		content := paragraphs(rest)
		for i, m := range r.Media {
			content += picture(int64(i+1), "https://example.com/x.png", m.AltText)
		}
		p := post{Status: publish, Title: raw{escape(title)}, Content: raw{content}}
		if said, text := differs(r, p); !said.Nothing() {
			t.Fatalf("%s %q is read of %q", said.Text, text, r.Text)
		}
		if strings.ContainsRune(content, '[') || strings.ContainsRune(p.Title.Raw, '[') {
			t.Fatalf("%q begins a shortcode", content)
		}
		if slug := slugOf(r.Text, "pub-1"); !slugs.MatchString(slug) || len(slug) > 200 {
			t.Fatalf("the address is %q", slug)
		}
	})
}

// TestSlug: an address begins with the words of its post, and ends with what tells publications apart.
func TestSlug(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Nous ouvrons à Lyon !\n\nVenez.": "nous-ouvrons-a-lyon-", "火曜日": "", "": "", strings.Repeat("word ", 30): strings.Repeat("word-", 12),
	} {
		got, other := slugOf(text, "pub-1"), slugOf(text, "pub-2")
		if head, found := strings.CutSuffix(got, got[max(0, len(got)-2*markBytes):]); !found || head != want || got == other {
			t.Errorf("%q stands at %q, and another publication's at %q", text, got, other)
		}
	}
}
