package webhook

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/networktest"
)

// TestWhatIsRenderedComesBack: what a receiver reads is the content as it was written.
func TestWhatIsRenderedComesBack(t *testing.T) {
	t.Parallel()
	n := New(Options{})
	rapid.Check(t, func(t *rapid.T) {
		content := networktest.Contents().Draw(t, "content")
		rendering, found := n.Render(content, "", network.Disclosures{})
		if f := advocacy.Blocking(found); f != nil && f.Code == FindingBodyTooLarge {
			t.Skip("no receiver is sent this")
		}
		body, err := n.Encode(networktest.Envelope(networktest.Subject{}, "pub-1", advocacy.Target{Byline: "Nadia", Rendering: rendering}))
		if err != nil {
			t.Fatal(err)
		}
		var m message
		if err := json.Unmarshal(body, &m); err != nil {
			t.Fatal(err)
		}
		read := advocacy.Rendering{Language: m.Data.Language, Text: m.Data.Text, Link: m.Data.Link}
		if d := m.Data.Disclosure; d != nil {
			read.Disclosure, read.DisclosureText = d.Kind, d.Text
		}
		shown := func(p picture) advocacy.RenderedMedia {
			return advocacy.RenderedMedia{
				Blob: "sha256:" + p.SHA256, ContentType: p.ContentType, Width: p.Width, Height: p.Height, AltText: p.AltText,
			}
		}
		if c := m.Data.Card; c != nil {
			read.Card = advocacy.RenderedCard{Title: c.Title, Description: c.Description}
			if c.Picture != nil {
				read.Card.Picture = shown(*c.Picture)
			}
		}
		for _, p := range m.Data.Media {
			read.Media = append(read.Media, shown(p))
		}
		if diff := cmp.Diff(networktest.Written(content), networktest.Read(read)); diff != "" || read.DisclosureText != rendering.DisclosureText {
			t.Fatalf("told as %q (-written +read):\n%s", read.DisclosureText, diff)
		}
	})
}
