package webtest

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/leak"
	"github.com/imprimatur-hq/imprimatur/internal/network/mastodon/mastodontest"
)

// journal is a log of several at once.
type journal struct {
	mu sync.Mutex
	bytes.Buffer
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.Buffer.Write(line)
}

var apiSecret = regexp.MustCompile(`impk_[A-Za-z0-9_-]{43}`)

// TestPagesShowNoSecrets: what was typed, given out or shown once in a browser stands on no page that
// anybody comes upon afterwards, not in the log, and in no row of the database.
func TestPagesShowNoSecrets(t *testing.T) {
	t.Parallel()
	log := new(journal)
	h := openWith(t, slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	var heard leak.Secrets
	keep := func(what, secret string) {
		t.Helper()
		if !heard.Keep(what, secret) {
			t.Fatalf("%s is like any other word", what)
		}
	}
	for _, who := range cast {
		keep("the session of "+who, h.token(t, who))
	}
	keep("a token of Mastodon", mastodontest.Token)
	keep("a token that is none", "planted-0a1b2c3d")

	there := mastodontest.New(t)
	account := h.entered(t, "mastodon", "Oliver’s toots", "Oliver", there.URL)
	oliver := h.guest(t, "Oliver")
	for _, token := range []string{"planted-0a1b2c3d", mastodontest.Token} { // the first is refused
		f := oliver.get(accountPage(account)).forms("/token")[0]
		f.values.Set("token", token)
		heard.Search("what is said to a token", oliver.post(f.action, f.values).body)
	}
	if a := h.colleague(t, "Oliver").call(http.MethodGet, account, nil); a["state"] != "READY" {
		t.Fatalf("the account is %v", a["state"])
	}
	admin := h.guest(t, "Thomas")
	f := admin.get(workspace + "/people/keys").forms("/keys")[0]
	f.values.Set("name", "Intranet")
	f.values.Set("permission", "posts.read")
	made := admin.post(f.action, f.values)
	shown := apiSecret.FindString(made.body)
	if shown == "" {
		t.Fatalf("no key is shown: status %d: %s", made.status, words(made.root))
	}
	keep("an API key", shown)
	// What is asked for with a secret in its address is not written down either.
	answer, err := admin.Get(h.base + workspace + "/posts?" + url.Values{"token": {shown}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()

	pages := h.walk(t)
	for _, p := range pages {
		if strings.Contains(p.body, "planted") {
			t.Errorf("%s repeats what was typed", p.path)
		}
		heard.Search("the page "+p.path, p.body)
	}
	log.mu.Lock()
	defer log.mu.Unlock()
	if len(pages) < 50 || log.Len() == 0 {
		t.Errorf("%d pages and %d bytes of a log were read", len(pages), log.Len())
	}
	heard.Search("the log", log.String())
	if err := heard.Tables(t.Context(), h.Store.SQLWriter(), leak.ListSQLite); err != nil {
		t.Fatal(err)
	}
	if err := heard.Found(); err != nil {
		t.Error(err)
	}
}
