package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// guideline is a revision of a guideline; it is not stored.
func (h *house) guideline(number int) *advocacy.GuidelineRevision {
	return &advocacy.GuidelineRevision{
		Workspace: h.ws, Guideline: advocacy.DefaultGuideline, Number: number, Publisher: h.approver, CreateTime: start,
		Digest: advocacy.DigestOf(fmt.Appendf(nil, "guideline %d", number)),
	}
}

// published is a stored revision of a guideline.
func (h *house) published(number int) *advocacy.GuidelineRevision {
	r := h.guideline(number)
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddGuidelineRevision(ctx, r) })
	return r
}

// acknowledgement is of a revision; it is not stored.
func acknowledgement(r *advocacy.GuidelineRevision, p advocacy.PersonID) *advocacy.Acknowledgement {
	return &advocacy.Acknowledgement{
		Workspace: r.Workspace, ID: advocacy.AcknowledgementID(id("acknowledgement")), Guideline: r.Guideline, Revision: r.Number,
		Digest: r.Digest, Person: p, Time: start,
	}
}

// module is a stored training module.
func (h *house) module() *advocacy.TrainingModule {
	m := &advocacy.TrainingModule{Workspace: h.ws, ID: advocacy.TrainingID(id("module")), CreateTime: start}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddTrainingModule(ctx, m) })
	return m
}

// trained is a record of the author; it is not stored.
func (h *house) trained(m advocacy.TrainingID) *advocacy.TrainingRecord {
	return &advocacy.TrainingRecord{
		Workspace: h.ws, ID: advocacy.TrainingRecordID(id("training")), Module: m, Person: h.author, Recorder: h.approver,
		CompleteTime: start, CreateTime: start,
	}
}

// course is one of a module; it is not stored.
func (h *house) course(m advocacy.TrainingID, number int) *advocacy.TrainingCourse {
	return &advocacy.TrainingCourse{
		Workspace: h.ws, Module: m, Number: number, PassPercent: 80, DailyAttempts: 3, Publisher: h.approver, CreateTime: start,
	}
}

// answered is an attempt of the author at the first course of a module; it is not stored.
func (h *house) answered(m advocacy.TrainingID, number int) *advocacy.TrainingAttempt {
	return &advocacy.TrainingAttempt{
		Workspace: h.ws, ID: advocacy.TrainingAttemptID(id("attempt")), Module: m, Course: 1, Person: h.author, Number: number, CreateTime: start,
	}
}

// taught is a module with its first course.
func (h *house) taught() advocacy.TrainingID {
	m := h.module().ID
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddTrainingCourse(ctx, h.course(m, 1)) })
	return m
}

var guidelineTrip = trip[advocacy.GuidelineRevision]{
	fix: func(_ *rapid.T, h *house, r *advocacy.GuidelineRevision) {
		r.Workspace, r.Guideline, r.Number, r.Publisher = h.ws, advocacy.DefaultGuideline, number(), h.author
	},
	add: func(ctx context.Context, tx workflow.Tx, r *advocacy.GuidelineRevision) error {
		return tx.AddGuidelineRevision(ctx, r)
	},
	read: func(ctx context.Context, s *store.Store, r *advocacy.GuidelineRevision) (*advocacy.GuidelineRevision, error) {
		if _, err := s.GuidelineRevision(ctx, r.Workspace, r.Guideline, r.Number); err != nil {
			return nil, err
		}
		return s.Guideline(ctx, r.Workspace, r.Guideline) // the newest is in force
	},
}

var acknowledgementTrip = trip[advocacy.Acknowledgement]{
	fix: func(_ *rapid.T, h *house, a *advocacy.Acknowledgement) {
		r := h.published(number())
		a.Workspace, a.ID, a.Guideline, a.Revision = h.ws, advocacy.AcknowledgementID(id("acknowledgement")), r.Guideline, r.Number
		a.Digest, a.Person = r.Digest, h.author
	},
	add: func(ctx context.Context, tx workflow.Tx, a *advocacy.Acknowledgement) error {
		_, err := tx.AddAcknowledgement(ctx, a)
		return err
	},
	read: func(ctx context.Context, s *store.Store, a *advocacy.Acknowledgement) (*advocacy.Acknowledgement, error) {
		return s.FindAcknowledgement(ctx, a.Workspace, a.Guideline, a.Person, a.Time)
	},
}

