package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
	_ "time/tzdata" // the company's zone must be known wherever the demo runs

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// Options are what the story needs to be told. All fields are required unless they say
// otherwise.
type Options struct {
	Flow *workflow.Service
	// Clock is the one Flow and its store go by. Fill sets it to the past and lets it run
	// when it returns.
	Clock *Clock
	// Roles are the roles a workspace begins with, with what they permit.
	Roles []advocacy.RoleDef
	// Accept re-encodes a picture as uploads are.
	Accept func(data []byte) (workflow.Accepted, error)
	// Publish takes what is due at the clock's time through the gate.
	Publish func(ctx context.Context) error
	// Recall takes one publication back, as the job of that name does.
	Recall func(ctx context.Context, job workflow.PublicationJob) error
	// ETag writes the version of a resource as clients are shown it.
	ETag func(version int64) string
	// WebhookAddress is where a receiver listens; without one the sample's webhook account
	// is switched off.
	WebhookAddress string
}

// lastStep is how long before now the prepared drafts were written.
const lastStep = 30 * time.Minute

// Fill makes the sample workspace and reports who and what is in it, with fresh
// sessions. A workspace that is there already is left as it is, but for the sessions and
// one API key: their secrets cannot be shown a second time.
func Fill(ctx context.Context, o Options) (*Report, error) {
	defer o.Clock.Run()
	o.Clock.Run()
	t, err := newTeller(o)
	if err != nil {
		return nil, err
	}
	_, err = o.Flow.Store.Workspace(ctx, Workspace)
	switch {
	case advocacy.KindOf(err) == advocacy.NotFound:
		err = t.tell(ctx)
	case err == nil:
		err = t.remember(ctx)
	}
	var r *Report
	if err == nil {
		r, err = t.end(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return r, nil
}

// end leaves the drafts that are ready to submit and opens the doors.
func (t *teller) end(ctx context.Context) (r *Report, err error) {
	t.Clock.Set(t.now.Add(-lastStep))
	prepared, err := t.prepare(ctx)
	if err != nil {
		return nil, fmt.Errorf("prepared drafts: %w", err)
	}
	t.Clock.Run()
	err = t.chapter(ctx, func(ctx context.Context, t *teller) error {
		r, err = t.report(ctx, prepared)
		return err
	})
	return r, err
}

// tell makes the workspace and carries out the story.
func (t *teller) tell(ctx context.Context) error {
	painted := paint(ctx, t.Options)
	err := t.chapter(ctx, func(ctx context.Context, t *teller) error { return t.found(ctx) })
	if err != nil {
		return err
	}
	if t.pictures, err = painted(); err != nil {
		return err
	}
	for rest := story; len(rest) > 0 && err == nil; {
		n := 1
		if rest[0].who == worker {
			err = t.step(ctx, rest[0])
		} else {
			n = until(rest, worker)
			err = t.chapter(ctx, func(ctx context.Context, t *teller) error { return t.steps(ctx, rest[:n]) })
		}
		rest = rest[n:]
	}
	return err
}

// until counts the steps before the first of somebody.
func until(steps []step, who string) int {
	if n := slices.IndexFunc(steps, func(s step) bool { return s.who == who }); n >= 0 {
		return n
	}
	return len(steps)
}

func (t *teller) steps(ctx context.Context, steps []step) error {
	for _, s := range steps {
		if err := t.step(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// step carries out one step of the story at its time.
func (t *teller) step(ctx context.Context, s step) error {
	when, err := t.moment(s.day, s.at)
	if err != nil {
		return err
	}
	t.Clock.Set(when)
	var who actor
	if s.who != worker {
		who, err = t.as(ctx, s.who)
	}
	if err == nil {
		err = s.do(ctx, t, who)
	}
	if err != nil {
		return fmt.Errorf("day %d, %s, %s: %w", s.day, s.at, s.who, err)
	}
	return nil
}

// errIncomplete: the story was interrupted while it was told for the first time.
var errIncomplete = errors.New("the sample was interrupted while it was made; begin again with an empty folder")

// complete tells whether everything the story makes is there; people may have added to
// it, and nothing can be deleted.
func (t *teller) complete(ctx context.Context) error {
	r := &Report{}
	if err := t.count(ctx, r); err != nil {
		return err
	}
	if r.Items < len(items) || r.Posts < len(posts) {
		return errIncomplete
	}
	return nil
}

// remember finds the people and the accounts of a workspace that was told before.
func (t *teller) remember(ctx context.Context) error {
	members, _, err := t.Flow.Store.Members(ctx, workflow.MemberQuery{Workspace: Workspace, Page: workflow.Page{Size: 200}})
	if err != nil {
		return err
	}
	for _, p := range cast {
		for i := range members {
			if members[i].Email == p.email {
				t.people[p.key] = &members[i]
			}
		}
		if t.people[p.key] == nil {
			return errIncomplete
		}
	}
	if err := t.complete(ctx); err != nil {
		return err
	}
	accounts, _, err := t.Flow.Store.Accounts(ctx, workflow.AccountQuery{Page: workflow.Page{Size: 200}, Workspace: Workspace})
	if err != nil {
		return err
	}
	for _, out := range outlets {
		for i := range accounts {
			if accounts[i].Owner == t.people[out.owner].Person && accounts[i].Network == out.network && accounts[i].Personal == out.personal {
				t.accounts[out.key] = accounts[i].ID
			}
		}
	}
	return nil
}

// Clock shows the machine's time, or the time it was set to while the past is told. The
// zero value is ready; it is safe for concurrent use.
type Clock struct {
	mu  sync.RWMutex
	set time.Time
}

// Now returns the time in UTC and microseconds.
func (c *Clock) Now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if !c.set.IsZero() {
		return c.set
	}
	return time.Now().UTC().Truncate(time.Microsecond)
}

// Set stops the clock at an instant.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set = t.UTC().Truncate(time.Microsecond)
}

// Run lets the clock show the machine's time again.
func (c *Clock) Run() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set = time.Time{}
}
