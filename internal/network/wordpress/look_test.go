package wordpress

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wordpress/wordpresstest"
)

// TestLook: a post is known by its address, and none that is somebody else's, at another address, or
// another publication's.
func TestLook(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	b, _ := parse(d.Body)
	server.Do(func(s *wordpresstest.Server) { s.Mixes = true })
	theirs := wordpresstest.Post{Author: wordpresstest.OtherAuthor, Slug: b.Slug, Status: publish, Title: b.Title, Content: b.Content}
	stolen := server.Write(theirs)
	elsewhere := theirs
	elsewhere.Author, elsewhere.Slug = wordpresstest.Author, "we-open"
	server.Write(elsewhere)
	s.Adapter.Publish(t.Context(), networktest.Deliver(t, s, "pub-2", networktest.Content()))
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found {
		t.Fatalf("of what is not ours it says %+v", seen)
	}
	server.Edit(stolen, func(p *wordpresstest.Post) { p.Slug = "stolen" })
	mine := s.Adapter.Publish(t.Context(), d).ExternalID
	if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.ExternalID != mine || seen.Digest != d.Target.Rendering.Fingerprint() {
		t.Errorf("it says %+v, want %s", seen, mine)
	}
	d.Taken = func(_ context.Context, id string) (bool, error) { return id == mine, nil }
	if seen := s.Adapter.Look(t.Context(), d); seen.Found {
		t.Errorf("what another publication is known by is said to be this one: %+v", seen)
	}
	d.Taken = func(context.Context, string) (bool, error) { return false, errors.New("down") }
	if seen := s.Adapter.Look(t.Context(), d); seen.Found || seen.Readable {
		t.Errorf("when it cannot be told whose it is: %+v", seen)
	}
}

// TestLag: a post that is not shown yet is found later.
func TestLag(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	server.Do(func(s *wordpresstest.Server) { s.Mode, s.Lag = wordpresstest.Cut, 1 })
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	s.Adapter.Publish(t.Context(), d)
	first, second := s.Adapter.Look(t.Context(), d), s.Adapter.Look(t.Context(), d)
	if first.Found || !second.Found {
		t.Errorf("the first look says %+v, the second %+v", first, second)
	}
}

// TestLookCannotTell: what could not be seen is not said to be absent, nor what is hidden to be shown.
func TestLookCannotTell(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	named := networktest.Named(d, s.Adapter.Publish(t.Context(), d).ExternalID)
	for name, change := range map[string]func(*wordpresstest.Post){
		"a draft":   func(p *wordpresstest.Post) { p.Status = "draft" },
		"a private": func(p *wordpresstest.Post) { p.Status = "private" },
		"a later":   func(p *wordpresstest.Post) { p.Status = "future" },
		"a locked":  func(p *wordpresstest.Post) { p.Secret = "hunter2" },
	} {
		server.Edit(named.ExternalID, func(p *wordpresstest.Post) { p.Status, p.Secret = publish, "" })
		server.Edit(named.ExternalID, change)
		if seen := s.Adapter.Look(t.Context(), d); seen.Readable || seen.Found {
			t.Errorf("of %s post at its address it says %+v", name, seen)
		}
		if seen := s.Adapter.Look(t.Context(), named); !seen.Readable || seen.Found {
			t.Errorf("of %s post by its name it says %+v", name, seen)
		}
	}
	for name, said := range map[string]string{"a page": "<html>", "no list": "null", "an object": "{}"} {
		server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(said)) })
		for which, x := range map[string]network.Delivery{"address": d, "name": named} {
			if seen := s.Adapter.Look(t.Context(), x); seen.Readable {
				t.Errorf("of %s by its %s it says %+v", name, which, seen)
			}
		}
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Retryable {
			t.Errorf("of %s: %+v", name, answer)
		}
	}
	server.Config.Handler = http.NotFoundHandler()
	if seen := s.Adapter.Look(t.Context(), named); seen.Readable {
		t.Errorf("of a site without its API it says %+v", seen)
	}
}

