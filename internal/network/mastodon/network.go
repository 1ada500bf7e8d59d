package mastodon

import (
	"fmt"
	"time"

	"golang.org/x/text/language"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/network/oauth"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// Name is Mastodon's name among the networks.
const Name = measure.Mastodon

const (
	defaultPause = time.Second
	// keyLife is shorter than the hour a server keeps a key, as clocks and queues are not ours.
	keyLife = 50 * time.Minute
	// keyWait: a server keeps the key after the status, and until 2026-02 a repeat that came before the
	// first request was done made a second one (mastodon/mastodon#37879).
	keyWait = 30 * time.Second
)

// Options configure the network. The zero value is safe for production.
type Options struct {
	wire.Options
	// Pause is how long a server is left alone that still works on a file; a second when zero.
	Pause time.Duration
	// Redirect is where servers send people back to who signed in, and Apps keeps what they know us
	// as. Without either, accounts are connected with tokens alone.
	Redirect string
	Apps     network.Apps
}

// Network publishes to accounts on Mastodon.
type Network struct {
	client   *wire.Client
	oauth    *oauth.Client
	pause    time.Duration
	redirect string
	apps     network.Apps
}

var (
	_ network.Adapter    = (*Network)(nil)
	_ network.Authorizer = (*Network)(nil)
)

// New returns the network.
func New(o Options) *Network {
	if o.Pause <= 0 {
		o.Pause = defaultPause
	}
	client := wire.New(o.Options)
	return &Network{pause: o.Pause, client: client, oauth: &oauth.Client{Wire: client}, redirect: o.Redirect, apps: o.Apps}
}

// Name returns "mastodon".
func (n *Network) Name() advocacy.Network { return Name }

// Capabilities returns what every server can do: the least of them.
func (n *Network) Capabilities() network.Capabilities { return capabilities() }

func capabilities() network.Capabilities {
	rule, _ := measure.RuleOf(Name)
	return network.Capabilities{
		TextLimit:       rule.Limits[0].Most,
		MediaLimit:      rule.Pictures(),
		AltTextRequired: true,
		DisclosureField: rule.Paid,
		Idempotency:     network.ByKey,
		KeyLife:         keyLife,
		KeyWait:         keyWait,
		ReadBack:        true,
		Delete:          true,
	}
}

// Render returns the status as it will be shown, with disclosure and link in its text.
func (n *Network) Render(content advocacy.Content, language string, told network.Disclosures) (advocacy.Rendering, []advocacy.Finding) {
	return network.RenderInText(Name, capabilities(), content, language, told)
}

// body is what is committed to be sent. The names the server gives the files are not known
// before they are there, so it names our own.
type body struct {
	Status     string `json:"status"`
	Language   string `json:"language,omitempty"`
	Visibility string `json:"visibility"`
	Media      []file `json:"media,omitempty"`
	// Signed is the digest of the target that people signed.
	Signed advocacy.Digest `json:"signed"`
}

type file struct {
	Blob        string `json:"blob"`
	ContentType string `json:"content_type"`
	Description string `json:"description"`
}

// public is the visibility of every status.
const public = "public"

// Encode returns the canonical JSON of the status and its files.
func (n *Network) Encode(e network.Envelope) ([]byte, error) {
	r := e.Target.Rendering
	if r.Network != Name {
		return nil, fmt.Errorf("mastodon: the rendering is for network %q", r.Network)
	}
	signed, err := network.Canonical(e.Target)
	if err != nil {
		return nil, err
	}
	b := body{Status: r.Text, Language: primary(r.Language), Visibility: public, Signed: advocacy.DigestOf(signed)}
	for _, m := range r.Media {
		b.Media = append(b.Media, file{m.Blob, m.ContentType, m.AltText})
	}
	return network.Canonical(b)
}

// primary is the ISO 639-1 code of a language tag, "" when it has none.
func primary(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return ""
	}
	if base, _ := parsed.Base(); len(base.String()) == 2 {
		return base.String()
	}
	return ""
}
