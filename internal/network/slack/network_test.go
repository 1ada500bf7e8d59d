package slack

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/slack/slacktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

func newNetwork(api string) *Network {
	return New(Options{Options: wire.Options{AllowedNetworks: networktest.Loopback, Now: networktest.Clock}, API: api})
}

// open starts a server and returns an account of its channel.
func open(t *testing.T) (*slacktest.Server, networktest.Subject) {
	t.Helper()
	server := slacktest.New(t)
	server.Do(func(s *slacktest.Server) { s.Now = networktest.Clock })
	return server, networktest.Subject{
		Adapter: newNetwork(server.URL), Credential: []byte(slacktest.Token),
		Account: advocacy.SocialAccount{
			Workspace: "acme", ID: "account-1", Network: Name, DisplayName: "News", Address: slacktest.Address,
			ExternalID: slacktest.Team + "/" + slacktest.Bot + "/" + slacktest.Channel,
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
			Subject: s, Profile: network.Profile{ExternalID: s.Account.ExternalID, Handle: "@herald@acme.slack.com C01NEWS"},
			Strange: []string{"st0len", "two words", "a\nb"}, Away: server.Close,
		}
	})
}

// TestWhatIsRenderedComesBack: readers see exactly what people signed, whatever is in it, and so does
// a look.
func TestWhatIsRenderedComesBack(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	rapid.Check(t, func(t *rapid.T) {
		r, _ := s.Adapter.Render(networktest.Contents().Draw(t, "content"), "", network.Disclosures{})
		for _, m := range r.Media {
			if network.Blank(m.AltText) {
				t.Skip("a picture without words is not signed")
			}
		}
		if r.Text == "" && len(r.Media) == 0 {
			t.Skip("nothing to publish")
		}
		body, err := s.Adapter.Encode(networktest.Envelope(s, "pub-1", advocacy.Target{Rendering: r}))
		if err != nil {
			t.Fatal(err)
		}
		d := network.Delivery{
			Account: s.Account, Credential: s.Credential, Key: rapid.StringMatching("[a-z]{40}").Draw(t, "key"), Body: body,
			Target: advocacy.Target{Rendering: r}, Time: networktest.Moment,
		}
		answer := s.Adapter.Publish(t.Context(), d)
		shown := server.Visible()
		last := shown[len(shown)-1]
		if answer.Class != network.Accepted || last.Shown != r.Text || last.Previews || last.TS != answer.ExternalID || len(last.Pictures) != len(r.Media) {
			t.Fatalf("%+v: it shows %+v, signed was %q", answer, last, r.Text)
		}
		if seen := s.Adapter.Look(t.Context(), networktest.Named(d, answer.ExternalID)); seen.Differs || !seen.Found {
			t.Fatalf("of %q a look says %+v", r.Text, seen)
		}
	})
}

