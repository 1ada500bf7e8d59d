package store

import (
	"context"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// blobRow is bytes that are kept, or about to be.
type blobRow struct {
	Blob string `gorm:"column:blob"`
	// IdleTime is since when nothing refers to them, NULL while something does. It may be
	// set although another row still refers: whoever removes them looks.
	IdleTime instant `gorm:"column:idle_time"`
	// Removing is set before the bytes go and until they are gone.
	Removing bool `gorm:"column:removing"`
}

func (blobRow) TableName() string { return "blobs" }

var blobs = tableOf[blobRow]()

// referrers are the columns that refer to bytes.
var referrers = []struct{ table, column string }{{"media", "blob"}, {"thumbnails", "blob"}, {"upload_parts", "blob"}, {"media_parts", "blob"}}

// IdleBlobs returns bytes that nothing was known to refer to since, those first that are
// idle longest, and those whose removal was cut short.
func (r reader) IdleBlobs(ctx context.Context, before time.Time, limit int) ([]string, error) {
	var blob string
	var found []string
	query := "SELECT blob FROM blobs WHERE idle_time < ? ORDER BY idle_time, blob LIMIT ?"
	err := r.scan(ctx, []any{&blob}, func() { found = append(found, blob) }, query, at(before), limit)
	return found, failed(err)
}

// NoteBlob says that bytes are about to be kept. Whoever then adds a row that refers to
// them need not hurry: they are left alone as long as anything idle is.
func (t *tx) NoteBlob(ctx context.Context, blob string) error {
	return t.putBlob(ctx, blobRow{Blob: blob, IdleTime: at(t.now)},
		"CASE WHEN blobs.idle_time IS NULL THEN NULL ELSE excluded.idle_time END")
}

// holdBlobs goes with a row that refers to bytes: until the transaction ends nobody begins
// to remove them, and afterwards the row is seen.
func (t *tx) holdBlobs(ctx context.Context, all ...string) error {
	for _, blob := range all {
		if err := t.putBlob(ctx, blobRow{Blob: blob}, "NULL"); err != nil {
			return err
		}
	}
	return nil
}

// putBlob writes a row or the idle time of the one that is there.
func (t *tx) putBlob(ctx context.Context, row blobRow, idle string) error {
	query := blobs.insert(1) + " ON CONFLICT (blob) DO UPDATE SET idle_time = " + idle + " WHERE NOT blobs.removing"
	n, err := t.exec(ctx, query, blobs.values(row)...)
	if err == nil && n == 0 { // guard: bytes on their way out are not referred to
		err = advocacy.Clash("MEDIA_REMOVING", "the same bytes are being removed at this moment; send them again")
	}
	return t.wrote(aBlob, err)
}

// releaseBlobs goes with a row that no longer refers to bytes.
func (t *tx) releaseBlobs(ctx context.Context, all ...string) error {
	if len(all) == 0 {
		return nil
	}
	query := "UPDATE blobs SET idle_time = ? WHERE NOT removing AND blob IN " + in(len(all))
	_, err := t.exec(ctx, query, anys([]any{at(t.now)}, all)...)
	return t.wrote(aBlob, err)
}

// ClaimBlob locks bytes that are still idle, looks at every row that could refer to them,
// and marks them when none does: they may then be removed, by whoever claims them and as
// often as it takes. Bytes that something refers to are idle no more.
func (t *tx) ClaimBlob(ctx context.Context, blob string, before time.Time) (bool, error) {
	if _, err := one(ctx, t.conn, blobs, toChange, "blob = ? AND idle_time < ?", blob, at(before)); err != nil {
		if advocacy.KindOf(aBlob.failed(err)) == advocacy.NotFound {
			return false, nil
		}
		return false, t.wrote(aBlob, err)
	}
	// A statement of its own: on PostgreSQL it sees what was committed while the lock was
	// waited for.
	for _, r := range referrers {
		found := 0
		query := "SELECT 1 FROM " + r.table + " WHERE " + r.column + " = ? LIMIT 1"
		if err := t.scan(ctx, []any{&found}, func() {}, query, blob); err != nil {
			return false, t.wrote(aBlob, err)
		}
		if found != 0 { // guard: what is referred to is not removed
			return false, t.change(ctx, aBlob, "UPDATE blobs SET idle_time = NULL WHERE blob = ?", blob)
		}
	}
	return true, t.change(ctx, aBlob, "UPDATE blobs SET removing = ? WHERE blob = ?", true, blob)
}

// ForgetBlob ends a removal, and tells whether there was one. Until commit nobody can note
// the same bytes anew.
func (t *tx) ForgetBlob(ctx context.Context, blob string) (bool, error) {
	n, err := t.exec(ctx, "DELETE FROM blobs WHERE blob = ? AND removing", blob)
	return n > 0, t.wrote(aBlob, err)
}
