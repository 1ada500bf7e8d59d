package codebase

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// TestCodesHaveWords: whatever reason, finding or blocker the code can name, people are
// told about it in their language, and no words wait for a reason nobody gives.
func TestCodesHaveWords(t *testing.T) {
	t.Parallel()
	h := listen(t)
	reasons := h.reasons()
	wantWords(t, "error.", reasons)
	found := slices.Sorted(maps.Keys(h.findings()))
	wantWords(t, "finding.", found)
	wantWords(t, "blocker.", h.declared("Block"))
	wantWords(t, "link.", h.declared("Link"))
	wantWords(t, "feed.", h.declared("Feed"))
	wantWords(t, "asked.", h.declared("Asked"))
	answers := h.declared("Answer")
	wantWords(t, "answer.", answers)
	wordings := routing.Wordings()
	wantWords(t, "problem.", slices.Sorted(maps.Keys(wordings)))
	for code, words := range wordings {
		if said := catalogue.Text(catalogue.English, "problem."+code, nil); said != words {
			t.Errorf("the catalogue says %q of %s, and the policy's author is told %q elsewhere", said, code, words)
		}
	}
	for _, key := range catalogue.Keys() {
		if code, is := strings.CutPrefix(key, "problem."); is && wordings[code] == "" {
			t.Errorf("the catalogue has words for %s, which no document has", key)
		}
		if reason, is := strings.CutPrefix(key, "error."); is && !slices.Contains(reasons, reason) {
			t.Errorf("the catalogue has words for %s, a reason nobody gives", key)
		}
		if code, is := strings.CutPrefix(key, "answer."); is && !slices.Contains(answers, code) {
			t.Errorf("the catalogue has words for %s, which nobody answers", key)
		}
		if code, is := strings.CutPrefix(key, "finding."); is && !slices.Contains(found, code) {
			t.Errorf("the catalogue has words for %s, which nobody finds", key)
		}
	}
}

func wantWords(t *testing.T, prefix string, codes []string) {
	t.Helper()
	if len(codes) < 5 {
		t.Fatalf("found only %v for %s: are they given in another way now?", codes, prefix)
	}
	for _, code := range codes {
		for _, language := range catalogue.Languages() {
			if key := prefix + code; catalogue.Text(language, key, nil) == key {
				t.Errorf("the catalogue lacks %s in %s", key, language)
			}
		}
	}
}

var placeholder = regexp.MustCompile(`\{(\w+)[^}]*\}`)

// TestWordsNameKnownFacts: a placeholder of a finding or a blocker is a fact that comes
// with it wherever it is made. The words of an error stand for themselves.
func TestWordsNameKnownFacts(t *testing.T) {
	t.Parallel()
	h := listen(t)
	facts := make(map[string][]string)
	for code, args := range h.findings() {
		facts["finding."+code] = args
	}
	args := h.blockerFacts()
	for _, code := range h.declared("Block") {
		facts["blocker."+code] = args
	}
	for _, key := range catalogue.Keys() {
		known, watched := facts[key]
		if !watched && !strings.HasPrefix(key, "error.") {
			continue
		}
		for _, language := range catalogue.Languages() {
			for _, m := range placeholder.FindAllStringSubmatch(catalogue.Text(language, key, nil), -1) {
				if !slices.Contains(known, m[1]) {
					t.Errorf("%s: %s names {%s}, and with it comes only %v", language, key, m[1], known)
				}
			}
		}
	}
}

// TestAnswersNameTheirFacts: an answer is of the list that package advocacy declares, and what its words
// name comes with it. What the gate stopped is told without a fact.
func TestAnswersNameTheirFacts(t *testing.T) {
	t.Parallel()
	h := listen(t)
	declared := h.declared("Answer")
	for _, p := range house(t) {
		for expr, kind := range p.TypesInfo.Types {
			named, _ := kind.Type.(*types.Named)
			if named == nil || named.Obj().Name() != "AnswerCode" || kind.Value == nil {
				continue
			}
			if code := constant.StringVal(kind.Value); code != "" && !slices.Contains(declared, code) {
				t.Errorf("%s: %s is no answer that package advocacy declares", p.Fset.Position(expr.Pos()), code)
			}
		}
	}
	made := 0
	for name, with := range map[string]struct {
		at   int
		fact []string
	}{"Ended": {1, nil}, "Say": {0, nil}, "SayOf": {0, []string{"fact"}}} {
		for _, call := range h.calls[module+"/internal/network."+name] {
			for _, code := range h.texts(said{call.p, call.expr.(*ast.CallExpr).Args[with.at]}) {
				made++
				if facts := placeholders("answer." + code); !slices.Equal(facts, with.fact) {
					t.Errorf("%s: %s names %v and comes with %v", call.p.Fset.Position(call.expr.Pos()), code, facts, with.fact)
				}
			}
		}
	}
	if made < 100 {
		t.Errorf("only %d answers were found: are they made in another way now?", made)
	}
	for _, code := range h.declared("Block") {
		if !slices.Contains(declared, code) && len(placeholders("blocker."+code)) > 0 {
			t.Errorf("what the gate stops for %s is told with facts it does not come with: give it an answer of its own", code)
		}
	}
}

