package check

import (
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/memo"
)

// mostKept bounds how many lexicons, and how many registers, are kept ready: a lexicon takes a few
// megabytes when it is as long as may be.
const mostKept = 64

// Lexicons makes lexicons ready and keeps those used of late. It is safe for concurrent use.
type Lexicons struct {
	kept *memo.Memo[memo.State, *Lexicon]
}

// NewLexicons returns one that keeps nothing yet.
func NewLexicons() *Lexicons { return &Lexicons{memo.New[memo.State, *Lexicon](mostKept)} }

// Load returns a revision of a workspace's lexicon made ready. It never changes, so read is
// called only when it is not kept.
func (l *Lexicons) Load(w advocacy.WorkspaceID, number int, read func() (*advocacy.LexiconRevision, error)) (*Lexicon, error) {
	return l.kept.Load(memo.State{Workspace: w, Number: int64(number)}, func() (*Lexicon, error) {
		r, err := read()
		if err != nil {
			return nil, err
		}
		return NewLexicon(r.Terms, r.Domains, r.Names)
	})
}
