package advocacy_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

var courseTime = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

func wordsIn(languages ...string) []advocacy.TrainingText {
	texts := make([]advocacy.TrainingText, len(languages))
	for i, tag := range languages {
		texts[i] = advocacy.TrainingText{Language: tag, Text: "Words in " + tag}
	}
	return texts
}

// asked is a question in English whose options are right or not.
func asked(right ...bool) advocacy.TrainingQuestion {
	q := advocacy.TrainingQuestion{Texts: wordsIn("en")}
	for _, r := range right {
		q.Options = append(q.Options, advocacy.TrainingOption{Texts: wordsIn("en"), Right: r})
	}
	return q
}

// TestTrainingCourseGuard: a course is written in the same languages throughout, and each
// question has a right option and a wrong one.
func TestTrainingCourseGuard(t *testing.T) {
	t.Parallel()
	bilingual := func(change func(*advocacy.TrainingCourse)) advocacy.TrainingCourse {
		q := advocacy.TrainingQuestion{Texts: wordsIn("fr", "en"), Options: []advocacy.TrainingOption{
			{Texts: wordsIn("en", "fr"), Right: true}, {Texts: wordsIn("en", "FR")},
		}}
		c := advocacy.TrainingCourse{Texts: wordsIn("en", "fr"), Questions: []advocacy.TrainingQuestion{q}}
		change(&c)
		return c
	}
	for name, c := range map[string]struct {
		change        func(*advocacy.TrainingCourse)
		reason, field string
	}{
		"good":                    {func(*advocacy.TrainingCourse) {}, "", ""},
		"no question":             {func(c *advocacy.TrainingCourse) { c.Questions = nil }, "", ""},
		"no text":                 {func(c *advocacy.TrainingCourse) { c.Texts = nil }, "TRAINING_LANGUAGES", "training_course.texts"},
		"a language twice":        {func(c *advocacy.TrainingCourse) { c.Texts = wordsIn("en", "fr", "EN") }, "TRAINING_LANGUAGES", "training_course.texts"},
		"a question in one":       {func(c *advocacy.TrainingCourse) { c.Questions[0].Texts = wordsIn("en") }, "TRAINING_LANGUAGES", "training_course.questions[0].texts"},
		"an option in another":    {func(c *advocacy.TrainingCourse) { c.Questions[0].Options[1].Texts = wordsIn("en", "de") }, "TRAINING_LANGUAGES", "training_course.questions[0].options[1].texts"},
		"nothing is right":        {func(c *advocacy.TrainingCourse) { c.Questions[0].Options[0].Right = false }, "TRAINING_OPTIONS", "training_course.questions[0].options"},
		"everything is right":     {func(c *advocacy.TrainingCourse) { c.Questions[0].Options[1].Right = true }, "TRAINING_OPTIONS", "training_course.questions[0].options"},
		"a question without text": {func(c *advocacy.TrainingCourse) { c.Questions[0].Texts = nil }, "TRAINING_LANGUAGES", "training_course.questions[0].texts"},
	} {
		course := bilingual(c.change)
		err := course.Guard()
		if e, _ := errors.AsType[*advocacy.Error](err); advocacy.ReasonOf(err) != c.reason || (e != nil && e.Field != c.field) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// course asks questions; of the first the first option is right, of the second the second…
func course(questions int) *advocacy.TrainingCourse {
	c := &advocacy.TrainingCourse{Workspace: "acme", Module: "basics", Number: 1, Texts: wordsIn("en")}
	for i := range questions {
		q := asked(make([]bool, questions+1)...)
		q.Options[i].Right = true
		c.Questions = append(c.Questions, q)
	}
	c.Complete()
	return c
}

// TestAnswerTrainingCourse: a person in a session answers what is in force, each question,
// and no more often than a day allows.
func TestAnswerTrainingCourse(t *testing.T) {
	t.Parallel()
	ana := advocacy.Actor{Kind: advocacy.Human, Person: "ana"}
	ago := func(d time.Duration) advocacy.TrainingAttempt {
		return advocacy.TrainingAttempt{Number: 7, CreateTime: courseTime.Add(-d)}
	}
	today := []advocacy.TrainingAttempt{ago(0), ago(time.Hour), ago(24*time.Hour - time.Second)}
	yesterday := []advocacy.TrainingAttempt{ago(0), ago(time.Hour), ago(24 * time.Hour)}
	right := [][]int{{0}, {1}}
	for name, c := range map[string]struct {
		actor   advocacy.Actor
		inForce int
		shown   advocacy.Digest
		marked  [][]int
		latest  []advocacy.TrainingAttempt
		reason  string
	}{
		"right":                     {ana, 1, "", right, nil, ""},
		"a tool":                    {advocacy.Actor{Kind: advocacy.Machine, Person: "ana", Key: "k"}, 1, "", right, nil, "MACHINE_CANNOT_ANSWER"},
		"a key in person":           {advocacy.Actor{Kind: advocacy.Human, Person: "ana", Key: "k"}, 1, "", right, nil, "MACHINE_CANNOT_ANSWER"},
		"not in force":              {ana, 2, "", right, nil, "TRAINING_COURSE_CHANGED"},
		"something else was shown":  {ana, 1, "sha256:other", right, nil, "TRAINING_COURSE_CHANGED"},
		"one answer is missing":     {ana, 1, "", right[:1], nil, "TRAINING_ANSWERS"},
		"no such option":            {ana, 1, "", [][]int{{0}, {3}}, nil, "TRAINING_ANSWERS"},
		"below the first":           {ana, 1, "", [][]int{{0}, {-1}}, nil, "TRAINING_ANSWERS"},
		"one twice":                 {ana, 1, "", [][]int{{0}, {1, 1}}, nil, "TRAINING_ANSWERS"},
		"the fourth within a day":   {ana, 1, "", right, today, "TRAINING_ATTEMPTS"},
		"the third within a day":    {ana, 1, "", right, yesterday, ""},
		"the second within an hour": {ana, 1, "", right, today[:1], ""},
	} {
		asks := course(2)
		shown := c.shown
		if shown == "" {
			shown = asks.Digest
		}
		got, err := asks.Answer(c.actor, &advocacy.TrainingModule{Course: c.inForce}, advocacy.Answers{Shown: shown, Marked: c.marked}, c.latest, courseTime)
		if advocacy.ReasonOf(err) != c.reason {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err == nil && (!got.Passed || got.Person != "ana" || got.Number != 1+7*min(len(c.latest), 1)) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestTrainingAttemptIsScored holds for any course and any answers that a question counts
// when exactly its right options are marked, and that who reaches the mark has passed.
func TestTrainingAttemptIsScored(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		asks := &advocacy.TrainingCourse{Number: 1, PassPercent: rapid.IntRange(1, 100).Draw(rt, "mark")}
		var marked [][]int
		want := 0
		for i := range rapid.IntRange(0, 12).Draw(rt, "questions") {
			name := fmt.Sprint(i)
			right := rapid.SliceOfN(rapid.Bool(), 2, 5).Draw(rt, "right "+name)
			chosen := right
			if rapid.Bool().Draw(rt, "guess "+name) {
				chosen = rapid.SliceOfN(rapid.Bool(), len(right), len(right)).Draw(rt, "chosen "+name)
			}
			var options []int
			for option, is := range chosen {
				if is {
					options = append(options, option)
				}
			}
			if slices.Equal(right, chosen) {
				want++
			}
			slices.Reverse(options) // their order says nothing
			asks.Questions, marked = append(asks.Questions, asked(right...)), append(marked, options)
		}
		asks.Complete()
		got, err := asks.Answer(advocacy.Actor{Kind: advocacy.Human, Person: "ana"}, &advocacy.TrainingModule{Course: 1},
			advocacy.Answers{Shown: asks.Digest, Marked: marked}, nil, courseTime)
		if err != nil {
			rt.Fatal(err)
		}
		all := len(asks.Questions)
		score := 100
		if all > 0 {
			score = 100 * want / all
		}
		// The mark is a part of all: as many have to be right as make at least that part.
		enough := (asks.PassPercent*all + 99) / 100
		if got.Passed != (want >= enough) || got.Score() != score {
			rt.Errorf("%d of %d, mark %d: %+v, %d %%", want, all, asks.PassPercent, got, got.Score())
		}
	})
}

// TestCourseDigestTellsNoAnswer: what is shown has another digest, and which options are
// right has none.
func TestCourseDigestTellsNoAnswer(t *testing.T) {
	t.Parallel()
	c := course(2)
	before := c.Digest
	c.Hide()
	c.Complete()
	if c.Digest != before {
		t.Error("the digest tells which options are right")
	}
	for i, q := range c.Questions {
		for j, o := range q.Options {
			if o.Right {
				t.Errorf("option %d of question %d is still marked", j, i)
			}
		}
	}
	c.Questions[1].Options[0].Texts = wordsIn("fr")
	if c.Complete(); c.Digest == before {
		t.Error("the digest does not tell what is shown")
	}
	if c.PassPercent != 80 || c.DailyAttempts != 3 {
		t.Errorf("mark %d, %d attempts", c.PassPercent, c.DailyAttempts)
	}
}

// TestEarnedTraining: what a passed attempt earns is good for as long as the module says.
func TestEarnedTraining(t *testing.T) {
	t.Parallel()
	a := &advocacy.TrainingAttempt{Workspace: "acme", Module: "basics", Person: "ana", CreateTime: courseTime}
	for days, expiry := range map[int]time.Time{0: {}, 30: courseTime.AddDate(0, 0, 30)} {
		r := a.Earn(&advocacy.TrainingModule{ValidDays: days}, "r")
		if a.Record != "r" || r.Person != "ana" || r.Module != "basics" || !r.ExpireTime.Equal(expiry) || !r.ValidAt(courseTime) {
			t.Errorf("%d days: %+v", days, r)
		}
	}
}
