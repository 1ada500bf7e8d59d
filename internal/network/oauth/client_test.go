package oauth_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/oauth"
	"github.com/imprimatur-hq/imprimatur/internal/network/oauth/oauthtest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

const (
	redirect = "https://sign.example.com/connect/callback"
	verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)

var (
	scopes = []string{"profile", "write:statuses"}
	now    = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
)

// world is a client and the server it speaks to.
type world struct {
	*oauth.Client
	as     *oauthtest.Server
	at     *url.URL
	app    network.App
	server oauth.Server
}

func newWorld(t *testing.T, change func(*oauthtest.Server)) *world {
	t.Helper()
	as := oauthtest.New()
	mux := http.NewServeMux()
	as.Handle(mux)
	served := httptest.NewServer(mux)
	t.Cleanup(func() { as.Stop(); served.Close() })
	as.URL = served.URL
	if change != nil {
		change(as)
	}
	w := &world{as: as, Client: &oauth.Client{Wire: wire.New(wire.Options{
		AllowedNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Now: func() time.Time { return now },
	})}}
	if as.Basic {
		w.Method = oauth.Basic
	}
	w.app.Redirect = redirect
	w.app.ID, w.app.Secret = as.Register(redirect, strings.Join(scopes, " "))
	w.at, _ = url.Parse(served.URL)
	return w
}

// enter reads what the server is, and signs somebody in.
func (w *world) enter(t *testing.T, account string) url.Values {
	t.Helper()
	var err error
	if w.server, err = w.Discover(t.Context(), w.at); err != nil {
		t.Fatal(err)
	}
	e := w.server.Entrance(w.app, network.Question{State: "st4te", Challenge: network.Challenge(verifier)}, scopes)
	back := w.as.SignIn(t, e.Address, account)
	if back.Get("state") != "st4te" || back.Get("code") == "" {
		t.Fatalf("the server sent back %v", back)
	}
	return back
}

// TestGrant: a code becomes a grant, once; the grant becomes the next; and what is revoked is dead.
func TestGrant(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*oauthtest.Server){
		"form, for ever":    func(*oauthtest.Server) {},
		"Basic, two hours":  func(s *oauthtest.Server) { s.Basic, s.Life, s.Refreshes = true, 7200, true },
		"a lasting refresh": func(s *oauthtest.Server) { s.Life, s.Refreshes, s.Lasting = 7200, true, true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, change)
			code := w.enter(t, "nadia").Get("code")
			g, err := w.Exchange(t.Context(), w.server, w.app, code, verifier, scopes)
			if err != nil || w.as.Owner(g.Access) != "nadia" || g.Client != w.app.ID || len(g.Scopes) != 2 || g.Given() {
				t.Fatalf("the grant is %+v of %s, error %v", g.Scopes, w.as.Owner(g.Access), err)
			}
			if w.as.Life > 0 != g.ExpireTime.Equal(now.Add(2*time.Hour)) {
				t.Errorf("it ends at %v", g.ExpireTime)
			}
			if _, err := w.Exchange(t.Context(), w.server, w.app, code, verifier, scopes); advocacy.ReasonOf(err) != "CODE_REFUSED" {
				t.Errorf("a code twice: %v", err)
			}
			next, answer := w.Refresh(t.Context(), w.server, w.app, g)
			switch {
			case !w.as.Refreshes:
				if answer.Class != network.AuthExpired || g.Refresh != "" {
					t.Errorf("without a refresh token it is %s", answer.Class)
				}
				next = g
			case answer.Class != network.Accepted || w.as.Owner(g.Access) != "" || w.as.Owner(next.Access) != "nadia" || next.Refresh == "":
				t.Errorf("the next grant is %s", answer.Class)
			case w.as.Lasting != (next.Refresh == g.Refresh):
				t.Errorf("of a refresh token that lasts %t, the next is the same: %t", w.as.Lasting, next.Refresh == g.Refresh)
			}
			for range 2 {
				if answer := w.Revoke(t.Context(), w.server, w.app, next.Access); answer.Class != network.Accepted {
					t.Errorf("revoking is %s", answer.Class)
				}
			}
			if w.as.Owner(next.Access) != "" {
				t.Error("what was revoked lives on")
			}
		})
	}
}

