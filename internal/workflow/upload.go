package workflow

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// UploadDraft is what a client says of a file that will arrive in parts.
type UploadDraft struct {
	Size        int64
	ContentType string
	// Digest is that of all its bytes, empty when the client does not say.
	Digest advocacy.Digest
	// FileName is what the file is called, empty when the client does not say.
	FileName string
}

// CreateUpload begins an upload.
func (s *Service) CreateUpload(ctx context.Context, c Call, w advocacy.WorkspaceID, d UploadDraft) (*advocacy.Upload, error) {
	id := advocacy.UploadID(s.NewID())
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Upload, string, error) {
		u := &advocacy.Upload{
			Workspace: w, ID: id, Uploader: c.Actor.Person, Key: c.Actor.Key, Size: d.Size, ContentType: d.ContentType,
			Digest: d.Digest, FileName: advocacy.FileName(d.FileName, ""), CreateTime: tx.Now(), ExpireTime: tx.Now().Add(advocacy.UploadLife),
		}
		if err := u.Announce(s.MediaLimits); err != nil {
			return nil, "", err
		}
		// Whoever begins another upload in the workspace waits here until this one counts.
		used, err := tx.HoldMediaUsage(ctx, w)
		if err != nil {
			return nil, "", err
		}
		if err := advocacy.Room(s.MediaQuota, used, u.Size); err != nil {
			return nil, "", err
		}
		others, err := tx.UnfinishedUploads(ctx, w, u.Uploader, advocacy.UnfinishedUploads)
		if err != nil {
			return nil, "", err
		}
		if err := u.Fits(others); err != nil {
			return nil, "", err
		}
		if err := tx.AddUpload(ctx, u); err != nil {
			return nil, "", err
		}
		return u, string(id), s.recordUpload(ctx, tx, c, u, "upload.created")
	}, func(ctx context.Context, tx Tx, id string) (*advocacy.Upload, error) {
		return tx.Upload(ctx, w, advocacy.UploadID(id))
	})
}

// Upload returns an upload of the caller.
func (s *Service) Upload(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.UploadID) (*advocacy.Upload, error) {
	u, err := s.Store.Upload(ctx, w, id)
	if err != nil || !u.Heard(c.Actor, s.Now()) {
		return nil, orMissingUpload(err)
	}
	return u, nil
}

// Uploads lists the uploads of the caller.
func (s *Service) Uploads(ctx context.Context, c Call, w advocacy.WorkspaceID, p Page) ([]advocacy.Upload, string, error) {
	return s.Store.Uploads(ctx, UploadQuery{Page: p, Workspace: w, Uploader: c.Actor.Person, Key: c.Actor.Key, Now: s.Now()})
}

// lockUpload is Upload for a change.
func (s *Service) lockUpload(ctx context.Context, tx Tx, c Call, w advocacy.WorkspaceID, id advocacy.UploadID) (*advocacy.Upload, error) {
	u, err := tx.UploadForUpdate(ctx, w, id)
	if err != nil || !u.Heard(c.Actor, tx.Now()) {
		return nil, orMissingUpload(err)
	}
	return u, nil
}

func orMissingUpload(err error) error {
	if err != nil {
		return err
	}
	return advocacy.Missing("UPLOAD_NOT_FOUND", "there is no such upload")
}

// AppendUpload adds the next part. One that arrived already changes nothing: its sender may
// not have heard of it.
func (s *Service) AppendUpload(
	ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.UploadID, offset int64, data []byte,
) (*advocacy.Upload, error) {
	u, err := s.Upload(ctx, c, w, id)
	if err != nil {
		return nil, err
	}
	part := advocacy.UploadPart{Workspace: w, Upload: id, Offset: offset, Size: int64(len(data)), Blob: string(advocacy.DigestOf(data))}
	// Asked before the bytes are kept; what counts is what the transaction finds.
	if arrived, err := takePart(ctx, s.Store, u, part); err != nil || arrived {
		return u, err
	}
	if err := s.Keep(ctx, part.Blob, data); err != nil {
		return nil, err
	}
	return u, s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if u, err = s.lockUpload(ctx, tx, c, w, id); err != nil {
			return err
		}
		arrived, err := takePart(ctx, tx, u, part)
		if err != nil || arrived {
			return err
		}
		if err := tx.AddUploadPart(ctx, part); err != nil {
			return err
		}
		if err := tx.SaveUpload(ctx, u); err != nil {
			return err
		}
		return s.recordUpload(ctx, tx, c, u, "upload.appended")
	})
}