var moduleTrip = trip[advocacy.TrainingModule]{
	fix: func(_ *rapid.T, h *house, m *advocacy.TrainingModule) {
		m.Workspace, m.ID, m.ValidDays, m.Course = h.ws, advocacy.TrainingID(id("module")), max(m.ValidDays, 0), max(m.Course, 0)
	},
	add: func(ctx context.Context, tx workflow.Tx, m *advocacy.TrainingModule) error {
		return tx.AddTrainingModule(ctx, m)
	},
	save: func(ctx context.Context, tx workflow.Tx, m *advocacy.TrainingModule) error {
		return tx.SaveTrainingModule(ctx, m)
	},
	read: func(ctx context.Context, s *store.Store, m *advocacy.TrainingModule) (*advocacy.TrainingModule, error) {
		return s.TrainingModule(ctx, m.Workspace, m.ID)
	},
	change: func(was, next *advocacy.TrainingModule) {
		next.ID, next.Version, next.CreateTime = was.ID, was.Version, was.CreateTime
	},
}

var trainingTrip = trip[advocacy.TrainingRecord]{
	fix: func(_ *rapid.T, h *house, r *advocacy.TrainingRecord) {
		r.Workspace, r.ID, r.Module = h.ws, advocacy.TrainingRecordID(id("training")), h.module().ID
		r.Person, r.Recorder = h.author, h.approver
		if r.Revocation != nil {
			r.Revocation.Revoker = h.approver
		}
	},
	add: func(ctx context.Context, tx workflow.Tx, r *advocacy.TrainingRecord) error {
		err := tx.AddTrainingRecord(ctx, r)
		if err == nil && r.Revocation != nil {
			_, err = tx.AddTrainingRevocation(ctx, r)
		}
		return err
	},
	read: func(ctx context.Context, s *store.Store, r *advocacy.TrainingRecord) (*advocacy.TrainingRecord, error) {
		return s.TrainingRecord(ctx, r.Workspace, r.ID)
	},
}

var courseTrip = trip[advocacy.TrainingCourse]{
	fix: func(_ *rapid.T, h *house, c *advocacy.TrainingCourse) {
		c.Workspace, c.Module, c.Publisher, c.Number = h.ws, h.module().ID, h.author, 1
		c.PassPercent, c.DailyAttempts = 80, 3
	},
	add: func(ctx context.Context, tx workflow.Tx, c *advocacy.TrainingCourse) error {
		return tx.AddTrainingCourse(ctx, c)
	},
	read: func(ctx context.Context, s *store.Store, c *advocacy.TrainingCourse) (*advocacy.TrainingCourse, error) {
		return s.TrainingCourse(ctx, c.Workspace, c.Module, c.Number)
	},
}

var trainingAttemptTrip = trip[advocacy.TrainingAttempt]{
	fix: func(_ *rapid.T, h *house, a *advocacy.TrainingAttempt) {
		a.Workspace, a.ID, a.Module, a.Course = h.ws, advocacy.TrainingAttemptID(id("attempt")), h.taught(), 1
		a.Person, a.Number = h.author, 1
		if a.Passed = a.Record != ""; a.Passed {
			earned := h.trained(a.Module)
			h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddTrainingRecord(ctx, earned) })
			a.Record = earned.ID
		}
	},
	add: func(ctx context.Context, tx workflow.Tx, a *advocacy.TrainingAttempt) error {
		return tx.AddTrainingAttempt(ctx, a)
	},
	read: func(ctx context.Context, s *store.Store, a *advocacy.TrainingAttempt) (*advocacy.TrainingAttempt, error) {
		return s.TrainingAttempt(ctx, a.Workspace, a.ID)
	},
}

