package workflowtest

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// LedgerName names the network of a Ledger.
const LedgerName advocacy.Network = "ledger"

// Ledger is a network that keeps its own books of what it was sent: the judge of the
// tests, which never believes our database. It answers as it is told to.
type Ledger struct {
	mu     sync.Mutex
	caps   network.Capabilities
	answer func(d network.Delivery) network.Answer
	seeing func(d network.Delivery) network.Sighting
	taking func(d network.Delivery) network.Answer
	before func(d network.Delivery)
	sent   []network.Delivery
	gone   map[string]bool
}

// NewLedger returns a network that accepts everything, at most once by itself.
func NewLedger() *Ledger {
	return &Ledger{
		caps: network.Capabilities{Idempotency: network.AtMostOnce, ReadBack: true, Delete: true},
		gone: make(map[string]bool),
	}
}

// Capable sets what the network can do.
func (l *Ledger) Capable(c network.Capabilities) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.caps = c
}

// Answering sets the answer to each request; the request is booked in any case but a
// Retryable, RateLimited or Permanent answer.
func (l *Ledger) Answering(class network.Class) {
	l.AnsweringWith(func(network.Delivery) network.Answer {
		return network.Answer{Class: class, Said: advocacy.Worded("as told")}
	})
}

// AnsweringWith sets a function that answers.
func (l *Ledger) AnsweringWith(fn func(network.Delivery) network.Answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answer = fn
}

// SeeingWith sets a function that looks.
func (l *Ledger) SeeingWith(fn func(network.Delivery) network.Sighting) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seeing = fn
}

// DeletingWith sets a function that answers who takes something back.
func (l *Ledger) DeletingWith(fn func(network.Delivery) network.Answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taking = fn
}

// Before sets what happens when a request arrives, before it is booked.
func (l *Ledger) Before(fn func(network.Delivery)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.before = fn
}

// Sent returns every request that was booked.
func (l *Ledger) Sent() []network.Delivery {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]network.Delivery(nil), l.sent...)
}

// Name implements network.Connector.
func (*Ledger) Name() advocacy.Network { return LedgerName }

// Capabilities implements network.Connector.
func (l *Ledger) Capabilities() network.Capabilities {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.caps
}

// Render implements network.Connector.
func (*Ledger) Render(c advocacy.Content, language string, _ network.Disclosures) (advocacy.Rendering, []advocacy.Finding) {
	text, _ := c.TextFor(LedgerName, language)
	return advocacy.Rendering{Network: LedgerName, Language: language, Text: text, Link: c.Link}, nil
}

// Encode implements network.Connector.
func (*Ledger) Encode(e network.Envelope) ([]byte, error) {
	return json.Marshal(map[string]any{"digest": e.Digest, "rendering": e.Target.Rendering})
}

// Publish implements network.Publisher.
func (l *Ledger) Publish(_ context.Context, d network.Delivery) network.Answer {
	l.mu.Lock()
	before := l.before
	l.mu.Unlock()
	if before != nil {
		before(d)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	a := network.Answer{Class: network.Accepted, ExternalID: d.Key, URL: "http://ledger.test/" + d.Key}
	if l.answer != nil {
		a = l.answer(d)
	}
	switch a.Class {
	case network.Retryable, network.RateLimited, network.Permanent, network.AuthExpired, network.Misconfigured:
	default:
		l.sent = append(l.sent, d)
	}
	return a
}

// Look implements network.Publisher.
func (l *Ledger) Look(_ context.Context, d network.Delivery) network.Sighting {
	l.mu.Lock()
	seeing := l.seeing
	l.mu.Unlock()
	if seeing != nil {
		return seeing(d)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.sent {
		if s.Key == d.Key {
			return network.Sighting{Readable: true, Found: true, ExternalID: s.Key, URL: "http://ledger.test/" + s.Key}
		}
	}
	return network.Sighting{Readable: true}
}

// Delete implements network.Publisher.
func (l *Ledger) Delete(_ context.Context, d network.Delivery) network.Answer {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gone[d.Key] = true
	if l.taking != nil {
		return l.taking(d)
	}
	return network.Answer{Class: network.Accepted}
}

// Deleted tells whether the network was asked to take the key back.
func (l *Ledger) Deleted(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.gone[key]
}
