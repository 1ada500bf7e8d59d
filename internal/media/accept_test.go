package media_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/media"
)

// kept is what a test wants to know of an accepted picture.
type kept struct {
	Type          string
	Width, Height int
	Corners       string
}

const asJPEG, asPNG = "image/jpeg", "image/png"

// good lists one input of every sort and what becomes of it.
func good(tb testing.TB) map[string]struct {
	raw  []byte
	want kept
} {
	sample, cut := rectangles(32, 24, white), rectangles(32, 24, nothing)
	grey := image.NewGray(image.Rect(0, 0, 8, 8))
	return map[string]struct {
		raw  []byte
		want kept
	}{
		"jpeg":                {jpegOf(tb, sample), kept{asJPEG, 32, 24, "RKBW"}},
		"jpeg grey":           {jpegOf(tb, grey), kept{asJPEG, 8, 8, "KKKK"}},
		"jpeg of 50 scans":    {jpegScans(50), kept{asJPEG, 8, 8, "????"}},
		"jpeg progressive":    {file(tb, "progressive.jpg"), kept{asJPEG, 32, 24, "RKBW"}},
		"jpeg cmyk":           {file(tb, "cmyk.jpg"), kept{asJPEG, 32, 24, "RKBW"}},
		"jpeg camera, little": {camera(tb, binary.LittleEndian, 6), kept{asJPEG, 32, 64, "BRWK"}},
		"jpeg camera, big":    {camera(tb, binary.BigEndian, 6), kept{asJPEG, 32, 64, "BRWK"}},
		"jpeg with two exif": {
			withSegments(camera(tb, binary.BigEndian, 6), exif(binary.BigEndian, 8, nil)), kept{asJPEG, 32, 64, "KWRB"},
		},
		"png":            {pngOf(tb, sample), kept{asPNG, 32, 24, "RKBW"}},
		"png alpha":      {pngOf(tb, cut), kept{asPNG, 32, 24, "RKB."}},
		"png palette":    {pngOf(tb, paletted(0, 0, 32, 24, nothing)), kept{asPNG, 32, 24, "RKB."}},
		"png grey":       {pngOf(tb, grey), kept{asPNG, 8, 8, "KKKK"}},
		"png interlaced": {file(tb, "interlaced.png"), kept{asPNG, 32, 24, "RKBW"}},
		"png 16 bits":    {deepened(tb, cut, 99), kept{asPNG, 32, 24, "RKB."}},
		"png text":       {withChunks(pngOf(tb, sample), pngText()...), kept{asPNG, 32, 24, "RKBW"}},
		"png and a film": {append(pngOf(tb, sample), secret...), kept{asPNG, 32, 24, "RKBW"}},
		"gif":            {gifOf(tb, 32, 24, paletted(0, 0, 32, 24, white)), kept{asPNG, 32, 24, "RKBW"}},
		"gif alpha":      {gifOf(tb, 32, 24, paletted(0, 0, 32, 24, nothing)), kept{asPNG, 32, 24, "RKB."}},
		"gif animated": {
			gifOf(tb, 32, 24, paletted(0, 0, 32, 24, white), paletted(0, 0, 16, 12, nothing)),
			kept{asPNG, 32, 24, "RKBW"},
		},
		"gif in a corner":       {gifOf(tb, 32, 24, paletted(16, 12, 16, 12, white)), kept{asPNG, 32, 24, "...W"}},
		"webp lossy":            {file(tb, "lossy.webp"), kept{asJPEG, 32, 24, "RKBW"}},
		"webp metadata":         {file(tb, "lossy_meta.webp"), kept{asJPEG, 32, 24, "RKBW"}},
		"webp lossy alpha":      {file(tb, "lossy_alpha.webp"), kept{asPNG, 32, 24, "RKB."}},
		"webp alpha, opaque":    {webpAlpha(file(tb, "lossy.webp"), 255), kept{asJPEG, 32, 24, "RKBW"}},
		"webp invisible":        {webpAlpha(file(tb, "lossy.webp"), 0), kept{asPNG, 32, 24, "...."}},
		"webp lossless":         {file(tb, "lossless.webp"), kept{asPNG, 32, 24, "RKBW"}},
		"webp lossless alpha":   {file(tb, "lossless_alpha.webp"), kept{asPNG, 32, 24, "RKB."}},
		"webp animated":         {file(tb, "anim.webp"), kept{asJPEG, 32, 24, "RKBW"}},
		"webp animated, alpha":  {file(tb, "anim_alpha.webp"), kept{asPNG, 32, 24, "RKB."}},
		"webp animated, corner": {file(tb, "anim_corner.webp"), kept{asPNG, 32, 24, "...W"}},
	}
}

