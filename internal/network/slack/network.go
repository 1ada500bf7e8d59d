package slack

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// Name is Slack's name among the networks.
const Name = measure.Slack

// Options configure the network. API is required.
type Options struct {
	wire.Options
	// API is the address of Slack's API, such as https://slack.com.
	API string
}

// Network publishes to channels of Slack.
type Network struct {
	client *wire.Client
	// api is nil when the address may not be used.
	api *url.URL
}

var (
	_ network.Adapter = (*Network)(nil)
	_ network.Linker  = (*Network)(nil)
)

// New returns the network.
func New(o Options) *Network {
	n := &Network{client: wire.New(o.Options)}
	if api, err := n.client.Address(o.API); err == nil {
		n.api = api
	}
	return n
}

// Name returns "slack".
func (n *Network) Name() advocacy.Network { return Name }

// Capabilities returns what accounts can do.
func (n *Network) Capabilities() network.Capabilities { return capabilities() }

func capabilities() network.Capabilities {
	rule, _ := measure.RuleOf(Name)
	return network.Capabilities{
		MediaLimit:      rule.Pictures(),
		AltTextRequired: true,
		DisclosureField: rule.Paid,
		Idempotency:     network.AtMostOnce,
		OneServer:       true,
		ReadBack:        true,
		Delete:          true,
	}
}

// Render returns the message as it will be shown, with disclosure and link in its text.
func (n *Network) Render(content advocacy.Content, language string, told network.Disclosures) (advocacy.Rendering, []advocacy.Finding) {
	return network.RenderInText(Name, capabilities(), content, language, told)
}

// body is what is committed to be sent.
type body struct {
	// Text is what notifications and screen readers say, and what is compared.
	Text   string  `json:"text,omitempty"`
	Blocks []block `json:"blocks"`
	// Signed is the digest of the target that people signed.
	Signed advocacy.Digest `json:"signed"`
}

// block is a part of a message: rich text with its sections, or a picture.
type block struct {
	Type     string    `json:"type"`
	Elements []section `json:"elements,omitempty"`
	ImageURL string    `json:"image_url,omitempty"`
	AltText  string    `json:"alt_text,omitempty"`
}

type section struct {
	Type     string `json:"type"`
	Elements []run  `json:"elements"`
}

// run is a piece of text, or an address.
type run struct {
	Type string `json:"type"`
	Text string `json:"text,omitempty"`
	URL  string `json:"url,omitempty"`
}

const imageBlock = "image"

// Encode returns the canonical JSON of the message.
func (n *Network) Encode(e network.Envelope) ([]byte, error) {
	r := e.Target.Rendering
	if r.Network != Name {
		return nil, fmt.Errorf("slack: the rendering is for network %q", r.Network)
	}
	if len(r.Media) > 0 && e.MediaURL == nil {
		return nil, fmt.Errorf("slack: no address to fetch pictures from")
	}
	signed, err := network.Canonical(e.Target)
	if err != nil {
		return nil, err
	}
	b := body{Text: escape(r.Text), Blocks: []block{}, Signed: advocacy.DigestOf(signed)}
	if r.Text != "" {
		b.Blocks = append(b.Blocks, block{Type: "rich_text", Elements: []section{{Type: "rich_text_section", Elements: runs(r.Text)}}})
	}
	for _, m := range r.Media {
		b.Blocks = append(b.Blocks, block{Type: imageBlock, ImageURL: e.MediaURL(m.Blob), AltText: m.AltText})
	}
	return network.Canonical(b)
}

// addresses are those that readers are led by.
var addresses = regexp.MustCompile(`https?://[^\s<>]*[^\s<>.,:;!?"')\]»”…]`)

// runs is a text with its addresses as links. Nothing is added to it, and nothing left out.
func runs(text string) []run {
	var out []run
	last := 0
	for _, at := range addresses.FindAllStringIndex(text, -1) {
		if !network.WebAddress(text[at[0]:at[1]]) {
			continue
		}
		if at[0] > last {
			out = append(out, run{Type: "text", Text: text[last:at[0]]})
		}
		out = append(out, run{Type: "link", URL: text[at[0]:at[1]]})
		last = at[1]
	}
	if last < len(text) {
		out = append(out, run{Type: "text", Text: text[last:]})
	}
	return out
}

// parse reads a body, and tells whether there is something to publish.
func parse(data []byte) (body, bool) {
	var b body
	if json.Unmarshal(data, &b) != nil || len(b.Blocks) == 0 {
		return body{}, false
	}
	return b, true
}
