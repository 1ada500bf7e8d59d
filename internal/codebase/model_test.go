package codebase

import (
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// modelRow is one line of the tables in the package comment of advocacy: what the
// reference model calls it, the function, and the test.
var modelRow = regexp.MustCompile(`(?m)^//\t([TI]\d+) +\S.*?  +([a-z]+(?:\.\w+)+) +([a-z]+)\.(Test\w+)$`)

// TestModelIsInTheCode: every transition and invariant of the reference model is in the
// tables of package advocacy, and the functions and tests they name exist.
func TestModelIsInTheCode(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../advocacy/doc.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, row := range modelRow.FindAllStringSubmatch(string(doc), -1) {
		id, function, folder, test := row[1], row[2], row[3], row[4]
		seen[id] = true
		if !declared(t, function) {
			t.Errorf("%s: there is no function %s", id, function)
		}
		if !tested(t, folder, test) {
			t.Errorf("%s: there is no test %s in package %s", id, test, folder)
		}
	}
	for kind, last := range map[string]int{"T": 26, "I": 31} {
		for n := 1; n <= last; n++ {
			if id := fmt.Sprint(kind, n); !seen[id] {
				t.Errorf("the tables of package advocacy leave out %s", id)
			}
		}
	}
}

// declared tells whether package.Function or package.Type.Method is in the code.
func declared(t *testing.T, name string) bool {
	t.Helper()
	parts := strings.Split(name, ".")
	for _, p := range house(t) {
		if inside(p.PkgPath) != parts[0] {
			continue
		}
		found := p.Types.Scope().Lookup(parts[1])
		if len(parts) == 2 || found == nil {
			_, isFunction := found.(*types.Func)
			return isFunction
		}
		method, _, _ := types.LookupFieldOrMethod(types.NewPointer(found.Type()), true, p.Types, parts[2])
		_, isMethod := method.(*types.Func)
		return isMethod
	}
	return false
}

func tested(t *testing.T, folder, test string) bool {
	t.Helper()
	files, err := filepath.Glob("../" + folder + "/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(source), "\nfunc "+test+"(") {
			return true
		}
	}
	return false
}
