// Command mutation removes each guard of the service, one at a time, in a copy of its
// file, and names the test that falls. It fails when a guard can go without a test
// noticing.
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
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
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
	chosen := slices.DeleteFunc(mutants(), func(m mutant) bool { return !strings.Contains(m.guard, word) })
	if err := sound(ctx, root, chosen); err != nil {
		return err
	}
	var wrong []error
	for i, m := range chosen {
		began := time.Now()
		killer, err := kill(ctx, root, dir, m)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			wrong = append(wrong, err)
			killer, _, _ = strings.Cut(err.Error(), "\n")
		}
		fmt.Printf("%2d/%d %4.0fs  %-44s %s\n", i+1, len(chosen), time.Since(began).Seconds(), m.guard, killer)
	}
	return errors.Join(wrong...)
}

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	return filepath.Dir(strings.TrimSpace(string(out))), err
}

// sound runs the tests on the code as it is: a test that fails anyway kills nothing.
func sound(ctx context.Context, root string, chosen []mutant) error {
	named := make(map[string][]string)
	whole := make(map[string]bool)
	for _, m := range chosen {
		whole[m.in] = whole[m.in] || m.run == ""
		if !slices.Contains(named[m.in], m.run) {
			named[m.in] = append(named[m.in], m.run)
		}
	}
	for in, runs := range named {
		pattern := strings.Join(runs, "|")
		if whole[in] {
			pattern = ""
		}
		if out, err := test(ctx, root, "", in, pattern); err != nil {
			return fmt.Errorf("%s fails without any mutation:\n%s", in, out)
		}
		fmt.Printf("%s passes\n", in)
	}
	return nil
}

// kill takes the guard away in a copy and returns the name of a test that fell.
func kill(ctx context.Context, root, dir string, m mutant) (string, error) {
	overlay, err := m.overlay(root, dir)
	if err != nil {
		return "", err
	}
	out, err := test(ctx, root, overlay, m.in, m.run)
	if err == nil {
		return "", fmt.Errorf("SURVIVED: nothing in %s %s notices that %q is gone", m.in, m.run, m.guard)
	}
	if strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]") {
		return "", fmt.Errorf("the mutant of %q does not compile:\n%s", m.guard, out)
	}
	if killer := fallen(out); killer != "" {
		return killer, nil
	}
	return "", fmt.Errorf("no test fell for %q, and yet:\n%s", m.guard, out)
}

var failed = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)

// fallen is the first test that failed, and of its subtests the first: go test prints a
// parent before its children.
func fallen(out string) string {
	name := ""
	for _, m := range failed.FindAllStringSubmatch(out, -1) {
		if name == "" || strings.HasPrefix(m[1], name+"/") {
			name = m[1]
		}
	}
	return name
}

// overlay writes the mutated copies and the file that tells go to read them instead.
func (m mutant) overlay(root, dir string) (string, error) {
	replace := make(map[string]string)
	for i, c := range m.changes {
		path := filepath.Join(root, filepath.FromSlash(c.file))
		source, err := c.apply(path)
		if err != nil {
			return "", fmt.Errorf("%s: %w", m.guard, err)
		}
		if replace[path] != "" {
			return "", fmt.Errorf("%s: two changes of one file are one change", m.guard)
		}
		replace[path] = filepath.Join(dir, fmt.Sprintf("mutant%d.go", i))
		if err := os.WriteFile(replace[path], []byte(source), 0o600); err != nil {
			return "", err
		}
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "overlay.json")
	return name, os.WriteFile(name, data, 0o600)
}

// apply returns the text of the file without the guard.
func (c change) apply(path string) (string, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(source), c.with); n != 1 {
		return "", fmt.Errorf("%q stands %d times in %s, want once: mend the table", c.with, n, c.file)
	}
	return strings.Replace(string(source), c.with, c.without, 1), nil
}

// test runs the tests of a package, the first failure ending it, and returns what was
// printed. An interruption is passed on, so that nothing is left running.
func test(ctx context.Context, root, overlay, in, pattern string) (string, error) {
	args := []string{"test", "-vet=off", "-failfast", "-timeout", "5m"}
	if pattern != "" {
		args = append(args, "-run", pattern)
	}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, in)...)
	cmd.Dir = root
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.CombinedOutput()
	return string(out), err
}
