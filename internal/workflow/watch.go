package workflow

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TaskPlace is a place in the order in which turns changed: behind the last change of a
// turn, or with an empty ID before all changes of a number.
type TaskPlace struct {
	Change int64
	ID     advocacy.TaskID
}

// before tells whether the place is nearer to the beginning.
func (p TaskPlace) before(o TaskPlace) bool {
	return cmp.Or(cmp.Compare(p.Change, o.Change), cmp.Compare(p.ID, o.ID)) < 0
}

// TaskClock says how far the order in which turns changed is known.
type TaskClock struct {
	// Settled is the last number of which every change can be read.
	Settled int64
	// Latest is a number that no change has that is committed by now and beyond.
	Latest int64
	// Epoch is the number of the database's epoch. Each numbers its changes anew from where it
	// was brought back to.
	Epoch int64
}

// beyond is the place behind everything that is settled.
func (c TaskClock) beyond() TaskPlace { return TaskPlace{Change: c.Settled + 1} }

// WatchPlace is how far a client has followed a queue: what it needs to go on.
type WatchPlace struct {
	// Changes up to this place were sent.
	TaskPlace
	// Listing says that the queue as it was found is not sent to its end, After up to where
	// it is.
	Listing bool
	After   string
	// Epoch is the one that the changes were numbered in.
	Epoch int64
	// Basis is whose turns were sent: a client that sees other ones now has to begin again.
	Basis string
}

// TaskChanges is one message about a watched queue.
type TaskChanges struct {
	// Tasks are in the queue, as they are now.
	Tasks []Task
	// Gone are in it no more, if they were.
	Gone []advocacy.TaskID
	// Place is where to go on after this message.
	Place WatchPlace
	// Current says that nothing is missing of what was committed when the watch began.
	Current bool
}

// Watch is one client that follows a queue.
type Watch struct {
	// Query returns what the client may follow now. It is asked again and again, and its
	// error ends the watch: a client that may not see the queue any more is sent nothing.
	Query func(ctx context.Context) (TaskQuery, error)
	// From is where the client left off, nil at the beginning.
	From *WatchPlace
	// Send sends one message. While it waits nothing is read, so that a slow client is sent
	// fewer messages and not older ones.
	Send func(TaskChanges) error
	// Stopping is closed when the service stops.
	Stopping <-chan struct{}
}

const (
	watchEvery = time.Second
	// watchPage is how many turns one message has at most.
	watchPage = 200
	// After checkEvery looks that found nothing the client's rights are looked at, and after
	// beatEvery it is sent a message without a change: so that both ends, and whatever is
	// between them, know that the other is there.
	checkEvery = 5
	beatEvery  = 20
	// watchLife is when a client is sent to reconnect, so that replicas share the load.
	watchLife = 15 * time.Minute
)

