package routing

import (
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// longest bounds every duration of a document: ten years.
const longest = 3650 * day

// parseDuration reads "90m", "8h", "1h30m" or "30d"; days are always 24 hours.
func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if days, found := strings.CutSuffix(text, "d"); found {
		var n int
		n, err = strconv.Atoi(days)
		if n > int(longest/day) {
			n = int(longest/day) + 1
		}
		d = time.Duration(n) * day
	}
	switch {
	case err != nil:
		return 0, wrong("DURATION", "duration", strconv.Quote(text))
	case d <= 0:
		return 0, wrong("DURATION_NONE", "duration", strconv.Quote(text))
	case d > longest:
		return 0, wrong("DURATION_LONG", "duration", strconv.Quote(text))
	}
	return d, nil
}

// spellDuration writes what parseDuration reads.
func spellDuration(d time.Duration) string {
	if d == 0 {
		return ""
	}
	if d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
