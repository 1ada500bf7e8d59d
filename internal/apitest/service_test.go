package apitest

import (
	"context"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/imprimatur-hq/imprimatur/internal/app"
	"github.com/imprimatur-hq/imprimatur/internal/config"
	"github.com/imprimatur-hq/imprimatur/internal/store/testpg"
)

// atOnce is how many stories run together: most of their time they wait for a worker.
const atOnce = "12"

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", atOnce); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
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
}

// start runs a service on SQLite, or as change says, until the test ends.
func start(t *testing.T, change ...func(*config.Config)) *service {
	t.Helper()
	c := config.Default()
	c.DataDir, c.Grace, c.WebhookNetworks = t.TempDir(), 20*time.Second, loopback
	for _, f := range change {
		f(&c)
	}
	doors := app.Doors{Main: listen(t), GRPC: listen(t)}
	c.Listen, c.GRPCListen = doors.Main.Addr().String(), doors.GRPC.Addr().String()
	inner, err := app.Open(t.Context(), app.Options{Config: c})
	if err != nil {
		t.Fatal(err)
	}
	s := &service{
		Service: inner, base: "http://" + c.Listen, native: c.GRPCListen, hooks: receive(t),
		http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}, Timeout: time.Minute},
	}
	s.shared, s.direct = dial(t, c.Listen), dial(t, c.GRPCListen)
	s.serve(t, doors)
	return s
}

// onPostgres puts the service on a new PostgreSQL database; without PostgreSQL the test is
// skipped loudly, or fails where one is required.
func onPostgres(t *testing.T) func(*config.Config) {
	t.Helper()
	dsn := testpg.New(t)
	return func(c *config.Config) { c.Database = config.Secret(dsn) }
}

func (s *service) serve(t *testing.T, doors app.Doors) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan struct{}), make(chan error, 1)
	doors.Ready = func() { close(ready) }
	go func() { done <- s.Serve(ctx, doors) }()
	t.Cleanup(func() {
		cancel()
		s.http.CloseIdleConnections()
		if err := errors.Join(s.shared.Close(), s.direct.Close(), <-done, s.Close()); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	select {
	case <-ready:
	case err := <-done:
		done <- err
		t.Fatalf("serve: %v", err)
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func dial(t *testing.T, address string) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient("passthrough:///"+address,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// receiver is somebody else's server that webhooks are sent to. The first segment of the
// path says how it answers.
type receiver struct {
	*httptest.Server
	mu  sync.Mutex
	got map[string][]delivery
}

// delivery is one request a receiver got.
type delivery struct {
	header http.Header
	body   []byte
}

func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{got: make(map[string][]delivery)}
	r.Server = httptest.NewServer(http.HandlerFunc(r.answer))
	t.Cleanup(r.Close)
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
