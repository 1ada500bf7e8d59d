package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

var trainingRoutes = []route{
	{"GET /w/{workspace}/trainings", nil, trainings},
	{"GET /w/{workspace}/trainings/{training}", nil, takeTraining},
	{"POST /w/{workspace}/trainings/{training}", []string{"TrainingService/AnswerTrainingCourse"}, answerTraining},
	{"GET /w/{workspace}/trainings/{training}/attempts/{attempt}", nil, trainingResult},

	{"GET /w/{workspace}/policy/trainings", nil, trainingDesk},
	{"POST /w/{workspace}/policy/trainings", []string{"TrainingService/CreateTrainingModule"}, createTraining},
	{"GET /w/{workspace}/policy/trainings/{training}", nil, trainingModule},
	{"POST /w/{workspace}/policy/trainings/{training}", []string{"TrainingService/UpdateTrainingModule"}, saveTraining},
	{"GET /w/{workspace}/policy/trainings/{training}/course", nil, editCourse},
	{"POST /w/{workspace}/policy/trainings/{training}/course", []string{"TrainingService/PublishTrainingCourse"}, writeCourse},
	{"POST /w/{workspace}/policy/trainings/{training}/records", []string{"TrainingService/CreateTrainingRecord"}, recordTraining},
	{"POST /w/{workspace}/policy/trainings/{training}/records/{record}/revoke", []string{"TrainingService/RevokeTrainingRecord"}, revokeTraining},
}

// attemptDay is the time within which the service counts attempts.
const attemptDay = 24 * time.Hour

// mostAttempts is how many attempts a course may allow within a day.
const mostAttempts = 20

// newPage is the line of a course's text that begins another page.
const newPage = "---"

// trainingClient is the API's part about what people learn.
func (v *visitor) trainingClient() imprimaturv1.TrainingServiceClient {
	return imprimaturv1.NewTrainingServiceClient(v.conn)
}

// trainingName is the resource name of the training that the address names.
func (v *visitor) trainingName() string { return v.named("trainingModules", "training") }

// Training is what a training module is called, in the reader's language if it has one.
func (p page) Training(m *imprimaturv1.TrainingModule) string {
	for _, t := range m.GetTitles() {
		if t.GetLanguage() == p.Language {
			return t.GetTitle()
		}
	}
	if titles := m.GetTitles(); len(titles) > 0 {
		return titles[0].GetTitle()
	}
	return lastPart(m.GetName())
}

// everyTraining lists the training modules.
func (v *visitor) everyTraining() ([]*imprimaturv1.TrainingModule, error) {
	var all []*imprimaturv1.TrainingModule
	for token := ""; ; {
		listed, err := v.trainingClient().ListTrainingModules(v.ctx, &imprimaturv1.ListTrainingModulesRequest{Parent: v.parent(), PageSize: everyPage, PageToken: token})
		if err != nil {
			return nil, err
		}
		all = append(all, listed.GetTrainingModules()...)
		if token = listed.GetNextPageToken(); token == "" {
			return all, nil
		}
	}
}

// trainingRecord finds what a member's records say of a training: the one that is good now or, when
// there is none, the latest; nil for none at all.
func (v *visitor) trainingRecord(module, member string) (*imprimaturv1.TrainingRecord, error) {
	listed, err := v.trainingClient().ListTrainingRecords(v.ctx, &imprimaturv1.ListTrainingRecordsRequest{
		Parent: v.parent(), PageSize: deskPage, Filter: "member = " + quoted(member) + " AND training_module = " + quoted(module),
	})
	if err != nil {
		return nil, err
	}
	return counting(listed.GetTrainingRecords()), nil
}

// counting is the record among several that counts.
func counting(records []*imprimaturv1.TrainingRecord) *imprimaturv1.TrainingRecord {
	if i := slices.IndexFunc(records, (*imprimaturv1.TrainingRecord).GetValid); i >= 0 {
		return records[i]
	}
	if len(records) == 0 {
		return nil
	}
	return records[0]
}

// learning is a training as one person stands with it.
type learning struct {
	*imprimaturv1.TrainingModule
	// Record is the one that counts, nil for none.
	Record *imprimaturv1.TrainingRecord
}

// trainingsData are the trainings as they concern the reader.
type trainingsData struct {
	// Asked are those a rule asks for and the reader lacks, Offered what else can be learned, and Done
	// what the reader knows.
	Asked, Offered, Done []learning
}

