package workflow_test

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// takeAny accepts anything as a picture of one pixel, and what is large as a video of one.
var takeAny = workflow.Acceptor{Whole: takePicture, Large: func(io.ReaderAt, int64) (workflow.Accepted, error) {
	return workflow.Accepted{ContentType: "video/mp4", Width: 1, Height: 1, Duration: 1}, nil
}}

func takePicture(data []byte) (workflow.Accepted, error) {
	return workflow.Accepted{Blob: string(advocacy.DigestOf(data)), ContentType: "image/png", Width: 1, Height: 1, Data: data}, nil
}

// arriving begins an upload of the author.
func arriving(t *testing.T, h *workflowtest.House, size int) *advocacy.Upload {
	t.Helper()
	u, err := h.Flow.CreateUpload(t.Context(), h.As(h.Author), h.W, workflow.UploadDraft{Size: int64(size)})
	ok(t, err)
	return u
}

// arrived is an upload of the author of which everything arrived.
func arrived(t *testing.T, h *workflowtest.House, data string) *advocacy.Upload {
	t.Helper()
	u, err := h.Flow.AppendUpload(t.Context(), h.As(h.Author), h.W, arriving(t, h, len(data)).ID, 0, []byte(data))
	ok(t, err)
	return u
}

// noised are bytes of which no two parts are alike.
func noised(size int) []byte {
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(i >> 16)
	}
	return data
}

// Many senders at once, each of which repeats itself, leave one file, each part of it once.
func TestUploadFromManySenders(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	const part = advocacy.SmallestPart
	data := noised(5*part + 7)
	u := arriving(t, h, len(data))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for at := 0; at < len(data); {
				piece := data[at:min(at+part, len(data))]
				_, err := h.Flow.AppendUpload(t.Context(), h.As(h.Author), h.W, u.ID, int64(at), piece)
				if err != nil {
					t.Errorf("at %d: %v", at, err)
					return
				}
				at += len(piece)
			}
		})
	}
	wg.Wait()
	m, err := h.Flow.CompleteUpload(t.Context(), h.As(h.Author), h.W, u.ID, takeAny)
	ok(t, err)
	_, got, err := h.Flow.MediaBytes(t.Context(), h.As(h.Author), h.W, m.Blob, 0, 0)
	if ok(t, err); !bytes.Equal(got, data) {
		t.Errorf("%d other bytes", len(got))
	}
	made := 0
	for _, r := range records(t, h, "") {
		if r.Action == "upload.appended" {
			made++
		}
	}
	if made != 6 {
		t.Errorf("%d parts were recorded", made)
	}
}

// What is completed twice at once becomes one picture.
func TestUploadCompletedTwice(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	u := arrived(t, h, "once")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			m, err := h.Flow.CompleteUpload(t.Context(), h.As(h.Author), h.W, u.ID, takeAny)
			// Who reads the parts when they are gone is told to look again.
			if err == nil && m.Blob != string(advocacy.DigestOf([]byte("once"))) || err != nil && advocacy.ReasonOf(err) != "UPLOAD_CHANGED" {
				t.Errorf("%+v, error %v", m, err)
			}
		})
	}
	wg.Wait()
	uploaded := 0
	for _, r := range records(t, h, "") {
		if r.Action == "media.uploaded" {
			uploaded++
		}
	}
	if uploaded != 1 {
		t.Errorf("uploaded %d times", uploaded)
	}
}

func TestUploadIsItsSenders(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	u := arrived(t, h, "mine")
	for name, c := range map[string]workflow.Call{"another person": h.As(h.Reader), "a key of the author": h.AsKey(h.Author)} {
		_, get := h.Flow.Upload(t.Context(), c, h.W, u.ID)
		_, add := h.Flow.AppendUpload(t.Context(), c, h.W, u.ID, 0, []byte("mine"))
		_, complete := h.Flow.CompleteUpload(t.Context(), c, h.W, u.ID, takeAny)
		for door, err := range map[string]error{
			"get": get, "append": add, "complete": complete, "delete": h.Flow.DeleteUpload(t.Context(), c, h.W, u.ID),
		} {
			if advocacy.ReasonOf(err) != "UPLOAD_NOT_FOUND" {
				t.Errorf("%s by %s: %v", door, name, err)
			}
		}
	}
}

// A refusal at the end is that of the bytes: the upload is still there.
func TestUploadRefusedAtTheEnd(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	c := h.As(h.Author)
	announced, err := h.Flow.CreateUpload(t.Context(), c, h.W, workflow.UploadDraft{Size: 4, Digest: advocacy.DigestOf([]byte("true"))})
	ok(t, err)
	if _, err := h.Flow.CompleteUpload(t.Context(), c, h.W, announced.ID, takeAny); advocacy.ReasonOf(err) != "UPLOAD_INCOMPLETE" {
		t.Errorf("of nothing: %v", err)
	}
	_, err = h.Flow.AppendUpload(t.Context(), c, h.W, announced.ID, 0, []byte("fake"))
	ok(t, err)
	if _, err := h.Flow.CompleteUpload(t.Context(), c, h.W, announced.ID, takeAny); advocacy.ReasonOf(err) != "UPLOAD_DIGEST_MISMATCH" {
		t.Errorf("of other bytes: %v", err)
	}
	ugly := errors.New("ugly")
	u := arrived(t, h, "ugly")
	refuse := workflow.Acceptor{Whole: func([]byte) (workflow.Accepted, error) { return workflow.Accepted{}, ugly }}
	if _, err := h.Flow.CompleteUpload(t.Context(), c, h.W, u.ID, refuse); !errors.Is(err, ugly) {
		t.Errorf("of a refused file: %v", err)
	}
	ok(t, h.Flow.Blobs.Delete(t.Context(), string(advocacy.DigestOf([]byte("ugly")))))
	if _, err := h.Flow.CompleteUpload(t.Context(), c, h.W, u.ID, takeAny); advocacy.ReasonOf(err) != "BLOB_NOT_FOUND" {
		t.Errorf("of a lost part: %v", err)
	}
	found, err := h.Flow.Upload(t.Context(), c, h.W, u.ID)
	if ok(t, err); found.Media != "" || found.Offset != 4 {
		t.Errorf("after all that: %+v", found)
	}
}

