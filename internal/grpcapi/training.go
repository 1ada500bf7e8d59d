package grpcapi

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// trainingService answers for what people learn, and who did.
type trainingService struct {
	imprimaturv1.UnimplementedTrainingServiceServer
	*Server
}

func (s trainingService) GetTrainingModule(ctx context.Context, req *imprimaturv1.GetTrainingModuleRequest) (*imprimaturv1.TrainingModule, error) {
	v := enter(ctx, req)
	id, err := v.readTrainingModule("name", req.GetName())
	if err != nil {
		return nil, err
	}
	m, err := s.Flow.TrainingModule(ctx, v.call, v.workspace, id)
	return shown(m, err, v.trainingModuleOf)
}

func (s trainingService) ListTrainingModules(
	ctx context.Context, req *imprimaturv1.ListTrainingModulesRequest,
) (*imprimaturv1.ListTrainingModulesResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	all, next, err := s.Flow.TrainingModules(ctx, v.call, v.workspace, l.page)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListTrainingModulesResponse{
		TrainingModules: each(all, func(m workflow.TrainingView) *imprimaturv1.TrainingModule { return v.trainingModuleOf(&m) }),
		NextPageToken:   l.next(next),
	}, nil
}

func (s trainingService) CreateTrainingModule(
	ctx context.Context, req *imprimaturv1.CreateTrainingModuleRequest,
) (*imprimaturv1.TrainingModule, error) {
	v := enter(ctx, req)
	sent := req.GetTrainingModule()
	m, err := s.Flow.CreateTrainingModule(ctx, v.call, v.workspace, workflow.TrainingDraft{
		ID: advocacy.TrainingID(req.GetTrainingModuleId()), Titles: each(sent.GetTitles(), readTitle), ValidDays: int(sent.GetValidityDays()),
	})
	return shown(m, err, v.trainingModuleOf)
}

func (s trainingService) UpdateTrainingModule(
	ctx context.Context, req *imprimaturv1.UpdateTrainingModuleRequest,
) (*imprimaturv1.TrainingModule, error) {
	v := enter(ctx, req)
	sent := req.GetTrainingModule()
	id, err := v.readTrainingModule("training_module.name", sent.GetName())
	if err != nil {
		return nil, err
	}
	named, err := readMask(sent, req.GetUpdateMask(), "titles", "validity_days")
	if err != nil {
		return nil, err
	}
	version, err := requireEtag("training_module.etag", sent.GetEtag())
	if err != nil {
		return nil, err
	}
	m, err := s.Flow.UpdateTrainingModule(ctx, v.call, v.workspace, id, workflow.TrainingChange{
		Version:   version,
		Titles:    pick(named, "titles", each(sent.GetTitles(), readTitle)),
		ValidDays: pick(named, "validity_days", int(sent.GetValidityDays())),
	})
	return shown(m, err, v.trainingModuleOf)
}

func readTitle(t *imprimaturv1.TrainingTitle) advocacy.TrainingTitle {
	return advocacy.TrainingTitle{Language: t.GetLanguage(), Title: t.GetTitle()}
}

func (s trainingService) GetTrainingRecord(ctx context.Context, req *imprimaturv1.GetTrainingRecordRequest) (*imprimaturv1.TrainingRecord, error) {
	v := enter(ctx, req)
	id, err := v.readTrainingRecord("name", req.GetName())
	if err != nil {
		return nil, err
	}
	r, err := s.Flow.TrainingRecord(ctx, v.call, v.workspace, id)
	return shown(r, err, s.trainingRecordOf(v))
}

