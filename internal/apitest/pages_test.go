package apitest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// page is what a machine reads of an HTML document.
type page struct {
	lang, dir, title string
	meta             map[string][]string
	links            map[string]string
	// article is the linked data.
	article map[string]any
	scripts int
	text    string
}

// readPage parses a document as a browser would.
func readPage(t testing.TB, data string) page {
	t.Helper()
	root, err := html.Parse(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	p := page{meta: make(map[string][]string), links: make(map[string]string)}
	for n := range root.Descendants() {
		switch n.DataAtom {
		case atom.Html:
			p.lang, p.dir = attr(n, "lang"), attr(n, "dir")
		case atom.Title:
			p.title = n.FirstChild.Data
		case atom.Meta:
			key := attr(n, "property") + attr(n, "name")
			p.meta[key] = append(p.meta[key], attr(n, "content"))
		case atom.Link:
			p.links[attr(n, "rel")] = attr(n, "href")
		case atom.Script:
			p.scripts++
			if attr(n, "type") == "application/ld+json" {
				if err := json.Unmarshal([]byte(n.FirstChild.Data), &p.article); err != nil {
					t.Errorf("linked data: %v\n%s", err, n.FirstChild.Data)
				}
			}
		}
	}
	p.text = textOf(t, data)
	return p
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// textOf is what a reader sees of HTML, line by line.
func textOf(t testing.TB, data string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		switch {
		case n.Type == html.TextNode && n.Parent.DataAtom != atom.Script:
			b.WriteString(n.Data)
		case n.DataAtom == atom.Br, n.DataAtom == atom.P:
			b.WriteString("\n")
		}
	}
	return b.String()
}

// pages looks at each entry's own page on the wall and at the pictures it shows.
func (e *endToEnd) pages() {
	e.t.Helper()
	for name, w := range words {
		url := e.urlOf(name)
		p := readPage(e.t, string(e.bytesOf(e.rest.request(e.t, http.MethodGet, strings.TrimPrefix(url, e.base), "", nil))))
		dir := "ltr"
		if w.language == "ar" {
			dir = "rtl"
		}
		first, _, _ := strings.Cut(w.text, "\n")
		if p.lang != w.language || p.dir != dir || !strings.Contains(p.title, "Acme") || !strings.HasPrefix(p.title, string([]rune(first)[:10])) {
			e.t.Errorf("%s: lang %q dir %q title %q", name, p.lang, p.dir, p.title)
		}
		for line := range strings.Lines(w.text) {
			if !strings.Contains(p.text, strings.TrimSpace(line)) {
				e.t.Errorf("%s: the page lacks %q: %s", name, line, p.text)
			}
		}
		for key, want := range map[string]string{
			"og:url": url, "og:type": "article", "og:site_name": "Acme", "author": "Acme newsroom", "twitter:card": "summary_large_image",
		} {
			if got := p.meta[key]; len(got) != 1 || got[0] != want {
				e.t.Errorf("%s: %s is %q, want %q", name, key, got, want)
			}
		}
		if p.links["canonical"] != url || !strings.HasSuffix(p.links["alternate"], "/feed.atom") || len(p.meta["og:title"]) != 1 || len(p.meta["og:description"]) != 1 {
			e.t.Errorf("%s: links %v meta %v", name, p.links, p.meta)
		}
		if p.scripts != 1 || p.article["@type"] != "NewsArticle" || p.article["inLanguage"] != w.language || p.article["url"] != url || p.article["articleBody"] != w.text {
			e.t.Errorf("%s: %d scripts, linked data %v", name, p.scripts, p.article)
		}
		if _, err := time.Parse(time.RFC3339, p.meta["article:published_time"][0]); err != nil {
			e.t.Errorf("%s: %v", name, err)
		}
		if len(p.meta["og:image"]) == 0 || len(p.meta["og:image:alt"]) != len(p.meta["og:image"]) {
			e.t.Errorf("%s: pictures %v, alternatives %v", name, p.meta["og:image"], p.meta["og:image:alt"])
		}
		for _, picture := range p.meta["og:image"] {
			e.clean(e.bytesOf(e.rest.request(e.t, http.MethodGet, strings.TrimPrefix(picture, e.base), "", nil)))
		}
	}
}
