package mastodon

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/mastodon/mastodontest"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

func newNetwork() *Network {
	return New(Options{Options: wire.Options{AllowedNetworks: networktest.Loopback, Now: networktest.Clock}, Pause: time.Millisecond})
}

// open starts a server and returns an account on it.
func open(t *testing.T) (*mastodontest.Server, networktest.Subject) {
	t.Helper()
	server := mastodontest.New(t)
	server.Do(func(s *mastodontest.Server) { s.Now = networktest.Clock })
	return server, networktest.Subject{
		Prepares: true,
		Adapter:  newNetwork(), Credential: []byte(mastodontest.Token),
		Account: advocacy.SocialAccount{
			Workspace: "acme", ID: "account-1", Network: Name, DisplayName: "Nadia Diallo", Address: server.URL,
			ExternalID: mastodontest.Account, Deduplicates: true,
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
			Subject: s, Profile: network.Profile{ExternalID: mastodontest.Account, Handle: "@nadia@" + strings.TrimPrefix(server.URL, "http://"), Deduplicates: true},
			Strange: []string{"st0len"}, Away: server.Close,
		}
	})
}

// TestRender: disclosure and link stand in the text, and take its length.
func TestRender(t *testing.T) {
	t.Parallel()
	n := New(Options{})
	for name, c := range map[string]struct {
		content advocacy.Content
		want    string
		found   string
	}{
		"everything": {
			advocacy.Content{Language: "en", Text: "Come and see.", Link: "https://example.com/lyon", Disclosure: advocacy.DisclosureEmployee},
			"Come and see.\n\nhttps://example.com/lyon\n\nI work for this company.", "",
		},
		"an advertisement is told first": {
			advocacy.Content{Language: "fr", Text: "Venez.", Disclosure: advocacy.DisclosureAdvertising}, "Publicité\n\nVenez.", "",
		},
		"a link that is in the text": {
			advocacy.Content{Language: "en", Text: "See (https://example.com/lyon).", Link: "https://example.com/lyon"}, "See (https://example.com/lyon).", "",
		},
		"a link that is longer in the text": {
			advocacy.Content{Language: "en", Text: "See https://example.com/lyon?x", Link: "https://example.com/lyon"},
			"See https://example.com/lyon?x\n\nhttps://example.com/lyon", "",
		},
		"the link takes 23": {
			advocacy.Content{Language: "en", Text: strings.Repeat("a", 475), Link: "https://example.com/" + strings.Repeat("b", 300)},
			strings.Repeat("a", 475) + "\n\nhttps://example.com/" + strings.Repeat("b", 300), "",
		},
		"and one more is too long": {
			advocacy.Content{Language: "en", Text: strings.Repeat("a", 476), Link: "https://example.com/"},
			strings.Repeat("a", 476) + "\n\nhttps://example.com/", network.FindingTextTooLong,
		},
	} {
		r, found := n.Render(c.content, "", network.Disclosures{})
		if diff := cmp.Diff(c.want, r.Text); diff != "" || r.Link != "" || r.DisclosureText != "" {
			t.Errorf("%s (-want +got), link %q, words %q:\n%s", name, r.Link, r.DisclosureText, diff)
		}
		var codes []string
		for _, f := range found {
			codes = append(codes, f.Code)
		}
		if got := strings.Join(codes, " "); got != c.found {
			t.Errorf("%s: findings %q, want %q", name, got, c.found)
		}
	}
}

