package oauth

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// wellKnown is where a server says what it is (RFC 8414, 3).
const wellKnown = "/.well-known/oauth-authorization-server"

// metadata is what it says.
type metadata struct {
	Issuer     string   `json:"issuer"`
	SignIn     string   `json:"authorization_endpoint"`
	Token      string   `json:"token_endpoint"`
	Revoke     string   `json:"revocation_endpoint"`
	Challenges []string `json:"code_challenge_methods_supported"`
	IssuerTold bool     `json:"authorization_response_iss_parameter_supported"`
}

// Discover asks a server what it is. What it says counts for itself alone: it has to be the one
// that was asked, and everything it names has to be on it. A server that does not protect the
// code with PKCE is refused.
//
// Refusals are Invalid on social_account.address (SERVER_UNSUITABLE) or Unavailable
// (NETWORK_UNREACHABLE).
func (c *Client) Discover(ctx context.Context, server *url.URL) (Server, error) {
	asked := url.URL{Scheme: server.Scheme, Host: server.Host, Path: wellKnown}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, asked.String(), nil)
	if err != nil {
		return Server{}, err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "Imprimatur")
	answer, failure := c.Wire.Send(r)
	if failure != nil {
		return Server{}, refusal(unanswered(failure))
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= 500:
		return Server{}, refusal(network.Answer{Class: network.Retryable, Said: wire.Said(answer.StatusCode, "")})
	case answer.StatusCode != http.StatusOK:
		return Server{}, unsuitable("this server has no sign-in that protects the code: connect the account with a token")
	}
	var m metadata
	data, err := wire.Read(answer, answerLimit)
	if err != nil || json.Unmarshal(data, &m) != nil {
		return Server{}, unsuitable("what the server says of its sign-in cannot be read")
	}
	return m.server(server)
}

func (m metadata) server(asked *url.URL) (Server, error) {
	s := Server{Issuer: m.Issuer, IssuerTold: m.IssuerTold}
	issuer, err := own(asked, m.Issuer)
	if err != nil || strings.Trim(issuer.Path, "/") != "" || issuer.RawQuery != "" { // guard: a server speaks for itself alone
		return s, unsuitable("the server calls itself another one: connect the account with a token")
	}
	if !slices.Contains(m.Challenges, "S256") { // guard: a code that is caught is of no use
		return s, unsuitable("this server has no sign-in that protects the code: connect the account with a token")
	}
	var wrong [3]error
	s.SignIn, wrong[0] = own(asked, m.SignIn)
	s.Token, wrong[1] = own(asked, m.Token)
	if m.Revoke != "" {
		s.Revoke, wrong[2] = own(asked, m.Revoke)
	}
	for _, err := range wrong {
		if err != nil { // guard: secrets go to the server that was asked
			return s, unsuitable("the server's sign-in leads elsewhere: connect the account with a token")
		}
	}
	return s, nil
}

// own reads an address that has to be on a server.
func own(server *url.URL, raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != server.Scheme || !strings.EqualFold(u.Host, server.Host) || u.User != nil || u.Fragment != "" {
		return nil, fmt.Errorf("oauth: not on the server")
	}
	return u, nil
}

func unsuitable(message string) error {
	return advocacy.InvalidField("social_account.address", "SERVER_UNSUITABLE", "%s", message)
}

// problemOf is why the server refuses something, as far as it says.
func problemOf(r *http.Response) problem {
	var p problem
	if wire.ReadJSON(r, answerLimit, &p) != nil {
		return problem{}
	}
	return p
}

// codeLimit is longer than any code of an error that is registered.
const codeLimit = 40

// word is a code of an error if it has the form of one, "" otherwise.
func word(code string) string {
	if len(code) > codeLimit || strings.ContainsFunc(code, func(r rune) bool { return (r < 'a' || r > 'z') && r != '_' }) {
		return ""
	}
	return code
}
