package mattermost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/mattermost/mattermosttest"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

func newNetwork() *Network {
	return New(wire.Options{AllowedNetworks: networktest.Loopback, Now: networktest.Clock})
}

// open starts a server and returns an account of its channel.
func open(t *testing.T) (*mattermosttest.Server, networktest.Subject) {
	t.Helper()
	server := mattermosttest.New(t)
	server.Do(func(s *mattermosttest.Server) { s.Now = networktest.Clock })
	return server, networktest.Subject{
		Prepares: true,
		Adapter:  newNetwork(), Credential: []byte(mattermosttest.Token),
		Account: advocacy.SocialAccount{
			Workspace: "acme", ID: "account-1", Network: Name, DisplayName: "News", Address: server.URL + mattermosttest.Address,
			ExternalID: mattermosttest.Bot + "/" + mattermosttest.Channel,
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
			Subject: s, Profile: network.Profile{ExternalID: s.Account.ExternalID, Handle: "@herald@" + strings.TrimPrefix(server.URL, "http://") + " ~news"},
			Strange: []string{"st0len", "two words", "a\nb"}, Away: server.Close,
		}
	})
}

// TestWhatIsRenderedComesBack: what the channel shows is what people signed, with its files, and a look
// says so.
func TestWhatIsRenderedComesBack(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	sent := 0
	rapid.Check(t, func(t *rapid.T) {
		r, found := s.Adapter.Render(networktest.Contents().Draw(t, "content"), "", network.Disclosures{})
		if r.Text == "" && len(r.Media) == 0 || advocacy.Blocking(found) != nil {
			t.Skip("nothing to publish")
		}
		sent++ // the server drops a key it knows
		key := fmt.Sprintf("pub-%d", sent)
		body, err := s.Adapter.Encode(networktest.Envelope(s, advocacy.PublicationID(key), advocacy.Target{Rendering: r}))
		if err != nil {
			t.Fatal(err)
		}
		d := network.Delivery{
			Account: s.Account, Credential: s.Credential, Publication: advocacy.PublicationID(key), Key: key, Body: body,
			Target: advocacy.Target{Rendering: r}, Time: networktest.Moment, Media: networktest.Open,
		}
		answer := s.Adapter.Publish(t.Context(), d)
		shown := server.Visible()
		if answer.Class != network.Accepted || len(shown) == 0 {
			t.Fatalf("%+v: it shows %+v", answer, shown)
		}
		last := shown[len(shown)-1]
		if unescape(last.Message) != r.Text || len(last.Files) != len(r.Media) {
			t.Fatalf("it shows %+v, signed was %q", last, r.Text)
		}
		if seen := s.Adapter.Look(t.Context(), networktest.Named(d, answer.ExternalID)); seen.Digest != r.Fingerprint() {
			t.Fatalf("a look says %+v", seen)
		}
	})
}

// TestMarkdown: what Markdown would take for a mark is escaped, and an address is not.
func TestMarkdown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                  "",
		"Plain, of 1.5 km - and (so) on!":   "Plain, of 1.5 km - and (so) on!",
		`*b* _i_ ~s~ a\b ` + "`c` [l](u) |": `\*b\* \_i\_ \~s\~ a\\b \` + "`c\\` \\[l\\](u) \\|",
		"# A\n## B\n> C\n- D\n+ E\n---":     "\\# A\n\\## B\n\\> C\n\\- D\n\\+ E\n\\---",
		"1. A\n2) B\n3.5 C\n 4. D\n5.":      "1\\. A\n2\\) B\n3.5 C\n 4\\. D\n5\\.",
		"See https://a.example/x_y_*z*/ _":  `See https://a.example/x_y_*z*/ \_`,
		"@anna_b snake_case_ é_b_":          `@anna_b snake_case\_ é\_b\_`,
		"\n\n  \n #tag":                     "\n\n  \n \\#tag",
	} {
		if got := escape(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
		if back := unescape(want); back != text {
			t.Errorf("of %q comes back %q", text, back)
		}
	}
}