// WatchTasks sends a queue as it is and then each change of it, in the order of the
// changes. It looks into the database instead of being told, so that it does not matter
// which replica made a change; a turn that changed twice between two looks is sent once.
// It returns nil when the client shall reconnect with the last place it was sent.
func (s *Service) WatchTasks(ctx context.Context, w Watch) error {
	f := &follower{Watch: w, flow: s}
	if err := f.begin(ctx); err != nil {
		return err
	}
	every := cmp.Or(s.WatchEvery, watchEvery)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for range int(watchLife / every) {
		more := true
		for more {
			var err error
			if more, err = f.look(ctx); err != nil {
				return err
			}
		}
		select {
		case <-tick.C:
		case <-w.Stopping:
			return &advocacy.Error{Kind: advocacy.Unavailable, Reason: "SERVICE_STOPPING", Message: "this server is stopping; watch again with the last resume token"}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// follower is the state of one watch.
type follower struct {
	Watch
	flow  *Service
	query TaskQuery
	place WatchPlace
	// goal is what must be settled for the client to be current.
	goal    int64
	current bool
	// quiet counts the looks that found nothing since the client was sent anything.
	quiet int
}

// begin finds out whose queue it is, and whether it can go on where the client left off.
func (f *follower) begin(ctx context.Context) error {
	var err error
	if f.query, f.place.Basis, err = f.ask(ctx); err != nil {
		return err
	}
	clock, err := f.flow.Store.TaskClock(ctx, f.query.Workspace)
	if err != nil {
		return err
	}
	f.goal = clock.Latest
	if f.From == nil {
		f.place.TaskPlace, f.place.Listing, f.place.Epoch = clock.beyond(), true, clock.Epoch
		return nil
	}
	// A database that was brought back gives the numbers it lost to other changes.
	if f.From.Epoch != clock.Epoch || f.From.Change > clock.Latest+1 { // guard: a token of a future that a restored database has not
		return advocacy.Refuse("RESUME_TOKEN_EXPIRED", "the changes after this token are not known any more; watch again without a token")
	}
	f.place = *f.From
	return nil
}

// ask asks what the client may follow now. A turn that was put off stays in sight: the
// clock sends no message that would bring it back.
func (f *follower) ask(ctx context.Context) (q TaskQuery, basis string, err error) {
	if q, err = f.Query(ctx); err != nil {
		return q, "", err
	}
	q.Now, q.Order = f.flow.Now(), OrderMade
	if q.Person != "" {
		if err := f.flow.borrow(ctx, f.flow.Store, &q); err != nil {
			return q, "", err
		}
	}
	q.Now = endOfTime
	return q, q.basis(), nil
}

// endOfTime is when no turn is put off any more.
var endOfTime = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// basis names whose turns a query is about, however they were come by.
func (q *TaskQuery) basis() string {
	var lent []string
	for _, by := range []map[advocacy.Role][]advocacy.PersonID{q.Lent, q.StandsIn} {
		for _, role := range slices.Sorted(maps.Keys(by)) {
			for _, person := range slices.Sorted(slices.Values(by[role])) {
				lent = append(lent, string(role), string(person))
			}
		}
	}
	roles := slices.Sorted(slices.Values(q.Roles))
	return advocacy.DigestOf(fmt.Appendf(nil, "%q %q %q %q", q.Person, roles, lent, q.Permissions)).Hex()[:16]
}

// check ends the watch of a client that may not follow the queue any more, or another one
// than it began with.
func (f *follower) check(ctx context.Context) error {
	_, basis, err := f.ask(ctx)
	if err == nil && basis != f.place.Basis { // guard: nothing is sent by rights that were lost
		return advocacy.Clash("SELECTION_CHANGED", "the roles or delegations that this queue follows from have changed; watch again without a token")
	}
	return err
}

// look sends what there is to send and tells whether there is more.
func (f *follower) look(ctx context.Context) (more bool, err error) {
	out, more, err := f.next(ctx)
	if err != nil {
		return false, err
	}
	news := more || len(out.Tasks)+len(out.Gone) > 0 || out.Current && !f.current || f.place.Listing
	f.quiet++
	if news || f.quiet%checkEvery == 0 {
		// After the reading: what was read before a right was lost is not sent after it.
		if err := f.check(ctx); err != nil {
			return false, err
		}
	}
	f.place, f.current = out.Place, out.Current
	if !news && f.quiet < beatEvery {
		return false, nil
	}
	f.quiet = 0
	return more, f.Send(out)
}

// next reads the next message.
func (f *follower) next(ctx context.Context) (TaskChanges, bool, error) {
	if f.place.Listing {
		return f.list(ctx)
	}
	out := TaskChanges{Place: f.place, Current: f.current}
	var clock TaskClock
	var err error
	if !f.current || f.quiet+1 >= beatEvery {
		// Before the reading, so that what is settled by it is read.
		if clock, err = f.flow.Store.TaskClock(ctx, f.query.Workspace); err != nil {
			return out, false, err
		}
	}
	changed, place, err := f.flow.Store.ChangedTasks(ctx, f.query.Workspace, f.place.TaskPlace, watchPage)
	if err != nil {
		return out, false, err
	}
	for i := range changed {
		switch t := &changed[i]; {
		case f.query.Selects(t):
			out.Tasks = append(out.Tasks, *t)
		case f.query.concerns(t):
			out.Gone = append(out.Gone, t.ID)
		}
	}
	more := len(changed) == watchPage
	if all := clock.beyond(); !more && place.before(all) {
		place = all
	}
	out.Place.TaskPlace = place
	out.Current = f.current || !more && clock.Settled >= f.goal
	return out, more, nil
}

// list reads a page of the queue as it is found.
func (f *follower) list(ctx context.Context) (TaskChanges, bool, error) {
	q := f.query
	q.Page = Page{Size: watchPage, After: f.place.After}
	tasks, after, err := f.flow.Store.Tasks(ctx, q)
	out := TaskChanges{Tasks: tasks, Place: f.place}
	out.Place.After, out.Place.Listing = after, after != ""
	return out, true, err
}

// concerns tells whether a turn is, or could have been, one that the query asks for.
func (q *TaskQuery) concerns(t *Task) bool {
	switch {
	case q.Subject.ID != "" && t.Subject != q.Subject,
		q.Author != "" && t.Author != q.Author,
		q.Language != "" && t.Language != q.Language,
		q.Network != "" && !slices.Contains(t.Networks, q.Network),
		q.Origin != "" && t.Origin != q.Origin:
		return false
	case q.Person == "":
		return len(q.Roles) == 0 || slices.Contains(q.Roles, t.Role)
	default:
		own := t.Person == q.Person || t.Author == q.Person || slices.Contains(q.Permissions, t.Permission)
		return slices.Contains(q.Roles, t.Role) || q.Attention && own
	}
}
