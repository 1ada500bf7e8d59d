package slack

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/slack/slacktest"
)

const bot, here = slacktest.Bot, slacktest.Channel

// TestAlike: Slack's brackets and names of emoji are no difference, and anything else is.
func TestAlike(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		given, signed string
		same          bool
	}{
		{"See &lt;b&gt; &amp; <https://a.example/?a=b&amp;c=d>.", "See <b> & https://a.example/?a=b&c=d.", true},
		{"See <http://a.example|a.example>, <mailto:ada@a.example|ada@a.example>", "See a.example, ada@a.example", true},
		{"We open. :hospital: :+1::skin-tone-4:", "We open. 🏥 👍🏽", true},
		{"We open :x: now.", "We open :x: now.", true},
		{"We open.", "We opened.", false},
		{"See <https://a.example/>.", "See https://b.example/.", false},
		{"&amp;lt;", "&lt;", true},
	} {
		if same := alike(plain(c.given)) == alike(c.signed); same != c.same {
			t.Errorf("%q and %q: alike %t", c.given, c.signed, same)
		}
	}
}

// TestLook: without a key a message is known by its text, and none that is somebody else's, in another
// channel, older, or another publication's.
func TestLook(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", advocacy.Content{Language: "en", Text: "We & you open. https://a.example/"})
	text := escape(d.Target.Rendering.Text)
	server.Do(func(s *slacktest.Server) {
		s.Few, s.Now = 40, func() time.Time { return networktest.Moment.Add(-time.Hour) }
	})
	server.Write(bot, here, text)
	server.Do(func(s *slacktest.Server) { s.Now = networktest.Clock })
	server.Write(slacktest.OtherBot, here, text)
	server.Write(bot, slacktest.OtherChannel, text)
	server.Write(bot, here, "We open.")
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found {
		t.Fatalf("of what is not ours it says %+v", seen)
	}
	other := d
	other.Key = "pub-2"
	s.Adapter.Publish(t.Context(), other)
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found {
		t.Fatalf("of another publication's it says %+v", seen)
	}
	for range 100 {
		server.Write(slacktest.OtherBot, here, "Noise.")
	}
	mine := server.Write(bot, here, text)
	for range 100 {
		server.Write(slacktest.OtherBot, here, "More noise.")
	}
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

// TestKeyed: a message with our key is ours whatever it shows, and where the metadata is gone it is
// known by its text.
func TestKeyed(t *testing.T) {
	t.Parallel()
	for name, strips := range map[string]bool{"kept": false, "stripped": true} {
		server, s := open(t)
		server.Do(func(s *slacktest.Server) { s.Mode, s.Strips = slacktest.Cut, strips })
		d := networktest.Deliver(t, s, "pub-1", networktest.Content())
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.UnknownOutcome {
			t.Fatalf("%s: %+v", name, answer)
		}
		if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.Differs || seen.ExternalID != server.Visible()[0].TS {
			t.Errorf("%s: it says %+v", name, seen)
		}
		server.Do(func(s *slacktest.Server) { s.Shows = func(string) string { return "Something else." } })
		if seen := s.Adapter.Look(t.Context(), d); seen.Found != !strips || seen.Differs != !strips {
			t.Errorf("%s, and edited: it says %+v", name, seen)
		}
	}
}

// TestLag: a message that is not shown yet is found later.
func TestLag(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	server.Do(func(s *slacktest.Server) { s.Mode, s.Lag = slacktest.Cut, 1 })
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	s.Adapter.Publish(t.Context(), d)
	first, second := s.Adapter.Look(t.Context(), d), s.Adapter.Look(t.Context(), d)
	if first.Found || !second.Found {
		t.Errorf("the first look says %+v, the second %+v", first, second)
	}
}

// TestLookCannotTell: what could not all be seen is not said to be absent.
func TestLookCannotTell(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", advocacy.Content{Language: "en", Text: "We open."})
	for range 15 * (maxPages + 1) {
		server.Write(bot, here, "Noise.")
	}
	for name, change := range map[string]func(*slacktest.Server){
		"more than it can look through": func(s *slacktest.Server) { s.Few = 15 },
		"a server that leaves out":      func(s *slacktest.Server) { s.Withholds = true },
		"a channel it was put out of":   func(s *slacktest.Server) { s.Absent = true },
	} {
		server.Do(change)
		if seen := s.Adapter.Look(t.Context(), d); seen.Readable || seen.Found {
			t.Errorf("of %s it says %+v", name, seen)
		}
	}
	for name, said := range map[string]string{
		"a page": "<html>", "no list": `{"ok":true}`, "a path": `{"ok":true,"messages":[{"ts":"../x","user":"U01HERALD"}]}`,
	} {
		server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(said)) })
		if seen := s.Adapter.Look(t.Context(), d); seen.Readable {
			t.Errorf("of %s it says %+v", name, seen)
		}
	}
}

