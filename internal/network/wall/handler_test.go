package wall

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
)

// newsroom is a handler with two walls, acme in English and lyon in French, and what
// is behind them.
type newsroom struct {
	*Handler
	store   *memory
	blobs   blobs
	network *Network
	log     *bytes.Buffer
}

type blobs map[string][]byte

func (b blobs) Open(_ context.Context, _ advocacy.WorkspaceID, digest string) (io.ReadSeeker, error) {
	data, exists := b[digest]
	if !exists {
		return nil, advocacy.Missing("BLOB_NOT_FOUND", "there is no such blob")
	}
	return bytes.NewReader(data), nil
}

func open(t *testing.T) *newsroom {
	t.Helper()
	m := newMemory()
	n := &newsroom{store: m, blobs: blobs{}, network: New(m, base), log: new(bytes.Buffer)}
	n.Handler = NewHandler(HandlerOptions{
		Store: m, Files: n.blobs, BaseURL: base, Default: "acme", PageSize: 3, Log: slog.New(slog.NewTextHandler(n.log, nil)),
		Site: func(_ context.Context, w advocacy.WorkspaceID) (Site, error) {
			switch w {
			case "acme":
				return Site{Name: "Acme & Sons", Language: "en"}, nil
			case "lyon":
				return Site{Name: "Atelier de Lyon", Language: "fr-FR", Zone: time.FixedZone("CET", 3600)}, nil
			}
			return Site{}, advocacy.Missing("WORKSPACE_NOT_FOUND", "there is no such workspace")
		},
	})
	return n
}

// put publishes content; the nth call is n minutes after the Moment.
func (n *newsroom) put(t *testing.T, w advocacy.WorkspaceID, id advocacy.PublicationID, byline string, content advocacy.Content) network.Delivery {
	t.Helper()
	s := networktest.Subject{Adapter: n.network, Account: advocacy.SocialAccount{Workspace: w, ID: "account-1", DisplayName: byline}}
	d := networktest.Deliver(t, s, id, content)
	d.Time = d.Time.Add(time.Duration(len(n.store.entries)) * time.Minute)
	if answer := n.network.Publish(t.Context(), d); answer.Class != network.Accepted {
		t.Fatalf("Publish = %+v", answer)
	}
	return d
}

// picture keeps a picture and returns how a content refers to it.
func (n *newsroom) picture(t *testing.T, kind string) advocacy.MediaRef {
	t.Helper()
	var out bytes.Buffer
	m := image.NewGray(image.Rect(0, 0, 8, 4))
	var err error
	if kind == "image/jpeg" {
		err = jpeg.Encode(&out, m, nil)
	} else {
		err = png.Encode(&out, m)
	}
	if err != nil {
		t.Fatal(err)
	}
	blob := string(advocacy.DigestOf(out.Bytes()))
	n.blobs[blob] = out.Bytes()
	return advocacy.MediaRef{Blob: blob, ContentType: kind, Width: 8, Height: 4, AltText: "A shop front"}
}

// call makes one request, with header fields as pairs.
func (n *newsroom) call(t *testing.T, method, path string, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for i := 0; i+1 < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	n.ServeHTTP(w, r)
	h := w.Header()
	if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") || h.Get("Set-Cookie") != "" {
		t.Errorf("%s %s: headers %v", method, path, h)
	}
	return w
}

// get wants a status and returns the body.
func (n *newsroom) get(t *testing.T, path string, want int) string {
	t.Helper()
	w := n.call(t, http.MethodGet, path)
	if w.Code != want {
		t.Fatalf("GET %s = %d, want %d\n%s", path, w.Code, want, w.Body)
	}
	return w.Body.String()
}

func contains(t *testing.T, body string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing in\n%s", want, body)
		}
	}
}

