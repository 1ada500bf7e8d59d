package advocacy_test

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// drawAnyPlan draws requirements whose keys clash in every way.
func drawAnyPlan(t *rapid.T, label string) advocacy.Plan {
	identity := func(r advocacy.Requirement) string { return fmt.Sprint(r.Key, r.Kind, r.Role) }
	return planOf(rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) advocacy.Requirement {
		r := drawRequirement(t, rapid.SampledFrom([]string{"legal", "pr", "library"}).Draw(t, "key"))
		if !often(t, "own role") {
			r.Role = advocacy.RoleLegal
		}
		if !often(t, "own kind") {
			r.Kind = advocacy.RequireLibrary
		}
		r.Rules = []advocacy.RuleReason{{Rule: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "rule")}}
		return r
	}), 0, 4, identity).Draw(t, label)...)
}

// ordered sorts what has no order.
func ordered(p advocacy.Plan) advocacy.Plan {
	out := advocacy.Plan{}
	for _, r := range p.Requirements {
		r.Rules = slices.SortedFunc(slices.Values(r.Rules), func(a, b advocacy.RuleReason) int { return cmp.Compare(a.Rule, b.Rule) })
		out.Requirements = append(out.Requirements, r)
	}
	slices.SortFunc(out.Requirements, func(a, b advocacy.Requirement) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Role, b.Role))
	})
	return out
}

func TestJoinLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, q, r := drawAnyPlan(t, "p"), drawAnyPlan(t, "q"), drawAnyPlan(t, "r")
		for law, sides := range map[string][2]advocacy.Plan{
			"commutative": {p.Join(q), q.Join(p)},
			"associative": {p.Join(q).Join(r), p.Join(q.Join(r))},
			"idempotent":  {p.Join(p), p},
			"neutral":     {p.Join(advocacy.Plan{}), p},
		} {
			if diff := gocmp.Diff(ordered(sides[0]), ordered(sides[1])); diff != "" {
				t.Fatalf("not %s:\n%s", law, diff)
			}
		}
	})
}

// TestFindJoined: one requirement of a joined plan is found as if all had been joined.
func TestFindJoined(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, q := drawAnyPlan(t, "p"), drawAnyPlan(t, "q")
		for _, key := range []string{"legal", "pr", "library", "nobody"} {
			got, found := p.FindJoined(q, key)
			want, known := p.Join(q).Find(key)
			if diff := gocmp.Diff(want, got); diff != "" || found != known {
				t.Fatalf("%s: %v, want %v\n%s", key, found, known, diff)
			}
		}
	})
}

// TestJoinNeverAsksForLess: everything either plan asks for is in what both ask for.
func TestJoinNeverAsksForLess(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, q := drawAnyPlan(t, "p"), drawAnyPlan(t, "q")
		joined := p.Join(q)
		if joined.Slots() < max(p.Slots(), q.Slots()) {
			t.Fatalf("%d slots of %d and %d", joined.Slots(), p.Slots(), q.Slots())
		}
		for _, r := range slices.Concat(p.Requirements, q.Requirements) {
			if !slices.ContainsFunc(joined.Requirements, func(o advocacy.Requirement) bool { return atLeast(o, r) }) {
				t.Fatalf("nothing in %+v asks for %+v", joined, r)
			}
		}
	})
}

// atLeast tells whether o asks for no less than r.
func atLeast(o, r advocacy.Requirement) bool {
	lives := r.TTL == 0 || (o.TTL > 0 && o.TTL <= r.TTL)
	soon := r.SLA.Business == 0 || (o.SLA.Business > 0 && o.SLA.Business <= r.SLA.Business)
	careful := (o.StepUp || !r.StepUp) && (r.SuggesterSigns || !o.SuggesterSigns)
	for _, e := range r.Exclude {
		careful = careful && slices.Contains(o.Exclude, e)
	}
	for _, rung := range r.SLA.Ladder {
		soon = soon && slices.Contains(o.SLA.Ladder, rung)
	}
	explained := true
	for _, rule := range r.Rules {
		explained = explained && slices.Contains(o.Rules, rule)
	}
	return o.Key == r.Key && o.Kind == r.Kind && o.Role == r.Role && o.Quorum >= r.Quorum && (o.Veto || !r.Veto) && lives && soon && careful && explained
}

// TestClone: a clone is equal, and shares nothing that could be changed in place, whatever a
// requirement comes to hold.
func TestClone(t *testing.T) {
	t.Parallel()
	p := advocacy.Plan{Requirements: []advocacy.Requirement{asks("legal", 1), asks("pr", 1)}}
	for i := range p.Requirements {
		r := &p.Requirements[i]
		r.SLA.Ladder, r.Exclude = []advocacy.Rung{{Percent: 50}}, []advocacy.Exclusion{advocacy.ExcludeTeam}
		r.Rules = []advocacy.RuleReason{{Rule: "a"}, {Rule: "b"}}
	}
	q := p.Clone()
	if diff := gocmp.Diff(p, q); diff != "" {
		t.Errorf("the clone (-want +got):\n%s", diff)
	}
	holdApart(t, "plan", reflect.ValueOf(p), reflect.ValueOf(q))
	if empty := (advocacy.Plan{}).Clone(); empty.Requirements != nil {
		t.Errorf("nothing is cloned to %v", empty)
	}
}

// holdApart holds that two equal values, which fill each list they can have, share none.
func holdApart(t *testing.T, path string, a, b reflect.Value) {
	t.Helper()
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			holdApart(t, path+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i))
		}
	case reflect.Slice:
		if a.Len() == 0 || a.Pointer() == b.Pointer() {
			t.Errorf("%s has %d, and is shared: %v", path, a.Len(), a.Pointer() == b.Pointer())
			return
		}
		holdApart(t, path+"[]", a.Index(0), b.Index(0))
	case reflect.Map, reflect.Pointer, reflect.Interface, reflect.Chan, reflect.Func:
		t.Errorf("%s is a %s, which Clone does not know", path, a.Kind())
	}
}

// TestJoinLeavesItsPlansAlone: a frozen plan stays as it was.
func TestJoinLeavesItsPlansAlone(t *testing.T) {
	t.Parallel()
	p := planOf(asks("legal", 1))
	p.Requirements = append(make([]advocacy.Requirement, 0, 9), p.Requirements...)
	p.Requirements[0].Rules = append(make([]advocacy.RuleReason, 0, 9), p.Requirements[0].Rules...)
	other := asks("legal", 2)
	other.Rules = []advocacy.RuleReason{{Rule: "another"}}
	joined := p.Join(planOf(other, asks("pr", 1)))
	joined.Requirements[0].Rules[0].Rule, joined.Requirements[0].Role = "changed", "changed"
	if diff := gocmp.Diff(planOf(asks("legal", 1)), p); diff != "" {
		t.Errorf("the plan (-want +got):\n%s", diff)
	}
}
