package grpcapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

var onePost = &imprimaturv1.GetPostRequest{Name: "workspaces/acme/posts/" + someID}

// wantRefusal checks code and reason, and that the answer carries the call's id.
func wantRefusal(t *testing.T, err error, code codes.Code, reason string) refusal {
	t.Helper()
	got := refusalOf(t, err)
	if got.code != code || got.info.GetReason() != reason {
		t.Fatalf("got %s %s (%s), want %s %s", got.code, got.info.GetReason(), got.message, code, reason)
	}
	if got.request.GetRequestId() == "" {
		t.Error("the refusal has no request id")
	}
	return got
}

// Who somebody is comes from the credential, whatever else is sent.
func TestIdentityComesFromTheCredential(t *testing.T) {
	t.Parallel()
	var seen advocacy.Actor
	var left metadata.MD
	d, client := openPosts(t, func(ctx context.Context, req *imprimaturv1.GetPostRequest) (*imprimaturv1.Post, error) {
		seen = callOf(ctx, req).Actor
		left, _ = metadata.FromIncomingContext(ctx)
		return &imprimaturv1.Post{}, nil
	})
	spoofed := []string{
		"x-roles", "admin", "x-person", "legal", "x-workspace", "globex", "x-forwarded-user", "root", "x-remote-user", "root",
		"grpcgateway-authorization", legalToken, "x-principal-bin", "\x01", "grpc-metadata-authorization", legalToken, "cookie", "session=legal",
	}
	if _, err := client.GetPost(d.as(anaToken, spoofed...), onePost); err != nil {
		t.Fatal(err)
	}
	if seen.Person != ana.Person || seen.Workspace != "acme" || len(seen.Roles) != 1 {
		t.Errorf("the handler saw %+v", seen)
	}
	if len(left) != 0 {
		t.Errorf("the handler could read %v", left)
	}
	_, err := client.GetPost(d.as("", spoofed...), onePost)
	wantRefusal(t, err, codes.Unauthenticated, "CREDENTIAL_MISSING")
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	d, client := openPosts(t, nil)
	for name, c := range map[string]struct {
		ctx    context.Context
		code   codes.Code
		reason string
	}{
		"none":       {d.as(""), codes.Unauthenticated, "CREDENTIAL_MISSING"},
		"empty":      {d.as("", authorizationKey, ""), codes.Unauthenticated, "CREDENTIAL_MISSING"},
		"unknown":    {d.as("Bearer nobody"), codes.Unauthenticated, "SESSION_UNKNOWN"},
		"two":        {d.as(anaToken, authorizationKey, legalToken), codes.Unauthenticated, "CREDENTIAL_AMBIGUOUS"},
		"of no kind": {d.as(brokenToken), codes.Unauthenticated, "CREDENTIAL_INVALID"},
	} {
		_, err := client.GetPost(c.ctx, onePost)
		t.Log(name)
		wantRefusal(t, err, c.code, c.reason)
	}
}

// The kind of credential is part of the contract, and comes before everything else.
func TestKindsOfCredential(t *testing.T) {
	t.Parallel()
	d := openDoor(t, func(g *grpc.Server) {
		imprimaturv1.RegisterReviewServiceServer(g, imprimaturv1.UnimplementedReviewServiceServer{})
	})
	client := imprimaturv1.NewReviewServiceClient(d.conn)
	req := &imprimaturv1.DecideRequest{Name: "workspaces/acme/posts/" + someID + "/reviews/1"}
	_, err := client.Decide(d.as(keyToken), req)
	wantRefusal(t, err, codes.PermissionDenied, "SESSION_REQUIRED")
	_, err = client.Decide(d.as(anaToken), req)
	wantRefusal(t, err, codes.PermissionDenied, "PERMISSION_DENIED")
	_, err = client.Decide(d.as(legalToken), req)
	wantRefusal(t, err, codes.InvalidArgument, fieldInvalid)

	human, machine := advocacy.Actor{Kind: advocacy.Human, Workspace: "a", Person: "p"}, advocacy.Actor{Kind: advocacy.Machine, Workspace: "a", Key: "k"}
	if err := checkAccess(imprimaturv1.Access_ACCESS_KEY, human); advocacy.ReasonOf(err) != "KEY_REQUIRED" {
		t.Errorf("a session where a key is asked for: %v", err)
	}
	if err := checkAccess(imprimaturv1.Access_ACCESS_KEY, machine); err != nil {
		t.Errorf("a key where a key is asked for: %v", err)
	}
}

