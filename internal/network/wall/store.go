package wall

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Entry is one publication on a wall.
type Entry struct {
	Workspace   advocacy.WorkspaceID
	Publication advocacy.PublicationID
	Post        advocacy.PostID
	// Body is exactly what Encode returned.
	Body []byte
	// Fingerprint is that of the rendering in Body.
	Fingerprint advocacy.Digest
	PublishTime time.Time
	// RemoveTime is when it was taken back, zero while it is visible.
	RemoveTime time.Time
	// Media are the blobs the entry shows.
	Media []string
}

// Query asks for one page of a wall, newest first.
type Query struct {
	// Before is the key a previous page returned, "" for the newest entries.
	Before string
	Size   int
}

// Store keeps the entries of all walls.
type Store interface {
	// PutEntry keeps an entry under its workspace and publication. The same body again is
	// not created and no error, whether the entry is visible or removed; another body is a
	// Conflict, and nothing changes.
	PutEntry(ctx context.Context, e Entry) (created bool, err error)
	// Entry returns an entry, visible or removed; NotFound when there is none.
	Entry(ctx context.Context, w advocacy.WorkspaceID, publication advocacy.PublicationID) (*Entry, error)
	// Entries returns the visible entries of a workspace by descending PublishTime, then
	// Publication, and the key of the next page, "" at the end. A key that is none is
	// Invalid.
	Entries(ctx context.Context, w advocacy.WorkspaceID, q Query) (entries []Entry, next string, err error)
	// RemoveEntry hides a visible entry and notes when. It tells whether it did: an entry
	// that is absent or was removed before is no error and keeps its first time.
	RemoveEntry(ctx context.Context, w advocacy.WorkspaceID, publication advocacy.PublicationID, at time.Time) (bool, error)
	// ShowsBlob tells whether a visible entry of the workspace shows the blob.
	ShowsBlob(ctx context.Context, w advocacy.WorkspaceID, blob string) (bool, error)
}
