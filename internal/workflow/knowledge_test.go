package workflow_test

import (
	"context"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// The policy informed asks what its authors have read, and of what is good news what they
// have learned.
const (
	asksLegal = `
defaults: [{role: "approver:legal", veto: true}]
rules:`
	whoHasRead = `
  - id: guideline
    when: "true"
    preconditions: [{expr: author.guideline_acknowledged, reason: GUIDELINE_NOT_ACKNOWLEDGED, words: Read it.}]`
	whoHasLearned = `
  - id: trained
    when: post.text.contains("good")
    preconditions: [{expr: '"basics" in author.trainings', reason: TRAINING_MISSING, words: Learn it.}]`
	informed = asksLegal + whoHasRead + whoHasLearned
)

func publishGuideline(t *testing.T, h *workflowtest.House, grace time.Duration) *advocacy.GuidelineRevision {
	t.Helper()
	d := workflow.GuidelineDraft{Texts: []advocacy.GuidelineText{{Language: "en", Title: "T", Body: "B"}, {Language: "fr", Title: "T", Body: "B"}}}
	if grace > 0 {
		d.GraceEnd = h.Clock.Now().Add(grace)
	}
	r, err := h.Flow.PublishGuideline(t.Context(), h.As(h.Admin), h.W, advocacy.DefaultGuideline, d)
	ok(t, err)
	return r
}

func acknowledge(t *testing.T, h *workflowtest.House, p advocacy.PersonID, r *advocacy.GuidelineRevision) *advocacy.Acknowledgement {
	t.Helper()
	a, err := h.Flow.AcknowledgeGuideline(t.Context(), h.As(p), h.W, r.Guideline, r.Number, r.Digest)
	ok(t, err)
	return a
}

func train(t *testing.T, h *workflowtest.House, p advocacy.PersonID, expire time.Time) *advocacy.TrainingRecord {
	t.Helper()
	if _, err := h.Flow.TrainingModule(t.Context(), h.As(h.Admin), h.W, "basics"); err != nil {
		_, err := h.Flow.CreateTrainingModule(t.Context(), h.As(h.Admin), h.W, workflow.TrainingDraft{
			ID: "basics", Titles: []advocacy.TrainingTitle{{Language: "en", Title: "Basics"}},
		})
		ok(t, err)
	}
	r, err := h.Flow.RecordTraining(t.Context(), h.As(h.Admin), h.W, workflow.Completion{Module: "basics", Person: p, ExpireTime: expire})
	ok(t, err)
	return r
}

// unready is a draft that the author cannot submit, for a reason.
func unready(t *testing.T, h *workflowtest.House, text, reason string) {
	t.Helper()
	v := h.Draft(t, text)
	refuses(t, h, advocacy.Precondition, reason, func() error {
		_, err := h.Flow.SubmitPost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.Submit{Digest: v.Head.Digest})
		return err
	})
}

// TestGuidelineBeforeSubmit: without a guideline there is nothing to acknowledge; a new one
// asks at once or once its grace is over, and of each person for himself or herself.
func TestGuidelineBeforeSubmit(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	enforce(t, h, informed)
	h.Submit(t, h.Draft(t, "Nothing to read yet."))
	first := publishGuideline(t, h, 0)
	unready(t, h, "Not read.", "GUIDELINE_NOT_ACKNOWLEDGED")
	acknowledge(t, h, h.Reader, first)
	unready(t, h, "Somebody else has.", "GUIDELINE_NOT_ACKNOWLEDGED")
	acknowledge(t, h, h.Author, first)
	h.Submit(t, h.Draft(t, "Read."))
	h.Clock.Advance(time.Minute)
	second := publishGuideline(t, h, time.Hour)
	h.Submit(t, h.Draft(t, "Within the grace."))
	h.Clock.Advance(time.Hour)
	unready(t, h, "After the grace.", "GUIDELINE_NOT_ACKNOWLEDGED")
	acknowledge(t, h, h.Author, second)
	h.Submit(t, h.Draft(t, "Read again."))
}

