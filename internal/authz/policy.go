package authz

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// exact is the whole casbin model: three strings are equal, or the answer is no. A test
// refuses anything more in it.
const exact = `
[request_definition]
r = role, obj, act
[policy_definition]
p = role, obj, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.obj == p.obj && r.act == p.act && r.role == p.role
`

// policy is what the roles of a workspace permit at one version of them. Its lines never
// change; answers only remembers what casbin said, which is why remembering is safe.
type policy struct {
	enforcer *casbin.Enforcer
	// answers holds, for each role that has lines, one answer for each permission of the
	// registry. Other roles are denied without asking, so nobody can make it grow.
	answers map[advocacy.Role][]atomic.Int32
}

const (
	unasked int32 = iota
	yes
	no
)

// lines lists the casbin lines of the roles, sorted and without repetition.
func lines(defs []advocacy.RoleDef) [][]string {
	var all [][]string
	for _, d := range defs {
		for _, p := range d.Permissions {
			if grants(d.Role, p) {
				object, action := p.Split()
				all = append(all, []string{string(d.Role), object, action})
			}
		}
	}
	slices.SortFunc(all, slices.Compare[[]string])
	return slices.CompactFunc(all, slices.Equal[[]string])
}

// newPolicy builds the policy of a set of roles.
func newPolicy(defs []advocacy.RoleDef) (*policy, error) {
	m, err := model.NewModelFromString(exact)
	if err != nil {
		return nil, fmt.Errorf("authz: model: %w", err)
	}
	all := lines(defs)
	if err := m.AddPolicies("p", "p", all); err != nil {
		return nil, fmt.Errorf("authz: lines: %w", err)
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, fmt.Errorf("authz: enforcer: %w", err)
	}
	p := &policy{enforcer: e, answers: make(map[advocacy.Role][]atomic.Int32)}
	for _, l := range all {
		if r := advocacy.Role(l[0]); p.answers[r] == nil {
			p.answers[r] = make([]atomic.Int32, len(registry))
		}
	}
	return p, nil
}

// defaultPolicy is shared by every workspace that did not change its roles.
var defaultPolicy = sync.OnceValues(func() (*policy, error) { return newPolicy(DefaultRoles()) })

// policyOf returns the policy of a set of roles, the shared one where it fits.
func policyOf(defs []advocacy.RoleDef) (*policy, error) {
	if sameLines(defs, DefaultRoles()) {
		return defaultPolicy()
	}
	return newPolicy(defs)
}

// allows tells whether the role permits the permission at this place of the registry.
func (p *policy) allows(r advocacy.Role, place int) (bool, error) {
	answers := p.answers[r]
	if answers == nil {
		return false, nil
	}
	if a := answers[place].Load(); a != unasked {
		return a == yes, nil
	}
	object, action := registry[place].Name.Split()
	ok, err := p.enforcer.Enforce(string(r), object, action)
	if err != nil {
		return false, fmt.Errorf("authz: %s for role %q: %w", registry[place].Name, r, err)
	}
	answer := no
	if ok {
		answer = yes
	}
	answers[place].Store(answer)
	return ok, nil
}
