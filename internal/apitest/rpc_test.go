package apitest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// object is JSON as package json reads it.
type object = map[string]any

// rpcs are all methods of the contract by their simple names, which no two share.
var rpcs = func() map[string]protoreflect.MethodDescriptor {
	all := make(map[string]protoreflect.MethodDescriptor)
	pkg := imprimaturv1.File_imprimatur_v1_post_service_proto.Package()
	protoregistry.GlobalFiles.RangeFilesByPackage(pkg, func(f protoreflect.FileDescriptor) bool {
		for i := range f.Services().Len() {
			methods := f.Services().Get(i).Methods()
			for j := range methods.Len() {
				m := methods.Get(j)
				if all[string(m.Name())] != nil {
					panic("two methods are called " + m.Name())
				}
				all[string(m.Name())] = m
			}
		}
		return true
	})
	return all
}()

// rpcNames lists the methods in order.
func rpcNames() []string { return slices.Sorted(maps.Keys(rpcs)) }

// answer is what became of a call, the same through either door.
type answer struct {
	// code is the name of the gRPC code, "OK" included.
	code string
	// http is the status of REST, 0 through gRPC.
	http   int
	reason string
	// field is the first field an error blames.
	field string
	// meta is what the error's ErrorInfo says besides.
	meta any
	// body is the answer's JSON, with unset texts, numbers and lists as REST writes them.
	body any
	// raw is everything that came over the wire, to be searched for what must not be there.
	raw string
}

// door is one way to call the service.
type door interface {
	// call calls a method with a request as protojson has it; fields that protojson does
	// not know fail the test on gRPC, which cannot send them.
	call(t testing.TB, token string, m protoreflect.MethodDescriptor, request object) answer
}

// grpcDoor calls through gRPC without generated code: by descriptors alone.
type grpcDoor struct{ conn *grpc.ClientConn }

func (d grpcDoor) call(t testing.TB, token string, m protoreflect.MethodDescriptor, request object) answer {
	t.Helper()
	data, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	message := dynamicpb.NewMessage(m.Input())
	if err := protojson.Unmarshal(data, message); err != nil {
		t.Fatalf("%s cannot be sent %s: %v", m.Name(), data, err)
	}
	return d.send(t, token, m, message)
}

// send calls a method with a message.
func (d grpcDoor) send(t testing.TB, token string, m protoreflect.MethodDescriptor, message proto.Message) answer {
	t.Helper()
	ctx := t.Context()
	if token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
	}
	return d.answered(t, ctx, m, message)
}

func (d grpcDoor) answered(t testing.TB, ctx context.Context, m protoreflect.MethodDescriptor, message proto.Message) answer {
	t.Helper()
	reply := dynamicpb.NewMessage(m.Output())
	method := "/" + string(m.Parent().FullName()) + "/" + string(m.Name())
	var err error
	switch {
	case m.IsStreamingClient():
		err = d.stream(ctx, method, message.ProtoReflect(), reply)
	case m.IsStreamingServer():
		err = d.gathered(ctx, m, message, reply)
	default:
		err = d.conn.Invoke(ctx, method, message, reply)
	}
	if err != nil {
		return refused(err)
	}
	out := answer{code: "OK", body: jsonOf(t, reply)}
	out.raw = text(out.body)
	return out
}

// chunk is how much of a picture one message carries.
const chunk = 64 << 10

// stream sends a picture in parts; only the first names the workspace.
func (d grpcDoor) stream(ctx context.Context, method string, whole protoreflect.Message, reply proto.Message) error {
	stream, err := d.conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true}, method)
	if err != nil {
		return err
	}
	field := whole.Descriptor().Fields().ByName("data")
	data := whole.Get(field).Bytes()
	for {
		n := min(len(data), chunk)
		whole.Set(field, protoreflect.ValueOfBytes(data[:n]))
		if err := stream.SendMsg(whole.Interface()); err != nil {
			if errors.Is(err, io.EOF) {
				break
			}
			return err
		}
		if data = data[n:]; len(data) == 0 {
			break
		}
		whole.Clear(whole.Descriptor().Fields().ByName("parent"))
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	return stream.RecvMsg(reply)
}

// refused reads a gRPC error.
func refused(err error) answer {
	s := status.Convert(err)
	a := answer{code: code.Code(s.Code()).String(), raw: s.Proto().String()}
	for _, d := range s.Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			a.reason = d.GetReason()
			meta := object{}
			for k, v := range d.GetMetadata() {
				meta[k] = v
			}
			a.meta = meta
			if a.field == "" {
				a.field = d.GetMetadata()["field"]
			}
		case *errdetails.BadRequest:
			a.field = d.GetFieldViolations()[0].GetField()
		}
	}
	return a
}

// jsonOf is a message as REST writes it.
func jsonOf(t testing.TB, m proto.Message) any {
	t.Helper()
	data, err := protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// httpOf is the status REST has for a code, unless a test says otherwise.
var httpOf = map[string]int{
	"OK": 200, "INVALID_ARGUMENT": 400, "FAILED_PRECONDITION": 400, "UNAUTHENTICATED": 401, "PERMISSION_DENIED": 403,
	"NOT_FOUND": 404, "ALREADY_EXISTS": 409, "ABORTED": 409, "RESOURCE_EXHAUSTED": 429, "UNIMPLEMENTED": 501,
	"UNAVAILABLE": 503,
}

func encoded(data []byte) string { return base64.StdEncoding.EncodeToString(data) }