func lacks(t *testing.T, body string, unwanted ...string) {
	t.Helper()
	for _, u := range unwanted {
		if strings.Contains(body, u) {
			t.Errorf("%q is in\n%s", u, body)
		}
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.put(t, "acme", "pub-1", "Nadia", networktest.Content())
	n.put(t, "lyon", "pub-2", "Luc", networktest.Content())
	for path, want := range map[string]int{
		"/wall":                               302,
		"/wall/":                              302,
		"/wall/acme":                          200,
		"/wall/acme/":                         302,
		"/wall/lyon":                          200,
		"/wall/acme/pub-1":                    200,
		"/wall/acme/feed.atom":                200,
		"/wall/wall.css":                      200,
		"/wall/nobody":                        404,
		"/wall/nobody/pub-1":                  404,
		"/wall/nobody/feed.atom":              404,
		"/wall/acme/pub-2":                    404, // the other workspace's
		"/wall/acme/pub-1/":                   404,
		"/wall/acme/pub-1/x":                  404,
		"/wall/acme?before=garbage":           404,
		"/wall/acme/feed.atom?before=garbage": 404,
		"/wall/acme/media":                    404,
		"/wall/acme/media/":                   404,
		"/wall/acme/media/x":                  404,
		"/wallpaper":                          404,
		"/":                                   404,
		"/wall//pub-1":                        404,
		"/wall/acme//pub-1":                   404,
		"/wall/../wall/acme":                  404,
		"/wall/acme/../acme":                  404,
		"/wall/acme/%2e%2e/pub-1":             404,
		"/wall/..%2facme":                     404,
		"/wall/acme/media/..%2f..%2fetc%2fpasswd":     404,
		"/wall/acme/media/../../../etc/passwd":        404,
		"/wall/acme/media/" + strings.Repeat("A", 64): 404,
		"/wall/acme/media/" + strings.Repeat("a", 64): 404,
		"/wall/acme/%00":                         404,
		"/wall/" + strings.Repeat("a", 200):      404,
		"/wall/acme/" + strings.Repeat("a", 200): 404,
	} {
		w := n.call(t, http.MethodGet, path)
		if w.Code != want {
			t.Errorf("GET %s = %d, want %d", path, w.Code, want)
		}
		if want == 404 {
			contains(t, w.Body.String(), "<h1>There is nothing at this address.</h1>", `content="noindex"`)
		}
	}
	if got := n.call(t, http.MethodGet, "/wall").Header().Get("Location"); got != "/wall/acme" {
		t.Errorf("/wall leads to %s", got)
	}
	if n.log.Len() > 0 {
		t.Errorf("log: %s", n.log)
	}
}

func TestFrontWithoutDefault(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.o.Default = ""
	contains(t, n.get(t, "/wall", http.StatusNotFound), "<h1>Whose newsroom?</h1>")
}

func TestHeadHasNoBody(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.put(t, "acme", "pub-1", "Nadia", networktest.Content())
	ref := n.picture(t, "image/png")
	n.put(t, "acme", "pub-2", "Nadia", advocacy.Content{Language: "en", Media: []advocacy.MediaRef{ref}})
	for _, path := range []string{"/wall/acme", "/wall/acme/pub-1", "/wall/acme/feed.atom", "/wall/wall.css", "/wall/nobody", mediaPath("acme", ref.Blob)} {
		get, head := n.call(t, http.MethodGet, path), n.call(t, http.MethodHead, path)
		if head.Code != get.Code || head.Body.Len() != 0 || get.Body.Len() == 0 {
			t.Errorf("HEAD %s = %d with %d bytes, GET = %d with %d", path, head.Code, head.Body.Len(), get.Code, get.Body.Len())
		}
		for _, field := range []string{"Content-Type", "ETag", "Cache-Control"} {
			if head.Header().Get(field) != get.Header().Get(field) {
				t.Errorf("HEAD %s: %s = %q, GET has %q", path, field, head.Header().Get(field), get.Header().Get(field))
			}
		}
	}
}

func TestOnlyReading(t *testing.T) {
	t.Parallel()
	n := open(t)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions, http.MethodTrace, "BREW"} {
		w := n.call(t, method, "/wall/acme")
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("%s = %d, Allow %q", method, w.Code, w.Header().Get("Allow"))
		}
		contains(t, w.Body.String(), "This page can only be read.")
	}
}

func TestEmptyWall(t *testing.T) {
	t.Parallel()
	n := open(t)
	contains(t, n.get(t, "/wall/lyon", 200), `<html lang="fr" dir="ltr">`, "Rien pour le moment.", "<h1 class=\"name\"><bdi>Atelier de Lyon</bdi></h1>")
	contains(t, n.get(t, "/wall/lyon/nothing", 404), "Il n’y a rien à cette adresse.")
}

func TestPaging(t *testing.T) {
	t.Parallel()
	n := open(t)
	for _, id := range []string{"one", "two", "three", "four", "five"} {
		n.put(t, "acme", advocacy.PublicationID(id), "Nadia", advocacy.Content{Language: "en", Text: "Entry " + id})
	}
	first := n.get(t, "/wall/acme", 200)
	contains(t, first, "Entry five", "Entry four", "Entry three", `rel="next"`, "Older entries")
	lacks(t, first, "Entry two", "Newest entries")
	if strings.Index(first, "Entry five") > strings.Index(first, "Entry four") {
		t.Error("the newest entry is not the first")
	}
	_, rest, _ := strings.Cut(first, `<a class="older" href="`)
	href, _, _ := strings.Cut(rest, `"`)
	second := n.get(t, strings.ReplaceAll(href, "&#43;", "+"), 200)
	contains(t, second, "Entry two", "Entry one", "Newest entries")
	lacks(t, second, "Entry three", "Older entries")
}

