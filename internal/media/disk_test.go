package media_test

import (
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/media"
	"github.com/imprimatur-hq/imprimatur/internal/store/testdisk"
)

// TestDiskKeepsNothing (F27): what the disk did not confirm is refused, and not there; kept again, it is.
func TestDiskKeepsNothing(t *testing.T) {
	t.Parallel()
	dir, err := media.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	data := []byte("a door")
	digest := string(advocacy.DigestOf(data))
	var refused error
	if err := testdisk.OnThread(func() { refused = dir.Put(t.Context(), digest, data) }); err != nil {
		t.Fatal(err)
	}
	if refused == nil {
		t.Error("what the disk did not confirm is said to be kept")
	}
	if _, err := dir.Get(t.Context(), digest); advocacy.ReasonOf(err) != "BLOB_NOT_FOUND" {
		t.Errorf("it is read: %v", err)
	}
	if err := dir.Put(t.Context(), digest, data); err != nil {
		t.Error(err)
	}
	if _, err := dir.Get(t.Context(), digest); err != nil {
		t.Error(err)
	}
}
