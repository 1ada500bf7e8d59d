package workflow

import (
	"context"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// lookLife is how long somebody is taken to have a turn open who does not say so again.
const lookLife = 3 * time.Minute

// Look is who has a turn open. It gives no right and takes none: it keeps two people from
// doing the same work.
type Look struct {
	Person advocacy.PersonID `json:"person"`
	Since  time.Time         `json:"since"`
	Until  time.Time         `json:"until"`
}

// Glance is what a client says of a turn on its screen: that it is open, or with Leave that it
// is not any more. The zero glance says nothing.
type Glance struct {
	Task  advocacy.TaskID
	Leave bool
}

// noteLook notes that the caller has a turn of the round open. It is no fact about the round and
// is not recorded: the receipt is, once.
func (s *Service) noteLook(ctx context.Context, tx Tx, c Call, sub advocacy.Subject, round int, g Glance) error {
	if g.Task == "" {
		return nil
	}
	t, err := tx.TaskForUpdate(ctx, sub.Workspace, g.Task)
	if err != nil {
		return err
	}
	if err := c.seesTask(t); err != nil {
		return err
	}
	if t.Subject != sub || t.Round != round { // guard: a look at one round tells of no other
		return taskMissing()
	}
	if !c.may(mayDecide) || !t.signable(c.Actor.Person) {
		return nil
	}
	if t.look(c.Actor.Person, tx.Now(), g.Leave) {
		return tx.MarkTask(ctx, t)
	}
	return tx.KeepLooks(ctx, t)
}

// signable tells whether the turn waits for a signature that nothing keeps the person from
// giving but perhaps the lack of the role.
func (t *Task) signable(p advocacy.PersonID) bool {
	return t.State == TaskOpen && t.Requirement != "" && !slices.Contains(t.Excluded, p)
}

// look writes down that a person has the turn open or turns away, and tells whether that is news
// to others. Whoever was still there stays since the same instant.
func (t *Task) look(p advocacy.PersonID, now time.Time, leave bool) (news bool) {
	was := Look{Person: p, Since: now}
	kept := make([]Look, 0, len(t.Looks)+1)
	for _, l := range t.Looks {
		switch {
		case !l.Until.After(now):
		case l.Person == p:
			was = l
		default:
			kept = append(kept, l)
		}
	}
	there := was.Until.After(now)
	if !leave {
		was.Until = now.Add(lookLife)
		kept = append(kept, was)
		slices.SortStableFunc(kept, func(a, b Look) int { return a.Since.Compare(b.Since) })
	}
	t.Looks = kept
	return there == leave
}

// Viewers are who has the turn open now, as far as the caller is told: who signs, under whichever
// role, and is not kept from signing this, of those who still could.
func (t *Task) Viewers(c Call, now time.Time) []Look {
	if !c.may(mayDecide) || !t.signable(c.Actor.Person) { // guard: who looks is told to who signs
		return nil
	}
	var out []Look
	for _, l := range t.Looks {
		if l.Until.After(now) && t.signable(l.Person) { // guard: who has decided is not at it any more
			out = append(out, l)
		}
	}
	return out
}
