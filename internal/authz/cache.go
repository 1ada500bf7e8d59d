package authz

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// version names the roles of a workspace at one policy version.
type version struct {
	workspace advocacy.WorkspaceID
	number    int64
}

// cache keeps one policy for each of the workspaces that asked last.
type cache struct {
	mu      sync.Mutex
	max     int
	entries map[advocacy.WorkspaceID]*list.Element
	// recent holds entries, the one asked last in front.
	recent  *list.List
	flights map[version]*flight
}

type entry struct {
	version version
	policy  *policy
}

// flight is one reading of roles that others wait for.
type flight struct {
	done   chan struct{}
	policy *policy
	err    error
}

// errLeft says that the caller who was reading for all left before the end.
var errLeft = errors.New("authz: the reader left")

func newCache(size int) cache {
	return cache{
		max:     size,
		entries: make(map[advocacy.WorkspaceID]*list.Element),
		recent:  list.New(),
		flights: make(map[version]*flight),
	}
}

// find returns the policy of exactly this version. An older one is of no use, and a
// newer one only until somebody restores a backup. The caller holds mu.
func (c *cache) find(v version) *policy {
	el := c.entries[v.workspace]
	if el == nil || el.Value.(entry).version != v {
		return nil
	}
	c.recent.MoveToFront(el)
	return el.Value.(entry).policy
}

// keep puts a policy in front and drops the one nobody asked for longest. The caller
// holds mu.
func (c *cache) keep(v version, p *policy) {
	if el := c.entries[v.workspace]; el != nil {
		c.recent.Remove(el)
	}
	c.entries[v.workspace] = c.recent.PushFront(entry{v, p})
	if c.recent.Len() > c.max {
		last := c.recent.Remove(c.recent.Back()).(entry)
		delete(c.entries, last.version.workspace)
	}
}

// policy returns the policy of a workspace at a version, reading the roles at most once
// however many calls wait for them. A call waits no longer than its own context says,
// and a caller who leaves takes nobody along.
func (a *Authorizer) policy(ctx context.Context, w advocacy.WorkspaceID, number int64) (*policy, error) {
	v := version{w, number}
	for {
		a.cache.mu.Lock()
		if p := a.cache.find(v); p != nil {
			a.cache.mu.Unlock()
			return p, nil
		}
		f := a.cache.flights[v]
		if f == nil {
			f = &flight{done: make(chan struct{}), err: errLeft}
			a.cache.flights[v] = f
			a.cache.mu.Unlock()
			return a.lead(ctx, v, f)
		}
		a.cache.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-f.done:
		}
		if !errors.Is(f.err, errLeft) {
			return f.policy, f.err
		}
	}
}

// lead reads the roles for everybody who waits for this flight.
func (a *Authorizer) lead(ctx context.Context, v version, f *flight) (*policy, error) {
	found := v
	// Deferred, so that a store that panics leaves nobody waiting.
	defer func() {
		a.cache.mu.Lock()
		delete(a.cache.flights, v)
		if f.err == nil {
			a.cache.keep(found, f.policy)
		}
		a.cache.mu.Unlock()
		close(f.done)
	}()
	p, number, err := a.load(ctx, v)
	found.number = number
	if err == nil || ctx.Err() == nil {
		f.policy, f.err = p, err
	}
	return p, err
}

// load reads the roles of the workspace and the version they have.
func (a *Authorizer) load(ctx context.Context, v version) (*policy, int64, error) {
	defs, number, err := a.store.RoleDefs(ctx, v.workspace)
	if err != nil {
		return nil, 0, fmt.Errorf("roles of %s: %w", v.workspace, err)
	}
	if number < v.number {
		return nil, 0, &advocacy.Error{
			Kind: advocacy.Unavailable, Reason: "POLICY_STALE",
			Message: "the roles of the workspace just changed; try again",
		}
	}
	for _, d := range defs {
		if d.Workspace != "" && d.Workspace != v.workspace {
			return nil, 0, fmt.Errorf("authz: role %q of %s among those of %s", d.Role, d.Workspace, v.workspace)
		}
	}
	p, err := policyOf(defs)
	return p, number, err
}
