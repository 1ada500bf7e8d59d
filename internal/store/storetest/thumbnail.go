package storetest

import (
	"context"
	"slices"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/store"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// thumbnail is a small form of a picture.
func (h *house) thumbnail(original, blob string) *advocacy.Thumbnail {
	return &advocacy.Thumbnail{Workspace: h.ws, Original: original, Side: 96, Blob: blob, ContentType: "image/png", Width: 1, Height: 1}
}

// thumbnails holds that the first one of a size stays, that it belongs to a picture of the
// workspace, and that it and its bytes stay as long as the picture does.
func thumbnails(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	original, small, late := h.uploaded(id("blob")).Blob, id("blob"), id("blob")
	find := func(blob string) *advocacy.Thumbnail {
		t.Helper()
		found, err := s.FindThumbnail(ctx(t), h.ws, original, 96)
		if err != nil || (found != nil) != (blob != "") || found != nil && found.Blob != blob {
			t.Fatalf("found %+v, error %v, want %q", found, err, blob)
		}
		return found
	}
	find("")
	for _, blob := range []string{small, late} {
		h.update(func(ctx context.Context, tx workflow.Tx) error {
			if err := tx.NoteBlob(ctx, blob); err != nil {
				return err
			}
			return tx.AddThumbnail(ctx, h.thumbnail(original, blob))
		})
		find(small)
	}
	for _, nowhere := range []*advocacy.Thumbnail{h.thumbnail(id("blob"), small), other.thumbnail(original, small)} {
		h.refused(advocacy.NotFound, "MEDIA_NOT_FOUND", func(ctx context.Context, tx workflow.Tx) error { return tx.AddThumbnail(ctx, nowhere) })
	}
	if _, err := s.SQLWriter().ExecContext(ctx(t), "UPDATE thumbnails SET side = 97 WHERE workspace_id = '"+string(h.ws)+"'"); err == nil {
		t.Error("the database accepted that a thumbnail changes")
	}
	if h.claim(small) || !h.claim(late) {
		t.Error("gave up the bytes of the thumbnail, or kept those of none")
	}
	if !h.remove(original) {
		t.Fatal("the picture stays")
	}
	find("")
	idle, err := s.IdleBlobs(ctx(t), later, 1<<20)
	if err != nil || !slices.Contains(idle, small) || !slices.Contains(idle, original) {
		t.Errorf("idle bytes %q, error %v", idle, err)
	}
}

// thumbnailAgainstRemoval races a thumbnail with the removal of its picture: no bytes are
// left that nothing refers to and no sweep finds.
func thumbnailAgainstRemoval(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	for range 20 {
		original, small := h.uploaded(id("blob")).Blob, id("blob")
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.NoteBlob(ctx, small) })
		var refusal error
		removed := false
		race(2, func(i int) {
			if i == 0 {
				refusal = s.Update(ctx(t), func(ctx context.Context, tx workflow.Tx) error {
					return tx.AddThumbnail(ctx, h.thumbnail(original, small))
				})
			} else {
				removed = h.remove(original)
			}
		})
		idle, err := s.IdleBlobs(ctx(t), later, 1<<20)
		if refusal != nil && advocacy.ReasonOf(refusal) != "MEDIA_NOT_FOUND" || !removed || err != nil || !slices.Contains(idle, small) {
			t.Fatalf("removed: %v, the thumbnail: %v, its bytes are found: %v, error %v", removed, refusal, slices.Contains(idle, small), err)
		}
	}
}
