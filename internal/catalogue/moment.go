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
	if Match(language) == French {
		return fmt.Sprintf("%s %d %s %d à %s %s",
			frenchDays[t.Weekday()], t.Day(), frenchMonths[t.Month()-1], t.Year(), t.Format("15:04"), zone)
	}
	return fmt.Sprintf("%s %d %s %d, %s %s",
		englishDays[t.Weekday()], t.Day(), englishMonths[t.Month()-1], t.Year(), t.Format("15:04"), zone)
}
