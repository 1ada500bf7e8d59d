package app_test

import (
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/network/wordpress/wordpresstest"
)

// TestPasswordIsEndedAtItsSite: whoever takes an account from here leaves no key to it at the network,
// though somebody made it there by hand.
func TestPasswordIsEndedAtItsSite(t *testing.T) {
	t.Parallel()
	s := sceneOn(t, "", 1, "wordpress")
	s.finish(t)
	s.judge(t)
	service := s.open(t)
	x := s.only(t, service)
	account, err := service.Store.Account(t.Context(), "acme", x.Account)
	ok(t, err)
	p := &people{Service: service, admin: account.Owner}
	_, err = service.Flow.DisconnectAccount(t.Context(), p.as(p.admin), "acme", account.ID)
	ok(t, err)
	ok(t, service.Close())
	c := spawn(t, s.environ()...)
	defer c.kill()
	s.until(t, func(*app.Service) bool { return s.wordpress.Ended(wordpresstest.Password) })
	s.until(t, func(service *app.Service) bool {
		kept, err := service.Store.Account(t.Context(), "acme", account.ID)
		return err == nil && kept.State == advocacy.AccountReconnect
	})
}
