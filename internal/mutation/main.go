// Command mutation takes each guard of the service away, one at a time, and names the test
// that falls. It fails when a guard can go without a test noticing.
//
//	go run ./internal/mutation               # all
//	go run ./internal/mutation fencing       # those whose name holds the word
//	go run ./internal/mutation -twelfth 1f3a9c # a twelfth of them; which, a number in hexadecimal says
//
// It knows the guards only as text: a table of what a line says and what it says without
// its guard. When the line is not found the table is out of date, and that fails too.
//
// The tests of a package are built once, from copies in which each function of the table
// has a body for each of its mutants beside its own; a variable of the environment says
// which is meant. A mutant that does not compile is a mistake of the table and ends the
// run, and the tests have to pass while no mutant is meant.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	twelfth := flag.String("twelfth", "", "try a twelfth of them: which, this hexadecimal number says")
	flag.Parse()
	if err := run(ctx, *twelfth, strings.Join(flag.Args(), " ")); err != nil {
		fmt.Fprintln(os.Stderr, "mutation:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, twelfth, word string) error {
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
	if len(chosen) == 0 { // a word that is misspelt would otherwise pass for a guard that is held
		return fmt.Errorf("no guard has %q in its name", word)
	}
	if chosen, err = twelfthOf(chosen, twelfth); err != nil {
		return err
	}
	l := &laboratory{root: root, dir: dir, turns: make(chan struct{}, 4)}
	if l.sources, err = l.overlay(chosen); err != nil {
		return err
	}
	return l.tryAll(ctx, chosen)
}

// twelfthOf leaves a twelfth, which one a number says; all when there is no number. Building the tests
// of a package takes as long as many of its mutants, so that those of one package stay together as far
// as a twelfth holds them. What shows that the crash tests would see a fault is always tried.
func twelfthOf(all []mutant, number string) ([]mutant, error) {
	if number == "" {
		return all, nil
	}
	n, err := strconv.ParseUint(number, 16, 64)
	if err != nil {
		return nil, fmt.Errorf("-twelfth: %w", err)
	}
	count := make(map[string]int)
	for _, m := range all {
		count[m.in]++
	}
	together := slices.Clone(all)
	slices.SortStableFunc(together, func(a, b mutant) int {
		return cmp.Or(cmp.Compare(count[b.in], count[a.in]), cmp.Compare(a.in, b.in))
	})
	which := int(n % 12)
	first, end := len(together)*which/12, len(together)*(which+1)/12
	always := func(m mutant) bool { return strings.HasSuffix(m.guard, judged) }
	// These wait longest, and are begun first.
	chosen := slices.DeleteFunc(slices.Clone(together), func(m mutant) bool { return !always(m) })
	return append(chosen, slices.DeleteFunc(together[first:end], always)...), nil
}

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	return filepath.Dir(strings.TrimSpace(string(out))), err
}

// laboratory holds the tests of each package, built with every mutant inside.
type laboratory struct {
	root, dir string
	// sources is the overlay that the tests are built from.
	sources string
	// turns lets a few tests run at once, for some only wait.
	turns chan struct{}
}

// tryAll builds the tests of one package after the other, and tries the mutants of each as soon as
// its tests were seen to pass without any: what only waits does so while others are built. It
// joins what was wrong with the mutants.
func (l *laboratory) tryAll(ctx context.Context, chosen []mutant) error {
	var mu sync.Mutex
	var wrong []error
	tried := 0
	try := func(ctx context.Context, p *tested, m mutant) {
		began := time.Now()
		killer, err := l.kill(ctx, p, m)
		if ctx.Err() != nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			wrong = append(wrong, err)
			killer, _, _ = strings.Cut(err.Error(), "\n")
		}
		tried++
		fmt.Printf("%3d/%d %4.0fs  %-44s %s\n", tried, len(chosen), time.Since(began).Seconds(), m.guard, killer)
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, p := range packagesOf(chosen) {
		if err := l.build(ctx, p); err != nil {
			group.Go(func() error { return err })
			break
		}
		group.Go(func() error {
			if err := l.sound(ctx, p); err != nil {
				return err
			}
			for _, m := range p.mutants {
				l.turns <- struct{}{}
				group.Go(func() error {
					defer func() { <-l.turns }()
					try(ctx, p, m)
					return ctx.Err()
				})
			}
			return nil
		})
	}
	ended := group.Wait()
	return errors.Join(append(wrong, ended)...)
}

