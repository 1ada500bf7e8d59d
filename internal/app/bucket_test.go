package app_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
)

// A service that was given a bucket keeps its pictures there and none of them on its own
// disk; another replica reads them.
func TestPicturesInABucket(t *testing.T) {
	t.Parallel()
	backend := s3mem.New()
	if err := backend.CreateBucket("pictures"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	dir := t.TempDir()
	s := startWith(t, dir, func(c *config.Config) {
		c.S3Endpoint, c.S3Bucket, c.S3AccessKey, c.S3SecretKey = server.URL, "pictures", "key", "secret"
	})
	admin := s.install(t)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.base+"/v1/workspaces/acme/media:upload", &picture)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+admin)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	objects, err := backend.ListBucket("pictures", nil, gofakes3.ListBucketPage{})
	if err != nil || answer.StatusCode != http.StatusOK || len(objects.Contents) != 1 {
		t.Fatalf("answer %s, objects %v, error %v", answer.Status, objects, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "media")); !os.IsNotExist(err) {
		t.Errorf("there is a media directory too: %v", err)
	}
}

// A bucket that is not there is told at the start.
func TestNoBucketNoService(t *testing.T) {
	t.Parallel()
	c := config.Default()
	c.DataDir, c.S3Endpoint, c.S3Bucket = t.TempDir(), "http://127.0.0.1:1", "pictures"
	if s, err := app.Open(t.Context(), app.Options{Config: c}); err == nil {
		t.Error("opened", s.Close())
	}
}
