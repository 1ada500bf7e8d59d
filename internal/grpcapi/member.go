package grpcapi

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
)

// memberService answers for the people of a workspace; its roles are in role.go.
type memberService struct {
	imprimaturv1.UnimplementedMemberServiceServer
	*Server
}

func (s memberService) GetMember(ctx context.Context, req *imprimaturv1.GetMemberRequest) (*imprimaturv1.Member, error) {
	v := enter(ctx, req)
	id, err := v.readMember("name", req.GetName())
	if err != nil {
		return nil, err
	}
	m, err := s.Flow.Member(ctx, v.call, v.workspace, id)
	return shown(m, err, v.memberOf)
}

func (s memberService) ListMembers(ctx context.Context, req *imprimaturv1.ListMembersRequest) (*imprimaturv1.ListMembersResponse, error) {
	v := enter(ctx, req)
	l, err := openList(ctx, req)
	if err != nil {
		return nil, err
	}
	q := workflow.MemberQuery{Page: l.page, Workspace: v.workspace}
	err = terms{
		"role":  wordTerm(&q.Role, roleForm.MatchString, string(advocacy.RoleLegal)),
		"state": enumTerm(memberStates, &q.State, "ACTIVE"),
	}.read(req.GetFilter())
	if err != nil {
		return nil, err
	}
	members, next, err := s.Flow.Members(ctx, v.call, q)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.ListMembersResponse{
		Members:       each(members, func(m advocacy.Member) *imprimaturv1.Member { return v.memberOf(&m) }),
		NextPageToken: l.next(next),
	}, nil
}

func (s memberService) CreateMember(ctx context.Context, req *imprimaturv1.CreateMemberRequest) (*imprimaturv1.Member, error) {
	v := enter(ctx, req)
	sent := req.GetMember()
	manager, err := optional(v.readMember, "member.manager", sent.GetManager())
	if err != nil {
		return nil, err
	}
	relation, err := disclosures.domain("member.relation", sent.GetRelation())
	if err != nil {
		return nil, err
	}
	calendar, err := optional(v.readCalendar, "member.share_calendar", sent.GetShareCalendar())
	if err != nil {
		return nil, err
	}
	m, err := s.Flow.CreateMember(ctx, v.call, v.workspace, workflow.MemberDraft{
		DisplayName: sent.GetDisplayName(), Email: sent.GetEmail(), Title: sent.GetTitle(), Language: sent.GetLanguage(),
		Roles: words[advocacy.Role](sent.GetRoles()), Groups: sent.GetGroups(),
		Department: sent.GetDepartment(), Country: sent.GetCountry(), Relation: relation, ShareCalendar: calendar, Manager: manager,
		TrainingMode: sent.GetTrainingMode(),
	})
	return shown(m, err, v.memberOf)
}

func (s memberService) UpdateMember(ctx context.Context, req *imprimaturv1.UpdateMemberRequest) (*imprimaturv1.Member, error) {
	v := enter(ctx, req)
	sent := req.GetMember()
	id, err := v.readMember("member.name", sent.GetName())
	if err != nil {
		return nil, err
	}
	named, err := readMask(sent, req.GetUpdateMask(), "display_name", "email", "title", "language", "roles", "groups", "manager", "training_mode",
		"department", "country", "relation", "share_calendar")
	if err != nil {
		return nil, err
	}
	version, err := requireEtag("member.etag", sent.GetEtag())
	if err != nil {
		return nil, err
	}
	manager, err := optional(v.readMember, "member.manager", sent.GetManager())
	if err != nil {
		return nil, err
	}
	relation, err := disclosures.domain("member.relation", sent.GetRelation())
	if err != nil {
		return nil, err
	}
	calendar, err := optional(v.readCalendar, "member.share_calendar", sent.GetShareCalendar())
	if err != nil {
		return nil, err
	}
	m, err := s.Flow.UpdateMember(ctx, v.call, v.workspace, id, workflow.MemberChange{
		Version:       version,
		DisplayName:   pick(named, "display_name", sent.GetDisplayName()),
		Email:         pick(named, "email", sent.GetEmail()),
		Title:         pick(named, "title", sent.GetTitle()),
		Language:      pick(named, "language", sent.GetLanguage()),
		Roles:         pick(named, "roles", words[advocacy.Role](sent.GetRoles())),
		Groups:        pick(named, "groups", sent.GetGroups()),
		Department:    pick(named, "department", sent.GetDepartment()),
		Country:       pick(named, "country", sent.GetCountry()),
		Relation:      pick(named, "relation", relation),
		ShareCalendar: pick(named, "share_calendar", calendar),
		Manager:       pick(named, "manager", manager),
		TrainingMode:  pick(named, "training_mode", sent.GetTrainingMode()),
	})
	return shown(m, err, v.memberOf)
}

