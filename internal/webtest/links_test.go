package webtest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Whoever signs sees where a short link leads, and the letters of a site that looks like another.
func TestWhereLinksLead(t *testing.T) {
	t.Parallel()
	for _, l := range looks(7) {
		t.Run(l.String(), func(t *testing.T) {
			there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/s/1" {
					http.Redirect(w, r, "/jobs/cnc-machinist", http.StatusFound)
					return
				}
				w.Header().Set("Content-Type", "text/html")
				_, _ = w.Write([]byte("<title>CNC machinist</title>"))
			}))
			t.Cleanup(there.Close)
			h := open(t)
			oliver := h.token(t, "Oliver")
			post := h.submitted(t, oliver, h.accountOf(t, oliver, "Oliver Hartley"), "We are hiring: "+there.URL+"/s/1 and at once, see https://аlder.example/x, too.")
			host := strings.TrimPrefix(there.URL, "http://")
			b := h.browse(t, "Priya", l)
			for _, page := range []string{h.guest(t, "Priya").turnOf(t, post.Name), path(post.Name)} {
				b.open(page)
				b.says("web.leads")
				b.sees(host + "/jobs/cnc-machinist")
				b.until(`[...document.querySelectorAll(".leading .host")].some((e) => e.textContent === "` + host + `")`)
				b.until(`[...document.querySelectorAll(".sheet .post .host")].some((e) => e.textContent === "xn--lder-43d.example")`)
				b.sees("аlder.example (xn--lder-43d.example)")
				if wide := ask[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide > 0 {
					t.Errorf("%s is %d pixels wider than the window", page, wide)
				}
				b.keep("links-" + l.String() + strings.ReplaceAll(page[:15], "/", "-"))
			}
		})
	}
}
