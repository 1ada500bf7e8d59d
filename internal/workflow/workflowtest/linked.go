package workflowtest

import (
	"context"
	"sync"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Linked is a Ledger whose accounts are connected with tokens.
type Linked struct {
	*Ledger
	mu     sync.Mutex
	asked  int
	before func()
}

// Link makes the house's Ledger a network of tokens, which knows the account of a token by
// the token: "token-of-x" is the account "x", on a server that drops repeated keys.
func Link(h *House, l *Ledger) *Linked {
	linked := &Linked{Ledger: l}
	h.Flow.Networks[LedgerName] = linked
	h.Worker.Networks[LedgerName] = linked
	return linked
}

// Asked returns how often the network was asked whose a token is.
func (l *Linked) Asked() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asked
}

// Meanwhile sets what happens while the network is asked.
func (l *Linked) Meanwhile(fn func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.before = fn
}

// CheckAddress implements network.Addressed.
func (*Linked) CheckAddress(string) error { return nil }

// Connect implements network.Linker.
func (l *Linked) Connect(_ context.Context, _ advocacy.SocialAccount, token []byte) (network.Profile, error) {
	l.mu.Lock()
	l.asked++
	before := l.before
	l.mu.Unlock()
	if before != nil {
		before()
	}
	const prefix = "token-of-"
	if len(token) <= len(prefix) || string(token[:len(prefix)]) != prefix {
		return network.Profile{}, advocacy.InvalidField("access_token", "TOKEN_REFUSED", "that is no token of ours")
	}
	name := string(token[len(prefix):])
	return network.Profile{ExternalID: name, Handle: "@" + name, Deduplicates: true}, nil
}
