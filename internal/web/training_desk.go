package web

import (
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// trainingsDeskData are the trainings for who runs them.
type trainingsDeskData struct {
	Tabs    []tab
	Modules []*imprimaturv1.TrainingModule
	Titles  []*imprimaturv1.TrainingTitle
}

// trainingDesk lists the trainings, and begins another.
func trainingDesk(v *visitor) error {
	modules, err := v.everyTraining()
	if err != nil {
		return err
	}
	return v.show("policy-trainings", "policy", trainingsDeskData{v.policyTabs("trainings"), modules, titlesOf(nil)})
}

// titlesOf are the titles of a module as a form shows them: English and French at least.
func titlesOf(m *imprimaturv1.TrainingModule) []*imprimaturv1.TrainingTitle {
	titles := m.GetTitles()
	have := make(map[string]bool)
	for _, t := range titles {
		have[t.GetLanguage()] = true
	}
	for _, language := range ownLanguages {
		if !have[language] {
			titles = append(titles[:len(titles):len(titles)], &imprimaturv1.TrainingTitle{Language: language})
		}
	}
	return titles
}

// ownLanguages are those a form offers whatever is written so far.
var ownLanguages = []string{"en", "fr"}

// formTitles reads the titles of a form; a language that has none is left out.
func (v *visitor) formTitles() []*imprimaturv1.TrainingTitle {
	var titles []*imprimaturv1.TrainingTitle
	languages := v.fields("language")
	for i, title := range v.fields("title") {
		if title != "" {
			titles = append(titles, &imprimaturv1.TrainingTitle{Language: nth(languages, i), Title: title})
		}
	}
	return titles
}

func createTraining(v *visitor) error {
	m, err := v.trainingClient().CreateTrainingModule(v.ctx, &imprimaturv1.CreateTrainingModuleRequest{
		Parent: v.parent(), TrainingModuleId: v.form("id"), RequestId: v.requestID(),
		TrainingModule: &imprimaturv1.TrainingModule{Titles: v.formTitles(), ValidityDays: number(v.form("days"))},
	})
	if err != nil {
		return err
	}
	return v.done(v.at("/policy/trainings/"+lastPart(m.GetName())+"/course"), "web.said.training.created")
}

func saveTraining(v *visitor) error {
	_, err := v.trainingClient().UpdateTrainingModule(v.ctx, &imprimaturv1.UpdateTrainingModuleRequest{
		TrainingModule: &imprimaturv1.TrainingModule{Name: v.trainingName(), Etag: v.form("etag"), Titles: v.formTitles(), ValidityDays: number(v.form("days"))},
		UpdateMask:     &fieldmaskpb.FieldMask{Paths: []string{"titles", "validity_days"}}, RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.trainingAt(), "web.said.training.saved")
}

// trainingAt is the desk's page of the training that the address names.
func (v *visitor) trainingAt() string { return v.at("/policy/trainings/" + v.r.PathValue("training")) }

// moduleData is one training for who runs it.
type moduleData struct {
	Tabs   []tab
	Module *imprimaturv1.TrainingModule
	Titles []*imprimaturv1.TrainingTitle
	Course *imprimaturv1.TrainingCourse
	// Views are who lacks it and who has it; Lacking are the former, Records the latter.
	Views   []tab
	Had     bool
	Lacking []lacking
	Records []*imprimaturv1.TrainingRecord
	More    string
	// Members are those whom a form offers: nobody records own training.
	Members []option
}

// lacking is somebody who does not have a training, with the record that counts no more, if any.
type lacking struct {
	Member *imprimaturv1.Member
	Record *imprimaturv1.TrainingRecord
}

// trainingModule is the page of a training: what it is called, its course, and who lacks it.
func trainingModule(v *visitor) error {
	m, err := v.trainingClient().GetTrainingModule(v.ctx, &imprimaturv1.GetTrainingModuleRequest{Name: v.trainingName()})
	if err != nil {
		return err
	}
	data := moduleData{Tabs: v.policyTabs("trainings"), Module: m, Titles: titlesOf(m), Had: v.query("show") == "had"}
	if m.GetTrainingCourse() != "" {
		if data.Course, err = v.trainingClient().GetTrainingCourse(v.ctx, &imprimaturv1.GetTrainingCourseRequest{Name: m.GetTrainingCourse()}); err != nil {
			return err
		}
	}
	p := v.bare("notice")
	data.Views = []tab{{v.trainingAt(), p.T("web.training.lacking"), !data.Had}, {v.trainingAt() + "?show=had", p.T("web.training.had"), data.Had}}
	if data.Had {
		err = v.whoHas(&data)
	} else {
		err = v.whoLacks(&data)
	}
	if err != nil {
		return err
	}
	if v.may("trainings.record") {
		offered, err := v.colleagues("")
		if err != nil {
			return err
		}
		for _, o := range offered {
			if o.Value != v.me.GetMember() {
				data.Members = append(data.Members, o)
			}
		}
	}
	return v.show("policy-training", "policy", data)
}

// whoHas lists what was recorded, also what counts no more.
func (v *visitor) whoHas(data *moduleData) error {
	listed, err := v.trainingClient().ListTrainingRecords(v.ctx, &imprimaturv1.ListTrainingRecordsRequest{
		Parent: v.parent(), PageSize: deskPage, PageToken: v.query("page"), Filter: "training_module = " + quoted(data.Module.GetName()),
	})
	if err != nil {
		return err
	}
	data.Records, data.More = listed.GetTrainingRecords(), v.more(listed.GetNextPageToken())
	return nil
}

// whoLacks goes through the active members, a page of them at a time.
func (v *visitor) whoLacks(data *moduleData) error {
	listed, err := v.memberClient().ListMembers(v.ctx, &imprimaturv1.ListMembersRequest{
		Parent: v.parent(), PageSize: deskPage, PageToken: v.query("page"), Filter: `state = "ACTIVE"`,
	})
	if err != nil {
		return err
	}
	data.More = v.more(listed.GetNextPageToken())
	for _, m := range listed.GetMembers() {
		record, err := v.trainingRecord(data.Module.GetName(), m.GetName())
		if err != nil {
			return err
		}
		if !record.GetValid() {
			data.Lacking = append(data.Lacking, lacking{m, record})
		}
	}
	return nil
}

func recordTraining(v *visitor) error {
	r := &imprimaturv1.TrainingRecord{TrainingModule: v.trainingName(), Member: v.form("member")}
	var err error
	if r.CompleteTime, err = instant(v.form("completed"), v.zone.String()); err != nil {
		return err
	}
	if r.ExpireTime, err = instant(v.form("until"), v.zone.String()); err != nil {
		return err
	}
	if _, err = v.trainingClient().CreateTrainingRecord(v.ctx, &imprimaturv1.CreateTrainingRecordRequest{
		Parent: v.parent(), TrainingRecord: r, RequestId: v.requestID(),
	}); err != nil {
		return err
	}
	return v.done(v.trainingAt()+"?show=had", "web.said.training.recorded", "name", v.member(r.GetMember()).GetDisplayName())
}

func revokeTraining(v *visitor) error {
	r, err := v.trainingClient().RevokeTrainingRecord(v.ctx, &imprimaturv1.RevokeTrainingRecordRequest{
		Name: v.named("trainingRecords", "record"), Reason: v.form("reason"), RequestId: v.requestID(),
	})
	if err != nil {
		return err
	}
	return v.done(v.trainingAt()+"?show=had", "web.said.training.revoked", "name", v.member(r.GetMember()).GetDisplayName())
}