// TestTrainingBeforeSubmit: what somebody learned counts until it expires or is revoked.
func TestTrainingBeforeSubmit(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	enforce(t, h, informed)
	unready(t, h, "So good.", "TRAINING_MISSING")
	train(t, h, h.Reader, time.Time{})
	unready(t, h, "So good.", "TRAINING_MISSING")
	train(t, h, h.Author, h.Clock.Now().Add(time.Hour))
	h.Submit(t, h.Draft(t, "So good."))
	h.Clock.Advance(time.Hour)
	unready(t, h, "So good again.", "TRAINING_MISSING")
	again := train(t, h, h.Author, time.Time{})
	h.Submit(t, h.Draft(t, "So good once more."))
	_, err := h.Flow.RevokeTraining(t.Context(), h.As(h.Admin), h.W, again.ID, "a mistake")
	ok(t, err)
	unready(t, h, "Never so good.", "TRAINING_MISSING")
}

// TestKnowledgeStopsWhatIsScheduled: a policy that asks for it is asked again at the last
// instant. What lapsed since stops what was signed; who catches up lets it go on, without
// another signature.
func TestKnowledgeStopsWhatIsScheduled(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule  string
		lapse func(t *testing.T, h *workflowtest.House) (catchUp func())
	}{
		"training expires": {whoHasLearned, func(t *testing.T, h *workflowtest.House) func() {
			train(t, h, h.Author, h.Clock.Now().Add(time.Minute))
			return func() { train(t, h, h.Author, time.Time{}) }
		}},
		"another guideline": {whoHasRead, func(t *testing.T, h *workflowtest.House) func() {
			acknowledge(t, h, h.Author, publishGuideline(t, h, 0))
			second := publishGuideline(t, h, time.Minute)
			return func() { acknowledge(t, h, h.Author, second) }
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := workflowtest.New(t)
			enforce(t, h, asksLegal+c.rule)
			h.Clock.Advance(48 * time.Hour) // an author who was changed within a day is asked about anyway
			catchUp := c.lapse(t, h)
			v := h.Submit(t, h.Draft(t, "So good."))
			h.Sign(t, h.Legal, v, "legal")
			stand(t, h, v, advocacy.Scheduled)
			h.Clock.Advance(time.Minute)
			h.Work(t)
			stand(t, h, v, advocacy.Cancelled)
			review(t, h, v, advocacy.ReviewOpen)
			catchUp()
			ok(t, h.Flow.ReassessAuthor(t.Context(), h.W, h.Author))
			review(t, h, v, advocacy.ReviewApproved)
			h.Work(t)
			state(t, h, v, advocacy.PostPublished)
		})
	}
}

// TestTheStarterPolicyAsksForTheGuideline: nobody is asked for one that there is not, or within its
// grace; then posts and shares wait for it, also those that were signed before, and no item does.
func TestTheStarterPolicyAsksForTheGuideline(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	item := h.Item(t, "Read this")
	v := h.Submit(t, h.Draft(t, "So good."))
	first := publishGuideline(t, h, time.Hour)
	h.Submit(t, h.Draft(t, "Within the grace."))
	h.Clock.Advance(time.Hour)
	late := h.Draft(t, "After the grace.")
	share := workflow.Share{Accounts: []advocacy.AccountID{h.AuthorWall}, Language: "en"}
	preview, err := h.Flow.PreviewPost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Content: advocacy.Content{Language: "en"}, Accounts: share.Accounts, Item: item.Item.ID})
	ok(t, err)
	share.Digest = preview.Digest
	for _, send := range []func() error{
		func() error { return submit(t.Context(), h, h.As(h.Author), late) },
		func() error {
			_, err := h.Flow.ShareItem(t.Context(), h.As(h.Author), h.W, item.Item.ID, share)
			return err
		},
	} {
		refuses(t, h, advocacy.Precondition, "GUIDELINE_NOT_ACKNOWLEDGED", send)
	}
	h.Item(t, "An item is written all the same")
	h.Sign(t, h.Legal, v, "legal")
	h.Sign(t, h.PR, v, "pr")
	review(t, h, v, advocacy.ReviewOpen)
	acknowledge(t, h, h.Author, first)
	ok(t, h.Flow.ReassessAuthor(t.Context(), h.W, h.Author))
	review(t, h, v, advocacy.ReviewApproved)
	ok(t, submit(t.Context(), h, h.As(h.Author), late))
}

