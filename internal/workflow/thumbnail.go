package workflow

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// thumbnailTime is the longest it may take to make one, whoever waits for it.
const thumbnailTime = 20 * time.Second

// Thumbnailer makes pictures small, each only once when many ask at the same time. Replicas
// may still make the same one twice: it comes out the same.
type Thumbnailer struct {
	shrink  func(picture []byte, side int) (Accepted, error)
	running singleflight.Group
}

// NewThumbnailer returns one that shrinks by a function of the picture alone.
func NewThumbnailer(shrink func(picture []byte, side int) (Accepted, error)) *Thumbnailer {
	return &Thumbnailer{shrink: shrink}
}

// Thumbnail returns a picture of the workspace so small that its longer side has side pixels
// at most, and its media type. One that is that small already is returned as it is. Nothing
// that anybody could see changes: what is kept is what the same call would make again.
func (s *Service) Thumbnail(ctx context.Context, _ Call, w advocacy.WorkspaceID, blob string, side int) (string, []byte, error) {
	m, err := s.Store.Media(ctx, w, blob)
	if err != nil {
		return "", nil, err
	}
	if err := m.GuardPicture("name"); err != nil {
		return "", nil, err
	}
	if max(m.Width, m.Height) <= side {
		data, err := s.Blobs.Get(ctx, blob)
		return m.ContentType, data, err
	}
	small, err := s.knownThumbnail(ctx, m, side)
	if err == nil && small.Data == nil {
		small, err = s.makeThumbnail(ctx, m, side)
	}
	return small.ContentType, small.Data, err
}

// knownThumbnail returns what was made before, or nothing.
func (s *Service) knownThumbnail(ctx context.Context, m *advocacy.Media, side int) (Accepted, error) {
	known, err := s.Store.FindThumbnail(ctx, m.Workspace, m.Blob, side)
	if err != nil || known == nil {
		return Accepted{}, err
	}
	data, err := s.Blobs.Get(ctx, known.Blob)
	return Accepted{ContentType: known.ContentType, Data: data}, err
}

// makeThumbnail waits for the one that is being made, or makes it. It goes on when the caller
// leaves: others may wait too.
func (s *Service) makeThumbnail(ctx context.Context, m *advocacy.Media, side int) (Accepted, error) {
	key := fmt.Sprintf("%s/%s/%d", m.Workspace, m.Blob, side)
	making := s.Thumbnails.running.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), thumbnailTime)
		defer cancel()
		return s.keepThumbnail(ctx, m, side)
	})
	select {
	case <-ctx.Done():
		return Accepted{}, ctx.Err()
	case made := <-making:
		small, _ := made.Val.(Accepted)
		return small, made.Err
	}
}

func (s *Service) keepThumbnail(ctx context.Context, m *advocacy.Media, side int) (Accepted, error) {
	known, err := s.knownThumbnail(ctx, m, side)
	if err != nil || known.Data != nil { // guard: who asked a moment too late finds what was made
		return known, err
	}
	data, err := s.Blobs.Get(ctx, m.Blob)
	if err != nil {
		return Accepted{}, err
	}
	small, err := s.Thumbnails.shrink(data, side)
	if err != nil {
		return Accepted{}, err
	}
	if err := s.Keep(ctx, small.Blob, small.Data); err != nil {
		return Accepted{}, err
	}
	return small, s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
		return tx.AddThumbnail(ctx, &advocacy.Thumbnail{
			Workspace: m.Workspace, Original: m.Blob, Side: side,
			Blob: small.Blob, ContentType: small.ContentType, Width: small.Width, Height: small.Height,
		})
	})
}
