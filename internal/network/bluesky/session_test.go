package bluesky

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/bluesky/blueskytest"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// TestASessionRunsOut: it is refreshed where that can be, begun anew where not, and the post goes
// out once.
func TestASessionRunsOut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end  func(*blueskytest.Server)
		want blueskytest.Counts
	}{
		"expired":         {(*blueskytest.Server).Expire, blueskytest.Counts{Sessions: 1, Refreshes: 1}},
		"revoked":         {(*blueskytest.Server).Revoke, blueskytest.Counts{Sessions: 2, Refreshes: 1}},
		"not refreshable": {func(s *blueskytest.Server) { s.Expire(); s.Do(func(s *blueskytest.Server) { s.NoRefresh = true }) }, blueskytest.Counts{Sessions: 2, Refreshes: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, s := open(t)
			s.Adapter.Publish(t.Context(), networktest.Deliver(t, s, "pub-1", networktest.Content()))
			c.end(server)
			if answer := s.Adapter.Publish(t.Context(), networktest.Deliver(t, s, "pub-2", networktest.Content())); answer.Class != network.Accepted {
				t.Fatalf("%+v", answer)
			}
			got := server.Counts()
			got.Uploads, got.Commits = 0, 0
			if diff := cmp.Diff(c.want, got); diff != "" || len(server.Visible()) != 2 {
				t.Errorf("%d are visible (-want +got):\n%s", len(server.Visible()), diff)
			}
		})
	}
}

// TestOneSessionForAll: however many go to an account at once, it is signed in to once, and a
// session that ran out is changed once.
func TestOneSessionForAll(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	round := func(id advocacy.PublicationID) {
		d := networktest.Deliver(t, s, id, networktest.Content())
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted {
					t.Errorf("%+v", answer)
				}
			})
		}
		all.Wait()
	}
	round("pub-1")
	server.Expire()
	round("pub-2")
	if got := server.Counts(); got.Sessions != 1 || got.Refreshes != 1 || len(server.Visible()) != 2 {
		t.Errorf("%+v, and %d are visible", got, len(server.Visible()))
	}
}

// TestPasswordRefused: a dead app password is told as one, by whatever meets it, and publishes and
// uploads nothing.
func TestPasswordRefused(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	id := uriOf(blueskytest.Account, keyOf("pub-1", networktest.Moment))
	for name, credential := range map[string]string{
		"wrong":          blueskytest.Handle + ":wron-gwro-ngwr-ongw",
		"none":           "",
		"its own":        blueskytest.Handle + ":" + blueskytest.OwnPassword,
		"without handle": blueskytest.Password,
		"another's":      blueskytest.OtherCredential,
	} {
		d.Credential = []byte(credential)
		for what, answer := range map[string]network.Answer{
			"publish": s.Adapter.Publish(t.Context(), d), "delete": s.Adapter.Delete(t.Context(), networktest.Named(d, id)),
		} {
			if answer.Class != network.AuthExpired || credential != "" && strings.Contains(answer.Said.Text, credential) {
				t.Errorf("%s, %s: %+v", name, what, answer)
			}
		}
		if seen := s.Adapter.Look(t.Context(), d); seen.Readable || seen.Found {
			t.Errorf("%s: a look says %+v", name, seen)
		}
	}
	if server.Counts().Uploads != 0 || len(server.Visible()) != 0 {
		t.Error("something was published or uploaded")
	}
}

// TestAWrongPasswordSharesNoSession: one that is good for the same account does not open it.
func TestAWrongPasswordSharesNoSession(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	s.Adapter.Publish(t.Context(), networktest.Deliver(t, s, "pub-1", networktest.Content()))
	d := networktest.Deliver(t, s, "pub-2", networktest.Content())
	d.Credential = []byte(blueskytest.Handle + ":wron-gwro-ngwr-ongw")
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.AuthExpired || len(server.Visible()) != 1 {
		t.Errorf("%+v", answer)
	}
}

