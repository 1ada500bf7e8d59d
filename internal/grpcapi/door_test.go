package grpcapi

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"slices"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// tokens are who the fake credentials prove.
type tokens map[string]Principal

func (t tokens) Authenticate(_ context.Context, authorization string) (Principal, error) {
	if p, ok := t[authorization]; ok {
		return p, nil
	}
	return Principal{}, unauthenticated("SESSION_UNKNOWN", "this session does not exist")
}

const almightyPerson = "almighty"

// grants are the permissions each person or key has.
type grants map[string][]advocacy.Permission

func (g grants) who(p Principal) string {
	if p.Actor.Key != "" {
		return string(p.Actor.Key)
	}
	return string(p.Actor.Person)
}

func (g grants) Allow(_ context.Context, p Principal, permission advocacy.Permission) error {
	if g.who(p) == almightyPerson || slices.Contains(g[g.who(p)], permission) {
		return nil
	}
	return advocacy.Deny("PERMISSION_DENIED", "this needs %s", permission).With("permission", string(permission))
}

func (g grants) Permissions(_ context.Context, p Principal) ([]advocacy.Permission, error) {
	return g[g.who(p)], nil
}

// journal is a log that tests can read while it is written.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// door is a server with hand-made services behind the real chain.
type door struct {
	t    testing.TB
	conn *grpc.ClientConn
	dial func(context.Context) (net.Conn, error)
	log  *journal
}

const (
	anaToken    = "Bearer canary-session-ana"
	legalToken  = "Bearer canary-session-legal"
	keyToken    = "Bearer canary-key"
	globexToken = "Bearer canary-session-globex"
	brokenToken = "Bearer canary-broken"
	// powerlessToken is of a session whose roles permit nothing; almightyToken of one whose
	// roles permit everything.
	powerlessToken = "Bearer canary-session-powerless"
	almightyToken  = "Bearer canary-session-almighty"
)

var everybodyMay = []advocacy.Permission{"posts.read", "posts.create", "posts.update", "posts.submit", "posts.preview", "media.create", "self.read", "tasks.read"}

func openDoor(t testing.TB, register func(*grpc.Server)) *door {
	t.Helper()
	d := &door{t: t, log: &journal{}}
	legal := ana
	legal.Person, legal.Roles = "legal", []advocacy.Role{advocacy.RoleLegal, advocacy.RoleEmployee}
	powerless, almighty := ana, ana
	powerless.Person, almighty.Person = "powerless", almightyPerson
	server, err := NewGRPCServer(Options{
		Authenticator: tokens{
			powerlessToken: {Actor: powerless},
			almightyToken:  {Actor: almighty},
			anaToken:       {Actor: ana, Language: "fr", DisplayName: "Ana"},
			legalToken:     {Actor: legal},
			keyToken:       {Actor: advocacy.Actor{Kind: advocacy.Machine, Workspace: "acme", Person: someID, Key: "key"}, Scope: everybodyMay},
			globexToken:    {Actor: advocacy.Actor{Kind: advocacy.Human, Workspace: "globex", Person: "gil", Session: "s"}},
			brokenToken:    {Actor: advocacy.Actor{Kind: advocacy.System, Workspace: "acme", Person: someID}},
		},
		Authorizer: grants{
			someID: everybodyMay, "key": append(slices.Clone(everybodyMay), advocacy.PermissionDecide), "gil": everybodyMay,
			"legal": append(slices.Clone(everybodyMay), advocacy.PermissionDecide, permissionReadAll),
		},
		Logger: slog.New(slog.NewJSONHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		NewID:  func() string { return "made-here" },
	})
	if err != nil {
		t.Fatal(err)
	}
	register(server)
	listener := bufconn.Listen(1 << 20)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	d.dial = listener.DialContext
	d.conn, err = grpc.NewClient("passthrough:///door",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.conn.Close() })
	return d
}

// as is a context with a credential and other metadata.
func (d *door) as(token string, pairs ...string) context.Context {
	if token != "" {
		pairs = append(pairs, authorizationKey, token)
	}
	return metadata.AppendToOutgoingContext(d.t.Context(), pairs...)
}

// posts is a post service whose answers tests choose.
type posts struct {
	imprimaturv1.UnimplementedPostServiceServer
	get    func(context.Context, *imprimaturv1.GetPostRequest) (*imprimaturv1.Post, error)
	create func(context.Context, *imprimaturv1.CreatePostRequest) (*imprimaturv1.Post, error)
	update func(context.Context, *imprimaturv1.UpdatePostRequest) (*imprimaturv1.Post, error)
}

func (p posts) GetPost(ctx context.Context, req *imprimaturv1.GetPostRequest) (*imprimaturv1.Post, error) {
	return p.get(ctx, req)
}

func (p posts) CreatePost(ctx context.Context, req *imprimaturv1.CreatePostRequest) (*imprimaturv1.Post, error) {
	return p.create(ctx, req)
}

func (p posts) UpdatePost(ctx context.Context, req *imprimaturv1.UpdatePostRequest) (*imprimaturv1.Post, error) {
	return p.update(ctx, req)
}

// openPosts is a door with a post service that answers everything, and hears who asked.
func openPosts(t testing.TB, get func(context.Context, *imprimaturv1.GetPostRequest) (*imprimaturv1.Post, error)) (*door, imprimaturv1.PostServiceClient) {
	t.Helper()
	if get == nil {
		get = func(_ context.Context, req *imprimaturv1.GetPostRequest) (*imprimaturv1.Post, error) {
			return &imprimaturv1.Post{Name: req.GetName()}, nil
		}
	}
	d := openDoor(t, func(g *grpc.Server) { imprimaturv1.RegisterPostServiceServer(g, posts{get: get}) })
	return d, imprimaturv1.NewPostServiceClient(d.conn)
}

// scripted is a stream that gives one message again and again, after waiting.
type scripted struct {
	grpc.ServerStream
	ctx     context.Context
	message *imprimaturv1.UploadMediaRequest
	wait    chan struct{}
	read    int
}

func (s *scripted) Context() context.Context { return s.ctx }

func (s *scripted) RecvMsg(m any) error {
	if s.wait != nil {
		<-s.wait
	}
	s.read++
	if message, ok := m.(proto.Message); ok && s.message != nil {
		proto.Merge(message, s.message)
	}
	return nil
}

// withCredential is the context of a call that arrived with a credential.
func withCredential(ctx context.Context, token string) context.Context {
	return metadata.NewIncomingContext(ctx, metadata.Pairs(authorizationKey, token))
}
