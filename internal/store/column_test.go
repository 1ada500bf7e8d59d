package store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// FuzzTime holds that times are read as time.Parse would read them, and that what is not
// a time is an error and no panic.
func FuzzTime(f *testing.F) {
	for _, s := range []string{
		"2026-11-20 01:02:03.12+00:00", "2026-11-20 01:02:03+00:00", "0001-01-01 00:00:00+00:00", "2026-11-20 01:02:03.123456+00:00",
		"2026-11-20 01:02:03+01:00", "", "+00:00", "2026-11-20 01:02:03.+00:00", "2026-11-20 01:02:03.1234567890+00:00", "2026-13-41 25:61:61+00:00",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := parseTime(s)
		want, wantErr := time.Parse(sqliteTime, s)
		if (err == nil) != (wantErr == nil) || (err == nil && !got.Equal(want)) {
			t.Fatalf("%q is %v, %v; want %v, %v", s, got, err, want, wantErr)
		}
		if err == nil && got.Location() != time.UTC {
			t.Fatalf("%q is in %v", s, got.Location())
		}
	})
}

// FuzzList holds that any list of texts comes back as it went.
func FuzzList(f *testing.F) {
	f.Add("a", "b")
	f.Add(`","`, `"]`)
	f.Add(`["`, "\\")
	f.Add("", "\n<&>\u2028")
	f.Fuzz(func(t *testing.T, a, b string) {
		want := list[advocacy.PersonID]{advocacy.PersonID(strings.ToValidUTF8(a, "?")), advocacy.PersonID(strings.ToValidUTF8(b, "?"))}
		value, err := want.Value()
		if err != nil {
			t.Fatal(err)
		}
		var got list[advocacy.PersonID]
		if err := got.Scan(value); err != nil || !slices.Equal(got, want) {
			t.Fatalf("%q came back as %q, %v", want, got, err)
		}
	})
}

// TestColumnsRefuse holds that a column of another type is an error.
func TestColumnsRefuse(t *testing.T) {
	t.Parallel()
	var grant grants
	for name, err := range map[string]error{
		"time from number": new(instant).Scan(int64(1)),
		"time from word":   new(instant).Scan("yesterday"),
		"text from number": new(ref).Scan(int64(1)),
		"list from object": new(list[string]).Scan("{}"),
		"list from half":   new(list[string]).Scan(`["a`),
		"doc from half":    new(doc[map[string]string]).Scan("{"),
		"role without":     grant.Scan("admin"),
		"role half":        grant.Scan("admin 2026-11-20"),
	} {
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
