package web

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// cinema is the public API as far as a page shows a file, which it gives in parts as the service does
// that of a large one.
type cinema struct {
	accounts
	about *imprimaturv1.Media
	data  []byte
	// most is how many bytes one answer has.
	most int
}

func (s *cinema) Invoke(_ context.Context, method string, in, out any, _ ...grpc.CallOption) error {
	switch asked := in.(type) {
	case *imprimaturv1.DownloadMediaRequest:
		about, err := anypb.New(s.about)
		rest := s.data[min(asked.GetOffset(), int64(len(s.data))):]
		most := min(s.most, len(rest))
		if n := int(asked.GetLength()); n > 0 {
			most = min(most, n)
		}
		proto.Merge(out.(proto.Message), &httpbody.HttpBody{ContentType: s.about.GetContentType(), Data: rest[:most], Extensions: []*anypb.Any{about}})
		return err
	case *imprimaturv1.DownloadThumbnailRequest:
		proto.Merge(out.(proto.Message), &httpbody.HttpBody{ContentType: "image/jpeg", Data: []byte("small")})
		return nil
	case *imprimaturv1.GetMediaRequest:
		if asked.GetName() != s.about.GetName() {
			return status.Error(codes.NotFound, "no")
		}
		proto.Merge(out.(proto.Message), s.about)
		return nil
	}
	return status.Error(codes.Unimplemented, method)
}

// A browser seeks in a film of any size: it asks for a part and is given that, and goes on only in
// the same file.
func TestFilesComeInParts(t *testing.T) {
	t.Parallel()
	film := bytes.Repeat([]byte("0123456789"), 100_000)
	const tag, kept = `"abc"`, "private, max-age=31536000, immutable"
	api := &cinema{data: film, most: 300_000, about: &imprimaturv1.Media{
		Name: "workspaces/acme/media/abc", ContentType: "video/mp4", SizeBytes: int64(len(film)), FileName: "L’établi.mp4",
	}}
	b := &browser{New(Options{PublicURL: "https://sign.example.com", Language: "en", API: api}), make(map[string]*http.Cookie)}
	b.signIn("imps_x")
	for what, c := range map[string]struct {
		method, query string
		headers       []string
		status        int
		body          string
		want          map[string]string
	}{
		"all":                {"GET", "", nil, 200, string(film), map[string]string{"Content-Length": "1000000", "Accept-Ranges": "bytes", "Cache-Control": kept, "Content-Type": "video/mp4"}},
		"look":               {"HEAD", "", nil, 200, "", map[string]string{"Content-Length": "1000000", "Content-Disposition": "inline; filename=\"L__tabli.mp4\"; filename*=UTF-8''L%E2%80%99%C3%A9tabli.mp4"}},
		"what a player asks": {"GET", "", []string{"Range", "bytes=0-"}, 206, string(film), map[string]string{"Content-Range": "bytes 0-999999/1000000"}},
		"across parts":       {"GET", "", []string{"Range", "bytes=262140-600009"}, 206, string(film[262140:600010]), nil},
		"the end":            {"GET", "", []string{"Range", "bytes=-3"}, 206, "789", map[string]string{"Content-Length": "3"}},
		"go on":              {"GET", "", []string{"Range", "bytes=999998-", "If-Range", tag}, 206, "89", map[string]string{"Etag": tag}},
		"another file":       {"GET", "", []string{"Range", "bytes=999998-", "If-Range", `"xyz"`}, 200, string(film), nil},
		"known":              {"GET", "", []string{"If-None-Match", tag}, 304, "", map[string]string{"Cache-Control": kept}},
		"beyond the end":     {"GET", "", []string{"Range", "bytes=1000000-"}, 416, "", map[string]string{"Content-Range": "bytes */1000000", "Cache-Control": ""}},
		"nonsense":           {"GET", "", []string{"Range", "bytes=5-4"}, 416, "", nil},
		"a small form":       {"GET", "?size=96", nil, 200, "small", map[string]string{"Etag": `"abc-96"`, "Content-Type": "image/jpeg", "Content-Disposition": "inline"}},
	} {
		r := httptest.NewRequest(c.method, "https://sign.example.com/w/acme/media/abc"+c.query, nil)
		for i := 0; i < len(c.headers); i += 2 {
			r.Header.Set(c.headers[i], c.headers[i+1])
		}
		w := b.send(r)
		if w.Code != c.status || w.Code < 400 && w.Body.String() != c.body {
			t.Errorf("%s: %d with %d bytes, want %d with %d", what, w.Code, w.Body.Len(), c.status, len(c.body))
		}
		for header, want := range c.want {
			if got := w.Header().Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", what, header, got, want)
			}
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Content-Security-Policy") != "default-src 'none'; frame-ancestors 'none'; sandbox" {
			t.Errorf("%s: %v", what, w.Header())
		}
	}
}

