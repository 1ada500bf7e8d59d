package wordpress

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
	"github.com/imprimatur-hq/imprimatur/internal/network/wordpress/wordpresstest"
)

func newNetwork() *Network {
	return New(wire.Options{AllowedNetworks: networktest.Loopback, Now: networktest.Clock})
}

// open starts a site and returns an account of its author.
func open(t *testing.T) (*wordpresstest.Server, networktest.Subject) {
	t.Helper()
	server := wordpresstest.New(t)
	return server, networktest.Subject{
		Prepares: true,
		Adapter:  newNetwork(), Credential: []byte(wordpresstest.Credential),
		Account: advocacy.SocialAccount{
			Workspace: "acme", ID: "account-1", Network: Name, DisplayName: "News", Address: server.URL, ExternalID: "7",
		},
		Visible: func() int { return len(server.Visible()) },
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	networktest.Run(t, func(t *testing.T) networktest.Subject {
		_, s := open(t)
		return s
	})
}

// TestLinked: what every connector does with a token.
func TestLinked(t *testing.T) {
	t.Parallel()
	networktest.RunLinked(t, func(t *testing.T) networktest.Link {
		server, s := open(t)
		return networktest.Link{
			Subject: s, Profile: network.Profile{ExternalID: "7", Handle: "@herald@" + strings.TrimPrefix(server.URL, "http://")},
			Strange: []string{"herald:" + wordpresstest.OtherPass, "ghost:" + wordpresstest.Password, "herald:hunter2", wordpresstest.Password, "a\nb", "two words"}, Away: server.Close,
		}
	})
}

// TestRender: disclosure and link stand in the text, and a disclosure that comes first on the line of
// the title.
func TestRender(t *testing.T) {
	t.Parallel()
	n := New(wire.Options{})
	long := strings.Repeat("a", titleLimit)
	for name, c := range map[string]struct {
		content advocacy.Content
		want    string
	}{
		"everything": {
			advocacy.Content{Language: "en", Text: "We open.\n\nCome.", Link: "https://example.com/lyon", Disclosure: advocacy.DisclosureEmployee},
			"We open.\n\nCome.\n\nhttps://example.com/lyon\n\nI work for this company.",
		},
		"an advertisement": {
			advocacy.Content{Language: "fr", Text: "Nous ouvrons.\n\nVenez.", Disclosure: advocacy.DisclosureAdvertising},
			"Publicité · Nous ouvrons.\n\nVenez.",
		},
		"an advertisement without a title": {
			advocacy.Content{Language: "en", Text: long + "\n\nCome.", Disclosure: advocacy.DisclosureAdvertising},
			"Advertising\n\n" + long + "\n\nCome.",
		},
		"an advertisement of a link": {
			advocacy.Content{Language: "en", Link: "https://example.com/lyon", Disclosure: advocacy.DisclosureAdvertising},
			"Advertising\n\nhttps://example.com/lyon",
		},
	} {
		r, found := n.Render(c.content, "", network.Disclosures{})
		if r.Text != c.want || len(found) > 0 {
			t.Errorf("%s: %q, found %v", name, r.Text, found)
		}
	}
}

// TestAnswers: how each answer of the site ends, and what it shows then.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for mode, want := range map[wordpresstest.Mode]struct {
		class   network.Class
		visible int
	}{
		wordpresstest.Honest:    {network.Accepted, 1},
		wordpresstest.Cut:       {network.UnknownOutcome, 1},
		wordpresstest.Broken:    {network.UnknownOutcome, 1},
		wordpresstest.Plugin:    {network.UnknownOutcome, 1},
		wordpresstest.Silent:    {network.UnknownOutcome, 1},
		wordpresstest.Garbage:   {network.UnknownOutcome, 1},
		wordpresstest.Fine:      {network.UnknownOutcome, 1},
		wordpresstest.Stranger:  {network.UnknownOutcome, 1},
		wordpresstest.Moderated: {network.UnknownOutcome, 0},
		wordpresstest.Wall:      {network.UnknownOutcome, 0},
		wordpresstest.Resting:   {network.UnknownOutcome, 0},
		wordpresstest.Moved:     {network.UnknownOutcome, 0},
		wordpresstest.Busy:      {network.RateLimited, 0},
		wordpresstest.Invalid:   {network.Permanent, 0},
		wordpresstest.Large:     {network.Permanent, 0},
		wordpresstest.Barred:    {network.AuthExpired, 0},
		wordpresstest.Ended:     {network.AuthExpired, 0},
	} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			server, s := open(t)
			server.Do(func(s *wordpresstest.Server) { s.Mode = mode })
			d := networktest.Deliver(t, s, "pub-1", networktest.Content())
			ctx := t.Context()
			if mode == wordpresstest.Silent {
				impatient, cancel := context.WithTimeout(ctx, 2*time.Second)
				defer cancel()
				ctx = impatient
			}
			answer := s.Adapter.Publish(ctx, d)
			if answer.Class != want.class || len(server.Visible()) != want.visible {
				t.Fatalf("%+v, and %d are visible", answer, len(server.Visible()))
			}
			if after := networktest.Clock().Add(wordpresstest.RetryAfter * time.Second); mode == wordpresstest.Busy && !answer.RetryTime.Equal(after) {
				t.Errorf("it is tried again at %v", answer.RetryTime)
			}
			if strings.ContainsRune(answer.Said.Text, '\u202e') {
				t.Errorf("it says %q", answer.Said.Text)
			}
			if want.class != network.UnknownOutcome {
				return
			}
			server.Do(func(s *wordpresstest.Server) { s.Mode = wordpresstest.Honest })
			seen := s.Adapter.Look(t.Context(), d)
			if seen.Readable != (mode != wordpresstest.Moderated) || seen.Found != (want.visible == 1) {
				t.Errorf("a look says %+v", seen)
			}
		})
	}
}

