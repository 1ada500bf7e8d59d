package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

var (
	// jsonMistake is how the JSON decoder of protobuf words what it cannot read.
	jsonMistake  = regexp.MustCompile(`^proto: (?:syntax error )?\(line (\d+):(\d+)\): (.*)$`)
	unknownField = regexp.MustCompile(`^unknown field "(.*)"$`)
	zonelessTime = regexp.MustCompile(`^invalid google\.protobuf\.Timestamp value`)
	// queryMistake is how strictQuery words one.
	queryMistake = regexp.MustCompile(`^query parameter "([^"]*)": (.*)$`)
)

// longestEcho is how much of a message with the client's own words in it is said back.
const longestEcho = 300

// explain turns the library's complaint about a request into one a person can act on.
func explain(r *http.Request, message string) *refusal {
	// The decoder puts unbreakable spaces into its errors at random, so that nobody relies
	// on their text; positions are all we take from it besides words for people.
	message = strings.ReplaceAll(message, "\u00a0", " ")
	if m := queryMistake.FindStringSubmatch(message); m != nil {
		return invalid("INVALID_PARAMETER", m[1], "%s", m[2])
	}
	if m := jsonMistake.FindStringSubmatch(message); m != nil {
		body, _ := r.Context().Value(bodyKey{}).([]byte)
		return explainJSON(body, m[1], m[2], shorten(m[3]))
	}
	message = strings.TrimPrefix(message, "proto: ")
	if message == io.ErrUnexpectedEOF.Error() {
		return invalid("INVALID_JSON", "", "the body ends in the middle of its JSON")
	}
	return invalid("INVALID_REQUEST", "", "%s", shorten(message))
}

func explainJSON(body []byte, line, column, complaint string) *refusal {
	l, _ := strconv.Atoi(line)
	c, _ := strconv.Atoi(column)
	field := pathAt(body, offsetOf(body, l, c))
	switch {
	case unknownField.MatchString(complaint):
		return invalid("UNKNOWN_FIELD", field, "there is no such field; /openapi.json lists those there are")
	case strings.HasPrefix(complaint, "invalid UTF-8"):
		return invalid("INVALID_UTF8", field, "the text is not valid UTF-8")
	case zonelessTime.MatchString(complaint):
		return invalid("INVALID_TIME", field, "want a time with its zone, such as 2026-05-01T09:00:00Z or 2026-05-01T09:00:00+02:00")
	case json.Valid(body) && !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")):
		return invalid("INVALID_VALUE", "", "the body must be an object: {…}")
	case json.Valid(body):
		return invalid("INVALID_VALUE", field, "%s", complaint)
	}
	return invalid("INVALID_JSON", "", "line %s, column %s: %s", line, column, complaint)
}

func shorten(s string) string {
	if len(s) <= longestEcho {
		return s
	}
	return strings.ToValidUTF8(s[:longestEcho], "") + "…"
}

// offsetOf finds a line and a column, counted in characters from 1.
func offsetOf(body []byte, line, column int) int {
	offset := 0
	for ; line > 1; line-- {
		n := bytes.IndexByte(body[offset:], '\n')
		if n < 0 {
			break
		}
		offset += n + 1
	}
	characters := 1
	for i := range string(body[offset:]) {
		if characters == column {
			return offset + i
		}
		characters++
	}
	return len(body)
}

// level is one nesting of a JSON document.
type level struct {
	array bool
	index int
	key   string
	// named is set while the value of key is awaited.
	named bool
}

// pathAt names the member that stands at an offset, such as content.variants[1].text.
func pathAt(body []byte, offset int) string {
	d := json.NewDecoder(bytes.NewReader(body))
	var levels []level
	for {
		token, err := d.Token()
		if err != nil {
			return pathOf(levels)
		}
		levels = step(levels, token, d.InputOffset() > int64(offset))
		if levels == nil || d.InputOffset() > int64(offset) {
			return pathOf(levels)
		}
	}
}

// step moves past one token. At the token that is looked for, the levels are left as they
// are when it begins, but for its name if it is one.
func step(levels []level, token json.Token, here bool) []level {
	top := func() *level {
		if len(levels) == 0 {
			return nil
		}
		return &levels[len(levels)-1]
	}
	if t := top(); t != nil && !t.array && !t.named {
		if key, ok := token.(string); ok {
			t.key, t.named = key, true
			return levels
		}
	}
	if here {
		return levels
	}
	switch token {
	case json.Delim('{'), json.Delim('['):
		return append(levels, level{array: token == json.Delim('[')})
	case json.Delim('}'), json.Delim(']'):
		levels = levels[:len(levels)-1]
	}
	if t := top(); t != nil {
		t.index++
		t.named = false
	}
	return levels
}

func pathOf(levels []level) string {
	var b strings.Builder
	for _, l := range levels {
		switch {
		case l.array:
			fmt.Fprintf(&b, "[%d]", l.index)
		case l.key == "" || !l.named:
		case b.Len() > 0:
			b.WriteString("." + l.key)
		default:
			b.WriteString(l.key)
		}
	}
	return b.String()
}
