package worktime_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/worktime"
)

// zones have every odd change of the clock there is: none, an hour, half an hour, a whole
// day, a summer that is winter, one that pauses for Ramadan, and changes at midnight.
var zones = []string{
	"UTC", "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia",
	"Africa/Casablanca", "Asia/Kathmandu", "America/Asuncion", "Africa/Cairo", "Asia/Beirut", "Antarctica/Troll",
}

func span(from, to string) advocacy.Span {
	return advocacy.Span{Start: minutes(from), End: minutes(to)}
}

// minutes reads "17:30"; 24:00 is the end of the day.
func minutes(clock string) int {
	return (int(clock[0]-'0')*10+int(clock[1]-'0'))*60 + int(clock[3]-'0')*10 + int(clock[4]-'0')
}

// weekdays are Monday to Friday with these hours.
func weekdays(spans ...advocacy.Span) []advocacy.Shift {
	var week []advocacy.Shift
	for day := time.Monday; day <= time.Friday; day++ {
		for _, s := range spans {
			week = append(week, advocacy.Shift{Day: day, Span: s})
		}
	}
	return week
}

func everyDay(spans ...advocacy.Span) []advocacy.Shift {
	week := weekdays(spans...)
	for _, s := range spans {
		week = append(week, advocacy.Shift{Day: time.Saturday, Span: s}, advocacy.Shift{Day: time.Sunday, Span: s})
	}
	return week
}

func compiled(t interface {
	Helper()
	Fatal(...any)
}, h advocacy.Hours) *worktime.Calendar {
	t.Helper()
	c, err := worktime.New(h)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// wall is an instant by what the clock on the wall shows, with its offset where that is
// not plain.
func wall(t *testing.T, zone, clock string) time.Time {
	t.Helper()
	for _, form := range []string{"2006-01-02 15:04 -07:00", "2006-01-02 15:04"} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		if at, err := time.ParseInLocation(form, clock, location); err == nil {
			return at
		}
	}
	t.Fatalf("%q is no time", clock)
	return time.Time{}
}

// hq works in Berlin, with an hour for lunch, on every weekday but the holidays of 2026.
var hq = advocacy.Hours{
	Zone: "Europe/Berlin", Week: weekdays(span("09:00", "12:00"), span("13:00", "18:00")),
	Days: []advocacy.SpecialDay{
		{Date: "2026-12-24", DisplayName: "Christmas Eve", Hours: []advocacy.Span{span("09:00", "12:00")}},
		{Date: "2026-12-25", DisplayName: "Christmas Day"},
		{Date: "2026-10-31", DisplayName: "Stocktaking, a Saturday", Hours: []advocacy.Span{span("10:00", "14:00")}},
	},
}

// nights cross midnight, written as two.
var nights = advocacy.Hours{Zone: "Europe/Berlin", Week: everyDay(span("22:00", "24:00"), span("00:00", "06:00"))}

