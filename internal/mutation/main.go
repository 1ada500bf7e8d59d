// Command mutation removes each guard of the service, one at a time, in a copy, and
// names the test that falls. It fails when a guard can go without a test noticing.
//
//	go run ./internal/mutation            # all
//	go run ./internal/mutation fencing    # those whose name holds the word
//
// It knows the guards only as text: a table of what a line says and what it says without
// its guard. When the line is not found the table is out of date, and that fails too.
//
// The rule that keeps it honest: the tests pass on the unmutated code first, and a
// mutant that does not compile is a mistake of the table, not a kill.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, strings.Join(os.Args[1:], " ")); err != nil {
		fmt.Fprintln(os.Stderr, "mutation:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, word string) error {
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mutation-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var chosen []mutant
	for _, m := range mutants {
		if strings.Contains(m.guard, word) {
			chosen = append(chosen, m)
		}
	}
	if err := sound(ctx, root, chosen); err != nil {
		return err
	}
	var wrong []error
	for i, m := range chosen {
		killer, err := kill(ctx, root, dir, m)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			wrong = append(wrong, err)
			killer = err.Error()
		}
		fmt.Printf("%2d/%d  %-46s %s\n", i+1, len(chosen), m.guard, killer)
	}
	return errors.Join(wrong...)
}

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	return filepath.Dir(strings.TrimSpace(string(out))), err
}

// sound runs the tests on the code as it is: a test that fails anyway kills nothing.
func sound(ctx context.Context, root string, chosen []mutant) error {
	seen := make(map[string]bool)
	for _, m := range chosen {
		if seen[m.tests] {
			continue
		}
		seen[m.tests] = true
		if out, err := test(ctx, root, "", m.tests); err != nil {
			return fmt.Errorf("%s fails without any mutation:\n%s", m.tests, out)
		}
	}
	return nil
}

// kill removes one guard in a copy of its file and returns the name of a test that fell.
func kill(ctx context.Context, root, dir string, m mutant) (string, error) {
	overlay, err := m.overlay(root, dir)
	if err != nil {
		return "", err
	}
	out, err := test(ctx, root, overlay, m.tests)
	if err == nil {
		return "", fmt.Errorf("SURVIVED: nothing in %s notices that %q is gone", m.tests, m.guard)
	}
	if strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]") {
		return "", fmt.Errorf("the mutant of %q does not compile:\n%s", m.guard, out)
	}
	fallen := failed.FindStringSubmatch(out)
	if fallen == nil {
		return "", fmt.Errorf("no test fell for %q, and yet:\n%s", m.guard, out)
	}
	return fallen[1], nil
}

// failed finds the innermost name first, since go test prints the failing subtest after
// its parents only with -v; without it the first line is enough.
var failed = regexp.MustCompile(`--- FAIL: (\S+)`)

// overlay writes the mutated file and the file that tells go to read it instead.
func (m mutant) overlay(root, dir string) (string, error) {
	path := filepath.Join(root, filepath.FromSlash(m.file))
	source, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(source), m.with); n != 1 {
		return "", fmt.Errorf("the guard %q stands %d times in %s, want once: mend the table", m.guard, n, m.file)
	}
	copied := filepath.Join(dir, "mutant.go")
	if err := os.WriteFile(copied, []byte(strings.Replace(string(source), m.with, m.without, 1)), 0o600); err != nil {
		return "", err
	}
	data, err := json.Marshal(map[string]any{"Replace": map[string]string{path: copied}})
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "overlay.json")
	return name, os.WriteFile(name, data, 0o600)
}

// test runs packages, the first failure ending it, and returns what was printed.
func test(ctx context.Context, root, overlay, packages string) (string, error) {
	args := []string{"test", "-failfast", "-timeout", "10m"}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, strings.Fields(packages)...)...)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	return string(out), err
}
