package x

import (
	"context"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// scopes are the least that publishing, looking and taking back need; offline.access gives what
// asks for the next token after two hours (docs.x.com, oauth-2-0/user-access-token).
var scopes = []string{"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"}

// spent tells what X says of a code or a token that is good no more: "Value passed for the token
// was invalid." (PLhery/node-twitter-api-v2 issue 496).
func spent(code, description string) bool {
	return code == "invalid_request" && strings.HasPrefix(description, "Value passed for the") && strings.HasSuffix(description, "was invalid.")
}

// Authorize returns where the account's owner signs in.
func (n *Network) Authorize(_ context.Context, _ advocacy.SocialAccount, q network.Question) (network.Entrance, error) {
	return n.registered.Authorize(q, scopes)
}

// Exchange gives the code back to X for a token.
func (n *Network) Exchange(ctx context.Context, _ advocacy.SocialAccount, code, verifier string) (network.Grant, error) {
	return n.registered.Exchange(ctx, code, verifier, scopes)
}

// Refresh asks for the next token. X takes what asks for it once.
func (n *Network) Refresh(ctx context.Context, _ advocacy.SocialAccount, old network.Grant) (network.Grant, network.Answer) {
	return n.registered.Refresh(ctx, old)
}

// Revoke ends a token, and before it what asks for the next one.
func (n *Network) Revoke(ctx context.Context, _ advocacy.SocialAccount, g network.Grant) network.Answer {
	return n.registered.Revoke(ctx, g)
}
