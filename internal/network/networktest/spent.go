package networktest

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// RunSpent holds a connector whose network tells how many posts an account may still make, and lets it make
// one a day: with none left nothing is made, and the post goes out once when there is room again. made is
// how many calls that make or show something the network had; dayLater moves the clock that now tells.
func RunSpent(t *testing.T, s Subject, now func() time.Time, made func() int, dayLater func()) {
	t.Helper()
	if answer := s.Adapter.Publish(t.Context(), Deliver(t, s, "pub-1", Content())); answer.Class != network.Accepted {
		t.Fatalf("the first: %+v", answer)
	}
	d, before := Deliver(t, s, "pub-2", Content()), made()
	answer := s.Adapter.Publish(t.Context(), d)
	if answer.Class != network.RateLimited || answer.Said.Code != advocacy.AnswerPostsSpent || answer.Said.Fact != "1" || answer.AppWide {
		t.Errorf("the second: %+v", answer)
	}
	if rest := answer.RetryTime.Sub(now()); rest != time.Hour {
		t.Errorf("it is tried again after %v", rest)
	}
	if after := made(); after != before {
		t.Errorf("%d calls made something, %d before", after, before)
	}
	dayLater()
	if answer := s.Adapter.Publish(t.Context(), d); answer.Class != network.Accepted || s.Visible() != 2 {
		t.Errorf("a day later: %+v, %d are visible", answer, s.Visible())
	}
}
