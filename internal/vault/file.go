package vault

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// maxKeyFile is more than a keyset of a thousand keys needs.
const maxKeyFile = 1 << 20

// keyFile is a keyset in a file.
type keyFile struct {
	path string
	// by seals the keys in the file, nil for nobody.
	by KeyService
	// seen is the file as it was when read last.
	seen fs.FileInfo
	// patience is how long another process that seals the file is waited for.
	patience time.Duration
}

// sealPatience is longer than the key service is waited for, and sealPause is between two looks.
const (
	sealPatience = 2 * serviceTimeout
	sealPause    = 20 * time.Millisecond
)

// errUnderWay is a file that another process replaces, or began to.
var errUnderWay = errors.New("another rotation is under way; if none is, one was interrupted: delete that file")

// OpenKeyFile returns a vault with the keyset in the file. When there is none it makes
// one that only its owner can read, complete and on the disk before it has its name: of
// several processes that start at once, one makes the keyset and all use it.
//
// It refuses a file that is not plain, that belongs to another user than the service's
// or root, that others can read or write, or that does not hold a keyset. The group may
// read a file of root's: that is how secrets are mounted into containers.
//
// Where a key service is named it seals the keys in the file, those of a file of before too. While it
// does not open them nothing is sealed or unsealed (KEYS_UNREACHABLE), and it is asked again; only a
// file that is to be made or sealed needs it at once.
func OpenKeyFile(path string, by KeyService) (*Vault, error) {
	v := &Vault{file: &keyFile{path: path, by: by, patience: sealPatience}, now: time.Now}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(path, by); err != nil {
			return nil, err
		}
	}
	if err := v.file.seal(); err != nil {
		return nil, err
	}
	if err := v.load(); err != nil {
		return nil, err
	}
	return v, nil
}

// create puts a new keyset at path unless somebody else was faster.
func create(path string, by KeyService) error {
	b, err := NewKeyset()
	if err == nil && by != nil {
		b, err = sealedBy(by, b)
	}
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

// rotate adds a key to the file.
func (k *keyFile) rotate() error { return k.replace(rotated) }

// seal has the key service seal a file whose keys are in the clear. Of several processes that start at
// once one does, and the others wait until it has.
func (k *keyFile) seal() error {
	if k.by == nil {
		return nil
	}
	end := time.NewTimer(k.patience)
	defer end.Stop()
	for {
		err := k.sealOnce()
		if !errors.Is(err, errUnderWay) { // guard: two that start at once both start
			return err
		}
		pause := time.NewTimer(sealPause)
		select {
		case <-pause.C:
		case <-end.C:
			pause.Stop()
			return err
		}
	}
}

func (k *keyFile) sealOnce() error {
	b, err := k.read()
	if err != nil {
		return err
	}
	if doc, err := decode(b); err != nil || doc.KeyService != "" {
		return nil // whoever reads it next says what is wrong
	}
	return k.replace(func(current []byte, by KeyService) ([]byte, error) {
		if doc, err := decode(current); err == nil && doc.KeyService != "" {
			return current, nil // another process was faster
		}
		return sealedBy(by, current)
	})
}

// replace puts another keyset in the file's place. The next file is also the lock: of two processes
// that replace it at once, one cannot create it.
func (k *keyFile) replace(next func(current []byte, by KeyService) ([]byte, error)) error {
	path := k.path + ".next"
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("vault: rotate: %s exists: %w", path, errUnderWay)
	}
	if err != nil {
		return fmt.Errorf("vault: rotate: %w", err)
	}
	b, err := k.become(next)
	if err != nil {
		return errors.Join(err, f.Close(), os.Remove(path))
	}
	if err := fill(f, b); err != nil {
		return errors.Join(fmt.Errorf("vault: rotate: %w", err), os.Remove(path))
	}
	if err := os.Rename(path, k.path); err != nil {
		return errors.Join(fmt.Errorf("vault: rotate: %w", err), os.Remove(path))
	}
	return syncFolder(k.path)
}

// become is what the file will hold, made from what it holds now that it is locked.
func (k *keyFile) become(next func([]byte, KeyService) ([]byte, error)) ([]byte, error) {
	b, err := k.read()
	if err != nil {
		return nil, err
	}
	b, err = next(b, k.by)
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
