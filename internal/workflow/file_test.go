package workflow_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/media"
	"github.com/imprimatur-hq/imprimatur/internal/media/mediatest"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// takeFiles accepts as the service does what it looks at where it lies, and nothing else.
var takeFiles = workflow.Acceptor{Large: func(file io.ReaderAt, size int64) (workflow.Accepted, error) {
	f, err := media.Inspect(file, size)
	return workflow.Accepted{
		ContentType: f.ContentType, Width: f.Width, Height: f.Height, Duration: f.Duration, Codecs: f.Codecs, Pages: f.Pages,
		Redactions: f.Redactions,
	}, err
}}

// longFilm is a film that is too large to be kept whole.
func longFilm() []byte { return mediatest.Film{Samples: 21 << 20}.Bytes() }

// arrivedInParts is an upload of which all parts of a size arrived.
func arrivedInParts(t *testing.T, h *workflowtest.House, d workflow.UploadDraft, data []byte, part int) *advocacy.Upload {
	t.Helper()
	c := h.As(h.Author)
	d.Size = int64(len(data))
	u, err := h.Flow.CreateUpload(t.Context(), c, h.W, d)
	ok(t, err)
	for at := 0; at < len(data); at += part {
		u, err = h.Flow.AppendUpload(t.Context(), c, h.W, u.ID, int64(at), data[at:min(at+part, len(data))])
		ok(t, err)
	}
	return u
}

// whole reads a file in parts, as a client does.
func whole(t *testing.T, h *workflowtest.House, blob string) []byte {
	t.Helper()
	var all []byte
	for {
		m, part, err := h.Flow.MediaBytes(t.Context(), h.As(h.Author), h.W, blob, int64(len(all)), 0)
		if ok(t, err); len(part) > advocacy.LargestPart {
			t.Fatalf("%d bytes at once", len(part))
		}
		if all = append(all, part...); int64(len(all)) >= m.Size {
			return all
		}
	}
}

// A large film is kept in the parts it came in, without where it was recorded, and read in parts.
func TestLargeFilm(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	c, film := h.As(h.Author), longFilm()
	u := arrivedInParts(t, h, workflow.UploadDraft{ContentType: "video/mp4", Digest: advocacy.DigestOf(film)}, film, advocacy.LargestPart)
	m, err := h.Flow.CompleteUpload(t.Context(), c, h.W, u.ID, takeFiles)
	ok(t, err)
	if m.ContentType != "video/mp4" || m.Duration != 12_000 || m.Codecs != "aac,h264" || m.Size != int64(len(film)) || m.Width != 640 {
		t.Errorf("kept %+v", m)
	}
	kept := whole(t, h, m.Blob)
	if string(advocacy.DigestOf(kept)) != m.Blob || bytes.Contains(kept, []byte("GPSWHEREABOUTS")) || len(kept) != len(film) {
		t.Error("what is kept is not what was accepted")
	}
	if _, part, err := h.Flow.MediaBytes(t.Context(), c, h.W, m.Blob, 3_000_000, 7); err != nil || !bytes.Equal(part, kept[3_000_000:3_000_007]) {
		t.Errorf("in the middle: %x, error %v", part, err)
	}
	if _, _, err := h.Flow.MediaBytes(t.Context(), c, h.W, m.Blob, m.Size+1, 0); advocacy.ReasonOf(err) != "RANGE_NOT_SATISFIABLE" {
		t.Errorf("beyond the end: %v", err)
	}
	_, file, err := h.Flow.OpenMedia(t.Context(), h.W, m.Blob)
	ok(t, err)
	if all, err := io.ReadAll(file); err != nil || !bytes.Equal(all, kept) {
		t.Errorf("read %d bytes, error %v", len(all), err)
	}
	// The same film in other parts is the same film.
	again := arrivedInParts(t, h, workflow.UploadDraft{}, film, 1_500_000)
	same, err := h.Flow.CompleteUpload(t.Context(), c, h.W, again.ID, takeFiles)
	if ok(t, err); same.Blob != m.Blob || !bytes.Equal(whole(t, h, m.Blob), kept) {
		t.Error("the same film is another one")
	}
	// Nobody shows it: it goes, with all its parts.
	h.Clock.Advance(40 * 24 * time.Hour)
	ok(t, second(h.Flow.SweepMedia(t.Context())))
	h.Clock.Advance(2 * 24 * time.Hour)
	swept, err := h.Flow.SweepMedia(t.Context())
	if ok(t, err); swept.Blobs == 0 {
		t.Errorf("swept %+v", swept)
	}
	if parts, err := h.Store.MediaParts(t.Context(), h.W, m.Blob); err != nil || len(parts) != 0 {
		t.Errorf("left %d parts, error %v", len(parts), err)
	}
}

