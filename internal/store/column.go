package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// The types of columns whose form in the database is not their form in Go. They are the
// same on both databases.

// instant is a point in time, NULL when zero.
type instant struct{ time time.Time }

func at(t time.Time) instant { return instant{time: t} }

// Value gives UTC microseconds, which both databases keep exactly.
func (i instant) Value() (driver.Value, error) {
	if i.time.IsZero() {
		return nil, nil
	}
	return exact(i.time), nil
}

// Scan reads a timestamp of PostgreSQL or the text SQLite's driver writes.
func (i *instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		i.time = time.Time{}
		return nil
	case time.Time:
		i.time = v.UTC()
		return nil
	case string:
		t, err := parseTime(v)
		i.time = t
		return err
	default:
		return fmt.Errorf("a time cannot be read from %T", src)
	}
}

// moment is a point in time that orders rows: zero is kept, before everything else.
type moment struct{ instant }

func sorted(t time.Time) moment { return moment{at(t)} }

// Value gives UTC microseconds, also for the zero time.
func (m moment) Value() (driver.Value, error) { return exact(m.time), nil }

func exact(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// sqliteTime is how the driver writes a time; with UTC only, texts sort as times do.
const sqliteTime = "2006-01-02 15:04:05.999999999-07:00"

// parseTime reads sqliteTime. Pages hold hundreds of times, and time.Parse takes five
// times as long as reading digits; it is left with what is not as the driver writes it.
func parseTime(s string) (time.Time, error) {
	const seconds, zone = len("2006-01-02 15:04:05"), "+00:00"
	end := len(s) - len(zone)
	if end >= seconds && s[end:] == zone && s[4] == '-' && s[7] == '-' && s[10] == ' ' && s[13] == ':' && s[16] == ':' {
		year, month, day := digits(s[0:4]), digits(s[5:7]), digits(s[8:10])
		hour, minute, second := digits(s[11:13]), digits(s[14:16]), digits(s[17:19])
		nanos := fraction(s[seconds:end])
		t := time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
		// A number that is none is negative, and time.Date makes another day of a 30 February.
		if min(year, hour, minute, second, nanos) >= 0 && int(t.Month()) == month && t.Day() == day &&
			hour < 24 && minute < 60 && second < 60 {
			return t, nil
		}
	}
	t, err := time.Parse(sqliteTime, s)
	return t.UTC(), err
}

// digits is the number s writes, negative when it is none.
func digits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = 10*n + int(s[i]-'0')
	}
	return n
}

// fraction reads ".12" as nanoseconds and "" as none; anything else is negative.
func fraction(s string) int {
	if s == "" {
		return 0
	}
	if s[0] != '.' || len(s) < len(".1") || len(s) > len(".123456789") {
		return -1
	}
	n := digits(s[1:])
	for range len(".123456789") - len(s) {
		n *= 10
	}
	return n
}

// ref is the id of another row, or text that may be absent; NULL when empty.
type ref string

// Value gives NULL for the empty string.
func (r ref) Value() (driver.Value, error) {
	if r == "" {
		return nil, nil
	}
	return string(r), nil
}

// Scan reads NULL as the empty string.
func (r *ref) Scan(src any) error {
	text, err := textOf(src)
	*r = ref(text)
	return err
}

// list is a JSON array of strings. An empty one is read as nil.
type list[T ~string] []T

// Value gives JSON.
func (l list[T]) Value() (driver.Value, error) {
	if len(l) == 0 {
		return "[]", nil
	}
	data, err := json.Marshal([]T(l))
	return string(data), err
}

// Scan reads JSON.
func (l *list[T]) Scan(src any) error {
	text, err := textOf(src)
	*l = nil
	if err != nil || text == "" || text == "[]" {
		return err
	}
	inner, found := strings.CutPrefix(text, `["`)
	inner, closed := strings.CutSuffix(inner, `"]`)
	if !found || !closed || strings.Contains(inner, `\`) {
		return json.Unmarshal([]byte(text), (*[]T)(l))
	}
	// Compact, and with nothing escaped, as Value writes ids and names: a page reads
	// hundreds of them.
	for word := range strings.SplitSeq(inner, `","`) {
		*l = append(*l, T(word))
	}
	return nil
}

// doc is a JSON document, NULL when it is a nil pointer.
type doc[T any] struct{ of T }

// Value gives JSON.
func (d doc[T]) Value() (driver.Value, error) {
	data, err := json.Marshal(d.of)
	if err != nil || string(data) == "null" {
		return nil, err
	}
	return string(data), nil
}

// Scan reads JSON.
func (d *doc[T]) Scan(src any) error {
	text, err := textOf(src)
	var empty T
	d.of = empty
	if err != nil || text == "" {
		return err
	}
	return json.Unmarshal([]byte(text), &d.of)
}

func textOf(src any) (string, error) {
	switch v := src.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	default:
		return "", fmt.Errorf("text cannot be read from %T", src)
	}
}

// bytesOf is what a BLOB column that is never NULL takes.
func bytesOf(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// orNull is the bytes, or NULL for none.
func orNull(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}

// noBytes reads an empty BLOB as nil.
func noBytes(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}

// texts converts between slices of string types.
func texts[To, From ~string](in []From) []To {
	if len(in) == 0 {
		return nil
	}
	out := make([]To, len(in))
	for i, v := range in {
		out[i] = To(v)
	}
	return out
}
