package workflow

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// CreateMember adds a person to the workspace.
func (s *Service) CreateMember(ctx context.Context, c Call, w advocacy.WorkspaceID, d MemberDraft) (*advocacy.Member, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Member, string, error) {
		if err := holdCalendar(ctx, tx, w, "member.share_calendar", &d.ShareCalendar); err != nil {
			return nil, "", err
		}
		m := &advocacy.Member{
			Workspace: w, Person: advocacy.PersonID(s.NewID()), DisplayName: d.DisplayName, Email: strings.ToLower(d.Email),
			Title: d.Title, Language: d.Language, State: advocacy.MemberActive, StateTime: tx.Now(), Groups: d.Groups, Manager: d.Manager,
			Department: d.Department, Country: d.Country, Relation: d.Relation, ShareCalendar: d.ShareCalendar, TrainingMode: d.TrainingMode,
			CreateTime: tx.Now(), UpdateTime: tx.Now(),
		}
		if m.Language == "" {
			space, err := tx.Workspace(ctx, w)
			if err != nil {
				return nil, "", err
			}
			m.Language = space.Language
		}
		m.Roles = grants(nil, d.Roles, tx.Now())
		if err := s.guardMember(ctx, tx, m); err != nil {
			return nil, "", err
		}
		if err := tx.AddMember(ctx, m); err != nil {
			return nil, "", addressTaken(err, m)
		}
		identity := &advocacy.Identity{Workspace: w, Person: m.Person, Issuer: advocacy.IssuerLocal, Subject: string(m.Person), CreateTime: tx.Now()}
		if err := tx.AddIdentity(ctx, identity); err != nil {
			return nil, "", err
		}
		return m, string(m.Person), s.recordMember(ctx, tx, c, m, "member.created", map[string]any{"roles": d.Roles})
	}, memberAgain(w))
}

// addressTaken says in the caller's words that an address belongs to another member.
func addressTaken(err error, m *advocacy.Member) error {
	if advocacy.KindOf(err) != advocacy.Exists {
		return err
	}
	taken := advocacy.Taken("MEMBER_EXISTS", "the address %q belongs to another member", m.Email).Cause(err)
	taken.Field = "member.email"
	return taken
}

func memberAgain(w advocacy.WorkspaceID) func(context.Context, Tx, string) (*advocacy.Member, error) {
	return func(ctx context.Context, tx Tx, id string) (*advocacy.Member, error) {
		return tx.Member(ctx, w, advocacy.PersonID(id))
	}
}

// grants keeps the instant of each role that stays and dates the new ones now: a role
// that was taken away and given back never revives an older signature.
func grants(old []advocacy.RoleGrant, roles []advocacy.Role, now time.Time) []advocacy.RoleGrant {
	var out []advocacy.RoleGrant
	for _, r := range roles {
		since := now
		if i := slices.IndexFunc(old, func(g advocacy.RoleGrant) bool { return g.Role == r }); i >= 0 {
			since = old[i].Since
		}
		if !slices.ContainsFunc(out, func(g advocacy.RoleGrant) bool { return g.Role == r }) {
			out = append(out, advocacy.RoleGrant{Role: r, Since: since})
		}
	}
	return out
}

func (s *Service) guardMember(ctx context.Context, r Reader, m *advocacy.Member) error {
	for field, text := range map[string]string{
		"member.display_name": m.DisplayName, "member.title": m.Title, "member.email": m.Email, "member.department": m.Department,
	} {
		if err := check.RefuseLine(field, text); err != nil {
			return err
		}
	}
	for _, g := range m.Roles {
		if _, err := r.Role(ctx, m.Workspace, g.Role); err != nil {
			if advocacy.KindOf(err) == advocacy.NotFound {
				return advocacy.InvalidField("member.roles", "ROLE_NOT_FOUND", "this workspace has no role %q", g.Role)
			}
			return err
		}
	}
	return guardManager(ctx, r, m)
}

