package workflow

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/check"
)

// DelegationDraft is what a client says of a new delegation. An empty Delegator is the
// caller, a zero Start now.
type DelegationDraft struct {
	Delegator advocacy.PersonID
	Delegate  advocacy.PersonID
	Role      advocacy.Role
	Start     time.Time
	End       time.Time
	Zone      string
	Reason    string
}

// CreateDelegation lets one person sign for another under one role, for a while.
func (s *Service) CreateDelegation(ctx context.Context, c Call, w advocacy.WorkspaceID, d DelegationDraft) (*advocacy.Delegation, error) {
	if err := check.RefuseLine("delegation.reason", d.Reason); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Delegation, string, error) {
		g := &advocacy.Delegation{
			Workspace: w, ID: advocacy.DelegationID(s.NewID()), Delegator: d.Delegator, Delegate: d.Delegate, Role: d.Role,
			Start: d.Start, End: d.End, Zone: d.Zone, Reason: d.Reason, Creator: c.Actor.Person, CreateTime: tx.Now(),
		}
		if g.Delegator == "" {
			g.Delegator = c.Actor.Person
		}
		if g.Start.IsZero() {
			g.Start = tx.Now()
		}
		if g.Delegator != c.Actor.Person && !c.may(mayUpdateMembers) {
			return nil, "", notYourDelegation()
		}
		both, err := tx.MembersForShare(ctx, w, []advocacy.PersonID{g.Delegator, g.Delegate})
		if err != nil {
			return nil, "", err
		}
		if err := g.Guard(both[g.Delegator], both[g.Delegate], tx.Now()); err != nil {
			return nil, "", err
		}
		if err := tx.AddDelegation(ctx, g); err != nil {
			return nil, "", err
		}
		return g, string(g.ID), s.tellDelegation(ctx, tx, c, g, advocacy.RemindDelegated)
	}, delegationAgain(w))
}

func delegationAgain(w advocacy.WorkspaceID) func(context.Context, Tx, string) (*advocacy.Delegation, error) {
	return func(ctx context.Context, tx Tx, id string) (*advocacy.Delegation, error) {
		return tx.Delegation(ctx, w, advocacy.DelegationID(id))
	}
}

func notYourDelegation() error {
	return advocacy.Deny("DELEGATION_NOT_YOURS", "only whom it is about, or who may change members, can make or end a delegation")
}

// tellDelegation records what became of a delegation and reminds both of it.
func (s *Service) tellDelegation(ctx context.Context, tx Tx, c Call, g *advocacy.Delegation, code advocacy.ReminderCode) error {
	var both []advocacy.Reminder
	for _, p := range []advocacy.PersonID{g.Delegator, g.Delegate} {
		both = append(both, advocacy.Reminder{
			Workspace: g.Workspace, ID: advocacy.ReminderID(s.NewID()), Person: p, Code: code, Subject: g.Name(),
			Dedup: string(code) + " " + string(g.ID), DueTime: tx.Now(), CreateTime: tx.Now(),
		})
	}
	if err := tx.AddReminders(ctx, both...); err != nil {
		return err
	}
	return s.record(ctx, tx, c, g.Workspace, fact{
		action: string(code), subject: g.Name(), parent: g.Name(),
		detail: map[string]any{
			"delegator": g.Delegator, "delegate": g.Delegate, "role": g.Role, "start": g.Start, "end": g.End, "zone": g.Zone,
			"reason": g.Reason, "revoke_reason": g.RevokeReason,
		},
	})
}

// RevokeDelegation ends a delegation at once. What was signed under it stops counting:
// every count reads the delegation, and the open rounds are computed again.
func (s *Service) RevokeDelegation(ctx context.Context, c Call, w advocacy.WorkspaceID, id advocacy.DelegationID, reason string) (*advocacy.Delegation, error) {
	if err := check.RefuseLine("reason", reason); err != nil {
		return nil, err
	}
	return act(ctx, s, c, w, func(ctx context.Context, tx Tx) (*advocacy.Delegation, string, error) {
		g, err := tx.DelegationForUpdate(ctx, w, id)
		if err != nil {
			return nil, "", err
		}
		about := c.Actor.Person == g.Delegator || c.Actor.Person == g.Delegate
		if !about && !c.may(mayUpdateMembers) {
			return nil, "", notYourDelegation()
		}
		// One that ended by itself keeps its signatures, but they can still be taken back.
		if !g.RevokeTime.IsZero() {
			return nil, "", advocacy.Refuse("DELEGATION_ENDED", "this delegation was taken back already")
		}
		g.RevokeTime, g.Revoker, g.RevokeReason = tx.Now(), c.Actor.Person, reason
		if err := tx.SaveDelegation(ctx, g); err != nil {
			return nil, "", err
		}
		if err := s.reassessLater(ctx, tx, w); err != nil {
			return nil, "", err
		}
		return g, string(id), s.tellDelegation(ctx, tx, c, g, advocacy.RemindRevoked)
	}, delegationAgain(w))
}

