package media

import (
	"errors"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// What no file can show reliably is tested from inside: a decoder that panics, one
// that disagrees with the header, and how much is decoded at once.

func TestDecoderThatPanicsIsABrokenPicture(t *testing.T) {
	t.Parallel()
	o := outline{width: 1, height: 1, memory: maxMemory, decode: func() (image.Image, error) {
		var m *image.Gray
		return m, errors.New(m.Rect.String())
	}}
	// Were the memory not given back, the second and third would wait for ever.
	for range 3 {
		if _, err := safely(o.accept); advocacy.ReasonOf(err) != "MEDIA_BROKEN" {
			t.Errorf("error %v, want MEDIA_BROKEN", err)
		}
	}
}

func TestDecoderThatSeesAnotherSize(t *testing.T) {
	t.Parallel()
	o := outline{width: 1, height: 2, decode: func() (image.Image, error) {
		return image.NewGray(image.Rect(0, 0, 2, 1)), nil
	}}
	if _, err := safely(o.accept); advocacy.ReasonOf(err) != "MEDIA_BROKEN" {
		t.Errorf("error %v, want MEDIA_BROKEN", err)
	}
}

func TestDecodingHoldsItsMemory(t *testing.T) {
	t.Parallel()
	const memory = 64 << 20
	held := 0
	o := outline{width: 1, height: 1, memory: memory, decode: func() (image.Image, error) {
		held = len(decoding.room)
		return image.NewGray(image.Rect(0, 0, 1, 1)), nil
	}}
	if _, err := o.accept(); err != nil {
		t.Fatal(err)
	}
	if held < memory>>20 {
		t.Errorf("%d MiB held while decoding, want %d", held, memory>>20)
	}
}

// A full disk fails the write, a folder in the way the rename: neither may leave
// anything behind.
func TestFailedWriteLeavesNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "blob", "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := write(filepath.Join(folder, "blob"), []byte("data")); err == nil {
		t.Error("wrote over a folder")
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, error %v", left, err)
	}
}

func TestBudgetIsNeverExceeded(t *testing.T) {
	t.Parallel()
	const total = 16 << 20
	b := newBudget(total)
	var used, most atomic.Int64
	var wg sync.WaitGroup
	for i := range int64(64) {
		wg.Go(func() {
			size := i % 17 << 20
			b.take(size)
			defer b.give(size)
			now := used.Add(size)
			defer used.Add(-size)
			for m := most.Load(); now > m && !most.CompareAndSwap(m, now); {
				m = most.Load()
			}
		})
	}
	wg.Wait()
	if most.Load() > total || most.Load() < total/2 {
		t.Errorf("at most %d bytes in use at once, want up to %d", most.Load(), int64(total))
	}
	if len(b.room) != 0 {
		t.Errorf("%d MiB still taken", len(b.room))
	}
}

func TestEncodingStopsAtItsLimit(t *testing.T) {
	t.Parallel()
	m := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	noise := rand.NewChaCha8([32]byte{})
	if _, err := noise.Read(m.Pix); err != nil {
		t.Fatal(err)
	}
	for _, contentType := range []string{"image/jpeg", "image/png"} {
		whole, err := encode(m, contentType, MaxBytes)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := encode(m, contentType, len(whole)); err != nil {
			t.Errorf("%s of just the limit: %v", contentType, err)
		}
		if _, err := encode(m, contentType, len(whole)-1); advocacy.ReasonOf(err) != "MEDIA_TOO_LARGE" {
			t.Errorf("%s of one byte more: error %v, want MEDIA_TOO_LARGE", contentType, err)
		}
	}
}

// A camera's EXIF is right; these are the others. None may be read past its end.
func TestOrientationOfOddExif(t *testing.T) {
	t.Parallel()
	entry := "\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00"
	tests := map[string]struct {
		tiff string
		want int
	}{
		"right":                       {"II*\x00\x08\x00\x00\x00\x01\x00" + entry, 6},
		"after another entry":         {"II*\x00\x08\x00\x00\x00\x02\x00" + "\x00\x01" + entry[2:8] + "\x08\x00\x00\x00" + entry, 6},
		"empty":                       {"", 1},
		"no byte order":               {"XX*\x00\x08\x00\x00\x00\x01\x00" + entry, 1},
		"header only":                 {"II*\x00", 1},
		"directory beyond the end":    {"II*\x00\xff\xff\xff\xff\x01\x00" + entry, 1},
		"directory at the end":        {"II*\x00\x08\x00\x00\x00", 1},
		"more entries than bytes":     {"II*\x00\x08\x00\x00\x00\xff\xff" + entry[:6], 1},
		"a text for an orientation":   {"II*\x00\x08\x00\x00\x00\x01\x00" + "\x12\x01\x02" + entry[3:], 1},
		"nine":                        {"II*\x00\x08\x00\x00\x00\x01\x00" + entry[:8] + "\x09\x00\x00\x00", 1},
		"directory inside its header": {"II*\x00\x00\x00\x00\x00", 1},
	}
	for name, tc := range tests {
		if got := orientationOf([]byte(tc.tiff)); got != tc.want {
			t.Errorf("%s: orientation %d, want %d", name, got, tc.want)
		}
	}
}
