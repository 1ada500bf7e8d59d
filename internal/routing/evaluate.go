package routing

import (
	"fmt"
	"reflect"
	"sync"

	"cel.dev/cel-go/cel"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// costLimit bounds what one condition may cost, in CEL's units: far beyond any sensible
// rule, far below what a request could be slowed by.
const costLimit = 100_000

// Result is what a policy asks for, and why.
type Result struct {
	Plan advocacy.Plan
	// Matched are the ids of the rules whose condition held; Failed of those that could
	// not be evaluated and therefore count as matched.
	Matched []string
	Failed  []string
}

// Engine evaluates policies and keeps those it compiled. It is safe for concurrent use.
type Engine struct {
	env      *cel.Env
	mu       sync.Mutex
	compiled map[advocacy.Digest]*Compiled
}

// NewEngine returns an engine that knows the facts a condition may speak about.
func NewEngine() (*Engine, error) {
	env, err := cel.NewEnv(cel.Variable("post", cel.MapType(cel.StringType, cel.DynType)))
	if err != nil {
		return nil, fmt.Errorf("routing environment: %w", err)
	}
	return &Engine{env: env, compiled: make(map[advocacy.Digest]*Compiled)}, nil
}

// Compiled is a policy whose conditions were checked.
type Compiled struct {
	policy   Policy
	programs []cel.Program
}

// Compile checks every condition of a policy: its syntax, its type, and that every
// requirement can be met by somebody.
func (e *Engine) Compile(p Policy) (*Compiled, error) {
	c := &Compiled{policy: p}
	if len(p.Defaults) == 0 {
		return nil, advocacy.InvalidField("defaults", "POLICY_EMPTY", "a policy needs default requirements")
	}
	if err := p.guardRequirements(); err != nil {
		return nil, err
	}
	for i, rule := range p.Rules {
		program, err := e.program(rule)
		if err != nil {
			return nil, advocacy.InvalidField(fmt.Sprintf("rules[%d].when", i), "RULE_INVALID", "rule %q: %v", rule.ID, err)
		}
		c.programs = append(c.programs, program)
	}
	return c, nil
}

func (e *Engine) program(rule Rule) (cel.Program, error) {
	ast, issues := e.env.Compile(rule.When)
	if issues.Err() != nil {
		return nil, issues.Err()
	}
	if !reflect.DeepEqual(ast.OutputType(), cel.BoolType) {
		return nil, fmt.Errorf("the condition must be true or false, not %s", ast.OutputType())
	}
	return e.env.Program(ast, cel.CostLimit(costLimit))
}

// Load returns the compiled policy of a document, compiling it at most once.
func (e *Engine) Load(document []byte) (*Compiled, error) {
	key := advocacy.DigestOf(document)
	e.mu.Lock()
	defer e.mu.Unlock()
	if c, ok := e.compiled[key]; ok {
		return c, nil
	}
	p, err := Parse(document)
	if err != nil {
		return nil, err
	}
	c, err := e.Compile(p)
	if err != nil {
		return nil, err
	}
	e.compiled[key] = c
	return c, nil
}

// Policy returns what was compiled.
func (c *Compiled) Policy() Policy { return c.policy }

// Evaluate returns what the policy asks of a submission.
func (c *Compiled) Evaluate(f Facts) Result {
	var out Result
	input := f.input()
	for i, rule := range c.policy.Rules {
		value, _, err := c.programs[i].Eval(input)
		matched, isBool := false, false
		if err == nil {
			matched, isBool = value.Value().(bool)
		}
		switch {
		case err != nil || !isBool:
			out.Failed = append(out.Failed, rule.ID)
			out.Plan = out.Plan.Join(advocacy.Plan{Requirements: withReason(rule.Require, rule.ID, rule.Reason)})
			out.Plan = out.Plan.Join(advocacy.Plan{Requirements: c.onError()})
		case matched:
			out.Matched = append(out.Matched, rule.ID)
			out.Plan = out.Plan.Join(advocacy.Plan{Requirements: withReason(rule.Require, rule.ID, rule.Reason)})
		}
	}
	if len(out.Plan.Requirements) == 0 {
		// Joined, so that the plan shares nothing with the policy others evaluate.
		out.Plan = out.Plan.Join(advocacy.Plan{Requirements: c.policy.Defaults})
	}
	return out
}

// onError never returns nothing: a policy that forgot to say what an error asks for
// falls back to its defaults.
func (c *Compiled) onError() []advocacy.Requirement {
	if len(c.policy.OnError) > 0 {
		return c.policy.OnError
	}
	return c.policy.Defaults
}

func (f Facts) input() map[string]any {
	networks := make([]string, len(f.Networks))
	for i, n := range f.Networks {
		networks[i] = string(n)
	}
	return map[string]any{"post": map[string]any{
		"kind":        string(f.Kind),
		"origin":      string(f.Origin),
		"language":    f.Language,
		"networks":    networks,
		"text":        f.Text,
		"link":        f.Link,
		"disclosure":  string(f.Disclosure),
		"media_count": f.MediaCount,
	}}
}
