package main

import (
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const root = "../.."

// TestTableIsUpToDate: each text stands once in its file, so that a guard that was
// rewritten is not forgotten.
func TestTableIsUpToDate(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, m := range mutants() {
		if seen[m.guard] {
			t.Errorf("%q stands twice in the table", m.guard)
		}
		seen[m.guard] = true
		if _, err := os.Stat(filepath.Join(root, m.in)); err != nil {
			t.Errorf("%s: %v", m.guard, err)
		}
		files := make(map[string]bool)
		for _, c := range m.changes {
			if files[c.file] {
				t.Errorf("%s: two changes of %s are one change", m.guard, c.file)
			}
			files[c.file] = true
			source, err := os.ReadFile(filepath.Join(root, c.file))
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := withVariants(c.file, string(source), []variant{{m.guard, c}}); err != nil {
				t.Error(err)
			}
			if c.with == c.without {
				t.Errorf("%s: nothing is taken away", m.guard)
			}
		}
	}
}

// TestEveryGuardIsTakenAway: each line that says it is a guard is in the table.
func TestEveryGuardIsTakenAway(t *testing.T) {
	t.Parallel()
	found := 0
	for _, folder := range []string{"advocacy", "workflow", "publish", "check"} {
		files, err := filepath.Glob(filepath.Join(root, "internal", folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(source)) {
				if !strings.Contains(line, "// guard: ") {
					continue
				}
				found++
				if !taken(line) {
					t.Errorf("%s: no mutant takes away %s", file, strings.TrimSpace(line))
				}
			}
		}
	}
	if found < 25 {
		t.Errorf("%d guards found; do they still say that they are?", found)
	}
}

func taken(line string) bool {
	for _, m := range mutants() {
		for _, c := range m.changes {
			if strings.Contains(line, strings.TrimSpace(c.with)) {
				return true
			}
		}
	}
	return false
}

// TestFallenNamesTheInnermost reads what go test prints.
func TestFallenNamesTheInnermost(t *testing.T) {
	t.Parallel()
	out := "--- FAIL: TestA (0.10s)\n    --- FAIL: TestA/b (0.00s)\n        --- FAIL: TestA/b/c (0.00s)\n--- FAIL: TestB (0.00s)\nFAIL\n"
	if got := fallen(out); got != "TestA/b/c" {
		t.Errorf("fallen is %q", got)
	}
	if got := fallen("ok\n"); got != "" {
		t.Errorf("fallen is %q", got)
	}
}

// TestEachVariantHasItsBody: the function does what it does, and what a mutant does when
// that is meant.
func TestEachVariantHasItsBody(t *testing.T) {
	t.Parallel()
	source := "package p\n\nfunc f(n int) int {\n\tif n > 0 {\n\t\treturn 1\n\t}\n\treturn 2\n}\n\nfunc g() { f(1) }\n"
	got, name, err := withVariants("p.go", source, []variant{
		{"a", change{"p.go", "if n > 0 {", "if false {"}}, {"b", change{"p.go", "return 2", "return 3"}}, {"c", change{"p.go", "f(1)", "f(2)"}},
	})
	if err != nil || name != "p" {
		t.Fatal(name, err)
	}
	formatted, err := format.Source([]byte(got))
	if err != nil {
		t.Fatal(err)
	}
	want := "package p\n\nfunc f(n int) int {\n\tif mutantMeant == \"a\" {\n\n\t\tif false {\n\t\t\treturn 1\n\t\t}\n\t\treturn 2\n\n\t}\n\n\tif mutantMeant == \"b\" {\n\n\t\tif n > 0 {\n\t\t\treturn 1\n\t\t}\n\t\treturn 3\n\n\t}\n\n\tif n > 0 {\n\t\treturn 1\n\t}\n\treturn 2\n}\n\nfunc g() {\n\tif mutantMeant == \"c\" {\n\t\tf(2)\n\t\treturn\n\n\t}\n\tf(1)\n}\n"
	if diff := cmp.Diff(want, string(formatted)); diff != "" {
		t.Error(diff)
	}
	for _, v := range []variant{{"none", change{"p.go", "return 9", ""}}, {"twice", change{"p.go", "return", ""}}, {"outside", change{"p.go", "package p", ""}}} {
		if _, _, err := withVariants("p.go", source, []variant{v}); err == nil {
			t.Errorf("%s is accepted", v.guard)
		}
	}
}

// TestTwelfths: twelve numbers in a row try every mutant once, and what the crash tests rest on each time.
func TestTwelfths(t *testing.T) {
	t.Parallel()
	tried := make(map[string]int)
	always := 0
	for _, m := range mutants() {
		if strings.HasSuffix(m.guard, judged) {
			always++
		}
	}
	for n := range 12 {
		chosen, err := twelfthOf(mutants(), fmt.Sprintf("%x", 0xabc*12+n))
		if err != nil {
			t.Fatal(err)
		}
		if most := len(mutants())/12 + 1 + always; len(chosen) > most {
			t.Errorf("the twelfth %d has %d, and no more than %d are one", n, len(chosen), most)
		}
		for _, m := range chosen {
			tried[m.guard]++
		}
	}
	for _, m := range mutants() {
		want := 1
		if strings.HasSuffix(m.guard, judged) {
			want = 12
		}
		if tried[m.guard] != want {
			t.Errorf("%s is tried %d times, want %d", m.guard, tried[m.guard], want)
		}
	}
}
