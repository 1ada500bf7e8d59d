package routing

import (
	"slices"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Policy is one revision of a routing policy, as its document says it.
type Policy struct {
	Title       string
	Description string
	// Terms are lists of words; a condition reads those found in the texts as terms.NAME.
	Terms map[string][]string
	// Periods are spans of days; periods.NAME tells whether the post goes out in one.
	Periods map[string][]Span
	// Defaults are asked for when no rule asks for anything.
	Defaults []advocacy.Requirement
	// OnError is added when a rule could not be evaluated; without any, Defaults are.
	OnError []advocacy.Requirement
	// Expedited are the defaults of the expedited route; without any there is no such
	// route.
	Expedited []advocacy.Requirement
	Rules     []Rule
	Tests     []Test
}

// Rule asks for requirements when its condition, a CEL expression, holds.
type Rule struct {
	ID     string
	Mode   Mode
	Route  Route
	When   string
	Reason string
	// Translations are the reason in further languages.
	Translations advocacy.Translations
	// Require is what is asked for; Preconditions what has to hold, whoever signs.
	Require       []advocacy.Requirement
	Preconditions []Precondition
}

// Precondition is what has to hold of a submission to which the rule applies. No
// signature makes up for it.
type Precondition struct {
	// Expr is a CEL expression, Reason a machine word in UPPER_SNAKE_CASE, Words what the
	// author has to do.
	Expr   string
	Reason string
	Words  string
	// Translations are the words in further languages.
	Translations advocacy.Translations
}

// Mode is what a rule does.
type Mode string

const (
	// Enforced rules count. It is what a rule without a mode is.
	Enforced Mode = "ENFORCED"
	// Shadow rules are evaluated as enforced ones are, told, and add nothing.
	Shadow Mode = "SHADOW"
	// Disabled rules are kept and checked, and not evaluated.
	Disabled Mode = "DISABLED"
)

// Route says for which submissions a rule counts.
type Route string

const (
	// Normal rules count for everything that is not expedited. It is what a rule without
	// a route is.
	Normal Route = "normal"
	// Expedited rules count for expedited submissions only.
	Expedited Route = "expedited"
	// Always: rules that count on both routes.
	Always Route = "always"
)

func (r Rule) mode() Mode {
	if r.Mode == "" {
		return Enforced
	}
	return r.Mode
}

// counts tells whether the rule is about submissions of the route.
func (r Rule) counts(expedited bool) bool {
	switch r.Route {
	case Always:
		return true
	case Expedited:
		return expedited
	default:
		return !expedited
	}
}

// Span is a span of days, both included, in an IANA time zone, UTC when empty. Days are
// written 2026-01-31.
type Span struct {
	From string
	To   string
	Zone string
}

// bounds are the first instant of the span and the first one after it.
func (s Span) bounds() (from, to time.Time, err error) {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil || s.Zone == "Local" {
		return from, to, wrong("ZONE", "zone", strconv.Quote(s.Zone))
	}
	if from, err = time.ParseInLocation(time.DateOnly, s.From, zone); err != nil {
		return from, to, wrong("DAY_FROM", "day", strconv.Quote(s.From))
	}
	if to, err = time.ParseInLocation(time.DateOnly, s.To, zone); err != nil {
		return from, to, wrong("DAY_TO", "day", strconv.Quote(s.To))
	}
	if to.Before(from) {
		return from, to, wrong("SPAN_BACKWARDS")
	}
	return from, to.AddDate(0, 0, 1), nil
}

// during tells whether t is in one of the spans. One that cannot be read contains
// everything: it was refused when the policy was compiled.
func during(spans []Span, t time.Time) bool {
	return slices.ContainsFunc(spans, func(s Span) bool {
		from, to, err := s.bounds()
		return err != nil || !t.Before(from) && t.Before(to)
	})
}
