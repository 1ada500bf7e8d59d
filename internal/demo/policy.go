package demo

import (
	"bytes"
	"slices"

	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// policy is the starter policy as Maison Alder has it. Whoever looks at a few changed characters of
// a share can ask for others, and has no veto over words that the house signed: so there are turns
// in the sample that can be decided together. Who writes about figures has learned what may be said.
// One person plays every part, so that nobody is asked or reminded by a clock.
// The sample has no guideline, so that an admin can publish it and see what follows.
func policy() []byte {
	document := routing.Untimed()
	for _, change := range []struct{ after, from, to string }{
		{"  - id: library-light-edit\n", `[{role: "approver:pr", veto: true}]`, `[{role: "approver:pr"}]`},
		{"", "\nterms:\n", "\nterms:\n" + figuresTerms},
		{"", "\nrules:\n", "\nrules:\n" + figuresRule},
	} {
		before, rest, found := bytes.Cut(document, []byte(change.after))
		changed := bytes.Replace(rest, []byte(change.from), []byte(change.to), 1)
		if !found || bytes.Equal(changed, rest) {
			panic("the starter policy has no " + change.after + change.from)
		}
		document = slices.Concat(before, []byte(change.after), changed)
	}
	return document
}
