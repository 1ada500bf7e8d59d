package check

import (
	"sync"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// keptLexicons bounds how many lexicons are kept ready: a few megabytes each when they are
// as long as may be.
const keptLexicons = 64

// Lexicons makes lexicons ready and keeps those used of late. It is safe for concurrent use.
type Lexicons struct {
	mu   sync.Mutex
	kept map[lexiconKey]*Lexicon
}

type lexiconKey struct {
	workspace advocacy.WorkspaceID
	number    int
}

// NewLexicons returns one that keeps nothing yet.
func NewLexicons() *Lexicons { return &Lexicons{kept: make(map[lexiconKey]*Lexicon)} }

// Load returns a revision of a workspace's lexicon made ready. It never changes, so read is
// called only when it is not kept.
func (l *Lexicons) Load(w advocacy.WorkspaceID, number int, read func() (*advocacy.LexiconRevision, error)) (*Lexicon, error) {
	key := lexiconKey{w, number}
	if x := l.find(key); x != nil {
		return x, nil
	}
	r, err := read()
	if err != nil {
		return nil, err
	}
	x, err := NewLexicon(r.Terms, r.Domains, r.Names)
	if err != nil {
		return nil, err
	}
	l.keep(key, x)
	return x, nil
}

func (l *Lexicons) find(key lexiconKey) *Lexicon {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.kept[key]
}

// keep adds a lexicon, in the place of any other when there are too many.
func (l *Lexicons) keep(key lexiconKey, x *Lexicon) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for other := range l.kept {
		if len(l.kept) < keptLexicons {
			break
		}
		delete(l.kept, other)
	}
	l.kept[key] = x
}
