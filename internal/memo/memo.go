// Package memo keeps what was made ready of the rules of workspaces: lexicons, disclosure tables,
// registers. It knows their numbered states and nothing of what they are.
//
// The rule that keeps it so: what is returned is of the state that was asked for, so nothing has to
// be told of a change.
package memo

import (
	"sync"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Memo keeps states made ready of late. It is safe for concurrent use.
type Memo[T any] struct {
	most int
	mu   sync.Mutex
	kept map[key]T
}

type key struct {
	workspace advocacy.WorkspaceID
	number    int64
}

// New returns one that keeps nothing yet, and so many at most.
func New[T any](most int) *Memo[T] { return &Memo[T]{most: most, kept: map[key]T{}} }

// Load returns a state of a workspace's rules, which prepare makes ready when it is not kept. What
// prepare fails at is not kept.
func (m *Memo[T]) Load(w advocacy.WorkspaceID, number int64, prepare func() (T, error)) (T, error) {
	k := key{w, number} // guard: what is found is by the rules as they are
	if found, is := m.find(k); is {
		return found, nil
	}
	made, err := prepare()
	if err == nil {
		m.keep(k, made)
	}
	return made, err
}

// Len is how many are kept.
func (m *Memo[T]) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.kept)
}

func (m *Memo[T]) find(k key) (T, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found, is := m.kept[k]
	return found, is
}

// keep adds one, in the place of any other when there are too many.
func (m *Memo[T]) keep(k key, made T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for other := range m.kept {
		if len(m.kept) < m.most {
			break
		}
		delete(m.kept, other)
	}
	m.kept[k] = made
}
