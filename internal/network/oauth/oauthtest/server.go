// Package oauthtest is an authorization server that keeps to RFC 6749, 7636, 8414, 9207 and 7009,
// with books of its own, and lies when told to. It shares nothing with the client it tests: what
// it gave and to whom, and not what we keep, says what is good.
//
// What it does has these sources:
//
//   - RFC 6749: a client that proves itself by Basic (2.3.1), a scope that is less than was asked for (3.3, Narrow), who said No
//     (4.1.2.1), expires_in (5.1, Life), invalid_grant and invalid_client (5.2, Refusing, Unknowing), refresh tokens and whether
//     the next takes the place of the last (6, Refreshes, Lasting);
//   - RFC 8414: what a server says of itself, its Issuer first; Mastodon before 4.3 says nothing (NoMetadata, NoPKCE);
//   - RFC 9207: iss in an answer (TellsIssuer), and what mixes servers up without it (Elsewhere, Says);
//   - RFC 6585 section 4: 429 (Busy);
//   - UsefulSoftwareCo/executor issue 2087: a server that knows no challenges (Proofless); developers.facebook.com/docs/threads/get-started:
//     scopes with Commas; d3xt3r2909/linkedin_login issue 77 and PLhery/node-twitter-api-v2 issue 496: Wording of their own.
//
// Lost, Silent, Garbage, Broken, Moved, Unchecked and Swap are documented nowhere: any server, or what stands
// before it, may do so. URL and Before are hands of a test.
package oauthtest

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Mode is how the server answers the token endpoint.
type Mode string

// The modes. All but Honest stay until they are changed.
const (
	// Honest does what is documented.
	Honest Mode = ""
	// Lost gives a grant and ends the connection without an answer.
	Lost Mode = "lost"
	// Silent gives a grant and never answers.
	Silent Mode = "silent"
	// Garbage gives a grant and answers 200 with something else.
	Garbage Mode = "garbage"
	// Broken gives nothing and answers 500.
	Broken Mode = "broken"
	// Busy gives nothing and answers 429.
	Busy Mode = "busy"
	// Refusing gives nothing and answers invalid_grant, with the secrets it was sent in its words.
	Refusing Mode = "refusing"
	// Unknowing knows no client.
	Unknowing Mode = "unknowing"
	// Moved answers 307 to another host.
	Moved Mode = "moved"
)

// Server is one authorization server. Its fields may be changed under Do while it runs.
type Server struct {
	// URL is where it is reached, without a slash at the end; it is set before the first call.
	URL string
	// Issuer is what it calls itself; "" for URL and a slash, as Mastodon does.
	Issuer string
	// Elsewhere replaces the address of the token endpoint in what it says of itself.
	Elsewhere string
	// NoMetadata, NoPKCE: it says nothing of itself, or nothing of challenges.
	NoMetadata, NoPKCE bool
	// TellsIssuer puts iss into its answers; Says replaces what it puts there.
	TellsIssuer bool
	Says        string
	// Unchecked: it takes any verifier, and a code any number of times.
	Unchecked bool
	// Proofless: it knows no challenges, and refuses a client that gives a code back with a verifier,
	// as LinkedIn does (UsefulSoftwareCo/executor issue 2087). Its answers have no token_type, and
	// commas between scopes.
	Proofless bool
	// Commas: scopes are told apart by commas, as Threads and Instagram have it.
	Commas bool
	// No is what it says of who said no; access_denied when empty.
	No string
	// Basic wants clients to prove themselves by HTTP Basic, and not in the form.
	Basic bool
	// Life is expires_in, in seconds, 0 for none; Refreshes gives refresh tokens, which are good
	// once unless Lasting.
	Life      int
	Refreshes bool
	Lasting   bool
	// Narrow grants these scopes whatever was asked for.
	Narrow string
	// Swap gives tokens of this account, whoever signed in.
	Swap string
	Mode Mode
	// Wording is what it says of a code or a token that is good no more, as error and
	// error_description; nil for invalid_grant. A server with words of its own refuses to end a
	// token it does not know.
	Wording []string
	// Before happens at each call of the token endpoint, before it is answered.
	Before func(form url.Values)

	mu       sync.Mutex
	apps     map[string]app
	codes    map[string]*code
	grants   []*grant
	asked    []string
	revoked  []string
	end      chan struct{}
	stopping sync.Once
}

