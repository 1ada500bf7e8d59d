package store

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// mediaPartRow is bytes of a file that is kept in parts.
type mediaPartRow struct {
	WorkspaceID string `gorm:"column:workspace_id"`
	Media       string `gorm:"column:media"`
	Start       int64  `gorm:"column:start"`
	Size        int64  `gorm:"column:size"`
	Blob        string `gorm:"column:blob"`
}

func (mediaPartRow) TableName() string { return "media_parts" }

var mediaParts = tableOf[mediaPartRow]()

func (r *mediaPartRow) part() advocacy.MediaPart {
	return advocacy.MediaPart{
		Workspace: advocacy.WorkspaceID(r.WorkspaceID), Media: r.Media, Offset: r.Start, Size: r.Size, Blob: r.Blob,
	}
}

const ofMedia = "workspace_id = ? AND media = ?"

// MediaParts returns the parts of a file in their order, none of one that is kept whole;
// [advocacy.SmallestPart] bounds their number.
func (r reader) MediaParts(ctx context.Context, w advocacy.WorkspaceID, media string) ([]advocacy.MediaPart, error) {
	query := "SELECT " + mediaParts.list + " FROM media_parts WHERE " + ofMedia + " ORDER BY start"
	found, err := every(ctx, r.conn, mediaParts, (*mediaPartRow).part, query, string(w), media)
	return found, failed(err)
}

// AddMediaParts keeps the parts of a file and holds their bytes, unless it has some: the file is
// locked by then, since AddMedia wrote it.
func (t *tx) AddMediaParts(ctx context.Context, parts ...advocacy.MediaPart) error {
	if len(parts) == 0 {
		return nil
	}
	known, err := t.MediaParts(ctx, parts[0].Workspace, parts[0].Media)
	if err != nil || len(known) > 0 { // guard: a file has its parts once, however it was cut
		return err
	}
	for _, p := range parts {
		row := mediaPartRow{WorkspaceID: string(p.Workspace), Media: p.Media, Start: p.Offset, Size: p.Size, Blob: p.Blob}
		if err := insert(ctx, t, aMediaPart, mediaParts, row); err != nil {
			return err
		}
		if err := t.holdBlobs(ctx, p.Blob); err != nil {
			return err
		}
	}
	return nil
}

// removeMediaParts goes with a file that is locked and goes, and returns the bytes its parts
// referred to.
func (t *tx) removeMediaParts(ctx context.Context, w advocacy.WorkspaceID, media string) ([]string, error) {
	var blob string
	var found []string
	query := "DELETE FROM media_parts WHERE " + ofMedia + " RETURNING blob"
	err := t.scan(ctx, []any{&blob}, func() { found = append(found, blob) }, query, string(w), media)
	return found, t.wrote(aMediaPart, err)
}
