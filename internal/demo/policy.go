package demo

import (
	"bytes"

	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// policy is the starter policy as Maison Alder has it. Whoever looks at a few changed characters of
// a share can ask for others, and has no veto over words that the house signed: so there are turns
// in the sample that can be decided together. Who writes about figures has learned what may be said;
// and once there is a guideline, whoever posts has read it.
func policy() []byte {
	const rule = "reason: Of a share with a few characters changed PR looks at the change.\n    require: "
	document := routing.Starter()
	for _, change := range [][2]string{
		{rule + `[{role: "approver:pr", veto: true}]`, rule + `[{role: "approver:pr"}]`},
		{"\nterms:\n", "\nterms:\n" + figuresTerms},
		{"\nrules:\n", "\nrules:\n" + figuresRule + guidelineRule},
	} {
		changed := bytes.Replace(document, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(changed, document) {
			panic("the starter policy has no " + change[0])
		}
		document = changed
	}
	return document
}

// guidelineRule is the rule that asks for the guideline. Nobody meets it before there is one: the
// sample has none, so that an admin can publish it and see what follows.
const guidelineRule = `  - id: guideline
    when: post.kind == "post" && !author.guideline_acknowledged
    reason: Who speaks about us has read our guideline.
    route: always
    preconditions:
      - expr: author.guideline_acknowledged
        reason: GUIDELINE_NOT_ACKNOWLEDGED
        words: Read the social media guideline that is in force and acknowledge it.

`
