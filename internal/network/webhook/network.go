package webhook

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// Name is the webhook's name among the networks.
const Name advocacy.Network = "webhook"

const (
	// bodyLimit is the standard's advice for a body, in bytes.
	bodyLimit = 20_000
	// renderingLimit leaves room in the body for names, times and addresses of pictures.
	renderingLimit = 16_000
	defaultTimeout = 15 * time.Second
	// keyLife is how long a receiver that declares to drop a repeated id has to know it.
	keyLife = 24 * time.Hour
	// keyWait is how long a receiver may take to know it.
	keyWait = 30 * time.Second
)

// FindingBodyTooLarge: text and descriptions take more bytes than a receiver must
// accept; Args size, limit.
const FindingBodyTooLarge = "BODY_TOO_LARGE"

// Options configure the network. The zero value is safe for production.
type Options struct {
	// AllowedNetworks may be connected to although they are not public, on any port and
	// without TLS.
	AllowedNetworks []netip.Prefix
	// Timeout bounds a whole delivery, from the look-up of the name to the end of the
	// answer; 15 seconds when zero.
	Timeout time.Duration
	// Now is the clock; the machine's when nil.
	Now func() time.Time
	// Resolver looks names up; the machine's when nil.
	Resolver *net.Resolver
	// RootCAs are the certificate authorities trusted; the machine's when nil.
	RootCAs *x509.CertPool
}

// Network delivers publications to webhooks.
type Network struct {
	client  *wire.Client
	timeout time.Duration
}

var _ network.Adapter = (*Network)(nil)

// New returns the webhook network.
func New(o Options) *Network {
	n := &Network{timeout: o.Timeout}
	if n.timeout <= 0 {
		n.timeout = defaultTimeout
	}
	n.client = wire.New(wire.Options{
		AllowedNetworks: o.AllowedNetworks, Timeout: n.timeout, Now: o.Now, Resolver: o.Resolver, RootCAs: o.RootCAs,
	})
	return n
}

// CheckAddress tells whether a webhook may have the address, as wire.Client.Address does.
func (n *Network) CheckAddress(raw string) error {
	_, err := n.client.Address(raw)
	return err
}

// Name returns "webhook".
func (n *Network) Name() advocacy.Network { return Name }

// Capabilities returns what a webhook can do: be told, at most once, or until it answers
// where the receiver declared to drop a repeated id.
func (n *Network) Capabilities() network.Capabilities { return capabilities() }

func capabilities() network.Capabilities {
	rule, _ := measure.RuleOf(Name)
	return network.Capabilities{
		TextLimit:       rule.Limits[0].Most,
		MediaLimit:      rule.Pictures(),
		AltTextRequired: true,
		Cards:           true,
		DisclosureField: rule.Paid,
		Idempotency:     network.ByKey,
		KeyLife:         keyLife,
		KeyWait:         keyWait,
	}
}

// Render returns what the receiver is told. The disclosure is a field of its own; a
// rendering that would not fit in a body is a finding.
func (n *Network) Render(content advocacy.Content, language string, told network.Disclosures) (advocacy.Rendering, []advocacy.Finding) {
	r, found := network.RenderPlain(Name, capabilities(), content, language, told)
	data, err := network.Canonical(r)
	if err == nil && len(data) > renderingLimit && !tooLong(found) {
		found = append(found, advocacy.Finding{
			Code: FindingBodyTooLarge, Severity: advocacy.Blocks, Field: "text", Network: Name,
			Args: map[string]string{"size": strconv.Itoa(len(data)), "limit": strconv.Itoa(renderingLimit)},
		})
	}
	return r, found
}

// tooLong tells whether the author was told already.
func tooLong(found []advocacy.Finding) bool {
	return slices.ContainsFunc(found, func(f advocacy.Finding) bool { return f.Code == network.FindingTextTooLong })
}

// Encode returns the body: canonical JSON of type, timestamp and data.
func (n *Network) Encode(e network.Envelope) ([]byte, error) {
	r := e.Target.Rendering
	if r.Network != Name {
		return nil, fmt.Errorf("webhook: the rendering is for network %q", r.Network)
	}
	m := message{
		Type:      messageType,
		Timestamp: e.Time.UTC().Format(time.RFC3339Nano),
		Data: data{
			Workspace: e.Workspace, Publication: e.Publication, Post: e.Post, Digest: e.Digest,
			Byline: e.Target.Byline, Language: r.Language, Text: r.Text, Link: r.Link,
			Media: []picture{},
		},
	}
	if r.Disclosure != advocacy.DisclosureNone {
		m.Data.Disclosure = &disclosure{Kind: r.Disclosure, Text: r.DisclosureText}
	}
	if len(r.Pictures()) > 0 && e.MediaURL == nil {
		return nil, fmt.Errorf("webhook: no address to fetch pictures from")
	}
	if c := r.Card; !c.None() {
		m.Data.Card = &card{Title: c.Title, Description: c.Description}
		if c.Picture.Blob != "" {
			p := pictureOf(e, c.Picture)
			m.Data.Card.Picture = &p
		}
	}
	for _, p := range r.Media {
		m.Data.Media = append(m.Data.Media, pictureOf(e, p))
	}
	body, err := network.Canonical(m)
	if err == nil && len(body) > bodyLimit {
		return nil, advocacy.InvalidField("text", FindingBodyTooLarge, "the body would have %d bytes; at most %d are sent", len(body), bodyLimit)
	}
	return body, err
}

func pictureOf(e network.Envelope, p advocacy.RenderedMedia) picture {
	return picture{
		URL: e.MediaURL(p.Blob), ContentType: p.ContentType, Width: p.Width, Height: p.Height,
		AltText: p.AltText, SHA256: advocacy.Digest(p.Blob).Hex(),
		Duration: p.Duration, Pages: p.Pages,
	}
}
