package grpcapi

import (
	"maps"
	"slices"
	"strings"
	"time"

	"go.einride.tech/aip/filtering"
	expr "google.golang.org/genproto/googleapis/api/expr/v1alpha1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// operand is the right side of a term as the client wrote it.
type operand struct {
	text   string
	quoted bool
}

// term is one field a list can be filtered by.
type term struct {
	// example is shown to who wrote something else.
	example string
	// take reads the operand into the query and tells whether it understood it.
	take func(operand) bool
}

// terms are the fields of one list's filter, by name; one that is not compared by "=" has the
// sign behind its name.
type terms map[string]term

// signs are what a field can be compared by, with what stands behind its name for each.
var signs = map[string]string{
	filtering.FunctionEquals:        "",
	filtering.FunctionGreaterEquals: " >=",
	filtering.FunctionLessThan:      " <",
}

// read applies a filter: terms of the form `field = value`, joined by AND, each at most once. It is the subset of AIP-160 that an index answers; everything else is
// refused rather than ignored, because a filter that filters less than it says is worse
// than none.
func (fields terms) read(filter string) error {
	if strings.TrimSpace(filter) == "" {
		return nil
	}
	var parser filtering.Parser
	parser.Init(filter)
	parsed, err := parser.Parse()
	if err != nil {
		return fields.refuse("the filter is not well formed")
	}
	return fields.walk(parsed.GetExpr(), make(map[string]bool))
}

func (fields terms) walk(e *expr.Expr, seen map[string]bool) error {
	call := e.GetCallExpr()
	sign, compares := signs[call.GetFunction()]
	switch {
	case call.GetFunction() == filtering.FunctionAnd:
		for _, side := range call.GetArgs() {
			if err := fields.walk(side, seen); err != nil {
				return err
			}
		}
		return nil
	case compares && len(call.GetArgs()) == 2:
		return fields.compare(sign, call.GetArgs()[0], call.GetArgs()[1], seen)
	default:
		return fields.refuse("only terms of the form field = value, joined by AND, can be used")
	}
}

func (fields terms) compare(sign string, left, right *expr.Expr, seen map[string]bool) error {
	name := left.GetIdentExpr().GetName() + sign
	field, known := fields[name]
	if !known {
		return fields.refuse("the filter names an unknown field")
	}
	if seen[name] {
		return fields.refuse("the filter names " + name + " twice")
	}
	seen[name] = true
	value, ok := operandOf(right)
	if !ok || !field.take(value) {
		return fields.refuse("the filter has a value for " + name + " that it cannot have")
	}
	return nil
}

func operandOf(e *expr.Expr) (operand, bool) {
	if name := e.GetIdentExpr().GetName(); name != "" {
		return operand{text: name}, true
	}
	text, ok := e.GetConstExpr().GetConstantKind().(*expr.Constant_StringValue)
	if !ok {
		return operand{}, false
	}
	return operand{text: text.StringValue, quoted: true}, true
}

// refuse says what is wrong and what would be right.
func (fields terms) refuse(problem string) error {
	examples := make([]string, 0, len(fields))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		example := fields[name].example
		if !strings.Contains(name, " ") {
			name += " ="
		}
		examples = append(examples, name+" "+example)
	}
	return advocacy.InvalidField("filter", "FILTER_INVALID",
		"%s; it can have %s", problem, strings.Join(examples, ", "))
}

// enumTerm takes the name of an enum value, such as "IN_REVIEW".
func enumTerm[D ~string, P protoEnum](table pairs[D, P], to *D, example string) term {
	return term{example: `"` + example + `"`, take: func(o operand) (ok bool) {
		*to, ok = table.named(o.text)
		return ok
	}}
}

// memberTerm takes the name of a member, or "me".
func (l listing) memberTerm(to *advocacy.PersonID) term {
	return term{example: `"me"`, take: func(o operand) bool {
		if o.text == me {
			*to = l.trip.principal.Actor.Person
			return *to != ""
		}
		person, err := l.names.readMember("filter", o.text)
		*to = person
		return err == nil
	}}
}

// me stands for the caller, or for who answers for the calling key.
const me = "me"

// nameTerm takes the name of a resource.
func nameTerm[ID ~string](read func(field, name string) (ID, error), to *ID, example string) term {
	return term{example: `"` + example + `"`, take: func(o operand) bool {
		id, err := read("filter", o.text)
		*to = id
		return err == nil
	}}
}

// wordTerm takes any word of a form.
func wordTerm[W ~string](to *W, fits func(string) bool, example string) term {
	return term{example: `"` + example + `"`, take: func(o operand) bool {
		*to = W(o.text)
		return fits(o.text)
	}}
}

// timeTerm takes an instant as RFC 3339 has it, in microseconds.
func timeTerm(to *time.Time) term {
	return term{example: `"2026-11-23T09:00:00Z"`, take: func(o operand) bool {
		at, err := time.Parse(time.RFC3339, o.text)
		if err != nil || !o.quoted {
			return false
		}
		*to, err = readTime("filter", timestamppb.New(at))
		return err == nil
	}}
}

// boolTerm takes `true` or `false`.
func boolTerm(to **bool) term {
	return term{example: "false", take: func(o operand) bool {
		value := o.text == "true"
		*to = &value
		return !o.quoted && (value || o.text == "false")
	}}
}

// trueTerm takes `true` alone: the lists can be narrowed to what holds, not to what does
// not.
func trueTerm(set func()) term {
	return term{example: "true", take: func(o operand) bool {
		if o.quoted || o.text != "true" {
			return false
		}
		set()
		return true
	}}
}