// knowledgePages are the lists of guidelines and trainings.
var knowledgePages = map[string]pages{
	"LexiconRevisions": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			return fmt.Sprintf("%04d", n), tx.AddLexiconRevision(ctx, h.lexicon(n))
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(r advocacy.LexiconRevision) string { return fmt.Sprintf("%04d", r.Number) })(
				h.s.LexiconRevisions(ctx, h.ws, advocacy.DefaultLexicon, p))
		},
	},
	"DisclosureRevisions": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			return fmt.Sprintf("%04d", n), tx.AddDisclosureRevision(ctx, h.told(n))
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(r advocacy.DisclosureRevision) string { return fmt.Sprintf("%04d", r.Number) })(
				h.s.DisclosureRevisions(ctx, h.ws, advocacy.DefaultDisclosures, p))
		},
	},
	"GuidelineRevisions": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			return fmt.Sprintf("%04d", n), tx.AddGuidelineRevision(ctx, h.guideline(n))
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(r advocacy.GuidelineRevision) string { return fmt.Sprintf("%04d", r.Number) })(
				h.s.GuidelineRevisions(ctx, h.ws, advocacy.DefaultGuideline, p))
		},
	},
	"Acknowledgements": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			r, person := h.guideline(1), h.member(advocacy.PersonID(id("person")))
			if n == 1 {
				if err := tx.AddGuidelineRevision(ctx, r); err != nil {
					return "", err
				}
			}
			if err := tx.AddMember(ctx, person); err != nil {
				return "", err
			}
			a := acknowledgement(r, person.Person)
			_, err := tx.AddAcknowledgement(ctx, a)
			return string(a.ID), err
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(a advocacy.Acknowledgement) string { return string(a.ID) })(h.s.Acknowledgements(ctx,
				workflow.AcknowledgementQuery{Page: p, Workspace: h.ws, Guideline: advocacy.DefaultGuideline, Revision: 1}))
		},
	},
	"Standings": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			r, person := h.guideline(n), h.member(advocacy.PersonID(id("person")))
			if err := tx.AddGuidelineRevision(ctx, r); err != nil {
				return "", err
			}
			if err := tx.AddMember(ctx, person); err != nil {
				return "", err
			}
			_, err := tx.AddAcknowledgement(ctx, acknowledgement(r, person.Person))
			return string(person.Person), err
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(s advocacy.Standing) string { return string(s.Person) })(h.s.Standings(ctx,
				workflow.StandingQuery{Page: p, Workspace: h.ws, Guideline: advocacy.DefaultGuideline, Least: 1}))
		},
	},
	"TrainingModules": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, _ int) (string, error) {
			m := &advocacy.TrainingModule{Workspace: h.ws, ID: advocacy.TrainingID(id("module"))}
			return string(m.ID), tx.AddTrainingModule(ctx, m)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(m advocacy.TrainingModule) string { return string(m.ID) })(h.s.TrainingModules(ctx, h.ws, p))
		},
	},
	"TrainingRecords": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			r := h.trained("basics")
			if n == 1 {
				if err := tx.AddTrainingModule(ctx, &advocacy.TrainingModule{Workspace: h.ws, ID: r.Module}); err != nil {
					return "", err
				}
			}
			return string(r.ID), tx.AddTrainingRecord(ctx, r)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(r advocacy.TrainingRecord) string { return string(r.ID) })(h.s.TrainingRecords(ctx,
				workflow.TrainingQuery{Page: p, Workspace: h.ws, Person: h.author, Module: "basics"}))
		},
	},
	"TrainingAttempts": {
		add: func(ctx context.Context, tx workflow.Tx, h *house, n int) (string, error) {
			a := h.answered("basics", n)
			if n > 1 {
				return string(a.ID), tx.AddTrainingAttempt(ctx, a)
			}
			if err := tx.AddTrainingModule(ctx, &advocacy.TrainingModule{Workspace: h.ws, ID: a.Module}); err != nil {
				return "", err
			}
			if err := tx.AddTrainingCourse(ctx, h.course(a.Module, 1)); err != nil {
				return "", err
			}
			return string(a.ID), tx.AddTrainingAttempt(ctx, a)
		},
		list: func(ctx context.Context, h *house, p workflow.Page) ([]string, string, error) {
			return keysOf(func(a advocacy.TrainingAttempt) string { return string(a.ID) })(h.s.TrainingAttempts(ctx,
				workflow.TrainingQuery{Page: p, Workspace: h.ws, Person: h.author, Module: "basics"}))
		},
	},
}

// guidelineBesidePolicy holds that the policy in force names the guideline that is beside it, and
// none of another workspace.
func guidelineBesidePolicy(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	beside := func(h *house, want int) {
		t.Helper()
		policy, err := s.Policy(ctx(t), h.ws)
		if err != nil || policy.Guideline != want {
			t.Fatalf("the guideline in force is %v (%v), want %d", policy, err, want)
		}
	}
	for _, in := range []*house{h, other} {
		in.update(func(ctx context.Context, tx workflow.Tx) error {
			return tx.AddPolicyRevision(ctx, &workflow.PolicyRevision{Workspace: in.ws, Policy: "default", Revision: 9, Active: true})
		})
		beside(in, 0)
	}
	for _, number := range []int{1, 2} {
		h.published(number)
		beside(h, number)
	}
	beside(other, 0)
}

// graces holds that those of the newest revisions are read, as of any instant.
func graces(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	none, err := s.Graces(ctx(t), h.ws, advocacy.DefaultGuideline, start)
	if err != nil || len(none) != 0 {
		t.Fatalf("without a guideline: %v, %v", none, err)
	}
	_, err = s.Guideline(ctx(t), h.ws, advocacy.DefaultGuideline)
	wantError(t, err, advocacy.NotFound, "GUIDELINE_NOT_FOUND")
	second := h.guideline(2)
	second.CreateTime, second.GraceEnd = start.Add(time.Hour), start.Add(2*time.Hour)
	h.published(1)
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddGuidelineRevision(ctx, second) })
	both := []advocacy.Grace{{Revision: 2, End: second.GraceEnd}, {Revision: 1}}
	for at, want := range map[time.Time][]advocacy.Grace{
		start.Add(-time.Second): {}, start: both[1:], second.CreateTime: both, start.AddDate(1, 0, 0): both,
	} {
		got, err := s.Graces(ctx(t), h.ws, advocacy.DefaultGuideline, at)
		if err != nil {
			t.Fatal(err)
		}
		same(t, want, got)
	}
}