func (s memberService) MergeMember(ctx context.Context, req *imprimaturv1.MergeMemberRequest) (*imprimaturv1.Member, error) {
	v := enter(ctx, req)
	id, err := v.readMember("name", req.GetName())
	if err != nil {
		return nil, err
	}
	into, err := v.readMember("into", req.GetInto())
	if err != nil {
		return nil, err
	}
	m, err := s.Flow.MergeMember(ctx, v.call, v.workspace, id, into, req.GetReason())
	return shown(m, err, v.memberOf)
}

func (s memberService) DeclareRelation(ctx context.Context, req *imprimaturv1.DeclareRelationRequest) (*imprimaturv1.Member, error) {
	v := enter(ctx, req)
	id, err := v.readMember("name", req.GetName())
	if err != nil {
		return nil, err
	}
	relation, err := disclosures.domain("relation", req.GetRelation())
	if err != nil {
		return nil, err
	}
	m, err := s.Flow.DeclareRelation(ctx, v.call, v.workspace, id, relation)
	return shown(m, err, v.memberOf)
}

func (s memberService) RenameGroup(ctx context.Context, req *imprimaturv1.RenameGroupRequest) (*imprimaturv1.RenameGroupResponse, error) {
	v := enter(ctx, req)
	g, err := s.Flow.RenameGroup(ctx, v.call, v.workspace, req.GetGroup(), req.GetNewGroup())
	return shown(g, err, func(g *workflow.Group) *imprimaturv1.RenameGroupResponse {
		return &imprimaturv1.RenameGroupResponse{Group: g.Name, MemberCount: int32(len(g.Members)), TopicCount: int32(len(g.Topics))}
	})
}

func (s memberService) DisableMember(ctx context.Context, req *imprimaturv1.DisableMemberRequest) (*imprimaturv1.Member, error) {
	v := enter(ctx, req)
	id, err := v.readMember("name", req.GetName())
	if err != nil {
		return nil, err
	}
	m, err := s.Flow.DisableMember(ctx, v.call, v.workspace, id, req.GetReason())
	return shown(m, err, v.memberOf)
}

func (s memberService) EnableMember(ctx context.Context, req *imprimaturv1.EnableMemberRequest) (*imprimaturv1.Member, error) {
	v := enter(ctx, req)
	id, err := v.readMember("name", req.GetName())
	if err != nil {
		return nil, err
	}
	m, err := s.Flow.EnableMember(ctx, v.call, v.workspace, id, req.GetReason())
	return shown(m, err, v.memberOf)
}

func (s memberService) InviteMember(ctx context.Context, req *imprimaturv1.InviteMemberRequest) (*imprimaturv1.InviteMemberResponse, error) {
	v := enter(ctx, req)
	id, err := v.readMember("name", req.GetName())
	if err != nil {
		return nil, err
	}
	i, err := s.Flow.InviteMember(ctx, v.call, v.workspace, id)
	if err != nil {
		return nil, err
	}
	return &imprimaturv1.InviteMemberResponse{Mailed: i.Mailed, Link: i.Link, ExpireTime: stamp(i.ExpireTime)}, nil
}
