package workflow

import (
	"context"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// MergeMember says that a membership is a second one of a person who has another. It is
// disabled for good, and what was written or declared under it counts as that person's
// own from now on: separation of duties is between persons, not between logins.
func (s *Service) MergeMember(ctx context.Context, c Call, w advocacy.WorkspaceID, id, into advocacy.PersonID, reason string) (*advocacy.Member, error) {
	if err := check.RefuseLine("reason", reason); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Member, string, error) {
		if c.Actor.Kind == advocacy.Human && c.Actor.Person == id {
			return nil, "", advocacy.Deny("SELF_GRANT", "nobody ends the membership he or she is acting under; ask another admin")
		}
		// Posts before members: what the membership has waiting is locked first.
		if err := s.cancelOf(ctx, tx, c, w, id); err != nil {
			return nil, "", err
		}
		m, err := s.membershipsToMerge(ctx, tx, w, id, into)
		if err != nil {
			return nil, "", err
		}
		m.MergedInto = into
		if err := tx.MergeMemberships(ctx, w, id, into); err != nil {
			return nil, "", err
		}
		if err := s.disable(ctx, tx, c, m, into); err != nil {
			return nil, "", err
		}
		return m, string(id), s.recordMember(ctx, tx, c, m, "member.merged", map[string]any{
			"into": advocacy.MemberName(w, into), "reason": reason,
		})
	}, memberAgain(w))
}

// membershipsToMerge locks both memberships, in the order of their ids, and returns the
// one that ends.
func (s *Service) membershipsToMerge(ctx context.Context, tx Tx, w advocacy.WorkspaceID, id, into advocacy.PersonID) (*advocacy.Member, error) {
	if id == into {
		return nil, advocacy.InvalidField("into", "MEMBER_MERGED", "name two different memberships")
	}
	both := make(map[advocacy.PersonID]*advocacy.Member, 2)
	for _, p := range slices.Sorted(slices.Values([]advocacy.PersonID{id, into})) {
		m, err := tx.MemberForUpdate(ctx, w, p)
		if err != nil {
			return nil, err
		}
		if m.MergedInto != "" {
			return nil, merged(m)
		}
		both[p] = m
	}
	return both[id], nil
}

func merged(m *advocacy.Member) error {
	return advocacy.Refuse("MEMBER_MERGED", "%s was merged into another membership, which is the one to use", m.DisplayName)
}
