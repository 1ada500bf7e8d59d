package grpcapi

import (
	"context"

	"buf.build/go/protovalidate"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// guard lets a call in, or not. Who may call is settled before anything is said about
// the request, so that a stranger learns nothing from the answer.
type guard struct {
	authenticator Authenticator
	authorizer    Authorizer
	validator     protovalidate.Validator
}

// identify proves who calls and that the kind of credential is the one the method asks
// for.
func (g *guard) identify(ctx context.Context, t *trip, md metadata.MD) error {
	if t.rule.missing != "" {
		return errIncomplete(t.rule)
	}
	if t.rule.access == imprimaturv1.Access_ACCESS_PUBLIC {
		return nil
	}
	values := md.Get(authorizationKey)
	switch {
	case len(values) == 0 || values[0] == "":
		return unauthenticated("CREDENTIAL_MISSING", "sign in, or send an API key")
	case len(values) > 1:
		return unauthenticated("CREDENTIAL_AMBIGUOUS", "send one credential")
	}
	p, err := g.authenticator.Authenticate(ctx, values[0])
	if err != nil {
		return err
	}
	t.principal = p
	// What the call asks for is nearer than what its person prefers.
	if !t.named && p.Language != "" {
		t.language = p.Language
	}
	return checkAccess(t.rule.access, p.Actor)
}

func unauthenticated(reason, message string) error {
	return &advocacy.Error{Kind: advocacy.Unauthenticated, Reason: reason, Message: message}
}

// checkAccess refuses the wrong kind of credential, and every kind it does not know.
func checkAccess(access imprimaturv1.Access, actor advocacy.Actor) error {
	session := actor.Kind == advocacy.Human && actor.Person != "" && actor.Key == ""
	key := actor.Kind == advocacy.Machine && actor.Key != ""
	switch {
	case actor.Workspace == "" || (!session && !key):
		return unauthenticated("CREDENTIAL_INVALID", "the credential proves nobody")
	case access == imprimaturv1.Access_ACCESS_SESSION && !session:
		return advocacy.Deny("SESSION_REQUIRED", "only a person who signed in may do this, an API key cannot")
	case access == imprimaturv1.Access_ACCESS_KEY && !key:
		return advocacy.Deny("KEY_REQUIRED", "only an API key may do this")
	default:
		return nil
	}
}

// admit checks one request of a caller who is known: the workspace, then the
// permission, then the form.
func (g *guard) admit(ctx context.Context, t *trip, req proto.Message) error {
	named := true
	if t.rule.access != imprimaturv1.Access_ACCESS_PUBLIC {
		var w advocacy.WorkspaceID
		w, named = workspaceOf(t.rule.name(req))
		if named && w != t.principal.Actor.Workspace {
			return advocacy.Missing("WORKSPACE_NOT_FOUND", "there is no such workspace, or it is not yours")
		}
		if err := g.authorizer.Allow(ctx, t.principal, t.rule.permission); err != nil {
			return err
		}
	}
	if err := g.validate(t.rule, req); err != nil {
		return err
	}
	if !named {
		return advocacy.InvalidField(t.rule.targetField, fieldInvalid, "%s must name something in a workspace", t.rule.targetField)
	}
	return nil
}

// fieldInvalid is the reason of every refusal of a request's form.
const fieldInvalid = "FIELD_INVALID"

// validate checks the form of a request. Of an update only what it changes is checked:
// what stays as it is need not be sent.
func (g *guard) validate(r *rule, req proto.Message) error {
	if err := unreadable(req); err != nil {
		return err
	}
	if r.resource == nil {
		return g.validator.Validate(req)
	}
	message := req.ProtoReflect()
	mask, _ := message.Get(message.Descriptor().Fields().ByName("update_mask")).Message().Interface().(*fieldmaskpb.FieldMask)
	named := make(changes)
	for _, path := range mask.GetPaths() {
		named[path] = true
	}
	return g.validator.Validate(req, protovalidate.WithFilter(updateFilter(r.resource.Message(), named)))
}

// updateFilter holds rules only for the fields an update names, and for those that say
// which resource in which version.
func updateFilter(resource protoreflect.MessageDescriptor, named changes) protovalidate.Filter {
	content := (*imprimaturv1.Content)(nil).ProtoReflect().Descriptor()
	return protovalidate.FilterFunc(func(m protoreflect.Message, d protoreflect.Descriptor) bool {
		fd, isField := d.(protoreflect.FieldDescriptor)
		if !isField {
			return true
		}
		name := string(fd.Name())
		switch m.Descriptor() {
		case resource:
			return name == "name" || name == "etag" || named.covers(name)
		case content:
			return named[contentPath] || named[contentPath+"."+name]
		default:
			return true
		}
	})
}
