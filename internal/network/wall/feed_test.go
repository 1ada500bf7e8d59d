package wall

import (
	"context"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
)

// nameEverything gives each workspace the name.
func nameEverything(name string) func(context.Context, advocacy.WorkspaceID) (Site, error) {
	return func(context.Context, advocacy.WorkspaceID) (Site, error) {
		return Site{Name: name, Language: "en"}, nil
	}
}

func readFeed(t *testing.T, body string) *atom.Feed {
	t.Helper()
	feed, err := (&atom.Parser{}).Parse(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%v in\n%s", err, body)
	}
	return feed
}

func links(all []*atom.Link) map[string]string {
	found := map[string]string{}
	for _, l := range all {
		found[l.Rel] = l.Type + " " + l.Href
	}
	return found
}

func TestFeed(t *testing.T) {
	t.Parallel()
	n := open(t)
	ref := n.picture(t, "image/png")
	content := networktest.Content()
	content.Media = []advocacy.MediaRef{ref}
	content.Text = "We open on Tuesday.\n\n1 < 2 & see https://example.com/a."
	n.put(t, "acme", "0199f0b0-1111-7000-8000-000000000001", "Nadia Diallo", content)
	n.put(t, "acme", "pub-2", "ليلى", advocacy.Content{Language: "ar", Text: "نفتتح يوم الثلاثاء"})
	w := n.call(t, "GET", "/wall/acme/feed.atom")
	if got := w.Header().Get("Content-Type"); got != "application/atom+xml; charset=utf-8" {
		t.Errorf("Content-Type = %s", got)
	}
	feed := readFeed(t, w.Body.String())
	if feed.Title != "Acme & Sons" || feed.ID != "tag:news.example.com,2025:wall/acme" || feed.Language != "en" ||
		feed.Updated != "2025-11-25T08:01:00.123456Z" || len(feed.Entries) != 2 {
		t.Errorf("feed = %v", feed)
	}
	if diff := cmp.Diff(map[string]string{
		"self":      "application/atom+xml " + base + "/wall/acme/feed.atom",
		"alternate": "text/html " + base + "/wall/acme",
		"first":     "application/atom+xml " + base + "/wall/acme/feed.atom",
	}, links(feed.Links)); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	arabic, opening := feed.Entries[0], feed.Entries[1]
	if arabic.ID != "tag:news.example.com,2025:wall/acme/pub-2" || arabic.Authors[0].Name != "ليلى" {
		t.Errorf("entry = %v", arabic)
	}
	contains(t, w.Body.String(), `<entry xml:lang="ar">`)
	contains(t, arabic.Content.Value, `<p lang="ar" dir="rtl">نفتتح يوم الثلاثاء</p>`)
	if opening.ID != "urn:uuid:0199f0b0-1111-7000-8000-000000000001" || opening.Title != "We open on Tuesday." ||
		opening.Published != "2025-11-25T08:00:00.123456Z" || opening.Updated != opening.Published || opening.Authors[0].Name != "Nadia Diallo" {
		t.Errorf("entry = %v", opening)
	}
	if diff := cmp.Diff(map[string]string{
		"alternate": "text/html " + base + "/wall/acme/0199f0b0-1111-7000-8000-000000000001",
		"related":   " https://example.com/lyon",
		"enclosure": "image/png " + base + mediaPath("acme", ref.Blob),
	}, links(opening.Links)); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	contains(t, opening.Content.Value,
		"<strong>I work for this company.</strong>", "We open on Tuesday.<br><br>1 &lt; 2 &amp; see ",
		`<a href="https://example.com/a" rel="nofollow noopener ugc">https://example.com/a</a>.`, `alt="A shop front"`)
	// A general reader understands it too.
	general, err := gofeed.NewParser().ParseString(w.Body.String())
	if err != nil || general.FeedType != "atom" || len(general.Items) != 2 || general.Items[1].PublishedParsed == nil {
		t.Errorf("gofeed: %v, %v", general, err)
	}
}

func TestFeedPages(t *testing.T) {
	t.Parallel()
	n := open(t)
	for _, id := range []string{"one", "two", "three", "four"} {
		n.put(t, "acme", advocacy.PublicationID(id), "Nadia", advocacy.Content{Language: "en", Text: "Entry " + id})
	}
	first := readFeed(t, n.get(t, "/wall/acme/feed.atom", 200))
	next, ok := strings.CutPrefix(links(first.Links)["next"], "application/atom+xml "+base)
	if !ok || len(first.Entries) != 3 {
		t.Fatalf("links = %v", links(first.Links))
	}
	second := readFeed(t, n.get(t, next, 200))
	if len(second.Entries) != 1 || second.Entries[0].Title != "Entry one" || links(second.Links)["next"] != "" {
		t.Errorf("second page = %v", second)
	}
	if second.ID != first.ID || links(second.Links)["self"] != "application/atom+xml "+base+next {
		t.Errorf("second page is %s, %v", second.ID, links(second.Links))
	}
}

func TestEmptyFeed(t *testing.T) {
	t.Parallel()
	n := open(t)
	w := n.call(t, "GET", "/wall/lyon/feed.atom")
	feed := readFeed(t, w.Body.String())
	if feed.Updated != "1970-01-01T00:00:00Z" || feed.Language != "fr" || w.Header().Get("Last-Modified") != "" {
		t.Errorf("feed = %v, %v", feed, w.Header())
	}
}

// Every text makes well-formed XML that says the same.
func TestFeedOfHostileWords(t *testing.T) {
	t.Parallel()
	for _, hostile := range []string{"]]></content><script>", "<b>&amp;</b>", "a\uffffb\ufffe", "</feed>", "\"'&<>", "<!-- -- -->", "<?xml ?>", "&#0;"} {
		n := open(t)
		n.o.Site = nameEverything(hostile)
		n.put(t, "acme", "pub-1", hostile, advocacy.Content{Language: "en", Text: hostile})
		body := n.get(t, "/wall/acme/feed.atom", 200)
		decoder := xml.NewDecoder(strings.NewReader(body))
		for {
			if _, err := decoder.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%q: %v", hostile, err)
			}
		}
		feed := readFeed(t, body)
		want := strings.NewReplacer("\uffff", "\ufffd", "\ufffe", "\ufffd").Replace(hostile)
		if len(feed.Entries) != 1 || feed.Entries[0].Authors[0].Name != want {
			t.Errorf("%q is shown as %v", hostile, feed)
		}
		lacks(t, feed.Entries[0].Content.Value, "<script", "<b>", "<!--")
	}
}