// TestRuns: addresses are links, and what stands around them is text.
func TestRuns(t *testing.T) {
	t.Parallel()
	text, link := func(s string) run { return run{Type: "text", Text: s} }, func(s string) run { return run{Type: "link", URL: s} }
	for in, want := range map[string][]run{
		"":                            nil,
		"*We* open <!channel> & :x:.": {text("*We* open <!channel> & :x:.")},
		"See (https://a.example/b?c=d&e=f), or http://c.example.": {
			text("See ("), link("https://a.example/b?c=d&e=f"), text("), or "), link("http://c.example"), text("."),
		},
		"https://a.example":         {link("https://a.example")},
		"https://user@a.example :)": {text("https://user@a.example :)")},
	} {
		if diff := cmp.Diff(want, runs(in)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
}

// TestPublished: what is asked for, with nothing that nobody signed.
func TestPublished(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	content := advocacy.Content{Language: "en", Text: "*We* open & <!channel> calls.", Media: networktest.Content().Media}
	d := networktest.Deliver(t, s, "pub-1", content)
	answer := s.Adapter.Publish(t.Context(), d)
	shown := server.Visible()
	if answer.Class != network.Accepted || len(shown) != 1 || answer.URL != "https://acme.slack.com/archives/C01NEWS/p"+strings.Replace(shown[0].TS, ".", "", 1) {
		t.Fatalf("%+v, it shows %+v", answer, shown)
	}
	want := slacktest.Message{
		TS: answer.ExternalID, User: slacktest.Bot, Channel: slacktest.Channel, Text: "*We* open &amp; &lt;!channel&gt; calls.", Shown: content.Text,
		Pictures: []slacktest.Picture{{URL: "https://media.example.com/" + advocacy.Digest(networktest.Blob).Hex(), AltText: "A shop front in the sun"}},
		Metadata: json.RawMessage(`{"event_type":"imprimatur_publication","event_payload":{"key":"pub-1"}}`),
	}
	if diff := cmp.Diff(want, shown[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestAnswers: how each answer of Slack's ends, and what the channel shows then.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for mode, want := range map[slacktest.Mode]struct {
		class   network.Class
		visible int
	}{
		slacktest.Honest:    {network.Accepted, 1},
		slacktest.Cut:       {network.UnknownOutcome, 1},
		slacktest.Broken:    {network.UnknownOutcome, 1},
		slacktest.Silent:    {network.UnknownOutcome, 1},
		slacktest.Garbage:   {network.UnknownOutcome, 1},
		slacktest.Fatal:     {network.UnknownOutcome, 1},
		slacktest.Nameless:  {network.UnknownOutcome, 1},
		slacktest.Elsewhere: {network.UnknownOutcome, 1},
		slacktest.Moved:     {network.UnknownOutcome, 0},
		slacktest.Rude:      {network.UnknownOutcome, 0},
		"internal_error":    {network.UnknownOutcome, 0},
		"a_new_word":        {network.UnknownOutcome, 0},
		slacktest.Busy:      {network.RateLimited, 0},
		"rate_limited":      {network.RateLimited, 0},
		"msg_too_long":      {network.Permanent, 0},
		"is_archived":       {network.Permanent, 0},
		"invalid_blocks":    {network.Permanent, 0},
		"not_in_channel":    {network.AuthExpired, 0},
		"token_revoked":     {network.AuthExpired, 0},
	} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			server, s := open(t)
			server.Do(func(s *slacktest.Server) { s.Mode = mode })
			d := networktest.Deliver(t, s, "pub-1", networktest.Content())
			ctx := t.Context()
			if mode == slacktest.Silent {
				impatient, cancel := context.WithTimeout(ctx, 2*time.Second)
				defer cancel()
				ctx = impatient
			}
			answer := s.Adapter.Publish(ctx, d)
			if answer.Class != want.class || len(server.Visible()) != want.visible {
				t.Fatalf("%+v, and %d are visible", answer, len(server.Visible()))
			}
			if after := networktest.Clock().Add(slacktest.RetryAfter * time.Second); mode == slacktest.Busy && !answer.RetryTime.Equal(after) {
				t.Errorf("it is tried again at %v", answer.RetryTime)
			}
			if strings.ContainsRune(answer.Said.Text, '\u202e') || strings.Contains(answer.Said.Text, slacktest.Token) {
				t.Errorf("it says %q", answer.Said.Text)
			}
			if want.class != network.UnknownOutcome {
				return
			}
			server.Do(func(s *slacktest.Server) { s.Mode = slacktest.Honest })
			seen := s.Adapter.Look(t.Context(), d)
			if !seen.Readable || seen.Found != (want.visible == 1) || seen.Found && seen.ExternalID != server.Visible()[0].TS {
				t.Errorf("a look says %+v", seen)
			}
		})
	}
}

// TestARepeatMakesTwo is why nothing is sent again.
func TestARepeatMakesTwo(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	first := s.Adapter.Publish(t.Context(), d)
	s.Adapter.Publish(t.Context(), d)
	if got := len(server.Visible()); got != 2 {
		t.Errorf("%d are visible: the server of this test knows a key", got)
	}
	if c := s.Adapter.Capabilities(); c.Repeatable(d.Account, d.Time, d.Time.Add(time.Second)) {
		t.Error("it may be sent again")
	}
	d.ExternalID = first.ExternalID
	if again := s.Adapter.Publish(t.Context(), d); again.Class != network.Permanent || len(server.Visible()) != 2 {
		t.Errorf("what was published is published again: %+v", again)
	}
}

// TestNoBody: what is damaged is not sent, and pictures have addresses.
func TestNoBody(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for _, damaged := range []string{"", "{}", `{"text":"a","blocks":[]}`} {
		d.Body = []byte(damaged)
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Misconfigured || len(server.Visible()) != 0 {
			t.Errorf("%q: %+v", damaged, answer)
		}
	}
	e := networktest.Envelope(s, "pub-1", d.Target)
	e.MediaURL = nil
	if _, err := s.Adapter.Encode(e); err == nil {
		t.Error("a picture without an address became a body")
	}
}

