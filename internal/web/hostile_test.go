package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/imprimatur-hq/imprimatur/internal/web/hostiletest"
)

var placeholders = regexp.MustCompile(`\{([a-z_]+)\}`)

// Whatever any field says, no page makes markup of it, runs it or follows it, and every page is
// there in every state.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	for n, text := range hostiletest.Payloads {
		h := New(Options{PublicURL: "https://sign.example.com", Language: "en", API: hostiletest.API{Text: text, States: n}, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
		for _, path := range addresses() {
			if strings.HasSuffix(path, "/events") || strings.Contains(path, "/media/") {
				continue
			}
			for _, query := range []string{"", "?lang=fr&q=" + escape(text) + "&filter=" + escape(text)} {
				judge(t, h, path, query, text)
			}
		}
	}
}

// addresses are one of each kind that can be opened below a workspace.
func addresses() []string {
	var all []string
	for _, r := range routes() {
		if path, is := strings.CutPrefix(r.pattern, "GET "); is {
			path = strings.ReplaceAll(path, "{workspace}", "acme")
			all = append(all, placeholders.ReplaceAllString(path, "0198f000-0000-7000-8000-000000000001"))
		}
	}
	return all
}

func escape(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, "%%%02x", c)
	}
	return b.String()
}

// judge opens a page and reads it as a browser would.
func judge(t *testing.T, h http.Handler, path, query, text string) {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "https://sign.example.com"+path+query, nil)
	r.AddCookie(&http.Cookie{Name: sessionCookie + "acme", Value: "imps_mine"})
	h.ServeHTTP(w, r)
	if w.Code >= 500 {
		t.Errorf("%s with %q: status %d", path, text, w.Code)
	}
	if to := w.Header().Get("Location"); to != "" && !local(to) {
		t.Errorf("%s leads to %q", path, to)
	}
	if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		return
	}
	root, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	for e := range root.Descendants() {
		if e.Type != html.ElementNode {
			continue
		}
		for _, a := range e.Attr {
			value := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case a.Key == "hostile" || strings.HasPrefix(a.Key, "on") || a.Key == "style" || e.Data == "hostile":
				t.Errorf("%s with %q: <%s %s=%q>", path, text, e.Data, a.Key, a.Val)
			case (a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction") &&
				(strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "data:") || strings.HasPrefix(value, "vbscript:")):
				t.Errorf("%s with %q: <%s %s=%q>", path, text, e.Data, a.Key, a.Val)
			case (a.Key == "src" || a.Key == "action" || a.Key == "formaction") && !local(a.Val):
				t.Errorf("%s with %q: <%s %s=%q> leads elsewhere", path, text, e.Data, a.Key, a.Val)
			}
		}
		if e.Data == "script" && e.FirstChild != nil {
			t.Errorf("%s with %q: a script stands in the page", path, text)
		}
	}
}
