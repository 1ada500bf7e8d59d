package media_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/media"
)

func TestCrop(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		raw  []byte
		area advocacy.Area
		want kept
	}{
		"a corner":          {jpegOf(t, rectangles(400, 200, white)), advocacy.Area{Width: 100, Height: 50}, kept{asJPEG, 100, 50, "RRRR"}},
		"the other corner":  {pngOf(t, rectangles(400, 200, white)), advocacy.Area{Left: 300, Top: 150, Width: 100, Height: 50}, kept{asPNG, 100, 50, "WWWW"}},
		"the middle":        {pngOf(t, rectangles(400, 200, white)), advocacy.Area{Left: 100, Top: 50, Width: 200, Height: 100}, kept{asPNG, 200, 100, "RKBW"}},
		"with transparency": {pngOf(t, rectangles(400, 200, nothing)), advocacy.Area{Left: 100, Top: 50, Width: 200, Height: 100}, kept{asPNG, 200, 100, "RKB."}},
		"a pixel":           {jpegOf(t, rectangles(400, 200, white)), advocacy.Area{Left: 50, Top: 190, Width: 1, Height: 1}, kept{asJPEG, 1, 1, "BBBB"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := media.Crop(keptOf(t, tc.raw), tc.area)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, kept{p.ContentType, p.Width, p.Height, corners(t, p.Bytes)}); diff != "" {
				t.Errorf("crop (-want +got):\n%s", diff)
			}
			if p.Digest != digest(p.Bytes) {
				t.Errorf("digest %s", p.Digest)
			}
			onlyPixels(t, p)
		})
	}
	whole := keptOf(t, pngOf(t, rectangles(40, 20, white)))
	for _, area := range []advocacy.Area{{}, {Left: -1, Width: 2, Height: 2}, {Width: 41, Height: 20}, {Left: 40, Top: 20, Width: 1, Height: 1}} {
		if p, err := media.Crop(whole, area); advocacy.ReasonOf(err) != "MEDIA_BROKEN" {
			t.Errorf("%+v is %+v, %v", area, p, err)
		}
	}
}
