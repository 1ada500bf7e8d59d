package media

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/minio/minio-go/v7"
)

// slipFolder is where slips lie, beside the blobs.
const slipFolder = "slips"

// slipLargest is the most one slip may weigh.
const slipLargest = 4 << 20

// guardSlip refuses a name that could be anything but a file's in one folder.
func guardSlip(name string) error {
	folder, file, ok := strings.Cut(name, "/")
	for _, part := range []string{folder, file} {
		if strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" || strings.Trim(part, ".") == "" {
			ok = false
		}
	}
	if !ok {
		return fmt.Errorf("media: %q is no name of a slip", name)
	}
	return nil
}

// DirSlips keeps slips, small notes under names of the caller's, in a local directory. Any number of
// goroutines and processes may share one.
type DirSlips struct{ path string }

// Slips are the slips that lie beside the blobs.
func (d *Dir) Slips() *DirSlips { return &DirSlips{filepath.Join(d.path, slipFolder)} }

// Make keeps a slip, once: a name that is taken stays what it is, and what it holds is returned.
// When nothing is returned, the slip survives a power cut.
func (d *DirSlips) Make(ctx context.Context, name string, data []byte) (taken []byte, err error) {
	if err := cmp.Or(guardSlip(name), ctx.Err()); err != nil {
		return nil, err
	}
	file := filepath.Join(d.path, name)
	if err := d.folder(filepath.Dir(file)); err != nil {
		return nil, err
	}
	temp := file + ".made-" + strings.ToLower(rand.Text())
	if err := write(temp, data); err != nil {
		return nil, fmt.Errorf("keep slip %s: %w", name, err)
	}
	// A link fails where there is something: of several writers one makes it, whole.
	err = os.Link(temp, file)
	if removed := os.Remove(temp); removed != nil && err == nil {
		err = removed
	}
	if errors.Is(err, fs.ErrExist) {
		return d.Read(ctx, name)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(file))
	}
	if err != nil {
		return nil, fmt.Errorf("keep slip %s: %w", name, err)
	}
	return nil, nil
}

// folder makes a folder that is not there, and its name durable.
func (d *DirSlips) folder(folder string) error {
	if _, err := os.Stat(folder); err == nil {
		return nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("slips: %w", err)
	}
	for _, above := range []string{filepath.Dir(folder), filepath.Dir(d.path)} {
		if err := syncFolder(above); err != nil {
			return fmt.Errorf("slips: %w", err)
		}
	}
	return nil
}

// Replace keeps a slip in the place of what was under its name.
func (d *DirSlips) Replace(ctx context.Context, name string, data []byte) error {
	if err := cmp.Or(guardSlip(name), ctx.Err()); err != nil {
		return err
	}
	file := filepath.Join(d.path, name)
	if err := d.folder(filepath.Dir(file)); err != nil {
		return err
	}
	if err := errors.Join(write(file, data), syncFolder(filepath.Dir(file))); err != nil {
		return fmt.Errorf("keep slip %s: %w", name, err)
	}
	return nil
}

// Read returns what is kept under a name, nil when nothing is.
func (d *DirSlips) Read(ctx context.Context, name string) ([]byte, error) {
	if err := cmp.Or(guardSlip(name), ctx.Err()); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(d.path, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read slip %s: %w", name, err)
	}
	return some(data), nil
}

// seeSlip calls see with a slip that was listed, unless somebody removed it since.
func seeSlip(ctx context.Context, read func(context.Context, string) ([]byte, error), name string, see func(name string, data []byte) error) error {
	data, err := read(ctx, name)
	if err != nil || data == nil {
		return err
	}
	return see(name, data)
}

