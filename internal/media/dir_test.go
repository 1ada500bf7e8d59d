package media_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/media"
)

func digest(data []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(data)) }

// blobFile is where the blob of a digest must lie.
func blobFile(root, digest string) string {
	name := strings.TrimPrefix(digest, "sha256:")
	return filepath.Join(root, name[:2], name)
}

func openDir(tb testing.TB, path string) *media.Dir {
	tb.Helper()
	d, err := media.OpenDir(path)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// files lists every file under root.
func files(tb testing.TB, root string) []string {
	tb.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return found
}

// folder is a local directory.
type folder struct{ root string }

func newFolder(t *testing.T) place { return folder{filepath.Join(t.TempDir(), "media")} }

func (f folder) open(t *testing.T) store { return openDir(t, f.root) }

func (f folder) spoil(t *testing.T, digest string, data []byte) {
	t.Helper()
	if err := errors.Join(os.Remove(blobFile(f.root, digest)), os.WriteFile(blobFile(f.root, digest), data, 0o600)); err != nil {
		t.Fatal(err)
	}
}

func (f folder) digests(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, path := range files(t, f.root) {
		found = append(found, "sha256:"+filepath.Base(path))
	}
	return found
}

func TestDirKeepsBlobs(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "not", "there", "yet")
	d := openDir(t, root)
	var want []string
	for _, data := range [][]byte{{}, []byte("a"), bytes.Repeat([]byte("long "), 1<<18)} {
		if err := d.Put(t.Context(), digest(data), data); err != nil {
			t.Fatal(err)
		}
		// Another handle, as after a restart.
		got, err := openDir(t, root).Get(t.Context(), digest(data))
		if err != nil || !bytes.Equal(data, got) {
			t.Errorf("got %d bytes and error %v, want %d bytes", len(got), err, len(data))
		}
		want = append(want, blobFile(root, digest(data)))
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, files(t, root)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestDirWritesOnce(t *testing.T) {
	t.Parallel()
	root, data := t.TempDir(), []byte("the picture")
	d := openDir(t, root)
	var first os.FileInfo
	for range 2 {
		if err := d.Put(t.Context(), digest(data), data); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(blobFile(root, digest(data)))
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = info
		}
		if !os.SameFile(first, info) || !first.ModTime().Equal(info.ModTime()) {
			t.Error("the second Put wrote the blob again")
		}
		if info.Mode().Perm() != 0o400 {
			t.Errorf("mode %v, want read-only for the service alone", info.Mode())
		}
	}
}

func TestDirRefuses(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	root := filepath.Join(parent, "media")
	d := openDir(t, root)
	data := []byte("the picture")
	hex := strings.TrimPrefix(digest(data), "sha256:")

	_, err := d.Get(t.Context(), digest(data))
	if advocacy.KindOf(err) != advocacy.NotFound || advocacy.ReasonOf(err) != "BLOB_NOT_FOUND" {
		t.Errorf("absent: error %v, want BLOB_NOT_FOUND", err)
	}
	if err := d.Put(t.Context(), digest([]byte("another")), data); advocacy.ReasonOf(err) != "DIGEST_MISMATCH" {
		t.Errorf("another's digest: error %v, want DIGEST_MISMATCH", err)
	}
	for _, bad := range []string{
		"", "sha256:", hex, "sha256:" + hex[:63], "sha256:" + hex + "0", "SHA256:" + hex, "sha512:" + hex,
		"sha256:" + strings.ToUpper(hex), "sha256:" + hex[:63] + "\n", "sha256:" + hex[:63] + "\x00", " sha256:" + hex,
		"sha256:../" + hex[:61], "sha256:" + hex[:30] + "/../" + hex[:30], "sha256:" + strings.Repeat("../", 21) + "a",
		"sha256:" + strings.Repeat("/", 64), "sha256:" + strings.Repeat(".", 64), "sha256:" + hex[:62] + "é",
	} {
		if err := d.Put(t.Context(), bad, data); advocacy.ReasonOf(err) != "DIGEST_INVALID" {
			t.Errorf("Put %q: error %v, want DIGEST_INVALID", bad, err)
		}
		if _, err := d.Get(t.Context(), bad); advocacy.ReasonOf(err) != "DIGEST_INVALID" {
			t.Errorf("Get %q: error %v, want DIGEST_INVALID", bad, err)
		}
	}
	if found := files(t, parent); found != nil {
		t.Errorf("refused, and yet written: %q", found)
	}
}

func TestDirReportsTrouble(t *testing.T) {
	t.Parallel()
	root, data := t.TempDir(), []byte("the picture")
	d, name := openDir(t, root), digest(data)

	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Put(cancelled, name, data); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled Put: error %v", err)
	}
	if _, err := d.Get(cancelled, name); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled Get: error %v", err)
	}
	if found := files(t, root); found != nil {
		t.Errorf("cancelled, and yet written: %q", found)
	}

	if err := d.Put(t.Context(), name, data); err != nil {
		t.Fatal(err)
	}
	if err := d.Put(cancelled, name, data); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled Put of a blob that is there: error %v", err)
	}

	file := blobFile(root, name)
	if err := os.RemoveAll(filepath.Dir(file)); err != nil {
		t.Fatal(err)
	}
	if err := d.Put(t.Context(), name, data); !errors.Is(err, fs.ErrNotExist) || advocacy.KindOf(err) != advocacy.Internal {
		t.Errorf("Put without its folder: error %v", err)
	}
	// Opening again, as after restoring a backup, brings the folder back.
	if err := errors.Join(os.MkdirAll(file, 0o700), os.Remove(file), openDir(t, root).Put(t.Context(), name, data)); err != nil {
		t.Error(err)
	}
	// A folder in a blob's place is neither absent nor a blob.
	if err := errors.Join(os.Remove(file), os.Mkdir(file, 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Get(t.Context(), name); err == nil || advocacy.KindOf(err) != advocacy.Internal {
		t.Errorf("Get of a folder: error %v", err)
	}
	if _, err := media.OpenDir(blobFile(root, name) + "\x00"); err == nil {
		t.Error("opened a directory that cannot be")
	}
}

// TestDirMakesFoldersAsTheyAreNeeded holds that opening costs nothing but the directory, and that what was
// never kept is forgotten without a word.
func TestDirMakesFoldersAsTheyAreNeeded(t *testing.T) {
	t.Parallel()
	root, data := t.TempDir(), []byte("the picture")
	d := openDir(t, root)
	if err := d.Delete(t.Context(), digest(data)); err != nil {
		t.Errorf("Delete of what nobody put: error %v", err)
	}
	if made, err := os.ReadDir(root); err != nil || len(made) != 0 {
		t.Errorf("before the first blob there are %v, error %v", made, err)
	}
	// Two that share a folder, and a folder that another handle made.
	for _, d := range []*media.Dir{d, d, openDir(t, root)} {
		if err := d.Put(t.Context(), digest(data), data); err != nil {
			t.Error(err)
		}
	}
	if made, err := os.ReadDir(root); err != nil || len(made) != 1 || made[0].Name() != filepath.Base(filepath.Dir(blobFile(root, digest(data)))) {
		t.Errorf("after it there are %v, error %v", made, err)
	}
	// A directory that went away altogether, as an unmounted disk does, is not made anew.
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	if err := d.Put(t.Context(), digest([]byte("another")), []byte("another")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Put without the directory: error %v", err)
	}
}

// blobs are what several writers put at once, small and large.
func blobs() [][]byte {
	var all [][]byte
	for i := range 8 {
		all = append(all, bytes.Repeat([]byte{byte(i)}, 1<<(3*(i%6))))
	}
	return all
}

func wantBlobs(t *testing.T, root string) {
	t.Helper()
	for _, data := range blobs() {
		if _, err := openDir(t, root).Get(t.Context(), digest(data)); err != nil {
			t.Error(err)
		}
	}
	if found := files(t, root); len(found) != len(blobs()) {
		t.Errorf("%d files, want %d: %q", len(found), len(blobs()), found)
	}
}

// dirForChild names the directory a child process of TestDirManyProcesses fills.
const dirForChild = "IMPRIMATUR_TEST_MEDIA_DIR"

func TestDirManyProcesses(t *testing.T) {
	t.Parallel()
	if root := os.Getenv(dirForChild); root != "" {
		for range 10 {
			for _, data := range blobs() {
				if err := openDir(t, root).Put(t.Context(), digest(data), data); err != nil {
					t.Fatal(err)
				}
			}
		}
		return
	}
	root := t.TempDir()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDirManyProcesses$")
			child.Env = append(os.Environ(), dirForChild+"="+root)
			if out, err := child.CombinedOutput(); err != nil {
				t.Errorf("child: %v\n%s", err, out)
			}
		})
	}
	wg.Wait()
	wantBlobs(t, root)
}
