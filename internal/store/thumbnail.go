package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

type thumbnailRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	Original    string `gorm:"column:original"`
	Side        int    `gorm:"column:side"`
	Blob        string `gorm:"column:blob"`
	ContentType string `gorm:"column:content_type"`
	Width       int    `gorm:"column:width"`
	Height      int    `gorm:"column:height"`
}

func (thumbnailRow) TableName() string { return "thumbnails" }

var thumbnails = tableOf[thumbnailRow]()

func newThumbnailRow(t *advocacy.Thumbnail) thumbnailRow {
	return thumbnailRow{
		WorkspaceID: string(t.Workspace),
		Original:    t.Original,
		Side:        t.Side,
		Blob:        t.Blob,
		ContentType: t.ContentType,
		Width:       t.Width,
		Height:      t.Height,
	}
}

func (r *thumbnailRow) thumbnail() advocacy.Thumbnail {
	return advocacy.Thumbnail{
		Workspace:   advocacy.WorkspaceID(r.WorkspaceID),
		Original:    r.Original,
		Side:        r.Side,
		Blob:        r.Blob,
		ContentType: r.ContentType,
		Width:       r.Width,
		Height:      r.Height,
	}
}

// FindThumbnail returns the small form of a picture, or nil.
func (r reader) FindThumbnail(ctx context.Context, w advocacy.WorkspaceID, original string, side int) (*advocacy.Thumbnail, error) {
	row, err := one(ctx, r.conn, thumbnails, unlocked, "workspace_id = ? AND original = ? AND side = ?", string(w), original, side)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, failed(err)
	}
	found := row.thumbnail()
	return &found, nil
}

// AddThumbnail keeps a thumbnail and holds its bytes, unless there is one: those of another
// replica are as good, and nothing refers to these.
func (t *tx) AddThumbnail(ctx context.Context, m *advocacy.Thumbnail) error {
	query := thumbnails.insert(1) + " ON CONFLICT (workspace_id, original, side) DO NOTHING"
	n, err := t.exec(ctx, query, thumbnails.values(newThumbnailRow(m))...)
	if err != nil || n == 0 {
		return t.wrote(aThumbnail, err)
	}
	return t.holdBlobs(ctx, m.Blob)
}

// removeThumbnails goes with a picture that is locked and goes, and returns the bytes that
// thumbnails of it referred to.
func (t *tx) removeThumbnails(ctx context.Context, w advocacy.WorkspaceID, original string) ([]string, error) {
	var blob string
	var found []string
	query := "DELETE FROM thumbnails WHERE workspace_id = ? AND original = ? RETURNING blob"
	err := t.scan(ctx, []any{&blob}, func() { found = append(found, blob) }, query, string(w), original)
	return found, t.wrote(aThumbnail, err)
}
