package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// dock is the public API as far as a file arrives in parts.
type dock struct {
	office
	asked []proto.Message
}

func (d *dock) Invoke(ctx context.Context, method string, in, out any, opts ...grpc.CallOption) error {
	switch asked := in.(type) {
	case *imprimaturv1.CreateUploadRequest:
		d.asked = append(d.asked, asked)
		proto.Merge(out.(proto.Message), &imprimaturv1.Upload{Name: "workspaces/acme/uploads/0199"})
		return nil
	case *imprimaturv1.AppendUploadRequest:
		d.asked = append(d.asked, asked)
		proto.Merge(out.(proto.Message), &imprimaturv1.Upload{Name: asked.GetName(), Offset: asked.GetOffset() + int64(len(asked.GetData()))})
		return nil
	}
	return d.office.Invoke(ctx, method, in, out, opts...)
}

// A script hears how much of a file there is; what is no part of one is told to nobody.
func TestPartsArrive(t *testing.T) {
	t.Parallel()
	part := strings.Repeat("x", maxPart)
	tests := map[string]struct {
		path, body string
		code       int
		want       string
		asked      proto.Message
	}{
		"announced": {"", "name=%2Ftmp%2Fbench%FF.mp4&type=video%2Fmp4&size=9000000", http.StatusOK, `{"offset":0,"upload":"0199"}`, &imprimaturv1.CreateUploadRequest{
			Parent: "workspaces/acme", Upload: &imprimaturv1.Upload{FileName: "/tmp/bench.mp4", ContentType: "video/mp4", SizeBytes: 9_000_000}}},
		"of no size": {"", "name=bench.mp4&size=large", http.StatusUnprocessableEntity, "", nil},
		"a part": {"/0199?offset=3", part, http.StatusOK, `{"offset":2097155,"upload":"0199"}`, &imprimaturv1.AppendUploadRequest{
			Name: "workspaces/acme/uploads/0199", Offset: 3, Data: []byte(part)}},
		"more than a part": {"/0199?offset=3", part + "x", http.StatusUnprocessableEntity, "", nil},
		"of no place":      {"/0199", "x", http.StatusUnprocessableEntity, "", nil},
	}
	for name, test := range tests {
		d := &dock{}
		r := httptest.NewRequest(http.MethodPost, "https://sign.example.com/w/acme/uploads"+test.path, strings.NewReader(test.body))
		if test.path == "" {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		r.AddCookie(&http.Cookie{Name: sessionCookie + "acme", Value: "imps_mine"})
		w := httptest.NewRecorder()
		New(Options{PublicURL: "https://sign.example.com", Language: "en", API: d}).ServeHTTP(w, r)
		if w.Code != test.code || test.want != "" && strings.TrimSpace(w.Body.String()) != test.want {
			t.Errorf("%s: %d %.300s", name, w.Code, w.Body)
		}
		if test.asked == nil && len(d.asked) > 0 || test.asked != nil && (len(d.asked) != 1 || !proto.Equal(d.asked[0], test.asked)) {
			t.Errorf("%s: the service was asked %.300v", name, d.asked)
		}
	}
}
