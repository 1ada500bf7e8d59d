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
	Publishing(t, s, func(rt *rapid.T) advocacy.Content { return s.shown(Contents().Draw(rt, "content")) }, func(rt *rapid.T, d network.Delivery, answer network.Answer) {
		r := d.Target.Rendering
		if answer.Class != network.Accepted {
			rt.Fatalf("%q is answered %+v", r.Text, answer)
		}
		if seen := s.Adapter.Look(t.Context(), Named(d, answer.ExternalID)); !seen.Found || seen.Digest != r.Fingerprint() {
			rt.Fatalf("of %q a look says %+v", r.Text, seen)
		}
	})
}

// Publishing publishes whatever contents are drawn, and says of each what was sent and answered.
func Publishing(t *testing.T, s Subject, draw func(*rapid.T) advocacy.Content, then func(*rapid.T, network.Delivery, network.Answer)) {
	t.Helper()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		content := draw(rt)
		r, found := s.Adapter.Render(content, content.Language, network.Disclosures{})
		if r.Text == "" && len(r.Media) == 0 || advocacy.Blocking(found) != nil {
			rt.Skip("nothing to publish")
		}
		n++
		d := Deliver(t, s, advocacy.PublicationID(fmt.Sprintf("pub-%d", n)), content)
		then(rt, d, s.Adapter.Publish(t.Context(), d))
	})
}

// Squares draws a content whose pictures are of a kind and a shape that every network takes.
func Squares(rt *rapid.T) advocacy.Content {
	content := Contents().Draw(rt, "content")
	for i := range content.Media {
		content.Media[i].ContentType, content.Media[i].Width, content.Media[i].Height = "image/jpeg", 1080, 1080
	}
	return content
}