func TestUploadQuota(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	create := func(who advocacy.PersonID, size int64) (*advocacy.Upload, error) {
		return h.Flow.CreateUpload(t.Context(), h.As(who), h.W, workflow.UploadDraft{Size: size})
	}
	var last *advocacy.Upload
	for range advocacy.UnfinishedBytes / advocacy.LargestPicture {
		u, err := create(h.Author, advocacy.LargestPicture)
		ok(t, err)
		last = u
	}
	full := func(who advocacy.PersonID, size int64, left string) {
		t.Helper()
		_, err := create(who, size)
		e, _ := errors.AsType[*advocacy.Error](err)
		if e == nil || e.Kind != advocacy.Exhausted || e.Reason != "UPLOAD_QUOTA" || e.Meta["left"] != left {
			t.Errorf("error %v, want %s left", err, left)
		}
	}
	full(h.Author, advocacy.LargestPicture, "4194304")
	ok(t, h.Flow.DeleteUpload(t.Context(), h.As(h.Author), h.W, last.ID))
	_, err := create(h.Author, advocacy.LargestPicture)
	ok(t, err)
	for range advocacy.UnfinishedUploads {
		_, err := create(h.Reader, 1)
		ok(t, err)
	}
	full(h.Reader, 1, "0")
}

func TestMediaQuota(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	h.Flow.MediaQuota = 10
	left := func(err error, want string) {
		t.Helper()
		e, _ := errors.AsType[*advocacy.Error](err)
		if e == nil || e.Kind != advocacy.Exhausted || e.Reason != "MEDIA_QUOTA" || e.Meta["left"] != want {
			t.Errorf("error %v, want %s left", err, want)
		}
	}
	add := func(data string) error {
		made, _ := takePicture([]byte(data))
		_, err := h.Flow.AddMedia(t.Context(), h.As(h.Author), h.W, made)
		return err
	}
	late := arrived(t, h, "late")
	for range 3 { // the same picture takes no more room
		ok(t, add("seven77"))
	}
	left(add("four"), "3")
	_, err := h.Flow.CompleteUpload(t.Context(), h.As(h.Author), h.W, late.ID, takeAny)
	left(err, "3")
	_, err = h.Flow.CreateUpload(t.Context(), h.As(h.Author), h.W, workflow.UploadDraft{Size: 4})
	left(err, "3")
	ok(t, add("333"))
	h.Clock.Advance(31 * 24 * time.Hour)
	swept, err := h.Flow.SweepMedia(t.Context())
	if ok(t, err); swept.Media != 2 {
		t.Errorf("swept %+v", swept)
	}
	ok(t, add("ten bytes!"))
}

// An upload that is not completed within a day goes, its bytes a day later. Of one that was
// completed nothing goes but its name, and the parts when the picture was made.
func TestUploadsExpire(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	c := h.As(h.Author)
	left, done, gone := arrived(t, h, "left"), arrived(t, h, "done"), arrived(t, h, "gone")
	m, err := h.Flow.CompleteUpload(t.Context(), c, h.W, done.ID, takeAny)
	ok(t, err)
	ok(t, h.Flow.DeleteUpload(t.Context(), c, h.W, gone.ID))
	sweep := func(want workflow.SweptMedia) {
		t.Helper()
		if got, err := h.Flow.SweepMedia(t.Context()); err != nil || got != want {
			t.Errorf("swept %+v, error %v; want %+v", got, err, want)
		}
	}
	h.Clock.Advance(advocacy.UploadLife - time.Second)
	sweep(workflow.SweptMedia{})
	young := arriving(t, h, 4)
	_, err = h.Flow.Upload(t.Context(), c, h.W, left.ID)
	ok(t, err)
	h.Clock.Advance(time.Second)
	if _, err := h.Flow.Upload(t.Context(), c, h.W, left.ID); advocacy.ReasonOf(err) != "UPLOAD_NOT_FOUND" {
		t.Errorf("expired, and not swept yet: %v", err)
	}
	h.Clock.Advance(time.Second)
	sweep(workflow.SweptMedia{Uploads: 2, Blobs: 1}) // the part of the one that was given up
	sweep(workflow.SweptMedia{})
	h.Clock.Advance(25 * time.Hour)
	sweep(workflow.SweptMedia{Uploads: 1, Blobs: 1})
	for name, id := range map[string]advocacy.UploadID{"left": left.ID, "done": done.ID, "gone": gone.ID, "young": young.ID} {
		if _, err := h.Store.Upload(t.Context(), h.W, id); advocacy.ReasonOf(err) != "UPLOAD_NOT_FOUND" {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, _, err = h.Flow.MediaBytes(t.Context(), c, h.W, m.Blob, 0, 0)
	ok(t, err)
}
