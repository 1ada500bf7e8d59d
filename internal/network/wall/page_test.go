package wall

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
)

// parse reads a page as a browser does.
func parse(t *testing.T, page string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// find returns the elements of a name with an attribute, any value for "".
func find(root *html.Node, element, key, value string) []*html.Node {
	var found []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == element && (key == "" || attr(n, key) == value && has(n, key)) {
			found = append(found, n)
		}
	}
	return found
}

func has(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
	}
	return out.String()
}

// metas returns the page's metadata by name or property.
func metas(root *html.Node) map[string]string {
	found := map[string]string{}
	for _, m := range find(root, "meta", "", "") {
		if key := attr(m, "name") + attr(m, "property"); key != "" && key != "theme-color" {
			found[key] = attr(m, "content")
		}
	}
	return found
}

func TestEntryMetadata(t *testing.T) {
	t.Parallel()
	n := open(t)
	content := networktest.Content()
	content.Language, content.Variants = "fr-CA", nil
	content.Media = []advocacy.MediaRef{n.picture(t, "image/png")}
	n.put(t, "acme", "pub-1", "Nadia Diallo", content)
	root := parse(t, n.get(t, "/wall/acme/pub-1", 200))
	image := base + mediaPath("acme", content.Media[0].Blob)
	want := map[string]string{
		"viewport":               "width=device-width, initial-scale=1",
		"description":            "We open in Lyon on Tuesday. Come and see: https://example.com/lyon?from=wall",
		"author":                 "Nadia Diallo",
		"og:title":               "We open in Lyon on Tuesday. · Acme & Sons",
		"og:description":         "We open in Lyon on Tuesday. Come and see: https://example.com/lyon?from=wall",
		"og:url":                 base + "/wall/acme/pub-1",
		"og:site_name":           "Acme & Sons",
		"og:locale":              "fr_CA",
		"og:type":                "article",
		"og:image":               image,
		"og:image:type":          "image/png",
		"og:image:width":         "8",
		"og:image:height":        "4",
		"og:image:alt":           "A shop front",
		"article:published_time": "2025-11-25T08:00:00Z",
		"twitter:card":           "summary_large_image",
	}
	if diff := cmp.Diff(want, metas(root)); diff != "" {
		t.Errorf("metadata (-want +got):\n%s", diff)
	}
	if got := text(find(root, "title", "", "")[0]); got != "We open in Lyon on Tuesday. · Acme & Sons" {
		t.Errorf("title = %q", got)
	}
	if got := attr(find(root, "link", "rel", "canonical")[0], "href"); got != base+"/wall/acme/pub-1" {
		t.Errorf("canonical = %q", got)
	}
	if got := attr(find(root, "link", "rel", "alternate")[0], "href"); got != "/wall/acme/feed.atom" {
		t.Errorf("feed = %q", got)
	}
	document := find(root, "html", "", "")[0]
	if attr(document, "lang") != "fr-CA" || attr(document, "dir") != "ltr" {
		t.Errorf("document is %s, %s", attr(document, "lang"), attr(document, "dir"))
	}
	var article map[string]any
	if err := json.Unmarshal([]byte(text(find(root, "script", "type", "application/ld+json")[0])), &article); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{
		"@context": "https://schema.org", "@type": "NewsArticle",
		"headline":         "We open in Lyon on Tuesday.",
		"description":      "We open in Lyon on Tuesday. Come and see: https://example.com/lyon?from=wall",
		"articleBody":      content.Text,
		"url":              base + "/wall/acme/pub-1",
		"mainEntityOfPage": base + "/wall/acme/pub-1",
		"datePublished":    "2025-11-25T08:00:00Z",
		"inLanguage":       "fr-CA",
		"author":           map[string]any{"@type": "Person", "name": "Nadia Diallo"},
		"publisher":        map[string]any{"@type": "Organization", "name": "Acme & Sons"},
		"image":            []any{image},
	}, article); diff != "" {
		t.Errorf("article (-want +got):\n%s", diff)
	}
}

