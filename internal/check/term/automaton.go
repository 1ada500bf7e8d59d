package term

import (
	"cmp"
	"slices"
)

// automaton finds many words in one walk over a text (Aho and Corasick, 1975). It is our
// own, and short, because it walks over units and not over bytes, which is all that the
// libraries at hand know.
type automaton struct{ nodes []node }

type node struct {
	edges []edge
	// fail is the node of the longest other word that ends here, shorter that of the next
	// one that is a whole pattern.
	fail, shorter int32
	// patterns are those that end here.
	patterns []int32
}

type edge struct {
	letter rune
	to     int32
}

func newAutomaton() *automaton { return &automaton{nodes: make([]node, 1)} }

// add makes the automaton find a word as the pattern of that number.
func (a *automaton) add(word []rune, pattern int32) {
	at := int32(0)
	for _, r := range word {
		to, ok := a.nodes[at].next(r)
		if !ok {
			to = int32(len(a.nodes))
			a.nodes = append(a.nodes, node{})
			n := &a.nodes[at]
			i, _ := slices.BinarySearchFunc(n.edges, r, byLetter)
			n.edges = slices.Insert(n.edges, i, edge{r, to})
		}
		at = to
	}
	a.nodes[at].patterns = append(a.nodes[at].patterns, pattern)
}

func byLetter(e edge, r rune) int { return cmp.Compare(e.letter, r) }

func (n *node) next(r rune) (int32, bool) {
	for _, e := range n.edges { // few, and in order
		if e.letter >= r {
			return e.to, e.letter == r
		}
	}
	return 0, false
}

// link completes the automaton once all words are in it.
func (a *automaton) link() {
	queue := []int32{0}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, e := range a.nodes[at].edges {
			child := &a.nodes[e.to]
			if at != 0 {
				child.fail = a.step(a.nodes[at].fail, e.letter)
			}
			child.shorter = child.fail
			if len(a.nodes[child.fail].patterns) == 0 {
				child.shorter = a.nodes[child.fail].shorter
			}
			queue = append(queue, e.to)
		}
	}
}

// step is where a letter leads from a node.
func (a *automaton) step(at int32, r rune) int32 {
	for {
		if to, ok := a.nodes[at].next(r); ok {
			return to
		}
		if at == 0 {
			return 0
		}
		at = a.nodes[at].fail
	}
}

// ending calls found with each pattern that ends at a node, the longest first.
func (a *automaton) ending(at int32, found func(pattern int32)) {
	for at != 0 {
		for _, p := range a.nodes[at].patterns {
			found(p)
		}
		at = a.nodes[at].shorter
	}
}