// A film is played where it is shown, under a name for who hears the page, and a document is a link
// that says what it is called and how large it is; nothing that it is called is more than text.
func TestFilesAreNamed(t *testing.T) {
	t.Parallel()
	film := &imprimaturv1.RenderedMedia{Media: "workspaces/acme/media/abc", ContentType: "video/mp4", AltText: "Two hands oil a bench.", Width: 640, Height: 360}
	pages := ownPages()
	paper := &imprimaturv1.RenderedMedia{Media: "workspaces/acme/media/abc", ContentType: "application/pdf", PageCount: 3}
	for _, c := range []struct {
		use   *imprimaturv1.RenderedMedia
		about *imprimaturv1.Media
		in    []string
		out   []string
	}{
		{film, &imprimaturv1.Media{Name: "workspaces/acme/media/abc", ContentType: "video/mp4", SizeBytes: 4_700_000, FileName: "bench.mp4"}, []string{
			`<video controls preload="metadata" playsinline src="/w/acme/media/abc" aria-label="Two hands oil a bench." width="640" height="360">`,
			`href="/w/acme/media/abc" download="bench.mp4"`, `<strong dir="auto">bench.mp4</strong> Video (MP4) · 5` + "\u00a0MB"}, nil},
		{&imprimaturv1.RenderedMedia{Media: "workspaces/acme/media/abc", ContentType: "video/mp4"}, &imprimaturv1.Media{Name: "workspaces/acme/media/abc", ContentType: "video/mp4", FileName: "bench.mp4"},
			[]string{`aria-label="bench.mp4">`}, nil},
		{film, &imprimaturv1.Media{Name: "elsewhere"}, []string{`<video `, `Video (MP4)`, `download=""`}, []string{"<strong dir"}},
		{paper, &imprimaturv1.Media{Name: "workspaces/acme/media/abc", ContentType: "application/pdf", SizeBytes: 1_200_000, PageCount: 3, FileName: `"><script>x</script>.pdf`},
			[]string{`<a class="file" href="/w/acme/media/abc">`, `&#34;&gt;&lt;script&gt;x&lt;/script&gt;.pdf</strong> Document (PDF) · 3 pages · 1` + "\u00a0MB"}, []string{"<video", "<script>x"}},
	} {
		v := &visitor{conn: &cinema{about: c.about}, ctx: t.Context(), workspace: "acme", language: "en"}
		drawn := v.sheet(&imprimaturv1.Target{Network: "wall", Media: []*imprimaturv1.RenderedMedia{c.use}}, nil)
		var body bytes.Buffer
		if err := pages["design"]().ExecuteTemplate(&body, "sheet", map[string]any{"Page": page{visitor: v, Language: "en"}, "Sheet": drawn}); err != nil {
			t.Fatal(err)
		}
		got := body.String()
		wantIn(t, got, c.in...)
		wantOut(t, got, c.out...)
	}
}
