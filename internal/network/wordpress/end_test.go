package wordpress

import (
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wordpress/wordpresstest"
)

// TestEnd: an application password is revoked at its site, once, and no other is; what the site does not
// say is asked again, and what it never will is not.
func TestEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*wordpresstest.Server)
		want   network.Class
		ended  bool
	}{
		"as documented":             {func(*wordpresstest.Server) {}, network.Accepted, true},
		"a site before 5.7":         {func(s *wordpresstest.Server) { s.Endless = 404 }, network.Permanent, false},
		"a user who may not":        {func(s *wordpresstest.Server) { s.Endless = 403 }, network.Permanent, false},
		"a site that is away":       {func(s *wordpresstest.Server) { s.Endless = 503 }, network.Retryable, false},
		"a site that is busy":       {func(s *wordpresstest.Server) { s.Endless = 429 }, network.RateLimited, false},
		"a site that sees no user":  {func(s *wordpresstest.Server) { s.Deaf = true }, network.Permanent, false},
		"a site that names no uuid": {func(s *wordpresstest.Server) { s.UUID = "../../posts/41" }, network.Permanent, false},
	} {
		server, s := open(t)
		server.Do(c.change)
		n := s.Adapter.(*Network)
		if got := n.End(t.Context(), s.Account, s.Credential); got.Class != c.want || server.Ended(wordpresstest.Password) != c.ended || server.Ended(wordpresstest.OtherPass) {
			t.Errorf("%s: %+v, ended %t", name, got, server.Ended(wordpresstest.Password))
		}
		if !c.ended {
			continue
		}
		if got := n.End(t.Context(), s.Account, s.Credential); got.Class != network.Accepted {
			t.Errorf("%s, once more: %+v", name, got)
		}
		if _, err := n.Connect(t.Context(), s.Account, s.Credential); err == nil {
			t.Errorf("%s: the site still takes the password", name)
		}
	}
}
