package media_test

import (
	"bytes"
	"image"
	"image/color"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/media"
)

// keptOf is a picture as Accept keeps it.
func keptOf(tb testing.TB, raw []byte) []byte {
	tb.Helper()
	p, err := media.Accept(raw)
	if err != nil {
		tb.Fatal(err)
	}
	return p.Bytes
}

func TestThumbnail(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		raw  []byte
		side int
		want kept
	}{
		"photograph":        {jpegOf(t, rectangles(1500, 1000, white)), 96, kept{asJPEG, 96, 64, "RKBW"}},
		"held upright":      {jpegOf(t, rectangles(300, 1200, white)), 320, kept{asJPEG, 80, 320, "RKBW"}},
		"with transparency": {pngOf(t, rectangles(641, 641, nothing)), 640, kept{asPNG, 640, 640, "RKB."}},
		"lossless":          {pngOf(t, rectangles(800, 600, white)), 96, kept{asPNG, 96, 72, "RKBW"}},
		"as it is":          {pngOf(t, rectangles(96, 40, white)), 96, kept{asPNG, 96, 40, "RKBW"}},
		"never larger":      {jpegOf(t, rectangles(32, 24, white)), 640, kept{asJPEG, 32, 24, "RKBW"}},
		"a hair":            {pngOf(t, image.NewGray(image.Rect(0, 0, 1, 20_000))), 96, kept{asPNG, 1, 96, "KKKK"}},
		"odd sides":         {pngOf(t, rectangles(1999, 7, white)), 96, kept{asPNG, 96, 1, "????"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := media.Thumbnail(keptOf(t, tc.raw), tc.side)
			if err != nil {
				t.Fatal(err)
			}
			got := kept{p.ContentType, p.Width, p.Height, corners(t, p.Bytes)}
			if tc.want.Corners == "????" { // a line of one pixel is of every colour
				got.Corners = "????"
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("thumbnail (-want +got):\n%s", diff)
			}
			if p.Digest != digest(p.Bytes) {
				t.Errorf("digest %s", p.Digest)
			}
			onlyPixels(t, p)
			if again, err := media.Thumbnail(keptOf(t, tc.raw), tc.side); err != nil || again.Digest != p.Digest {
				t.Errorf("the second time: digest %s, error %v", again.Digest, err)
			}
		})
	}
}

// What is averaged is what the eye sees: of black and white stripes finer than a pixel of
// the thumbnail nothing but grey remains, and the colour under what is transparent nowhere.
func TestThumbnailAverages(t *testing.T) {
	t.Parallel()
	stripes := image.NewNRGBA(image.Rect(0, 0, 4096, 64))
	for x := range 4096 {
		for y := range 64 {
			if x%2 == 0 {
				stripes.SetNRGBA(x, y, color.NRGBA{R: 255, G: 255, B: 255, A: 255})
			} else {
				stripes.SetNRGBA(x, y, color.NRGBA{A: 255})
			}
		}
	}
	p, err := media.Thumbnail(pngOf(t, stripes), 96)
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := image.Decode(bytes.NewReader(p.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	for x := range p.Width {
		if r, _, _, _ := m.At(x, 0).RGBA(); r>>8 < 120 || r>>8 > 135 {
			t.Fatalf("pixel %d is %d", x, r>>8)
		}
	}
}

// Not parallel: it measures what the whole process allocates.
func TestThumbnailIsBounded(t *testing.T) {
	for name, raw := range bombs(t) {
		if _, err := media.Thumbnail(raw, 96); refusalOf(err) != refused("MEDIA_TOO_MANY_PIXELS") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	for name, raw := range damaged(t) {
		if _, err := media.Thumbnail(raw, 96); refusalOf(err) != refused("MEDIA_BROKEN") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	raw := keptOf(t, pngOf(t, image.NewGray(image.Rect(0, 0, 2559, 2559))))
	promised, err := media.ThumbnailMemory(raw, 640)
	if err != nil {
		t.Fatal(err)
	}
	spent := allocated(func() { _, err = media.Thumbnail(raw, 640) })
	// Beyond the pixels: the encoder's tables and the resampler's weights.
	if most := uint64(promised) + 3<<20; err != nil || spent > most {
		t.Errorf("%d bytes allocated, %d promised, error %v", spent, promised, err)
	}
}

func BenchmarkThumbnail12MP(b *testing.B) {
	raw := keptOf(b, jpegOf(b, rectangles(4000, 3000, white)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := media.Thumbnail(raw, 320); err != nil {
			b.Fatal(err)
		}
	}
}
