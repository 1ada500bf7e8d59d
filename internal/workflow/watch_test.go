package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
	"github.com/imprimatur-hq/imprimatur/internal/workflow/workflowtest"
)

// client follows a queue as the door lets one: it keeps what it was sent, and where it is.
type client struct {
	h   *workflowtest.House
	who advocacy.PersonID
	// narrow changes what is asked for.
	narrow func(*workflow.TaskQuery)
	queue  map[advocacy.TaskID]workflow.Task
	gone   map[advocacy.TaskID]bool
	place  *workflow.WatchPlace
	// sent counts the messages.
	sent int
}

func follows(h *workflowtest.House, who advocacy.PersonID) *client {
	h.Flow.WatchEvery = time.Millisecond
	return &client{h: h, who: who, queue: make(map[advocacy.TaskID]workflow.Task), gone: make(map[advocacy.TaskID]bool)}
}

// query is what a client may follow now.
func (c *client) query(ctx context.Context) (workflow.TaskQuery, error) {
	m, err := c.h.Store.Member(ctx, c.h.W, c.who)
	if err != nil {
		return workflow.TaskQuery{}, err
	}
	q := workflow.TaskQuery{Workspace: c.h.W, Person: c.who, Roles: m.RoleNames(), State: workflow.TaskOpen}
	if c.narrow != nil {
		c.narrow(&q)
	}
	return q, nil
}

// take takes a message as every client does.
func (c *client) take(m workflow.TaskChanges) {
	for _, k := range m.Tasks {
		c.queue[k.ID] = k
	}
	for _, id := range m.Gone {
		delete(c.queue, id)
		c.gone[id] = true
	}
	c.place = &m.Place
	c.sent++
}

// errEnough ends a watch.
var errEnough = errors.New("enough")

