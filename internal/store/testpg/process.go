package testpg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// patterns say where PostgreSQL's programs are. Debian keeps each version in a folder.
var patterns = []string{"/usr/lib/postgresql/*/bin", "/usr/local/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin"}

// settings make a server that forgets everything at a crash and costs little.
var settings = []string{
	"listen_addresses=", // only the socket, so no port can be taken
	"max_connections=400",
	"fsync=off",
	"synchronous_commit=off",
	"full_page_writes=off",
	"max_wal_size=4GB",    // no checkpoint in the middle of a test
	"log_checkpoints=off", // dropping a database makes one
	"timezone=UTC",
}

// watch waits until the test process is gone, which closes its standard input, and then
// clears up. The server gets SIGQUIT: it need not save anything.
const watch = `
cat >/dev/null
kill -QUIT "$1" 2>/dev/null
n=0
while [ -e "$2/data/postmaster.pid" ] && kill -0 "$1" 2>/dev/null && [ $n -lt 100 ]; do n=$((n + 1)); sleep 0.1; done
rm -rf "$2"
`

// start runs a server in a new folder until this process ends.
func start() (dsn string, err error) {
	bin, err := programs()
	if err != nil {
		return "", err
	}
	owner, err := serverUser()
	if err != nil {
		return "", err
	}
	folder, err := newFolder(owner)
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}()
	if err := initialise(bin, folder, owner); err != nil {
		return "", err
	}
	return serve(bin, folder, owner)
}

// newFolder makes the folder a server lives in.
func newFolder(owner *syscall.Credential) (string, error) {
	parent := os.TempDir()
	if !fits(parent, owner) {
		parent = "/tmp"
	}
	folder, err := os.MkdirTemp(parent, "testpg")
	if err != nil || owner == nil {
		return folder, err
	}
	if err := os.Chown(folder, int(owner.Uid), int(owner.Gid)); err != nil {
		return "", errors.Join(err, os.RemoveAll(folder))
	}
	return folder, nil
}

// fits says whether a server can live below a folder: a socket's path has at most 103 characters
// (107 on Linux), and the server's user has to get there. It is worth asking: a database is some
// hundred files, and where TMPDIR is memory they are made in a tenth of the time.
func fits(parent string, owner *syscall.Credential) bool {
	if len(parent)+len("/testpg4294967295/.s.PGSQL.5432") > 103 || !filepath.IsAbs(parent) {
		return false
	}
	if owner == nil {
		return true
	}
	for {
		info, err := os.Stat(parent)
		if err != nil || info.Mode()&0o001 == 0 {
			return false
		}
		if parent == filepath.Dir(parent) {
			return true
		}
		parent = filepath.Dir(parent)
	}
}

// programs is the folder that has initdb and postgres, the newest if there are several.
func programs() (string, error) {
	if os.Getenv(dsnEnv) == none {
		return "", errNone
	}
	for _, pattern := range patterns {
		folders, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		slices.SortFunc(folders, func(a, b string) int { return majorOf(b) - majorOf(a) })
		for _, folder := range folders {
			if executable(filepath.Join(folder, "initdb")) && executable(filepath.Join(folder, "postgres")) {
				return folder, nil
			}
		}
	}
	return "", errNone
}

// majorOf reads the version from Debian's …/postgresql/15/bin.
func majorOf(folder string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(folder)))
	return n
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// serverUser is who the server must run as: nobody else, unless this is root, whom
// PostgreSQL refuses.
func serverUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("root cannot run PostgreSQL, and there is no other user for it: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func initialise(bin, folder string, owner *syscall.Credential) error {
	cmd := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(folder, "data"),
		"-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	cmd.Dir = folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: owner}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

// serve starts the server and its watcher, and waits until it answers.
func serve(bin, folder string, owner *syscall.Credential) (dsn string, err error) {
	log, err := os.Create(filepath.Join(folder, "log"))
	if err != nil {
		return "", err
	}
	defer log.Close()
	args := []string{"-D", filepath.Join(folder, "data"), "-k", folder}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	cmd := exec.Command(filepath.Join(bin, "postgres"), args...)
	cmd.Dir = folder
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = serverAttributes(owner)
	ended, err := launch(cmd)
	if err != nil {
		return "", fmt.Errorf("postgres: %w", err)
	}
	if err := watchOver(cmd.Process.Pid, folder); err != nil {
		return "", errors.Join(fmt.Errorf("watcher: %w", err), cmd.Process.Signal(syscall.SIGQUIT), <-ended)
	}
	dsn = fmt.Sprintf("host=%s user=postgres dbname=postgres sslmode=disable", folder)
	if err := await(dsn, ended); err != nil {
		_ = cmd.Process.Signal(syscall.SIGQUIT)
		tail, _ := os.ReadFile(log.Name())
		return "", fmt.Errorf("postgres: %w\n%s", err, bytes.TrimSpace(tail))
	}
	return dsn, nil
}

// launch starts the server from a thread that lives as long as the process does: Linux
// sends the parent-death signal when the thread ends, not the process. The thread is given back in
// the end, for one that is locked would end with its goroutine, and with it whatever else was
// started from it before.
func launch(cmd *exec.Cmd) (ended <-chan error, err error) {
	started, done := make(chan error), make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			done <- cmd.Wait()
		}
	}()
	return done, <-started
}

// watchOver starts the process that clears up after this one. It is in a session of its
// own, so that Ctrl-C does not end it first, and shares no output with the tests, for
// whose end "go test" waits.
func watchOver(pid int, folder string) error {
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	cmd := exec.Command("/bin/sh", "-c", watch, "testpg", strconv.Itoa(pid), folder)
	cmd.Dir = "/"
	cmd.Stdin = read
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = cmd.Start()
	_ = read.Close()
	if err != nil {
		return errors.Join(err, write.Close())
	}
	// The write end is never closed by us, and no finalizer may close it: the end of the
	// process does.
	lifelines = append(lifelines, write)
	return nil
}

var lifelines []*os.File

// await waits until the server answers or has ended.
func await(dsn string, ended <-chan error) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := pgx.Connect(ctx, dsn)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case end := <-ended:
			return fmt.Errorf("it ended: %w", end)
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}
