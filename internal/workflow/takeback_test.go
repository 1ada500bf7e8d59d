package workflow_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// takeBack has somebody take back another's signature on the newest round.
func takeBack(ctx context.Context, h *workflowtest.House, c workflow.Call, v *workflow.PostView, of advocacy.DecisionID, why string) (*advocacy.Decision, error) {
	d, _, err := h.Flow.RetractDecision(ctx, c, v.Post.Subject(), 1, of, workflow.TakeBack{Digest: v.Head.Digest, Reason: why})
	return d, err
}

// standingOf is the signature of a person that nobody took back.
func standingOf(t *testing.T, h *workflowtest.House, v *workflow.PostView, who advocacy.PersonID) advocacy.DecisionID {
	t.Helper()
	all, err := h.Store.Decisions(t.Context(), v.Post.Subject())
	ok(t, err)
	i := slices.IndexFunc(all, func(d advocacy.Decision) bool { return d.Person == who && d.Verdict == advocacy.Approve })
	return all[i].ID
}

// TestTakenBackByAnAdmin: what an admin takes back does not count, the round waits for it again, what
// was scheduled is cancelled, the record names both, and who had signed may sign again.
func TestTakenBackByAnAdmin(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := scheduled(t, h, l)
	given := standingOf(t, h, v, h.Legal)
	h.Clock.Advance(time.Minute)
	d, err := takeBack(t.Context(), h, h.As(h.Admin), v, given, "  Signed by mistake. ")
	ok(t, err)
	if d.Person != h.Admin || d.Verdict != advocacy.Retract || d.Supersedes != given || d.Requirement != "legal" || d.Reason != "Signed by mistake." {
		t.Errorf("the decision is %+v", d)
	}
	state(t, h, v, advocacy.PostInReview)
	stand(t, h, v, advocacy.Cancelled)
	h.Work(t)
	sent(t, l)
	e, err := h.Flow.ExplainReview(t.Context(), h.As(h.Admin), v.Post.Subject(), 1)
	ok(t, err)
	if len(e.Turns) != 1 || e.Turns[0].Why != advocacy.WhySignatureLost || e.Turns[0].Role != advocacy.RoleLegal || !e.Turns[0].Since.Equal(d.Time) {
		t.Errorf("turns %+v", e.Turns)
	}
	records, _, err := h.Store.AuditRecords(t.Context(), workflow.RecordQuery{Workspace: h.W, Parent: v.Post.Subject().Name(), Page: workflow.Page{Size: 100}})
	ok(t, err)
	i := slices.IndexFunc(records, func(r advocacy.AuditRecord) bool { return r.Action == "review.decided" && r.Actor.Person == h.Admin })
	var detail struct {
		TakenFrom advocacy.PersonID `json:"taken_from"`
		Reason    string
	}
	ok(t, json.Unmarshal(records[i].Detail, &detail))
	if detail.TakenFrom != h.Legal || detail.Reason == "" {
		t.Errorf("the record says %+v", detail)
	}
	h.Sign(t, h.Legal, v, "legal")
	h.Work(t)
	sent(t, l, "Signed.")
	refuses(t, h, advocacy.Precondition, "PUBLISHING", func() error { // what is out is recalled instead
		_, err := takeBack(t.Context(), h, h.As(h.Admin), v, standingOf(t, h, v, h.PR), "x")
		return err
	})
}

// TestTakenBackRefuses: a machine takes back nothing, a writer nothing of his or her own words, nobody
// without a reason or another revision on the screen, and never an objection.
func TestTakenBackRefuses(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	given := signatureOf(t, h, h.PR, v, "pr")
	try := func(c workflow.Call, of advocacy.DecisionID, why string) func() error {
		return func() error { _, err := takeBack(t.Context(), h, c, v, of, why); return err }
	}
	refuses(t, h, advocacy.Denied, "MACHINE_CANNOT_DECIDE", try(h.AsKey(h.Admin), given.ID, "x"))
	refuses(t, h, advocacy.Denied, "SELF_REVIEW", try(h.As(h.Author), given.ID, "x"))
	refuses(t, h, advocacy.Invalid, "REASON_REQUIRED", try(h.As(h.Admin), given.ID, " "))
	refuses(t, h, advocacy.NotFound, "DECISION_NOT_FOUND", try(h.As(h.Admin), "0198f000-0000-7000-8000-000000000009", "x"))
	refuses(t, h, advocacy.Conflict, "REVISION_CHANGED", func() error {
		_, _, err := h.Flow.RetractDecision(t.Context(), h.As(h.Admin), v.Post.Subject(), 1, given.ID, workflow.TakeBack{Digest: "sha256:other", Reason: "x"})
		return err
	})
	ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.RequestChanges))
	all, err := h.Store.Decisions(t.Context(), v.Post.Subject())
	ok(t, err)
	refuses(t, h, advocacy.Precondition, "NOTHING_TO_RETRACT", try(h.As(h.Admin), all[len(all)-1].ID, "x"))
	ok(t, try(h.As(h.Admin), given.ID, "x")())
	refuses(t, h, advocacy.Precondition, "NOTHING_TO_RETRACT", try(h.As(h.Admin), given.ID, "x"))
	edit(t, h, v, "Other words.")
	refuses(t, h, advocacy.Conflict, "REVISION_CHANGED", try(h.As(h.Admin), given.ID, "x"))
}
