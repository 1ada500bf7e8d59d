package storetest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// race runs fn in n goroutines at once and waits for them.
func race(n int, fn func(i int)) {
	var wg sync.WaitGroup
	gate := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-gate
			fn(i)
		})
	}
	close(gate)
	wg.Wait()
}

// noLostUpdate holds that of many who read and write one post none overwrites another.
func noLostUpdate(t *testing.T, s *store.Store) {
	const racers, rounds = 8, 10
	h := newHouse(t, s)
	p := h.post()
	p.Head = 0
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddPost(ctx, p) })
	race(racers, func(int) {
		for range rounds {
			err := s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error {
				got, err := tx.PostForUpdate(ctx, h.ws, p.ID)
				if err != nil {
					return err
				}
				got.Head++
				return tx.SavePost(ctx, got)
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
	got, err := s.Post(ctx(t), h.ws, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Head != racers*rounds || got.Version != racers*rounds+1 {
		t.Fatalf("after %d changes the head is %d and the version %d", racers*rounds, got.Head, got.Version)
	}
}

// firstWins holds that of several who do what can be done once, exactly one succeeds and
// the others learn why they did not.
func firstWins(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	hash := []byte(id("token"))
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddSignInLink(ctx, &advocacy.SignInLink{
			Workspace: h.ws, ID: id("link"), Person: h.author, TokenHash: hash, ExpireTime: start.AddDate(0, 0, 1),
		})
	})
	attempt := &advocacy.Attempt{Workspace: h.ws, Epoch: 1, Body: []byte("body")}
	x := h.publication()
	attempt.Publication = x.ID
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.AddPublication(ctx, x); err != nil {
			return err
		}
		return tx.AddAttempt(ctx, attempt)
	})
	request, second := id("request"), number()
	for name, c := range map[string]struct {
		kind   advocacy.Kind
		reason string
		try    func(ctx context.Context, tx workflow.Tx) error
	}{
		"UseSignInLink": {advocacy.NotFound, "SIGN_IN_LINK_INVALID", func(ctx context.Context, tx workflow.Tx) error {
			_, err := tx.UseSignInLink(ctx, hash, start)
			return err
		}},
		"AddRequest": {advocacy.Exists, "REQUEST_EXISTS", func(ctx context.Context, tx workflow.Tx) error {
			return tx.AddRequest(ctx, workflow.Request{Workspace: h.ws, Caller: "c", ID: request})
		}},
		"AddPublication": {advocacy.Exists, "PUBLICATION_EXISTS", func(ctx context.Context, tx workflow.Tx) error {
			again := h.publication()
			again.Revision = second
			return tx.AddPublication(ctx, again)
		}},
		"EndAttempt": {advocacy.Conflict, "ATTEMPT_ENDED", func(ctx context.Context, tx workflow.Tx) error {
			ended := *attempt
			ended.EndTime, ended.Outcome = start, "published"
			return tx.EndAttempt(ctx, &ended)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var won atomic.Int64
			race(4, func(int) {
				err := s.Update(ctx(t), c.try)
				if err == nil {
					won.Add(1)
				} else if advocacy.KindOf(err) != c.kind || advocacy.ReasonOf(err) != c.reason {
					t.Errorf("a loser got %v, want %s", err, c.reason)
				}
			})
			if won.Load() != 1 {
				t.Errorf("%d won", won.Load())
			}
		})
	}
}

// onePolicyInForce holds that of policies that come at once exactly one is in force.
func onePolicyInForce(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	race(4, func(i int) {
		err := s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error {
			// The lock a use case takes: what comes at once must come in turn.
			if _, err := tx.WorkspaceForUpdate(ctx, h.ws); err != nil {
				return err
			}
			return tx.AddPolicyRevision(ctx, &workflow.PolicyRevision{
				Workspace: h.ws, Policy: "main", Revision: i + 1, Document: []byte("{}"), Active: true, CreateTime: start,
			})
		})
		if err != nil {
			t.Error(err)
		}
	})
	all, _, err := s.PolicyRevisions(ctx(t), h.ws, "main", workflow.Page{Size: 10})
	if err != nil {
		t.Fatal(err)
	}
	active := 0
	for _, p := range all {
		if p.Active {
			active++
		}
	}
	if len(all) != 4 || active != 1 {
		t.Fatalf("%d revisions, %d in force", len(all), active)
	}
}