// placeholders lists what the words of a key name.
func placeholders(key string) []string {
	var facts []string
	for _, m := range placeholder.FindAllStringSubmatch(catalogue.Text(catalogue.English, key, nil), -1) {
		facts = append(facts, m[1])
	}
	return tidy(facts)
}

// said is an expression of a package.
type said struct {
	p    *packages.Package
	expr ast.Expr
}

// hearing is what the words are looked up by, wherever the house says it.
type hearing struct {
	t *testing.T
	// calls and returns are by the full name of the function, literals by that of the
	// struct: what each return gives its results, and each literal its fields.
	calls    map[string][]said
	returns  map[string][][]said
	literals map[string][]map[string]said
	// keys are the texts that begin as a key of the catalogue does.
	keys []said
	// busy are the expressions being followed, so that a circle ends.
	busy map[ast.Expr]bool
}

// listen goes through the house, but for the packages that only test it.
func listen(t *testing.T) *hearing {
	t.Helper()
	h := &hearing{
		t: t, calls: make(map[string][]said), returns: make(map[string][][]said),
		literals: make(map[string][]map[string]said), busy: make(map[ast.Expr]bool),
	}
	tests := []string{"store/storetest", "workflow/workflowtest", "network/networktest", "catalogue"}
	calls(t, func(p *packages.Package, _ string, call *ast.CallExpr, callee *types.Func) {
		if !slices.Contains(tests, inside(p.PkgPath)) {
			name := callee.Origin().FullName()
			h.calls[name] = append(h.calls[name], said{p, call})
		}
	})
	for _, p := range house(t) {
		if generated(inside(p.PkgPath)) || slices.Contains(tests, inside(p.PkgPath)) {
			continue
		}
		for _, f := range p.Syntax {
			ast.Inspect(f, func(n ast.Node) bool {
				h.note(p, n)
				return true
			})
		}
	}
	return h
}

func (h *hearing) note(p *packages.Package, n ast.Node) {
	switch n := n.(type) {
	case *ast.FuncDecl:
		if n.Body == nil {
			return
		}
		name := p.TypesInfo.Defs[n.Name].(*types.Func).FullName()
		ast.Inspect(n.Body, func(inner ast.Node) bool {
			if r, ok := inner.(*ast.ReturnStmt); ok {
				var results []said
				for _, e := range r.Results {
					results = append(results, said{p, e})
				}
				h.returns[name] = append(h.returns[name], results)
			}
			_, within := inner.(*ast.FuncLit)
			return !within
		})
	case *ast.CompositeLit:
		if name, fields := written(p, n); fields != nil {
			h.literals[name] = append(h.literals[name], fields)
		}
	case *ast.BinaryExpr:
		if value, ok := constantText(p, n.X); ok && n.Op == token.ADD && strings.HasPrefix(value, "error.") {
			h.keys = append(h.keys, said{p, n})
		}
	case *ast.BasicLit:
		if value, ok := constantText(p, n); ok && strings.HasPrefix(value, "error.") && value != "error." {
			h.keys = append(h.keys, said{p, n})
		}
	}
}

// written returns the name of the struct a literal is of, and what its fields are.
func written(p *packages.Package, n *ast.CompositeLit) (name string, fields map[string]said) {
	kind := p.TypesInfo.TypeOf(n)
	if pointer, ok := kind.(*types.Pointer); ok {
		kind = pointer.Elem()
	}
	shape, ok := kind.Underlying().(*types.Struct)
	if !ok {
		return "", nil
	}
	fields = make(map[string]said)
	for i, e := range n.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			fields[pair.Key.(*ast.Ident).Name] = said{p, pair.Value}
		} else {
			fields[shape.Field(i).Name()] = said{p, e}
		}
	}
	return kind.String(), fields
}

