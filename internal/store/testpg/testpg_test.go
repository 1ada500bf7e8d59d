package testpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// run executes statements in a database and closes the connection.
func run(dsn string, statements ...string) error {
	conn, err := pgx.Connect(context.Background(), dsn)
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	for _, s := range statements {
		if _, err := conn.Exec(context.Background(), s); err != nil {
			return err
		}
	}
	return nil
}

func TestDatabasesAreApart(t *testing.T) {
	t.Parallel()
	a, b := New(t), New(t)
	if err := run(a, "create table t (n integer)"); err != nil {
		t.Fatal(err)
	}
	if err := run(b, "select * from t"); err == nil {
		t.Error("a table made in one database is in the other")
	}
}

func TestTemplateIsPreparedOnce(t *testing.T) {
	t.Parallel()
	ours.connect(t)
	key := t.Name() + newName() // another run in this process has a template of its own
	var prepared atomic.Int32
	prepare := func(dsn string) error {
		prepared.Add(1)
		return run(dsn, "create table t (n integer)", "insert into t values (1)")
	}
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			dsn := NewFrom(t, key, prepare)
			if err := run(dsn, "insert into t values (2)", "do $$ begin assert (select count(*) from t) = 2; end $$"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := prepared.Load(); got != 1 {
		t.Errorf("prepared %d times, want once", got)
	}
}

func TestTemplateWithAForgottenConnection(t *testing.T) {
	t.Parallel()
	key := t.Name() + newName()
	var forgotten *pgx.Conn
	dsn := NewFrom(t, key, func(dsn string) (err error) {
		forgotten, err = pgx.Connect(context.Background(), dsn)
		return err
	})
	if err := run(dsn, "select 1"); err != nil {
		t.Error(err)
	}
	if err := forgotten.Ping(t.Context()); err == nil {
		t.Error("the forgotten connection to the template still works")
	}
}

func TestDatabaseGoesWithItsTest(t *testing.T) {
	t.Parallel()
	var name string
	t.Run("user", func(t *testing.T) {
		conn, err := pgx.Connect(t.Context(), New(t)) // and forgets to close it
		if err != nil {
			t.Fatal(err)
		}
		name = conn.Config().Database
	})
	if names := listed(t); slices.Contains(names, name) || name == "" {
		t.Errorf("%q is still among %v", name, names)
	}
}

func listed(t *testing.T) []string {
	t.Helper()
	names, err := list(ours.connect(t))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// recorder is a test that notes how it is ended. Like a real one, it ends its goroutine.
type recorder struct {
	testing.TB
	ended string
}

func (r *recorder) Helper() {}

func (r *recorder) Skipf(format string, args ...any) { r.end("skip: ", format, args) }

func (r *recorder) Fatalf(format string, args ...any) { r.end("fatal: ", format, args) }

func (r *recorder) end(how, format string, args []any) {
	r.ended = how + fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// endOf runs fn as a test and says how it ended.
func endOf(t *testing.T, fn func(testing.TB)) string {
	r := &recorder{TB: t}
	var wg sync.WaitGroup
	wg.Go(func() { fn(r) })
	wg.Wait()
	return r.ended
}

func TestFailedTemplateFailsEveryTest(t *testing.T) {
	t.Parallel()
	ours.connect(t)
	key := t.Name() + newName()
	prepare := func(string) error { return errors.New("no such table") }
	for range 2 {
		got := endOf(t, func(tb testing.TB) { NewFrom(tb, key, prepare) })
		if !strings.HasPrefix(got, "fatal: ") || !strings.Contains(got, "no such table") {
			t.Errorf("ended with %q", got)
		}
	}
}

func TestWithoutPostgreSQL(t *testing.T) {
	tests := []struct {
		require string
		err     error
		want    string
	}{
		{"", errNone, "skip: SKIPPED"},
		{"1", errNone, "fatal: testpg: there is no PostgreSQL"},
		{"", errors.New("it does not start"), "fatal: testpg: it does not start"},
	}
	for _, tt := range tests {
		t.Setenv(requireEnv, tt.require)
		s := &server{find: func() (string, error) { return "", tt.err }}
		if got := endOf(t, func(tb testing.TB) { s.database(tb, "template0") }); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s=%s, %v: ended with %q, want %q…", requireEnv, tt.require, tt.err, got, tt.want)
		}
	}
}

func TestNamedServerIsUsedAndSwept(t *testing.T) {
	dsn := ours.connect(t)
	old := fmt.Sprintf("%s%d_old", prefix, time.Now().Add(-2*leftover).Unix())
	fresh, odd := newName(), prefix+"odd"
	if err := run(dsn, "create database "+old, "create database "+fresh, "create database "+odd); err != nil {
		t.Fatal(err)
	}
	t.Setenv(dsnEnv, dsn)
	got, err := find()
	if err != nil || got != dsn {
		t.Errorf("found %q, %v; want the server named in %s", got, err, dsnEnv)
	}
	var left []string
	for _, name := range []string{old, fresh, odd} {
		if slices.Contains(listed(t), name) {
			left = append(left, name)
		}
	}
	if diff := cmp.Diff([]string{fresh, odd}, left); diff != "" {
		t.Error(diff)
	}
	if err := run(dsn, "drop database "+fresh, "drop database "+odd); err != nil {
		t.Error(err)
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	for dsn, want := range map[string]string{
		"host=/tmp user=u dbname=postgres":         "host=/tmp user=u dbname=postgres dbname=x",
		"postgres://u:p@h:5/postgres?sslmode=off":  "postgres://u:p@h:5/x?sslmode=off",
		"postgresql://h?dbname=postgres&user=some": "postgresql://h/x?user=some",
	} {
		if got := within(dsn, "x"); got != want {
			t.Errorf("within(%s) = %s, want %s", dsn, got, want)
		}
	}
	config, err := pgx.ParseConfig(within("host=/tmp user=u dbname=postgres", "x"))
	if err != nil || config.Database != "x" {
		t.Errorf("pgx reads %v, %v", config, err)
	}
}

const childEnv = "IMPRIMATUR_TEST_PG_CHILD"

// TestChild is the process of the next test; by itself it tests nothing.
func TestFolderOfTheServer(t *testing.T) {
	t.Parallel()
	closed, other := t.TempDir(), &syscall.Credential{Uid: 65534, Gid: 65534}
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	long := filepath.Join(closed, strings.Repeat("l", 90))
	for _, c := range []struct {
		parent string
		owner  *syscall.Credential
		want   bool
	}{
		{"/", other, true}, {"/tmp", other, true}, {"/tmp", nil, true},
		{closed, nil, true}, {closed, other, false}, {filepath.Join(closed, "x"), other, false},
		{long, nil, false}, {"tmp", nil, false}, {"/not/there", other, false},
	} {
		if got := fits(c.parent, c.owner); got != c.want {
			t.Errorf("a server of %+v in %s: %t, want %t", c.owner, c.parent, got, c.want)
		}
	}
}

func TestChild(t *testing.T) {
	end := os.Getenv(childEnv)
	if end == "" {
		t.Skip("only runs as the child of TestServerGoesWithTheProcess")
	}
	config, err := pgx.ParseConfig(New(t))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("folder %s\n", config.Host)
	switch end {
	case "panic":
		go panic("on purpose")
		select {}
	case "kill":
		select {}
	}
}

func TestServerGoesWithTheProcess(t *testing.T) {
	t.Parallel()
	if os.Getenv(dsnEnv) != "" {
		t.Skipf("%s is set: no server is started", dsnEnv)
	}
	ours.connect(t)
	for _, end := range []string{"return", "panic", "kill"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			child := exec.Command(os.Args[0], "-test.run=^TestChild$")
			child.Env = append(os.Environ(), childEnv+"="+end)
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			var folder string
			if _, err := fmt.Fscanf(out, "folder %s\n", &folder); err != nil {
				t.Fatal(err)
			}
			if end == "kill" {
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
			if err := child.Wait(); (err == nil) != (end == "return") {
				t.Errorf("the child ended with %v", err)
			}
			waitForEnd(t, folder)
		})
	}
}

// waitForEnd waits until the folder is gone, and the server with it.
func waitForEnd(t *testing.T, folder string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(30 * time.Second)
	for {
		if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
			break
		}
		select {
		case <-tick.C:
		case <-deadline:
			left, _ := filepath.Glob(filepath.Join(folder, "*"))
			t.Fatalf("%s is still there: %v", folder, left)
		}
	}
	if err := run("host=" + folder + " user=postgres dbname=postgres"); err == nil {
		t.Error("the server still answers")
	}
}