func (s trainingService) ListTrainingRecords(
	ctx context.Context, req *imprimaturv1.ListTrainingRecordsRequest,
) (*imprimaturv1.ListTrainingRecordsResponse, error) {
	v := enter(ctx, req)
	l, q, err := v.trainingList(ctx, req)
	if err != nil {
		return nil, err
	}
	all, next, err := s.Flow.TrainingRecords(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	show := s.trainingRecordOf(v)
	return &imprimaturv1.ListTrainingRecordsResponse{
		TrainingRecords: each(all, func(r advocacy.TrainingRecord) *imprimaturv1.TrainingRecord { return show(&r) }),
		NextPageToken:   l.next(next),
	}, nil
}

// trainingList reads which records or attempts are asked for.
func (v visit) trainingList(
	ctx context.Context, req interface {
		listRequest
		GetFilter() string
	},
) (listing, workflow.TrainingQuery, error) {
	l, err := openList(ctx, req)
	q := workflow.TrainingQuery{Page: l.page, Workspace: v.workspace}
	if err != nil {
		return l, q, err
	}
	return l, q, terms{
		"member":          l.memberTerm(&q.Person),
		"training_module": nameTerm(v.readTrainingModule, &q.Module, v.trainingModule("basics")),
	}.read(req.GetFilter())
}

func (s trainingService) CreateTrainingRecord(
	ctx context.Context, req *imprimaturv1.CreateTrainingRecordRequest,
) (*imprimaturv1.TrainingRecord, error) {
	v := enter(ctx, req)
	d, err := v.readCompletion(req.GetTrainingRecord())
	if err != nil {
		return nil, err
	}
	r, err := s.Flow.RecordTraining(ctx, v.call, v.workspace, d)
	return shown(r, err, s.trainingRecordOf(v))
}

func (s trainingService) RevokeTrainingRecord(
	ctx context.Context, req *imprimaturv1.RevokeTrainingRecordRequest,
) (*imprimaturv1.TrainingRecord, error) {
	v := enter(ctx, req)
	id, err := v.readTrainingRecord("name", req.GetName())
	if err != nil {
		return nil, err
	}
	r, err := s.Flow.RevokeTraining(ctx, v.call, v.workspace, id, req.GetReason())
	return shown(r, err, s.trainingRecordOf(v))
}

func (n names) readCompletion(sent *imprimaturv1.TrainingRecord) (d workflow.Completion, err error) {
	if d.Module, err = n.readTrainingModule("training_record.training_module", sent.GetTrainingModule()); err != nil {
		return d, err
	}
	if d.Person, err = n.readMember("training_record.member", sent.GetMember()); err != nil {
		return d, err
	}
	if d.CompleteTime, err = readTime("training_record.complete_time", sent.GetCompleteTime()); err != nil {
		return d, err
	}
	d.ExpireTime, err = readTime("training_record.expire_time", sent.GetExpireTime())
	return d, err
}

func (t *trip) trainingModuleOf(m *workflow.TrainingView) *imprimaturv1.TrainingModule {
	n := t.names()
	return &imprimaturv1.TrainingModule{
		Name: n.trainingModule(m.ID),
		Titles: each(m.Titles, func(t advocacy.TrainingTitle) *imprimaturv1.TrainingTitle {
			return &imprimaturv1.TrainingTitle{Language: t.Language, Title: t.Title}
		}),
		ValidityDays: int32(m.ValidDays),
		Etag:         etagOf(m.Version),
		CreateTime:   stamp(m.CreateTime),
		UpdateTime:   stamp(m.UpdateTime),

		TrainingCourse: n.trainingCourse(m.ID, m.Course),
		Demands: each(m.Demands, func(d workflow.TrainingDemand) *imprimaturv1.TrainingDemand {
			return &imprimaturv1.TrainingDemand{Rule: d.Rule, Reason: d.Reasons.In(t.language, d.Reason), Words: d.Wordings.In(t.language, d.Words)}
		}),
	}
}

// trainingRecordOf writes training records as they stand now.
func (s trainingService) trainingRecordOf(v visit) func(*advocacy.TrainingRecord) *imprimaturv1.TrainingRecord {
	now := s.Flow.Now()
	return func(r *advocacy.TrainingRecord) *imprimaturv1.TrainingRecord { return v.trainingRecordAt(r, now) }
}

func (n names) trainingRecordAt(r *advocacy.TrainingRecord, now time.Time) *imprimaturv1.TrainingRecord {
	out := &imprimaturv1.TrainingRecord{
		Name:           n.trainingRecord(r.ID),
		TrainingModule: n.trainingModule(r.Module),
		Member:         n.member(r.Person),
		CompleteTime:   stamp(r.CompleteTime),
		ExpireTime:     stamp(r.ExpireTime),
		Valid:          r.ValidAt(now),
		Recorder:       n.member(r.Recorder),
		ApiKey:         n.key(r.Key),
		CreateTime:     stamp(r.CreateTime),
	}
	if v := r.Revocation; v != nil {
		out.Revocation = &imprimaturv1.TrainingRevocation{
			Revoker: n.member(v.Revoker), ApiKey: n.key(v.Key), Reason: v.Reason, CreateTime: stamp(v.Time),
		}
	}
	return out
}
