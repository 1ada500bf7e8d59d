package teams

import (
	"context"
	"net/url"
	"strings"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// CheckAddress refuses any address: a workflow's is a secret, and is connected as a token is.
func (n *Network) CheckAddress(raw string) error {
	if raw == "" {
		return nil
	}
	return advocacy.InvalidField("social_account.address", "ADDRESS_UNEXPECTED",
		"leave the address empty: the workflow's own is a secret, and the account is connected with it as with a token")
}

// Connect reads the address of a workflow, which is the account's token. It asks nobody: whatever a
// workflow is sent is shown.
func (n *Network) Connect(_ context.Context, _ advocacy.SocialAccount, token []byte) (network.Profile, error) {
	at, wrong := n.workflow(token)
	if wrong != "" {
		return network.Profile{}, advocacy.InvalidField("access_token", "TOKEN_REFUSED", "%s", wrong)
	}
	name := nameOf(at)
	return network.Profile{ExternalID: name, Handle: "workflow " + name[:8]}, nil
}

// workflow reads a credential, or says what is wrong with it, without repeating it.
func (n *Network) workflow(credential []byte) (at *url.URL, wrong string) {
	at, err := n.client.Address(string(credential))
	switch {
	case err != nil:
		return nil, "the token of Teams is the address of a workflow, as https://….logic.azure.com/…, and this is none"
	case !n.taken(at.Hostname()): // guard: what was signed goes to Microsoft alone
		return nil, "this is no address of a workflow of Teams: copy it from the workflow; connectors at webhook.office.com are retired"
	case at.Path == "" || at.Path == "/":
		return nil, "this address is not whole: copy it from the workflow, with what follows the question mark"
	}
	return at, ""
}

// taken tells whether a workflow may be at a host.
func (n *Network) taken(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, h := range n.hosts {
		if below, suffix := strings.HasPrefix(h, "."), strings.ToLower(h); host == suffix || below && len(host) > len(suffix) && strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}

// nameOf is the name of a workflow: where it is, without what allows to call it, as a digest.
func nameOf(at *url.URL) string {
	return advocacy.DigestOf([]byte(strings.ToLower(at.Hostname()) + at.EscapedPath())).Hex()[:32]
}
