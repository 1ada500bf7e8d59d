package webtest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// call asks the public API with the session of somebody's browser, and reads the answer.
func (g *guest) call(method, path string, body any) map[string]any {
	g.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		g.t.Fatal(err)
	}
	ask, err := http.NewRequestWithContext(g.t.Context(), method, g.base+"/v1/workspaces/alder/"+path, strings.NewReader(string(data)))
	if err != nil {
		g.t.Fatal(err)
	}
	ask.Header.Set("Content-Type", "application/json")
	at, err := url.Parse(g.base)
	if err != nil {
		g.t.Fatal(err)
	}
	for _, c := range g.Jar.Cookies(at) {
		if strings.HasSuffix(c.Name, "alder") {
			ask.Header.Set("Authorization", "Bearer "+c.Value)
		}
	}
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		g.t.Fatal(err)
	}
	defer answer.Body.Close()
	var told map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&told); err != nil {
		g.t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		g.t.Fatalf("%s %s: %d %v", method, path, answer.StatusCode, told)
	}
	return told
}

// sign approves the open round of a post or an item as somebody, naming what is shown.
func (h *house) sign(t *testing.T, subject, who, requirement string) {
	t.Helper()
	g := h.guest(t, who)
	review, _ := g.call(http.MethodGet, subject, nil)["review"].(string)
	path := strings.TrimPrefix(review, "workspaces/alder/")
	round := g.call(http.MethodGet, path, nil)
	g.call(http.MethodPost, path+":decide", map[string]any{
		"verdict": "VERDICT_APPROVE", "requirement": requirement, "digest": round["digest"], "etag": round["etag"],
	})
}