// TestMarkdownFits: a message is at most twice as long as its text, so that what fits fits with its
// backslashes.
func TestMarkdownFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringOf(rapid.RuneFrom([]rune(escapable+"1 \n\taé."))), rapid.String()).Draw(t, "text")
		message := escape(text)
		if len([]rune(message)) > 2*len([]rune(text)) {
			t.Fatalf("%q becomes %q", text, message)
		}
		if !addresses.MatchString(text) && unescape(message) != text {
			t.Fatalf("of %q comes back %q", text, unescape(message))
		}
	})
}

// TestRender: disclosure and link stand in the text, and take its length.
func TestRender(t *testing.T) {
	t.Parallel()
	n := New(wire.Options{})
	for name, c := range map[string]struct {
		content advocacy.Content
		want    string
		found   string
	}{
		"everything": {
			advocacy.Content{Language: "en", Text: "Come.", Link: "https://example.com/lyon", Disclosure: advocacy.DisclosureEmployee},
			"Come.\n\nhttps://example.com/lyon\n\nI work for this company.", "",
		},
		"as long as it may be": {advocacy.Content{Language: "en", Text: strings.Repeat("_", 8191)}, strings.Repeat("_", 8191), ""},
		"one more is too long": {advocacy.Content{Language: "en", Text: strings.Repeat("_", 8192)}, strings.Repeat("_", 8192), network.FindingTextTooLong},
	} {
		r, found := n.Render(c.content, "", network.Disclosures{})
		var codes []string
		for _, f := range found {
			codes = append(codes, f.Code)
		}
		if got := strings.Join(codes, " "); r.Text != c.want || got != c.found {
			t.Errorf("%s: %q, found %q", name, r.Text, got)
		}
	}
}

// TestAnswers: how each answer of the server ends, and what the channel shows then.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for mode, want := range map[mattermosttest.Mode]struct {
		class   network.Class
		visible int
	}{
		mattermosttest.Honest:    {network.Accepted, 1},
		mattermosttest.Cut:       {network.UnknownOutcome, 1},
		mattermosttest.Broken:    {network.UnknownOutcome, 1},
		mattermosttest.Silent:    {network.UnknownOutcome, 1},
		mattermosttest.Garbage:   {network.UnknownOutcome, 1},
		mattermosttest.Fine:      {network.UnknownOutcome, 1},
		mattermosttest.Stranger:  {network.UnknownOutcome, 1},
		mattermosttest.Elsewhere: {network.UnknownOutcome, 1},
		mattermosttest.Pending:   {network.UnknownOutcome, 0},
		mattermosttest.Moved:     {network.UnknownOutcome, 0},
		mattermosttest.Busy:      {network.RateLimited, 0},
		mattermosttest.Long:      {network.Permanent, 0},
		mattermosttest.Left:      {network.AuthExpired, 0},
		mattermosttest.Ended:     {network.AuthExpired, 0},
	} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			server, s := open(t)
			server.Do(func(s *mattermosttest.Server) { s.Mode = mode })
			d := networktest.Deliver(t, s, "pub-1", networktest.Content())
			ctx := t.Context()
			if mode == mattermosttest.Silent {
				impatient, cancel := context.WithTimeout(ctx, 2*time.Second)
				defer cancel()
				ctx = impatient
			}
			answer := s.Adapter.Publish(ctx, d)
			if answer.Class != want.class || len(server.Visible()) != want.visible {
				t.Fatalf("%+v, and %d are visible", answer, len(server.Visible()))
			}
			if after := networktest.Clock().Add(mattermosttest.RetryAfter * time.Second); mode == mattermosttest.Busy && !answer.RetryTime.Equal(after) {
				t.Errorf("it is tried again at %v", answer.RetryTime)
			}
			if strings.ContainsRune(answer.Said.Text, '\u202e') {
				t.Errorf("it says %q", answer.Said.Text)
			}
			if want.class != network.UnknownOutcome {
				return
			}
			server.Do(func(s *mattermosttest.Server) { s.Mode = mattermosttest.Honest })
			seen := s.Adapter.Look(t.Context(), d)
			if !seen.Readable || seen.Found != (want.visible == 1) || seen.Found && seen.ExternalID != server.Visible()[0].ID {
				t.Errorf("a look says %+v", seen)
			}
		})
	}
}

