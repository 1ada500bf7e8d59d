package apitest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/bluesky/blueskytest"
	"github.com/imprimatur-hq/imprimatur/internal/network/container/containertest"
	"github.com/imprimatur-hq/imprimatur/internal/network/facebook/facebooktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/linkedin/linkedintest"
	"github.com/imprimatur-hq/imprimatur/internal/network/mastodon/mastodontest"
	"github.com/imprimatur-hq/imprimatur/internal/network/mattermost/mattermosttest"
	"github.com/imprimatur-hq/imprimatur/internal/network/slack/slacktest"
	"github.com/imprimatur-hq/imprimatur/internal/network/teams/teamstest"
	"github.com/imprimatur-hq/imprimatur/internal/network/wordpress/wordpresstest"
	"github.com/imprimatur-hq/imprimatur/internal/network/x/xtest"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
)

// atOnce is how many stories run together: most of their time they wait for a worker.
const atOnce = "12"

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", atOnce); err != nil {
		panic(err)
	}
	code := m.Run()
	if err := common.close(); err != nil {
		fmt.Fprintln(os.Stderr, "stop:", err)
		code = 1
	}
	os.Exit(code)
}

// loopback lets webhooks reach the receivers of tests.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// service is a whole service that listens, and the connections of its clients.
type service struct {
	*app.Service
	// base is the address of everything; native is that of the second door, which speaks
	// gRPC alone.
	base   string
	native string
	http   *http.Client
	// shared is a gRPC connection to the door of everything, direct one to the second.
	shared *grpc.ClientConn
	direct *grpc.ClientConn
	hooks  *receiver
	toots  *mastodontest.Server
	skies  *blueskytest.Server
	linked *linkedintest.Server
	xs     *xtest.Server
	chat   *mattermosttest.Server
	slack  *slacktest.Server
	teams  *teamstest.Server
	paged  *facebooktest.Server
	thread *containertest.Server
	blog   *wordpresstest.Server
	photos *containertest.Server
	heard  *overheard
	// hands move its time; nil where it is the world's.
	hands *hands

	cancel context.CancelFunc
	done   chan error
	abroad abroad
}

// abroad is the workspace of somebody else, furnished when it is first asked for.
type abroad struct {
	once sync.Once
	h    *house
}

// common is the service on SQLite that tests share: each has a workspace of its own.
var common sharing

type sharing struct {
	once sync.Once
	dir  string
	s    *service
	err  error
}

func (c *sharing) open() {
	if c.dir, c.err = os.MkdirTemp("", "apitest"); c.err == nil {
		c.s, c.err = launch(c.dir)
	}
}

func (c *sharing) close() error {
	if c.s == nil {
		return nil
	}
	return errors.Join(c.s.close(), os.RemoveAll(c.dir))
}

// shared is the service that tests share.
func shared(t *testing.T) *service {
	t.Helper()
	common.once.Do(common.open)
	if common.err != nil {
		t.Fatal(common.err)
	}
	return common.s
}

// start runs a service of a test's own until it ends.
func start(t *testing.T, change func(*config.Config)) *service {
	t.Helper()
	return startAt(t, nil, change)
}

