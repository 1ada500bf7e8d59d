package web

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

func TestDiffLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("same\n", 10)
	for name, tt := range map[string]struct {
		before, after string
		want          []diffLine
	}{
		"the same":  {"a\nb", "a\nb", nil},
		"one added": {"a\nc", "a\nb\nc", []diffLine{{"", 1, "a"}, {"ins", 2, "b"}, {"", 3, "c"}}},
		"one gone":  {"a\nb\nc", "a\nc", []diffLine{{"", 1, "a"}, {"del", 0, "b"}, {"", 2, "c"}}},
		"one other": {"a\nb", "a\nx", []diffLine{{"", 1, "a"}, {"del", 0, "b"}, {"ins", 2, "x"}}},
		"far apart": {"a\n" + long + "z", "b\n" + long + "y", []diffLine{
			{"del", 0, "a"}, {"ins", 1, "b"}, {"", 2, "same"}, {"", 3, "same"}, {"", 4, "same"}, {"gap", 0, ""},
			{"", 9, "same"}, {"", 10, "same"}, {"", 11, "same"}, {"del", 0, "z"}, {"ins", 12, "y"},
		}},
	} {
		if diff := cmp.Diff(tt.want, diffLines(tt.before, tt.after)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A document that was written anew is shown as that, and takes no time.
func TestDiffOfOtherDocuments(t *testing.T) {
	t.Parallel()
	var a, b strings.Builder
	for range 3000 {
		a.WriteString("old\n")
		b.WriteString("new\n")
	}
	if lines := diffLines(a.String(), b.String()); len(lines) != 6001 {
		t.Errorf("%d lines", len(lines))
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		state        imprimaturv1.LibraryItem_State
		availability imprimaturv1.LibraryItem_Availability
		want         string
	}{
		{imprimaturv1.LibraryItem_DRAFT, imprimaturv1.LibraryItem_LIVE, "draft"},
		{imprimaturv1.LibraryItem_APPROVED, imprimaturv1.LibraryItem_LIVE, "live"},
		{imprimaturv1.LibraryItem_APPROVED, imprimaturv1.LibraryItem_SCHEDULED, "scheduled"},
		{imprimaturv1.LibraryItem_APPROVED, imprimaturv1.LibraryItem_EXPIRED, "expired"},
		{imprimaturv1.LibraryItem_WITHDRAWN, imprimaturv1.LibraryItem_NONE, "withdrawn"},
		{imprimaturv1.LibraryItem_REVIEW_EXPIRED, imprimaturv1.LibraryItem_NONE, "unroutable"},
	} {
		if got := standing(&imprimaturv1.LibraryItem{State: tt.state, Availability: tt.availability}); got != tt.want {
			t.Errorf("%v, %v: %s, want %s", tt.state, tt.availability, got, tt.want)
		}
	}
	// Whatever the contract says of an item, it has a place on the board.
	for s := range imprimaturv1.LibraryItem_State_name {
		if got := standing(&imprimaturv1.LibraryItem{State: imprimaturv1.LibraryItem_State(s)}); !slices.Contains(standings, got) {
			t.Errorf("state %d stands nowhere", s)
		}
	}
}

func TestEnding(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	in := func(d time.Duration) *imprimaturv1.LibraryItem {
		return &imprimaturv1.LibraryItem{Title: d.String(), ShareEndTime: timestamppb.New(now.Add(d))}
	}
	got := ending([]*imprimaturv1.LibraryItem{in(48 * time.Hour), {Title: "never"}, in(40 * 24 * time.Hour), in(time.Hour)}, now)
	if len(got) != 2 || got[0].GetTitle() != "1h0m0s" || got[1].GetTitle() != "48h0m0s" {
		t.Errorf("%v", got)
	}
}

func TestSpecialDays(t *testing.T) {
	t.Parallel()
	text := "2026-12-25 Noël\n\n2026-12-24 09:00-12:00 14:00–16:00 Half a day - or less"
	w := calendarForm(&imprimaturv1.Calendar{SpecialDays: specialDays(text)})
	want := "2026-12-25 Noël\n2026-12-24 09:00-12:00 14:00-16:00 Half a day - or less"
	if w.Special != want {
		t.Errorf("%q, want %q", w.Special, want)
	}
}

// What a form offers for a key is what the table of roles says a machine may have.
func TestMachinePermissions(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("../authz/testdata/roles.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all, machine []string
	for _, line := range strings.Split(string(table), "\n") {
		words := strings.Fields(line)
		if len(words) < 2 || !strings.Contains(words[0], ".") || strings.HasPrefix(line, "#") {
			continue
		}
		all = append(all, words[0])
		if words[1] == "yes" {
			machine = append(machine, words[0])
		}
	}
	slices.Sort(all)
	slices.Sort(machine)
	if diff := cmp.Diff(machine, permissions().machine); diff != "" {
		t.Errorf("for a key (-table +form): %s", diff)
	}
	if diff := cmp.Diff(all, permissions().all); diff != "" {
		t.Errorf("in all (-table +form): %s", diff)
	}
}

func TestBarsFitTheirRoom(t *testing.T) {
	t.Parallel()
	drawn := bars([]*imprimaturv1.SimulatedRequirement{{Key: "legal", Before: 10, After: 40}, {Key: "pr"}})
	if drawn[0].Before != barRoom/4 || drawn[0].After != barRoom || drawn[1].After != 0 {
		t.Errorf("%+v", drawn)
	}
	charts := loads([]*imprimaturv1.SimulatedLoad{{Role: "b", Hour: 9, Before: 2, After: 4}, {Role: "a", Hour: 23, After: 1}, {Role: "b", Hour: 10, After: 1}})
	if len(charts) != 2 || charts[0].Role != "a" || charts[1].Hours[9].HeightAfter != loadHeight || charts[1].Total.After != 5 || charts[0].Most != 4 {
		t.Errorf("%+v", charts)
	}
}
