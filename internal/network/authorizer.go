package network

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// Authorizer is implemented by adapters whose accounts are connected by OAuth: their owner signs
// in at the network, which sends the browser back to us with a code.
//
// The address it is sent back to is the adapter's own setting, one and exact for the whole
// service. PKCE is asked for with S256, except of a network that refuses whoever does.
type Authorizer interface {
	Linker
	// Authorize returns where the owner signs in. It may register us at the account's server, and
	// changes nothing else. Refusals are Precondition (NETWORK_WITHOUT_OAUTH, when the operator
	// registered nothing there), Invalid on social_account.address (SERVER_UNSUITABLE, and what
	// CheckAddress says) or Unavailable (NETWORK_UNREACHABLE).
	Authorize(ctx context.Context, a advocacy.SocialAccount, q Question) (Entrance, error)
	// Exchange gives the code back for a grant, once. Refusals are those of Authorize, and Invalid
	// on code (CODE_REFUSED). They hold no secret.
	Exchange(ctx context.Context, a advocacy.SocialAccount, code, verifier string) (Grant, error)
	// Refresh asks for the next grant, once. The answer is Accepted, or AuthExpired (the network
	// gives none any more), Retryable or RateLimited (certain that the old one still stands),
	// Misconfigured, or UnknownOutcome: the old one may be spent, and the new one lost.
	Refresh(ctx context.Context, a advocacy.SocialAccount, old Grant) (Grant, Answer)
	// Revoke ends a grant at the network. It may be repeated. Accepted also when the network knew
	// nothing of it, or has no such call; Permanent when it never will.
	Revoke(ctx context.Context, a advocacy.SocialAccount, g Grant) Answer
}

// Ender is implemented by adapters that can end a token which somebody made at the network by hand.
type Ender interface {
	Linker
	// End ends the token at the network. It may be repeated. Accepted also when the network does not
	// know it any more; Permanent when it never will end it.
	End(ctx context.Context, a advocacy.SocialAccount, token []byte) Answer
}

// CallbackPath is where on this service a network sends the browser back to.
const CallbackPath = "/connect/callback"

// Question is what a network is asked to send back, and to hold the code for.
type Question struct {
	// State comes back with the answer.
	State string
	// Challenge is the S256 of the verifier that the code will be given back with.
	Challenge string
}

// Challenge is the S256 of a verifier (RFC 7636).
func Challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Entrance is where somebody signs in to a network.
type Entrance struct {
	Address string
	// Issuer is who has to have answered, "" when the network does not say who it is. IssuerTold:
	// it says so in each answer, and one without it is not its own.
	Issuer     string
	IssuerTold bool
}

// App is what a server knows us as.
type App struct {
	// Server is the server's address, and Redirect where it sends people back to.
	Server   string
	Redirect string
	// ID is public; Secret is not.
	ID     string
	Secret string
	// CreateTime is when the server was asked.
	CreateTime time.Time
}

// String hides the secret.
func (a App) String() string { return "app " + a.ID }

// GoString hides the secret.
func (a App) GoString() string { return a.String() }

// Apps keeps what servers know us as, where each server is asked by ourselves.
type Apps interface {
	// Apps returns those of a server.
	Apps(ctx context.Context, w advocacy.WorkspaceID, n advocacy.Network, server string) ([]App, error)
	// KeepApp keeps one, unless there is one with the same redirect: the one that is kept is
	// returned.
	KeepApp(ctx context.Context, w advocacy.WorkspaceID, n advocacy.Network, a App) (App, error)
	// ForgetApp forgets one that the server does not know any more.
	ForgetApp(ctx context.Context, w advocacy.WorkspaceID, n advocacy.Network, a App) error
}
