package grpcapi

import (
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// postFilter reads the filter of ListPosts.
func postFilter(t testing.TB, filter string) (workflow.PostQuery, error) {
	t.Helper()
	l := listing{names: acme, trip: tripOf(visiting(t, listPosts, ana))}
	var q workflow.PostQuery
	err := terms{
		"author":       l.memberTerm(&q.Author),
		"state":        enumTerm(postStates, &q.State, "IN_REVIEW"),
		"library_item": nameTerm(acme.readItem, &q.Item, form(inItems)),
	}.read(filter)
	return q, err
}

func TestFilters(t *testing.T) {
	t.Parallel()
	item := "workspaces/acme/libraryItems/" + someID
	for filter, want := range map[string]workflow.PostQuery{
		"":                {},
		"   ":             {},
		`author = "me"`:   {Author: someID},
		`author=me`:       {Author: someID},
		`state = "DRAFT"`: {State: advocacy.PostDraft},
		`state = DRAFT`:   {State: advocacy.PostDraft},
		`author = "workspaces/acme/members/` + otherID + `"`:                       {Author: otherID},
		`state = "PUBLISHED" AND library_item = "` + item + `"`:                    {State: advocacy.PostPublished, Item: someID},
		`author = "me" AND state = "FAILED" AND library_item = "` + item + `"`:     {Author: someID, State: advocacy.PostFailed, Item: someID},
		`(author = "me") AND (state = "FAILED" AND library_item = '` + item + `')`: {Author: someID, State: advocacy.PostFailed, Item: someID},
	} {
		if got, err := postFilter(t, filter); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", filter, got, err, want)
		}
	}
}

// A time is bound from an instant on, and before another.
func TestFilterOfATime(t *testing.T) {
	t.Parallel()
	var from, until time.Time
	fields := terms{"create_time >=": timeTerm(&from), "create_time <": timeTerm(&until)}
	err := fields.read(`create_time >= "2026-11-23T00:00:00+01:00" AND create_time < "2026-11-30T00:00:00.0000019Z"`)
	if want := time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC); err != nil || !from.Equal(want) || from.Location() != time.UTC {
		t.Errorf("from %v, want %v: %v", from, want, err)
	}
	if want := time.Date(2026, 11, 30, 0, 0, 0, 1000, time.UTC); !until.Equal(want) {
		t.Errorf("until %v, want %v", until, want)
	}
	for _, filter := range []string{
		`create_time = "2026-11-23T00:00:00Z"`, `create_time > "2026-11-23T00:00:00Z"`, `create_time <= "2026-11-23T00:00:00Z"`,
		`create_time >= "2026-11-23"`, `create_time >= "2026-11-23T00:00:00"`, `create_time >= "0001-01-01T00:00:00Z"`, `create_time >= 2026`,
		`create_time >= ""`, `create_time < "2026-11-23T00:00:00Z" AND create_time < "2026-11-24T00:00:00Z"`, `update_time < "2026-11-23T00:00:00Z"`,
		`"2026-11-23T00:00:00Z" < create_time`, `NOT create_time < "2026-11-23T00:00:00Z"`,
	} {
		err := fields.read(filter)
		if advocacy.ReasonOf(err) != "FILTER_INVALID" || !strings.Contains(err.Error(), `create_time < "20`) {
			t.Errorf("%s: %v", filter, err)
		}
	}
	if _, err := postFilter(t, `author >= "me"`); advocacy.ReasonOf(err) != "FILTER_INVALID" {
		t.Errorf("an author is compared: %v", err)
	}
}

func TestFiltersAreStrict(t *testing.T) {
	t.Parallel()
	for _, filter := range []string{
		"x", `"me"`, `author`, `author = `, `author != "me"`, `author : "me"`, `author > "me"`, `NOT author = "me"`, `-author = "me"`,
		`author = "me" OR state = "DRAFT"`, `author = "me" state = "DRAFT"`, `author = "me" AND author = "me"`,
		`state = "draft"`, `state = "STATE_UNSPECIFIED"`, `state = "NOPE"`, `state = 1`, `state = ""`, `title = "x"`,
		`author = "workspaces/globex/members/` + someID + `"`, `author = "` + someID + `"`, `author.name = "me"`,
		`"author" = "me"`, `f(author) = "me"`, `author = f("me")`, `author = "me" AND`, `(author = "me"`, `author = "me`,
		`author = *`, `author = "\`, strings.Repeat("(", 900), strings.Repeat("a(", 450),
	} {
		if got, err := postFilter(t, filter); advocacy.ReasonOf(err) != "FILTER_INVALID" {
			t.Errorf("%s: %+v, %v", filter, got, err)
		}
	}
}

// The refusal says what would be right.
func TestFilterRefusalTeaches(t *testing.T) {
	t.Parallel()
	_, err := postFilter(t, "nonsense = 1")
	for _, want := range []string{`author = "me"`, `state = "IN_REVIEW"`, "library_item = "} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %s", err, want)
		}
	}
}

func TestTrueTermTakesTrueAlone(t *testing.T) {
	t.Parallel()
	for filter, ok := range map[string]bool{"active = true": true, "active = false": false, `active = "true"`: false, "active = 1": false} {
		set := false
		err := terms{"active": trueTerm(func() { set = true })}.read(filter)
		if (err == nil) != ok || set != ok {
			t.Errorf("%s: %v, %v", filter, set, err)
		}
	}
}

// No filter panics, and every one that is read is read the same way again.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{`author = "me" AND state = "DRAFT"`, "a(", `x:"y"`, `-a.b.c > 3e5`, `(((a)))`, `author='me'`, "\x00", `author = "\x41"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, filter string) {
		if len(filter) > 1000 {
			return
		}
		first, err := postFilter(t, filter)
		if err != nil && advocacy.ReasonOf(err) != "FILTER_INVALID" {
			t.Fatal(err)
		}
		if second, err2 := postFilter(t, filter); second != first || (err == nil) != (err2 == nil) {
			t.Fatalf("%q: %+v then %+v", filter, first, second)
		}
	})
}
