package oauth

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// Method is how a client proves to a server who it is.
type Method int

const (
	// Form sends id and secret in the form.
	Form Method = iota
	// Basic sends them by HTTP Basic, each escaped as in a form (RFC 6749, 2.3.1).
	Basic
)

// Server is where a network's authorization server is reached.
type Server struct {
	// Issuer is the server's own name, "" when it has none.
	Issuer string
	// IssuerTold: it says its name in each answer (RFC 9207).
	IssuerTold bool
	// SignIn, Token and Revoke are addresses; Revoke may be empty.
	SignIn *url.URL
	Token  *url.URL
	Revoke *url.URL
	// Unproven: it takes no challenge, and refuses whoever gives a code back with a verifier. The code
	// is held by the client's secret and by the state that came with it alone.
	Unproven bool
	// Commas: scopes are told apart by commas, and not by spaces.
	Commas bool
}

// Client speaks to authorization servers. It is safe for concurrent use.
type Client struct {
	Wire *wire.Client
	// Method is how the network wants its clients to prove who they are.
	Method Method
	// Spent tells from an error and its description that a code or a token is good no more, of a
	// network that says so otherwise than by invalid_grant; nil for none.
	Spent func(code, description string) bool
	// Untyped: the network may leave out what kind its tokens are, which is bearer.
	Untyped bool
}

// Entrance is where somebody signs in for an app and comes back with a code.
func (s Server) Entrance(app network.App, q network.Question, scopes []string) network.Entrance {
	u := *s.SignIn
	form := u.Query()
	between := " "
	if s.Commas {
		between = ","
	}
	for name, value := range map[string]string{
		"response_type": "code", "client_id": app.ID, "redirect_uri": app.Redirect, "scope": strings.Join(scopes, between), "state": q.State,
	} {
		form.Set(name, value)
	}
	if !s.Unproven { // guard: a code is of use to who asked for it
		form.Set("code_challenge", q.Challenge)
		form.Set("code_challenge_method", "S256")
	}
	u.RawQuery = form.Encode()
	return network.Entrance{Address: u.String(), Issuer: s.Issuer, IssuerTold: s.IssuerTold}
}

// answerLimit is the most that is read of an answer, in bytes.
const answerLimit = 256 << 10

// token is an answer of the token endpoint (RFC 6749, 5.1 and 5.2).
type token struct {
	Access    string      `json:"access_token"`
	Kind      string      `json:"token_type"`
	Refresh   string      `json:"refresh_token"`
	ExpiresIn json.Number `json:"expires_in"`
	Scope     string      `json:"scope"`
	problem
}

// problem is why a server refuses something.
type problem struct {
	Error string `json:"error"`
	// Description is never repeated: it may hold what the server was sent.
	Description string `json:"error_description"`
}

// spent tells whether a code or a token is good no more.
func (c *Client) spent(p problem) bool {
	return p.Error == "invalid_grant" || c.Spent != nil && c.Spent(p.Error, p.Description)
}

// Exchange gives a code back for a grant that has the scopes.
func (c *Client) Exchange(ctx context.Context, s Server, app network.App, code, verifier string, scopes []string) (network.Grant, error) {
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {app.Redirect}}
	if !s.Unproven {
		form.Set("code_verifier", verifier)
	}
	t, answer := c.ask(ctx, s.Token, app, form)
	if answer.Class != network.Accepted {
		return network.Grant{}, refusal(answer)
	}
	g := c.grant(t, app, scopes)
	for _, needed := range scopes {
		if !slices.Contains(g.Scopes, needed) { // guard: what was not granted is not taken for granted
			return network.Grant{}, refused("The network granted less than was asked for: say yes to all of it.")
		}
	}
	return g, nil
}

// Refresh asks for the grant after one.
func (c *Client) Refresh(ctx context.Context, s Server, app network.App, old network.Grant) (network.Grant, network.Answer) {
	if old.Refresh == "" {
		return network.Grant{}, network.Answer{Class: network.AuthExpired, Said: network.Say(advocacy.AnswerNoNewToken)}
	}
	t, answer := c.ask(ctx, s.Token, app, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {old.Refresh}})
	if answer.Class != network.Accepted {
		return network.Grant{}, answer
	}
	g := c.grant(t, app, old.Scopes)
	if g.Refresh == "" { // RFC 6749, 6: the server may leave the old one standing
		g.Refresh = old.Refresh
	}
	return g, answer
}

// Revoke ends a token at the server (RFC 7009). A server without such a call has nothing to end.
func (c *Client) Revoke(ctx context.Context, s Server, app network.App, tok string) network.Answer {
	if s.Revoke == nil || tok == "" {
		return network.Answer{Class: network.Accepted}
	}
	r, failure := c.Wire.Send(c.post(ctx, s.Revoke, app, url.Values{"token": {tok}}))
	if failure != nil {
		return network.Answer{Class: network.Retryable, Said: failure.Said}
	}
	defer r.Body.Close()
	p := problemOf(r)
	switch said := word(p.Error); {
	case r.StatusCode == http.StatusOK || r.StatusCode == http.StatusNoContent:
		return network.Answer{Class: network.Accepted}
	case r.StatusCode == http.StatusTooManyRequests || r.StatusCode >= 500:
		return network.Answer{Class: network.Retryable, Said: wire.Said(r.StatusCode, said), RetryTime: c.Wire.RetryTime(r.Header)}
	case c.spent(p): // it knows nothing of the token any more
		return network.Answer{Class: network.Accepted}
	default:
		return network.Answer{Class: network.Permanent, Said: wire.Said(r.StatusCode, said)}
	}
}

