package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// The bounds of a course as a form offers it, those of the API.
const (
	mostOptions   = 8
	mostLanguages = 10
)

// courseData is a course being written.
type courseData struct {
	Tabs   []tab
	Module *imprimaturv1.TrainingModule
	Etag   string
	courseForm
	// Shown is how readers will see it, nil before somebody asks.
	Shown *lesson
	// Refused is why it was not published.
	Refused string
}

// courseForm is a course as a form has it: each thing once in each language, also what is empty.
type courseForm struct {
	Languages []string
	Texts     []formText
	Questions []formQuestion
	Pass      int32
	Daily     int32
}

// formText is a field for a text in one language.
type formText struct{ Field, Language, Text string }

// formQuestion is a question of the form.
type formQuestion struct {
	Number  int
	Texts   []formText
	Options []formOption
}

// formOption is an option of it, with the field that marks it as right.
type formOption struct {
	Number int
	Texts  []formText
	Field  string
	Right  bool
}

// formOf begins a form with a course; a fresh one has a question to fill in.
func formOf(c *imprimaturv1.TrainingCourse) courseForm {
	f := courseForm{Pass: c.GetPassPercent(), Daily: c.GetDailyAttempts()}
	stands := make(map[string]string)
	keep := func(field string, texts []*imprimaturv1.TrainingText) {
		for _, t := range texts {
			stands[field+":"+t.GetLanguage()] = t.GetText()
		}
	}
	keep("text", c.GetTexts())
	for i, q := range c.GetQuestions() {
		keep(questionField(i), q.GetTexts())
		for j, o := range q.GetOptions() {
			keep(optionField(i, j), o.GetTexts())
		}
	}
	for _, t := range c.GetTexts() {
		f.Languages = append(f.Languages, t.GetLanguage())
	}
	f.Languages = joined(f.Languages, ownLanguages...)
	f.fill(len(c.GetQuestions()), func(i int) int { return len(c.GetQuestions()[i].GetOptions()) },
		func(field string) string { return stands[field] },
		func(i, j int) bool { return c.GetQuestions()[i].GetOptions()[j].GetRight() })
	if c == nil {
		f.ask()
	}
	return f
}

func questionField(i int) string  { return fmt.Sprintf("question:%d", i) }
func optionField(i, j int) string { return fmt.Sprintf("option:%d:%d", i, j) }
func rightField(i, j int) string  { return fmt.Sprintf("right:%d:%d", i, j) }

