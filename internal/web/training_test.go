package web

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// Attempts are those of the last 24 hours; when all are used, the oldest of them says when there is
// another.
func TestAttemptsLeft(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	ago := func(hours ...int) (latest []*imprimaturv1.TrainingAttempt) {
		for _, h := range hours {
			latest = append(latest, &imprimaturv1.TrainingAttempt{CreateTime: timestamppb.New(now.Add(-time.Duration(h) * time.Hour))})
		}
		return latest
	}
	for name, c := range map[string]struct {
		latest []*imprimaturv1.TrainingAttempt
		left   int
		again  time.Duration
	}{
		"none":             {nil, 2, 0},
		"one":              {ago(1), 1, 0},
		"all":              {ago(1, 5), 0, 19 * time.Hour},
		"more than all":    {ago(1, 5, 7), 0, 19 * time.Hour},
		"one is a day old": {ago(1, 24), 1, 0},
	} {
		got := countAttempts(c.latest, 2, now)
		if got.Left != c.left || (got.Again != nil) != (c.again > 0) || got.Again != nil && !got.Again.AsTime().Equal(now.Add(c.again)) {
			t.Errorf("%s: %d left, again at %v", name, got.Left, got.Again.AsTime())
		}
	}
}

// A course stands in the form as it is, and comes out of it so; what was left empty is left out.
func TestCourseForm(t *testing.T) {
	t.Parallel()
	in := func(texts ...string) (all []*imprimaturv1.TrainingText) {
		for i := 0; i+1 < len(texts); i += 2 {
			all = append(all, &imprimaturv1.TrainingText{Language: texts[i], Text: texts[i+1]})
		}
		return all
	}
	course := &imprimaturv1.TrainingCourse{
		Texts: in("de", "Sag, wer du bist.", "en", "Say who you are."), PassPercent: 50, DailyAttempts: 2,
		Questions: []*imprimaturv1.TrainingQuestion{{Texts: in("de", "Wer?", "en", "Who?"), Options: []*imprimaturv1.TrainingOption{
			{Texts: in("de", "Ich", "en", "Me"), Right: true}, {Texts: in("de", "Du", "en", "You")},
		}}},
	}
	f := formOf(course)
	if diff := cmp.Diff([]string{"de", "en", "fr"}, f.Languages); diff != "" {
		t.Errorf("languages (-want +got):\n%s", diff)
	}
	f.ask()
	f.offer(0)
	if len(f.Questions) != 2 || len(f.Questions[0].Options) != 3 {
		t.Errorf("%d questions, %d options", len(f.Questions), len(f.Questions[0].Options))
	}
	if diff := cmp.Diff(course, f.course(), protocmp.Transform()); diff != "" {
		t.Errorf("course (-want +got):\n%s", diff)
	}
	if f := formOf(nil); len(f.Questions) != 1 || len(f.course().GetQuestions()) != 0 {
		t.Error("a fresh form has an empty question, which is no part of a course")
	}
}

// A line of three dashes begins another page.
func TestCoursePages(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"One page.":                  {"One page."},
		"One\n\ntwo.\n---\nThree\n":  {"One\n\ntwo.", "Three"},
		"---\nA -- b --- c\n --- \n": {"A -- b --- c"},
	} {
		if diff := cmp.Diff(want, pagesOf(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}
