package workflowtest

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// SignIn is a Linked whose accounts are connected by signing in there. Its codes and tokens say
// whose they are; its fields are set before it is used, or while nobody uses it.
type SignIn struct {
	*Linked
	// Entrance is what it says of itself; the address is its own.
	Entrance network.Entrance
	// First is the form of the grants it gives for a code.
	First network.Grant
	// Next answers a refresh; nil gives tokens that go on working, with a next refresh token.
	Next func(old network.Grant) (network.Grant, network.Answer)
	// Twice: a refresh token stays good.
	Twice bool
	// Revoking is the class of the answer to a revocation, Accepted when empty.
	Revoking network.Class
	// Exchanging happens before a code is taken.
	Exchanging func()

	mu         sync.Mutex
	challenges map[string]string
	used       map[string]bool
	exchanges  int
	refreshes  []string
	revoked    []string
}

// SignInAt makes the house's Ledger a network that people sign in to.
func SignInAt(h *House, l *Ledger) *SignIn {
	s := &SignIn{Linked: Link(h, l), challenges: make(map[string]string), used: make(map[string]bool)}
	h.Flow.Networks[LedgerName] = s
	h.Worker.Networks[LedgerName] = s
	return s
}

// Capabilities implements network.Connector.
func (s *SignIn) Capabilities() network.Capabilities {
	c := s.Linked.Capabilities()
	c.RefreshTwice = s.Twice
	return c
}

// Authorize implements network.Authorizer.
func (s *SignIn) Authorize(_ context.Context, _ advocacy.SocialAccount, q network.Question) (network.Entrance, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.challenges[q.Challenge] = q.State
	e := s.Entrance
	e.Address = "https://ledger.test/sign-in?" + url.Values{"state": {q.State}, "challenge": {q.Challenge}}.Encode()
	return e, nil
}

// Answer plays somebody's browser at an address: it says yes as an account.
func (s *SignIn) Answer(tb testing.TB, address, account string) (state, code string) {
	tb.Helper()
	u, err := url.Parse(address)
	must(tb, err)
	state = u.Query().Get("state")
	return state, "code-of-" + account + "-for-" + u.Query().Get("challenge")
}

// Exchange implements network.Authorizer: a code is good once, and for its verifier.
func (s *SignIn) Exchange(_ context.Context, _ advocacy.SocialAccount, code, verifier string) (network.Grant, error) {
	s.mu.Lock()
	before := s.Exchanging
	s.mu.Unlock()
	if before != nil {
		before()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exchanges++
	account, challenge, _ := strings.Cut(strings.TrimPrefix(code, "code-of-"), "-for-")
	if s.used[code] || challenge != network.Challenge(verifier) {
		return network.Grant{}, advocacy.InvalidField("code", "CODE_REFUSED", "that is no code of ours")
	}
	s.used[code] = true
	g := s.First
	g.Access, g.Client = "token-of-"+account, "client"
	return g, nil
}

// Exchanges returns how often a code was brought.
func (s *SignIn) Exchanges() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.exchanges
}

// Refresh implements network.Authorizer.
func (s *SignIn) Refresh(_ context.Context, _ advocacy.SocialAccount, old network.Grant) (network.Grant, network.Answer) {
	s.mu.Lock()
	s.refreshes = append(s.refreshes, old.Refresh)
	next := s.Next
	s.mu.Unlock()
	if next != nil {
		return next(old)
	}
	fresh := old
	fresh.Access, fresh.Refresh, fresh.Trial = old.Access+"+", old.Refresh+"+", false
	return fresh, network.Answer{Class: network.Accepted}
}

// Refreshes returns what the next tokens were asked with.
func (s *SignIn) Refreshes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.refreshes...)
}

// Revoke implements network.Authorizer.
func (s *SignIn) Revoke(_ context.Context, _ advocacy.SocialAccount, g network.Grant) network.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = append(s.revoked, g.Access)
	if s.Revoking != "" {
		return network.Answer{Class: s.Revoking, Said: advocacy.Worded("as told")}
	}
	return network.Answer{Class: network.Accepted}
}

// Revoked returns the tokens it was told to end.
func (s *SignIn) Revoked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.revoked...)
}
