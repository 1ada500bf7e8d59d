// Package hostiletest is an API all of whose texts were written by somebody who means harm to who reads
// them. It answers every call of the contract, and knows nothing of pages.
//
// The rule that keeps it so: what it says is made from the descriptors of the contract, so that a field
// which comes later is hostile as well.
package hostiletest

import (
	"context"
	"io"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// Payloads are texts that have turned pages against their readers. An element or attribute called
// hostile is one of theirs.
var Payloads = []string{
	`"><script hostile>alert(1)</script>`, `'"><img hostile src=x onerror=alert(1)>`, `</textarea></title></style></script><svg hostile onload=alert(1)>`,
	`javascript:alert(1)//hostile`, `JaVa` + "\t" + `script:alert(1)`, `data:text/html,<script hostile>1</script>`, `" autofocus onfocus=alert(1) hostile="`,
	`{{.Hostile}} ${alert(1)}`, `<!--<img hostile src="--><img hostile src=x>`, `//evil.example/x`, "\u202e\u200b<hostile>\x00",
}

// API says one text in every field. Each list has two entries, everything that can be said is said, and
// everything is permitted.
type API struct {
	Text string
	// States chooses among the words of a list, and among the ways to refuse.
	States int
	// Refuses has every call that changes something refused, in words as hostile as the rest.
	Refuses bool
	// Changed is told of every call that changes something, nil for nobody.
	Changed func(method string)
}

// Invoke answers one call.
func (a API) Invoke(_ context.Context, method string, in, out any, _ ...grpc.CallOption) error {
	if changes(method) {
		if a.Changed != nil {
			a.Changed(method)
		}
		if a.Refuses {
			return a.refusal()
		}
	}
	m := out.(proto.Message).ProtoReflect()
	a.fill(m, 0)
	// A list has a second page and ends there.
	asked, token := in.(proto.Message).ProtoReflect(), m.Descriptor().Fields().ByName("next_page_token")
	if field := asked.Descriptor().Fields().ByName("page_token"); token != nil && field != nil && asked.Get(field).String() != "" {
		m.Clear(token)
	}
	switch filled := out.(type) {
	case *imprimaturv1.Session:
		filled.Permissions, filled.Roles = everyPermission, []string{a.Text, "approver:legal"}
	case *imprimaturv1.Workspace:
		filled.TimeZone = "Europe/Paris"
	}
	return nil
}

// NewStream is a stream that ends.
func (API) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, io.EOF
}

// changes tells whether a method changes anything; what the contract does not know is taken to.
func changes(method string) bool {
	d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(strings.Replace(strings.TrimPrefix(method, "/"), "/", ".", 1)))
	if err != nil {
		return true
	}
	audited, known := proto.GetExtension(d.Options(), imprimaturv1.E_Audit).(bool)
	return !known || audited
}

// refusal is what somebody is told whose call is refused.
func (a API) refusal() error {
	ways := []codes.Code{codes.InvalidArgument, codes.FailedPrecondition, codes.Aborted, codes.AlreadyExists, codes.PermissionDenied, codes.NotFound}
	told := &spb.Status{Code: int32(ways[a.States%len(ways)]), Message: a.Text}
	for _, m := range []proto.Message{
		&errdetails.ErrorInfo{Reason: a.Text, Domain: a.Text, Metadata: map[string]string{"field": a.Text, "line": a.Text}},
		&errdetails.LocalizedMessage{Locale: a.Text, Message: a.Text},
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{{Field: a.Text, Description: a.Text, Reason: a.Text}}},
		&errdetails.PreconditionFailure{Violations: []*errdetails.PreconditionFailure_Violation{{Type: a.Text, Subject: a.Text, Description: a.Text}}},
	} {
		detail, err := anypb.New(m)
		if err != nil {
			return err
		}
		told.Details = append(told.Details, detail)
	}
	return status.ErrorProto(told)
}

// everyPermission is all that the pages ask for.
var everyPermission = strings.Fields("accounts.attest accounts.connect accounts.create accounts.read accounts.update audit.read cases.close cases.read " +
	"delegations.create delegations.read absences.create absences.read calendars.read calendars.update feeds.read feeds.update guidelines.read guidelines.publish " +
	"holds.create holds.read holds.release items.create items.read items.share items.submit items.transfer items.update items.withdraw keys.create keys.read keys.revoke " +
	"lexicons.read lexicons.publish disclosures.read disclosures.publish media.create media.read members.create members.declare members.disable members.invite members.merge " +
	"members.read members.update policies.activate policies.create policies.read policies.simulate posts.create posts.preview posts.read posts.readall posts.recall posts.submit " +
	"posts.update posts.withdraw proposals.answer proposals.create proposals.read proposals.readall publications.resolve recalls.create recalls.read reviews.decide reviews.read " +
	"reviews.reroute reviews.retract roles.read roles.update tasks.read tasks.reassign tasks.snooze threads.create threads.read topics.create topics.join topics.read topics.update workspaces.read workspaces.update")

// fill writes the text into everything, some levels deep.
func (a API) fill(m protoreflect.Message, depth int) {
	if moment, is := m.Interface().(*timestamppb.Timestamp); is {
		proto.Merge(moment, timestamppb.New(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)))
		return
	}
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if choice := f.ContainingOneof(); choice != nil && choice.Fields().Get(a.States%choice.Fields().Len()) != f {
			continue
		}
		switch {
		case f.IsMap():
			if key, value := f.MapKey(), f.MapValue(); value.Message() == nil {
				m.Mutable(f).Map().Set(a.value(key).MapKey(), a.value(value))
			}
		case f.IsList():
			list := m.Mutable(f).List()
			for range 2 {
				if f.Message() == nil {
					list.Append(a.value(f))
				} else if depth < 6 {
					a.fill(list.AppendMutable().Message(), depth+1)
				}
			}
		case f.Message() != nil:
			if depth < 6 {
				a.fill(m.Mutable(f).Message(), depth+1)
			}
		default:
			m.Set(f, a.value(f))
		}
	}
}

func (a API) value(f protoreflect.FieldDescriptor) protoreflect.Value {
	switch f.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(a.Text)
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(a.Text))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.EnumKind:
		values := f.Enum().Values()
		return protoreflect.ValueOfEnum(values.Get(1 + a.States%max(values.Len()-1, 1)).Number())
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return protoreflect.ValueOfInt64(3)
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(3)
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return protoreflect.ValueOfUint64(3)
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(3)
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32(3)
	default:
		return protoreflect.ValueOfInt32(3)
	}
}
