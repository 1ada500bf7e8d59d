package workflow

import (
	"context"
	"fmt"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// TrainingDraft is what a client says of a new training module.
type TrainingDraft struct {
	ID        advocacy.TrainingID
	Titles    []advocacy.TrainingTitle
	ValidDays int
}

// TrainingChange is what a client wants changed; nil leaves a field as it is.
type TrainingChange struct {
	Version   int64
	Titles    *[]advocacy.TrainingTitle
	ValidDays *int
}

// TrainingView is a training module, and which rules of the policy in force ask for it.
type TrainingView struct {
	advocacy.TrainingModule
	Demands []TrainingDemand
}

// TrainingDemand is a rule that nobody gets past who lacks the training.
type TrainingDemand struct {
	// Rule is the rule's id, Reason its sentence, and Words what to do.
	Rule, Reason, Words string
	// Reasons are the sentence in further languages, Wordings what to do.
	Reasons, Wordings advocacy.Translations
}

// CreateTrainingModule adds a training module.
func (s *Service) CreateTrainingModule(ctx context.Context, c Call, w advocacy.WorkspaceID, d TrainingDraft) (*TrainingView, error) {
	m, err := act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.TrainingModule, string, error) {
		m := &advocacy.TrainingModule{
			Workspace: w, ID: d.ID, Titles: d.Titles, ValidDays: d.ValidDays, CreateTime: tx.Now(), UpdateTime: tx.Now(),
		}
		if err := guardTraining(m); err != nil {
			return nil, "", err
		}
		if err := tx.AddTrainingModule(ctx, m); err != nil {
			return nil, "", err
		}
		return m, string(m.ID), s.recordModule(ctx, tx, c, m, "training_module.created")
	}, trainingAgain(w))
	return s.oneTraining(ctx, m, err)
}

// UpdateTrainingModule changes a training module. What was recorded stays as it is.
func (s *Service) UpdateTrainingModule(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.TrainingID, d TrainingChange) (*TrainingView, error) {
	m, err := act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.TrainingModule, string, error) {
		m, err := tx.TrainingModuleForUpdate(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := stale(d.Version, m.Version); err != nil {
			return nil, "", err
		}
		set(&m.Titles, d.Titles)
		set(&m.ValidDays, d.ValidDays)
		m.UpdateTime = tx.Now()
		if err := guardTraining(m); err != nil {
			return nil, "", err
		}
		if err := tx.SaveTrainingModule(ctx, m); err != nil {
			return nil, "", err
		}
		return m, string(id), s.recordModule(ctx, tx, c, m, "training_module.updated")
	}, trainingAgain(w))
	return s.oneTraining(ctx, m, err)
}

func trainingAgain(w advocacy.WorkspaceID) func(context.Context, Tx, string) (*advocacy.TrainingModule, error) {
	return func(ctx context.Context, tx Tx, id string) (*advocacy.TrainingModule, error) {
		return tx.TrainingModule(ctx, w, advocacy.TrainingID(id))
	}
}

func guardTraining(m *advocacy.TrainingModule) error {
	for i, t := range m.Titles {
		field := fmt.Sprintf("training_module.titles[%d]", i)
		if err := check.RefuseLanguage(field+".language", t.Language); err != nil {
			return err
		}
		if err := check.RefuseLine(field+".title", t.Title); err != nil {
			return err
		}
	}
	return m.Guard()
}

func (s *Service) recordModule(ctx context.Context, tx Tx, c Call, m *advocacy.TrainingModule, action string) error {
	return s.record(ctx, tx, c, m.Workspace, fact{
		action: action, subject: m.Name(), parent: m.Name(), detail: map[string]any{"titles": m.Titles, "valid_days": m.ValidDays},
	})
}

// TrainingModule returns a training module.
func (s *Service) TrainingModule(ctx context.Context, _ Call, w advocacy.WorkspaceID, id advocacy.TrainingID) (*TrainingView, error) {
	m, err := s.Store.TrainingModule(ctx, w, id)
	return s.oneTraining(ctx, m, err)
}

// TrainingModules lists the training modules.
func (s *Service) TrainingModules(ctx context.Context, _ Call, w advocacy.WorkspaceID, p Page) ([]TrainingView, string, error) {
	found, next, err := s.Store.TrainingModules(ctx, w, p)
	if err != nil || len(found) == 0 {
		return nil, next, err
	}
	views, err := s.demanded(ctx, w, found)
	return views, next, err
}

// oneTraining shows the module that a call found, unless it failed.
func (s *Service) oneTraining(ctx context.Context, m *advocacy.TrainingModule, err error) (*TrainingView, error) {
	if err != nil {
		return nil, err
	}
	views, err := s.demanded(ctx, m.Workspace, []advocacy.TrainingModule{*m})
	if err != nil {
		return nil, err
	}
	return &views[0], nil
}

