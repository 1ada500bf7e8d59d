package catalogue

import (
	"strconv"
	"strings"
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
	default:
		return value
	}
}

// one tells whether a number takes the singular: 1 in English, 0 and 1 in French.
func one(language, value string) bool {
	n, err := strconv.Atoi(value)
	if err != nil {
		return false
	}
	return n == 1 || n == 0 && language == French
}
