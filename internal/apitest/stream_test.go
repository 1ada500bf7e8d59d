package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// A method that streams is answered by what its messages say together until the first that
// says it is current; then the caller leaves.

// isCurrent tells whether a message is the last that an answer waits for.
func isCurrent(m proto.Message) bool {
	r := m.ProtoReflect()
	fd := r.Descriptor().Fields().ByName("current")
	return fd == nil || r.Get(fd).Bool()
}

// gather merges messages until the current one.
func gather(out protoreflect.MessageDescriptor, next func(proto.Message) error) (proto.Message, error) {
	all := dynamicpb.NewMessage(out)
	for {
		one := dynamicpb.NewMessage(out)
		if err := next(one); err != nil {
			return nil, err
		}
		fold(all, one)
		if isCurrent(one) {
			return all, nil
		}
	}
}

// fold takes a message as a client does: of what comes twice the later counts.
func fold(all, one protoreflect.Message) {
	changed := all.Descriptor().Fields().ByName("changed")
	name := changed.Message().Fields().ByName("name")
	again := make(map[string]bool)
	for list, i := one.Get(changed).List(), 0; i < list.Len(); i++ {
		again[list.Get(i).Message().Get(name).String()] = true
	}
	before := all.Get(changed).List()
	kept := all.NewField(changed)
	for i := range before.Len() {
		if m := before.Get(i); !again[m.Message().Get(name).String()] {
			kept.List().Append(m)
		}
	}
	all.Set(changed, kept)
	proto.Merge(all.Interface(), one.Interface())
}

// follow opens a stream of the server's messages.
func (d grpcDoor) follow(ctx context.Context, m protoreflect.MethodDescriptor, request proto.Message) (grpc.ClientStream, error) {
	method := "/" + string(m.Parent().FullName()) + "/" + string(m.Name())
	stream, err := d.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, method)
	if err != nil {
		return nil, err
	}
	if err := stream.SendMsg(request); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return stream, stream.CloseSend()
}

// gathered calls a method that streams.
func (d grpcDoor) gathered(ctx context.Context, m protoreflect.MethodDescriptor, request, reply proto.Message) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := d.follow(ctx, m, request)
	if err != nil {
		return err
	}
	all, err := gather(m.Output(), func(one proto.Message) error { return stream.RecvMsg(one) })
	if err == nil {
		proto.Merge(reply, all)
	}
	return err
}

// gatherLines reads a stream as REST writes it, and returns it as one answer of the method.
func gatherLines(t testing.TB, m protoreflect.MethodDescriptor, response *http.Response) []byte {
	t.Helper()
	if kind := response.Header.Get("Content-Type"); kind != "application/x-ndjson" {
		t.Errorf("%s answers %q", m.Name(), kind)
	}
	lines := json.NewDecoder(response.Body)
	all, err := gather(m.Output(), func(one proto.Message) error {
		var line struct{ Result, Error json.RawMessage }
		if err := lines.Decode(&line); err != nil {
			return err
		}
		if line.Error != nil {
			return errors.New(string(line.Error))
		}
		return protojson.Unmarshal(line.Result, one)
	})
	if err != nil {
		t.Fatalf("%s: %v", m.Name(), err)
	}
	data, err := protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSpace(data)
}