// TestWhatIsRenderedComesBack: what the server was told is what people signed, and taking off
// what the network's form adds gives the content as it was written.
func TestWhatIsRenderedComesBack(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	rapid.Check(t, func(t *rapid.T) {
		content := networktest.Contents().Draw(t, "content")
		language, shownAs := networktest.InVariant(t, &content)
		r, _ := s.Adapter.Render(content, language, network.Disclosures{})
		if r.Text == "" {
			t.Skip("nothing to publish")
		}
		body, err := s.Adapter.Encode(networktest.Envelope(s, "pub-1", advocacy.Target{Byline: "Nadia", Rendering: r}))
		if err != nil {
			t.Fatal(err)
		}
		d := network.Delivery{
			Account: s.Account, Credential: s.Credential, Key: rapid.StringMatching("[a-z]{40}").Draw(t, "key"), Body: body,
			Target: advocacy.Target{Rendering: r}, Time: networktest.Moment, Media: bytesOf,
		}
		answer := s.Adapter.Publish(t.Context(), d)
		shown := server.Visible()
		last := shown[len(shown)-1]
		if answer.Class != network.Accepted || last.Text != r.Text || last.ID != answer.ExternalID {
			t.Fatalf("%+v: it shows %q, signed was %q", answer, last.Text, r.Text)
		}
		told := network.Disclosures{}.Tell(content.Disclosure, Name, "", shownAs.Language)
		left := last.Text
		if told.Place == network.PlaceFirst {
			left = strings.TrimPrefix(strings.TrimPrefix(left, told.Text), "\n\n")
		}
		if told.Place == network.PlaceLast {
			left = strings.TrimSuffix(strings.TrimSuffix(left, told.Text), "\n\n")
		}
		written := networktest.Written(shownAs)
		if written.Link != "" && left != written.Text {
			left = strings.TrimSuffix(strings.TrimSuffix(left, written.Link), "\n\n")
		}
		if left != written.Text {
			t.Fatalf("of %q comes back %q", written.Text, left)
		}
		if len(last.Media) != len(written.Media) {
			t.Fatalf("of %d pictures come back %d", len(written.Media), len(last.Media))
		}
		for i, m := range written.Media {
			if got := last.Media[i]; got.Description != m.AltText || string(got.Bytes) != networktest.BytesOf(m.Blob) {
				t.Fatalf("of %+v comes back %q with %d bytes", m, got.Description, len(got.Bytes))
			}
		}
	})
}

// bytesOf reads the files of a delivery.
func bytesOf(_ context.Context, blob string) (io.Reader, error) {
	return strings.NewReader(networktest.BytesOf(blob)), nil
}

// TestAnswers: how each answer of the server ends, and what the account shows then.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for mode, want := range map[mastodontest.Mode]struct {
		class   network.Class
		visible int
	}{
		mastodontest.Honest:    {network.Accepted, 1},
		mastodontest.Cut:       {network.UnknownOutcome, 1},
		mastodontest.Broken:    {network.UnknownOutcome, 1},
		mastodontest.Silent:    {network.UnknownOutcome, 1},
		mastodontest.Garbage:   {network.UnknownOutcome, 1},
		mastodontest.Stranger:  {network.UnknownOutcome, 1},
		mastodontest.Scheduled: {network.UnknownOutcome, 0},
		mastodontest.Moved:     {network.UnknownOutcome, 0},
		mastodontest.Busy:      {network.RateLimited, 0},
		mastodontest.Unready:   {network.Retryable, 0},
		mastodontest.Invalid:   {network.Permanent, 0},
		mastodontest.Suspended: {network.AuthExpired, 0},
	} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			server, s := open(t)
			server.Do(func(s *mastodontest.Server) { s.Mode = mode })
			d := networktest.Deliver(t, s, "pub-1", networktest.Content())
			ctx := t.Context()
			if mode == mastodontest.Silent {
				impatient, cancel := context.WithTimeout(ctx, 2*time.Second)
				defer cancel()
				ctx = impatient
			}
			answer := s.Adapter.Publish(ctx, d)
			if answer.Class != want.class || len(server.Visible()) != want.visible {
				t.Fatalf("%+v, and %d are visible", answer, len(server.Visible()))
			}
			if mode == mastodontest.Busy && !answer.RetryTime.Equal(mastodontest.Reset) {
				t.Errorf("it is tried again at %v", answer.RetryTime)
			}
			if strings.ContainsRune(answer.Said.Text, '\u202e') {
				t.Errorf("it says %q", answer.Said.Text)
			}
			if want.class != network.UnknownOutcome || want.visible == 0 {
				return
			}
			server.Do(func(s *mastodontest.Server) { s.Mode = mastodontest.Honest })
			if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.ExternalID != server.Visible()[0].ID {
				t.Errorf("a look says %+v", seen)
			}
			if again := s.Adapter.Publish(t.Context(), d); again.Class != network.Accepted || len(server.Visible()) != 1 {
				t.Errorf("the repeat is %+v, and %d are visible", again, len(server.Visible()))
			}
		})
	}
}