// TestPublished: what a post is, where it stands, and its pictures.
func TestPublished(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	content := advocacy.Content{Language: "en", Text: "We open [now] & <soon>.\n\nCome:\nhttps://example.com/?a=b&c=d", Media: networktest.Content().Media}
	content.Media[0].AltText = `A "shop" [front]`
	d := networktest.Deliver(t, s, "pub-1", content)
	answer := s.Adapter.Publish(t.Context(), d)
	shown, files := server.Visible(), server.Uploaded()
	if answer.Class != network.Accepted || len(shown) != 1 || len(files) != 1 || answer.URL != server.URL+"/2025/11/25/"+shown[0].Slug+"/" {
		t.Fatalf("%+v, it shows %+v and has %+v", answer, shown, files)
	}
	want := wordpresstest.Post{
		ID: 42, Author: wordpresstest.Author, Slug: shown[0].Slug, Status: publish, Title: "We open &#x5B;now] &amp; &lt;soon&gt;.",
		Content: "<!-- wp:paragraph -->\n<p>Come:<br><a href=\"https://example.com/?a=b&amp;c=d\">https://example.com/?a=b&amp;c=d</a></p>\n<!-- /wp:paragraph -->\n\n" +
			"<!-- wp:image {\"id\":41,\"sizeSlug\":\"full\",\"linkDestination\":\"none\"} -->\n<figure class=\"wp-block-image size-full\"><img src=\"" +
			server.URL + "/wp-content/uploads/2025/11/" + files[0].Name + "\" alt=\"A &quot;shop&quot; &#x5B;front]\" class=\"wp-image-41\"/></figure>\n<!-- /wp:image -->",
	}
	if diff := cmp.Diff(want, shown[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(shown[0].Slug, "we-open-now-soon-") || answer.ExternalID != "42" {
		t.Errorf("it is %s at %s", answer.ExternalID, shown[0].Slug)
	}
	file := wordpresstest.File{
		ID: 41, Author: wordpresstest.Author, Slug: shown[0].Slug + "-1", Name: shown[0].Slug + "-1.png", Type: "image/png",
		Words: `A "shop" [front]`, Bytes: []byte(networktest.BytesOf(networktest.Blob)),
	}
	if diff := cmp.Diff(file, files[0]); diff != "" {
		t.Errorf("the file (-want +got):\n%s", diff)
	}
	if got := shown[0].Text(); got != d.Target.Rendering.Text {
		t.Errorf("readers see %q", got)
	}
}

// TestARepeatMakesTwo is why nothing is sent again: what stands there already is not made again, and
// what a site shows late would be.
func TestARepeatMakesTwo(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	first := s.Adapter.Publish(t.Context(), d)
	if again := s.Adapter.Publish(t.Context(), d); again.Class != network.Duplicate || server.Asked() != 1 {
		t.Errorf("what stands there is asked for again: %+v", again)
	}
	server.Do(func(s *wordpresstest.Server) { s.Lag = 1 })
	s.Adapter.Publish(t.Context(), d)
	shown := server.Visible()
	if len(shown) != 2 || shown[1].Slug != shown[0].Slug+"-2" {
		t.Fatalf("it shows %+v: the site of this test makes another address of one that is taken", shown)
	}
	if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.ExternalID != first.ExternalID || !strings.Contains(seen.Said.Text, "second") {
		t.Errorf("of two it says %+v", seen)
	}
	if c := s.Adapter.Capabilities(); c.Repeatable(d.Account, d.Time, d.Time.Add(time.Second)) {
		t.Error("it may be sent again")
	}
	d.ExternalID = first.ExternalID
	if again := s.Adapter.Publish(t.Context(), d); again.Class != network.Permanent || len(server.Visible()) != 2 {
		t.Errorf("what was published is published again: %+v", again)
	}
}

// TestFiles: what cannot be read ends with nothing published, and a picture that an attempt left is
// not given twice.
func TestFiles(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for name, c := range map[string]struct {
		media func(context.Context, string) (io.Reader, error)
		class network.Class
	}{
		"nobody opens": {nil, network.Misconfigured},
		"is gone":      {func(context.Context, string) (io.Reader, error) { return nil, errors.New("gone") }, network.Retryable},
		"ends early":   {func(context.Context, string) (io.Reader, error) { return networktest.Broken, nil }, network.Retryable},
		"is empty":     {func(context.Context, string) (io.Reader, error) { return strings.NewReader(""), nil }, network.Retryable},
	} {
		d.Media = c.media
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != c.class || server.Asked() != 0 {
			t.Errorf("a file that %s: %+v", name, answer)
		}
	}
	d.Media = networktest.Open
	server.Do(func(s *wordpresstest.Server) { s.Drops = 1 })
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Retryable || server.Asked() != 0 {
		t.Fatalf("an upload without an answer: %+v", answer)
	}
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted || len(server.Uploaded()) != 1 {
		t.Errorf("the next attempt: %+v, the site has %d files", answer, len(server.Uploaded()))
	}
}

// TestNoBody: what is damaged is not sent.
func TestNoBody(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for _, damaged := range []string{"", "{}", `{"title":1}`, `{"title":"A"}`, `{"slug":"a"}`, `{"title":"A","slug":"../users"}`} {
		d.Body = []byte(damaged)
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Misconfigured || len(server.Visible()) != 0 {
			t.Errorf("%q: %+v", damaged, answer)
		}
		if seen := s.Adapter.Look(t.Context(), d); seen.Readable {
			t.Errorf("%q: a look says %+v", damaged, seen)
		}
	}
}

// TestSomebodyElsesAccount: without the name of its user an account sends nothing.
func TestSomebodyElsesAccount(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for name, c := range map[string]struct {
		change func(*network.Delivery)
		class  network.Class
	}{
		"no name":    {func(d *network.Delivery) { d.Account.ExternalID = "" }, network.AuthExpired},
		"a path":     {func(d *network.Delivery) { d.Account.ExternalID = "7/../8" }, network.AuthExpired},
		"no address": {func(d *network.Delivery) { d.Account.Address = server.URL + "/?p=1" }, network.Misconfigured},
	} {
		other := d
		c.change(&other)
		if answer := s.Adapter.Publish(t.Context(), other); answer.Class != c.class || len(server.Visible()) != 0 {
			t.Errorf("%s: %+v", name, answer)
		}
		if seen := s.Adapter.Look(t.Context(), other); seen.Readable {
			t.Errorf("%s: a look says %+v", name, seen)
		}
	}
}

// TestConnect: what a site says of the user, and what is refused.
func TestConnect(t *testing.T) {
	t.Parallel()
	const address = "social_account.address"
	for name, c := range map[string]struct {
		change func(*wordpresstest.Server)
		token  string
		reason string
		field  string
	}{
		"fits":                  {},
		"answers nobody":        {change: func(s *wordpresstest.Server) { s.Closed = true }},
		"has no such passwords": {change: func(s *wordpresstest.Server) { s.Without = true }, reason: "SERVER_UNSUITABLE", field: address},
		"speaks otherwise":      {change: func(s *wordpresstest.Server) { s.Bare = true }, reason: "SERVER_UNSUITABLE", field: address},
		"has plain permalinks":  {change: func(s *wordpresstest.Server) { s.Plainly = true }, reason: "SERVER_UNSUITABLE", field: address},
		"sends on":              {change: func(s *wordpresstest.Server) { s.Away = true }, reason: "SERVER_UNSUITABLE", field: address},
		"hears no password":     {change: func(s *wordpresstest.Server) { s.Deaf = true }, reason: "TOKEN_REFUSED", field: "access_token"},
		"lets the user not":     {token: wordpresstest.Weak, reason: "TOKEN_REFUSED", field: "access_token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, s := open(t)
			if c.change != nil {
				server.Do(c.change)
			}
			if c.token == "" {
				c.token = wordpresstest.Credential
			}
			got, err := s.Adapter.(*Network).Connect(t.Context(), s.Account, []byte(c.token))
			if advocacy.ReasonOf(err) != c.reason {
				t.Fatalf("%+v, %v, want %q", got, err, c.reason)
			}
			if e, ok := errors.AsType[*advocacy.Error](err); ok && (e.Field != c.field || strings.Contains(e.Error(), c.token)) {
				t.Errorf("it says %+v", e)
			}
			want := network.Profile{ExternalID: "7", Handle: "@herald@" + strings.TrimPrefix(server.URL, "http://")}
			if diff := cmp.Diff(want, got); c.reason == "" && diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestSomethingElse: a web site that is no WordPress is refused by name, and is given no password.
func TestSomethingElse(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"a page":        func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"nothing there": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"another API":   func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"namespaces":"wp/v2"}`)) },
	} {
		server, s := open(t)
		server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "" {
				t.Errorf("%s is given the password", name)
			}
			handler(w, r)
		})
		_, err := s.Adapter.(*Network).Connect(t.Context(), s.Account, s.Credential)
		if advocacy.ReasonOf(err) != "SERVER_UNSUITABLE" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAddress: an account has the address of a site, on the public network.
func TestAddress(t *testing.T) {
	t.Parallel()
	n := New(wire.Options{})
	for address, reason := range map[string]string{
		"https://blog.example.com": "", "https://blog.example.com/": "", "https://example.com/company/blog/": "",
		"https://example.com/wp-json": "ADDRESS_INVALID", "https://example.com/blog/wp-admin/": "ADDRESS_INVALID",
		"https://example.com/index.php": "ADDRESS_INVALID", "https://example.com/?p=1": "ADDRESS_INVALID", "https://example.com/../x": "ADDRESS_INVALID",
		"http://example.com": "ADDRESS_FORBIDDEN", "https://127.0.0.1/": "ADDRESS_FORBIDDEN", "": "ADDRESS_INVALID",
	} {
		if err := n.CheckAddress(address); advocacy.ReasonOf(err) != reason {
			t.Errorf("%q: %v, want %q", address, err, reason)
		}
	}
	site, err := newNetwork().siteOf("http://127.0.0.1:8000/company/blog")
	if err != nil || site.JoinPath("wp-json/"+posts).String() != "http://127.0.0.1:8000/company/blog/wp-json/wp/v2/posts" {
		t.Errorf("the posts of a site below a path are at %v, %v", site.JoinPath("wp-json/"+posts), err)
	}
}