// TestPublished: what a post is, where it stands, and what its pictures are called.
func TestPublished(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	content := advocacy.Content{Language: "en", Text: "*We* open.", Media: networktest.Content().Media}
	content.Media[0].AltText = "A shop/front: in the \"sun\"\nat noon."
	d := networktest.Deliver(t, s, "pub-1", content)
	answer := s.Adapter.Publish(t.Context(), d)
	shown := server.Visible()
	if answer.Class != network.Accepted || len(shown) != 1 || answer.URL != server.URL+"/acme/pl/"+shown[0].ID {
		t.Fatalf("%+v, it shows %+v", answer, shown)
	}
	want := mattermosttest.Post{
		ID: answer.ExternalID, User: mattermosttest.Bot, Channel: mattermosttest.Channel, Message: `\*We\* open.`, Pending: mattermosttest.Bot + ":pub-1",
		Props: map[string]any{"imprimatur_key": "pub-1"}, Files: []string{server.Uploaded()[0].ID}, Time: networktest.Clock(),
	}
	if diff := cmp.Diff(want, shown[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	file := mattermosttest.File{
		ID: server.Uploaded()[0].ID, Channel: mattermosttest.Channel, Name: "A shop front in the sun at noon.png", Type: "image/png",
		Bytes: []byte(networktest.BytesOf(networktest.Blob)),
	}
	if diff := cmp.Diff(file, server.Uploaded()[0]); diff != "" {
		t.Errorf("the file (-want +got):\n%s", diff)
	}
}

// TestFileName: readers see the words of a picture as the name of its file, whatever they are.
func TestFileName(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"A door": "A door.jpg", "": "file.jpg", " ../..\\ ": "file.jpg", "日本語 — café": "日本語 — café.jpg",
		strings.Repeat("é", 200): strings.Repeat("é", 120) + ".jpg", "a\u202eb": "a b.jpg",
	} {
		if got := fileName(advocacy.RenderedMedia{AltText: words, ContentType: "image/jpeg"}); got != want {
			t.Errorf("%q is called %q, want %q", words, got, want)
		}
	}
}

// TestARepeatMakesTwo is why nothing is sent again: a server of several nodes would show two.
func TestARepeatMakesTwo(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	first := s.Adapter.Publish(t.Context(), d)
	if again := s.Adapter.Publish(t.Context(), d); again.ExternalID != first.ExternalID || len(server.Visible()) != 1 {
		t.Errorf("within half a minute, of one node: %+v, %d are visible", again, len(server.Visible()))
	}
	server.Do(func(s *mattermosttest.Server) { s.Forgets = true })
	s.Adapter.Publish(t.Context(), d)
	if got := len(server.Visible()); got != 2 {
		t.Errorf("%d are visible: the server of this test has one node", got)
	}
	if c := s.Adapter.Capabilities(); c.Repeatable(d.Account, d.Time, d.Time.Add(time.Second)) {
		t.Error("it may be sent again")
	}
	d.ExternalID = first.ExternalID
	if again := s.Adapter.Publish(t.Context(), d); again.Class != network.Permanent || len(server.Visible()) != 2 {
		t.Errorf("what was published is published again: %+v", again)
	}
}

// TestFiles: what cannot be read ends with nothing published.
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
	} {
		d.Media = c.media
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != c.class || len(server.Visible()) != 0 {
			t.Errorf("a file that %s: %+v", name, answer)
		}
	}
}

// TestNoBody: what is damaged is not sent.
func TestNoBody(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for _, damaged := range []string{"", "{}", `{"message":1}`} {
		d.Body = []byte(damaged)
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Misconfigured || len(server.Visible()) != 0 {
			t.Errorf("%q: %+v", damaged, answer)
		}
	}
}

