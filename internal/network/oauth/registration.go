package oauth

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// Registration is what a network knows us as where our operator made an app by hand, the same for
// all accounts. The network says nothing of its server that could be asked for.
type Registration struct {
	Client *Client
	// Name is the network's, as people read it.
	Name string
	// App is without an id or a secret when the operator made none.
	App network.App
	// Server has no SignIn or no Token when an address may not be used.
	Server Server
}

// usable tells why nobody can sign in, nil when somebody can. The errors are those of
// network.Authorizer.
func (r *Registration) usable() error {
	switch {
	case r.App.ID == "" || r.App.Secret == "" || r.App.Redirect == "":
		return advocacy.Refuse("NETWORK_WITHOUT_OAUTH",
			"this service is not registered at %s: its operator makes an app there, or accounts are connected with tokens", r.Name)
	case r.Server.SignIn == nil || r.Server.Token == nil:
		return &advocacy.Error{
			Kind: advocacy.Unavailable, Reason: "NETWORK_UNREACHABLE", Message: "The address of " + r.Name + " may not be used: the operator mends it.",
		}
	}
	return nil
}

// Authorize returns where somebody signs in.
func (r *Registration) Authorize(q network.Question, scopes []string) (network.Entrance, error) {
	if err := r.usable(); err != nil {
		return network.Entrance{}, err
	}
	return r.Server.Entrance(r.App, q, scopes), nil
}

// Exchange gives a code back for a grant that has the scopes.
func (r *Registration) Exchange(ctx context.Context, code, verifier string, scopes []string) (network.Grant, error) {
	if err := r.usable(); err != nil {
		return network.Grant{}, err
	}
	return r.Client.Exchange(ctx, r.Server, r.App, code, verifier, scopes)
}

// gave tells whether the network gave a grant to whom we are now, nil when it did.
func (r *Registration) gave(g network.Grant) *network.Answer {
	switch {
	case r.usable() != nil:
		return network.Ended(network.Misconfigured, advocacy.AnswerAppGone)
	case g.Client != r.App.ID: // guard: what one app was given is not told to another
		return network.Ended(network.AuthExpired, advocacy.AnswerAppOther)
	}
	return nil
}

// Refresh asks for the grant after one.
func (r *Registration) Refresh(ctx context.Context, old network.Grant) (network.Grant, network.Answer) {
	if wrong := r.gave(old); wrong != nil {
		return network.Grant{}, *wrong
	}
	return r.Client.Refresh(ctx, r.Server, r.App, old)
}

// Revoke ends a grant: what asks for the next one first, and the token after it. One that somebody
// made by hand is ended by who made it: there is nothing to do.
func (r *Registration) Revoke(ctx context.Context, g network.Grant) network.Answer {
	if g.Given() {
		return network.Answer{Class: network.Accepted}
	}
	if wrong := r.gave(g); wrong != nil {
		if wrong.Class == network.AuthExpired {
			wrong.Class = network.Permanent
		}
		return *wrong
	}
	if answer := r.Client.Revoke(ctx, r.Server, r.App, g.Refresh); answer.Class != network.Accepted {
		return answer
	}
	return r.Client.Revoke(ctx, r.Server, r.App, g.Access)
}
