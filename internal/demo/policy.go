package demo

import (
	"bytes"

	"github.com/imprimatur-hq/imprimatur/internal/routing"
)

// policy is the starter policy with one rule as Maison Alder has it: whoever looks at a few changed
// characters of a share can ask for others, and has no veto over words that the house signed. So
// there are turns in the sample that can be decided together.
func policy() []byte {
	const rule = "reason: Of a share with a few characters changed PR looks at the change.\n    require: "
	document := routing.Starter()
	changed := bytes.Replace(document, []byte(rule+`[{role: "approver:pr", veto: true}]`), []byte(rule+`[{role: "approver:pr"}]`), 1)
	if bytes.Equal(changed, document) {
		panic("the starter policy has no rule for small changes of a share")
	}
	return changed
}
