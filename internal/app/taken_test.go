package app_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
)

// TestHoldWhileEverythingIsTaken (F25): when every connection to PostgreSQL is taken a call is sent away
// with a time to come again, and a hold is acknowledged and in force.
func TestHoldWhileEverythingIsTaken(t *testing.T) {
	t.Parallel()
	s := startAs(t, newDir(t), app.Options{Patience: time.Second}, func(c *config.Config) { c.Database = config.Secret(newPostgres(t)) })
	admin := s.install(t)
	pool := s.Store.SQLWriter()
	for range pool.Stats().MaxOpenConnections {
		c, err := pool.Conn(t.Context())
		ok(t, err)
		defer c.Close()
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.base+"/v1/workspaces/acme/topics", nil)
	ok(t, err)
	request.Header.Set("Authorization", "Bearer "+admin)
	answer, err := http.DefaultClient.Do(request)
	ok(t, err)
	ok(t, answer.Body.Close())
	if answer.StatusCode != http.StatusTooManyRequests || answer.Header.Get("Retry-After") != "1" {
		t.Errorf("a call is answered %s, come again after %q", answer.Status, answer.Header.Get("Retry-After"))
	}
	hold := s.want(t, admin, "POST", "/v1/workspaces/acme/holds", map[string]any{"scope": "WORKSPACE", "reason": "Storm."})
	if seen := s.want(t, admin, "GET", "/v1/"+hold["name"].(string), nil); seen["releaseTime"] != nil {
		t.Errorf("the hold is %v", seen)
	}
}
