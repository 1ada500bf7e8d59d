package mastodon

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/mastodon/mastodontest"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/oauth/oauthtest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// kept is what servers know us as, in memory.
type kept struct {
	mu   sync.Mutex
	apps []network.App
}

func (k *kept) Apps(_ context.Context, _ advocacy.WorkspaceID, _ advocacy.Network, server string) ([]network.App, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(k.apps), func(a network.App) bool { return a.Server != server }), nil
}

func (k *kept) KeepApp(_ context.Context, _ advocacy.WorkspaceID, _ advocacy.Network, a network.App) (network.App, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.apps = append(k.apps, a)
	return a, nil
}

func (k *kept) ForgetApp(_ context.Context, _ advocacy.WorkspaceID, _ advocacy.Network, a network.App) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.apps = slices.DeleteFunc(k.apps, func(b network.App) bool { return a.ID == b.ID })
	return nil
}

const (
	callback = "https://sign.example.com" + network.CallbackPath
	verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)

// signIn is a network that people sign in to at a server, at a time that may move.
func signIn(t *testing.T) (*Network, *mastodontest.Server, advocacy.SocialAccount, *time.Time) {
	t.Helper()
	server, s := open(t)
	now := networktest.Clock()
	n := New(Options{
		Options: wire.Options{AllowedNetworks: networktest.Loopback, Now: func() time.Time { return now }}, Redirect: callback, Apps: &kept{},
	})
	s.Account.ExternalID = ""
	return n, server, s.Account, &now
}

func entrance(t *testing.T, n *Network, a advocacy.SocialAccount) string {
	t.Helper()
	e, err := n.Authorize(t.Context(), a, network.Question{State: "st4te", Challenge: network.Challenge(verifier)})
	if err != nil {
		t.Fatal(err)
	}
	return e.Address
}

// TestSignIn: who signs in at the server is who publishes, until the token is ended.
func TestSignIn(t *testing.T) {
	t.Parallel()
	n, server, a, _ := signIn(t)
	back := server.AS.SignIn(t, entrance(t, n, a), mastodontest.Account)
	if back.Get("state") != "st4te" {
		t.Fatalf("sent back is %v", back)
	}
	g, err := n.Exchange(t.Context(), a, back.Get("code"), verifier)
	if err != nil {
		t.Fatal(err)
	}
	who, err := n.Connect(t.Context(), a, []byte(g.Access))
	if err != nil || who.ExternalID != mastodontest.Account || !who.Deduplicates {
		t.Errorf("it is %+v, error %v", who, err)
	}
	if _, answer := n.Refresh(t.Context(), a, g); answer.Class != network.AuthExpired {
		t.Errorf("a next token of a server that gives none is %s", answer.Class)
	}
	if answer := n.Revoke(t.Context(), a, network.Grant{Access: mastodontest.Token}); answer.Class != network.Accepted {
		t.Errorf("ending a token by hand is %s", answer.Class)
	}
	if answer := n.Revoke(t.Context(), a, g); answer.Class != network.Accepted || server.AS.Owner(g.Access) != "" {
		t.Errorf("ending it is %s", answer.Class)
	}
	if _, err := n.Connect(t.Context(), a, []byte(g.Access)); advocacy.ReasonOf(err) != "TOKEN_REFUSED" {
		t.Errorf("after its end: %v", err)
	}
	if answer := n.Revoke(t.Context(), a, network.Grant{Access: "x", Client: "another"}); answer.Class != network.Permanent {
		t.Errorf("ending what another client has is %s", answer.Class)
	}
}

// TestSignInAgain: a server is asked once what it knows us as, and again when it has forgotten.
func TestSignInAgain(t *testing.T) {
	t.Parallel()
	n, server, a, now := signIn(t)
	for range 3 {
		entrance(t, n, a)
	}
	*now = now.Add(24 * time.Hour)
	entrance(t, n, a)
	if server.AS.Clients() != 1 || len(server.AS.Asked()) != 1 {
		t.Errorf("it knows us as %d, asked %q", server.AS.Clients(), server.AS.Asked())
	}
	server.AS.Forget()
	back := server.AS.SignIn(t, entrance(t, n, a), mastodontest.Account)
	if _, err := n.Exchange(t.Context(), a, back.Get("code"), verifier); err != nil || server.AS.Clients() != 1 {
		t.Errorf("after it forgot us: %v", err)
	}
}

