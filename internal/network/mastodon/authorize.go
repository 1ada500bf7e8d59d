package mastodon

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/oauth"
)

// scopes are the least that publishing, looking and taking back need (docs.joinmastodon.org,
// api/oauth-scopes).
var scopes = []string{"profile", "read:statuses", "write:statuses", "write:media"}

// freshApp is how long a server is taken to know an application that nobody has a token of:
// Mastodon clears those away after a day.
const freshApp = 12 * time.Hour

// Authorize registers us at the account's server when it does not know us, and returns where its
// owner signs in.
func (n *Network) Authorize(ctx context.Context, a advocacy.SocialAccount, q network.Question) (network.Entrance, error) {
	if n.apps == nil || n.redirect == "" {
		return network.Entrance{}, advocacy.Refuse("NETWORK_WITHOUT_OAUTH", "this service has no address that a server could send people back to")
	}
	at, err := n.client.Address(a.Address)
	if err != nil {
		return network.Entrance{}, err
	}
	server, err := n.oauth.Discover(ctx, at)
	if err != nil {
		return network.Entrance{}, err
	}
	app, err := n.app(ctx, a, at, server)
	if err != nil {
		return network.Entrance{}, err
	}
	return server.Entrance(app, q, scopes), nil
}

// app is what the server knows us as. One that was long ago is asked about first: people who are
// sent to a server that does not know us any more see an error there, and nobody hears of it.
func (n *Network) app(ctx context.Context, a advocacy.SocialAccount, at *url.URL, server oauth.Server) (network.App, error) {
	known, err := n.apps.Apps(ctx, a.Workspace, Name, at.Host)
	if err != nil {
		return network.App{}, err
	}
	if i := slices.IndexFunc(known, func(k network.App) bool { return k.Redirect == n.redirect }); i >= 0 {
		app := known[i]
		if n.client.Now().Sub(app.CreateTime) < freshApp || n.oauth.Known(ctx, server, app) {
			return app, nil
		}
		if err := n.apps.ForgetApp(ctx, a.Workspace, Name, app); err != nil {
			return network.App{}, err
		}
	}
	app, err := n.register(ctx, at)
	if err != nil {
		return network.App{}, err
	}
	return n.apps.KeepApp(ctx, a.Workspace, Name, app)
}

// register makes us known to a server (docs.joinmastodon.org, methods/apps).
func (n *Network) register(ctx context.Context, at *url.URL) (network.App, error) {
	content, err := json.Marshal(map[string]any{
		"client_name": "Imprimatur", "redirect_uris": []string{n.redirect}, "scopes": strings.Join(scopes, " "),
	})
	if err != nil {
		return network.App{}, err
	}
	s := &session{n: n, server: at}
	var made struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	if code, wrong := s.asked(s.request(ctx, http.MethodPost, "api/v1/apps", nil, content, "application/json"), &made); wrong != nil {
		if code == http.StatusUnauthorized || code == http.StatusForbidden {
			return network.App{}, unsuitable("the server registers no applications. %s", wrong.Said.Text).Because(wrong.Said)
		}
		return network.App{}, wrong.Unlinked(tokenRefused, notMastodon)
	}
	if made.ID == "" || made.Secret == "" {
		return network.App{}, unsuitable("the server does not register applications as Mastodon does")
	}
	return network.App{Server: at.Host, Redirect: n.redirect, ID: made.ID, Secret: made.Secret, CreateTime: n.client.Now().UTC()}, nil
}

// Exchange gives the code back to the server for a token.
func (n *Network) Exchange(ctx context.Context, a advocacy.SocialAccount, code, verifier string) (network.Grant, error) {
	if n.apps == nil {
		return network.Grant{}, advocacy.Refuse("NETWORK_WITHOUT_OAUTH", "this service has no address that a server could send people back to")
	}
	at, err := n.client.Address(a.Address)
	if err != nil {
		return network.Grant{}, err
	}
	server, err := n.oauth.Discover(ctx, at)
	if err != nil {
		return network.Grant{}, err
	}
	known, err := n.apps.Apps(ctx, a.Workspace, Name, at.Host)
	if err != nil {
		return network.Grant{}, err
	}
	i := slices.IndexFunc(known, func(k network.App) bool { return k.Redirect == n.redirect })
	if i < 0 {
		return network.Grant{}, unsuitable("this service is not registered at the server any more: begin again")
	}
	return n.oauth.Exchange(ctx, server, known[i], code, verifier, scopes)
}

// grantee finds whom a grant was given to, and where.
func (n *Network) grantee(ctx context.Context, a advocacy.SocialAccount, g network.Grant) (oauth.Server, network.App, *network.Answer) {
	at, err := n.client.Address(a.Address)
	if err != nil || n.apps == nil {
		return oauth.Server{}, network.App{}, network.Ended(network.Misconfigured, advocacy.AnswerAddressUnusable)
	}
	known, err := n.apps.Apps(ctx, a.Workspace, Name, at.Host)
	if err != nil {
		return oauth.Server{}, network.App{}, &network.Answer{Class: network.Retryable, Said: network.Say(advocacy.AnswerAppUnread)}
	}
	i := slices.IndexFunc(known, func(k network.App) bool { return k.ID == g.Client })
	if i < 0 {
		return oauth.Server{}, network.App{}, &network.Answer{Class: network.AuthExpired, Said: network.Say(advocacy.AnswerAppOther)}
	}
	server, err := n.oauth.Discover(ctx, at)
	if err != nil {
		return oauth.Server{}, network.App{}, &network.Answer{Class: network.Retryable, Said: network.Say(advocacy.AnswerSignInUnknown)}
	}
	return server, known[i], nil
}

// Refresh asks for the next token of a server whose tokens end; Mastodon's own do not.
func (n *Network) Refresh(ctx context.Context, a advocacy.SocialAccount, old network.Grant) (network.Grant, network.Answer) {
	server, app, wrong := n.grantee(ctx, a, old)
	if wrong != nil {
		return network.Grant{}, *wrong
	}
	return n.oauth.Refresh(ctx, server, app, old)
}

// Revoke ends a token. One that somebody made by hand is ended by who made it, and nobody else
// can: there is nothing to do.
func (n *Network) Revoke(ctx context.Context, a advocacy.SocialAccount, g network.Grant) network.Answer {
	if g.Given() {
		return network.Answer{Class: network.Accepted}
	}
	server, app, wrong := n.grantee(ctx, a, g)
	switch {
	case wrong != nil && wrong.Class == network.AuthExpired:
		return network.Answer{Class: network.Permanent, Said: wrong.Said}
	case wrong != nil:
		return *wrong
	}
	return n.oauth.Revoke(ctx, server, app, g.Access)
}
