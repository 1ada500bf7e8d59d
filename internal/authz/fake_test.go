package authz

import (
	"context"
	"sync"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// shelf is a Store whose contents a test sets.
type shelf struct {
	mu    sync.Mutex
	roles map[advocacy.WorkspaceID][]advocacy.RoleDef
	at    map[advocacy.WorkspaceID]int64
	err   error
	reads int
	// before runs in each read, outside the lock.
	before func(ctx context.Context) error
}

func newShelf(w advocacy.WorkspaceID, number int64, defs ...advocacy.RoleDef) *shelf {
	s := &shelf{roles: make(map[advocacy.WorkspaceID][]advocacy.RoleDef), at: make(map[advocacy.WorkspaceID]int64)}
	s.put(w, number, defs...)
	return s
}

func (s *shelf) put(w advocacy.WorkspaceID, number int64, defs ...advocacy.RoleDef) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.roles[w], s.at[w] = defs, number
}

func (s *shelf) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads
}

func (s *shelf) RoleDefs(ctx context.Context, w advocacy.WorkspaceID) ([]advocacy.RoleDef, int64, error) {
	s.mu.Lock()
	s.reads++
	before := s.before
	s.mu.Unlock()
	if before != nil {
		if err := before(ctx); err != nil {
			return nil, 0, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.roles[w], s.at[w], s.err
}

// acme is a workspace with the roles every one begins with, at version 1.
func acme() *Authorizer { return New(newShelf("acme", 1, DefaultRoles()...)) }

func role(r advocacy.Role, permissions ...advocacy.Permission) advocacy.RoleDef {
	return advocacy.RoleDef{Workspace: "acme", Role: r, Permissions: permissions}
}

// ask is a person's question at version 1 of acme.
func ask(p advocacy.Permission, roles ...advocacy.Role) Request {
	return Request{Workspace: "acme", Roles: roles, Permission: p, PolicyVersion: 1}
}

func wantDenied(t *testing.T, err error, p advocacy.Permission) {
	t.Helper()
	if advocacy.KindOf(err) != advocacy.Denied || advocacy.ReasonOf(err) != "PERMISSION_DENIED" {
		t.Fatalf("%s: got %v, want PERMISSION_DENIED", p, err)
	}
	if got := err.(*advocacy.Error).Meta["permission"]; got != string(p) {
		t.Fatalf("permission in Meta: got %q, want %q", got, p)
	}
}

func wantAllowed(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("got %v, want allowed", err)
	}
}
