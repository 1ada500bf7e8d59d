package authz

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

func TestPolicyFollowsTheVersion(t *testing.T) {
	t.Parallel()
	s := newShelf("acme", 1, role("writer", PostsCreate))
	a := New(s)
	q := ask(PostsCreate, "writer")
	wantAllowed(t, a.Allow(t.Context(), q))
	s.put("acme", 2, role("writer", PostsRead))
	q.PolicyVersion = 2
	wantDenied(t, a.Allow(t.Context(), q), PostsCreate)
	q.Permission = PostsRead
	wantAllowed(t, a.Allow(t.Context(), q))
	if n := s.count(); n != 2 {
		t.Errorf("read the roles %d times, want 2", n)
	}
	// A call that was authenticated a moment before the change gets the newer answer.
	q.PolicyVersion, q.Permission = 1, PostsCreate
	wantDenied(t, a.Allow(t.Context(), q), PostsCreate)
}

// TestRestoredBackup goes back to a version and forward again to other roles.
func TestRestoredBackup(t *testing.T) {
	t.Parallel()
	s := newShelf("acme", 5, role("writer", PostsCreate))
	a := New(s)
	q := ask(PostsCreate, "writer")
	q.PolicyVersion = 5
	wantAllowed(t, a.Allow(t.Context(), q))
	s.put("acme", 4, role("writer", PostsRead))
	q.PolicyVersion = 4
	wantDenied(t, a.Allow(t.Context(), q), PostsCreate)
	s.put("acme", 5, role("writer", PostsRead))
	q.PolicyVersion = 5
	wantDenied(t, a.Allow(t.Context(), q), PostsCreate)
}

func TestStaleRolesAreRefused(t *testing.T) {
	t.Parallel()
	a := New(newShelf("acme", 6, DefaultRoles()...))
	q := ask(PostsRead, advocacy.RoleAdmin)
	q.PolicyVersion = 7
	err := a.Allow(t.Context(), q)
	if advocacy.KindOf(err) != advocacy.Unavailable || advocacy.ReasonOf(err) != "POLICY_STALE" {
		t.Fatalf("got %v, want POLICY_STALE", err)
	}
}

func TestDefaultRolesShareOnePolicy(t *testing.T) {
	t.Parallel()
	s := newShelf("acme", 1, DefaultRoles()...)
	s.put("globex", 9, DefaultRoles()...)
	s.put("edited", 1, DefaultRoles()[1:]...)
	a := New(s)
	one, err1 := a.policy(t.Context(), "acme", 1)
	two, err2 := a.policy(t.Context(), "globex", 9)
	three, err3 := a.policy(t.Context(), "edited", 1)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if one != two || one == three {
		t.Errorf("shared %t and %t, want true and false", one == two, one == three)
	}
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	s := newShelf("acme", 1, DefaultRoles()...)
	a := New(s)
	a.cache = newCache(3)
	touch := func(w advocacy.WorkspaceID) {
		t.Helper()
		s.put(w, 1, DefaultRoles()...)
		if _, err := a.policy(t.Context(), w, 1); err != nil {
			t.Fatal(err)
		}
	}
	for _, w := range []advocacy.WorkspaceID{"a", "b", "c", "a", "d"} {
		touch(w)
	}
	before := s.count()
	for _, w := range []advocacy.WorkspaceID{"a", "c", "d"} {
		touch(w)
	}
	if n := s.count(); n != before {
		t.Error("one of the three asked last was dropped")
	}
	touch("b")
	if n := s.count(); n != before+1 {
		t.Error("the one asked longest ago was kept")
	}
	if len(a.cache.entries) != 3 || a.cache.recent.Len() != 3 || len(a.cache.flights) != 0 {
		t.Errorf("keeps %d, %d, %d", len(a.cache.entries), a.cache.recent.Len(), len(a.cache.flights))
	}
}

func TestOneReadForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf("acme", 1, DefaultRoles()...)
		gate := make(chan struct{})
		s.before = func(context.Context) error { <-gate; return nil }
		a := New(s)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { wantAllowed(t, a.Allow(t.Context(), ask(PostsRead, advocacy.RoleAdmin))) })
		}
		synctest.Wait()
		close(gate)
		wg.Wait()
		if n := s.count(); n != 1 {
			t.Errorf("read the roles %d times, want once", n)
		}
	})
}

// TestLeaverTakesNobodyAlong cancels the call that reads for the others.
func TestLeaverTakesNobodyAlong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf("acme", 1, DefaultRoles()...)
		gate := make(chan struct{})
		s.before = func(ctx context.Context) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-gate:
				return nil
			}
		}
		a := New(s)
		leader, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := a.Allow(leader, ask(PostsRead, advocacy.RoleAdmin)); !errors.Is(err, context.Canceled) {
				t.Errorf("leader: got %v", err)
			}
		})
		synctest.Wait()
		for range 5 {
			wg.Go(func() { wantAllowed(t, a.Allow(t.Context(), ask(PostsRead, advocacy.RoleAdmin))) })
		}
		impatient, cancel := context.WithCancel(t.Context())
		wg.Go(func() {
			if err := a.Allow(impatient, ask(PostsRead, advocacy.RoleAdmin)); !errors.Is(err, context.Canceled) {
				t.Errorf("follower: got %v", err)
			}
		})
		synctest.Wait()
		cancel()
		synctest.Wait()
		leave()
		synctest.Wait()
		close(gate)
		wg.Wait()
	})
}

func TestPanickingStoreLeavesNobodyWaiting(t *testing.T) {
	t.Parallel()
	s := newShelf("acme", 1, DefaultRoles()...)
	s.before = func(context.Context) error { panic("store") }
	a := New(s)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = a.Allow(t.Context(), ask(PostsRead, advocacy.RoleAdmin))
	}()
	s.before = nil
	wantAllowed(t, a.Allow(t.Context(), ask(PostsRead, advocacy.RoleAdmin)))
}

// TestNoOldAllowUnderChange raises the version while others ask. Version n permits
// nothing but the n-th permission, so an answer from an older version would show.
func TestNoOldAllowUnderChange(t *testing.T) {
	t.Parallel()
	const last = 31 // the next one is reviews.decide, which a writer cannot have
	nth := func(n int64) advocacy.Permission { return registry[n].Name }
	s := newShelf("acme", 1, role("writer", nth(1)))
	a := New(s)
	var now atomic.Int64
	now.Store(1)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for number := now.Load(); number < last; number = now.Load() {
				q := ask(nth(number-1), "writer")
				q.PolicyVersion = number
				if a.Allow(t.Context(), q) == nil {
					t.Errorf("version %d allows %s, as an older one did", number, q.Permission)
				}
			}
		})
	}
	for number := int64(2); number <= last; number++ {
		s.put("acme", number, role("writer", nth(number)))
		now.Store(number)
		q := ask(nth(number), "writer")
		q.PolicyVersion = number
		wantAllowed(t, a.Allow(t.Context(), q))
	}
	wg.Wait()
}

func BenchmarkAllow(b *testing.B) {
	a := acme()
	q := ask(PostsSubmit, advocacy.RoleAuditor, advocacy.RoleEmployee)
	if err := a.Allow(b.Context(), q); err != nil {
		b.Fatal(err)
	}
	b.Run("cached", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = a.Allow(b.Context(), q)
		}
	})
	b.Run("cached/parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				_ = a.Allow(context.Background(), q)
			}
		})
	})
	b.Run("denied", func(b *testing.B) {
		b.ReportAllocs()
		q := ask(ReviewsDecide, advocacy.RoleAdmin)
		for b.Loop() {
			_ = a.Allow(b.Context(), q)
		}
	})
	p, err := defaultPolicy()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("casbin", func(b *testing.B) {
		for b.Loop() {
			_, _ = p.enforcer.Enforce("approver:pr", "holds", "release")
		}
	})
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			_, _ = newPolicy(DefaultRoles())
		}
	})
}
