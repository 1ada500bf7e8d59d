package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const name = "workspaces/acme/routingPolicies/default/revisions/2"

// server is a service of which only what the command calls is there. It answers a
// simulation that runs, then the one it was given.
func server(t *testing.T, end string) *httptest.Server {
	t.Helper()
	answer := map[string]string{
		"POST /v1/workspaces/acme/routingPolicies/default/revisions": `{"name": "` + name + `"}`,
		"POST /v1/" + name + ":simulate":                             `{"name": "` + name + `/simulations/1", "state": "RUNNING", "replayed": "3", "unheardOf": 1}`,
		"GET /v1/" + name + "/simulations/1":                         end,
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, known := answer[r.Method+" "+r.URL.Path]
		if r.Header.Get("Authorization") != "Bearer impk_secret" || !known {
			w.WriteHeader(http.StatusForbidden)
			body = `{"error": {"message": "you may not simulate"}}`
		}
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s
}

// simulate runs the command.
func simulate(t *testing.T, address, token string, args ...string) (out string, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	cmd := root()
	cmd.SetOut(&text)
	cmd.SetErr(&text)
	cmd.SetArgs(append([]string{"policy", "simulate", "--server", address, "--token-file", file}, args...))
	err = cmd.ExecuteContext(t.Context())
	if strings.Contains(text.String(), "impk_") || err != nil && strings.Contains(err.Error(), "impk_") {
		t.Errorf("the credential is printed: %s %v", text.String(), err)
	}
	return text.String(), err
}

func TestSimulate(t *testing.T) {
	t.Parallel()
	draft := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(draft, []byte("defaults: []"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := `{"name": "x", "state": "SUCCEEDED", "days": 90, "replayed": "412", "changed": "38",
		"requirements": [{"key": "legal", "role": "approver:legal", "before": "10", "after": "48", "added": "38"}],
		"load": [{"role": "approver:legal", "hour": 9, "after": "4"}], "rules": [{"rule": "claims", "matched": "38"}]}`
	for what, c := range map[string]struct {
		end, token, revision string
		has                  []string
		err                  string
	}{
		"a draft":             {good, "impk_secret", draft, []string{"3 submissions replayed", "Of 412 submissions", "approver:legal  10", "claims", "09:00", "still be finished"}, ""},
		"a revision":          {good, "impk_secret", "2", []string{"Of 412 submissions"}, ""},
		"nobody could finish": {`{"state": "SUCCEEDED", "unroutable": "2", "unroutableReviews": ["posts/1/reviews/1"], "pastUnroutable": "3", "pastUnroutableReviews": ["posts/9/reviews/1"]}`, "impk_secret", "2", []string{"posts/1/reviews/1", "could have finished 3", "posts/9/reviews/1"}, "2 open reviews"},
		"why nobody could": {`{"state": "SUCCEEDED", "unroutable": "3", "unroutableReviews": ["posts/1/reviews/1", "posts/2/reviews/1"],
			"unroutableShortfalls": [{"review": "posts/1/reviews/1", "shortfalls": [{"requirement": "legal", "role": "approver:legal", "missing": 1, "reason": "STEP_UP_UNAVAILABLE"}]},
				{"review": "posts/2/reviews/1", "shortfalls": [{"requirement": "pr", "role": "approver:pr", "missing": 2, "reason": "NOT_IN_ROLE"}, {"requirement": "x", "role": "approver:x", "reason": "PLAN_EMPTY"}]}],
			"pastUnroutable": "1", "pastUnroutableReviews": ["posts/9/reviews/1"],
			"pastUnroutableShortfalls": [{"review": "posts/9/reviews/1", "shortfalls": [{"requirement": "pr", "role": "approver:pr", "missing": 1, "reason": "RECUSED"}]}]}`,
			"impk_secret", "2", []string{
				"posts/1/reviews/1\n    legal (approver:legal), 1 missing: STEP_UP_UNAVAILABLE: The signature “legal” asks",
				"posts/2/reviews/1\n    pr (approver:pr), 2 missing: NOT_IN_ROLE: Too few people hold the role",
				"    x (approver:x), 0 missing: PLAN_EMPTY\n  and 1 more\n",
				"posts/9/reviews/1\n    pr (approver:pr), 1 missing: RECUSED: ",
			}, "3 open reviews"},
		"overtaken":          {`{"state": "FAILED"}`, "impk_secret", "2", nil, "simulate again"},
		"no such revision":   {good, "impk_secret", "7", nil, "you may not simulate"},
		"another credential": {good, "impk_other", "2", nil, "you may not simulate"},
		"no credential":      {good, "", "2", nil, tokenEnv},
		"no such file":       {good, "impk_secret", "none.yaml", nil, "no such file"},
	} {
		out, err := simulate(t, server(t, c.end).URL, c.token, "acme", c.revision)
		if (c.err == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v, want %q", what, err, c.err)
		}
		for _, piece := range c.has {
			if !strings.Contains(out, piece) {
				t.Errorf("%s: %q is not in\n%s", what, piece, out)
			}
		}
	}
}
