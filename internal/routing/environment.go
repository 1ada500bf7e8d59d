package routing

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/checker"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/ext"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// The bounds of a condition, in CEL's units: far beyond any sensible rule, far below what
// a request could be slowed by. They count instead of a clock, so that the same post is
// always routed the same way.
const (
	// estimateLimit bounds what a condition may cost with the largest post there can be; a
	// policy with a dearer one is refused.
	estimateLimit = 1_000_000
	// togetherLimit bounds what all conditions of a policy may cost so; what is saved is refused
	// beyond it.
	togetherLimit = 20_000_000
	// costLimit is what every condition may cost when it is evaluated, however short the post, and
	// leastCost its part in what all may cost. One that reads texts may cost its estimate, and all
	// together what allowance says. What exceeds this counts as an error, and so as matched.
	costLimit = 20_000
	leastCost = 2_000
	// maxNesting bounds comprehensions in comprehensions, maxPattern a regular expression.
	maxNesting = 2
	maxPattern = 1_000
)

// newEnvironment declares what a condition may speak about. A field that is not declared
// is an error of the policy, found before anybody relies on it.
func newEnvironment() (*cel.Env, error) {
	env, err := cel.NewEnv(
		ext.NativeTypes(ext.ParseStructTags(true), reflect.TypeFor[*Post](), reflect.TypeFor[*Author](), reflect.TypeFor[*Media](), reflect.TypeFor[*Link]()),
		ext.Strings(ext.StringsVersion(stringsVersion)),
		cel.Variable("post", cel.ObjectType("routing.Post")),
		cel.Variable("author", cel.ObjectType("routing.Author")),
		cel.Variable("now", cel.TimestampType),
		cel.ASTValidators(
			cel.ValidateDurationLiterals(), cel.ValidateTimestampLiterals(), cel.ValidateRegexLiterals(),
			cel.ValidateRegexProgramSizeLimit(maxPattern), cel.ValidateHomogeneousAggregateLiterals(),
			cel.ValidateComprehensionNestingLimit(maxNesting),
		),
	)
	if err != nil {
		return nil, fmt.Errorf("routing environment: %w", err)
	}
	return env, nil
}

// stringsVersion pins the functions on texts, so that a new library changes no policy.
const stringsVersion = 4

// extend adds the lists and periods a policy declares.
func extend(env *cel.Env, p Policy) (*cel.Env, error) {
	var options []cel.EnvOption
	for _, name := range slices.Sorted(maps.Keys(p.Terms)) {
		options = append(options, cel.Variable("terms."+name, cel.ListType(cel.StringType)))
	}
	for _, name := range slices.Sorted(maps.Keys(p.Periods)) {
		options = append(options, cel.Variable("periods."+name, cel.BoolType))
	}
	if len(options) == 0 {
		return env, nil
	}
	return env.Extend(options...)
}

// inquiry is a condition as it is asked. Those that say the same have one number.
type inquiry struct {
	program cel.Program
	number  int
}

// condition is one that was compiled, and what it reads.
type condition struct {
	inquiry
	needs Needs
	// trainings are those it looks for among what the author knows, in the order it names them.
	trainings []advocacy.TrainingID
	// groups are the texts it looks for among the author's groups.
	groups []string
	// estimate is what it could cost with the largest post there can be.
	estimate uint64
}

