package grpcapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"buf.build/go/protovalidate"
	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/recovery"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

const (
	// maxMessage is the most one message may weigh; pictures come in parts.
	maxMessage = 4 << 20
	maxStreams = 100
	maxHeaders = 16 << 10
	// callTime is the longest a call may take, whatever its client would wait.
	callTime = 30 * time.Second
	// streamTime is the same for a stream, whose speed is the client's.
	streamTime = 2 * time.Minute
	// watchTime is the same for a stream that only the server sends, which ends by itself
	// before.
	watchTime   = 20 * time.Minute
	connectTime = 20 * time.Second
	idleTime    = 15 * time.Minute
	pingTime    = time.Minute
	minPingTime = 30 * time.Second
)

// exemptServices are gRPC's own, which anybody may call: is it up, what does it speak.
var exemptServices = map[string]bool{
	"grpc.health.v1.Health":                    true,
	"grpc.reflection.v1.ServerReflection":      true,
	"grpc.reflection.v1alpha.ServerReflection": true,
}

// Options are what the door needs to know who is at it.
type Options struct {
	Authenticator Authenticator
	Authorizer    Authorizer
	// Words may be nil: everybody is then spoken to in plain English.
	Words Words
	// Logger gets one line a call: method, code, duration and who, never what.
	Logger *slog.Logger
	// NewID makes the ids of calls that came without one.
	NewID func() string
	// Extra options come first, so that their interceptors and stats handlers see what the
	// client sees. They cannot loosen the limits, which are set after them.
	Extra []grpc.ServerOption
}

// NewGRPCServer returns a server that admits calls; Server.Register gives it its
// services.
func NewGRPCServer(o Options) (*grpc.Server, error) {
	if o.Authenticator == nil || o.Authorizer == nil || o.Logger == nil || o.NewID == nil {
		return nil, errors.New("grpcapi: Authenticator, Authorizer, Logger and NewID are required")
	}
	validator, err := protovalidate.New()
	if err != nil {
		return nil, fmt.Errorf("request validator: %w", err)
	}
	c := &chain{
		Options: o,
		rules:   readRules(),
		guard:   &guard{authenticator: o.Authenticator, authorizer: o.Authorizer, validator: validator},
	}
	recovered := recovery.WithRecoveryHandlerContext(c.recovered)
	options := append(o.Extra[:len(o.Extra):len(o.Extra)],
		grpc.ForceServerCodecV2(newWireCodec()),
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.MaxConcurrentStreams(maxStreams),
		grpc.MaxHeaderListSize(maxHeaders),
		grpc.ConnectionTimeout(connectTime),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: minPingTime, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: idleTime, Time: pingTime}),
		grpc.ChainUnaryInterceptor(c.beginUnary, recovery.UnaryServerInterceptor(recovered), c.refuseUnary, c.admitUnary),
		grpc.ChainStreamInterceptor(c.beginStream, recovery.StreamServerInterceptor(recovered), c.refuseStream, c.admitStream),
	)
	return grpc.NewServer(options...), nil
}

// chain is what a call passes before its handler: an id and a log line, recovery from
// panics, the error map, and the guard.
type chain struct {
	Options
	rules map[string]*rule
	guard *guard
}

// exempt tells whether a method belongs to one of the exempt services.
func exempt(method string) bool {
	service, _, found := strings.Cut(strings.TrimPrefix(method, "/"), "/")
	return found && exemptServices[service]
}

// begin opens the trip of a call.
func (c *chain) begin(ctx context.Context, method string) (context.Context, *trip) {
	md, _ := metadata.FromIncomingContext(ctx)
	id, ok := requestIDOf(md)
	if !ok {
		id = c.NewID()
	}
	language := languageOf(md)
	t := &trip{
		requestID: id, method: method, rule: c.rules[method],
		language: cmp.Or(language, defaultLanguage), named: language != "", words: c.Words, authorizer: c.Authorizer,
	}
	ctx = workflow.InTurn(ctx, turnOf(method))
	return context.WithValue(ctx, tripKey{}, t), t
}