// Each calls see with every slip of a folder until it fails.
func (d *DirSlips) Each(ctx context.Context, folder string, see func(name string, data []byte) error) error {
	entries, err := os.ReadDir(filepath.Join(d.path, folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read slips: %w", err)
	}
	for _, e := range entries {
		name := folder + "/" + e.Name()
		if strings.Contains(e.Name(), ".made-") || guardSlip(name) != nil { // a crash left it
			continue
		}
		if err := seeSlip(ctx, d.Read, name, see); err != nil {
			return err
		}
	}
	return nil
}

// Remove forgets a slip; one that is not there is no error.
func (d *DirSlips) Remove(ctx context.Context, name string) error {
	if err := cmp.Or(guardSlip(name), ctx.Err()); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(d.path, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove slip %s: %w", name, err)
	}
	return nil
}

// some is data that is not nil, which says that nothing is there.
func some(data []byte) []byte {
	if data == nil {
		return []byte{}
	}
	return data
}

// BucketSlips is [DirSlips] in a bucket.
type BucketSlips struct{ bucket *Bucket }

// Slips are the slips that lie beside the blobs.
func (b *Bucket) Slips() *BucketSlips { return &BucketSlips{b} }

// Make keeps a slip, as [DirSlips.Make] does. It is looked for before, so that a store that does not
// know of writing on a condition still replaces none that was there; of two that are made in one
// instant, only a store that knows of it keeps the first.
func (s *BucketSlips) Make(ctx context.Context, name string, data []byte) (taken []byte, err error) {
	if taken, err = s.Read(ctx, name); taken != nil || err != nil {
		return taken, err
	}
	o := minio.PutObjectOptions{ContentType: "application/json", DisableMultipart: true}
	o.SetMatchETagExcept("*")
	if err = s.put(ctx, name, data, o); statusOf(err) == http.StatusPreconditionFailed {
		return s.Read(ctx, name)
	}
	return nil, err
}

// Replace keeps a slip in the place of what was under its name.
func (s *BucketSlips) Replace(ctx context.Context, name string, data []byte) error {
	return s.put(ctx, name, data, minio.PutObjectOptions{ContentType: "application/json", DisableMultipart: true})
}

func (s *BucketSlips) put(ctx context.Context, name string, data []byte, o minio.PutObjectOptions) error {
	if err := guardSlip(name); err != nil {
		return err
	}
	_, err := again(ctx, func() (minio.UploadInfo, error) {
		return s.bucket.client.PutObject(ctx, s.bucket.name, path.Join(slipFolder, name), bytes.NewReader(data), int64(len(data)), o)
	})
	if err != nil {
		return fmt.Errorf("keep slip %s: %w", name, err)
	}
	return nil
}

// Read returns what is kept under a name, nil when nothing is.
func (s *BucketSlips) Read(ctx context.Context, name string) ([]byte, error) {
	if err := guardSlip(name); err != nil {
		return nil, err
	}
	data, err := again(ctx, func() ([]byte, error) { return s.read(ctx, path.Join(slipFolder, name)) })
	if statusOf(err) == http.StatusNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read slip %s: %w", name, err)
	}
	return some(data), nil
}

func (s *BucketSlips) read(ctx context.Context, object string) ([]byte, error) {
	o, err := s.bucket.client.GetObject(ctx, s.bucket.name, object, minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(o, slipLargest))
	return data, errors.Join(err, o.Close())
}

// Each calls see with every slip of a folder until it fails.
func (s *BucketSlips) Each(ctx context.Context, folder string, see func(name string, data []byte) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	listed := s.bucket.client.ListObjects(ctx, s.bucket.name, minio.ListObjectsOptions{Prefix: slipFolder + "/" + folder + "/"})
	for o := range listed {
		if o.Err != nil {
			return fmt.Errorf("read slips: %w", o.Err)
		}
		name := strings.TrimPrefix(o.Key, slipFolder+"/")
		if err := seeSlip(ctx, s.Read, name, see); err != nil {
			return err
		}
	}
	return nil
}

// Remove forgets a slip; one that is not there is no error.
func (s *BucketSlips) Remove(ctx context.Context, name string) error {
	if err := guardSlip(name); err != nil {
		return err
	}
	_, err := again(ctx, func() (struct{}, error) {
		return struct{}{}, s.bucket.client.RemoveObject(ctx, s.bucket.name, path.Join(slipFolder, name), minio.RemoveObjectOptions{})
	})
	if err != nil {
		return fmt.Errorf("remove slip %s: %w", name, err)
	}
	return nil
}
