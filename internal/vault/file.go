package vault

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// maxKeyFile is more than a keyset of a thousand keys needs.
const maxKeyFile = 1 << 20

// keyFile is a keyset in a file.
type keyFile struct {
	path string
	// seen is the file as it was when read last.
	seen fs.FileInfo
}

// OpenKeyFile returns a vault with the keyset in the file. When there is none it makes
// one that only its owner can read, complete and on the disk before it has its name: of
// several processes that start at once, one makes the keyset and all use it.
//
// It refuses a file that is not plain, that belongs to another user than the service's
// or root, that others can read or write, or that does not hold a keyset. The group may
// read a file of root's: that is how secrets are mounted into containers.
func OpenKeyFile(path string) (*Vault, error) {
	v := &Vault{file: &keyFile{path: path}}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, err
		}
	}
	if err := v.load(); err != nil {
		return nil, err
	}
	return v, nil
}

// create puts a new keyset at path unless somebody else was faster.
func create(path string) error {
	b, err := NewKeyset()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".keyset-*")
	if err != nil {
		return fmt.Errorf("vault: create key file: %w", err)
	}
	defer os.Remove(f.Name())
	if err := fill(f, b); err != nil {
		return fmt.Errorf("vault: create key file: %w", err)
	}
	// A link, unlike a rename, does not replace what is there.
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("vault: create key file: %w", err)
	}
	return syncFolder(path)
}

// rotate adds a key to the file. The next file is also the lock: of two processes that
// rotate at once, one cannot create it.
func (k *keyFile) rotate() error {
	next := k.path + ".next"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("vault: rotate: %s exists: another rotation is under way; if none is, one was interrupted: delete that file", next)
	}
	if err != nil {
		return fmt.Errorf("vault: rotate: %w", err)
	}
	b, err := k.next()
	if err != nil {
		return errors.Join(err, f.Close(), os.Remove(next))
	}
	if err := fill(f, b); err != nil {
		return errors.Join(fmt.Errorf("vault: rotate: %w", err), os.Remove(next))
	}
	if err := os.Rename(next, k.path); err != nil {
		return errors.Join(fmt.Errorf("vault: rotate: %w", err), os.Remove(next))
	}
	return syncFolder(k.path)
}

// next is what the file will hold, made from what it holds now that it is locked.
func (k *keyFile) next() ([]byte, error) {
	b, err := k.read()
	if err != nil {
		return nil, err
	}
	b, err = RotateKeyset(b)
	if err != nil {
		return nil, fmt.Errorf("vault: key file %s: %w", k.path, err)
	}
	return b, nil
}

// read returns the file's bytes if nobody else could have read them.
func (k *keyFile) read() ([]byte, error) {
	f, err := os.Open(k.path)
	if err != nil {
		return nil, fmt.Errorf("vault: open key file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("vault: open key file: %w", err)
	}
	if err := private(info); err != nil {
		return nil, fmt.Errorf("vault: key file %s: %w", k.path, err)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return nil, fmt.Errorf("vault: read key file: %w", err)
	}
	if len(b) == 0 || len(b) > maxKeyFile {
		return nil, fmt.Errorf("vault: key file %s: not a keyset: it has %d bytes", k.path, info.Size())
	}
	k.seen = info
	return b, nil
}

// changed tells whether the file is another than the one read last.
func (k *keyFile) changed() bool {
	info, err := os.Stat(k.path)
	return err == nil && !(os.SameFile(info, k.seen) && info.ModTime().Equal(k.seen.ModTime()) && info.Size() == k.seen.Size())
}

// fill writes the bytes to the disk and closes the file.
func fill(f *os.File, b []byte) error {
	_, err := f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
