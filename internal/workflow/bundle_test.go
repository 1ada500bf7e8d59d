package workflow_test

import (
	"context"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// TestBundleReadsOnce: of many posts that have a term that comes to be restricted, what is the same
// for all is read once for several, and each has its plan, its turn and its record.
func TestBundleReadsOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *workflowtest.House, _ *workflowtest.Ledger) {
		enforce(t, h, `defaults: [{role: "approver:pr", veto: true}]`)
		views := growing(t, h, 8)
		r := watch(t, h, restricted("growth", advocacy.RoleLegal))
		ctx, statements := workflowtest.Listen(t.Context())
		ok(t, h.Flow.RecheckLexicon(ctx, h.W, r.Number))
		all, policies := statements.All(), 0
		first, last := -1, -1
		for i, q := range all {
			if strings.Contains(q, "INTO audit_records") {
				last = i
			}
			if first < 0 && strings.Contains(q, "FROM posts WHERE workspace_id") && strings.Contains(q, "AND id = ") {
				first = i
			}
		}
		for _, q := range all[first:last] {
			if strings.Contains(q, "FROM routing_policies") {
				policies++
			}
		}
		if policies != 1 {
			t.Errorf("of eight the policy is read %d times", policies)
		}
		for _, v := range views {
			regrown(t, h, v)
		}
	})
}

// TestBundleStopsNobody: one that cannot be looked at stops no other of its bundle.
func TestBundleStopsNobody(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	enforce(t, h, `defaults: [{role: "approver:pr", veto: true}]`)
	views := growing(t, h, 5)
	r := watch(t, h, restricted("growth", advocacy.RoleLegal))
	broken := views[2].Post.ID
	flow := *h.Flow
	flow.Store = watchedPosts{h.Store, but(broken, advocacy.Refuse("BROKEN", "it cannot be locked"))}
	if err := flow.RecheckLexicon(t.Context(), h.W, r.Number); advocacy.ReasonOf(err) != "BROKEN" {
		t.Fatalf("the run says %v", err)
	}
	for _, v := range views {
		if v.Post.ID != broken {
			regrown(t, h, v)
		}
	}
	recheck(t, h, r)
	for _, v := range views {
		regrown(t, h, v)
	}
}

func growing(t *testing.T, h *workflowtest.House, n int) (views []*workflow.PostView) {
	for range n {
		views = append(views, h.Submit(t, h.Draft(t, "Growth.")))
	}
	return views
}

// regrown holds that legal was asked besides, once, and that it is on record.
func regrown(t *testing.T, h *workflowtest.House, v *workflow.PostView) {
	t.Helper()
	review, err := h.Store.Review(t.Context(), v.Post.Subject(), 1)
	ok(t, err)
	former, err := h.Store.FormerPlans(t.Context(), v.Post.Subject(), 1)
	ok(t, err)
	tasks, _, err := h.Store.Tasks(t.Context(), workflow.TaskQuery{Workspace: h.W, State: workflow.TaskOpen, Page: workflow.Page{Size: 100}})
	ok(t, err)
	asked := 0
	for _, task := range tasks {
		if task.Subject == v.Post.Subject() && task.Role == advocacy.RoleLegal {
			asked++
		}
	}
	records, _, err := h.Store.AuditRecords(t.Context(), workflow.RecordQuery{Workspace: h.W, Parent: v.Post.Subject().Name(), Page: workflow.Page{Size: 100}})
	ok(t, err)
	kept := 0
	for _, a := range records {
		if a.Action == "review.open" && a.Actor.Kind != advocacy.Human {
			kept++
		}
	}
	if len(review.Plan.Requirements) != 2 || len(former) != 1 || former[0].Next.Revision == 0 || asked != 1 || kept != 1 {
		t.Errorf("%s: plan %v, former %v, %d turns of legal, %d records", v.Post.ID, review.Plan.Requirements, former, asked, kept)
	}
}

// watchedPosts is a store that is asked before it locks a post, and locks none where it is told of an
// error.
type watchedPosts struct {
	workflow.Store
	before func(id advocacy.PostID) error
}

func (s watchedPosts) Update(ctx context.Context, fn func(context.Context, workflow.Tx) error) error {
	return s.Store.Update(ctx, func(ctx context.Context, tx workflow.Tx) error { return fn(ctx, watchedTx{tx, s.before}) })
}

type watchedTx struct {
	workflow.Tx
	before func(id advocacy.PostID) error
}

func (tx watchedTx) PostForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PostID) (*advocacy.Post, error) {
	if err := tx.before(id); err != nil {
		return nil, err
	}
	return tx.Tx.PostForUpdate(ctx, w, id)
}

func (tx watchedTx) PostInReviewForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.PostID, round int, viewer advocacy.PersonID) (*advocacy.Post, *workflow.Reading, error) {
	if err := tx.before(id); err != nil {
		return nil, nil, err
	}
	return tx.Tx.PostInReviewForUpdate(ctx, w, id, round, viewer)
}

// but is what watchedPosts asks of a store in which one post cannot be locked.
func but(post advocacy.PostID, err error) func(advocacy.PostID) error {
	return func(id advocacy.PostID) error {
		if id == post {
			return err
		}
		return nil
	}
}
