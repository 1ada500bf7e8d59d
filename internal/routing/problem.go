package routing

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Problem is one thing that is wrong with a document, where it stands, and what to do.
type Problem struct {
	// Reason is the machine word, Path where in the document, such as "rules[2].when".
	Reason string
	Path   string
	// Line counts from 1; 0 when the policy was made by a program. Column is that of the condition,
	// where its compiler says one, from 1.
	Line, Column int
	// Code says what is wrong, Facts what its words have in braces, and Message both in English.
	Code    string
	Facts   map[string]string
	Message string
}

// problem is what is wrong at a place of the document.
func problem(reason, path string, line int, f fault) Problem {
	column, _ := strconv.Atoi(f.facts["column"])
	return Problem{Reason: reason, Path: path, Line: line, Column: column, Code: f.code, Facts: f.facts, Message: f.Error()}
}

// String says where and what.
func (p Problem) String() string {
	switch {
	case p.Line == 0:
		return p.Path + ": " + p.Message
	case p.Path == "":
		return fmt.Sprintf("line %d: %s", p.Line, p.Message)
	default:
		return fmt.Sprintf("line %d, %s: %s", p.Line, p.Path, p.Message)
	}
}

// Problems are all that is wrong with a document, in the order in which it is read.
type Problems []Problem

// shownProblems bounds how many problems one error tells.
const shownProblems = 20

// Error lists the problems, a line each.
func (p Problems) Error() string {
	lines := make([]string, 0, shownProblems+1)
	for i, problem := range p {
		if i == shownProblems {
			lines = append(lines, fmt.Sprintf("and %d more", len(p)-i))
			break
		}
		lines = append(lines, problem.String())
	}
	return strings.Join(lines, "\n")
}

// err is the refusal of a document, nil when nothing is wrong with it.
func (p Problems) err() error {
	if len(p) == 0 {
		return nil
	}
	slices.SortStableFunc(p, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	e := advocacy.InvalidField(p[0].Path, p[0].Reason, "%s", p.Error())
	if p[0].Line > 0 {
		e = e.With("line", fmt.Sprint(p[0].Line)).With("path", p[0].Path)
	}
	for _, one := range p[:min(len(p), shownProblems)] {
		e.Faults = append(e.Faults, advocacy.Fault{Code: one.Code, Path: one.Path, Line: one.Line, Column: one.Column, Facts: one.Facts, Message: one.Message})
	}
	return e
}

// The machine words of problems.
const (
	// policyInvalid: it cannot be read as a policy.
	policyInvalid = "POLICY_INVALID"
	// policyEmpty: it could ask for nothing.
	policyEmpty = "POLICY_EMPTY"
	// ruleInvalid: a rule, a condition or a requirement that cannot be.
	ruleInvalid = "RULE_INVALID"
)