// TestExchangeRefused: what is not the grant that was asked for is none.
func TestExchangeRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change   func(*oauthtest.Server)
		verifier string
		want     string
	}{
		"another verifier":  {verifier: "another-verifier-another-verifier-another-v", want: "CODE_REFUSED"},
		"fewer scopes":      {change: func(s *oauthtest.Server) { s.Narrow = "profile" }, want: "CODE_REFUSED"},
		"refused":           {change: func(s *oauthtest.Server) { s.Mode = oauthtest.Refusing }, want: "CODE_REFUSED"},
		"an unknown client": {change: func(s *oauthtest.Server) { s.Mode = oauthtest.Unknowing }, want: "SERVER_UNSUITABLE"},
		"redirected":        {change: func(s *oauthtest.Server) { s.Mode = oauthtest.Moved }, want: "NETWORK_UNREACHABLE"},
		"broken":            {change: func(s *oauthtest.Server) { s.Mode = oauthtest.Broken }, want: "NETWORK_UNREACHABLE"},
		"lost":              {change: func(s *oauthtest.Server) { s.Mode = oauthtest.Lost }, want: "NETWORK_UNREACHABLE"},
		"garbage":           {change: func(s *oauthtest.Server) { s.Mode = oauthtest.Garbage }, want: "NETWORK_UNREACHABLE"},
		"busy":              {change: func(s *oauthtest.Server) { s.Mode = oauthtest.Busy }, want: "NETWORK_UNREACHABLE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			code := w.enter(t, "nadia").Get("code")
			if c.change != nil {
				w.as.Do(c.change)
			}
			v := verifier
			if c.verifier != "" {
				v = c.verifier
			}
			g, err := w.Exchange(t.Context(), w.server, w.app, code, v, scopes)
			if advocacy.ReasonOf(err) != c.want || g.Access != "" {
				t.Errorf("%v, want %s", err, c.want)
			}
			for _, secret := range append(w.as.Secrets(), v) {
				if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), secret) {
					t.Errorf("the error holds a secret: %v", err)
				}
			}
		})
	}
}

// TestRefreshEnds: whatever does not prove that the old grant still stands, or never will again,
// is not known.
func TestRefreshEnds(t *testing.T) {
	t.Parallel()
	for mode, want := range map[oauthtest.Mode]network.Class{
		oauthtest.Honest: network.Accepted, oauthtest.Refusing: network.AuthExpired, oauthtest.Busy: network.RateLimited,
		oauthtest.Unknowing: network.Misconfigured, oauthtest.Broken: network.UnknownOutcome, oauthtest.Lost: network.UnknownOutcome,
		oauthtest.Silent: network.UnknownOutcome, oauthtest.Garbage: network.UnknownOutcome, oauthtest.Moved: network.UnknownOutcome,
	} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(s *oauthtest.Server) { s.Refreshes, s.Life = true, 60 })
			g, err := w.Exchange(t.Context(), w.server, w.app, w.enter(t, "nadia").Get("code"), verifier, scopes)
			if err != nil {
				t.Fatal(err)
			}
			w.as.Do(func(s *oauthtest.Server) { s.Mode = mode })
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if mode == oauthtest.Silent {
				w.as.Do(func(s *oauthtest.Server) { s.Before = func(url.Values) { cancel() } })
			}
			next, answer := w.Refresh(ctx, w.server, w.app, g)
			if answer.Class != want || (next.Access != "") != (want == network.Accepted) {
				t.Errorf("it is %s (%s), want %s", answer.Class, answer.Said.Text, want)
			}
			if mode == oauthtest.Busy && !answer.RetryTime.Equal(now.Add(time.Minute)) {
				t.Errorf("to be asked again at %v", answer.RetryTime)
			}
			for _, secret := range w.as.Secrets() {
				if strings.Contains(answer.Said.Text, secret) {
					t.Errorf("the answer holds a secret: %s", answer.Said.Text)
				}
			}
		})
	}
	w := newWorld(t, nil)
	w.enter(t, "nadia")
	w.server.Token, _ = url.Parse("http://127.0.0.1:1/oauth/token")
	if _, answer := w.Refresh(t.Context(), w.server, w.app, network.Grant{Refresh: "r"}); answer.Class != network.Retryable {
		t.Errorf("where nobody listens it is %s", answer.Class)
	}
	w.server.Token, _ = url.Parse("http://10.0.0.1/oauth/token")
	if _, answer := w.Refresh(t.Context(), w.server, w.app, network.Grant{Refresh: "r"}); answer.Class != network.Misconfigured {
		t.Errorf("behind the fence it is %s", answer.Class)
	}
}

// TestDiscover: a server speaks for itself alone, and protects the code.
func TestDiscover(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*oauthtest.Server)
		want   string
	}{
		"another issuer":        {func(s *oauthtest.Server) { s.Issuer = "https://mastodon.example/" }, "calls itself another"},
		"an issuer with a path": {func(s *oauthtest.Server) { s.Issuer = s.URL + "/tenant" }, "calls itself another"},
		"a token elsewhere":     {func(s *oauthtest.Server) { s.Elsewhere = "http://127.0.0.1:1/oauth/token" }, "leads elsewhere"},
		"a token of no address": {func(s *oauthtest.Server) { s.Elsewhere = "/oauth/token" }, "leads elsewhere"},
		"no challenges":         {func(s *oauthtest.Server) { s.NoPKCE = true }, "protects the code"},
		"nothing at all":        {func(s *oauthtest.Server) { s.NoMetadata = true }, "protects the code"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, c.change)
			_, err := w.Discover(t.Context(), w.at)
			if advocacy.ReasonOf(err) != "SERVER_UNSUITABLE" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	w := newWorld(t, func(s *oauthtest.Server) { s.TellsIssuer = true })
	if s, err := w.Discover(t.Context(), w.at); err != nil || !s.IssuerTold || s.Issuer != w.as.URL+"/" || s.Revoke == nil {
		t.Errorf("it is %+v, error %v", s, err)
	}
	if back := w.enter(t, "nadia"); back.Get("iss") != w.as.URL+"/" {
		t.Errorf("it says it is %s", back.Get("iss"))
	}
	nowhere, _ := url.Parse("http://127.0.0.1:1")
	if _, err := w.Discover(t.Context(), nowhere); advocacy.ReasonOf(err) != "NETWORK_UNREACHABLE" {
		t.Errorf("where nobody listens: %v", err)
	}
}

