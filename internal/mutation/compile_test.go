package main

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestMutantsCompile: a commit tries only some of the mutants, and one that does not compile would
// stop whichever commit meets it first. Bodies alone differ, so each package is held against the
// others as they are.
func TestMutantsCompile(t *testing.T) {
	t.Parallel()
	where, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string][]variant)
	for _, m := range mutants() {
		for _, c := range m.changes {
			name := filepath.Join(where, filepath.FromSlash(c.file))
			files[name] = append(files[name], variant{m.guard, c})
		}
	}
	all, err := packages.Load(&packages.Config{
		Dir:  root,
		Mode: packages.NeedName | packages.NeedCompiledGoFiles | packages.NeedExportFile | packages.NeedImports | packages.NeedDeps,
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	exports := make(map[string]string)
	packages.Visit(all, nil, func(p *packages.Package) { exports[p.PkgPath] = p.ExportFile })
	set := token.NewFileSet()
	from := importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	for _, p := range all {
		checkVariants(t, set, from, p, files)
	}
	for name := range files {
		t.Errorf("%s belongs to no package", name)
	}
}

// checkVariants type-checks a package with the variants of its files, and takes these out of files.
func checkVariants(t *testing.T, set *token.FileSet, from types.Importer, p *packages.Package, files map[string][]variant) {
	t.Helper()
	var parsed []*ast.File
	changed := false
	for _, name := range p.CompiledGoFiles {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(source)
		if variants := files[name]; len(variants) > 0 {
			changed = true
			if text, _, err = withVariants(name, text, variants); err != nil {
				t.Error(err)
				return
			}
			delete(files, name)
		}
		file, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("a mutant of %s: %v", name, err)
			return
		}
		parsed = append(parsed, file)
	}
	if !changed {
		return
	}
	beside, err := parser.ParseFile(set, "mutant_switch.go", "package "+parsed[0].Name.Name+"\n\nvar mutantMeant string\n", 0)
	if err != nil {
		t.Fatal(err)
	}
	config := types.Config{Importer: from, Error: func(err error) { t.Errorf("a mutant of %s: %v", p.PkgPath, err) }}
	_, _ = config.Check(p.PkgPath, set, append(parsed, beside), nil) // each error was told
}
