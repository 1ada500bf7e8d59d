package vault

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// The test binary runs itself again as a process of its own; see TestMain.
const (
	childMode = "IMPRIMATUR_VAULT_TEST_MODE"
	childFile = "IMPRIMATUR_VAULT_TEST_FILE"
)

// TestMain lets the binary play another process that opens or rotates a key file.
func TestMain(m *testing.M) {
	switch os.Getenv(childMode) {
	case "open":
		v, err := OpenKeyFile(os.Getenv(childFile), nil)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Printf("%x", v.Derive("same key"))
	case "rotate":
		v, err := OpenKeyFile(os.Getenv(childFile), nil)
		if err == nil {
			err = v.Rotate()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	default:
		os.Exit(m.Run())
	}
}

func child(t *testing.T, mode, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childMode+"="+mode, childFile+"="+path)
	return cmd
}

func openFile(t *testing.T, path string) *Vault {
	t.Helper()
	v, err := OpenKeyFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func names(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

func TestKeyFileIsMadeOnce(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "keys.json")
	v := openFile(t, path)
	sealed := seal(t, v, ada, "secret")
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Fatalf("mode %v, %v, want 0600", info.Mode(), err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wantOpens(t, openFile(t, path), ada, sealed, "secret")
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("opening changed the file: %v", err)
	}
	if got := names(t, folder); got != "keys.json" {
		t.Errorf("left behind %s", got)
	}
}

func TestKeyFileOfManyProcesses(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for round := range 3 {
		path := filepath.Join(folder, fmt.Sprint("keys", round))
		var wg sync.WaitGroup
		outs := make([]string, 8)
		for i := range outs {
			wg.Go(func() {
				out, err := child(t, "open", path).CombinedOutput()
				if err != nil {
					t.Errorf("%v: %s", err, out)
				}
				outs[i] = string(out)
			})
		}
		wg.Wait()
		want := fmt.Sprintf("%x", openFile(t, path).Derive("same key"))
		for _, got := range outs {
			if got != want {
				t.Errorf("a process has another key: %s, want %s", got, want)
			}
		}
	}
	if got := names(t, folder); got != "keys0 keys1 keys2" {
		t.Errorf("left behind %s", got)
	}
}

func TestKeyFileOthersCanRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys.json")
	openFile(t, path)
	root := os.Geteuid() == 0
	for mode, ok := range map[fs.FileMode]bool{
		0o600: true, 0o400: true, 0o640: root, 0o440: root,
		0o644: false, 0o604: false, 0o660: false, 0o620: false, 0o602: false, 0o666: false, 0o601: false,
	} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := OpenKeyFile(path, nil)
		if (err == nil) != ok {
			t.Errorf("mode %04o: %v, want accepted %t", mode, err, ok)
		}
		if err != nil && (!strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "chmod 600")) {
			t.Errorf("the error does not say what to do: %v", err)
		}
	}
}

func TestKeyFileOfAnotherUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file away")
	}
	path := filepath.Join(t.TempDir(), "keys.json")
	openFile(t, path)
	if err := os.Chown(path, 65534, 65534); err != nil {
		t.Skip(err)
	}
	if _, err := OpenKeyFile(path, nil); err == nil || !strings.Contains(err.Error(), "another user") {
		t.Errorf("got %v", err)
	}
}

func TestKeyFileThatIsNone(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, content := range map[string]string{
		"empty": "", "text": "hello canary", "json": `{"format":"x"}`, "large": strings.Repeat(" ", maxKeyFile+1),
	} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := OpenKeyFile(path, nil)
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "not a keyset") {
			t.Errorf("%s: got %v", name, err)
		}
		if got, _ := os.ReadFile(path); string(got) != content {
			t.Errorf("%s: the file was changed", name)
		}
	}
	if _, err := OpenKeyFile(folder, nil); err == nil {
		t.Error("a folder was opened")
	}
	if _, err := OpenKeyFile(filepath.Join(folder, "no", "such", "folder"), nil); err == nil {
		t.Error("a file in no folder was opened")
	}
	nowhere := filepath.Join(folder, "link")
	if err := os.Symlink(filepath.Join(folder, "gone"), nowhere); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKeyFile(nowhere, nil); err == nil {
		t.Error("a link to nothing was opened")
	}
}

