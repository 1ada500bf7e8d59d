package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// company is a Chooser of one person.
type company struct {
	err   error
	signs int
}

const camille = "workspaces/alder/members/0190"

func (c *company) People(context.Context) ([]*imprimaturv1.Member, error) {
	return []*imprimaturv1.Member{{
		Name: camille, DisplayName: "Camille <b>Moreau</b>", Title: "Ébéniste, Lyon", Roles: []string{"employee", "approver:medical"},
	}}, c.err
}

func (c *company) SignIn(_ context.Context, member string) (*imprimaturv1.Session, error) {
	if member != camille || c.err != nil {
		return nil, c.err
	}
	c.signs++
	return &imprimaturv1.Session{
		Member: member, DisplayName: "Camille Moreau", Roles: []string{"employee"}, Token: "the-token",
		ExpireTime: timestamppb.New(time.Date(2025, 11, 20, 12, 0, 0, 0, time.UTC)),
	}, nil
}

func demo(c *company) http.Handler {
	return New(Options{PublicURL: "http://127.0.0.1:8080", Language: "en", Wall: "/wall/alder", Health: "/healthz", Chooser: c})
}

func real() http.Handler { return New(Options{PublicURL: "https://sign.example.com", Language: "fr"}) }

func get(t *testing.T, h http.Handler, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	return answer(h, r, header)
}

// choose asks to be somebody, for "tools" or for the pages.
func choose(t *testing.T, h http.Handler, host, member, what string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	form := strings.NewReader(url.Values{"member": {member}, "for": {what}}.Encode())
	r := httptest.NewRequest(http.MethodPost, "http://"+host+"/demo/sign-in?lang=fr", form)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return answer(h, r, header)
}

func answer(h http.Handler, r *http.Request, header []string) *httptest.ResponseRecorder {
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func wantIn(t *testing.T, body string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(body, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
}

func wantOut(t *testing.T, body string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(body, part) {
			t.Errorf("the page holds %q", part)
		}
	}
}

func TestFrontPage(t *testing.T) {
	t.Parallel()
	w := get(t, demo(&company{}), "/")
	if w.Code != http.StatusOK {
		t.Fatalf("status %d", w.Code)
	}
	wantIn(t, w.Body.String(), `href="/wall/alder"`, `href="/openapi.json"`, `href="/healthz"`,
		"grpcurl -plaintext 127.0.0.1:8080 list", `action="/demo/sign-in"`, `value="`+camille+`"`,
		"Camille &lt;b&gt;Moreau&lt;/b&gt;", "approver:medical", "See what waits for your signature.")
	wantOut(t, w.Body.String(), "/metrics", "imprimatur init")
}

// What runs for real has no door but its own, and says how to find it.
func TestServeHasNoChooser(t *testing.T) {
	t.Parallel()
	w := get(t, real(), "/")
	wantIn(t, w.Body.String(), "imprimatur init", "grpcurl sign.example.com list")
	wantOut(t, w.Body.String(), "demo")
	if w := choose(t, real(), "sign.example.com", camille, ""); w.Code != http.StatusNotFound {
		t.Errorf("POST /demo/sign-in: status %d, want 404", w.Code)
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		target string
		header []string
		want   string
	}{
		"the workspace's":         {"/", nil, "fr"},
		"the browser's":           {"/", []string{"Accept-Language", "en-GB,en;q=0.8"}, "en"},
		"chosen":                  {"/?lang=fr", []string{"Accept-Language", "en"}, "fr"},
		"chosen and unknown":      {"/?lang=de", []string{"Accept-Language", "en"}, "en"},
		"a page that is not here": {"/nowhere?lang=en", nil, "en"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := get(t, real(), test.target, test.header...)
			wantIn(t, w.Body.String(), `<html lang="`+test.want+`">`)
			if got := w.Header().Get("Content-Language"); got != test.want {
				t.Errorf("Content-Language %q, want %q", got, test.want)
			}
		})
	}
}

func TestChooseSomebody(t *testing.T) {
	t.Parallel()
	w := choose(t, demo(&company{}), "localhost:8080", camille, "tools", "Sec-Fetch-Site", "same-origin")
	if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("status %d, Cache-Control %q", w.Code, w.Header().Get("Cache-Control"))
	}
	wantIn(t, w.Body.String(), "Vous êtes Camille Moreau", `<code id="token" class="wrap" aria-labelledby="token-is">the-token</code>`,
		"http://127.0.0.1:8080/v1/workspaces/alder/sessions/current", "http://127.0.0.1:8080/v1/workspaces/alder/posts",
		"imprimatur.v1.SessionService/GetSession")
}

// A session is made only for a person of the company, asked for from our own pages at an
// address of this computer.
func TestChooseRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		host, member string
		header       []string
		want         int
	}{
		"another site's page":           {"127.0.0.1:8080", camille, []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		"another origin, older browser": {"127.0.0.1:8080", camille, []string{"Origin", "https://evil.example"}, http.StatusForbidden},
		"a foreign name for us":         {"evil.example", camille, []string{"Origin", "http://evil.example"}, http.StatusForbidden},
		"an address that is not ours":   {"192.0.2.7:8080", camille, nil, http.StatusForbidden},
		"nobody":                        {"127.0.0.1:8080", "workspaces/alder/members/0", nil, http.StatusNotFound},
		"more than a name":              {"127.0.0.1:8080", strings.Repeat("x", maxForm), nil, http.StatusNotFound},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &company{}
			w := choose(t, demo(c), test.host, test.member, "", test.header...)
			if w.Code != test.want || c.signs != 0 {
				t.Errorf("status %d, %d sessions made; want %d and none", w.Code, c.signs, test.want)
			}
			wantOut(t, w.Body.String(), "the-token")
		})
	}
}

func TestOursByName(t *testing.T) {
	t.Parallel()
	s := &site{host: "demo.example:9000"}
	for host, want := range map[string]bool{
		"demo.example:9000": true, "demo.example": false, "localhost": true, "localhost:1": true, "127.0.0.1": true,
		"127.9.9.9:80": true, "[::1]:80": true, "[::1]": true, "localhost.evil.example": false, "": false, "10.0.0.1:80": false,
	} {
		if got := s.ours(host); got != want {
			t.Errorf("ours(%q) = %t", host, got)
		}
	}
}

func TestFailureIsNotExplained(t *testing.T) {
	t.Parallel()
	c := &company{err: errors.New("disk on fire")}
	for _, w := range []*httptest.ResponseRecorder{get(t, demo(c), "/"), choose(t, demo(c), "127.0.0.1:8080", camille, "")} {
		if w.Code != http.StatusInternalServerError {
			t.Errorf("status %d", w.Code)
		}
		wantOut(t, w.Body.String(), "fire")
	}
}

// Mail scanners open every link. Opening this one must not use it up.
func TestSignInPageChangesNothing(t *testing.T) {
	t.Parallel()
	c := &company{}
	h := demo(c)
	for _, target := range []string{"/sign-in", "/sign-in?anything=1", "/demo/sign-in"} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			w := answer(h, httptest.NewRequest(method, target, nil), nil)
			if c.signs != 0 || len(w.Result().Cookies()) != 0 {
				t.Errorf("%s %s made a session", method, target)
			}
			if method == http.MethodHead && w.Body.Len() != 0 {
				t.Errorf("HEAD %s has a body", target)
			}
		}
	}
}
