package workflow_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// teach publishes a course of the module basics that asks one question, whose second
// option is right.
func teach(t *testing.T, h *workflowtest.House) *advocacy.TrainingCourse {
	t.Helper()
	if _, err := h.Flow.TrainingModule(t.Context(), h.As(h.Admin), h.W, "basics"); err != nil {
		_, err := h.Flow.CreateTrainingModule(t.Context(), h.As(h.Admin), h.W, workflow.TrainingDraft{
			ID: "basics", Titles: []advocacy.TrainingTitle{{Language: "en", Title: "Basics"}}, ValidDays: 30,
		})
		ok(t, err)
	}
	texts := []advocacy.TrainingText{{Language: "en", Text: "Words"}}
	c, err := h.Flow.PublishTrainingCourse(t.Context(), h.As(h.Admin), h.W, "basics", workflow.CourseDraft{
		Texts:         texts,
		Questions:     []advocacy.TrainingQuestion{{Texts: texts, Options: []advocacy.TrainingOption{{Texts: texts}, {Texts: texts, Right: true}}}},
		DailyAttempts: 2,
	})
	ok(t, err)
	return c
}

func answer(t *testing.T, h *workflowtest.House, c *advocacy.TrainingCourse, option int) (*advocacy.TrainingAttempt, error) {
	t.Helper()
	return h.Flow.AnswerTraining(t.Context(), h.As(h.Author), h.W, c.Module, c.Number, advocacy.Answers{Shown: c.Digest, Marked: [][]int{{option}}})
}

// TestCourseBeforeSubmit: whoever passes the course of a training the policy asks for may
// submit from then on, for as long as it is good; who does not may not.
func TestCourseBeforeSubmit(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	enforce(t, h, asksLegal+whoHasLearned)
	c := teach(t, h)
	unready(t, h, "Very good.", "TRAINING_MISSING")
	failed, err := answer(t, h, c, 0)
	ok(t, err)
	if failed.Passed || failed.Record != "" || failed.Score() != 0 {
		t.Errorf("wrong: %+v", failed)
	}
	unready(t, h, "So good.", "TRAINING_MISSING")
	passed, err := answer(t, h, c, 1)
	ok(t, err)
	if !passed.Passed || passed.Record == "" || passed.Score() != 100 {
		t.Errorf("right: %+v", passed)
	}
	h.Submit(t, h.Draft(t, "A good one."))
	h.Clock.Advance(30 * 24 * time.Hour)
	unready(t, h, "Too good.", "TRAINING_MISSING")
}

// TestAttemptsWithinADay: the course says how many there are, also for who published none
// of them, and a day later there is another.
func TestAttemptsWithinADay(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	c := teach(t, h)
	for range c.DailyAttempts {
		_, err := answer(t, h, c, 0)
		ok(t, err)
	}
	refuses(t, h, advocacy.Precondition, "TRAINING_ATTEMPTS", func() error { _, err := answer(t, h, c, 1); return err })
	anew := teach(t, h) // a new course gives nobody a further attempt
	refuses(t, h, advocacy.Precondition, "TRAINING_ATTEMPTS", func() error { _, err := answer(t, h, anew, 1); return err })
	h.Clock.Advance(24 * time.Hour)
	refuses(t, h, advocacy.Conflict, "TRAINING_COURSE_CHANGED", func() error { _, err := answer(t, h, c, 1); return err })
	a, err := answer(t, h, anew, 1)
	ok(t, err)
	if a.Number != c.DailyAttempts+1 {
		t.Errorf("attempt %d", a.Number)
	}
}

// TestRightOptionsStayHidden: only who may change a training reads which options are right,
// and everybody reads the same otherwise.
func TestRightOptionsStayHidden(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	c := teach(t, h)
	for person, want := range map[advocacy.PersonID]bool{h.Admin: true, h.Author: false, h.Legal: false} {
		got, err := h.Flow.TrainingCourse(t.Context(), h.As(person), h.W, c.Module, c.Number)
		ok(t, err)
		if got.Questions[0].Options[1].Right != want || got.Digest != c.Digest {
			t.Errorf("told: %v, digest %s", !want, got.Digest)
		}
	}
}

// TestCourseOfAStaleModule: a course for a module that changed since it was read is refused.
func TestCourseOfAStaleModule(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	first := teach(t, h)
	d := workflow.CourseDraft{Texts: first.Texts, Version: 1}
	refuses(t, h, advocacy.Conflict, "ETAG_STALE", func() error {
		_, err := h.Flow.PublishTrainingCourse(t.Context(), h.As(h.Admin), h.W, "basics", d)
		return err
	})
	m, err := h.Flow.TrainingModule(t.Context(), h.As(h.Admin), h.W, "basics")
	ok(t, err)
	d.Version = m.Version
	c, err := h.Flow.PublishTrainingCourse(t.Context(), h.As(h.Admin), h.W, "basics", d)
	ok(t, err)
	if c.Number != 2 {
		t.Errorf("course %d", c.Number)
	}
}
