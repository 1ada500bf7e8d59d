package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strconv"
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
	s := start(t, newDir(t))
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

// whereverKept runs a test with a directory and with a bucket.
func whereverKept(t *testing.T, test func(t *testing.T, s *service, admin string)) {
	t.Helper()
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
			s := startWith(t, newDir(t), change)
			test(t, s, s.install(t))
		})
	}
}

// bytes asks for an answer that is no JSON.
func (s *service) bytes(t *testing.T, method, path, token string, headers ...string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.base+path, nil)
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

// Wherever pictures are kept, a member fetches them in parts, and asks whether they changed;
// a stranger learns nothing.
func TestDownloadsInParts(t *testing.T) {
	t.Parallel()
	whereverKept(t, func(t *testing.T, s *service, admin string) {
		name := advocacy.Digest(s.upload(t, admin)).Hex()
		path := "/v1/workspaces/acme/media/" + name + ":download"
		whole, body := s.bytes(t, http.MethodGet, path, admin)
		tag := whole.Header.Get("ETag")
		if whole.StatusCode != http.StatusOK || advocacy.DigestOf(body).Hex() != name || tag != `"`+name+`"` {
			t.Fatalf("answer %s, %d bytes, tag %s", whole.Status, len(body), tag)
		}
		part, rest := s.bytes(t, http.MethodGet, path, admin, "Range", "bytes=8-", "If-Range", tag)
		if part.StatusCode != http.StatusPartialContent || !bytes.Equal(rest, body[8:]) {
			t.Errorf("from the 9th byte: %s, %d of %d bytes", part.Status, len(rest), len(body))
		}
		if look, _ := s.bytes(t, http.MethodHead, path, admin); look.StatusCode != http.StatusOK || look.ContentLength != int64(len(body)) {
			t.Errorf("a look: %s, %d bytes", look.Status, look.ContentLength)
		}
		if same, _ := s.bytes(t, http.MethodGet, path, admin, "If-None-Match", tag); same.StatusCode != http.StatusNotModified {
			t.Errorf("asked whether it changed: %s", same.Status)
		}
		if no, _ := s.bytes(t, http.MethodGet, path, "", "If-None-Match", tag); no.StatusCode != http.StatusUnauthorized || no.Header.Get("ETag") != "" {
			t.Errorf("a stranger: %s, tag %q", no.Status, no.Header.Get("ETag"))
		}
	})
}

// A sender whose connection is cut in the middle of a part asks where to go on, and loses
// nothing but that part. What comes of it is a picture as any other.
func TestUploadSurvivesACut(t *testing.T) {
	t.Parallel()
	noise := image.NewNRGBA(image.Rect(0, 0, 500, 400))
	_, _ = rand.NewChaCha8([32]byte{}).Read(noise.Pix) // it never fails
	var encoded bytes.Buffer
	if err := png.Encode(&encoded, noise); err != nil {
		t.Fatal(err)
	}
	whole := encoded.Bytes()
	const part = 256 << 10
	whereverKept(t, func(t *testing.T, s *service, admin string) {
		begun := s.want(t, admin, "POST", "/v1/workspaces/acme/uploads", map[string]any{"sizeBytes": len(whole)})
		path := "/v1/" + begun["name"].(string)
		put := func(offset int, body io.Reader, length int) (*http.Response, error) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, fmt.Sprintf("%s%s:append?offset=%d", s.base, path, offset), body)
			if err != nil {
				t.Fatal(err)
			}
			r.ContentLength = int64(length)
			r.Header.Set("Authorization", "Bearer "+admin)
			answer, err := http.DefaultClient.Do(r)
			if err == nil {
				_, _ = io.Copy(io.Discard, answer.Body)
				_ = answer.Body.Close()
			}
			return answer, err
		}
		for at := 0; at < len(whole); {
			n := min(part, len(whole)-at)
			if _, err := put(at, io.LimitReader(bytes.NewReader(whole[at:]), int64(n/2)), n); err == nil {
				t.Fatal("the cut was not one")
			}
			found := s.want(t, admin, "GET", path, nil)["offset"]
			if found != strconv.Itoa(at) {
				t.Fatalf("go on at %v, want %d", found, at)
			}
			answer, err := put(at, bytes.NewReader(whole[at:at+n]), n)
			if err != nil || answer.StatusCode != http.StatusOK {
				t.Fatalf("at %d: %v, error %v", at, answer, err)
			}
			at += n
		}
		made := s.want(t, admin, "POST", path+":complete", map[string]any{})
		small, body := s.bytes(t, http.MethodGet, "/v1/"+made["name"].(string)+":thumbnail?size=96", admin)
		c, err := png.DecodeConfig(bytes.NewReader(body))
		if err != nil || c.Width != 96 || c.Height != 77 || small.Header.Get("Content-Disposition") != "inline" {
			t.Errorf("thumbnail %d by %d, error %v, headers %v", c.Width, c.Height, err, small.Header)
		}
		tag := small.Header.Get("ETag")
		if same, _ := s.bytes(t, http.MethodGet, "/v1/"+made["name"].(string)+":thumbnail?size=96", admin, "If-None-Match", tag); same.StatusCode != http.StatusNotModified {
			t.Errorf("the thumbnail again: %s", same.Status)
		}
	})
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
	dir := newDir(t)
	s := startWith(t, dir, func(c *config.Config) {
		c.S3Endpoint, c.S3Bucket, c.S3AccessKey, c.S3SecretKey = server.URL, "pictures", "key", "secret"
	})
	admin := s.install(t)
	s.upload(t, admin)
	objects, err := backend.ListBucket("pictures", &gofakes3.Prefix{HasPrefix: true, Prefix: "sha256/"}, gofakes3.ListBucketPage{})
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