// Known tells whether a server still knows an app: it gives it a token of its own. Without a
// clear no it does.
func (c *Client) Known(ctx context.Context, s Server, app network.App) bool {
	_, answer := c.ask(ctx, s.Token, app, url.Values{"grant_type": {"client_credentials"}})
	return answer.Class != network.Misconfigured
}

// grant reads an answer; a server that does not say what it granted granted what was asked.
func (c *Client) grant(t token, app network.App, scopes []string) network.Grant {
	g := network.Grant{Access: t.Access, Refresh: t.Refresh, Client: app.ID, Scopes: scopes}
	if t.Scope != "" {
		g.Scopes = strings.FieldsFunc(t.Scope, func(r rune) bool { return r == ' ' || r == ',' })
	}
	if seconds, err := t.ExpiresIn.Int64(); err == nil && seconds > 0 {
		g.ExpireTime = c.Wire.Now().UTC().Add(time.Duration(min(seconds, longestLife)) * time.Second)
	}
	return g
}

// longestLife is the longest life of a token that is believed, in seconds: ten years.
const longestLife = 10 * 365 * 24 * 3600

// ask sends a form to the token endpoint, once.
func (c *Client) ask(ctx context.Context, to *url.URL, app network.App, form url.Values) (token, network.Answer) {
	r, failure := c.Wire.Send(c.post(ctx, to, app, form))
	if failure != nil {
		return token{}, unanswered(failure)
	}
	defer r.Body.Close()
	var t token
	data, err := wire.Read(r, answerLimit)
	if err == nil {
		err = json.Unmarshal(data, &t)
	}
	if r.StatusCode != http.StatusOK {
		return token{}, c.refusedBy(r, t.problem)
	}
	bearer := strings.EqualFold(t.Kind, "bearer") || c.Untyped && t.Kind == ""
	if err != nil || !printable(t.Access) || t.Refresh != "" && !printable(t.Refresh) || !bearer {
		// A token there may have been: it is lost.
		return token{}, network.Answer{Class: network.UnknownOutcome, Said: network.Say(advocacy.AnswerUnreadable)}
	}
	return t, network.Answer{Class: network.Accepted}
}

func unanswered(f *wire.Failure) network.Answer {
	switch {
	case f.Forbidden:
		return network.Answer{Class: network.Misconfigured, Said: f.Said}
	case !f.Sent:
		return network.Answer{Class: network.Retryable, Said: f.Said}
	default:
		return network.Answer{Class: network.UnknownOutcome, Said: f.Said}
	}
}

// refusedBy classifies an answer without a token (RFC 6749, 5.2).
func (c *Client) refusedBy(r *http.Response, p problem) network.Answer {
	answer := network.Answer{Class: network.UnknownOutcome, Said: wire.Said(r.StatusCode, word(p.Error))}
	switch code := p.Error; {
	case r.StatusCode == http.StatusTooManyRequests:
		answer.Class, answer.RetryTime = network.RateLimited, c.Wire.RetryTime(r.Header)
	case r.StatusCode >= 500:
	case c.spent(p):
		answer.Class = network.AuthExpired
	case code == "invalid_client" || code == "unauthorized_client" || code == "unsupported_grant_type" || code == "invalid_scope" ||
		code == "invalid_request":
		answer.Class = network.Misconfigured
	}
	return answer
}

// post builds a request with the client's proof of who it is.
func (c *Client) post(ctx context.Context, to *url.URL, app network.App, form url.Values) *http.Request {
	if c.Method == Form {
		form.Set("client_id", app.ID)
		form.Set("client_secret", app.Secret)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), strings.NewReader(form.Encode()))
	if err != nil {
		panic("oauth: POST is no method") // the address was parsed before
	}
	if c.Method == Basic {
		r.SetBasicAuth(url.QueryEscape(app.ID), url.QueryEscape(app.Secret))
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "Imprimatur")
	return r
}

// printable tells whether a token can stand in a header.
func printable(s string) bool {
	return s != "" && len(s) <= 8192 && !strings.ContainsFunc(s, func(r rune) bool { return r < '!' || r > '~' })
}

// refusal is an answer as the error of whoever connects an account.
func refusal(a network.Answer) error {
	switch a.Class {
	case network.AuthExpired:
		return refused("The network does not take this code: it is used, too old, or of somebody else. " + a.Said.Text).Because(a.Said)
	case network.Misconfigured:
		return advocacy.InvalidField("social_account.address", "SERVER_UNSUITABLE", "the network does not take our application. %s", a.Said.Text).Because(a.Said)
	default:
		return a.Unreachable(" Begin again later.")
	}
}

func refused(message string) *advocacy.Error {
	return advocacy.InvalidField("code", "CODE_REFUSED", "%s", message)
}