type app struct{ secret, redirect, scopes string }

type code struct {
	client, redirect, challenge, account, scopes string
	used                                         bool
}

type grant struct {
	access, refresh, account, client, scopes string
	dead, spent                              bool
}

// New returns a server that is not reached anywhere yet.
func New() *Server {
	return &Server{apps: make(map[string]app), codes: make(map[string]*code), end: make(chan struct{})}
}

// Stop lets go of the calls that are never answered.
func (s *Server) Stop() { s.stopping.Do(func() { close(s.end) }) }

// Do changes the server.
func (s *Server) Do(change func(*Server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// Handle puts the server's calls on a mux.
func (s *Server) Handle(mux *http.ServeMux) {
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", s.metadata)
	s.HandleAt(mux, "/oauth/authorize", "/oauth/token", "/oauth/revoke")
}

// HandleAt puts them at paths of somebody's choice on a mux, for a server that says nothing of
// itself; revoke may be empty.
func (s *Server) HandleAt(mux *http.ServeMux, authorize, token, revoke string) {
	mux.HandleFunc("GET "+authorize, s.authorize)
	mux.HandleFunc("POST "+token, s.token)
	if revoke != "" {
		mux.HandleFunc("POST "+revoke, s.revoke)
	}
}

// random is a secret of a kind.
func random(kind string) string { return kind + "-" + rand.Text() }

// Register makes a client, which comes back to one redirect with these scopes at most.
func (s *Server) Register(redirect, scopes string) (id, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, secret = random("client"), random("secret")
	s.apps[id] = app{secret, redirect, scopes}
	return id, secret
}

// Forget makes the server know no client any more.
func (s *Server) Forget() {
	s.Do(func(s *Server) { clear(s.apps) })
}

// Clients returns how many clients there are.
func (s *Server) Clients() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.apps)
}

// Asked returns the kinds of grants the token endpoint was asked for, in their order.
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// Revoked returns the tokens that were ended by a call.
func (s *Server) Revoked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.revoked)
}

// Owner returns whose token it is, "" for nobody's.
func (s *Server) Owner(access string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.grants {
		if g.access == access && !g.dead {
			return g.account
		}
	}
	return ""
}

// Secrets returns everything the server gave to somebody, for whoever looks where it may not be.
func (s *Server) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Collect(maps.Keys(s.codes))
	for _, a := range s.apps {
		all = append(all, a.secret)
	}
	for _, g := range s.grants {
		all = append(all, g.access)
		if g.refresh != "" {
			all = append(all, g.refresh)
		}
	}
	return all
}

// End makes the tokens of an account dead, as its owner does at the network; with all also what
// asks for the next one.
func (s *Server) End(account string, all bool) {
	s.Do(func(s *Server) {
		for _, g := range s.grants {
			if g.account == account {
				g.dead, g.spent = true, g.spent || all
			}
		}
	})
}

// SignIn plays the browser of somebody who opens the address and says yes, and returns what the
// server sends back to the redirect.
func (s *Server) SignIn(t testing.TB, address, account string) url.Values {
	t.Helper()
	return s.visit(t, address, url.Values{"account": {account}})
}

// Deny plays the browser of somebody who says no.
func (s *Server) Deny(t testing.TB, address string) url.Values {
	t.Helper()
	return s.visit(t, address, url.Values{"deny": {"1"}})
}

func (s *Server) visit(t testing.TB, address string, form url.Values) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	maps.Copy(q, form)
	u.RawQuery = q.Encode()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, u.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.DefaultTransport.RoundTrip(request) // which follows no redirect
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	to, err := url.Parse(r.Header.Get("Location"))
	if r.StatusCode != http.StatusFound || err != nil || to.Host == "" {
		t.Fatalf("the server shows its visitor %d and leads nowhere", r.StatusCode)
	}
	return to.Query()
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (s *Server) issuer() string {
	if s.Issuer != "" {
		return s.Issuer
	}
	return s.URL + "/"
}