// TestTokenRefused: a dead token is told as one, whichever step meets it first, and never
// repeated.
func TestTokenRefused(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	d.Credential = []byte("another-t0ken")
	for name, answer := range map[string]network.Answer{
		"publish": s.Adapter.Publish(t.Context(), d), "delete": s.Adapter.Delete(t.Context(), networktest.Named(d, "114000")),
	} {
		if answer.Class != network.AuthExpired || strings.Contains(answer.Said.Text, "another-t0ken") {
			t.Errorf("%s: %+v", name, answer)
		}
	}
	d.Target.Rendering.Media = nil
	if seen := s.Adapter.Look(t.Context(), d); seen.Readable || seen.Found {
		t.Errorf("a look with it says %+v", seen)
	}
	if len(server.Visible()) != 0 || server.Uploads() != 0 {
		t.Error("something was published or uploaded")
	}
	d.Credential = nil
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.AuthExpired {
		t.Errorf("without a token: %+v", answer)
	}
}

// TestFiles: each is uploaded with its description and waited for; one that is refused, late
// or unreadable publishes nothing.
func TestFiles(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	server.Do(func(s *mastodontest.Server) { s.Working = 3 })
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted {
		t.Fatalf("%+v", answer)
	}
	want := []mastodontest.Media{{ID: "7000", Description: "A shop front in the sun", Type: "image/png", Bytes: []byte(networktest.BytesOf(networktest.Blob))}}
	shown := server.Visible()[0].Media
	if len(shown) != 1 || shown[0].Description != want[0].Description || shown[0].Type != want[0].Type || string(shown[0].Bytes) != string(want[0].Bytes) {
		t.Errorf("it shows %+v", shown)
	}
	server.Do(func(s *mastodontest.Server) { s.FileFails = true })
	d = networktest.Deliver(t, s, "pub-2", networktest.Content())
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Permanent {
		t.Errorf("a file the server cannot work on: %+v", answer)
	}
	server.Do(func(s *mastodontest.Server) { s.FileFails, s.Working = false, 1_000_000_000 })
	impatient, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if answer := s.Adapter.Publish(impatient, d); answer.Class != network.Retryable {
		t.Errorf("a file that is never ready: %+v", answer)
	}
	server.Do(func(s *mastodontest.Server) { s.Working = 0 })
	for name, media := range map[string]func(context.Context, string) (io.Reader, error){
		"unreadable": func(context.Context, string) (io.Reader, error) { return nil, errors.New("gone") },
		"broken":     func(context.Context, string) (io.Reader, error) { return networktest.Broken, nil },
	} {
		d.Media = media
		if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Retryable {
			t.Errorf("a file that is %s: %+v", name, answer)
		}
	}
	if got := len(server.Visible()); got != 1 {
		t.Errorf("%d are visible, want 1", got)
	}
}

