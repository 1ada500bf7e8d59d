package workflow

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// AddMedia keeps a picture that was accepted. The bytes are written before the row, so
// that a row always has its bytes.
func (s *Service) AddMedia(ctx context.Context, c Call, w advocacy.WorkspaceID, u Upload) (*advocacy.Media, error) {
	if err := s.Blobs.Put(ctx, u.Blob, u.Data); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Media, string, error) {
		m := &advocacy.Media{
			Workspace: w, Blob: u.Blob, ContentType: u.ContentType, Width: u.Width, Height: u.Height, Size: int64(len(u.Data)),
			Uploader: c.Actor.Person, CreateTime: tx.Now(),
		}
		if err := tx.AddMedia(ctx, m); err != nil {
			return nil, "", err
		}
		kept, err := tx.Media(ctx, w, u.Blob)
		if err != nil {
			return nil, "", err
		}
		name := w.Name() + "/media/" + advocacy.Digest(u.Blob).Hex()
		return kept, u.Blob, s.record(ctx, tx, c, w, fact{
			action: "media.uploaded", subject: name, parent: name,
			detail: map[string]any{"content_type": u.ContentType, "size": len(u.Data)},
		})
	}, func(ctx context.Context, tx Tx, blob string) (*advocacy.Media, error) { return tx.Media(ctx, w, blob) })
}

// Media returns what is known of a picture of the workspace.
func (s *Service) Media(ctx context.Context, _ Call, w advocacy.WorkspaceID, blob string) (*advocacy.Media, error) {
	return s.Store.Media(ctx, w, blob)
}

// MediaList lists the pictures of the workspace.
func (s *Service) MediaList(ctx context.Context, _ Call, w advocacy.WorkspaceID, p Page) ([]advocacy.Media, string, error) {
	return s.Store.MediaList(ctx, w, p)
}

// MediaBytes returns a picture of the workspace with its bytes.
func (s *Service) MediaBytes(ctx context.Context, _ Call, w advocacy.WorkspaceID, blob string) (*advocacy.Media, []byte, error) {
	m, err := s.Store.Media(ctx, w, blob)
	if err != nil {
		return nil, nil, err
	}
	data, err := s.Blobs.Get(ctx, blob)
	return m, data, err
}
