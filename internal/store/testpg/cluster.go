package testpg

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Cluster is a server of one test alone, which the test may kill. It keeps what it acknowledged
// through that; only the machine may not go down.
type Cluster struct {
	// DSN connects to an empty database.
	DSN    string
	bin    string
	folder string
	owner  *syscall.Credential
	server *exec.Cmd
	ended  <-chan error
}

// NewCluster starts a server that ends with its test. It needs the programs on this machine, even
// where another server is named.
func NewCluster(tb testing.TB) *Cluster {
	tb.Helper()
	bin, err := programs()
	if errors.Is(err, errNone) && os.Getenv(requireEnv) != "1" {
		tb.Skipf("SKIPPED, NOTHING WAS TESTED ON POSTGRESQL: there is %v. Install it (apt-get install postgresql).", err)
	}
	c := &Cluster{bin: bin}
	if err == nil {
		c.owner, err = serverUser()
	}
	if err == nil {
		c.folder, err = newFolder(c.owner)
	}
	if err != nil {
		tb.Fatalf("testpg: %v", err)
	}
	c.DSN = fmt.Sprintf("host=%s user=postgres dbname=postgres sslmode=disable", c.folder)
	tb.Cleanup(func() {
		if c.server != nil {
			_ = c.server.Process.Signal(syscall.SIGQUIT)
			<-c.ended
		}
		if err := os.RemoveAll(c.folder); err != nil {
			tb.Errorf("testpg: %v", err)
		}
	})
	if err := initialise(bin, c.folder, c.owner); err != nil {
		tb.Fatalf("testpg: %v", err)
	}
	c.Start(tb)
	return c
}

// Kill ends the server's first process without a warning; the others leave when they notice.
func (c *Cluster) Kill(tb testing.TB) {
	tb.Helper()
	if err := c.server.Process.Kill(); err != nil {
		tb.Fatalf("testpg: %v", err)
	}
	<-c.ended
	c.server = nil
}

// Start starts the server after Kill, once the processes of the one before are gone, and returns
// when it answers.
func (c *Cluster) Start(tb testing.TB) {
	tb.Helper()
	log, err := os.OpenFile(filepath.Join(c.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		tb.Fatalf("testpg: %v", err)
	}
	defer log.Close()
	args := []string{"-D", filepath.Join(c.folder, "data"), "-k", c.folder}
	for _, s := range append(settings, "synchronous_commit=on") { // the last one counts
		args = append(args, "-c", s)
	}
	for deadline := time.Now().Add(patience); ; {
		cmd := exec.Command(filepath.Join(c.bin, "postgres"), args...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = c.folder, log, log
		cmd.SysProcAttr = serverAttributes(c.owner)
		ended, err := launch(cmd)
		if err != nil {
			tb.Fatalf("testpg: postgres: %v", err)
		}
		err = await(c.DSN, ended)
		if err == nil {
			c.server, c.ended = cmd, ended
			return
		}
		if _, refused := errors.AsType[*exec.ExitError](err); !refused || time.Now().After(deadline) {
			_ = cmd.Process.Signal(syscall.SIGQUIT)
			tail, _ := os.ReadFile(log.Name())
			tb.Fatalf("testpg: postgres: %v\n%s", err, tail)
		}
	}
}