// compileCondition checks a condition.
func compileCondition(env *cel.Env, p Policy, expression string) (condition, error) {
	if strings.TrimSpace(expression) == "" {
		return condition{}, wrong("CONDITION_EMPTY")
	}
	checked, issues := env.Compile(expression)
	if issues.Err() != nil {
		first := issues.Errors()[0]
		return condition{}, wrong("COMPILER", "said", first.Message, "column", first.Location.Column()+1, "condition", strconv.Quote(expression))
	}
	if checked.OutputType() != types.BoolType {
		return condition{}, wrong("NOT_A_CONDITION", "type", checked.OutputType())
	}
	estimate, err := env.EstimateCost(checked, sizes{})
	if err != nil {
		return condition{}, err
	}
	if estimate.Max > estimateLimit {
		return condition{}, wrong("CONDITION_DEAR", "cost", estimate.Max, "most", estimateLimit)
	}
	// guard: a condition that was accepted may cost what it was accepted with
	program, err := env.Program(checked, cel.CostLimit(max(costLimit, estimate.Max)))
	tree := checked.NativeRep()
	return condition{
		inquiry: inquiry{program: program}, needs: needsOf(tree, p), trainings: trainingsIn(tree), groups: lookedFor(tree, "groups"), estimate: estimate.Max,
	}, err
}

// cost is what the conditions of a policy may cost together: always, whatever the post, and with
// the largest there can be.
type cost struct{ always, largest uint64 }

func (c *cost) add(estimate uint64) {
	c.always += min(max(estimate, leastCost), costLimit)
	c.largest += estimate
}

// allowance is what all conditions may cost when the longest text has so many characters. It grows
// with the rules and with the texts, so that none that was accepted fails because there are many,
// or because the post is long. What a condition costs grows with the texts at least as fast as
// they do: that share of its estimate is never too small.
func (c cost) allowance(longest int) uint64 {
	return c.always + c.largest*uint64(min(longest, longText))/longText // guard: it grows with rules and texts
}

// sizes are the largest posts there can be.
type sizes struct{}

// The sizes of facts: of a text in characters, of any other text, and of a list.
const (
	longText  = 20_000
	shortText = 300
	manyTexts = 20
)

// EstimateSize implements checker.CostEstimator.
func (sizes) EstimateSize(n checker.AstNode) *checker.SizeEstimate {
	path := n.Path()
	switch {
	case n.Type() == nil:
		return nil
	case n.Type().Kind() != types.StringKind:
		return &checker.SizeEstimate{Max: manyTexts}
	case slices.Contains(path, "text") || slices.Contains(path, "texts"):
		return &checker.SizeEstimate{Max: longText}
	default:
		return &checker.SizeEstimate{Max: shortText}
	}
}

// EstimateCallCost implements checker.CostEstimator; CEL's own estimates will do.
func (sizes) EstimateCallCost(string, string, *checker.AstNode, []checker.AstNode) *checker.CallEstimate {
	return nil
}

// Needs says which facts the conditions of a policy read beyond those that every
// submission has at hand.
type Needs struct {
	Author bool
	Topics bool
	// Changed needs the library item behind a share.
	Changed bool
	// Links needs somebody to look where the links lead.
	Links bool
	// Guideline and Trainings are what the author has read and learned.
	Guideline bool
	Trainings bool
	// Findings is what a machine sees in the texts.
	Findings bool
	// Time: the answer can change while the revision stays the same. What Guideline reads can as
	// well, once there is one.
	Time bool
}

// everything is what a condition reads that uses post and author as a whole.
var everything = Needs{true, true, true, true, true, true, true, true}

// Or is what either reads.
func (n Needs) Or(o Needs) Needs {
	return Needs{
		n.Author || o.Author, n.Topics || o.Topics, n.Changed || o.Changed, n.Links || o.Links,
		n.Guideline || o.Guideline, n.Trainings || o.Trainings, n.Findings || o.Findings, n.Time || o.Time,
	}
}

// needsOf reads them off a condition. One that uses the post or the author as a whole needs
// all; in a period without days nothing ever is.
func needsOf(checked *ast.AST, p Policy) Needs {
	var needs Needs
	root := ast.NavigateAST(checked)
	for _, e := range ast.MatchDescendants(root, ast.KindMatcher(ast.IdentKind)) {
		name := e.AsIdent()
		if reference, ok := checked.ReferenceMap()[e.ID()]; ok && reference.Name != "" {
			name = reference.Name
		}
		switch {
		case name == "author":
			needs = needs.Or(needOfAuthor(e))
		case name == "now":
			needs.Time = true
		case name == "post":
			needs = needs.Or(needOf(e))
		}
	}
	for _, reference := range checked.ReferenceMap() {
		period, found := strings.CutPrefix(reference.Name, "periods.")
		needs.Time = needs.Time || found && len(p.Periods[period]) > 0
	}
	return needs
}

