package webtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/demo"
)

// company is the workspace's resource name.
const company = "workspaces/" + string(demo.Workspace)

// call makes a call of the public API by REST and reads its answer, nil for none. The path is a
// resource name, or what comes behind the workspace's.
func call(tb testing.TB, base, token, method, path string, body, answer any) {
	tb.Helper()
	var sent io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			tb.Fatal(err)
		}
		sent = bytes.NewReader(data)
	}
	path = strings.TrimPrefix(strings.TrimPrefix(path, company), "/")
	if path != "" && path[0] != '?' { // the workspace itself otherwise
		path = "/" + path
	}
	r, err := http.NewRequestWithContext(tb.Context(), method, base+"/v1/"+company+path, sent)
	if err != nil {
		tb.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	defer w.Body.Close()
	data, err := io.ReadAll(w.Body)
	if err != nil || w.StatusCode != http.StatusOK {
		tb.Fatalf("%s %s: %s %v %s", method, path, w.Status, err, data)
	}
	if answer != nil {
		if err := json.Unmarshal(data, answer); err != nil {
			tb.Fatal(err)
		}
	}
}

// session is the token that somebody's browser keeps.
func (g *guest) session() string {
	g.t.Helper()
	address, err := url.Parse(g.base)
	if err != nil {
		g.t.Fatal(err)
	}
	for _, c := range g.Jar.Cookies(address) {
		if strings.HasPrefix(c.Name, "imprimatur-session-") {
			return c.Value
		}
	}
	g.t.Fatal("nobody is signed in")
	return ""
}

// call makes a call of the public API in somebody's session.
func (g *guest) call(method, path string, body, answer any) {
	g.t.Helper()
	call(g.t, g.base, g.session(), method, path, body, answer)
}

// token is a session of somebody's, for calls.
func (h *house) token(tb testing.TB, who string) string {
	tb.Helper()
	return h.guest(tb, who).session()
}

func (h *house) call(tb testing.TB, token, method, path string, body, answer any) {
	tb.Helper()
	call(tb, h.base, token, method, path, body, answer)
}

// colleague is somebody whose part in a story is played by calls of the public API.
type colleague struct {
	t           testing.TB
	base, token string
}

// colleague signs somebody in, named by the first name.
func (h *house) colleague(tb testing.TB, who string) *colleague {
	tb.Helper()
	return &colleague{tb, h.base, h.token(tb, who)}
}

// call makes a call and returns its answer.
func (c *colleague) call(method, path string, body any) map[string]any {
	c.t.Helper()
	var got map[string]any
	call(c.t, c.base, c.token, method, path, body, &got)
	return got
}

// decide gives a verdict on a round, after a look at it.
func (c *colleague) decide(review, requirement, verdict, reason string) {
	c.t.Helper()
	seen := c.call(http.MethodPost, review+":view", map[string]any{})
	c.call(http.MethodPost, review+":decide", map[string]any{
		"verdict": verdict, "requirement": requirement, "digest": seen["digest"], "etag": seen["etag"], "reason": reason,
	})
}

// sign approves the open round of a post or an item as somebody, after it was shown.
func (h *house) sign(t *testing.T, subject, who, requirement string) {
	t.Helper()
	c := h.colleague(t, who)
	review, _ := c.call(http.MethodGet, subject, nil)["review"].(string)
	c.decide(review, requirement, "VERDICT_APPROVE", "")
}
