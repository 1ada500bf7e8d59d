package grpcapi

import (
	"context"
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
)

// timedStream is a stream with the time and the trip of its call.
type timedStream struct {
	grpc.ServerStream
	ctx context.Context
}

// Context returns the context with the call's trip and time.
func (s *timedStream) Context() context.Context { return s.ctx }

// RecvMsg reads the next message, or fails when the call's time is over: gRPC alone
// would wait as long as the client keeps the stream open.
func (s *timedStream) RecvMsg(m any) error {
	return s.within(func() error { return s.ServerStream.RecvMsg(m) })
}

// SendMsg sends a message, or fails when the call's time is over: a client that reads
// nothing must not hold the call.
func (s *timedStream) SendMsg(m any) error {
	return s.within(func() error { return s.ServerStream.SendMsg(m) })
}

func (s *timedStream) within(do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

// admittedStream is a stream whose first message the guard has read. The handler gets
// it again before anything else.
type admittedStream struct {
	grpc.ServerStream
	ctx   context.Context
	first proto.Message
	// check is asked about every message after the first.
	check func(proto.Message) error
}

// Context returns the context without the client's metadata.
func (s *admittedStream) Context() context.Context { return s.ctx }

// RecvMsg returns the first message, then reads and checks the others.
func (s *admittedStream) RecvMsg(m any) error {
	message, ok := m.(proto.Message)
	if !ok {
		return fmt.Errorf("stream message %T is no proto message", m)
	}
	if s.first != nil {
		proto.Merge(message, s.first)
		s.first = nil
		return nil
	}
	if err := s.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	return s.check(message)
}

// admitStream admits a stream by its first message, before more of it is read. A stream
// that is closed without one counts as one empty message.
func (c *chain) admitStream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	if exempt(info.FullMethod) {
		return next(srv, ss)
	}
	t := tripOf(ss.Context())
	if t.rule == nil {
		return fmt.Errorf("method %s has no rule and is refused", info.FullMethod)
	}
	ctx, err := c.identify(ss.Context(), t)
	if err != nil {
		return err
	}
	first := t.rule.input.New().Interface()
	if err := ss.RecvMsg(first); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if err := c.guard.admit(ctx, t, first); err != nil {
		return err
	}
	t.renew = c.renewal(ss.Context(), t, first)
	check := func(m proto.Message) error { return c.guard.validate(t.rule, m) }
	return next(srv, &admittedStream{ServerStream: ss, ctx: ctx, first: first, check: check})
}

// renewal asks again whether a stream that goes on may: the same credential for the same
// first message.
func (c *chain) renewal(caller context.Context, t *trip, first proto.Message) func(context.Context) error {
	md, _ := metadata.FromIncomingContext(caller)
	first = proto.Clone(first)
	return func(ctx context.Context) error {
		if err := c.guard.identify(ctx, t, md); err != nil {
			return err
		}
		return c.guard.admit(ctx, t, first)
	}
}
