package network

import (
	"sync"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// keptTables bounds how many workspaces' rules are kept ready: tens of kilobytes each when
// they are as long as may be.
const keptTables = 256

// Tables keeps the disclosure rules used of late. It is safe for concurrent use.
type Tables struct {
	mu   sync.Mutex
	kept map[tableKey]Disclosures
}

type tableKey struct {
	workspace advocacy.WorkspaceID
	number    int
}

// NewTables returns one that keeps nothing yet.
func NewTables() *Tables { return &Tables{kept: make(map[tableKey]Disclosures)} }

// Load returns a revision of a workspace's rules with the built-in ones behind them. It never
// changes, so read is called only when it is not kept.
func (t *Tables) Load(w advocacy.WorkspaceID, number int, read func() (*advocacy.DisclosureRevision, error)) (Disclosures, error) {
	key := tableKey{w, number}
	if told, found := t.find(key); found {
		return told, nil
	}
	r, err := read()
	if err != nil {
		return Disclosures{}, err
	}
	told := NewDisclosures(r)
	t.keep(key, told)
	return told, nil
}

func (t *Tables) find(key tableKey) (Disclosures, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	told, found := t.kept[key]
	return told, found
}

// keep adds rules, in the place of any others when there are too many.
func (t *Tables) keep(key tableKey, told Disclosures) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for other := range t.kept {
		if len(t.kept) < keptTables {
			break
		}
		delete(t.kept, other)
	}
	t.kept[key] = told
}
