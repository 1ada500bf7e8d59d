package web

import (
	"strings"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// calendarsData are the working calendars.
type calendarsData struct {
	Tabs      []tab
	Calendars []workingCalendar
}

// workingCalendar is a calendar as its form shows it; an empty one is a new one.
type workingCalendar struct {
	*imprimaturv1.Calendar
	Days    []workingDay
	Special string
}

// workingDay is a day of the week and its hours, such as "09:00-12:00, 14:00-18:00".
type workingDay struct{ Key, Hours string }

func calendarsPage(v *visitor) error {
	listed, err := imprimaturv1.NewCalendarServiceClient(v.conn).ListCalendars(v.ctx, &imprimaturv1.ListCalendarsRequest{Parent: v.parent(), PageSize: deskPage})
	if err != nil {
		return err
	}
	data := calendarsData{Tabs: v.peopleTabs("calendars")}
	for _, c := range listed.GetCalendars() {
		data.Calendars = append(data.Calendars, calendarForm(c))
	}
	if v.may("calendars.update") {
		data.Calendars = append(data.Calendars, calendarForm(&imprimaturv1.Calendar{TimeZone: v.zone.String()}))
	}
	return v.show("people-calendars", "people", data)
}

// calendarForm writes a calendar's hours as people do.
func calendarForm(c *imprimaturv1.Calendar) workingCalendar {
	w := workingCalendar{Calendar: c}
	for d := imprimaturv1.WeekHours_MONDAY; d <= imprimaturv1.WeekHours_SUNDAY; d++ {
		var hours []string
		for _, h := range c.GetWeek() {
			if h.GetDay() == d {
				hours = append(hours, h.GetStart()+"-"+h.GetEnd())
			}
		}
		w.Days = append(w.Days, workingDay{d.String(), strings.Join(hours, ", ")})
	}
	var lines []string
	for _, s := range c.GetSpecialDays() {
		parts := []string{s.GetDate()}
		for _, h := range s.GetHours() {
			parts = append(parts, h.GetStart()+"-"+h.GetEnd())
		}
		lines = append(lines, strings.TrimSpace(strings.Join(append(parts, s.GetDisplayName()), " ")))
	}
	w.Special = strings.Join(lines, "\n")
	return w
}

// span reads hours such as "09:00-12:00".
func span(text string) (start, end string, ok bool) {
	start, end, ok = strings.Cut(strings.ReplaceAll(strings.TrimSpace(text), "–", "-"), "-")
	return strings.TrimSpace(start), strings.TrimSpace(end), ok
}

// specialDays reads lines such as "2026-12-24 09:00-12:00 Christmas Eve".
func specialDays(text string) []*imprimaturv1.SpecialDay {
	var days []*imprimaturv1.SpecialDay
	for _, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		day, rest := &imprimaturv1.SpecialDay{Date: words[0]}, words[1:]
		for len(rest) > 0 {
			start, end, ok := span(rest[0])
			if !ok || !strings.Contains(start, ":") {
				break
			}
			day.Hours = append(day.Hours, &imprimaturv1.DayHours{Start: start, End: end})
			rest = rest[1:]
		}
		day.DisplayName = strings.Join(rest, " ")
		days = append(days, day)
	}
	return days
}

// saveWorkingCalendar changes a calendar, or makes one.
func saveWorkingCalendar(v *visitor) error {
	c := &imprimaturv1.Calendar{
		DisplayName: v.form("name"), TimeZone: v.form("time_zone"), Default: v.form("default") != "", SpecialDays: specialDays(v.text("special")), Etag: v.form("etag"),
	}
	for d := imprimaturv1.WeekHours_MONDAY; d <= imprimaturv1.WeekHours_SUNDAY; d++ {
		for _, hours := range commas(v.form("hours_" + d.String())) {
			start, end, ok := span(hours)
			if !ok {
				return mistake("web.people.calendar.wrong")
			}
			c.Week = append(c.Week, &imprimaturv1.WeekHours{Day: d, Start: start, End: end})
		}
	}
	client, id := imprimaturv1.NewCalendarServiceClient(v.conn), v.form("calendar")
	var err error
	if id == "" {
		_, err = client.CreateCalendar(v.ctx, &imprimaturv1.CreateCalendarRequest{Parent: v.parent(), Calendar: c, CalendarId: v.form("id"), RequestId: v.requestID()})
	} else {
		c.Name = v.name("calendars", id)
		_, err = client.UpdateCalendar(v.ctx, &imprimaturv1.UpdateCalendarRequest{
			Calendar: c, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"display_name", "time_zone", "week", "special_days", "default"}}, RequestId: v.requestID(),
		})
	}
	if err != nil {
		return err
	}
	return v.done(v.at("/people/calendars"), "web.said.people.calendar", "name", c.GetDisplayName())
}

func deleteWorkingCalendar(v *visitor) error {
	_, err := imprimaturv1.NewCalendarServiceClient(v.conn).DeleteCalendar(v.ctx, &imprimaturv1.DeleteCalendarRequest{Name: v.named("calendars", "calendar"), RequestId: v.requestID()})
	if err != nil {
		return err
	}
	return v.done(v.at("/people/calendars"), "web.said.people.calendar.deleted")
}