// rolesUnderLock holds that who waited for a member sees the roles the other one left,
// not those from before the wait.
func rolesUnderLock(t *testing.T, s *store.Store) {
	const racers = 6
	h := newHouse(t, s)
	p := advocacy.PersonID(id("person"))
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		for i := range racers {
			if err := tx.PutRole(ctx, &advocacy.RoleDef{Workspace: h.ws, Role: roleNumber(i)}); err != nil {
				return err
			}
		}
		return tx.AddMember(ctx, h.member(p))
	})
	race(racers, func(i int) {
		err := s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error {
			m, err := tx.MemberForUpdate(ctx, h.ws, p)
			if err != nil {
				return err
			}
			m.Roles = append(m.Roles, advocacy.RoleGrant{Role: roleNumber(i), Since: start})
			return tx.SaveMember(ctx, m)
		})
		if err != nil {
			t.Error(err)
		}
	})
	m, err := s.Member(ctx(t), h.ws, p)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Roles) != racers {
		t.Fatalf("%d of %d roles are left", len(m.Roles), racers)
	}
}

func roleNumber(i int) advocacy.Role { return advocacy.Role("role " + string(rune('a'+i))) }

// holdsAndGates holds that a hold that was acknowledged is seen by every gate that comes
// after it, and that no gate that did not see it is still open by then.
func holdsAndGates(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	h.againstGate(func(ctx context.Context, tx workflow.Tx) error { return tx.AddHold(ctx, h.hold()) })
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		active, err := tx.HoldsSinceForShare(ctx, h.ws, start)
		if err == nil && len(active) != 1 {
			t.Errorf("the next gate sees %d holds", len(active))
		}
		return err
	})
}

// lexiconsAndGates holds the same of a lexicon.
func lexiconsAndGates(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	h.againstGate(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.LockRules(ctx, h.ws); err != nil {
			return err
		}
		return tx.AddLexiconRevision(ctx, h.lexicon(1))
	})
}

// disclosuresAndGates holds the same of disclosure rules.
func disclosuresAndGates(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	h.againstGate(func(ctx context.Context, tx workflow.Tx) error {
		if err := tx.LockRules(ctx, h.ws); err != nil {
			return err
		}
		return tx.AddDisclosureRevision(ctx, h.told(1))
	})
}

// againstGate stops something while a gate is open, and holds that the stop is acknowledged
// only after the gate has committed.
func (h *house) againstGate(stop func(context.Context, workflow.Tx) error) {
	t, s := h.t, h.s
	inGate, leave := make(chan struct{}), make(chan struct{})
	var held atomic.Bool
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		err := s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error {
			active, err := tx.HoldsSinceForShare(ctx, h.ws, start)
			if err != nil {
				return err
			}
			if len(active) > 0 {
				t.Error("there is a hold already")
			}
			close(inGate)
			<-leave
			if held.Load() {
				t.Error("the stop was acknowledged while the gate was open")
			}
			// What the gate does is sealed by its commit, which comes before the stop's.
			return tx.Record(ctx, h.record("publication.sending"))
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-inGate
	begun := make(chan struct{})
	wg.Go(func() {
		close(begun)
		err := s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error {
			if err := stop(ctx, tx); err != nil {
				return err
			}
			facts, _, err := tx.AuditRecords(ctx, workflow.RecordQuery{Workspace: h.ws, Page: workflow.Page{Size: 2}})
			if err == nil && len(facts) != 1 {
				t.Errorf("the stop came before the gate's commit: %d facts", len(facts))
			}
			return err
		})
		held.Store(true)
		if err != nil {
			t.Error(err)
		}
	})
	<-begun
	close(leave)
	wg.Wait()
}