func TestKnownCases(t *testing.T) {
	t.Parallel()
	dawn := advocacy.Hours{Zone: "America/New_York", Week: everyDay(span("01:00", "04:00"))}
	apia := advocacy.Hours{Zone: "Pacific/Apia", Week: everyDay(span("09:00", "17:00"))}
	howe := advocacy.Hours{Zone: "Australia/Lord_Howe", Week: everyDay(span("01:00", "03:00"))}
	ramadan := advocacy.Hours{Zone: "Africa/Casablanca", Week: everyDay(span("01:00", "05:00"))}
	for _, tt := range []struct {
		name     string
		hours    advocacy.Hours
		start    string
		business time.Duration
		want     string
	}{
		{"within a morning", hq, "2026-03-02 09:15", time.Hour, "2026-03-02 10:15"},
		{"over lunch", hq, "2026-03-02 11:30", time.Hour, "2026-03-02 13:30"},
		{"until lunch, not until after it", hq, "2026-03-02 11:30", 30 * time.Minute, "2026-03-02 12:00"},
		{"begun at lunch", hq, "2026-03-02 12:20", time.Hour, "2026-03-02 14:00"},
		{"a whole day", hq, "2026-03-02 09:00", 8 * time.Hour, "2026-03-02 18:00"},
		{"a moment more than a day", hq, "2026-03-02 09:00", 8*time.Hour + time.Minute, "2026-03-03 09:01"},
		{"five to six on a Friday", hq, "2026-03-06 17:55", 10 * time.Minute, "2026-03-09 09:05"},
		{"on a Sunday", hq, "2026-03-08 03:00", time.Hour, "2026-03-09 10:00"},
		{"over the weekend the clock changes", hq, "2026-03-27 17:00", 2 * time.Hour, "2026-03-30 10:00"},
		{"half a day", hq, "2026-12-24 11:00", 2 * time.Hour, "2026-12-28 10:00"},
		{"a holiday", hq, "2026-12-25 10:00", time.Minute, "2026-12-28 09:01"},
		{"a working Saturday", hq, "2026-10-30 17:00", 2 * time.Hour, "2026-10-31 11:00"},
		{"no time at all", hq, "2026-03-08 03:00", 0, "2026-03-08 03:00"},
		{"over midnight", nights, "2026-03-02 23:30", time.Hour, "2026-03-03 00:30"},
		{"until midnight", nights, "2026-03-02 23:30", 30 * time.Minute, "2026-03-03 00:00"},
		{"the night that is short", nights, "2026-03-28 22:00", 7 * time.Hour, "2026-03-29 06:00"},
		{"the night that is long", nights, "2026-10-24 22:00", 9 * time.Hour, "2026-10-25 06:00"},
		{"an hour is left out", dawn, "2026-03-08 01:30", time.Hour, "2026-03-08 03:30"},
		{"an hour happens twice", dawn, "2026-11-01 01:30 -04:00", time.Hour, "2026-11-01 01:30 -05:00"},
		{"half an hour is left out", howe, "2026-10-04 01:30", time.Hour, "2026-10-04 03:00"},
		{"half an hour happens twice", howe, "2026-04-05 01:45 +11:00", 30 * time.Minute, "2026-04-05 01:45 +10:30"},
		{"a day that never was", apia, "2011-12-29 16:00", 2 * time.Hour, "2011-12-31 10:00"},
		{"Ramadan begins", ramadan, "2026-02-15 01:00", 5 * time.Hour, "2026-02-15 05:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			start, want := wall(t, tt.hours.Zone, tt.start), wall(t, tt.hours.Zone, tt.want)
			c := compiled(t, tt.hours)
			got, err := c.Add(start, tt.business)
			if err != nil || !got.Equal(want) {
				t.Errorf("%s and %v is %v, want %v (%v)", start, tt.business, got, want, err)
			}
			if d := c.Between(start, want); d != tt.business {
				t.Errorf("%v between them, want %v", d, tt.business)
			}
		})
	}
}

func TestHoursNobodyCanWork(t *testing.T) {
	t.Parallel()
	week := weekdays(span("09:00", "18:00"))
	for _, tt := range []struct {
		name   string
		hours  advocacy.Hours
		reason string
	}{
		{"no zone", advocacy.Hours{Week: week}, "TIME_ZONE_REQUIRED"},
		{"the machine's zone", advocacy.Hours{Zone: "Local", Week: week}, "TIME_ZONE_UNKNOWN"},
		{"a zone nobody knows", advocacy.Hours{Zone: "Mars/Olympus", Week: week}, "TIME_ZONE_UNKNOWN"},
		{"no hours", advocacy.Hours{Zone: "UTC"}, "CALENDAR_WITHOUT_HOURS"},
		{"only a date", advocacy.Hours{Zone: "UTC", Days: []advocacy.SpecialDay{{Date: "2026-12-24", Hours: []advocacy.Span{span("09:00", "12:00")}}}}, "CALENDAR_WITHOUT_HOURS"},
		{"an eighth day", advocacy.Hours{Zone: "UTC", Week: []advocacy.Shift{{Day: 7, Span: span("09:00", "18:00")}}}, "CALENDAR_INVALID"},
		{"hours of no length", advocacy.Hours{Zone: "UTC", Week: weekdays(span("09:00", "09:00"))}, "CALENDAR_INVALID"},
		{"hours over midnight", advocacy.Hours{Zone: "UTC", Week: weekdays(span("22:00", "06:00"))}, "CALENDAR_INVALID"},
		{"hours after midnight", advocacy.Hours{Zone: "UTC", Week: weekdays(span("22:00", "24:01"))}, "CALENDAR_INVALID"},
		{"hours that overlap", advocacy.Hours{Zone: "UTC", Week: weekdays(span("09:00", "13:00"), span("12:00", "18:00"))}, "CALENDAR_INVALID"},
		{"no date", advocacy.Hours{Zone: "UTC", Week: week, Days: []advocacy.SpecialDay{{Date: "2026-02-29"}}}, "CALENDAR_INVALID"},
		{"a date twice", advocacy.Hours{Zone: "UTC", Week: week, Days: []advocacy.SpecialDay{{Date: "2026-12-24"}, {Date: "2026-12-24"}}}, "CALENDAR_INVALID"},
		{"a date whose hours overlap", advocacy.Hours{Zone: "UTC", Week: week, Days: []advocacy.SpecialDay{
			{Date: "2026-12-24", Hours: []advocacy.Span{span("09:00", "12:00"), span("11:00", "13:00")}}}}, "CALENDAR_INVALID"},
		{"more dates than anybody keeps", advocacy.Hours{Zone: "UTC", Week: week, Days: make([]advocacy.SpecialDay, 1001)}, "CALENDAR_INVALID"},
		{"more stretches than a day has", advocacy.Hours{Zone: "UTC", Week: make([]advocacy.Shift, 13)}, "CALENDAR_INVALID"},
	} {
		if _, err := worktime.New(tt.hours); advocacy.ReasonOf(err) != tt.reason {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.reason)
		}
	}
}

