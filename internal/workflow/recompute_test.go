package workflow_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// waiting are three posts in review that nobody can finish any more, as everybody who signs has lost that role.
func waiting(t *testing.T, h *workflowtest.House) []*workflow.PostView {
	t.Helper()
	var views []*workflow.PostView
	for _, text := range []string{"One.", "Two.", "Three."} {
		views = append(views, h.Submit(t, h.Draft(t, text)))
	}
	resign(t, h)
	return views
}

// recomputations are those of the workspace, the newest first.
func recomputations(t *testing.T, h *workflowtest.House) []workflow.Recomputation {
	t.Helper()
	listed, _, err := h.Flow.Recomputations(t.Context(), h.As(h.Admin), h.W, workflow.Page{Size: 10})
	ok(t, err)
	return listed
}

// TestRecomputationGoesOn: what follows a change of roles tells how far it is, and wherever it is broken
// off the next run goes on there.
func TestRecomputationGoesOn(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	views := waiting(t, h)
	id := h.Flow.NewID()
	for updates := 0; ; updates++ {
		flow := *h.Flow
		flow.Store = &interrupted{Store: h.Store, left: updates}
		err := flow.Reassess(t.Context(), h.W, id)
		if err == nil {
			break
		}
		if !errors.Is(err, errInterrupted) {
			t.Fatal(err)
		}
		for _, r := range recomputations(t, h) {
			if !r.EndTime.IsZero() {
				t.Fatalf("ended though it failed: %+v", r)
			}
		}
	}
	all := recomputations(t, h)
	if len(all) != 1 || all[0].ID != id || all[0].Done < 3 || all[0].Total != all[0].Done || all[0].Failed != 0 || all[0].EndTime.IsZero() {
		t.Errorf("recomputations %+v, want one that ended with all three", all)
	}
	for _, v := range views {
		state(t, h, v, advocacy.PostUnroutable)
	}
	done := all[0]
	ok(t, h.Flow.Reassess(t.Context(), h.W, id))
	if again := recomputations(t, h); len(again) != 1 || again[0] != done {
		t.Errorf("a job that came again did it again: %+v", again)
	}
	h.Reassess(t)
	if all = recomputations(t, h); len(all) != 2 || all[1] != done {
		t.Errorf("recomputations %+v, want another in front of the first", all)
	}
}

// TestRecomputationDoesNotBeginAnew: a page that was done before an interruption is not done again, and what
// failed in it is told of though nobody knows any more why.
func TestRecomputationDoesNotBeginAnew(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	first := h.Submit(t, h.Draft(t, "One."))
	h.Submit(t, h.Draft(t, "Two."))
	read := func(s *workflow.Service) *int {
		reads := new(int)
		s.Store = watchedPosts{s.Store, func(id advocacy.PostID) error {
			if id != first.Post.ID {
				return nil
			}
			*reads++
			return errSpoiled
		}}
		return reads
	}
	id := h.Flow.NewID()
	// It is begun, both are computed, that is saved, and then nothing works.
	flow := *h.Flow
	flow.Store = &interrupted{Store: h.Store, left: 4}
	tried := read(&flow)
	if err := flow.Reassess(t.Context(), h.W, id); !errors.Is(err, errInterrupted) || *tried != 1 {
		t.Fatalf("%v, after %d looks at a post that fails", err, *tried)
	}
	if p := recomputations(t, h)[0]; p.Done != 1 || p.Failed != 1 || p.Cursor == "" {
		t.Fatalf("progress %+v, want one of two and where to go on", p)
	}
	flow = *h.Flow
	tried = read(&flow)
	if err := flow.Reassess(t.Context(), h.W, id); err == nil || !strings.Contains(err.Error(), "1 could not be computed again") || strings.Contains(err.Error(), "%!") {
		t.Errorf("what failed before is told as: %v", err)
	}
	if *tried != 0 {
		t.Errorf("the page that was done was done again: %d looks", *tried)
	}
	ok(t, h.Flow.Reassess(t.Context(), h.W, id))
	if p := recomputations(t, h)[0]; p.Done != 2 || p.Failed != 0 || p.EndTime.IsZero() {
		t.Errorf("progress %+v, want both", p)
	}
}

// TestOneRecomputationForManyChanges: changes that come while none has begun share one, and a job that
// an older version ordered, without a name for it, is carried out as well.
func TestOneRecomputationForManyChanges(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	views := waiting(t, h)
	if n := jobsOf(t, h, workflow.JobReassess); n != 1 {
		t.Errorf("%d jobs after four changes of roles, want one", n)
	}
	ok(t, h.Flow.Reassess(t.Context(), h.W, ""))
	for _, v := range views {
		state(t, h, v, advocacy.PostUnroutable)
	}
	if all := recomputations(t, h); len(all) != 1 || all[0].EndTime.IsZero() {
		t.Errorf("recomputations %+v", all)
	}
}

