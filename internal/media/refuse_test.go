package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/media"
)

// refusal is what a test wants to know of a refused picture.
type refusal struct {
	Kind          advocacy.Kind
	Reason, Field string
}

func refused(reason string) refusal { return refusal{advocacy.Invalid, reason, "media"} }

func refusalOf(err error) refusal {
	e, ok := errors.AsType[*advocacy.Error](err)
	// Accept survives a panic, but reading headers must not lean on that.
	if !ok || strings.Contains(fmt.Sprint(e.Err), "panicked") {
		return refusal{}
	}
	return refusal{e.Kind, e.Reason, e.Field}
}

// bombs are small files; decoding one would take hundreds of megabytes or hours.
func bombs(tb testing.TB) map[string][]byte {
	return map[string][]byte{
		"gif of 34 bytes":            gifFrames(65535, 65535, 1),
		"gif of a thousand frames":   gifFrames(1, 1, 1001),
		"gif of 28 large frames":     gifFrames(6000, 6000, 28),
		"gif with a frame too large": append(gifFrames(10, 10, 0)[:19], gifFrames(65535, 65535, 1)[19:]...),
		"png 30000 x 30000":          pngHeader(30000, 30000, 8, 6, 0),
		"png a pixel row too many":   pngHeader(8000, 5001, 8, 6, 0),
		"png of 16 bits":             pngHeader(4800, 4800, 16, 6, 0),
		"png interlaced":             pngHeader(6000, 6000, 8, 6, 1),
		"png with a side of 2^31-1":  pngHeader(1<<31-1, 1, 8, 0, 0),
		"jpeg 65535 x 65535":         jpegHeader(0xc0, 65535, 65535, 0x22),
		"jpeg progressive 4:4:4":     jpegHeader(0xc2, 5000, 5000, 0x11),
		"jpeg progressive, turned":   withSegments(jpegHeader(0xc2, 5000, 5000, 0x22), exif(binary.BigEndian, 6, nil)),
		"jpeg of 51 scans":           jpegScans(51),
		"webp canvas of 2^48":        webpAnimation(1<<24, 1<<24, file(tb, "lossy.webp")),
		"webp lossless 16384 square": riff("VP8L", "\x2f\xff\xff\xff\x0f"),
		"webp lossy 16383 square":    riff("VP8 ", "\x10\x00\x00\x9d\x01\x2a\xff\x3f\xff\x3f"),
	}
}

// Not parallel: it measures what the whole process allocates.
func TestAcceptRefusesBombsBeforeDecoding(t *testing.T) {
	tests := bombs(t)
	if size := len(tests["gif of 34 bytes"]); size != 34 {
		t.Errorf("the 34-byte GIF has %d bytes", size)
	}
	for name, raw := range tests {
		t.Run(name, func(t *testing.T) {
			var err error
			spent := allocated(func() { _, err = media.Accept(raw) })
			if diff := cmp.Diff(refused("MEDIA_TOO_MANY_PIXELS"), refusalOf(err)); diff != "" {
				t.Errorf("error %v (-want +got):\n%s", err, diff)
			}
			if spent > 1<<20 {
				t.Errorf("%d bytes allocated to refuse %d", spent, len(raw))
			}
		})
	}
}

// allocated tells how many bytes f allocates, freed or not.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Not parallel, as above. The headers must not promise less than decoding takes: the
// budget of all pictures together is only as good as its sums.
func TestMemoryIsKnownBeforehand(t *testing.T) {
	square := rectangles(1024, 1024, nothing)
	plain := jpegOf(t, rectangles(512, 512, white))
	samples := map[string][]byte{
		"jpeg":          plain,
		"jpeg turned":   withSegments(plain, exif(binary.BigEndian, 6, nil)),
		"jpeg rgb":      withSegments(plain, segment(0xee, "Adobe\x00\x64\x00\x00\x00\x00\x00")),
		"png":           pngOf(t, square),
		"png 16 bits":   pngOf(t, image.NewGray16(square.Rect)),
		"png palette":   pngOf(t, paletted(0, 0, 1024, 1024, white)),
		"gif":           gifOf(t, 1024, 1024, paletted(0, 0, 1024, 1024, white)),
		"gif in corner": gifOf(t, 1024, 1024, paletted(24, 24, 1000, 1000, white)),
	}
	large, err := filepath.Glob("testdata/large/*")
	if err != nil || len(large) == 0 {
		t.Fatalf("no large samples: %v", err)
	}
	for _, path := range large {
		samples[path] = file(t, filepath.Join("large", filepath.Base(path)))
	}
	for name, raw := range samples {
		promised, err := media.Memory(raw)
		if err != nil {
			t.Fatal(err)
		}
		var p media.Picture
		spent := allocated(func() { p, err = media.Accept(raw) })
		if err != nil {
			t.Fatal(err)
		}
		// Beyond the pixels: the encoder's tables, and the output growing by doubling.
		tables := uint64(64 << 10)
		if p.ContentType == asPNG {
			tables = 5 << 18
		}
		if most := uint64(promised) + tables + 4*uint64(len(p.Bytes)); spent > most {
			t.Errorf("%s: %d bytes allocated, %d promised for pixels", name, spent, promised)
		}
	}
}

