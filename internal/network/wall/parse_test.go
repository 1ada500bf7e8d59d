package wall

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
)

// TestWhatIsRenderedComesBack: reading an entry's body gives the rendering people signed,
// and that is the content as it was written.
func TestWhatIsRenderedComesBack(t *testing.T) {
	t.Parallel()
	n := New(newMemory(), "https://news.example.com")
	rapid.Check(t, func(t *rapid.T) {
		content := networktest.Contents().Draw(t, "content")
		rendering, _ := n.Render(content, "", network.Disclosures{})
		body, err := n.Encode(networktest.Envelope(networktest.Subject{}, "pub-1", advocacy.Target{Byline: "Nadia", Rendering: rendering}))
		if err != nil {
			t.Fatal(err)
		}
		d, err := parseDocument(body)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rendering, d.Rendering); diff != "" || d.Byline != "Nadia" {
			t.Fatalf("by %q (-rendered +read):\n%s", d.Byline, diff)
		}
		if diff := cmp.Diff(networktest.Written(content), networktest.Read(d.Rendering)); diff != "" {
			t.Fatalf("(-written +read):\n%s", diff)
		}
	})
}