// TestTheSearchEnds: a minute a week is worked, but a year of it is not waited for.
func TestTheSearchEnds(t *testing.T) {
	t.Parallel()
	c := compiled(t, advocacy.Hours{Zone: "UTC", Week: []advocacy.Shift{{Day: time.Monday, Span: span("09:00", "09:01")}}})
	start := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	if due, err := c.Add(start, 2*time.Minute); err != nil || !due.Equal(start.Add(7*24*time.Hour+time.Minute)) {
		t.Errorf("two minutes are over at %v (%v)", due, err)
	}
	if _, err := c.Add(start, 365*24*time.Hour); advocacy.ReasonOf(err) != "CALENDAR_WITHOUT_HOURS" {
		t.Errorf("a year of it: %v", err)
	}
}

// drawHours draws a week of hours with breaks, and dates around the start with their own.
func drawHours(t *rapid.T, start time.Time) advocacy.Hours {
	h := advocacy.Hours{Zone: rapid.SampledFrom(zones).Draw(t, "zone")}
	for day := time.Sunday; day <= time.Saturday; day++ {
		for _, s := range drawSpans(t) {
			h.Week = append(h.Week, advocacy.Shift{Day: day, Span: s})
		}
	}
	if len(h.Week) == 0 {
		h.Week = []advocacy.Shift{{Day: time.Wednesday, Span: span("09:00", "18:00")}}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "dates") {
		date := start.AddDate(0, 0, rapid.IntRange(0, 2).Draw(t, "in days")+3*i)
		h.Days = append(h.Days, advocacy.SpecialDay{Date: date.Format(time.DateOnly), Hours: drawSpans(t)})
	}
	return h
}

func drawSpans(t *rapid.T) []advocacy.Span {
	var out []advocacy.Span
	at := 0
	for range rapid.IntRange(0, 3).Draw(t, "spans") {
		from := at + rapid.IntRange(0, 300).Draw(t, "free")
		to := from + rapid.IntRange(1, 400).Draw(t, "worked")
		if to > 1440 {
			break
		}
		out, at = append(out, advocacy.Span{Start: from, End: to}), to
	}
	return out
}

// changes are days on which some zone of the list changed its clock or its date.
var changes = []time.Time{
	time.Date(2026, time.March, 28, 0, 0, 0, 0, time.UTC), time.Date(2026, time.October, 24, 0, 0, 0, 0, time.UTC),
	time.Date(2026, time.March, 7, 0, 0, 0, 0, time.UTC), time.Date(2026, time.October, 31, 0, 0, 0, 0, time.UTC),
	time.Date(2026, time.April, 3, 12, 0, 0, 0, time.UTC), time.Date(2026, time.October, 2, 12, 0, 0, 0, time.UTC),
	time.Date(2011, time.December, 29, 0, 0, 0, 0, time.UTC), time.Date(2026, time.February, 14, 0, 0, 0, 0, time.UTC),
	time.Date(2024, time.October, 5, 0, 0, 0, 0, time.UTC), time.Date(2024, time.April, 25, 0, 0, 0, 0, time.UTC),
}

