package facebook

import (
	"net/url"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/graph"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/network/oauth"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// Name is Facebook's name among the networks.
const Name = measure.Facebook

// Options configure the network. API and Version are required.
type Options struct {
	wire.Options
	// API is the address of the Graph API, such as https://graph.facebook.com, and Version the one that
	// is spoken, such as v25.0.
	API, Version string
	// SignIn is the address of Facebook itself, where people sign in, such as https://www.facebook.com.
	SignIn string
	// AppID and AppSecret are what Facebook knows us as, and Redirect where it sends people back to.
	// Without any of them pages are connected with tokens alone.
	AppID, AppSecret, Redirect string
}

// Network publishes to pages on Facebook.
type Network struct {
	wire  *wire.Client
	graph *graph.Client
	// registered is what Facebook knows us as.
	registered *oauth.Registration
	// uploads are the pictures of publications that are not out yet.
	uploads network.Leftovers[*upload]
}

var (
	_ network.Adapter    = (*Network)(nil)
	_ network.Authorizer = (*Network)(nil)
)

// New returns the network.
func New(o Options) *Network {
	client := wire.New(o.Options)
	n := &Network{
		wire: client, graph: &graph.Client{Wire: client, Secret: o.AppSecret},
		registered: &oauth.Registration{
			Client: &oauth.Client{Wire: client}, Name: "Facebook", App: network.App{Redirect: o.Redirect, ID: o.AppID, Secret: o.AppSecret},
		},
	}
	if api, err := client.Address(o.API); err == nil {
		n.graph.Base = api.JoinPath(o.Version)
		n.registered.App.Server, n.registered.Server.Token = api.Host, n.graph.Base.JoinPath(tokenPath)
	}
	if signIn, err := client.Address(o.SignIn); err == nil {
		n.registered.Server.SignIn = signIn.JoinPath(o.Version, "dialog/oauth")
	}
	return n
}

// Name returns "facebook".
func (n *Network) Name() advocacy.Network { return Name }

// Capabilities returns what every page can do.
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

// Render returns the post as it will be shown, with the words of a disclosure and the link in its
// text. Videos are not published there yet.
func (n *Network) Render(content advocacy.Content, language string, told network.Disclosures) (advocacy.Rendering, []advocacy.Finding) {
	r, found := network.RenderInText(Name, capabilities(), content, language, told)
	for _, m := range content.Media {
		if advocacy.MediaKindOf(m.ContentType) == advocacy.KindVideo { // guard: what we cannot publish nobody signs
			return r, append(found, advocacy.Finding{
				Code: network.FindingMediaKindRefused, Severity: advocacy.Blocks, Field: "media", Network: Name, Args: map[string]string{"kind": "video"},
			})
		}
	}
	return r, found
}

// one is a value of a call.
func one(name, value string) url.Values { return url.Values{name: {value}} }
