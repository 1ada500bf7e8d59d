package catalogue

import (
	"fmt"
	"time"
)

var (
	englishDays   = [...]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
	frenchDays    = [...]string{"dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."}
	englishMonths = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
	frenchMonths  = [...]string{"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."}
)

// Moment writes an instant as people say it, to the minute, in the zone t is in:
// "Tue 25 Nov 2025, 09:00 CET", "mar. 25 nov. 2025 à 09:00 CET". It stands after
// "until" and after "jusqu’au".
func Moment(language string, t time.Time) string {
	zone, _ := t.Zone()
	return Minute(language, t) + " " + zone
}

// Minute is Moment where the zone is told apart: "Tue 25 Nov 2025, 09:00".
func Minute(language string, t time.Time) string {
	before := ", "
	if Match(language) == French {
		before = " à "
	}
	return Day(language, t) + before + t.Format("15:04")
}

// Day writes the day of an instant in the zone t is in: "Tue 25 Nov 2025", "mar. 25 nov. 2025".
// It stands after "on" and after "le".
func Day(language string, t time.Time) string {
	days, months := englishDays, englishMonths
	if Match(language) == French {
		days, months = frenchDays, frenchMonths
	}
	return fmt.Sprintf("%s %d %s %d", days[t.Weekday()], t.Day(), months[t.Month()-1], t.Year())
}

// Brief writes an instant in as few words as people use, both in one zone: "today 14:30",
// "Tue 25 Nov, 09:00", and with its year when it is far away.
func Brief(language string, t, now time.Time) string {
	language = Match(language)
	clock := t.Format("15:04")
	switch midnight := func(t time.Time) int {
		y, m, d := t.Date()
		return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	}; midnight(t) - midnight(now) {
	case 0:
		return Text(language, "moment.today", map[string]string{"time": clock})
	case 1:
		return Text(language, "moment.tomorrow", map[string]string{"time": clock})
	case -1:
		return Text(language, "moment.yesterday", map[string]string{"time": clock})
	}
	days, months := englishDays, englishMonths
	if language == French {
		days, months = frenchDays, frenchMonths
	}
	day := fmt.Sprintf("%s %d %s", days[t.Weekday()], t.Day(), months[t.Month()-1])
	if far := t.Sub(now).Abs(); far > 300*24*time.Hour {
		return fmt.Sprintf("%s %d", day, t.Year())
	}
	return day + ", " + clock
}
