package demo

import (
	"bytes"

	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// policy is the starter policy as Maison Alder has it. Whoever looks at a few changed characters of
// a share can ask for others, and has no veto over words that the house signed: so there are turns
// in the sample that can be decided together. Who writes about figures has learned what may be said.
// One person plays every part, so that nobody is asked or reminded by a clock.
// The sample has no guideline, so that an admin can publish it and see what follows.
func policy() []byte {
	const rule = "reason: Of a share with a few characters changed PR looks at the change.\n    require: "
	document := routing.Untimed()
	for _, change := range [][2]string{
		{rule + `[{role: "approver:pr", veto: true}]`, rule + `[{role: "approver:pr"}]`},
		{"\nterms:\n", "\nterms:\n" + figuresTerms},
		{"\nrules:\n", "\nrules:\n" + figuresRule},
	} {
		changed := bytes.Replace(document, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(changed, document) {
			panic("the starter policy has no " + change[0])
		}
		document = changed
	}
	return document
}
