package storetest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// outgoing holds that what is looked at is what goes out through one account from an instant
// on, and not what the post has waiting that asks.
func outgoing(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	var all, others []time.Time
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		all, others = nil, nil
		for i, state := range advocacy.PublicationStates() {
			x := h.publication()
			x.State, x.Revision, x.DueTime = state, i+1, start.Add(time.Duration(4-i)*time.Minute)
			if err := tx.AddPublication(ctx, x); err != nil {
				return err
			}
			if !state.Live() || x.DueTime.Before(start) {
				continue
			}
			all = append(all, x.DueTime)
			if x.State != advocacy.Scheduled && x.State != advocacy.Claimed && x.State != advocacy.HandedOver {
				others = append(others, x.DueTime)
			}
		}
		return nil
	})
	for but, want := range map[advocacy.PostID][]time.Time{"another": all, h.draft.ID: others} {
		slices.SortFunc(want, time.Time.Compare)
		got, err := s.Outgoing(ctx(t), h.ws, h.account, but, start)
		if err != nil {
			t.Fatal(err)
		}
		var times []time.Time
		for _, one := range got {
			if times = append(times, one.Time); one.Post != h.draft.ID {
				t.Errorf("it is of the post %s", one.Post)
			}
		}
		same(t, want, times)
	}
	none, err := s.Outgoing(ctx(t), h.ws, "another", "another", start)
	if err != nil || len(none) != 0 {
		t.Errorf("through another account go %v, %v", none, err)
	}
}

// firstUnsent holds that of an account the publication that is due first is found, the older of
// two, whatever its state while it is not over; what waits for other reasons is left out.
func firstUnsent(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	add := func(state advocacy.PublicationState, wait string, due time.Time) *advocacy.Publication {
		t.Helper()
		x := h.publication()
		x.State, x.Wait, x.Revision, x.DueTime = state, wait, number(), due
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddPublication(ctx, x) })
		return x
	}
	find := func(a advocacy.AccountID, want *advocacy.Publication) {
		t.Helper()
		got, err := s.FindFirstUnsent(ctx(t), h.ws, a, []string{"RETRY", "BUSY"})
		if err != nil {
			t.Fatal(err)
		}
		same(t, want, got)
	}
	find(h.account, nil)
	for i, state := range advocacy.PublicationStates() {
		if state != advocacy.Scheduled && state != advocacy.Claimed && state != advocacy.Sending {
			add(state, "", start.Add(-time.Duration(i)*time.Hour))
		}
	}
	add(advocacy.Scheduled, "HOLD", start.Add(-time.Hour))
	find(h.account, nil)
	one, other := add(advocacy.Scheduled, "RETRY", start), add(advocacy.Claimed, "BUSY", start)
	if other.ID < one.ID {
		one = other
	}
	add(advocacy.Sending, "", start.Add(time.Second))
	find(h.account, one)
	earlier := add(advocacy.Sending, "", start.Add(-time.Second))
	find(h.account, earlier)
	find("another", nil)
}

// sharingHours holds that how people share is read with the policy in force, and that the
// calendar they share in stays.
func sharingHours(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	c := h.calendar()
	want := advocacy.Sharing{DailyLimit: 3, Calendar: c.ID, SameText: advocacy.Crowding{Limit: 4, Minutes: 60}, SpreadMinutes: 20}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddCalendar(ctx, c); err != nil {
			return err
		}
		return tx.AddPolicyRevision(ctx, &workflow.PolicyRevision{Workspace: h.ws, Policy: "default", Revision: 9, Active: true})
	})
	share := func(k advocacy.Sharing) func(context.Context, workflow.Tx) error {
		return func(ctx context.Context, tx workflow.Tx) error {
			space, err := tx.WorkspaceForUpdate(ctx, h.ws)
			if err != nil {
				return err
			}
			space.Sharing = k
			return tx.SaveWorkspace(ctx, space)
		}
	}
	used := func(want bool) {
		t.Helper()
		if got, err := s.CalendarInUse(ctx(t), h.ws, c.ID); err != nil || got != want {
			t.Errorf("the calendar is used: %t (%v), want %t", got, err, want)
		}
	}
	used(false)
	h.update(share(want))
	used(true)
	space, err := s.Workspace(ctx(t), h.ws)
	if err != nil || space.Sharing != want {
		t.Errorf("the workspace has %+v (%v), want %+v", space, err, want)
	}
	policy, err := s.Policy(ctx(t), h.ws)
	if err != nil || policy.Sharing != want {
		t.Errorf("beside the policy is %+v (%v), want %+v", policy, err, want)
	}
	remove := func(ctx context.Context, tx workflow.Tx) error { return tx.DeleteCalendar(ctx, c) }
	fails(t, s, "a calendar people share in", remove)
	fails(t, s, "a calendar that is not there", share(advocacy.Sharing{Calendar: "none"}))
	h.update(share(advocacy.Sharing{DailyLimit: 3}))
	used(false)
	move := func(to advocacy.CalendarID) func(context.Context, workflow.Tx) error {
		return func(ctx context.Context, tx workflow.Tx) error {
			m, err := tx.MemberForUpdate(ctx, h.ws, h.author)
			if err != nil {
				return err
			}
			m.ShareCalendar = to
			return tx.SaveMember(ctx, m)
		}
	}
	own := func(want bool) {
		t.Helper()
		used(want)
		if policy, err := s.Policy(ctx(t), h.ws); err != nil || policy.Sharing.OwnHours != want {
			t.Errorf("beside the policy is %+v (%v)", policy, err)
		}
	}
	h.update(move(c.ID))
	own(true)
	fails(t, s, "a calendar somebody shares in", remove)
	fails(t, s, "somebody's calendar that is not there", move("none"))
	h.update(move(""))
	own(false)
	h.update(remove)
}

