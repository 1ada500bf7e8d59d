package workflow_test

import (
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// TestCropMedia: a part is a picture of its own, on record with what it was cut out of, all of
// it is what is there, and what is no part is refused before anything is read.
func TestCropMedia(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	accepted := func(text string) workflow.Accepted {
		return workflow.Accepted{Blob: string(advocacy.DigestOf([]byte(text))), ContentType: "image/png", Width: 4, Height: 3, Data: []byte(text)}
	}
	original := accepted("a picture")
	m, err := h.Flow.AddMedia(t.Context(), h.As(h.Author), h.W, original)
	ok(t, err)
	cuts := 0
	crop := func(data []byte, a advocacy.Area) (workflow.Accepted, error) {
		cuts++
		cut := accepted(string(data) + " in part")
		cut.Width, cut.Height = a.Width, a.Height
		return cut, nil
	}
	call := h.As(h.Author)
	for range 2 {
		part, err := h.Flow.CropMedia(t.Context(), call, h.W, m.Blob, advocacy.Area{Left: 1, Width: m.Width - 1, Height: m.Height}, crop)
		ok(t, err)
		if part.Blob == m.Blob || part.Width != m.Width-1 {
			t.Fatalf("the part is %+v", part)
		}
	}
	all, err := h.Flow.CropMedia(t.Context(), call, h.W, m.Blob, advocacy.Area{Width: m.Width, Height: m.Height}, crop)
	ok(t, err)
	if all.Blob != m.Blob || cuts != 2 {
		t.Errorf("all of it is %+v, after %d cuts", all, cuts)
	}
	refuses(t, h, advocacy.Invalid, "AREA_OUTSIDE", func() error {
		_, err := h.Flow.CropMedia(t.Context(), call, h.W, m.Blob, advocacy.Area{Left: 1, Width: m.Width, Height: m.Height}, crop)
		return err
	})
	refuses(t, h, advocacy.NotFound, "MEDIA_NOT_FOUND", func() error {
		_, err := h.Flow.CropMedia(t.Context(), h.As(h.Author), h.W, accepted("another").Blob, advocacy.Area{Width: 1, Height: 1}, crop)
		return err
	})
}
