package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

type uploadRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	ID          string `gorm:"column:id"`
	Uploader    string `gorm:"column:uploader"`
	KeyID       string `gorm:"column:key_id"`
	Size        int64  `gorm:"column:size"`
	// Received is the offset to go on from.
	Received    int64  `gorm:"column:received"`
	ContentType string `gorm:"column:content_type"`
	Digest      string `gorm:"column:digest"`
	Media       string `gorm:"column:media"`
	CreateTime  moment `gorm:"column:create_time"`
	ExpireTime  moment `gorm:"column:expire_time"`
	FileName    string `gorm:"column:file_name"`
}

func (uploadRow) TableName() string { return "uploads" }

var uploads = tableOf[uploadRow]()

func newUploadRow(u *advocacy.Upload) uploadRow {
	return uploadRow{
		WorkspaceID: string(u.Workspace),
		ID:          string(u.ID),
		Uploader:    string(u.Uploader),
		KeyID:       string(u.Key),
		Size:        u.Size,
		Received:    u.Offset,
		ContentType: u.ContentType,
		Digest:      string(u.Digest),
		Media:       u.Media,
		CreateTime:  sorted(u.CreateTime),
		ExpireTime:  sorted(u.ExpireTime),
		FileName:    u.FileName,
	}
}

func (r *uploadRow) upload() advocacy.Upload {
	return advocacy.Upload{
		Workspace:   advocacy.WorkspaceID(r.WorkspaceID),
		ID:          advocacy.UploadID(r.ID),
		Uploader:    advocacy.PersonID(r.Uploader),
		Key:         advocacy.KeyID(r.KeyID),
		Size:        r.Size,
		Offset:      r.Received,
		ContentType: r.ContentType,
		Digest:      advocacy.Digest(r.Digest),
		Media:       r.Media,
		CreateTime:  r.CreateTime.time,
		ExpireTime:  r.ExpireTime.time,
		FileName:    r.FileName,
	}
}

type uploadPartRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	UploadID    string `gorm:"column:upload_id"`
	Start       int64  `gorm:"column:start"`
	Size        int64  `gorm:"column:size"`
	Blob        string `gorm:"column:blob"`
}

func (uploadPartRow) TableName() string { return "upload_parts" }

var uploadParts = tableOf[uploadPartRow]()

func (r *uploadPartRow) part() advocacy.UploadPart {
	return advocacy.UploadPart{
		Workspace: advocacy.WorkspaceID(r.WorkspaceID),
		Upload:    advocacy.UploadID(r.UploadID),
		Offset:    r.Start,
		Size:      r.Size,
		Blob:      r.Blob,
	}
}

// mediaUsageRow is how many bytes of pictures a workspace keeps. Triggers of the table of
// pictures count them.
type mediaUsageRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	Bytes       int64  `gorm:"column:bytes"`
}

func (mediaUsageRow) TableName() string { return "media_usage" }

var mediaUsage = tableOf[mediaUsageRow]()

const ofUpload = "workspace_id = ? AND upload_id = ?"

// Upload returns an upload.
func (r reader) Upload(ctx context.Context, w advocacy.WorkspaceID, id advocacy.UploadID) (*advocacy.Upload, error) {
	return r.upload(ctx, unlocked, w, id)
}

func (r reader) upload(ctx context.Context, l lock, w advocacy.WorkspaceID, id advocacy.UploadID) (*advocacy.Upload, error) {
	row, err := one(ctx, r.conn, uploads, l, "workspace_id = ? AND id = ?", string(w), string(id))
	if err != nil {
		return nil, anUpload.failed(err)
	}
	found := row.upload()
	return &found, nil
}

// Uploads lists what somebody has on the way, by id.
func (r reader) Uploads(ctx context.Context, q workflow.UploadQuery) ([]advocacy.Upload, string, error) {
	l := listing[uploadRow]{
		table: uploads,
		order: []string{"id"},
		after: after(q.After),
		key:   func(r *uploadRow) string { return r.ID },
	}
	l.and("workspace_id = ? AND uploader = ? AND key_id = ? AND expire_time > ?",
		string(q.Workspace), string(q.Uploader), string(q.Key), sorted(q.Now))
	return page(ctx, r.conn, l, q.Page, (*uploadRow).upload)
}

