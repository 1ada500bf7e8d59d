//go:build unix

package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// private refuses a file that somebody else could have read or written.
func private(info fs.FileInfo) error {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.Mode().IsRegular() {
		return errors.New("not a plain file")
	}
	if s.Uid != 0 && int(s.Uid) != os.Geteuid() {
		return errors.New("it belongs to another user; make the service's user its owner")
	}
	allowed := fs.FileMode(0o700)
	if s.Uid == 0 {
		allowed = 0o740
	}
	if mode := info.Mode().Perm(); mode&^allowed != 0 {
		return fmt.Errorf("others can read or write it (mode %04o); run chmod 600, and rotate the keys if somebody may have read it", mode)
	}
	return nil
}

// syncFolder makes the file's name as durable as its bytes.
func syncFolder(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("vault: sync folder of key file: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("vault: sync folder of key file: %w", err)
	}
	return nil
}
