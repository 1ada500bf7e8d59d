package bluesky

import (
	"context"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/network"
	"github.com/imprimatur-hq/imprimatur/internal/network/wire"
)

// CheckAddress tells whether a server may have the address, as wire.Client.CheckServer does.
func (n *Network) CheckAddress(raw string) error { return n.client.CheckServer(raw) }

// noHandle is what servers say of an account whose handle leads nowhere (atproto.com/specs/handle).
const noHandle = "handle.invalid"

// Connect signs in, asks whose the password is, and tries the server where the repository is kept.
func (n *Network) Connect(ctx context.Context, a advocacy.SocialAccount, token []byte) (network.Profile, error) {
	l, wrong := n.login(a, token)
	if wrong != nil {
		return network.Profile{}, unlinked(wrong)
	}
	n.forget(l) // what was good before may be revoked
	a.ExternalID = ""
	v, wrong := n.visit(ctx, a, token)
	if wrong != nil {
		return network.Profile{}, unlinked(wrong)
	}
	if _, wrong := v.latest(ctx); wrong != nil {
		return network.Profile{}, unlinked(wrong)
	}
	p := network.Profile{ExternalID: v.did, Handle: v.did, Deduplicates: true}
	if v.handle != "" && v.handle != noHandle {
		p.Handle = network.CutText(network.CleanLine("@"+v.handle), wire.MessageLimit)
	}
	return p, nil
}

// unlinked is an answer as the error of whoever connects an account.
func unlinked(wrong *network.Answer) error {
	return wrong.Unlinked("the server does not take this app password", "the server does not speak as Bluesky does")
}