// TestRecomputationSkipsNobody: a post that cannot be computed keeps those behind it waiting neither after
// a change of roles nor of the policy, is told of as long as it cannot, and is computed when it can.
func TestRecomputationSkipsNobody(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(t *testing.T, h *workflowtest.House) (job func(*workflow.Service) error, now func() workflow.Recomputing){
		"roles": func(t *testing.T, h *workflowtest.House) (func(*workflow.Service) error, func() workflow.Recomputing) {
			id := h.Flow.NewID()
			return func(s *workflow.Service) error { return s.Reassess(t.Context(), h.W, id) },
				func() workflow.Recomputing { return recomputations(t, h)[0].Recomputing }
		},
		"policy": func(t *testing.T, h *workflowtest.House) (func(*workflow.Service) error, func() workflow.Recomputing) {
			second := recruit(t, h, "Second", advocacy.RoleAdmin)
			p := draft(t, h, stricter)
			m, err := h.Flow.SimulatePolicy(t.Context(), h.As(h.Admin), h.W, p, 1)
			ok(t, err)
			ok(t, h.Flow.RunSimulation(t.Context(), h.W, m.ID))
			a := activation(m)
			a.Acknowledge = true
			in, err := h.Flow.ActivatePolicy(t.Context(), h.As(second), h.W, a)
			ok(t, err)
			return func(s *workflow.Service) error { return s.RecomputePolicy(t.Context(), h.W, in.Activation.ID) },
				func() workflow.Recomputing {
					a, err := h.Store.Activation(t.Context(), h.W, in.Activation.ID)
					ok(t, err)
					return a.Recomputing
				}
		},
		"author": func(t *testing.T, h *workflowtest.House) (func(*workflow.Service) error, func() workflow.Recomputing) {
			return func(s *workflow.Service) error { return s.ReassessAuthor(t.Context(), h.W, h.Author) }, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := workflowtest.New(t)
			views := waiting(t, h)
			job, now := run(t, h)
			flow := *h.Flow
			flow.Store = watchedPosts{h.Store, but(views[0].Post.ID, errSpoiled)}
			for range 2 {
				if err := job(&flow); !errors.Is(err, errSpoiled) {
					t.Fatalf("computing with a spoiled post: %v", err)
				}
				state(t, h, views[0], advocacy.PostInReview)
				state(t, h, views[1], advocacy.PostUnroutable)
				state(t, h, views[2], advocacy.PostUnroutable)
				if now == nil {
					continue
				}
				if p := now(); p.Done < 2 || p.Failed != 1 || p.Total != p.Done+1 || !p.EndTime.IsZero() {
					t.Errorf("progress %+v, want two of three and one that failed", p)
				}
			}
			ok(t, job(h.Flow))
			state(t, h, views[0], advocacy.PostUnroutable)
			if now == nil {
				return
			}
			if p := now(); p.Done < 3 || p.Failed != 0 || p.Total != p.Done || p.EndTime.IsZero() {
				t.Errorf("progress %+v, want all three", p)
			}
		})
	}
}

var errSpoiled = errors.New("spoiled")

// TestBrokenOffPageIsNotDone: when the process ends in the middle of a page, the next run does the page
// again, and does not believe it done.
func TestBrokenOffPageIsNotDone(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	views := waiting(t, h)
	ctx, stop := context.WithCancel(t.Context())
	flow := *h.Flow
	flow.Store = watchedPosts{h.Store, func(id advocacy.PostID) error {
		if id == views[1].Post.ID {
			stop()
		}
		return nil
	}}
	id := h.Flow.NewID()
	if err := flow.Reassess(ctx, h.W, id); !errors.Is(err, context.Canceled) {
		t.Fatalf("a run that was stopped: %v", err)
	}
	if p := recomputations(t, h)[0]; p.Done != 0 || p.Cursor != "" || !p.EndTime.IsZero() {
		t.Errorf("progress %+v of a page that was broken off", p)
	}
	ok(t, h.Flow.Reassess(t.Context(), h.W, id))
	for _, v := range views {
		state(t, h, v, advocacy.PostUnroutable)
	}
}

// TestRecomputationIsRevived: what is computed again and whose job was lost or failed too often gets
// another one, and none that goes on or has ended does.
func TestRecomputationIsRevived(t *testing.T) {
	t.Parallel()
	h := workflowtest.New(t)
	second := recruit(t, h, "Second", advocacy.RoleAdmin)
	m := simulate(t, h, draft(t, h, stricter))
	p, err := h.Flow.ActivatePolicy(t.Context(), h.As(second), h.W, activation(m))
	ok(t, err)
	id := h.Flow.NewID()
	ok(t, h.Store.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddRecomputation(ctx, &workflow.Recomputation{Workspace: h.W, ID: id, Recomputing: workflow.Recomputing{CreateTime: tx.Now()}})
	}))
	waits := func(when string, want ...string) {
		t.Helper()
		_, err := h.Store.SQLWriter().ExecContext(t.Context(), "DELETE FROM river_job")
		ok(t, err)
		for range 2 {
			ok(t, h.Flow.ReviveRecomputations(t.Context()))
		}
		rows, err := h.Store.SQLWriter().QueryContext(t.Context(), "SELECT kind || ' ' || json_extract(args, '$.args.id') FROM river_job ORDER BY kind")
		ok(t, err)
		defer rows.Close()
		var got []string
		for rows.Next() {
			var one string
			ok(t, rows.Scan(&one))
			got = append(got, one)
		}
		ok(t, rows.Err())
		if !slices.Equal(got, want) {
			t.Errorf("%s %v wait, want %v", when, got, want)
		}
	}
	waits("at once")
	h.Clock.Advance(3 * time.Hour)
	waits("later", workflow.JobReassess+" "+id, workflow.JobRecompute+" "+p.Activation.ID)
	ok(t, h.Flow.Reassess(t.Context(), h.W, id))
	waits("after the end of one", workflow.JobRecompute+" "+p.Activation.ID)
	ok(t, h.Flow.RecomputePolicy(t.Context(), h.W, p.Activation.ID))
	waits("after the end of both")
}
