package routing

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// The forms of names.
var (
	ruleForm   = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)
	nameForm   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	reasonForm = regexp.MustCompile(`^[A-Z][A-Z0-9_]{1,62}$`)
)

// reserved are the words CEL keeps for itself, which cannot follow a dot.
var reserved = []string{
	"as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
	"namespace", "null", "package", "return", "true", "var", "void", "while",
}

// lint notes what is wrong with a policy apart from its conditions.
func (l *linter) lint() {
	p := l.policy
	l.lists()
	if len(p.Defaults) == 0 {
		l.add(policyEmpty, "defaults", "say in defaults who is asked when no rule asks for anybody")
	}
	l.requirements("defaults", p.Defaults)
	l.requirements("expedited", p.Expedited)
	l.requirements("on_error", p.OnError)
	ids := make(map[string]bool)
	for i, r := range p.Rules {
		at := fmt.Sprintf("rules[%d]", i)
		switch {
		case !ruleForm.MatchString(r.ID):
			l.add(ruleInvalid, at+".id", "%q is no id; begin with a letter and use lower-case letters, digits and dashes", r.ID)
		case ids[r.ID]:
			l.add(ruleInvalid, at+".id", "another rule has the id %q; choose another one", r.ID)
		}
		ids[r.ID] = true
		l.rule(at, r)
	}
	for i, t := range p.Tests {
		if t.Name == "" {
			l.add(policyInvalid, fmt.Sprintf("tests[%d].name", i), "say in a name what the test shows")
		}
		for j, period := range t.In {
			if _, known := p.Periods[period]; !known {
				l.add(policyInvalid, fmt.Sprintf("tests[%d].in[%d]", i, j), "there is no period %q", period)
			}
		}
	}
}

// linter collects the problems of a policy.
type linter struct {
	policy Policy
	// lines is where each path stands in the document, nil for a policy made by a program.
	lines    map[string]int
	problems Problems
	keys     map[string]advocacy.Requirement
}

func (l *linter) add(reason, path, format string, args ...any) {
	l.problems = append(l.problems, Problem{Reason: reason, Path: path, Line: l.line(path), Message: fmt.Sprintf(format, args...)})
}

// line is where a path stands, or the nearest thing around it.
func (l *linter) line(path string) int {
	for path != "" {
		if line, ok := l.lines[path]; ok {
			return line
		}
		i := len(path) - 1
		for i > 0 && path[i] != '.' && path[i] != '[' {
			i--
		}
		path = path[:i]
	}
	return l.lines[""]
}

func (l *linter) lists() {
	for _, name := range slices.Sorted(maps.Keys(l.policy.Terms)) {
		at := "terms." + name
		l.name(at, name)
		for i, term := range l.policy.Terms[name] {
			if needle(term) == "" {
				l.add(policyInvalid, fmt.Sprintf("%s[%d]", at, i), "%q has no letter or digit to look for", term)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.policy.Periods)) {
		at := "periods." + name
		l.name(at, name)
		for i, span := range l.policy.Periods[name] {
			if _, _, err := span.bounds(); err != nil {
				l.add(policyInvalid, fmt.Sprintf("%s[%d]", at, i), "%s", err)
			}
		}
	}
}

func (l *linter) name(at, name string) {
	if !nameForm.MatchString(name) || slices.Contains(reserved, name) {
		l.add(policyInvalid, at, "%q cannot be used in a condition; begin with a letter and use lower-case letters, digits and underscores", name)
	}
}

func (l *linter) rule(at string, r Rule) {
	if r.Mode != "" && r.Mode != Enforced && r.Mode != Shadow && r.Mode != Disabled {
		l.add(ruleInvalid, at+".mode", "%q is no mode; write ENFORCED, SHADOW or DISABLED", r.Mode)
	}
	if r.Route != "" && r.Route != Normal && r.Route != Expedited && r.Route != Always {
		l.add(ruleInvalid, at+".route", "%q is no route; write normal, expedited or always", r.Route)
	}
	if r.Route == Expedited && len(l.policy.Expedited) == 0 {
		l.add(ruleInvalid, at+".route", "the policy has no expedited route; say in expedited who is asked on it")
	}
	l.requirements(at+".require", r.Require)
	for i, pre := range r.Preconditions {
		here := fmt.Sprintf("%s.preconditions[%d]", at, i)
		if !reasonForm.MatchString(pre.Reason) {
			l.add(ruleInvalid, here+".reason", "%q is no reason; use capital letters, digits and underscores, such as DISCLOSURE_MISSING", pre.Reason)
		}
		if pre.Words == "" {
			l.add(ruleInvalid, here+".words", "say in words what the author has to do")
		}
	}
}

// requirements refuses a requirement nobody could ever meet, and a key that stands for
// two different things.
func (l *linter) requirements(path string, requirements []advocacy.Requirement) {
	for i, r := range requirements {
		at := fmt.Sprintf("%s[%d]", path, i)
		other, known := l.keys[r.Key]
		switch wrong := faultOf(r); {
		case wrong != "":
			l.add(ruleInvalid, at, "requirement %q: %s", r.Key, wrong)
		case known && (other.Kind != r.Kind || other.Role != r.Role):
			l.add(ruleInvalid, at, "requirement %q: another requirement of this policy has the same key and asks for something else", r.Key)
		default:
			l.keys[r.Key] = r
		}
	}
}

func faultOf(r advocacy.Requirement) string {
	switch {
	case r.Key == "":
		return "it needs a key, or a role to be named after"
	case r.Kind != advocacy.RequireHumans && r.Kind != advocacy.RequireLibrary:
		return fmt.Sprintf("nothing can satisfy the kind %q; write human or library", r.Kind)
	case r.Kind == advocacy.RequireHumans && !r.Role.Approver():
		return fmt.Sprintf("%q is no role that signs; those begin with approver:", r.Role)
	case r.Kind == advocacy.RequireLibrary && r.Role != "":
		return "the library's signatures are of no role; leave it out"
	case r.Quorum < 1:
		return "it must ask for at least one person"
	case r.Quorum > maxQuorum || r.Stage < 0 || r.Stage > maxStage:
		return fmt.Sprintf("a quorum is at most %d, a stage between 0 and %d", maxQuorum, maxStage)
	case r.TTL < 0:
		return "a signature cannot live for less than no time"
	}
	for _, e := range r.Exclude {
		if !slices.Contains(advocacy.Exclusions(), e) {
			return fmt.Sprintf("%q is no exclusion; write manager_chain or same_team", e)
		}
	}
	return faultOfSLA(r.SLA)
}

func faultOfSLA(s advocacy.SLA) string {
	if s.Business == 0 && (s.Calendar != "" || len(s.Ladder) > 0) {
		return "its sla needs a time in business"
	}
	for _, rung := range s.Ladder {
		switch {
		case rung.Percent < 1 || rung.Percent > maxPercent:
			return fmt.Sprintf("a rung of its ladder stands between 1 and %d percent", maxPercent)
		case !slices.Contains(advocacy.RungDeeds(), rung.Do):
			return fmt.Sprintf("a rung cannot do %q; write remind, assign or notify", rung.Do)
		case rung.Do == advocacy.RungNotify && rung.Role == "":
			return "a rung that notifies needs a role"
		}
	}
	return ""
}

// The bounds of a requirement.
const (
	maxQuorum  = 20
	maxStage   = 99
	maxPercent = 1000
)
