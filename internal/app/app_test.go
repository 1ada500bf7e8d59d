package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/vault/vaulttest"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// service is a whole service on a free port, and a client of its REST door.
type service struct {
	*app.Service
	base string
	stop func() error
}

func start(t *testing.T, dir string) *service {
	t.Helper()
	return startWith(t, dir, func(*config.Config) {})
}

// TestAnOldVersionIsTold: the operator is warned before a network stops answering, and not sooner.
func TestAnOldVersionIsTold(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{"202601": true, "202611": false} {
		var log bytes.Buffer
		c := config.Default()
		c.DataDir, c.LinkedInVersion = newDir(t), version
		s, err := app.Open(t.Context(), app.Options{
			Config: c, Logger: slog.New(slog.NewTextHandler(&log, nil)), Now: func() time.Time { return time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC) },
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if told := strings.Contains(log.String(), "--linkedin-version"); told != want {
			t.Errorf("of %s the log says: %s", version, &log)
		}
	}
}

// patience is how long a call of a test waits for the database: others work on the machine.
const patience = time.Minute

// startWith starts a service whose configuration is changed first.
func startWith(t *testing.T, dir string, change func(*config.Config)) *service {
	t.Helper()
	return startAs(t, dir, app.Options{Patience: patience}, change)
}

// startAs is startWith with other options.
func startAs(t *testing.T, dir string, o app.Options, change func(*config.Config)) *service {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := config.Default()
	c.DataDir, c.Listen, c.Grace = dir, listener.Addr().String(), 10*time.Second
	change(&c)
	o.Config = c
	s, err := app.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.Serve(ctx, app.Doors{Main: listener, Ready: func() { close(ready) }})
	}()
	select {
	case <-ready:
	case err := <-done:
		t.Fatalf("serve: %v", err)
	}
	stopped := false
	stop := func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		err := <-done
		return errors.Join(err, s.Close())
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return &service{Service: s, base: "http://" + listener.Addr().String(), stop: stop}
}

// call calls REST and decodes the answer.
func (s *service) call(t *testing.T, token, method, path string, body map[string]any) (int, map[string]any) {
	t.Helper()
	code, out, err := s.try(t, token, method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	return code, out
}

// try calls REST where the service may be dead.
func (s *service) try(t *testing.T, token, method, path string, body map[string]any) (int, map[string]any, error) {
	t.Helper()
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		reader = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, s.base+path, reader)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, nil, err
	}
	out := map[string]any{}
	if len(data) > 0 && json.Unmarshal(data, &out) != nil {
		out["text"] = string(data)
	}
	return answer.StatusCode, out, nil
}

// want calls REST and fails unless it succeeds.
func (s *service) want(t *testing.T, token, method, path string, body map[string]any) map[string]any {
	t.Helper()
	code, out := s.call(t, token, method, path, body)
	if code != http.StatusOK {
		t.Fatalf("%s %s: %d %v", method, path, code, out)
	}
	return out
}