// The limits are limits, not suspicions: what just fits is decoded, and found broken
// only there.
func TestAcceptDecodesWhatFits(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string][]byte{
		"png of 40 megapixels":   pngHeader(8000, 5000, 8, 6, 0),
		"png with a palette":     withChunks(pngHeader(8000, 5000, 8, 3, 1), pngChunk("PLTE", "abc")),
		"png of 16 bits":         pngHeader(4700, 4700, 16, 0, 0),
		"jpeg 4:4:4":             jpegHeader(0xc0, 8000, 5000, 0x11),
		"jpeg progressive 4:2:0": jpegHeader(0xc2, 5000, 5000, 0x22),
		"gif of 27 large frames": gifFrames(6000, 6000, 27),
	} {
		_, err := media.Accept(raw)
		if diff := cmp.Diff(refused("MEDIA_BROKEN"), refusalOf(err)); diff != "" {
			t.Errorf("%s: error %v (-want +got):\n%s", name, err, diff)
		}
	}
}

// foreign are files of other types, and what the refusal says.
func foreign() map[string]struct{ raw, says string } {
	svg := `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	wide := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(svg)) {
		wide = binary.LittleEndian.AppendUint16(wide, u)
	}
	return map[string]struct{ raw, says string }{
		"svg":          {svg, "SVG"},
		"svg, prolog":  {"\ufeff<?xml version=\"1.0\"?>\n<!-- x -->\n" + svg, "SVG"},
		"svg, capital": {"<SVG onload=alert(1)>", "SVG"},
		"svg, utf-16":  {string(wide), "SVG"},
		"html":         {"<!doctype html><script>alert(1)</script>", "JPEG, PNG, GIF or WebP"},
		"pdf":          {"%PDF-1.7\n", "JPEG, PNG, GIF or WebP"},
		"mp4":          {"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00", "JPEG, PNG, GIF or WebP"},
		"heic":         {"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"},
		"zip":          {"PK\x03\x04\x14\x00\x00\x00", "JPEG, PNG, GIF or WebP"},
		"avi":          {"RIFF\x04\x00\x00\x00AVI ", "JPEG, PNG, GIF or WebP"},
		"bmp":          {"BM\x46\x00\x00\x00\x00\x00", "JPEG, PNG, GIF or WebP"},
		"html, jpeg":   {"<script></script>\xff\xd8\xff\xe0", "JPEG, PNG, GIF or WebP"},
		"text":         {"hello", "JPEG, PNG, GIF or WebP"},
		"one byte":     {"\xff", "JPEG, PNG, GIF or WebP"},
	}
}

func TestAcceptRefusesOtherTypes(t *testing.T) {
	t.Parallel()
	for name, tc := range foreign() {
		_, err := media.Accept([]byte(tc.raw))
		if diff := cmp.Diff(refused("MEDIA_TYPE_UNSUPPORTED"), refusalOf(err)); diff != "" {
			t.Errorf("%s: error %v (-want +got):\n%s", name, err, diff)
		} else if !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %q does not say %q", name, err, tc.says)
		}
	}
}

func TestAcceptRefusesBySize(t *testing.T) {
	t.Parallel()
	whole := jpegOf(t, rectangles(32, 24, white))
	heavy := append(bytes.Clone(whole), make([]byte, media.MaxBytes-len(whole))...)
	if _, err := media.Accept(heavy); err != nil {
		t.Errorf("%d bytes: %v", len(heavy), err)
	}
	for name, tc := range map[string]struct {
		raw    []byte
		reason string
	}{
		"nil":           {nil, "MEDIA_EMPTY"},
		"empty":         {[]byte{}, "MEDIA_EMPTY"},
		"one byte more": {append(heavy, 0), "MEDIA_TOO_LARGE"},
	} {
		_, err := media.Accept(tc.raw)
		if diff := cmp.Diff(refused(tc.reason), refusalOf(err)); diff != "" {
			t.Errorf("%s: error %v (-want +got):\n%s", name, err, diff)
		}
	}
}

// damaged begin like a picture and have one thing wrong inside.
func damaged(tb testing.TB) map[string][]byte {
	still := file(tb, "lossy.webp")
	small := webpAnimation(16, 16, still)
	lastMarker := len(jpegScans(1)) - 2
	twoFrames := withSegments(jpegHeader(0xc0, 8, 8, 0x11), segment(0xe0, "JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00"))
	upper := bytes.Replace(pngOf(tb, rectangles(8, 8, white)), []byte("IDAT"), []byte("IDAU"), 1)
	return map[string][]byte{
		"gif of no width":             gifFrames(0, 5, 1),
		"gif without a frame":         gifFrames(5, 5, 0),
		"gif with a block of its own": append(gifFrames(5, 5, 1)[:34-1], 0x99),
		"gif extension cut short":     append(gifFrames(5, 5, 1)[:34-1], 0x21),
		"gif too short for its size":  gifFrames(50, 50, 1),
		"gif frame off the canvas":    append(gifFrames(10, 10, 0)[:19], gifFrames(11, 10, 1)[19:]...),
		"png of no width":             pngHeader(0, 5, 8, 2, 0),
		"png with a wrong checksum":   upper,
		"jpeg of no height":           jpegHeader(0xc0, 5, 0, 0x11),
		"jpeg, lossless":              jpegHeader(0xc3, 5, 5, 0x11),
		"jpeg sampled 0 times":        jpegHeader(0xc2, 5, 5, 0x00),
		"jpeg with a second frame":    append(twoFrames[:len(twoFrames)-2], jpegHeader(0xc2, 8, 8, 0)[2:]...),
		"jpeg short segment at last":  append(jpegScans(1)[:lastMarker], 0xff, 0xfe, 0, 1, 0xff, 0xd9),
		"jpeg segment without length": append(jpegScans(1)[:lastMarker], 0xff, 0xfe, 0),
		"jpeg segment of one byte":    withSegments(jpegScans(1), []byte{0xff, 0xfe, 0, 1}),
		"webp frame off the canvas":   small,
		"webp canvas of four bytes":   riff("VP8X", "\x02\x00\x00\x00"),
		"webp frame of four bytes":    riff("ANMF", "\x00\x00\x00\x00"),
		"webp frame of no pixels":     riff("ANMF", string(make([]byte, 16))),
		"webp chunk beyond the end":   riff("EXIF", "")[:12+4],
		"webp of another size":        webpAnimation(64, 64, riff("VP8L", "\x2f\x00\x00\x00\x00")),
		"webp shorter than its head":  []byte("RIFF\x00\x00\x00\x00WEBPVP8 "),
		"webp of no pixels":           riff("VP8 ", ""),
	}
}

func TestAcceptRefusesBrokenPictures(t *testing.T) {
	t.Parallel()
	for name, raw := range damaged(t) {
		_, err := media.Accept(raw)
		if diff := cmp.Diff(refused("MEDIA_BROKEN"), refusalOf(err)); diff != "" {
			t.Errorf("%s: error %v (-want +got):\n%s", name, err, diff)
		}
	}
}

// An upload may end anywhere. No beginning of a picture is a picture.
func TestAcceptRefusesEveryBeginning(t *testing.T) {
	t.Parallel()
	samples := map[string][]byte{
		"jpeg": jpegOf(t, rectangles(16, 16, white)),
		"exif": withSegments(jpegScans(1), exif(binary.BigEndian, 6, nil)),
		"png":  pngOf(t, rectangles(16, 16, nothing)),
		"gif":  gifOf(t, 8, 8, paletted(0, 0, 8, 8, white), paletted(4, 4, 4, 4, nothing)),
	}
	for _, name := range []string{"lossy", "lossy_alpha", "lossless_alpha", "lossy_meta", "anim"} {
		samples[name] = file(t, name+".webp")
	}
	for name, raw := range samples {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := media.Accept(raw); err != nil {
				t.Fatal(err)
			}
			for n := 1; n < len(raw); n++ {
				_, err := media.Accept(raw[:n])
				want := refused("MEDIA_BROKEN")
				if n < 12 && advocacy.ReasonOf(err) != want.Reason {
					want = refused("MEDIA_TYPE_UNSUPPORTED")
				}
				if diff := cmp.Diff(want, refusalOf(err)); diff != "" {
					t.Fatalf("%d of %d bytes: error %v (-want +got):\n%s", n, len(raw), err, diff)
				}
			}
		})
	}
}
