package grpcapi

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// openMedia is a door whose Accept refuses everything and says how much it got.
func openMedia(t *testing.T) (*door, imprimaturv1.MediaServiceClient) {
	t.Helper()
	s := &Server{Accept: func(data []byte) (workflow.Accepted, error) {
		return workflow.Accepted{}, advocacy.InvalidField("data", "GOT", "got it").With("bytes", strconv.Itoa(len(data)))
	}}
	d := openDoor(t, func(g *grpc.Server) { imprimaturv1.RegisterMediaServiceServer(g, mediaService{Server: s}) })
	return d, imprimaturv1.NewMediaServiceClient(d.conn)
}

// upload sends parts and returns how it ended.
func upload(t *testing.T, client imprimaturv1.MediaServiceClient, ctx context.Context, parts ...*imprimaturv1.UploadMediaRequest) error {
	t.Helper()
	stream, err := client.UploadMedia(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		if err := stream.Send(part); err != nil {
			break
		}
	}
	_, err = stream.CloseAndRecv()
	return err
}

func part(parent string, size int) *imprimaturv1.UploadMediaRequest {
	return &imprimaturv1.UploadMediaRequest{Parent: parent, Data: bytes.Repeat([]byte{1}, size)}
}

const acmeName, mebi = "workspaces/acme", 1 << 20

func TestUploads(t *testing.T) {
	t.Parallel()
	d, client := openMedia(t)
	full := []*imprimaturv1.UploadMediaRequest{part(acmeName, mebi)}
	for range 19 {
		full = append(full, part("", mebi))
	}
	for name, c := range map[string]struct {
		token  string
		parts  []*imprimaturv1.UploadMediaRequest
		code   codes.Code
		reason string
		bytes  int
	}{
		"in parts":            {anaToken, []*imprimaturv1.UploadMediaRequest{part(acmeName, 3), part("", 4), part(acmeName, 5)}, codes.InvalidArgument, "GOT", 12},
		"at once":             {keyToken, []*imprimaturv1.UploadMediaRequest{part(acmeName, 7)}, codes.InvalidArgument, "GOT", 7},
		"nothing but a place": {anaToken, []*imprimaturv1.UploadMediaRequest{part(acmeName, 0)}, codes.InvalidArgument, "GOT", 0},
		"as much as may be":   {anaToken, full, codes.InvalidArgument, "GOT", 20 * mebi},
		"a byte too much":     {anaToken, append(full[:20:20], part("", 1)), codes.InvalidArgument, "MEDIA_TOO_LARGE", -1},
		"no message":          {anaToken, nil, codes.InvalidArgument, fieldInvalid, -1},
		"no place":            {anaToken, []*imprimaturv1.UploadMediaRequest{part("", 3)}, codes.InvalidArgument, fieldInvalid, -1},
		"a part too large":    {anaToken, []*imprimaturv1.UploadMediaRequest{part(acmeName, 3), part("", mebi+1)}, codes.InvalidArgument, fieldInvalid, -1},
		"first too large":     {anaToken, []*imprimaturv1.UploadMediaRequest{part(acmeName, mebi+1)}, codes.InvalidArgument, fieldInvalid, -1},
		"two places":          {anaToken, []*imprimaturv1.UploadMediaRequest{part(acmeName, 3), part("workspaces/globex", 3)}, codes.InvalidArgument, fieldInvalid, -1},
		"foreign place":       {anaToken, []*imprimaturv1.UploadMediaRequest{part("workspaces/globex", 3)}, codes.NotFound, "WORKSPACE_NOT_FOUND", -1},
		"no credential":       {"", []*imprimaturv1.UploadMediaRequest{part(acmeName, 3)}, codes.Unauthenticated, "CREDENTIAL_MISSING", -1},
	} {
		t.Run(name, func(t *testing.T) {
			got := wantRefusal(t, upload(t, client, d.as(c.token), c.parts...), c.code, c.reason)
			if c.bytes >= 0 && got.info.GetMetadata()["bytes"] != strconv.Itoa(c.bytes) {
				t.Errorf("got %v bytes, want %d", got.info.GetMetadata(), c.bytes)
			}
		})
	}
}

// gRPC itself answers for a message that is too large, before anything of ours.
func TestMessagesAreLimited(t *testing.T) {
	t.Parallel()
	d, client := openMedia(t)
	if err := upload(t, client, d.as(anaToken), part(acmeName, 5*mebi)); status.Code(err) != codes.ResourceExhausted {
		t.Errorf("got %v", err)
	}
}

// Who may not upload is told so by the first message; nothing more is read.
func TestUploadsAreAdmittedByTheirFirstMessage(t *testing.T) {
	t.Parallel()
	g := &guard{authenticator: tokens{anaToken: {Actor: ana}}, authorizer: grants{}}
	c := &chain{rules: readRules(), guard: g}
	const method = "/imprimatur.v1.MediaService/UploadMedia"
	in := &scripted{ctx: context.WithValue(t.Context(), tripKey{}, &trip{method: method, rule: c.rules[method]}), message: part(acmeName, 3)}
	in.ctx = withCredential(in.ctx, anaToken)
	err := c.admitStream(nil, in, &grpc.StreamServerInfo{FullMethod: method}, func(any, grpc.ServerStream) error {
		t.Error("the handler was called")
		return nil
	})
	if advocacy.ReasonOf(err) != "PERMISSION_DENIED" || in.read != 1 {
		t.Errorf("%v after %d messages", err, in.read)
	}
}

// A client that stops sending does not keep a call open beyond its time.
func TestSilentStreamsEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	never := make(chan struct{})
	defer close(never)
	s := &timedStream{ServerStream: &scripted{ctx: t.Context(), wait: never}, ctx: ctx}
	if err := s.RecvMsg(&imprimaturv1.UploadMediaRequest{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