func needOf(post ast.NavigableExpr) Needs {
	parent, ok := post.Parent()
	if !ok || parent.Kind() != ast.SelectKind {
		return everything
	}
	field := parent.AsSelect().FieldName()
	return Needs{
		Topics: field == "topics", Changed: field == "changed_chars" || field == "relation_only", Links: field == "link_checks",
		Findings: field == "findings" || field == "restricted_terms",
		Time:     field == "publish_time" || field == "scheduled",
	}
}

// needOfAuthor is what a condition reads of the author. What somebody has read and learned
// is good for a while, and so is an answer that rests on it.
func needOfAuthor(author ast.NavigableExpr) Needs {
	parent, ok := author.Parent()
	if !ok || parent.Kind() != ast.SelectKind {
		return everything
	}
	needs := Needs{Author: true}
	switch parent.AsSelect().FieldName() {
	case "guideline_acknowledged":
		needs.Guideline = true
	case "trainings":
		needs.Trainings, needs.Time = true, true // guard: asked again at send
	}
	return needs
}

// trainingsIn are the trainings that a condition names. What is put together while it is evaluated
// is not seen; then the policy's words alone say which one is meant.
func trainingsIn(checked *ast.AST) []advocacy.TrainingID {
	var named []advocacy.TrainingID
	for _, text := range lookedFor(checked, "trainings") {
		named = append(named, advocacy.TrainingID(text))
	}
	return named
}

// lookedFor are the texts that a condition looks for in a list of the author's: "x" in author.LIST, a
// list of which all or any has to be in it, and what a text in it is compared with.
func lookedFor(checked *ast.AST, list string) []string {
	var named []string
	add := func(e ast.Expr) {
		for _, text := range textsIn(e) {
			if !slices.Contains(named, text) {
				named = append(named, text)
			}
		}
	}
	for _, e := range ast.MatchDescendants(ast.NavigateAST(checked), ast.KindMatcher(ast.CallKind)) {
		if c := e.AsCall(); c.FunctionName() != operators.In || !authors(list, c.Args()[1]) {
			continue
		}
		if looked := e.AsCall().Args()[0]; looked.Kind() == ast.IdentKind {
			add(rangeOf(e, looked.AsIdent()))
		} else {
			add(looked)
		}
	}
	for _, e := range ast.MatchDescendants(ast.NavigateAST(checked), ast.KindMatcher(ast.ComprehensionKind)) {
		if c := e.AsComprehension(); authors(list, c.IterRange()) {
			add(c.LoopStep())
		}
	}
	return named
}

// authors tells whether an expression is a list of the author's.
func authors(list string, e ast.Expr) bool {
	if e.Kind() != ast.SelectKind || e.AsSelect().FieldName() != list {
		return false
	}
	of := e.AsSelect().Operand()
	return of.Kind() == ast.IdentKind && of.AsIdent() == "author"
}

// rangeOf is what a variable of a comprehension around e goes through, e itself when there is none.
func rangeOf(e ast.NavigableExpr, variable string) ast.Expr {
	for around, ok := e.Parent(); ok; around, ok = around.Parent() {
		if around.Kind() == ast.ComprehensionKind && around.AsComprehension().IterVar() == variable {
			return around.AsComprehension().IterRange()
		}
	}
	return e
}

// textsIn are the texts that stand in an expression.
func textsIn(e ast.Expr) []string {
	var texts []string
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.LiteralKind && e.AsLiteral().Type() == types.StringType {
			texts = append(texts, e.AsLiteral().Value().(string))
		}
	}))
	return texts
}
