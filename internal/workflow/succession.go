package workflow

import (
	"context"
	"fmt"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// guardAnswerers judges who is named to answer for an account. Both are held against change, so that
// neither leaves before this is on record.
func guardAnswerers(ctx context.Context, tx Tx, a *advocacy.SocialAccount) error {
	if err := a.GuardAnswerers(); err != nil {
		return err
	}
	named := []advocacy.PersonID{a.Owner}
	if a.Deputy != "" {
		named = append(named, a.Deputy)
	}
	people, err := tx.MembersForShare(ctx, a.Workspace, named)
	if err != nil {
		return err
	}
	if !people[a.Owner].Active() { // guard: an account has a living owner
		return advocacy.InvalidField("social_account.owner", "OWNER_INACTIVE", "the owner has to be an active member of this workspace")
	}
	if a.Deputy == "" {
		return nil
	}
	if !people[a.Deputy].Active() { // guard: an account passes to somebody who is here
		return advocacy.InvalidField("social_account.deputy", "OWNER_INACTIVE", "the deputy has to be an active member of this workspace")
	}
	fit, err := mayAnswer(ctx, tx, people[a.Deputy])
	if err == nil && !fit { // guard: who takes over can vouch and connect
		return advocacy.InvalidField("social_account.deputy", "DEPUTY_UNFIT",
			"no role of %s permits to connect and vouch for accounts (%s); name somebody whose role does", people[a.Deputy].DisplayName, mayConnectAccounts)
	}
	return err
}

// mayAnswer tells whether a role of a member permits what who answers for an account has to do.
func mayAnswer(ctx context.Context, r Reader, m *advocacy.Member) (bool, error) {
	for _, name := range m.RoleNames() {
		role, err := r.Role(ctx, m.Workspace, name)
		if err != nil {
			return false, err
		}
		if slices.Contains(role.Permissions, mayConnectAccounts) {
			return true, nil
		}
	}
	return false, nil
}

// renameAnswerers gives an account to others. What of them is named again as it stands is not judged
// again: an account of before deputies were asked for can be renamed without one.
func renameAnswerers(ctx context.Context, tx Tx, a *advocacy.SocialAccount, d AccountChange) error {
	owner, deputy := a.Owner, a.Deputy
	set(&a.Owner, d.Owner)
	set(&a.Deputy, d.Deputy)
	if a.Owner == owner && a.Deputy == deputy {
		return nil
	}
	return guardAnswerers(ctx, tx, a)
}

// mostAdministrators bounds who is told that nobody answers for an account.
const mostAdministrators = 200

// succeed passes on what a member who leaves answered for, or answered in the owner's absence: an
// account to its deputy, whose place is then empty. stays is the membership of the same person that
// goes on, if any. Each is on record, and who has to act now is told.
//
// Two who leave at the same time write the same account, so one of them is refused and begins again.
func (s *Service) succeed(ctx context.Context, tx Tx, c Call, m *advocacy.Member, stays advocacy.PersonID) error {
	all, err := tx.AnsweredBy(ctx, m.Workspace, m.Person)
	if err != nil || len(all) == 0 {
		return err
	}
	named := []advocacy.PersonID{}
	if stays != "" {
		named = append(named, stays)
	}
	for i := range all {
		for _, p := range []advocacy.PersonID{all[i].Owner, all[i].Deputy} {
			if p != "" && p != m.Person && !slices.Contains(named, p) {
				named = append(named, p)
			}
		}
	}
	people, err := tx.MembersByID(ctx, m.Workspace, named)
	if err != nil {
		return err
	}
	alive := func(p advocacy.PersonID) bool { return p != m.Person && people[p].Active() }
	for i := range all {
		a := &all[i]
		became := a.Succeed(m.Person, stays, alive)
		if became == advocacy.SuccessionNone {
			continue
		}
		a.UpdateTime = tx.Now()
		if err := tx.SaveAccount(ctx, a, nil); err != nil {
			return err
		}
		err := s.record(ctx, tx, c, a.Workspace, fact{
			action: "social_account." + string(became), subject: a.Name(), parent: a.Name(),
			detail: map[string]any{"network": a.Network, "left": m.Person, "owner": a.Owner, "deputy": a.Deputy, "state": a.State},
		})
		if err != nil {
			return err
		}
		if err := s.tellSuccession(ctx, tx, a, m.Person, became); err != nil {
			return err
		}
	}
	return nil
}

// tellSuccession tells who has to act: the new owner, the owner without a deputy, or, when nobody
// answers, the administrators. Of what is switched off nobody has to.
func (s *Service) tellSuccession(ctx context.Context, tx Tx, a *advocacy.SocialAccount, gone advocacy.PersonID, became advocacy.Succession) error {
	if a.State == advocacy.AccountDisabled {
		return nil
	}
	persons, code := []advocacy.PersonID{a.Owner}, advocacy.RemindAccountPassed
	switch became {
	case advocacy.SuccessionPassed:
	case advocacy.SuccessionDeputyLeft:
		code = advocacy.RemindDeputyLeft
	case advocacy.SuccessionOwnerLeft:
		admins, _, err := tx.Members(ctx, MemberQuery{
			Workspace: a.Workspace, Role: advocacy.RoleAdmin, State: advocacy.MemberActive, Page: Page{Size: mostAdministrators},
		})
		if err != nil {
			return err
		}
		code, persons = advocacy.RemindOwnerLeft, nil
		for i := range admins {
			persons = append(persons, admins[i].Person)
		}
	default:
		return nil // the same person answers as before
	}
	var all []advocacy.Reminder
	for _, p := range persons {
		all = append(all, advocacy.Reminder{
			Workspace: a.Workspace, ID: advocacy.ReminderID(s.NewID()), Person: p, Code: code, Subject: a.Name(),
			Dedup:   fmt.Sprintf("%s %s %s %d", code, a.Name(), gone, a.Version),
			DueTime: tx.Now(), CreateTime: tx.Now(),
		})
	}
	return tx.AddReminders(ctx, all...)
}