// guardManager refuses a manager who is nobody here, or who reports to the member.
func guardManager(ctx context.Context, r Reader, m *advocacy.Member) error {
	above := m.Manager
	for range maximumLine {
		if above == "" {
			return nil
		}
		if above == m.Person {
			return advocacy.InvalidField("member.manager", "MANAGER_CIRCLE", "nobody reports to himself or herself, not even through others")
		}
		superior, err := r.Member(ctx, m.Workspace, above)
		switch {
		case advocacy.KindOf(err) == advocacy.NotFound:
			return advocacy.InvalidField("member.manager", "MEMBER_NOT_FOUND", "there is no such member in this workspace")
		case err != nil:
			return err
		}
		above = superior.Manager
	}
	return advocacy.InvalidField("member.manager", "MANAGER_CIRCLE", "the reporting line is longer than %d persons", maximumLine)
}

func (s *Service) recordMember(ctx context.Context, tx Tx, c Call, m *advocacy.Member, action string, detail map[string]any) error {
	name := advocacy.MemberName(m.Workspace, m.Person)
	return s.record(ctx, tx, c, m.Workspace, fact{action: action, subject: name, parent: name, detail: detail})
}

// UpdateMember changes a member. A role that is taken away stops its holder's signatures
// from counting at once: the gate and every count read the membership.
func (s *Service) UpdateMember(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.PersonID, d MemberChange) (*advocacy.Member, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Member, string, error) {
		if err := holdCalendar(ctx, tx, w, "member.share_calendar", d.ShareCalendar); err != nil {
			return nil, "", err
		}
		m, err := tx.MemberForUpdate(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := stale(d.Version, m.Version); err != nil {
			return nil, "", err
		}
		before, traits, relation := m.RoleNames(), m.Traits(), m.Relation
		set(&m.DisplayName, d.DisplayName)
		set(&m.Title, d.Title)
		set(&m.Language, d.Language)
		set(&m.Groups, d.Groups)
		set(&m.Department, d.Department)
		set(&m.Country, d.Country)
		set(&m.Relation, d.Relation)
		set(&m.ShareCalendar, d.ShareCalendar)
		set(&m.Manager, d.Manager)
		if d.Email != nil {
			m.Email = strings.ToLower(*d.Email)
		}
		if d.Roles != nil {
			if err := s.regrant(ctx, tx, c, m, *d.Roles); err != nil {
				return nil, "", err
			}
		}
		if d.TrainingMode != nil {
			if err := s.setTrainingMode(ctx, tx, c, m, *d.TrainingMode); err != nil {
				return nil, "", err
			}
		}
		m.UpdateTime = tx.Now()
		if err := s.guardMember(ctx, tx, m); err != nil {
			return nil, "", err
		}
		if err := tx.SaveMember(ctx, m); err != nil {
			return nil, "", addressTaken(err, m)
		}
		if d.Groups != nil || d.Manager != nil { // who may sign what can depend on them
			if err := s.reassessLater(ctx, tx, w); err != nil {
				return nil, "", err
			}
		}
		if !slices.Equal(traits, m.Traits()) || m.Relation != relation { // what the person may share, or tells, can depend on them
			if err := reassessAuthorLater(ctx, tx, w, m.Person); err != nil {
				return nil, "", err
			}
		}
		return m, string(id), s.recordMember(ctx, tx, c, m, "member.updated", map[string]any{
			"roles_before": before, "roles": m.RoleNames(), "groups": m.Groups, "manager": m.Manager,
			"department": m.Department, "country": m.Country, "relation": m.Relation,
			"training_mode": m.TrainingMode, "share_calendar": m.ShareCalendar,
		})
	}, memberAgain(w))
}