func second[T any](_ T, err error) error { return err }

// What a large file turns out to be is held to its own limit, and to what was announced.
func TestLargeFileRefused(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	h.Flow.MediaLimits = advocacy.MediaLimits{Video: 64 << 20, Document: 20 << 20}
	paper := mediatest.Document{Pages: 1, Size: 21 << 20}.Bytes()
	for name, tc := range map[string]struct {
		draft  workflow.UploadDraft
		data   []byte
		reason string
	}{
		"a document as large as a video": {workflow.UploadDraft{}, paper, "MEDIA_TOO_LARGE"},
		"a picture as large as a video":  {workflow.UploadDraft{}, append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 21<<20)...), "MEDIA_TOO_LARGE"},
		"something else":                 {workflow.UploadDraft{}, make([]byte, 21<<20), "MEDIA_TYPE_UNSUPPORTED"},
		"other bytes than announced":     {workflow.UploadDraft{Digest: advocacy.DigestOf([]byte("x"))}, longFilm(), "UPLOAD_DIGEST_MISMATCH"},
	} {
		u := arrivedInParts(t, h, tc.draft, tc.data, advocacy.LargestPart)
		_, err := h.Flow.CompleteUpload(t.Context(), h.As(h.Author), h.W, u.ID, takeFiles)
		if advocacy.ReasonOf(err) != tc.reason {
			t.Errorf("%s: %v, want %s", name, err, tc.reason)
		}
	}
	if _, err := h.Flow.CreateUpload(t.Context(), h.As(h.Author), h.W, workflow.UploadDraft{Size: 65 << 20}); advocacy.ReasonOf(err) != "MEDIA_TOO_LARGE" {
		t.Errorf("announced: %v", err)
	}
}

// A post shows a video by itself, the words for it are asked for, and a card shows pictures only.
func TestVideoInAPost(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	c := h.As(h.Author)
	raw := mediatest.Film{}.Bytes()
	f, kept, err := media.AcceptFile(raw)
	ok(t, err)
	film, err := h.Flow.AddMedia(t.Context(), c, h.W, workflow.Accepted{
		Blob: string(advocacy.DigestOf(kept)), ContentType: f.ContentType, Width: f.Width, Height: f.Height, Duration: f.Duration, Data: kept,
	})
	ok(t, err)
	content := advocacy.Content{Language: "en", Text: "Look.", Link: "https://example.com/", Media: []advocacy.MediaRef{{Blob: film.Blob, AltText: "A shop opens"}}}
	v, err := h.Flow.CreatePost(t.Context(), c, h.W, workflow.PostDraft{Content: content, Accounts: []advocacy.AccountID{h.Wall}})
	ok(t, err)
	shown := v.Manifest.Targets[0].Rendering.Media[0]
	if shown.Duration != 12_000 || shown.ContentType != "video/mp4" || shown.Blob != film.Blob || shown.AltText != "A shop opens" {
		t.Errorf("shown %+v", shown)
	}
	if size := v.Head.Content.Media[0].Size; size != film.Size {
		t.Errorf("it weighs %d, not %d", size, film.Size)
	}
	content.Card = advocacy.Card{Title: "Shop", Picture: advocacy.MediaRef{Blob: film.Blob}}
	_, err = h.Flow.CreatePost(t.Context(), c, h.W, workflow.PostDraft{Content: content})
	if advocacy.ReasonOf(err) != "MEDIA_NOT_PICTURE" {
		t.Errorf("on a card: %v", err)
	}
	if _, _, err := h.Flow.Thumbnail(t.Context(), c, h.W, film.Blob, 96); advocacy.ReasonOf(err) != "MEDIA_NOT_PICTURE" {
		t.Errorf("made small: %v", err)
	}
	if _, err := h.Flow.CropMedia(t.Context(), c, h.W, film.Blob, advocacy.Area{Width: 1, Height: 1}, nil); advocacy.ReasonOf(err) != "MEDIA_NOT_PICTURE" {
		t.Errorf("cut: %v", err)
	}
}
