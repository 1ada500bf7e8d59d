package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// later is after everything was idle for long, on either clock.
var later = time.Date(2226, 1, 1, 0, 0, 0, 0, time.UTC)

// uploaded is a picture the house has.
func (h *house) uploaded(blob string) advocacy.Media {
	m := advocacy.Media{Workspace: h.ws, Blob: blob, ContentType: "image/png", Width: 1, Height: 1, Size: 1, Uploader: h.author, CreateTime: start}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddMedia(ctx, &m) })
	return m
}

// showing is a revision of a post of its own that shows pictures.
func (h *house) showing(blobs ...string) *advocacy.Revision {
	r := h.revision(advocacy.PostSubject(h.ws, advocacy.PostID(id("post"))), 1)
	for _, blob := range blobs {
		r.Content.Media = append(r.Content.Media, advocacy.MediaRef{Blob: blob})
	}
	return r
}

// remove forgets a picture, if it is idle, and tells whether it was.
func (h *house) remove(blob string) (removed bool) {
	h.update(func(ctx context.Context, tx workflow.Tx) (err error) {
		removed, err = tx.RemoveMedia(ctx, h.ws, blob, later)
		return err
	})
	return removed
}

// claim takes bytes to remove them, if nothing refers to them.
func (h *house) claim(blob string) (claimed bool) {
	h.update(func(ctx context.Context, tx workflow.Tx) (err error) {
		claimed, err = tx.ClaimBlob(ctx, blob, later)
		return err
	})
	return claimed
}

// namedMedia holds that a file keeps the first name it is given, whoever brings it again.
func namedMedia(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	m := h.uploaded(id("blob"))
	for _, name := range []string{"", "First — 東京.png", "second.png", ""} {
		m.FileName = name
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddMedia(ctx, &m) })
	}
	if kept, err := s.Media(ctx(t), h.ws, m.Blob); err != nil || kept.FileName != "First — 東京.png" {
		t.Errorf("the file is called %+v, error %v", kept, err)
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddRevision(ctx, h.showing(m.Blob)) })
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddMedia(ctx, &m) }) // used, and brought again
}

// usedMedia holds that a picture a revision shows stays for ever, that one none shows goes
// when it is old, and that bytes go when the last row goes that refers to them.
func usedMedia(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	shown, idle := h.uploaded(id("blob")).Blob, h.uploaded(id("blob")).Blob
	other.uploaded(idle)
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddRevision(ctx, h.showing(shown, shown)) })
	h.uploaded(shown) // once more: it stays used
	found := func() (mine []string) {
		all, err := s.IdleMedia(ctx(t), later, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range all {
			if m.Workspace == h.ws {
				mine = append(mine, m.Blob)
			}
		}
		return mine
	}
	if got := found(); !slices.Equal(got, []string{idle}) {
		t.Errorf("idle are %q, want only %q", got, idle)
	}
	if young, err := s.IdleMedia(ctx(t), start.Add(-24*time.Hour), 1<<20); err != nil || len(young) != 0 {
		t.Errorf("idle before anything was: %v, error %v", young, err)
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		if did, err := tx.RemoveMedia(ctx, h.ws, idle, start.Add(-24*time.Hour)); err != nil || did {
			t.Errorf("removed a young picture: %v, error %v", did, err)
		}
		return nil
	})
	if h.remove(shown) || !h.remove(idle) || h.remove(idle) {
		t.Error("removed the wrong pictures")
	}
	for _, statement := range []string{"DELETE FROM media", "UPDATE media SET idle_time = create_time"} {
		if _, err := s.SQLWriter().ExecContext(ctx(t), statement+" WHERE workspace_id = '"+string(h.ws)+"'"); err == nil {
			t.Errorf("the database accepted %s", statement)
		}
	}
	// The other workspace has the same bytes.
	if h.claim(shown) || h.claim(idle) {
		t.Error("took bytes that a picture refers to")
	}
	other.remove(idle)
	if blobs, err := s.IdleBlobs(ctx(t), later, 1<<20); err != nil || !slices.Contains(blobs, idle) || slices.Contains(blobs, shown) {
		t.Errorf("idle bytes %q, error %v", blobs, err)
	}
	for range 2 {
		if !h.claim(idle) {
			t.Error("bytes nothing refers to were not given up, as often as it takes")
		}
	}
	again := func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddMedia(ctx, &advocacy.Media{Workspace: h.ws, Blob: idle})
	}
	h.refused(advocacy.Conflict, "MEDIA_REMOVING", again)
	h.refused(advocacy.Conflict, "MEDIA_REMOVING", func(ctx context.Context, tx workflow.Tx) error { return tx.NoteBlob(ctx, idle) })
	if !h.forget(idle) {
		t.Error("claimed bytes were not forgotten")
	}
	h.update(again)
	if h.forget(idle) {
		t.Error("bytes that came anew were forgotten")
	}
	if blobs, err := s.IdleBlobs(ctx(t), later, 1<<20); err != nil || slices.Contains(blobs, idle) {
		t.Errorf("idle although a picture refers to them: error %v", err)
	}
}