// joined is a list with further words behind it, each once.
func joined(list []string, words ...string) []string {
	for _, word := range words {
		if !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	return list
}

// fill makes the fields, given how many questions and options there are, what stands in each field
// and which options are right.
func (f *courseForm) fill(questions int, options func(int) int, text func(field string) string, right func(i, j int) bool) {
	in := func(field string) []formText {
		all := f.empty(field)
		for i := range all {
			all[i].Text = text(all[i].Field)
		}
		return all
	}
	f.Texts = in("text")
	for i := range questions {
		q := formQuestion{Number: i, Texts: in(questionField(i))}
		for j := range options(i) {
			q.Options = append(q.Options, formOption{j, in(optionField(i, j)), rightField(i, j), right(i, j)})
		}
		f.Questions = append(f.Questions, q)
	}
}

// ask adds a question with two options.
func (f *courseForm) ask() {
	if i := len(f.Questions); i < mostQuestions {
		f.Questions = append(f.Questions, formQuestion{Number: i, Texts: f.empty(questionField(i))})
		f.offer(i)
		f.offer(i)
	}
}

// offer adds an option to a question.
func (f *courseForm) offer(i int) {
	if i < 0 || i >= len(f.Questions) || len(f.Questions[i].Options) >= mostOptions {
		return
	}
	q := &f.Questions[i]
	j := len(q.Options)
	q.Options = append(q.Options, formOption{j, f.empty(optionField(i, j)), rightField(i, j), false})
}

// empty are the fields of something that is not written yet.
func (f *courseForm) empty(field string) []formText {
	all := make([]formText, len(f.Languages))
	for i, language := range f.Languages {
		all[i] = formText{Field: field + ":" + language, Language: language}
	}
	return all
}

// readForm reads the form as it was sent.
func (v *visitor) readForm() courseForm {
	f := courseForm{Pass: number(v.form("pass")), Daily: number(v.form("daily"))}
	f.Languages = joined(nil, v.fields("language")...)
	f.Languages = f.Languages[:min(len(f.Languages), mostLanguages)]
	f.fill(int(max(0, min(number(v.form("questions")), mostQuestions))), func(i int) int {
		return int(max(0, min(number(v.form(fmt.Sprintf("options:%d", i))), mostOptions)))
	}, func(field string) string { return strings.TrimSpace(v.text(field)) }, func(i, j int) bool { return v.form(rightField(i, j)) != "" })
	return f
}

// course is what the form says: without the languages nothing is written in, and without what was
// left empty.
func (f *courseForm) course() *imprimaturv1.TrainingCourse {
	speaks := make(map[string]bool)
	each := func(texts []formText) {
		for _, t := range texts {
			speaks[t.Language] = speaks[t.Language] || t.Text != ""
		}
	}
	each(f.Texts)
	for _, q := range f.Questions {
		each(q.Texts)
		for _, o := range q.Options {
			each(o.Texts)
		}
	}
	told := func(texts []formText) []*imprimaturv1.TrainingText {
		var all []*imprimaturv1.TrainingText
		for _, t := range texts {
			if speaks[t.Language] && t.Text != "" {
				all = append(all, &imprimaturv1.TrainingText{Language: t.Language, Text: t.Text})
			}
		}
		return all
	}
	c := &imprimaturv1.TrainingCourse{Texts: told(f.Texts), PassPercent: f.Pass, DailyAttempts: f.Daily}
	for _, q := range f.Questions {
		one := &imprimaturv1.TrainingQuestion{Texts: told(q.Texts)}
		for _, o := range q.Options {
			if texts := told(o.Texts); texts != nil {
				one.Options = append(one.Options, &imprimaturv1.TrainingOption{Texts: texts, Right: o.Right})
			}
		}
		if one.Texts != nil || one.Options != nil {
			c.Questions = append(c.Questions, one)
		}
	}
	return c
}

// editCourse begins with the course in force, or with an empty one.
func editCourse(v *visitor) error {
	m, err := v.trainingClient().GetTrainingModule(v.ctx, &imprimaturv1.GetTrainingModuleRequest{Name: v.trainingName()})
	if err != nil {
		return err
	}
	var course *imprimaturv1.TrainingCourse
	if m.GetTrainingCourse() != "" {
		if course, err = v.trainingClient().GetTrainingCourse(v.ctx, &imprimaturv1.GetTrainingCourseRequest{Name: m.GetTrainingCourse()}); err != nil {
			return err
		}
	}
	return v.show("policy-course", "policy", courseData{Tabs: v.policyTabs("trainings"), Module: m, Etag: m.GetEtag(), courseForm: formOf(course)})
}

// writeCourse changes the form, shows what readers will see, or publishes it.
func writeCourse(v *visitor) error {
	m, err := v.trainingClient().GetTrainingModule(v.ctx, &imprimaturv1.GetTrainingModuleRequest{Name: v.trainingName()})
	if err != nil {
		return err
	}
	data := courseData{Tabs: v.policyTabs("trainings"), Module: m, Etag: v.form("etag"), courseForm: v.readForm()}
	do, at, _ := strings.Cut(v.form("do"), ":")
	switch do {
	case "question":
		data.ask()
	case "option":
		data.offer(int(number(at)))
	case "publish":
		return v.publishCourse(data)
	default:
		shown := lessonOf(data.course(), v.language)
		data.Shown = &shown
	}
	return v.show("policy-course", "policy", data)
}

// publishCourse puts the course in force; what is wrong with it is said above what was written.
func (v *visitor) publishCourse(data courseData) error {
	_, err := v.trainingClient().PublishTrainingCourse(v.ctx, &imprimaturv1.PublishTrainingCourseRequest{
		Parent: v.trainingName(), TrainingCourse: data.course(), Etag: data.Etag, RequestId: v.requestID(),
	})
	if status.Code(err) == codes.InvalidArgument {
		p := v.bare("notice")
		data.Refused = refusalOf(p, err).Message
		if n := questionOf(err); n > 0 {
			data.Refused = p.T("web.training.question.wrong", "number", n, "why", data.Refused)
		}
		return v.showAs(http.StatusUnprocessableEntity, "policy-course", "policy", data)
	}
	if err != nil {
		return err
	}
	return v.done(v.trainingAt(), "web.said.training.published")
}

// questionOf is the number, from 1, of the question that a refusal is about, 0 for none.
func questionOf(err error) int {
	for _, detail := range status.Convert(err).Details() {
		bad, ok := detail.(*errdetails.BadRequest)
		if !ok || len(bad.GetFieldViolations()) == 0 {
			continue
		}
		_, rest, _ := strings.Cut(bad.GetFieldViolations()[0].GetField(), "questions[")
		n, _, _ := strings.Cut(rest, "]")
		if i, err := strconv.Atoi(n); err == nil {
			return i + 1
		}
	}
	return 0
}
