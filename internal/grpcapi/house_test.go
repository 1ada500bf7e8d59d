package grpcapi

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"log/slog"
	"net"
	"strings"
	"testing"

	"buf.build/go/protovalidate"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/media"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// lodge is the whole door before a furnished house. A credential is the person's id, or
// "key:" and the id of who answers for the key.
type lodge struct {
	*workflowtest.House
	t         *testing.T
	conn      *grpc.ClientConn
	posts     imprimaturv1.PostServiceClient
	library   imprimaturv1.LibraryServiceClient
	reviews   imprimaturv1.ReviewServiceClient
	members   imprimaturv1.MemberServiceClient
	holds     imprimaturv1.HoldServiceClient
	sent      imprimaturv1.PublicationServiceClient
	validator protovalidate.Validator
}

func (l *lodge) Authenticate(_ context.Context, authorization string) (Principal, error) {
	token := strings.TrimPrefix(authorization, "Bearer ")
	owner, isKey := strings.CutPrefix(token, "key:")
	call := l.As(advocacy.PersonID(owner))
	if isKey {
		call = l.AsKey(advocacy.PersonID(owner))
	}
	return Principal{Actor: call.Actor, DisplayName: "Somebody", Language: "en", CreateTime: workflowtest.Start, ExpireTime: workflowtest.Start}, nil
}

func (l *lodge) Allow(_ context.Context, p Principal, permission advocacy.Permission) error {
	if l.As(p.Actor.Person).May(permission) {
		return nil
	}
	return advocacy.Deny("PERMISSION_DENIED", "this needs %s", permission)
}

func (l *lodge) Permissions(ctx context.Context, p Principal) ([]advocacy.Permission, error) {
	var all []advocacy.Permission
	for _, permission := range l.Flow.Permissions {
		if l.Allow(ctx, p, permission) == nil {
			all = append(all, permission)
		}
	}
	return all, nil
}

func openLodge(t *testing.T) *lodge {
	t.Helper()
	l := &lodge{House: workflowtest.New(t), t: t}
	l.validator = need(protovalidate.New())(t)
	server := need(NewGRPCServer(Options{
		Authenticator: l, Authorizer: l, Logger: slog.New(slog.DiscardHandler), NewID: uuid.NewString,
	}))(t)
	(&Server{Flow: l.Flow, Accept: func(data []byte) (workflow.Accepted, error) {
		p, err := media.Accept(data)
		return workflow.Accepted{Blob: p.Digest, ContentType: p.ContentType, Width: p.Width, Height: p.Height, Data: p.Bytes}, err
	}}).Register(server)
	listener := bufconn.Listen(1 << 20)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	l.conn = need(grpc.NewClient("passthrough:///lodge",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }),
		grpc.WithUnaryInterceptor(l.keepsContract), grpc.WithTransportCredentials(insecure.NewCredentials())))(t)
	t.Cleanup(func() { _ = l.conn.Close() })
	l.posts, l.library = imprimaturv1.NewPostServiceClient(l.conn), imprimaturv1.NewLibraryServiceClient(l.conn)
	l.reviews, l.members = imprimaturv1.NewReviewServiceClient(l.conn), imprimaturv1.NewMemberServiceClient(l.conn)
	l.holds, l.sent = imprimaturv1.NewHoldServiceClient(l.conn), imprimaturv1.NewPublicationServiceClient(l.conn)
	return l
}

// keepsContract holds every answer against the rules of its own message.
func (l *lodge) keepsContract(
	ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption,
) error {
	err := invoke(ctx, method, req, reply, cc, opts...)
	if message, ok := reply.(proto.Message); ok && err == nil {
		if err := l.validator.Validate(message); err != nil {
			l.t.Errorf("the answer of %s breaks the contract: %v", method, err)
		}
	}
	return err
}

// as is a context of a person's call.
func (l *lodge) as(p advocacy.PersonID) context.Context {
	return metadata.AppendToOutgoingContext(l.t.Context(), authorizationKey, "Bearer "+string(p))
}

// need returns the answer of a call that must succeed.
func need[T any](answer T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatalf("%v\n%v", err, refusalOf(t, err))
		}
		return answer
	}
}

// draft is a post for the brand's wall.
func (l *lodge) draft(text string) *imprimaturv1.Post {
	return &imprimaturv1.Post{
		Content: &imprimaturv1.Content{Language: "en", Text: text}, SocialAccounts: []string{acme.account(l.Wall)},
	}
}

// signed submits a post, lets legal and PR sign it, and returns it.
func (l *lodge) signed(post *imprimaturv1.Post) *imprimaturv1.Post {
	l.t.Helper()
	post = need(l.posts.SubmitPost(l.as(l.Author), &imprimaturv1.SubmitPostRequest{Name: post.GetName(), Digest: post.GetDigest(), Etag: post.GetEtag()}))(l.t)
	for person, requirement := range map[advocacy.PersonID]string{l.Legal: "legal", l.PR: "pr"} {
		l.approve(person, post.GetReview(), post.GetDigest(), requirement)
	}
	return need(l.posts.GetPost(l.as(l.Author), &imprimaturv1.GetPostRequest{Name: post.GetName()}))(l.t)
}

func (l *lodge) approve(who advocacy.PersonID, review, digest, requirement string) *imprimaturv1.DecideResponse {
	l.t.Helper()
	r := need(l.reviews.ViewReview(l.as(who), &imprimaturv1.ViewReviewRequest{Name: review}))(l.t)
	return need(l.reviews.Decide(l.as(who), &imprimaturv1.DecideRequest{
		Name: review, Verdict: imprimaturv1.Verdict_VERDICT_APPROVE, Requirement: requirement, Digest: digest, Etag: r.GetEtag(), RequestId: uuid.NewString(),
	}))(l.t)
}

// picture is a small PNG.
func picture(t testing.TB) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, image.NewRGBA(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
