package oauth_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/oauth"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// providerFolder names a folder in which `npm ci` installed what testdata/provider asks for.
const providerFolder = "IMPRIMATUR_TEST_OAUTH"

// provider is an authorization server that is not ours, and an app it knows.
type provider struct {
	*oauth.Client
	app    network.App
	at     *url.URL
	server oauth.Server
}

// TestTheirOwnProvider runs what the fake claims against oidc-provider, which is certified. It is
// skipped loudly where that is not installed.
func TestTheirOwnProvider(t *testing.T) {
	t.Parallel()
	folder := os.Getenv(providerFolder)
	if folder == "" {
		t.Skipf("SKIPPED, NOBODY SIGNED IN AT A SERVER OF SOMEBODY ELSE'S: copy testdata/provider somewhere, run npm ci there (some seconds, 5 MB), and set %s to that folder", providerFolder)
	}
	at := serveProvider(t, folder)
	for id, method := range map[string]oauth.Method{"by form": oauth.Form, "by:basic": oauth.Basic} {
		for name, test := range map[string]func(*testing.T, *provider){
			"a code is a grant, once":        grantedThere,
			"the next grant, once":           refreshedThere,
			"what is revoked is dead":        revokedThere,
			"a code without what it is from": guessedThere,
			"an app with a wrong secret":     unknownThere,
			"somebody says no":               deniedThere,
		} {
			t.Run(id+"/"+name, func(t *testing.T) {
				t.Parallel()
				p := &provider{at: at, Client: &oauth.Client{Method: method, Wire: wire.New(wire.Options{
					AllowedNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
				})}}
				p.app = network.App{ID: id, Secret: "a secret: 50% of nothing", Redirect: redirect}
				var err error
				if p.server, err = p.Discover(t.Context(), at); err != nil {
					t.Fatal(err)
				}
				if !p.server.IssuerTold || p.server.Issuer != at.String() || p.server.Revoke == nil {
					t.Fatalf("it says of itself %+v", p.server)
				}
				test(t, p)
			})
		}
	}
}

// serveProvider starts the server until the test ends.
func serveProvider(t *testing.T, folder string) *url.URL {
	t.Helper()
	script, err := os.ReadFile(filepath.Join("testdata", "provider", "serve.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "serve.mjs")
	if err := os.WriteFile(file, script, 0o600); err != nil {
		t.Fatal(err)
	}
	// It ends when its input does, which is after the tests that run beside each other.
	node := exec.CommandContext(context.WithoutCancel(t.Context()), "node", file, redirect)
	in, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	node.Stderr = &said
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = node.Wait()
	})
	line := bufio.NewScanner(out)
	if !line.Scan() {
		t.Fatalf("the server did not start: %s", said.String())
	}
	at, err := url.Parse(line.Text())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// browser is somebody's who signs in: it keeps cookies, and stops where the network sends it back.
func browser() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), redirect) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

// enter signs somebody in and returns what the server sends back.
func (p *provider) enter(t *testing.T) url.Values {
	t.Helper()
	b := browser()
	place := p.entrance(t, b)
	for _, form := range []url.Values{{"prompt": {"login"}, "login": {"nadia"}, "password": {"any"}}, {"prompt": {"consent"}}} {
		r, err := b.PostForm(place, form)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if back := r.Header.Get("Location"); back != "" {
			return p.sentBack(t, back)
		}
		place = r.Request.URL.String()
	}
	t.Fatalf("signing in ended at %s", place)
	return nil
}

