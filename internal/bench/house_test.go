package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/store/storetest"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

const workspace = "workspaces/bench"

// house is a whole service that listens, with people signed in.
type house struct {
	*app.Service
	rest   string
	conn   *grpc.ClientConn
	tokens map[string]string
	wall   string
	item   string
	second string // the resource name of another administrator
	shared string // digest of an unedited share of item
}

// posts is how many posts the store holds beside those a benchmark makes.
func posts() int {
	if n, err := strconv.Atoi(os.Getenv("IMPRIMATUR_BENCH_POSTS")); err == nil {
		return n
	}
	return 10_000
}

// open starts the service on a new database with the posts in it.
func open(b *testing.B, database string) *house {
	b.Helper()
	h := serve(b, configuration(b, database))
	h.furnish(b)
	return h
}

// configuration is that of a new database.
func configuration(b *testing.B, database string) config.Config {
	c := config.Default()
	c.DataDir = filepath.Join(b.TempDir(), "data")
	// What stands for a network is on this machine.
	c.WebhookNetworks = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	if database == "postgres" {
		c.Database = config.Secret(testpg.New(b))
	}
	return c
}

// serve starts one replica, with nobody signed in.
func serve(b *testing.B, c config.Config) *house {
	b.Helper()
	main, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	native, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	c.Listen = main.Addr().String()
	s, err := app.Open(context.Background(), app.Options{Config: c, Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))})
	must(b, err)
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.Serve(ctx, app.Doors{Main: main, GRPC: native, Ready: func() { close(ready) }})
	}()
	<-ready
	b.Cleanup(func() {
		cancel()
		must(b, errors.Join(<-done, s.Close()))
	})
	conn, err := grpc.NewClient(native.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	must(b, err)
	return &house{Service: s, rest: "http://" + c.Listen, conn: conn, tokens: map[string]string{}}
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (h *house) furnish(b *testing.B) {
	ctx := context.Background()
	done, err := h.Install(ctx, workflow.Installation{ID: "bench", Language: "en", Zone: "UTC", Admin: workflow.MemberDraft{Email: "admin@bench.test"}})
	must(b, err)
	h.signIn(b, "admin", done.Admin.Person)
	members := imprimaturv1.NewMemberServiceClient(h.conn)
	for name, role := range map[string]string{
		"second": "admin", "author": "employee", "curator": "curator", "auditor": "auditor",
		"legal": "approver:legal", "legal2": "approver:legal", "pr": "approver:pr", "pr2": "approver:pr",
	} {
		m, err := members.CreateMember(h.as("admin"), &imprimaturv1.CreateMemberRequest{Parent: workspace, Member: &imprimaturv1.Member{
			DisplayName: name, Email: name + "@bench.test", Roles: []string{role},
		}})
		must(b, err)
		h.signIn(b, name, advocacy.PersonID(filepath.Base(m.GetName())))
		if name == "second" {
			h.second = m.GetName()
		}
	}
	account, err := imprimaturv1.NewSocialAccountServiceClient(h.conn).CreateSocialAccount(h.as("admin"), &imprimaturv1.CreateSocialAccountRequest{
		Parent: workspace, SocialAccount: &imprimaturv1.SocialAccount{Network: "wall", DisplayName: "newsroom", Owner: h.admin(b), Deputy: h.second},
	})
	must(b, err)
	h.wall = account.GetName()
	h.library(b)
	first := h.submit(b, h.draft(b))
	from := advocacy.PostID(filepath.Base(first.GetName()))
	must(b, storetest.Grow(ctx, h.Store, "bench", from, posts(), func(n int) {
		if n%200_000 == 0 {
			fmt.Fprintf(os.Stderr, "%d posts\n", n)
		}
	}))
}

// admin is the name of who installed the service.
func (h *house) admin(b *testing.B) string {
	me, err := imprimaturv1.NewSessionServiceClient(h.conn).GetSession(h.as("admin"), &imprimaturv1.GetSessionRequest{Name: workspace + "/sessions/current"})
	must(b, err)
	return me.GetMember()
}

func (h *house) signIn(b *testing.B, name string, id advocacy.PersonID) {
	in, err := h.Flow.OpenSession(context.Background(), "bench", id)
	must(b, err)
	h.tokens[name] = in.Token
}

// as is a context that carries a person's token.
func (h *house) as(name string) context.Context {
	return metadata.AppendToOutgoingContext(context.Background(), "authorization", "Bearer "+h.tokens[name])
}

// library keeps some items in force, the last of which is shared.
func (h *house) library(b *testing.B) {
	topics := imprimaturv1.NewTopicServiceClient(h.conn)
	_, err := topics.CreateTopic(h.as("curator"), &imprimaturv1.CreateTopicRequest{Parent: workspace, TopicId: "news", Topic: &imprimaturv1.Topic{DisplayName: "News"}})
	must(b, err)
	for i := range 60 {
		h.item = h.inForce(b, "wall", fmt.Sprintf("Twelve apprenticeships, six trades. %d", i))
	}
	preview, err := imprimaturv1.NewPostServiceClient(h.conn).PreviewPost(h.as("author"), &imprimaturv1.PreviewPostRequest{Parent: workspace, Post: &imprimaturv1.Post{
		LibraryItem: h.item, Content: &imprimaturv1.Content{Language: "en"}, SocialAccounts: []string{h.wall},
	}})
	must(b, err)
	h.shared = preview.GetDigest()
}

// inForce makes an item that may be shared to a network.
func (h *house) inForce(b *testing.B, network, text string) string {
	library := imprimaturv1.NewLibraryServiceClient(h.conn)
	item, err := library.CreateLibraryItem(h.as("curator"), &imprimaturv1.CreateLibraryItemRequest{Parent: workspace, LibraryItem: &imprimaturv1.LibraryItem{
		Title: text, Topic: workspace + "/topics/news", Networks: []string{network}, Content: &imprimaturv1.Content{Language: "en", Text: text},
	}})
	must(b, err)
	item, err = library.SubmitLibraryItem(h.as("curator"), &imprimaturv1.SubmitLibraryItemRequest{Name: item.GetName(), Digest: item.GetDigest()})
	must(b, err)
	for i, who := range []string{"legal", "pr"} {
		h.view(b, item.GetReview(), who)
		h.decide(b, item.GetReview(), item.GetDigest(), who, int64(i+1))
	}
	return item.GetName()
}

func (h *house) draft(b *testing.B) *imprimaturv1.Post {
	p, err := imprimaturv1.NewPostServiceClient(h.conn).CreatePost(h.as("author"), &imprimaturv1.CreatePostRequest{Parent: workspace, Post: &imprimaturv1.Post{
		Content:        &imprimaturv1.Content{Language: "en", Text: "We are hiring two nurses for the night team in Nantes. Come and talk to us."},
		SocialAccounts: []string{h.wall},
	}})
	must(b, err)
	return p
}

func (h *house) submit(b *testing.B, p *imprimaturv1.Post) *imprimaturv1.Post {
	out, err := imprimaturv1.NewPostServiceClient(h.conn).SubmitPost(h.as("author"), &imprimaturv1.SubmitPostRequest{
		Name: p.GetName(), Digest: p.GetDigest(), RequestId: app.NewID(),
	})
	must(b, err)
	return out
}

// view serves a review to somebody.
func (h *house) view(b *testing.B, review, who string) {
	_, err := imprimaturv1.NewReviewServiceClient(h.conn).ViewReview(h.as(who), &imprimaturv1.ViewReviewRequest{Name: review, RequestId: app.NewID()})
	must(b, err)
}

// decide signs a review that has the version and that the signer was served.
func (h *house) decide(b *testing.B, review, digest, who string, version int64) {
	_, err := imprimaturv1.NewReviewServiceClient(h.conn).Decide(h.as(who), &imprimaturv1.DecideRequest{
		Name: review, Verdict: imprimaturv1.Verdict_VERDICT_APPROVE, Requirement: who, Digest: digest, Etag: etag(version), RequestId: app.NewID(),
	})
	must(b, err)
}

// asked waits until somebody was asked for every signature, which a sweep does after a submission: the
// turns of thousands that were submitted in a row are not what a decision waits for.
func (h *house) asked(b *testing.B) {
	for {
		due, err := h.Store.DueDeadlines(context.Background(), time.Now(), 1)
		must(b, err)
		if len(due) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: time.Minute}

// call calls REST and throws the answer away.
func (h *house) call(b *testing.B, who, method, path string, body any) {
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		must(b, err)
		reader = bytes.NewReader(data)
	}
	request, err := http.NewRequest(method, h.rest+"/v1/"+path, reader)
	must(b, err)
	request.Header.Set("Authorization", "Bearer "+h.tokens[who])
	request.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(request)
	must(b, err)
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		b.Fatalf("%s %s: %s %v", method, path, answer.Status, err)
	}
}