// DeclareRelation says what the caller is to the company. Readers are told of it in what he or
// she writes, or shares, about the company from now on; what people signed before stays as it is.
// What waits on an item's signatures alone and would not tell it goes back to its author.
func (s *Service) DeclareRelation(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.PersonID, relation advocacy.Disclosure) (*advocacy.Member, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Member, string, error) {
		m, err := tx.MemberForUpdate(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if c.Actor.Kind != advocacy.Human || c.Actor.Person != id { // guard: nobody is said to be what another person says
			return nil, "", advocacy.Deny("RELATION_NOT_YOURS", "people say themselves what they are to the company")
		}
		before := m.Relation
		m.Relation, m.UpdateTime = relation, tx.Now()
		if err := tx.SaveMember(ctx, m); err != nil {
			return nil, "", err
		}
		if relation != before { // guard: what waits is looked at again
			if err := reassessAuthorLater(ctx, tx, w, id); err != nil {
				return nil, "", err
			}
		}
		return m, string(id), s.recordMember(ctx, tx, c, m, "member.relation_declared", map[string]any{
			"relation_before": before, "relation": relation,
		})
	}, memberAgain(w))
}

func (s *Service) regrant(ctx context.Context, tx Tx, c Call, m *advocacy.Member, roles []advocacy.Role) error {
	before := m.RoleNames()
	m.Roles = grants(m.Roles, roles, tx.Now())
	now := m.RoleNames()
	slices.Sort(before)
	if sorted := slices.Sorted(slices.Values(now)); slices.Equal(before, sorted) {
		return nil
	}
	if c.Actor.Kind == advocacy.Human && c.Actor.Person == m.Person {
		return advocacy.Deny("SELF_GRANT", "nobody changes his or her own roles; ask another admin")
	}
	if slices.Contains(before, advocacy.RoleAdmin) && !slices.Contains(now, advocacy.RoleAdmin) {
		if err := s.guardLastAdmin(ctx, tx, m); err != nil {
			return err
		}
	}
	return s.reassessLater(ctx, tx, m.Workspace)
}

// setTrainingMode puts a member in training mode or lifts it. What the person has not sent
// yet is computed again; who was asked meanwhile stays asked.
func (s *Service) setTrainingMode(ctx context.Context, tx Tx, c Call, m *advocacy.Member, on bool) error {
	if m.TrainingMode == on {
		return nil
	}
	if c.Actor.Person == m.Person && c.Actor.Kind == advocacy.Human { // guard: nobody lifts own training mode
		return advocacy.Deny("SELF_GRANT", "nobody changes his or her own training mode; ask another admin")
	}
	m.TrainingMode = on
	return reassessAuthorLater(ctx, tx, m.Workspace, m.Person)
}

// guardLastAdmin refuses to take away the only active admin. The workspace is locked,
// so that two admins cannot disable each other at the same time.
func (s *Service) guardLastAdmin(ctx context.Context, tx Tx, m *advocacy.Member) error {
	if _, err := tx.WorkspaceForUpdate(ctx, m.Workspace); err != nil {
		return err
	}
	others, err := tx.CountHolders(ctx, m.Workspace, []advocacy.Role{advocacy.RoleAdmin}, []advocacy.PersonID{m.Person})
	if err != nil {
		return err
	}
	if others[advocacy.RoleAdmin] == 0 {
		return advocacy.Refuse("LAST_ADMIN", "this is the last active admin; make somebody else an admin first")
	}
	return nil
}

// DisableMember ends a person's right to act: sessions end, and what was not sent in
// that person's name is cancelled in the same transaction.
func (s *Service) DisableMember(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.PersonID, reason string) (*advocacy.Member, error) {
	if err := check.RefuseLine("reason", reason); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Member, string, error) {
		if c.Actor.Kind == advocacy.Human && c.Actor.Person == id {
			return nil, "", advocacy.Deny("SELF_GRANT", "nobody disables himself or herself; ask another admin")
		}
		// Posts before members: what the person has waiting is locked first.
		if err := s.cancelOf(ctx, tx, c, w, id); err != nil {
			return nil, "", err
		}
		m, err := tx.MemberForUpdate(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if err := s.disable(ctx, tx, c, m, ""); err != nil {
			return nil, "", err
		}
		return m, string(id), s.recordMember(ctx, tx, c, m, "member.disabled", map[string]any{"reason": reason})
	}, memberAgain(w))
}

