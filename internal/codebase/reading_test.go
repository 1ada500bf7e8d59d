package codebase

import (
	"bytes"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Budgets that a reader can live with; the wiring is no exception.
const (
	maxFile     = 600
	maxFunction = 80
)

func generated(path string) bool { return strings.HasPrefix(path, "api/") }

func TestPackagesAndNamesAreDocumented(t *testing.T) {
	t.Parallel()
	for _, p := range house(t) {
		if generated(inside(p.PkgPath)) {
			continue
		}
		documented := false
		for _, f := range p.Syntax {
			documented = documented || f.Doc != nil
			for _, d := range f.Decls {
				undocumented(d, func(name string, n ast.Node) {
					t.Errorf("%s: %s has no comment", p.Fset.Position(n.Pos()), name)
				})
			}
		}
		if !documented {
			t.Errorf("package %s has no comment", inside(p.PkgPath))
		}
	}
}

func undocumented(d ast.Decl, report func(string, ast.Node)) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
			report(d.Name.Name, d)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
					report(s.Name.Name, s)
				}
			case *ast.ValueSpec:
				for _, n := range s.Names {
					if n.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
						report(n.Name, s)
					}
				}
			}
		}
	}
}

// exportedReceiver is false for methods of unexported types, which implement ports whose
// own comments say everything.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	id, ok := t.(*ast.Ident)
	return ok && id.IsExported()
}

func TestFilesAndFunctionsAreShortEnough(t *testing.T) {
	t.Parallel()
	for _, p := range house(t) {
		if generated(inside(p.PkgPath)) {
			continue
		}
		for _, f := range p.Syntax {
			end := p.Fset.Position(f.End())
			if end.Line > maxFile {
				t.Errorf("%s has %d lines, more than %d: is it still one idea?", end.Filename, end.Line, maxFile)
			}
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok {
					continue
				}
				if n := p.Fset.Position(fn.End()).Line - p.Fset.Position(fn.Pos()).Line; n > maxFunction {
					t.Errorf("%s: %s has %d lines, more than %d", p.Fset.Position(fn.Pos()), fn.Name.Name, n, maxFunction)
				}
			}
		}
	}
}

// TestUseCasesAreToldInOrder holds the tour of the largest package to its files: none is left out
// of it, and it leads to none that is gone. What the use cases keep by subject is named by a pattern.
func TestUseCasesAreToldInOrder(t *testing.T) {
	t.Parallel()
	tour, err := os.ReadFile("../workflow/doc.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../workflow/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	told := make(map[string]bool)
	for _, name := range regexp.MustCompile(`[a-z_]+\.go`).FindAllString(string(tour), -1) {
		told[name] = true
	}
	for _, path := range files {
		name := filepath.Base(path)
		if name != "doc.go" && !strings.HasPrefix(name, "store_") && !strings.HasSuffix(name, "_test.go") && !told[name] {
			t.Errorf("the tour of package workflow leaves out %s", name)
		}
		delete(told, name)
	}
	for name := range told {
		t.Errorf("the tour of package workflow leads to %s, which is not there", name)
	}
}

// TestTopLevel holds the layout: nothing else at the top.
func TestTopLevel(t *testing.T) {
	t.Parallel()
	allowed := map[string]bool{
		"api": true, "cmd": true, "internal": true, "proto": true, "buf.yaml": true, "buf.gen.yaml": true,
		"go.mod": true, "go.sum": true, "README.md": true,
	}
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !allowed[e.Name()] && !strings.HasPrefix(e.Name(), ".") && e.Name() != "imprimatur-data" && e.Name() != "imprimatur" {
			t.Errorf("%s stands at the top level, outside the layout", e.Name())
		}
	}
}

// TestGoFilesAreUTF8WithoutControls keeps out what a reader cannot see.
func TestGoFilesAreUTF8WithoutControls(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, hidden := range []string{"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\r"} {
			if bytes.Contains(data, []byte(hidden)) {
				t.Errorf("%s holds the hidden character %q; write it as an escape", path, hidden)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
