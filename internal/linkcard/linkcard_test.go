package linkcard

import (
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// allowed is where tests may read: one address of this machine and no other.
var allowed = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

// serve answers on an address of this machine.
func serve(t *testing.T, host string, answer http.HandlerFunc) string {
	t.Helper()
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(answer)
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	return s.URL
}

// document is a page with a head.
func document(head string) string {
	return "<!doctype html><html><head>" + head + "</head><body>Words.</body></html>"
}

const titled = "<title>Lab</title>"

// TestRead: what a page says of itself is read, and everything that could not be has a code.
func TestRead(t *testing.T) {
	t.Parallel()
	var inner atomic.Int64
	inside := serve(t, "127.0.0.2", func(http.ResponseWriter, *http.Request) { inner.Add(1) })
	pages := map[string]string{
		"/plain":          document(titled),
		"/picture":        document(titled + "<meta property=og:image content=/p.png><meta property=og:image:alt content=A&#32;press>"),
		"/gone-picture":   document(titled + "<meta property=og:image content=/nowhere>"),
		"/inner-picture":  document(titled + "<meta property=og:image content=" + inside + "/p.png>"),
		"/large-picture":  document(titled + "<meta property=og:image content=/large>"),
		"/empty-picture":  document(titled + "<meta property=og:image content=/empty>"),
		"/script-picture": document(titled + "<meta property=og:image content=javascript:alert(1)>"),
		"/late":           document("<!--" + strings.Repeat("-", maxPage) + "-->" + titled),
	}
	site := serve(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Referer") != "" || r.Header.Get("Cookie") != "" || r.ContentLength > 0 {
			t.Errorf("a reading tells more than the address: %v", r.Header)
		}
		if page := pages[r.URL.Path]; page != "" {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, page)
			return
		}
		switch r.URL.Path {
		case "/p.png":
			_, _ = io.WriteString(w, "picture")
		case "/empty":
		case "/large":
			_, _ = w.Write(make([]byte, maxPicture+1))
		case "/untyped":
			w.Header()["Content-Type"] = nil
			_, _ = io.WriteString(w, document(titled))
		case "/text":
			w.Header().Set("Content-Type", "text/plain")
			_, _ = io.WriteString(w, document(titled))
		case "/packed":
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = io.WriteString(z, document(titled))
			_ = z.Close()
		case "/moved":
			http.SetCookie(w, &http.Cookie{Name: "who", Value: "are you"})
			http.Redirect(w, r, "/plain", http.StatusMovedPermanently)
		case "/inward":
			http.Redirect(w, r, inside, http.StatusFound)
		case "/circle":
			http.Redirect(w, r, "/circle", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	})
	lab := advocacy.Page{Title: "Lab", Status: 200}
	for path, want := range map[string]advocacy.Page{
		"/plain":          lab,
		"/untyped":        lab,
		"/moved":          {URL: site + "/plain", Title: "Lab", Status: 200},
		"/picture":        {Title: "Lab", Status: 200, Picture: []byte("picture"), PictureAlt: "A press"},
		"/gone-picture":   {Title: "Lab", Status: 200, PictureCode: advocacy.LinkStatus},
		"/inner-picture":  {Title: "Lab", Status: 200, PictureCode: advocacy.LinkForbidden},
		"/large-picture":  {Title: "Lab", Status: 200, PictureCode: advocacy.LinkNoPage},
		"/empty-picture":  {Title: "Lab", Status: 200, PictureCode: advocacy.LinkNoPage},
		"/script-picture": lab,
		"/late":           {Status: 200},
		"/text":           {Code: advocacy.LinkNoPage, Status: 200},
		"/packed":         {Code: advocacy.LinkNoPage, Status: 200},
		"/gone":           {Code: advocacy.LinkStatus, Status: 404},
		"/inward":         {Code: advocacy.LinkForbidden},
		"/circle":         {Code: advocacy.LinkRedirects},
	} {
		if want.URL == "" {
			want.URL = site + path
		}
		if diff := cmp.Diff(want, New(Options{AllowedNetworks: allowed}).Read(t.Context(), site+path)); diff != "" {
			t.Errorf("%s (-want +got):\n%.600s", path, diff)
		}
	}
	for link, want := range map[string]advocacy.LinkCode{
		inside:                           advocacy.LinkForbidden,
		"http://169.254.169.254/latest/": advocacy.LinkForbidden,
		"http://[::1]/":                  advocacy.LinkForbidden,
		"http://127.0.0.1:1/":            advocacy.LinkNoAnswer,
		"http://me:secret@acme.test/":    advocacy.LinkInvalid,
		"file:///etc/passwd":             advocacy.LinkInvalid,
		"https://acme.test/" + strings.Repeat("a", maxLink): advocacy.LinkInvalid,
		"no link": advocacy.LinkInvalid,
	} {
		if got := New(Options{AllowedNetworks: allowed}).Read(t.Context(), link); got.Code != want || got.Title != "" {
			t.Errorf("of %.60s it says %+v, want %s", link, got, want)
		}
	}
	if n := inner.Load(); n != 0 {
		t.Errorf("%d readings led inward", n)
	}
}

// TestReadingEnds: a page that comes a byte at a time, or never ends, holds nobody up.
func TestReadingEnds(t *testing.T) {
	t.Parallel()
	released := make(chan struct{})
	slow := serve(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, titled)
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
		case <-released:
		}
	})
	t.Cleanup(func() { close(released) })
	if got := New(Options{AllowedNetworks: allowed, Timeout: 100 * time.Millisecond}).Read(t.Context(), slow); got.Code != advocacy.LinkNoAnswer {
		t.Errorf("it says %+v", got)
	}
	endless := serve(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<title>Lab</title><p>")
		for filler := bytes.Repeat([]byte("a"), 64<<10); r.Context().Err() == nil; {
			if _, err := w.Write(filler); err != nil {
				return
			}
		}
	})
	if got := New(Options{AllowedNetworks: allowed, Timeout: time.Minute}).Read(t.Context(), endless); got.Title != "Lab" {
		t.Errorf("it says %+v", got)
	}
}
