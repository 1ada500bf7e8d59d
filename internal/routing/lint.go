package routing

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// The forms of names.
var (
	ruleForm   = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)
	nameForm   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	tagForm    = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)
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
		l.add(policyEmpty, "defaults", "DEFAULTS_MISSING")
	}
	l.requirements("defaults", p.Defaults)
	l.requirements("expedited", p.Expedited)
	l.requirements("on_error", p.OnError)
	ids := make(map[string]bool)
	for i, r := range p.Rules {
		at := fmt.Sprintf("rules[%d]", i)
		switch {
		case !ruleForm.MatchString(r.ID):
			l.add(ruleInvalid, at+".id", "RULE_ID", "id", strconv.Quote(r.ID))
		case ids[r.ID]:
			l.add(ruleInvalid, at+".id", "RULE_ID_TAKEN", "id", strconv.Quote(r.ID))
		}
		ids[r.ID] = true
		l.rule(at, r)
	}
	for i, t := range p.Tests {
		if t.Name == "" {
			l.add(policyInvalid, fmt.Sprintf("tests[%d].name", i), "TEST_NAMELESS")
		}
		for j, period := range t.In {
			if _, known := p.Periods[period]; !known {
				l.add(policyInvalid, fmt.Sprintf("tests[%d].in[%d]", i, j), "PERIOD_UNKNOWN", "period", strconv.Quote(period))
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

// add notes what is wrong at a path, by its code and pairs of a name and a fact.
func (l *linter) add(reason, path, code string, pairs ...any) {
	l.note(reason, path, wrong(code, pairs...))
}

func (l *linter) note(reason, path string, f fault) {
	l.problems = append(l.problems, problem(reason, path, l.line(path), f))
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
				l.add(policyInvalid, fmt.Sprintf("%s[%d]", at, i), "TERM_EMPTY", "term", strconv.Quote(term))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.policy.Periods)) {
		at := "periods." + name
		l.name(at, name)
		for i, span := range l.policy.Periods[name] {
			if _, _, err := span.bounds(); err != nil {
				l.note(policyInvalid, fmt.Sprintf("%s[%d]", at, i), faultIn(err))
			}
		}
	}
}

func (l *linter) name(at, name string) {
	if !nameForm.MatchString(name) || slices.Contains(reserved, name) {
		l.add(policyInvalid, at, "NAME", "name", strconv.Quote(name))
	}
}

func (l *linter) rule(at string, r Rule) {
	if r.Mode != "" && r.Mode != Enforced && r.Mode != Shadow && r.Mode != Disabled {
		l.add(ruleInvalid, at+".mode", "MODE", "mode", strconv.Quote(string(r.Mode)))
	}
	if r.Route != "" && r.Route != Normal && r.Route != Expedited && r.Route != Always {
		l.add(ruleInvalid, at+".route", "ROUTE", "route", strconv.Quote(string(r.Route)))
	}
	if r.Route == Expedited && len(l.policy.Expedited) == 0 {
		l.add(ruleInvalid, at+".route", "ROUTE_MISSING")
	}
	l.translations(at+".translations", r.Translations)
	l.requirements(at+".require", r.Require)
	for i, pre := range r.Preconditions {
		here := fmt.Sprintf("%s.preconditions[%d]", at, i)
		if !reasonForm.MatchString(pre.Reason) {
			l.add(ruleInvalid, here+".reason", "REASON", "reason", strconv.Quote(pre.Reason))
		}
		if pre.Words == "" {
			l.add(ruleInvalid, here+".words", "WORDS_MISSING")
		}
		l.translations(here+".translations", pre.Translations)
	}
}

// translations refuses words in what is no language, and a language without words: whoever reads it
// would read nothing.
func (l *linter) translations(at string, t advocacy.Translations) {
	words := t.Words()
	for _, tag := range slices.Sorted(maps.Keys(words)) {
		switch {
		case !tagForm.MatchString(tag):
			l.add(ruleInvalid, at, "LANGUAGE", "language", strconv.Quote(tag))
		case strings.TrimSpace(words[tag]) == "": // guard: nobody reads nothing
			l.add(ruleInvalid, at+"."+tag, "TRANSLATION_EMPTY", "language", strconv.Quote(tag))
		}
	}
}

// requirements refuses a requirement nobody could ever meet, and a key that stands for
// two different things.
func (l *linter) requirements(path string, requirements []advocacy.Requirement) {
	for i, r := range requirements {
		at := fmt.Sprintf("%s[%d]", path, i)
		for j, why := range r.Rules {
			l.translations(fmt.Sprintf("%s.rules[%d].translations", at, j), why.Translations)
		}
		other, known := l.keys[r.Key]
		switch found := faultOf(r); {
		case found.code != "":
			found.facts["key"] = strconv.Quote(r.Key)
			l.note(ruleInvalid, at, found)
		case known && (other.Kind != r.Kind || other.Role != r.Role):
			l.add(ruleInvalid, at, "KEY_TWICE", "key", strconv.Quote(r.Key))
		default:
			l.keys[r.Key] = r
		}
	}
}

// written is a requirement where it stands, and on which routes it may be asked for.
type written struct {
	path              string
	normal, expedited bool
	advocacy.Requirement
}

// asked are all requirements that may ever be asked for.
func (l *linter) asked() []written {
	var all []written
	add := func(path string, requirements []advocacy.Requirement, normal, expedited bool) {
		for i, r := range requirements {
			all = append(all, written{fmt.Sprintf("%s[%d]", path, i), normal, expedited, r})
		}
	}
	add("defaults", l.policy.Defaults, true, false)
	add("on_error", l.policy.OnError, true, true)
	add("expedited", l.policy.Expedited, false, true)
	for i, r := range l.policy.Rules {
		if r.mode() != Disabled {
			add(fmt.Sprintf("rules[%d].require", i), r.Require, r.counts(false), r.counts(true))
		}
	}
	return all
}

// meant refuses what would not do what it says: a rung that brings in a role of which nobody may
// sign, and one signature at two stages, of which the earlier counts.
func (l *linter) meant() {
	all := l.asked()
	for i, r := range all {
		for _, rung := range r.SLA.Ladder {
			if rung.Do == advocacy.RungAssign && rung.Role != "" && rung.Role != r.Role { // guard: no rung lends a signature
				l.add(ruleInvalid, r.path, "RUNG_OTHER_ROLE", "key", strconv.Quote(r.Key), "role", strconv.Quote(string(rung.Role)))
			}
		}
		at := slices.IndexFunc(all[:i], func(o written) bool {
			return o.Key == r.Key && o.Stage != r.Stage && (o.normal && r.normal || o.expedited && r.expedited)
		})
		if at >= 0 { // guard: one key stands at one stage
			l.add(ruleInvalid, r.path, "KEY_STAGES", "key", strconv.Quote(r.Key), "stage", r.Stage, "other", all[at].Stage)
		}
	}
}

// faultOf is why nobody could ever meet a requirement, without a code when somebody could.
func faultOf(r advocacy.Requirement) fault {
	switch {
	case r.Key == "":
		return wrong("KEY_MISSING")
	case r.Kind != advocacy.RequireHumans && r.Kind != advocacy.RequireLibrary:
		return wrong("KIND", "kind", strconv.Quote(string(r.Kind)))
	case r.Kind == advocacy.RequireHumans && !r.Role.Approver():
		return wrong("ROLE", "role", strconv.Quote(string(r.Role)))
	case r.Kind == advocacy.RequireLibrary && r.Role != "":
		return wrong("LIBRARY_ROLE")
	case r.Quorum < 1:
		return wrong("QUORUM")
	case r.Quorum > maxQuorum || r.Stage < 0 || r.Stage > maxStage:
		return wrong("BOUNDS", "quorum", maxQuorum, "stage", maxStage)
	case r.TTL < 0:
		return wrong("TTL")
	}
	for _, e := range r.Exclude {
		if !slices.Contains(advocacy.Exclusions(), e) {
			return wrong("EXCLUSION", "exclusion", strconv.Quote(string(e)))
		}
	}
	return faultOfSLA(r.SLA)
}

func faultOfSLA(s advocacy.SLA) fault {
	if s.Business == 0 && (s.Calendar != "" || len(s.Ladder) > 0) {
		return wrong("SLA")
	}
	for _, rung := range s.Ladder {
		switch {
		case rung.Percent < 1 || rung.Percent > maxPercent:
			return wrong("RUNG_PERCENT", "most", maxPercent)
		case !slices.Contains(advocacy.RungDeeds(), rung.Do):
			return wrong("RUNG_DEED", "deed", strconv.Quote(string(rung.Do)))
		case rung.Do == advocacy.RungNotify && rung.Role == "":
			return wrong("RUNG_ROLE")
		}
	}
	return fault{}
}

// The bounds of a requirement.
const (
	maxQuorum  = 20
	maxStage   = 99
	maxPercent = 1000
)