// entrance opens the address an app sends somebody to, and returns where they say who they are.
func (p *provider) entrance(t *testing.T, b *http.Client) string {
	t.Helper()
	e := p.server.Entrance(p.app, network.Question{State: "st4te", Challenge: network.Challenge(verifier)}, scopes)
	r, err := b.Get(e.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK || !strings.HasPrefix(r.Request.URL.Path, "/interaction/") {
		t.Fatalf("the entrance is %s at %s", r.Status, r.Request.URL)
	}
	return r.Request.URL.String()
}

func (p *provider) sentBack(t *testing.T, location string) url.Values {
	t.Helper()
	u, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	back := u.Query()
	if back.Get("state") != "st4te" || back.Get("iss") != p.server.Issuer {
		t.Fatalf("the server sent back %v", back)
	}
	return back
}

// granted signs somebody in and gives the code back.
func (p *provider) granted(t *testing.T) (g network.Grant, code string) {
	t.Helper()
	code = p.enter(t).Get("code")
	g, err := p.Exchange(t.Context(), p.server, p.app, code, verifier, scopes)
	if err != nil {
		t.Fatal(err)
	}
	return g, code
}

// alive asks the server whether a token is one.
func (p *provider) alive(t *testing.T, token string) bool {
	t.Helper()
	form := url.Values{"token": {token}}
	if p.Method == oauth.Form {
		form.Set("client_id", p.app.ID)
		form.Set("client_secret", p.app.Secret)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.at.String()+"/token/introspection", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if p.Method == oauth.Basic {
		r.SetBasicAuth(url.QueryEscape(p.app.ID), url.QueryEscape(p.app.Secret))
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var said struct{ Active *bool }
	if err := json.NewDecoder(answer.Body).Decode(&said); err != nil || said.Active == nil {
		t.Fatalf("asked of a token it says %s, %v", answer.Status, err)
	}
	return *said.Active
}

func grantedThere(t *testing.T, p *provider) {
	g, code := p.granted(t)
	if !p.alive(t, g.Access) || g.Refresh == "" || g.ExpireTime.Before(p.Wire.Now()) || !slices.Equal(g.Scopes, scopes) {
		t.Errorf("granted was %v until %v, alive: %t", g.Scopes, g.ExpireTime, p.alive(t, g.Access))
	}
	refuses(t, "CODE_REFUSED", func() error {
		_, err := p.Exchange(t.Context(), p.server, p.app, code, verifier, scopes)
		return err
	})
	if p.alive(t, g.Access) {
		t.Error("a code that came twice leaves what it granted alive")
	}
}

func refreshedThere(t *testing.T, p *provider) {
	g, _ := p.granted(t)
	next, answer := p.Refresh(t.Context(), p.server, p.app, g)
	if answer.Class != network.Accepted || next.Refresh == g.Refresh || next.Access == g.Access || !p.alive(t, next.Access) {
		t.Fatalf("the next grant: %+v", answer)
	}
	// A token that is spent and comes again was stolen from one of two: the server ends both.
	if _, again := p.Refresh(t.Context(), p.server, p.app, g); again.Class != network.AuthExpired {
		t.Errorf("what is spent is answered %+v", again)
	}
	if _, after := p.Refresh(t.Context(), p.server, p.app, next); after.Class != network.AuthExpired || p.alive(t, next.Access) {
		t.Errorf("afterwards the next one is answered %+v", after)
	}
}

func revokedThere(t *testing.T, p *provider) {
	g, _ := p.granted(t)
	for _, token := range []string{g.Access, g.Refresh, "no token at all"} {
		if answer := p.Revoke(t.Context(), p.server, p.app, token); answer.Class != network.Accepted {
			t.Errorf("revoking is answered %+v", answer)
		}
	}
	if _, answer := p.Refresh(t.Context(), p.server, p.app, g); answer.Class != network.AuthExpired || p.alive(t, g.Access) {
		t.Errorf("what was revoked is answered %+v", answer)
	}
}

func guessedThere(t *testing.T, p *provider) {
	code := p.enter(t).Get("code")
	refuses(t, "CODE_REFUSED", func() error {
		_, err := p.Exchange(t.Context(), p.server, p.app, code, strings.Repeat("x", len(verifier)), scopes)
		return err
	})
	elsewhere := p.app
	elsewhere.Redirect += "/"
	code = p.enter(t).Get("code")
	refuses(t, "CODE_REFUSED", func() error {
		_, err := p.Exchange(t.Context(), p.server, elsewhere, code, verifier, scopes)
		return err
	})
}

func unknownThere(t *testing.T, p *provider) {
	code := p.enter(t).Get("code")
	p.app.Secret = "another"
	refuses(t, "SERVER_UNSUITABLE", func() error {
		_, err := p.Exchange(t.Context(), p.server, p.app, code, verifier, scopes)
		return err
	})
	if p.Known(t.Context(), p.server, p.app) {
		t.Error("an app with a wrong secret is taken for a known one")
	}
	if answer := p.Revoke(t.Context(), p.server, p.app, "t0ken"); answer.Class != network.Permanent {
		t.Errorf("revoking is answered %+v", answer)
	}
}

func deniedThere(t *testing.T, p *provider) {
	b := browser()
	r, err := b.Get(p.entrance(t, b) + "/abort")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if back := p.sentBack(t, r.Header.Get("Location")); back.Get("error") != "access_denied" || back.Get("code") != "" {
		t.Errorf("the server sent back %v", back)
	}
}

func refuses(t *testing.T, reason string, do func() error) {
	t.Helper()
	if err := do(); advocacy.ReasonOf(err) != reason {
		t.Errorf("it is answered %v, want %s", err, reason)
	}
}
