package grpcapi

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// sessionService answers for signing in and out.
type sessionService struct {
	imprimaturv1.UnimplementedSessionServiceServer
	*Server
}

// currentSession names the session of the call.
const currentSession = "current"

func (s sessionService) CreateSession(ctx context.Context, req *imprimaturv1.CreateSessionRequest) (*imprimaturv1.Session, error) {
	signed, err := s.Flow.CreateSession(ctx, req.GetLinkSecret())
	if err != nil {
		return nil, err
	}
	session, member := signed.Session, signed.Member
	out, err := tripOf(ctx).showSession(ctx, Principal{
		Actor: advocacy.Actor{
			Kind: advocacy.Human, Workspace: session.Workspace, Person: session.Person,
			Session: session.ID, Roles: member.RoleNames(),
		},
		DisplayName: member.DisplayName,
		Language:    member.Language,
		CreateTime:  session.CreateTime,
		ExpireTime:  session.ExpireTime,
	})
	if err != nil {
		return nil, err
	}
	out.Token = signed.Token
	return out, nil
}

func (s sessionService) GetSession(ctx context.Context, req *imprimaturv1.GetSessionRequest) (*imprimaturv1.Session, error) {
	v := enter(ctx, req)
	if err := v.ownSession(req.GetName()); err != nil {
		return nil, err
	}
	return v.showSession(ctx, v.principal)
}

func (s sessionService) DeleteSession(ctx context.Context, req *imprimaturv1.DeleteSessionRequest) (*emptypb.Empty, error) {
	v := enter(ctx, req)
	if err := v.ownSession(req.GetName()); err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.Flow.DeleteSession(ctx, v.call)
}

// ownSession refuses the name of any session but the caller's.
func (v visit) ownSession(name string) error {
	id, err := v.readSession("name", name)
	if err != nil {
		return err
	}
	if id != currentSession && id != v.principal.Actor.Session {
		return advocacy.Missing("SESSION_NOT_FOUND", "there is no such session, or it is not yours")
	}
	return nil
}

// showSession writes a visit with what it permits now.
func (t *trip) showSession(ctx context.Context, p Principal) (*imprimaturv1.Session, error) {
	permissions, err := t.authorizer.Permissions(ctx, p)
	if err != nil {
		return nil, err
	}
	n := names{workspace: p.Actor.Workspace}
	return &imprimaturv1.Session{
		Name:        n.session(p.Actor.Session),
		Member:      n.member(p.Actor.Person),
		DisplayName: p.DisplayName,
		Language:    p.Language,
		Roles:       texts(p.Actor.Roles),
		Permissions: texts(permissions),
		CreateTime:  stamp(p.CreateTime),
		ExpireTime:  stamp(p.ExpireTime),
	}, nil
}
