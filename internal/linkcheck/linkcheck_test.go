package linkcheck

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// allowed is where tests may look: one address of this machine and no other.
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

func look(t *testing.T, c *Checker, link string) advocacy.LinkCheck {
	t.Helper()
	found := c.Check(t.Context(), []string{link})
	if len(found) != 1 || found[0].URL != link {
		t.Fatalf("of %s it says %+v", link, found)
	}
	return found[0]
}

// TestWhatIsReachable: whoever shows a page to everybody is reachable, and each other end
// has its code.
func TestWhatIsReachable(t *testing.T) {
	t.Parallel()
	var inner atomic.Int64
	inside := serve(t, "127.0.0.2", func(http.ResponseWriter, *http.Request) { inner.Add(1) })
	site := serve(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Referer") != "" || r.Header.Get("Cookie") != "" || r.ContentLength > 0 {
			t.Errorf("a look tells more than the address: %v", r.Header)
		}
		switch r.URL.Path {
		case "/there", "/there/":
		case "/":
			w.WriteHeader(http.StatusForbidden)
		case "/no-head":
			if r.Method == http.MethodHead {
				w.WriteHeader(http.StatusMethodNotAllowed)
			}
		case "/moved":
			http.SetCookie(w, &http.Cookie{Name: "who", Value: "are you"})
			http.Redirect(w, r, "/there", http.StatusMovedPermanently)
		case "/inward":
			http.Redirect(w, r, inside, http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/circle":
			http.Redirect(w, r, "/circle", http.StatusFound)
		case "/large":
			w.Header().Set("X-Large", strings.Repeat("a", 64<<10+1))
		case "/broken":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			http.NotFound(w, r)
		}
	})
	c, host := New(Options{AllowedNetworks: allowed}), strings.TrimPrefix(site, "http://")
	for link, want := range map[string]advocacy.LinkCheck{
		site + "/there":                    {Reachable: true, Status: 200, Target: host + "/there"},
		site + "/there/?utm_source=us#top": {Reachable: true, Status: 200, Target: host + "/there"},
		site + "/there?b=2&a=1&b=1":        {Reachable: true, Status: 200, Target: host + "/there?a=1&b=2&b=1"},
		site + "?page=2":                   {Code: advocacy.LinkStatus, Status: 403, Target: host + "/?page=2"},
		site + "/no-head":                  {Reachable: true, Status: 200, Target: host + "/no-head"},
		site + "/moved":                    {Reachable: true, Status: 200, Target: host + "/there"},
		site + "/gone":                     {Code: advocacy.LinkStatus, Status: 404, Target: "404"},
		site + "/broken":                   {Code: advocacy.LinkStatus, Status: 500},
		site + "/inward":                   {Code: advocacy.LinkForbidden},
		site + "/file":                     {Code: advocacy.LinkInvalid},
		site + "/circle":                   {Code: advocacy.LinkRedirects},
		site + "/large":                    {Code: advocacy.LinkNoAnswer},
		inside:                             {Code: advocacy.LinkForbidden},
		"http://127.0.0.1:1/":              {Code: advocacy.LinkNoAnswer},
		"http://169.254.169.254/latest/":   {Code: advocacy.LinkForbidden},
		"http://[::1]/":                    {Code: advocacy.LinkForbidden},
		"http://me:secret@acme.test/":      {Code: advocacy.LinkInvalid},
		"ftp://acme.test/":                 {Code: advocacy.LinkInvalid},
		"https:///":                        {Code: advocacy.LinkInvalid},
		"https://acme.test/" + strings.Repeat("a", 2048): {Code: advocacy.LinkInvalid},
		"no link": {Code: advocacy.LinkInvalid},
	} {
		want.URL = link
		switch want.Code { // a definite no is an end of its own
		case advocacy.LinkForbidden, advocacy.LinkInvalid, advocacy.LinkRedirects:
			want.Target = string(want.Code)
		}
		if got := look(t, c, link); got != want {
			t.Errorf("of %.60s it says %+v, want %+v", link, got, want)
		}
	}
	if n := inner.Load(); n != 0 {
		t.Errorf("%d looks led inward", n)
	}
}

// TestLooksEnd: who never answers holds nobody up longer than the bound of all looks, which
// run side by side.
func TestLooksEnd(t *testing.T) {
	t.Parallel()
	released := make(chan struct{})
	silent := serve(t, "127.0.0.1", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-released:
		}
	})
	t.Cleanup(func() { close(released) })
	links := []string{}
	for i := range 20 {
		links = append(links, fmt.Sprintf("%s/%d", silent, i))
	}
	begin := time.Now()
	found := New(Options{AllowedNetworks: allowed, Timeout: 200 * time.Millisecond}).Check(t.Context(), links)
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	for i, c := range found {
		if c.URL != links[i] || c.Reachable || c.Code != advocacy.LinkNoAnswer {
			t.Errorf("of %s it says %+v", links[i], c)
		}
	}
}

// TestEncrypted: over TLS a link is reachable only when the certificate is one to trust.
func TestEncrypted(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(s.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(s.Certificate())
	if got := look(t, New(Options{AllowedNetworks: allowed, RootCAs: trusted}), s.URL); !got.Reachable {
		t.Errorf("it says %+v", got)
	}
	if got := look(t, New(Options{AllowedNetworks: allowed}), s.URL); got.Reachable || !slices.Contains(advocacy.LinkCodes(), got.Code) {
		t.Errorf("of an unknown certificate it says %+v", got)
	}
}