// cancelOf cancels what waits in a person's name, and closes what the person has opened to
// publish by hand.
func (s *Service) cancelOf(ctx context.Context, tx Tx, c Call, w advocacy.WorkspaceID, id advocacy.PersonID) error {
	if err := s.cancelIn(ctx, tx, c, w, id, advocacy.PostScheduled); err != nil {
		return err
	}
	return s.cancelIn(ctx, tx, c, w, id, advocacy.PostPublishing)
}

func (s *Service) cancelIn(ctx context.Context, tx Tx, c Call, w advocacy.WorkspaceID, id advocacy.PersonID, state advocacy.PostState) error {
	for after := ""; ; {
		posts, next, err := tx.Posts(ctx, PostQuery{
			Workspace: w, Author: id, State: state, Page: Page{Size: 100, After: after},
		})
		if err != nil {
			return err
		}
		for i := range posts {
			p, err := tx.PostForUpdate(ctx, w, posts[i].ID)
			if err != nil {
				return err
			}
			if err := s.cancelUnsent(ctx, tx, c, p, network.Say(advocacy.AnswerAuthorDisabled)); err != nil {
				return err
			}
			if err := s.project(ctx, tx, p); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		after = next
	}
}

func (s *Service) setMemberState(ctx context.Context, tx Tx, m *advocacy.Member, state advocacy.MemberState) error {
	if m.State != state {
		m.State, m.StateTime = state, tx.Now()
	}
	m.UpdateTime = tx.Now()
	if err := tx.SaveMember(ctx, m); err != nil {
		return err
	}
	return s.reassessLater(ctx, tx, m.Workspace)
}

// disable ends a membership's right to act, its sessions, and what it let the service say in its
// name; what it answered for passes on, to the membership that stays when there is one. The member is
// locked, so that no account is being connected for it, or given to it.
func (s *Service) disable(ctx context.Context, tx Tx, c Call, m *advocacy.Member, stays advocacy.PersonID) error {
	if m.Holds(advocacy.RoleAdmin) {
		if err := s.guardLastAdmin(ctx, tx, m); err != nil {
			return err
		}
	}
	if err := s.setMemberState(ctx, tx, m, advocacy.MemberDisabled); err != nil {
		return err
	}
	if err := s.forgetTokensOf(ctx, tx, c, m.Workspace, m.Person); err != nil { // guard: who leaves is spoken for no more
		return err
	}
	if err := s.succeed(ctx, tx, c, m, stays); err != nil { // guard: no account is left to who left
		return err
	}
	if err := s.grantorLeaves(ctx, tx, c, m, stays); err != nil { // guard: whose token is somebody's who left is known
		return err
	}
	return tx.RevokeSessions(ctx, m.Workspace, m.Person, "", tx.Now())
}

// EnableMember lets a disabled person act again. Older signatures stay lost, and accounts that passed
// to others stay theirs.
func (s *Service) EnableMember(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.PersonID, reason string) (*advocacy.Member, error) {
	if err := check.RefuseLine("reason", reason); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Member, string, error) {
		m, err := tx.MemberForUpdate(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		if m.MergedInto != "" {
			return nil, "", merged(m)
		}
		if err := s.setMemberState(ctx, tx, m, advocacy.MemberActive); err != nil {
			return nil, "", err
		}
		return m, string(id), s.recordMember(ctx, tx, c, m, "member.enabled", map[string]any{"reason": reason})
	}, memberAgain(w))
}

// Member returns a member.
func (s *Service) Member(ctx context.Context, _ Call, w advocacy.WorkspaceID, id advocacy.PersonID) (*advocacy.Member, error) {
	return s.Store.Member(ctx, w, id)
}

// Members lists members.
func (s *Service) Members(ctx context.Context, _ Call, q MemberQuery) ([]advocacy.Member, string, error) {
	return s.Store.Members(ctx, q)
}

