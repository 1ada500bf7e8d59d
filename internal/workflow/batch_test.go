package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// withoutVeto puts a policy in force under which legal can decide several at once.
func withoutVeto(t *testing.T, h *workflowtest.House) {
	t.Helper()
	r := routing.Sign(advocacy.RoleLegal, 1)
	r.Veto = false
	enact(t, h, r)
}

// signedIn is a call of a person in a session that is kept.
func signedIn(t *testing.T, h *workflowtest.House, p advocacy.PersonID) workflow.Call {
	t.Helper()
	in, err := h.Flow.OpenSession(t.Context(), h.W, p)
	ok(t, err)
	call := h.As(p)
	call.Actor.Session = in.Session.ID
	return call
}

// inBatch is an approval of a post by legal, which has seen it.
func inBatch(t *testing.T, h *workflowtest.House, v *workflow.PostView) workflow.BatchItem {
	t.Helper()
	h.View(t, h.Legal, v.Post.Subject(), v.Post.Round)
	return workflow.BatchItem{Subject: v.Post.Subject(), Round: v.Post.Round, Verdict: workflow.Verdict{
		Verdict: advocacy.Approve, Requirement: "legal", Digest: v.Head.Digest, Version: 1,
	}}
}

// TestBatchOfWhatIsNotSeen: who does not see a post is not told by a batch that it is there.
func TestBatchOfWhatIsNotSeen(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	v := h.Submit(t, h.Draft(t, "Hello"))
	item, call := inBatch(t, h, v), signedIn(t, h, h.Reader)
	refuses(t, h, advocacy.NotFound, "POST_NOT_FOUND", func() error {
		_, err := h.Flow.BatchDecide(t.Context(), call, h.W, []workflow.BatchItem{item})
		return err
	})
}

// carriedOut runs a batch and returns why items failed, by position.
func carriedOut(t *testing.T, h *workflowtest.House, c workflow.Call, b *workflow.Batch) (decided int, failed map[int]string) {
	t.Helper()
	ok(t, h.Flow.RunBatch(t.Context(), h.W, b.ID))
	ok(t, h.Flow.RunBatch(t.Context(), h.W, b.ID)) // a job can run twice
	got, err := h.Flow.Batch(t.Context(), c, h.W, b.ID)
	ok(t, err)
	failed = make(map[int]string)
	for _, i := range got.Items {
		switch {
		case i.State == workflow.BatchFailed && i.Decision == "" && !i.EndTime.IsZero():
			failed[i.Position] = i.Code
		case i.State == workflow.BatchDecided && i.Decision != "" && i.Code == "":
			decided++
		default:
			t.Errorf("an item ended as %+v", i)
		}
	}
	return decided, failed
}

// TestBatch (edge case 54): of twenty, the seventh was edited meanwhile; nineteen are
// decided, once each, and nothing happened to the seventh.
func TestBatch(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		withoutVeto(t, h)
		var items []workflow.BatchItem
		var views []*workflow.PostView
		for i := range 20 {
			views = append(views, h.Submit(t, h.Draft(t, fmt.Sprintf("Post %d.", i), h.Ledger)))
			items = append(items, inBatch(t, h, views[i]))
		}
		call := signedIn(t, h, h.Legal)
		b, err := h.Flow.BatchDecide(t.Context(), call, h.W, items)
		ok(t, err)
		edit(t, h, views[6], "Edited.")
		decided, failed := carriedOut(t, h, call, b)
		if decided != 19 || len(failed) != 1 || failed[6] != "REVISION_CHANGED" {
			t.Fatalf("%d were decided, failed %v", decided, failed)
		}
		for i, v := range views {
			want := 1
			if i == 6 {
				want = 0
			}
			if n := happened(t, h, v.Post.Subject().Name(), "review.decided"); n != want {
				t.Errorf("post %d was decided %d times", i, n)
			}
		}
		state(t, h, views[6], advocacy.PostDraft)
	})
}

// failsOnce is a store whose first update fails.
type failsOnce struct {
	workflow.Store
	failed bool
}

func (s *failsOnce) Update(ctx context.Context, fn func(context.Context, workflow.Tx) error) error {
	if !s.failed {
		s.failed = true
		return errInterrupted
	}
	return s.Store.Update(ctx, fn)
}

// TestBatchGoesOn: what breaks at one decision keeps no other, and is tried again.
func TestBatchGoesOn(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	withoutVeto(t, h)
	one, two := h.Submit(t, h.Draft(t, "One.", h.Ledger)), h.Submit(t, h.Draft(t, "Two.", h.Ledger))
	call := signedIn(t, h, h.Legal)
	b, err := h.Flow.BatchDecide(t.Context(), call, h.W, []workflow.BatchItem{inBatch(t, h, one), inBatch(t, h, two)})
	ok(t, err)
	flow := *h.Flow
	flow.Store = &failsOnce{Store: h.Store}
	if err := flow.RunBatch(t.Context(), h.W, b.ID); !errors.Is(err, errInterrupted) {
		t.Errorf("it is done with: %v", err)
	}
	got, err := h.Flow.Batch(t.Context(), call, h.W, b.ID)
	ok(t, err)
	if got.Items[0].State != workflow.BatchPending || got.Items[1].State != workflow.BatchDecided {
		t.Errorf("the items are %+v", got.Items)
	}
	if decided, failed := carriedOut(t, h, call, b); decided != 2 || len(failed) != 0 {
		t.Errorf("%d were decided, failed %v", decided, failed)
	}
}

