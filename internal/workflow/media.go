package workflow

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

const (
	// mediaLife is how long a picture that no revision or proposal uses is kept for one that may.
	mediaLife = 30 * 24 * time.Hour
	// blobLife is how long bytes stay that nothing refers to: longer than any request takes
	// from keeping them to saying what they are for.
	blobLife = 24 * time.Hour
	// removeBatch is how many are looked for at once.
	removeBatch = 100
)

// AddMedia keeps a file that was accepted. The bytes are written before the row, so
// that a row always has its bytes.
func (s *Service) AddMedia(ctx context.Context, c Call, w advocacy.WorkspaceID, u Accepted) (*advocacy.Media, error) {
	if err := s.Keep(ctx, u.Blob, u.Data); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Media, string, error) {
		kept, err := s.addMedia(ctx, tx, c, w, u)
		return kept, u.Blob, err
	}, func(ctx context.Context, tx Tx, blob string) (*advocacy.Media, error) { return tx.Media(ctx, w, blob) })
}

// addMedia adds the row of a picture whose bytes are kept.
func (s *Service) addMedia(ctx context.Context, tx Tx, c Call, w advocacy.WorkspaceID, u Accepted) (*advocacy.Media, error) {
	before, err := tx.Media(ctx, w, u.Blob)
	if err != nil && advocacy.KindOf(err) != advocacy.NotFound {
		return nil, err
	}
	m := &advocacy.Media{
		Workspace: w, Blob: u.Blob, ContentType: u.ContentType, Width: u.Width, Height: u.Height,
		Duration: u.Duration, Codecs: u.Codecs, Pages: u.Pages, Size: u.size(), Uploader: c.Actor.Person, CreateTime: tx.Now(),
		FileName: advocacy.FileName(u.FileName, u.ContentType),
	}
	if err := s.MediaLimits.Guard("media", m.ContentType, m.Size); err != nil { // guard: what a file is decides how large it may be
		return nil, err
	}
	if err := tx.AddMedia(ctx, m); err != nil {
		return nil, err
	}
	if err := tx.AddMediaParts(ctx, u.Parts...); err != nil {
		return nil, err
	}
	if before == nil && s.MediaQuota > 0 {
		used, err := tx.HoldMediaUsage(ctx, w)
		if err != nil {
			return nil, err
		}
		if err := advocacy.Room(s.MediaQuota, used-m.Size, m.Size); err != nil { // guard: a workspace keeps no more than it may
			return nil, err
		}
	}
	kept, err := tx.Media(ctx, w, u.Blob)
	if err != nil {
		return nil, err
	}
	name := w.Name() + "/media/" + advocacy.Digest(u.Blob).Hex()
	action, detail := "media.uploaded", map[string]any{"content_type": u.ContentType, "size": m.Size}
	if u.Original != "" {
		action, detail["original"] = "media.cropped", u.Original
	}
	return kept, s.record(ctx, tx, c, w, fact{action: action, subject: name, parent: name, detail: detail})
}

// CropMedia keeps a part of a picture as a picture of its own; all of it is the picture itself.
func (s *Service) CropMedia(
	ctx context.Context, c Call, w advocacy.WorkspaceID, blob string, a advocacy.Area,
	crop func(data []byte, a advocacy.Area) (Accepted, error),
) (*advocacy.Media, error) {
	m, err := s.Store.Media(ctx, w, blob)
	if err != nil {
		return nil, err
	}
	if err := m.GuardCrop(a); err != nil || m.Whole(a) {
		return m, err
	}
	data, err := s.Blobs.Get(ctx, blob)
	if err != nil {
		return nil, err
	}
	cut, err := crop(data, a)
	if err != nil {
		return nil, err
	}
	cut.Original, cut.FileName = blob, m.FileName
	return s.AddMedia(ctx, c, w, cut)
}

// Media returns what is known of a picture of the workspace.
func (s *Service) Media(ctx context.Context, _ Call, w advocacy.WorkspaceID, blob string) (*advocacy.Media, error) {
	return s.Store.Media(ctx, w, blob)
}

