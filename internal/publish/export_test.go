package publish

import (
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Try asks a server that answers so, nothing when the class is empty, and returns why not.
func Try(l *Lanes, a *advocacy.SocialAccount, class network.Class) string {
	s := l.enter(a)
	defer s.close()
	if class != "" && s.closed == "" {
		s.asked(network.Answer{Class: class})
	}
	return s.closed
}
