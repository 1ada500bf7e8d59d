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
	for _, kind := range []string{"video/mp4", "application/pdf", "image/png"} {
		if r := serve(t, &server{}).upload(strings.NewReader("x"), kind); r.status != 200 {
			t.Errorf("%s: %d", kind, r.status)
		}
	}
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

// A part of an upload is the body itself, or JSON: both are the same call.
func TestAppendIsABody(t *testing.T) {
	t.Parallel()
	const path = "/v1/workspaces/acme/uploads/abc:append"
	s := &server{}
	c := serve(t, s)
	put := func(query string, body io.Reader, kind string) response {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), "PUT", c.url+path+query, body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer t")
		if kind != "" {
			req.Header.Set("Content-Type", kind)
		}
		return c.send(req)
	}
	exact := bytes.Repeat([]byte{7}, gateway.MaxPart)
	for name, r := range map[string]response{
		"announced": put("?offset=300", bytes.NewReader(exact), "application/octet-stream"),
		"chunked":   put("?offset=300", io.MultiReader(bytes.NewReader(exact)), "image/png"),
		"untyped":   put("?offset=300", bytes.NewReader(exact), ""),
	} {
		if r.status != 200 || !strings.Contains(r.body, `"offset":"2097452"`) || r.header.Get("X-Request-Id") != "r-1" {
			t.Errorf("%s: %d %s %v", name, r.status, r.body, r.header)
		}
	}
	req, md, _ := s.noted()
	if part := req.(*imprimaturv1.AppendUploadRequest); part.GetName() != "workspaces/acme/uploads/abc" || !bytes.Equal(part.GetData(), exact) ||
		md.Get("authorization")[0] != "Bearer t" {
		t.Errorf("%s with %d bytes, metadata %v", part.GetName(), len(part.GetData()), md)
	}
	if r := put("", strings.NewReader("x"), ""); r.status != 200 || !strings.Contains(r.body, `"offset":"1"`) {
		t.Errorf("the first: %d %s", r.status, r.body)
	}
	before := s.called()
	for name, tc := range map[string]struct {
		r      response
		status int
		reason string
	}{
		"a byte too much":          {put("", bytes.NewReader(append(exact, 1)), ""), 413, "UPLOAD_PART_SIZE"},
		"endless":                  {put("", &endless{}, ""), 413, "UPLOAD_PART_SIZE"},
		"a form":                   {put("", strings.NewReader("x"), "multipart/form-data; boundary=x"), 415, "UNSUPPORTED_MEDIA_TYPE"},
		"a name in the query":      {put("?name=workspaces/globex/uploads/abc", strings.NewReader("x"), ""), 400, "INVALID_PARAMETER"},
		"the bytes in the query":   {put("?data=eA%3D%3D", strings.NewReader("x"), ""), 400, "INVALID_PARAMETER"},
		"no number":                {put("?offset=x", strings.NewReader("x"), ""), 400, "INVALID_PARAMETER"},
		"something nobody expects": {put("?offzet=1", strings.NewReader("x"), ""), 400, "INVALID_PARAMETER"},
	} {
		if tc.r.status != tc.status || tc.r.error.reason() != tc.reason {
			t.Errorf("%s: %d %s", name, tc.r.status, tc.r.body)
		}
	}
	if s.called() != before {
		t.Error("what was refused was called")
	}
	s.fail = status.Error(codes.Aborted, "x")
	if r := put("", strings.NewReader("x"), ""); r.status != 500 {
		t.Errorf("refused by the server: %d %s", r.status, r.body)
	}
	s.fail = nil
	if r := c.do("POST", path, `{"offset":"2","data":"eHg="}`); r.status != 200 || !strings.Contains(r.body, `"offset":"4"`) {
		t.Errorf("as JSON: %d %s", r.status, r.body)
	}
	if r := c.do("PATCH", path, ""); r.status != 405 || r.header.Get("Allow") != "GET, HEAD, POST, PUT, DELETE" {
		t.Errorf("PATCH: %d %v", r.status, r.header)
	}
}

