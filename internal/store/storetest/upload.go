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

// upload is an upload of the house's author.
func (h *house) upload(size int64) *advocacy.Upload {
	u := &advocacy.Upload{
		Workspace: h.ws, ID: advocacy.UploadID(id("upload")), Uploader: h.author, Size: size, CreateTime: start, ExpireTime: start.Add(advocacy.UploadLife),
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddUpload(ctx, u) })
	return u
}

// uploads holds that parts come back in their order and hold their bytes, that an upload takes
// its parts with it, and that what was announced stays.
func uploads(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	u, shared := h.upload(30), id("blob")
	parts := []advocacy.UploadPart{
		{Workspace: h.ws, Upload: u.ID, Offset: 0, Size: 10, Blob: shared},
		{Workspace: h.ws, Upload: u.ID, Offset: 10, Size: 10, Blob: id("blob")},
		{Workspace: h.ws, Upload: u.ID, Offset: 20, Size: 10, Blob: shared}, // the same bytes twice
	}
	for _, p := range []advocacy.UploadPart{parts[1], parts[2], parts[0]} {
		h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.AddUploadPart(ctx, p) })
	}
	if got, err := s.UploadParts(ctx(t), h.ws, u.ID); err != nil || !slices.Equal(got, parts) {
		t.Errorf("parts %+v, error %v", got, err)
	}
	if got, err := s.FindUploadPart(ctx(t), h.ws, u.ID, 10); err != nil || *got != parts[1] {
		t.Errorf("part %+v, error %v", got, err)
	}
	if got, err := s.FindUploadPart(ctx(t), h.ws, u.ID, 11); err != nil || got != nil {
		t.Errorf("no part %+v, error %v", got, err)
	}
	h.refused(advocacy.Exists, "UPLOAD_EXISTS", func(ctx context.Context, tx workflow.Tx) error { return tx.AddUploadPart(ctx, parts[0]) })
	nowhere := parts[0]
	nowhere.Upload = "none"
	h.refused(advocacy.NotFound, "UPLOAD_NOT_FOUND", func(ctx context.Context, tx workflow.Tx) error { return tx.AddUploadPart(ctx, nowhere) })
	u.Offset, u.Media = 30, "sha256:x"
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.SaveUpload(ctx, u) })
	for _, statement := range []string{
		"UPDATE uploads SET size = 31", "UPDATE uploads SET file_name = 'x'", "UPDATE uploads SET received = 31", "UPDATE upload_parts SET blob = 'other'", "DELETE FROM uploads",
	} {
		if _, err := s.SQLWriter().ExecContext(ctx(t), statement+" WHERE workspace_id = '"+string(h.ws)+"'"); err == nil {
			t.Errorf("the database accepted %s", statement)
		}
	}
	if h.claim(shared) {
		t.Error("took bytes that a part refers to")
	}
	h.update(func(ctx context.Context, tx workflow.Tx) error {
		locked, err := tx.UploadForUpdate(ctx, h.ws, u.ID)
		if err != nil || *locked != *u {
			t.Errorf("locked %+v, error %v", locked, err)
		}
		return tx.RemoveUpload(ctx, u)
	})
	if _, err := s.Upload(ctx(t), h.ws, u.ID); advocacy.ReasonOf(err) != "UPLOAD_NOT_FOUND" {
		t.Errorf("removed: %v", err)
	}
	if idle, err := s.IdleBlobs(ctx(t), later, 1<<20); err != nil || !slices.Contains(idle, shared) || !slices.Contains(idle, parts[1].Blob) {
		t.Errorf("idle bytes %q, error %v", idle, err)
	}
}

// unfinishedUploads holds what is counted of a person, and what expires.
func unfinishedUploads(t *testing.T, s *store.Store) {
	h := newHouse(t, s)
	first, second, done := h.upload(10), h.upload(20), h.upload(30)
	done.Media = "sha256:x"
	h.update(func(ctx context.Context, tx workflow.Tx) error { return tx.SaveUpload(ctx, done) })
	unfinished := func(most int) []int64 {
		var found []int64
		h.update(func(ctx context.Context, tx workflow.Tx) (err error) {
			found, err = tx.UnfinishedUploads(ctx, h.ws, h.author, most)
			return err
		})
		slices.Sort(found)
		return found
	}
	if got := unfinished(9); !slices.Equal(got, []int64{10, 20}) {
		t.Errorf("unfinished %v", got)
	}
	if got := unfinished(1); len(got) != 1 {
		t.Errorf("unfinished %v of one at most", got)
	}
	listed := func(person advocacy.PersonID, key advocacy.KeyID, now time.Time) int {
		all, _, err := s.Uploads(ctx(t), workflow.UploadQuery{Workspace: h.ws, Uploader: person, Key: key, Now: now, Page: workflow.Page{Size: 9}})
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	if n := listed(h.author, "", start); n != 3 {
		t.Errorf("%d of 3 are listed", n)
	}
	if listed(h.author, "key", start)+listed("nobody", "", start)+listed(h.author, "", first.ExpireTime) != 0 {
		t.Error("listed what is another's, or expired")
	}
	expired := func(u *advocacy.Upload, early bool) bool {
		at := u.ExpireTime
		if early {
			at = at.Add(-1000)
		}
		all, err := s.ExpiredUploads(ctx(t), at, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Contains(all, *u)
	}
	if expired(first, true) || !expired(first, false) || !expired(second, false) || !expired(done, false) {
		t.Error("others expired than should")
	}
}

// mediaUsage holds that what a workspace keeps is counted as pictures come and go, each once.
func mediaUsage(t *testing.T, s *store.Store) {
	h, other := newHouse(t, s), newHouse(t, s)
	usage := func(want int64) {
		t.Helper()
		h.update(func(ctx context.Context, tx workflow.Tx) error {
			if got, err := tx.HoldMediaUsage(ctx, h.ws); err != nil || got != want {
				t.Errorf("%d bytes, error %v, want %d", got, err, want)
			}
			return nil
		})
	}
	usage(0)
	blob := id("blob")
	for _, size := range []int64{7, 7} {
		h.update(func(ctx context.Context, tx workflow.Tx) error {
			return tx.AddMedia(ctx, &advocacy.Media{Workspace: h.ws, Blob: blob, Size: size})
		})
		usage(7)
	}
	other.uploaded(blob)
	h.uploaded(id("blob"))
	usage(8)
	h.remove(blob)
	usage(1)
}