func TestTakenBack(t *testing.T) {
	t.Parallel()
	n := open(t)
	ref := n.picture(t, "image/png")
	content := advocacy.Content{Language: "en", Text: "A hasty word", Media: []advocacy.MediaRef{ref}}
	d := n.put(t, "acme", "pub-1", "Nadia", content)
	n.put(t, "acme", "pub-2", "Nadia", advocacy.Content{Language: "en", Text: "A calm word"})
	before := map[string]string{}
	for _, path := range []string{"/wall/acme", "/wall/acme/feed.atom"} {
		before[path] = n.call(t, http.MethodGet, path).Header().Get("ETag")
		contains(t, n.get(t, path, 200), "A hasty word")
	}
	n.get(t, mediaPath("acme", ref.Blob), 200)
	n.network.Delete(t.Context(), d)
	gone := n.get(t, "/wall/acme/pub-1", http.StatusGone)
	contains(t, gone, "This entry was taken back.", "noindex")
	lacks(t, gone, "hasty", "Nadia")
	n.get(t, mediaPath("acme", ref.Blob), 404)
	for path, tag := range before {
		// Neither the tag nor the date a reader remembers may hide that it is gone.
		w := n.call(t, http.MethodGet, path, "If-None-Match", tag)
		if w.Code != 200 {
			t.Errorf("GET %s with the old tag = %d", path, w.Code)
		}
		lacks(t, w.Body.String(), "hasty")
		w = n.call(t, http.MethodGet, path, "If-Modified-Since", networktest.Moment.Add(time.Hour).Format(http.TimeFormat))
		if w.Code != 200 {
			t.Errorf("GET %s with a date = %d", path, w.Code)
		}
	}
}

func TestMedia(t *testing.T) {
	t.Parallel()
	n := open(t)
	for _, kind := range []string{"image/png", "image/jpeg"} {
		ref := n.picture(t, kind)
		n.put(t, "acme", advocacy.PublicationID(kind[6:]), "Nadia", advocacy.Content{Language: "en", Media: []advocacy.MediaRef{ref}})
		path := mediaPath("acme", ref.Blob)
		w := n.call(t, http.MethodGet, path)
		if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), n.blobs[ref.Blob]) || w.Header().Get("Content-Type") != kind {
			t.Errorf("GET = %d %s, %d bytes", w.Code, w.Header().Get("Content-Type"), w.Body.Len())
		}
		contains(t, w.Header().Get("Cache-Control"), "immutable", "max-age=31536000")
		contains(t, w.Header().Get("Content-Security-Policy"), "sandbox")
		if again := n.call(t, http.MethodGet, path, "If-None-Match", w.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("with the tag: %d", again.Code)
		}
		n.get(t, mediaPath("lyon", ref.Blob), 404)
		n.get(t, strings.ToUpper(path), 404)
	}
}

// A video is shown and a part of it can be asked for; a document is handed out.
func TestVideoAndDocument(t *testing.T) {
	t.Parallel()
	n := open(t)
	for text, kind := range map[string]string{"\x00\x00\x00\x18ftypisom of a film": "video/mp4", "%PDF-1.7 of a page": "application/pdf"} {
		blob := string(advocacy.DigestOf([]byte(text)))
		n.blobs[blob] = []byte(text)
		id := advocacy.PublicationID(kind[:5])
		n.put(t, "acme", id, "Nadia", advocacy.Content{Language: "en", Media: []advocacy.MediaRef{
			{Blob: blob, ContentType: kind, Width: 640, Height: 360, Duration: 12_000, Pages: 3, AltText: "Our <shop>"},
		}})
		w := n.call(t, http.MethodGet, mediaPath("acme", blob), "Range", "bytes=4-7")
		if w.Code != 206 || w.Body.String() != text[4:8] || w.Header().Get("Content-Type") != kind {
			t.Errorf("%s: %d %q of %s", kind, w.Code, w.Body, w.Header().Get("Content-Type"))
		}
		if attached := w.Header().Get("Content-Disposition") == "attachment"; attached != (kind == "application/pdf") {
			t.Errorf("%s: disposition %q", kind, w.Header().Get("Content-Disposition"))
		}
		page := n.get(t, entryPath("acme", id), 200)
		if kind == "video/mp4" {
			contains(t, page, `<video controls preload="metadata" src="`+mediaPath("acme", blob)+`" aria-label="Our &lt;shop&gt;" width="640" height="360">`)
		} else {
			contains(t, page, `<b>Our &lt;shop&gt;</b><span lang="en" dir="ltr">PDF, 3 pages</span>`)
		}
		contains(t, n.get(t, feedPath("acme"), 200), `rel="enclosure" type="`+kind+`"`)
	}
}