// A client goes on where it was cut, looks before it fetches, and asks whether it has the
// bytes already. What no part of the picture is, is refused as anything is.
func TestDownloadInParts(t *testing.T) {
	t.Parallel()
	const name = "abc"
	const path = "/v1/workspaces/acme/media/" + name + ":download"
	s := &server{picture: &httpbody.HttpBody{ContentType: "image/png", Data: []byte("0123456789")}}
	c := serve(t, s)
	tag := `"` + name + `"`
	for what, tc := range map[string]struct {
		method  string
		headers []string
		status  int
		body    string
		want    map[string]string
	}{
		"all":             {"GET", nil, 200, "0123456789", map[string]string{"Etag": tag, "Content-Length": "10", "Accept-Ranges": "bytes"}},
		"look":            {"HEAD", nil, 200, "", map[string]string{"Etag": tag, "Content-Length": "10", "Content-Type": "image/png"}},
		"a part":          {"GET", []string{"Range", "bytes=2-4"}, 206, "234", map[string]string{"Content-Range": "bytes 2-4/10", "Content-Type": "image/png"}},
		"look at a part":  {"HEAD", []string{"Range", "bytes=2-4"}, 206, "", map[string]string{"Content-Length": "3"}},
		"the end":         {"GET", []string{"Range", "bytes=-3"}, 206, "789", nil},
		"go on":           {"GET", []string{"Range", "bytes=8-", "If-Range", tag}, 206, "89", nil},
		"another picture": {"GET", []string{"Range", "bytes=8-", "If-Range", `"xyz"`}, 200, "0123456789", nil},
		"known":           {"GET", []string{"If-None-Match", `"xyz", ` + tag}, 304, "", map[string]string{"Etag": tag, "Cache-Control": "private, max-age=31536000, immutable"}},
		"known, a look":   {"HEAD", []string{"If-None-Match", tag}, 304, "", nil},
		"unknown":         {"GET", []string{"If-None-Match", `"xyz"`}, 200, "0123456789", nil},
		"nonsense":        {"GET", []string{"Range", "lines=1-2"}, 416, "", map[string]string{"Cache-Control": "no-store"}},
		"beyond the end":  {"GET", []string{"Range", "bytes=10-"}, 416, "", map[string]string{"Content-Range": "bytes */10", "Content-Disposition": ""}},
	} {
		r := c.do(tc.method, path, "", tc.headers...)
		if r.status != tc.status || r.status < 400 && r.body != tc.body {
			t.Errorf("%s: %d %q", what, r.status, r.body)
		}
		if r.status == 416 && r.error.reason() != "RANGE_NOT_SATISFIABLE" {
			t.Errorf("%s: %s", what, r.body)
		}
		for header, want := range tc.want {
			if got := r.header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", what, header, got, want)
			}
		}
		if r.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(r.header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: headers %v", what, r.header)
		}
	}
	if parts := c.do("GET", path, "", "Range", "bytes=0-1,4-5"); parts.status != 206 || !strings.HasPrefix(parts.header.Get("Content-Type"), "multipart/byteranges") {
		t.Errorf("two parts: %d %v", parts.status, parts.header)
	}
	// A method that a picture does not have, and a server that refuses, answer as ever.
	if r := c.do("POST", path, ""); r.status != 405 || r.header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d %v", r.status, r.header)
	}
	s.fail = status.Error(codes.Internal, "disk")
	if r := c.do("GET", path, "", "Range", "bytes=2-4"); r.status != 500 || r.header.Get("Etag") != "" || r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("refused: %d %v", r.status, r.header)
	}
}

// A large file comes in parts behind the door, and is one file before it.
func TestDownloadOfALargeFile(t *testing.T) {
	t.Parallel()
	const path = "/v1/workspaces/acme/media/abc:download"
	film := bytes.Repeat([]byte("0123456789"), 1000)
	s := &server{picture: &httpbody.HttpBody{ContentType: "video/mp4", Data: film}, part: 700}
	c := serve(t, s)
	for what, tc := range map[string]struct {
		headers []string
		status  int
		body    string
	}{
		"all":            {nil, 200, string(film)},
		"the middle":     {[]string{"Range", "bytes=5005-5009"}, 206, "56789"},
		"across parts":   {[]string{"Range", "bytes=690-2110"}, 206, string(film[690:2111])},
		"the end":        {[]string{"Range", "bytes=-3"}, 206, "789"},
		"beyond the end": {[]string{"Range", "bytes=10000-"}, 416, ""},
	} {
		r := c.do("GET", path, "", append(tc.headers, "Authorization", "Bearer t")...)
		if r.status != tc.status || r.status < 400 && r.body != tc.body {
			t.Errorf("%s: %d with %d bytes", what, r.status, len(r.body))
		}
	}
	if _, md, _ := s.noted(); len(md.Get("authorization")) == 0 {
		t.Error("the parts were asked for by nobody")
	}
	for _, query := range []string{"?offset=2", "?length=2"} {
		if r := c.do("GET", path+query, ""); r.status != 400 || r.error.reason() != "INVALID_PARAMETER" {
			t.Errorf("%s: %d %s", query, r.status, r.body)
		}
	}
}

func TestDownloadIsDressed(t *testing.T) {
	t.Parallel()
	const path = "/v1/workspaces/acme/media/abc:download"
	// A picture may weigh more than gRPC takes by default.
	sizes := map[string]int{"image/png": 12 << 20}
	for kind, wantType := range map[string]string{
		"image/jpeg": "image/jpeg", "image/png": "image/png", "image/gif": "image/gif", "image/webp": "image/webp",
		"video/mp4": "video/mp4", "video/quicktime": "video/quicktime", "application/pdf": "application/pdf",
		"image/svg+xml": "application/octet-stream", "text/html": "application/octet-stream", "": "application/octet-stream",
	} {
		c := serve(t, &server{picture: &httpbody.HttpBody{ContentType: kind, Data: bytes.Repeat([]byte{0xff}, sizes[kind])}})
		r := c.do("GET", path, "")
		if r.status != 200 || len(r.body) != sizes[kind] || r.header.Get("Content-Type") != wantType {
			t.Errorf("%s: %d, %d bytes of %s", kind, r.status, len(r.body), r.header.Get("Content-Type"))
		}
		disposition := "attachment"
		if kind == wantType && kind != "application/pdf" {
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
