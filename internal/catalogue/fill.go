package catalogue

import (
	"strconv"
	"strings"
	"time"
)

// fill replaces the placeholders of a message. What args say is inserted as it is and
// never read as a placeholder again.
func fill(language, message string, args map[string]string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(message, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		inner, after, closed := strings.Cut(rest, "}")
		if !closed {
			out.WriteString("{" + rest)
			return out.String()
		}
		out.WriteString(resolve(language, inner, args))
		message = after
	}
}

// resolve returns what stands in the place of {inner}.
func resolve(language, inner string, args map[string]string) string {
	parts := strings.Split(inner, "|")
	value, known := args[parts[0]]
	switch {
	case !known:
		return "{" + inner + "}"
	case len(parts) == 3 && one(language, value):
		return parts[1]
	case len(parts) == 3:
		return parts[2]
	case len(parts) == 2 && parts[1] == "day":
		return written(value, func(t time.Time) string { return Day(language, t) })
	case len(parts) == 2 && parts[1] == "minute":
		return written(value, func(t time.Time) string { return Minute(language, t) })
	default:
		return value
	}
}

// written writes an instant in RFC 3339; what is none stays as it is.
func written(value string, write func(time.Time) string) string {
	at, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return value
	}
	return write(at)
}

// one tells whether a number takes the singular: 1 in English, 0 and 1 in French.
func one(language, value string) bool {
	n, err := strconv.Atoi(value)
	if err != nil {
		return false
	}
	return n == 1 || n == 0 && language == French
}