// pngText is every kind of PNG chunk that carries words.
func pngText() [][]byte {
	return [][]byte{
		pngChunk("tEXt", "Comment\x00"+secret), pngChunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00"+secret),
		pngChunk("eXIf", "II*\x00"+secret), pngChunk("iCCP", "p\x00\x00"+secret),
	}
}

func TestAccept(t *testing.T) {
	t.Parallel()
	for name, tc := range good(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := media.Accept(tc.raw)
			if err != nil {
				t.Fatal(err)
			}
			got := kept{p.ContentType, p.Width, p.Height, corners(t, p.Bytes)}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("kept (-want +got):\n%s", diff)
			}
			if want := fmt.Sprintf("sha256:%x", sha256.Sum256(p.Bytes)); p.Digest != want {
				t.Errorf("digest = %s, want %s", p.Digest, want)
			}
			for _, word := range []string{secret, "Exif", "http:", "ICC", "tEXt", "iTXt", "iCCP"} {
				if bytes.Contains(p.Bytes, []byte(word)) {
					t.Errorf("output still holds %q", word)
				}
			}
			onlyPixels(t, p)
			if again, err := media.Accept(tc.raw); err != nil || again.Digest != p.Digest {
				t.Errorf("the second time: digest %s, error %v; want %s", again.Digest, err, p.Digest)
			}
		})
	}
}

// onlyPixels reads the output again, part by part, and allows no part that could
// carry anything but pixels.
func onlyPixels(t *testing.T, p media.Picture) {
	t.Helper()
	rest := p.Bytes[8:]
	for p.ContentType == asPNG && len(rest) > 0 {
		size, kind := binary.BigEndian.Uint32(rest), string(rest[4:8])
		if kind != "IHDR" && kind != "PLTE" && kind != "tRNS" && kind != "IDAT" && kind != "IEND" {
			t.Errorf("output has a %s chunk", kind)
		}
		rest = rest[12+size:]
	}
	rest = p.Bytes[2:]
	for p.ContentType == asJPEG {
		marker := rest[1]
		if marker == 0xda {
			if !bytes.HasSuffix(rest, []byte{0xff, 0xd9}) {
				t.Error("output goes on after its end")
			}
			return
		}
		if marker != 0xdb && marker != 0xc0 && marker != 0xc4 {
			t.Errorf("output has a segment %#x", marker)
		}
		rest = rest[2+int(binary.BigEndian.Uint16(rest[2:])):]
	}
}

// riders are pictures that carry something, each beside the same picture that does not.
func riders(tb testing.TB) map[string]struct{ plain, loaded []byte } {
	plainJPEG, plainPNG := jpegOf(tb, rectangles(32, 24, white)), pngOf(tb, rectangles(32, 24, white))
	html := "<!doctype html><script>alert(1)</script>"
	hidden := rectangles(32, 24, nothing)
	for y := 12; y < 24; y++ {
		for x := 16; x < 32; x++ {
			hidden.SetNRGBA(x, y, color.NRGBA{R: uint8(x), G: uint8(y), B: 7})
		}
	}
	clear8, hidden8 := paletted(0, 0, 32, 24, nothing), paletted(0, 0, 32, 24, nothing)
	hidden8.Palette[0] = color.NRGBA{R: 1, G: 2, B: 3}
	return map[string]struct{ plain, loaded []byte }{
		"html in a jpeg comment": {plainJPEG, withSegments(plainJPEG, segment(0xfe, html))},
		"zip after a jpeg":       {plainJPEG, append(bytes.Clone(plainJPEG), "PK\x03\x04"+html...)},
		"junk between segments":  {plainJPEG, withSegments(plainJPEG, segment(0xfe, ""), []byte(html+"\xff\x00\xff\xd0\xff\xff"))},
		"text in a png":          {plainPNG, withChunks(plainPNG, pngText()...)},
		"html after a png":       {plainPNG, append(bytes.Clone(plainPNG), html...)},
		"erased, not removed":    {pngOf(tb, rectangles(32, 24, nothing)), pngOf(tb, hidden)},
		"erased, palette":        {pngOf(tb, clear8), pngOf(tb, hidden8)},
		"lower bits, alpha":      {deepened(tb, hidden, 0), deepened(tb, hidden, 99)},
		"lower bits, opaque":     {deepened(tb, rectangles(8, 8, white), 0), deepened(tb, rectangles(8, 8, white), 99)},
		"lower bits, grey":       {deepened(tb, image.NewGray(image.Rect(0, 0, 8, 8)), 0), deepened(tb, image.NewGray(image.Rect(0, 0, 8, 8)), 99)},
		"metadata in a webp":     {file(tb, "lossy.webp"), file(tb, "lossy_meta.webp")},
	}
}

