package workflow_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// upload keeps bytes as if they were a picture that was looked at.
func upload(t *testing.T, h *workflowtest.House, data string) string {
	t.Helper()
	m, err := h.Flow.AddMedia(t.Context(), h.As(h.Author), h.W, workflow.Accepted{
		Blob: string(advocacy.DigestOf([]byte(data))), ContentType: "image/png", Width: 1, Height: 1, Data: []byte(data),
	})
	ok(t, err)
	return m.Blob
}

// stubborn bytes do not go.
type stubborn struct{ workflow.Blobs }

var errStubborn = errors.New("the disk is read-only")

func (stubborn) Delete(context.Context, string) error { return errStubborn }

// meddled runs something before the second transaction.
type meddled struct {
	workflow.Store
	before func()
	seen   int
}

func (m *meddled) Update(ctx context.Context, fn func(ctx context.Context, tx workflow.Tx) error) error {
	if m.seen++; m.seen == 2 {
		m.before()
	}
	return m.Store.Update(ctx, fn)
}

// Between claiming bytes and removing them another sweep may have removed them, and somebody
// sent them anew: these stay.
func TestSweepsDoNotMeet(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	blob := string(advocacy.DigestOf([]byte("twice")))
	ok(t, h.Flow.Keep(t.Context(), blob, []byte("twice")))
	h.Clock.Advance(25 * time.Hour)
	slow := *h.Flow
	slow.Store = &meddled{Store: h.Flow.Store, before: func() {
		swept, err := h.Flow.SweepMedia(t.Context())
		if ok(t, err); swept.Blobs != 1 {
			t.Errorf("the faster sweep removed %+v", swept)
		}
		upload(t, h, "twice")
	}}
	swept, err := slow.SweepMedia(t.Context())
	if ok(t, err); swept != (workflow.SweptMedia{}) {
		t.Errorf("the slower sweep removed %+v", swept)
	}
	_, err = h.Flow.Blobs.Get(t.Context(), blob)
	ok(t, err)
}

// A picture that a revision showed once is kept for ever, whatever became of the post. One
// that none ever showed goes after a month, with its bytes a day later.
func TestSweepMedia(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	shown, idle, fresh := upload(t, h, "shown"), upload(t, h, "idle"), upload(t, h, "fresh")
	v, err := h.Flow.CreatePost(t.Context(), h.As(h.Author), h.W, workflow.PostDraft{
		Content:  advocacy.Content{Language: "en", Text: "Look.", Media: []advocacy.MediaRef{{Blob: shown, AltText: "A door"}}},
		Accounts: []advocacy.AccountID{h.Wall},
	})
	ok(t, err)
	_, err = h.Flow.UpdatePost(t.Context(), h.As(h.Author), h.W, v.Post.ID, workflow.PostChange{
		Content: &advocacy.Content{Language: "en", Text: "Nothing to see."},
	})
	ok(t, err)
	// Bytes whose picture never came: the process died in between.
	lost := "sha256:" + advocacy.DigestOf([]byte("lost")).Hex()
	ok(t, h.Flow.Keep(t.Context(), lost, []byte("lost")))

	sweep := func(want workflow.SweptMedia) {
		t.Helper()
		if got, err := h.Flow.SweepMedia(t.Context()); err != nil || got != want {
			t.Errorf("swept %+v, error %v; want %+v", got, err, want)
		}
	}
	sweep(workflow.SweptMedia{})
	h.Clock.Advance(29 * 24 * time.Hour)
	upload(t, h, "fresh")
	h.Clock.Advance(2 * 24 * time.Hour)
	blobs := h.Flow.Blobs
	h.Flow.Blobs = stubborn{blobs}
	if _, err := h.Flow.SweepMedia(t.Context()); !errors.Is(err, errStubborn) {
		t.Errorf("error %v, want that of the disk", err)
	}
	h.Flow.Blobs = blobs
	sweep(workflow.SweptMedia{Blobs: 1}) // the lost ones; the picture is gone, its bytes stay a day
	h.Clock.Advance(25 * time.Hour)
	sweep(workflow.SweptMedia{Blobs: 1})
	sweep(workflow.SweptMedia{})
	for blob, want := range map[string]string{shown: "", fresh: "", idle: "BLOB_NOT_FOUND", lost: "BLOB_NOT_FOUND"} {
		if _, err := h.Flow.Blobs.Get(t.Context(), blob); advocacy.ReasonOf(err) != want {
			t.Errorf("%s: error %v, want %q", blob, err, want)
		}
	}
	if _, err := h.Flow.Media(t.Context(), h.As(h.Author), h.W, idle); advocacy.ReasonOf(err) != "MEDIA_NOT_FOUND" {
		t.Errorf("the picture: error %v", err)
	}
	records, _, err := h.Store.AuditRecords(t.Context(), workflow.RecordQuery{Workspace: h.W, Action: "media.removed", Page: workflow.Page{Size: 9}})
	ok(t, err)
	if len(records) != 1 || records[0].Actor.Kind != advocacy.System || records[0].Subject != h.W.Name()+"/media/"+advocacy.Digest(idle).Hex() {
		t.Errorf("recorded %+v", records)
	}
	// What was removed may come again, and may be shown.
	if upload(t, h, "idle") != idle {
		t.Error("another digest")
	}
}
