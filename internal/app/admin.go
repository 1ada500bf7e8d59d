package app

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/authz"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// Installed is a workspace just made, with the first admin's one-time sign-in link.
type Installed struct {
	Workspace *advocacy.Workspace
	Admin     *advocacy.Member
	Link      string
}

// Install makes a workspace with the default roles, the starter routing policy and its
// first admin. What is not said is decided: English, UTC, and a name from the id.
func (s *Service) Install(ctx context.Context, in workflow.Installation) (*Installed, error) {
	if in.DisplayName == "" {
		in.DisplayName = strings.ToUpper(string(in.ID[:1])) + string(in.ID[1:])
	}
	if in.Admin.DisplayName == "" {
		in.Admin.DisplayName, _, _ = strings.Cut(in.Admin.Email, "@")
	}
	in.Roles = authz.DefaultRoles()
	space, admin, err := s.Flow.Install(ctx, in)
	if err != nil {
		return nil, err
	}
	_, link, err := s.Flow.MintLink(ctx, space.ID, admin.Person)
	return &Installed{Workspace: space, Admin: admin, Link: link}, err
}

// Invite makes a one-time sign-in link for the member with the address.
func (s *Service) Invite(ctx context.Context, w advocacy.WorkspaceID, email string) (*advocacy.Member, string, error) {
	for after := ""; ; {
		members, next, err := s.Store.Members(ctx, workflow.MemberQuery{Workspace: w, Page: workflow.Page{Size: 200, After: after}})
		if err != nil {
			return nil, "", err
		}
		for i := range members {
			if strings.EqualFold(members[i].Email, email) {
				return s.Flow.MintLink(ctx, w, members[i].Person)
			}
		}
		if next == "" {
			return nil, "", advocacy.Missing("MEMBER_NOT_FOUND", "nobody in the workspace %q has the address %q", w, email)
		}
		after = next
	}
}

// Healthcheck asks a running service whether it is well.
func Healthcheck(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/healthz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, answer.Status)
	}
	return nil
}