// Of another workspace nobody learns anything, not even that a request was malformed.
func TestWorkspacesAreApart(t *testing.T) {
	t.Parallel()
	called := 0
	d := openDoor(t, func(g *grpc.Server) {
		imprimaturv1.RegisterPostServiceServer(g, posts{
			get: func(context.Context, *imprimaturv1.GetPostRequest) (*imprimaturv1.Post, error) {
				called++
				return &imprimaturv1.Post{}, nil
			},
			update: func(context.Context, *imprimaturv1.UpdatePostRequest) (*imprimaturv1.Post, error) {
				called++
				return &imprimaturv1.Post{}, nil
			},
		})
	})
	client := imprimaturv1.NewPostServiceClient(d.conn)
	_, err := client.GetPost(d.as(globexToken), onePost)
	wantRefusal(t, err, codes.NotFound, "WORKSPACE_NOT_FOUND")
	_, err = client.GetPost(d.as(globexToken), &imprimaturv1.GetPostRequest{Name: "workspaces/acme/nonsense"})
	wantRefusal(t, err, codes.NotFound, "WORKSPACE_NOT_FOUND")
	_, err = client.UpdatePost(d.as(globexToken), &imprimaturv1.UpdatePostRequest{
		Post: &imprimaturv1.Post{Name: onePost.GetName()}, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"note"}},
	})
	wantRefusal(t, err, codes.NotFound, "WORKSPACE_NOT_FOUND")
	_, err = client.CreatePost(d.as(globexToken), &imprimaturv1.CreatePostRequest{Parent: "workspaces/acme"})
	wantRefusal(t, err, codes.NotFound, "WORKSPACE_NOT_FOUND")
	for _, name := range []string{"", "posts/1", "workspaces/", "workspaces/-/posts/" + someID} {
		_, err = client.GetPost(d.as(anaToken), &imprimaturv1.GetPostRequest{Name: name})
		wantRefusal(t, err, codes.InvalidArgument, fieldInvalid)
	}
	_, err = client.UpdatePost(d.as(anaToken), &imprimaturv1.UpdatePostRequest{})
	wantRefusal(t, err, codes.InvalidArgument, fieldInvalid)
	_, err = client.UpdatePost(d.as(anaToken), &imprimaturv1.UpdatePostRequest{Post: &imprimaturv1.Post{Note: "x"}})
	wantRefusal(t, err, codes.InvalidArgument, fieldInvalid)
	if called != 0 {
		t.Errorf("the handler was called %d times", called)
	}
}

// Permission comes before the form of the request: what is wrong with it is told to who
// may send it.
func TestPermissionComesBeforeForm(t *testing.T) {
	t.Parallel()
	d := openDoor(t, func(g *grpc.Server) {
		imprimaturv1.RegisterHoldServiceServer(g, imprimaturv1.UnimplementedHoldServiceServer{})
	})
	_, err := imprimaturv1.NewHoldServiceClient(d.conn).CreateHold(d.as(anaToken), &imprimaturv1.CreateHoldRequest{Parent: "workspaces/acme"})
	got := wantRefusal(t, err, codes.PermissionDenied, "PERMISSION_DENIED")
	if got.info.GetMetadata()["permission"] != "holds.create" {
		t.Errorf("metadata %v", got.info.GetMetadata())
	}
}

// A malformed request names every field that is wrong, as clients write it.
func TestFormNamesTheFields(t *testing.T) {
	t.Parallel()
	d, client := openPosts(t, nil)
	_, err := client.CreatePost(d.as(anaToken), &imprimaturv1.CreatePostRequest{
		Parent: "workspaces/acme", RequestId: "no uuid",
		Post: &imprimaturv1.Post{SocialAccounts: []string{"x"}, Content: &imprimaturv1.Content{Language: "EN"}},
	})
	got := wantRefusal(t, err, codes.InvalidArgument, fieldInvalid)
	var fields []string
	for _, v := range got.bad.GetFieldViolations() {
		fields = append(fields, v.GetField())
		if v.GetDescription() == "" || v.GetReason() != fieldInvalid {
			t.Errorf("violation %v", v)
		}
	}
	if text := strings.Join(fields, " "); text != "post.content.language post.social_accounts[0] request_id" {
		t.Errorf("fields: %s", text)
	}
	if got.info.GetMetadata()["field"] != "post.content.language" {
		t.Errorf("metadata %v", got.info.GetMetadata())
	}
}