// Delegation returns a delegation.
func (s *Service) Delegation(ctx context.Context, _ Call, w advocacy.WorkspaceID, id advocacy.DelegationID) (*advocacy.Delegation, error) {
	return s.Store.Delegation(ctx, w, id)
}

// Delegations lists delegations.
func (s *Service) Delegations(ctx context.Context, _ Call, q DelegationQuery) ([]advocacy.Delegation, string, error) {
	return s.Store.Delegations(ctx, q)
}

// Reminders lists what the caller is to be told.
func (s *Service) Reminders(ctx context.Context, c Call, w advocacy.WorkspaceID, p Page) ([]advocacy.Reminder, string, error) {
	return s.Store.Reminders(ctx, w, c.Actor.Person, p)
}

// delegationsOf reads the delegations that decisions name, and holds them against change
// inside a transaction.
func delegationsOf(ctx context.Context, r Reader, w advocacy.WorkspaceID, decisions []advocacy.Decision) (map[advocacy.DelegationID]*advocacy.Delegation, error) {
	var ids []advocacy.DelegationID
	for i := range decisions {
		if id := decisions[i].Delegation; id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	slices.Sort(ids)
	if tx, ok := r.(Tx); ok {
		return tx.DelegationsForShare(ctx, w, ids)
	}
	return r.DelegationsByID(ctx, w, ids)
}

// parties are who acts by a verdict: the caller, and whom the caller stands in for.
func parties(c Call, v Verdict) []advocacy.PersonID {
	if v.OnBehalfOf == "" {
		return []advocacy.PersonID{c.Actor.Person}
	}
	return []advocacy.PersonID{c.Actor.Person, v.OnBehalfOf}
}

// lendTo adds to a case the delegations from one person to another, held against change
// until commit: of a decision and a revocation that come at once, one sees the other.
func (s *Service) lendTo(ctx context.Context, tx Tx, cs *advocacy.Case, delegate, delegator advocacy.PersonID) error {
	if delegator == "" {
		return nil
	}
	w := cs.Review.Subject.Workspace
	lent, _, err := tx.Delegations(ctx, DelegationQuery{
		Workspace: w, Delegator: delegator, Delegate: delegate, Page: Page{Size: maximumContributions},
	})
	if err != nil || len(lent) == 0 {
		return err
	}
	ids := make([]advocacy.DelegationID, len(lent))
	for i := range lent {
		ids[i] = lent[i].ID
	}
	held, err := tx.DelegationsForShare(ctx, w, ids)
	if err != nil {
		return err
	}
	if cs.Delegations == nil {
		cs.Delegations = held
	}
	maps.Copy(cs.Delegations, held)
	return nil
}

// borrow adds to a query the roles that were lent to its person now, and by whom.
func (s *Service) borrow(ctx context.Context, r Reader, q *TaskQuery) error {
	lent, _, err := r.Delegations(ctx, DelegationQuery{
		Workspace: q.Workspace, Delegate: q.Person, Page: Page{Size: maximumContributions},
	})
	if err != nil {
		return err
	}
	held := slices.Clone(q.Roles)
	for i := range lent {
		g := &lent[i]
		if !g.Covers(q.Now) || q.Role != "" && g.Role != q.Role {
			continue
		}
		if q.StandsIn == nil {
			q.Lent, q.StandsIn = make(map[advocacy.Role][]advocacy.PersonID), make(map[advocacy.Role][]advocacy.PersonID)
		}
		q.StandsIn[g.Role] = append(q.StandsIn[g.Role], g.Delegator)
		if slices.Contains(held, g.Role) {
			continue
		}
		if q.Lent[g.Role] == nil {
			q.Roles = append(slices.Clip(q.Roles), g.Role)
		}
		q.Lent[g.Role] = append(q.Lent[g.Role], g.Delegator)
	}
	return nil
}