// TestConnect: what a server says of the account a password belongs to, and which servers and
// passwords are refused.
func TestConnect(t *testing.T) {
	t.Parallel()
	nothing := func(*blueskytest.Server) {}
	for name, c := range map[string]struct {
		change     func(*blueskytest.Server)
		credential string
		reason     string
		field      string
	}{
		"fits":                      {nothing, blueskytest.Credential, "", ""},
		"with a sign":               {nothing, "@" + blueskytest.Credential, "", ""},
		"by its name":               {nothing, blueskytest.Account + ":" + blueskytest.Password, "", ""},
		"refuses the password":      {func(s *blueskytest.Server) { s.Locked = true }, blueskytest.Credential, "TOKEN_REFUSED", "access_token"},
		"is not active":             {func(s *blueskytest.Server) { s.Inactive = true }, blueskytest.Credential, "TOKEN_REFUSED", "access_token"},
		"is kept where nobody goes": {func(s *blueskytest.Server) { s.Elsewhere = "http://169.254.169.254" }, blueskytest.Credential, "ADDRESS_FORBIDDEN", "social_account.address"},
		"is kept where none is":     {func(s *blueskytest.Server) { s.Elsewhere = "http://127.0.0.1:1" }, blueskytest.Credential, "NETWORK_UNREACHABLE", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, s := open(t)
			server.Do(c.change)
			got, err := s.Adapter.(*Network).Connect(t.Context(), s.Account, []byte(c.credential))
			if advocacy.ReasonOf(err) != c.reason {
				t.Fatalf("%+v, %v, want %q", got, err, c.reason)
			}
			if e, ok := errors.AsType[*advocacy.Error](err); ok && (e.Field != c.field || strings.Contains(e.Error(), c.credential)) {
				t.Errorf("it says %+v", e)
			}
			if c.reason != "" {
				return
			}
			want := network.Profile{ExternalID: blueskytest.Account, Handle: "@" + blueskytest.Handle, Deduplicates: true}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestConnectAsksAnew: a password that was good before is not believed, and the account it is of
// now is told, whosever it was.
func TestConnectAsksAnew(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	n := s.Adapter.(*Network)
	if _, err := n.Connect(t.Context(), s.Account, s.Credential); err != nil {
		t.Fatal(err)
	}
	if got, err := n.Connect(t.Context(), s.Account, []byte(blueskytest.OtherCredential)); err != nil || got.ExternalID != blueskytest.OtherAccount {
		t.Errorf("of another account it says %+v, %v", got, err)
	}
	server.Do(func(s *blueskytest.Server) { s.Locked = true })
	if _, err := n.Connect(t.Context(), s.Account, s.Credential); advocacy.ReasonOf(err) != "TOKEN_REFUSED" {
		t.Errorf("of a password that was revoked it says %v", err)
	}
}

// TestKeptElsewhere: the host where the account is kept is told by the one that signs it in.
func TestKeptElsewhere(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	at := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	server.Do(func(x *blueskytest.Server) { x.Elsewhere = at })
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted || "http://"+server.Visible()[0].Host != at {
		t.Errorf("%+v: %+v", answer, server.Visible())
	}
}

// TestAnotherAccountsDocument sends nobody anywhere.
func TestAnotherAccountsDocument(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	server.Do(func(x *blueskytest.Server) { x.Elsewhere, x.Document = "http://127.0.0.1:1", blueskytest.OtherAccount })
	if answer := s.Adapter.Publish(t.Context(), networktest.Deliver(t, s, "pub-1", networktest.Content())); answer.Class != network.Accepted {
		t.Errorf("%+v", answer)
	}
}

// TestThePasswordStaysAtTheDoor: it is given to the account's address alone, wherever that sends.
func TestThePasswordStaysAtTheDoor(t *testing.T) {
	t.Parallel()
	home, s := open(t)
	door := blueskytest.New(t)
	door.Do(func(x *blueskytest.Server) { x.Elsewhere = home.URL })
	s.Account.Address = door.URL
	d := networktest.Deliver(t, s, "pub-1", advocacy.Content{Language: "en", Text: "We open."})
	// The door's tokens are not those of the home, which has sessions of its own.
	answer := s.Adapter.Publish(t.Context(), d)
	if answer.Class != network.AuthExpired || home.Counts().Sessions != 0 || len(door.Visible())+len(home.Visible()) != 0 {
		t.Errorf("%+v; at home %+v", answer, home.Counts())
	}
	if seen := s.Adapter.Look(t.Context(), d); !seen.Readable || seen.Found {
		t.Errorf("a look at home says %+v", seen)
	}
}

// TestAddress: an account has the address of a server alone, on the public network.
func TestAddress(t *testing.T) {
	t.Parallel()
	n := New(wire.Options{})
	for address, reason := range map[string]string{
		"https://bsky.social": "", "https://bsky.social/": "", "https://bsky.social/xrpc": "ADDRESS_INVALID",
		"https://bsky.social?x": "ADDRESS_INVALID", "http://bsky.social": "ADDRESS_FORBIDDEN", "https://127.0.0.1": "ADDRESS_FORBIDDEN",
		"https://10.0.0.8": "ADDRESS_FORBIDDEN", "https://localhost": "ADDRESS_FORBIDDEN", "": "ADDRESS_INVALID",
	} {
		if err := n.CheckAddress(address); advocacy.ReasonOf(err) != reason {
			t.Errorf("%q: %v, want %q", address, err, reason)
		}
	}
}
