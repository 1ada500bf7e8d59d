package advocacy

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// TrainingText is what a course says in one language.
type TrainingText struct {
	// Language is a BCP 47 tag.
	Language string `json:"language"`
	Text     string `json:"text"`
}

// TrainingQuestion is asked at the end of a course. Whoever marks all its right options and
// no other has answered it right.
type TrainingQuestion struct {
	Texts   []TrainingText   `json:"texts"`
	Options []TrainingOption `json:"options"`
}

// TrainingOption is one of the answers to choose from.
type TrainingOption struct {
	Texts []TrainingText `json:"texts"`
	Right bool           `json:"right"`
}

// TrainingCourse is one immutable wording of what a training module teaches and asks, in
// all its languages. The newest is the one in force.
type TrainingCourse struct {
	Workspace WorkspaceID
	Module    TrainingID
	// Number counts from 1.
	Number    int
	Texts     []TrainingText
	Questions []TrainingQuestion
	// PassPercent is the part of the questions that has to be answered right, and
	// DailyAttempts how often one may try within a day.
	PassPercent   int
	DailyAttempts int
	// Digest names what whoever answers was shown.
	Digest     Digest
	Publisher  PersonID
	CreateTime time.Time
}

// What a course asks when its publisher does not say.
const (
	defaultPassPercent   = 80
	defaultDailyAttempts = 3
)

// attemptWindow is the day in which attempts are counted.
const attemptWindow = 24 * time.Hour

// Complete gives the course what its publisher left open, and its digest.
func (c *TrainingCourse) Complete() {
	if c.PassPercent == 0 {
		c.PassPercent = defaultPassPercent
	}
	if c.DailyAttempts == 0 {
		c.DailyAttempts = defaultDailyAttempts
	}
	c.Digest = DigestOf(c.Canonical())
}

// Guard refuses a course that is not written in the same languages throughout
// (TRAINING_LANGUAGES), and a question that has no right option or no wrong one
// (TRAINING_OPTIONS).
func (c *TrainingCourse) Guard() error {
	tags := languagesOf(c.Texts)
	in := func(field string, texts []TrainingText) error {
		if found := languagesOf(texts); len(found) == 0 || len(found) != len(texts) || !slices.Equal(found, tags) {
			return InvalidField(field, "TRAINING_LANGUAGES", "write it once in each language of the course (%s)", strings.Join(tags, ", "))
		}
		return nil
	}
	if err := in("training_course.texts", c.Texts); err != nil {
		return err
	}
	for i, q := range c.Questions {
		field := fmt.Sprintf("training_course.questions[%d]", i)
		if err := in(field+".texts", q.Texts); err != nil {
			return err
		}
		right := 0
		for j, o := range q.Options {
			if err := in(fmt.Sprintf("%s.options[%d].texts", field, j), o.Texts); err != nil {
				return err
			}
			if o.Right {
				right++
			}
		}
		if right == 0 || right == len(q.Options) {
			return InvalidField(field+".options", "TRAINING_OPTIONS", "mark the right options, and leave a wrong one")
		}
	}
	return nil
}

