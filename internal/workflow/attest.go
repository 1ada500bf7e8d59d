package workflow

import (
	"context"
	"fmt"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// JobRemindAttestations reminds those who answer for accounts of all workspaces that somebody has
// to vouch for them.
const JobRemindAttestations = "remind_attestations"

// attestRungs are how long before the word for an account ends its owner and its deputy are reminded.
// At the end nothing goes out through it any more, and they are told that.
var attestRungs = []time.Duration{30 * 24 * time.Hour, 7 * 24 * time.Hour, 0}

// attestForgotten is how long after the end nobody is reminded any more.
const attestForgotten = 30 * 24 * time.Hour

// RemindAttestations reminds the owner and the deputy of each account that speaks for the company
// a month and a week before the word for it ends, and when it has ended: once each, however often
// and by however many processes it is called. It tells how many accounts it looked at.
func (s *Service) RemindAttestations(ctx context.Context) (int, error) {
	now, looked := s.Now(), 0
	from := now.Add(-advocacy.AttestationTerm - attestForgotten)
	until := now.Add(attestRungs[0] - advocacy.AttestationTerm)
	var last *advocacy.SocialAccount
	for {
		due, err := s.Store.AttestedBetween(ctx, from, until, last, sweepBatch)
		if err != nil {
			return looked, err
		}
		for i := range due {
			err := s.Store.Update(ctx, func(ctx context.Context, tx Tx) error {
				return s.remindAttestation(ctx, tx, due[i].Workspace, due[i].ID)
			})
			if err != nil {
				return looked, err
			}
			looked++
		}
		if len(due) < sweepBatch {
			return looked, nil
		}
		last = &due[len(due)-1]
	}
}

// remindAttestation reminds of the rung that has come. The account is read again: somebody may have
// vouched for it meanwhile.
func (s *Service) remindAttestation(ctx context.Context, tx Tx, w advocacy.WorkspaceID, id advocacy.AccountID) error {
	a, err := tx.Account(ctx, w, id)
	if err != nil || a.Personal || a.State == advocacy.AccountDisabled { // nobody is reminded of what is switched off
		return err
	}
	left, rung := a.AttestDueTime().Sub(tx.Now()), -1
	for i, before := range attestRungs {
		if left <= before {
			rung = i
		}
	}
	if rung < 0 {
		return nil
	}
	code := advocacy.RemindAttestation
	if attestRungs[rung] == 0 {
		code = advocacy.RemindAttestationOver
	}
	persons := []advocacy.PersonID{a.Owner}
	if a.Deputy != "" && a.Deputy != a.Owner {
		persons = append(persons, a.Deputy)
	}
	var all []advocacy.Reminder
	for _, p := range persons {
		all = append(all, advocacy.Reminder{
			Workspace: w, ID: advocacy.ReminderID(s.NewID()), Person: p, Code: code, Subject: a.Name(),
			Dedup:   fmt.Sprintf("%s %s %d %d", code, a.Name(), a.AttestTime.Unix(), rung),
			DueTime: tx.Now(), CreateTime: tx.Now(),
		})
	}
	return tx.AddReminders(ctx, all...)
}
