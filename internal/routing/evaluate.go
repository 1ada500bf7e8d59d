package routing

import (
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Result is what a policy asks for, and why.
type Result struct {
	Plan advocacy.Plan
	// Matched are the ids of the rules whose condition held; Failed of those that could
	// not be evaluated and therefore count as matched.
	Matched []string
	Failed  []string
	// Shadow are the ids of the rules that would have counted, were they enforced, ShadowFailed of
	// those among them that could not be evaluated.
	Shadow       []string
	ShadowFailed []string
	// Unmet are the preconditions that do not hold.
	Unmet []advocacy.Unmet
	// Expedited tells that the expedited route was taken.
	Expedited bool
	// Links are what was known of the links, if a condition speaks about it.
	Links []advocacy.LinkCheck
}

// Compiled is a policy whose conditions were checked. It is safe for concurrent use.
type Compiled struct {
	policy  Policy
	rules   []compiledRule
	terms   map[string][]term
	periods map[string][]Span
	needs   Needs
	cost    cost
}

type compiledRule struct {
	Rule
	when          inquiry
	preconditions []compiledPrecondition
	// groups are the texts that its conditions look for among the author's groups.
	groups []string
}

// AsksOfGroup returns the first rule that may go by a group of this name, "" for none: one that looks
// for the name itself, for a part of it, or for what matches it. What a condition puts together while
// it is evaluated is not seen. A rule that is disabled is not asked.
func (c *Compiled) AsksOfGroup(name string) string {
	goes := func(text string) bool {
		matched, err := regexp.MatchString(text, name)
		return text != "" && (strings.Contains(name, text) || err == nil && matched)
	}
	for _, r := range c.rules {
		if r.mode() != Disabled && slices.ContainsFunc(r.groups, goes) {
			return r.ID
		}
	}
	return ""
}

type compiledPrecondition struct {
	holds inquiry
	// links: it speaks about where links lead.
	links bool
	// trainings are those it names.
	trainings []advocacy.TrainingID
}

type term struct{ word, pattern string }

// Policy returns what was compiled.
func (c *Compiled) Policy() Policy { return c.policy }

// Rules are the policy's rules with their mode and route written out.
func (c *Compiled) Rules() []Rule {
	rules := make([]Rule, len(c.policy.Rules))
	for i, r := range c.policy.Rules {
		r.Mode = r.mode()
		if r.Route == "" {
			r.Route = Normal
		}
		rules[i] = r
	}
	return rules
}

// Omits are the ids of the rules that count on the normal route and not on the expedited one, if
// there is such a route.
func (c *Compiled) Omits() []string {
	if len(c.policy.Expedited) == 0 {
		return nil
	}
	var omitted []string
	for _, r := range c.policy.Rules {
		if r.mode() == Enforced && !r.counts(true) {
			omitted = append(omitted, r.ID)
		}
	}
	return omitted
}

// Proven are where the policy asks whoever signs to prove again who he or she is: the ids of rules that
// are not disabled, and defaults, expedited or on_error. While nothing takes such a proof, nobody can
// meet what stands there.
func (c *Compiled) Proven() []string {
	var all []string
	add := func(where string, requirements []advocacy.Requirement) {
		if slices.ContainsFunc(requirements, func(r advocacy.Requirement) bool { return r.StepUp }) {
			all = append(all, where)
		}
	}
	add("defaults", c.policy.Defaults)
	add("on_error", c.policy.OnError)
	add("expedited", c.policy.Expedited)
	for _, r := range c.policy.Rules {
		if r.mode() != Disabled {
			add(r.ID, r.Require)
		}
	}
	return all
}

// Demand is a rule that nobody gets past who lacks a training.
type Demand struct {
	Training advocacy.TrainingID
	// Rule is the rule's id, Reason its sentence, and Words what to do.
	Rule, Reason, Words string
	// Reasons are the sentence in further languages, Wordings what to do.
	Reasons, Wordings advocacy.Translations
}

// Demands are the trainings that the rules which count ask for, in the order in which they stand.
func (c *Compiled) Demands() []Demand {
	var all []Demand
	for _, r := range c.rules {
		for i, p := range r.preconditions {
			for _, id := range p.trainings {
				if r.mode() == Enforced { // guard: what is only tried asks for nothing
					all = append(all, Demand{
						Training: id, Rule: r.ID, Reason: r.Reason, Words: r.Preconditions[i].Words,
						Reasons: r.Translations, Wordings: r.Preconditions[i].Translations,
					})
				}
			}
		}
	}
	return all
}

// Needs says which facts the conditions read.
func (c *Compiled) Needs() Needs { return c.needs }

// Unmet returns the preconditions that do not hold of a submission.
func (c *Compiled) Unmet(f Facts) []advocacy.Unmet { return c.Evaluate(f).Unmet }

// Evaluate returns what the policy asks of a submission: what every rule that matches
// asks for, or the defaults when none asks for anything.
func (c *Compiled) Evaluate(f Facts) Result { return c.evaluate(f, nil) }

func (c *Compiled) evaluate(f Facts, in []string) Result {
	out := Result{Expedited: f.Expedited && len(c.policy.Expedited) > 0}
	if c.needs.Links {
		out.Links = f.checked()
	}
	q := &question{policy: c, facts: &f, in: in, allowed: c.cost.allowance(f.longest()), answers: make(map[int]answer)}
	for i := range c.rules {
		rule := &c.rules[i]
		if rule.mode() == Disabled || !rule.counts(out.Expedited) {
			continue
		}
		holds, failed := q.ask(rule.when)
		switch {
		case !holds && !failed:
		case rule.mode() == Shadow:
			out.Shadow = append(out.Shadow, rule.ID)
			if failed { // guard: a rule that is only tried fails for all to see
				out.ShadowFailed = append(out.ShadowFailed, rule.ID)
			}
		default:
			c.count(&out, q, rule, failed)
		}
	}
	if len(out.Plan.Requirements) == 0 {
		defaults := c.policy.Defaults
		if out.Expedited {
			defaults = c.policy.Expedited
		}
		// Joined, so that the plan shares nothing with the policy others evaluate.
		out.Plan = out.Plan.Join(advocacy.Plan{Requirements: becauseOf(defaults, advocacy.ForNothingElse())})
	}
	if f.TrainingMode { // guard: in training mode somebody signs
		out.Plan = out.Plan.Join(advocacy.Plan{Requirements: c.inTraining(out.Expedited)})
	}
	return out
}

// inTraining are those who sign whatever a person in training mode posts, besides whom the
// rules ask: those of the defaults or, when these name no person, legal and PR.
func (c *Compiled) inTraining(expedited bool) []advocacy.Requirement {
	var asked []advocacy.Requirement
	if expedited {
		asked = persons(c.policy.Expedited)
	}
	if len(asked) == 0 {
		asked = persons(c.policy.Defaults)
	}
	if len(asked) == 0 {
		asked = persons(Builtin().Defaults)
	}
	for i := range asked {
		asked[i].Rules = []advocacy.RuleReason{advocacy.ForTrainingMode()}
	}
	return asked
}

func persons(requirements []advocacy.Requirement) []advocacy.Requirement {
	return slices.DeleteFunc(slices.Clone(requirements), func(r advocacy.Requirement) bool { return r.Kind != advocacy.RequireHumans })
}

// count adds what an enforced rule asks for. One that could not be evaluated counts as
// matched, and asks for what the policy says an error asks for besides.
func (c *Compiled) count(out *Result, q *question, rule *compiledRule, failed bool) {
	out.Plan = out.Plan.Join(advocacy.Plan{Requirements: withReason(rule.Require, advocacy.RuleReason{Rule: rule.ID, Reason: rule.Reason, Translations: rule.Translations})})
	if failed {
		out.Failed = append(out.Failed, rule.ID)
		out.Plan = out.Plan.Join(advocacy.Plan{Requirements: c.onError()}) // guard: an error adds
	} else {
		out.Matched = append(out.Matched, rule.ID)
	}
	for i, p := range rule.preconditions {
		if holds, failed := q.ask(p.holds); failed || !holds { // guard: precondition
			pre := rule.Preconditions[i]
			u := advocacy.Unmet{Rule: rule.ID, Reason: pre.Reason, Words: pre.Words, Translations: pre.Translations}
			out.Unmet = append(out.Unmet, out.broken(p, u, q.facts.Author.Trainings)...)
		}
	}
}

// broken are the links and the trainings an unmet precondition is about, each as one of its own;
// the precondition as it is when it is about none.
func (r *Result) broken(p compiledPrecondition, u advocacy.Unmet, known []string) []advocacy.Unmet {
	var all []advocacy.Unmet
	for _, id := range p.trainings {
		if !slices.Contains(known, string(id)) { // guard: what is known already is not asked for
			lacking := u
			lacking.Training = id
			all = append(all, lacking)
		}
	}
	for _, c := range r.Links {
		if p.links && !c.Reachable {
			u.Link, u.LinkCode = c.URL, c.Code
			all = append(all, u)
		}
	}
	if len(all) == 0 {
		return []advocacy.Unmet{u}
	}
	return all
}

// onError never returns nothing: a policy that forgot to say what an error asks for
// falls back to its defaults.
func (c *Compiled) onError() []advocacy.Requirement {
	requirements := c.policy.OnError
	if len(requirements) == 0 {
		requirements = c.policy.Defaults
	}
	return becauseOf(requirements, advocacy.ForFailedRule())
}

// becauseOf gives requirements that no rule explains a reason of their own.
func becauseOf(requirements []advocacy.Requirement, why advocacy.RuleReason) []advocacy.Requirement {
	out := slices.Clone(requirements)
	for i := range out {
		if len(out[i].Rules) == 0 {
			out[i].Rules = []advocacy.RuleReason{why}
		}
	}
	return out
}

func withReason(requirements []advocacy.Requirement, why advocacy.RuleReason) []advocacy.Requirement {
	out := make([]advocacy.Requirement, len(requirements))
	for i, r := range requirements {
		r.Rules = append(append([]advocacy.RuleReason(nil), r.Rules...), why)
		out[i] = r
	}
	return out
}

// question is one evaluation: the facts as conditions read them, each view made when the
// first condition asks for it. It implements cel.Activation.
type question struct {
	policy *Compiled
	facts  *Facts
	in     []string
	post   *Post
	hay    *string
	// spent is what the conditions asked so far have cost, of what they may cost together.
	spent, allowed uint64
	// answers are those given so far: what several rules ask is evaluated once.
	answers map[int]answer
}

type answer struct{ holds, failed bool }

// ask evaluates a condition. It failed when there is no answer: an error, or more work
// than is allowed.
func (q *question) ask(i inquiry) (holds, failed bool) {
	given, known := q.answers[i.number]
	if !known {
		given.holds, given.failed = q.evaluate(i.program)
		q.answers[i.number] = given
	}
	return given.holds, given.failed
}

func (q *question) evaluate(program cel.Program) (holds, failed bool) {
	if q.spent > q.allowed {
		return false, true
	}
	value, details, err := program.Eval(q)
	if cost := details.ActualCost(); cost != nil {
		q.spent += *cost
	}
	if err != nil {
		return false, true
	}
	holds, isBool := value.Value().(bool)
	return holds, !isBool
}

// ResolveName returns what a variable stands for.
func (q *question) ResolveName(name string) (any, bool) {
	switch name {
	case "post":
		if q.post == nil {
			q.post = q.facts.post()
		}
		return q.post, true
	case "author":
		return &q.facts.Author, true
	case "now":
		return q.facts.Time, true
	}
	if period, found := strings.CutPrefix(name, "periods."); found {
		spans, known := q.policy.periods[period]
		return slices.Contains(q.in, period) || during(spans, q.facts.goesOut()), known
	}
	if terms, known := q.policy.terms[name]; known {
		return q.found(terms), true
	}
	list, _ := strings.CutPrefix(name, "terms.")
	_, known := q.policy.policy.Terms[list]
	return []string{}, known
}

// Parent implements cel.Activation: nothing stands behind the facts.
func (q *question) Parent() cel.Activation { return nil }

// found are the terms that stand in the texts.
func (q *question) found(terms []term) []string {
	if q.hay == nil {
		hay := haystack(q.facts.Texts)
		q.hay = &hay
	}
	found := []string{}
	for _, t := range terms {
		if strings.Contains(*q.hay, t.pattern) {
			found = append(found, t.word)
		}
	}
	return found
}
