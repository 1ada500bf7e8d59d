package advocacy_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestCrowdingFree holds that the free time is the first one from the asked for on, minute
// by minute, that has fewer near than the limit.
func TestCrowdingFree(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	rapid.Check(t, func(rt *rapid.T) {
		minutes := rapid.SliceOfN(rapid.IntRange(-60, 120), 0, 12).Draw(rt, "minutes")
		c := advocacy.Crowding{
			Limit: rapid.IntRange(1, 4).Draw(rt, "limit"), Minutes: rapid.IntRange(1, 60).Draw(rt, "window"),
		}
		var times []time.Time
		for _, m := range minutes {
			times = append(times, start.Add(time.Duration(m)*time.Minute))
		}
		window := time.Duration(c.Minutes) * time.Minute
		count := func(at time.Time) (n int) {
			for _, other := range times {
				if d := other.Sub(at); d > -window && d < window {
					n++
				}
			}
			return n
		}
		near, free := c.Free(times, start)
		if near != count(start) {
			rt.Errorf("%d near, want %d", near, count(start))
		}
		want := start
		for count(want) >= c.Limit {
			want = want.Add(time.Minute)
		}
		if !free.Equal(want) {
			rt.Errorf("free at %v, want %v", free, want)
		}
	})
	if near, free := (advocacy.Crowding{}).Free([]time.Time{start, start, start}, start); near != 0 || !free.Equal(start) {
		t.Errorf("without a limit: %d near, free at %v", near, free)
	}
}

// TestCrowdingGuard: a limit has a time, and a time a limit.
func TestCrowdingGuard(t *testing.T) {
	t.Parallel()
	for c, reason := range map[advocacy.Crowding]string{
		{}: "", {Limit: 3, Minutes: 60}: "", {Limit: 3}: "CROWDING_INVALID", {Minutes: 60}: "CROWDING_INVALID",
	} {
		if got := advocacy.ReasonOf(c.Guard()); got != reason {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