// MediaList lists the pictures of the workspace.
func (s *Service) MediaList(ctx context.Context, _ Call, w advocacy.WorkspaceID, p Page) ([]advocacy.Media, string, error) {
	return s.Store.MediaList(ctx, w, p)
}

// Keep keeps bytes under their digest, for a row that refers to them and follows soon. That
// they are coming is a row first: bytes whose row never comes are found by it and removed.
func (s *Service) Keep(ctx context.Context, blob string, data []byte) error {
	err := s.Store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.NoteBlob(ctx, blob) })
	if err != nil {
		return err
	}
	return s.Blobs.Put(ctx, blob, data)
}

// SweptMedia is what a sweep removed.
type SweptMedia struct {
	// Uploads are those that were not completed in time, and what is left of those that were.
	Uploads int
	// Media are pictures that no revision or proposal ever used.
	Media int
	// Blobs are bytes that nothing referred to.
	Blobs int
}

// SweepMedia forgets uploads that expired, and removes pictures that no revision or proposal
// ever used, when nobody uploaded them for a month, and bytes that nothing referred to for a
// day. Any number of sweeps may run at once and beside uploads and submits: each upload, each
// picture and each blob is looked at again in the transaction that gives it up.
func (s *Service) SweepMedia(ctx context.Context) (swept SweptMedia, err error) {
	now := s.Now()
	swept.Uploads, err = removeAll(func() ([]advocacy.Upload, error) {
		return s.Store.ExpiredUploads(ctx, now, removeBatch)
	}, func(u advocacy.Upload) (bool, error) { return s.expireUpload(ctx, u, now) })
	if err != nil {
		return swept, err
	}
	swept.Media, err = removeAll(func() ([]advocacy.Media, error) {
		return s.Store.IdleMedia(ctx, now.Add(-mediaLife), removeBatch)
	}, func(m advocacy.Media) (bool, error) { return s.removeMedia(ctx, m, now.Add(-mediaLife)) })
	if err != nil {
		return swept, err
	}
	swept.Blobs, err = removeAll(func() ([]string, error) {
		return s.Store.IdleBlobs(ctx, now.Add(-blobLife), removeBatch)
	}, func(blob string) (bool, error) { return s.removeBlob(ctx, blob, now.Add(-blobLife)) })
	return swept, err
}

// removeAll removes what is found, batch by batch, until nothing is. What was found is either
// removed or found no more, so that the next batch is another.
func removeAll[T any](find func() ([]T, error), remove func(T) (bool, error)) (removed int, err error) {
	for {
		batch, err := find()
		if err != nil || len(batch) == 0 {
			return removed, err
		}
		for _, v := range batch {
			did, err := remove(v)
			if err != nil {
				return removed, err
			}
			if did {
				removed++
			}
		}
	}
}

func (s *Service) removeMedia(ctx context.Context, m advocacy.Media, before time.Time) (removed bool, err error) {
	err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		removed, err = tx.RemoveMedia(ctx, m.Workspace, m.Blob, before)
		if err != nil || !removed {
			return err
		}
		name := m.Workspace.Name() + "/media/" + advocacy.Digest(m.Blob).Hex()
		return s.record(ctx, tx, SystemCall(m.Workspace), m.Workspace, fact{
			action: "media.removed", subject: name, parent: name,
			detail: map[string]any{"content_type": m.ContentType, "size": m.Size, "uploader": m.Uploader},
		})
	})
	return removed && err == nil, err
}

// removeBlob claims bytes, so that nothing refers to them any more, and removes them in a
// second transaction, since they are outside the database. One that is cut short is begun
// again. The bytes go before the commit: of two sweeps that claimed them one removes them,
// and never those that came anew in between.
func (s *Service) removeBlob(ctx context.Context, blob string, before time.Time) (removed bool, err error) {
	err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		removed, err = tx.ClaimBlob(ctx, blob, before)
		return err
	})
	if err != nil || !removed {
		return false, err
	}
	err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		removed, err = tx.ForgetBlob(ctx, blob)
		if err != nil || !removed { // guard: bytes that came anew stay
			return err
		}
		return s.Blobs.Delete(ctx, blob)
	})
	return removed && err == nil, err
}