// trainings is everybody's own page: what is asked, why, and for how long what was learned is good.
func trainings(v *visitor) error {
	modules, err := v.everyTraining()
	if err != nil {
		return err
	}
	var data trainingsData
	for _, m := range modules {
		record, err := v.trainingRecord(m.GetName(), v.me.GetMember())
		if err != nil {
			return err
		}
		one := learning{m, record}
		switch {
		case record.GetValid():
			data.Done = append(data.Done, one)
		case len(m.GetDemands()) > 0:
			data.Asked = append(data.Asked, one)
		case m.GetTrainingCourse() != "" || record != nil:
			data.Offered = append(data.Offered, one)
		}
	}
	return v.show("trainings", "trainings", data)
}

// attempts are how often the reader may still answer a course.
type attempts struct {
	Left int
	// Again is when there is another attempt, nil while there is one.
	Again *timestamppb.Timestamp
	// Last is the latest one, nil before the first.
	Last *imprimaturv1.TrainingAttempt
}

// attemptsAt counts the reader's attempts as the service does.
func (v *visitor) attemptsAt(module string, course *imprimaturv1.TrainingCourse) (attempts, error) {
	listed, err := v.trainingClient().ListTrainingAttempts(v.ctx, &imprimaturv1.ListTrainingAttemptsRequest{
		Parent: v.parent(), PageSize: mostAttempts, Filter: `member = "me" AND training_module = ` + quoted(module),
	})
	if err != nil {
		return attempts{}, err
	}
	return countAttempts(listed.GetTrainingAttempts(), int(course.GetDailyAttempts()), time.Now()), nil
}

// countAttempts says how many attempts are left now of those a day has, given the latest ones first.
func countAttempts(latest []*imprimaturv1.TrainingAttempt, daily int, now time.Time) attempts {
	a := attempts{Left: daily}
	for i, one := range latest {
		if i == 0 {
			a.Last = one
		}
		if again := one.GetCreateTime().AsTime().Add(attemptDay); now.Before(again) && a.Left > 0 {
			if a.Left--; a.Left == 0 {
				a.Again = timestamppb.New(again)
			}
		}
	}
	return a
}

// lesson is a course in one language.
type lesson struct {
	Course *imprimaturv1.TrainingCourse
	// Language is the one it is shown in, Others those it is written in besides.
	Language  string
	Others    []string
	Pages     []string
	Questions []asking
}

// asking is a question in one language.
type asking struct {
	Number  int
	Text    string
	Options []choice
}

// choice is an option of a question; Right is known to who writes the course alone.
type choice struct {
	Number int
	Text   string
	Right  bool
}

// lessonOf puts a course into a language, the first it has when it is not written in that one.
func lessonOf(c *imprimaturv1.TrainingCourse, language string) lesson {
	l := lesson{Course: c, Language: language}
	if !slices.ContainsFunc(c.GetTexts(), func(t *imprimaturv1.TrainingText) bool { return t.GetLanguage() == language }) && len(c.GetTexts()) > 0 {
		l.Language = c.GetTexts()[0].GetLanguage()
	}
	for _, t := range c.GetTexts() {
		if t.GetLanguage() != l.Language {
			l.Others = append(l.Others, t.GetLanguage())
		}
	}
	l.Pages = pagesOf(inLanguage(c.GetTexts(), l.Language))
	for i, q := range c.GetQuestions() {
		one := asking{Number: i, Text: inLanguage(q.GetTexts(), l.Language)}
		for j, o := range q.GetOptions() {
			one.Options = append(one.Options, choice{j, inLanguage(o.GetTexts(), l.Language), o.GetRight()})
		}
		l.Questions = append(l.Questions, one)
	}
	return l
}

// inLanguage is a text in a language, "" when it is not written in it.
func inLanguage(texts []*imprimaturv1.TrainingText, language string) string {
	for _, t := range texts {
		if strings.EqualFold(t.GetLanguage(), language) {
			return t.GetText()
		}
	}
	return ""
}

// pagesOf are the pages of a text, parted by lines of three dashes.
func pagesOf(text string) []string {
	pages := []string{""}
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == newPage {
			pages = append(pages, "")
			continue
		}
		pages[len(pages)-1] += line
	}
	for i := range pages {
		pages[i] = strings.TrimSpace(pages[i])
	}
	return slices.DeleteFunc(pages, func(page string) bool { return page == "" })
}