// TestReadBack: a text or a picture that is shown otherwise has no digest of ours, and a message of
// somebody else's is not ours.
func TestReadBack(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	content := networktest.Content()
	content.Text = "We open. 🏥 & <more>"
	d := networktest.Deliver(t, s, "pub-1", content)
	d.ExternalID = s.Adapter.Publish(t.Context(), d).ExternalID
	if seen := s.Adapter.Look(t.Context(), d); seen.Digest != d.Target.Rendering.Fingerprint() || seen.Differs {
		t.Errorf("of what it shows it says %+v", seen)
	}
	server.Do(func(s *slacktest.Server) { s.Shows = func(string) string { return "We open &amp; close." } })
	if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.Digest != "" || !seen.Differs || seen.Text != "We open & close." {
		t.Errorf("of a text that was changed it says %+v", seen)
	}
	server.Do(func(s *slacktest.Server) { s.Shows, s.Loses = nil, 1 })
	lost := networktest.Deliver(t, s, "pub-2", content)
	lost.ExternalID = s.Adapter.Publish(t.Context(), lost).ExternalID
	if seen := s.Adapter.Look(t.Context(), lost); !seen.Differs {
		t.Errorf("of a picture that was left out it says %+v", seen)
	}
	d.Target.Rendering.Media[0].AltText = "A door"
	if seen := s.Adapter.Look(t.Context(), d); !seen.Differs {
		t.Errorf("of other words of a picture it says %+v", seen)
	}
	alone := networktest.Deliver(t, s, "pub-3", advocacy.Content{Language: "en", Media: content.Media})
	server.Do(func(s *slacktest.Server) { s.Loses = 0 })
	alone.ExternalID = s.Adapter.Publish(t.Context(), alone).ExternalID
	if seen := s.Adapter.Look(t.Context(), alone); !seen.Found || seen.Differs {
		t.Errorf("of a picture alone it says %+v", seen)
	}
	for name, id := range map[string]string{
		"another bot's": server.Write(slacktest.OtherBot, here, "We open."), "no": "../users",
	} {
		if seen := s.Adapter.Look(t.Context(), networktest.Named(d, id)); seen.Readable || seen.Found {
			t.Errorf("of %s message it says %+v", name, seen)
		}
	}
}

// TestDelete: what Slack does not say is gone is not called gone.
func TestDelete(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	id := s.Adapter.Publish(t.Context(), d).ExternalID
	for name, c := range map[string]struct {
		id    string
		class network.Class
	}{
		"none": {"", network.Permanent}, "a path": {"../x", network.Permanent},
		"somebody else's": {server.Write(slacktest.OtherBot, here, "Hello."), network.Permanent},
		"gone":            {"1764000000.999999", network.Accepted},
	} {
		if answer := s.Adapter.Delete(t.Context(), networktest.Named(d, c.id)); answer.Class != c.class || len(server.Visible()) != 2 {
			t.Errorf("%s: %+v", name, answer)
		}
	}
	for _, said := range []string{"{}", "<html>", `{"ok":false,"error":"internal_error"}`} {
		server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(said)) })
		if answer := s.Adapter.Delete(t.Context(), networktest.Named(d, id)); answer.Class != network.Retryable {
			t.Errorf("of %s: %+v", said, answer)
		}
	}
}
