package workflow

import (
	"context"
	"slices"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// MaximumRenamed bounds how many members, and how many topics, one renaming rewrites in its
// transaction.
const MaximumRenamed = 1000

// Group is a name that members have and topics go by: who is in it, and what it sees.
type Group struct {
	Name    string
	Members []advocacy.PersonID
	Topics  []advocacy.TopicID
}

// GroupReader reads who has a group's name and what goes by it.
type GroupReader interface {
	// GroupMembers returns at most so many persons who are in a group, by id.
	GroupMembers(ctx context.Context, w advocacy.WorkspaceID, group string, most int) ([]advocacy.PersonID, error)
	// GroupTopics returns at most so many topics that name a group, by id.
	GroupTopics(ctx context.Context, w advocacy.WorkspaceID, group string, most int) ([]advocacy.TopicID, error)
	// FindGroupItem returns an item that was not withdrawn and whose newest revision, or the one in
	// force, is for a group; "" for none.
	FindGroupItem(ctx context.Context, w advocacy.WorkspaceID, group string) (advocacy.ItemID, error)
}

// RenameGroup gives a group another name in everybody who is in it and every topic that names it.
//
// What is signed names groups too: whom an item is for, and when a rule asks. These words do not
// change after somebody signed or activated them, so a group that they name keeps its name, and
// nothing takes a name that they name already: who signs for whom would change without anybody
// deciding it.
func (s *Service) RenameGroup(ctx context.Context, c Call, w advocacy.WorkspaceID, group, to string) (*Group, error) {
	to = strings.TrimSpace(to)
	if err := check.RefuseLine("new_group", to); err != nil {
		return nil, err
	}
	if to == "" || strings.Contains(to, ",") { // a comma stands between groups where people write them
		return nil, advocacy.InvalidField("new_group", "GROUP_INVALID", "a group needs a name, without a comma")
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*Group, string, error) {
		if _, err := tx.WorkspaceForUpdate(ctx, w); err != nil { // no policy comes in force meanwhile
			return nil, "", err
		}
		g, err := s.guardRenaming(ctx, tx, w, group, to)
		if err != nil {
			return nil, "", err
		}
		for _, id := range g.Topics {
			t, err := tx.Topic(ctx, w, id)
			if err != nil {
				return nil, "", err
			}
			t.Groups, t.UpdateTime = renamed(t.Groups, group, to), tx.Now()
			if err := tx.SaveTopic(ctx, t); err != nil {
				return nil, "", err
			}
		}
		for _, id := range g.Members {
			m, err := tx.MemberForUpdate(ctx, w, id)
			if err != nil {
				return nil, "", err
			}
			m.Groups, m.UpdateTime = renamed(m.Groups, group, to), tx.Now()
			if err := tx.SaveMember(ctx, m); err != nil {
				return nil, "", err
			}
		}
		if err := s.reassessLater(ctx, tx, w); err != nil { // as whenever somebody's groups change
			return nil, "", err
		}
		g.Name = to
		return g, to, s.record(ctx, tx, c, w, fact{action: "group.renamed", subject: w.Name(), parent: w.Name(), detail: map[string]any{
			"before": group, "group": to, "members": g.Members, "topics": g.Topics,
		}})
	}, func(ctx context.Context, tx Tx, name string) (*Group, error) { return readGroup(ctx, tx, w, name) })
}

// renamed is a list of groups in which one has another name, once.
func renamed(groups []string, from, to string) []string {
	out := slices.DeleteFunc(slices.Clone(groups), func(g string) bool { return g == to })
	for i, g := range out {
		if g == from {
			out[i] = to
		}
	}
	return out
}

// readGroup reads who is in a group and what it sees, one more than a renaming takes.
func readGroup(ctx context.Context, r Reader, w advocacy.WorkspaceID, name string) (*Group, error) {
	members, err := r.GroupMembers(ctx, w, name, MaximumRenamed+1)
	if err != nil {
		return nil, err
	}
	topics, err := r.GroupTopics(ctx, w, name, MaximumRenamed+1)
	return &Group{name, members, topics}, err
}

// guardRenaming returns the group when it may have the other name.
func (s *Service) guardRenaming(ctx context.Context, tx Tx, w advocacy.WorkspaceID, group, to string) (*Group, error) {
	g, err := readGroup(ctx, tx, w, group)
	if err != nil {
		return nil, err
	}
	other, err := readGroup(ctx, tx, w, to)
	if err != nil {
		return nil, err
	}
	switch {
	case len(g.Members)+len(g.Topics) == 0:
		return nil, advocacy.Missing("GROUP_NOT_FOUND", "nobody is in a group %q, and no topic goes by it", group)
	case len(other.Members)+len(other.Topics) > 0: // guard: nobody comes into another group by it
		taken := advocacy.Taken("GROUP_EXISTS", "there is a group %q already", to)
		taken.Field = "new_group"
		return nil, taken
	case len(g.Members) > MaximumRenamed || len(g.Topics) > MaximumRenamed: // guard: one transaction
		return nil, advocacy.Refuse("GROUP_TOO_LARGE", "more than %d members or topics have this group", MaximumRenamed)
	}
	policy, err := tx.Policy(ctx, w)
	if err != nil {
		return nil, err
	}
	compiled, err := s.Routing.Load(policy.Document)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{group, to} {
		if rule := compiled.AsksOfGroup(name); rule != "" { // guard: the rules ask of the same people
			return nil, advocacy.Refuse("GROUP_IN_POLICY", "the rule %q of the policy in force may go by the group %q", rule, name).
				With("rule", rule).With("group", name)
		}
		item, err := tx.FindGroupItem(ctx, w, name)
		if err != nil {
			return nil, err
		}
		if item != "" { // guard: signed items are for the same people
			return nil, advocacy.Refuse("GROUP_IN_AUDIENCE", "a library item is for the group %q, and that was signed with it", name).
				With("item", string(item)).With("group", name)
		}
	}
	return g, nil
}
