package mattermost

import (
	"encoding/json"
	"fmt"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// Name is Mattermost's name among the networks.
const Name = measure.Mattermost

// Network publishes to channels of Mattermost servers.
type Network struct {
	client *wire.Client
}

var (
	_ network.Adapter = (*Network)(nil)
	_ network.Linker  = (*Network)(nil)
)

// New returns the network. The zero options are safe for production.
func New(o wire.Options) *Network { return &Network{client: wire.New(o)} }

// Name returns "mattermost".
func (n *Network) Name() advocacy.Network { return Name }

// Capabilities returns what every server can do.
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

// Render returns the post as it will be shown, with disclosure and link in its text.
func (n *Network) Render(content advocacy.Content, language string, told network.Disclosures) (advocacy.Rendering, []advocacy.Finding) {
	return network.RenderInText(Name, capabilities(), content, language, told)
}

// body is what is committed to be sent. The names the server gives the files are not known before
// they are there, so it names our own.
type body struct {
	// Message is Markdown that shows the text people signed.
	Message string `json:"message,omitempty"`
	Files   []file `json:"files,omitempty"`
	// Signed is the digest of the target that people signed.
	Signed advocacy.Digest `json:"signed"`
}

type file struct {
	Blob        string `json:"blob"`
	ContentType string `json:"content_type"`
	// Name is what readers see of the file.
	Name string `json:"name"`
}

// Encode returns the canonical JSON of the post and its files.
func (n *Network) Encode(e network.Envelope) ([]byte, error) {
	r := e.Target.Rendering
	if r.Network != Name {
		return nil, fmt.Errorf("mattermost: the rendering is for network %q", r.Network)
	}
	signed, err := network.Canonical(e.Target)
	if err != nil {
		return nil, err
	}
	b := body{Message: escape(r.Text), Signed: advocacy.DigestOf(signed)}
	for _, m := range r.Media {
		b.Files = append(b.Files, file{m.Blob, m.ContentType, fileName(m)})
	}
	return network.Canonical(b)
}

// parse reads a body, and tells whether there is something to publish.
func parse(data []byte) (body, bool) {
	var b body
	if json.Unmarshal(data, &b) != nil || b.Message == "" && len(b.Files) == 0 {
		return body{}, false
	}
	return b, true
}