// stopping are the calls that keep something from going out, or take it back, with what they are
// followed by: they find a way to the database when everybody else waits for one.
var stopping = map[string]bool{
	imprimaturv1.HoldService_CreateHold_FullMethodName:                    true,
	imprimaturv1.HoldService_GetHold_FullMethodName:                       true,
	imprimaturv1.RecallService_CreateRecall_FullMethodName:                true,
	imprimaturv1.RecallService_GetRecall_FullMethodName:                   true,
	imprimaturv1.PostService_WithdrawPost_FullMethodName:                  true,
	imprimaturv1.PostService_RecallPost_FullMethodName:                    true,
	imprimaturv1.PublicationService_RecallPublication_FullMethodName:      true,
	imprimaturv1.LibraryService_WithdrawLibraryItem_FullMethodName:        true,
	imprimaturv1.MemberService_DisableMember_FullMethodName:               true,
	imprimaturv1.SocialAccountService_DisableSocialAccount_FullMethodName: true,
	imprimaturv1.ApiKeyService_RevokeApiKey_FullMethodName:                true,
}

// turnOf is how a call waits for the database.
func turnOf(method string) workflow.Turn {
	if stopping[method] { // guard: what stops does not wait with the others
		return workflow.Stopping
	}
	return workflow.AtTheDoor
}

func (c *chain) beginUnary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	start := time.Now()
	ctx, t := c.begin(ctx, info.FullMethod)
	limit := callTime
	if info.FullMethod == imprimaturv1.UploadService_CompleteUpload_FullMethodName {
		limit = streamTime // all of a large file is read
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	_ = grpc.SetHeader(ctx, metadata.Pairs(requestIDKey, t.requestID))
	resp, err := next(ctx, req)
	c.log(ctx, t, start, err)
	return resp, err
}

func (c *chain) beginStream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	start := time.Now()
	ctx, t := c.begin(ss.Context(), info.FullMethod)
	if !exempt(info.FullMethod) {
		var cancel context.CancelFunc
		limit := streamTime
		if info.IsServerStream && !info.IsClientStream {
			limit = watchTime
		}
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	_ = ss.SetHeader(metadata.Pairs(requestIDKey, t.requestID))
	err := next(srv, &timedStream{ServerStream: ss, ctx: ctx})
	c.log(ctx, t, start, err)
	return err
}

// log writes the one line of a call. Bodies, tokens and the texts of errors that were
// the client's to read are not in it.
func (c *chain) log(ctx context.Context, t *trip, start time.Time, err error) {
	code := status.Code(err)
	level := slog.LevelInfo
	switch {
	case code == codes.Internal || code == codes.Unknown:
		level = slog.LevelError
	case code == codes.Unavailable:
		level = slog.LevelWarn
	case exempt(t.method):
		level = slog.LevelDebug
	}
	actor := t.principal.Actor
	attributes := []slog.Attr{
		slog.String("method", t.method),
		slog.String("code", code.String()),
		slog.Duration("duration", time.Since(start)),
		slog.String("request_id", t.requestID),
		slog.String("workspace", string(actor.Workspace)),
		slog.String("person", string(actor.Person)),
	}
	if actor.Key != "" {
		attributes = append(attributes, slog.String("key", string(actor.Key)))
	}
	if t.reason != "" {
		attributes = append(attributes, slog.String("reason", t.reason))
	}
	if t.cause != nil {
		attributes = append(attributes, slog.String("cause", t.cause.Error()))
	}
	c.Logger.LogAttrs(ctx, level, "call", attributes...)
}

// recovered answers for a handler that panicked. It uses nothing that could panic again.
func (c *chain) recovered(ctx context.Context, p any) error {
	return tripOf(ctx).internal(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
}

func (c *chain) refuseUnary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	resp, err := next(ctx, req)
	if err != nil {
		return nil, tripOf(ctx).refuse(ctx, err)
	}
	return resp, nil
}

func (c *chain) refuseStream(srv any, ss grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	if err := next(srv, ss); err != nil {
		return tripOf(ss.Context()).refuse(ss.Context(), err)
	}
	return nil
}

func (c *chain) admitUnary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if exempt(info.FullMethod) {
		return next(ctx, req)
	}
	t := tripOf(ctx)
	message, ok := req.(proto.Message)
	if t.rule == nil || !ok {
		return nil, fmt.Errorf("method %s has no rule and is refused", info.FullMethod)
	}
	ctx, err := c.identify(ctx, t)
	if err != nil {
		return nil, err
	}
	if err := c.guard.admit(ctx, t, message); err != nil {
		return nil, err
	}
	return next(ctx, req)
}

// identify runs the guard's first half and takes the metadata out of sight of everything
// behind it.
func (c *chain) identify(ctx context.Context, t *trip) (context.Context, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	err := c.guard.identify(ctx, t, md)
	return metadata.NewIncomingContext(ctx, metadata.MD{}), err
}
