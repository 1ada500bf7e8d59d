package workflow_test

import (
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

func trainingMode(t *testing.T, h *workflowtest.House, p advocacy.PersonID, on bool) {
	t.Helper()
	m, err := h.Flow.Member(t.Context(), h.As(h.Admin), h.W, p)
	ok(t, err)
	_, err = h.Flow.UpdateMember(t.Context(), h.As(h.Admin), h.W, p, workflow.MemberChange{Version: m.Version, TrainingMode: &on})
	ok(t, err)
}

// TestTrainingModeAsksForEveryShare: what needs no signature of others needs some of a
// person in training mode, until it is lifted, and the preview says so beforehand.
func TestTrainingModeAsksForEveryShare(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := ledgerItem(t, h, "Approved words.")
	trainingMode(t, h, h.Author, true)
	if slots := previewShare(t, h, h.Author, v).Plan.Slots(); slots != 2 {
		t.Fatalf("the preview names %d persons", slots)
	}
	if slots := previewShare(t, h, h.Reader, v).Plan.Slots(); slots != 0 {
		t.Fatalf("the preview names %d persons for somebody else", slots)
	}
	out := share(t, h, v, "Approved words.")
	asked := review(t, h, out, advocacy.ReviewOpen).Plan
	if code := asked.Requirements[len(asked.Requirements)-1].Rules[0].Code(); code != advocacy.AskedTrainingMode {
		t.Fatalf("they are asked for %q", code)
	}
	h.Sign(t, h.Legal, out, "legal")
	h.Work(t)
	sent(t, l)
	h.Sign(t, h.PR, out, "pr")
	h.Work(t)
	sent(t, l, "Approved words.")

	trainingMode(t, h, h.Author, false)
	state(t, h, share(t, h, v, "Approved words."), advocacy.PostScheduled)
}

// TestTrainingModeIsAboutPosts: what the library offers is signed in any case, and nobody more
// is asked because its curator is learning.
func TestTrainingModeIsAboutPosts(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	trainingMode(t, h, h.Curator, true)
	v := draftItem(t, h, "For the shelf.")
	ok(t, submitItem(t, h, v))
	r, err := h.Store.Review(t.Context(), v.Item.Subject(), 1)
	ok(t, err)
	for _, q := range r.Plan.Requirements {
		for _, why := range q.Rules {
			if why.Code() == advocacy.AskedTrainingMode {
				t.Errorf("%s is asked for the curator's training mode", q.Key)
			}
		}
	}
}

// TestTrainingModeStopsWhatIsScheduled: the gate does not wait until the posts were computed
// again.
func TestTrainingModeStopsWhatIsScheduled(t *testing.T) {
	t.Parallel()
	for name, stopped := range map[string]func(t *testing.T, h *workflowtest.House){
		"by the gate": func(t *testing.T, h *workflowtest.House) { h.Work(t) },
		"by the job":  func(t *testing.T, h *workflowtest.House) { ok(t, h.Flow.ReassessAuthor(t.Context(), h.W, h.Author)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			h.Govern(t, routing.Builtin()) // what it asks is the same whatever an author has become
			out := shareAt(t, h, ledgerItem(t, h, "Approved words."), h.Clock.Now().Add(time.Hour))
			state(t, h, out, advocacy.PostScheduled)
			trainingMode(t, h, h.Author, true)
			h.Clock.Advance(time.Hour)
			stopped(t, h)
			review(t, h, out, advocacy.ReviewOpen)
			stand(t, h, out, advocacy.Cancelled)
			h.Work(t)
			sent(t, l)
		})
	}
}

// TestNobodyLiftsOwnTrainingMode: it is others who say that somebody has learned enough.
func TestNobodyLiftsOwnTrainingMode(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	other := recruit(t, h, "Other", advocacy.RoleAdmin)
	change := func(by advocacy.PersonID, on bool) error {
		m, err := h.Flow.Member(t.Context(), h.As(by), h.W, h.Admin)
		ok(t, err)
		_, err = h.Flow.UpdateMember(t.Context(), h.As(by), h.W, h.Admin, workflow.MemberChange{Version: m.Version, TrainingMode: &on})
		return err
	}
	ok(t, change(other, true))
	refuses(t, h, advocacy.Denied, "SELF_GRANT", func() error { return change(h.Admin, false) })
	ok(t, change(h.Admin, true)) // nothing changes
	ok(t, change(other, false))
}