// demanded adds to modules which rules ask for them.
func (s *Service) demanded(ctx context.Context, w advocacy.WorkspaceID, modules []advocacy.TrainingModule) ([]TrainingView, error) {
	policy, err := s.Store.Policy(ctx, w)
	if err != nil {
		return nil, err
	}
	compiled, err := s.Routing.Load(policy.Document)
	if err != nil {
		return nil, err
	}
	asked := make(map[advocacy.TrainingID][]TrainingDemand)
	for _, d := range compiled.Demands() {
		asked[d.Training] = append(asked[d.Training], TrainingDemand{
			Rule: d.Rule, Reason: d.Reason, Words: d.Words, Reasons: d.Reasons, Wordings: d.Wordings,
		})
	}
	views := make([]TrainingView, len(modules))
	for i, m := range modules {
		views[i] = TrainingView{m, asked[m.ID]}
	}
	return views, nil
}

// Completion is what a client says somebody completed.
type Completion struct {
	Module       advocacy.TrainingID
	Person       advocacy.PersonID
	CompleteTime time.Time
	ExpireTime   time.Time
}

// RecordTraining records that somebody completed a training module.
func (s *Service) RecordTraining(ctx context.Context, c Call, w advocacy.WorkspaceID, d Completion) (*advocacy.TrainingRecord, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.TrainingRecord, string, error) {
		m, err := tx.TrainingModule(ctx, w, d.Module)
		if err != nil {
			return nil, "", err
		}
		if _, err := tx.Member(ctx, w, d.Person); err != nil {
			return nil, "", err
		}
		r := &advocacy.TrainingRecord{
			Workspace: w, ID: advocacy.TrainingRecordID(s.NewID()), Module: d.Module, Person: d.Person, CompleteTime: d.CompleteTime,
			ExpireTime: d.ExpireTime, Recorder: c.Actor.Person, Key: c.Actor.Key, CreateTime: tx.Now(),
		}
		if r.CompleteTime.IsZero() {
			r.CompleteTime = tx.Now()
		}
		if err := r.Guard(c.Actor, m, tx.Now()); err != nil {
			return nil, "", err
		}
		if err := tx.AddTrainingRecord(ctx, r); err != nil {
			return nil, "", err
		}
		return r, string(r.ID), s.recordTraining(ctx, tx, c, r, "training.recorded")
	}, trainedAgain(w))
}

func trainedAgain(w advocacy.WorkspaceID) func(context.Context, Tx, string) (*advocacy.TrainingRecord, error) {
	return func(ctx context.Context, tx Tx, id string) (*advocacy.TrainingRecord, error) {
		return tx.TrainingRecord(ctx, w, advocacy.TrainingRecordID(id))
	}
}

// RevokeTraining keeps a revocation beside a training record, which does not count from
// then on.
func (s *Service) RevokeTraining(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.TrainingRecordID, reason string) (*advocacy.TrainingRecord, error) {
	if err := check.RefuseLine("reason", reason); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.TrainingRecord, string, error) {
		r, err := tx.TrainingRecord(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := r.Revoke(c.Actor, reason, tx.Now()); err != nil {
			return nil, "", err
		}
		first, err := tx.AddTrainingRevocation(ctx, r)
		if err != nil {
			return nil, "", err
		}
		if !first { // somebody was faster
			return nil, "", r.Revoke(c.Actor, reason, tx.Now())
		}
		return r, string(id), s.recordTraining(ctx, tx, c, r, "training.revoked")
	}, trainedAgain(w))
}

// recordTraining writes what became of a training record, and has the posts of whom it is
// about computed again.
func (s *Service) recordTraining(ctx context.Context, tx Tx, c Call, r *advocacy.TrainingRecord, action string) error {
	if err := s.knowledgeChanged(ctx, tx, r.Workspace, r.Person); err != nil {
		return err
	}
	detail := map[string]any{"module": r.Module, "person": r.Person, "complete_time": r.CompleteTime}
	if !r.ExpireTime.IsZero() {
		detail["expire_time"] = r.ExpireTime
	}
	if r.Revocation != nil {
		detail["reason"] = r.Revocation.Reason
	}
	return s.record(ctx, tx, c, r.Workspace, fact{action: action, subject: r.Name(), parent: r.Name(), detail: detail})
}

// TrainingRecord returns a training record: anybody's own, and everybody's for who may see
// them.
func (s *Service) TrainingRecord(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.TrainingRecordID) (*advocacy.TrainingRecord, error) {
	r, err := s.Store.TrainingRecord(ctx, w, id)
	if err == nil && !c.seesTraining(r.Person) {
		return nil, advocacy.Missing("TRAINING_RECORD_NOT_FOUND", "there is no such training record")
	}
	return r, err
}

// TrainingRecords lists training records, only the caller's own for who may not see all.
func (s *Service) TrainingRecords(ctx context.Context, c Call, q TrainingQuery) ([]advocacy.TrainingRecord, string, error) {
	if !q.narrow(c) {
		return nil, "", nil
	}
	return s.Store.TrainingRecords(ctx, q)
}