// takeData is a course as somebody takes it.
type takeData struct {
	learning
	Lesson   lesson
	Attempts attempts
}

func takeTraining(v *visitor) error {
	m, err := v.trainingClient().GetTrainingModule(v.ctx, &imprimaturv1.GetTrainingModuleRequest{Name: v.trainingName()})
	if err != nil {
		return err
	}
	data := takeData{learning: learning{TrainingModule: m}}
	if data.Record, err = v.trainingRecord(m.GetName(), v.me.GetMember()); err != nil {
		return err
	}
	if m.GetTrainingCourse() != "" {
		course, err := v.trainingClient().GetTrainingCourse(v.ctx, &imprimaturv1.GetTrainingCourseRequest{Name: m.GetTrainingCourse()})
		if err != nil {
			return err
		}
		language := v.query("language")
		if language == "" {
			language = v.language
		}
		data.Lesson = lessonOf(course, language)
		if data.Attempts, err = v.attemptsAt(m.GetName(), course); err != nil {
			return err
		}
	}
	return v.show("trainings-course", "trainings", data)
}

// mostQuestions is how many questions a course has at most.
const mostQuestions = 30

func answerTraining(v *visitor) error {
	ask := &imprimaturv1.AnswerTrainingCourseRequest{Name: v.form("course"), Digest: v.form("digest"), RequestId: v.requestID()}
	for i := range min(number(v.form("questions")), mostQuestions) {
		answer := new(imprimaturv1.TrainingAnswer)
		for _, marked := range v.fields("answer:" + strconv.Itoa(int(i))) {
			answer.Options = append(answer.Options, number(marked))
		}
		ask.Answers = append(ask.Answers, answer)
	}
	a, err := v.trainingClient().AnswerTrainingCourse(v.ctx, ask)
	if err != nil {
		return err
	}
	redirect(v.w, v.r, v.at("/trainings/"+v.r.PathValue("training")+"/attempts/"+lastPart(a.GetName())))
	return nil
}

// resultData is what came of an attempt.
type resultData struct {
	learning
	Attempt  *imprimaturv1.TrainingAttempt
	Attempts attempts
	Mine     bool
	// Needed is the part that has to be right, in percent.
	Needed   int32
	Language string
	// Again are the questions answered wrong, with what was marked: never what would have been right.
	Again []missed
}

// missed is a question that was answered wrong.
type missed struct {
	Text   string
	Marked []string
}

func trainingResult(v *visitor) error {
	client := v.trainingClient()
	a, err := client.GetTrainingAttempt(v.ctx, &imprimaturv1.GetTrainingAttemptRequest{Name: v.named("trainingAttempts", "attempt")})
	if err != nil {
		return err
	}
	module, _, _ := strings.Cut(a.GetTrainingCourse(), "/courses/")
	if module != v.trainingName() {
		return errMissing
	}
	m, err := client.GetTrainingModule(v.ctx, &imprimaturv1.GetTrainingModuleRequest{Name: module})
	if err != nil {
		return err
	}
	course, err := client.GetTrainingCourse(v.ctx, &imprimaturv1.GetTrainingCourseRequest{Name: a.GetTrainingCourse()})
	if err != nil {
		return err
	}
	data := resultData{learning: learning{TrainingModule: m}, Attempt: a, Mine: a.GetMember() == v.me.GetMember(), Needed: course.GetPassPercent()}
	if data.Record, err = v.trainingRecord(module, a.GetMember()); err != nil {
		return err
	}
	if data.Mine {
		if data.Attempts, err = v.attemptsAt(module, course); err != nil {
			return err
		}
	}
	l := lessonOf(course, v.language)
	data.Language = l.Language
	for i, q := range l.Questions {
		if i >= len(a.GetAnswers()) || a.GetAnswers()[i].GetRight() {
			continue
		}
		wrong := missed{Text: q.Text}
		for _, marked := range a.GetAnswers()[i].GetOptions() {
			if int(marked) < len(q.Options) {
				wrong.Marked = append(wrong.Marked, q.Options[marked].Text)
			}
		}
		data.Again = append(data.Again, wrong)
	}
	return v.show("trainings-result", "trainings", data)
}
