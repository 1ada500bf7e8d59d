package codebase

import (
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/packages"
)

const module = "github.com/imprimatur-hq/imprimatur"

var load = sync.OnceValues(func() ([]*packages.Package, error) {
	config := &packages.Config{
		Dir: "../..",
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo,
	}
	return packages.Load(config, "./...")
})

// house returns the type-checked packages of the house, without their tests.
func house(t *testing.T) []*packages.Package {
	t.Helper()
	all, err := load()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		for _, e := range p.Errors {
			t.Fatalf("%s: %v", p.PkgPath, e)
		}
	}
	return all
}

// inside returns a package's path below internal/, api/ or cmd/, as the table says it.
func inside(path string) string {
	path = strings.TrimPrefix(path, module+"/")
	return strings.TrimPrefix(path, "internal/")
}
