package authn

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

const (
	// useInterval is how often the use of one key is noted at most.
	useInterval = time.Minute
	// useTimeout is how long noting one may take, and so how long Close may.
	useTimeout = 5 * time.Second
	// usesAtOnce is how many are noted at the same time; others wait for a later call.
	usesAtOnce = 4
	// usesKept is how many keys of an interval are remembered.
	usesKept = 4096
)

// uses remembers which keys were noted lately, so that a busy key costs one write a
// minute, and so does a store that cannot write. The zero value is ready.
type uses struct {
	mu      sync.Mutex
	running int
	closed  bool
	wait    sync.WaitGroup
	// recent holds the tries since turned, earlier those of the interval before.
	recent, earlier map[advocacy.KeyID]time.Time
	turned          time.Time
}

// note writes down that the key was used, beside the call and not in its way. Noting is
// best effort: what is dropped here is noted by a later call.
func (a *Authenticator) note(k *advocacy.APIKey, at time.Time) {
	// What the look-up found also says what other replicas noted.
	if at.Sub(k.UseTime) < useInterval || !a.uses.begin(k.ID, at) {
		return
	}
	go func() {
		defer a.uses.end()
		if err := a.touch(k.Workspace, k.ID, at); err != nil && a.Logger != nil {
			a.Logger.Warn("the use of an API key was not noted",
				slog.String("workspace", string(k.Workspace)), slog.String("key", string(k.ID)), slog.Any("error", err))
		}
	}()
}

// touch is bounded in time and ends even if the store panics: nobody's call depends on
// it, so nobody's process shall.
func (a *Authenticator) touch(w advocacy.WorkspaceID, id advocacy.KeyID, at time.Time) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), useTimeout)
	defer cancel()
	return a.Store.TouchAPIKey(ctx, w, id, at)
}

// Close waits until no use of a key is being noted, and no more are noted afterwards.
// Call it when the doors are shut, before the store is closed.
func (a *Authenticator) Close() {
	a.uses.mu.Lock()
	a.uses.closed = true
	a.uses.mu.Unlock()
	a.uses.wait.Wait()
}

// begin tells whether the use of the key shall be noted now; if so, end must follow.
func (u *uses) begin(id advocacy.KeyID, at time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if at.Sub(u.turned) >= useInterval {
		u.earlier, u.recent, u.turned = u.recent, make(map[advocacy.KeyID]time.Time), at
	}
	last, ok := u.recent[id]
	if !ok {
		last, ok = u.earlier[id]
	}
	if ok && at.Sub(last) < useInterval {
		return false
	}
	if u.closed || u.running == usesAtOnce || len(u.recent) == usesKept {
		return false
	}
	u.recent[id] = at
	u.running++
	// Under the lock, so that no Add comes after Close began to wait.
	u.wait.Add(1)
	return true
}

func (u *uses) end() {
	u.mu.Lock()
	u.running--
	u.mu.Unlock()
	u.wait.Done()
}
