package bluesky

import (
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// Name is Bluesky's name among the networks.
const Name = measure.Bluesky

// keyLife is how long a record that is not there is made again: later it is likelier that
// somebody deleted it than that it was never there.
const keyLife = 24 * time.Hour

// Network publishes to accounts on Bluesky.
type Network struct {
	client *wire.Client
	mu     sync.Mutex
	// seats are the accounts that were signed in to of late.
	seats map[seatKey]*seat
}

var (
	_ network.Adapter = (*Network)(nil)
	_ network.Linker  = (*Network)(nil)
)

// New returns the network.
func New(o wire.Options) *Network {
	return &Network{seats: make(map[seatKey]*seat), client: wire.New(o)}
}

// Name returns "bluesky".
func (n *Network) Name() advocacy.Network { return Name }

// Capabilities returns what every account can do.
func (n *Network) Capabilities() network.Capabilities { return capabilities() }

func capabilities() network.Capabilities {
	rule, _ := measure.RuleOf(Name)
	return network.Capabilities{
		TextLimit:       rule.Limits[0].Most,
		MediaLimit:      rule.Pictures(),
		AltTextRequired: true,
		DisclosureField: rule.Paid,
		Idempotency:     network.ExactlyOnce,
		KeyLife:         keyLife,
		ReadBack:        true,
		Delete:          true,
	}
}

// Render returns the post as it will be shown, with disclosure and link in its text.
func (n *Network) Render(content advocacy.Content, language string, told network.Disclosures) (advocacy.Rendering, []advocacy.Finding) {
	r, found := network.RenderInText(Name, capabilities(), content, language, told)
	r.Text = unmarked(r.Text)
	for i := range r.Media {
		r.Media[i].AltText = unmarked(r.Media[i].AltText)
	}
	return r, found
}

// unmarked is a text without the byte order mark it may begin with: servers take it away, and
// would show all that follows three bytes earlier than we say.
func unmarked(text string) string {
	return strings.TrimLeftFunc(text, func(r rune) bool { return r == '\ufeff' || unicode.IsSpace(r) }) // guard: what is signed is what is kept
}

// body is what is committed to be sent: all of the record but how many bytes its files have,
// which their names settle and only the files themselves tell.
type body struct {
	Key    string `json:"rkey"`
	Record record `json:"record"`
	// Blobs are our own names of the record's files, in its order.
	Blobs []string `json:"blobs,omitempty"`
	// Signed is the digest of the target that people signed.
	Signed advocacy.Digest `json:"signed"`
}

// Encode returns the canonical JSON of the record and of the key it is kept at. The parts of the
// text that are alive follow from the text, and stay as they are for every attempt.
func (n *Network) Encode(e network.Envelope) ([]byte, error) {
	r := e.Target.Rendering
	if r.Network != Name {
		return nil, fmt.Errorf("bluesky: the rendering is for network %q", r.Network)
	}
	signed, err := network.Canonical(e.Target)
	if err != nil {
		return nil, err
	}
	made, err := recordOf(r, e.Time)
	if err != nil {
		return nil, err
	}
	b := body{Key: keyOf(e.Publication, e.Time), Record: made, Signed: advocacy.DigestOf(signed)}
	for _, m := range r.Media {
		b.Blobs = append(b.Blobs, m.Blob)
	}
	return network.Canonical(b)
}