// TestReadBack: what is shown otherwise than it was signed has no digest of ours.
func TestReadBack(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	server.Do(func(s *wordpresstest.Server) { s.Filters = true })
	content := networktest.Content()
	content.Text = "We \"open\" [now].\n\nCome & see:\nhttps://example.com/lyon?a=b&c=d"
	d := networktest.Deliver(t, s, "pub-1", content)
	d.ExternalID = s.Adapter.Publish(t.Context(), d).ExternalID
	published := server.Visible()[0]
	swap := func(from, to string) func(*wordpresstest.Post) {
		return func(p *wordpresstest.Post) {
			if !strings.Contains(p.Content, from) {
				t.Errorf("%q stands nowhere in %q", from, p.Content)
			}
			p.Content = strings.Replace(p.Content, from, to, 1)
		}
	}
	for name, c := range map[string]struct {
		change func(*wordpresstest.Post)
		text   string
	}{
		"nothing":          {func(*wordpresstest.Post) {}, ""},
		"how it is told":   {func(p *wordpresstest.Post) { p.Title = strings.ReplaceAll(p.Title, "&quot;", `"`) }, ""},
		"the title":        {func(p *wordpresstest.Post) { p.Title += "!" }, "We \"open\" [now].!"},
		"a word":           {swap("Come", "Go"), "Go &"},
		"a paragraph":      {swap("<!-- wp:paragraph -->", "<!-- wp:paragraph -->\n<p>Buy!</p>"), "Buy!"},
		"where it leads":   {swap(`href="https://example.com/`, `href="https://evil.example/`), "https://evil.example/lyon"},
		"a hidden line":    {swap("<p>", `<p style="display:none">`), "style"},
		"a block":          {func(p *wordpresstest.Post) { p.Content += "\n\n<!-- wp:latest-posts /-->" }, "wp:latest-posts"},
		"a frame":          {func(p *wordpresstest.Post) { p.Content += `<iframe src="https://evil.example/"></iframe>` }, "iframe"},
		"an excerpt":       {func(p *wordpresstest.Post) { p.Excerpt = "Buy now." }, "Buy now."},
		"another author":   {func(p *wordpresstest.Post) { p.Author = wordpresstest.OtherAuthor }, "We"},
		"a picture's word": {swap("A shop front", "A shop back"), "We"},
		"no picture":       {func(p *wordpresstest.Post) { p.Content = p.Content[:strings.Index(p.Content, "<!-- wp:image")] }, "We"},
	} {
		server.Edit(d.ExternalID, func(p *wordpresstest.Post) { *p = published })
		server.Edit(d.ExternalID, c.change)
		seen := s.Adapter.Look(t.Context(), d)
		if !seen.Found || seen.Differs != (c.text != "") || (seen.Digest == "") != seen.Differs || !strings.Contains(seen.Text, c.text) {
			t.Errorf("of a change of %s it says %+v", name, seen)
		}
	}
	for name, id := range map[string]string{"no": "../users/me", "none": "0"} {
		if seen := s.Adapter.Look(t.Context(), networktest.Named(d, id)); seen.Readable || seen.Found {
			t.Errorf("of %s post it says %+v", name, seen)
		}
	}
}

// TestDelete: a post goes to the trash, or for good where there is none, and its pictures with it; what
// the site does not say is gone is not called gone.
func TestDelete(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	d.ExternalID = s.Adapter.Publish(t.Context(), d).ExternalID
	for name, c := range map[string]struct {
		id    string
		class network.Class
	}{"none": {"", network.Permanent}, "a path": {"../users/me", network.Permanent}} {
		if answer := s.Adapter.Delete(t.Context(), networktest.Named(d, c.id)); answer.Class != c.class || len(server.Visible()) != 1 {
			t.Errorf("%s: %+v", name, answer)
		}
	}
	server.Do(func(s *wordpresstest.Server) { s.Keeps = 1 })
	if answer := s.Adapter.Delete(t.Context(), d); answer.Class != network.Retryable || len(server.Visible()) != 0 || len(server.Uploaded()) != 1 {
		t.Errorf("while a picture is still shown: %+v", answer)
	}
	for range 2 {
		if answer := s.Adapter.Delete(t.Context(), d); answer.Class != network.Accepted || len(server.Uploaded()) != 0 {
			t.Errorf("%+v, the site has %d files", answer, len(server.Uploaded()))
		}
	}
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found || !strings.Contains(seen.Said.Text, "trash") {
		t.Errorf("of a post in the trash it says %+v", seen)
	}
	server.Do(func(s *wordpresstest.Server) { s.Trashless = true })
	good := networktest.Deliver(t, s, "pub-2", advocacy.Content{Language: "en", Text: "We open."})
	good.ExternalID = s.Adapter.Publish(t.Context(), good).ExternalID
	if answer := s.Adapter.Delete(t.Context(), good); answer.Class != network.Accepted || len(server.Visible()) != 0 {
		t.Errorf("without a trash: %+v", answer)
	}
	if seen := s.Adapter.Look(t.Context(), good); !seen.Readable || seen.Found {
		t.Errorf("of a post that is gone it says %+v", seen)
	}
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"status":"publish"}`)) })
	if answer := s.Adapter.Delete(t.Context(), good); answer.Class != network.Retryable {
		t.Errorf("of an answer that says nothing: %+v", answer)
	}
}
