package workflow_test

import (
	"errors"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// signatureOf lets a person sign a requirement and returns the decision.
func signatureOf(t *testing.T, h *workflowtest.House, who advocacy.PersonID, v *workflow.PostView, requirement string) advocacy.Decision {
	t.Helper()
	h.Sign(t, who, v, requirement)
	all, err := h.Store.Decisions(t.Context(), v.Post.Subject())
	ok(t, err)
	return all[len(all)-1]
}

// again gives a signature again on the head of the view.
func again(t *testing.T, h *workflowtest.House, who advocacy.PersonID, former advocacy.Decision, v *workflow.PostView) (*advocacy.Decision, error) {
	t.Helper()
	d, _, err := h.Flow.Reaffirm(t.Context(), h.As(who), former.Subject, former.Round, former.ID, workflow.Verdict{Digest: v.Head.Digest})
	return d, err
}

// TestReaffirm: what aged, what a gap in the role took away and what a retraction took back
// is given again in one call. It is a new decision, which replaces the former one; that one
// never counts again.
func TestReaffirm(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(t *testing.T, h *workflowtest.House, v *workflow.PostView){
		"it aged": func(_ *testing.T, h *workflowtest.House, _ *workflow.PostView) { h.Clock.Advance(time.Hour) },
		"the role had a gap": func(t *testing.T, h *workflowtest.House, _ *workflow.PostView) {
			h.Clock.Advance(time.Minute)
			regrant(t, h, h.Legal, advocacy.RoleEmployee)
			h.Clock.Advance(time.Minute)
			regrant(t, h, h.Legal, advocacy.RoleLegal)
		},
		"it was taken back": func(t *testing.T, h *workflowtest.House, v *workflow.PostView) {
			ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.Retract))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, l := house(t)
			brief := routing.Sign(advocacy.RoleLegal, 1)
			brief.TTL = time.Hour
			enact(t, h, brief, routing.Sign(advocacy.RolePR, 1))
			v := inReview(t, h, l)
			former := signatureOf(t, h, h.Legal, v, "legal")
			lose(t, h, v)
			h.Sign(t, h.PR, v, "pr")
			h.Work(t)
			sent(t, l)
			d, err := again(t, h, h.Legal, former, v)
			ok(t, err)
			if d.ID == former.ID || d.Verdict != advocacy.Approve || d.Requirement != "legal" || d.Round != former.Round {
				t.Errorf("given again is %+v", d)
			}
			if name != "it was taken back" && d.Supersedes != former.ID {
				t.Errorf("it supersedes %q, want %q", d.Supersedes, former.ID)
			}
			h.Work(t)
			sent(t, l, "Read me.")
		})
	}
}

// TestReaffirmInANewRound: the same bytes come back in another round; who signed them
// before looks once, and gives the signature again.
func TestReaffirmInANewRound(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	former := signatureOf(t, h, h.Legal, v, "legal")
	back := h.Submit(t, edit(t, h, edit(t, h, v, "Something else."), "Read me."))
	refuses(t, h, advocacy.Precondition, "VIEW_REQUIRED", func() error { _, err := again(t, h, h.Legal, former, back); return err })
	h.View(t, h.Legal, back.Post.Subject(), back.Post.Round)
	d, err := again(t, h, h.Legal, former, back)
	ok(t, err)
	if d.Round != 2 || d.Supersedes != "" {
		t.Errorf("given again is %+v", d)
	}
	h.Sign(t, h.PR, back, "pr")
	state(t, h, back, advocacy.PostScheduled)
}

// TestReaffirmRefuses: what is not one's own approval of these bytes is not given again, and
// every guard of a decision holds.
func TestReaffirmRefuses(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	former := signatureOf(t, h, h.Legal, v, "legal")
	try := func(who advocacy.PersonID, d advocacy.Decision, at *workflow.PostView) func() error {
		return func() error { _, err := again(t, h, who, d, at); return err }
	}
	h.View(t, h.Legal2, v.Post.Subject(), 1)
	refuses(t, h, advocacy.Precondition, "NOTHING_TO_REAFFIRM", try(h.Legal2, former, v))
	refuses(t, h, advocacy.NotFound, "DECISION_NOT_FOUND", try(h.Legal, advocacy.Decision{Subject: former.Subject, Round: 1, ID: "x"}, v))
	refuses(t, h, advocacy.NotFound, "POST_NOT_FOUND", try(h.Reader, former, v))
	regrant(t, h, h.Legal, advocacy.RolePR)
	refuses(t, h, advocacy.Denied, "NOT_IN_ROLE", try(h.Legal, former, v))
	regrant(t, h, h.Legal, advocacy.RoleLegal)
	ok(t, h.Decide(t, h.Legal, v, "legal", advocacy.RequestChanges))
	all, err := h.Store.Decisions(t.Context(), v.Post.Subject())
	ok(t, err)
	refuses(t, h, advocacy.Precondition, "NOTHING_TO_REAFFIRM", try(h.Legal, all[len(all)-1], v))
	next := h.Submit(t, edit(t, h, v, "Other words."))
	h.View(t, h.Legal, next.Post.Subject(), next.Post.Round)
	refuses(t, h, advocacy.Conflict, "REVISION_CHANGED", try(h.Legal, former, next))
	_, err = again(t, h, h.Legal, former, next)
	if e, ok := errors.AsType[*advocacy.Error](err); !ok || e.Meta["revision"] != next.Post.Subject().RevisionName(next.Post.Head) || e.Meta["digest"] != string(former.Digest) {
		t.Errorf("who signed other bytes is told %v, want the newest revision and what was signed", err)
	}
	refuses(t, h, advocacy.Conflict, "REVISION_CHANGED", try(h.Legal, former, v))
}
