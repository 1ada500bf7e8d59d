package grpcapi

import (
	"context"
	"regexp"
	"strings"
	"time"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// Principal is who calls, as the credential proved.
type Principal struct {
	// Actor is who acts; its Kind is Human for a session and Machine for a key.
	Actor advocacy.Actor
	// Scope is what a key may do at most: never nil for a key, nil for a session.
	Scope []advocacy.Permission
	// PolicyVersion is how old the workspace's roles may be at most, read with the
	// credential; the Authorizer needs it.
	PolicyVersion int64
	// DisplayName and Language are the person's; for a key, those of who answers for it.
	DisplayName string
	Language    string
	// CreateTime and ExpireTime are the session's or the key's.
	CreateTime time.Time
	ExpireTime time.Time
}

// Authenticator proves who sent a credential.
type Authenticator interface {
	// Authenticate returns whom the value of the authorization header proves, or an
	// advocacy.Error of kind Unauthenticated.
	Authenticate(ctx context.Context, authorization string) (Principal, error)
}

// Authorizer says what roles permit.
type Authorizer interface {
	// Allow returns nil when one of the principal's roles, and for a key its scope too,
	// gives the permission, and an advocacy.Error of kind Denied when not.
	Allow(ctx context.Context, p Principal, permission advocacy.Permission) error
	// Permissions lists everything Allow allows the principal, in order.
	Permissions(ctx context.Context, p Principal) ([]advocacy.Permission, error)
}

// trip is what is known of one call on its way through the chain.
type trip struct {
	requestID string
	method    string
	// rule is nil for the methods that are not ours.
	rule       *rule
	principal  Principal
	authorizer Authorizer
	// renew asks again who calls a stream that goes on, and whether that may; nil otherwise.
	renew    func(context.Context) error
	language string
	// named tells that the call itself names the language.
	named bool
	words Words
	// reason is the machine word of a refusal.
	reason string
	// cause is what an Internal answer hides, for the log.
	cause error
}

type tripKey struct{}

// tripOf returns the call's trip. The chain put it there; without one nothing is known
// and nothing is permitted.
func tripOf(ctx context.Context) *trip {
	if t, ok := ctx.Value(tripKey{}).(*trip); ok {
		return t
	}
	return &trip{}
}

func (t *trip) names() names { return names{workspace: t.principal.Actor.Workspace} }

// may tells whether the caller has a permission besides the method's own.
func (t *trip) may(ctx context.Context, p advocacy.Permission) bool {
	return t.authorizer != nil && t.authorizer.Allow(ctx, t.principal, p) == nil
}

// callOf translates who calls, and how to recognise a repetition, for the use cases.
func callOf(ctx context.Context, req proto.Message) workflow.Call {
	t := tripOf(ctx)
	call := workflow.Call{
		Actor:  t.principal.Actor,
		Method: t.method,
		May:    func(p advocacy.Permission) bool { return t.may(ctx, p) },
	}
	if r, ok := req.(interface{ GetRequestId() string }); ok && r.GetRequestId() != "" {
		call.RequestID = r.GetRequestId()
		call.Body = bodyOf(req)
	}
	return call
}

// bodyOf is the digest of what is asked, without the id of the asking.
func bodyOf(req proto.Message) advocacy.Digest {
	body := proto.Clone(req)
	message := body.ProtoReflect()
	if fd := message.Descriptor().Fields().ByName("request_id"); fd != nil {
		message.Clear(fd)
	}
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(body)
	if err != nil {
		// Impossible for a message that came over the wire; no digest equals no other call's.
		return advocacy.DigestOf([]byte(err.Error()))
	}
	return advocacy.DigestOf(data)
}

// Words returns the catalogue's words for a code in a language, "" when it has none.
type Words func(language, code string, args map[string]string) string

// say returns the words for a code in the caller's language, or the fallback.
func (t *trip) say(code string, args map[string]string, fallback string) string {
	if t.words != nil {
		if text := t.words(t.language, code, args); text != "" {
			return text
		}
	}
	return fallback
}

// plain makes a sentence of a code nobody has words for: "TEXT_TOO_LONG" says "Text too
// long."
func plain(code string) string {
	text := strings.ToLower(strings.ReplaceAll(code, "_", " "))
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// The only metadata that is read. Whatever else a client sends is not seen by anything
// behind the chain; above all no header says who somebody is.
const (
	authorizationKey = "authorization"
	requestIDKey     = "x-request-id"
	languageKey      = "accept-language"
)

var (
	saneRequestID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$`)
	firstLanguage = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?\b`)
)

const defaultLanguage = "en"

// requestIDOf returns the id the client gave the call if it is fit to be logged.
func requestIDOf(md metadata.MD) (string, bool) {
	ids := md.Get(requestIDKey)
	if len(ids) != 1 || !saneRequestID.MatchString(ids[0]) {
		return "", false
	}
	return ids[0], true
}

// languageOf returns the first language the client names, "" when it names none.
func languageOf(md metadata.MD) string {
	for _, value := range md.Get(languageKey) {
		if tag := firstLanguage.FindString(strings.TrimSpace(value)); tag != "" {
			return tag
		}
	}
	return ""
}