// FindUploadPart returns the part that begins at offset, or nil.
func (r reader) FindUploadPart(
	ctx context.Context, w advocacy.WorkspaceID, id advocacy.UploadID, offset int64,
) (*advocacy.UploadPart, error) {
	row, err := one(ctx, r.conn, uploadParts, unlocked, ofUpload+" AND start = ?", string(w), string(id), offset)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, failed(err)
	}
	found := row.part()
	return &found, nil
}

// UploadParts returns the parts of an upload in their order; [advocacy.SmallestPart] bounds
// their number.
func (r reader) UploadParts(ctx context.Context, w advocacy.WorkspaceID, id advocacy.UploadID) ([]advocacy.UploadPart, error) {
	query := "SELECT " + uploadParts.list + " FROM upload_parts WHERE " + ofUpload + " ORDER BY start"
	found, err := every(ctx, r.conn, uploadParts, (*uploadPartRow).part, query, string(w), string(id))
	return found, failed(err)
}

// ExpiredUploads returns uploads of all workspaces, those first that expired first.
func (r reader) ExpiredUploads(ctx context.Context, now time.Time, limit int) ([]advocacy.Upload, error) {
	query := "SELECT " + uploads.list + " FROM uploads WHERE expire_time <= ? ORDER BY expire_time LIMIT ?"
	found, err := every(ctx, r.conn, uploads, (*uploadRow).upload, query, sorted(now), limit)
	return found, failed(err)
}

// UnfinishedUploads returns the sizes of what a person has on the way.
func (r reader) UnfinishedUploads(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PersonID, most int) ([]int64, error) {
	var size int64
	var found []int64
	query := "SELECT size FROM uploads WHERE workspace_id = ? AND uploader = ? AND media = '' LIMIT ?"
	err := r.scan(ctx, []any{&size}, func() { found = append(found, size) }, query, string(w), string(p), most)
	return found, failed(err)
}

// HoldMediaUsage returns the number and holds it. There is none before the first picture.
func (t *tx) HoldMediaUsage(ctx context.Context, w advocacy.WorkspaceID) (int64, error) {
	var bytes int64
	query := mediaUsage.insert(1) + " ON CONFLICT (workspace_id) DO UPDATE SET bytes = media_usage.bytes RETURNING bytes"
	err := t.scan(ctx, []any{&bytes}, func() {}, query, mediaUsage.values(mediaUsageRow{WorkspaceID: string(w)})...)
	return bytes, t.wrote(aMedia, err)
}

// UploadForUpdate returns an upload and holds it until commit.
func (t *tx) UploadForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.UploadID) (*advocacy.Upload, error) {
	return t.upload(ctx, toChange, w, id)
}

// AddUpload inserts an upload.
func (t *tx) AddUpload(ctx context.Context, u *advocacy.Upload) error {
	return insert(ctx, t, anUpload, uploads, newUploadRow(u))
}

// SaveUpload writes how far it came and what it became.
func (t *tx) SaveUpload(ctx context.Context, u *advocacy.Upload) error {
	query := "UPDATE uploads SET received = ?, media = ? WHERE workspace_id = ? AND id = ?"
	return t.change(ctx, anUpload, query, u.Offset, u.Media, string(u.Workspace), string(u.ID))
}

// AddUploadPart notes a part and holds its bytes.
func (t *tx) AddUploadPart(ctx context.Context, p advocacy.UploadPart) error {
	row := uploadPartRow{WorkspaceID: string(p.Workspace), UploadID: string(p.Upload), Start: p.Offset, Size: p.Size, Blob: p.Blob}
	if err := insert(ctx, t, anUploadPart, uploadParts, row); err != nil {
		return err
	}
	return t.holdBlobs(ctx, p.Blob)
}

// RemoveUploadParts forgets the parts and lets go of their bytes.
func (t *tx) RemoveUploadParts(ctx context.Context, u *advocacy.Upload) error {
	var blob string
	var found []string
	query := "DELETE FROM upload_parts WHERE " + ofUpload + " RETURNING blob"
	err := t.scan(ctx, []any{&blob}, func() { found = append(found, blob) }, query, string(u.Workspace), string(u.ID))
	if err != nil {
		return t.wrote(anUpload, err)
	}
	return t.releaseBlobs(ctx, found...)
}

// RemoveUpload forgets an upload and its parts.
func (t *tx) RemoveUpload(ctx context.Context, u *advocacy.Upload) error {
	if err := t.RemoveUploadParts(ctx, u); err != nil {
		return err
	}
	return t.change(ctx, anUpload, "DELETE FROM uploads WHERE workspace_id = ? AND id = ?", string(u.Workspace), string(u.ID))
}
