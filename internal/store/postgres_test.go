package store_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// What only PostgreSQL has: transactions that run at the same time.

// migrated opens a store on a copy of a migrated database.
func migrated(t testing.TB) *store.Store {
	t.Helper()
	return open(t, testpg.NewFrom(t, "store", migrate))
}

func addWorkspace(t testing.TB, s *store.Store, ids ...advocacy.WorkspaceID) {
	t.Helper()
	err := s.Update(t.Context(), func(ctx context.Context, tx workflow.Tx) error {
		for _, id := range ids {
			if err := tx.AddWorkspace(ctx, &advocacy.Workspace{ID: id}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// waits returns once a transaction of the store's database waits for a lock.
func waits(ctx context.Context, s *store.Store) error {
	query := "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		var n int
		if err := s.SQLWriter().QueryRowContext(ctx, query).Scan(&n); err != nil || n > 0 {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// TestHoldWaitsForGate holds that a hold is not acknowledged while a gate that did not
// see it is open, that gates do not wait for each other, and that the next gate waits
// for the hold and sees it.
func TestHoldWaitsForGate(t *testing.T) {
	t.Parallel()
	s := migrated(t)
	addWorkspace(t, s, "w", "other")
	outer, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var group errgroup.Group
	var open, held atomic.Bool
	err := s.Update(outer, func(ctx context.Context, tx workflow.Tx) error {
		if _, err := tx.HoldsSinceForShare(ctx, "w", time.Now()); err != nil {
			return err
		}
		open.Store(true)
		// A second gate, and a hold elsewhere, are in nobody's way.
		if err := gate(outer, s, 0); err != nil {
			return err
		}
		if err := hold(outer, s, "other"); err != nil {
			return err
		}
		group.Go(func() error {
			err := hold(outer, s, "w")
			if open.Load() {
				t.Error("the hold was acknowledged while the gate was open")
			}
			held.Store(true)
			return err
		})
		if err := waits(ctx, s); err != nil {
			return err
		}
		if held.Load() {
			t.Error("the hold did not wait")
		}
		// The next gate comes after the hold that waits.
		group.Go(func() error { return gate(outer, s, 1) })
		open.Store(false)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
}

func hold(ctx context.Context, s *store.Store, w advocacy.WorkspaceID) error {
	return s.Update(ctx, func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddHold(ctx, &advocacy.Hold{Workspace: w, ID: "h", Scope: advocacy.HoldWorkspace})
	})
}

// gate asks for the active holds of w; with want it fails unless there are that many, or
// more than none were wanted.
func gate(ctx context.Context, s *store.Store, want int) error {
	return s.Update(ctx, func(ctx context.Context, tx workflow.Tx) error {
		active, err := tx.HoldsSinceForShare(ctx, "w", time.Now())
		if err == nil && len(active) != want {
			err = advocacy.Refuse("TEST", "the gate sees %d holds, want %d", len(active), want)
		}
		return err
	})
}

// TestGateStandsStill (F06): a process that stands still with the gate open keeps nobody from freezing
// for good. Its transaction is ended, and changes nothing when it wakes up.
func TestGateStandsStill(t *testing.T) {
	t.Parallel()
	s := migrated(t)
	addWorkspace(t, s, "w")
	outer, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := s.Update(outer, func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddWorkspace(ctx, &advocacy.Workspace{ID: "late"}); err != nil {
			return err
		}
		if _, err := tx.HoldsSinceForShare(ctx, "w", time.Now()); err != nil {
			return err
		}
		// Nothing is asked in this transaction until somebody else has frozen.
		if err := hold(outer, s, "w"); err != nil {
			t.Errorf("freezing is answered %v", err)
		}
		return nil
	})
	if advocacy.ReasonOf(err) != "STORE_UNREACHABLE" {
		t.Errorf("the gate is answered %v", err)
	}
	if _, err := s.Workspace(t.Context(), "late"); advocacy.KindOf(err) != advocacy.NotFound {
		t.Errorf("what it wrote is read: %v", err)
	}
}

// TestDeadlock holds that two transactions that lock in opposite orders both succeed:
// the one that loses is run again.
func TestDeadlock(t *testing.T) {
	t.Parallel()
	s := migrated(t)
	addWorkspace(t, s, "a", "b")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var runs atomic.Int64
	arrived := make(chan struct{}, 2)
	lock := func(first, second advocacy.WorkspaceID, meet func(ctx context.Context) error) error {
		return s.Update(ctx, func(ctx context.Context, tx workflow.Tx) error {
			run := runs.Add(1)
			if _, err := tx.WorkspaceForUpdate(ctx, first); err != nil {
				return err
			}
			if run <= 2 {
				if err := meet(ctx); err != nil {
					return err
				}
			}
			w, err := tx.WorkspaceForUpdate(ctx, second)
			if err != nil {
				return err
			}
			return tx.SaveWorkspace(ctx, w)
		})
	}
	met := make(chan struct{})
	go func() {
		<-arrived
		<-arrived
		close(met)
	}()
	meet := func(ctx context.Context) error {
		arrived <- struct{}{}
		select {
		case <-met:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	var group errgroup.Group
	group.Go(func() error { return lock("a", "b", meet) })
	group.Go(func() error { return lock("b", "a", meet) })
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	// PostgreSQL breaks the cycle at one side, now and then at both.
	if n := runs.Load(); n < 3 {
		t.Errorf("%d runs, want 3 or more: who lost is run again", n)
	}
	for _, id := range []advocacy.WorkspaceID{"a", "b"} {
		if w, err := s.Workspace(ctx, id); err != nil || w.Version != 2 {
			t.Errorf("%+v, %v", w, err)
		}
	}
}

// TestFreeShares holds that who stops the shares of an item waits for none that another holds, and
// that nobody changes what it holds before it ends.
func TestFreeShares(t *testing.T) {
	t.Parallel()
	s := migrated(t)
	addWorkspace(t, s, "w")
	outer, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := s.Update(outer, func(ctx context.Context, tx workflow.Tx) error {
		return errors.Join(
			tx.AddMember(ctx, &advocacy.Member{Workspace: "w", Person: "p", State: advocacy.MemberActive}),
			tx.AddTopic(ctx, &advocacy.Topic{Workspace: "w", ID: "t", DisplayName: "T"}),
			tx.AddItem(ctx, &advocacy.LibraryItem{Workspace: "w", ID: "i", Topic: "t", Owner: "p", State: advocacy.ItemApproved}),
			tx.AddPost(ctx, &advocacy.Post{Workspace: "w", ID: "1", Author: "p", Item: "i", State: advocacy.PostScheduled}),
			tx.AddPost(ctx, &advocacy.Post{Workspace: "w", ID: "2", Author: "p", Item: "i", State: advocacy.PostScheduled}))
	})
	if err != nil {
		t.Fatal(err)
	}
	free := func(want ...advocacy.PostID) func(ctx context.Context, tx workflow.Tx) error {
		return func(ctx context.Context, tx workflow.Tx) error {
			found, err := tx.FreeShares(ctx, "w", "i", advocacy.PostScheduled, 5)
			if err == nil && !slices.Equal(found, want) {
				t.Errorf("free are %v, want %v", found, want)
			}
			return err
		}
	}
	err = s.Update(outer, func(ctx context.Context, tx workflow.Tx) error {
		if _, err := tx.PostForUpdate(ctx, "w", "1"); err != nil {
			return err
		}
		return s.Update(outer, func(ctx context.Context, tx workflow.Tx) error {
			if err := free("2")(ctx, tx); err != nil {
				return err
			}
			return s.Update(outer, free())
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(outer, free("1", "2")); err != nil {
		t.Fatal(err)
	}
}

// TestSharedMembers holds that those who count a member's vote do not wait for each
// other, and that who changes the member waits for them.
func TestSharedMembers(t *testing.T) {
	t.Parallel()
	s := migrated(t)
	addWorkspace(t, s, "w")
	outer, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	member := &advocacy.Member{Workspace: "w", Person: "p", State: advocacy.MemberActive}
	if err := s.Update(outer, func(ctx context.Context, tx workflow.Tx) error { return tx.AddMember(ctx, member) }); err != nil {
		t.Fatal(err)
	}
	share := func(then func(ctx context.Context) error) error {
		return s.Update(outer, func(ctx context.Context, tx workflow.Tx) error {
			m, err := tx.MembersForShare(ctx, "w", []advocacy.PersonID{"p"})
			if err == nil && m["p"].Active() {
				err = then(ctx)
			}
			return err
		})
	}
	var group errgroup.Group
	var counted atomic.Bool
	err := share(func(ctx context.Context) error {
		if err := share(func(context.Context) error { return nil }); err != nil {
			return err
		}
		group.Go(func() error {
			return s.Update(outer, func(ctx context.Context, tx workflow.Tx) error {
				m, err := tx.MemberForUpdate(ctx, "w", "p")
				if err != nil {
					return err
				}
				if !counted.Load() {
					t.Error("the member was locked for change while others counted on it")
				}
				m.State = advocacy.MemberDisabled
				return tx.SaveMember(ctx, m)
			})
		})
		err := waits(ctx, s)
		if err != nil {
			return err
		}
		counted.Store(true)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
}