// tested is a package whose tests have mutants inside.
type tested struct {
	in      string
	mutants []mutant
	// quiet: its properties write failing examples unless told not to.
	quiet bool
}

// packagesOf are those whose tests the mutants are tried by, each once.
func packagesOf(chosen []mutant) []*tested {
	var all []*tested
	for _, m := range chosen {
		i := slices.IndexFunc(all, func(p *tested) bool { return p.in == m.in })
		if i < 0 {
			i, all = len(all), append(all, &tested{in: m.in})
		}
		all[i].mutants = append(all[i].mutants, m)
	}
	return all
}

// build builds the tests of a package.
func (l *laboratory) build(ctx context.Context, p *tested) error {
	began := time.Now()
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay", l.sources, "-o", l.binary(p.in), p.in)
	cmd.Dir = l.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("the mutants do not compile: %w\n%s", err, out)
	}
	p.quiet = exec.CommandContext(ctx, l.binary(p.in), "-test.run", "^$", keepNoExample).Run() == nil
	fmt.Printf("%4.0fs  %s is built\n", time.Since(began).Seconds(), p.in)
	return nil
}

// keepNoExample keeps a mutant's failures from being tried again as the code's own.
const keepNoExample = "-rapid.nofailfile"

func (l *laboratory) binary(in string) string { return filepath.Join(l.dir, filepath.Base(in)+".test") }

// sound runs the tests with no mutant: one that fails anyway kills nothing.
func (l *laboratory) sound(ctx context.Context, p *tested) error {
	var runs []string
	for _, m := range p.mutants {
		if !slices.Contains(runs, m.run) {
			runs = append(runs, m.run)
		}
	}
	pattern := strings.Join(runs, "|")
	if slices.Contains(runs, "") {
		pattern = ""
	}
	l.turns <- struct{}{}
	defer func() { <-l.turns }()
	began := time.Now()
	if out, err := l.test(ctx, p, mutant{run: pattern}); err != nil {
		return fmt.Errorf("%s fails without any mutation:\n%s", p.in, out)
	}
	fmt.Printf("%4.0fs  %s passes\n", time.Since(began).Seconds(), p.in)
	return nil
}

// kill takes the guard away and returns the name of a test that fell.
func (l *laboratory) kill(ctx context.Context, p *tested, m mutant) (string, error) {
	out, err := l.test(ctx, p, m)
	if err == nil {
		return "", fmt.Errorf("SURVIVED: nothing in %s %s notices that %q is gone", m.in, m.run, m.guard)
	}
	if killer := fallen(out); killer != "" {
		return killer, nil
	}
	return "", fmt.Errorf("no test fell for %q, and yet:\n%s", m.guard, out)
}

// test runs tests with a mutant, the first failure ending them, and returns what was
// printed. An interruption is passed on, so that nothing is left running.
func (l *laboratory) test(ctx context.Context, p *tested, m mutant) (string, error) {
	args := []string{"-test.failfast", "-test.timeout", "5m", "-test.run", m.run}
	if p.quiet {
		args = append(args, keepNoExample)
	}
	cmd := exec.CommandContext(ctx, l.binary(p.in), args...)
	cmd.Dir = filepath.Join(l.root, p.in)
	// Where Go builds is not where a test keeps its files: testing would follow it there.
	cmd.Env = append(os.Environ(), switchName+"="+m.guard, "GOTMPDIR=")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.CombinedOutput()
	return string(out), err
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
