package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"syscall"

	"code.dny.dev/ssrf"
)

// errForbidden is a connection the fence did not let through.
var errForbidden = errors.New("the address is not public and not allowed")

// control is the form of net.Dialer.ControlContext: it sees the address a name was
// resolved to, after which no other name can come between.
type control func(ctx context.Context, protocol, address string, _ syscall.RawConn) error

// fence decides which addresses may be connected to.
type fence struct {
	allowed []netip.Prefix
	public  *ssrf.Guardian
}

func newFence(allowed []netip.Prefix) fence {
	return fence{allowed: slices.Clone(allowed), public: ssrf.New()}
}

// allows tells whether the operator named a network holding the address.
func (f fence) allows(ip netip.Addr) bool {
	return slices.ContainsFunc(f.allowed, func(p netip.Prefix) bool { return p.Contains(ip.Unmap()) })
}

// secure lets through what is allowed and, on the usual ports, what is public.
func (f fence) secure(_ context.Context, protocol, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err == nil && f.allows(at.Addr()) {
		return nil
	}
	if err := f.public.Safe(protocol, address, nil); err != nil {
		return fmt.Errorf("%w: %w", errForbidden, err)
	}
	return nil
}

// plain lets through only what is allowed: a body is never sent over the public
// network unencrypted.
func (f fence) plain(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err == nil && f.allows(at.Addr()) {
		return nil
	}
	return errForbidden
}
