package app_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
)

// childMode makes the test binary a whole service in a process of its own, configured by
// the environment as a real one, that can be killed.
const (
	childMode = "IMPRIMATUR_TEST_CHILD"
	childDie  = "IMPRIMATUR_TEST_DIE"
)

func TestMain(m *testing.M) {
	if os.Getenv(childMode) == "" {
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
	s, err := app.Open(ctx, app.Options{
		Config: c, Reached: dieAt(os.Getenv(childDie)), Lease: 2 * time.Second, Sweep: 100 * time.Millisecond,
	})
	if err != nil {
		return err
	}
	defer s.Close()
	return s.Serve(ctx, app.Doors{Main: listener, Ready: func() { fmt.Println(c.Listen) }})
}

// dieAt kills the process when a named step is reached for the n-th time: "intent:2".
func dieAt(where string) func(string) {
	step, count, _ := strings.Cut(where, ":")
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil {
		return nil
	}
	var seen atomic.Int64
	return func(reached string) {
		if reached == step && seen.Add(1) == n {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
}

// child is a running service in a process of its own.
type child struct {
	base string
	cmd  *exec.Cmd
	done chan struct{}
}

// spawn starts a child; extra are lines of its environment. It returns when the child
// answers, or died before.
func spawn(t *testing.T, extra ...string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append([]string{childMode + "=1", "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}, extra...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: cmd, done: make(chan struct{})}
	if line := bufio.NewScanner(out); line.Scan() {
		c.base = "http://" + line.Text()
	}
	go func() {
		_ = cmd.Wait()
		close(c.done)
	}()
	t.Cleanup(c.kill)
	return c
}

// kill ends the child without a warning.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	<-c.done
}
