package bluesky

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
)

// CheckAddress tells whether a server may have the address, as wire.Client.CheckServer does.
func (n *Network) CheckAddress(raw string) error { return n.client.CheckServer(raw) }

// noHandle is what servers say of an account whose handle leads nowhere (atproto.com/specs/handle).
const noHandle = "handle.invalid"

// Connect signs in, asks whose the password is, and tries the server where the repository is kept.
func (n *Network) Connect(ctx context.Context, a advocacy.SocialAccount, token []byte) (network.Profile, error) {
	l, wrong := n.login(a, token)
	if wrong != nil {
		return network.Profile{}, refusal(wrong)
	}
	n.forget(l) // what was good before may be revoked
	a.ExternalID = ""
	v, wrong := n.visit(ctx, a, token)
	if wrong != nil {
		return network.Profile{}, refusal(wrong)
	}
	if _, wrong := v.latest(ctx); wrong != nil {
		return network.Profile{}, refusal(wrong)
	}
	p := network.Profile{ExternalID: v.did, Handle: v.did, Deduplicates: true}
	if v.handle != "" && v.handle != noHandle {
		p.Handle = network.CutText(network.CleanLine("@"+v.handle), messageLimit)
	}
	return p, nil
}

// refusal is an answer as the error of whoever connects an account.
func refusal(a *network.Answer) error {
	switch a.Class {
	case network.AuthExpired:
		return advocacy.InvalidField("access_token", "TOKEN_REFUSED", "the server does not take this app password. %s", a.Message)
	case network.Misconfigured:
		return advocacy.InvalidField("social_account.address", "ADDRESS_FORBIDDEN", "%s", a.Message)
	case network.Permanent:
		return advocacy.InvalidField("social_account.address", "SERVER_UNSUITABLE", "the server does not speak as Bluesky does. %s", a.Message)
	default:
		return &advocacy.Error{Kind: advocacy.Unavailable, Reason: "NETWORK_UNREACHABLE", Message: a.Message + " Try again later."}
	}
}
