package catalogue

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// constants returns the values of a package's string constants whose names begin so.
func constants(t *testing.T, folder, prefix string) []string {
	t.Helper()
	var values []string
	inspect(t, folder, func(n ast.Node) {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != len(spec.Names) {
			return
		}
		for i, name := range spec.Names {
			value, ok := spec.Values[i].(*ast.BasicLit)
			if ok && value.Kind == token.STRING && begins(name.Name, prefix) {
				values = append(values, unquote(t, value))
			}
		}
	})
	return values
}

// begins tells whether a name is the prefix and another word: BlockHold, not Blocks.
func begins(name, prefix string) bool {
	rest, found := strings.CutPrefix(name, prefix)
	return found && rest != "" && unicode.IsUpper(rune(rest[0]))
}

// literals returns the texts written out for a field, anywhere below root.
func literals(t *testing.T, root, field string) []string {
	t.Helper()
	var found []string
	for _, folder := range folders(t, root) {
		inspect(t, folder, func(n ast.Node) {
			pair, ok := n.(*ast.KeyValueExpr)
			if !ok {
				return
			}
			key, isName := pair.Key.(*ast.Ident)
			value, isText := pair.Value.(*ast.BasicLit)
			if isName && isText && key.Name == field && value.Kind == token.STRING {
				found = append(found, unquote(t, value))
			}
		})
	}
	return found
}

var machineWord = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// reasons returns the second words of advocacy.InvalidField and the first of its kin.
func reasons(t *testing.T, folder string) []string {
	t.Helper()
	place := map[string]int{"InvalidField": 1, "Deny": 0, "Missing": 0, "Refuse": 0, "Clash": 0, "Taken": 0, "unavailable": 0}
	var found []string
	inspect(t, folder, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		name := ""
		switch f := call.Fun.(type) {
		case *ast.Ident:
			name = f.Name
		case *ast.SelectorExpr:
			name = f.Sel.Name
		}
		i, known := place[name]
		if !known || len(call.Args) <= i {
			return
		}
		reason, ok := call.Args[i].(*ast.BasicLit)
		if ok && reason.Kind == token.STRING && machineWord.MatchString(unquote(t, reason)) {
			found = append(found, unquote(t, reason))
		}
	})
	return found
}

// folders returns the folders of Go code below root.
func folders(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() && entry.Name() != "testdata" {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// inspect walks the syntax of a folder's files, tests left out.
func inspect(t *testing.T, folder string, visit func(ast.Node)) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			visit(n)
			return true
		})
	}
}

func unquote(t *testing.T, literal *ast.BasicLit) string {
	t.Helper()
	value, err := strconv.Unquote(literal.Value)
	if err != nil {
		t.Fatal(err)
	}
	return value
}
