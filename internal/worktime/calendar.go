package worktime

import (
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // a bare container has no zones of its own

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

const (
	// mostSpans bounds the hours of one day, mostDays the days with hours of their own.
	mostSpans = 12
	mostDays  = 1000
	dayLength = 24 * 60
	// dateForm is how days are named.
	dateForm = time.DateOnly
)

// Calendar is the hours of a calendar, ready to count with. It never changes and is safe
// for concurrent use.
type Calendar struct {
	zone *time.Location
	week [7][]advocacy.Span
	// days are the dates with hours of their own, by their number since 1970.
	days map[int64][]advocacy.Span
}

// New reads hours, or says what is wrong with them: a zone nobody knows, hours that
// overlap or end before they begin, or a week without any.
func New(h advocacy.Hours) (*Calendar, error) {
	if err := advocacy.GuardZone("calendar.time_zone", h.Zone); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(h.Zone)
	if err != nil {
		return nil, fmt.Errorf("zone %s: %w", h.Zone, err)
	}
	c := &Calendar{zone: zone, days: make(map[int64][]advocacy.Span, len(h.Days))}
	if err := c.readWeek(h.Week); err != nil {
		return nil, err
	}
	return c, c.readDays(h.Days)
}

func (c *Calendar) readWeek(week []advocacy.Shift) error {
	if len(week) == 0 {
		return advocacy.InvalidField("calendar.week", "CALENDAR_WITHOUT_HOURS",
			"name some hours of the week; without any, nothing would ever be due")
	}
	for _, s := range week {
		if s.Day < time.Sunday || s.Day > time.Saturday {
			return advocacy.InvalidField("calendar.week", "CALENDAR_INVALID", "%d is no day of the week", s.Day)
		}
		c.week[s.Day] = append(c.week[s.Day], s.Span)
	}
	for day := range c.week {
		if err := inOrder("calendar.week", time.Weekday(day).String(), c.week[day]); err != nil {
			return err
		}
	}
	return nil
}

func (c *Calendar) readDays(days []advocacy.SpecialDay) error {
	if len(days) > mostDays {
		return advocacy.InvalidField("calendar.days", "CALENDAR_INVALID", "a calendar holds %d days with hours of their own at most", mostDays)
	}
	for _, d := range days {
		date, err := time.Parse(dateForm, d.Date)
		if err != nil {
			return advocacy.InvalidField("calendar.days", "CALENDAR_INVALID", "%q is no date such as 2026-12-24", d.Date)
		}
		number := date.Unix() / daySeconds
		if _, twice := c.days[number]; twice {
			return advocacy.InvalidField("calendar.days", "CALENDAR_INVALID", "%s is there twice", d.Date)
		}
		own := slices.Clone(d.Hours)
		if err := inOrder("calendar.days", d.Date, own); err != nil {
			return err
		}
		c.days[number] = own
	}
	return nil
}

// inOrder sorts the hours of one day and refuses those that overlap or end before they
// begin.
func inOrder(field, day string, hours []advocacy.Span) error {
	if len(hours) > mostSpans {
		return advocacy.InvalidField(field, "CALENDAR_INVALID", "%s: a day has %d stretches of hours at most", day, mostSpans)
	}
	slices.SortFunc(hours, func(a, b advocacy.Span) int { return a.Start - b.Start })
	for i, h := range hours {
		switch {
		case h.Start < 0 || h.End > dayLength || h.Start >= h.End:
			return advocacy.InvalidField(field, "CALENDAR_INVALID",
				"%s: hours begin before they end, between 00:00 and 24:00; those of a night are written as two", day)
		case i > 0 && h.Start < hours[i-1].End:
			return advocacy.InvalidField(field, "CALENDAR_INVALID", "%s: some hours overlap", day)
		}
	}
	return nil
}

// on returns the hours of a day, given its number since 1970.
func (c *Calendar) on(day int64) []advocacy.Span {
	if own, special := c.days[day]; special {
		return own
	}
	// 1 January 1970 was a Thursday.
	return c.week[floorMod(day+int64(time.Thursday), 7)]
}