// takePart counts a part in, unless it is one that arrived.
func takePart(ctx context.Context, r MediaReader, u *advocacy.Upload, p advocacy.UploadPart) (arrived bool, err error) {
	if p.Offset < u.Offset {
		known, err := r.FindUploadPart(ctx, p.Workspace, p.Upload, p.Offset)
		if err != nil {
			return false, err
		}
		if known != nil && *known == p {
			return true, nil
		}
	}
	return false, u.Take(p.Offset, p.Size)
}

// CompleteUpload makes a picture, a video or a document of what arrived, by the checks of accept, and lets go of the
// parts. An upload that was completed is what it became.
func (s *Service) CompleteUpload(
	ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.UploadID, accept Acceptor,
) (*advocacy.Media, error) {
	// Outside the transaction, since it takes long; its refusal is one of the call.
	made, refusal := s.assemble(ctx, c, w, id, accept)
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Media, string, error) {
		if refusal != nil {
			return nil, "", refusal
		}
		u, err := s.lockUpload(ctx, tx, c, w, id)
		if err != nil {
			return nil, "", err
		}
		if u.Media != "" {
			m, err := tx.Media(ctx, w, u.Media)
			return m, u.Media, err
		}
		made.FileName = u.FileName
		m, err := s.addMedia(ctx, tx, c, w, made)
		if err != nil {
			return nil, "", err
		}
		u.Media = m.Blob
		if err := tx.SaveUpload(ctx, u); err != nil {
			return nil, "", err
		}
		if err := tx.RemoveUploadParts(ctx, u); err != nil {
			return nil, "", err
		}
		return m, m.Blob, s.recordUpload(ctx, tx, c, u, "upload.completed")
	}, func(ctx context.Context, tx Tx, blob string) (*advocacy.Media, error) { return tx.Media(ctx, w, blob) })
}

// assemble checks what arrived and keeps what accept makes of it; nothing when that was done.
func (s *Service) assemble(
	ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.UploadID, accept Acceptor,
) (Accepted, error) {
	u, err := s.Upload(ctx, c, w, id)
	if err != nil || u.Media != "" {
		return Accepted{}, err
	}
	if err := u.Whole(); err != nil {
		return Accepted{}, err
	}
	parts, err := s.Store.UploadParts(ctx, w, id)
	if err != nil {
		return Accepted{}, err
	}
	var arrived int64
	for _, p := range parts {
		arrived += p.Size
	}
	if arrived != u.Size {
		return Accepted{}, advocacy.Clash("UPLOAD_CHANGED", "the upload was completed or deleted at this moment; read it again")
	}
	if u.Size > advocacy.LargestPicture { // guard: no file is held whole that is larger than a picture
		return s.settleLarge(ctx, u, parts, accept)
	}
	data := make([]byte, 0, u.Size)
	for _, p := range parts {
		part, err := s.Blobs.Get(ctx, p.Blob)
		if err != nil {
			return Accepted{}, err
		}
		data = append(data, part...)
	}
	if err := u.Matches(advocacy.DigestOf(data)); err != nil {
		return Accepted{}, err
	}
	made, err := accept.Whole(data)
	if err != nil {
		return Accepted{}, err
	}
	return made, s.Keep(ctx, made.Blob, made.Data)
}

// DeleteUpload gives an upload up, and what arrived of it.
func (s *Service) DeleteUpload(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.UploadID) error {
	_, err := act(ctx, s, c, w, func(ctx context.Context, tx Tx) (struct{}, string, error) {
		u, err := s.lockUpload(ctx, tx, c, w, id)
		if err != nil {
			return struct{}{}, "", err
		}
		if err := tx.RemoveUpload(ctx, u); err != nil {
			return struct{}{}, "", err
		}
		return struct{}{}, string(id), s.recordUpload(ctx, tx, c, u, "upload.deleted")
	}, func(context.Context, Tx, string) (struct{}, error) { return struct{}{}, nil })
	return err
}

// expireUpload forgets an upload that expired before now.
func (s *Service) expireUpload(ctx context.Context, expired advocacy.Upload, now time.Time) (removed bool, err error) {
	err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		removed = false
		u, err := tx.UploadForUpdate(ctx, expired.Workspace, expired.ID)
		if advocacy.KindOf(err) == advocacy.NotFound {
			return nil
		}
		if err != nil || now.Before(u.ExpireTime) {
			return err
		}
		if err := tx.RemoveUpload(ctx, u); err != nil {
			return err
		}
		removed = true
		return s.recordUpload(ctx, tx, SystemCall(u.Workspace), u, "upload.expired")
	})
	return removed && err == nil, err
}

func (s *Service) recordUpload(ctx context.Context, tx Tx, c Call, u *advocacy.Upload, action string) error {
	return s.record(ctx, tx, c, u.Workspace, fact{
		action: action, subject: u.Name(), parent: u.Name(),
		detail: map[string]any{"size": u.Size, "offset": u.Offset, "media": u.Media, "uploader": u.Uploader},
	})
}
