package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// ownTexts holds that an author finds what he or she said by a band of its sketch, the newest
// first, and nobody else finds it.
func ownTexts(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	of := func(text string) advocacy.Sketch {
		return advocacy.SketchOf(advocacy.Rendering{Network: "wall", Text: text})
	}
	said, twice, gone := of("It goes out to everybody."), of("It was said twice."), of("It never went out.")
	add := func(h *house, sketch advocacy.Sketch, state advocacy.PublicationState, due time.Time, revision int) {
		t.Helper()
		h.update(func(ctx context.Context, tx workflow.Tx) error {
			x := h.publication()
			x.State, x.Likeness, x.DueTime, x.Revision = state, sketch.Likeness, due, revision
			if err := tx.AddPublication(ctx, x); err != nil {
				return err
			}
			return tx.KeepSketch(ctx, h.ws, sketch)
		})
	}
	add(h, said, advocacy.Published, start, 1)
	add(h, twice, advocacy.Published, start.Add(-time.Minute), 2)
	add(h, twice, advocacy.Scheduled, start.Add(time.Hour), 3)
	add(h, twice, advocacy.Published, start.Add(-time.Hour), 4)
	add(h, gone, advocacy.Cancelled, start, 5)
	add(other, said, advocacy.Published, start, 1)
	find := func(w advocacy.WorkspaceID, author advocacy.PersonID, bands []int64, want ...workflow.OwnText) {
		t.Helper()
		got, err := s.OwnTexts(ctx(t), w, author, bands, start.Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		same(t, want, got)
	}
	find(h.ws, h.author, said.Bands(), workflow.OwnText{Sketch: said, DueTime: start})
	find(h.ws, h.author, append([]int64{1}, twice.Bands()...),
		workflow.OwnText{Sketch: twice, DueTime: start.Add(time.Hour)}, workflow.OwnText{Sketch: twice, DueTime: start.Add(-time.Minute)})
	find(h.ws, h.author, gone.Bands())
	find(h.ws, h.author, nil)
	find(h.ws, h.approver, said.Bands())
	find("another", h.author, said.Bands())
}

// rejectedTexts holds that what was rejected is found by a band of its sketch while one rejection
// of its bytes stands, and in its own workspace.
func rejectedTexts(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	sketch := advocacy.SketchOf(advocacy.Rendering{Text: "We are the best of all, and by far."})
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.KeepSketch(ctx, h.ws, sketch); err != nil {
			return err
		}
		for range 2 {
			if err := tx.KeepRejected(ctx, h.ws, sketch.Likeness, h.review.Digest); err != nil {
				return err
			}
		}
		return tx.KeepRejected(ctx, h.ws, sketch.Likeness, "sha256:nobody")
	})
	say := func(verdict advocacy.Verdict, supersedes advocacy.DecisionID) advocacy.DecisionID {
		d := h.decision()
		d.Verdict, d.Supersedes = verdict, supersedes
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddDecision(ctx, d) })
		return d.ID
	}
	find := func(w advocacy.WorkspaceID, bands []int64, want ...advocacy.Sketch) {
		t.Helper()
		got, err := s.RejectedTexts(ctx(t), w, bands)
		if err != nil {
			t.Fatal(err)
		}
		same(t, want, got)
	}
	say(advocacy.RequestChanges, "")
	find(h.ws, sketch.Bands())
	first, second := say(advocacy.Reject, ""), say(advocacy.Reject, "")
	for _, band := range sketch.Bands() {
		find(h.ws, []int64{1, band}, sketch)
	}
	find(h.ws, []int64{1})
	find(h.ws, nil)
	find(other.ws, sketch.Bands())
	say(advocacy.Retract, first)
	find(h.ws, sketch.Bands(), sketch)
	say(advocacy.Retract, second)
	find(h.ws, sketch.Bands())
}

// rejectionBacklog holds that a backlog is worked off in the order of digests, each once and of the
// workspace alone, and is gone at the end.
func rejectionBacklog(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	for range 2 {
		d := h.decision()
		d.Verdict = advocacy.Reject
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddDecision(ctx, d) })
	}
	about := h.revision(h.draft.Subject(), 1)
	read := func(w advocacy.WorkspaceID, after advocacy.Digest, want ...workflow.RejectedBytes) {
		t.Helper()
		got, err := s.RejectedBytes(ctx(t), w, after, 5)
		if err != nil {
			t.Fatal(err)
		}
		same(t, want, got)
	}
	read(h.ws, "", workflow.RejectedBytes{Digest: about.Digest, Manifest: about.Manifest})
	read(h.ws, about.Digest)
	read(other.ws, "")
	waits := func(want bool, after advocacy.Digest) {
		t.Helper()
		h.update(func(ctx context.Context, tx workflow.Tx) error {
			got, found, err := tx.RejectionBacklogForUpdate(ctx, h.ws)
			if got != after || found != want {
				t.Errorf("it waits %t after %q", found, got)
			}
			return err
		})
	}
	waits(false, "")
	if _, err := s.SQLWriter().ExecContext(ctx(t), "INSERT INTO rejection_backlogs (workspace_id, digest) VALUES ('"+string(h.ws)+"', '')"); err != nil {
		t.Fatal(err)
	}
	waits(true, "")
	listed, err := s.RejectionBacklogs(ctx(t), 1000)
	if err != nil || !slices.Contains(listed, h.ws) || slices.Contains(listed, other.ws) {
		t.Errorf("listed is %v, %v", listed, err)
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.SaveRejectionBacklog(ctx, h.ws, "sha256:7") })
	waits(true, "sha256:7")
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.EndRejectionBacklog(ctx, h.ws) })
	waits(false, "")
}
