package app_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/store/testdisk"
)

// childMode makes the test binary a whole service in a process of its own, configured by
// the environment as a real one, that can be killed.
const (
	childMode = "IMPRIMATUR_TEST_CHILD"
	childDie  = "IMPRIMATUR_TEST_DIE"
	// childStop has the child stand still at a step, until it is told to go on.
	childStop = "IMPRIMATUR_TEST_STOP"
	// childDisk has the disk keep nothing any more from a step on.
	childDisk = "IMPRIMATUR_TEST_DISK"
	// childLease is how long a worker of the child may be silent.
	childLease = "IMPRIMATUR_TEST_LEASE"
	// childSpin has somebody else in the child take the time of two cores.
	childSpin = "IMPRIMATUR_TEST_SPIN"
	// childNaive has the child publish as nobody should.
	childNaive = "IMPRIMATUR_TEST_NAIVE"
	// childLog names a file that the child adds its log to, at the level of debugging.
	childLog = "IMPRIMATUR_TEST_LOG"
	// childMutant says which guard the child lacks, as its parent does, when guards are taken away.
	childMutant = "IMPRIMATUR_TEST_MUTANT"
)

func TestMain(m *testing.M) {
	if os.Getenv(childMode) == "" {
		// They wait for processes that wait, for most of their time. Whoever says another number is heard.
		if err := flag.Set("test.parallel", strconv.Itoa(8*runtime.GOMAXPROCS(0))); err != nil {
			panic(err)
		}
		os.Exit(m.Run())
	}
	if err := runChild(); err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(1)
	}
}

func runChild() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	var environ []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "IMPRIMATUR_TEST_") {
			environ = append(environ, e)
		}
	}
	c, err := config.Load(nil, environ)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	c.Listen = listener.Addr().String()
	lease := 2 * time.Second
	if d, err := time.ParseDuration(os.Getenv(childLease)); err == nil {
		lease = d
	}
	if os.Getenv(childSpin) != "" {
		var turns atomic.Int64
		for range 2 {
			go func() {
				for {
					turns.Add(1)
				}
			}()
		}
	}
	die, pause := signalAt(os.Getenv(childDie), syscall.SIGKILL), signalAt(os.Getenv(childStop), syscall.SIGSTOP)
	ready := make(chan struct{})
	breaks := diskAt(os.Getenv(childDisk), ready)
	logger, err := childLogger(os.Getenv(childLog))
	if err != nil {
		return err
	}
	s, err := app.Open(ctx, app.Options{
		Config: c, Reached: func(step string) { die(step); pause(step); breaks(step) }, Lease: lease, Sweep: 100 * time.Millisecond, Patience: patience, Logger: logger,
	})
	if err != nil {
		return err
	}
	// Each worker that is killed counts as one more that failed.
	s.Worker.LongestPause = 10 * time.Second
	if how := os.Getenv(childNaive); how != "" {
		for name, adapter := range s.Worker.Networks {
			s.Worker.Networks[name] = naive{adapter, how == naiveLook}
		}
	}
	defer s.Close()
	return s.Serve(ctx, app.Doors{Main: listener, Ready: func() { close(ready); fmt.Println(c.Listen) }})
}

// childLogger adds to a file, or says nothing where none is named.
func childLogger(path string) (*slog.Logger, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	return slog.New(slog.NewJSONHandler(file, &slog.HandlerOptions{Level: slog.LevelDebug})), err
}

// signalAt signals the process when a named step is reached for the n-th time: "intent:2".
func signalAt(where string, sig syscall.Signal) func(string) {
	step, count, _ := strings.Cut(where, ":")
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil {
		return func(string) {}
	}
	var seen atomic.Int64
	return func(reached string) {
		if reached != step || seen.Add(1) != n {
			return
		}
		// The signal may come to another thread, a moment after Kill returned.
		goesOn := make(chan os.Signal, 1)
		signal.Notify(goesOn, syscall.SIGCONT)
		_ = syscall.Kill(os.Getpid(), sig)
		<-goesOn
	}
}

// diskAt has the disk fail when a named step is reached first, in a service that has started.
func diskAt(where string, ready <-chan struct{}) func(string) {
	return func(reached string) {
		if reached != where {
			return
		}
		<-ready
		if err := testdisk.Everywhere(); err != nil {
			panic(err)
		}
	}
}

// child is a running service in a process of its own.
type child struct {
	// base is where it answers, once it is ready; empty when it died before.
	base  string
	cmd   *exec.Cmd
	ready chan struct{}
	// done is closed when it has ended, and end is how.
	done chan struct{}
	end  error
}

// spawn starts a child; extra are lines of its environment. It returns when the child
// answers, or died before.
func spawn(t *testing.T, extra ...string) *child {
	t.Helper()
	c := launch(t, extra...)
	<-c.ready
	return c
}

// launch starts a child and does not wait until it answers.
func launch(t *testing.T, extra ...string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append([]string{
		childMode + "=1", childMutant + "=" + os.Getenv(childMutant), "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"),
	}, extra...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: cmd, ready: make(chan struct{}), done: make(chan struct{})}
	go func() {
		if line := bufio.NewScanner(out); line.Scan() {
			c.base = "http://" + line.Text()
		}
		close(c.ready)
		c.end = cmd.Wait()
		close(c.done)
	}()
	t.Cleanup(c.kill)
	return c
}

// stands tells whether the child was stopped and waits to go on.
func (c *child) stands(t *testing.T) bool {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(after, "T")
}

// signal sends the child a signal.
func (c *child) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := c.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// leave asks the child to end and returns how it did.
func (c *child) leave(t *testing.T) error {
	t.Helper()
	c.signal(t, syscall.SIGTERM)
	<-c.done
	return c.end
}

// kill ends the child without a warning.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	<-c.done
}