// Whatever rides along, the same pixels must become the same bytes: the strongest way
// to say that nothing but pixels is kept.
func TestAcceptKeepsNothingElse(t *testing.T) {
	t.Parallel()
	for name, tc := range riders(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if bytes.Equal(tc.plain, tc.loaded) {
				t.Fatal("the sample carries nothing")
			}
			want, err := media.Accept(tc.plain)
			if err != nil {
				t.Fatal(err)
			}
			got, err := media.Accept(tc.loaded)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("error %v; kept (-plain +loaded):\n%s", err, diff)
			}
		})
	}
}

func TestAcceptTurnsUpright(t *testing.T) {
	t.Parallel()
	// The sample reads R K over B W; EXIF says how the camera was held.
	wants := map[uint16]kept{
		0: {asJPEG, 64, 32, "RKBW"}, 1: {asJPEG, 64, 32, "RKBW"}, 2: {asJPEG, 64, 32, "KRWB"},
		3: {asJPEG, 64, 32, "WBKR"}, 4: {asJPEG, 64, 32, "BWRK"}, 5: {asJPEG, 32, 64, "RBKW"},
		6: {asJPEG, 32, 64, "BRWK"}, 7: {asJPEG, 32, 64, "WKBR"}, 8: {asJPEG, 32, 64, "KWRB"},
		9: {asJPEG, 64, 32, "RKBW"}, 0xffff: {asJPEG, 64, 32, "RKBW"},
	}
	for orientation, want := range wants {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			p, err := media.Accept(camera(t, order, orientation))
			if err != nil {
				t.Fatal(err)
			}
			got := kept{p.ContentType, p.Width, p.Height, corners(t, p.Bytes)}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("orientation %d, %v (-want +got):\n%s", orientation, order, diff)
			}
		}
	}
}

// A picture without loss must come through without loss, every pixel of it.
func TestAcceptKeepsEveryPixel(t *testing.T) {
	t.Parallel()
	want := image.NewNRGBA(image.Rect(0, 0, 256, 4))
	for x := range 256 {
		v := uint8(x)
		want.SetNRGBA(x, 0, color.NRGBA{R: v, G: 255 - v, B: v / 2, A: 255})
		want.SetNRGBA(x, 1, color.NRGBA{R: v, G: 10, B: 20, A: max(v, 1)})
		want.SetNRGBA(x, 2, color.NRGBA{R: 255, G: v, B: 255, A: 255 - v/2})
	}
	p, err := media.Accept(pngOf(t, want))
	if err != nil {
		t.Fatal(err)
	}
	got, err := png.Decode(bytes.NewReader(p.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pixels (-want +got):\n%s", diff)
	}
}

func TestAcceptFromManyGoroutines(t *testing.T) {
	t.Parallel()
	raw := camera(t, binary.BigEndian, 8)
	digests := make([]string, 16)
	var wg sync.WaitGroup
	for i := range digests {
		wg.Go(func() {
			p, err := media.Accept(raw)
			digests[i] = fmt.Sprint(p.Digest, err)
		})
	}
	wg.Wait()
	for _, d := range digests {
		if d != digests[0] {
			t.Errorf("got %s, and %s", digests[0], d)
		}
	}
}

func BenchmarkAccept12MP(b *testing.B) {
	m := image.NewNRGBA(image.Rect(0, 0, 4000, 3000))
	for i := range m.Pix {
		// Gradients and a little grain, as in a photograph.
		m.Pix[i] = uint8(i/4000 + i%97/12)
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	plain := jpegOf(b, m)
	for name, raw := range map[string][]byte{
		"upright": plain,
		"turned":  withSegments(plain, exif(binary.BigEndian, 6, nil)),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				if _, err := media.Accept(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