// TestLook: it finds what is ours by its text and files, and nothing that is somebody
// else's, older, or another publication's.
func TestLook(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	content := advocacy.Content{Language: "en", Text: "We open & <b>you</b> come.\n\nCome and see: https://example.com/lyon?a=1&b=2"}
	d := networktest.Deliver(t, s, "pub-1", content)
	at := networktest.Moment.Add(-time.Hour)
	server.Do(func(s *mastodontest.Server) { s.Now = func() time.Time { return at } })
	server.Write(d.Target.Rendering.Text)
	at = networktest.Clock()
	server.Write("Something else.")
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found {
		t.Fatalf("of an older text it says %+v", seen)
	}
	for range 95 {
		server.Write("Noise.")
	}
	mine := server.Write(d.Target.Rendering.Text)
	for range 95 {
		server.Write("More noise.")
	}
	for _, source := range []bool{true, false} {
		server.Do(func(s *mastodontest.Server) { s.NoSource = !source })
		if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.ExternalID != mine || seen.Digest != d.Target.Rendering.Fingerprint() {
			t.Errorf("with source %t it says %+v, want %s", source, seen, mine)
		}
	}
	server.Do(func(s *mastodontest.Server) { s.NoSource = false })
	d.Taken = func(_ context.Context, id string) (bool, error) { return id == mine, nil }
	if seen := s.Adapter.Look(t.Context(), d); seen.Found {
		t.Errorf("what another publication is known by is said to be this one: %+v", seen)
	}
	d.Taken = func(context.Context, string) (bool, error) { return false, errors.New("down") }
	if seen := s.Adapter.Look(t.Context(), d); seen.Found || seen.Readable {
		t.Errorf("when it cannot be told whose it is: %+v", seen)
	}
}

// TestLookCannotTell: what could not all be seen is not said to be absent.
func TestLookCannotTell(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", advocacy.Content{Language: "en", Text: "We open."})
	for range 40 * (maxPages + 1) {
		server.Write("Noise.")
	}
	if seen := s.Adapter.Look(t.Context(), d); seen.Readable || seen.Found {
		t.Errorf("of more than it can look through it says %+v", seen)
	}
	d.Account.ExternalID = ""
	if seen := s.Adapter.Look(t.Context(), d); seen.Readable {
		t.Errorf("of an account without a name it says %+v", seen)
	}
}

// TestLag: a status that is not shown yet is found later.
func TestLag(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	server.Do(func(s *mastodontest.Server) { s.Mode, s.Lag = mastodontest.Cut, 1 })
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	s.Adapter.Publish(t.Context(), d)
	first, second := s.Adapter.Look(t.Context(), d), s.Adapter.Look(t.Context(), d)
	if first.Found || !second.Found {
		t.Errorf("the first look says %+v, the second %+v", first, second)
	}
}

// TestReadBack: a text the server shows otherwise has no digest of ours.
func TestReadBack(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	d.ExternalID = s.Adapter.Publish(t.Context(), d).ExternalID
	if seen := s.Adapter.Look(t.Context(), d); seen.Digest != d.Target.Rendering.Fingerprint() {
		t.Errorf("of what it shows it says %+v", seen)
	}
	server.Do(func(s *mastodontest.Server) { s.Shows = func(text string) string { return text[:10] } })
	cut := d.Target.Rendering.Text[:10]
	if seen := s.Adapter.Look(t.Context(), d); !seen.Found || seen.Digest != "" || !seen.Differs || seen.Text != cut {
		t.Errorf("of a text that was cut it says %+v", seen)
	}
	server.Do(func(s *mastodontest.Server) { s.Shows = nil })
	d.Target.Rendering.Media = d.Target.Rendering.Media[1:]
	if seen := s.Adapter.Look(t.Context(), d); !seen.Differs || seen.Text != d.Target.Rendering.Text {
		t.Errorf("of a picture nobody signed it says %+v", seen)
	}
}