func TestWallMetadata(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.put(t, "lyon", "pub-1", "Atelier de Lyon", advocacy.Content{Language: "fr", Text: "Bonjour"})
	root := parse(t, n.get(t, "/wall/lyon", 200))
	want := map[string]string{
		"viewport": "width=device-width, initial-scale=1", "description": "Actualités · Atelier de Lyon",
		"og:title": "Atelier de Lyon · Actualités", "og:description": "Actualités · Atelier de Lyon",
		"og:url": base + "/wall/lyon", "og:site_name": "Atelier de Lyon", "og:locale": "fr_FR", "og:type": "website", "twitter:card": "summary",
	}
	if diff := cmp.Diff(want, metas(root)); diff != "" {
		t.Errorf("metadata (-want +got):\n%s", diff)
	}
	when := find(root, "time", "", "")[0]
	if attr(when, "datetime") != "2025-11-25T09:00:00+01:00" || text(when) != "25 novembre 2025 à 09:00 CET" {
		t.Errorf("time = %s, %q", attr(when, "datetime"), text(when))
	}
	// An account in the company's own name is not a person.
	contains(t, n.get(t, "/wall/lyon/pub-1", 200), `"author":{"@type":"Organization","name":"Atelier de Lyon"}`)
}

func TestDisclosureHasItsOwnLine(t *testing.T) {
	t.Parallel()
	n := open(t)
	for i, c := range []struct{ language, words, spoken string }{
		{"en", "Paid partnership", "en"}, {"fr", "Partenariat rémunéré", "fr"}, {"ar", "Paid partnership", "en"},
	} {
		id := advocacy.PublicationID("pub-" + string(rune('a'+i)))
		n.put(t, "acme", id, "Nadia", advocacy.Content{Language: c.language, Text: "Text", Disclosure: advocacy.DisclosurePartnership})
		root := parse(t, n.get(t, entryPath("acme", id), 200))
		line := find(root, "p", "class", "disclosure")
		if len(line) != 1 || text(line[0]) != c.words || attr(line[0], "lang") != c.spoken || attr(line[0], "dir") != "ltr" {
			t.Errorf("%s: %d lines", c.language, len(line))
		}
		if got := text(find(root, "p", "class", "text")[0]); got != "Text" {
			t.Errorf("text = %q", got)
		}
	}
	n.put(t, "acme", "plain", "Nadia", advocacy.Content{Language: "en", Text: "Text"})
	lacks(t, n.get(t, "/wall/acme/plain", 200), "disclosure")
}

func TestDirections(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"ar": "rtl", "ar-EG": "rtl", "he": "rtl", "iw": "rtl", "fa": "rtl", "fa-AF": "rtl", "ur": "rtl", "ps": "rtl", "dv": "rtl", "yi": "rtl",
		"az-Arab": "rtl", "en": "ltr", "ja": "ltr", "ar-Latn": "ltr", "": "ltr", "nonsense tag": "ltr", "tr": "ltr",
	} {
		if got := direction(tag); got != want {
			t.Errorf("direction(%q) = %s, want %s", tag, got, want)
		}
	}
	n := open(t)
	n.put(t, "acme", "arabic", "ليلى", advocacy.Content{Language: "ar", Text: "نفتتح يوم الثلاثاء"})
	n.put(t, "acme", "japanese", "佐藤", advocacy.Content{Language: "ja", Text: "火曜日に開店します。"})
	page := parse(t, n.get(t, "/wall/acme", 200))
	if document := find(page, "html", "", "")[0]; attr(document, "lang") != "en" || attr(document, "dir") != "ltr" {
		t.Error("the wall is not in the workspace's language")
	}
	for lang, dir := range map[string]string{"ar": "rtl", "ja": "ltr"} {
		if articles := find(page, "article", "lang", lang); len(articles) != 1 || attr(articles[0], "dir") != dir {
			t.Errorf("%s: %d articles", lang, len(articles))
		}
	}
	for id, want := range map[string][2]string{"arabic": {"ar", "rtl"}, "japanese": {"ja", "ltr"}} {
		root := parse(t, n.get(t, "/wall/acme/"+id, 200))
		if document := find(root, "html", "", "")[0]; attr(document, "lang") != want[0] || attr(document, "dir") != want[1] {
			t.Errorf("%s: document is %s, %s", id, attr(document, "lang"), attr(document, "dir"))
		}
		if footer := find(root, "footer", "", "")[0]; attr(footer, "lang") != "en" || attr(footer, "dir") != "ltr" {
			t.Errorf("%s: our own words are %s, %s", id, attr(footer, "lang"), attr(footer, "dir"))
		}
	}
	contains(t, n.get(t, "/wall/acme/japanese", 200), "火曜日に開店します。", "佐藤")
}

