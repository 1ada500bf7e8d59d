package workflow

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// MediaReader reads which pictures there are, and which nothing needs.
type MediaReader interface {
	UploadReader
	Media(ctx context.Context, w advocacy.WorkspaceID, blob string) (*advocacy.Media, error)
	MediaList(ctx context.Context, w advocacy.WorkspaceID, p Page) ([]advocacy.Media, string, error)
	// MediaParts returns the parts of a file in their order, none of one that is kept whole.
	MediaParts(ctx context.Context, w advocacy.WorkspaceID, blob string) ([]advocacy.MediaPart, error)
	// FindThumbnail returns the small form of a picture, or nil.
	FindThumbnail(ctx context.Context, w advocacy.WorkspaceID, original string, side int) (*advocacy.Thumbnail, error)
	// IdleMedia returns pictures of all workspaces that no revision or proposal ever used and
	// nobody uploaded since before.
	IdleMedia(ctx context.Context, before time.Time, limit int) ([]advocacy.Media, error)
	// IdleBlobs returns bytes that perhaps nothing refers to since before; ClaimBlob tells.
	IdleBlobs(ctx context.Context, before time.Time, limit int) ([]string, error)
}

// MediaWriter writes pictures and what becomes of their bytes. Bytes come and go outside
// transactions, so they are noted before they come and claimed before they go; a row that
// refers to bytes that are going is refused with Conflict (MEDIA_REMOVING).
type MediaWriter interface {
	UploadWriter
	// NoteBlob says that bytes are about to be kept.
	NoteBlob(ctx context.Context, blob string) error
	// AddMedia notes the picture; it is no error when the workspace has it already.
	AddMedia(ctx context.Context, m *advocacy.Media) error
	// AddMediaParts keeps the parts of a file that AddMedia noted, unless it has some.
	AddMediaParts(ctx context.Context, parts ...advocacy.MediaPart) error
	// AddThumbnail keeps the small form of a picture; the first that is kept stays.
	AddThumbnail(ctx context.Context, t *advocacy.Thumbnail) error
	// RemoveMedia forgets a picture that no revision or proposal ever used and nobody uploaded since
	// before, its thumbnails with it, and tells whether it did.
	RemoveMedia(ctx context.Context, w advocacy.WorkspaceID, blob string, before time.Time) (bool, error)
	// HoldMediaUsage returns how many bytes of pictures the workspace keeps, and holds that
	// number until commit.
	HoldMediaUsage(ctx context.Context, w advocacy.WorkspaceID) (int64, error)
	// ClaimBlob tells whether nothing refers to bytes since before: nothing will then until
	// ForgetBlob.
	ClaimBlob(ctx context.Context, blob string, before time.Time) (bool, error)
	// ForgetBlob ends the removal of claimed bytes, and tells whether there was one. Until
	// commit nobody can note the same bytes anew.
	ForgetBlob(ctx context.Context, blob string) (bool, error)
}

// UploadQuery selects the uploads that a person, or a key, can go on with at a time.
type UploadQuery struct {
	Page
	Workspace advocacy.WorkspaceID
	Uploader  advocacy.PersonID
	Key       advocacy.KeyID
	Now       time.Time
}

// UploadReader reads files that arrive in parts.
type UploadReader interface {
	// Upload returns an upload, whoever began it.
	Upload(ctx context.Context, w advocacy.WorkspaceID, id advocacy.UploadID) (*advocacy.Upload, error)
	// Uploads lists uploads by id.
	Uploads(ctx context.Context, q UploadQuery) ([]advocacy.Upload, string, error)
	// FindUploadPart returns the part of an upload that begins at offset, or nil.
	FindUploadPart(ctx context.Context, w advocacy.WorkspaceID, id advocacy.UploadID, offset int64) (*advocacy.UploadPart, error)
	// UploadParts returns the parts of an upload in their order.
	UploadParts(ctx context.Context, w advocacy.WorkspaceID, id advocacy.UploadID) ([]advocacy.UploadPart, error)
	// UnfinishedUploads returns the sizes of uploads a person did not complete, most at most.
	UnfinishedUploads(ctx context.Context, w advocacy.WorkspaceID, p advocacy.PersonID, most int) ([]int64, error)
	// ExpiredUploads returns uploads of all workspaces that expired by now.
	ExpiredUploads(ctx context.Context, now time.Time, limit int) ([]advocacy.Upload, error)
}

// UploadWriter writes files that arrive in parts.
type UploadWriter interface {
	// UploadForUpdate locks the upload until commit.
	UploadForUpdate(ctx context.Context, w advocacy.WorkspaceID, id advocacy.UploadID) (*advocacy.Upload, error)
	AddUpload(ctx context.Context, u *advocacy.Upload) error
	// SaveUpload writes the offset and the picture of a locked upload.
	SaveUpload(ctx context.Context, u *advocacy.Upload) error
	// AddUploadPart notes a part of a locked upload and holds its bytes.
	AddUploadPart(ctx context.Context, p advocacy.UploadPart) error
	// RemoveUploadParts forgets the parts of a locked upload, RemoveUpload all of it.
	RemoveUploadParts(ctx context.Context, u *advocacy.Upload) error
	RemoveUpload(ctx context.Context, u *advocacy.Upload) error
}

// Blobs keeps bytes by their own digest, each written once.
type Blobs interface {
	// Put keeps them; when it returns nil they survive a power cut. What a failed or
	// cancelled Put leaves is never seen.
	Put(ctx context.Context, digest string, data []byte) error
	// Get returns the bytes after hashing them again, and never others than were put.
	Get(ctx context.Context, digest string) ([]byte, error)
	// Delete forgets them; those that are not there are no error.
	Delete(ctx context.Context, digest string) error
}