// TestBatchAfterAnotherPolicy: what was opened under rules of other names is decided together under
// those in force, which ask for the same.
func TestBatchAfterAnotherPolicy(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	named := func(id string) {
		r := routing.Sign(advocacy.RoleLegal, 1)
		r.Veto = false
		h.Govern(t, routing.Policy{
			Defaults: []advocacy.Requirement{r}, OnError: []advocacy.Requirement{r},
			Rules: []routing.Rule{{ID: id, When: "true", Reason: "Legal looks.", Require: []advocacy.Requirement{r}}},
		})
	}
	named("one")
	items := []workflow.BatchItem{inBatch(t, h, h.Submit(t, h.Draft(t, "First."))), inBatch(t, h, h.Submit(t, h.Draft(t, "Second.")))}
	named("two")
	h.Reassess(t)
	for i := range items {
		items[i].Verdict.Version = 0
	}
	call := signedIn(t, h, h.Legal)
	b, err := h.Flow.BatchDecide(t.Context(), call, h.W, items)
	ok(t, err)
	if decided, failed := carriedOut(t, h, call, b); decided != 2 {
		t.Errorf("%d decided, failed are %v", decided, failed)
	}
}

// TestBatchOfUnequals (edge case 55): what carries more risk, or another, is refused by
// itself.
func TestBatchOfUnequals(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	withoutVeto(t, h)
	fine := h.Submit(t, h.Draft(t, "Fine.", h.Ledger))
	objected := h.Submit(t, h.Draft(t, "Objected.", h.Ledger))
	ok(t, h.Decide(t, h.Legal2, objected, "legal", advocacy.RequestChanges))
	unseen := h.Submit(t, h.Draft(t, "Unseen.", h.Ledger))
	items := []workflow.BatchItem{inBatch(t, h, fine), inBatch(t, h, objected), {Subject: unseen.Post.Subject(), Round: 1, Verdict: workflow.Verdict{
		Verdict: advocacy.Approve, Requirement: "legal", Digest: unseen.Head.Digest,
	}}}
	items[1].Verdict.Version = 0
	call := signedIn(t, h, h.Legal)
	b, err := h.Flow.BatchDecide(t.Context(), call, h.W, items)
	ok(t, err)
	decided, failed := carriedOut(t, h, call, b)
	if decided != 1 || failed[1] != "BATCH_NOT_ALLOWED" || failed[2] != "VIEW_REQUIRED" {
		t.Errorf("%d were decided, failed %v", decided, failed)
	}
	refuses(t, h, advocacy.Invalid, "BATCH_DUPLICATE", func() error {
		_, err := h.Flow.BatchDecide(t.Context(), call, h.W, []workflow.BatchItem{items[2], items[2]})
		return err
	})
	refuses(t, h, advocacy.Invalid, "BATCH_SIZE", func() error {
		_, err := h.Flow.BatchDecide(t.Context(), call, h.W, make([]workflow.BatchItem, 26))
		return err
	})
	refuses(t, h, advocacy.NotFound, "BATCH_NOT_FOUND", func() error {
		_, err := h.Flow.Batch(t.Context(), h.As(h.Author), h.W, b.ID)
		return err
	})
}

// TestBatchEndsWithItsAuthority: when the session ended, or the role was lost, before the
// job ran, nothing is decided.
func TestBatchEndsWithItsAuthority(t *testing.T) {
	t.Parallel()
	for reason, change := range map[string]func(t *testing.T, h *workflowtest.House, c workflow.Call){
		"SESSION_REVOKED": func(t *testing.T, h *workflowtest.House, c workflow.Call) {
			ok(t, h.Flow.DeleteSession(t.Context(), c))
		},
		"PERMISSION_DENIED": func(t *testing.T, h *workflowtest.House, _ workflow.Call) {
			regrant(t, h, h.Legal, advocacy.RoleEmployee)
		},
		"NOT_IN_ROLE": func(t *testing.T, h *workflowtest.House, _ workflow.Call) { regrant(t, h, h.Legal, advocacy.RolePR) },
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			h, _ := house(t)
			withoutVeto(t, h)
			v := h.Submit(t, h.Draft(t, "Hello.", h.Ledger))
			call := signedIn(t, h, h.Legal)
			b, err := h.Flow.BatchDecide(t.Context(), call, h.W, []workflow.BatchItem{inBatch(t, h, v)})
			ok(t, err)
			change(t, h, call)
			if decided, failed := carriedOut(t, h, call, b); decided != 0 || failed[0] != reason {
				t.Errorf("%d were decided, failed %v", decided, failed)
			}
			review(t, h, v, advocacy.ReviewOpen)
		})
	}
}
