package web

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// door is the public API as far as one route needs it: every call that only reads, and of those
// that change something the ones the route names. So a page that is merely opened changes
// nothing, whatever its code does, and what a button can do is written beside its address.
type door struct {
	grpc.ClientConnInterface
	route *route
}

func (d door) Invoke(ctx context.Context, method string, in, out any, opts ...grpc.CallOption) error {
	if err := d.route.allows(method); err != nil {
		return err
	}
	return d.ClientConnInterface.Invoke(ctx, method, in, out, opts...)
}

func (d door) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	if err := d.route.allows(method); err != nil {
		return nil, err
	}
	return d.ClientConnInterface.NewStream(ctx, desc, method, opts...)
}

// allows tells whether a route may make a call.
func (t *route) allows(method string) error {
	short := strings.TrimPrefix(method, "/imprimatur.v1.")
	for _, named := range t.calls {
		if named == short {
			return nil
		}
	}
	if changes(short) {
		return fmt.Errorf("%s does not say that it calls %s", t.pattern, short)
	}
	return nil
}

// changes tells whether a method, such as "PostService/SubmitPost", changes anything; of one that
// the contract does not know it is taken for granted.
func changes(method string) bool {
	d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName("imprimatur.v1." + strings.Replace(method, "/", ".", 1)))
	if err != nil {
		return true
	}
	audited, known := proto.GetExtension(d.Options(), imprimaturv1.E_Audit).(bool)
	return !known || audited
}
