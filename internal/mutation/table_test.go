package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
		for _, c := range m.changes {
			if _, err := c.apply(filepath.Join(root, c.file)); err != nil {
				t.Errorf("%s: %v", m.guard, err)
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
	for _, folder := range []string{"advocacy", "workflow", "publish"} {
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
