package instagram

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/network/container/containertest"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
)

// TestADaysPosts: an account that made as many posts as it may is asked to make nothing, and the post goes
// out once when there is room again.
func TestADaysPosts(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	now := networktest.Clock()
	server.Do(func(s *containertest.Server) { s.Total, s.Now = 1, func() time.Time { return now } })
	s.Adapter = New(options(server))
	made := func() int { c := server.Counts(); return c.Made + c.Shown }
	networktest.RunSpent(t, s, func() time.Time { return now }, made, func() {
		server.Do(func(*containertest.Server) { now = now.Add(containertest.Day) })
	})
}