// forget ends the removal of bytes.
func (h *house) forget(blob string) (ours bool) {
	h.update(func(ctx context.Context, tx workflow.Tx) (err error) {
		ours, err = tx.ForgetBlob(ctx, blob)
		return err
	})
	return ours
}

// useAgainstRemoval races a revision that begins to show a picture with its removal: either
// the revision is refused or the picture stays.
func useAgainstRemoval(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	for range 20 {
		blob := h.uploaded(id("blob")).Blob
		var refusal error
		removed := false
		race(2, func(i int) {
			if i == 0 {
				refusal = s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error { return tx.AddRevision(ctx, h.showing(blob)) })
			} else {
				removed = h.remove(blob)
			}
		})
		_, err := s.Media(ctx(t), h.ws, blob)
		gone := advocacy.KindOf(err) == advocacy.NotFound
		if refused := advocacy.ReasonOf(refusal) == "MEDIA_NOT_FOUND"; refused != removed || gone != removed {
			t.Fatalf("removed: %v, the picture is gone: %v, the revision: %v", removed, gone, refusal)
		}
	}
}

// bytesAgainstRemoval races a picture that begins to refer to idle bytes with their
// removal: either the picture is refused or the bytes stay.
func bytesAgainstRemoval(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	for range 20 {
		blob := id("blob")
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.NoteBlob(ctx, blob) })
		var refusal error
		claimed := false
		race(2, func(i int) {
			if i == 0 {
				refusal = s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error {
					return tx.AddMedia(ctx, &advocacy.Media{Workspace: h.ws, Blob: blob})
				})
			} else {
				claimed = h.claim(blob)
			}
		})
		if refused := advocacy.ReasonOf(refusal) == "MEDIA_REMOVING"; refused != claimed {
			t.Fatalf("the bytes were given up: %v, the picture: %v", claimed, refusal)
		}
	}
}

// mediaParts holds that a file kept in parts has them once, in their order and with their bytes,
// and that they go with it.
func mediaParts(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	film := advocacy.Media{
		Workspace: h.ws, Blob: id("blob"), ContentType: "video/mp4", Width: 4, Height: 3, Duration: 1500, Codecs: "aac,h264", Pages: 2,
		Size: 30, Uploader: h.author, CreateTime: start,
	}
	first, second := id("blob"), id("blob")
	parts := []advocacy.MediaPart{
		{Workspace: h.ws, Media: film.Blob, Size: 20, Blob: first}, {Workspace: h.ws, Media: film.Blob, Offset: 20, Size: 10, Blob: second},
	}
	add := func(ctx context.Context, tx workflow.Tx, parts ...advocacy.MediaPart) error {
		if err := tx.AddMedia(ctx, &film); err != nil {
			return err
		}
		return tx.AddMediaParts(ctx, parts...)
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return add(ctx, tx, parts[1], parts[0]) })
	// The same file in other parts, of which nothing is kept.
	unused := id("blob")
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		return add(ctx, tx, advocacy.MediaPart{Workspace: h.ws, Media: film.Blob, Size: 30, Blob: unused})
	})
	if got, err := s.MediaParts(ctx(t), h.ws, film.Blob); err != nil || !slices.Equal(got, parts) {
		t.Errorf("parts %+v, error %v", got, err)
	}
	if got, err := s.MediaParts(ctx(t), other.ws, film.Blob); err != nil || len(got) != 0 {
		t.Errorf("another workspace has %+v, error %v", got, err)
	}
	if got, err := s.Media(ctx(t), h.ws, film.Blob); err != nil || got.Duration != 1500 || got.Codecs != "aac,h264" || got.Pages != 2 {
		t.Errorf("kept %+v, error %v", got, err)
	}
	h.refused(advocacy.NotFound, "MEDIA_NOT_FOUND", func(ctx context.Context, tx workflow.Tx) error {
		return tx.AddMediaParts(ctx, advocacy.MediaPart{Workspace: h.ws, Media: "none", Size: 1, Blob: unused})
	})
	for _, statement := range []string{"UPDATE media_parts SET blob = 'other'", "DELETE FROM media"} {
		if _, err := s.SQLWriter().ExecContext(ctx(t), statement+" WHERE workspace_id = '"+string(h.ws)+"'"); err == nil {
			t.Errorf("the database accepted %s", statement)
		}
	}
	if h.claim(first) || h.claim(second) {
		t.Error("took bytes that a part refers to")
	}
	if !h.remove(film.Blob) {
		t.Error("an idle file stays")
	}
	if got, err := s.MediaParts(ctx(t), h.ws, film.Blob); err != nil || len(got) != 0 {
		t.Errorf("parts of nothing %+v, error %v", got, err)
	}
	if !h.claim(first) || !h.claim(second) {
		t.Error("the bytes of what went stay")
	}
}
