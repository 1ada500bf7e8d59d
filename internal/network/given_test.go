package network

import (
	"strconv"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// TestLeftovers: what is left is had once, and of so many publications alone.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	var l Leftovers[string]
	mine := Attempted{Author: "nadia", Publication: "pub-1"}
	l.Leave(mine, []string{"a", "b"})
	l.Leave(Attempted{Author: "omar", Publication: "pub-1"}, nil)
	if got := l.Take(Attempted{Author: "omar", Publication: "pub-1"}); got != nil {
		t.Errorf("to somebody else it left %q", got)
	}
	if first, again := l.Take(mine), l.Take(mine); len(first) != 2 || again != nil || l.Len() != 0 {
		t.Errorf("it left %q, and then %q", first, again)
	}
	for i := range MostLeft + 7 {
		l.Leave(Attempted{Publication: advocacy.PublicationID(strconv.Itoa(i))}, []string{"a"})
	}
	if l.Len() != MostLeft {
		t.Errorf("files of %d publications are left", l.Len())
	}
}
