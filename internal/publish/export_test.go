package publish

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Try asks a server that answers so, nothing when the class is empty, and returns why not.
func Try(l *Lanes, a *advocacy.SocialAccount, class network.Class) string {
	s := l.enter(context.Background(), serverOf(a, network.Capabilities{}))
	defer s.close()
	if class != "" && s.closed == "" {
		s.asked(network.Answer{Class: class})
	}
	return s.closed
}

// Enter takes a seat and returns what leaves it.
func Enter(l *Lanes, a *advocacy.SocialAccount) func() {
	return l.enter(context.Background(), serverOf(a, network.Capabilities{})).close
}

// SameServer tells whether two accounts of a network are at one server.
func SameServer(a, b *advocacy.SocialAccount, at network.Capabilities) bool {
	return serverOf(a, at) == serverOf(b, at)
}
