package networktest

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// publishComesBack: what a look reads of any content in the network's own form is what was signed.
func publishComesBack(t *testing.T, s Subject) {
	byMachine(t, s)
	if s.Blind || !s.Adapter.Capabilities().ReadBack {
		t.Skip("nobody can read what it shows")
	}
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		content := s.shown(Contents().Draw(rt, "content"))
		r, found := s.Adapter.Render(content, content.Language, network.Disclosures{})
		if r.Text == "" && len(r.Media) == 0 || advocacy.Blocking(found) != nil {
			rt.Skip("nothing to publish")
		}
		n++
		d := Deliver(t, s, advocacy.PublicationID(fmt.Sprintf("pub-%d", n)), content)
		answer := s.Adapter.Publish(t.Context(), d)
		if answer.Class != network.Accepted {
			rt.Fatalf("%q is answered %+v", r.Text, answer)
		}
		if seen := s.Adapter.Look(t.Context(), Named(d, answer.ExternalID)); !seen.Found || seen.Digest != r.Fingerprint() {
			rt.Fatalf("of %q a look says %+v", r.Text, seen)
		}
	})
}