// firstAcknowledgement holds that of several acknowledgements of a revision by a person at
// once one is kept, that it is of the revision's words, and that what was acknowledged
// later is not known before.
func firstAcknowledgement(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	r := h.published(1)
	h.refused(advocacy.NotFound, "GUIDELINE_NOT_FOUND", func(ctx context.Context, tx workflow.Tx) error {
		a := acknowledgement(r, h.author)
		a.Digest = advocacy.DigestOf([]byte("other words"))
		_, err := tx.AddAcknowledgement(ctx, a)
		return err
	})
	var firsts atomic.Int64
	var kept atomic.Pointer[advocacy.Acknowledgement]
	race(8, func(int) {
		a, first := acknowledgement(r, h.author), false
		err := s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) (err error) {
			first, err = tx.AddAcknowledgement(ctx, a)
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if first {
			firsts.Add(1)
			kept.Store(a)
		}
	})
	got, err := s.FindAcknowledgement(ctx(t), h.ws, r.Guideline, h.author, start)
	if err != nil || firsts.Load() != 1 {
		t.Fatalf("%d were the first: %v", firsts.Load(), err)
	}
	same(t, kept.Load(), got)
	before, err := s.FindAcknowledgement(ctx(t), h.ws, r.Guideline, h.author, start.Add(-time.Second))
	if err != nil || before != nil {
		t.Errorf("before there was one: %+v, %v", before, err)
	}
}

// trainingsOf holds that a person's records are read until they expire, with what revoked
// them, and that one revocation is kept.
func trainingsOf(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	m := h.module().ID
	ever, once, theirs := h.trained(m), h.trained(m), h.trained(m)
	once.ExpireTime, theirs.Person = start.Add(time.Hour), h.approver
	revoke := func(reason string) (first bool) {
		h.update(func(ctx context.Context, tx workflow.Tx) (err error) {
			r := *ever
			r.Revocation = &advocacy.TrainingRevocation{Revoker: h.approver, Reason: reason, Time: start}
			first, err = tx.AddTrainingRevocation(ctx, &r)
			return err
		})
		return first
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		for _, r := range []*advocacy.TrainingRecord{ever, once, theirs} {
			if err := tx.AddTrainingRecord(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if first, second := revoke("wrong"), revoke("again"); !first || second {
		t.Errorf("the first is kept: %v, and the second: %v", first, second)
	}
	ever.Revocation = &advocacy.TrainingRevocation{Revoker: h.approver, Reason: "wrong", Time: start}
	for at, want := range map[time.Time][]advocacy.TrainingRecord{
		start: {*once, *ever}, once.ExpireTime: {*ever},
	} {
		got, err := s.Trainings(ctx(t), h.ws, h.author, at)
		if err != nil {
			t.Fatal(err)
		}
		same(t, want, got)
	}
	h.refused(advocacy.NotFound, "MEMBER_NOT_FOUND", func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddTrainingRecord(ctx, h.trained("none"))
	})
	_, err := s.TrainingRecord(ctx(t), h.ws, "none")
	wantError(t, err, advocacy.NotFound, "TRAINING_RECORD_NOT_FOUND")
}

// attemptsOf holds that a person's latest attempts at a module are read, newest first, and
// that of two with one number one is kept.
func attemptsOf(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	m, other, untaught := h.taught(), h.taught(), h.module().ID
	theirs := h.answered(m, 1)
	theirs.Person = h.approver
	mine := []*advocacy.TrainingAttempt{h.answered(m, 1), h.answered(m, 2), h.answered(m, 3)}
	for _, a := range append(mine, theirs, h.answered(other, 1)) {
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddTrainingAttempt(ctx, a) })
	}
	got, err := s.LatestTrainingAttempts(ctx(t), h.ws, m, h.author, 2)
	if err != nil {
		t.Fatal(err)
	}
	same(t, []advocacy.TrainingAttempt{*mine[2], *mine[1]}, got)
	h.refused(advocacy.Exists, "TRAINING_ATTEMPT_EXISTS", func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddTrainingAttempt(ctx, h.answered(m, 3))
	})
	h.refused(advocacy.NotFound, "TRAINING_COURSE_NOT_FOUND", func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddTrainingAttempt(ctx, h.answered(untaught, 1))
	})
	_, err = s.TrainingAttempt(ctx(t), h.ws, "none")
	wantError(t, err, advocacy.NotFound, "TRAINING_ATTEMPT_NOT_FOUND")
	_, err = s.TrainingCourse(ctx(t), h.ws, m, 2)
	wantError(t, err, advocacy.NotFound, "TRAINING_COURSE_NOT_FOUND")
}
