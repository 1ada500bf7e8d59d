package wordpress

import (
	"encoding/json"
	"fmt"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// Name is WordPress' name among the networks.
const Name = measure.WordPress

// Network publishes on sites of WordPress.
type Network struct {
	client *wire.Client
}

var (
	_ network.Adapter = (*Network)(nil)
	_ network.Linker  = (*Network)(nil)
	_ network.Ender   = (*Network)(nil)
)

// New returns the network. The zero options are safe for production.
func New(o wire.Options) *Network { return &Network{client: wire.New(o)} }

// Name returns "wordpress".
func (n *Network) Name() advocacy.Network { return Name }

// Capabilities returns what every site can do.
func (n *Network) Capabilities() network.Capabilities { return capabilities() }

func capabilities() network.Capabilities {
	rule, _ := measure.RuleOf(Name)
	return network.Capabilities{
		MediaLimit:      rule.Pictures(),
		AltTextRequired: true,
		DisclosureField: rule.Paid,
		Idempotency:     network.AtMostOnce,
		ReadBack:        true,
		Delete:          true,
	}
}

// Render returns the post as it will be shown, with disclosure and link in its text. The first line
// is the title: see titled.
func (n *Network) Render(content advocacy.Content, language string, told network.Disclosures) (advocacy.Rendering, []advocacy.Finding) {
	r, found := network.RenderInText(Name, capabilities(), content, language, told)
	if d := told.Tell(content.Disclosure, Name, "", r.Language); d.Place == network.PlaceFirst {
		r.Text = titled(r.Text, d.Text)
	}
	return r, found
}

// body is what is committed to be sent. The names the site gives the pictures are not known before
// they are there, so it names our own.
type body struct {
	// Title and Content are HTML that shows the text people signed; the pictures come after it.
	Title   string `json:"title,omitempty"`
	Content string `json:"content,omitempty"`
	// Slug is the post's part of its address.
	Slug  string `json:"slug"`
	Files []file `json:"files,omitempty"`
	// Signed is the digest of the target that people signed.
	Signed advocacy.Digest `json:"signed"`
}

type file struct {
	Blob        string `json:"blob"`
	ContentType string `json:"content_type"`
	AltText     string `json:"alt_text"`
	// Slug is the picture's own name on the site.
	Slug string `json:"slug"`
}

// Encode returns the canonical JSON of the post and its pictures.
func (n *Network) Encode(e network.Envelope) ([]byte, error) {
	r := e.Target.Rendering
	if r.Network != Name {
		return nil, fmt.Errorf("wordpress: the rendering is for network %q", r.Network)
	}
	signed, err := network.Canonical(e.Target)
	if err != nil {
		return nil, err
	}
	title, rest := split(r.Text)
	b := body{Title: escape(title), Content: paragraphs(rest), Slug: slugOf(r.Text, e.Publication), Signed: advocacy.DigestOf(signed)}
	for i, m := range r.Media {
		b.Files = append(b.Files, file{m.Blob, m.ContentType, m.AltText, fmt.Sprintf("%s-%d", b.Slug, i+1)})
	}
	return network.Canonical(b)
}

// parse reads a body, and tells whether there is something to publish and where.
func parse(data []byte) (body, bool) {
	var b body
	if json.Unmarshal(data, &b) != nil || !slugs.MatchString(b.Slug) || b.Title == "" && b.Content == "" && len(b.Files) == 0 {
		return body{}, false
	}
	return b, true
}
