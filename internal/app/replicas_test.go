package app_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// TestThreeReplicasOneKilled runs three services on one PostgreSQL, lets clients write,
// submit and sign through all of them, and kills one without a warning in the middle.
// What was acknowledged is there, everything signed goes out, and nothing twice.
func TestThreeReplicasOneKilled(t *testing.T) {
	t.Parallel()
	c := config.Default()
	c.Database, c.DataDir = config.Secret(newPostgres(t)), filepath.Join(t.TempDir(), "shared")
	service, err := app.Open(t.Context(), app.Options{Config: c})
	ok(t, err)
	defer service.Close()
	p := furnish(t, service)
	newsroom := p.account(t, workflow.AccountDraft{Network: "wall", DisplayName: "newsroom", Owner: p.admin})
	tokens := make(map[string]string)
	for name, id := range map[string]advocacy.PersonID{"author": p.author, "legal": p.legal, "pr": p.pr} {
		in, err := service.Flow.OpenSession(t.Context(), "acme", id)
		ok(t, err)
		tokens[name] = in.Token
	}
	environ := []string{"IMPRIMATUR_DATABASE=" + c.Database.Reveal(), "IMPRIMATUR_DATA_DIR=" + c.DataDir}
	replicas := []*child{spawn(t, environ...), spawn(t, environ...), spawn(t, environ...)}

	var signed atomic.Int64
	var mu sync.Mutex
	acknowledged := make(map[advocacy.PostID]bool)
	var group sync.WaitGroup
	const posts = 24
	for i := range posts {
		group.Go(func() {
			client := &through{replicas: replicas, next: i, tokens: tokens}
			name := client.publish(t, fmt.Sprintf("Post %d", i), "workspaces/acme/socialAccounts/"+string(newsroom))
			mu.Lock()
			acknowledged[advocacy.PostID(filepath.Base(name))] = true
			mu.Unlock()
			if signed.Add(1) == posts/3 {
				replicas[1].kill()
			}
		})
	}
	group.Wait()
	waitUntil(t, func() bool { return settled(t, service, slices.Collect(maps.Keys(acknowledged))...) })
	for id := range acknowledged {
		v, err := service.Flow.Post(t.Context(), workflow.SystemCall("acme"), "acme", id)
		ok(t, err)
		if v.Post.State != advocacy.PostPublished {
			t.Errorf("%s is %s", id, v.Post.State)
		}
	}
	if shown := onWall(t, service); shown != posts {
		t.Errorf("the wall shows %d entries, want %d", shown, posts)
	}
}

func waitUntil(t *testing.T, done func() bool) {
	t.Helper()
	// What was answered wrong again and again rests for minutes.
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("it never ended")
		}
	}
}

// through is a client that knows several replicas: when one does not answer it repeats
// the call, with its request id, at the next.
type through struct {
	replicas []*child
	next     int
	tokens   map[string]string
	// decided are the decisions that were acknowledged.
	decided []acknowledged
}

// acknowledged is a call and what was answered.
type acknowledged struct {
	as, path     string
	body, answer map[string]any
}

func (c *through) call(t *testing.T, as, method, path string, body map[string]any) map[string]any {
	t.Helper()
	if strings.HasPrefix(path, "/v1/workspaces/acme/posts/") && method == http.MethodPost {
		body["requestId"] = app.NewID()
	}
	for deadline := time.After(time.Minute); ; {
		c.next++
		s := &service{base: c.replicas[c.next%len(c.replicas)].base}
		code, out, err := s.try(t, c.tokens[as], method, path, body)
		switch {
		case err != nil, code == http.StatusServiceUnavailable:
			select {
			case <-time.After(20 * time.Millisecond):
			case <-deadline:
				t.Errorf("%s %s: no replica answers: %d %v %v", method, path, code, out, err)
				return nil
			}
		case code == http.StatusOK:
			return out
		default:
			t.Errorf("%s %s: %d %v", method, path, code, out)
			return out
		}
	}
}

// publish takes a post all the way to the last signature.
func (c *through) publish(t *testing.T, text, account string) string {
	t.Helper()
	id := app.NewID()
	post := c.call(t, "author", "POST", "/v1/workspaces/acme/posts?requestId="+id, map[string]any{
		"content": map[string]any{"language": "en", "text": text}, "socialAccounts": []any{account},
	})
	name, digest := fmt.Sprint(post["name"]), post["digest"]
	post = c.call(t, "author", "POST", "/v1/"+name+":submit", map[string]any{"digest": digest})
	for _, who := range []string{"legal", "pr"} {
		review := c.call(t, who, "POST", "/v1/"+fmt.Sprint(post["review"])+":view", map[string]any{})
		said := acknowledged{as: who, path: "/v1/" + fmt.Sprint(post["review"]) + ":decide", body: map[string]any{
			"verdict": "VERDICT_APPROVE", "requirement": who, "digest": digest, "etag": review["etag"],
		}}
		said.answer = c.call(t, who, "POST", said.path, said.body)
		c.decided = append(c.decided, said)
	}
	return name
}
