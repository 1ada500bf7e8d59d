package grpcapi

import (
	"context"
	"errors"
	"io"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// pointed is an otherwise empty request of a method that names something in a
// workspace.
func pointed(r *rule, name string) proto.Message {
	req := r.input.New()
	message := req
	for i, fd := range r.target {
		if i == len(r.target)-1 {
			message.Set(fd, protoreflect.ValueOfString(name))
			break
		}
		message = message.Mutable(fd).Message()
	}
	return req.Interface()
}

// invoke calls any method of ours, streaming or not.
func (d *door) invoke(ctx context.Context, md protoreflect.MethodDescriptor, req proto.Message) error {
	method := readRule(md).method
	reply := dynamicpb.NewMessage(md.Output())
	if !md.IsStreamingClient() && !md.IsStreamingServer() {
		return d.conn.Invoke(ctx, method, req, reply)
	}
	stream, err := d.conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, method)
	if err != nil {
		return err
	}
	if err := stream.SendMsg(req); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return errors.Join(stream.CloseSend(), stream.RecvMsg(reply))
}

// Every method of the contract × every caller who may not: a new method is in the grid
// the moment it is in the contract. No use case stands behind this door, so whatever
// passes the chain panics and fails the test.
func TestNobodyGetsPastTheChain(t *testing.T) {
	t.Parallel()
	d := openDoor(t, (&Server{}).Register)
	eachMethod(func(md protoreflect.MethodDescriptor) {
		r := readRule(md)
		if r.access == imprimaturv1.Access_ACCESS_PUBLIC {
			return
		}
		inside, outside := pointed(r, "workspaces/acme/x"), pointed(r, "workspaces/globex/x")
		for _, c := range []struct {
			who    string
			token  string
			req    proto.Message
			code   codes.Code
			reason string
		}{
			{"nobody", "", inside, codes.Unauthenticated, "CREDENTIAL_MISSING"},
			{"a stranger's token", "Bearer x", inside, codes.Unauthenticated, "SESSION_UNKNOWN"},
			{"another workspace", globexToken, inside, codes.NotFound, "WORKSPACE_NOT_FOUND"},
			{"another workspace's name", anaToken, outside, codes.NotFound, "WORKSPACE_NOT_FOUND"},
			{"who may nothing", powerlessToken, inside, codes.PermissionDenied, "PERMISSION_DENIED"},
			{"who may nothing, malformed", powerlessToken, pointed(r, "nonsense"), codes.PermissionDenied, "PERMISSION_DENIED"},
		} {
			got := refusalOf(t, d.invoke(d.as(c.token), md, c.req))
			if got.code != c.code || got.info.GetReason() != c.reason {
				t.Errorf("%s by %s: %s %s (%s)", md.FullName(), c.who, got.code, got.info.GetReason(), got.message)
			}
		}
		if r.access == imprimaturv1.Access_ACCESS_SESSION {
			got := refusalOf(t, d.invoke(d.as(keyToken), md, inside))
			if got.code != codes.PermissionDenied || got.info.GetReason() != "SESSION_REQUIRED" {
				t.Errorf("%s by a key: %s %s", md.FullName(), got.code, got.info.GetReason())
			}
		}
	})
}

// Whoever may do everything still cannot send a malformed request to a use case.
func TestNothingMalformedGetsPastTheChain(t *testing.T) {
	t.Parallel()
	d := openDoor(t, (&Server{}).Register)
	eachMethod(func(md protoreflect.MethodDescriptor) {
		r := readRule(md)
		for _, name := range []string{"", "nonsense", "workspaces/acme/x", "workspaces/acme/../globex", "workspaces/acme/posts/-/reviews/-"} {
			if r.target == nil && name != "" {
				continue
			}
			got := refusalOf(t, d.invoke(d.as(almightyToken), md, pointed(r, name)))
			if got.code != codes.InvalidArgument || got.info.GetReason() != fieldInvalid || len(got.bad.GetFieldViolations()) == 0 {
				t.Errorf("%s with the name %q: %s %s (%s)", md.FullName(), name, got.code, got.info.GetReason(), got.message)
			}
		}
	})
}

// The input and output types of every method are linked into the binary.
func TestMessageTypesAreKnown(t *testing.T) {
	t.Parallel()
	eachMethod(func(md protoreflect.MethodDescriptor) {
		if _, err := protoregistry.GlobalTypes.FindMessageByName(md.Output().FullName()); err != nil {
			t.Errorf("%s: %v", md.FullName(), err)
		}
	})
}
