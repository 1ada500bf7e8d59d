package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// switchName is the variable that says which mutant a process is.
const switchName = "IMPRIMATUR_TEST_MUTANT"

// overlay writes the copies with every mutant inside, and the file that tells go to read
// them instead.
func (l *laboratory) overlay(chosen []mutant) (string, error) {
	files := make(map[string][]variant)
	for _, m := range chosen {
		for _, c := range m.changes {
			if slices.ContainsFunc(files[c.file], func(v variant) bool { return v.guard == m.guard }) {
				return "", fmt.Errorf("%s: two changes of one file are one change", m.guard)
			}
			files[c.file] = append(files[c.file], variant{m.guard, c})
		}
	}
	replace := make(map[string]string)
	put := func(file, source string) error {
		path := filepath.Join(l.root, filepath.FromSlash(file))
		replace[path] = filepath.Join(l.dir, strings.ReplaceAll(file, "/", "_"))
		return os.WriteFile(replace[path], []byte(source), 0o600)
	}
	for file, variants := range files {
		source, err := os.ReadFile(filepath.Join(l.root, filepath.FromSlash(file)))
		if err != nil {
			return "", err
		}
		switched, name, err := withVariants(file, string(source), variants)
		if err != nil {
			return "", err
		}
		if err := put(file, switched); err != nil {
			return "", err
		}
		beside := filepath.ToSlash(filepath.Join(filepath.Dir(file), "mutant_switch.go"))
		if err := put(beside, fmt.Sprintf("package %s\n\nimport \"os\"\n\nvar mutantMeant = os.Getenv(%q)\n", name, switchName)); err != nil {
			return "", err
		}
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(l.dir, "overlay.json")
	return name, os.WriteFile(name, data, 0o600)
}

// variant is a change and the mutant that makes it.
type variant struct {
	guard string
	change
}

// withVariants gives each changed function a body for each of its variants, before its
// own, and returns the source with its package's name.
func withVariants(file, source string, variants []variant) (switched, name string, err error) {
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, source, parser.SkipObjectResolution)
	if err != nil {
		return "", "", err
	}
	bodies := make(map[int]string)
	for _, v := range variants {
		at, err := v.find(source)
		if err != nil {
			return "", "", fmt.Errorf("%s: %w", v.guard, err)
		}
		f := enclosing(set, parsed, at, at+len(v.with))
		if f == nil {
			return "", "", fmt.Errorf("%s: %q stands in no function of %s", v.guard, v.with, file)
		}
		open, end := set.Position(f.Body.Lbrace).Offset+1, set.Position(f.Body.Rbrace).Offset
		body := source[open:at] + v.without + source[at+len(v.with):end]
		if f.Type.Results == nil {
			body += "\nreturn\n"
		}
		bodies[open] += fmt.Sprintf("\nif mutantMeant == %q {\n%s\n}\n", v.guard, body)
	}
	var out strings.Builder
	last := 0
	for _, open := range slices.Sorted(maps.Keys(bodies)) {
		out.WriteString(source[last:open] + bodies[open])
		last = open
	}
	out.WriteString(source[last:])
	return out.String(), parsed.Name.Name, nil
}

// find returns where the guard stands.
func (c change) find(source string) (int, error) {
	if n := strings.Count(source, c.with); n != 1 {
		return 0, fmt.Errorf("%q stands %d times in %s, want once: mend the table", c.with, n, c.file)
	}
	return strings.Index(source, c.with), nil
}

// enclosing is the function whose body holds a piece of the source.
func enclosing(set *token.FileSet, file *ast.File, from, to int) *ast.FuncDecl {
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if ok && f.Body != nil && set.Position(f.Body.Lbrace).Offset < from && to <= set.Position(f.Body.Rbrace).Offset {
			return f
		}
	}
	return nil
}
