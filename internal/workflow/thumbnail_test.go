package workflow_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// drawing keeps a grey picture.
func drawing(t *testing.T, h *workflowtest.House, width, height int) *advocacy.Media {
	t.Helper()
	var data bytes.Buffer
	ok(t, png.Encode(&data, image.NewGray(image.Rect(0, 0, width, height))))
	m, err := h.Flow.AddMedia(t.Context(), h.As(h.Author), h.W, workflow.Accepted{
		Blob: string(advocacy.DigestOf(data.Bytes())), ContentType: "image/png", Width: width, Height: height, Data: data.Bytes(),
	})
	ok(t, err)
	return m
}

// sizeOf is how large an encoded picture is.
func sizeOf(t *testing.T, data []byte) image.Point {
	t.Helper()
	c, err := png.DecodeConfig(bytes.NewReader(data))
	ok(t, err)
	return image.Pt(c.Width, c.Height)
}

func TestThumbnail(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	wide, little := drawing(t, h, 1000, 500), drawing(t, h, 96, 20)
	for _, side := range advocacy.ThumbnailSides() {
		for range 2 { // made, then found
			kind, data, err := h.Flow.Thumbnail(t.Context(), h.As(h.Legal), h.W, wide.Blob, side)
			if ok(t, err); kind != "image/png" || sizeOf(t, data) != image.Pt(side, side/2) {
				t.Errorf("of %d pixels it is %s of %v", side, kind, sizeOf(t, data))
			}
		}
		if _, data, err := h.Flow.Thumbnail(t.Context(), h.As(h.Legal), h.W, little.Blob, side); err != nil || string(advocacy.DigestOf(data)) != little.Blob {
			t.Errorf("the little one of %d pixels: %d other bytes, error %v", side, len(data), err)
		}
	}
	if _, _, err := h.Flow.Thumbnail(t.Context(), h.As(h.Legal), h.W, "sha256:none", 96); advocacy.ReasonOf(err) != "MEDIA_NOT_FOUND" {
		t.Errorf("of nothing: %v", err)
	}
	// They go with the picture, their bytes a day later.
	h.Clock.Advance(31 * 24 * time.Hour)
	swept, err := h.Flow.SweepMedia(t.Context())
	if ok(t, err); swept.Media != 2 {
		t.Errorf("swept %+v", swept)
	}
	h.Clock.Advance(25 * time.Hour)
	swept, err = h.Flow.SweepMedia(t.Context())
	if ok(t, err); swept.Blobs != 2+len(advocacy.ThumbnailSides()) {
		t.Errorf("swept %+v", swept)
	}
}

// Many who ask at once are answered by one that is made, also those who asked a moment too
// late, and also when who asked first has left.
func TestThumbnailIsMadeOnce(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	m := drawing(t, h, 1000, 500)
	var made atomic.Int32
	begun, going := make(chan struct{}), make(chan struct{})
	h.Flow.Thumbnails = workflow.NewThumbnailer(func(picture []byte, side int) (workflow.Accepted, error) {
		if made.Add(1) == 1 {
			close(begun)
		}
		<-going
		data := picture[:side]
		return workflow.Accepted{Blob: string(advocacy.DigestOf(data)), ContentType: "image/png", Width: 1, Height: 1, Data: data}, nil
	})
	ask := func(ctx context.Context) error {
		_, data, err := h.Flow.Thumbnail(ctx, h.As(h.Legal), h.W, m.Blob, 96)
		if err == nil && len(data) != 96 {
			t.Errorf("%d bytes", len(data))
		}
		return err
	}
	first, leave := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := ask(first); !errors.Is(err, context.Canceled) {
			t.Errorf("who left got %v", err)
		}
	})
	<-begun
	leave()
	wg.Wait()
	for range 8 {
		wg.Go(func() {
			if err := ask(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	close(going)
	wg.Wait()
	late := *h.Flow
	late.Store = &blinking{Store: h.Flow.Store}
	if _, _, err := late.Thumbnail(t.Context(), h.As(h.Legal), h.W, m.Blob, 96); err != nil || made.Load() != 1 {
		t.Errorf("made %d times, error %v", made.Load(), err)
	}
}

// blinking misses a thumbnail the first time, as who looks just before it is kept.
type blinking struct {
	workflow.Store
	looked bool
}

func (b *blinking) FindThumbnail(ctx context.Context, w advocacy.WorkspaceID, original string, side int) (*advocacy.Thumbnail, error) {
	if !b.looked {
		b.looked = true
		return nil, nil
	}
	return b.Store.FindThumbnail(ctx, w, original, side)
}

func TestThumbnailThatCannotBeMade(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	m := drawing(t, h, 1000, 500)
	refusal := errors.New("no room")
	h.Flow.Thumbnails = workflow.NewThumbnailer(func([]byte, int) (workflow.Accepted, error) { return workflow.Accepted{}, refusal })
	if _, _, err := h.Flow.Thumbnail(t.Context(), h.As(h.Legal), h.W, m.Blob, 96); !errors.Is(err, refusal) {
		t.Errorf("error %v", err)
	}
	ok(t, h.Flow.Blobs.Delete(t.Context(), m.Blob))
	if _, _, err := h.Flow.Thumbnail(t.Context(), h.As(h.Legal), h.W, m.Blob, 96); advocacy.ReasonOf(err) != "BLOB_NOT_FOUND" {
		t.Errorf("error %v", err)
	}
}