// TestSomebodyElsesAccount: without the names of its bot and channel an account sends nothing.
func TestSomebodyElsesAccount(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for name, c := range map[string]struct {
		change func(*network.Delivery)
		class  network.Class
	}{
		"no names":    {func(d *network.Delivery) { d.Account.ExternalID = "" }, network.AuthExpired},
		"half a name": {func(d *network.Delivery) { d.Account.ExternalID = mattermosttest.Bot }, network.AuthExpired},
		"a path":      {func(d *network.Delivery) { d.Account.ExternalID = mattermosttest.Bot + "/../admin" }, network.AuthExpired},
		"no address":  {func(d *network.Delivery) { d.Account.Address = server.URL }, network.Misconfigured},
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

// TestConnect: what a server says of the bot and of the channel, and what is refused.
func TestConnect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func(*mattermosttest.Server)
		channel string
		reason  string
		field   string
	}{
		"fits":            {},
		"takes more":      {change: func(s *mattermosttest.Server) { s.MaxPostSize = "65535" }},
		"takes less":      {change: func(s *mattermosttest.Server) { s.MaxPostSize = "4000" }, reason: "SERVER_UNSUITABLE", field: "social_account.address"},
		"says nothing":    {change: func(s *mattermosttest.Server) { s.MaxPostSize = "" }, reason: "SERVER_UNSUITABLE", field: "social_account.address"},
		"no such channel": {channel: "/acme/channels/nowhere", reason: "SERVER_UNSUITABLE", field: "social_account.address"},
		"an archived one": {channel: "/acme/channels/old", reason: "SERVER_UNSUITABLE", field: "social_account.address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, s := open(t)
			if c.change != nil {
				server.Do(c.change)
			}
			if c.channel != "" {
				s.Account.Address = server.URL + c.channel
			}
			got, err := s.Adapter.(*Network).Connect(t.Context(), s.Account, s.Credential)
			if advocacy.ReasonOf(err) != c.reason {
				t.Fatalf("%+v, %v, want %q", got, err, c.reason)
			}
			if e, ok := errors.AsType[*advocacy.Error](err); ok && (e.Field != c.field || strings.Contains(e.Error(), mattermosttest.Token)) {
				t.Errorf("it says %+v", e)
			}
			want := network.Profile{
				ExternalID: mattermosttest.Bot + "/" + mattermosttest.Channel, Handle: "@herald@" + strings.TrimPrefix(server.URL, "http://") + " ~news",
			}
			if diff := cmp.Diff(want, got); c.reason == "" && diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestSomethingElse: a web site that is no Mattermost is refused by name.
func TestSomethingElse(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"a page":        func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"nothing there": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"an id that is a path": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"id":"../../admin","username":"herald"}`))
		},
	} {
		server, s := open(t)
		server.Config.Handler = handler
		_, err := s.Adapter.(*Network).Connect(t.Context(), s.Account, s.Credential)
		if advocacy.ReasonOf(err) != "SERVER_UNSUITABLE" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAddress: an account has the address of a channel, on the public network.
func TestAddress(t *testing.T) {
	t.Parallel()
	n := New(wire.Options{})
	for address, reason := range map[string]string{
		"https://chat.example/acme/channels/news": "", "https://chat.example/acme/channels/news/": "", "https://chat.example/sub/path/acme/channels/town_square": "",
		"https://chat.example": "ADDRESS_INVALID", "https://chat.example/acme/channels/": "ADDRESS_INVALID", "https://chat.example/acme/messages/@anna": "ADDRESS_INVALID",
		"https://chat.example/acme/channels/news?x": "ADDRESS_INVALID", "https://chat.example/../acme/channels/news": "ADDRESS_INVALID",
		"https://chat.example/acme/channels/a%2Fb": "ADDRESS_INVALID", "http://chat.example/acme/channels/news": "ADDRESS_FORBIDDEN",
		"https://127.0.0.1/acme/channels/news": "ADDRESS_FORBIDDEN", "": "ADDRESS_INVALID",
	} {
		if err := n.CheckAddress(address); advocacy.ReasonOf(err) != reason {
			t.Errorf("%q: %v, want %q", address, err, reason)
		}
	}
}
