package wall

import (
	"fmt"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
)

// Name is the wall's name among the networks.
const Name advocacy.Network = "wall"

// Network publishes to the walls of a service.
type Network struct {
	store Store
	base  string
	// Now is the clock removals are noted by; New sets the machine's, in UTC and
	// microseconds.
	Now func() time.Time
}

var _ network.Adapter = (*Network)(nil)

// New returns the wall network over a store. The base URL is the scheme and host the
// public reaches the service by, such as "https://news.example.com".
func New(store Store, baseURL string) *Network {
	return &Network{
		store: store,
		base:  strings.TrimRight(baseURL, "/"),
		Now:   func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) },
	}
}

// Name returns "wall".
func (n *Network) Name() advocacy.Network { return Name }

// Capabilities returns what a wall can do: everything, since it is ours.
func (n *Network) Capabilities() network.Capabilities { return capabilities() }

func capabilities() network.Capabilities {
	rule, _ := measure.RuleOf(Name)
	return network.Capabilities{
		TextLimit:       rule.Limits[0].Most,
		MediaLimit:      rule.Pictures(),
		AltTextRequired: true,
		Cards:           true,
		DisclosureField: rule.Paid,
		Idempotency:     network.ExactlyOnce,
		ReadBack:        true,
		Delete:          true,
	}
}

// Render returns the entry as the wall shows it. The disclosure has its own line and
// is not part of the text.
func (n *Network) Render(content advocacy.Content, language string, told network.Disclosures) (advocacy.Rendering, []advocacy.Finding) {
	return network.RenderPlain(Name, capabilities(), content, language, told)
}

// Encode returns the entry's body: canonical JSON of everything the page shows but the
// time. The time is not part of it so that each attempt of a publication, whenever it
// is made, has the same bytes.
func (n *Network) Encode(e network.Envelope) ([]byte, error) {
	if e.Target.Rendering.Network != Name {
		return nil, fmt.Errorf("wall: the rendering is for network %q", e.Target.Rendering.Network)
	}
	return network.Canonical(document{
		Schema:      documentSchema,
		Workspace:   e.Workspace,
		Publication: e.Publication,
		Post:        e.Post,
		Digest:      e.Digest,
		Byline:      e.Target.Byline,
		Rendering:   e.Target.Rendering,
	})
}
