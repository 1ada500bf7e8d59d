// Package demotest keeps the sample company for tests: its story is told once, and each test has a copy
// of the folder it was told in, which costs a tenth.
package demotest

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Folder is the data directory of a service that left it, with the sample company. The zero value is
// ready to use.
type Folder struct {
	once sync.Once
	path string
	err  error
}

// Copy returns a copy in a folder that is removed when the test ends. The first to ask has tell fill
// the folder; when that fails, every test that asks fails with its error.
func (f *Folder) Copy(tb testing.TB, tell func(folder string) error) string {
	tb.Helper()
	f.once.Do(func() {
		if f.path, f.err = os.MkdirTemp("", "imprimatur-demotest-"); f.err == nil {
			f.err = tell(f.path)
		}
	})
	own, err := tb.TempDir(), f.err
	if err == nil {
		err = os.CopyFS(own, os.DirFS(f.path))
	}
	if err == nil { // a copy may be read by all
		err = os.Chmod(filepath.Join(own, "keyset"), 0o600)
	}
	if err != nil {
		tb.Fatalf("demotest: %v", err)
	}
	return own
}

// Remove removes the folder, when all tests are over.
func (f *Folder) Remove() {
	f.once.Do(func() {})
	if f.path != "" {
		_ = os.RemoveAll(f.path)
	}
}