// fails asserts that a transaction does not come to its end.
func fails(t *testing.T, s *store.Store, what string, fn func(context.Context, workflow.Tx) error) {
	t.Helper()
	if err := s.Update(ctx(t), fn); err == nil {
		t.Errorf("%s: nothing stands in the way", what)
	}
}

// planned stores a post made from an item, or from none, and a publication of it that waits.
func (h *house) planned(author advocacy.PersonID, from advocacy.ItemID) *advocacy.Publication {
	h.t.Helper()
	p := h.post()
	p.Author, p.Item, p.Round = author, from, 1
	review := h.firstReview(p)
	x := h.publication()
	x.Post, x.Digest = p.ID, review.Digest
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddPost(ctx, p); err != nil {
			return err
		}
		if err := tx.AddRevision(ctx, h.revision(p.Subject(), 1)); err != nil {
			return err
		}
		if err := tx.AddReview(ctx, review); err != nil {
			return err
		}
		return tx.AddPublication(ctx, x)
	})
	return x
}

// shareCounts holds that an item counts the people who have something made from it out: each
// once, as long as anything is, and at the same time as others.
func shareCounts(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	item := h.item()
	before, err := s.Item(ctx(t), h.ws, item)
	if err != nil {
		t.Fatal(err)
	}
	move := func(x *advocacy.Publication, to advocacy.PublicationState, want int) {
		t.Helper()
		x.State = to
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.SavePublication(ctx, x) })
		now, err := s.Item(ctx(t), h.ws, item)
		if err != nil || now.Sharers != want || now.Version != before.Version {
			t.Errorf("%s: %+v, %v, want %d sharers", to, now, err, want)
		}
	}
	first, second := h.planned(h.author, item), h.planned(h.author, item)
	other, own := h.planned(h.approver, item), h.planned(h.author, "")
	for _, state := range []advocacy.PublicationState{advocacy.Claimed, advocacy.Sending, advocacy.Unknown} {
		move(first, state, 0)
	}
	move(first, advocacy.Published, 1)
	move(first, advocacy.Published, 1)
	move(second, advocacy.Published, 1)
	move(own, advocacy.Published, 1)
	move(other, advocacy.Published, 2)
	move(first, advocacy.Recalled, 2)
	move(second, advocacy.Recalled, 1)
	move(second, advocacy.Published, 2)
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		m, err := tx.MemberForUpdate(ctx, h.ws, h.approver)
		if err != nil {
			return err
		}
		if err := tx.MergeMemberships(ctx, h.ws, h.approver, h.author); err != nil {
			return err
		}
		m.MergedInto = h.author
		return tx.SaveMember(ctx, m)
	})
	move(second, advocacy.Recalled, 1)
	move(other, advocacy.Recalled, 0)
	shareCountsAtOnce(t, h, item)
}

func shareCountsAtOnce(t *testing.T, h *house, item advocacy.ItemID) {
	var all []*advocacy.Publication
	for range 6 {
		m := h.member(advocacy.PersonID(id("person")))
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddMember(ctx, m) })
		all = append(all, h.planned(m.Person, item), h.planned(m.Person, item))
	}
	var group sync.WaitGroup
	for _, x := range all {
		group.Go(func() {
			x.State = advocacy.Published
			if err := h.s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error { return tx.SavePublication(ctx, x) }); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if now, err := h.s.Item(ctx(t), h.ws, item); err != nil || now.Sharers != 6 {
		t.Errorf("%+v, %v, want 6 sharers", now, err)
	}
}