// follow follows on from where the client is, until a message after which it holds.
func (c *client) follow(ctx context.Context, enough func(workflow.TaskChanges) bool) error {
	err := c.h.Flow.WatchTasks(ctx, workflow.Watch{Query: c.query, From: c.place, Send: func(m workflow.TaskChanges) error {
		c.take(m)
		if enough(m) {
			return errEnough
		}
		return nil
	}})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// until follows on until it holds.
func (c *client) until(t *testing.T, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := c.follow(ctx, func(workflow.TaskChanges) bool { return holds() }); err != nil {
		t.Fatalf("after %d messages, with %v in the queue: %v", c.sent, c.requirements(), err)
	}
}

// current follows on until nothing is missing.
func (c *client) current(t *testing.T) {
	t.Helper()
	ok(t, c.follow(t.Context(), func(m workflow.TaskChanges) bool { return m.Current }))
}

func (c *client) requirements() []string {
	var out []string
	for _, k := range c.queue {
		out = append(out, k.Requirement)
	}
	slices.Sort(out)
	return out
}

func (c *client) shows(t *testing.T, want ...string) {
	t.Helper()
	if got := c.requirements(); !slices.Equal(got, want) {
		t.Fatalf("the client has %v, want %v", got, want)
	}
}

// TestWatchFollows: a client that comes back now and then has what the queue shows, and of
// what it could not take it is told nothing.
func TestWatchFollows(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	v := inReview(t, h, l)
	legal, both, reader := follows(h, h.Legal), follows(h, h.Both), follows(h, h.Reader)
	all := func(t *testing.T) {
		t.Helper()
		for _, c := range []*client{legal, both, reader} {
			c.current(t)
		}
	}
	all(t)
	legal.shows(t, "legal")
	both.shows(t, "legal", "pr")
	h.Sign(t, h.Both, v, "legal")
	all(t)
	legal.shows(t)
	both.shows(t)
	h.Submit(t, edit(t, h, v, "Changed."))
	all(t)
	legal.shows(t, "legal")
	both.shows(t, "legal", "pr")
	reader.shows(t)
	if len(reader.gone) > 0 {
		t.Errorf("an employee was told of %v", reader.gone)
	}
	for _, task := range legal.queue {
		if _, err := h.Flow.Task(t.Context(), h.As(h.Legal), h.W, task.ID); err != nil {
			t.Errorf("what was sent cannot be read: %v", err)
		}
	}
}

// TestWatchAttention: a turn that was put off stays in sight, one that was given to
// somebody else goes.
func TestWatchAttention(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	inReview(t, h, l)
	c := follows(h, h.Legal)
	c.narrow = func(q *workflow.TaskQuery) { q.Attention = true }
	c.current(t)
	c.shows(t, "legal")
	var turn workflow.Task
	for _, turn = range c.queue {
		break
	}
	until := h.Clock.Now().Add(time.Hour)
	_, err := h.Flow.SnoozeTask(t.Context(), h.As(h.Legal), h.W, turn.ID, until)
	ok(t, err)
	c.current(t)
	c.shows(t, "legal")
	if got := c.queue[turn.ID]; !got.SnoozedUntil(h.Legal).Equal(until) {
		t.Errorf("put off until %v", got.SnoozedUntil(h.Legal))
	}
	_, err = h.Flow.ReassignTask(t.Context(), h.As(h.Admin), h.W, turn.ID, h.Both, "Both knows more")
	ok(t, err)
	c.current(t)
	c.shows(t)
	_, err = h.Flow.ReassignTask(t.Context(), h.As(h.Admin), h.W, turn.ID, h.Legal, "Both is away")
	ok(t, err)
	c.current(t)
	c.shows(t, "legal")
}

// TestWatchNarrowed: a watch of one subject hears of no other.
func TestWatchNarrowed(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	one, other := h.Submit(t, h.Draft(t, "One.")), h.Submit(t, h.Draft(t, "Other."))
	for name, narrow := range map[string]func(*workflow.TaskQuery){
		"subject": func(q *workflow.TaskQuery) { q.Subject = one.Post.Subject() },
		"nobody":  func(q *workflow.TaskQuery) { q.Roles = nil },
		"author":  func(q *workflow.TaskQuery) { q.Author = h.Reader },
	} {
		c := follows(h, h.Legal)
		c.narrow = narrow
		c.current(t)
		h.Sign(t, h.Legal, other, "legal")
		c.current(t)
		if want := map[bool]int{true: 1}[name == "subject"]; len(c.queue) != want || len(c.gone) > 0 {
			t.Errorf("%s: %v in the queue, %v gone", name, c.requirements(), c.gone)
		}
		ok(t, h.Decide(t, h.Legal, other, "legal", advocacy.Retract))
	}
}

// TestWatchPages: a queue of more turns than one message has comes in several, and a
// client that leaves between two of them goes on there.
func TestWatchPages(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	const posts = 230
	for i := range posts {
		h.Submit(t, h.Draft(t, fmt.Sprintf("Post %d.", i)))
	}
	c := follows(h, h.Legal)
	ok(t, c.follow(t.Context(), func(workflow.TaskChanges) bool { return true }))
	if n := len(c.queue); n == 0 || n >= posts || !c.place.Listing {
		t.Fatalf("the first message has %d turns", n)
	}
	h.Submit(t, h.Draft(t, "Meanwhile."))
	c.current(t)
	if len(c.queue) != posts+1 {
		t.Errorf("%d turns came", len(c.queue))
	}
}

// TestWatchEnds: what a client has lost it is sent no more, and it learns why.
func TestWatchEnds(t *testing.T) {
	t.Parallel()
	h, l := house(t)
	inReview(t, h, l)
	fresh := func() *client {
		c := follows(h, h.Legal)
		c.current(t)
		return c
	}
	never := func(workflow.TaskChanges) bool { return false }
	ends := func(c *client, kind advocacy.Kind, reason string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		before := c.sent
		if err := c.follow(ctx, never); advocacy.KindOf(err) != kind || advocacy.ReasonOf(err) != reason {
			t.Errorf("it ended by %v, want %s", err, reason)
		}
		if c.sent != before {
			t.Errorf("%s, and %d messages came", reason, c.sent-before)
		}
	}
	t.Run("whose turns they are changed", func(*testing.T) {
		c := fresh()
		c.narrow = func(q *workflow.TaskQuery) { q.Roles = []advocacy.Role{advocacy.RolePR} }
		ends(c, advocacy.Conflict, "SELECTION_CHANGED")
	})
	t.Run("a token of another person", func(*testing.T) {
		c := fresh()
		c.who = h.Legal2
		ends(c, advocacy.Conflict, "SELECTION_CHANGED")
	})
	t.Run("a token of the future", func(*testing.T) {
		c := fresh()
		c.place.Change += 1000
		ends(c, advocacy.Precondition, "RESUME_TOKEN_EXPIRED")
	})
	t.Run("a token from before a restore", func(t *testing.T) {
		c := fresh()
		_, err := h.Flow.Restored(t.Context(), workflow.Restored{Epoch: c.place.Epoch + 1, Cause: advocacy.EpochTold})
		ok(t, err)
		// What was lost is made up for by other changes with the same numbers.
		ends(c, advocacy.Precondition, "RESUME_TOKEN_EXPIRED")
	})
	lost := func(t *testing.T, reason string, now func(c *client, ctx context.Context) (workflow.TaskQuery, error)) {
		t.Helper()
		c := fresh()
		asked := 0
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		err := h.Flow.WatchTasks(ctx, workflow.Watch{From: c.place, Send: func(m workflow.TaskChanges) error {
			if len(m.Tasks)+len(m.Gone) > 0 {
				t.Error("what had changed was sent")
				return errEnough
			}
			return nil
		}, Query: func(ctx context.Context) (workflow.TaskQuery, error) {
			if asked++; asked == 2 {
				for id := range c.queue {
					_, err := h.Flow.ClaimTask(ctx, h.As(h.Both), h.W, id, true)
					ok(t, err)
				}
			}
			if asked > 2 {
				return now(c, ctx)
			}
			return c.query(ctx)
		}})
		if advocacy.ReasonOf(err) != reason {
			t.Errorf("it ended by %v, want %s", err, reason)
		}
	}
	t.Run("a permission was lost after something changed", func(t *testing.T) {
		lost(t, "PERMISSION_DENIED", func(*client, context.Context) (workflow.TaskQuery, error) {
			return workflow.TaskQuery{}, advocacy.Deny("PERMISSION_DENIED", "no more")
		})
	})
	t.Run("a role was lost after something changed", func(t *testing.T) {
		lost(t, "SELECTION_CHANGED", func(c *client, ctx context.Context) (workflow.TaskQuery, error) {
			q, err := c.query(ctx)
			q.Roles = nil
			return q, err
		})
	})
	t.Run("a delegation began", func(*testing.T) {
		c := follows(h, h.PR)
		c.current(t)
		lends(t, h)
		ends(c, advocacy.Conflict, "SELECTION_CHANGED")
	})
	t.Run("the service stops", func(t *testing.T) {
		stopping := make(chan struct{})
		close(stopping)
		c := fresh()
		err := h.Flow.WatchTasks(t.Context(), workflow.Watch{Query: c.query, Send: func(workflow.TaskChanges) error { return nil }, Stopping: stopping})
		if advocacy.ReasonOf(err) != "SERVICE_STOPPING" {
			t.Errorf("it ended by %v", err)
		}
	})
}

// TestWatchBeats: a client that nothing happens to hears so, and its place moves on.
func TestWatchBeats(t *testing.T) {
	t.Parallel()
	h, _ := house(t)
	c := follows(h, h.Legal)
	c.current(t)
	beats := 0
	c.until(t, func() bool { beats++; return beats == 3 })
	c.shows(t)
}

// TestWatchMissesNothing: whoever follows over one replica, with a bad connection, has in
// the end what the queue shows, whatever is written over others.
func TestWatchMissesNothing(t *testing.T) {
	onReplicas(t, func(t *testing.T, r *replicated) {
		const writers, rounds = 3, 4
		clients := []*client{follows(r.twins[len(r.twins)-1], r.Legal), follows(r.twins[0], r.Both), follows(r.twins[0], r.PR)}
		clients[2].narrow = func(q *workflow.TaskQuery) { q.Attention = true }
		writing, written := context.WithCancel(t.Context())
		var following, group sync.WaitGroup
		for i, c := range clients {
			following.Go(func() {
				for writing.Err() == nil {
					left := 1 + (c.sent+i)%3
					if err := c.follow(writing, func(workflow.TaskChanges) bool { left--; return left == 0 }); err != nil && writing.Err() == nil {
						t.Errorf("client %d: %v", i, err)
						return
					}
				}
			})
		}
		for i := range writers {
			h := r.twins[i%len(r.twins)]
			group.Go(func() {
				for n := range rounds {
					v := h.Submit(t, h.Draft(t, fmt.Sprintf("Post %d of %d.", n, i)))
					switch n % 4 {
					case 0:
						h.Sign(t, h.Legal, v, "legal")
					case 1:
						h.Submit(t, edit(t, h, v, "Changed."))
					case 2:
						ok(t, h.Decide(t, h.PR, v, "pr", advocacy.RequestChanges))
					}
				}
			})
		}
		group.Wait()
		written()
		following.Wait()
		for i, c := range clients {
			want := make(map[advocacy.TaskID]int)
			q, err := c.query(t.Context())
			ok(t, err)
			q.Page = workflow.Page{Size: 200}
			kept, _, err := c.h.Flow.Tasks(t.Context(), c.h.As(c.who), q)
			ok(t, err)
			for _, k := range kept {
				want[k.ID] = k.Have
			}
			c.current(t)
			got := make(map[advocacy.TaskID]int)
			for id, k := range c.queue {
				got[id] = k.Have
			}
			if !maps.Equal(got, want) {
				t.Errorf("client %d has %v after %d messages, the queue shows %v", i, got, c.sent, want)
			}
		}
	})
}
