package x

import (
	"context"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/oauth"
)

// scopes are the least that publishing, looking and taking back need; offline.access gives what
// asks for the next token after two hours (docs.x.com, oauth-2-0/user-access-token).
var scopes = []string{"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"}

// spent tells what X says of a code or a token that is good no more: "Value passed for the token
// was invalid." (PLhery/node-twitter-api-v2 issue 496).
func spent(code, description string) bool {
	return code == "invalid_request" && strings.HasPrefix(description, "Value passed for the") && strings.HasSuffix(description, "was invalid.")
}

// server is where X is signed in to. It says nothing of itself that could be asked for.
func (n *Network) server() (oauth.Server, error) {
	switch {
	case n.app.ID == "" || n.app.Secret == "" || n.app.Redirect == "":
		return oauth.Server{}, advocacy.Refuse("NETWORK_WITHOUT_OAUTH", "this service is not registered at X: its operator makes an app there, or accounts are connected with tokens")
	case n.api == nil || n.signIn == nil:
		return oauth.Server{}, &advocacy.Error{Kind: advocacy.Unavailable, Reason: "NETWORK_UNREACHABLE", Message: "The address of X may not be used: the operator mends it."}
	}
	return oauth.Server{SignIn: n.signIn, Token: n.api.JoinPath("2/oauth2/token"), Revoke: n.api.JoinPath("2/oauth2/revoke")}, nil
}

// Authorize returns where the account's owner signs in.
func (n *Network) Authorize(_ context.Context, _ advocacy.SocialAccount, q network.Question) (network.Entrance, error) {
	server, err := n.server()
	if err != nil {
		return network.Entrance{}, err
	}
	return server.Entrance(n.app, q, scopes), nil
}

// Exchange gives the code back to X for a token.
func (n *Network) Exchange(ctx context.Context, _ advocacy.SocialAccount, code, verifier string) (network.Grant, error) {
	server, err := n.server()
	if err != nil {
		return network.Grant{}, err
	}
	return n.oauth.Exchange(ctx, server, n.app, code, verifier, scopes)
}

// grantee is where a grant came from, if X gave it to whom we are now.
func (n *Network) grantee(g network.Grant) (oauth.Server, *network.Answer) {
	server, err := n.server()
	switch {
	case err != nil:
		return server, network.Ended(network.Misconfigured, "This service is not registered at X any more: its operator mends it.")
	case g.Client != n.app.ID: // guard: what one app was given is not told to another
		return server, network.Ended(network.AuthExpired, "X knew us by another name when it gave the token.")
	}
	return server, nil
}

// Refresh asks for the next token. X takes what asks for it once.
func (n *Network) Refresh(ctx context.Context, _ advocacy.SocialAccount, old network.Grant) (network.Grant, network.Answer) {
	server, wrong := n.grantee(old)
	if wrong != nil {
		return network.Grant{}, *wrong
	}
	return n.oauth.Refresh(ctx, server, n.app, old)
}

// Revoke ends a token, and before it what asks for the next one. One that somebody made by hand is
// ended by who made it.
func (n *Network) Revoke(ctx context.Context, _ advocacy.SocialAccount, g network.Grant) network.Answer {
	if g.Given() {
		return network.Answer{Class: network.Accepted}
	}
	server, wrong := n.grantee(g)
	switch {
	case wrong != nil && wrong.Class == network.AuthExpired:
		return network.Answer{Class: network.Permanent, Message: wrong.Message}
	case wrong != nil:
		return *wrong
	}
	if answer := n.oauth.Revoke(ctx, server, n.app, g.Refresh); answer.Class != network.Accepted {
		return answer
	}
	return n.oauth.Revoke(ctx, server, n.app, g.Access)
}
