package feed

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

var base = &url.URL{Scheme: "https", Host: "lab.example.com", Path: "/news/feed"}

const atomFeed = `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Labo</title>
<entry><id>tag:lab,2026:1</id><title type="html">Portes &amp;amp; fenêtres</title><link rel="self" href="/1.atom"/><link href="/1"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Venez <em>voir</em>.</p></div></content></entry></feed>`

const jsonFeed = `{"version": "https://jsonfeed.org/version/1.1", "title": "Lab", "language": "en", "items": [
{"id": "1", "url": "https://lab.example.com/1", "title": "Open day", "content_html": "<p>Come.</p><p>See.</p>"}]}`

// TestFormats: the three formats say the same, as plain text.
func TestFormats(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		document string
		want     advocacy.FeedEntry
	}{
		"RSS": {rss, advocacy.FeedEntry{
			Key: keyOf("one"), Title: "Open day", Text: "Come & see.\nOn Friday.", Link: "https://lab.example.com/open-day", Language: "en",
		}},
		"Atom": {atomFeed, advocacy.FeedEntry{
			Key: keyOf("tag:lab,2026:1"), Title: "Portes & fenêtres", Text: "Venez voir.", Link: "https://lab.example.com/1",
		}},
		"JSON": {jsonFeed, advocacy.FeedEntry{
			Key: keyOf("1"), Title: "Open day", Text: "Come.\nSee.", Link: "https://lab.example.com/1", Language: "en",
		}},
		"Latin 1": {"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><rss><channel><item><title>\xe9t\xe9</title></item></channel></rss>", advocacy.FeedEntry{
			Key: keyOf("été\n"), Title: "été",
		}},
		"no names": {"<rss><channel><item><description>x</description></item></channel></rss>", advocacy.FeedEntry{
			Key: keyOf("\nx"), Text: "x",
		}},
		"nothing but its content": {"<rss><channel><item><content:encoded>0</content:encoded></item></channel></rss>", advocacy.FeedEntry{
			Key: keyOf("0"), Text: "0",
		}},
		"an address of blanks": {`{"version": "https://jsonfeed.org/version/1", "items": [{"url": " ", "content_text": "x"}]}`, advocacy.FeedEntry{
			Key: keyOf("x"), Text: "x",
		}},
		"a control character": {"<rss><channel><item><title>a\x08b</title></item></channel></rss>", advocacy.FeedEntry{
			Key: keyOf("ab\n"), Title: "ab",
		}},
	} {
		entries, code := Read([]byte(c.document), base)
		if diff := cmp.Diff([]advocacy.FeedEntry{c.want}, entries, cmpopts.IgnoreFields(advocacy.FeedEntry{}, "Language")); diff != "" || code != "" {
			t.Errorf("%s: %s %s", name, code, diff)
		}
		if len(entries) == 1 && c.want.Language != "" && entries[0].Language != c.want.Language {
			t.Errorf("%s is in %q", name, entries[0].Language)
		}
	}
}

func itemWith(inside string) string {
	return "<rss version=\"2.0\"><channel><item>" + inside + "</item></channel></rss>"
}

// hostile are documents that somebody made to hurt whoever reads them, each with the code it
// has, or none where what is left of it is harmless.
var hostile = map[string]struct {
	document string
	code     advocacy.FeedCode
}{
	"a billion laughs": {`<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><rss><channel><item><title>&c;</title></item></channel></rss>`, advocacy.FeedUnsafe},
	"an entity of a file": {`<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&f;</title></item></channel></rss>`,
		advocacy.FeedUnsafe},
	"an entity in lower case":   {`<!DOCTYPE rss [<!entity a "ha">]><rss><channel><item><title>&a;</title></item></channel></rss>`, advocacy.FeedUnsafe},
	"an entity nobody declared": {itemWith("<title>&c;</title>"), ""},
	"a deep document":           {itemWith(strings.Repeat("<x:a xmlns:x='u'>", 40000)), advocacy.FeedUnsafe},
	"a deep document that hides in a character set": {
		`<?xml version="1.0" encoding="iso-2022-jp"?>` + itemWith("<title>\x1b$B<<!\x1b(B</title>"+strings.Repeat("<x:a>", 100000)), advocacy.FeedUnreadable},
	"many namespaces":            {"<rss><channel " + strings.Repeat("xmlns:a='u' ", 40000) + "/></rss>", advocacy.FeedUnsafe},
	"many attributes":            {"<rss><channel " + strings.Repeat("a='u' ", 100000) + "/></rss>", ""},
	"a deep JSON":                {`{"version": "https://jsonfeed.org/version/1", "items": ` + strings.Repeat("[", 200000), advocacy.FeedUnsafe},
	"a JSON of nothing":          {`{"version": "https://jsonfeed.org/version/1", "items": [{}, {"id": ""}]}`, ""},
	"a JSON of null":             {`{"version": "https://jsonfeed.org/version/1", "items": [null]}`, advocacy.FeedUnreadable},
	"a JSON of many":             {`{"version": "https://jsonfeed.org/version/1", "items": [` + strings.Repeat("[],", 100000) + `{}]}`, advocacy.FeedUnsafe},
	"a JSON of something else":   {`{"items": [{"id": "1", "title": "x"}]}`, advocacy.FeedUnreadable},
	"many elements":              {itemWith(strings.Repeat("<x/>", 100000)), advocacy.FeedUnsafe},
	"a feed after many comments": {"<!--" + strings.Repeat("x", 5000) + "-->" + itemWith("<title>x</title>"), advocacy.FeedUnreadable},
	"an unknown character set":   {`<?xml version="1.0" encoding="nobody-knows"?>` + itemWith("<title>x</title>"), advocacy.FeedUnreadable},
	"a wrong character set":      {`<?xml version="1.0" encoding="utf-8"?>` + itemWith("<title>\xe9\xff</title>"), advocacy.FeedUnreadable},
	"sixteen bits":               {"\xff\xfe<\x00r\x00s\x00s\x00>\x00", advocacy.FeedUnreadable},
	"half a document":            {"<rss><channel><item><title>x", advocacy.FeedUnreadable},
	"noise":                      {"\x00\x01\x02\xff", advocacy.FeedUnreadable},
	"many entries":               {"<rss><channel>" + strings.Repeat("<item><title>x</title></item>", 5000) + "</channel></rss>", ""},
	"a script for a link":        {itemWith("<title>x</title><link>javascript:alert(1)</link><guid>data://text/html,x</guid>"), ""},
	"a script in a script":       {itemWith("<title>x</title><description>&lt;script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img onerror=alert(1)&gt;</description>"), ""},
	"a text turned around":       {itemWith("<title>\u202egnp.exe\u2066\u200f</title>"), ""},
	"a text that hides some":     {itemWith("<title>a\u00ad\u200b\u2060\ufeff</title>"), ""},
	"a password in a link":       {itemWith("<title>x</title><link>https://me:secret@lab.example.com/</link>"), ""},
	"a very long title":          {itemWith("<title>" + strings.Repeat("é", 100000) + "</title>"), ""},
	"a very long link":           {itemWith("<title>x</title><link>https://lab.example.com/" + strings.Repeat("a", 100000) + "</link>"), ""},
}

