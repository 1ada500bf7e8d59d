package advocacy

import (
	"slices"
	"time"
)

// CalendarID names a calendar within its workspace: a word people chose, such as "hq".
type CalendarID string

// DefaultCalendar is the calendar each workspace begins with.
const DefaultCalendar CalendarID = "hq"

// Calendar says what working time is in one place. Each change of its hours is a new
// revision, and all are kept: a due time names the revision it was computed with.
type Calendar struct {
	Workspace   WorkspaceID
	ID          CalendarID
	DisplayName string
	Hours       Hours
	// Default is the calendar of whatever names none. A workspace has exactly one.
	Default bool
	// Revision counts the changes of the hours, from 1.
	Revision   int
	Version    int64
	CreateTime time.Time
	UpdateTime time.Time
}

// Hours are the working hours of a calendar.
type Hours struct {
	// Zone is the IANA time zone the clock on the wall shows.
	Zone string  `json:"zone"`
	Week []Shift `json:"week"`
	// Days are dates with hours of their own: holidays have none.
	Days []SpecialDay `json:"days,omitempty"`
}

// Equal tells whether both are the same hours, written the same way.
func (h Hours) Equal(o Hours) bool {
	return h.Zone == o.Zone && slices.Equal(h.Week, o.Week) &&
		slices.EqualFunc(h.Days, o.Days, func(a, b SpecialDay) bool {
			return a.Date == b.Date && a.DisplayName == b.DisplayName && slices.Equal(a.Hours, b.Hours)
		})
}

// Span is a stretch of one day, in minutes since midnight on the wall; End is excluded
// and at most 1440, which is 24:00.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Shift is a span of each week.
type Shift struct {
	Day time.Weekday `json:"day"`
	Span
}

// SpecialDay is a date with hours of its own, none on a holiday.
type SpecialDay struct {
	// Date is the day as 2026-12-24.
	Date        string `json:"date"`
	DisplayName string `json:"name"`
	Hours       []Span `json:"hours,omitempty"`
}

// OfficeHours are Monday to Friday from nine to six, what each workspace begins with.
func OfficeHours(zone string) Hours {
	h := Hours{Zone: zone}
	for day := time.Monday; day <= time.Friday; day++ {
		h.Week = append(h.Week, Shift{Day: day, Span: Span{Start: 9 * 60, End: 18 * 60}})
	}
	return h
}
