package linkedin

import (
	"context"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

var (
	// memberScopes are those of the products that are given at once (learn.microsoft.com/linkedin/shared/
	// authentication/getting-access).
	memberScopes = []string{"openid", "profile", "w_member_social"}
	// pageScopes are those of Community Management; the last is for asking whose page it is.
	pageScopes = []string{"openid", "profile", "w_organization_social", "r_organization_social", "rw_organization_admin"}
)

// scopes are what is asked for of who connects an account. LinkedIn asks for all or nothing, and
// refuses somebody it is asked too much of.
func (n *Network) scopes(a advocacy.SocialAccount) []string {
	if a.Address == "" {
		return memberScopes
	}
	return n.pageScopes
}

// spent tells what LinkedIn says of a code that is good no more: that it does not match the app, or
// that it has expired (d3xt3r2909/linkedin_login issues 75 and 77).
func spent(code, description string) bool {
	return (code == "invalid_request" || code == "invalid_redirect_uri") && strings.Contains(description, "authorization code expired")
}

// Authorize returns where the account's owner signs in.
func (n *Network) Authorize(_ context.Context, a advocacy.SocialAccount, q network.Question) (network.Entrance, error) {
	return n.registered.Authorize(q, n.scopes(a))
}

// Exchange gives the code back to LinkedIn for a token.
func (n *Network) Exchange(ctx context.Context, a advocacy.SocialAccount, code, verifier string) (network.Grant, error) {
	return n.registered.Exchange(ctx, code, verifier, n.scopes(a))
}

// Refresh asks for the next token, where LinkedIn gave what to ask with, which it does to partners
// alone.
func (n *Network) Refresh(ctx context.Context, _ advocacy.SocialAccount, old network.Grant) (network.Grant, network.Answer) {
	return n.registered.Refresh(ctx, old)
}

// Revoke ends a token.
func (n *Network) Revoke(ctx context.Context, _ advocacy.SocialAccount, g network.Grant) network.Answer {
	return n.registered.Revoke(ctx, g)
}
