package web

import (
	"testing"
	"time"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// A remedy takes out what is wrong and nothing else, however many there are.
func TestMend(t *testing.T) {
	t.Parallel()
	c := &imprimaturv1.Content{Text: "a\u200bb\u200bé", Link: "https://alder.example/p?id=4&utm_source=x"}
	found := func(start, end int32) *imprimaturv1.Finding {
		return &imprimaturv1.Finding{Code: "HIDDEN_CHARACTER", Field: "content.text", Start: start, End: end}
	}
	// Twice the same, and one of another text: the service says each of a text for each network.
	findings := []*imprimaturv1.Finding{found(1, 4), found(5, 8), found(5, 8), {Code: "HIDDEN_CHARACTER", Field: "content.variants[3].text", End: 1}}
	if !mend(c, "HIDDEN_CHARACTER", findings) || c.GetText() != "abé" {
		t.Errorf("mended: %q", c.GetText())
	}
	if !mend(c, "LINK_TRACKING", nil) || c.GetLink() != "https://alder.example/p?id=4" {
		t.Errorf("mended: %q", c.GetLink())
	}
	if mend(c, "LINK_TRACKING", nil) || mend(c, "TEXT_TOO_LONG", nil) {
		t.Error("there was nothing to mend")
	}
}

// A finding about what was typed is marked where that stands in what is shown.
func TestPlacedFindings(t *testing.T) {
	t.Parallel()
	c := &imprimaturv1.Content{Text: "our chair"}
	shown := &imprimaturv1.Target{Network: "wall", Text: "Advertising\n\nour chair"}
	got := placedFindings(c, shown, []*imprimaturv1.Finding{
		{Field: "content.text", Start: 4, End: 9}, {Field: "content.text", Network: "x", End: 3}, {Field: "content.link", End: 3}})
	if len(got) != 1 || shown.GetText()[got[0].GetStart():got[0].GetEnd()] != "chair" {
		t.Errorf("placed: %v", got)
	}
}

// A month is whole weeks, Monday to Sunday, also where it begins on one.
func TestCalendarSpan(t *testing.T) {
	t.Parallel()
	for day, want := range map[string][2]string{
		"2026-11-28": {"2026-10-26", "2026-12-07"}, "2027-02-10": {"2027-02-01", "2027-03-01"}, "2026-06-30": {"2026-06-01", "2026-07-06"},
	} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		first, end := (&calendarView{View: "month"}).span(at, "en")
		if got := [2]string{first.Format(time.DateOnly), end.Format(time.DateOnly)}; got != want {
			t.Errorf("%s: %v, want %v", day, got, want)
		}
	}
}
