package worktime

import (
	"iter"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

const (
	daySeconds = 24 * 60 * 60
	// horizon bounds the search: a time that is over only after it is a mistake of who
	// wrote the calendar.
	horizon = 10 * 365 * 24 * time.Hour
)

// Add returns the first instant by which d of working time has passed since start; start
// itself when d is not positive. It refuses a calendar whose hours do not hold so much
// working time in the next ten years.
func (c *Calendar) Add(start time.Time, d time.Duration) (time.Time, error) {
	if d <= 0 {
		return start, nil
	}
	for from, to := range c.stretches(start, start.Add(horizon)) {
		if worked := to.Sub(from); worked < d {
			d -= worked
			continue
		}
		return from.Add(d), nil
	}
	return time.Time{}, advocacy.Refuse("CALENDAR_WITHOUT_HOURS", "the calendar has not so many working hours in the next ten years")
}

// Next returns the first instant from t on that is working time: t itself when it is.
func (c *Calendar) Next(t time.Time) (time.Time, error) {
	for from := range c.stretches(t, t.Add(horizon)) {
		return from, nil
	}
	return time.Time{}, advocacy.Refuse("CALENDAR_WITHOUT_HOURS", "the calendar has no working hours in the next ten years")
}

// Between returns the working time from one instant to another, negative when the second
// is before the first.
func (c *Calendar) Between(start, end time.Time) time.Duration {
	if end.Before(start) {
		return -c.Between(end, start)
	}
	var sum time.Duration
	for from, to := range c.stretches(start, end) {
		sum += to.Sub(from)
	}
	return sum
}

// stretches yields the working time between two instants, in order.
//
// Between two changes of the clock the zone is a constant away from UTC, and dates are
// numbers. So it goes from change to change, and no date needs to exist once, begin at
// midnight, or have 24 hours.
func (c *Calendar) stretches(start, end time.Time) iter.Seq2[time.Time, time.Time] {
	return func(yield func(from, to time.Time) bool) {
		for at := start; at.Before(end); {
			local := at.In(c.zone)
			_, offset := local.Zone()
			_, change := local.ZoneBounds()
			if change.IsZero() || change.After(end) {
				change = end
			}
			if !c.steady(at, change, int64(offset), yield) {
				return
			}
			at = change
		}
	}
}

// steady yields the working time between two instants without a change of the clock.
func (c *Calendar) steady(start, end time.Time, offset int64, yield func(from, to time.Time) bool) bool {
	for day := floorDiv(start.Unix()+offset, daySeconds); ; day++ {
		midnight := time.Unix(day*daySeconds-offset, 0).In(start.Location())
		if !midnight.Before(end) {
			return true
		}
		for _, h := range c.on(day) {
			from := later(start, midnight.Add(time.Duration(h.Start)*time.Minute))
			to := earlier(end, midnight.Add(time.Duration(h.End)*time.Minute))
			if from.Before(to) && !yield(from, to) {
				return false
			}
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func floorMod(a, b int64) int64 { return (a%b + b) % b }

func floorDiv(a, b int64) int64 { return (a - floorMod(a, b)) / b }