// TestSomebodyElsesAccount: without the names of its bot and its channel an account sends nothing.
func TestSomebodyElsesAccount(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	for name, c := range map[string]struct {
		change func(*network.Delivery)
		class  network.Class
	}{
		"no names": {func(d *network.Delivery) { d.Account.ExternalID = "" }, network.AuthExpired},
		"another channel": {func(d *network.Delivery) {
			d.Account.Address = strings.Replace(slacktest.Address, slacktest.Channel, slacktest.OtherChannel, 1)
		}, network.AuthExpired},
		"no address": {func(d *network.Delivery) { d.Account.Address = "https://acme.slack.com" }, network.Misconfigured},
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
	if answer := New(Options{API: "ftp://slack.example"}).Publish(t.Context(), d); answer.Class != network.Misconfigured {
		t.Errorf("without an API: %+v", answer)
	}
}

// TestConnect: what Slack says of the bot, and what is refused.
func TestConnect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func(*slacktest.Server)
		channel string
		reason  string
		field   string
	}{
		"fits":             {},
		"no such channel":  {channel: "C99NOWHERE", reason: "SERVER_UNSUITABLE", field: "social_account.address"},
		"not in it":        {change: func(s *slacktest.Server) { s.Absent = true }, reason: "SERVER_UNSUITABLE", field: "social_account.address"},
		"no right to look": {change: func(s *slacktest.Server) { s.Unscoped = true }, reason: "TOKEN_REFUSED", field: "access_token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, s := open(t)
			if c.change != nil {
				server.Do(c.change)
			}
			if c.channel != "" {
				s.Account.Address = "https://acme.slack.com/archives/" + c.channel
			}
			got, err := s.Adapter.(*Network).Connect(t.Context(), s.Account, s.Credential)
			if advocacy.ReasonOf(err) != c.reason {
				t.Fatalf("%+v, %v, want %q", got, err, c.reason)
			}
			if e, ok := errors.AsType[*advocacy.Error](err); ok && (e.Field != c.field || strings.Contains(e.Error(), slacktest.Token)) {
				t.Errorf("it says %+v", e)
			}
			if name == "no right to look" && !strings.Contains(err.Error(), "channels:history") {
				t.Errorf("it does not say which scope is missing: %v", err)
			}
			want := network.Profile{ExternalID: "T012ACME/U01HERALD/C01NEWS", Handle: "@herald@acme.slack.com C01NEWS"}
			if diff := cmp.Diff(want, got); c.reason == "" && diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	_, s := open(t)
	if _, err := New(Options{}).Connect(t.Context(), s.Account, s.Credential); advocacy.ReasonOf(err) != "NETWORK_UNREACHABLE" {
		t.Errorf("without an API: %v", err)
	}
}

// TestSomethingElse: a web site that is no Slack connects nothing.
func TestSomethingElse(t *testing.T) {
	t.Parallel()
	for name, said := range map[string]string{
		"a page": "<html>", "an id that is a path": `{"ok":true,"user":"herald","team_id":"../..","user_id":"U01HERALD"}`, "nobody": `{"ok":true}`,
	} {
		server, s := open(t)
		server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(said)) })
		if _, err := s.Adapter.(*Network).Connect(t.Context(), s.Account, s.Credential); err == nil {
			t.Errorf("%s is connected to", name)
		}
	}
}

// TestAddress: an account has the address of a channel of Slack's.
func TestAddress(t *testing.T) {
	t.Parallel()
	n := New(Options{})
	for address, fits := range map[string]bool{
		"https://acme.slack.com/archives/C0123456789": true, "https://acme.slack.com/archives/G012/": true,
		"https://acme.enterprise.slack.com/archives/C012": true, "https://acme.slack-gov.com/archives/C012": true,
		"https://acme.slack.com": false, "https://acme.slack.com/archives/D012": false, "https://acme.slack.com/archives/C012/p1": false,
		"https://slack.com.example/archives/C012": false, "http://acme.slack.com/archives/C012": false, "https://acme.slack.com/archives/C012?x": false, "": false,
	} {
		if err := n.CheckAddress(address); (err == nil) != fits || !fits && advocacy.ReasonOf(err) != "ADDRESS_INVALID" {
			t.Errorf("%q: %v", address, err)
		}
	}
}
