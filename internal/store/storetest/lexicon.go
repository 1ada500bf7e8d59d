package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// lexicon is a revision of a lexicon; it is not stored.
func (h *house) lexicon(number int) *advocacy.LexiconRevision {
	return &advocacy.LexiconRevision{
		Workspace: h.ws, Lexicon: advocacy.DefaultLexicon, Number: number, Publisher: h.approver, CreateTime: start,
		Digest: advocacy.DigestOf(fmt.Appendf(nil, "lexicon %d", number)),
	}
}

var lexiconTrip = trip[advocacy.LexiconRevision]{
	fix: func(_ *rapid.T, h *house, r *advocacy.LexiconRevision) {
		r.Workspace, r.Lexicon, r.Number, r.Publisher = h.ws, advocacy.DefaultLexicon, number(), h.author
	},
	add: func(ctx context.Context, tx workflow.Tx, r *advocacy.LexiconRevision) error {
		if err := tx.LockRules(ctx, r.Workspace); err != nil {
			return err
		}
		return tx.AddLexiconRevision(ctx, r)
	},
	read: func(ctx context.Context, s *store.Store, r *advocacy.LexiconRevision) (*advocacy.LexiconRevision, error) {
		if _, err := s.LexiconRevision(ctx, r.Workspace, r.Lexicon, r.Number); err != nil {
			return nil, err
		}
		return s.Lexicon(ctx, r.Workspace, r.Lexicon) // the newest is in force
	},
}

var recheckTrip = trip[advocacy.LexiconRecheck]{
	fix: func(_ *rapid.T, h *house, k *advocacy.LexiconRecheck) {
		r := h.lexicon(number())
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddLexiconRevision(ctx, r) })
		k.Workspace, k.Lexicon, k.Number, k.Version, k.EndTime = h.ws, r.Lexicon, r.Number, 1, time.Time{}
	},
	add: func(ctx context.Context, tx workflow.Tx, k *advocacy.LexiconRecheck) error {
		return tx.AddLexiconRecheck(ctx, k)
	},
	save: func(ctx context.Context, tx workflow.Tx, k *advocacy.LexiconRecheck) error {
		return tx.SaveLexiconRecheck(ctx, k)
	},
	read: func(ctx context.Context, s *store.Store, k *advocacy.LexiconRecheck) (*advocacy.LexiconRecheck, error) {
		return s.FindLexiconRecheck(ctx, k.Workspace, k.Lexicon, k.Number)
	},
	change: func(was, next *advocacy.LexiconRecheck) { next.Number, next.EndTime = was.Number, start },
}

// lexiconBesidePolicy holds that the policy in force names the lexicon that is beside it,
// and none of another workspace.
func lexiconBesidePolicy(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	for _, in := range []*house{h, other} {
		in.update(func(ctx context.Context, tx workflow.Tx) error {
			return tx.AddPolicyRevision(ctx, &workflow.PolicyRevision{Workspace: in.ws, Policy: "default", Revision: 9, Active: true})
		})
	}
	beside := func(h *house, want int) {
		t.Helper()
		policy, err := s.Policy(ctx(t), h.ws)
		if err != nil || policy.Lexicon != want {
			t.Fatalf("the lexicon in force is %v (%v), want %d", policy, err, want)
		}
	}
	beside(h, 0)
	for _, number := range []int{1, 2} {
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddLexiconRevision(ctx, h.lexicon(number)) })
		beside(h, number)
	}
	beside(other, 0)
}
