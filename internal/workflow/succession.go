package workflow

import (
	"context"
	"fmt"
	"slices"
	"time"

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

// tellSuccession tells who has to act: the new owner, the owner without a deputy, and who may name
// another. Of what is switched off nobody has to.
func (s *Service) tellSuccession(ctx context.Context, tx Tx, a *advocacy.SocialAccount, gone advocacy.PersonID, became advocacy.Succession) error {
	if a.State == advocacy.AccountDisabled || became == advocacy.SuccessionMerged { // the same person answers as before
		return nil
	}
	naming, err := whoMay(ctx, tx, a.Workspace, mayUpdateAccounts)
	if err != nil {
		return err
	}
	occasion := fmt.Sprintf("%s %d", gone, a.Version)
	switch became {
	case advocacy.SuccessionPassed, advocacy.SuccessionDeputyLeft:
		code := advocacy.RemindAccountPassed
		if became == advocacy.SuccessionDeputyLeft {
			code = advocacy.RemindDeputyLeft
		}
		if err := s.tellOf(ctx, tx, a, code, occasion, a.Owner); err != nil {
			return err
		}
		others := slices.DeleteFunc(naming, func(p advocacy.PersonID) bool { return p == a.Owner })
		return s.tellOf(ctx, tx, a, advocacy.RemindDeputyMissing, occasion, others...) // guard: who may name a deputy knows that one is missing
	case advocacy.SuccessionOwnerLeft:
		return s.tellOf(ctx, tx, a, advocacy.RemindOwnerLeft, occasion, naming...)
	default:
		return nil
	}
}

// tellOf reminds persons of an account, once each on one occasion.
func (s *Service) tellOf(ctx context.Context, tx Tx, a *advocacy.SocialAccount, code advocacy.ReminderCode, occasion string, persons ...advocacy.PersonID) error {
	var all []advocacy.Reminder
	for _, p := range persons {
		all = append(all, advocacy.Reminder{
			Workspace: a.Workspace, ID: advocacy.ReminderID(s.NewID()), Person: p, Code: code, Subject: a.Name(),
			Dedup:   fmt.Sprintf("%s %s %s", code, a.Name(), occasion),
			DueTime: tx.Now(), CreateTime: tx.Now(),
		})
	}
	return tx.AddReminders(ctx, all...)
}

// grantorLeaves says on record that the token of an account was given by a member who leaves, and has
// it connected anew: at the network it is the sign-in of somebody who is here no more. It goes on
// being used, since it speaks for the company and others answer for the account. stays is the
// membership of the same person that goes on, if any, which then gave it.
func (s *Service) grantorLeaves(ctx context.Context, tx Tx, c Call, m *advocacy.Member, stays advocacy.PersonID) error {
	all, err := tx.GrantedBy(ctx, m.Workspace, m.Person)
	if err != nil {
		return err
	}
	for i := range all {
		if err := s.grantorLeft(ctx, tx, c, &all[i], stays); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) grantorLeft(ctx context.Context, tx Tx, c Call, a *advocacy.SocialAccount, stays advocacy.PersonID) error {
	gone, action := a.Grantor, "social_account.grantor_left"
	if stays != "" {
		action, a.Grantor, a.UpdateTime = "social_account.grantor_merged", stays, tx.Now()
		if err := tx.SaveAccount(ctx, a, nil); err != nil {
			return err
		}
	}
	err := s.record(ctx, tx, c, a.Workspace, fact{
		action: action, subject: a.Name(), parent: a.Name(),
		detail: map[string]any{"network": a.Network, "left": gone, "grantor": a.Grantor, "owner": a.Owner, "deputy": a.Deputy, "state": a.State},
	})
	if err != nil || stays != "" || a.State == advocacy.AccountDisabled {
		return err
	}
	people, err := tx.MembersByID(ctx, a.Workspace, []advocacy.PersonID{a.Owner, a.Deputy})
	if err != nil {
		return err
	}
	var persons []advocacy.PersonID
	for _, p := range []advocacy.PersonID{a.Owner, a.Deputy} {
		if people[p].Active() && p != gone {
			persons = append(persons, p)
		}
	}
	if len(persons) == 0 { // guard: somebody is told
		if persons, err = whoMay(ctx, tx, a.Workspace, mayUpdateAccounts); err != nil {
			return err
		}
	}
	return s.tellOf(ctx, tx, a, advocacy.RemindGrantorLeft, fmt.Sprintf("%s %d", gone, a.ConnectTime.UnixMicro()), persons...)
}

// JobRemindUnanswered reminds who may name others of the accounts of all workspaces that nobody
// answers for.
const JobRemindUnanswered = "remind_unanswered"

// The times after which those who may name others are reminded again that nobody answers for an account.
const (
	firstUnanswered = 24 * time.Hour
	thenUnanswered  = 7 * 24 * time.Hour
)

// RemindUnanswered reminds those who may name others that nobody answers for an account of the
// company, a day after its owner left and again each week until somebody is named or it is switched
// off: whoever may do it by then, and once each time, however often and by however many processes it
// is called. It tells how many of them it found.
func (s *Service) RemindUnanswered(ctx context.Context) (int, error) {
	found := 0
	var last *advocacy.SocialAccount
	for {
		all, err := s.Store.AttestedBetween(ctx, time.Unix(0, 0), s.Now(), last, sweepBatch)
		if err != nil {
			return found, err
		}
		owners := make(map[advocacy.WorkspaceID][]advocacy.PersonID)
		for i := range all {
			owners[all[i].Workspace] = append(owners[all[i].Workspace], all[i].Owner)
		}
		people := make(map[advocacy.WorkspaceID]map[advocacy.PersonID]*advocacy.Member)
		for w, of := range owners {
			if people[w], err = s.Store.MembersByID(ctx, w, of); err != nil {
				return found, err
			}
		}
		for i := range all {
			if people[all[i].Workspace][all[i].Owner].Active() {
				continue
			}
			found++
			err = s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
				return s.remindUnanswered(ctx, tx, all[i].Workspace, all[i].ID)
			})
			if err != nil {
				return found, err
			}
		}
		if len(all) < sweepBatch {
			return found, nil
		}
		last = &all[len(all)-1]
	}
}

// remindUnanswered reads the account again: somebody may have been named meanwhile.
func (s *Service) remindUnanswered(ctx context.Context, tx Tx, w advocacy.WorkspaceID, id advocacy.AccountID) error {
	a, err := tx.Account(ctx, w, id)
	if err != nil || a.Personal || a.State == advocacy.AccountDisabled {
		return err
	}
	people, err := tx.MembersByID(ctx, w, []advocacy.PersonID{a.Owner})
	if err != nil || people[a.Owner].Active() {
		return err
	}
	var since time.Time
	if m := people[a.Owner]; m != nil {
		since = m.StateTime
	}
	waits := tx.Now().Sub(since)
	if waits < firstUnanswered { // guard: who was told just now is not told again
		return nil
	}
	persons, err := whoMay(ctx, tx, w, mayUpdateAccounts)
	if err != nil {
		return err
	}
	return s.tellOf(ctx, tx, a, advocacy.RemindOwnerLeft, fmt.Sprintf("%s %d %d", a.Owner, since.UnixMicro(), waits/thenUnanswered), persons...)
}
