package demo

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	imprimaturv1 "github.com/imprimatur-hq/imprimatur/api/imprimatur/v1"
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// Chooser lets a visitor of the page be anybody of the sample, without proof. It is the
// one door that serve does not have.
type Chooser struct {
	flow   *workflow.Service
	report *Report
}

// Chooser returns the door for the people of the report.
func (r *Report) Chooser(flow *workflow.Service) *Chooser {
	return &Chooser{flow: flow, report: r}
}

// People lists whom one can be.
func (c *Chooser) People(context.Context) ([]*imprimaturv1.Member, error) {
	out := make([]*imprimaturv1.Member, len(c.report.People))
	for i, p := range c.report.People {
		out[i] = &imprimaturv1.Member{
			Name: advocacy.MemberName(c.report.Workspace, p.ID), DisplayName: p.Name, Title: p.Title,
			Language: p.Language, Roles: wire(p.Roles),
		}
	}
	return out, nil
}

// SignIn opens a session as somebody of People, or returns nil when it is nobody.
func (c *Chooser) SignIn(ctx context.Context, member string) (*imprimaturv1.Session, error) {
	for _, p := range c.report.People {
		if advocacy.MemberName(c.report.Workspace, p.ID) != member {
			continue
		}
		in, err := c.flow.OpenSession(ctx, c.report.Workspace, p.ID)
		if err != nil {
			return nil, err
		}
		return &imprimaturv1.Session{
			Name:   c.report.Workspace.Name() + "/sessions/" + in.Session.ID,
			Member: member, DisplayName: in.Member.DisplayName, Language: in.Member.Language, Roles: wire(in.Member.RoleNames()),
			Token: in.Token, CreateTime: timestamppb.New(in.Session.CreateTime), ExpireTime: timestamppb.New(in.Session.ExpireTime),
		}, nil
	}
	return nil, nil
}

func wire(roles []advocacy.Role) []string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = string(r)
	}
	return out
}