// startAt runs one whose time hands move.
func startAt(t *testing.T, moved *hands, change ...func(*config.Config)) *service {
	t.Helper()
	s, err := launchAt(moved, t.TempDir(), change...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return s
}

// onPostgres puts the service on a new PostgreSQL database; without PostgreSQL the test is
// skipped loudly, or fails where one is required.
func onPostgres(t *testing.T) func(*config.Config) {
	t.Helper()
	dsn := testpg.New(t)
	return func(c *config.Config) { c.Database = config.Secret(dsn) }
}

// launch starts a service on SQLite, or as change says, and returns when it answers.
func launch(dir string, change ...func(*config.Config)) (*service, error) {
	return launchAt(nil, dir, change...)
}

// hands move the time of a service that only stories which do so are told in.
type hands struct {
	// passed is how much later than the world's its time is, and ahead how far the clock of its
	// process is before the database's.
	passed, ahead atomic.Int64
}

func (h *hands) now() time.Time     { return app.Micros().Add(time.Duration(h.passed.Load())) }
func (h *hands) process() time.Time { return h.now().Add(time.Duration(h.ahead.Load())) }

// pass lets time pass until an instant, and never back.
func (h *hands) pass(until time.Time) {
	if d := until.Sub(h.now()); d > 0 {
		h.passed.Add(int64(d))
	}
}

func (h *hands) reset() {
	h.passed.Store(0)
	h.ahead.Store(0)
}

// startApart runs a service whose time its stories move.
func startApart(t *testing.T, database string) *service {
	t.Helper()
	var change []func(*config.Config)
	if database == "postgres" {
		change = append(change, onPostgres(t))
	}
	return startAt(t, &hands{}, change...)
}

// launchAt starts a service whose time hands move; nil is the world's.
func launchAt(moved *hands, dir string, change ...func(*config.Config)) (*service, error) {
	c := config.Default()
	c.DataDir, c.Grace, c.WebhookNetworks = dir, 20*time.Second, loopback
	for _, f := range change {
		f(&c)
	}
	var doors app.Doors
	var err error
	if doors.Main, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	if doors.GRPC, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	c.Listen, c.GRPCListen = doors.Main.Addr().String(), doors.GRPC.Addr().String()
	s := &service{
		base: "http://" + c.Listen, native: c.GRPCListen, hooks: receive(), toots: mastodontest.Start(), skies: blueskytest.Start(), linked: linkedintest.Start(), xs: xtest.Start(), chat: mattermosttest.Start(), slack: slacktest.Start(), teams: teamstest.Start(), paged: facebooktest.Start(), thread: containertest.StartThreads(), photos: containertest.StartInstagram(), done: make(chan error, 1),
		blog: wordpresstest.Start(),
		http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}, Timeout: time.Minute},
	}
	c.LinkedInAPI, c.XAPI, c.XSignIn, c.SlackAPI = s.linked.URL, s.xs.URL, s.xs.URL+"/i/oauth2/authorize", s.slack.URL
	c.TeamsHosts = "127.0.0.1"
	id, secret := s.linked.AS.Register(s.base+network.CallbackPath, c.LinkedInPageScopes+" w_member_social")
	c.LinkedInSignIn, c.LinkedInClientID, c.LinkedInClientSecret = s.linked.URL, id, config.Secret(secret)
	id, secret = s.xs.AS.Register(s.base+network.CallbackPath, "tweet.read tweet.write users.read media.write offline.access")
	c.XClientID, c.XClientSecret = id, config.Secret(secret)
	id, secret = s.paged.AS.Register(s.base+network.CallbackPath, "pages_show_list pages_read_engagement pages_manage_posts")
	s.paged.Do(func(x *facebooktest.Server) { x.Secret = secret })
	c.FacebookAPI, c.FacebookSignIn, c.FacebookAppID, c.FacebookAppSecret = s.paged.URL, s.paged.URL, id, config.Secret(secret)
	id, secret = s.thread.AS.Register(s.base+network.CallbackPath, "threads_basic threads_content_publish threads_delete")
	s.thread.Do(func(x *containertest.Server) { x.Fetches = true })
	c.ThreadsAPI, c.ThreadsSignIn, c.ThreadsAppID, c.ThreadsAppSecret = s.thread.URL, s.thread.URL, id, config.Secret(secret)
	id, secret = s.photos.AS.Register(s.base+network.CallbackPath, "instagram_business_basic instagram_business_content_publish")
	s.photos.Do(func(x *containertest.Server) { x.Fetches = true })
	c.InstagramAPI, c.InstagramTokens, c.InstagramSignIn, c.InstagramAppID, c.InstagramAppSecret = s.photos.URL, s.photos.URL, s.photos.URL, id, config.Secret(secret)
	if s.heard, err = overhear(); err != nil {
		return nil, err
	}
	c.OTLPEndpoint = s.heard.address
	logger := slog.New(slog.NewJSONHandler(s.heard, &slog.HandlerOptions{Level: slog.LevelDebug}))
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	o := app.Options{Config: c, Logger: logger, Patience: time.Minute}
	if s.hands = moved; moved != nil {
		// Jobs run by the time of the world: what fell due is found by those who look for it.
		o.Now, o.StoreNow, o.Sweep = moved.process, moved.now, 100*time.Millisecond
	}
	if s.Service, err = app.Open(ctx, o); err != nil {
		return nil, err
	}
	s.Flow.WatchEvery = 20 * time.Millisecond
	if s.shared, err = dial(c.Listen); err != nil {
		return nil, err
	}
	if s.direct, err = dial(c.GRPCListen); err != nil {
		return nil, err
	}
	ready := make(chan struct{})
	doors.Ready = func() { close(ready) }
	go func() { s.done <- s.Serve(ctx, doors) }()
	select {
	case <-ready:
		return s, nil
	case err := <-s.done:
		return nil, err
	}
}