// TestCatchingUpIsHeard: only a policy that asks what people have read makes the service
// compute their posts again, and then only theirs.
func TestCatchingUpIsHeard(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	queued := func(call func()) int {
		ctx := t.Context()
		var before, after int
		count := "SELECT count(*) FROM river_job WHERE kind = '" + workflow.JobReassessAuthor + "'"
		ok(t, h.Store.SQLWriter().QueryRowContext(ctx, count).Scan(&before))
		call()
		ok(t, h.Store.SQLWriter().QueryRowContext(ctx, count).Scan(&after))
		return after - before
	}
	enforce(t, h, "defaults: [{role: \"approver:legal\"}]")
	first := publishGuideline(t, h, 0)
	if n := queued(func() { acknowledge(t, h, h.Author, first) }); n != 0 {
		t.Errorf("%d jobs, and nobody asks", n)
	}
	enforce(t, h, informed)
	second := first
	if n := queued(func() { second = publishGuideline(t, h, 0) }); n != 1 {
		t.Errorf("%d jobs for everybody", n)
	}
	if n := queued(func() { acknowledge(t, h, h.Author, second) }); n != 1 {
		t.Errorf("%d jobs for the author", n)
	}
	if n := queued(func() { acknowledge(t, h, h.Author, second) }); n != 0 {
		t.Errorf("%d jobs, and nothing changed", n)
	}
}

// TestReplayKnowsWhatWasKnown: a simulation asks about a past submission what its author had
// read and learned then, whatever happened since.
func TestReplayKnowsWhatWasKnown(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	enforce(t, h, "defaults: [{role: \"approver:legal\"}]")
	record := train(t, h, h.Author, time.Time{})
	h.Clock.Advance(time.Minute)
	h.Submit(t, h.Draft(t, "So good."))
	h.Clock.Advance(time.Minute)
	_, err := h.Flow.RevokeTraining(t.Context(), h.As(h.Admin), h.W, record.ID, "a mistake")
	ok(t, err)
	publishGuideline(t, h, 0)
	h.Submit(t, h.Draft(t, "So good again."))
	draft, err := h.Flow.CreatePolicyRevision(t.Context(), h.As(h.Admin), h.W, "default", workflow.PolicyDraft{Document: informed})
	ok(t, err)
	of := advocacy.PolicyRef{Policy: "default", Revision: draft.Revision}
	m, err := h.Flow.SimulatePolicy(t.Context(), h.As(h.Admin), h.W, of, 30)
	ok(t, err)
	ok(t, h.Flow.RunSimulation(t.Context(), h.W, m.ID))
	m, err = h.Flow.Simulation(t.Context(), h.As(h.Admin), h.W, of, m.ID)
	ok(t, err)
	if m.Report.Replayed != 2 || m.Report.Refused != 1 {
		t.Errorf("of %d submissions %d would have been refused", m.Report.Replayed, m.Report.Refused)
	}
}

// TestMachinesReadNothing: a use case reached without the door is no way around it.
func TestMachinesReadNothing(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	r := publishGuideline(t, h, 0)
	tool := h.As(h.Author)
	tool.Actor.Kind, tool.Actor.Key = advocacy.Machine, "k"
	refuses(t, h, advocacy.Denied, "MACHINE_CANNOT_ACKNOWLEDGE", func() error {
		_, err := h.Flow.AcknowledgeGuideline(t.Context(), tool, h.W, r.Guideline, r.Number, r.Digest)
		return err
	})
}

// TestRevokedOnce: of two who revoke a record at once the slower one hears it.
func TestRevokedOnce(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	r := train(t, h, h.Author, time.Time{})
	ok(t, h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		read, err := tx.TrainingRecord(ctx, h.W, r.ID)
		if err != nil {
			return err
		}
		if err := read.Revoke(h.As(h.Admin).Actor, "first", tx.Now()); err != nil {
			return err
		}
		_, err = tx.AddTrainingRevocation(ctx, read)
		return err
	}))
	refuses(t, h, advocacy.Precondition, "TRAINING_REVOKED", func() error {
		_, err := h.Flow.RevokeTraining(t.Context(), h.As(h.Admin), h.W, r.ID, "second")
		return err
	})
}

