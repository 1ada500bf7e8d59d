package gateway_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/gateway"
)

// server is a gRPC server of three services that remembers what it was asked.
type server struct {
	imprimaturv1.UnimplementedPostServiceServer
	imprimaturv1.UnimplementedMediaServiceServer
	imprimaturv1.UnimplementedUploadServiceServer

	mu       sync.Mutex
	request  proto.Message
	metadata metadata.MD
	deadline time.Time
	calls    int

	// fail, when set, is the answer of every call.
	fail error
	// picture is what DownloadMedia returns.
	picture *httpbody.HttpBody
	// part, unless 0, is how many bytes of it come in one answer.
	part int
	// parts are the sizes of the messages of an upload, and data their bytes.
	parts []int
	data  []byte
	// refuseEarly makes an upload end at its first message.
	refuseEarly error
}

// words says any reason in French to who asks for French, and in English to others.
func words(accept, reason string) (language, text string) {
	language, _, _ = strings.Cut(accept, ",")
	if language != "fr" {
		language = "en"
	}
	return language, language + ": " + reason
}

// serve starts the fake and the gateway before it.
func serve(t *testing.T, s *server) *client {
	t.Helper()
	conn := s.start(t)
	handler, err := gateway.New(t.Context(), gateway.Options{Conn: conn, Words: words})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(handler)
	t.Cleanup(front.Close)
	return &client{t: t, url: front.URL}
}

func (s *server) start(t *testing.T) *grpc.ClientConn {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	srv := grpc.NewServer(grpc.UnaryInterceptor(
		func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
			s.note(ctx, req.(proto.Message))
			_ = grpc.SetHeader(ctx, metadata.Pairs("x-request-id", "r-1", "x-secret", "no"))
			_ = grpc.SetTrailer(ctx, metadata.Pairs("x-secret-too", "no"))
			if s.fail != nil {
				return nil, s.fail
			}
			return next(ctx, req)
		}))
	imprimaturv1.RegisterPostServiceServer(srv, s)
	imprimaturv1.RegisterMediaServiceServer(srv, s)
	imprimaturv1.RegisterUploadServiceServer(srv, s)
	go srv.Serve(listener)
	t.Cleanup(srv.Stop)
	conn, err := grpc.NewClient("passthrough:///gateway",
		grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) { return listener.Dial() }),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func (s *server) note(ctx context.Context, req proto.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	s.request = req
	s.metadata, _ = metadata.FromIncomingContext(ctx)
	s.deadline, _ = ctx.Deadline()
}

// noted returns what the last call brought.
func (s *server) noted() (proto.Message, metadata.MD, time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.request, s.metadata, s.deadline
}

func (s *server) called() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

func (s *server) GetPost(_ context.Context, req *imprimaturv1.GetPostRequest) (*imprimaturv1.Post, error) {
	return &imprimaturv1.Post{
		Name:       req.GetName(),
		State:      imprimaturv1.Post_IN_REVIEW,
		CreateTime: timestamppb.New(time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)),
	}, nil
}

func (s *server) ListPosts(context.Context, *imprimaturv1.ListPostsRequest) (*imprimaturv1.ListPostsResponse, error) {
	return &imprimaturv1.ListPostsResponse{}, nil
}

func (s *server) CreatePost(_ context.Context, req *imprimaturv1.CreatePostRequest) (*imprimaturv1.Post, error) {
	return req.GetPost(), nil
}

func (s *server) UpdatePost(_ context.Context, req *imprimaturv1.UpdatePostRequest) (*imprimaturv1.Post, error) {
	return req.GetPost(), nil
}

func (s *server) SubmitPost(_ context.Context, req *imprimaturv1.SubmitPostRequest) (*imprimaturv1.Post, error) {
	return &imprimaturv1.Post{Name: req.GetName(), Digest: req.GetDigest()}, nil
}