// TestRelativesMakeTwo is why an account on a relative is never sent to again: the ledger
// would show two.
func TestRelativesMakeTwo(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	server.Do(func(s *mastodontest.Server) { s.Software = "gotosocial" })
	profile, err := s.Adapter.(*Network).Connect(t.Context(), s.Account, s.Credential)
	if err != nil || profile.Deduplicates {
		t.Fatalf("%+v, %v", profile, err)
	}
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	d.Account.Deduplicates = profile.Deduplicates
	s.Adapter.Publish(t.Context(), d)
	s.Adapter.Publish(t.Context(), d)
	if got := len(server.Visible()); got != 2 {
		t.Errorf("%d are visible: the server of this test is no relative", got)
	}
	if s.Adapter.Capabilities().Repeatable(d.Account, d.Time, d.Time.Add(time.Second)) {
		t.Error("it may be sent again")
	}
}

// TestKeysKeptLateMakeTwo is why a repeat waits: the ledger shows what a server does that does not know
// the key yet, or not any more.
func TestKeysKeptLateMakeTwo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*mastodontest.Server)
		want   int
	}{
		"known":     {func(*mastodontest.Server) {}, 1},
		"kept late": {func(s *mastodontest.Server) { s.KeyAfter = time.Hour }, 2},
		"lost":      {func(s *mastodontest.Server) { s.KeyLost = true }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, s := open(t)
			server.Do(c.change)
			d := networktest.Deliver(t, s, "pub-1", networktest.Content())
			s.Adapter.Publish(t.Context(), d)
			s.Adapter.Publish(t.Context(), d)
			if got := len(server.Visible()); got != c.want {
				t.Errorf("%d are visible, want %d", got, c.want)
			}
		})
	}
	if capabilities().KeyWait < 30*time.Second {
		t.Error("a repeat may come before the key is known")
	}
}

// TestConnect: what a server says of the account a token belongs to, and which servers and
// tokens are refused.
func TestConnect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*mastodontest.Server)
		reason string
		field  string
	}{
		"fits":         {func(*mastodontest.Server) {}, "", ""},
		"takes more":   {func(s *mastodontest.Server) { s.MaxCharacters = 5000 }, "", ""},
		"takes less":   {func(s *mastodontest.Server) { s.MaxCharacters = 499 }, "SERVER_UNSUITABLE", "social_account.address"},
		"says nothing": {func(s *mastodontest.Server) { s.MaxCharacters = 0 }, "SERVER_UNSUITABLE", "social_account.address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, s := open(t)
			server.Do(c.change)
			got, err := s.Adapter.(*Network).Connect(t.Context(), s.Account, s.Credential)
			if advocacy.ReasonOf(err) != c.reason {
				t.Fatalf("%+v, %v, want %q", got, err, c.reason)
			}
			if e, ok := errors.AsType[*advocacy.Error](err); ok && (e.Field != c.field || strings.Contains(e.Error(), mastodontest.Token)) {
				t.Errorf("it says %+v", e)
			}
			if c.reason != "" {
				return
			}
			want := network.Profile{
				ExternalID: mastodontest.Account, Handle: "@nadia@" + strings.TrimPrefix(server.URL, "http://"), Deduplicates: true,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestSomethingElse: a web site that is no Mastodon is refused by name.
func TestSomethingElse(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"a page":        func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"nothing there": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"an id that is a path": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"id":"../../admin","acct":"nadia"}`))
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

// TestAddress: an account has the address of a server alone, on the public network.
func TestAddress(t *testing.T) {
	t.Parallel()
	n := New(Options{})
	for address, reason := range map[string]string{
		"https://mastodon.example": "", "https://mastodon.example/": "", "https://mastodon.example/@nadia": "ADDRESS_INVALID",
		"https://mastodon.example?x": "ADDRESS_INVALID", "http://mastodon.example": "ADDRESS_FORBIDDEN", "https://127.0.0.1": "ADDRESS_FORBIDDEN",
		"https://10.0.0.8": "ADDRESS_FORBIDDEN", "https://localhost": "ADDRESS_FORBIDDEN", "": "ADDRESS_INVALID",
	} {
		if err := n.CheckAddress(address); advocacy.ReasonOf(err) != reason {
			t.Errorf("%q: %v, want %q", address, err, reason)
		}
	}
}
