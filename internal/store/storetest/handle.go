package storetest

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// handle is an impostor that is not registered.
func (h *house) handle() *advocacy.RegisteredHandle {
	name := id("handle")
	return &advocacy.RegisteredHandle{
		Workspace: h.ws, ID: advocacy.HandleID(name), Network: "mastodon", Handle: "@" + name, Kind: advocacy.HandleImpostor,
		Status: advocacy.HandleSeen, Evidence: "Seen.", CreateTime: start, UpdateTime: start,
	}
}

// fixKind makes a kind, a status and a holder that go together.
func fixKind(t *rapid.T, h *house, v *advocacy.RegisteredHandle) {
	v.Kind, v.Holder = some(t, advocacy.HandleKinds(), "kind"), ""
	if v.Kind == advocacy.HandleReserved {
		v.Status, v.Holder = advocacy.HandleReleased, h.author
		return
	}
	v.Status = advocacy.HandleReported
}

var handleTrip = trip[advocacy.RegisteredHandle]{
	fix: func(t *rapid.T, h *house, v *advocacy.RegisteredHandle) {
		v.Workspace, v.ID = h.ws, advocacy.HandleID(id("handle"))
		v.Handle += id("handle")
		fixKind(t, h, v)
	},
	add: func(ctx context.Context, tx workflow.Tx, v *advocacy.RegisteredHandle) error {
		return tx.AddHandle(ctx, v)
	},
	save: func(ctx context.Context, tx workflow.Tx, v *advocacy.RegisteredHandle) error {
		return tx.SaveHandle(ctx, v)
	},
	read: func(ctx context.Context, s *store.Store, v *advocacy.RegisteredHandle) (*advocacy.RegisteredHandle, error) {
		return s.Handle(ctx, v.Workspace, v.ID)
	},
	change: func(was, next *advocacy.RegisteredHandle) {
		next.ID, next.Network, next.Handle, next.Version, next.CreateTime = was.ID, was.Network, was.Handle, was.Version, was.CreateTime
	},
}

// impostors holds that those are listed who are not gone, and that each change of the register is
// counted beside the policy in force.
func impostors(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddPolicyRevision(ctx, &workflow.PolicyRevision{Workspace: h.ws, Policy: "default", Revision: 9, Active: true})
	})
	counted := func(want int64, known int) {
		t.Helper()
		policy, err := s.Policy(ctx(t), h.ws)
		if err != nil || policy.HandleChanges != want {
			t.Errorf("the register changed %v times (%v), want %d", policy, err, want)
		}
		if found, err := s.Impostors(ctx(t), h.ws); err != nil || len(found) != known {
			t.Errorf("there are %d impostors (%v), want %d", len(found), err, known)
		}
	}
	counted(0, 0)
	fake := h.handle()
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddHandle(ctx, fake) })
	counted(1, 1)
	fake.Status = advocacy.HandleGone
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.SaveHandle(ctx, fake) })
	counted(2, 0)
	ours := h.handle()
	ours.Kind, ours.Status, ours.Holder = advocacy.HandleReserved, advocacy.HandleHeld, h.author
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddHandle(ctx, ours) })
	counted(3, 0)
	fake.Version-- // a change that is refused is none
	h.refused(advocacy.Conflict, "HANDLE_CHANGED", func(ctx context.Context, tx workflow.Tx) error { return tx.SaveHandle(ctx, fake) })
	counted(3, 0)
}

// registeredHandles holds that a handle is found however it is written, in its own workspace and
// network alone, and is there once.
func registeredHandles(t *testing.T, s *store.Store) {
	h, stranger := newHouse(t, s), newHouse(t, s)
	known := h.handle()
	known.Handle = "@Acme@Mastodon.Social"
	reserved := h.handle()
	reserved.Network, reserved.Kind, reserved.Status, reserved.Holder = "x", advocacy.HandleReserved, advocacy.HandleHeld, h.author
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddHandle(ctx, known); err != nil {
			return err
		}
		return tx.AddHandle(ctx, reserved)
	})
	for _, c := range []struct {
		w      advocacy.WorkspaceID
		n      advocacy.Network
		handle string
		found  bool
	}{
		{h.ws, "mastodon", "acme@mastodon.social", true},
		{h.ws, "mastodon", "@ACME@mastodon.social", true},
		{h.ws, "mastodon", "acme", false},
		{h.ws, "mastodon", "", false},
		{h.ws, "x", "acme@mastodon.social", false},
		{stranger.ws, "mastodon", "acme@mastodon.social", false},
	} {
		found, err := s.FindHandle(ctx(t), c.w, c.n, c.handle)
		if err != nil || (found != nil) != c.found || found != nil && found.ID != known.ID {
			t.Errorf("%+v: %+v, %v", c, found, err)
		}
	}
	twin := h.handle()
	twin.Handle = "ACME@mastodon.social"
	h.refused(advocacy.Exists, "HANDLE_EXISTS", func(ctx context.Context, tx workflow.Tx) error { return tx.AddHandle(ctx, twin) })
	for _, c := range []struct {
		q    workflow.HandleQuery
		want advocacy.HandleID
	}{
		{workflow.HandleQuery{Network: "mastodon"}, known.ID}, {workflow.HandleQuery{Kind: advocacy.HandleReserved}, reserved.ID},
		{workflow.HandleQuery{Network: "x", Kind: advocacy.HandleReserved}, reserved.ID},
		{workflow.HandleQuery{Network: "x", Kind: advocacy.HandleImpostor}, ""},
	} {
		c.q.Workspace, c.q.Page = h.ws, workflow.Page{Size: 9}
		found, _, err := s.Handles(ctx(t), c.q)
		if err != nil || (c.want == "") != (len(found) == 0) || c.want != "" && (len(found) != 1 || found[0].ID != c.want) {
			t.Errorf("%+v: %+v, %v", c.q, found, err)
		}
	}
}
