package routing

import (
	"slices"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

const reaching = `
defaults: [{role: "approver:pr"}]
rules:
  - id: links
    when: post.links.size() > 0
    preconditions: [{expr: "post.link_checks.all(l, l.reachable || l.host == 'intranet.test')", reason: LINK_BROKEN, words: Mend it.}]
tests:
  - name: all are there
    post: {text: "See https://acme.test/a.", link: "https://acme.test/b"}
    want: {matched: [links]}
  - name: two are not
    post: {text: "See https://acme.test/a.", link: "https://acme.test/b", unreachable_links: ["https://acme.test/a", "https://acme.test/b"]}
    want: {matched: [links], unmet: [LINK_BROKEN]}
  - name: one that nobody outside can see
    post: {text: "See https://intranet.test/a.", unreachable_links: ["https://intranet.test/a"]}
    want: {matched: [links]}
`

// TestLinksOfATest: in a document's own tests links lead somewhere but for those it names,
// and it is written as it was read.
func TestLinksOfATest(t *testing.T) {
	t.Parallel()
	e, err := NewEngine()
	if err != nil {
		t.Fatal(err)
	}
	c, err := e.Check([]byte(reaching))
	if err != nil {
		t.Fatal(err)
	}
	again, err := e.Check(c.Policy().Document())
	if err != nil {
		t.Fatal(err)
	}
	for _, compiled := range []*Compiled{c, again} {
		for _, trial := range compiled.Try() {
			if len(trial.Faults) > 0 {
				t.Errorf("%s: %v", trial.Name, trial.Faults)
			}
		}
	}
	if !c.Needs().Links {
		t.Error("nobody would look where the links lead")
	}
}

// TestLinkNobodyChecked: what nobody looked at is not reachable, and each such link is named.
func TestLinkNobodyChecked(t *testing.T) {
	t.Parallel()
	e, err := NewEngine()
	if err != nil {
		t.Fatal(err)
	}
	c, err := e.Check([]byte(reaching))
	if err != nil {
		t.Fatal(err)
	}
	f := Facts{Texts: []string{"See https://acme.test/a and https://acme.test/b."}, Checks: []advocacy.LinkCheck{{URL: "https://acme.test/b", Reachable: true}}}
	got := c.Evaluate(f)
	want := []advocacy.Unmet{{Rule: "links", Reason: "LINK_BROKEN", Words: "Mend it.", Link: "https://acme.test/a", LinkCode: advocacy.LinkNotChecked}}
	if !slices.Equal(got.Unmet, want) || len(got.Links) != 2 {
		t.Errorf("it says %+v of %+v", got.Unmet, got.Links)
	}
}