// reasons lists what the reason of an error and of a door's refusal can be, and what the
// code asks words for by name.
func (h *hearing) reasons() []string {
	var found []string
	const refusal = "google.golang.org/genproto/googleapis/rpc/errdetails.ErrorInfo"
	for _, kind := range []string{module + "/internal/advocacy.Error", refusal} {
		for _, fields := range h.literals[kind] {
			found = append(found, h.texts(fields["Reason"])...)
		}
	}
	for _, key := range h.keys {
		for _, text := range h.texts(key) {
			found = append(found, strings.TrimPrefix(text, "error."))
		}
	}
	return tidy(found)
}

// findings lists the codes of the findings, each with the facts that come with it
// wherever it is made.
func (h *hearing) findings() map[string][]string {
	found := make(map[string][]string)
	for _, fields := range h.literals[module+"/internal/advocacy.Finding"] {
		for _, pair := range h.spread(fields["Code"], fields["Args"]) {
			for _, code := range h.texts(pair[0]) {
				facts := h.facts(pair[1])
				if before, known := found[code]; known {
					facts = common(before, facts)
				}
				found[code] = facts
			}
		}
	}
	return found
}

// declared lists the codes package advocacy declares under names that begin alike.
func (h *hearing) declared(prefix string) []string {
	var found []string
	for _, p := range house(h.t) {
		if inside(p.PkgPath) != "advocacy" {
			continue
		}
		for _, name := range p.Types.Scope().Names() {
			c, ok := p.Types.Scope().Lookup(name).(*types.Const)
			if ok && strings.HasPrefix(name, prefix) && codes(c.Type(), prefix) {
				found = append(found, constant.StringVal(c.Val()))
			}
		}
	}
	return tidy(found)
}

// codes tells whether a type is that of plain codes, or of the codes with the prefix.
func codes(t types.Type, prefix string) bool {
	named, _ := t.(*types.Named)
	return types.Identical(t, types.Typ[types.UntypedString]) || named != nil && named.Obj().Name() == prefix+"Code"
}

// blockerFacts lists the facts the door fills a blocker's words with.
func (h *hearing) blockerFacts() []string {
	for _, call := range h.calls["(*"+module+"/internal/grpcapi.trip).say"] {
		args := call.expr.(*ast.CallExpr).Args
		key, ok := args[0].(*ast.BinaryExpr)
		if !ok {
			continue
		}
		if prefix, _ := constantText(call.p, key.X); prefix == "blocker." {
			return h.facts(said{call.p, args[1]})
		}
	}
	h.t.Fatal("package grpcapi says no blocker")
	return nil
}

// spread pairs a code with its facts for each call of the function that is given both.
func (h *hearing) spread(code, facts said) [][2]said {
	name, i, given := parameter(code)
	if !given {
		return [][2]said{{code, facts}}
	}
	var pairs [][2]said
	_, j, both := parameter(facts)
	for _, call := range h.calls[name] {
		args := call.expr.(*ast.CallExpr).Args
		theirs := facts
		if both {
			theirs = said{call.p, args[j]}
		}
		pairs = append(pairs, h.spread(said{call.p, args[i]}, theirs)...)
	}
	return pairs
}

// texts lists what a text can be when the code runs, "" left out.
func (h *hearing) texts(s said) []string {
	if s.expr == nil || h.busy[s.expr] {
		return nil
	}
	h.busy[s.expr] = true
	defer delete(h.busy, s.expr)
	var found []string
	if value, ok := constantText(s.p, s.expr); ok {
		found = append(found, value)
	} else if sum, ok := s.expr.(*ast.BinaryExpr); ok {
		for _, left := range h.texts(said{s.p, sum.X}) {
			for _, right := range h.texts(said{s.p, sum.Y}) {
				found = append(found, left+right)
			}
		}
	} else {
		for _, origin := range h.follow(s) {
			found = append(found, h.texts(origin)...)
		}
	}
	return tidy(found)
}

