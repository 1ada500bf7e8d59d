package threads

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/network"
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

// TestAQuotaNobodyTells: what cannot be told stops nobody, and the network refuses itself.
func TestAQuotaNobodyTells(t *testing.T) {
	t.Parallel()
	for _, mode := range []containertest.Mode{containertest.Broken, containertest.Garbage, containertest.Nameless, containertest.Silent} {
		for total, want := range map[int]network.Class{0: network.RateLimited, 250: network.Accepted} {
			t.Run(string(mode)+string(want), func(t *testing.T) {
				t.Parallel()
				server, s := open(t)
				server.Do(func(s *containertest.Server) { s.Quota, s.Total = mode, total })
				answer := s.Adapter.Publish(t.Context(), networktest.Deliver(t, s, "pub-1", networktest.Content()))
				if answer.Class != want || server.Counts().Shown != 1 || server.Counts().Quota != 1 {
					t.Errorf("%+v after %+v", answer, server.Counts())
				}
			})
		}
	}
}

// TestNoRoomHidesNoPost: what was asked to be shown, and took up the last of the day's posts, is said to be
// there, and not to wait.
func TestNoRoomHidesNoPost(t *testing.T) {
	t.Parallel()
	server, s := open(t)
	server.Do(func(s *containertest.Server) { s.Total, s.Mode = 1, containertest.Liar })
	d := networktest.Deliver(t, s, "pub-1", networktest.Content())
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Retryable {
		t.Fatalf("%+v", answer)
	}
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.UnknownOutcome || len(server.Visible()) != 1 {
		t.Errorf("%+v, %d are visible", answer, len(server.Visible()))
	}
}