func (s *Server) metadata(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.NoMetadata {
		http.NotFound(w, r)
		return
	}
	said := map[string]any{
		"issuer": s.issuer(), "authorization_endpoint": s.URL + "/oauth/authorize", "token_endpoint": s.URL + "/oauth/token",
		"revocation_endpoint": s.URL + "/oauth/revoke", "response_types_supported": []string{"code"},
		"authorization_response_iss_parameter_supported": s.TellsIssuer,
	}
	if !s.NoPKCE {
		said["code_challenge_methods_supported"] = []string{"S256"}
	}
	if s.Elsewhere != "" {
		said["token_endpoint"] = s.Elsewhere
	}
	answer(w, http.StatusOK, said)
}

// authorize answers the browser: an error page as long as the redirect is not the client's own.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	a, known := s.apps[q.Get("client_id")]
	if !known || q.Get("redirect_uri") != a.redirect {
		http.Error(w, "unknown client or redirect", http.StatusBadRequest)
		return
	}
	back := url.Values{"state": {q.Get("state")}}
	if s.TellsIssuer {
		back.Set("iss", s.issuer())
	}
	if s.Says != "" {
		back.Set("iss", s.Says)
	}
	switch {
	case q.Get("deny") != "":
		back.Set("error", cmp.Or(s.No, "access_denied"))
	case q.Get("response_type") != "code" || !s.Proofless && (q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43):
		back.Set("error", "invalid_request")
	case !within(s.scopes(q.Get("scope")), a.scopes):
		back.Set("error", "invalid_scope")
	default:
		c := random("code")
		s.codes[c] = &code{
			client: q.Get("client_id"), redirect: a.redirect, challenge: q.Get("code_challenge"), account: q.Get("account"), scopes: q.Get("scope"),
		}
		back.Set("code", c)
	}
	w.Header().Set("Location", a.redirect+"?"+back.Encode())
	w.WriteHeader(http.StatusFound)
}

// scopes are what was asked for, apart by spaces.
func (s *Server) scopes(asked string) string {
	if s.Commas {
		return strings.ReplaceAll(asked, ",", " ")
	}
	return asked
}

func within(asked, most string) bool {
	for _, scope := range strings.Fields(asked) {
		if !slices.Contains(strings.Fields(most), scope) {
			return false
		}
	}
	return asked != ""
}

// client returns who a request is of, "" when it did not prove it.
func (s *Server) client(r *http.Request) string {
	id, secret := r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	if s.Basic {
		if id != "" || secret != "" {
			return ""
		}
		user, password, _ := r.BasicAuth()
		id, _ = url.QueryUnescape(user)
		secret, _ = url.QueryUnescape(password)
	}
	if a, known := s.apps[id]; !known || a.secret != secret || s.Mode == Unknowing {
		return ""
	}
	return id
}