// facts lists the keys a map surely holds.
func (h *hearing) facts(s said) []string {
	if s.expr == nil || s.p.TypesInfo.Types[s.expr].IsNil() {
		return nil
	}
	var found []string
	if m, ok := s.expr.(*ast.CompositeLit); ok {
		for _, e := range m.Elts {
			found = append(found, h.texts(said{s.p, e.(*ast.KeyValueExpr).Key})...)
		}
		return tidy(found)
	}
	for i, origin := range h.follow(s) {
		if facts := h.facts(origin); i == 0 {
			found = facts
		} else {
			found = common(found, facts)
		}
	}
	return found
}

// follow lists where a value comes from: the arguments of a parameter, what a variable
// or a field is set to, what a function returns.
func (h *hearing) follow(s said) []said {
	var from []said
	switch e := ast.Unparen(s.expr).(type) {
	case *ast.Ident:
		name, i, given := parameter(s)
		if !given {
			return h.assigned(s, e)
		}
		for _, call := range h.calls[name] {
			from = append(from, said{call.p, call.expr.(*ast.CallExpr).Args[i]})
		}
		return from
	case *ast.SelectorExpr:
		if field, ok := s.p.TypesInfo.Selections[e]; ok && field.Kind() == types.FieldVal {
			owner := strings.TrimPrefix(field.Recv().String(), "*")
			for _, fields := range h.literals[owner] {
				from = append(from, fields[e.Sel.Name])
			}
			return from
		}
	case *ast.CallExpr:
		if from = h.returned(s.p, e, 0); from != nil {
			return from
		}
	}
	h.t.Errorf("%s: nobody can tell which code this is; write it as a constant", s.p.Fset.Position(s.expr.Pos()))
	return nil
}

// returned lists what a function of the house can return as its i-th result.
func (h *hearing) returned(p *packages.Package, call *ast.CallExpr, i int) (from []said) {
	if callee, ok := typeutil.Callee(p.TypesInfo, call).(*types.Func); ok {
		for _, results := range h.returns[callee.FullName()] {
			if i < len(results) {
				from = append(from, results[i])
			}
		}
	}
	return from
}

// assigned lists what a variable of a function is set to.
func (h *hearing) assigned(s said, id *ast.Ident) []said {
	var from []said
	variable := s.p.TypesInfo.ObjectOf(id)
	ast.Inspect(enclosing(s), func(n ast.Node) bool {
		set, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for i, left := range set.Lhs {
			left, ok := left.(*ast.Ident)
			if !ok || s.p.TypesInfo.ObjectOf(left) != variable {
				continue
			}
			if len(set.Rhs) == len(set.Lhs) {
				from = append(from, said{s.p, set.Rhs[i]})
			} else if call, ok := set.Rhs[0].(*ast.CallExpr); ok {
				from = append(from, h.returned(s.p, call, i)...)
			}
		}
		return true
	})
	if len(from) == 0 {
		h.t.Errorf("%s: nobody can tell what %s is; write the code as a constant", s.p.Fset.Position(id.Pos()), id.Name)
	}
	return from
}

// parameter tells which parameter of which function an expression is.
func parameter(s said) (function string, index int, is bool) {
	id, ok := s.expr.(*ast.Ident)
	if !ok {
		return "", 0, false
	}
	within, ok := enclosing(s).(*ast.FuncDecl)
	if !ok {
		return "", 0, false
	}
	f := s.p.TypesInfo.Defs[within.Name].(*types.Func)
	for i := range f.Signature().Params().Len() {
		if f.Signature().Params().At(i) == s.p.TypesInfo.Uses[id] {
			return f.FullName(), i, true
		}
	}
	return "", 0, false
}

// enclosing returns the declaration an expression stands in.
func enclosing(s said) ast.Decl {
	for _, f := range s.p.Syntax {
		for _, d := range f.Decls {
			if d.Pos() <= s.expr.Pos() && s.expr.Pos() < d.End() {
				return d
			}
		}
	}
	return nil
}

func constantText(p *packages.Package, e ast.Expr) (string, bool) {
	if value := p.TypesInfo.Types[e].Value; value != nil && value.Kind() == constant.String {
		return constant.StringVal(value), true
	}
	return "", false
}

func common(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(text string) bool { return !slices.Contains(b, text) })
}

// tidy sorts a list and leaves out what is empty or there twice.
func tidy(list []string) []string {
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(text string) bool { return text == "" })
}
