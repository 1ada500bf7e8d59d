package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type mediaRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	Blob        string `gorm:"column:blob"`
	ContentType string `gorm:"column:content_type"`
	Width       int    `gorm:"column:width"`
	Height      int    `gorm:"column:height"`
	Size        int64  `gorm:"column:size"`
	Uploader    string `gorm:"column:uploader"`
	CreateTime  moment `gorm:"column:create_time"`
	// IdleTime is when it was last uploaded, NULL once a revision or a proposal uses it.
	IdleTime instant `gorm:"column:idle_time"`
	Duration int     `gorm:"column:duration_ms"`
	Codecs   string  `gorm:"column:codecs"`
	Pages    int     `gorm:"column:pages"`
	FileName string  `gorm:"column:file_name"`
}

func (mediaRow) TableName() string { return "media" }

var media = tableOf[mediaRow]()

func newMediaRow(m *advocacy.Media) mediaRow {
	return mediaRow{
		WorkspaceID: string(m.Workspace),
		Blob:        m.Blob,
		ContentType: m.ContentType,
		Width:       m.Width,
		Height:      m.Height,
		Duration:    m.Duration,
		Codecs:      m.Codecs,
		Pages:       m.Pages,
		Size:        m.Size,
		Uploader:    string(m.Uploader),
		CreateTime:  sorted(m.CreateTime),
		IdleTime:    at(m.CreateTime),
		FileName:    m.FileName,
	}
}

func (r *mediaRow) media() advocacy.Media {
	return advocacy.Media{
		Workspace:   advocacy.WorkspaceID(r.WorkspaceID),
		Blob:        r.Blob,
		ContentType: r.ContentType,
		Width:       r.Width,
		Height:      r.Height,
		Duration:    r.Duration,
		Codecs:      r.Codecs,
		Pages:       r.Pages,
		Size:        r.Size,
		Uploader:    advocacy.PersonID(r.Uploader),
		CreateTime:  r.CreateTime.time,
		FileName:    r.FileName,
	}
}

// Media returns a picture of the workspace.
func (r reader) Media(ctx context.Context, w advocacy.WorkspaceID, blob string) (*advocacy.Media, error) {
	row, err := one(ctx, r.conn, media, unlocked, "workspace_id = ? AND blob = ?", string(w), blob)
	if err != nil {
		return nil, aMedia.failed(err)
	}
	found := row.media()
	return &found, nil
}

// MediaList lists pictures by time.
func (r reader) MediaList(ctx context.Context, w advocacy.WorkspaceID, p workflow.Page) ([]advocacy.Media, string, error) {
	key, err := afterTime(p.After, 1)
	if err != nil {
		return nil, "", err
	}
	l := listing[mediaRow]{
		table: media,
		order: []string{"create_time", "blob"},
		after: key,
		key:   func(r *mediaRow) string { return timeKey(r.CreateTime.time, r.Blob) },
	}
	l.and("workspace_id = ?", string(w))
	return page(ctx, r.conn, l, p, (*mediaRow).media)
}

// IdleMedia returns pictures of all workspaces that no revision uses and nobody uploaded
// since.
func (r reader) IdleMedia(ctx context.Context, before time.Time, limit int) ([]advocacy.Media, error) {
	query := "SELECT " + media.list + " FROM media WHERE idle_time < ? ORDER BY idle_time LIMIT ?"
	found, err := every(ctx, r.conn, media, (*mediaRow).media, query, at(before), limit)
	return found, failed(err)
}

// AddMedia notes the picture and holds its bytes. A picture the workspace has already stays
// as it is, and is as young as a new one; one without a name takes the first it is given.
func (t *tx) AddMedia(ctx context.Context, m *advocacy.Media) error {
	query := media.insert(1) + " ON CONFLICT (workspace_id, blob) DO UPDATE SET idle_time =" +
		" CASE WHEN media.idle_time IS NULL THEN NULL ELSE excluded.idle_time END," +
		" file_name = CASE WHEN media.file_name = '' THEN excluded.file_name ELSE media.file_name END"
	row := newMediaRow(m)
	row.IdleTime = at(t.now)
	if _, err := t.exec(ctx, query, media.values(row)...); err != nil {
		return t.wrote(aMedia, err)
	}
	return t.holdBlobs(ctx, m.Blob)
}

// useMedia says that a revision or a proposal uses pictures, for ever. One that was removed since the
// writer looked is missed here.
func (t *tx) useMedia(ctx context.Context, w advocacy.WorkspaceID, refs []advocacy.MediaRef) error {
	blobs := make([]string, len(refs))
	for i, m := range refs {
		blobs[i] = m.Blob
	}
	slices.Sort(blobs)
	blobs = slices.Compact(blobs)
	if len(blobs) == 0 {
		return nil
	}
	query := "UPDATE media SET idle_time = NULL WHERE workspace_id = ? AND blob IN " + in(len(blobs))
	n, err := t.exec(ctx, query, anys([]any{string(w)}, blobs)...)
	if err == nil && n != int64(len(blobs)) { // guard: a revision uses pictures that are there
		err = aMedia.missing()
	}
	return t.wrote(aMedia, err)
}

// RemoveMedia forgets a picture that is still idle, its thumbnails with it, and lets go of
// their bytes; it tells whether it did.
func (t *tx) RemoveMedia(ctx context.Context, w advocacy.WorkspaceID, blob string, before time.Time) (bool, error) {
	// The lock comes first: a thumbnail that is being added waits, and finds no picture.
	const idle = "workspace_id = ? AND blob = ? AND idle_time < ?"
	if _, err := one(ctx, t.conn, media, toRemove, idle, string(w), blob, at(before)); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return false, nil
		}
		return false, t.wrote(aMedia, err)
	}
	small, err := t.removeThumbnails(ctx, w, blob)
	if err != nil {
		return false, err
	}
	parts, err := t.removeMediaParts(ctx, w, blob)
	if err != nil {
		return false, err
	}
	n, err := t.exec(ctx, "DELETE FROM media WHERE "+idle, string(w), blob, at(before))
	if err != nil || n == 0 {
		return false, t.wrote(aMedia, err)
	}
	return true, t.releaseBlobs(ctx, append(append(small, parts...), blob)...) // guard: the bytes of a thumbnail go with its picture
}
