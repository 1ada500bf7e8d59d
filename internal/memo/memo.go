// Package memo keeps what was made ready of what never changes: a lexicon, disclosure rules, a
// register, working hours, a plan. It knows by what they are told apart and nothing of what they are.
//
// The rule that keeps it so: what is returned is of what was asked for, so nothing has to be told of
// a change.
package memo

import (
	"sync"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Memo keeps what was made ready of late. It is safe for concurrent use.
type Memo[K comparable, T any] struct {
	most int
	mu   sync.Mutex
	kept map[K]T
}

// State is a numbered state of a workspace's rules.
type State struct {
	Workspace advocacy.WorkspaceID
	// Name tells several of a kind apart, empty where there is one.
	Name   string
	Number int64
}

// New returns one that keeps nothing yet, and so many at most.
func New[K comparable, T any](most int) *Memo[K, T] { return &Memo[K, T]{most: most, kept: map[K]T{}} }

// Load returns what stands under k, which prepare makes ready when it is not kept. What prepare fails
// at is not kept.
func (m *Memo[K, T]) Load(k K, prepare func() (T, error)) (T, error) {
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
func (m *Memo[K, T]) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.kept)
}

func (m *Memo[K, T]) find(k K) (T, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found, is := m.kept[k]
	return found, is
}

// keep adds one, in the place of any other when there are too many.
func (m *Memo[K, T]) keep(k K, made T) {
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
