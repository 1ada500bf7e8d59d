package authz

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestModelIsExact refuses whatever would let one string stand for another.
func TestModelIsExact(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"eval", "g(", "g =", "role_definition", "Match", "match(", "regex", "||", "deny", "priority", "in (", "*", "~", "<", ">", "!"} {
		if strings.Contains(exact, word) {
			t.Errorf("the model contains %q", word)
		}
	}
	if call := regexp.MustCompile(`\w\s*\(`).FindString(strings.Replace(exact, "some(where (", "", 1)); call != "" {
		t.Errorf("the model calls a function: %q", call)
	}
	if n := strings.Count(exact, " == p."); n != 3 {
		t.Errorf("the model compares %d times, want 3", n)
	}
}

func TestUnknownPermissionIsAnErrorOfOurs(t *testing.T) {
	t.Parallel()
	a := acme()
	for _, p := range []advocacy.Permission{"", ".", "posts", "posts.", ".read", "posts.reed", "post.read", "Posts.read", "posts.read ", "posts.*", "posts.read.read", "posts.readAll"} {
		for _, scope := range [][]advocacy.Permission{nil, {}, {p}} {
			q := ask(p, advocacy.RoleAdmin)
			q.Scope = scope
			err := a.Allow(t.Context(), q)
			if advocacy.KindOf(err) != advocacy.Internal || advocacy.ReasonOf(err) != "PERMISSION_UNKNOWN" {
				t.Errorf("%q: got %v, want PERMISSION_UNKNOWN", p, err)
			}
		}
	}
}

func TestNamesAreNotRoles(t *testing.T) {
	t.Parallel()
	a := New(newShelf("acme", 1, append(DefaultRoles(), role("ada", RolesUpdate), role("workspaces/acme/members/ada", RolesUpdate))...))
	// Ada holds employee. That a role bears her name gives her nothing.
	wantDenied(t, a.Allow(t.Context(), ask(RolesUpdate, advocacy.RoleEmployee)), RolesUpdate)
	for _, r := range []advocacy.Role{"", "*", "admin ", " admin", "Admin", "ADMIN", "admin\x00", "admin,posts", "admin\n", "approver:", "approver", "role", "p", "r", "g", "employee:admin"} {
		for _, p := range Permissions() {
			if p.Name != SelfRead {
				wantDenied(t, a.Allow(t.Context(), ask(p.Name, r)), p.Name)
			}
		}
	}
}

func TestNoRolesSeeThemselvesOnly(t *testing.T) {
	t.Parallel()
	for _, defs := range [][]advocacy.RoleDef{nil, DefaultRoles(), {role("employee")}} {
		a := New(newShelf("acme", 1, defs...))
		for _, p := range Permissions() {
			if p.Name != SelfRead {
				wantDenied(t, a.Allow(t.Context(), ask(p.Name)), p.Name)
			}
		}
		wantAllowed(t, a.Allow(t.Context(), ask(SelfRead)))
	}
}

// TestEmptyPolicyAllowsNothing guards against a trap: with no lines at all casbin
// compares the request with empty strings.
func TestEmptyPolicyAllowsNothing(t *testing.T) {
	t.Parallel()
	a := New(newShelf("acme", 1))
	for _, p := range Permissions() {
		if p.Name != SelfRead {
			wantDenied(t, a.Allow(t.Context(), ask(p.Name, "", advocacy.RoleAdmin)), p.Name)
		}
	}
}

func TestOnlyApproversDecide(t *testing.T) {
	t.Parallel()
	a := New(newShelf("acme", 1,
		role(advocacy.RoleAdmin, ReviewsDecide, RolesUpdate), role("approver:", ReviewsDecide),
		role("approver:compliance", ReviewsDecide), role("boss", ReviewsDecide)))
	for _, r := range []advocacy.Role{advocacy.RoleAdmin, "approver:", "boss"} {
		wantDenied(t, a.Allow(t.Context(), ask(ReviewsDecide, r)), ReviewsDecide)
	}
	wantAllowed(t, a.Allow(t.Context(), ask(ReviewsDecide, "approver:compliance")))
}

// TestMachines asks with every scope of one permission, and with all of them, for every
// permission (T26).
func TestMachines(t *testing.T) {
	t.Parallel()
	a := acme()
	var all []advocacy.Permission
	var roles []advocacy.Role
	for _, p := range Permissions() {
		all = append(all, p.Name)
	}
	for _, d := range DefaultRoles() {
		roles = append(roles, d.Role)
	}
	for _, p := range Permissions() {
		for _, in := range Permissions() {
			q := ask(p.Name, roles...)
			q.Scope = []advocacy.Permission{in.Name}
			err := a.Allow(t.Context(), q)
			if want := p.Machine && in.Name == p.Name; (err == nil) != want {
				t.Errorf("%s with scope %s: got %v, want allowed %t", p.Name, in.Name, err, want)
			}
		}
		q := ask(p.Name, roles...)
		q.Scope = all
		if err := a.Allow(t.Context(), q); (err == nil) != p.Machine {
			t.Errorf("%s with every scope: got %v, want allowed %t", p.Name, err, p.Machine)
		}
		q.Scope = []advocacy.Permission{}
		wantDenied(t, a.Allow(t.Context(), q), p.Name)
	}
	// A scope adds nothing to what the owner may do.
	q := ask(AuditRead, advocacy.RoleEmployee)
	q.Scope = all
	wantDenied(t, a.Allow(t.Context(), q), AuditRead)
	if slices.Contains(MachinePermissions(), ReviewsDecide) {
		t.Error("a machine may decide")
	}
}

