package linkedin

import (
	"net/url"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/network/oauth"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// Name is LinkedIn's name among the networks.
const Name = measure.LinkedIn

const (
	// tokenLife: learn.microsoft.com, shared/authentication/authorization-code-flow. The next one without its owner is
	// given to approved partners alone.
	tokenLife    = 60 * 24 * time.Hour
	defaultPause = time.Second
	defaultGrace = 5 * time.Second
	// agingMonths is how old a version is when the operator is told; LinkedIn retires one after
	// twelve.
	agingMonths = 10
)

// Options configure the network. API and Version are required.
type Options struct {
	wire.Options
	// API is the address of LinkedIn's API, such as https://api.linkedin.com.
	API string
	// Version is the month of the API that is spoken, such as 202608.
	Version string
	// BareLinks leaves addresses within a text as they are. Otherwise what little text reserves
	// has a backslash there too.
	BareLinks bool
	// SignIn is the address of LinkedIn itself, where people sign in, such as https://www.linkedin.com.
	SignIn string
	// ClientID and ClientSecret are what LinkedIn knows us as, and Redirect where it sends people back
	// to. Without any of them accounts are connected with tokens alone.
	ClientID, ClientSecret, Redirect string
	// PageScopes are what is asked for to publish for an organisation; those of Community Management
	// when there are none.
	PageScopes []string
	// Proven: the app was allowed proofs (PKCE) by LinkedIn, which refuses them otherwise.
	Proven bool
	// Pause is how long LinkedIn is left alone that still works on a file; a second when zero.
	Pause time.Duration
	// Grace is how long a file is left alone that the token may not ask about; 5 seconds when
	// zero.
	Grace time.Duration
}

// Network publishes to members and organisations on LinkedIn.
type Network struct {
	client *wire.Client
	// registered is what LinkedIn knows us as.
	registered *oauth.Registration
	pageScopes []string
	// api is nil when the address may not be used.
	api          *url.URL
	version      string
	bareLinks    bool
	pause, grace time.Duration
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
	n := &Network{
		client: client, version: o.Version, bareLinks: o.BareLinks, pageScopes: o.PageScopes, pause: o.Pause, grace: o.Grace,
		registered: &oauth.Registration{
			Client: &oauth.Client{Wire: client, Spent: spent, Untyped: true}, Name: "LinkedIn",
			App: network.App{Redirect: o.Redirect, ID: o.ClientID, Secret: o.ClientSecret}, Server: oauth.Server{Unproven: !o.Proven},
		},
	}
	if n.pause <= 0 {
		n.pause = defaultPause
	}
	if n.grace <= 0 {
		n.grace = defaultGrace
	}
	if api, err := n.client.Address(o.API); err == nil {
		n.api = api
	}
	if signIn, err := client.Address(o.SignIn); err == nil {
		at, s := signIn.JoinPath("oauth/v2"), &n.registered.Server
		s.SignIn, s.Token, s.Revoke = at.JoinPath("authorization"), at.JoinPath("accessToken"), at.JoinPath("revoke")
		n.registered.App.Server = signIn.Host
	}
	if len(n.pageScopes) == 0 {
		n.pageScopes = pageScopes
	}
	return n
}

// Aging tells whether a version of the API, a month such as 202608, is so old that LinkedIn will
// retire it within two months or has done so.
func Aging(version string, now time.Time) bool {
	month, err := time.Parse("200601", version)
	return err == nil && !now.Before(month.AddDate(0, agingMonths, 0))
}

// Name returns "linkedin".
func (n *Network) Name() advocacy.Network { return Name }

// Capabilities returns what accounts can do. Those of members cannot be read.
func (n *Network) Capabilities() network.Capabilities { return capabilities() }

func capabilities() network.Capabilities {
	rule, _ := measure.RuleOf(Name)
	return network.Capabilities{
		MediaLimit:      rule.Pictures(),
		AltTextRequired: true,
		Cards:           true,
		DisclosureField: rule.Paid,
		TokenLife:       tokenLife,
		Idempotency:     network.AtMostOnce,
		OneServer:       true,
		ReadBack:        true,
		Delete:          true,
		RefreshTwice:    true,
	}
}

// Render returns the post as it will be shown: the words of a disclosure in its text, and a link
// with its card, or in the text.
func (n *Network) Render(content advocacy.Content, language string, told network.Disclosures) (advocacy.Rendering, []advocacy.Finding) {
	return network.RenderInText(Name, capabilities(), content, language, told)
}
