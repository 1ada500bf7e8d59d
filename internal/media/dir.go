package media

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Dir keeps blobs in a local directory, each in a file named after its digest. Any
// number of goroutines and processes may share one directory.
type Dir struct {
	path string

	mu sync.Mutex
	// lasting are the folders in it that a power cut leaves.
	lasting map[string]bool
}

// OpenDir opens the directory at path and makes it when it is not there.
func OpenDir(path string) (*Dir, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("media directory: %w", err)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("media directory: %w", err)
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("media directory: %w", err)
	}
	return &Dir{path: path, lasting: make(map[string]bool)}, nil
}

// Put keeps data under its digest. When it returns nil the blob survives a power cut.
//
// A blob is written once: one that is there already is left as it is, even when its
// bytes have rotted, since Get will say so and the file is evidence. A digest that is
// not one, or not that of data, is Invalid: DIGEST_INVALID, DIGEST_MISMATCH.
func (d *Dir) Put(ctx context.Context, digest string, data []byte) error {
	file, err := d.file(digest)
	if err != nil {
		return err
	}
	if err := matches(digest, data); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := d.folder(filepath.Dir(file)); err != nil {
		return fmt.Errorf("keep blob %s: %w", digest, err)
	}
	_, err = os.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) {
		err = write(file, data)
	}
	if err != nil {
		return fmt.Errorf("keep blob %s: %w", digest, err)
	}
	// Also for a blob that was there: whoever renamed it may not have synced yet.
	if err := syncFolder(filepath.Dir(file)); err != nil {
		return fmt.Errorf("keep blob %s: %w", digest, err)
	}
	return nil
}

// Get returns the blob of a digest, hashed again after reading.
//
// A blob nobody put is NotFound (BLOB_NOT_FOUND). One whose bytes no longer have the
// digest is Internal (BLOB_CORRUPT, with the digest in Meta), and none of it is returned.
func (d *Dir) Get(ctx context.Context, digest string) ([]byte, error) {
	file, err := d.file(digest)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, absent(digest)
	}
	if err != nil {
		return nil, fmt.Errorf("read blob %s: %w", digest, err)
	}
	return intact(digest, data)
}

// Delete forgets the blob of a digest; one that is not there is no error.
func (d *Dir) Delete(ctx context.Context, digest string) error {
	file, err := d.file(digest)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete blob %s: %w", digest, err)
	}
	// Also for one that was gone: whoever removed it may not have synced yet. Where nothing was ever
	// kept is nothing to forget.
	if err := syncFolder(filepath.Dir(file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete blob %s: %w", digest, err)
	}
	return nil
}

// file is the place of a blob: the first two digits are its folder.
func (d *Dir) file(digest string) (string, error) {
	name, err := parseDigest(digest)
	if err != nil {
		return "", err
	}
	return filepath.Join(d.path, name[:2], name), nil
}

// folder makes the folder of a blob when it is not there. Before the first blob goes in, what names the
// folder is made to last, whoever made it: another process may not have come to that. One that was there
// and is gone is not made again: its blobs are gone too, and somebody has to hear of it.
func (d *Dir) folder(path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lasting[path] {
		return nil
	}
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := syncFolder(d.path); err != nil {
		return err
	}
	d.lasting[path] = true
	return nil
}

// write makes a file that appears complete or not at all. Two writers of one blob
// write the same bytes, so it does not matter whose rename comes last. A file left
// behind by a crash keeps its leading dot and is never read.
func write(file string, data []byte) (err error) {
	temp := filepath.Join(filepath.Dir(file), ".put-"+rand.Text())
	// Read-only from the start: nothing may write to it after this.
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o400)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp))
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(temp, file)
}

// syncFolder makes the names in a folder durable.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	err = f.Sync()
	return errors.Join(err, f.Close())
}
