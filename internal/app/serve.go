package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/test/bufconn"

	"github.com/imprimatur-hq/imprimatur/internal/grpcapi"
	"github.com/imprimatur-hq/imprimatur/internal/web"
)

// bufferSize is what an in-memory connection between gateway and server holds, and
// watchBuffer what one for streams does.
const (
	bufferSize  = 1 << 20
	watchBuffer = 64 << 10
)

// Doors are where the service listens. They are listeners and not addresses, so that a
// test can hand over one that is bound already.
type Doors struct {
	// Main speaks HTTP/1, HTTP/2 without TLS, and gRPC. Required.
	Main net.Listener
	// GRPC, when not nil, speaks gRPC with the native transport, about twice as fast.
	GRPC net.Listener
	// Metrics, when not nil, serves /metrics alone.
	Metrics net.Listener
	// Chooser is the demo's door; serve has none.
	Chooser web.Chooser
	// Ready is called when every door answers; it may be nil.
	Ready func()
}

// Listen opens the doors a configuration names.
func (s *Service) Listen() (Doors, error) {
	var d Doors
	var err error
	if d.Main, err = net.Listen("tcp", s.Config.Listen); err != nil {
		return d, err
	}
	if s.Config.GRPCListen != "" {
		if d.GRPC, err = net.Listen("tcp", s.Config.GRPCListen); err != nil {
			return d, errors.Join(err, d.Main.Close())
		}
	}
	if on := s.Config.Metrics; on != "on" && on != "off" {
		if d.Metrics, err = net.Listen("tcp", on); err != nil {
			return d, errors.Join(err, d.Main.Close())
		}
	}
	return d, nil
}

// Serve answers and works until the context ends, then stops in order: no new calls, the
// calls in hand finish, the deliveries in hand write their receipts or are left, with
// their lease, to the next owner.
func (s *Service) Serve(ctx context.Context, doors Doors) error {
	tracing, err := s.startTracing(ctx)
	if err != nil {
		return err
	}
	meter := newMeter()
	meter.registry.MustRegister(s.clockGauge())
	healthy := health.NewServer()
	stopping := make(chan struct{})
	server, err := s.grpcServer(meter, healthy, stopping)
	if err != nil {
		return err
	}
	memory, watching := bufconn.Listen(bufferSize), bufconn.Listen(watchBuffer)
	conn, err := inMemory(memory, watching)
	if err != nil {
		return err
	}
	pages, err := s.handler(ctx, server, conn, meter, doors.Chooser)
	if err != nil {
		return err
	}
	if err := s.engine.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("job engine: %w", err)
	}
	r := &running{service: s, server: server, health: healthy, tracing: tracing, stopping: stopping}
	r.serve("in-memory gRPC", func() error { return server.Serve(memory) })
	r.serve("in-memory gRPC for streams", func() error { return server.Serve(watching) })
	r.http("http", doors.Main, pages)
	if doors.GRPC != nil {
		r.serve("gRPC", func() error { return server.Serve(doors.GRPC) })
	}
	if doors.Metrics != nil {
		r.http("metrics", doors.Metrics, meter.handler())
	}
	r.serve("database", func() error { return s.watchDisk(stopping) })
	r.sweep(ctx)
	if doors.Ready != nil {
		doors.Ready()
	}
	cause := r.wait(ctx)
	return errors.Join(cause, r.stop(s.Config.Grace), conn.Close())
}

// watchDisk ends the service when the disk did not confirm what was written: it writes nothing any more,
// so that what is due, and what is called, is refused meanwhile. What the disk holds, the next start reads.
func (s *Service) watchDisk(stopping <-chan struct{}) error {
	select {
	case <-s.Store.Broken(): // guard: nobody goes on over a disk that failed
		return errors.New("the disk did not confirm what was written: this process ends, and the next reads what the disk holds")
	case <-stopping:
		return nil
	}
}

// gatewayConns is how many connections REST is spread over: the server allows each a
// hundred calls at once. watchConns are those of calls that go on, so that they take no
// place from the others; they connect when they are needed.
const (
	gatewayConns = 8
	watchConns   = 20
)

// pool spreads calls over connections.
type pool struct {
	calls, watches spread
}

// spread takes connections in turn.
type spread struct {
	conns []*grpc.ClientConn
	next  atomic.Uint32
}