func TestKeyFileThroughLink(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "keys.json")
	v := openFile(t, path)
	link := filepath.Join(folder, "mounted")
	if err := os.Symlink("keys.json", link); err != nil {
		t.Fatal(err)
	}
	wantOpens(t, openFile(t, link), ada, seal(t, v, ada, "secret"), "secret")
}

func TestRotateFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "keys.json")
	one, two := openFile(t, path), openFile(t, path)
	old, media := seal(t, one, ada, "old"), one.Derive("media")
	if err := one.Rotate(); err != nil {
		t.Fatal(err)
	}
	fresh := seal(t, one, ada, "fresh")
	if bytes.Equal(old[:5], fresh[:5]) {
		t.Error("the new key does not seal")
	}
	wantOpens(t, one, ada, old, "old")
	// The other process reads the file again when it meets what it cannot open.
	wantOpens(t, two, ada, fresh, "fresh")
	wantOpens(t, two, ada, old, "old")
	wantOpens(t, openFile(t, path), ada, fresh, "fresh")
	if !bytes.Equal(two.Derive("media"), media) {
		t.Error("rotation changed what is derived")
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if got := names(t, folder); got != "keys.json" {
		t.Errorf("left behind %s", got)
	}
}

// TestRotateTogether: of several processes each rotates or is told to wait; no key is
// lost either way.
func TestRotateTogether(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys.json")
	v := openFile(t, path)
	sealed := seal(t, v, ada, "secret")
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for range 6 {
		wg.Go(func() {
			out, err := child(t, "rotate", path).CombinedOutput()
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				done++
			} else if !strings.Contains(string(out), "another rotation is under way") {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	wg.Wait()
	last := openFile(t, path)
	if n := last.keys.Load().handle.Len(); n != 1+done || done == 0 {
		t.Errorf("%d keys after %d rotations", n, done)
	}
	wantOpens(t, last, ada, sealed, "secret")
}

func TestInterruptedRotation(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys.json")
	v := openFile(t, path)
	if err := os.WriteFile(path+".next", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := v.Rotate(); err == nil || !strings.Contains(err.Error(), "delete that file") {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(path + ".next"); err != nil {
		t.Fatal(err)
	}
	if err := v.Rotate(); err != nil {
		t.Error(err)
	}
}

// TestFileGoesBad: a running service keeps the keys it has, whatever happens to the file,
// and rotation refuses to build on what it cannot read.
func TestFileGoesBad(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys.json")
	v := openFile(t, path)
	sealed := seal(t, v, ada, "secret")
	foreign := seal(t, newVault(t), ada, "secret")
	for name, spoil := range map[string]func() error{
		"gone":      func() error { return os.Remove(path) },
		"cut":       func() error { return os.WriteFile(path, []byte("{"), 0o600) },
		"readable":  func() error { return os.Chmod(path, 0o644) },
		"unchanged": func() error { return nil },
	} {
		if err := spoil(); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		wantShut(t, v, ada, foreign)
		wantOpens(t, v, ada, sealed, "secret")
		if name == "unchanged" {
			continue
		}
		if err := v.Rotate(); err == nil {
			t.Errorf("%s: rotated", name)
		}
		if _, err := os.Stat(path + ".next"); err == nil {
			t.Errorf("%s: left the lock behind", name)
		}
	}
}

func TestConcurrentRotation(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys.json")
	one, two := openFile(t, path), openFile(t, path)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					wantOpens(t, two, ada, seal(t, one, ada, "secret"), "secret")
				}
			}
		})
	}
	for range 10 {
		if err := one.Rotate(); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Millisecond)
	}
	close(stop)
	wg.Wait()
}
