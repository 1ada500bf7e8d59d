// Package testsqlite makes databases on SQLite for tests: copies of one that was prepared once for all
// tests of a process. A copy costs a hundredth of bringing an empty file up to date.
package testsqlite

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// template is a database that others are copied from.
type template struct {
	once sync.Once
	data []byte
	err  error
}

// templates are those of this process, by key.
var templates sync.Map

// NewFrom returns the path of a new database in a folder that is removed when the test ends: a copy
// of one that prepare has filled. prepare runs once for each key and process; it must close its
// connections. When it fails, every test that asks for the key fails with its error.
func NewFrom(tb testing.TB, key string, prepare func(path string) error) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "test.db")
	CopyTo(tb, path, key, prepare)
	return path
}

// CopyTo is NewFrom for a path of the test's own.
func CopyTo(tb testing.TB, path, key string, prepare func(path string) error) {
	tb.Helper()
	kept, _ := templates.LoadOrStore(key, &template{err: errors.New("preparing it did not end")})
	t := kept.(*template)
	t.once.Do(func() { t.data, t.err = prepared(prepare) })
	err := t.err
	if err == nil {
		err = os.WriteFile(path, t.data, 0o600)
	}
	if err != nil {
		tb.Fatalf("testsqlite: template %q: %v", key, err)
	}
}

// prepared reads a file that prepare has filled.
func prepared(prepare func(path string) error) (data []byte, err error) {
	folder, err := os.MkdirTemp("", "imprimatur-testsqlite-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	path := filepath.Join(folder, "template.db")
	if err := prepare(path); err != nil {
		return nil, err
	}
	// The last connection to close has folded the write-ahead log into the file: what is beside it
	// still would be missing from each copy.
	if _, err := os.Stat(path + "-wal"); err == nil {
		return nil, errors.New("a connection is still open")
	}
	return os.ReadFile(path)
}
