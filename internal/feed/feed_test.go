package feed

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// allowed is where tests may ask: one address of this machine and no other.
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

const rss = `<?xml version="1.0"?><rss version="2.0"><channel><title>Lab</title><language>en-us</language>
<item><guid isPermaLink="false">one</guid><title>Open &lt;b&gt;day&lt;/b&gt;</title><link>/open-day</link>
<description><![CDATA[<p>Come &amp; see.</p><script>alert(1)</script><p>On Friday.</p>]]></description></item>
</channel></rss>`

// TestWhoIsAsked: a source is asked for nothing but what is new, and each other end has its
// code.
func TestWhoIsAsked(t *testing.T) {
	t.Parallel()
	var inner atomic.Int64
	inside := serve(t, "127.0.0.2", func(http.ResponseWriter, *http.Request) { inner.Add(1) })
	site := serve(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Referer") != "" || r.Header.Get("Cookie") != "" || r.Method != http.MethodGet {
			t.Errorf("a fetch tells more than the address: %s %v", r.Method, r.Header)
		}
		switch r.URL.Path {
		case "/feed":
			w.Header().Set("ETag", `"v1"`)
			w.Header().Set("Last-Modified", "Fri, 20 Nov 2026 09:00:00 GMT")
			if r.Header.Get("If-None-Match") == `"v1"` && r.Header.Get("If-Modified-Since") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			fmt.Fprint(w, rss)
		case "/moved":
			http.SetCookie(w, &http.Cookie{Name: "who", Value: "are you"})
			http.Redirect(w, r, "/feed", http.StatusMovedPermanently)
		case "/inward":
			http.Redirect(w, r, inside, http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/circle":
			http.Redirect(w, r, "/circle", http.StatusFound)
		case "/large":
			fmt.Fprint(w, strings.Repeat(" ", maxDocument), rss)
		case "/cut":
			w.Header().Set("Content-Length", "9999")
			fmt.Fprint(w, rss)
		case "/page":
			fmt.Fprint(w, "<!doctype html><html><body>No feed.</body></html>")
		case "/empty":
		case "/busy":
			w.Header().Set("Retry-After", "7200")
			w.WriteHeader(http.StatusTooManyRequests)
		case "/later":
			w.Header().Set("Retry-After", "when it is fine")
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/broken":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			http.NotFound(w, r)
		}
	})
	f := New(Options{AllowedNetworks: allowed})
	for address, want := range map[string]advocacy.FeedAnswer{
		site + "/feed":                {Status: 200},
		site + "/moved":               {Status: 200},
		site + "/gone":                {Code: advocacy.FeedStatus, Status: 404},
		site + "/broken":              {Code: advocacy.FeedStatus, Status: 500},
		site + "/busy":                {Code: advocacy.FeedStatus, Status: 429, Rest: 2 * time.Hour},
		site + "/later":               {Code: advocacy.FeedStatus, Status: 503},
		site + "/inward":              {Code: advocacy.FeedForbidden},
		site + "/file":                {Code: advocacy.FeedInvalid},
		site + "/circle":              {Code: advocacy.FeedRedirects},
		site + "/large":               {Code: advocacy.FeedTooLarge, Status: 200},
		site + "/cut":                 {Code: advocacy.FeedNoAnswer, Status: 200},
		site + "/page":                {Code: advocacy.FeedUnreadable, Status: 200},
		site + "/empty":               {Code: advocacy.FeedUnreadable, Status: 200},
		inside:                        {Code: advocacy.FeedForbidden},
		"http://169.254.169.254/feed": {Code: advocacy.FeedForbidden},
		"http://[::1]/feed":           {Code: advocacy.FeedForbidden},
		"http://127.0.0.1:1/":         {Code: advocacy.FeedNoAnswer},
		"http://me:secret@acme.test/": {Code: advocacy.FeedInvalid},
		"ftp://acme.test/feed":        {Code: advocacy.FeedInvalid},
		"javascript:alert(1)":         {Code: advocacy.FeedInvalid},
		"https://acme.test/" + strings.Repeat("a", maxAddress): {Code: advocacy.FeedInvalid},
	} {
		got := f.Fetch(t.Context(), advocacy.FeedRequest{URL: address})
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(want, "Entries", "ETag", "Modified")); diff != "" {
			t.Errorf("of %.60s it says %s", address, diff)
		}
		if (len(got.Entries) > 0) != (want.Code == "") {
			t.Errorf("%.60s brought %d entries", address, len(got.Entries))
		}
	}
	if n := inner.Load(); n != 0 {
		t.Errorf("%d fetches led inward", n)
	}
	first := f.Fetch(t.Context(), advocacy.FeedRequest{URL: site + "/feed"})
	again := f.Fetch(t.Context(), advocacy.FeedRequest{URL: site + "/feed", ETag: first.ETag, Modified: first.Modified})
	if want := (advocacy.FeedAnswer{Status: 304, Unchanged: true}); !cmp.Equal(again, want) {
		t.Errorf("asked again it says %+v, want %+v", again, want)
	}
}

// TestFetchEnds: an answer that never ends, or comes a byte at a time, holds nobody up longer
// than the bound of a fetch.
func TestFetchEnds(t *testing.T) {
	t.Parallel()
	endless := serve(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := fmt.Fprint(w, "<"); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			select {
			case <-r.Context().Done():
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	begin := time.Now()
	got := New(Options{AllowedNetworks: allowed, Timeout: 200 * time.Millisecond}).Fetch(t.Context(), advocacy.FeedRequest{URL: endless})
	if got.Code != advocacy.FeedNoAnswer || time.Since(begin) > 10*time.Second {
		t.Errorf("after %v it says %+v", time.Since(begin), got)
	}
}