func (s *spread) pick() *grpc.ClientConn { return s.conns[s.next.Add(1)%uint32(len(s.conns))] }

// dial fills the spread with connections to a listener in memory.
func (s *spread) dial(l *bufconn.Listener, n int) error {
	for range n {
		conn, err := grpc.NewClient("passthrough:///memory",
			grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }),
			grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(32<<20)))
		if err != nil {
			return err
		}
		s.conns = append(s.conns, conn)
	}
	return nil
}

func inMemory(calls, watches *bufconn.Listener) (*pool, error) {
	p := &pool{}
	if err := errors.Join(p.calls.dial(calls, gatewayConns), p.watches.dial(watches, watchConns)); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// Invoke implements grpc.ClientConnInterface.
func (p *pool) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	return p.calls.pick().Invoke(ctx, method, args, reply, opts...)
}

// NewStream implements grpc.ClientConnInterface.
func (p *pool) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	from := &p.calls
	if desc.ServerStreams {
		from = &p.watches
	}
	return from.pick().NewStream(ctx, desc, method, opts...)
}

// Close closes every connection.
func (p *pool) Close() error {
	var errs []error
	for _, c := range slices.Concat(p.calls.conns, p.watches.conns) {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

func (s *Service) grpcServer(m *meter, healthy *health.Server, stopping <-chan struct{}) (*grpc.Server, error) {
	server, err := grpcapi.NewGRPCServer(grpcapi.Options{
		Authenticator: caller{s.authn}, Authorizer: permit{s.authz}, Words: words, Logger: s.Logger,
		NewID: s.Flow.NewID, Extra: s.telemetry(m),
	})
	if err != nil {
		return nil, err
	}
	door := grpcapi.Server{Flow: s.Flow, Accept: accept, Inspect: inspect, Crop: crop, Health: healthy, Stopping: stopping}
	door.Register(server)
	return server, nil
}

// running is a service that listens.
type running struct {
	service *Service
	server  *grpc.Server
	health  *health.Server
	tracing func(context.Context) error
	// stopping is closed first: the calls that follow something end by it.
	stopping chan struct{}
	https    []*http.Server
	sweeper  context.CancelFunc
	group    sync.WaitGroup
	once     sync.Once
	failed   error
	broken   chan struct{}
	setup    sync.Once
}

func (r *running) channel() chan struct{} {
	r.setup.Do(func() { r.broken = make(chan struct{}) })
	return r.broken
}

// serve runs one door; when it breaks, the service stops.
func (r *running) serve(name string, fn func() error) {
	broken := r.channel()
	r.group.Go(func() {
		err := fn()
		if err == nil || errors.Is(err, http.ErrServerClosed) || errors.Is(err, grpc.ErrServerStopped) {
			return
		}
		r.once.Do(func() {
			r.failed = fmt.Errorf("%s: %w", name, err)
			close(broken)
		})
	})
}

func (r *running) http(name string, l net.Listener, h http.Handler) {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, Protocols: new(http.Protocols),
	}
	server.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: 250, MaxReceiveBufferPerConnection: 1 << 20}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	r.https = append(r.https, server)
	r.serve(name, func() error { return server.Serve(l) })
}

func (r *running) sweep(ctx context.Context) {
	ctx, r.sweeper = context.WithCancel(context.WithoutCancel(ctx))
	r.group.Go(func() { r.service.Worker.Run(ctx, r.service.sweep) })
	r.group.Go(func() { r.service.mark(ctx) })
}

// wait returns when the context ends or a door breaks.
func (r *running) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-r.channel():
		return r.failed
	}
}

// stop ends everything within the grace: first the answer of the health check, then the
// doors, then the work.
func (r *running) stop(grace time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	r.health.SetServingStatus("", grpc_health_v1.HealthCheckResponse_NOT_SERVING)
	close(r.stopping)
	r.sweeper()
	var errs []error
	for _, server := range r.https {
		if err := server.Shutdown(ctx); err != nil {
			errs = append(errs, err, server.Close())
		}
	}
	graceful := make(chan struct{})
	go func() {
		r.server.GracefulStop()
		close(graceful)
	}()
	select {
	case <-graceful:
	case <-ctx.Done():
		r.server.Stop()
	}
	errs = append(errs, r.service.engine.Stop(ctx))
	r.group.Wait()
	return errors.Join(append(errs, r.tracing(ctx))...)
}
