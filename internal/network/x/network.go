package x

import (
	"net/url"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/network/oauth"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// Name is X's name among the networks.
const Name = measure.X

const (
	// tokenLife: docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token.
	tokenLife    = 2 * time.Hour
	defaultPause = time.Second
	// partSize is how many bytes of a file go in one request. X takes a thousand parts of a file.
	partSize = 4 << 20
)

// Options configure the network. API is required.
type Options struct {
	wire.Options
	// API is the address of X's API, such as https://api.x.com.
	API string
	// SignIn is where people sign in, such as https://x.com/i/oauth2/authorize.
	SignIn string
	// ClientID and ClientSecret are what X knows us as, and Redirect where it sends people back to.
	// Without any of them accounts are connected with tokens alone.
	ClientID, ClientSecret, Redirect string
	// Pause is how long X is left alone at least that still works on a file; a second when zero.
	Pause time.Duration
}

// Network publishes to accounts on X.
type Network struct {
	client *wire.Client
	// registered is what X knows us as.
	registered *oauth.Registration
	// api is nil when the address may not be used.
	api      *url.URL
	pause    time.Duration
	partSize int64
	// uploads are the files of publications that are not out yet.
	uploads network.Leftovers[*upload]
}

var (
	_ network.Adapter    = (*Network)(nil)
	_ network.Authorizer = (*Network)(nil)
)

// New returns the network.
func New(o Options) *Network {
	client := wire.New(o.Options)
	n := &Network{client: client, pause: o.Pause, partSize: partSize, registered: &oauth.Registration{
		Client: &oauth.Client{Wire: client, Method: oauth.Basic, Spent: spent}, Name: "X",
		App: network.App{Redirect: o.Redirect, ID: o.ClientID, Secret: o.ClientSecret},
	}}
	if n.pause <= 0 {
		n.pause = defaultPause
	}
	if api, err := client.Address(o.API); err == nil {
		n.api, n.registered.App.Server = api, api.Host
		n.registered.Server.Token, n.registered.Server.Revoke = api.JoinPath("2/oauth2/token"), api.JoinPath("2/oauth2/revoke")
	}
	if signIn, err := client.Address(o.SignIn); err == nil {
		n.registered.Server.SignIn = signIn
	}
	return n
}

// Name returns "x".
func (n *Network) Name() advocacy.Network { return Name }

// Capabilities returns what every account can do.
func (n *Network) Capabilities() network.Capabilities { return capabilities() }

func capabilities() network.Capabilities {
	rule, _ := measure.RuleOf(Name)
	return network.Capabilities{
		MediaLimit:      rule.Pictures(),
		AltTextRequired: true,
		DisclosureField: rule.Paid,
		TokenLife:       tokenLife,
		TokenRenewed:    true,
		Idempotency:     network.AtMostOnce,
		OneServer:       true,
		ReadBack:        true,
		Delete:          true,
	}
}

// Render returns the post as it will be shown, with the words of a disclosure and the link in its
// text. What X says of a paid post itself is in its field.
func (n *Network) Render(content advocacy.Content, language string, told network.Disclosures) (advocacy.Rendering, []advocacy.Finding) {
	return network.RenderInText(Name, capabilities(), content, language, told)
}
