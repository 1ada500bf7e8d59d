package advocacy

import (
	"slices"
	"time"
)

// Crowding is from when on readers meet one text too often: Limit posts of it on a network
// within Minutes of each other. A Limit of 0 is never.
type Crowding struct {
	Limit   int
	Minutes int
}

func (c Crowding) window() time.Duration { return time.Duration(c.Minutes) * time.Minute }

// Guard refuses a limit without a time, and the other way round (CROWDING_INVALID).
func (c Crowding) Guard() error {
	if (c.Limit == 0) != (c.Minutes == 0) {
		return InvalidField("workspace.same_text_minutes", "CROWDING_INVALID", "give both the limit and the minutes, or neither")
	}
	return nil
}

// Free tells how many of the times at which a text goes out are within the window of one
// more, and the first time from then on that has fewer than the limit.
func (c Crowding) Free(times []time.Time, at time.Time) (near int, free time.Time) {
	if c.Limit == 0 {
		return 0, at
	}
	free = at
	near = c.near(times, at)
	// The number near only falls where one of them drops out of the window.
	for _, t := range slices.SortedFunc(slices.Values(times), time.Time.Compare) {
		if c.near(times, free) < c.Limit {
			break
		}
		if out := t.Add(c.window()); out.After(free) {
			free = out
		}
	}
	return near, free
}

func (c Crowding) near(times []time.Time, at time.Time) (n int) {
	for _, t := range times {
		if t.Sub(at).Abs() < c.window() {
			n++
		}
	}
	return n
}
