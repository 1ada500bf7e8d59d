package media_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/media"
)

const bucketName = "pictures"

// stall is a bucket of a store on this machine.
type stall struct {
	backend gofakes3.Backend
	url     string
	// before sees each request first and may answer it itself.
	before func(w http.ResponseWriter, r *http.Request) (answered bool)
}

func newStall(t *testing.T) place { return openStall(t) }

func openStall(t *testing.T) *stall {
	t.Helper()
	s := &stall{backend: s3mem.New()}
	if err := s.backend.CreateBucket(bucketName); err != nil {
		t.Fatal(err)
	}
	inner := gofakes3.New(s.backend).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.before != nil && s.before(w, r) {
			return
		}
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *stall) options() media.BucketOptions {
	return media.BucketOptions{
		Endpoint: s.url, Bucket: bucketName, Region: "us-east-1", AccessKey: "key", SecretKey: "secret", PathStyle: true,
	}
}

func (s *stall) open(t *testing.T) store {
	t.Helper()
	b, err := media.OpenBucket(t.Context(), s.options())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func keyOf(digest string) string { return strings.Replace(digest, ":", "/", 1) }

func (s *stall) spoil(t *testing.T, digest string, data []byte) {
	t.Helper()
	if _, err := s.backend.PutObject(bucketName, keyOf(digest), map[string]string{}, strings.NewReader(string(data)), int64(len(data)), nil); err != nil {
		t.Fatal(err)
	}
}

func (s *stall) digests(t *testing.T) []string {
	t.Helper()
	list, err := s.backend.ListBucket(bucketName, nil, gofakes3.ListBucketPage{})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, o := range list.Contents {
		found = append(found, strings.Replace(o.Key, "/", ":", 1))
	}
	return found
}

func TestBucketMustBeThere(t *testing.T) {
	t.Parallel()
	s := openStall(t)
	missing := s.options()
	missing.Bucket = "missing"
	nowhere := s.options()
	nowhere.Endpoint = "http://127.0.0.1:1"
	nonsense := s.options()
	nonsense.Endpoint = "pictures"
	for name, o := range map[string]media.BucketOptions{"missing": missing, "nowhere": nowhere, "nonsense": nonsense} {
		if _, err := media.OpenBucket(t.Context(), o); err == nil || strings.Contains(err.Error(), o.SecretKey) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// A store that cuts connections and answers that it is busy is asked again; what was cut
// short is never seen.
func TestBucketSurvivesABadNight(t *testing.T) {
	t.Parallel()
	s := openStall(t)
	b, data := s.open(t), make([]byte, 1<<20)
	var request atomic.Int32
	s.before = func(w http.ResponseWriter, r *http.Request) bool {
		switch request.Add(1) {
		case 1: // cut in the middle of the body
			_, _ = io.CopyN(io.Discard, r.Body, 1000)
			panic(http.ErrAbortHandler)
		case 2:
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		return false
	}
	name := put(t, b, data)
	if _, err := b.Get(t.Context(), name); err != nil || request.Load() < 4 {
		t.Errorf("error %v after %d requests", err, request.Load())
	}
}

func TestBucketTellsWhatFailed(t *testing.T) {
	t.Parallel()
	s := openStall(t)
	b, data := s.open(t), []byte("the picture")
	s.before = func(w http.ResponseWriter, r *http.Request) bool {
		w.WriteHeader(http.StatusForbidden)
		return true
	}
	_, getErr := b.Get(t.Context(), digest(data))
	for door, err := range map[string]error{
		"put": b.Put(t.Context(), digest(data), data), "get": getErr, "delete": b.Delete(t.Context(), digest(data)),
	} {
		if advocacy.KindOf(err) != advocacy.Internal || !strings.Contains(fmt.Sprint(err), digest(data)) {
			t.Errorf("%s: error %v, want one that names the blob", door, err)
		}
	}
	if found := s.digests(t); found != nil {
		t.Errorf("refused, and yet there: %q", found)
	}
}

// An upload whose caller went away in the middle leaves nothing.
func TestBucketCalledOffHalfway(t *testing.T) {
	t.Parallel()
	s := openStall(t)
	b, data := s.open(t), make([]byte, 8<<20)
	ctx, cancel := context.WithCancel(t.Context())
	s.before = func(_ http.ResponseWriter, r *http.Request) bool {
		_, _ = io.CopyN(io.Discard, r.Body, 1000)
		cancel()
		return false
	}
	if err := b.Put(ctx, digest(data), data); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	s.before = nil
	if _, err := s.open(t).Get(t.Context(), digest(data)); advocacy.ReasonOf(err) != "BLOB_NOT_FOUND" {
		t.Errorf("after that: error %v", err)
	}
}

// Two replicas write one blob at the same instant; the store tells one of them to look
// again.
func TestBucketWritersCollide(t *testing.T) {
	t.Parallel()
	s := openStall(t)
	b := s.open(t)
	var once sync.Once
	s.before = func(w http.ResponseWriter, r *http.Request) (answered bool) {
		once.Do(func() {
			w.WriteHeader(http.StatusConflict)
			answered = true
		})
		return answered
	}
	name := put(t, b, []byte("the picture"))
	if _, err := b.Get(t.Context(), name); err != nil {
		t.Error(err)
	}
}