// A panic is one failed call, hidden like every other failure of ours.
func TestPanicsAreRecovered(t *testing.T) {
	t.Parallel()
	d, client := openPosts(t, func(context.Context, *imprimaturv1.GetPostRequest) (*imprimaturv1.Post, error) {
		panic("the secret state of a handler")
	})
	_, err := client.GetPost(d.as(anaToken), onePost)
	got := wantRefusal(t, err, codes.Internal, "INTERNAL")
	if got.message != "internal error" || strings.Contains(status.Convert(err).Proto().String(), "secret") {
		t.Errorf("the client sees %v", status.Convert(err).Proto())
	}
	if log := d.log.String(); !strings.Contains(log, "the secret state of a handler") || !strings.Contains(log, "chain_test.go") {
		t.Errorf("the log lacks the panic and its place: %s", log)
	}
}

// One line a call: who, what, how it ended; never a token, a body or a refusal's words.
func TestOneLogLineACall(t *testing.T) {
	t.Parallel()
	d, client := openPosts(t, func(context.Context, *imprimaturv1.GetPostRequest) (*imprimaturv1.Post, error) {
		return nil, fmt.Errorf("query: %w", errors.New("disk on fire"))
	})
	var header metadata.MD
	_, err := client.GetPost(d.as(keyToken, requestIDKey, "client-7"), onePost, grpc.Header(&header))
	got := wantRefusal(t, err, codes.Internal, "INTERNAL")
	if got.request.GetRequestId() != "client-7" || strings.Join(header.Get(requestIDKey), "") != "client-7" {
		t.Errorf("request id %v, header %v", got.request, header)
	}
	_, _ = client.CreatePost(d.as(anaToken, requestIDKey, "bad id <script>"), &imprimaturv1.CreatePostRequest{
		Parent: "workspaces/acme", Post: &imprimaturv1.Post{Note: "canary-note", Content: &imprimaturv1.Content{Language: "??", Text: "canary-text"}},
	})
	lines := strings.Split(strings.TrimSpace(d.log.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines: %v", len(lines), lines)
	}
	var first, second map[string]any
	if err := errors.Join(json.Unmarshal([]byte(lines[0]), &first), json.Unmarshal([]byte(lines[1]), &second)); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"level": "ERROR", "method": "/imprimatur.v1.PostService/GetPost", "code": "Internal", "request_id": "client-7", "workspace": "acme",
		"person": someID, "key": "key", "cause": "query: disk on fire", "reason": "INTERNAL",
	} {
		if first[key] != want {
			t.Errorf("%s is %v, want %v", key, first[key], want)
		}
	}
	if second["level"] != "INFO" || second["code"] != "InvalidArgument" || second["reason"] != fieldInvalid || second["request_id"] != "made-here" || second["cause"] != nil {
		t.Errorf("second line %v", second)
	}
	if strings.Contains(d.log.String(), "canary") {
		t.Errorf("the log knows too much: %s", d.log.String())
	}
}

// Nobody waits for us longer than we work: the client's deadline counts up to 30 s.
func TestDeadlinesAreClamped(t *testing.T) {
	t.Parallel()
	var left time.Duration
	d, client := openPosts(t, func(ctx context.Context, _ *imprimaturv1.GetPostRequest) (*imprimaturv1.Post, error) {
		until, ok := ctx.Deadline()
		if !ok {
			return nil, errors.New("no deadline")
		}
		left = time.Until(until)
		return &imprimaturv1.Post{}, nil
	})
	for asked, most := range map[time.Duration]time.Duration{0: callTime, time.Hour: callTime, 5 * time.Second: 5 * time.Second} {
		ctx, cancel := d.as(anaToken), func() {}
		if asked > 0 {
			ctx, cancel = context.WithTimeout(ctx, asked)
		}
		_, err := client.GetPost(ctx, onePost)
		cancel()
		if err != nil || left > most || left < most-4*time.Second {
			t.Errorf("asked for %s, got %s, %v", asked, left, err)
		}
	}
}

