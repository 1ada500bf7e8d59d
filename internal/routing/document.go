package routing

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// document is a policy as people write it. The published schema, policy.schema.json,
// describes the same; a test compares the two.
type document struct {
	Schema      string                `json:"$schema,omitempty"`
	Title       string                `json:"title,omitempty"`
	Description string                `json:"description,omitempty"`
	Terms       map[string][]string   `json:"terms,omitempty"`
	Periods     map[string][]spanText `json:"periods,omitempty"`
	SLA         slaText               `json:"sla,omitzero"`
	Defaults    []ask                 `json:"defaults"`
	OnError     []ask                 `json:"on_error,omitempty"`
	Expedited   []ask                 `json:"expedited,omitempty"`
	Rules       []ruleText            `json:"rules,omitempty"`
	Tests       []testText            `json:"tests,omitempty"`
}

// spanText is a span of days, both included.
type spanText struct {
	From string `json:"from"`
	To   string `json:"to"`
	Zone string `json:"zone,omitempty"`
}

// ask is one requirement as people write it.
type ask struct {
	Key            string       `json:"key,omitempty"`
	Kind           string       `json:"kind,omitempty"`
	Role           string       `json:"role,omitempty"`
	Quorum         int          `json:"quorum"`
	Stage          int          `json:"stage"`
	Veto           bool         `json:"veto,omitempty"`
	TTL            string       `json:"ttl,omitempty"`
	SLA            slaText      `json:"sla,omitzero"`
	StepUp         bool         `json:"step_up,omitempty"`
	Exclude        []string     `json:"exclude,omitempty"`
	SuggesterSigns bool         `json:"suggester_signs,omitempty"`
	Rules          []reasonText `json:"rules,omitempty"`
}

// preset: one person, in the first stage.
func (a *ask) preset() { a.Kind, a.Quorum, a.Stage = string(advocacy.RequireHumans), 1, 1 }

type slaText struct {
	Business string     `json:"business"`
	Calendar string     `json:"calendar,omitempty"`
	Ladder   []rungText `json:"ladder,omitempty"`
}

type rungText struct {
	Percent int    `json:"percent"`
	Do      string `json:"do"`
	Role    string `json:"role,omitempty"`
}

// reasonText is why a requirement is asked for, where no rule says it.
type reasonText struct {
	Rule         string            `json:"rule"`
	Reason       string            `json:"reason"`
	Translations map[string]string `json:"translations,omitempty"`
}

type ruleText struct {
	ID            string             `json:"id"`
	Mode          string             `json:"mode,omitempty"`
	Route         string             `json:"route,omitempty"`
	When          string             `json:"when"`
	Reason        string             `json:"reason,omitempty"`
	Translations  map[string]string  `json:"translations,omitempty"`
	Require       []ask              `json:"require,omitempty"`
	Preconditions []preconditionText `json:"preconditions,omitempty"`
}

type preconditionText struct {
	Expr         string            `json:"expr"`
	Reason       string            `json:"reason"`
	Words        string            `json:"words"`
	Translations map[string]string `json:"translations,omitempty"`
}

// Parse reads a policy document, YAML or JSON, and refuses what it does not know. What
// the conditions say is looked at by Engine.Compile.
func Parse(text []byte) (Policy, error) {
	p, _, err := parse(text)
	return p, err
}

// parse is Parse for who wants to know the line of each path as well.
func parse(text []byte) (Policy, map[string]int, error) {
	root, err := read(text)
	if err != nil {
		return Policy{}, nil, err
	}
	d := &decoder{lines: make(map[string]int)}
	var doc document
	d.into(root, reflect.ValueOf(&doc).Elem(), "", 0)
	if root.Tag == "!!null" {
		d.problem(root, "", "EMPTY")
	}
	p := doc.policy(d)
	if err := d.problems.err(); err != nil {
		return Policy{}, nil, err
	}
	return p, d.lines, nil
}

// policy turns the text into what is evaluated, noting what cannot be.
func (doc *document) policy(d *decoder) Policy {
	usual := d.sla("sla", doc.SLA)
	p := Policy{
		Title: doc.Title, Description: doc.Description, Terms: doc.Terms,
		Defaults: requirements(d, "defaults", doc.Defaults, usual), OnError: requirements(d, "on_error", doc.OnError, usual),
		Expedited: requirements(d, "expedited", doc.Expedited, usual),
	}
	for name, spans := range doc.Periods {
		if p.Periods == nil {
			p.Periods = make(map[string][]Span)
		}
		p.Periods[name] = []Span{}
		for i, s := range spans {
			span, err := s.span()
			d.note(fmt.Sprintf("periods.%s[%d]", name, i), err)
			p.Periods[name] = append(p.Periods[name], span)
		}
	}
	for i, r := range doc.Rules {
		at := fmt.Sprintf("rules[%d]", i)
		rule := Rule{
			ID: r.ID, Mode: Mode(r.Mode), Route: Route(r.Route), When: r.When, Reason: r.Reason,
			Translations: advocacy.TranslationsOf(r.Translations), Require: requirements(d, at+".require", r.Require, usual),
		}
		for _, pre := range r.Preconditions {
			rule.Preconditions = append(rule.Preconditions, Precondition{
				Expr: pre.Expr, Reason: pre.Reason, Words: pre.Words, Translations: advocacy.TranslationsOf(pre.Translations),
			})
		}
		p.Rules = append(p.Rules, rule)
	}
	for i, t := range doc.Tests {
		test, err := t.test()
		d.note(fmt.Sprintf("tests[%d]", i), err)
		p.Tests = append(p.Tests, test)
	}
	return p
}