func refuse(w http.ResponseWriter, status int, code string) {
	answer(w, status, map[string]string{"error": code, "error_description": "The provided authorization grant is invalid."})
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = r.ParseForm()
	s.asked = append(s.asked, r.PostForm.Get("grant_type"))
	if before := s.Before; before != nil {
		s.mu.Unlock()
		before(r.PostForm)
		s.mu.Lock()
	}
	switch s.Mode {
	case Broken:
		refuse(w, http.StatusInternalServerError, "server_error")
		return
	case Busy:
		w.Header().Set("Retry-After", "60")
		refuse(w, http.StatusTooManyRequests, "slow_down")
		return
	case Moved:
		w.Header().Set("Location", "http://elsewhere.example/oauth/token")
		w.WriteHeader(http.StatusTemporaryRedirect)
		return
	case Refusing:
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": r.PostForm.Encode()})
		return
	}
	client := s.client(r)
	if client == "" || s.Proofless && r.PostForm.Has("code_verifier") {
		refuse(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	given := s.give(client, r.PostForm)
	if given == nil {
		s.refuseSpent(w)
		return
	}
	s.tell(w, r, given)
}

func (s *Server) refuseSpent(w http.ResponseWriter) {
	if s.Wording == nil {
		refuse(w, http.StatusBadRequest, "invalid_grant")
		return
	}
	answer(w, http.StatusBadRequest, map[string]string{"error": s.Wording[0], "error_description": s.Wording[1]})
}

// give makes the grant that was asked for, nil for none.
func (s *Server) give(client string, form url.Values) *grant {
	switch form.Get("grant_type") {
	case "client_credentials":
		return s.add("", client, "read")
	case "authorization_code":
		c := s.codes[form.Get("code")]
		if c == nil || c.client != client || c.redirect != form.Get("redirect_uri") {
			return nil
		}
		sum := sha256.Sum256([]byte(form.Get("code_verifier")))
		if s.Proofless && c.used {
			return nil
		}
		if !s.Unchecked && !s.Proofless && (c.used || base64.RawURLEncoding.EncodeToString(sum[:]) != c.challenge) {
			return nil
		}
		c.used = true
		return s.add(c.account, client, c.scopes)
	case "refresh_token":
		i := slices.IndexFunc(s.grants, func(g *grant) bool {
			return g.refresh != "" && g.refresh == form.Get("refresh_token") && !g.spent && g.client == client
		})
		if i < 0 {
			return nil
		}
		old := s.grants[i]
		old.dead, old.spent = true, !s.Lasting
		fresh := s.add(old.account, client, old.scopes)
		if s.Lasting {
			fresh.refresh = old.refresh
			old.spent = true
		}
		return fresh
	}
	return nil
}

func (s *Server) add(account, client, scopes string) *grant {
	g := &grant{access: random("access"), account: account, client: client, scopes: scopes}
	if s.Swap != "" {
		g.account = s.Swap
	}
	if s.Narrow != "" {
		g.scopes = s.Narrow
	}
	if s.Refreshes && account != "" {
		g.refresh = random("refresh")
	}
	s.grants = append(s.grants, g)
	return g
}

// tell answers with a grant that exists.
func (s *Server) tell(w http.ResponseWriter, r *http.Request, g *grant) {
	switch s.Mode {
	case Lost:
		panic(http.ErrAbortHandler)
	case Silent:
		s.mu.Unlock()
		defer s.mu.Lock()
		select {
		case <-r.Context().Done():
		case <-s.end:
		}
	case Garbage:
		_, _ = w.Write([]byte("<html>Welcome!</html>"))
	default:
		said := map[string]any{"access_token": g.access, "token_type": "Bearer", "scope": g.scopes, "created_at": 1764000000}
		if s.Proofless {
			delete(said, "token_type")
			said["scope"] = strings.ReplaceAll(g.scopes, " ", ",")
		}
		if s.Life > 0 {
			said["expires_in"] = s.Life
		}
		if g.refresh != "" {
			said["refresh_token"] = g.refresh
		}
		answer(w, http.StatusOK, said)
	}
}

// revoke ends a grant by either of its tokens, and answers 200 also for one it does not know.
func (s *Server) revoke(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = r.ParseForm()
	if s.Mode == Broken {
		refuse(w, http.StatusInternalServerError, "server_error")
		return
	}
	client := s.client(r)
	if client == "" {
		refuse(w, http.StatusForbidden, "unauthorized_client")
		return
	}
	known := false
	for _, g := range s.grants {
		if t := r.PostForm.Get("token"); t != "" && (g.access == t || g.refresh == t) && g.client == client && !(s.Wording != nil && g.dead && g.spent) {
			g.dead, g.spent, known = true, true, true
			s.revoked = append(s.revoked, t)
		}
	}
	if !known && s.Wording != nil {
		s.refuseSpent(w)
		return
	}
	answer(w, http.StatusOK, map[string]string{})
}