// backDoor is a service that no contract of ours knows.
var backDoor = grpc.ServiceDesc{
	ServiceName: "imprimatur.v1.BackDoor",
	HandlerType: (*any)(nil),
	Methods: []grpc.MethodDesc{{MethodName: "Enter", Handler: func(srv any, ctx context.Context, read func(any) error, chain grpc.UnaryServerInterceptor) (any, error) {
		req := new(healthv1.HealthCheckRequest)
		if err := read(req); err != nil {
			return nil, err
		}
		info := &grpc.UnaryServerInfo{Server: srv, FullMethod: "/imprimatur.v1.BackDoor/Enter"}
		return chain(ctx, req, info, func(context.Context, any) (any, error) { return &healthv1.HealthCheckResponse{}, nil })
	}}},
	Streams: []grpc.StreamDesc{{StreamName: "Pour", ClientStreams: true, ServerStreams: true, Handler: func(_ any, s grpc.ServerStream) error {
		return s.SendMsg(&healthv1.HealthCheckResponse{})
	}}},
}

// What the contract does not speak of is refused, even when somebody registered it.
func TestForeignMethodsAreRefused(t *testing.T) {
	t.Parallel()
	d := openDoor(t, func(g *grpc.Server) {
		(&Server{}).Register(g)
		g.RegisterService(&backDoor, struct{}{})
	})
	err := d.conn.Invoke(d.as(anaToken), "/imprimatur.v1.BackDoor/Enter", &healthv1.HealthCheckRequest{}, &healthv1.HealthCheckResponse{})
	wantRefusal(t, err, codes.Internal, "INTERNAL")
	stream, err := d.conn.NewStream(d.as(anaToken), &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, "/imprimatur.v1.BackDoor/Pour")
	if err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, stream.RecvMsg(&healthv1.HealthCheckResponse{}), codes.Internal, "INTERNAL")
	if _, err := healthv1.NewHealthClient(d.conn).Check(t.Context(), &healthv1.HealthCheckRequest{}); err != nil {
		t.Errorf("health without a credential: %v", err)
	}
}

// A method whose descriptor is incomplete is refused before anybody is asked who calls.
func TestIncompleteRulesAreRefused(t *testing.T) {
	t.Parallel()
	g := &guard{authenticator: tokens{}, authorizer: grants{}}
	err := g.identify(t.Context(), &trip{rule: &rule{method: "/x/Y", missing: "access"}}, metadata.Pairs(authorizationKey, anaToken))
	if err == nil || advocacy.KindOf(err) != advocacy.Internal {
		t.Errorf("got %v", err)
	}
}

func TestHalfSetOptionsAreRefused(t *testing.T) {
	t.Parallel()
	if _, err := NewGRPCServer(Options{Authenticator: tokens{}}); err == nil {
		t.Error("a server without an authorizer")
	}
}

// The language is the client's first wish, then the principal's, then English.
func TestLanguages(t *testing.T) {
	t.Parallel()
	for wish, want := range map[string]string{
		"": "", "fr": "fr", "fr-CA,fr;q=0.9": "fr-CA", " de;q=1": "de", "*": "", "<script>": "", "english": "",
	} {
		if got := languageOf(metadata.Pairs(languageKey, wish)); got != want {
			t.Errorf("%q: %s, want %s", wish, got, want)
		}
	}
	d, client := openPosts(t, func(ctx context.Context, _ *imprimaturv1.GetPostRequest) (*imprimaturv1.Post, error) {
		return &imprimaturv1.Post{Note: tripOf(ctx).language}, nil
	})
	for _, test := range []struct{ token, wish, want string }{{anaToken, "*", "fr"}, {anaToken, "de", "de"}, {legalToken, "de", "de"}, {legalToken, "*", "en"}} {
		want := test.want
		if got, err := client.GetPost(d.as(test.token, languageKey, test.wish), onePost); err != nil || got.GetNote() != want {
			t.Errorf("got %v, %v, want %s", got, err, want)
		}
	}
}