// note keeps an error about a path as a problem.
func (d *decoder) note(path string, err error) {
	if err != nil {
		d.problems = append(d.problems, problem(policyInvalid, path, d.lines[path], faultIn(err)))
	}
}

// requirements reads what is asked for; whoever signs and has no time of that signature's own has the
// usual one.
func requirements(d *decoder, path string, asks []ask, usual advocacy.SLA) []advocacy.Requirement {
	var out []advocacy.Requirement
	for i, a := range asks {
		at := fmt.Sprintf("%s[%d]", path, i)
		r := advocacy.Requirement{
			Key: a.Key, Kind: advocacy.RequirementKind(a.Kind), Role: advocacy.Role(a.Role), Quorum: a.Quorum, Stage: a.Stage,
			Veto: a.Veto, StepUp: a.StepUp, SuggesterSigns: a.SuggesterSigns, TTL: d.duration(at+".ttl", a.TTL),
			SLA: d.sla(at+".sla", a.SLA),
		}
		if r.Kind == advocacy.RequireHumans && r.SLA.Business == 0 && r.SLA.Calendar == "" && len(r.SLA.Ladder) == 0 {
			r.SLA = usual
		}
		switch {
		case r.Key != "":
		case r.Kind == advocacy.RequireLibrary:
			r.Key = "library"
		default:
			r.Key = r.Role.Function()
		}
		for _, e := range a.Exclude {
			r.Exclude = append(r.Exclude, advocacy.Exclusion(e))
		}
		slices.Sort(r.Exclude)
		for _, why := range a.Rules {
			r.Rules = append(r.Rules, advocacy.RuleReason{Rule: why.Rule, Reason: why.Reason, Translations: advocacy.TranslationsOf(why.Translations)})
		}
		out = append(out, r)
	}
	return out
}

func (d *decoder) sla(path string, text slaText) advocacy.SLA {
	s := advocacy.SLA{Business: d.duration(path+".business", text.Business), Calendar: text.Calendar}
	for _, rung := range text.Ladder {
		s.Ladder = append(s.Ladder, advocacy.Rung{Percent: rung.Percent, Do: advocacy.RungDeed(rung.Do), Role: advocacy.Role(rung.Role)})
	}
	return s
}

func (d *decoder) duration(path, text string) time.Duration {
	if text == "" {
		return 0
	}
	length, err := parseDuration(text)
	d.note(path, err)
	return length
}

func (s spanText) span() (Span, error) {
	span := Span(s)
	_, _, err := span.bounds()
	return span, err
}

// Document writes the policy as Parse reads it, in JSON.
func (p Policy) Document() []byte {
	doc := document{
		Title: p.Title, Description: p.Description, Terms: p.Terms,
		Defaults: asksOf(p.Defaults), OnError: asksOf(p.OnError), Expedited: asksOf(p.Expedited),
	}
	for name, spans := range p.Periods {
		if doc.Periods == nil {
			doc.Periods = make(map[string][]spanText)
		}
		doc.Periods[name] = []spanText{}
		for _, s := range spans {
			doc.Periods[name] = append(doc.Periods[name], spanText(s))
		}
	}
	for _, r := range p.Rules {
		rule := ruleText{
			ID: r.ID, Mode: string(r.Mode), Route: string(r.Route), When: r.When,
			Reason: r.Reason, Translations: r.Translations.Words(), Require: asksOf(r.Require),
		}
		for _, pre := range r.Preconditions {
			rule.Preconditions = append(rule.Preconditions, preconditionText{
				Expr: pre.Expr, Reason: pre.Reason, Words: pre.Words, Translations: pre.Translations.Words(),
			})
		}
		doc.Rules = append(doc.Rules, rule)
	}
	for _, t := range p.Tests {
		doc.Tests = append(doc.Tests, testOf(t))
	}
	data, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("routing: policy document: %v", err))
	}
	return data
}

func asksOf(requirements []advocacy.Requirement) []ask {
	var out []ask
	for _, r := range requirements {
		a := ask{
			Key: r.Key, Kind: string(r.Kind), Role: string(r.Role), Quorum: r.Quorum, Stage: r.Stage, Veto: r.Veto,
			TTL: spellDuration(r.TTL), StepUp: r.StepUp, Exclude: plain(r.Exclude), SuggesterSigns: r.SuggesterSigns,
			SLA: slaText{Business: spellDuration(r.SLA.Business), Calendar: r.SLA.Calendar},
		}
		for _, rung := range r.SLA.Ladder {
			a.SLA.Ladder = append(a.SLA.Ladder, rungText{Percent: rung.Percent, Do: string(rung.Do), Role: string(rung.Role)})
		}
		for _, why := range r.Rules {
			a.Rules = append(a.Rules, reasonText{Rule: why.Rule, Reason: why.Reason, Translations: why.Translations.Words()})
		}
		out = append(out, a)
	}
	return out
}
