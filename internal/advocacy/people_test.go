package advocacy_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

type permissions = []advocacy.Permission

// TestOffer holds what a role gains when the service has come to permit more.
func TestOffer(t *testing.T) {
	t.Parallel()
	own := permissions{"posts.read", "threads.read", "tasks.read"}
	for name, c := range map[string]struct {
		role   advocacy.RoleDef
		gained permissions
	}{
		"as it came":                         {advocacy.RoleDef{Version: 1, Permissions: permissions{"posts.read"}, Given: permissions{"posts.read"}}, permissions{"threads.read", "tasks.read"}},
		"as it came, before the count":       {advocacy.RoleDef{Version: 1, Permissions: permissions{"posts.read"}}, permissions{"threads.read", "tasks.read"}},
		"changed before the count":           {advocacy.RoleDef{Version: 2, Permissions: permissions{"posts.read"}}, permissions{}},
		"one taken away":                     {advocacy.RoleDef{Version: 2, Permissions: permissions{}, Given: permissions{"posts.read"}}, permissions{"threads.read", "tasks.read"}},
		"one given and taken away by hand":   {advocacy.RoleDef{Version: 3, Permissions: permissions{"posts.read"}, Given: permissions{"posts.read", "tasks.read"}}, permissions{"threads.read"}},
		"one given by hand, and still there": {advocacy.RoleDef{Version: 2, Permissions: permissions{"tasks.read"}, Given: permissions{"posts.read", "tasks.read"}}, permissions{"threads.read"}},
	} {
		role := c.role
		kept := slices.Clone(role.Permissions)
		if gained := role.Offer(own); !slices.Equal(gained, c.gained) {
			t.Errorf("%s: gained %v, want %v", name, gained, c.gained)
		}
		if want := slices.Concat(kept, c.gained); !slices.Equal(role.Permissions, want) {
			t.Errorf("%s: permits %v, want %v", name, role.Permissions, want)
		}
	}
}

// TestOfferNeverGivesBack: whatever an admin does to a role and whatever the service comes
// to permit, nothing that was taken away returns by itself, nothing is lost, and what is
// offered twice changes nothing.
func TestOfferNeverGivesBack(t *testing.T) {
	t.Parallel()
	some := rapid.SliceOfDistinct(rapid.SampledFrom(permissions{"a.a", "b.b", "c.c", "d.d", "e.e"}), rapid.ID)
	rapid.Check(t, func(t *rapid.T) {
		own := append(permissions{"self.read"}, some.Draw(t, "own")...)
		role := advocacy.RoleDef{Version: 1, Permissions: own, Given: own}
		away := make(map[advocacy.Permission]bool)
		t.Repeat(map[string]func(*rapid.T){
			"admin": func(t *rapid.T) {
				next := some.Draw(t, "next")
				for _, p := range role.Permissions {
					away[p] = true
				}
				for _, p := range next {
					delete(away, p)
				}
				role.Permit(next)
				role.Version++
			},
			"upgrade": func(t *rapid.T) {
				own = slices.Concat(own, role.Lacks(some.Draw(t, "more")))
				before := slices.Clone(role.Permissions)
				role.Offer(own)
				if lost := role.Lacks(before); len(lost) > 0 {
					t.Fatalf("lost %v", lost)
				}
				for _, p := range role.Permissions {
					if away[p] {
						t.Fatalf("%s was taken away and is back", p)
					}
				}
				for _, p := range role.Lacks(own) {
					if !away[p] {
						t.Fatalf("%s is withheld and nobody took it away", p)
					}
				}
				if again := role.Offer(own); len(again) > 0 {
					t.Fatalf("gained %v at the second time", again)
				}
			},
		})
	})
}