func (s *server) DownloadMedia(_ context.Context, req *imprimaturv1.DownloadMediaRequest) (*httpbody.HttpBody, error) {
	if s.part == 0 {
		return s.picture, nil
	}
	about, err := anypb.New(&imprimaturv1.Media{Name: req.GetName(), SizeBytes: int64(len(s.picture.GetData()))})
	rest := s.picture.GetData()[req.GetOffset():]
	return &httpbody.HttpBody{
		ContentType: s.picture.GetContentType(), Data: rest[:min(s.part, len(rest))], Extensions: []*anypb.Any{about},
	}, err
}

func (s *server) AppendUpload(_ context.Context, req *imprimaturv1.AppendUploadRequest) (*imprimaturv1.Upload, error) {
	return &imprimaturv1.Upload{Name: req.GetName(), Offset: req.GetOffset() + int64(len(req.GetData()))}, nil
}

func (s *server) UploadMedia(in grpc.ClientStreamingServer[imprimaturv1.UploadMediaRequest, imprimaturv1.Media]) error {
	_ = in.SetHeader(metadata.Pairs("x-request-id", "r-2"))
	for first := true; ; first = false {
		part, err := in.Recv()
		if err == io.EOF {
			return in.SendAndClose(&imprimaturv1.Media{Name: "workspaces/acme/media/x", SizeBytes: int64(len(s.data))})
		}
		if err != nil {
			return err
		}
		if first {
			s.note(in.Context(), part)
		}
		if s.refuseEarly != nil {
			return s.refuseEarly
		}
		s.mu.Lock()
		s.parts = append(s.parts, len(part.GetData()))
		s.data = append(s.data, part.GetData()...)
		s.mu.Unlock()
	}
}

// client calls the gateway.
type client struct {
	t   *testing.T
	url string
}

// response is an answer that was read.
type response struct {
	status int
	header http.Header
	body   string
	error  failure
}

// failure is the shape of an error.
type failure struct {
	Code    int              `json:"code"`
	Status  string           `json:"status"`
	Message string           `json:"message"`
	Details []map[string]any `json:"details"`
}

// reason is the machine word of the first detail.
func (f failure) reason() string {
	if len(f.Details) == 0 {
		return ""
	}
	word, _ := f.Details[0]["reason"].(string)
	return word
}

// field is the first field that is to blame.
func (f failure) field() string {
	for _, d := range f.Details {
		if list, ok := d["fieldViolations"].([]any); ok && len(list) > 0 {
			name, _ := list[0].(map[string]any)["field"].(string)
			return name
		}
	}
	return ""
}

func (c *client) do(method, path, body string, headers ...string) response {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return c.send(req)
}

func (c *client) send(req *http.Request) response {
	c.t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	r := response{status: res.StatusCode, header: res.Header, body: string(text)}
	if res.StatusCode >= 400 && req.Method != http.MethodHead {
		var shape struct {
			Error failure `json:"error"`
		}
		if err := json.Unmarshal(text, &shape); err != nil {
			c.t.Fatalf("%s %s: %v in %s", req.Method, req.URL, err, text)
		}
		r.error = shape.Error
		c.checkShape(r)
	}
	return r
}

// checkShape holds for every error, whoever made it.
func (c *client) checkShape(r response) {
	c.t.Helper()
	if r.error.Code != r.status || r.error.Status == "" || r.error.Message == "" || r.error.reason() == "" {
		c.t.Errorf("status %d with error %+v", r.status, r.error)
	}
	if r.error.Details[0]["@type"] != "type.googleapis.com/google.rpc.ErrorInfo" || r.error.Details[0]["domain"] != "imprimatur.dev" {
		c.t.Errorf("the first detail is %v", r.error.Details[0])
	}
	if strings.Contains(r.body, ":null") || strings.Contains(r.body, "proto:") {
		c.t.Errorf("not for people: %s", r.body)
	}
	if r.header.Get("Content-Type") != "application/json" || r.header.Get("X-Content-Type-Options") != "nosniff" {
		c.t.Errorf("headers %v", r.header)
	}
}