// Workspace returns the workspace.
func (s *Service) Workspace(ctx context.Context, _ Call, w advocacy.WorkspaceID) (*advocacy.Workspace, error) {
	return s.Store.Workspace(ctx, w)
}

// UpdateWorkspace changes the workspace's name, language or zone, how often one text is
// shared, how often and when people share, what may be changed of an item that says nothing
// of it, or who lifts a hold. What is scheduled already stays, and so do the items there are.
func (s *Service) UpdateWorkspace(ctx context.Context, c Call, w advocacy.WorkspaceID, d WorkspaceChange) (*advocacy.Workspace, error) {
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Workspace, string, error) {
		if err := holdCalendar(ctx, tx, w, "workspace.share_calendar", d.ShareCalendar); err != nil {
			return nil, "", err
		}
		space, err := tx.WorkspaceForUpdate(ctx, w)
		if err != nil {
			return nil, "", err
		}
		if err := stale(d.Version, space.Version); err != nil {
			return nil, "", err
		}
		set(&space.DisplayName, d.DisplayName)
		set(&space.Language, d.Language)
		set(&space.Zone, d.Zone)
		set(&space.Sharing.SameText.Limit, d.SameTextLimit)
		set(&space.Sharing.SameText.Minutes, d.SameTextMinutes)
		set(&space.Sharing.DailyLimit, d.ShareDailyLimit)
		set(&space.Sharing.Calendar, d.ShareCalendar)
		set(&space.Sharing.SpreadMinutes, d.ShareSpread)
		set(&space.EditMode, d.EditMode)
		set(&space.LiftByAnother, d.LiftByAnother)
		if err := guardWorkspace(space); err != nil {
			return nil, "", err
		}
		space.UpdateTime = tx.Now()
		if err := tx.SaveWorkspace(ctx, space); err != nil {
			return nil, "", err
		}
		return space, string(w), s.record(ctx, tx, c, w, fact{
			action: "workspace.updated", subject: w.Name(), parent: w.Name(),
			detail: map[string]any{
				"display_name": space.DisplayName, "language": space.Language, "time_zone": space.Zone, "sharing": space.Sharing,
				"default_edit_mode":       space.EditMode,
				"hold_release_by_another": space.LiftByAnother,
			},
		})
	}, func(ctx context.Context, tx Tx, id string) (*advocacy.Workspace, error) {
		return tx.Workspace(ctx, advocacy.WorkspaceID(id))
	})
}

// holdCalendar locks the calendar that people are to share in, so that it is not deleted
// meanwhile; as everywhere, before the workspace and its members.
func holdCalendar(ctx context.Context, tx Tx, w advocacy.WorkspaceID, field string, id *advocacy.CalendarID) error {
	if id == nil || *id == "" {
		return nil
	}
	_, err := tx.CalendarForUpdate(ctx, w, *id)
	if advocacy.KindOf(err) == advocacy.NotFound {
		return advocacy.InvalidField(field, "CALENDAR_NOT_FOUND", "there is no calendar %q in this workspace", *id)
	}
	return err
}

func guardWorkspace(w *advocacy.Workspace) error {
	if strings.TrimSpace(w.DisplayName) == "" {
		return advocacy.InvalidField("workspace.display_name", "NAME_REQUIRED", "give the workspace a name people can read")
	}
	if err := check.RefuseLine("workspace.display_name", w.DisplayName); err != nil {
		return err
	}
	if w.Language != "en" && w.Language != "fr" {
		return advocacy.InvalidField("workspace.language", "LANGUAGE_INVALID", "the workspace's language is en or fr")
	}
	if w.EditMode == advocacy.EditSpans {
		return advocacy.InvalidField("workspace.default_edit_mode", "EDIT_SPANS_MISSING", "spans are words of an item; items of a workspace are locked or free")
	}
	if err := w.Sharing.SameText.Guard(); err != nil {
		return err
	}
	return advocacy.GuardZone("workspace.time_zone", w.Zone)
}