// What people write is shown, never obeyed.
func TestHostileWords(t *testing.T) {
	t.Parallel()
	for _, hostile := range []string{
		`<script>alert(1)</script>`,
		`</script><script>alert(1)</script>`,
		`"><img src=x onerror=alert(1)>`,
		`' onmouseover='alert(1)`,
		`<!--<script>`,
		`]]><script>alert(1)</script>`,
		`{{.}} ${x} \u003cscript\u003e`,
		"`</title><script>alert(1)</script>",
		`javascript:alert(1)`,
		"a\u2028</script>\u2029b",
		`&lt;script&gt;&#60;script&#62;`,
	} {
		n := open(t)
		ref := n.picture(t, "image/png")
		ref.AltText, ref.ContentType = hostile, hostile
		content := advocacy.Content{
			Language: "en", Text: hostile, Media: []advocacy.MediaRef{ref}, Link: "https://example.com/?q=" + strings.ReplaceAll(hostile, " ", "+"),
			Card: advocacy.Card{Title: hostile, Description: hostile, Picture: ref},
		}
		n.o.Site = nameEverything(hostile)
		n.put(t, "acme", "pub-1", hostile, content)
		for _, path := range []string{"/wall/acme", "/wall/acme/pub-1"} {
			root := parse(t, n.get(t, path, 200))
			for _, script := range find(root, "script", "", "") {
				if attr(script, "type") != "application/ld+json" || !json.Valid([]byte(text(script))) {
					t.Errorf("%s: %q became a script: %s", path, hostile, text(script))
				}
			}
			for node := range root.Descendants() {
				for _, a := range node.Attr {
					if strings.HasPrefix(a.Key, "on") || (a.Key == "href" || a.Key == "src") && strings.HasPrefix(strings.ToLower(a.Val), "javascript:") {
						t.Errorf("%s: %q became %s=%q", path, hostile, a.Key, a.Val)
					}
				}
			}
			if got := text(find(root, "p", "class", "text")[0]); got != hostile {
				t.Errorf("%s: %q is shown as %q", path, hostile, got)
			}
			if got := attr(find(root, "img", "", "")[0], "alt"); got != hostile {
				t.Errorf("%s: alt %q is shown as %q", path, hostile, got)
			}
			if got, cards := len(find(root, "img", "", "")), len(find(root, "a", "class", "preview")); got != 1+cards {
				t.Errorf("%s: %d pictures", path, got)
			}
		}
	}
}

// TestCard: a link is shown with what was signed of its page, and with its own host, whatever the
// card says; the picture is public with the entry and no longer.
func TestCard(t *testing.T) {
	t.Parallel()
	n := open(t)
	ref := n.picture(t, "image/png")
	content := advocacy.Content{
		Language: "ar", Text: "اقرأ.", Link: "https://www.example.com/lab?x", Card: advocacy.Card{Title: "bank.example", Description: "Sign in.", Picture: ref},
	}
	n.put(t, "acme", "pub-1", "Nadia", content)
	root := parse(t, n.get(t, "/wall/acme/pub-1", 200))
	shown := find(root, "a", "class", "preview")
	if len(shown) != 1 || attr(shown[0], "href") != content.Link {
		t.Fatalf("the card is %v", shown)
	}
	if got := strings.Join(strings.Fields(text(shown[0])), " "); got != "example.com bank.example Sign in." {
		t.Errorf("it says %q", got)
	}
	if host := find(root, "span", "class", "host"); len(host) != 1 || attr(host[0], "dir") != "ltr" {
		t.Errorf("the host is %v", host)
	}
	picture := find(shown[0], "img", "", "")
	if len(picture) != 1 || attr(picture[0], "src") != mediaPath("acme", ref.Blob) || attr(picture[0], "alt") != ref.AltText {
		t.Errorf("the picture is %v", picture)
	}
	n.get(t, mediaPath("acme", ref.Blob), 200)
	contains(t, n.get(t, "/wall/acme/feed.atom", 200), "bank.example", content.Link, base+mediaPath("acme", ref.Blob))
	content.Card = advocacy.Card{}
	n.put(t, "lyon", "pub-2", "Luc", content)
	lacks(t, n.get(t, "/wall/lyon/pub-2", 200), "preview")
	n.get(t, mediaPath("lyon", ref.Blob), 404)
}