// install makes a workspace and signs its admin in through the one-time link.
func (s *service) install(t *testing.T) string {
	t.Helper()
	done, err := s.Install(t.Context(), workflow.Installation{
		ID: "acme", Language: "en", Zone: "Europe/Paris", Admin: workflow.MemberDraft{Email: "ada@acme.test"},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, secret, _ := strings.Cut(done.Link, "#")
	return s.want(t, "", "POST", "/v1/sessions", map[string]any{"linkSecret": secret})["token"].(string)
}

// person adds a member and signs in as one.
func (s *service) person(t *testing.T, admin, name string, roles ...string) (member, token string) {
	t.Helper()
	m := s.want(t, admin, "POST", "/v1/workspaces/acme/members", map[string]any{
		"displayName": name, "email": name + "@acme.test", "roles": roles,
	})
	member = m["name"].(string)
	link := s.want(t, admin, "POST", "/v1/"+member+":invite", map[string]any{})["link"].(string)
	_, secret, _ := strings.Cut(link, "#")
	return member, s.want(t, "", "POST", "/v1/sessions", map[string]any{"linkSecret": secret})["token"].(string)
}

func TestMainJobOverREST(t *testing.T) {
	t.Parallel()
	s := start(t, newDir(t))
	admin := s.install(t)
	deputy, author := s.person(t, admin, "author", "employee")
	_, legal := s.person(t, admin, "legal", "approver:legal")
	_, pr := s.person(t, admin, "pr", "approver:pr")
	me := s.want(t, admin, "GET", "/v1/workspaces/acme/sessions/current", nil)
	account := s.want(t, admin, "POST", "/v1/workspaces/acme/socialAccounts", map[string]any{
		"network": "wall", "displayName": "Acme newsroom", "owner": me["member"], "deputy": deputy,
	})
	post := s.want(t, author, "POST", "/v1/workspaces/acme/posts", map[string]any{
		"content":        map[string]any{"language": "en", "text": "We are hiring two nurses in Nantes. 🏥"},
		"socialAccounts": []any{account["name"]},
	})
	name, digest := post["name"].(string), post["digest"]
	post = s.want(t, author, "POST", "/v1/"+name+":submit", map[string]any{"digest": digest})
	review := post["review"].(string)
	for _, signer := range []struct{ token, requirement string }{{legal, "legal"}, {pr, "pr"}} {
		queue := s.want(t, signer.token, "GET", "/v1/workspaces/acme/reviewTasks", nil)
		if n := len(queue["reviewTasks"].([]any)); n != 1 {
			t.Fatalf("%s has %d turns, want 1", signer.requirement, n)
		}
		r := s.want(t, signer.token, "POST", "/v1/"+review+":view", map[string]any{})
		s.want(t, signer.token, "POST", "/v1/"+review+":decide", map[string]any{
			"verdict": "VERDICT_APPROVE", "requirement": signer.requirement, "digest": digest, "etag": r["etag"],
		})
	}
	deadline := time.Now().Add(30 * time.Second)
	for post["state"] != "PUBLISHED" && time.Now().Before(deadline) {
		post = s.want(t, author, "GET", "/v1/"+name, nil)
	}
	if post["state"] != "PUBLISHED" {
		t.Fatalf("post is %v: %v", post["state"], post["publications"])
	}
	code, page := s.call(t, "", "GET", "/wall/acme", nil)
	if code != http.StatusOK || !strings.Contains(fmt.Sprint(page["text"]), "two nurses in Nantes") {
		t.Fatalf("the wall answers %d: %v", code, page)
	}
	life := s.want(t, admin, "GET", "/v1/workspaces/acme/auditRecords?orderBy=create_time&filter="+
		"parent_resource%3D%22"+name+"%22", nil)
	if n := len(life["auditRecords"].([]any)); n < 7 {
		t.Fatalf("the life of the post has %d records: %v", n, life)
	}
}

func TestSecondStartFindsEverything(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	s := start(t, dir)
	admin := s.install(t)
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	again := start(t, dir)
	w := again.want(t, admin, "GET", "/v1/workspaces/acme", nil)
	if w["displayName"] != "Acme" {
		t.Fatalf("workspace is %v", w)
	}
}

// TestMissingKeyFileIsTold: a key file that went missing is made anew only while nothing
// is sealed with the old one.
func TestMissingKeyFileIsTold(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	keyset := filepath.Join(dir, "keyset")
	s := start(t, dir)
	admin := s.install(t)
	space := s.want(t, admin, "GET", "/v1/workspaces/acme", nil)
	forget := func(s *service) {
		t.Helper()
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(keyset); err != nil {
			t.Fatal(err)
		}
	}
	forget(s)
	s = start(t, dir)
	members := s.want(t, admin, "GET", "/v1/"+space["name"].(string)+"/members", nil)["members"].([]any)
	deputy, _ := s.person(t, admin, "deputy", "employee")
	s.want(t, admin, "POST", "/v1/workspaces/acme/socialAccounts", map[string]any{
		"network": "webhook", "displayName": "hook", "owner": members[0].(map[string]any)["name"], "deputy": deputy, "address": "https://hook.acme.test/",
	})
	forget(s)
	c := config.Default()
	c.DataDir = dir
	opened, err := app.Open(t.Context(), app.Options{Config: c})
	if err == nil {
		opened.Close()
	}
	if err == nil || !strings.Contains(err.Error(), keyset) || !strings.Contains(err.Error(), "--key-file") {
		t.Fatalf("opened with a new key: %v", err)
	}
	if _, err := os.Stat(keyset); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("the key file was made anew: %v", err)
	}
}

// TestKeyServiceAway: a service whose key service is away starts, and serves everything that needs no
// credential; an account is connected again when it is back.
func TestKeyServiceAway(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	keys, token := vaulttest.New(t), filepath.Join(dir, "token")
	if err := os.WriteFile(token, []byte(vaulttest.Token), 0o600); err != nil {
		t.Fatal(err)
	}
	sealed := func(c *config.Config) { c.KeyService, c.KeyServiceToken = keys.Address(), token }
	s := startWith(t, dir, sealed)
	admin := s.install(t)
	owner := s.want(t, admin, "GET", "/v1/workspaces/acme/members", nil)["members"].([]any)[0].(map[string]any)["name"]
	deputy, _ := s.person(t, admin, "deputy", "employee")
	hook := func(name string) map[string]any {
		return map[string]any{"network": "webhook", "displayName": name, "owner": owner, "deputy": deputy, "address": "https://hook.acme.test/"}
	}
	s.want(t, admin, "POST", "/v1/workspaces/acme/socialAccounts", hook("before"))
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	keys.Down(true)
	s = startWith(t, dir, sealed)
	s.want(t, admin, "POST", "/v1/workspaces/acme/holds", map[string]any{"scope": "WORKSPACE", "reason": "The keys are away."})
	status, answer := s.call(t, admin, "POST", "/v1/workspaces/acme/socialAccounts", hook("meanwhile"))
	if status != http.StatusServiceUnavailable || !strings.Contains(fmt.Sprint(answer), "KEYS_UNREACHABLE") {
		t.Errorf("an account is made: %d %v", status, answer)
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	keys.Down(false)
	s = startWith(t, dir, sealed)
	s.want(t, admin, "POST", "/v1/workspaces/acme/socialAccounts", hook("after"))
}

func TestInviteByAddress(t *testing.T) {
	t.Parallel()
	s := start(t, newDir(t))
	s.install(t)
	m, link, err := s.Invite(t.Context(), "acme", "ADA@acme.test")
	if err != nil || m.Email != "ada@acme.test" || !strings.HasPrefix(link, s.base+"/sign-in#impl_") {
		t.Fatalf("invite: %v %q %v", m, link, err)
	}
	if _, _, err := s.Invite(t.Context(), "acme", "nobody@acme.test"); advocacy.ReasonOf(err) != "MEMBER_NOT_FOUND" {
		t.Fatalf("invite of nobody: %v", err)
	}
}

func TestHealthcheck(t *testing.T) {
	t.Parallel()
	s := start(t, newDir(t))
	if err := app.Healthcheck(t.Context(), s.base); err != nil {
		t.Fatal(err)
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if err := app.Healthcheck(t.Context(), s.base); err == nil {
		t.Fatal("a stopped service is well")
	}
}