// languagesOf lists the languages of texts in order, each once.
func languagesOf(texts []TrainingText) []string {
	tags := make([]string, len(texts))
	for i, t := range texts {
		tags[i] = strings.ToLower(t.Language)
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

// Hide takes away which options are right.
func (c *TrainingCourse) Hide() {
	for i := range c.Questions {
		for j := range c.Questions[i].Options {
			c.Questions[i].Options[j].Right = false
		}
	}
}

// Canonical is the form of the course that the digest is of: what is shown and asked. It
// says nothing of which options are right, since whoever knew would find them by trying
// which gives the digest.
func (c *TrainingCourse) Canonical() []byte {
	o := &object{}
	o.number("pass_percent", c.PassPercent)
	elements(o, "questions", c.Questions, TrainingQuestion.appendTo)
	o.text("schema", "imprimatur.dev/training-course/v1")
	elements(o, "texts", c.Texts, TrainingText.appendTo)
	return o.end()
}

func (q TrainingQuestion) appendTo(out []byte) []byte {
	o := &object{out: out}
	elements(o, "options", q.Options, func(choice TrainingOption, out []byte) []byte {
		o := &object{out: out}
		elements(o, "texts", choice.Texts, TrainingText.appendTo)
		return o.end()
	})
	elements(o, "texts", q.Texts, TrainingText.appendTo)
	return o.end()
}

func (t TrainingText) appendTo(out []byte) []byte {
	o := &object{out: out}
	o.text("language", t.Language)
	o.text("text", t.Text)
	return o.end()
}

// TrainingAttempt is how a person answered the questions of a course once. It is never
// changed.
type TrainingAttempt struct {
	Workspace WorkspaceID
	ID        TrainingAttemptID
	Module    TrainingID
	Course    int
	Person    PersonID
	// Number counts the person's attempts at the module from 1.
	Number int
	// Answers are the options marked, counted from 0, question by question.
	Answers [][]int
	// Right tells for each question whether it was answered right.
	Right  []bool
	Passed bool
	// Record is what the attempt earned, empty unless it was passed.
	Record     TrainingRecordID
	CreateTime time.Time
}

// Score is the part of the questions answered right, in whole percent: all of none.
func (a *TrainingAttempt) Score() int {
	if len(a.Right) == 0 {
		return 100
	}
	return 100 * a.right() / len(a.Right)
}

func (a *TrainingAttempt) right() (n int) {
	for _, right := range a.Right {
		if right {
			n++
		}
	}
	return n
}

// Answers are what somebody marked, question by question, and the digest of what was on
// the screen.
type Answers struct {
	Shown  Digest
	Marked [][]int
}

// Answer judges the actor's answers, given the person's latest attempts at the module,
// newest first. Nobody answers for somebody else, and no machine for anybody
// (MACHINE_CANNOT_ANSWER); another course is in force, or something else was shown, is
// TRAINING_COURSE_CHANGED; each question has an answer among its options or it is
// TRAINING_ANSWERS; and one attempt more than a day has is TRAINING_ATTEMPTS.
func (c *TrainingCourse) Answer(actor Actor, m *TrainingModule, answers Answers, latest []TrainingAttempt, now time.Time) (*TrainingAttempt, error) {
	if actor.Kind != Human || actor.Key != "" { // guard: humans answer
		return nil, Deny("MACHINE_CANNOT_ANSWER", "only a person in a session can have learned something")
	}
	if m.Course != c.Number || answers.Shown != c.Digest { // guard: answered is what is in force
		return nil, Clash("TRAINING_COURSE_CHANGED", "this is not what course %d, the one in force, asks; read that one", m.Course)
	}
	if len(answers.Marked) != len(c.Questions) {
		return nil, InvalidField("answers", "TRAINING_ANSWERS", "give %d answers, one to each question", len(c.Questions))
	}
	if n := c.DailyAttempts; len(latest) >= n { // guard: attempts within a day
		if again := latest[n-1].CreateTime.Add(attemptWindow); now.Before(again) {
			return nil, Refuse("TRAINING_ATTEMPTS", "%d attempts a day are all; try again after %s", n, again.UTC().Format(time.RFC3339))
		}
	}
	a := &TrainingAttempt{
		Workspace: c.Workspace, Module: c.Module, Course: c.Number, Person: actor.Person, Number: 1, Answers: answers.Marked, CreateTime: now,
	}
	if len(latest) > 0 {
		a.Number = latest[0].Number + 1
	}
	for i, q := range c.Questions {
		right, err := q.judge(fmt.Sprintf("answers[%d].options", i), answers.Marked[i])
		if err != nil {
			return nil, err
		}
		a.Right = append(a.Right, right)
	}
	a.Passed = 100*a.right() >= c.PassPercent*len(c.Questions) // guard: pass mark
	return a, nil
}

// judge tells whether the marked options are the right ones, all of them and no other.
func (q TrainingQuestion) judge(field string, marked []int) (bool, error) {
	chosen := make([]bool, len(q.Options))
	for _, option := range marked {
		if option < 0 || option >= len(chosen) || chosen[option] {
			return false, InvalidField(field, "TRAINING_ANSWERS", "mark options 0 to %d, each once at most", len(chosen)-1)
		}
		chosen[option] = true
	}
	for i, o := range q.Options {
		if o.Right != chosen[i] { // guard: right answers
			return false, nil
		}
	}
	return true, nil
}

// Earn is the record of what a passed attempt shows the person knows. The attempt stands
// behind it, so it is the one record of one's own that somebody makes.
func (a *TrainingAttempt) Earn(m *TrainingModule, id TrainingRecordID) *TrainingRecord {
	a.Record = id
	return &TrainingRecord{
		Workspace: a.Workspace, ID: id, Module: a.Module, Person: a.Person, Recorder: a.Person,
		CompleteTime: a.CreateTime, ExpireTime: m.expiry(a.CreateTime), CreateTime: a.CreateTime,
	}
}
