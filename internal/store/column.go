package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
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

// parseTime reads sqliteTime in UTC by hand: pages hold hundreds of them, and
// time.Parse takes five times as long.
func parseTime(s string) (time.Time, error) {
	const seconds, zone = len("2006-01-02 15:04:05"), "+00:00"
	end := len(s) - len(zone)
	if end < seconds || s[end:] != zone {
		t, err := time.Parse(sqliteTime, s)
		return t.UTC(), err
	}
	year, ok0 := digits(s[0:4])
	month, ok1 := digits(s[5:7])
	day, ok2 := digits(s[8:10])
	hour, ok3 := digits(s[11:13])
	minute, ok4 := digits(s[14:16])
	second, ok5 := digits(s[17:19])
	nanos, ok6 := fraction(s[seconds:end])
	if !ok0 || !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || !ok6 {
		return time.Time{}, fmt.Errorf("%q is not a time", s)
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC), nil
}

func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return n, true
}

// fraction reads ".12" as nanoseconds, and "" as none.
func fraction(s string) (int, bool) {
	if s == "" {
		return 0, true
	}
	if s[0] != '.' || len(s) > len(".999999999") {
		return 0, false
	}
	n, ok := digits(s[1:])
	for range len(".999999999") - len(s) {
		n *= 10
	}
	return n, ok
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
	return json.Unmarshal([]byte(text), (*[]T)(l))
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
