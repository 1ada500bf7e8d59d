package network

import (
	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/memo"
)

// keptTables bounds how many workspaces' rules are kept ready: tens of kilobytes each when
// they are as long as may be.
const keptTables = 256

// Tables keeps the disclosure rules used of late. It is safe for concurrent use.
type Tables struct {
	kept *memo.Memo[memo.State, Disclosures]
}

// NewTables returns one that keeps nothing yet.
func NewTables() *Tables { return &Tables{memo.New[memo.State, Disclosures](keptTables)} }

// Load returns a revision of a workspace's rules with the built-in ones behind them. It never
// changes, so read is called only when it is not kept.
func (t *Tables) Load(w advocacy.WorkspaceID, number int, read func() (*advocacy.DisclosureRevision, error)) (Disclosures, error) {
	return t.kept.Load(memo.State{Workspace: w, Number: int64(number)}, func() (Disclosures, error) {
		r, err := read()
		if err != nil {
			return Disclosures{}, err
		}
		return NewDisclosures(r), nil
	})
}
