package container

import (
	"net/url"
	"regexp"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/graph"
	"github.com/imprimatur-hq/imprimatur/internal/network/measure"
	"github.com/imprimatur-hq/imprimatur/internal/network/oauth"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// Kind is what a network does in its own way.
type Kind struct {
	Name advocacy.Network
	// Title is its name as people read it.
	Title string
	// Profile begins the address of an account, which its user name ends.
	Profile string
	// Addresses are all forms of such an address, with the user name as their only group.
	Addresses *regexp.Regexp
	// Hosts are where posts are shown.
	Hosts []string
	// Scopes are the least that publishing, looking and taking back need.
	Scopes []string
	// Make, Show and List are the calls that make a container, show it, and tell what is shown.
	Make, Show, List string
	// Quota is the call that tells how many posts an account may still make.
	Quota string
	// Text is the field of a post's text, and UserID that of an account's number.
	Text, UserID string
	// Status is the field of what became of a container, and Why that of the reason.
	Status, Why string
	// TextType is the type of a container of a text alone, empty where there is none, and PictureType
	// that of one picture, empty where an address of a picture says it. VideoType is that of a video.
	TextType, PictureType, VideoType string
	// VideoWords: a video has words for who cannot see it.
	VideoWords bool
	// SignIn is the path of the page where people sign in, and Grant begins the kinds of grants that
	// give a longer life to a token.
	SignIn, Grant string
	// Deletes: posts can be taken back.
	Deletes bool
	// Absent is the code of what is not there, 0 for none of its own.
	Absent int
}

// Options configure a network. API, Tokens and Version are required.
type Options struct {
	wire.Options
	// API is the address of the API, and Version the one that is spoken.
	API, Version string
	// Tokens is the address where a code is given back for a token, and SignIn that of the network
	// itself, where people sign in.
	Tokens, SignIn string
	// AppID and AppSecret are what the network knows us as, and Redirect where it sends people back
	// to. Without any of them accounts are connected with tokens alone.
	AppID, AppSecret, Redirect string
	// Reached: Meta can fetch files from this service.
	Reached bool
}

// Network publishes to one of the networks.
type Network struct {
	kind Kind
	wire *wire.Client
	// graph speaks the version, root to the same server without one, and tokens to where codes go.
	graph, root, tokens *graph.Client
	// registered is what the network knows us as.
	registered *oauth.Registration
	reached    bool
	// containers are those of publications that are not out yet, and asked those of which it is not
	// known whether they are shown.
	containers network.Leftovers[*made]
	asked      network.Leftovers[string]
}

var (
	_ network.Adapter    = (*Network)(nil)
	_ network.Authorizer = (*Network)(nil)
)

// tokenLife: developers.facebook.com, docs/threads/get-started and docs/instagram-platform business-login. The next
// one is asked for in the second half of it.
const tokenLife = 60 * 24 * time.Hour

const (
	codePath    = "oauth/access_token"
	longerPath  = "access_token"
	refreshPath = "refresh_access_token"
)

// codes are the classes of subcodes that both networks have
// (developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes;
// gitroomhq/postiz-app 74b01ad).
var codes = map[int]network.Class{
	// Too big, another format, another shape, a text too long, a video it does not take, a carousel that is none.
	2207004: network.Permanent, 2207005: network.Permanent, 2207009: network.Permanent, 36003: network.Permanent, 2207010: network.Permanent,
	2207026: network.Permanent, 2207028: network.Permanent, 2207023: network.Permanent,
	// An account that is restricted, or blocked, or asked to do something first.
	2207050: network.Permanent, 2207051: network.Permanent, 2207081: network.Permanent, 4279013: network.Permanent,
	// A file that was not fetched, or not worked on yet; a container that is too old.
	2207003: network.Retryable, 2207052: network.Retryable, 2207053: network.Retryable, 2207027: network.Retryable, 2207082: network.Retryable,
	2207077: network.Retryable, 2207006: network.Retryable, 2207008: network.Retryable, 2207020: network.Retryable,
	2207042: network.RateLimited,
	// An error of Meta's own, after which a post may be there.
	2207001: network.UnknownOutcome, 2207032: network.UnknownOutcome,
}

// New returns the network of a kind.
func New(k Kind, o Options) *Network {
	client := wire.New(o.Options)
	speak := func() *graph.Client { return &graph.Client{Wire: client, Codes: codes, Absent: k.Absent} }
	n := &Network{
		kind: k, wire: client, graph: speak(), root: speak(), tokens: speak(), reached: o.Reached,
		registered: &oauth.Registration{
			Client: &oauth.Client{Wire: client}, Name: k.Title, App: network.App{Redirect: o.Redirect, ID: o.AppID, Secret: o.AppSecret},
		},
	}
	if api, err := client.Address(o.API); err == nil {
		n.root.Base, n.graph.Base = api, api.JoinPath(o.Version)
		n.registered.App.Server = api.Host
	}
	if tokens, err := client.Address(o.Tokens); err == nil {
		n.tokens.Base, n.registered.Server.Token = tokens, tokens.JoinPath(codePath)
	}
	n.registered.Server.Commas = true
	if signIn, err := client.Address(o.SignIn); err == nil {
		n.registered.Server.SignIn = signIn.JoinPath(k.SignIn)
	}
	return n
}

// Name returns the network's.
func (n *Network) Name() advocacy.Network { return n.kind.Name }

// Capabilities returns what every account can do.
func (n *Network) Capabilities() network.Capabilities {
	rule, _ := measure.RuleOf(n.kind.Name)
	return network.Capabilities{
		MediaLimit:      rule.Pictures(),
		AltTextRequired: true,
		DisclosureField: rule.Paid,
		TokenLife:       tokenLife,
		TokenRenewed:    true,
		Idempotency:     network.AtMostOnce,
		OneServer:       true,
		ReadBack:        true,
		Delete:          n.kind.Deletes,
	}
}

// Render returns the post as it will be shown, with the words of a disclosure and the link in its
// text. Files of a service that Meta does not reach are refused.
func (n *Network) Render(content advocacy.Content, language string, told network.Disclosures) (advocacy.Rendering, []advocacy.Finding) {
	r, found := network.RenderInText(n.kind.Name, n.Capabilities(), content, language, told)
	switch {
	case len(content.Media) == 0 && n.kind.TextType == "": // guard: a text alone has no place there
		found = append(found, blocking(n.kind.Name, network.FindingMediaMissing))
	case len(content.Media) > 0 && !n.reached: // guard: what Meta cannot fetch nobody signs
		found = append(found, blocking(n.kind.Name, network.FindingMediaUnreachable))
	}
	return r, found
}

// blocking is a finding about files that nobody signs.
func blocking(n advocacy.Network, code string) advocacy.Finding {
	return advocacy.Finding{Code: code, Severity: advocacy.Blocks, Field: "media", Network: n}
}

// one is a value of a call.
func one(name, value string) url.Values { return url.Values{name: {value}} }
