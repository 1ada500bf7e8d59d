package workflow

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sort"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Accepted is a file that was accepted: a picture as it was re-encoded, anything else as it was
// sent but for its redactions.
type Accepted struct {
	Blob        string
	ContentType string
	Width       int
	Height      int
	// Duration is how many milliseconds a video takes, Codecs how it is packed, Pages how many a
	// document has.
	Duration int
	Codecs   string
	Pages    int
	// FileName is what its sender calls it, empty for nothing.
	FileName string
	// Data are its bytes, of a file that is kept whole.
	Data []byte
	// Original is the blob of the picture it was cut out of, if it was.
	Original string
	// Redactions are what is not kept of a file that was looked at where it lies; Size and Parts
	// are what is.
	Redactions []advocacy.Redaction
	Size       int64
	Parts      []advocacy.MediaPart
}

// size is how many bytes are kept.
func (a Accepted) size() int64 { return max(a.Size, int64(len(a.Data))) }

// Acceptor judges files by their bytes alone.
type Acceptor struct {
	// Whole judges one that fits into memory, and returns what is kept of it.
	Whole func(data []byte) (Accepted, error)
	// Large judges one where it lies, and says what is not to be kept of it.
	Large func(file io.ReaderAt, size int64) (Accepted, error)
}

// stretch is bytes of a file that are kept as a blob.
type stretch struct {
	start, size int64
	blob        string
}

// scattered reads a file out of the blobs it is kept in. It holds one of them at a time, and each
// is hashed when it is read. It is not safe for concurrent use.
type scattered struct {
	ctx   context.Context
	blobs Blobs
	all   []stretch
	// here is the one that is held.
	here int
	data []byte
}

func newScattered(ctx context.Context, blobs Blobs, all []stretch) *scattered {
	return &scattered{ctx: ctx, blobs: blobs, all: all, here: -1}
}

// ReadAt reads as [io.ReaderAt] does.
func (s *scattered) ReadAt(p []byte, offset int64) (n int, err error) {
	for n < len(p) {
		at := offset + int64(n)
		i := s.find(at)
		if i < 0 {
			return n, io.EOF
		}
		data, err := s.hold(i)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], data[at-s.all[i].start:])
	}
	return n, nil
}

// find is the place of the stretch an offset lies in, -1 for none.
func (s *scattered) find(offset int64) int {
	i := sort.Search(len(s.all), func(i int) bool { return s.all[i].start+s.all[i].size > offset })
	if offset < 0 || i == len(s.all) {
		return -1
	}
	return i
}

// hold returns the bytes of a stretch.
func (s *scattered) hold(i int) ([]byte, error) {
	if s.here == i {
		return s.data, nil
	}
	data, err := s.blobs.Get(s.ctx, s.all[i].blob)
	if err != nil {
		return nil, err
	}
	if int64(len(data)) != s.all[i].size {
		return nil, fmt.Errorf("blob %s has %d bytes, not %d", s.all[i].blob, len(data), s.all[i].size)
	}
	s.here, s.data = i, data
	return data, nil
}

// file opens the bytes of a file, of which no more is held than a part.
func (s *Service) file(ctx context.Context, m *advocacy.Media) (io.ReadSeeker, error) {
	if !m.Parted() {
		data, err := s.Blobs.Get(ctx, m.Blob)
		return bytes.NewReader(data), err
	}
	parts, err := s.Store.MediaParts(ctx, m.Workspace, m.Blob)
	if err != nil {
		return nil, err
	}
	all := make([]stretch, len(parts))
	for i, p := range parts {
		all[i] = stretch{p.Offset, p.Size, p.Blob}
	}
	return io.NewSectionReader(newScattered(ctx, s.Blobs, all), 0, m.Size), nil
}

// OpenMedia returns a file of the workspace with its bytes, of which no more is held at once than
// what fits into one request.
func (s *Service) OpenMedia(ctx context.Context, w advocacy.WorkspaceID, blob string) (*advocacy.Media, io.ReadSeeker, error) {
	m, err := s.Store.Media(ctx, w, blob)
	if err != nil {
		return nil, nil, err
	}
	file, err := s.file(ctx, m)
	return m, file, err
}

// MediaBytes returns a file of the workspace with its bytes from offset on: all of them, or as
// many as a part has of one that is kept in parts, and no more than most unless that is 0.
func (s *Service) MediaBytes(
	ctx context.Context, _ Call, w advocacy.WorkspaceID, blob string, offset, most int64,
) (*advocacy.Media, []byte, error) {
	m, file, err := s.OpenMedia(ctx, w, blob)
	if err != nil {
		return nil, nil, err
	}
	if offset > m.Size {
		return nil, nil, advocacy.InvalidField("offset", "RANGE_NOT_SATISFIABLE", "the file has %d bytes", m.Size)
	}
	size := m.Size - offset
	if m.Parted() {
		size = min(size, advocacy.LargestPart)
	}
	if most > 0 {
		size = min(size, most)
	}
	data := make([]byte, size)
	if _, err := file.Seek(offset, io.SeekStart); err != nil {
		return nil, nil, err
	}
	_, err = io.ReadFull(file, data)
	return m, data, err
}

// settleLarge judges a file in the parts it arrived in and keeps those that change, one at a time.
func (s *Service) settleLarge(ctx context.Context, u *advocacy.Upload, parts []advocacy.UploadPart, a Acceptor) (Accepted, error) {
	all := make([]stretch, len(parts))
	for i, p := range parts {
		all[i] = stretch{p.Offset, p.Size, p.Blob}
	}
	file := newScattered(ctx, s.Blobs, all)
	made, err := a.Large(file, u.Size)
	if err != nil {
		return Accepted{}, err
	}
	sent, kept := sha256.New(), sha256.New()
	made.Size = u.Size
	for i, p := range parts {
		data, err := file.hold(i)
		if err != nil {
			return Accepted{}, err
		}
		sent.Write(data)
		data = bytes.Clone(data)
		advocacy.Redact(data, p.Offset, made.Redactions) // guard: what tells where somebody was does not go out
		kept.Write(data)
		blob := string(advocacy.DigestOf(data))
		if blob != p.Blob {
			if err := s.Keep(ctx, blob, data); err != nil {
				return Accepted{}, err
			}
		}
		made.Parts = append(made.Parts, advocacy.MediaPart{Workspace: u.Workspace, Offset: p.Offset, Size: p.Size, Blob: blob})
	}
	if err := u.Matches(advocacy.Digest("sha256:" + hex.EncodeToString(sent.Sum(nil)))); err != nil {
		return Accepted{}, err
	}
	made.Blob = "sha256:" + hex.EncodeToString(kept.Sum(nil))
	for i := range made.Parts {
		made.Parts[i].Media = made.Blob
	}
	return made, nil
}
