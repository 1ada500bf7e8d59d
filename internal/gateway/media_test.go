package gateway_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/gateway"
)

const upload = "/v1/workspaces/acme/media:upload"

func front(t *testing.T, h http.Handler) *client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return &client{t: t, url: srv.URL}
}

func (c *client) upload(body io.Reader, contentType string) response {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), "POST", c.url+upload, body)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer t")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return c.send(req)
}

func TestUploadIsStreamedInParts(t *testing.T) {
	t.Parallel()
	picture := bytes.Repeat([]byte("0123456789abcdef"), 3<<20/16)
	for name, body := range map[string]io.Reader{
		"length":  bytes.NewReader(picture),
		"chunked": io.MultiReader(bytes.NewReader(picture)),
	} {
		s := &server{}
		r := serve(t, s).upload(body, "image/png")
		if r.status != 200 || !strings.Contains(r.body, `"workspaces/acme/media/x"`) || r.header.Get("X-Request-Id") != "r-2" {
			t.Errorf("%s: %d %s %v", name, r.status, r.body, r.header)
		}
		if !bytes.Equal(s.data, picture) {
			t.Errorf("%s: %d bytes arrived", name, len(s.data))
		}
		for _, n := range s.parts {
			if n > 1<<20 {
				t.Errorf("%s: a part of %d bytes", name, n)
			}
		}
		req, md, _ := s.noted()
		if parent := req.(*imprimaturv1.UploadMediaRequest).GetParent(); parent != "workspaces/acme" || md.Get("authorization")[0] != "Bearer t" {
			t.Errorf("%s: parent %q, metadata %v", name, parent, md)
		}
	}
}

func TestUploadIsLimited(t *testing.T) {
	t.Parallel()
	exact := bytes.Repeat([]byte{1}, gateway.MaxUpload)
	s := &server{}
	if r := serve(t, s).upload(bytes.NewReader(exact), ""); r.status != 200 || len(s.data) != gateway.MaxUpload {
		t.Errorf("exactly at the limit: %d", r.status)
	}
	announced := &server{}
	if r := serve(t, announced).upload(bytes.NewReader(append(exact, 1)), ""); r.status != 413 || r.error.reason() != "MEDIA_TOO_LARGE" || announced.called() != 0 {
		t.Errorf("announced: %d %s after %d calls", r.status, r.body, announced.called())
	}
	if r := serve(t, &server{}).upload(&endless{}, ""); r.status != 413 || r.error.reason() != "MEDIA_TOO_LARGE" {
		t.Errorf("not announced: %d %s", r.status, r.body)
	}
}

func TestUploadRefusals(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"multipart/form-data; boundary=x", "application/json", "text/html"} {
		s := &server{}
		if r := serve(t, s).upload(strings.NewReader("x"), kind); r.status != 415 || s.called() != 0 {
			t.Errorf("%s: %d", kind, r.status)
		}
	}
	denied, err := status.New(codes.PermissionDenied, "no").WithDetails(&errdetails.ErrorInfo{Reason: "PERMISSION_MISSING", Domain: "imprimatur.dev"})
	if err != nil {
		t.Fatal(err)
	}
	early := serve(t, &server{refuseEarly: denied.Err()})
	if r := early.upload(bytes.NewReader(make([]byte, 8<<20)), ""); r.status != 403 || r.error.reason() != "PERMISSION_MISSING" {
		t.Errorf("refused before the end: %d %s", r.status, r.body)
	}
}

func TestDownloadIsDressed(t *testing.T) {
	t.Parallel()
	const path = "/v1/workspaces/acme/media/abc:download"
	// A picture may weigh more than gRPC takes by default.
	sizes := map[string]int{"image/png": 12 << 20}
	for kind, wantType := range map[string]string{
		"image/jpeg": "image/jpeg", "image/png": "image/png", "image/gif": "image/gif", "image/webp": "image/webp",
		"image/svg+xml": "application/octet-stream", "text/html": "application/octet-stream", "": "application/octet-stream",
	} {
		c := serve(t, &server{picture: &httpbody.HttpBody{ContentType: kind, Data: bytes.Repeat([]byte{0xff}, sizes[kind])}})
		r := c.do("GET", path, "")
		if r.status != 200 || len(r.body) != sizes[kind] || r.header.Get("Content-Type") != wantType {
			t.Errorf("%s: %d, %d bytes of %s", kind, r.status, len(r.body), r.header.Get("Content-Type"))
		}
		disposition := "attachment"
		if kind == wantType {
			disposition = "inline"
		}
		if got := r.header.Get("Content-Disposition"); got != disposition {
			t.Errorf("%s: disposition %q", kind, got)
		}
		if r.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(r.header.Get("Content-Security-Policy"), "sandbox") ||
			!strings.Contains(r.header.Get("Cache-Control"), "private") {
			t.Errorf("%s: headers %v", kind, r.header)
		}
	}
}