// TestWordsOfItsOwn: a network that does not say invalid_grant of what is spent is understood, and of
// nothing else.
func TestWordsOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *oauthtest.Server) {
		s.Wording, s.Refreshes, s.Life = []string{"invalid_request", "Value passed for the token was invalid."}, true, 7200
	})
	code := w.enter(t, "nadia").Get("code")
	if _, answer := w.Refresh(t.Context(), w.server, w.app, network.Grant{Refresh: "spent"}); answer.Class != network.Misconfigured {
		t.Errorf("words nobody knows are %s", answer.Class)
	}
	w.Spent = func(code, description string) bool {
		return code == "invalid_request" && strings.HasSuffix(description, "was invalid.")
	}
	g, err := w.Exchange(t.Context(), w.server, w.app, code, verifier, scopes)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Exchange(t.Context(), w.server, w.app, code, verifier, scopes); advocacy.ReasonOf(err) != "CODE_REFUSED" {
		t.Errorf("a code twice: %v", err)
	}
	for range 2 {
		if answer := w.Revoke(t.Context(), w.server, w.app, g.Refresh); answer.Class != network.Accepted || w.as.Owner(g.Access) != "" {
			t.Errorf("revoking is %s", answer.Class)
		}
	}
	if _, answer := w.Refresh(t.Context(), w.server, w.app, g); answer.Class != network.AuthExpired {
		t.Errorf("what is spent is %s", answer.Class)
	}
	w.as.Do(func(s *oauthtest.Server) { s.Wording[1] = "Missing required parameter [code_verifier]." })
	if _, answer := w.Refresh(t.Context(), w.server, w.app, g); answer.Class != network.Misconfigured {
		t.Errorf("a request that is wrong is %s", answer.Class)
	}
}

// TestProofless: a network that refuses proofs is given none, and one that takes them is.
func TestProofless(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *oauthtest.Server) { s.Proofless = true })
	w.Untyped, w.server.Unproven = true, true
	for _, unproven := range []bool{false, true} {
		code := w.enter(t, "nadia").Get("code")
		w.server.Unproven = unproven
		g, err := w.Exchange(t.Context(), w.server, w.app, code, verifier, scopes)
		if want := map[bool]string{true: "", false: "SERVER_UNSUITABLE"}[unproven]; advocacy.ReasonOf(err) != want || unproven && (w.as.Owner(g.Access) != "nadia" || len(g.Scopes) != 2) {
			t.Errorf("unproven %t: %v", unproven, err)
		}
		address, err := url.Parse(w.server.Entrance(w.app, network.Question{State: "st4te", Challenge: network.Challenge(verifier)}, scopes).Address)
		if err != nil || address.Query().Has("code_challenge") == unproven || address.Query().Get("state") != "st4te" {
			t.Errorf("unproven %t: sent to %s", unproven, address)
		}
	}
	code := w.enter(t, "nadia").Get("code")
	w.Untyped, w.server.Unproven = false, true
	if _, err := w.Exchange(t.Context(), w.server, w.app, code, verifier, scopes); advocacy.ReasonOf(err) != "NETWORK_UNREACHABLE" {
		t.Errorf("a token of no kind: %v", err)
	}
}

// TestKnown: only a clear no means that a server forgot us.
func TestKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.enter(t, "nadia")
	for mode, want := range map[oauthtest.Mode]bool{
		oauthtest.Honest: true, oauthtest.Broken: true, oauthtest.Busy: true, oauthtest.Unknowing: false,
	} {
		w.as.Do(func(s *oauthtest.Server) { s.Mode = mode })
		if got := w.Known(t.Context(), w.server, w.app); got != want {
			t.Errorf("%q: known %t", mode, got)
		}
	}
	w.as.Do(func(s *oauthtest.Server) { s.Mode = oauthtest.Broken })
	if answer := w.Revoke(t.Context(), w.server, w.app, "x"); answer.Class != network.Retryable {
		t.Errorf("revoking at a broken server is %s", answer.Class)
	}
	w.as.Do(func(s *oauthtest.Server) { s.Mode = oauthtest.Unknowing })
	if answer := w.Revoke(t.Context(), w.server, w.app, "x"); answer.Class != network.Permanent {
		t.Errorf("revoking what another client has is %s", answer.Class)
	}
	w.server.Revoke = nil
	if answer := w.Revoke(t.Context(), w.server, w.app, "x"); answer.Class != network.Accepted {
		t.Errorf("revoking where there is no such call is %s", answer.Class)
	}
}
