package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

func (s trainingService) GetTrainingCourse(ctx context.Context, req *imprimaturv1.GetTrainingCourseRequest) (*imprimaturv1.TrainingCourse, error) {
	v := enter(ctx, req)
	module, number, err := v.readTrainingCourse("name", req.GetName())
	if err != nil {
		return nil, err
	}
	c, err := s.Flow.TrainingCourse(ctx, v.call, v.workspace, module, number)
	return shown(c, err, v.trainingCourseOf)
}

func (s trainingService) PublishTrainingCourse(
	ctx context.Context, req *imprimaturv1.PublishTrainingCourseRequest,
) (*imprimaturv1.TrainingCourse, error) {
	v := enter(ctx, req)
	module, err := v.readTrainingModule("parent", req.GetParent())
	if err != nil {
		return nil, err
	}
	version, err := readEtag(req.GetEtag())
	if err != nil {
		return nil, err
	}
	sent := req.GetTrainingCourse()
	c, err := s.Flow.PublishTrainingCourse(ctx, v.call, v.workspace, module, workflow.CourseDraft{
		Texts: each(sent.GetTexts(), readTrainingText), Questions: each(sent.GetQuestions(), readQuestion),
		PassPercent: int(sent.GetPassPercent()), DailyAttempts: int(sent.GetDailyAttempts()), Version: version,
	})
	return shown(c, err, v.trainingCourseOf)
}

func (s trainingService) AnswerTrainingCourse(
	ctx context.Context, req *imprimaturv1.AnswerTrainingCourseRequest,
) (*imprimaturv1.TrainingAttempt, error) {
	v := enter(ctx, req)
	module, number, err := v.readTrainingCourse("name", req.GetName())
	if err != nil {
		return nil, err
	}
	a, err := s.Flow.AnswerTraining(ctx, v.call, v.workspace, module, number, advocacy.Answers{
		Shown: advocacy.Digest(req.GetDigest()),
		Marked: each(req.GetAnswers(), func(a *imprimaturv1.TrainingAnswer) []int {
			return each(a.GetOptions(), func(option int32) int { return int(option) })
		}),
	})
	return shown(a, err, v.trainingAttemptOf)
}

func (s trainingService) GetTrainingAttempt(ctx context.Context, req *imprimaturv1.GetTrainingAttemptRequest) (*imprimaturv1.TrainingAttempt, error) {
	v := enter(ctx, req)
	id, err := v.readTrainingAttempt("name", req.GetName())
	if err != nil {
		return nil, err
	}
	a, err := s.Flow.TrainingAttempt(ctx, v.call, v.workspace, id)
	return shown(a, err, v.trainingAttemptOf)
}

func (s trainingService) ListTrainingAttempts(
	ctx context.Context, req *imprimaturv1.ListTrainingAttemptsRequest,
) (*imprimaturv1.ListTrainingAttemptsResponse, error) {
	v := enter(ctx, req)
	l, q, err := v.trainingList(ctx, req)
	if err != nil {
		return nil, err
	}
	all, next, err := s.Flow.TrainingAttempts(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListTrainingAttemptsResponse{
		TrainingAttempts: each(all, func(a advocacy.TrainingAttempt) *imprimaturv1.TrainingAttempt { return v.trainingAttemptOf(&a) }),
		NextPageToken:    l.next(next),
	}, nil
}

func readTrainingText(t *imprimaturv1.TrainingText) advocacy.TrainingText {
	return advocacy.TrainingText{Language: t.GetLanguage(), Text: t.GetText()}
}

func readQuestion(q *imprimaturv1.TrainingQuestion) advocacy.TrainingQuestion {
	return advocacy.TrainingQuestion{
		Texts: each(q.GetTexts(), readTrainingText),
		Options: each(q.GetOptions(), func(o *imprimaturv1.TrainingOption) advocacy.TrainingOption {
			return advocacy.TrainingOption{Texts: each(o.GetTexts(), readTrainingText), Right: o.GetRight()}
		}),
	}
}

func trainingText(t advocacy.TrainingText) *imprimaturv1.TrainingText {
	return &imprimaturv1.TrainingText{Language: t.Language, Text: t.Text}
}

func trainingQuestion(q advocacy.TrainingQuestion) *imprimaturv1.TrainingQuestion {
	return &imprimaturv1.TrainingQuestion{
		Texts: each(q.Texts, trainingText),
		Options: each(q.Options, func(o advocacy.TrainingOption) *imprimaturv1.TrainingOption {
			return &imprimaturv1.TrainingOption{Texts: each(o.Texts, trainingText), Right: o.Right}
		}),
	}
}

func (n names) trainingCourseOf(c *advocacy.TrainingCourse) *imprimaturv1.TrainingCourse {
	return &imprimaturv1.TrainingCourse{
		Name:          n.trainingCourse(c.Module, c.Number),
		Texts:         each(c.Texts, trainingText),
		Questions:     each(c.Questions, trainingQuestion),
		PassPercent:   int32(c.PassPercent),
		DailyAttempts: int32(c.DailyAttempts),
		Digest:        string(c.Digest),
		Publisher:     n.member(c.Publisher),
		CreateTime:    stamp(c.CreateTime),
	}
}

func (n names) trainingAttemptOf(a *advocacy.TrainingAttempt) *imprimaturv1.TrainingAttempt {
	out := &imprimaturv1.TrainingAttempt{
		Name:           n.trainingAttempt(a.ID),
		TrainingCourse: n.trainingCourse(a.Module, a.Course),
		Member:         n.member(a.Person),
		ScorePercent:   int32(a.Score()),
		Passed:         a.Passed,
		TrainingRecord: n.trainingRecord(a.Record),
		CreateTime:     stamp(a.CreateTime),
	}
	for i, right := range a.Right {
		out.Answers = append(out.Answers, &imprimaturv1.TrainingAnswer{
			Options: each(a.Answers[i], func(option int) int32 { return int32(option) }), Right: right,
		})
	}
	return out
}
