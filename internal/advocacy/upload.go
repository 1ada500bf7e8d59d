package advocacy

import (
	"strconv"
	"time"
)

// UploadID names an upload.
type UploadID string

const (
	// LargestPicture is the most bytes a picture may have as it is sent.
	LargestPicture = 20 << 20
	// LargestPart is the most bytes a part of an upload may have.
	LargestPart = 2 << 20
	// SmallestPart is the fewest, but for the last.
	SmallestPart = 256 << 10
	// UploadLife is how long an upload may take before it is forgotten.
	UploadLife = 24 * time.Hour
	// UnfinishedBytes is how many bytes one person may have on the way.
	UnfinishedBytes = 1 << 30
	// UnfinishedUploads is in how many uploads.
	UnfinishedUploads = 100
)

// Upload is a file that arrives in parts.
type Upload struct {
	Workspace WorkspaceID
	ID        UploadID
	// Uploader began it, with Key if it was a machine; nobody else can go on.
	Uploader PersonID
	Key      KeyID
	// Size is how many bytes it will have, Offset how many arrived.
	Size   int64
	Offset int64
	// ContentType and Digest are what the sender says of it, empty for nothing.
	ContentType string
	Digest      Digest
	// FileName is what the sender calls it, as [FileName] keeps it; empty for nothing.
	FileName string
	// Media is the blob of the picture it became, empty until it did.
	Media      string
	CreateTime time.Time
	ExpireTime time.Time
}

// UploadPart is bytes of an upload that arrived, kept as a blob.
type UploadPart struct {
	Workspace WorkspaceID
	Upload    UploadID
	Offset    int64
	Size      int64
	Blob      string
}

// Name returns the resource name of the upload.
func (u *Upload) Name() string { return u.Workspace.Name() + "/uploads/" + string(u.ID) }

// Announce refuses a file that would be refused when all of it had arrived: too large, or of a
// type that is not accepted (MEDIA_TOO_LARGE, MEDIA_TYPE_UNSUPPORTED).
func (u *Upload) Announce(l MediaLimits) error {
	if err := l.Guard("upload.content_type", u.ContentType, 0); err != nil {
		return err
	}
	return l.Guard("upload.size_bytes", u.ContentType, u.Size)
}

// Heard tells whether an actor hears of the upload at a time: who began it, until it expires.
func (u *Upload) Heard(a Actor, now time.Time) bool {
	return u.Uploader == a.Person && u.Key == a.Key && // guard: only who began an upload goes on
		now.Before(u.ExpireTime)
}

// Take counts the next part in. Any other part is refused with the offset of the next one
// (UPLOAD_OFFSET), as are one of another size than parts have or beyond the end
// (UPLOAD_PART_SIZE), and any after the upload was completed (UPLOAD_COMPLETED).
func (u *Upload) Take(offset, size int64) error {
	left := u.Size - u.Offset
	switch {
	case u.Media != "": // guard: nothing is added to what was completed
		return Refuse("UPLOAD_COMPLETED", "the upload is completed; begin another one")
	case offset != u.Offset: // guard: parts arrive in their order
		return Clash("UPLOAD_OFFSET", "the next part begins at %d, this one at %d", u.Offset, offset).
			With("offset", strconv.FormatInt(u.Offset, 10))
	case size > left:
		return InvalidField("data", "UPLOAD_PART_SIZE", "the part has %d bytes, and only %d are missing", size, left)
	case size > LargestPart || size < max(min(left, SmallestPart), 1): // guard: parts are neither huge nor dust
		return InvalidField("data", "UPLOAD_PART_SIZE", "a part has %d to %d bytes, only the last may have less", SmallestPart, LargestPart)
	}
	u.Offset += size
	return nil
}

// Whole refuses an upload of which parts are missing (UPLOAD_INCOMPLETE).
func (u *Upload) Whole() error {
	if u.Offset < u.Size { // guard: what did not arrive whole is not looked at
		return Refuse("UPLOAD_INCOMPLETE", "%d of %d bytes arrived; go on at %d", u.Offset, u.Size, u.Offset).
			With("offset", strconv.FormatInt(u.Offset, 10))
	}
	return nil
}

// Matches refuses bytes of another digest than was announced (UPLOAD_DIGEST_MISMATCH).
func (u *Upload) Matches(arrived Digest) error {
	if u.Digest != "" && arrived != u.Digest { // guard: the bytes are those that were announced
		return Refuse("UPLOAD_DIGEST_MISMATCH", "the bytes that arrived have another SHA-256 than was announced; begin again")
	}
	return nil
}

// Fits refuses an upload that is more than one person may have on the way, beside others of
// these sizes (UPLOAD_QUOTA, with how many bytes are left).
func (u *Upload) Fits(others []int64) error {
	left := int64(UnfinishedBytes)
	for _, size := range others {
		left -= size
	}
	if len(others) >= UnfinishedUploads {
		left = 0
	}
	if u.Size > left { // guard: nobody fills the store with what is never completed
		return exhausted("UPLOAD_QUOTA", left, "complete or delete an upload first: of what one person may have on the way %d bytes are left", left)
	}
	return nil
}

// Room refuses size bytes more where used are kept already and quota may be, 0 for any number
// (MEDIA_QUOTA, with how many are left).
func Room(quota, used, size int64) error {
	if quota == 0 || used+size <= quota {
		return nil
	}
	left := max(quota-used, 0)
	return exhausted("MEDIA_QUOTA", left, "the workspace keeps as many bytes as it may, %d are left; ask the people who run this service", left)
}

func exhausted(reason string, left int64, format string, args ...any) error {
	e := Refuse(reason, format, args...)
	e.Kind = Exhausted
	return e.With("left", strconv.FormatInt(max(left, 0), 10))
}
