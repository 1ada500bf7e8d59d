package grpcapi

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // the codec that is wrapped
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// wireCodec reads messages as gRPC does. What cannot be read comes through as an empty
// message with a mark in it: gRPC would answer INTERNAL by itself, before the chain knows
// of the call, and blame nothing.
type wireCodec struct{ encoding.CodecV2 }

func newWireCodec() wireCodec { return wireCodec{encoding.GetCodecV2("proto")} }

// unreadableMark is the field in which a message carries why it could not be read. No
// message of ours has a field of this number; a client that sends one refuses itself.
const unreadableMark protowire.Number = 536_870_911

// Unmarshal reads a message or marks it.
func (c wireCodec) Unmarshal(data mem.BufferSlice, v any) error {
	err := c.CodecV2.Unmarshal(data, v)
	m, ok := v.(proto.Message)
	if err == nil || !ok {
		return err
	}
	field := damagedText(data.Materialize(), m.ProtoReflect().Descriptor())
	proto.Reset(m)
	m.ProtoReflect().SetUnknown(protowire.AppendString(protowire.AppendTag(nil, unreadableMark, protowire.BytesType), field))
	return nil
}

// unreadable returns why a message could not be read, nil when it could.
func unreadable(m proto.Message) error {
	rest := m.ProtoReflect().GetUnknown()
	for len(rest) > 0 {
		number, kind, n := protowire.ConsumeTag(rest)
		size := protowire.ConsumeFieldValue(number, kind, rest[max(n, 0):])
		if n < 0 || size < 0 {
			return nil
		}
		if number == unreadableMark && kind == protowire.BytesType {
			field, _ := protowire.ConsumeString(rest[n:])
			return unreadableAt(strings.ToValidUTF8(field, "?"))
		}
		rest = rest[n+size:]
	}
	return nil
}

func unreadableAt(field string) error {
	if field == "" {
		return advocacy.InvalidField("", "INVALID_REQUEST", "the message cannot be read: it is no message of this method")
	}
	return advocacy.InvalidField(field, "INVALID_UTF8", "%s is not valid UTF-8", field)
}

// damagedText finds the first text of a message that is not UTF-8, "" when there is none.
func damagedText(data []byte, d protoreflect.MessageDescriptor) string {
	seen := make(map[protowire.Number]int)
	for len(data) > 0 {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			return ""
		}
		data = data[n:]
		size := protowire.ConsumeFieldValue(number, kind, data)
		if size < 0 {
			return ""
		}
		if fd := d.Fields().ByNumber(number); fd != nil && kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(data)
			if path := damagedField(value, fd, seen[number]); path != "" {
				return path
			}
		}
		seen[number]++
		data = data[size:]
	}
	return ""
}

func damagedField(value []byte, fd protoreflect.FieldDescriptor, index int) string {
	name := string(fd.Name())
	if fd.IsList() {
		name += "[" + strconv.Itoa(index) + "]"
	}
	switch {
	case fd.Kind() == protoreflect.StringKind && !utf8.Valid(value):
		return name
	case fd.Kind() == protoreflect.MessageKind:
		if below := damagedText(value, fd.Message()); below != "" {
			return name + "." + below
		}
	}
	return ""
}
