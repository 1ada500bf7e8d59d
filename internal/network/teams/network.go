package teams

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// Name is Teams' name among the networks.
const Name = measure.Teams

const (
	// bodyLimit is the most that is sent, in bytes; renderingLimit is what people are told, with
	// addressRoom for the address of each picture, which is not known then.
	bodyLimit      = 21_000
	renderingLimit = 20_000
	addressRoom    = 200
)

// FindingBodyTooLarge: the card takes more bytes than Teams shows; Args size, limit.
const FindingBodyTooLarge = "BODY_TOO_LARGE"

// Options configure the network. Hosts are required.
type Options struct {
	wire.Options
	// Hosts are those that workflows may be at; one with a dot before it stands for all below it.
	Hosts []string
}

// Network publishes through workflows of Teams.
type Network struct {
	client *wire.Client
	hosts  []string
}

var (
	_ network.Adapter = (*Network)(nil)
	_ network.Linker  = (*Network)(nil)
)

// New returns the network.
func New(o Options) *Network { return &Network{client: wire.New(o.Options), hosts: o.Hosts} }

// Name returns "teams".
func (n *Network) Name() advocacy.Network { return Name }

// Capabilities returns what a workflow can do: be told, at most once.
func (n *Network) Capabilities() network.Capabilities { return capabilities() }

func capabilities() network.Capabilities {
	rule, _ := measure.RuleOf(Name)
	return network.Capabilities{
		MediaLimit:      rule.Pictures(),
		AltTextRequired: true,
		DisclosureField: rule.Paid,
		Idempotency:     network.AtMostOnce,
		OneServer:       true,
	}
}

// Render returns the card as it will be shown, with disclosure and link in its text; one that
// Teams would not show is a finding.
func (n *Network) Render(content advocacy.Content, language string, told network.Disclosures) (advocacy.Rendering, []advocacy.Finding) {
	r, found := network.RenderInText(Name, capabilities(), content, language, told)
	data, err := network.Canonical(messageOf(r, func(string) string { return strings.Repeat("a", addressRoom) }))
	if err == nil && len(data) > renderingLimit && !tooLong(found) { // guard: what Teams would not show after people signed it
		found = append(found, advocacy.Finding{
			Code: FindingBodyTooLarge, Severity: advocacy.Blocks, Field: "text", Network: Name,
			Args: map[string]string{"size": strconv.Itoa(len(data)), "limit": strconv.Itoa(renderingLimit)},
		})
	}
	return r, found
}

// tooLong tells whether the author was told already.
func tooLong(found []advocacy.Finding) bool {
	return slices.ContainsFunc(found, func(f advocacy.Finding) bool { return f.Code == network.FindingTextTooManyBytes })
}

// body is what is committed to be sent.
type body struct {
	Message message `json:"message"`
	// Signed is the digest of the target that people signed.
	Signed advocacy.Digest `json:"signed"`
}

// Encode returns the canonical JSON of the card.
func (n *Network) Encode(e network.Envelope) ([]byte, error) {
	r := e.Target.Rendering
	if r.Network != Name {
		return nil, fmt.Errorf("teams: the rendering is for network %q", r.Network)
	}
	if len(r.Media) > 0 && e.MediaURL == nil {
		return nil, fmt.Errorf("teams: no address to fetch pictures from")
	}
	signed, err := network.Canonical(e.Target)
	if err != nil {
		return nil, err
	}
	m := messageOf(r, e.MediaURL)
	data, err := network.Canonical(m)
	if err != nil {
		return nil, err
	}
	if len(data) > bodyLimit {
		return nil, advocacy.InvalidField("text", FindingBodyTooLarge, "the card would have %d bytes; at most %d are sent", len(data), bodyLimit)
	}
	return network.Canonical(body{Message: m, Signed: advocacy.DigestOf(signed)})
}

// parse reads a body, and tells whether there is something to publish.
func parse(data []byte) (message, bool) {
	var b body
	if json.Unmarshal(data, &b) != nil || len(b.Message.Attachments) != 1 || len(b.Message.Attachments[0].Content.Body) == 0 {
		return message{}, false
	}
	return b.Message, true
}
