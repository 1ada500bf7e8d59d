package codebase

import (
	"go/ast"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// calls walks every call of the house whose callee is known.
func calls(t *testing.T, visit func(p *packages.Package, file string, call *ast.CallExpr, callee *types.Func)) {
	t.Helper()
	for _, p := range house(t) {
		if generated(inside(p.PkgPath)) {
			continue
		}
		for _, f := range p.Syntax {
			file := filepath.Base(p.Fset.Position(f.Pos()).Filename)
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				var id *ast.Ident
				switch fn := ast.Unparen(call.Fun).(type) {
				case *ast.SelectorExpr:
					id = fn.Sel
				case *ast.Ident:
					id = fn
				default:
					return true
				}
				if callee, ok := p.TypesInfo.Uses[id].(*types.Func); ok {
					visit(p, file, call, callee)
				}
				return true
			})
		}
	}
}

// publisher is the port that makes something visible.
func publisher(t *testing.T) *types.Interface {
	t.Helper()
	for _, p := range house(t) {
		if inside(p.PkgPath) == "network" {
			return p.Types.Scope().Lookup("Publisher").Type().Underlying().(*types.Interface)
		}
	}
	t.Fatal("package network has no Publisher")
	return nil
}

// TestOnlyTheGateSends holds law L9: nobody but package publish, and the contract tests
// of adapters, calls the Publish of a Publisher, whatever the variable is called.
func TestOnlyTheGateSends(t *testing.T) {
	t.Parallel()
	port := publisher(t)
	senders := 0
	calls(t, func(p *packages.Package, file string, call *ast.CallExpr, callee *types.Func) {
		if callee.Name() != "Publish" || !publishes(callee, port) {
			return
		}
		switch inside(p.PkgPath) {
		case "publish":
			senders++
		case "network/networktest":
		default:
			t.Errorf("%s calls %s: only package publish may", p.Fset.Position(call.Pos()), callee.FullName())
		}
	})
	if senders != 1 {
		t.Errorf("package publish sends in %d places, want exactly one", senders)
	}
}

func publishes(callee *types.Func, port *types.Interface) bool {
	receiver := callee.Type().(*types.Signature).Recv()
	if receiver == nil {
		return false
	}
	if types.Identical(receiver.Type().Underlying(), port) {
		return true
	}
	return types.Implements(receiver.Type(), port) || types.Implements(types.NewPointer(receiver.Type()), port)
}

// forbidden are calls that are wrong anywhere but in the files named.
var forbidden = []struct {
	name   string
	except []string
	why    string
}{
	{"(*gorm.io/gorm.DB).Save", nil, "it inserts what was deleted; use Updates with Select"},
	{"(*gorm.io/gorm.DB).First", nil, "it orders by the primary key and reads the first row for an empty one; use Take"},
	{"(*gorm.io/gorm.DB).AutoMigrate", nil, "migrations are SQL files"},
	{"(*gorm.io/gorm.DB).Transaction", []string{"store/update.go"}, "Store.Update is the only transaction"},
	{"google.golang.org/grpc/status.Error", []string{"grpcapi/status.go"}, "errors are advocacy.Error; grpcapi/status.go maps them"},
	{"google.golang.org/grpc/status.Errorf", []string{"grpcapi/status.go"}, "errors are advocacy.Error; grpcapi/status.go maps them"},
	{"google.golang.org/grpc/status.New", []string{"grpcapi/status.go", "gateway/error.go"}, "errors are advocacy.Error; grpcapi/status.go maps them"},
	{"(*github.com/casbin/casbin/v2.Enforcer).SavePolicy", nil, "it truncates the policy"},
	{"(*github.com/casbin/casbin/v2.Enforcer).EnableEnforce", nil, "false allows everybody"},
}

func TestForbiddenCalls(t *testing.T) {
	t.Parallel()
	calls(t, func(p *packages.Package, file string, call *ast.CallExpr, callee *types.Func) {
		for _, f := range forbidden {
			place := inside(p.PkgPath) + "/" + file
			if callee.FullName() == f.name && !slices.Contains(f.except, place) {
				t.Errorf("%s calls %s: %s", p.Fset.Position(call.Pos()), f.name, f.why)
			}
		}
		// Generated code declares these; nobody calls them, since they skip every interceptor.
		if strings.HasPrefix(callee.Name(), "Register") && strings.HasSuffix(callee.Name(), "HandlerServer") {
			t.Errorf("%s calls %s, which skips every interceptor", p.Fset.Position(call.Pos()), callee.Name())
		}
	})
}

// TestStatesMoveOnlyThroughTransitions holds law L8: a review's or publication's state is
// assigned by Move and Apply, and where a row is read; a post's or item's projection by
// the function that derives it.
func TestStatesMoveOnlyThroughTransitions(t *testing.T) {
	t.Parallel()
	owners := map[string][]string{
		"Review":      {"advocacy/transition.go", "workflow/submit.go"},
		"Publication": {"advocacy/transition.go"},
		"Post":        {"workflow/post.go"},
		"LibraryItem": {"workflow/library.go"},
		"Proposal":    {"advocacy/proposal.go"},
	}
	for _, p := range house(t) {
		if strings.HasPrefix(inside(p.PkgPath), "store") || generated(inside(p.PkgPath)) {
			continue
		}
		for _, f := range p.Syntax {
			place := inside(p.PkgPath) + "/" + filepath.Base(p.Fset.Position(f.Pos()).Filename)
			ast.Inspect(f, func(n ast.Node) bool {
				assign, ok := n.(*ast.AssignStmt)
				if !ok {
					return true
				}
				for _, left := range assign.Lhs {
					selector, ok := left.(*ast.SelectorExpr)
					if !ok || selector.Sel.Name != "State" {
						continue
					}
					kind := named(p.TypesInfo.TypeOf(selector.X))
					if allowedIn, watched := owners[kind]; watched && !slices.Contains(allowedIn, place) {
						t.Errorf("%s assigns the state of a %s", p.Fset.Position(assign.Pos()), kind)
					}
				}
				return true
			})
		}
	}
}

func named(t types.Type) string {
	if pointer, ok := t.(*types.Pointer); ok {
		t = pointer.Elem()
	}
	n, ok := t.(*types.Named)
	if !ok || n.Obj().Pkg() == nil || inside(n.Obj().Pkg().Path()) != "advocacy" {
		return ""
	}
	return n.Obj().Name()
}
