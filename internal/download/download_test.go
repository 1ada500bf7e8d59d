package download

import (
	"bytes"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/protobuf/types/known/anypb"
	"pgregory.net/rapid"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// A name is one value of one header, in both of its forms.
func TestDisposition(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"":                             `attachment`,
		"plan 1.pdf":                   `attachment; filename="plan 1.pdf"`,
		"Été.pdf":                      `attachment; filename="_t_.pdf"; filename*=UTF-8''%C3%89t%C3%A9.pdf`,
		"東京.pdf":                       `attachment; filename="__.pdf"; filename*=UTF-8''%E6%9D%B1%E4%BA%AC.pdf`,
		"a\r\nSet-Cookie: x=1\r\n\r\n": `attachment; filename="a__Set-Cookie: x=1____"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x%3D1%0D%0A%0D%0A`,
		`x"; filename="y.exe`:          `attachment; filename="x_; filename=_y.exe"; filename*=UTF-8''x%22%3B%20filename%3D%22y.exe`,
		"100%41.pdf":                   `attachment; filename="100_41.pdf"; filename*=UTF-8''100%2541.pdf`,
	} {
		if got := Disposition("attachment", name); got != want {
			t.Errorf("%q is\n%s, want\n%s", name, got, want)
		}
	}
}

// Whatever a file is called, its name is one line, another reader reads the same of it, and it is all
// there is to read.
func TestAnyDisposition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.String(), rapid.StringMatching(`[\r\n";=%\\'*\x00-\x20a-zé]{0,20}`)).Draw(t, "name")
		got := Disposition("inline", name)
		if strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Fatalf("%q is %q", name, got)
		}
		place, params, err := mime.ParseMediaType(got)
		if err != nil || place != "inline" || name != "" && len(params) != 1 {
			t.Fatalf("%q is %q: %v, %v", name, got, params, err)
		}
		// That reader takes the full form where there is one.
		if utf8.ValidString(name) && params["filename"] != name {
			t.Fatalf("%q is read as %q of %q", name, params["filename"], got)
		}
	})
}

// A file's name says nothing of what it is: neither its type nor whether it is opened here.
func TestDress(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ kind, want, place string }{
		"film.html":  {"video/mp4", "video/mp4", `inline; filename="film.html.mp4"`},
		"plan.exe":   {"application/pdf", "application/pdf", `attachment; filename="plan.exe.pdf"`},
		"x\r\nA: b":  {"application/pdf", "application/pdf", `attachment; filename="x A_ b.pdf"`},
		"page.html":  {"text/html", "application/octet-stream", `attachment; filename="page.html"`},
		"\u202efdp.": {"image/png", "image/png", `inline; filename="fdp.png"`},
	} {
		m, err := anypb.New(&imprimaturv1.Media{FileName: name})
		if err != nil {
			t.Fatal(err)
		}
		h := make(http.Header)
		Dress(h, &httpbody.HttpBody{ContentType: c.kind, Extensions: []*anypb.Any{m}})
		if h.Get("Content-Type") != c.want || h.Get("Content-Disposition") != c.place {
			t.Errorf("%q is dressed as %v", name, h)
		}
	}
}

// Who asks for more parts than a player does is given the whole file.
func TestManyRanges(t *testing.T) {
	t.Parallel()
	for ranges, want := range map[string]int{"bytes=1-2": 206, "bytes=1-2,4-5": 206, "bytes=0-0" + strings.Repeat(",2-2", mostRanges): 200} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Range", ranges)
		w.Header().Set("Content-Type", "video/mp4")
		if Serve(w, r, "tag", bytes.NewReader(make([]byte, 1000))); w.Code != want || w.Header().Get("ETag") != `"tag"` {
			t.Errorf("%s is answered with %d %v", ranges, w.Code, w.Header())
		}
	}
}