// TestSignInOfAServerWithTokensThatEnd: the next token is asked for with the one that is good once.
func TestSignInOfAServerWithTokensThatEnd(t *testing.T) {
	t.Parallel()
	n, server, a, now := signIn(t)
	server.AS.Do(func(s *oauthtest.Server) { s.Life, s.Refreshes = 7200, true })
	back := server.AS.SignIn(t, entrance(t, n, a), mastodontest.Account)
	g, err := n.Exchange(t.Context(), a, back.Get("code"), verifier)
	if err != nil || !g.ExpireTime.Equal(now.Add(2*time.Hour)) {
		t.Fatalf("it ends at %v, error %v", g.ExpireTime, err)
	}
	next, answer := n.Refresh(t.Context(), a, g)
	if answer.Class != network.Accepted || server.AS.Owner(next.Access) != mastodontest.Account || server.AS.Owner(g.Access) != "" {
		t.Errorf("the next one is %s", answer.Class)
	}
	if _, answer := n.Refresh(t.Context(), a, g); answer.Class != network.AuthExpired {
		t.Errorf("asked with a spent token it is %s", answer.Class)
	}
}

// TestSignInRefused: a server that lies, or protects nothing, is not signed in to.
func TestSignInRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*oauthtest.Server)
		want   string
	}{
		"another issuer":    {func(s *oauthtest.Server) { s.Issuer = "https://mastodon.example/" }, "SERVER_UNSUITABLE"},
		"a token elsewhere": {func(s *oauthtest.Server) { s.Elsewhere = "https://mastodon.example/oauth/token" }, "SERVER_UNSUITABLE"},
		"no PKCE":           {func(s *oauthtest.Server) { s.NoPKCE = true }, "SERVER_UNSUITABLE"},
		"an old Mastodon":   {func(s *oauthtest.Server) { s.NoMetadata = true }, "SERVER_UNSUITABLE"},
	} {
		n, server, a, _ := signIn(t)
		server.AS.Do(c.change)
		if _, err := n.Authorize(t.Context(), a, network.Question{}); advocacy.ReasonOf(err) != c.want || server.AS.Clients() != 0 {
			t.Errorf("%s: %v, known as %d", name, err, server.AS.Clients())
		}
	}
	n, _, a, _ := signIn(t)
	a.Address = "http://127.0.0.1:1"
	if _, err := n.Authorize(t.Context(), a, network.Question{}); advocacy.ReasonOf(err) != "NETWORK_UNREACHABLE" {
		t.Errorf("where nobody listens: %v", err)
	}
	if _, err := newNetwork().Authorize(t.Context(), a, network.Question{}); advocacy.ReasonOf(err) != "NETWORK_WITHOUT_OAUTH" {
		t.Errorf("without an address to come back to: %v", err)
	}
	if _, err := newNetwork().Exchange(t.Context(), a, "code", verifier); advocacy.ReasonOf(err) != "NETWORK_WITHOUT_OAUTH" {
		t.Errorf("without an address to come back to: %v", err)
	}
	n, server, a, _ := signIn(t)
	back := server.AS.SignIn(t, entrance(t, n, a), mastodontest.Account)
	if _, err := n.Exchange(t.Context(), a, back.Get("code"), "another-verifier"); advocacy.ReasonOf(err) != "CODE_REFUSED" {
		t.Errorf("with another verifier: %v", err)
	}
	if answer := n.Revoke(t.Context(), a, network.Grant{}); answer.Class != network.Accepted {
		t.Errorf("ending nothing is %s", answer.Class)
	}
}