func TestLongAndStrangeNames(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.put(t, "acme", "family", "👨‍👩‍👧‍👦 Diallo", advocacy.Content{Language: "en", Text: strings.Repeat("word ", 100)})
	n.put(t, "acme", "nobody", "", advocacy.Content{Language: "", Link: "https://www.example.com/%C3%A9t%C3%A9/?x"})
	root := parse(t, n.get(t, "/wall/acme/family", 200))
	if got := text(find(root, "span", "class", "face")[0]); got != "👨‍👩‍👧‍👦" {
		t.Errorf("initial = %q", got)
	}
	if got := metas(root)["og:title"]; len([]rune(got)) > titleLimit+len(" · Acme & Sons") || !strings.Contains(got, "…") {
		t.Errorf("title = %q", got)
	}
	page := n.get(t, "/wall/acme/nobody", 200)
	contains(t, page, "<bdi>Acme &amp; Sons</bdi>", "<b>example.com</b><span>/été</span>", `href="https://www.example.com/%C3%A9t%C3%A9/?x"`)
}

func TestLinkify(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"no link":                                   nil,
		"see https://example.com/a?b=c#d now":       {"https://example.com/a?b=c#d"},
		"HTTP://EXAMPLE.com":                        {"http://EXAMPLE.com"},
		"(https://example.com/a).":                  {"https://example.com/a"},
		"https://example.com/a_(b), and more":       {"https://example.com/a_(b)"},
		"« https://example.com/a » !":               {"https://example.com/a"},
		"\"https://example.com/\"":                  {"https://example.com/"},
		"<https://example.com>":                     {"https://example.com"},
		"詳しくはhttps://example.com/jaをご覧ください":         {"https://example.com/ja"},
		"詳細（https://example.com/ja）。":               {"https://example.com/ja"},
		"https://example.com/Été?é":                 {"https://example.com/%C3%89t%C3%A9?é"},
		"http://a.example and https://b.example...": {"http://a.example", "https://b.example"},
		"https://https://example.com":               {"https://https://example.com"},
		"javascript:alert(1)":                       nil,
		"ftp://example.com":                         nil,
		"https://":                                  nil,
		"https://user@example.com/":                 nil,
		"https://google.com@evil.example/":          nil,
		"https://gооgle.com/":                       nil, // Cyrillic letters
		"xhttps://example.com":                      nil,
		"https://example.com/\u202egpj.exe":         {"https://example.com/"},
		"https://example.com/a\u200bb":              {"https://example.com/a"},
		"https://[2001:db8::1]/x":                   {"https://[2001:db8::1]/x"},
		"https://example.com/[a":                    {"https://example.com/[a"},
	} {
		var got []string
		var whole strings.Builder
		for _, s := range linkify(in) {
			whole.WriteString(s.Text)
			if s.Href != "" {
				got = append(got, s.Href)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
		if whole.String() != in {
			t.Errorf("%q is shown as %q", in, whole.String())
		}
	}
}

func FuzzLinkify(f *testing.F) {
	for _, seed := range []string{"", "https://", "see https://a.b/(c).", "http://http://a", "https://a\xff", "「https://例え.jp」"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		var whole strings.Builder
		for _, s := range linkify(in) {
			whole.WriteString(s.Text)
			if s.Href != "" && !strings.HasPrefix(s.Href, "http://") && !strings.HasPrefix(s.Href, "https://") {
				t.Errorf("%q leads to %q", in, s.Href)
			}
		}
		if whole.String() != in {
			t.Errorf("%q is shown as %q", in, whole.String())
		}
	})
}

func TestWordsAreComplete(t *testing.T) {
	t.Parallel()
	for _, w := range []*words{&english, &french} {
		data, err := json.Marshal(struct {
			*words
			Since any `json:",omitempty"`
		}{words: w})
		if err != nil || strings.Contains(string(data), `""`) {
			t.Errorf("%s: %s, %v", w.Language, data, err)
		}
		if w.Since(networktest.Moment) == "" {
			t.Errorf("%s tells no time", w.Language)
		}
	}
	for language, want := range map[string]string{"fr": "fr", "fr-CA": "fr", "FR": "fr", "fro": "en", "en-GB": "en", "de": "en", "": "en"} {
		if got := wordsFor(language).Language; got != want {
			t.Errorf("wordsFor(%q) = %s", language, got)
		}
	}
}