// What is not accepted is not served, whatever the entry calls it.
func TestMediaOfAnotherKind(t *testing.T) {
	t.Parallel()
	n := open(t)
	for _, text := range []string{"<script>alert(1)</script>", "<svg xmlns='http://www.w3.org/2000/svg'/>", "<html>%PDF-1.7", ""} {
		blob := string(advocacy.DigestOf([]byte(text)))
		n.blobs[blob] = []byte(text)
		n.put(t, "acme", advocacy.PublicationID("p"+blob[7:20]), "Nadia", advocacy.Content{
			Language: "en", Media: []advocacy.MediaRef{{Blob: blob, ContentType: "text/html", AltText: "x"}},
		})
		n.get(t, mediaPath("acme", blob), 404)
	}
	n.put(t, "acme", "lost", "Nadia", networktest.Content())
	n.get(t, mediaPath("acme", networktest.Blob), 404) // its bytes are nowhere
}

func TestConditionalGet(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.put(t, "acme", "pub-1", "Nadia", networktest.Content())
	for _, path := range []string{"/wall/acme", "/wall/acme/pub-1", "/wall/acme/feed.atom", "/wall/wall.css"} {
		first := n.call(t, http.MethodGet, path)
		tag := first.Header().Get("ETag")
		if again := n.call(t, http.MethodGet, path, "If-None-Match", tag); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("GET %s with the tag = %d", path, again.Code)
		}
		if other := n.call(t, http.MethodGet, path, "If-None-Match", `"other"`); other.Code != 200 {
			t.Errorf("GET %s with another tag = %d", path, other.Code)
		}
	}
	if got := n.call(t, http.MethodGet, "/wall/acme/feed.atom").Header().Get("Last-Modified"); got != "Tue, 25 Nov 2025 08:00:00 GMT" {
		t.Errorf("Last-Modified = %q", got)
	}
	n.put(t, "acme", "pub-2", "Nadia", networktest.Content())
	if a, b := n.call(t, http.MethodGet, "/wall/acme"), n.call(t, http.MethodGet, "/wall/acme/feed.atom"); a.Header().Get("ETag") == b.Header().Get("ETag") {
		t.Error("page and feed have one tag")
	}
}

func TestStyleMayBeKept(t *testing.T) {
	t.Parallel()
	n := open(t)
	page := n.get(t, "/wall/acme", 200)
	contains(t, page, `<link rel="stylesheet" href="`+styleHref+`">`)
	w := n.call(t, http.MethodGet, styleHref)
	if w.Code != 200 || w.Header().Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("style = %d %s", w.Code, w.Header().Get("Content-Type"))
	}
	contains(t, w.Header().Get("Cache-Control"), "immutable")
	lacks(t, page, "<style", " style=", "onload", "javascript:")
}

func TestFaultsAreSaidInWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		code int
		says string
		logs bool
	}{
		{&advocacy.Error{Kind: advocacy.Unavailable, Reason: "STORE_BUSY"}, 503, "This page is busy.", false},
		{errors.New("canary"), 500, "This page could not be shown.", true},
	} {
		n := open(t)
		n.store.err = c.err
		for _, path := range []string{"/wall/acme", "/wall/acme/pub-1", "/wall/acme/feed.atom", mediaPath("acme", networktest.Blob)} {
			w := n.call(t, http.MethodGet, path)
			if w.Code != c.code || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("GET %s = %d, %v", path, w.Code, w.Header())
			}
			contains(t, w.Body.String(), c.says)
			lacks(t, w.Body.String(), "canary", "STORE_BUSY")
		}
		if logged := n.log.Len() > 0; logged != c.logs {
			t.Errorf("log: %s", n.log)
		}
	}
}

// One row that cannot be read does not take the wall down.
func TestAnUnreadableEntryIsLeftOut(t *testing.T) {
	t.Parallel()
	n := open(t)
	n.put(t, "acme", "pub-1", "Nadia", networktest.Content())
	n.store.entries["acme/bad"] = Entry{Workspace: "acme", Publication: "bad", Body: []byte("{"), PublishTime: networktest.Moment}
	contains(t, n.get(t, "/wall/acme", 200), "We open in Lyon")
	contains(t, n.get(t, "/wall/acme/feed.atom", 200), "We open in Lyon")
	n.get(t, "/wall/acme/bad", 500)
	contains(t, n.log.String(), "publication=bad")
}
