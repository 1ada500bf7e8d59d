package routing

import (
	"container/list"
	"fmt"
	"sync"

	"cel.dev/cel-go/cel"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// keptPolicies bounds how many compiled policies an engine keeps: more than the
// workspaces of a busy minute, about a tenth of a megabyte each.
const keptPolicies = 128

// Engine compiles policies and keeps those used last. It is safe for concurrent use.
type Engine struct {
	env *cel.Env

	mu sync.Mutex
	// kept finds a policy by its document; used orders them, last used first.
	kept map[string]*list.Element
	used *list.List
}

// entry is a policy that was asked for, compiled by whoever asks first.
type entry struct {
	document string
	once     sync.Once
	compiled *Compiled
	err      error
}

// NewEngine returns an engine that knows the facts a condition may speak about.
func NewEngine() (*Engine, error) {
	env, err := newEnvironment()
	if err != nil {
		return nil, err
	}
	return &Engine{env: env, kept: make(map[string]*list.Element), used: list.New()}, nil
}

// Load returns the compiled policy of a document, compiling it at most once while it is
// in use.
func (e *Engine) Load(document []byte) (*Compiled, error) {
	found := e.entry(document)
	found.once.Do(func() {
		var p Policy
		var lines map[string]int
		if p, lines, found.err = parse([]byte(found.document)); found.err == nil {
			found.compiled, found.err = e.compile(p, lines)
		}
	})
	return found.compiled, found.err
}

func (e *Engine) entry(document []byte) *entry {
	e.mu.Lock()
	defer e.mu.Unlock()
	if at, ok := e.kept[string(document)]; ok {
		e.used.MoveToFront(at)
		return at.Value.(*entry)
	}
	made := &entry{document: string(document)}
	e.kept[made.document] = e.used.PushFront(made)
	if e.used.Len() > keptPolicies {
		last := e.used.Remove(e.used.Back()).(*entry)
		delete(e.kept, last.document)
	}
	return made
}

// Check reads and compiles a document without keeping it, and says all that is wrong
// with it.
func (e *Engine) Check(document []byte) (*Compiled, error) {
	p, lines, err := parse(document)
	if err != nil {
		return nil, err
	}
	c, err := e.compile(p, lines)
	if err != nil {
		return nil, err
	}
	// Only of what is new: a policy in force goes on counting, as it did.
	l := &linter{policy: p, lines: lines}
	if c.cost.largest > togetherLimit { // guard: all conditions together cost no more than that
		l.add(policyInvalid, "rules", "TOGETHER_DEAR", "cost", c.cost.largest, "most", togetherLimit)
	}
	l.meant()
	if err := l.problems.err(); err != nil {
		return nil, err
	}
	return c, nil
}

// Compile checks every part of a policy: that each condition is true or false and speaks
// of facts there are, and that every requirement can be met by somebody.
func (e *Engine) Compile(p Policy) (*Compiled, error) { return e.compile(p, nil) }

func (e *Engine) compile(p Policy, lines map[string]int) (*Compiled, error) {
	l := &linter{policy: p, lines: lines, keys: make(map[string]advocacy.Requirement)}
	l.lint()
	env, err := extend(e.env, p)
	if err != nil {
		if len(l.problems) == 0 {
			l.note(policyInvalid, "terms", faultIn(err))
		}
		return nil, l.problems.err()
	}
	c := &Compiled{policy: p, terms: make(map[string][]term), periods: p.Periods}
	known := make(map[string]condition)
	compiled := func(r Rule, path, expression string) condition {
		made, again := known[expression]
		if !again {
			var err error
			if made, err = compileCondition(env, p, expression); err != nil {
				l.note(ruleInvalid, path, faultIn(err))
			} else {
				made.number = len(known)
				known[expression] = made
			}
		}
		if r.mode() != Disabled { // nobody asks it
			c.needs = c.needs.Or(made.needs)
			c.cost.add(made.estimate)
		}
		return made
	}
	for i, r := range p.Rules {
		at := fmt.Sprintf("rules[%d]", i)
		when := compiled(r, at+".when", r.When)
		made := compiledRule{Rule: r, when: when.inquiry, groups: when.groups}
		for j, pre := range r.Preconditions {
			asked := compiled(r, fmt.Sprintf("%s.preconditions[%d].expr", at, j), pre.Expr)
			made.preconditions = append(made.preconditions, compiledPrecondition{asked.inquiry, asked.needs.Links, asked.trainings})
			made.groups = append(made.groups[:len(made.groups):len(made.groups)], asked.groups...)
		}
		c.rules = append(c.rules, made)
	}
	for name, words := range p.Terms {
		for _, word := range words {
			c.terms["terms."+name] = append(c.terms["terms."+name], term{word, pattern(word)})
		}
	}
	if err := l.problems.err(); err != nil {
		return nil, err
	}
	return c, nil
}
