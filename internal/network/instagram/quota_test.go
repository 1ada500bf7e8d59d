package instagram

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
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
	if answer := s.Adapter.Publish(t.Context(), networktest.Deliver(t, s, "pub-1", networktest.Content())); answer.Class != network.Accepted {
		t.Fatalf("the first: %+v", answer)
	}
	d, before := networktest.Deliver(t, s, "pub-2", networktest.Content()), server.Counts()
	answer := s.Adapter.Publish(t.Context(), d)
	if answer.Class != network.RateLimited || answer.Said.Code != advocacy.AnswerPostsSpent || answer.Said.Fact != "1" || answer.AppWide {
		t.Errorf("the second: %+v", answer)
	}
	if rest := answer.RetryTime.Sub(now); rest != time.Hour {
		t.Errorf("it is tried again after %v", rest)
	}
	if after := server.Counts(); after.Made != before.Made || after.Shown != before.Shown {
		t.Errorf("%+v after %+v", after, before)
	}
	server.Do(func(*containertest.Server) { now = now.Add(containertest.Day) })
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted || len(server.Visible()) != 2 {
		t.Errorf("a day later: %+v, %d are visible", answer, len(server.Visible()))
	}
}