func drawStart(t *rapid.T) time.Time {
	return rapid.SampledFrom(changes).Draw(t, "near").Add(time.Duration(rapid.IntRange(-600, 2000).Draw(t, "minute")) * time.Minute)
}

// worked is the slow reference: it asks of one minute what the clock on the wall shows.
func worked(h advocacy.Hours, zone *time.Location, at time.Time) bool {
	local := at.In(zone)
	minute := local.Hour()*60 + local.Minute()
	for _, d := range h.Days {
		if d.Date == local.Format(time.DateOnly) {
			return inside(d.Hours, minute)
		}
	}
	var spans []advocacy.Span
	for _, s := range h.Week {
		if s.Day == local.Weekday() {
			spans = append(spans, s.Span)
		}
	}
	return inside(spans, minute)
}

func inside(spans []advocacy.Span, minute int) bool {
	for _, s := range spans {
		if minute >= s.Start && minute < s.End {
			return true
		}
	}
	return false
}

// TestMinuteByMinute compares with the slow reference, over nights in which clocks change.
func TestMinuteByMinute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := drawStart(t)
		h := drawHours(t, start)
		zone, err := time.LoadLocation(h.Zone)
		if err != nil {
			t.Fatal(err)
		}
		c := compiled(t, h)
		var sum time.Duration
		at := start
		for range rapid.IntRange(0, 4*1440).Draw(t, "minutes") {
			now := worked(h, zone, at)
			at = at.Add(time.Minute)
			if !now {
				continue
			}
			sum += time.Minute
			if got, err := c.Add(start, sum); err != nil || !got.Equal(at) {
				t.Fatalf("%v of %v after %v is over at %v, want %v (%v)", sum, h.Zone, start, got, at, err)
			}
		}
		if got := c.Between(start, at); got != sum {
			t.Fatalf("%v are between %v and %v, want %v", got, start, at, sum)
		}
	})
}

// TestNext compares with the slow reference.
func TestNext(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := drawStart(t)
		h := drawHours(t, start)
		zone, err := time.LoadLocation(h.Zone)
		if err != nil {
			t.Fatal(err)
		}
		want := start
		for range 21 * 1440 {
			if worked(h, zone, want) {
				break
			}
			want = want.Add(time.Minute)
		}
		if got, err := compiled(t, h).Next(start); err != nil || !got.Equal(want) {
			t.Fatalf("from %v on it is %v, want %v (%v)", start, got, want, err)
		}
	})
}

// TestLaws holds for every instant, not only for whole minutes.
func TestLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := drawStart(t).Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "nanoseconds")))
		c := compiled(t, drawHours(t, start))
		d := time.Duration(rapid.Int64Range(1, int64(90*time.Hour)).Draw(t, "business"))
		end, err := c.Add(start, d)
		if advocacy.ReasonOf(err) == "CALENDAR_WITHOUT_HOURS" && c.Between(start, start.Add(10*365*24*time.Hour)) < d {
			return // A minute a week is not so much in ten years.
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Between(start, end); got != d {
			t.Fatalf("%v are between, want %v", got, d)
		}
		if got := c.Between(end, start); got != -d {
			t.Fatalf("%v are between the other way round, want %v", got, -d)
		}
		if got := c.Between(start, end.Add(-1)); got != d-1 {
			t.Fatalf("it was over before %v: %v are between", end, got)
		}
		middle := start.Add(time.Duration(rapid.Int64Range(0, int64(end.Sub(start))).Draw(t, "middle")))
		if got := c.Between(start, middle) + c.Between(middle, end); got != d {
			t.Fatalf("%v in two parts, want %v", got, d)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	c := compiled(b, hq)
	start := time.Date(2026, time.March, 6, 16, 55, 0, 0, time.UTC)
	for name, d := range map[string]time.Duration{"8h": 8 * time.Hour, "30 days": 30 * 8 * time.Hour} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Add(start, d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
