package media_test

import (
	"path/filepath"
	"regexp"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/media"
)

func FuzzAccept(f *testing.F) {
	for _, sample := range good(f) {
		f.Add(sample.raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := media.Accept(raw)
		if err != nil {
			if advocacy.KindOf(err) != advocacy.Invalid {
				t.Fatalf("refused without a reason: %v", err)
			}
			return
		}
		if len(p.Bytes) > media.MaxBytes || p.Width*p.Height > media.MaxPixels || p.Width < 1 || p.Height < 1 {
			t.Fatalf("accepted %d bytes, %d by %d", len(p.Bytes), p.Width, p.Height)
		}
		onlyPixels(t, p)
		again, err := media.Accept(p.Bytes)
		if err != nil {
			t.Fatalf("our own output is refused: %v", err)
		}
		if again.Width != p.Width || again.Height != p.Height || again.ContentType != p.ContentType {
			t.Errorf("%s %d by %d became %s %d by %d",
				p.ContentType, p.Width, p.Height, again.ContentType, again.Width, again.Height)
		}
		if p.ContentType == asPNG && again.Digest != p.Digest {
			t.Errorf("a PNG of ours came out different: %s, then %s", p.Digest, again.Digest)
		}
		small, err := media.Thumbnail(p.Bytes, 96)
		if err != nil {
			t.Fatalf("our own output cannot be made small: %v", err)
		}
		if small.Width < 1 || small.Height < 1 || max(small.Width, small.Height) != min(max(p.Width, p.Height), 96) {
			t.Errorf("%d by %d became %d by %d", p.Width, p.Height, small.Width, small.Height)
		}
		onlyPixels(t, small)
	})
}

func FuzzDigest(f *testing.F) {
	shape := regexp.MustCompile(`\Asha256:[0-9a-f]{64}\z`)
	f.Add(digest(nil))
	f.Add("sha256:../../../../../../../../../../../../../../../../../../../etc/passwd")
	root := filepath.Join(f.TempDir(), "media")
	d, err := media.OpenDir(root)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, err := d.Get(t.Context(), s)
		want := "DIGEST_INVALID"
		if shape.MatchString(s) {
			want = "BLOB_NOT_FOUND"
		}
		if advocacy.ReasonOf(err) != want {
			t.Errorf("Get %q: %v, want %s", s, err, want)
		}
	})
}
