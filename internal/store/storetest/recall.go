package storetest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

func recallFilters(t *testing.T, h *house) {
	items := []advocacy.ItemID{h.item(), h.item()}
	var made []advocacy.Recall
	var copies []advocacy.Publication
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		made, copies = nil, nil
		for i := range 4 {
			x := h.publication()
			x.Revision = number()
			x.State, x.Wait = advocacy.Published, []string{advocacy.WaitRecalling, advocacy.WaitRecallFailed}[i%2]
			if err := tx.AddPublication(ctx, x); err != nil {
				return err
			}
			copies = append(copies, *x)
			r := advocacy.Recall{Workspace: h.ws, ID: advocacy.RecallID(id("recall")), Item: items[i/2], Scopes: advocacy.RecallScopes()}
			if i%2 == 1 {
				r.FindTime, r.EndTime = sometime(1), sometime(2)
			}
			if err := tx.AddRecall(ctx, &r); err != nil {
				return err
			}
			made = append(made, r)
		}
		// Twice is once.
		if err := tx.AddCopies(ctx, &made[0], copies[0].ID, copies[1].ID); err != nil {
			return err
		}
		return tx.AddCopies(ctx, &made[0], copies[1].ID, copies[2].ID)
	})
	key := func(r advocacy.Recall) string { return string(r.ID) }
	for _, item := range []advocacy.ItemID{"", items[0], "none"} {
		for _, running := range []bool{false, true} {
			want := pick(made, key, func(r advocacy.Recall) bool {
				return (item == "" || r.Item == item) && (!running || r.EndTime.IsZero())
			})
			q := workflow.RecallQuery{Page: all, Workspace: h.ws, Item: item, Running: running}
			wantKeys(t, string(item), want, key)(h.s.Recalls(ctx(t), q))
		}
	}
	of := func(x advocacy.Publication) string { return string(x.ID) }
	wantKeys(t, "RecallCopies", pick(copies[:3], of, func(advocacy.Publication) bool { return true }), of)(h.s.RecallCopies(ctx(t), h.ws, made[0].ID, all))
	counts, err := h.s.CountCopies(ctx(t), h.ws, made[0].ID)
	want := []workflow.CopyCount{
		{Network: copies[0].Network, State: advocacy.Published, Wait: advocacy.WaitRecalling, Named: copies[0].ExternalID != "", Count: 2},
		{Network: copies[0].Network, State: advocacy.Published, Wait: advocacy.WaitRecallFailed, Named: copies[0].ExternalID != "", Count: 1},
	}
	if diff := cmp.Diff(want, counts, cmpopts.SortSlices(func(a, b workflow.CopyCount) bool { return a.Count > b.Count })); err != nil || diff != "" {
		t.Errorf("%v: the copies are counted otherwise:\n%s", err, diff)
	}
	running, err := h.s.RecallsOf(ctx(t), h.ws, copies[2].ID)
	wantKeys(t, "RecallsOf", []string{string(made[0].ID)}, key)(running, "", err)
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddCopies(ctx, &made[1], copies[3].ID) })
	ended, err := h.s.RecallsOf(ctx(t), h.ws, copies[3].ID)
	wantKeys(t, "RecallsOf ended", nil, key)(ended, "", err)
}

func caseFilters(t *testing.T, h *house) {
	x := h.publication()
	var made []advocacy.CaseFile
	open := func(tx workflow.Tx, ctx context.Context, state advocacy.CaseState, how advocacy.CaseResolution) error {
		c := &advocacy.CaseFile{
			Workspace: h.ws, ID: advocacy.CaseID(id("case")), Kind: advocacy.CaseDiffers, Post: x.Post, Publication: x.ID,
			State: state, Resolution: how,
		}
		err := tx.AddCase(ctx, c)
		if err == nil {
			made = append(made, *c)
		}
		return err
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		made = nil
		if err := tx.AddPublication(ctx, x); err != nil {
			return err
		}
		if err := open(tx, ctx, advocacy.CaseClosed, advocacy.CaseTolerated); err != nil {
			return err
		}
		return open(tx, ctx, advocacy.CaseOpen, "")
	})
	key := func(c advocacy.CaseFile) string { return string(c.ID) }
	for _, post := range []advocacy.PostID{"", x.Post, "none"} {
		for _, of := range []advocacy.PublicationID{"", x.ID, "none"} {
			for _, state := range append(advocacy.CaseStates(), "") {
				want := pick(made, key, func(c advocacy.CaseFile) bool {
					return (post == "" || c.Post == post) && (of == "" || c.Publication == of) && (state == "" || c.State == state)
				})
				q := workflow.CaseQuery{Page: all, Workspace: h.ws, Post: post, Publication: of, State: state}
				wantKeys(t, string(post)+string(of)+string(state), want, key)(h.s.CaseFiles(ctx(t), q))
			}
		}
	}
	found, err := h.s.CasesOf(ctx(t), h.ws, x.ID)
	wantKeys(t, "CasesOf", pick(made, key, func(advocacy.CaseFile) bool { return true }), key)(found, "", err)
	err = h.s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error { return open(tx, ctx, advocacy.CaseOpen, "") })
	if advocacy.KindOf(err) != advocacy.Exists {
		t.Errorf("a second open case of a publication: %v", err)
	}
}