// TestHostile: each hostile document is refused with its code, or harmless.
func TestHostile(t *testing.T) {
	t.Parallel()
	for name, c := range hostile {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			entries, code := Read([]byte(c.document), base)
			if code != c.code {
				t.Errorf("it is %q with %d entries, want %q", code, len(entries), c.code)
			}
			if took := time.Since(begin); took > 10*time.Second {
				t.Errorf("it took %v", took)
			}
			if problem := harm(entries); problem != "" {
				t.Error(problem)
			}
		})
	}
}

// harm says what of the entries nobody should be shown.
func harm(entries []advocacy.FeedEntry) string {
	if len(entries) > maxEntries {
		return fmt.Sprintf("%d entries count", len(entries))
	}
	for _, e := range entries {
		u, err := url.Parse(e.Link)
		switch {
		case e.Title == "" && e.Text == "" && e.Link == "":
			return "an entry says nothing"
		case len(e.Key) != 64:
			return fmt.Sprintf("%+v has no key", e)
		case e.Link != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Host == "" || len(e.Link) > maxLink):
			return fmt.Sprintf("it leads to %.80s", e.Link)
		case utf8.RuneCountInString(e.Title) > maxTitle || utf8.RuneCountInString(e.Text) > maxText:
			return "it is too long"
		case !utf8.ValidString(e.Title + e.Text + e.Link + e.Language), strings.ContainsAny(e.Title+e.Text, "\r\x00\u202e\u2066\u200f\u061c\u00ad\u200b\u2060\ufeff"), strings.Contains(e.Title, "\n"):
			return fmt.Sprintf("%+v has characters nobody sees", e)
		}
	}
	return ""
}

// TestPlain: markup leaves what a reader would see.
func TestPlain(t *testing.T) {
	t.Parallel()
	for markup, want := range map[string]string{
		"<p>One</p><p>two<br>three</p>":                       "One\ntwo\nthree",
		"a <b>b</b>  c\n d":                                   "a b c d",
		"1 &lt; 2 &amp;amp; 3":                                "1 < 2 &amp; 3",
		"<style>p{}</style>x<!-- y --><noscript>z</noscript>": "x",
		"<script>a</script></script></script>b":               "b",
		"<img src=x onerror=alert(1)>":                        "",
		"&#x202e;abc":                                         "abc",
		"Imprima&shy;tur":                                     "Imprimatur",
		"<p":                                                  "",
		"a < b":                                               "a < b",
	} {
		if got := plain(markup, 100); got != want {
			t.Errorf("of %q it says %q, want %q", markup, got, want)
		}
	}
	if got := plain("aaaa bbbb", 6); got != "aaaa…" {
		t.Errorf("shortened: %q", got)
	}
}

func FuzzRead(f *testing.F) {
	for _, document := range []string{rss, atomFeed, jsonFeed} {
		f.Add([]byte(document))
	}
	for _, c := range hostile {
		if len(c.document) < 1000 {
			f.Add([]byte(c.document))
		}
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		entries, code := Read(document, base)
		if code != "" && len(entries) > 0 {
			t.Fatalf("%s, and %d entries", code, len(entries))
		}
		if problem := harm(entries); problem != "" {
			t.Fatal(problem)
		}
	})
}
