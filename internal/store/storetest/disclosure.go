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

// told is a revision of disclosure rules; it is not stored.
func (h *house) told(number int) *advocacy.DisclosureRevision {
	return &advocacy.DisclosureRevision{
		Workspace: h.ws, Table: advocacy.DefaultDisclosures, Number: number, Publisher: h.approver, CreateTime: start,
		Digest: advocacy.DigestOf(fmt.Appendf(nil, "disclosures %d", number)),
	}
}

var disclosureTrip = trip[advocacy.DisclosureRevision]{
	fix: func(_ *rapid.T, h *house, r *advocacy.DisclosureRevision) {
		r.Workspace, r.Table, r.Number, r.Publisher = h.ws, advocacy.DefaultDisclosures, number(), h.author
	},
	add: func(ctx context.Context, tx workflow.Tx, r *advocacy.DisclosureRevision) error {
		if err := tx.LockRules(ctx, r.Workspace); err != nil {
			return err
		}
		return tx.AddDisclosureRevision(ctx, r)
	},
	read: func(ctx context.Context, s *store.Store, r *advocacy.DisclosureRevision) (*advocacy.DisclosureRevision, error) {
		if _, err := s.DisclosureRevision(ctx, r.Workspace, r.Table, r.Number); err != nil {
			return nil, err
		}
		return s.DisclosureTable(ctx, r.Workspace, r.Table) // the newest is in force
	},
}

var disclosureRecheckTrip = trip[advocacy.DisclosureRecheck]{
	fix: func(_ *rapid.T, h *house, k *advocacy.DisclosureRecheck) {
		r := h.told(number())
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddDisclosureRevision(ctx, r) })
		k.Workspace, k.Table, k.Number, k.Version, k.EndTime = h.ws, r.Table, r.Number, 1, time.Time{}
	},
	add: func(ctx context.Context, tx workflow.Tx, k *advocacy.DisclosureRecheck) error {
		return tx.AddDisclosureRecheck(ctx, k)
	},
	save: func(ctx context.Context, tx workflow.Tx, k *advocacy.DisclosureRecheck) error {
		return tx.SaveDisclosureRecheck(ctx, k)
	},
	read: func(ctx context.Context, s *store.Store, k *advocacy.DisclosureRecheck) (*advocacy.DisclosureRecheck, error) {
		return s.FindDisclosureRecheck(ctx, k.Workspace, k.Table, k.Number)
	},
	change: func(was, next *advocacy.DisclosureRecheck) { next.Number, next.EndTime = was.Number, start },
}

// disclosuresBesidePolicy holds that the policy in force names the disclosure rules that are beside it,
// and none of another workspace.
func disclosuresBesidePolicy(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	for _, in := range []*house{h, other} {
		in.update(func(ctx context.Context, tx workflow.Tx) error {
			return tx.AddPolicyRevision(ctx, &workflow.PolicyRevision{Workspace: in.ws, Policy: "default", Revision: 9, Active: true})
		})
	}
	beside := func(h *house, want int) {
		t.Helper()
		policy, err := s.Policy(ctx(t), h.ws)
		if err != nil || policy.Disclosures != want {
			t.Fatalf("the disclosure rules in force are %v (%v), want %d", policy, err, want)
		}
	}
	beside(h, 0)
	for _, number := range []int{1, 2} {
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddDisclosureRevision(ctx, h.told(number)) })
		beside(h, number)
	}
	beside(other, 0)
}