// knowledgeChanges are the calls that change what people have read and learned.
func knowledgeChanges() []oneChange {
	type change = func(workflow.Call) (string, error)
	return []oneChange{
		{"PublishLexiconRevision", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) change {
			watch(t, h, forbidden("miracle"))
			draft := workflow.LexiconDraft{Version: 1}
			draft.Trial = h.Tried(t, h.As(h.Admin), draft)
			return func(c workflow.Call) (string, error) {
				r, err := h.Flow.PublishLexicon(t.Context(), c, h.W, advocacy.DefaultLexicon, draft)
				if err != nil {
					return "", err
				}
				return r.Name(), nil
			}
		}},
		{"PublishDisclosureTableRevision", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) change {
			tell(t, h, staff("staff", "I work for Acme."))
			draft := workflow.DisclosureDraft{Version: 1}
			draft.Trial = h.TriedRules(t, h.As(h.Admin), draft)
			return func(c workflow.Call) (string, error) {
				r, err := h.Flow.PublishDisclosures(t.Context(), c, h.W, advocacy.DefaultDisclosures, draft)
				if err != nil {
					return "", err
				}
				return r.Name(), nil
			}
		}},
		{"PublishGuidelineRevision", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) change {
			texts := publishGuideline(t, h, 0).Texts
			return func(c workflow.Call) (string, error) {
				r, err := h.Flow.PublishGuideline(t.Context(), c, h.W, advocacy.DefaultGuideline, workflow.GuidelineDraft{Texts: texts, Version: 1})
				if err != nil {
					return "", err
				}
				return r.Name(), nil
			}
		}},
		{"AcknowledgeGuideline", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) change {
			r := publishGuideline(t, h, 0)
			return func(c workflow.Call) (string, error) {
				a, err := h.Flow.AcknowledgeGuideline(t.Context(), c, h.W, r.Guideline, r.Number, r.Digest)
				if err != nil {
					return "", err
				}
				return a.Name(), nil
			}
		}},
		{"CreateTrainingModule", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) change {
			titles := []advocacy.TrainingTitle{{Language: "en", Title: "Once"}}
			return func(c workflow.Call) (string, error) {
				m, err := h.Flow.CreateTrainingModule(t.Context(), c, h.W, workflow.TrainingDraft{ID: "once", Titles: titles})
				if err != nil {
					return "", err
				}
				return m.Name(), nil
			}
		}},
		{"UpdateTrainingModule", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) change {
			train(t, h, h.Author, time.Time{})
			return func(c workflow.Call) (string, error) {
				m, err := h.Flow.UpdateTrainingModule(t.Context(), c, h.W, "basics", workflow.TrainingChange{Version: 1, ValidDays: ptr(30)})
				if err != nil {
					return "", err
				}
				return m.Name(), nil
			}
		}},
		{"PublishTrainingCourse", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) change {
			d := workflow.CourseDraft{Texts: teach(t, h).Texts}
			return func(c workflow.Call) (string, error) {
				course, err := h.Flow.PublishTrainingCourse(t.Context(), c, h.W, "basics", d)
				if err != nil {
					return "", err
				}
				return course.Name(), nil
			}
		}},
		{"AnswerTrainingCourse", author, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) change {
			asks := teach(t, h)
			return func(c workflow.Call) (string, error) {
				a, err := h.Flow.AnswerTraining(t.Context(), c, h.W, "basics", 1, advocacy.Answers{Shown: asks.Digest, Marked: [][]int{{1}}})
				if err != nil {
					return "", err
				}
				return a.Name(), nil
			}
		}},
		{"CreateTrainingRecord", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) change {
			train(t, h, h.Reader, time.Time{})
			return func(c workflow.Call) (string, error) {
				r, err := h.Flow.RecordTraining(t.Context(), c, h.W, workflow.Completion{Module: "basics", Person: h.Author})
				if err != nil {
					return "", err
				}
				return r.Name(), nil
			}
		}},
		{"RevokeTrainingRecord", admin, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) change {
			made := train(t, h, h.Author, time.Time{})
			return func(c workflow.Call) (string, error) {
				r, err := h.Flow.RevokeTraining(t.Context(), c, h.W, made.ID, "a mistake")
				if err != nil {
					return "", err
				}
				return r.Name(), nil
			}
		}},
	}
}
