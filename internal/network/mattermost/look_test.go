package mattermost

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/mattermost/mattermosttest"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
)

const bot, here = mattermosttest.Bot, mattermosttest.Channel

// TestLook: without a key a post is known by its text, and none that is somebody else's, in another
// channel, older, or another publication's.
func TestLook(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", advocacy.Content{Language: "en", Text: "*We* open."})
	message := escape(d.Target.Rendering.Text)
	server.Do(func(s *mattermosttest.Server) { s.Now = func() time.Time { return networktest.Moment.Add(-time.Hour) } })
	server.Write(bot, here, message)
	server.Do(func(s *mattermosttest.Server) { s.Now = networktest.Clock })
	server.Write(mattermosttest.OtherBot, here, message)
	server.Write(bot, mattermosttest.OtherChannel, message)
	server.Write(bot, here, "*We* open.")
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found {
		t.Fatalf("of what is not ours it says %+v", seen)
	}
	other := d
	other.Key = "pub-2"
	s.Adapter.Publish(t.Context(), other)
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found {
		t.Fatalf("of another publication's it says %+v", seen)
	}
	for range 250 {
		server.Write(mattermosttest.OtherBot, here, "Noise.")
	}
	mine := server.Write(bot, here, message)
	for range 250 {
		server.Write(mattermosttest.OtherBot, here, "More noise.")
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

// TestKeyed: a post with our key is ours whatever it shows, and where a server keeps no props it is
// known by its text.
func TestKeyed(t *testing.T) {
	t.Parallel()
	for name, strips := range map[string]bool{"kept": false, "stripped": true} {
		server, s := open(t)
		server.Do(func(s *mattermosttest.Server) { s.Mode, s.Strips = mattermosttest.Cut, strips })
		d := networktest.Deliver(t, s, "pub-1", networktest.Content())
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.UnknownOutcome {
			t.Fatalf("%s: %+v", name, answer)
		}
		if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.Differs || seen.ExternalID != server.Visible()[0].ID {
			t.Errorf("%s: it says %+v", name, seen)
		}
		server.Do(func(s *mattermosttest.Server) { s.Shows = func(string) string { return "Something else." } })
		if seen := s.Adapter.Look(t.Context(), d); seen.Found != !strips || seen.Differs != !strips {
			t.Errorf("%s, and edited: it says %+v", name, seen)
		}
	}
}

// TestLag: a post that is not shown yet is found later.
func TestLag(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	server.Do(func(s *mattermosttest.Server) { s.Mode, s.Lag = mattermosttest.Cut, 1 })
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
	server.Do(func(s *mattermosttest.Server) { s.Hides = networktest.Clock().Add(time.Minute) })
	server.Write(bot, here, "We open.")
	if seen := s.Adapter.Look(t.Context(), d); seen.Readable {
		t.Errorf("of a plan that hides posts it says %+v", seen)
	}
	server.Do(func(s *mattermosttest.Server) { s.Hides = time.Time{} })
	for range pageSize * (maxPages + 1) {
		server.Write(bot, here, "Noise.")
	}
	if seen := s.Adapter.Look(t.Context(), d); seen.Readable || seen.Found {
		t.Errorf("of more than it can look through it says %+v", seen)
	}
	for name, said := range map[string]string{
		"a page": "<html>", "no list": "{}", "a list of nothing": `{"order":["post0000000000000000000001"],"posts":{}}`,
		"a path": `{"order":["../x"],"posts":{"../x":{"id":"../x","create_at":1}}}`,
	} {
		server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(said)) })
		if seen := s.Adapter.Look(t.Context(), d); seen.Readable {
			t.Errorf("of %s it says %+v", name, seen)
		}
	}
}

// TestReadBack: a text or a number of files that is shown otherwise has no digest of ours, and a
// post of somebody else's is not ours.
func TestReadBack(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	content := networktest.Content()
	content.Text = "*We* open."
	d := networktest.Deliver(t, s, "pub-1", content)
	d.ExternalID = s.Adapter.Publish(t.Context(), d).ExternalID
	if seen := s.Adapter.Look(t.Context(), d); seen.Digest != d.Target.Rendering.Fingerprint() || seen.Differs {
		t.Errorf("of what it shows it says %+v", seen)
	}
	server.Do(func(s *mattermosttest.Server) { s.Shows = func(text string) string { return text[:8] } })
	if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.Digest != "" || !seen.Differs || seen.Text != "*We* o" {
		t.Errorf("of a text that was cut it says %+v", seen)
	}
	server.Do(func(s *mattermosttest.Server) { s.Shows, s.Loses = nil, 1 })
	lost := networktest.Deliver(t, s, "pub-2", content)
	lost.ExternalID = s.Adapter.Publish(t.Context(), lost).ExternalID
	if seen := s.Adapter.Look(t.Context(), lost); !seen.Differs || seen.Text != lost.Target.Rendering.Text {
		t.Errorf("of a picture the server lost it says %+v", seen)
	}
	for name, id := range map[string]string{
		"another bot's": server.Write(mattermosttest.OtherBot, here, "We open."), "another channel's": server.Write(bot, mattermosttest.OtherChannel, "We open."),
		"no": "../users/me",
	} {
		if seen := s.Adapter.Look(t.Context(), networktest.Named(d, id)); seen.Readable || seen.Found {
			t.Errorf("of %s post it says %+v", name, seen)
		}
	}
}

// TestDelete: what the server does not say is gone is not called gone.
func TestDelete(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	id := s.Adapter.Publish(t.Context(), d).ExternalID
	for name, c := range map[string]struct {
		id    string
		class network.Class
	}{
		"none": {"", network.Permanent}, "a path": {"../users/me", network.Permanent},
		"somebody else's": {server.Write(mattermosttest.OtherBot, here, "Hello."), network.AuthExpired},
		"gone":            {"post9999999999999999999999", network.Accepted},
	} {
		if answer := s.Adapter.Delete(t.Context(), networktest.Named(d, c.id)); answer.Class != c.class || len(server.Visible()) != 2 {
			t.Errorf("%s: %+v", name, answer)
		}
	}
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) })
	if answer := s.Adapter.Delete(t.Context(), networktest.Named(d, id)); answer.Class != network.Retryable {
		t.Errorf("of an answer that says nothing: %+v", answer)
	}
}
