package media_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/media"
)

// store is what every keeper of blobs promises.
type store interface {
	Put(ctx context.Context, digest string, data []byte) error
	Get(ctx context.Context, digest string) ([]byte, error)
	Delete(ctx context.Context, digest string) error
}

var _, _ store = (*media.Dir)(nil), (*media.Bucket)(nil)

// place is where a kind of store keeps its blobs, as an intruder or a bad disk sees it.
type place interface {
	// open is another handle, as another replica has or the same one after a restart.
	open(t *testing.T) store
	// spoil puts data in the place of a blob, whatever its digest.
	spoil(t *testing.T, digest string, data []byte)
	// digests lists everything there is, by digest; what is not a blob is listed by its name.
	digests(t *testing.T) []string
}

// TestBlobs is what every keeper of blobs must pass.
func TestBlobs(t *testing.T) {
	t.Parallel()
	places := map[string]func(*testing.T) place{"dir": newFolder, "bucket": newStall}
	tests := map[string]func(*testing.T, place){
		"keeps what it was given":         keepsBlobs,
		"writes once and finds damage":    findsDamage,
		"refuses what is no digest":       refusesDigests,
		"leaves nothing when called off":  leavesNothing,
		"many writers, readers, replicas": manyWriters,
		"forgets":                         forgets,
	}
	for kind, make := range places {
		for name, test := range tests {
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Parallel()
				test(t, make(t))
			})
		}
	}
}

func put(t *testing.T, s store, data []byte) string {
	t.Helper()
	name := digest(data)
	if err := s.Put(t.Context(), name, data); err != nil {
		t.Fatal(err)
	}
	return name
}

func keepsBlobs(t *testing.T, p place) {
	large := bytes.Repeat([]byte("0123456789abcdef"), media.MaxBytes/16)
	for _, data := range [][]byte{[]byte("a"), []byte("the picture"), large} {
		name := put(t, p.open(t), data)
		got, err := p.open(t).Get(t.Context(), name)
		if err != nil || !bytes.Equal(data, got) {
			t.Errorf("got %d bytes and error %v, want %d bytes", len(got), err, len(data))
		}
	}
	if found := p.digests(t); len(found) != 3 {
		t.Errorf("kept %q", found)
	}
}

func findsDamage(t *testing.T, p place) {
	data := []byte("the picture")
	s := p.open(t)
	name := put(t, s, data)
	rotten := bytes.Clone(data)
	rotten[3] ^= 0x10
	for what, spoilt := range map[string][]byte{
		"flipped": rotten, "cut": data[:5], "longer": append(bytes.Clone(data), 0), "empty": {},
		"longer than any blob": make([]byte, media.MaxBytes+2),
	} {
		p.spoil(t, name, spoilt)
		// Putting it again writes nothing: it neither mends nor hides the damage.
		put(t, s, data)
		got, err := s.Get(t.Context(), name)
		e, ok := errors.AsType[*advocacy.Error](err)
		if !ok || e.Kind != advocacy.Internal || e.Reason != "BLOB_CORRUPT" || e.Meta["digest"] != name || got != nil {
			t.Errorf("%s: got %d bytes, error %v; want BLOB_CORRUPT naming the digest", what, len(got), err)
		}
	}
}

func refusesDigests(t *testing.T, p place) {
	s, data := p.open(t), []byte("the picture")
	if _, err := s.Get(t.Context(), digest(data)); advocacy.ReasonOf(err) != "BLOB_NOT_FOUND" || advocacy.KindOf(err) != advocacy.NotFound {
		t.Errorf("absent: error %v, want BLOB_NOT_FOUND", err)
	}
	if err := s.Put(t.Context(), digest([]byte("another")), data); advocacy.ReasonOf(err) != "DIGEST_MISMATCH" {
		t.Errorf("another's digest: error %v, want DIGEST_MISMATCH", err)
	}
	hex := digest(data)[len("sha256:"):]
	for _, bad := range []string{"", hex, "sha256:" + hex[:63], "sha512:" + hex, "sha256:../" + hex[:61], "sha256:" + hex[:63] + "?"} {
		_, getErr := s.Get(t.Context(), bad)
		for door, err := range map[string]error{"put": s.Put(t.Context(), bad, data), "get": getErr, "delete": s.Delete(t.Context(), bad)} {
			if advocacy.ReasonOf(err) != "DIGEST_INVALID" {
				t.Errorf("%s %q: error %v, want DIGEST_INVALID", door, bad, err)
			}
		}
	}
	if found := p.digests(t); found != nil {
		t.Errorf("refused, and yet written: %q", found)
	}
}

func leavesNothing(t *testing.T, p place) {
	s, data := p.open(t), []byte("the picture")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Put(cancelled, digest(data), data); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled Put: error %v", err)
	}
	if found := p.digests(t); found != nil {
		t.Errorf("cancelled, and yet written: %q", found)
	}
	name := put(t, s, data)
	if _, err := s.Get(cancelled, name); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled Get: error %v", err)
	}
	if err := s.Delete(cancelled, name); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled Delete: error %v", err)
	}
	if _, err := s.Get(t.Context(), name); err != nil {
		t.Errorf("after a cancelled Delete: %v", err)
	}
}

func manyWriters(t *testing.T, p place) {
	var wg sync.WaitGroup
	for range 4 {
		s := p.open(t)
		for _, data := range blobs() {
			wg.Go(func() {
				if err := s.Put(t.Context(), digest(data), data); err != nil {
					t.Errorf("put: %v", err)
				}
			})
			wg.Go(func() {
				// A reader sees all of a blob or none of it.
				_, err := s.Get(t.Context(), digest(data))
				if err != nil && advocacy.ReasonOf(err) != "BLOB_NOT_FOUND" {
					t.Errorf("get: %v", err)
				}
			})
		}
	}
	wg.Wait()
	for _, data := range blobs() {
		if _, err := p.open(t).Get(t.Context(), digest(data)); err != nil {
			t.Error(err)
		}
	}
	if found := p.digests(t); len(found) != len(blobs()) {
		t.Errorf("%d blobs, want %d: %q", len(found), len(blobs()), found)
	}
}

func forgets(t *testing.T, p place) {
	s := p.open(t)
	kept, gone := put(t, s, []byte("kept")), put(t, s, []byte("gone"))
	for range 2 {
		if err := s.Delete(t.Context(), gone); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Get(t.Context(), gone); advocacy.ReasonOf(err) != "BLOB_NOT_FOUND" {
		t.Errorf("deleted: error %v, want BLOB_NOT_FOUND", err)
	}
	if found := fmt.Sprint(p.digests(t)); found != fmt.Sprint([]string{kept}) {
		t.Errorf("left %s, want %s", found, kept)
	}
	// What was forgotten may be kept again.
	if put(t, s, []byte("gone")) != gone {
		t.Error("another digest the second time")
	}
	if _, err := s.Get(t.Context(), gone); err != nil {
		t.Error(err)
	}
}
