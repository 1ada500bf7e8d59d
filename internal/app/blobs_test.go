package app_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
)

// upload sends a small picture and returns the digest of what is kept.
func (s *service) upload(t *testing.T, token string) string {
	t.Helper()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.base+"/v1/workspaces/acme/media:upload", &picture)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var media struct{ Name string }
	if err := json.NewDecoder(answer.Body).Decode(&media); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("answer %s, error %v", answer.Status, err)
	}
	return "sha256:" + path.Base(media.Name)
}

// Whoever was sent the sealed address of a picture fetches it, in parts if need be, and no
// browser makes anything else of it. Any other address shows nothing.
func TestSealedAddress(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir())
	blob := s.upload(t, s.install(t))
	sealed := s.Worker.MediaURL("acme", blob)
	ask := func(address string, headers ...string) (*http.Response, []byte) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer, body
	}
	whole, body := ask(sealed)
	if whole.StatusCode != http.StatusOK || string(advocacy.DigestOf(body)) != blob {
		t.Errorf("answer %s, %d bytes", whole.Status, len(body))
	}
	for name, want := range map[string]string{
		"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Disposition": "inline",
		"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "public, max-age=31536000, immutable",
	} {
		if got := whole.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if part, rest := ask(sealed, "Range", "bytes=8-"); part.StatusCode != http.StatusPartialContent || !bytes.Equal(rest, body[8:]) {
		t.Errorf("from the 9th byte: %s, %d of %d bytes", part.Status, len(rest), len(body))
	}
	if same, _ := ask(sealed, "If-None-Match", whole.Header.Get("ETag")); same.StatusCode != http.StatusNotModified {
		t.Errorf("asked whether it changed: %s", same.Status)
	}
	for name, address := range map[string]string{
		"another seal": sealed[:len(sealed)-1] + "!", "no seal": strings.TrimSuffix(sealed, path.Base(sealed)),
		"another workspace": strings.Replace(sealed, "/acme/", "/globex/", 1),
		"another picture":   strings.Replace(sealed, path.Base(path.Dir(sealed)), advocacy.DigestOf(nil).Hex(), 1),
	} {
		if answer, _ := ask(address); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", name, answer.Status)
		}
	}
}

// Wherever pictures are kept, a member fetches them in parts, and asks whether they changed;
// a stranger learns nothing.
func TestDownloadsInParts(t *testing.T) {
	t.Parallel()
	backend := s3mem.New()
	if err := backend.CreateBucket("pictures"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	for kind, change := range map[string]func(*config.Config){
		"directory": func(*config.Config) {},
		"bucket": func(c *config.Config) {
			c.S3Endpoint, c.S3Bucket, c.S3AccessKey, c.S3SecretKey = server.URL, "pictures", "key", "secret"
		},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := startWith(t, t.TempDir(), change)
			admin := s.install(t)
			name := advocacy.Digest(s.upload(t, admin)).Hex()
			ask := func(method, token string, headers ...string) (*http.Response, []byte) {
				t.Helper()
				r, err := http.NewRequestWithContext(t.Context(), method, s.base+"/v1/workspaces/acme/media/"+name+":download", nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Authorization", "Bearer "+token)
				for i := 0; i < len(headers); i += 2 {
					r.Header.Set(headers[i], headers[i+1])
				}
				answer, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				defer answer.Body.Close()
				body, err := io.ReadAll(answer.Body)
				if err != nil {
					t.Fatal(err)
				}
				return answer, body
			}
			whole, body := ask(http.MethodGet, admin)
			if whole.StatusCode != http.StatusOK || advocacy.DigestOf(body).Hex() != name || whole.Header.Get("ETag") != `"`+name+`"` {
				t.Fatalf("answer %s, %d bytes, tag %s", whole.Status, len(body), whole.Header.Get("ETag"))
			}
			if part, rest := ask(http.MethodGet, admin, "Range", "bytes=8-", "If-Range", whole.Header.Get("ETag")); part.StatusCode != http.StatusPartialContent || !bytes.Equal(rest, body[8:]) {
				t.Errorf("from the 9th byte: %s, %d of %d bytes", part.Status, len(rest), len(body))
			}
			if look, _ := ask(http.MethodHead, admin); look.StatusCode != http.StatusOK || look.ContentLength != int64(len(body)) {
				t.Errorf("a look: %s, %d bytes", look.Status, look.ContentLength)
			}
			if same, _ := ask(http.MethodGet, admin, "If-None-Match", whole.Header.Get("ETag")); same.StatusCode != http.StatusNotModified {
				t.Errorf("asked whether it changed: %s", same.Status)
			}
			if no, _ := ask(http.MethodGet, "", "If-None-Match", whole.Header.Get("ETag")); no.StatusCode != http.StatusUnauthorized || no.Header.Get("ETag") != "" {
				t.Errorf("a stranger: %s, tag %q", no.Status, no.Header.Get("ETag"))
			}
		})
	}
}

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
	s.upload(t, admin)
	objects, err := backend.ListBucket("pictures", nil, gofakes3.ListBucketPage{})
	if err != nil || len(objects.Contents) != 1 {
		t.Fatalf("objects %v, error %v", objects, err)
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