func TestGranted(t *testing.T) {
	t.Parallel()
	a := acme()
	for _, scope := range [][]advocacy.Permission{nil, {}, {PostsRead, ReviewsDecide, AuditRead}} {
		for _, d := range DefaultRoles() {
			q := ask("", d.Role)
			q.Scope = scope
			got, err := a.Granted(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range Permissions() {
				q.Permission = p.Name
				if want := a.Allow(t.Context(), q) == nil; slices.Contains(got, p.Name) != want {
					t.Errorf("%s for %s in scope %v: granted %t, allowed %t", p.Name, d.Role, scope, !want, want)
				}
			}
		}
	}
}

func TestWhatTheTableCannotGive(t *testing.T) {
	t.Parallel()
	s := newShelf("acme", 1, role("odd", "posts.fly", "posts.*", "*.read", "", PostsCreate, PostsCreate))
	a := New(s)
	wantAllowed(t, a.Allow(t.Context(), ask(PostsCreate, "odd")))
	wantDenied(t, a.Allow(t.Context(), ask(PostsRead, "odd")), PostsRead)

	other := role(advocacy.RoleAdmin, RolesUpdate)
	other.Workspace = "globex"
	s.put("acme", 2, other)
	q := ask(RolesUpdate, advocacy.RoleAdmin)
	q.PolicyVersion = 2
	if err := a.Allow(t.Context(), q); advocacy.KindOf(err) != advocacy.Internal || err == nil {
		t.Errorf("roles of another workspace: got %v, want an internal error", err)
	}
}

func TestStoreErrorsDeny(t *testing.T) {
	t.Parallel()
	s := newShelf("acme", 1, DefaultRoles()...)
	s.err = &advocacy.Error{Kind: advocacy.Unavailable, Reason: "STORE_BUSY"}
	a := New(s)
	err := a.Allow(t.Context(), ask(PostsRead, advocacy.RoleAdmin))
	if !errors.Is(err, s.err) || advocacy.KindOf(err) != advocacy.Unavailable {
		t.Fatalf("got %v, want the store's error", err)
	}
	s.mu.Lock()
	s.err = nil
	s.mu.Unlock()
	wantAllowed(t, a.Allow(t.Context(), ask(PostsRead, advocacy.RoleAdmin)))
}

// FuzzNearMisses lets the fuzzer look for two strings that casbin takes for a role and a
// permission they are not.
func FuzzNearMisses(f *testing.F) {
	for _, s := range []string{"admin", "admin ", "ADMIN", "approver:legal", "approver:legal,pr", "*", "", "a\"b", "r.role", "1==1", "2024-01-01"} {
		f.Add(s, "posts.read", "posts.read")
		f.Add(s, "reviews.decide", "posts.*")
	}
	defs := DefaultRoles()
	a := acme()
	f.Fuzz(func(t *testing.T, r, p, in string) {
		q := ask(advocacy.Permission(p), advocacy.Role(r))
		want := slices.ContainsFunc(defs, func(d advocacy.RoleDef) bool {
			return string(d.Role) == r && slices.Contains(d.Permissions, q.Permission)
		}) || q.Permission == SelfRead
		if got := a.Allow(t.Context(), q) == nil; got != want {
			t.Fatalf("%q for role %q: got %t, want %t", p, r, got, want)
		}
		q.Scope = []advocacy.Permission{advocacy.Permission(in)}
		if a.Allow(t.Context(), q) == nil && (!want || in != p) {
			t.Fatalf("%q for role %q in scope %q is allowed", p, r, in)
		}
		// The same strings as a custom role, so that casbin itself is asked about them.
		lone, err := newPolicy([]advocacy.RoleDef{role(advocacy.Role(r), PostsRead)})
		if err != nil {
			t.Fatal(err)
		}
		for i, k := range registry {
			if ok, err := lone.allows(advocacy.Role(r), i); err != nil || ok != (k.Name == PostsRead) {
				t.Fatalf("%s for role %q: got %t, %v", k.Name, r, ok, err)
			}
			if ok, err := lone.enforcer.Enforce(in, "posts", "read"); err != nil || ok != (in == r) {
				t.Fatalf("role %q taken for %q: %t, %v", in, r, ok, err)
			}
		}
	})
}