// close stops the service as a signal would, and what tests put around it.
func (s *service) close() error {
	s.cancel()
	close(s.hooks.freed)
	s.http.CloseIdleConnections()
	err := errors.Join(s.shared.Close(), s.direct.Close(), <-s.done, s.heard.judge(s), s.Close())
	s.hooks.Close()
	s.toots.Stop()
	s.skies.Stop()
	s.chat.Stop()
	s.slack.Stop()
	s.teams.Stop()
	s.linked.Stop()
	s.xs.Stop()
	s.paged.Stop()
	s.thread.Stop()
	s.blog.Stop()
	s.photos.Stop()
	return err
}

func dial(address string) (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:///"+address,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20)))
}

// receiver is somebody else's server that webhooks are sent to. The first segment of the
// path says how it answers.
type receiver struct {
	*httptest.Server
	// freed is closed when nobody waits any more for what never answers.
	freed chan struct{}
	mu    sync.Mutex
	got   map[string][]delivery
}

// delivery is one request a receiver got.
type delivery struct {
	header http.Header
	body   []byte
}

func receive() *receiver {
	r := &receiver{got: make(map[string][]delivery), freed: make(chan struct{})}
	r.Server = httptest.NewServer(http.HandlerFunc(r.answer))
	return r
}

func (r *receiver) answer(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return
	}
	r.mu.Lock()
	r.got[q.URL.Path] = append(r.got[q.URL.Path], delivery{q.Header.Clone(), body})
	again := len(r.got[q.URL.Path]) > 1
	r.mu.Unlock()
	switch how := filepath.Dir(q.URL.Path); {
	case how == "/refuse", how == "/refuse-once" && !again:
		w.WriteHeader(http.StatusUnprocessableEntity)
	case how == "/feed":
		_, _ = io.WriteString(w, `<rss version="2.0"><channel><title>Lab</title>
<item><guid>2</guid><title>Second</title><link>javascript:alert(1)</link><description>&lt;p&gt;Read &lt;b&gt;this&lt;/b&gt;.&lt;/p&gt;</description></item>
<item><guid>1</guid><title>First</title><link>https://lab.example.com/1</link></item></channel></rss>`)
	case how == "/page":
		w.Header().Set("Content-Type", "text/html; charset=iso-8859-1")
		_, _ = io.WriteString(w, "<!doctype html><html lang=fr><head><title>Other</title><meta property=og:title content='L\xe9gende  &amp; co&#x202e;'>"+
			"<meta property=og:description content='See paypal.com'><meta property=og:site_name content=Lab><meta property=og:image content=/photo/card></head><body></body></html>")
	case how == "/photo":
		_, _ = w.Write(pictures()["camera"])
	case how == "/fall" && again:
		w.WriteHeader(http.StatusServiceUnavailable)
	case how == "/turn" && !again:
		http.Redirect(w, q, "/page/story", http.StatusFound)
	case how == "/turn":
		http.Redirect(w, q, "/page/other", http.StatusFound)
	case how == "/inward":
		http.Redirect(w, q, "http://169.254.169.254/latest/meta-data", http.StatusFound)
	case how == "/mute":
		// Whoever asked is taken for dead before this ends.
		select {
		case <-q.Context().Done():
		case <-r.freed:
		}
		panic(http.ErrAbortHandler)
	case how == "/cut":
		// Nobody can know whether the words before the end were read.
		panic(http.ErrAbortHandler)
	default:
		_, _ = io.WriteString(w, `{"external_id":"theirs-1","url":"https://receiver.example/theirs-1"}`)
	}
}

// deliveries returns what arrived at a path.
func (r *receiver) deliveries(path string) []delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]delivery(nil), r.got[path]...)
}
