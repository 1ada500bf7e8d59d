package advocacy_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestFeedRests: a feed is asked at its interval, and left alone longer each time it fails, up
// to a day or its own interval.
func TestFeedRests(t *testing.T) {
	t.Parallel()
	failed := &advocacy.FeedAnswer{Code: advocacy.FeedStatus, Status: 500}
	for interval, want := range map[time.Duration][]time.Duration{
		15 * time.Minute: {
			15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 16 * time.Hour, 24 * time.Hour, 24 * time.Hour,
		},
		48 * time.Hour: {48 * time.Hour, 48 * time.Hour, 48 * time.Hour},
	} {
		f := &advocacy.Feed{Interval: interval, Fetch: advocacy.FeedFetch{ETag: "e", Modified: "m"}}
		for n, rest := range want {
			f.Fetched(failed, answered)
			if got := f.Fetch.Next.Sub(answered); got != rest || f.Fetch.Failures != n+1 || f.Fetch.Code != failed.Code || f.Fetch.Status != 500 {
				t.Errorf("every %v: after %d failures it rests %v, want %v: %+v", interval, n+1, got, rest, f.Fetch)
			}
		}
		f.Fetched(&advocacy.FeedAnswer{Status: 304, Unchanged: true}, answered)
		if f.Fetch.Failures != 0 || f.Fetch.Code != "" || f.Fetch.Next.Sub(answered) != interval || f.Fetch.ETag != "e" || !f.Fetch.Last.Equal(answered) || !f.Fetch.Success.Equal(answered) {
			t.Errorf("after an answer that nothing changed: %+v", f.Fetch)
		}
		f.Fetched(&advocacy.FeedAnswer{Status: 200, ETag: "e2"}, answered)
		if f.Fetch.ETag != "e2" || f.Fetch.Modified != "" {
			t.Errorf("after a new answer: %+v", f.Fetch)
		}
	}
}

// TestFeedWantsRest: a feed that says how long it wants to be left alone is, up to a day, and
// not less than its interval.
func TestFeedWantsRest(t *testing.T) {
	t.Parallel()
	for wish, want := range map[time.Duration]time.Duration{
		0: time.Hour, time.Minute: time.Hour, 2 * time.Hour: 2 * time.Hour, 1000 * time.Hour: 24 * time.Hour,
	} {
		f := &advocacy.Feed{Interval: time.Hour}
		f.Fetched(&advocacy.FeedAnswer{Code: advocacy.FeedStatus, Status: 429, Rest: wish}, answered)
		if got := f.Fetch.Next.Sub(answered); got != want {
			t.Errorf("who wants to rest %v rests %v, want %v", wish, got, want)
		}
	}
}

// TestFeedInAHurry: who wants a feed asked now has it asked, but not in a pause, nor again and
// again.
func TestFeedInAHurry(t *testing.T) {
	t.Parallel()
	f := &advocacy.Feed{Interval: time.Hour, Fetch: advocacy.FeedFetch{Last: answered, Next: answered.Add(time.Hour)}}
	for after, want := range map[time.Duration]bool{0: false, time.Minute - time.Microsecond: false, time.Minute: true} {
		one := *f
		if turn, err := one.Hurry(answered.Add(after)); err != nil || turn != want || one.Due(answered.Add(after)) != want {
			t.Errorf("after %v it is its turn: %v, want %v: %v", after, turn, want, err)
		}
	}
	f.Paused = true
	if turn, err := f.Hurry(answered.Add(time.Hour)); turn || advocacy.ReasonOf(err) != "FEED_PAUSED" {
		t.Errorf("in a pause it is its turn: %v, %v", turn, err)
	}
}

// TestFeedTook: an answer that brought more than there was room for is asked for again.
func TestFeedTook(t *testing.T) {
	t.Parallel()
	f := &advocacy.Feed{Fetch: advocacy.FeedFetch{ETag: "e", Modified: "m"}}
	f.Took(3, true)
	if want := (advocacy.FeedFetch{ETag: "e", Modified: "m", Brought: 3}); f.Fetch != want {
		t.Errorf("with room it stands at %+v", f.Fetch)
	}
	f.Took(2, false)
	if want := (advocacy.FeedFetch{Code: advocacy.FeedTrayFull, Brought: 2}); f.Fetch != want {
		t.Errorf("without room it stands at %+v", f.Fetch)
	}
}

func TestFeedsOfAWorkspace(t *testing.T) {
	t.Parallel()
	for have, want := range map[int]string{0: "", advocacy.MaximumFeeds - 1: "", advocacy.MaximumFeeds: "FEEDS_TOO_MANY"} {
		if err := advocacy.GuardFeeds(have); advocacy.ReasonOf(err) != want {
			t.Errorf("with %d: %v", have, err)
		}
	}
}

func TestFeedTurn(t *testing.T) {
	t.Parallel()
	f := &advocacy.Feed{Interval: time.Hour, Fetch: advocacy.FeedFetch{Next: answered}}
	if !f.Due(answered) || f.Due(answered.Add(-time.Microsecond)) {
		t.Error("its turn is not when it is next")
	}
	f.Claim(answered)
	if f.Due(answered.Add(time.Hour-time.Microsecond)) || !f.Due(answered.Add(time.Hour)) {
		t.Error("it is claimed for longer or shorter than its interval")
	}
	if f.Paused = true; f.Due(answered.Add(24 * time.Hour)) {
		t.Error("a paused feed has a turn")
	}
}

func TestFeedInterval(t *testing.T) {
	t.Parallel()
	for interval, want := range map[time.Duration]string{
		advocacy.MinimumFeedInterval: "", advocacy.MaximumFeedInterval: "", advocacy.DefaultFeedInterval: "",
		advocacy.MinimumFeedInterval - time.Minute: "FEED_INTERVAL_INVALID", advocacy.MaximumFeedInterval + time.Minute: "FEED_INTERVAL_INVALID",
		0: "FEED_INTERVAL_INVALID",
	} {
		if err := (&advocacy.Feed{Interval: interval}).Guard(); advocacy.ReasonOf(err) != want {
			t.Errorf("every %v: %v", interval, err)
		}
	}
}
